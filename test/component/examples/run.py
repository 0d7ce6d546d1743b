# SPDX-License-Identifier: BSL-1.0
"""Runs the examples, the demo and the command against an in-process cluster, and looks at what they print."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

LIMIT = 60
EXAMPLES = {
    "hello_coroutine": r"sent to \d+@\d+\nread 42 = hello\n",
    "hello_futures": r"sent to \d+@\d+\nread 42 = hello\n",
    "hello_callbacks": r"sent to \d+@\d+\nread 42 = hello\n",
    "produce_many": r"10000 delivered by try_send\n1000 delivered by async_send_many\n1000 delivered with a callback\n",
    "consume_by_hand": r"100 records in all\n5 records before the end\n",
    "embed_in_io_context": r"(?s)(?=.*echo server answered)(?=.*50 records delivered)(?=.*ticked 20 times).*",
}


class Failed(Exception):
    pass


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


def command_round_trip(folder, broker):
    command = folder / "cli" / "kasio"
    lines = b"".join(b"key%d:value %d\n" % (number % 7, number) for number in range(5000))
    run([command, "produce", "-b", broker, "-t", "lines", "-K", ":", "-z", "lz4"], given=lines)
    read = run([command, "consume", "-b", broker, "-t", "lines", "-e", "-q", "-f", r"%k:%s\n"])
    if sorted(read.splitlines()) != sorted(lines.splitlines()):
        raise Failed("what was read is not what was sent")
    first = run([command, "consume", "-b", broker, "-t", "lines", "-p", "0", "-c", "1", "-J"])
    if not re.match(rb'\{"topic":"lines","partition":0,"offset":0,"tstype":"create","ts":\d+,"key":"key\d","payload":"value \d+"\}\n', first):
        raise Failed(f"as JSON it is {first!r}")
    last = run([command, "consume", "-b", broker, "-t", "lines", "-p", "0", "-o", "-3", "-e", "-f", "%o,"])
    if last.count(b",") != 3:
        raise Failed(f"of the last three came {last!r}")
    listed = run([command, "metadata", "-b", broker, "-t", "lines"]).decode()
    if 'topic "lines" with 4 partitions' not in listed:
        raise Failed(f"metadata shows {listed!r}")


def command_closed_pipe(folder, broker):
    command = folder / "cli" / "kasio"
    text = f"{command} consume -b {broker} -t lines -e | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", text], capture_output=True, timeout=LIMIT)
    if done.returncode != 0 or done.stdout.count(b"\n") != 1:
        raise Failed(f"it ended with {done.returncode}: {done.stderr!r}")


def command_usage(folder, broker):
    command = folder / "cli" / "kasio"
    for arguments in (["produce"], ["consume", "-t", "x", "-X", "lingr.ms=5"], ["consume", "-t", "x", "-X", "linger.ms"],
                      ["consume", "-t", "x", "-o", "nowhere"], ["produce", "-t", "x", "--no-such-flag"]):
        run([command, *arguments], broker, code=2)


def command_stops_at_a_signal(folder, broker):
    command = folder / "cli" / "kasio"
    process = subprocess.Popen([command, "consume", "-b", broker, "-t", "lines", "-u"], stdout=subprocess.PIPE)
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.stdout.read()
    if process.wait(LIMIT) != 0:
        raise Failed(f"it ended with {process.returncode}")


def main():
    folder = Path(sys.argv[1]).resolve()
    cases = [(name, lambda f, b, name=name: example(f, name, b)) for name in EXAMPLES]
    for check in (demo_by_itself, demo_on_a_broker, command_round_trip, command_closed_pipe, command_usage,
                  command_stops_at_a_signal):
        cases.append((check.__name__.replace("_", " "), check))
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
