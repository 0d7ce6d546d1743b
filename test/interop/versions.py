# SPDX-License-Identifier: BSL-1.0
"""Every Kafka from 0.11 on: produce and consume with the command, byte for byte, and groups, on one broker of each; and
an upgrade of one broker of three while records flow.

A version whose brokers cannot be fetched or started here is skipped, with the reason. KASIO_INTEROP_VERSIONS names
those to run, separated by commas, instead of all.
"""

import os
import subprocess
import threading
import time

import groups
from clients import Failed, Kasio, Skipped, fresh_topic, from_lines, kasio_command
from kafka import Kafka, NotReady, Unavailable
from round_trips import BYTES, check, made_up

VERSIONS = ["0.11.0.3", "1.1.1", "2.8.2", "3.9.1", "4.0.0", "4.3.1", "4.4.0"]
RECORDS = 5_000
CODECS = ["none", "lz4"]
BEFORE, AFTER = "3.9.1", "4.3.1"
# While one broker goes from one version to the other; and how long the flow may take to end after it.
PAUSE, PATIENCE = 0.002, 60


def wanted(version):
    named = os.environ.get("KASIO_INTEROP_VERSIONS", "all")
    return named == "all" or version in named.split(",")


def started(version, **settings):
    """A running cluster, or the reason why there is none."""
    if not wanted(version):
        raise Skipped(f"KASIO_INTEROP_VERSIONS does not name {version}")
    kafka = Kafka(version, props={"auto.create.topics.enable": "true"}, **settings)
    try:
        return kafka.start()
    except (Unavailable, NotReady) as reason:
        kafka.stop()
        raise Skipped(f"Kafka {version} does not run here: {reason}") from None


def round_trip(version):
    def case(clusters):
        begin = time.monotonic()
        kafka = clusters.release(version)
        ready, client = time.monotonic() - begin, Kasio()
        for codec in CODECS:
            topic = fresh_topic(codec)
            records = made_up(RECORDS, BYTES, seed=version + codec)
            client.write(kafka, topic, records, codec)
            note = check(records, client.read(kafka, topic))
        return f"{note}, twice; ready after {ready:.1f} s"

    return f"produce and consume on Kafka {version}", case


def consuming(kafka, topic):
    """Reads until it is ended."""
    letters = ["-t", topic, "-o", "beginning", "-q", "-u", "-f", Kasio.FORMAT]
    return subprocess.Popen(
        [kasio_command(), "consume", "-b", kafka.bootstrap, *letters],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )


class Flow:
    """Records that are written one after the other until told to end, and read at the same time."""

    def __init__(self, kafka, topic):
        self.written, self.lines, self.over = [], [], threading.Event()
        command = [kasio_command(), "produce", "-b", kafka.bootstrap, "-t", topic, "-K", r"\t"]
        self.producer = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.consumer = None
        self.kafka, self.topic = kafka, topic
        self.threads = [threading.Thread(target=self.feed, daemon=True)]
        self.threads[0].start()

    def feed(self):
        for at, record in enumerate(made_up(200_000, BYTES, seed="flow")):
            if self.over.is_set():
                break
            self.written.append(record)
            self.producer.stdin.write(record[0] + b"\t" + record[1] + b"\n")
            if at % 20 == 0:
                self.producer.stdin.flush()
                time.sleep(PAUSE * 20)
        self.producer.stdin.close()

    def read_too(self):
        self.consumer = consuming(self.kafka, self.topic)
        self.threads.append(threading.Thread(target=self.collect, daemon=True))
        self.threads[-1].start()

    def collect(self):
        for line in self.consumer.stdout:
            self.lines.append(line)

    def end(self):
        """What was written and what was read, once the one is acknowledged and as many were read."""
        self.over.set()
        self.threads[0].join(PATIENCE)
        if self.producer.wait(PATIENCE) != 0:
            words = self.producer.stderr.read().decode(errors="replace")
            raise Failed(f"kasio produce ended with {self.producer.returncode}: {words[-600:]}")
        until = time.monotonic() + PATIENCE
        while len(self.lines) < len(self.written) and time.monotonic() < until:
            if self.consumer.poll() is not None:
                words = self.consumer.stderr.read().decode(errors="replace")
                raise Failed(f"kasio consume ended with {self.consumer.returncode}: {words[-600:]}")
            time.sleep(0.05)
        return self.written, from_lines(b"".join(self.lines))

    def stop(self):
        self.over.set()
        for process in (self.producer, self.consumer):
            if process:
                process.kill()
                process.wait()


def rolling_upgrade(clusters):
    if not wanted(AFTER):
        raise Skipped(f"KASIO_INTEROP_VERSIONS does not name {AFTER}")
    kafka, topic = started(BEFORE, nodes=3), fresh_topic("upgrade")
    try:
        flow = Flow(kafka, topic)
        try:
            Kasio().write(kafka, fresh_topic("warm"), [(b"k", b"0 v")])
            while len(flow.written) < 500:
                time.sleep(0.05)
            flow.read_too()
            before = len(flow.written)
            begin = time.monotonic()
            kafka.upgrade(2, AFTER)
            took, after = time.monotonic() - begin, len(flow.written)
            # Some more that the new broker serves.
            time.sleep(2)
            note = check(*flow.end())
        finally:
            flow.stop()
    finally:
        kafka.stop()
    if after - before < 500:
        raise Failed(f"only {after - before} records were written during the upgrade")
    return f"{note}, {after - before} of them written while it went on, {took:.1f} s"


def cases():
    for version in VERSIONS:
        yield round_trip(version)
        yield from groups.cases_of(version)
    yield f"one broker of three goes from {BEFORE} to {AFTER} while records flow", rolling_upgrade
