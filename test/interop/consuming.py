# SPDX-License-Identifier: BSL-1.0
"""What consumers must get right on real Kafka: logs in the formats before 0.11, transactions of the Java client under
both isolation levels, leaders that move while brokers are killed, and one that was elected without the end of the log.

KASIO_READ_RECORDS and KASIO_READ_KILLS say how much is read while how many brokers are killed;
`KASIO_READ_RECORDS=500000 KASIO_READ_KILLS=9` is the whole of it.
"""

import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from clients import Failed, Kasio, Skipped, as_lines, fresh_topic, from_lines, kasio_command, run
from kafka import Kafka, NotReady, Unavailable, jars
from round_trips import made_up

HERE = Path(__file__).resolve().parent
OLD = "0.11.0.3"
FORMATS = {"0.9.0": 0, "0.10.0": 1}
CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3}
FIRST_TIME = 1_500_000_000_000
PATIENCE = 60
READ_RECORDS = int(os.environ.get("KASIO_READ_RECORDS", "100000"))
READ_KILLS = int(os.environ.get("KASIO_READ_KILLS", "3"))
READ_PARTITIONS = 6


class JavaClient:
    """Consuming.java, compiled against the jars of the release that the other cases run."""

    folder = None

    def __init__(self, kafka, version):
        self.kafka = kafka
        if not shutil.which("javac"):
            raise Skipped("no javac")
        if JavaClient.folder is None:
            folder = tempfile.mkdtemp(prefix="kasio-java-")
            try:
                run(["javac", "-d", folder, "-cp", jars(version), str(HERE / "Consuming.java")])
            except Unavailable as reason:
                raise Skipped(str(reason)) from None
            JavaClient.folder = folder

    def __call__(self, *arguments, given=b""):
        class_path = f"{JavaClient.folder}:{self.kafka.class_path}"
        return run(self.kafka.java("Consuming", *arguments, class_path=class_path), given)


def cluster(version, **settings):
    kafka = Kafka(version, **settings)
    try:
        return kafka.start()
    except (Unavailable, NotReady) as reason:
        kafka.stop()
        raise Skipped(f"Kafka {version} does not run here: {reason}") from None


# Logs as they were before 0.11


def first_entry(kafka, topic):
    """Magic and codec of what lies first in the log."""
    head = (kafka.folder / f"data-1/{topic}-0/00000000000000000000.log").read_bytes()[:18]
    return head[16], head[17] & 7


def read_with_times(kafka, topic):
    form = r"%o\t%T\t%k\t%s\n"
    output = run([kasio_command(), "consume", "-b", kafka.bootstrap, "-t", topic, "-o", "beginning", "-e", "-q", "-f", form])
    return [tuple(line.split(b"\t", 3)) for line in output.split(b"\n")[:-1]]


def old_format(kafka, java, name, magic, codec):
    topic = f"{fresh_topic(codec)}-{magic}"
    command = ["--zookeeper", f"127.0.0.1:{kafka.zookeeper_port}", "--create", "--topic", topic, "--partitions", 1]
    command += ["--replication-factor", 1, "--config", f"message.format.version={name}"]
    run(kafka.java("kafka.admin.TopicCommand", *command))
    records = made_up(2_000, ASCII, seed=topic)
    java("write", kafka.bootstrap, topic, codec, given=as_lines(records))
    expected = [
        (b"%d" % at, b"%d" % (FIRST_TIME + at if magic == 1 else -1), key, value) for at, (key, value) in enumerate(records)
    ]
    found = read_with_times(kafka, topic)
    if found != expected:
        wrong = next((pair for pair in zip(expected, found) if pair[0] != pair[1]), None)
        raise Failed(f"{topic}: {len(found)} of {len(expected)} records; the first that differs: {wrong}")
    there = first_entry(kafka, topic)
    if there != (magic, CODECS[codec]):
        raise Failed(f"{topic}: the log is of magic and codec {there}")


ASCII = bytes(range(32, 127))


def old_formats(clusters):
    kafka = cluster(OLD)
    try:
        java = JavaClient(kafka, clusters.version)
        for name, magic in FORMATS.items():
            for codec in CODECS:
                old_format(kafka, java, name, magic, codec)
    finally:
        kafka.stop()
    return f"magic 0 and 1, {', '.join(CODECS)}: 2000 records each, byte for byte"


# Transactions


def read_isolated(kafka, topic, isolation):
    options = ["-b", kafka.bootstrap, "-t", topic, "-o", "beginning", "-e", "-q", "-f", Kasio.FORMAT]
    return from_lines(run([kasio_command(), "consume", *options, "-X", f"isolation.level={isolation}"]))


