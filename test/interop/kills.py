# SPDX-License-Identifier: BSL-1.0
"""Keyed records flow from `kasio produce` to `kasio consume` over three brokers, each of which is killed (SIGKILL) in
turn while they flow: every line lies in the log exactly once and in order within its key, and the consumer was given
each record once, in order within its partition.

KASIO_KILL_ROUNDS says how often each broker is killed and KASIO_KILL_RECORDS how many records flow; without them it is
as much as fits about three minutes. `KASIO_KILL_ROUNDS=5 KASIO_KILL_RECORDS=500000` is the whole of it.
"""

import os
import subprocess
import tempfile
import threading
import time

from clients import Failed, Kcat, Skipped, fresh_topic, from_lines, kasio_command, run
from kafka import Kafka, NotReady, Unavailable

VERSION = os.environ.get("KASIO_KAFKA_VERSION", "4.3.1")
ROUNDS = int(os.environ.get("KASIO_KILL_ROUNDS", "2"))
RECORDS = int(os.environ.get("KASIO_KILL_RECORDS", "100000"))
KEYS, PARTITIONS, NODES = 1_000, 6, 3
# A broker that comes back leads again soon, so that leaders move both ways.
PROPS = {
    "num.partitions": PARTITIONS,
    "auto.create.topics.enable": "true",
    "leader.imbalance.check.interval.seconds": 3,
    "leader.imbalance.per.broker.percentage": 0,
}
# Of flow before a kill and before the victim's return; and how long the end may take.
WHILE_UP, WHILE_DOWN, PATIENCE = 2, 3, 240
HIDDEN_AT_MOST = 60
CHUNK = 200


class Flow:
    """Lines into a producer, never done before the last kill."""

    def __init__(self, stream, kills):
        self.stream, self.kills = stream, kills
        self.fed, self.killed = 0, 0
        self.thread = threading.Thread(target=self.feed, daemon=True)
        self.thread.start()

    def allowed(self):
        return RECORDS if self.killed == self.kills else RECORDS * (self.killed + 1) // (self.kills + 1)

    def feed(self):
        pace = RECORDS / (self.kills * (WHILE_UP + WHILE_DOWN + 6)) / CHUNK
        try:
            while self.fed < RECORDS:
                until = min(self.fed + CHUNK, RECORDS)
                if until > self.allowed():
                    time.sleep(0.05)
                    continue
                lines = b"".join(b"key-%d\t%d\n" % (at * 7919 % KEYS, at) for at in range(self.fed, until))
                self.stream.write(lines)
                self.stream.flush()
                self.fed = until
                if self.killed < self.kills:
                    time.sleep(1 / pace)
            self.stream.close()
        except BrokenPipeError:
            pass


def in_order(records, what):
    """Each value once, and rising within each key and partition."""
    numbers = [int(record.value) for record in records]
    if len(numbers) != RECORDS or len(set(numbers)) != RECORDS:
        lost = sorted(set(range(RECORDS)) - set(numbers))
        twice = len(numbers) - len(set(numbers))
        raise Failed(f"{what}: {len(lost)} of {RECORDS} missing, such as {lost[:3]}; {twice} more than once")
    last = {}
    for record in records:
        for name in (record.key, record.partition):
            # A key's records lie in one partition, whose order the offsets tell.
            number = int(record.value) if name == record.key else record.offset
            if last.get(name, -1) >= number:
                raise Failed(f"{what}: {number} of {name!r} comes after {last[name]}")
            last[name] = number


def kill_in_turn(kafka, flow, programs):
    for at in range(flow.kills):
        victim = at % NODES + 1
        time.sleep(WHILE_UP)
        kafka.kill(victim)
        time.sleep(WHILE_DOWN)
        kafka.revive(victim)
        flow.killed = at + 1
        for name, program in programs.items():
            if program.poll() not in (None, 0) or (name == "produce" and program.poll() is not None):
                raise Failed(f"kasio {name} ended with {program.returncode} after {at + 1} kills")


