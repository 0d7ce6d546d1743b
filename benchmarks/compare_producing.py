#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""compare_producing.py BUILD [ROUNDS]: produce_kasio beside produce_librdkafka and the floor, turn by turn in one run, on the
broker that BENCH_BROKER names. Of each measurement the smallest of all rounds counts. Prints the processor time of a record,
and what part of librdkafka's and how many times the floor that is; then the latency of one record at a time beside a bare
socket that sends the same bytes."""

import os
import re
import subprocess
import sys
from pathlib import Path

CASES = [
    ("100 B, acks=1, try_send", {}, 2_000_000),
    ("100 B, callback", {"BENCH_MODE": "callback"}, 1_000_000),
    ("100 B, co_await", {"BENCH_MODE": "co_await"}, 400_000),
    ("100 B, future", {"BENCH_MODE": "future"}, 400_000),
    ("10 B", {"BENCH_VALUE_SIZE": "10"}, 2_000_000),
    ("1 kB", {"BENCH_VALUE_SIZE": "1000"}, 300_000),
    ("10 kB", {"BENCH_VALUE_SIZE": "10000"}, 30_000),
    ("100 B, lz4", {"BENCH_COMPRESSION": "lz4"}, 1_000_000),
    ("100 B, idempotent", {"BENCH_ACKS": "all"}, 1_000_000),
    ("100 B, acks=0", {"BENCH_ACKS": "0"}, 1_000_000),
]


class Benchmarks:
    def __init__(self, build):
        self.folder = Path(build) / "benchmarks"

    def run(self, name, settings, messages):
        program = self.folder / name
        if not program.exists():
            return None
        environment = {**os.environ, "BENCH_MESSAGES": str(messages), **settings}
        return subprocess.run([program], env=environment, capture_output=True, text=True, check=True, timeout=600).stdout

    def least(self, names, pattern, settings, messages, rounds):
        """Of what the pattern finds in the words of each program, which take turns."""
        found = {name: float("inf") for name in names}
        for _ in range(rounds):
            for name in names:
                said = self.run(name, settings, messages)
                if said:
                    found[name] = min(found[name], float(re.search(pattern, said)[1]))
        return [found[name] for name in names]


def main():
    benchmarks, rounds = Benchmarks(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3
    print(f"{'ns of processor time a record':34} {'kasio':>7} {'librdkafka':>11} {'part':>6} {'floor':>7} {'times':>6}")
    for what, settings, messages in CASES:
        names = ("produce_kasio", "produce_librdkafka", "floor")
        ours, theirs, floor = benchmarks.least(names, r"CPU (\d+) ns", settings, messages, rounds)
        print(f"{what:34} {ours:7.0f} {theirs:11.0f} {ours / theirs:6.2f} {floor:7.0f} {ours / floor:6.1f}", flush=True)
    names = ("produce_kasio", "produce_socket", "produce_librdkafka")
    p50 = benchmarks.least(names, r"p50 (\d+) us", {"BENCH_IN_FLIGHT": "1"}, 5000, rounds)
    for name, time in zip(names, p50):
        print(f"one record at a time: {name} p50 {time:.0f} us, {time / p50[1]:.2f} x the bare socket", flush=True)


if __name__ == "__main__":
    main()
