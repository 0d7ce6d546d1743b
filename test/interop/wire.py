# SPDX-License-Identifier: BSL-1.0
"""The few bytes of Kafka's protocol that tell whether a broker is ready, which node coordinates a group, and of what
type groups are, written apart from the library under test."""

import contextlib
import socket
import struct

METADATA, METADATA_VERSION = 3, 4
FIND_COORDINATOR, FIND_COORDINATOR_VERSION, GROUP_KEY = 10, 1, 0
# The first version that tells a group's type; Kafka 3.8 and newer.
LIST_GROUPS, LIST_GROUPS_VERSION = 16, 5


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
        return None if size < 0 else self.bytes(size).decode()

    def bytes(self, size):
        self.at += size
        return self.data[self.at - size : self.at]

    # Of flexible versions (KIP-482).

    def varint(self):
        value = shift = 0
        while True:
            byte = self.number(">B")
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def compact_text(self):
        size = self.varint()
        return self.bytes(size - 1).decode() if size else None

    def tags(self):
        for _ in range(self.varint()):
            self.varint()
            self.bytes(self.varint())


def exchange(port, api, version, body, flexible=False):
    """One request on a connection of its own; the answer's body."""
    client = b"kasio-interop"
    request = struct.pack(">hhih", api, version, 1, len(client)) + client + (b"\0" if flexible else b"") + body
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


def coordinator_of(port, group):
    """The id of the node that coordinates a group; None while there is none."""
    name = group.encode()
    try:
        body = struct.pack(">h", len(name)) + name + struct.pack(">b", GROUP_KEY)
        answer = exchange(port, FIND_COORDINATOR, FIND_COORDINATOR_VERSION, body)
        answer.number(">i")
        error = answer.number(">h")
        answer.text()
        return answer.number(">i") if error == 0 else None
    except (OSError, struct.error):
        return None


def groups_on(port):
    """What that node coordinates: state and type by group."""
    # No filters of states and types, no tags.
    answer = exchange(port, LIST_GROUPS, LIST_GROUPS_VERSION, bytes([1, 1, 0]), flexible=True)
    answer.tags(), answer.number(">i"), answer.number(">h")
    found = {}
    for _ in range(answer.varint() - 1):
        name, _, state, kind = (answer.compact_text() for _ in range(4))
        answer.tags()
        found[name] = (state.lower(), kind.lower())
    return found
