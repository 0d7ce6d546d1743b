# SPDX-License-Identifier: BSL-1.0
"""What a connection costs when it does nothing and when it asks: system calls of an idle connection in ten seconds,
system calls of one request at a time, memory of many idle ones; plain and over TLS. Fails above the limits."""

import re
import shutil
import subprocess
import sys

SECONDS = 10
REQUESTS = 500
CONNECTIONS = 200
# One request at a time takes a write, a wait, a read, and a read that finds nothing.
CALLS_A_REQUEST = 4
# Of all requests together: a timer that comes due meanwhile, bytes that come in two pieces.
CALLS_BESIDE = 5
LIMIT_KIB = {"plain": 24.0, "tls": 120.0}


def between_marks(program, kind, what, number):
    """The system calls of the client's one thread between its marks."""
    command = ["strace", "-qq", "-o", "/dev/stdout", program, kind, what, str(number)]
    done = subprocess.run(command, capture_output=True, timeout=120, text=True)
    if done.returncode:
        raise SystemExit(f"{kind} {what}: {done.stderr[-500:]}")
    lines = done.stdout.splitlines()
    marks = [at for at, line in enumerate(lines) if re.match(r'write\(-1, "(begin|end)"', line)]
    if len(marks) != 2:
        raise SystemExit(f"{kind} {what}: {len(marks)} marks in the trace")
    return lines[marks[0] + 1 : marks[1]]


def main():
    program = sys.argv[1]
    if not shutil.which("strace"):
        print("kasio-test: 0 passed, 0 failed, 1 skipped (strace is not installed)")
        return 77
    problems = []
    for kind in ("plain", "tls"):
        idle = between_marks(program, kind, "idle", SECONDS)
        # One wait, and one that ends when the program's own ten seconds are over.
        waits = [line for line in idle if line.startswith("epoll_wait")]
        others = [line for line in idle if not line.startswith(("epoll_wait", "timerfd_settime"))]
        print(f"{kind}: idle for {SECONDS} s: {len(waits)} waits, {len(others)} other calls")
        if len(waits) > 2 or len(others) > 1:
            problems.append(f"{kind}: an idle connection wakes up: {idle[:10]}")
        # What others cost beyond the first, which sets the timer.
        first, all_of_them = (len(between_marks(program, kind, "requests", count)) for count in (1, REQUESTS + 1))
        calls = all_of_them - first
        print(f"{kind}: {calls / REQUESTS:.3f} system calls a request")
        if calls > CALLS_A_REQUEST * REQUESTS + CALLS_BESIDE:
            problems.append(f"{kind}: {calls / REQUESTS:.3f} system calls a request")
        done = subprocess.run([program, kind, "memory", str(CONNECTIONS)], capture_output=True, timeout=120, text=True)
        print(f"{kind}: {done.stdout.strip()}")
        if done.returncode or float(done.stdout.split()[0]) > LIMIT_KIB[kind]:
            problems.append(f"{kind}: memory: {done.stdout} {done.stderr}")
    for each in problems:
        print(f"FAILED {each}")
    print(f"kasio-test: {6 - len(problems)} passed, {len(problems)} failed, 0 skipped")
    return 1 if problems else 0


sys.exit(main())
