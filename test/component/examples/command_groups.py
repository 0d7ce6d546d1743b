# SPDX-License-Identifier: BSL-1.0
"""The command as a member of groups, and what it tells of groups, against an in-process cluster."""

import contextlib
import json
import signal
import subprocess
from pathlib import Path

from command import LIMIT, Command, must

KEYED = b"".join(b"%d:%d\n" % (number, number) for number in range(100))


@contextlib.contextmanager
def member(command, *words):
    """A member that reads until the block is over, and leaves then."""
    process = subprocess.Popen([command.program, "consume", "-b", command.broker, "-u", "-o", "beginning", *words],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               env=command.environment())
    try:
        # It has read something, so it is in.
        must(process.stdout.readline(), "nothing read")
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LIMIT)
    must(process.returncode == 0, process.returncode)


def described(command, *groups, **more):
    return json.loads(command.run("groups", "-J", *groups, **more)[0])["groups"]


def reading_in_a_group(command):
    command.produce("shared", "-K", ":", given=KEYED)
    for protocol in ("classic", "consumer"):
        words = ["consume", "-G", f"read-{protocol}", "-X", f"group.protocol={protocol}", "-o", "beginning", "-q"]
        first = command.run(*words, "-c", 30, "shared")[0].split()
        rest = command.run(*words, "-e", "-t", "shared")[0].split()
        must(len(first) == 30 and sorted(first + rest, key=int) == [b"%d" % n for n in range(100)], (first, rest))
        told = command.run("consume", "-G", f"seen-{protocol}", "-X", f"group.protocol={protocol}", "-e", "^shar.d")[1]
        must("assigned: shared/" in told and "given up: shared/" in told, told)
    command.refused("consume", "-G", "g", "-p", 0, "shared", words="-p")
    command.refused("consume", "-G", "g", "-o", "5", "shared", words="-o")
    command.refused("consume", "shared", words="-G")


def listing_groups(command):
    command.produce("listed", "-K", ":", given=KEYED)
    command.run("consume", "-G", "gone", "-e", "-q", "-o", "beginning", "-X", "group.protocol=classic", "listed")
    with member(command, "-G", "here", "listed"):
        text = command.run("groups")[0].decode()
        must('group "gone", Empty, type classic, protocol consumer, coordinator ' in text, text)
        must('group "here", Stable, type consumer, protocol consumer, coordinator ' in text, text)
        listed = {each["group"]: each for each in described(command)}
        must(listed["here"]["state"] == "Stable" and listed["gone"]["type"] == "classic", listed)
        must(listed["here"]["coordinator"] in (1, 2, 3), listed)
    command.refused("groups", "-t", "listed", words="-t")


def describing_groups(command):
    command.produce("told", "-K", ":", given=KEYED)
    command.run("consume", "-G", "behind", "-c", 40, "-q", "-o", "beginning", "told")
    for protocol, assignor in (("classic", "range"), ("consumer", "uniform")):
        properties = [f"group.protocol={protocol}", "group.instance.id=one", "client.id=me"]
        words = [word for each in properties for word in ("-X", each)]
        with member(command, "-G", f"told-{protocol}", *words, "told"):
            (group,) = described(command, f"told-{protocol}")
            must((group["type"], group["state"], group["assignor"]) == (protocol, "Stable", assignor), group)
            (only,) = group["members"]
            must((only["instance"], only["client"], only["host"]) == ("one", "me", "/127.0.0.1"), only)
            must([each["partition"] for each in only["partitions"]] == [0, 1, 2, 3], only)
            must(all(each["topic"] == "told" and each["member"] == only["id"] for each in group["offsets"]), group)
            must(sum(each["end"] for each in group["offsets"]) == 100, group)
            text = command.run("groups", f"told-{protocol}")[0].decode()
            must(f"instance one, client me at /127.0.0.1: told/0 told/1 told/2 told/3\n" in text, text)
    (group,) = described(command, "behind")
    must(group["state"] == "Empty" and not group["members"], group)
    must(sum(each["lag"] for each in group["offsets"] if each["lag"] is not None) <= 60, group)
    must(sum(each["committed"] or 0 for each in group["offsets"]) == 40, group)
    done = command.run("groups", "behind", "no-such-group", code=1)
    must('group "behind", Empty' in done[0].decode() and "no-such-group: GROUP_ID_NOT_FOUND" in done[1], done)


def groups_of_an_old_broker(command):
    server = subprocess.Popen([command.program, "broker", "--like", "0.11"], stdout=subprocess.PIPE,
                              env=command.environment())
    old = Command(Path(command.program).parent.parent, server.stdout.readline().decode().strip())
    try:
        old.produce("old", "-K", ":", given=KEYED)
        old.run("consume", "-G", "before", "-e", "-q", "-o", "beginning", "old")
        # Neither state nor type are in its lists.
        must(old.run("groups")[0] == b' 1 groups:\n  group "before", protocol consumer, coordinator 1\n', old.run("groups")[0])
        (group,) = described(old, "before")
        must(group["type"] == "classic" and sum(each["committed"] for each in group["offsets"]) == 100, group)
        must(all(each["lag"] == 0 for each in group["offsets"]), group)
        must("GROUP_ID_NOT_FOUND" in old.run("groups", "none", code=1)[1], "found")
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=LIMIT)


def groups_of_nobody(command):
    errors = command.run("groups", "-b", "127.0.0.1:1", "-m", "1", broker=False, code=1)[1]
    must(errors.count("\n") == 1 and "ERROR: groups of brokers" in errors, errors)


CHECKS = [reading_in_a_group, listing_groups, describing_groups, groups_of_an_old_broker, groups_of_nobody]
