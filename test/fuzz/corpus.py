#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""corpus.py unpack TARGET FOLDER: writes the seeds of a fuzz target into a folder, a file each: what is kept in
corpus/TARGET.base64, and what the vectors of test/data hold.

corpus.py pack TARGET FOLDER FUZZER: keeps of the inputs in a folder the smallest ones that reach all the code which
the folder reaches, as corpus/TARGET.base64: one input a line, in base 64, the shortest first.
FUZZER is the target built with libFuzzer, as `./dev fuzz` does: build-fuzz/test/fuzz/fuzz_TARGET.
"""

import hashlib
import re
import struct
import subprocess
import sys
import tempfile
from base64 import b64decode, b64encode
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data"
CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
LARGEST = 4096  # of an input, in bytes


def rows(name):
    for line in (DATA / name).read_text().splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


def bodies(kind):
    for key, _, row_kind, version, _, digits, *_ in rows("messages.tsv"):
        if row_kind == kind:
            yield int(key), int(version), bytes.fromhex(digits)


def messages(kind):
    return [bytes([key, version]) + body for key, version, body in bodies(kind)]


def flexible_versions():
    """Of each api the first version whose header has tags, from the library's own table."""
    table = (HERE.parent.parent / "lib/protocol/api_table.cpp").read_text()
    return {int(key): int(version) for key, version in re.findall(r'\{(\d+), "\w+", \{[^}]*\}, (\d+), ', table)}


def frame(content):
    return struct.pack(">i", len(content)) + content


def frames():
    seeds = []
    flexible = flexible_versions()
    for key, version, body in bodies("request"):
        tags = b"\0" if version >= flexible.get(key, version + 1) else b""
        seeds.append(frame(struct.pack(">hhih", key, version, 7, 2) + b"me" + tags + body))
    for key, version, body in bodies("response"):
        if key == 18:
            seeds.append(frame(struct.pack(">i", 7) + body))
            old = struct.pack(">ihihhh", 7, 35, 1, 18, 0, 2)
            seeds.append(frame(old) + seeds[-1])
        if key == 12:
            seeds.append(frame(struct.pack(">i", 7) + (b"\0" if version >= 4 else b"") + body))
    return seeds


def batches(magics):
    return [bytes.fromhex(row[4]) for row in rows("records.tsv") if row[0] in magics]


def compressed():
    seeds = []
    for row in rows("records.tsv"):
        if row[0] == "2" and row[1] in CODECS:
            seeds.append(bytes([CODECS[row[1]]]) + bytes.fromhex(row[4])[61:])
        elif row[0] in ("0", "1") and CODECS.get(row[1]):
            entry = bytes.fromhex(row[4])
            at = 18 if row[0] == "0" else 26
            key = struct.unpack_from(">i", entry, at)[0]
            at += 4 + max(key, 0)
            size = struct.unpack_from(">i", entry, at)[0]
            codec = 6 if row[:2] == ["0", "lz4"] else CODECS[row[1]]
            seeds.append(bytes([codec]) + entry[at + 4 : at + 4 + size])
    return seeds


def sasl():
    """What servers say, exchange by exchange; the machine is made for the user of these rows."""
    said = {}
    for mechanism, user, _, step, text in rows("scram.tsv"):
        if step.startswith("server"):
            said.setdefault((mechanism, user), []).append(text)
    seeds = [b"\1" + "\n".join(texts).encode() for (name, user), texts in said.items() if name.endswith("512")]
    seeds += [b"\0" + "\n".join(texts).encode() for (name, user), texts in said.items() if name.endswith("256")]
    seeds += [b"\0e=other-error", b"\2", b"\2no", b"\3", b'\3{"status":"invalid_token","scope":"s"}']
    return seeds


def string(text):
    return struct.pack(">h", len(text)) + text.encode()


def topics(*names):
    return struct.pack(">i", len(names)) + b"".join(string(name) + struct.pack(">iii", 2, 0, 1) for name in names)


def stored():
    seeds = []
    nothing = struct.pack(">i", -1)
    for version in range(5):
        body = struct.pack(">h", version) + struct.pack(">i", 2) + string("a") + string("bc") + nothing
        body += topics("a", "bc") if version >= 1 else b""
        body += struct.pack(">i", 5) if version >= 2 else b""
        body += string("rack") if version >= 3 else b""
        seeds += [b"\0" + body, b"\5" + body]
        seeds.append(b"\1" + struct.pack(">h", version) + topics("a", "bc") + struct.pack(">i", 2) + b"xy")
        seeds.append(b"\5" + seeds[-1][1:])
    seeds.append(b"\2" + struct.pack(">hi", 0, 7))
    for version in (0, 1):
        voters = b"".join(struct.pack(">i", voter) + bytes(16 * version) + b"\0" for voter in (1, 2))
        seeds.append(b"\3" + struct.pack(">hi", version, 1) + 2 * (b"\3" + voters) + b"\0")
    seeds += [b"\4" + topics("a", "bc"), b"\4" + topics("a") + struct.pack(">i", 3)]
    return seeds


def property_texts():
    names = [row[1] for row in rows("property_names.tsv") if len(row) > 1]
    seeds = [b"\0" + "".join(f"{name}=1\n" for name in names[at : at + 8]).encode() for at in range(0, len(names), 8)]
    seeds += [b"\0# a comment\r\nlinger.ms: 5\n a\\tb = c\\\n  d\\u00e9\nacks all\n"]
    module = b"org.apache.kafka.common.security.scram.ScramLoginModule required"
    seeds += [b"\1" + module + b" username=\"me\" password=\"it's \\\"me\\\"\";", b"\1" + module + b" a=b;", b"\1x"]
    return seeds + [b"\2P1DT2H3M4.5S", b"\2 17 ", b"\2TRUE", b"\0020.5", b"\2a , b;c"]


SEEDS = {
    "frames": frames,
    "requests": lambda: messages("request"),
    "responses": lambda: messages("response"),
    "stored": stored,
    "batches": lambda: batches("2"),
    "legacy": lambda: batches("01"),
    "compression": compressed,
    "sasl": sasl,
    "properties": property_texts,
}


def kept(target):
    path = HERE / "corpus" / f"{target}.base64"
    return [b64decode(line) for line in path.read_text().splitlines()] if path.exists() else []


def unpack(target, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for seed in {*SEEDS[target](), *kept(target)}:
        (folder / hashlib.sha1(seed).hexdigest()).write_bytes(seed)


def pack(target, folder, fuzzer):
    with tempfile.TemporaryDirectory() as chosen:
        options = ["-merge=1", "-use_counters=0", f"-max_len={LARGEST}"]
        subprocess.run([fuzzer, *options, chosen, str(folder)], check=True, stderr=subprocess.DEVNULL)
        inputs = {path.read_bytes() for path in Path(chosen).iterdir()}
    inputs = sorted(inputs, key=lambda each: (len(each), each))
    (HERE / "corpus" / f"{target}.base64").write_text("".join(b64encode(each).decode() + "\n" for each in inputs))
    print(f"{target}: {len(inputs)} inputs, {sum(map(len, inputs))} bytes")


def main():
    command, target, folder, *rest = [*sys.argv[1:], "", "", ""][:4]
    if target not in SEEDS or not folder:
        sys.exit(__doc__)
    if command == "unpack":
        unpack(target, Path(folder))
    elif command == "pack" and rest[0]:
        pack(target, Path(folder), rest[0])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