def finish(name, program, words):
    try:
        code = program.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        raise Failed(f"kasio {name} did not end within {PATIENCE} s") from None
    if code != 0:
        words.seek(0)
        raise Failed(f"kasio {name} ended with {code}: {words.read()[-600:].decode(errors='replace')}")


def killed_in_turn(clusters):
    kcat = Kcat().consumer()
    kafka = Kafka(VERSION, nodes=NODES, props=PROPS)
    try:
        kafka.start()
    except (Unavailable, NotReady) as reason:
        kafka.stop()
        raise Skipped(f"Kafka {VERSION} does not run here with {NODES} nodes: {reason}") from None
    programs, begin, topic, passed = {}, time.monotonic(), fresh_topic("kills"), False
    with tempfile.TemporaryFile() as produce_words, tempfile.TemporaryFile() as consume_words, \
            tempfile.TemporaryFile() as read:
        try:
            run([kasio_command(), "metadata", "-b", kafka.bootstrap])
            letters = ["-b", kafka.bootstrap, "-t", topic]
            programs["produce"] = subprocess.Popen(
                [kasio_command(), "produce", *letters, "-K", r"\t", "-X", "acks=all", "-v"],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=produce_words)
            flow = Flow(programs["produce"].stdin, ROUNDS * NODES)
            wait_for_first(kafka, topic)
            programs["consume"] = subprocess.Popen(
                [kasio_command(), "consume", *letters, "-o", "beginning", "-c", str(RECORDS), "-q", "-f",
                 Kcat.FORMAT], stdin=subprocess.DEVNULL, stdout=read, stderr=consume_words)
            kill_in_turn(kafka, flow, programs)
            flow.thread.join(PATIENCE)
            finish("produce", programs["produce"], produce_words)
            all_delivered(flow, produce_words)
            stored, hidden = read_log([*kcat, *letters, "-o", "beginning", "-e", "-q", "-f", Kcat.FORMAT])
            in_order(stored, "the log")
            finish("consume", programs["consume"], consume_words)
            read.seek(0)
            given = from_lines(read.read())
            in_order(given, "the consumer")
            if sorted((r.partition, r.offset, r.value) for r in given) != sorted(
                    (r.partition, r.offset, r.value) for r in stored):
                raise Failed("the consumer was given other records than there are")
            passed = True
        finally:
            for program in programs.values():
                program.kill()
                program.wait()
            kafka.stop(keep=not passed)
    return f"{RECORDS} records, {ROUNDS * NODES} kills, {time.monotonic() - begin:.0f} s{hidden}"


def all_delivered(flow, words):
    """The command took every line, and says that each was acknowledged."""
    words.seek(0)
    told = words.read()[-600:].decode(errors="replace")
    if flow.fed != RECORDS or f"{RECORDS} records delivered" not in told:
        raise Failed(f"{flow.fed} of {RECORDS} lines went in; kasio produce ended with 0, and said: {told}")


def read_log(command):
    """What the log shows once it shows as much as was acknowledged, and a note if that took a while. For a moment some of
    it may be hidden: a broker that has just become the leader (again) shows no more than it knows all replicas to have,
    and learns of the rest by their next fetches. What is lost never shows."""
    begin, first = time.monotonic(), None
    while True:
        stored = from_lines(run(command))
        first = len(stored) if first is None else first
        if len(stored) >= RECORDS or time.monotonic() - begin > HIDDEN_AT_MOST:
            break
        time.sleep(0.2)
    late = f"; {RECORDS - first} were hidden for {time.monotonic() - begin:.1f} s" if first < RECORDS else ""
    return stored, late


def wait_for_first(kafka, topic):
    """Until the log holds the first line, so that its topic is there for the consumer."""
    command = [*Kcat().consumer(), "-b", kafka.bootstrap, "-t", topic, "-o", "beginning", "-c", "1", "-q"]
    for _ in range(20):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        if done.returncode == 0 and done.stdout:
            return
    raise Failed(f"nothing arrived in {topic}")


def cases():
    yield "each record once and in order while each broker of three is killed in turn", killed_in_turn
