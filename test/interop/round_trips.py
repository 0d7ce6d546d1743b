# SPDX-License-Identifier: BSL-1.0
"""What one client wrote, another reads: byte for byte, nothing lost, nothing twice, in order within a partition."""

import random

from clients import Failed, Java, Kasio, Kcat, fresh_topic

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
RECORDS = 20_000
JAVA_RECORDS = 5_000
# Every byte but the newline, which ends a record, and the tab, which ends a key.
BYTES = bytes(byte for byte in range(256) if byte not in b"\n\t\r")


def made_up(count, alphabet, seed):
    """Keyed records; each value starts with its number, which is what order is told by."""
    chance = random.Random(seed)
    records = []
    for at in range(count):
        size = chance.choice([0, 5, 30, 100, 100, 100, 300]) if at % 1000 else 60_000
        body = bytes(chance.choices(alphabet, k=size))
        records.append((b"key-%d" % chance.randrange(500), b"%d " % at + body))
    return records


def check(written, read):
    """Compares what was written with what was read, and says how many records lie in how many partitions."""
    got = [(record.key, record.value) for record in read]
    if sorted(got) != sorted(written):
        missing, foreign = set(written) - set(got), set(got) - set(written)
        example = f", such as {sorted(missing)[0]!r:.80}" if missing else ""
        raise Failed(f"{len(written)} written, {len(got)} read: {len(missing)} missing{example}, {len(foreign)} foreign")
    partitions, homes = {}, {}
    for record in read:
        partitions.setdefault(record.partition, []).append(record)
        homes.setdefault(record.key, set()).add(record.partition)
    for partition, records in partitions.items():
        numbers = [int(record.value.split(b" ", 1)[0]) for record in records]
        offsets = [record.offset for record in records]
        if numbers != sorted(numbers):
            raise Failed(f"partition {partition} is out of order")
        if offsets != list(range(len(offsets))):
            raise Failed(f"partition {partition} does not have the offsets 0 to {len(offsets) - 1}")
    if any(len(places) > 1 for places in homes.values()):
        raise Failed("a key is in more than one partition")
    return f"{len(read)} records in {len(partitions)} partitions"


def round_trip(writer, reader, codec, count=RECORDS, alphabet=BYTES):
    def case(clusters):
        kafka, topic = clusters.get(1), fresh_topic(codec)
        records = made_up(count, alphabet, seed=f"{writer.name}{codec}")
        writer.write(kafka, topic, records, codec)
        return check(records, reader.read(kafka, topic))

    return f"{reader.name} reads what {writer.name} wrote, {codec}", case


def cases():
    kasio, kcat, java = Kasio(), Kcat(), Java()
    for codec in CODECS:
        yield round_trip(kasio, kcat, codec)
        yield round_trip(kcat, kasio, codec)
    # The console tools read text, so text it is.
    text = bytes(range(32, 127))
    yield round_trip(kasio, java, "lz4", JAVA_RECORDS, text)
    yield round_trip(java, kasio, "lz4", JAVA_RECORDS, text)
