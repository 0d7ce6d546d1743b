#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""cost.py PROGRAM OPTIMIZATION: instructions that a record costs from the answer's bytes to the reader's loop, counted by
callgrind, which tells the same on every machine. Two runs, so that what is done once does not count."""

import re
import shutil
import subprocess
import sys

# A twentieth above what was measured with -O2.
BOUND = 425
RECORDS_A_ROUND = 100_000


def instructions(program, rounds):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{program} ended with {done.returncode}: {done.stderr[-500:]}")
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def main():
    program, optimization = sys.argv[1:]
    if optimization not in ("2", "3", "s"):
        print("skipped: not optimised")
        sys.exit(77)
    if not shutil.which("valgrind"):
        print("skipped: no valgrind")
        sys.exit(77)
    each = (instructions(program, 4) - instructions(program, 1)) / (3 * RECORDS_A_ROUND)
    print(f"{each:.0f} instructions a record of 108 bytes, check sum included; the bound is {BOUND}")
    sys.exit(1 if each > BOUND else 0)


if __name__ == "__main__":
    main()
