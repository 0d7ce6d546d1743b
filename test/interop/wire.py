# SPDX-License-Identifier: BSL-1.0
"""The few bytes of Kafka's protocol that tell whether a broker is ready, written apart from the library under test."""

import contextlib
import socket
import struct

METADATA, METADATA_VERSION = 3, 4


@contextlib.contextmanager
def try_bind(port):
    """True while the port is ours; False when it is taken."""
    with socket.socket() as taker:
        try:
            taker.bind(("127.0.0.1", port))
        except OSError:
            yield False
        else:
            yield True


def is_open(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self, form):
        (value,) = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return value

    def text(self):
        size = self.number(">h")
        if size < 0:
            return None
        self.at += size
        return self.data[self.at - size : self.at].decode()


def exchange(port, api, version, body):
    """One request on a connection of its own; the answer's body."""
    client = b"kasio-interop"
    request = struct.pack(">hhih", api, version, 1, len(client)) + client + body
    with socket.create_connection(("127.0.0.1", port), 2) as line:
        line.settimeout(3)
        line.sendall(struct.pack(">i", len(request)) + request)
        (size,) = struct.unpack(">i", read_exactly(line, 4))
        return Reader(read_exactly(line, size)[4:])


def read_exactly(line, size):
    data = b""
    while len(data) < size:
        more = line.recv(size - len(data))
        if not more:
            raise ConnectionError("closed")
        data += more
    return data


def brokers_known_to(port):
    """Ids of the brokers in a node's metadata; none while it does not answer or knows of no controller."""
    try:
        # No topics; none created.
        answer = exchange(port, METADATA, METADATA_VERSION, struct.pack(">i?", 0, False))
        answer.number(">i")
        known = set()
        for _ in range(answer.number(">i")):
            known.add(answer.number(">i"))
            answer.text(), answer.number(">i"), answer.text()
        answer.text()
        return known if answer.number(">i") >= 0 else set()
    except (OSError, struct.error):
        return set()