def by_place(records):
    return sorted(records, key=lambda each: (each.partition, each.offset))


def transactions(clusters):
    kafka = clusters.get(1)
    java = JavaClient(kafka, clusters.version)
    notes = []
    for seed in (1, 2):
        topic = fresh_topic("transactions")
        create(kafka, topic, "--partitions", 2)
        java("transactions", kafka.bootstrap, topic, seed)
        counts = {}
        for isolation in ("read_committed", "read_uncommitted"):
            expected = by_place(from_lines(java("read", kafka.bootstrap, topic, isolation)))
            found = by_place(read_isolated(kafka, topic, isolation))
            if found != expected:
                differs = set(expected) ^ set(found)
                raise Failed(f"{isolation}, seed {seed}: {len(differs)} records differ, such as {sorted(differs, key=str)[:3]}")
            counts[isolation] = len(found)
        if not 0 < counts["read_committed"] < counts["read_uncommitted"]:
            raise Failed(f"seed {seed} shows nothing: {counts}")
        notes.append(f"{counts['read_committed']} of {counts['read_uncommitted']}")
    return f"committed of all: {', '.join(notes)}"


def create(kafka, topic, *arguments):
    command = ["--bootstrap-server", kafka.bootstrap, "--create", "--topic", topic, *arguments]
    run(kafka.java("org.apache.kafka.tools.TopicCommand", *command))


# Leaders that move, brokers that die


class SlowReading:
    """The command, read no farther than it is allowed to; it fetches ahead no more than a little."""

    # Its options bound what it has fetched, this what lies in the pipe.
    AHEAD = ["queued.max.messages.kbytes=512", "max.partition.fetch.bytes=65536"]

    def __init__(self, kafka, topic, count):
        command = [kasio_command(), "consume", "-b", kafka.bootstrap, "-t", topic, "-o", "beginning", "-c", str(count), "-q"]
        command += ["-f", Kasio.FORMAT, *(word for each in self.AHEAD for word in ("-X", each))]
        self.words = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.words)
        self.lines, self.allowed, self.moved = [], 0, threading.Condition()
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            with self.moved:
                self.lines.append(line)
                self.moved.notify_all()
                self.moved.wait_for(lambda: len(self.lines) < self.allowed)
        with self.moved:
            self.moved.notify_all()

    def read_to(self, count, what):
        with self.moved:
            self.allowed = count + 1
            self.moved.notify_all()
            if not self.moved.wait_for(lambda: len(self.lines) >= count, 2 * PATIENCE):
                raise Failed(f"{what}: {len(self.lines)} of {count} records within {2 * PATIENCE} s; {self.said()}")

    def said(self):
        self.words.seek(0)
        return self.words.read()[-500:].decode(errors="replace") or f"it said nothing, and ended with {self.process.poll()}"

    def stop(self):
        self.process.kill()
        self.process.wait()
        with self.moved:
            self.allowed = float("inf")
            self.moved.notify_all()


def lead_again(kafka):
    """Who led first leads again, as soon as it has caught up."""
    command = kafka.java("org.apache.kafka.tools.LeaderElectionCommand", "--bootstrap-server", kafka.bootstrap,
                         "--election-type", "preferred", "--all-topic-partitions")
    until = time.monotonic() + PATIENCE
    while True:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode == 0 and "Error" not in done.stdout + done.stderr:
            return
        if time.monotonic() > until:
            raise Failed(f"leaders did not go back: {(done.stdout + done.stderr)[-500:]}")


