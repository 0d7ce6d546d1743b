# SPDX-License-Identifier: BSL-1.0
"""Kafka clients as programs: kasio's own command, kcat, and the console tools that come with Kafka. Each writes records
to a topic, or reads all of them."""

import shutil
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

BUILD = Path("build")
LIMIT = 120


class Failed(Exception):
    """A case went wrong."""


class Skipped(Exception):
    """A case cannot run here."""


@dataclass(frozen=True)
class Read:
    """A record as a client read it. Offset -1 where the client does not tell it."""

    partition: int
    offset: int
    key: bytes
    value: bytes


def fresh_topic(kind):
    return f"{kind}-{uuid.uuid4().hex[:8]}"


def kasio_command():
    program = BUILD / "example/cli/kasio"
    if not program.exists():
        raise Failed(f"{program} was not built")
    return str(program)


def kcat_command():
    program = shutil.which("kcat") or shutil.which("kafkacat")
    if not program:
        raise Skipped("no kcat")
    return program


def run(command, given=b"", limit=LIMIT):
    """Standard output of a program that must succeed."""
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        raise Failed(f"{described(command)} did not end within {limit} s") from None
    if done.returncode != 0:
        words = done.stderr.decode(errors="replace").strip()[-800:]
        raise Failed(f"{described(command)} ended with {done.returncode}: {words}")
    return done.stdout


def described(command):
    return " ".join(str(part) for part in command)[:200]


def as_lines(records):
    return b"".join(key + b"\t" + value + b"\n" for key, value in records)


def from_lines(output):
    """Of lines `partition TAB offset TAB key TAB value`."""
    found = []
    for line in output.split(b"\n")[:-1]:
        partition, offset, key, value = line.split(b"\t", 3)
        found.append(Read(int(partition), int(offset), key, value))
    return found


class KcatStyle:
    """The letters that kcat and kasio share."""

    FORMAT = r"%p\t%o\t%k\t%s\n"

    def write(self, kafka, topic, records, codec="none"):
        run([*self.producer(), "-b", kafka.bootstrap, "-t", topic, "-K", r"\t", "-z", codec], as_lines(records))

    def read(self, kafka, topic):
        options = ["-b", kafka.bootstrap, "-t", topic, "-o", "beginning", "-e", "-q", "-f", self.FORMAT]
        return from_lines(run([*self.consumer(), *options]))


class Kasio(KcatStyle):
    name = "kasio"

    def producer(self):
        return [kasio_command(), "produce"]

    def consumer(self):
        return [kasio_command(), "consume"]


class Kcat(KcatStyle):
    name = "kcat"

    def producer(self):
        # By itself kcat hands librdkafka at most 100,000 records; -E keeps it going over passing errors.
        return [kcat_command(), "-P", "-E"]

    def consumer(self):
        return [kcat_command(), "-C"]


class Java:
    name = "Java"

    def write(self, kafka, topic, records, codec="none"):
        reader = ["--reader-property", "parse.key=true", "--reader-property", "key.separator=\t"]
        arguments = ["--bootstrap-server", kafka.bootstrap, "--topic", topic, "--compression-codec", codec, *reader]
        run(kafka.java("org.apache.kafka.tools.ConsoleProducer", *arguments), as_lines(records))

    def read(self, kafka, topic):
        arguments = ["--bootstrap-server", kafka.bootstrap, "--topic", topic, "--from-beginning", "--timeout-ms", "8000"]
        for name in ("partition", "offset", "key", "value"):
            arguments += ["--formatter-property", f"print.{name}=true"]
        output = run(kafka.java("org.apache.kafka.tools.consumer.ConsoleConsumer", *arguments))
        # It names what it prints: "Partition:0<tab>Offset:17<tab>key<tab>value".
        return from_lines(output.replace(b"Partition:", b"").replace(b"Offset:", b""))
