# SPDX-License-Identifier: BSL-1.0
"""A group of kasio's, kcat's and Java's members by one assignor, or of kasio's and Java's by KIP-848, who come and go while
a thousand records a second flow: every record is read, none twice, and no more is moved than must be.

KASIO_GROUP_SECONDS says how long each is kept going at least; without it it is as much as there is time for, and 60 is
the whole of it.
"""

import math
import os
import time

import members
from clients import Failed, fresh_topic, run
from groups import check_once, ending, shares, wait_until_read

# What stands for an assignor where the broker assigns.
NEW_PROTOCOL = "KIP-848"
SECONDS = {"cooperative-sticky": 20, "range": 10, NEW_PROTOCOL: 10}
RATE, PARTITIONS, STALL = 1000, 12, 20
# All of them know these.
SETTINGS = {"heartbeat.interval.ms": 500, "session.timeout.ms": 10000}
# Who comes and goes, always with a kasio member there to see it. The kcat in use here is of before KIP-848.
SCRIPT = ["+kasio-1", "+kcat-1", "+java-1", "+kasio-2", "-kasio-1", "+kasio-3", "-kcat-1", "+kcat-2", "-java-1", "+java-2"]
NEW_SCRIPT = [step for step in SCRIPT if "kcat" not in step]


def topic_with(kafka, partitions):
    topic = fresh_topic("mixed")
    arguments = ["--bootstrap-server", kafka.bootstrap, "--create", "--topic", topic, "--partitions", partitions]
    run(kafka.java("org.apache.kafka.tools.TopicCommand", *arguments))
    return topic


class Troupe:
    """A mixed group while members come and go."""

    def __init__(self, kafka, topic, assignor, writer):
        self.kafka, self.topic, self.assignor, self.writer = kafka, topic, assignor, writer
        self.everybody, self.present, self.moves = [], [], []

    def enter(self, name):
        settings = SETTINGS | {"partition.assignment.strategy": self.assignor, "group.protocol": "classic"}
        if self.assignor == NEW_PROTOCOL:
            settings = {"group.protocol": "consumer"}
        bootstrap, here = self.kafka.bootstrap, (self.topic, self.topic)
        if name.startswith("kasio"):
            member = members.kasio(bootstrap, *here, name, **settings)
        elif name.startswith("kcat"):
            # librdkafka knew no other when this one was made.
            del settings["group.protocol"]
            member = members.kcat(bootstrap, *here, name, **settings)
        else:
            member = members.java(self.kafka, bootstrap, *here, name, **settings)
        self.everybody.append(member)
        self.present.append(member)
        self.moves.append((time.monotonic(), "joined", name, len(self.present)))
        member.wait_for(lambda: member.records, "a first record")

    def go(self, name):
        (member,) = (each for each in self.present if each.name == name)
        self.present.remove(member)
        if not name.startswith("kasio"):
            # Of the record that they hold when they are told to end, kcat commits what it does not print, and Java's
            # console consumer prints what it does not commit: they are to hold none.
            with self.writer.paused() as written:
                wait_until_read(self.everybody, written, STALL)
                self.take_out(member)
        else:
            self.take_out(member)

    def take_out(self, member):
        self.moves.append((time.monotonic(), "left", member.name, len(self.present)))
        member.leave()

    def may_repeat(self, member):
        """Java's client, when it is cooperative, commits before it joins but not what it reads until it hands over."""
        return self.assignor == "cooperative-sticky" and member.name.startswith("java")

    def check_moves(self):
        """A member that comes costs the others its share, one that goes costs them nothing."""
        moved = 0
        ends = [at for at, *_ in self.moves[1:]] + [time.monotonic()]
        for (begin, what, name, count), end in zip(self.moves, ends):
            others = [each for each in self.everybody if each.name.startswith("kasio") and each.name != name]
            given_up = sum(each.partitions("given up", begin, end) for each in others)
            due = math.ceil(PARTITIONS / count) if what == "joined" else 0
            if given_up > due:
                raise Failed(f"when {name} {what}, as one of {count}, kasio gave up {given_up} partitions, not {due}")
            moved += given_up
        lost = sum(each.partitions("lost") for each in self.everybody if each.name.startswith("kasio"))
        if lost:
            raise Failed(f"{lost} partitions were lost")
        return moved


def play(kafka, assignor):
    topic = topic_with(kafka, PARTITIONS)
    writer = members.Writer(kafka.bootstrap, topic, RATE)
    troupe = Troupe(kafka, topic, assignor, writer)
    with ending(troupe.everybody):
        script = NEW_SCRIPT if assignor == NEW_PROTOCOL else SCRIPT
        seconds = float(os.environ.get("KASIO_GROUP_SECONDS", SECONDS[assignor]))
        for step in script:
            (troupe.enter if step[0] == "+" else troupe.go)(step[1:])
            time.sleep(seconds / len(script))
        count = writer.stop()
        wait_until_read(troupe.everybody, count, STALL)
        note = "" if assignor == "range" else f"; kasio gave up {troupe.check_moves()} partitions"
        for member in list(troupe.present):
            troupe.go(member.name)
        repeated = check_once(troupe.everybody, count, troupe.may_repeat)
    idle = [member.name for member in troupe.everybody if not member.records]
    if idle:
        raise Failed(f"{', '.join(idle)} read nothing")
    if repeated:
        note += f"; {repeated} that Java's had read were read again"
    return f"{count} records: {shares(troupe.everybody)}{note}"


def mixed(assignor):
    def case(clusters):
        return play(clusters.get(1), assignor)

    who = "kasio and Java" if assignor == NEW_PROTOCOL else "kasio, kcat and Java"
    return f"{who} share a group by {assignor} while members come and go [G4]", case


def cases():
    for assignor in SECONDS:
        yield mixed(assignor)
