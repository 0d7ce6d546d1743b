# SPDX-License-Identifier: BSL-1.0
"""Members of consumer groups as programs: kasio's command, kcat, and Java's console consumer; and a writer that keeps a
rate."""

import contextlib
import re
import signal
import subprocess
import threading
import time

from clients import Failed, kasio_command, kcat_command
from kafka import number

FORMAT = r"%p %o %s\n"
JAVA_ASSIGNOR = {
    "range": "RangeAssignor",
    "roundrobin": "RoundRobinAssignor",
    "sticky": "StickyAssignor",
    "cooperative-sticky": "CooperativeStickyAssignor",
}
# How long a member may take to leave.
LEAVING = 30


class Member:
    """A program that reads a topic as a member of a group, from when it is made until it leaves."""

    def __init__(self, command, name):
        self.name, self.records, self.times, self.remarks = name, [], [], []
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.readers = [
            threading.Thread(target=self.read_records, daemon=True),
            threading.Thread(target=self.read_remarks, daemon=True),
        ]
        for reader in self.readers:
            reader.start()

    def read_records(self):
        for line in self.process.stdout:
            # Java names what it prints.
            words = line.replace("Partition:", "").replace("Offset:", "").split(None, 2)
            if len(words) == 3 and words[0].isdigit() and words[1].isdigit():
                self.times.append(time.monotonic())
                self.records.append((int(words[0]), int(words[1]), words[2].rstrip("\n")))

    def read_remarks(self):
        for line in self.process.stderr:
            self.remarks.append((time.monotonic(), line.rstrip("\n")))

    def leave(self):
        """Ends it as its user would, and waits until it has left."""
        self.ask_to_leave()
        self.wait_end()
        # Java ends with 143 after a clean leave.
        if self.process.returncode not in (0, 130, 143):
            raise Failed(f"{self.name} ended with {self.process.returncode}: {self.words()}")

    def ask_to_leave(self):
        self.process.send_signal(signal.SIGTERM if self.name.startswith("java") else signal.SIGINT)

    def wait_end(self, limit=LEAVING):
        try:
            self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed(f"{self.name} did not end within {limit} s: {self.words()}") from None
        for reader in self.readers:
            reader.join()

    def is_running(self):
        return self.process.poll() is None

    def words(self):
        return " | ".join(text for _, text in self.remarks[-6:])

    def partitions(self, what, since=0.0, until=float("inf")):
        """How many partitions kasio's command said it was `assigned`, or `given up`, or `lost`, in that time."""
        pattern = re.compile(rf"\b{what}: (.*)")
        found = 0
        for at, text in self.remarks:
            told = pattern.search(text)
            if told and since <= at < until and told[1] != "nothing":
                found += told[1].count(",") + 1
        return found

    def held(self):
        """The partitions that kasio's command has, by what it said."""
        mine = set()
        for _, text in self.remarks:
            told = re.search(r"\b(assigned|given up|lost): (\S+(?:, \S+)*)", text)
            if told and told[2] != "nothing":
                named = set(told[2].rstrip(":").split(", "))
                mine = mine | named if told[1] == "assigned" else mine - named
        return mine

    def wait_for(self, condition, what, limit=60):
        wait(lambda: condition() or not self.is_running(), f"{what} of {self.name}", limit, [self])
        if not condition():
            raise Failed(f"{self.name} ended before {what}: {self.words()}")


def wait(condition, what, limit=60, everybody=()):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            words = "".join(f"; {each.name}, {len(each.records)} records: {each.words()}" for each in everybody)
            raise Failed(f"no {what} within {limit} s{words}")
        time.sleep(0.05)


def kasio(bootstrap, group, topic, name="kasio", **settings):
    command = [kasio_command(), "consume", "-b", bootstrap, "-G", group, "-u", "-o", "beginning", "-f", FORMAT]
    return Member([*command, *options(settings), topic], name)


def kcat(bootstrap, group, topic, name="kcat", **settings):
    settings = {"auto.offset.reset": "earliest", "auto.commit.interval.ms": 500} | settings
    command = [kcat_command(), "-b", bootstrap, "-G", group, "-q", "-u", "-f", FORMAT]
    return Member([*command, *options(settings), topic], name)


def java(kafka, bootstrap, group, topic, name="java", **settings):
    """`kafka` lends its class path, and need not be what `bootstrap` leads to."""
    settings = {"auto.offset.reset": "earliest", "auto.commit.interval.ms": 500} | settings
    assignor = settings.get("partition.assignment.strategy")
    if assignor:
        settings["partition.assignment.strategy"] = "org.apache.kafka.clients.consumer." + JAVA_ASSIGNOR[assignor]
    arguments = ["--bootstrap-server", bootstrap, "--topic", topic, "--group", group]
    # Its options were renamed in 4.2.
    shown, set_by = ("--formatter-property", "--command-property") if number(kafka.version) >= (4, 2) else ("--property", "--consumer-property")
    arguments += [shown, "print.partition=true", shown, "print.offset=true"]
    for key, value in settings.items():
        arguments += [set_by, f"{key}={value}"]
    return Member(kafka.java("org.apache.kafka.tools.consumer.ConsoleConsumer", *arguments), name)


def options(settings):
    return [part for key, value in settings.items() for part in ("-X", f"{key}={value}")]


class Writer:
    """Writes numbered lines at a steady rate until it is stopped."""

    def __init__(self, bootstrap, topic, rate):
        self.rate, self.count, self.stopped, self.pausing = rate, 0, threading.Event(), threading.Lock()
        command = [kasio_command(), "produce", "-b", bootstrap, "-t", topic, "-q", "-X", "acks=all", "-K", ":"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.thread = threading.Thread(target=self.write, daemon=True)
        self.thread.start()

    def write(self):
        last = time.monotonic()
        while not self.stopped.wait(0.05):
            with self.pausing:
                now = time.monotonic()
                # What was not written in a pause is not made up for.
                due = self.count + round(min(now - last, 0.2) * self.rate)
                self.process.stdin.write(b"".join(b"%d:%d\n" % (at, at) for at in range(self.count, due)))
                self.process.stdin.flush()
                self.count, last = due, now
        self.process.stdin.close()

    @contextlib.contextmanager
    def paused(self):
        with self.pausing:
            yield self.count

    def stop(self):
        """How many it wrote."""
        self.stopped.set()
        self.thread.join()
        words = self.process.stderr.read().decode(errors="replace").strip()
        if self.process.wait(60) != 0:
            raise Failed(f"the writer ended with {self.process.returncode}: {words[-300:]}")
        return self.count
