# SPDX-License-Identifier: BSL-1.0
"""How the command ends when something is wrong: its exit code, and one line that names the cause."""

import re
import socketserver
import subprocess
import threading
import time

from clients import Failed, fresh_topic, kasio_command
from kafka import Kafka, free_ports

# Short enough for a test, long enough for a busy machine.
HASTE = ["-X", "max.block.ms=4000", "-X", "default.api.timeout.ms=4000"]
HASTE += ["-X", "request.timeout.ms=3000", "-X", "delivery.timeout.ms=6000"]
LIMIT = 30


def ends_with(code, pattern, *arguments, given=b"hello\n"):
    """Runs the command and checks its exit code and the one line on standard error."""
    begin = time.monotonic()
    command = [kasio_command(), *arguments]
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        raise Failed(f"it did not end within {LIMIT} s") from None
    words = done.stderr.decode(errors="replace").strip()
    if done.returncode != code:
        raise Failed(f"it ended with {done.returncode} instead of {code}: {words[-400:]}")
    if words.count("\n") or not re.search(pattern, words, re.IGNORECASE):
        raise Failed(f"its error is no one line that matches '{pattern}': {words[-400:]!r}")
    return f"{words} ({time.monotonic() - begin:.1f} s)"


def unreachable(clusters):
    broker = f"127.0.0.1:{free_ports(1)[0]}"
    ends_with(1, "unreachable|refused", "consume", "-b", broker, "-t", "t", "-e", *HASTE)
    return ends_with(1, "unreachable|refused", "produce", "-b", broker, "-t", "t", *HASTE)


def unresolvable(clusters):
    return ends_with(1, "host.not.found|does not resolve", "produce", "-b", "no.such.host.invalid:9092", "-t", "t", *HASTE)


class WebServer(socketserver.BaseRequestHandler):
    """What web servers do with bytes that are no HTTP: they say so at once."""

    def handle(self):
        if self.request.recv(4096):
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def http_port(clusters):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), WebServer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            broker = f"127.0.0.1:{server.server_address[1]}"
            return ends_with(1, "not.a.broker|HTTP|no Kafka", "produce", "-b", broker, "-t", "t", *HASTE)
        finally:
            server.shutdown()


def unknown_topic(clusters):
    settings = {"auto.create.topics.enable": "false"}
    clusters.get(1)  # Tells whether Kafka runs here at all.
    with Kafka(clusters.get(1).version, props=settings) as kafka:
        topic = fresh_topic("missing")
        ends_with(1, "UNKNOWN_TOPIC", "consume", "-b", kafka.bootstrap, "-t", topic, "-e", *HASTE)
        return ends_with(1, "UNKNOWN_TOPIC", "produce", "-b", kafka.bootstrap, "-t", topic, *HASTE)


def too_large(clusters):
    kafka, topic = clusters.get(1), fresh_topic("large")
    given = b"x" * 3_000_000 + b"\n"
    return ends_with(1, "record_too_large|MESSAGE_TOO_LARGE", "produce", "-b", kafka.bootstrap, "-t", topic, given=given)


def too_large_for_the_broker(clusters):
    kafka, topic = clusters.get(1), fresh_topic("large")
    limits = ["-X", "max.request.size=8000000"]
    given = b"x" * 3_000_000 + b"\n"
    return ends_with(1, "MESSAGE_TOO_LARGE", "produce", "-b", kafka.bootstrap, "-t", topic, *limits, given=given)


def malformed_name(clusters):
    return ends_with(2, r"lingr\.ms.*linger\.ms", "produce", "-b", "127.0.0.1:1", "-t", "t", "-X", "lingr.ms=5")


def cases():
    yield "an unreachable broker is named", unreachable
    yield "a name that does not resolve is named", unresolvable
    yield "a port that speaks HTTP is named", http_port
    yield "an unknown topic is named", unknown_topic
    yield "a record larger than a request may be is named", too_large
    yield "a record larger than the broker allows is named", too_large_for_the_broker
    yield "a misspelled property is named, with the right one", malformed_name
