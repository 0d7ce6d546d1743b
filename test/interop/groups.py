# SPDX-License-Identifier: BSL-1.0
"""Consumer groups of kasio's members on each release: both protocols, static members, a live group that goes from one
protocol to the other; and Java and kcat as members of groups of the in-process cluster."""

import contextlib
import json
import subprocess
import time

import members
import wire
from clients import Failed, fresh_topic, kasio_command, run
from kafka import number
from members import wait

COUNT = 2000
NEW_PROTOCOL, STATIC = (4, 0), (2, 3)
# How soon members by the classic protocol hear of a rebalance.
QUICK = {"heartbeat.interval.ms": 500}


# What the cases share


@contextlib.contextmanager
def ending(everybody):
    """Members that a failure leaves behind are killed."""
    try:
        yield
    finally:
        for member in everybody:
            if member.is_running():
                member.process.kill()
                member.process.wait()


def write(bootstrap, topic, values):
    # Each has a key of its own, so that all partitions get some.
    lines = b"".join(b"%d:%d\n" % (value, value) for value in values)
    run([kasio_command(), "produce", "-b", bootstrap, "-t", topic, "-K", ":", "-q"], lines)


def read_by(everybody):
    return [record for member in everybody for record in list(member.records)]


def check_once(everybody, count, may_repeat=lambda member: False):
    """Every value was read, each once, but for what was read first by one who `may_repeat`; how many those are."""
    missing = set(range(count)) - {int(value) for _, _, value in read_by(everybody)}
    if missing:
        raise Failed(f"{len(missing)} of {count} records were not read: {gaps(everybody)}; {shares(everybody)}")
    repeats = repeats_of(everybody)
    wrong = [each for each in repeats if not may_repeat(each[1][0])]
    if wrong:
        told = ", ".join(f"{partition}@{offset} {'+'.join(m.name for m in by)}" for (partition, offset), by in wrong[:10])
        raise Failed(f"{len(wrong)} of {count} records were read again: {told}; {shares(everybody)}")
    return len(repeats)


def repeats_of(everybody):
    """What was read more than once: partition and offset, and who read it, in order."""
    readers = {}
    for member in everybody:
        for (partition, offset, _), at in zip(member.records, member.times):
            readers.setdefault((partition, offset), []).append((at, member))
    return [
        (place, [member for _, member in sorted(by, key=lambda each: each[0])])
        for place, by in sorted(readers.items())
        if len(by) > 1
    ]


def gaps(everybody):
    """Where offsets are missing, and who read what is before and after."""
    readers = {}
    for member in everybody:
        for partition, offset, _ in member.records:
            readers.setdefault(partition, {})[offset] = member.name
    found = []
    for partition, by in sorted(readers.items()):
        last = -1
        for offset in sorted(by):
            if offset != last + 1:
                found.append(f"{partition}@{last + 1}..{offset - 1} between {by.get(last, 'the beginning')} and {by[offset]}")
            last = offset
        found.append(f"{partition} ends at {last + 1}, read by {by[last]}")
    return ", ".join(found)


def shares(everybody):
    return ", ".join(f"{member.name} {len(member.records)}" for member in everybody)


def wait_until_read(everybody, count, limit=60):
    """Returns when so many have been read, or when nothing has been read for so many seconds: whoever checks tells more."""
    last, since = 0, time.monotonic()
    while True:
        there = len({value for _, _, value in read_by(everybody)})
        if there >= count:
            return
        if there > last:
            last, since = there, time.monotonic()
        if time.monotonic() - since > limit:
            words = "".join(f"; {each.name}: {each.words()}" for each in everybody)
            raise Failed(f"{there} of {count} records were read: {gaps(everybody)}; {shares(everybody)}{words}")
        time.sleep(0.05)


class Group:
    """Members of kasio's that share a topic of four partitions, in a group named after it."""

    def __init__(self, bootstrap, kind, **settings):
        self.bootstrap, self.settings = bootstrap, QUICK | settings
        self.name = self.topic = fresh_topic(kind)
        self.everybody, self.written = [], 0

    def enter(self, name, **settings):
        self.everybody.append(members.kasio(self.bootstrap, self.name, self.topic, name, **self.settings, **settings))
        return self.everybody[-1]

    def enter_in_full(self, name, **settings):
        """Returns when the member has partitions."""
        member = self.enter(name, **settings)
        member.wait_for(lambda: member.partitions("assigned"), "assignment")
        return member

    def feed(self, bootstrap=None, count=COUNT, limit=60):
        """Writes some more and waits until all has been read."""
        self.write(bootstrap, count)
        wait_until_read(self.everybody, self.written, limit)

    def write(self, bootstrap=None, count=COUNT):
        write(bootstrap or self.bootstrap, self.topic, range(self.written, self.written + count))
        self.written += count

    def leave(self, *those):
        for member in those or [each for each in self.everybody if each.is_running()]:
            member.leave()

    def check_once(self, may_repeat=lambda member: False):
        return check_once(self.everybody, self.written, may_repeat)


