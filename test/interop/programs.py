# SPDX-License-Identifier: BSL-1.0
"""Whole programs on real Kafka: the demo, and the command while a broker dies."""

import os
import subprocess
import threading

import clients
from clients import Failed, Kcat, fresh_topic, kasio_command

RECORDS = 100_000
BEFORE_THE_KILL = 30_000


def demo(clusters, nodes):
    program = clients.BUILD / "example/demo"
    if not program.exists():
        raise Failed(f"{program} was not built")
    environment = {**os.environ, "KAFKA_BROKER": clusters.get(nodes).bootstrap}
    done = subprocess.run([program], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise Failed(f"the demo ended with {done.returncode}: {done.stdout[-400:]}{done.stderr[-400:]}")
    if "100,000" not in done.stdout and "100000" not in done.stdout:
        raise Failed(f"the demo does not tell of 100,000 records: {done.stdout[-400:]}")
    return done.stdout.strip().splitlines()[-1]


def demo_on_one_node(clusters):
    return demo(clusters, 1)


def demo_on_three_nodes(clusters):
    return demo(clusters, 3)


def feed(stream, wait_before_rest):
    """Writes numbered lines; the rest of them once the broker is gone."""
    try:
        for at in range(RECORDS):
            if at == BEFORE_THE_KILL:
                stream.flush()
                wait_before_rest.wait(60)
            stream.write(b"line %d of many, with some more text so that it takes several requests\n" % at)
        stream.close()
    except BrokenPipeError:
        pass


def numbers_in(kafka, topic, nodes):
    """The number of each line in the log, with repetitions."""
    alive = ",".join(kafka.address(node) for node in nodes)
    command = [*Kcat().consumer(), "-b", alive, "-t", topic, "-o", "beginning", "-e", "-q", "-f", r"%s\n"]
    return [int(line.split()[1]) for line in clients.run(command).splitlines()]


def killed_broker(clusters):
    kafka, topic, victim = clusters.get(3), fresh_topic("killed"), 2
    command = [kasio_command(), "produce", "-b", kafka.bootstrap, "-t", topic, "-X", "acks=all"]
    dead = threading.Event()
    producer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        feeder = threading.Thread(target=feed, args=(producer.stdin, dead))
        feeder.start()
        # Some lines must be on their way when the broker dies.
        wait_for_lines(kafka, topic)
        kafka.kill(victim)
        dead.set()
        feeder.join(90)
        words = producer.stderr.read().decode(errors="replace").strip()
        code = producer.wait(90)
    finally:
        dead.set()
        producer.kill()
        producer.wait()
    if code != 0:
        raise Failed(f"kasio produce ended with {code}: {words[-600:]}")
    there = numbers_in(kafka, topic, [node for node in kafka.all_nodes() if node != victim])
    kafka.revive(victim)
    lost = set(range(RECORDS)) - set(there)
    if lost:
        raise Failed(f"{len(lost)} of {RECORDS} lines are not in the log, such as line {min(lost)}")
    return f"all {RECORDS} lines are in the log, {len(there) - RECORDS} of them twice"


def wait_for_lines(kafka, topic):
    """Until the log holds the first line."""
    command = [*Kcat().consumer(), "-b", kafka.bootstrap, "-t", topic, "-o", "beginning", "-c", "1", "-q"]
    for _ in range(20):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        if done.returncode == 0 and done.stdout:
            return
    raise Failed(f"nothing arrived in {topic}")


def cases():
    yield "the demo runs on one node", demo_on_one_node
    yield "the demo runs on three nodes", demo_on_three_nodes
    yield "nothing is lost when one broker of three is killed while producing", killed_broker
