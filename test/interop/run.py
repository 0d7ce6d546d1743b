#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""run.py BUILD_ROOT [PART_OF_A_CASE'S_NAME...]: kasio against real Kafka and other clients.

Each case_ function is a test case; its docstring says what it shows, with the id of a fault in brackets where it
covers one. A case that cannot run here is skipped, with the reason. The last line counts them.
"""

import os
import signal
import sys
import time
from pathlib import Path

import clients
import consuming
import coordinators
import errors
import groups
import kerberos
import kills
import mixed
import producing
import programs
import round_trips
import secure
import versions
from clients import Failed, Skipped
from kafka import Kafka, NotReady, Unavailable

VERSION = os.environ.get("KASIO_KAFKA_VERSION", "4.3.1")
MODULES = [round_trips, programs, producing, errors, consuming, groups, mixed, coordinators, versions, secure, kerberos, kills]


class Clusters:
    """The clusters that cases share, each started when the first case asks for it."""

    def __init__(self):
        self.version = VERSION
        self.running, self.unavailable = {}, {}
        self.others = []
        self.latest = None
        self.failed = False

    def get(self, nodes):
        if nodes in self.unavailable:
            raise self.unavailable[nodes]
        if nodes not in self.running:
            begin = time.monotonic()
            try:
                self.running[nodes] = Kafka(VERSION, nodes=nodes, props={"auto.create.topics.enable": "true"})
                self.running[nodes].start()
            except Unavailable as reason:
                self.unavailable[nodes] = Skipped(str(reason))
                raise self.unavailable[nodes] from None
            except NotReady as reason:
                self.unavailable[nodes] = Failed(str(reason))
                raise self.unavailable[nodes] from None
            print(f"Kafka {VERSION} with {nodes} node(s) was ready after {time.monotonic() - begin:.1f} s", flush=True)
        return self.running[nodes]

    def release(self, version):
        """One broker of a release; it runs until another release is asked for."""
        if version == self.version and versions.wanted(version):
            return self.get(1)
        if version in self.unavailable:
            raise self.unavailable[version]
        if self.latest is None or self.latest.version != version:
            self.stop_latest()
            try:
                self.latest = versions.started(version)
            except Skipped as reason:
                self.unavailable[version] = reason
                raise
        return self.latest

    def stop_latest(self):
        if self.latest is not None:
            self.latest.stop(keep=self.failed)
            self.latest = None

    def also_stop(self, kafka):
        """A cluster of somebody's own that lives as long as these."""
        self.others.append(kafka)

    def stop(self):
        self.stop_latest()
        for kafka in [*self.running.values(), *self.others]:
            kafka.stop(keep=self.failed)


def cases(wanted):
    for module in MODULES:
        for name, case in module.cases():
            if not wanted or any(part in name for part in wanted):
                yield name, case


def run(name, case, clusters):
    begin = time.monotonic()
    try:
        note = case(clusters) or ""
        outcome = "passed"
    except Skipped as reason:
        outcome, note = "skipped", str(reason)
    except Failed as reason:
        outcome, note = "failed", str(reason)
    except Exception as error:
        outcome, note = "failed", f"{type(error).__name__}: {error}"
    clusters.failed |= outcome == "failed"
    print(f"{outcome}: {name} ({time.monotonic() - begin:.1f} s){': ' if note else ''}{note}", flush=True)
    return outcome


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    clients.BUILD = Path(sys.argv[1]).resolve()
    clusters, outcomes = Clusters(), []
    try:
        for name, case in cases(sys.argv[2:]):
            outcomes.append(run(name, case, clusters))
    finally:
        clusters.stop()
    counts = ", ".join(f"{outcomes.count(what)} {what}" for what in ("passed", "failed", "skipped"))
    print(f"kasio-test: {counts}")
    sys.exit(1 if "failed" in outcomes else 0)


if __name__ == "__main__":
    main()
