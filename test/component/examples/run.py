# SPDX-License-Identifier: BSL-1.0
"""Runs the examples, the demo and the command against an in-process cluster, and looks at what they print."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import command
import command_groups
import command_settings
from command import Command, Failed

LIMIT = 60
EXAMPLES = {
    "hello_coroutine": r"sent to \d+@\d+\nread 42 = hello\n",
    "hello_futures": r"sent to \d+@\d+\nread 42 = hello\n",
    "hello_callbacks": r"sent to \d+@\d+\nread 42 = hello\n",
    "produce_many": r"10000 delivered by try_send\n1000 delivered by async_send_many\n1000 delivered with a callback\n",
    "consume_by_hand": r"100 records in all\n5 records before the end\n",
    "one_connection": r"topic is there\nproduced: code 0\nfetched: 42 = hello\nthe log's end is behind it\n"
    r"disconnected: closed\n",
    "consume_group": r"the group has read everything\n",
    "embed_in_io_context": r"(?s)(?=.*echo server answered)(?=.*50 records delivered)(?=.*ticked 20 times).*",
}


def run(command, broker=None, given=b"", code=0):
    environment = dict(os.environ)
    environment.pop("KAFKA_BROKER", None)
    if broker:
        environment["KAFKA_BROKER"] = broker
    done = subprocess.run([str(part) for part in command], input=given, capture_output=True, timeout=LIMIT, env=environment)
    if done.returncode != code:
        raise Failed(f"{command} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout


def example(folder, name, broker):
    output = run([folder / name], broker).decode()
    if not re.fullmatch(EXAMPLES[name], output):
        raise Failed(f"it printed {output!r}")


def demo_by_itself(folder, broker):
    output = run([folder / "demo"]).decode()
    if "consumed  100000 records" not in output:
        raise Failed(f"it printed {output!r}")


def demo_on_a_broker(folder, broker):
    run([folder / "demo", "20000"], broker)


def main():
    folder = Path(sys.argv[1]).resolve()
    cases = [(name, lambda f, b, name=name: example(f, name, b)) for name in EXAMPLES]
    for check in (demo_by_itself, demo_on_a_broker):
        cases.append((check.__name__.replace("_", " "), check))
    for check in command.CHECKS + command_groups.CHECKS + command_settings.CHECKS:
        cases.append((f"command: {check.__name__.replace('_', ' ')}", lambda f, b, check=check: check(Command(f, b))))
    # Leaders of topics made by being used are spread over three nodes.
    server = subprocess.Popen([folder / "cli" / "kasio", "broker", "--nodes", "3"], stdout=subprocess.PIPE)
    broker = server.stdout.readline().decode().strip()
    passed = failed = 0
    try:
        for name, case in cases:
            try:
                case(folder, broker)
                passed += 1
            except (Failed, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"FAILED {name}: {error}")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(LIMIT)
    print(f"kasio-test: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or server.returncode else 0


sys.exit(main())
