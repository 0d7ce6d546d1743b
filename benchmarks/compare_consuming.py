#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""compare_consuming.py BUILD [ROUNDS]: consume_kasio beside consume_librdkafka and the floor, turn by turn in one run, on the
broker that BENCH_BROKER names, each over the same topic, which produce_kasio fills first. Of each measurement the smallest of
all rounds counts. Prints the processor time of a record, and what part of librdkafka's and how many times the floor that is.
librdkafka is polled a message a call, as most of its users do, and by batches from its queue; the floor receives and checks
the bytes as they are, so it knows of no decompression."""

import os
import re
import subprocess
import sys
import uuid
from pathlib import Path

CASES = [
    ("100 B", {}, 2_000_000),
    ("10 B", {"BENCH_VALUE_SIZE": "10"}, 2_000_000),
    ("1 kB", {"BENCH_VALUE_SIZE": "1000"}, 300_000),
    ("10 kB", {"BENCH_VALUE_SIZE": "10000"}, 30_000),
    ("100 B, lz4", {"BENCH_COMPRESSION": "lz4"}, 2_000_000),
    ("100 B, zstd", {"BENCH_COMPRESSION": "zstd"}, 2_000_000),
    ("1 kB, lz4", {"BENCH_COMPRESSION": "lz4", "BENCH_VALUE_SIZE": "1000"}, 300_000),
    ("1 kB, zstd", {"BENCH_COMPRESSION": "zstd", "BENCH_VALUE_SIZE": "1000"}, 300_000),
]


class Benchmarks:
    def __init__(self, build):
        self.folder = Path(build) / "benchmarks"

    def run(self, name, settings):
        program = self.folder / name
        if not program.exists():
            sys.exit(f"{program} was not built")
        environment = {**os.environ, **settings}
        return subprocess.run([program], env=environment, capture_output=True, text=True, check=True, timeout=600).stdout

    def nanoseconds(self, name, settings):
        """The last line with a processor time counts: the floor tells of producing first."""
        times = re.findall(r"(?:consume_\w+|floor of consuming): .*CPU (\d+) ns", self.run(name, settings))
        return float(times[-1])


def main():
    benchmarks, rounds = Benchmarks(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3
    print(f"{'ns of processor time a record':30} {'kasio':>6} {'librdkafka':>11} {'part':>5} {'in batches':>11} {'part':>5} "
          f"{'floor':>6} {'times':>5}")
    for what, settings, messages in CASES:
        settings = {**settings, "BENCH_MESSAGES": str(messages), "BENCH_TOPIC": f"bench-{uuid.uuid4().hex[:8]}"}
        benchmarks.run("produce_kasio", settings)
        kinds = [("consume_kasio", "poll"), ("consume_librdkafka", "poll"), ("consume_librdkafka", "batch"), ("floor", "poll")]
        turns = [[benchmarks.nanoseconds(name, {**settings, "BENCH_MODE": mode}) for name, mode in kinds] for _ in range(rounds)]
        ours, polled, batched, floor = (min(turn[at] for turn in turns) for at in range(len(kinds)))
        print(f"{what:30} {ours:6.0f} {polled:11.0f} {ours / polled:5.2f} {batched:11.0f} {ours / batched:5.2f} {floor:6.0f} "
              f"{ours / floor:5.1f}", flush=True)


if __name__ == "__main__":
    main()
