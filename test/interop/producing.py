# SPDX-License-Identifier: BSL-1.0
"""A producer while brokers stand still: its caller's executor goes on, its memory stays within the budget, and all goes
through once the broker is there again."""

import subprocess
import time

import clients
from clients import Failed, fresh_topic

STANDSTILL = 20
# Of the executor, apart from the time that other programs had the processor: beyond what a thread that has nothing to
# do sees meanwhile.
LONGEST_GAP_MS = 5
BUDGET = 8 << 20
# A batch that is not worth sending yet grows by so much at most.
LARGEST_STEP = 16 << 10
# Frames, requests, metadata and what the C library keeps, beside the budget.
MOST_GROWTH_KIB = 16 << 10


class Producing:
    """test/interop/keep_producing.cpp, under way."""

    def __init__(self, kafka, topic, budget, senders, floods=0):
        program = clients.BUILD / "test/interop/keep_producing"
        if not program.exists():
            raise Failed(f"{program} was not built")
        command = [program, kafka.bootstrap, topic, str(budget), str(senders), str(floods)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        if self.process.stdout.readline() != "ready\n":
            raise Failed(f"the producer did not start: it ended with {self.process.wait(10)}")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def ask(self, word="say"):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"the producer ended with {self.process.wait(10)}")
        said = dict(part.split("=", 1) for part in line.strip().split(" ", 8))
        return {name: value if name == "failure" else float(value) for name, value in said.items()}

    def until(self, condition, what, limit=60):
        end = time.monotonic() + limit
        while time.monotonic() < end:
            said = self.ask()
            if condition(said):
                return said
            time.sleep(0.1)
        raise Failed(f"not within {limit} s: {what}; {said}")


def check(said):
    if said["failed"]:
        raise Failed(f"{said['failed']:.0f} records failed, the first with: {said['failure']}")
    if said["gap_ms"] > said["idle_gap_ms"] + LONGEST_GAP_MS:
        raise Failed(f"the executor stood still for {said['gap_ms']:.1f} ms, an idle thread for {said['idle_gap_ms']:.1f} ms")


def one_of_three_stops(clusters):
    kafka, topic, victim = clusters.get(3), fresh_topic("stopped"), 2
    with Producing(kafka, topic, 32 << 20, 64) as producer:
        before = producer.until(lambda said: said["delivered"] > 1000, "1,000 records before the standstill")
        kafka.kill(victim, "STOP")
        try:
            time.sleep(STANDSTILL)
        finally:
            kafka.kill(victim, "CONT")
        stopped = producer.ask()
        producer.until(lambda said: said["delivered"] > stopped["delivered"] + 1000, "1,000 records after it")
        end = producer.ask("end")
    check(end)
    return (f"{end['delivered']:.0f} records, none failed, {stopped['delivered'] - before['delivered']:.0f} of them during "
            f"the standstill; the longest wait was {end['wait_ms'] / 1000:.1f} s, the executor's longest gap {end['gap_ms']:.2f} ms, "
            f"an idle thread's {end['idle_gap_ms']:.2f} ms")


def budget_holds(clusters):
    kafka, topic = clusters.get(1), fresh_topic("budget")
    with Producing(kafka, topic, BUDGET, 64, floods=1) as producer:
        producer.until(lambda said: said["delivered"] > 20_000, "20,000 records before the standstill")
        kafka.kill(1, "STOP")
        try:
            producer.until(lambda said: said["used"] > BUDGET - LARGEST_STEP, "a full budget")
            producer.ask("more")
            full = producer.until(lambda said: said["waiting"] > 0, "senders that wait for room")
            time.sleep(STANDSTILL)
            stopped = producer.ask()
        finally:
            kafka.kill(1, "CONT")
        if stopped["failed"]:
            raise Failed(f"{stopped['failed']:.0f} records failed within {STANDSTILL} s: {stopped['failure']}")
        producer.until(lambda said: said["delivered"] > stopped["delivered"] + 40_000, "all that waited")
        end = producer.ask("end")
    check(end)
    if end["growth_kib"] > MOST_GROWTH_KIB:
        raise Failed(f"memory grew by {end['growth_kib']:.0f} KiB")
    return (f"{full['waiting']:.0f} senders waited with {stopped['used'] / 2**20:.1f} MiB of the budget used, memory grew by "
            f"{end['growth_kib'] / 1024:.1f} MiB, {end['delivered']:.0f} records, none failed")


def cases():
    yield "a producer goes on when one broker of three stands still, and never holds its executor up", one_of_three_stops
    yield "a producer keeps to its budget while its broker stands still, and delivers all", budget_holds
