# SPDX-License-Identifier: BSL-1.0
"""Instructions counted by callgrind: the same on every machine and however busy it is, so that a test can bound
them. For scripts that meson starts as SCRIPT PROGRAM OPTIMIZATION."""

import re
import shutil
import subprocess
import sys

SKIPPED = 77
# By meson's `optimization`: what the bounds were measured with.
MEASURED = "2"


def instructions(program, *arguments):
    """What a run of the program itself takes, without the processes that it forks."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, *map(str, arguments)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[3:])} ended with {done.returncode}: {done.stderr[-800:]}")
    own = re.search(r"==(\d+)== Command:", done.stderr)[1]
    return int(re.search(rf"=={own}== Collected : (\d+)", done.stderr)[1])


def one_more(program, few, many, *arguments):
    """What one more takes, of something whose number is the program's first argument: what is done once does not
    count."""
    return (instructions(program, many, *arguments) - instructions(program, few, *arguments)) / (many - few)


def program_to_measure():
    """Of the command line; skips the test where there is nothing to compare with."""
    program, optimization = sys.argv[1:]
    if optimization != MEASURED:
        skip(f"the bounds are for optimization {MEASURED}, not {optimization}")
    if not shutil.which("valgrind"):
        skip("no valgrind")
    return program


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def compare(counts, bounds):
    """Prints both, by name; ends the test."""
    failed = 0
    for name, bound in bounds.items():
        failed += counts[name] > bound
        print(f"{name}: {counts[name]:.0f} instructions, at most {bound}")
    print(f"kasio-test: {len(bounds) - failed} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed else 0)