def described(kafka, *names):
    """What `kasio groups` tells of them."""
    return json.loads(run([kasio_command(), "groups", "-b", kafka.bootstrap, "-J", *names]))["groups"]


# Every release


def check_described(kafka, group):
    """Nobody is in it, and all that was read has been committed."""
    (told,) = described(kafka, group.name)
    committed = sum(each["committed"] for each in told["offsets"])
    behind = sum(each["lag"] for each in told["offsets"])
    if (told["state"], told["members"], committed, behind) != ("Empty", [], group.written, 0):
        raise Failed(f"kasio groups tells {told}, and {group.written} were read")


def share(version, protocol):
    """Two members share a topic and leave, and a third goes on where they stopped."""

    def case(clusters):
        kafka = clusters.release(version)
        group = Group(kafka.bootstrap, "share", **{"group.protocol": protocol})
        group.write()
        with ending(group.everybody):
            group.enter_in_full("kasio-1")
            group.enter_in_full("kasio-2")
            group.feed()
            # Before 4.0 there is one type.
            kind = wire.groups_on(kafka.ports[0])[group.name][1] if number(version) >= NEW_PROTOCOL else "classic"
            group.leave()
            check_described(kafka, group)
            group.write()
            group.enter("kasio-3")
            wait_until_read(group.everybody, group.written)
            group.leave()
            group.check_once()
        wanted = "classic" if protocol == "classic" or number(version) < NEW_PROTOCOL else "consumer"
        if kind != wanted:
            raise Failed(f"the group is of type {kind}, not {wanted}")
        return f"{group.written} records, each read once, in a {kind} group: {shares(group.everybody)}"

    return f"members share a topic of Kafka {version}, protocol {protocol} [G8]", case


def static_member(version, protocol):
    """A static member that comes back in time keeps its partitions, and the other notices nothing."""

    def case(clusters):
        kafka = clusters.release(version)
        group = Group(kafka.bootstrap, "static", **{"group.protocol": protocol})
        instance = {"group.instance.id": "one"}
        group.write()
        with ending(group.everybody):
            first = group.enter_in_full("first", **instance)
            other = group.enter_in_full("other")
            group.feed()
            before, quiet_since = first.held(), time.monotonic()
            first.leave()
            group.write()
            again = group.enter("again", **instance)
            wait_until_read(group.everybody, group.written)
            group.feed()
            if again.held() != before:
                raise Failed(f"it had {before}, and has {again.held()}")
            disturbed = sum(other.partitions(what, quiet_since) for what in ("assigned", "given up", "lost"))
            if disturbed:
                raise Failed(f"the other member was rebalanced: {other.words()}")
            group.leave()
            group.check_once()
        return f"{group.written} records, each read once"

    return f"a static member comes back on Kafka {version}, protocol {protocol} [G9]", case


def change_of_protocol(version):
    """Members of a live group are replaced, one at a time, by such of the other protocol, and back."""

    def case(clusters):
        kafka = clusters.release(version)
        group = Group(kafka.bootstrap, "change")
        kinds = []

        def go_on(expected):
            group.feed()
            kinds.append(wire.groups_on(kafka.ports[0])[group.name][1])
            if kinds[-1] != expected:
                raise Failed(f"the group's types were {', '.join(kinds)}; the last should be {expected}")

        group.write()
        with ending(group.everybody):
            old = [group.enter_in_full(f"classic-{at}", **{"group.protocol": "classic"}) for at in (1, 2)]
            go_on("classic")
            new = group.enter_in_full("consumer-1", **{"group.protocol": "consumer"})
            go_on("consumer")
            group.leave(old[0])
            group.enter_in_full("consumer-2", **{"group.protocol": "consumer"})
            group.leave(old[1])
            go_on("consumer")
            # And back: the group is classic again when the last member of the new protocol has left.
            group.enter_in_full("classic-3", **{"group.protocol": "classic"})
            group.leave(new)
            go_on("consumer")
            group.leave(group.everybody[3])
            go_on("classic")
            group.leave()
            group.check_once()
        return f"{group.written} records, each read once; the group was {', '.join(kinds)}"

    return f"a live group goes from classic to consumer and back on Kafka {version} [G8]", case


def pattern(version, protocol):
    """Topics by a regular expression, which the broker matches (KIP-848) or the member does."""

    def case(clusters):
        kafka = clusters.release(version)
        group = Group(kafka.bootstrap, "pattern", **{"group.protocol": protocol})
        names = [f"{group.name}.{end}" for end in ("one", "two", "not")]
        for at, topic in enumerate(names):
            write(kafka.bootstrap, topic, range(at * COUNT, (at + 1) * COUNT))
        with ending(group.everybody):
            group.topic = f"^{group.name}[.](one|two)"
            for name in ("kasio-1", "kasio-2"):
                group.enter(name)
            wait_until_read(group.everybody, 2 * COUNT)
            group.leave()
            values = sorted(int(value) for _, _, value in read_by(group.everybody))
            if values != list(range(2 * COUNT)):
                raise Failed(f"{len(values)} records were read, up to {values[-1]}; {shares(group.everybody)}")
        return f"{2 * COUNT} records of two topics: {shares(group.everybody)}"

    return f"topics by a regular expression on Kafka {version}, protocol {protocol}", case


