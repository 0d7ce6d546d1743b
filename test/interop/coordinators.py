# SPDX-License-Identifier: BSL-1.0
"""A group's coordinator, one of three nodes, is killed (SIGKILL) while members join, are stable, commit, or leave: a group
of each protocol at a time, both coordinated by the victim. The victim is stopped (SIGSTOP) before, so that the requests of
that stage are on their way to it when it dies."""

import contextlib
import time

import wire
from clients import Failed
from groups import Group, ending, wait_until_read
from members import wait

PROTOCOLS = ("classic", "consumer")
# Until the others have noticed, elected and loaded, and members have been told.
PATIENCE = 60
# How long a member that is told to end may take while its coordinator is gone: the command's close has five seconds, and
# the cluster's as many.
CLOSING = 15
# The session is as long as the brokers have it for members by KIP-848.
COMMITTING = {"auto.commit.interval.ms": 200, "session.timeout.ms": 15000}


def twins(kafka, stage):
    """A group of each protocol, both with the same coordinator; and that."""
    found = {}
    while True:
        for protocol in PROTOCOLS:
            group = Group(kafka.bootstrap, f"killed-{stage}-{protocol}", **COMMITTING, **{"group.protocol": protocol})
            node = wait_for_coordinator(kafka, group)
            found.setdefault(node, {}).setdefault(protocol, group)
            if len(found[node]) == len(PROTOCOLS):
                return list(found[node].values()), node


def wait_for_coordinator(kafka, group, without=None):
    """The node that a living one says it is."""
    port = kafka.ports[0 if without != 1 else 1]
    told = []

    def known():
        told.append(wire.coordinator_of(port, group.name))
        return told[-1] not in (None, without)

    wait(known, f"coordinator of {group.name}", PATIENCE)
    return told[-1]


def joining(groups, die, alive):
    """A second member comes while the first reads."""
    for group in groups:
        group.enter_in_full("kasio-1")
        group.feed()
    die(lambda: [group.enter("kasio-2") for group in groups])
    for group in groups:
        newcomer = group.everybody[-1]
        newcomer.wait_for(lambda: newcomer.partitions("assigned"), "assignment", PATIENCE)
        group.feed(alive, limit=PATIENCE)


def stable(groups, die, alive):
    for group in groups:
        group.enter_in_full("kasio-1")
        group.enter_in_full("kasio-2")
        group.feed()
    die(lambda: None)
    for group in groups:
        group.feed(alive, limit=PATIENCE)


def committing(groups, die, alive):
    """Records are read, and their offsets committed every 200 ms."""
    for group in groups:
        group.enter_in_full("kasio-1")
        group.enter_in_full("kasio-2")
        group.feed()
    die(lambda: [group.write(alive) for group in groups])
    for group in groups:
        group.feed(alive, limit=PATIENCE)


def leaving(groups, die, alive):
    """The members end in time, whatever they could not say; others go on."""
    for group in groups:
        group.enter_in_full("kasio-1")
        group.feed()
        # What the first commits has been committed.
        time.sleep(1)
    begin = time.monotonic()
    die(lambda: [group.everybody[0].ask_to_leave() for group in groups])
    for group in groups:
        group.everybody[0].wait_end(CLOSING)
    took = time.monotonic() - begin
    for group in groups:
        group.enter("kasio-2")
        group.feed(alive, limit=PATIENCE)
    return f", gone after {took:.1f} s"


def killed(stage):
    def case(clusters):
        kafka = clusters.get(3)
        groups, victim = twins(kafka, stage.__name__)
        alive = ",".join(kafka.address(node) for node in kafka.all_nodes() if node != victim)

        def die(meanwhile):
            kafka.kill(victim, "STOP")
            meanwhile()
            # So that what was sent waits at the one that does not answer.
            time.sleep(1)
            kafka.kill(victim)
            died.append(time.monotonic())

        died = []
        try:
            for group in groups:
                group.write()
            with contextlib.ExitStack() as stack:
                for group in groups:
                    stack.enter_context(ending(group.everybody))
                note = stage(groups, die, alive) or ""
                took = time.monotonic() - died[0]
                for group in groups:
                    moved_to = wait_for_coordinator(kafka, group, without=victim)
                    # Who comes after all have left begins where they ended.
                    group.leave()
                    group.write(alive)
                    group.enter("last")
                    wait_until_read(group.everybody, group.written, PATIENCE)
                    group.leave()
                    group.check_once()
                    lost = sum(member.partitions("lost") for member in group.everybody)
                    if lost:
                        raise Failed(f"{group.name} lost {lost} partitions: {group.everybody[0].words()}")
        finally:
            kafka.revive(victim)
        written = " and ".join(str(group.written) for group in groups)
        return f"{written} records, each read once; node {victim} was killed, node {moved_to} went on; all was read {took:.1f} s after it{note}"

    return f"the coordinator is killed while members are {stage.__name__} [G2] [G9]", case


def cases():
    for stage in (joining, stable, committing, leaving):
        yield killed(stage)