def moving_leaders(clusters):
    kafka, topic, reading = cluster(clusters.version, nodes=3), fresh_topic("moving"), None
    begin = time.monotonic()
    try:
        create(kafka, topic, "--partitions", READ_PARTITIONS, "--replication-factor", 3, "--config", "min.insync.replicas=2")
        lines = b"".join(b"key-%d\t%d %s\n" % (at % 1000, at, b"x" * (at % 150)) for at in range(READ_RECORDS))
        run([kasio_command(), "produce", "-b", kafka.bootstrap, "-t", topic, "-K", r"\t", "-X", "acks=all"], lines)
        reading = SlowReading(kafka, topic, READ_RECORDS)
        steps = iter(range(1, 3 * READ_KILLS + 1))
        for at in range(READ_KILLS):
            victim = at % 3 + 1
            go_on = lambda what: reading.read_to(READ_RECORDS * next(steps) // (3 * READ_KILLS + 1), what)
            go_on(f"before kill {at + 1}")
            kafka.kill(victim)
            go_on(f"while node {victim} was dead")
            kafka.revive(victim)
            lead_again(kafka)
            go_on(f"after node {victim} came back")
        reading.read_to(READ_RECORDS, "to the end")
        if reading.process.wait(PATIENCE) != 0:
            raise Failed(f"it ended with {reading.process.returncode}: {reading.said()}")
        given = from_lines(b"".join(reading.lines))
        next_of = [0] * READ_PARTITIONS
        for record in given:
            if record.offset != next_of[record.partition]:
                raise Failed(f"partition {record.partition}: {record.offset} comes where {next_of[record.partition]} should")
            next_of[record.partition] += 1
        numbers = sorted(int(record.value.split(b" ", 1)[0]) for record in given)
        if numbers != list(range(READ_RECORDS)):
            raise Failed(f"{len(numbers)} records, {len(set(numbers))} different ones, of {READ_RECORDS}")
    finally:
        if reading:
            reading.stop()
        kafka.stop()
    return f"{READ_RECORDS} records, {READ_KILLS} kills, leaders moved twice for each, {time.monotonic() - begin:.0f} s"


# A leader that lacks the end of the log


class Reading:
    """The command, which reads on while leaders come and go."""

    def __init__(self, kafka, topic, policy):
        command = [kasio_command(), "consume", "-b", kafka.bootstrap, "-t", topic, "-o", "beginning", "-u"]
        command += ["-f", r"%o\t%s\n", "-X", f"auto.offset.reset={policy}"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines, self.words = [], []
        for stream, into in ((self.process.stdout, self.lines), (self.process.stderr, self.words)):
            threading.Thread(target=self.collect, args=(stream, into), daemon=True).start()

    @staticmethod
    def collect(stream, into):
        for line in stream:
            into.append(line.decode(errors="replace").rstrip("\n"))

    def wait(self, condition, what):
        until = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > until or self.process.poll() is not None and not condition():
                raise Failed(f"{what}: {len(self.lines)} records, {self.words[-5:]}, {self.process.poll()}")
            time.sleep(0.05)

    def stop(self):
        self.process.kill()
        self.process.wait()


def write_numbers(kafka, topic, numbers, *settings):
    given = b"".join(b"%d\n" % number for number in numbers)
    command = [kasio_command(), "produce", "-b", kafka.bootstrap, "-t", topic]
    run([*command, *(word for each in settings for word in ("-X", each))], given)


def numbered(first, values):
    return [f"{offset}\t{value}" for offset, value in enumerate(values, first)]


def unclean_election(clusters):
    kafka, topic = cluster(clusters.version, nodes=3), fresh_topic("cut")
    readers = []
    try:
        create(kafka, topic, "--replica-assignment", "2:3", "--config", "unclean.leader.election.enable=true",
               "--config", "min.insync.replicas=1")
        write_numbers(kafka, topic, range(100), "acks=all")
        kafka.kill(3, "TERM")
        write_numbers(kafka, topic, range(100, 200), "acks=1")
        readers = [Reading(kafka, topic, policy) for policy in ("latest", "none")]
        for reader in readers:
            reader.wait(lambda reader=reader: len(reader.lines) == 200, "reading before")
        # Whoever has all of it dies; who comes back has a hundred.
        kafka.kill(2)
        kafka.revive(3)
        write_numbers(kafka, topic, range(1000, 1050), "acks=1")
        going_on, stopping = readers
        going_on.wait(lambda: len(going_on.lines) >= 250, "reading after")
        expected = numbered(0, range(200)) + numbered(100, range(1000, 1050))
        if going_on.lines != expected:
            raise Failed(f"read {going_on.lines[195:]}")
        if not any("was cut from offset 200" in words and "offset 100" in words for words in going_on.words):
            raise Failed(f"the cut was not told: {going_on.words}")
        stopping.wait(lambda: any("log_truncated" in words for words in stopping.words), "stopping")
        if stopping.lines != expected[:200]:
            raise Failed(f"without a policy it read on: {stopping.lines[195:]}")
        return f"told: {next(words for words in going_on.words if 'was cut' in words)}"
    finally:
        for reader in readers:
            reader.stop()
        kafka.stop()


def cases():
    yield "logs of magic 0 and 1 are read byte for byte [F14]", old_formats
    yield "transactions of the Java client are read as it reads them [F9]", transactions
    yield "each record is read once and in order while brokers are killed and leaders move [C3]", moving_leaders
    yield "a leader elected without the end of the log is noticed [F7]", unclean_election