def as_java_describes(clusters):
    """The command and Java's tool tell the same of a group of each protocol with members in it."""
    kafka, rows = clusters.get(1), 0
    for protocol in ("classic", "consumer"):
        group = Group(kafka.bootstrap, "told", **{"group.protocol": protocol, "auto.commit.interval.ms": 100})
        group.write()
        with ending(group.everybody):
            for name in ("kasio-1", "kasio-2"):
                group.enter_in_full(name, **{"client.id": name})
            group.feed()
            wait(lambda: all(each["lag"] == 0 for each in described(kafka, group.name)[0]["offsets"]), "commit of everything")
            (told,) = described(kafka, group.name)
            members_by_id = {each["id"]: each for each in told["members"]}
            ours = sorted(
                [each["topic"], each["partition"], each["committed"], each["end"], each["lag"], each["member"],
                 members_by_id[each["member"]]["host"], members_by_id[each["member"]]["client"]]
                for each in told["offsets"])
            tool = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"
            lines = run(kafka.java(tool, "--bootstrap-server", kafka.bootstrap, "--describe", "--group", group.name))
            words = [line.split() for line in lines.decode().splitlines()]
            # GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID
            theirs = sorted([row[1], *map(int, row[2:6]), *row[6:9]] for row in words if row[:1] == [group.name])
            if ours != theirs or not ours:
                raise Failed(f"kasio tells {ours}, Java {theirs}")
            rows += len(ours)
            group.leave()
    return f"{rows} partitions, alike"


def cases_of(version):
    """What is tried on a release, besides what versions.py tries there."""
    new = number(version) >= NEW_PROTOCOL
    for protocol in ("classic", "consumer", "automatic") if new else ("classic", "automatic"):
        yield share(version, protocol)
    if number(version) >= STATIC:
        for protocol in ("classic", "consumer") if new else ("classic",):
            yield static_member(version, protocol)
    if new:
        yield change_of_protocol(version)
        for protocol in ("classic", "consumer"):
            yield pattern(version, protocol)


# Groups of the in-process cluster


@contextlib.contextmanager
def in_process():
    """The bootstrap list of a cluster of the command's."""
    server = subprocess.Popen([kasio_command(), "broker", "-n", "3", "--topic", "t:4"], stdout=subprocess.PIPE, text=True)
    try:
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait()


def others_in_process(enter, what, *arguments):
    """Two members of another client's: both are given partitions, one leaves, the other takes over."""

    def case(clusters):
        with in_process() as bootstrap:
            everybody, feed = [], Feed(bootstrap, "t")
            with ending(everybody):
                for at in range(2):
                    everybody.append(enter(clusters, bootstrap, *arguments, name=f"{what.split()[0].lower()}-{at}"))
                    feed.reach_all(everybody)
                everybody[0].leave()
                feed.reach_all(everybody)
                everybody[1].leave()
                check_once(everybody, feed.written)
            return f"{feed.written} records, each read once: {shares(everybody)}"

    return f"members of {what} share a group of the in-process cluster", case


def java_member(clusters, bootstrap, protocol, name):
    return members.java(clusters.get(1), bootstrap, "java", "t", name, **{"group.protocol": protocol})


def kcat_member(clusters, bootstrap, name):
    return members.kcat(bootstrap, "kcat", "t", name)


class Feed:
    """Numbered records, as many as it takes."""

    def __init__(self, bootstrap, topic):
        self.bootstrap, self.topic, self.written = bootstrap, topic, 0

    def reach_all(self, everybody):
        """Writes until each member that is there has read something new, and all was read."""
        present = [member for member in everybody if member.is_running()]
        before = {member: len(member.records) for member in present}
        end = time.monotonic() + 60
        while any(len(member.records) == before[member] for member in present):
            if time.monotonic() > end:
                raise Failed(f"a member reads nothing: {', '.join(f'{m.name}: {m.words()}' for m in present)}")
            write(self.bootstrap, self.topic, range(self.written, self.written + 100))
            self.written += 100
            with contextlib.suppress(Failed):
                wait_until_read(everybody, self.written, 3)
        wait_until_read(everybody, self.written)


def cases():
    for protocol in ("classic", "consumer"):
        yield others_in_process(java_member, f"Java, protocol {protocol},", protocol)
    yield others_in_process(kcat_member, "kcat")
    yield "kasio groups tells what Java's tool tells", as_java_describes
