# SPDX-License-Identifier: BSL-1.0
"""The command's letters, one check each, against an in-process cluster."""

import base64
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

LIMIT = 60


class Failed(Exception):
    pass


def must(what, seen):
    if not what:
        raise Failed(f"it is {seen!r}")


class Command:
    def __init__(self, folder, broker):
        self.program = str(folder / "cli" / "kasio")
        self.broker = broker

    def environment(self, more=None):
        kept = {name: value for name, value in os.environ.items() if not re.match("KASIO_|KAFKA_|KCAT|KAFKACAT", name)}
        # No settings of whoever runs the tests.
        return {**kept, "HOME": "/nonexistent", "XDG_CONFIG_HOME": "/nonexistent", **(more or {})}

    def run(self, *arguments, given=b"", code=0, env=None, broker=True):
        """Standard output and standard error."""
        where = ["-b", self.broker] if broker else []
        words = [self.program, *map(str, arguments), *where]
        done = subprocess.run(words, input=given, capture_output=True, timeout=LIMIT, env=self.environment(env))
        if code is not None and done.returncode != code:
            raise Failed(f"{words[1:]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
        return done.stdout, done.stderr.decode()

    def produce(self, topic, *arguments, given=b"", **more):
        return self.run("produce", "-t", topic, *arguments, given=given, **more)[1]

    def consume(self, topic, *arguments, **more):
        """What is in the topic, to its end."""
        return self.run("consume", "-t", topic, "-e", "-q", *arguments, **more)[0]

    def refused(self, *arguments, words, **more):
        """A usage error: exit code 2 and one line that says what is wrong."""
        errors = self.run(*arguments, code=2, **more)[1]
        must(errors.startswith("% ERROR: ") and errors.count("\n") == 1, errors)
        for word in [words] if isinstance(words, str) else words:
            must(word in errors, errors)
        return errors


def round_trip(command):
    lines = b"".join(b"key%d:value %d\n" % (number % 7, number) for number in range(5000))
    command.produce("lines", "-K", ":", "-z", "lz4", given=lines)
    read = command.consume("lines", "-f", r"%k:%s\n")
    must(sorted(read.splitlines()) == sorted(lines.splitlines()), "not what was sent")
    must(command.consume("lines", "-K", ":").count(b"\n") == 5000, "not all")
    first = command.run("consume", "-t", "lines", "-p", 0, "-c", 1, "-J")[0]
    shape = rb'\{"topic":"lines","partition":0,"offset":0,"tstype":"create","ts":\d+,"key":"key\d","payload":"value \d+"\}\n'
    must(re.fullmatch(shape, first), first)


def metadata(command):
    text = command.run("metadata", "-t", "lines")[0].decode()
    must('topic "lines" with 4 partitions' in text and " 3 brokers" in text, text)
    known = json.loads(command.run("-L", "-J", "-t", "lines")[0])
    must(len(known["brokers"]) == 3 and known["topics"][0]["topic"] == "lines", known)
    must({"partition", "leader", "replicas", "isrs"} == set(known["topics"][0]["partitions"][0]), known)
    must(known["topics"][0]["partitions"][0]["replicas"][0]["id"] in (1, 2, 3), known)
    errors = command.run("metadata", "-t", "no-such-topic", code=1)[1]
    must("UNKNOWN_TOPIC_OR_PARTITION" in errors and errors.count("\n") == 1, errors)


def mode_letters(command):
    command.run("-t", "modes", "-P", given=b"one\ntwo\n")
    # Without a mode, and with an input that is no terminal, it produces.
    command.run("-t", "modes", "-p", 0, given=b"three\n")
    read = command.run("-t", "modes", "-qeC")[0]
    must(sorted(read.split()) == [b"one", b"three", b"two"], read)
    command.refused("produce", "-C", "-t", "x", words="one of produce")
    command.refused("-e", "-P", "-t", "x", words="-e")
    must(b"kasio produce" in command.run("--help", broker=False)[0], "no help")
    must(b"-K" in command.run("produce", "--help", broker=False)[0], "no help")
    must(command.run("-V", broker=False)[0].startswith(b"kasio "), "no version")


def delimiters_and_empty_pieces(command):
    command.produce("pieces", "-p", 0, "-D", r"\x3b", given=b"a;;b\n;c")
    must(command.consume("pieces", "-f", "%s|") == b"a|b\n|c|", command.consume("pieces", "-f", "%s|"))
    command.produce("empties", "-p", 0, "--empty", "send", given=b"a\n\nb\n")
    command.produce("empties", "-p", 0, "--empty", "null", given=b"\n")
    must(command.consume("empties", "-f", "%S,") == b"1,0,1,-1,", command.consume("empties", "-f", "%S,"))
    must(command.consume("empties", "-Z", "-D", r"\t") == b"a\t\tb\tNULL\t", "not NULL")


def keys_and_headers(command):
    command.produce("keys", "-p", 0, "-K", "::", "-k", "usual", "-H", "a=1", "-H", "b", given=b"k::v::w\nplain\n::x\n")
    read = command.consume("keys", "-f", r"%k>%s>%h\n")
    must(read == b"k>v::w>a=1,b=NULL\nusual>plain>a=1,b=NULL\n>x>a=1,b=NULL\n", read)
    command.produce("nulls", "-p", 0, "-K", ":", "-Z", given=b"k:\n:v\n")
    must(command.consume("nulls", "-f", "%K %S,") == b"1 -1,-1 1,", command.consume("nulls", "-f", "%K %S,"))


def codecs(command):
    codecs_there = ["none", "gzip", "lz4"]
    features = command.run("-V", broker=False)[0].decode()
    codecs_there += [codec for codec in ("snappy", "zstd") if codec in features]
    for codec in codecs_there:
        command.produce("codecs", "-p", 0, "-z", codec, given=b"x" * 1000 + b"\n")
    command.produce("codecs", "-p", 0, "-z", "gzip:9", given=b"x" * 1000 + b"\n")
    must(command.consume("codecs", "-f", "%S ") == b"1000 " * (len(codecs_there) + 1), "not all")
    command.refused("produce", "-t", "x", "-z", "rar", words="rar")


def formats(command):
    command.produce("formats", "-p", 0, "-K", ":", "-H", "h=\xff", given=b"k:v\n")
    read = command.consume("formats", "-f", r"%t %p %o %S %K %% \x41\102\n%R%T")
    must(re.fullmatch(rb"formats 0 0 1 1 % AB\n\x00\x00\x00\x01\d{13}", read), read)
    read = command.consume("formats", "-f", "%{iso} %{header:h} %{value:hex} %{key:base64} %{epoch}")
    must(re.fullmatch(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z .+ 76 aw== \d+", read), read)
    command.refused("consume", "-t", "x", "-f", "%y", words="%y")
    command.refused("consume", "-t", "x", "-f", "%{nothing}", words="%{nothing}")
    must(command.consume("formats", "-O") == b"0:v\n", command.consume("formats", "-O"))


def partitions(command):
    for number in range(4):
        command.produce("parts", "-p", number, given=b"in %d\n" % number)
    must(sorted(command.consume("parts", "-p", "0,2-3").split(b"\n")) == [b"", b"in 0", b"in 2", b"in 3"], "others")
    must(command.consume("parts", "-p", "1") == b"in 1\n", "others")
    errors = command.run("consume", "-t", "parts", "-e", "-p", "9", code=1)[1]
    must("parts/9" in errors and "unknown_partition" in errors, errors)
    command.refused("consume", "-t", "x", "-p", "3-1", words="3-1")
    command.refused("produce", "-t", "x", "-p", "1,2", words="-p")
    command.produce("parts2", given=b"other\n")
    must(command.run("consume", "-t", "parts", "-t", "parts2", "-e", "-q")[0].count(b"\n") == 5, "not both topics")


def offsets(command):
    for first, stamp in ((0, 1_000_000), (5, 2_000_000)):
        lines = [json.dumps({"payload": str(number), "ts": stamp + number}) for number in range(first, first + 5)]
        command.produce("offsets", "-p", 0, "-J", given="\n".join(lines).encode())
    wanted = {
        "beginning": "0123456789", "end": "", "7": "789", "-3": "789", "+4": "456789", "-99": "0123456789",
        "s@2000006": "6789", "3:5": "34", ":end": "0123456789", ":-4": "012345", "@2000:2001": "56789", "5:2": "",
        "@1970-01-01T00:33:20Z:end": "56789", "-1h": "",
        "@1970-01-01T00:16:40.003Z:@1970-01-01T01:33:20.006+01:00": "345",
    }
    for text, numbers in wanted.items():
        read = command.consume("offsets", "-p", 0, "-f", "%s", "-o", text).decode()
        must(read == numbers, f"{read} for -o {text}")
    both = command.run("consume", "-t", "offsets", "-q", "-f", "%s", "-o", "s@1000002", "-o", "e@2000007")[0]
    must(both == b"23456", both)
    for text in ("nowhere", "s@x", "--1", "2026-13-01", "@", "+-1", "5:x"):
        command.refused("consume", "-t", "x", "-o", text, words="-o '")
    command.refused("consume", "-t", "x", "-o", "stored", words=["stored", "group"])


def the_end_is_fixed(command):
    """Who goes on writing does not keep `-e` from ending; an end that was not there yet counts with --follow-end."""
    command.produce("moving", "-p", 0, given=b"a\n" * 100)
    writer = subprocess.Popen(
        [command.program, "produce", "-b", command.broker, "-t", "moving", "-p", "0", "-X", "linger.ms=0"],
        stdin=subprocess.PIPE, env=command.environment(),
    )
    try:
        os.set_blocking(writer.stdin.fileno(), True)
        reader = subprocess.Popen([command.program, "consume", "-b", command.broker, "-t", "moving", "-p", "0", "-e", "-u"],
                                  stdout=subprocess.PIPE, env=command.environment())
        deadline = time.monotonic() + LIMIT
        while reader.poll() is None:
            writer.stdin.write(b"more\n")
            writer.stdin.flush()
            select.select([reader.stdout], [], [], 0.005)
            must(time.monotonic() < deadline, "still reading")
        read = reader.stdout.read()
        must(reader.returncode == 0 and read.count(b"a\n") == 100, reader.returncode)
    finally:
        writer.stdin.close()
        writer.wait(LIMIT)
    must(command.run("consume", "-t", "moving", "-p", 0, "-e", "--follow-end", "-q")[0].count(b"a\n") == 100, "not all")
    command.refused("consume", "-t", "x", "--follow-end", words="--follow-end")


def count(command):
    command.produce("count", "-p", 0, "-c", 3, given=b"1\n2\n3\n4\n")
    must(command.consume("count", "-f", "%s") == b"123", "not three")
    must(command.run("consume", "-t", "count", "-c", 2, "-f", "%s")[0] == b"12", "not two")


def json_there_and_back(command):
    binary = b"\xff\x00\xfe"
    lines = [
        {"key": "k", "payload": "ümlaut \"quoted\" \\ \n", "ts": 1_600_000_000_123, "headers": ["a", "1", "b", None, "a", ""]},
        {"key": None, "payload": base64.b64encode(binary).decode(), "payload_encoding": "base64"},
        {"key": "", "payload": None, "headers": {"name": "value"}, "unknown": {"member": [1]}, "offset": 99},
        {"payload": "x", "headers": ["bin", base64.b64encode(binary).decode()], "headers_encoding": [None, "base64"]},
    ]
    given = "\n".join(map(json.dumps, lines)) + "\n\n"
    command.produce("json1", "-p", 0, "-J", given=given.encode())
    copied = command.consume("json1", "-J")
    command.run("produce", "-J", "-t", "json2", "-p", 0, given=copied)
    again = command.consume("json2", "-J")
    must(again.replace(b'"json2"', b'"json1"') == copied, again)
    seen = [json.loads(line) for line in copied.splitlines()]
    must(seen[0]["payload"] == lines[0]["payload"] and seen[0]["headers"] == lines[0]["headers"], seen[0])
    must(seen[0]["ts"] == lines[0]["ts"], seen[0])
    must(seen[1]["key"] is None and seen[1]["payload_encoding"] == "base64", seen[1])
    must(seen[2]["payload"] is None and seen[2]["key"] == "" and seen[2]["headers"] == ["name", "value"], seen[2])
    must(seen[3]["headers_encoding"] == [None, "base64"], seen[3])
    # Without -t each line names its topic.
    command.run("produce", "-J", given=b'{"topic":"json3","payload":"there"}\n')
    must(command.consume("json3") == b"there\n", "not there")
    for line, words in ((b"{", "JSON"), (b"[]", "object"), (b'{"payload":1}', "payload"), (b'{"payload":"x"}', "topic"),
                        (b'{"topic":"x","payload":"!","payload_encoding":"base64"}', "base64")):
        good = b'{"topic":"json4","payload":"before"}\n'
        errors = command.run("produce", "-J", given=good + line + b"\n" + good, code=1)[1]
        must("line 2" in errors and words in errors and errors.count("\n") == 1, errors)
    must(command.consume("json4").count(b"before") == 5, "what came before is not there, or what came after is")


def files(command):
    with tempfile.TemporaryDirectory() as place:
        one, two = Path(place) / "one", Path(place) / "two"
        one.write_bytes(b"first\nline")
        two.write_bytes(b"second\n")
        command.produce("files", "-p", 0, one, two)
        must(command.consume("files", "-f", "%s|") == b"first\nline|second\n|", command.consume("files", "-f", "%s|"))
        command.produce("files-l", "-p", 0, "-l", one, two)
        must(command.consume("files-l", "-f", "%s|") == b"first|line|second|", command.consume("files-l", "-f", "%s|"))
        errors = command.produce("files-l", "-l", one, Path(place) / "none", code=1)
        must("none" in errors and "No such file" in errors, errors)
        directory = os.open(place, os.O_RDONLY)
        done = subprocess.run([command.program, "produce", "-b", command.broker, "-t", "files"], stdin=directory,
                              capture_output=True, timeout=LIMIT, env=command.environment())
        os.close(directory)
        must(done.returncode == 1 and b"standard input" in done.stderr, done)
    errors = command.produce("files", given=b"x" * 3_000_000, code=1)
    must("no delimiter" in errors, errors)


def copy_of_the_input(command):
    text = b"one\ntwo\nhalf"
    must(command.run("produce", "-t", "copied", "-p", 0, "-T", given=text)[0] == text, "no copy")
    must(command.consume("copied") == text + b"\n", "not sent")


def closed_pipe(command):
    many = b"x" * 100 + b"\n"
    command.produce("piped", "-p", 0, given=many * 20_000)
    for words in ("consume -t piped -e", "metadata", "--help", f"produce -t piped-copy -T < {__file__}"):
        where = "" if words == "--help" else f"-b {command.broker}"
        text = f"{command.program} {words} {where} | head -n 1"
        done = subprocess.run(["bash", "-o", "pipefail", "-c", text], capture_output=True, timeout=LIMIT,
                              env=command.environment(), stdin=subprocess.DEVNULL)
        must(done.returncode == 0 and done.stdout.count(b"\n") == 1 and not done.stderr, done)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([command.program, "consume", "-b", command.broker, "-t", "piped", "-e"], stdout=full,
                              stderr=subprocess.PIPE, timeout=LIMIT, env=command.environment())
    must(done.returncode == 1 and b"standard output" in done.stderr, done)


def usage(command):
    command.refused("produce", words="-t")
    command.refused(words="--help", broker=False)
    command.refused("produce", "-t", "x", "--no-such-flag", words="--no-such-flag")
    command.refused("consume", "-t", "x", "-D", "", words="-D")
    command.refused("consume", "-t", "x", "-J", "-f", "%s", words="-J")
    command.refused("consume", "-t", "x", "-c", "many", words="-c")
    command.refused("produce", "-t", "x", "-t", "y", words="-t")
    command.refused("broker", "--nodes", "0", words="--nodes", broker=False)
    command.refused("broker", "--topic", "a:b", words="a:b", broker=False)


def signals(command):
    for which in (signal.SIGTERM, signal.SIGINT):
        process = subprocess.Popen([command.program, "consume", "-b", command.broker, "-t", "lines", "-u"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=command.environment())
        process.stdout.readline()
        process.send_signal(which)
        output, errors = process.communicate(timeout=LIMIT)
        must(process.returncode == 0 and not errors, (process.returncode, errors))
    # What was taken is delivered first.
    producer = subprocess.Popen([command.program, "produce", "-b", command.broker, "-t", "stopped", "-p", "0"],
                                stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=command.environment())
    producer.stdin.write(b"taken\n")
    producer.stdin.flush()
    must(command.run("consume", "-t", "lines", "-c", 1)[0], "nothing")
    deadline = time.monotonic() + LIMIT
    while b"taken" not in command.run("consume", "-t", "stopped", "-e", "-q", code=None)[0]:
        must(time.monotonic() < deadline, "nothing arrives while the input pauses")
    producer.send_signal(signal.SIGTERM)
    must(producer.wait(LIMIT) == 0, producer.returncode)
    producer.stdin.close()
    producer.stderr.close()


def the_second_signal_ends_at_once(command):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        # A broker that never answers: the record cannot be delivered.
        where = f"127.0.0.1:{silent.getsockname()[1]}"
        process = subprocess.Popen([command.program, "produce", "-b", where, "-t", "x"], stdin=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=command.environment())
        process.stdin.write(b"never\n")
        process.stdin.flush()
        silent.settimeout(LIMIT)
        peer, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        # Signals that come too fast count as one.
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.05)
        must(process.wait(LIMIT) == 130, process.returncode)
        process.stdin.close()
        process.stderr.close()
        peer.close()


def unreachable(command):
    with socket.create_server(("127.0.0.1", 0)) as server:
        nobody = f"127.0.0.1:{server.getsockname()[1]}"
    for mode in ("metadata", "consume"):
        errors = command.run(mode, "-t", "x", "-m", 1, "-b", nobody, code=1, broker=False)[1]
        must("broker_unreachable" in errors and "refused" in errors and errors.count("\n") == 1, errors)
    errors = command.run("produce", "-t", "x", "-m", 1, "-b", nobody, given=b"x\n", code=1, broker=False)[1]
    must("refused" in errors and errors.count("\n") == 1, errors)
    errors = command.run("metadata", "-m", 1, "-b", "no-such-host.invalid:9092", code=1, broker=False)[1]
    must("host_not_found" in errors and "no-such-host" in errors, errors)


def broker_from_the_environment(command):
    command.run("metadata", env={"KAFKA_BROKER": command.broker}, broker=False)
    command.run("metadata", env={"KAFKA_BROKER": "no-such-host.invalid:1"})
    command.run("metadata", "-X", f"bootstrap.servers={command.broker}", env={"KAFKA_BROKER": "no-such-host.invalid:1"},
                broker=False)
    command.run("metadata", "-b", command.broker, "-X", "bootstrap.servers=no-such-host.invalid:1", broker=False)


def on_a_terminal(command, words, given, code=0):
    """What the program writes to a terminal on standard error, and to a pipe on standard output."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([command.program, *words, "-b", command.broker], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=theirs, env=command.environment({"TERM": "xterm"}))
    os.close(theirs)
    output, _ = process.communicate(given, timeout=LIMIT)
    seen = b""
    try:
        while piece := os.read(ours, 65536):
            seen += piece
    except OSError:
        pass  # Linux tells the end so.
    os.close(ours)
    must(process.returncode == code, process.returncode)
    return output, seen


def progress(command):
    lines = b"line\n" * 1000
    words = ["produce", "-t", "progress", "-p", "0"]
    seen = on_a_terminal(command, words, lines)[1]
    must(b"records" in seen and seen.endswith(b"\r\x1b[K") and b"\n" not in seen, seen)
    must(not on_a_terminal(command, [*words, "-q"], lines)[1], "a line in spite of -q")
    output, seen = on_a_terminal(command, ["consume", "-t", "progress", "-e"], b"")
    must(output == lines * 2 and b"records" in seen and seen.endswith(b"\r\x1b[K"), seen)
    # No terminal, no line.
    must(not command.produce("progress", given=lines), "a line without a terminal")


def first_line_of_the_broker(command):
    server = subprocess.Popen([command.program, "broker", "--nodes", "3", "--topic", "made:7"], stdout=subprocess.PIPE,
                              env=command.environment())
    line = server.stdout.readline().decode()
    try:
        must(re.fullmatch(r"127\.0\.0\.1:\d+(,127\.0\.0\.1:\d+){2}\n", line), line)
        listed = command.run("metadata", "-b", line.strip(), broker=False)[0]
        must(b'"made" with 7 partitions' in listed, listed)
    finally:
        server.send_signal(signal.SIGINT)
    must(server.wait(LIMIT) == 0 and not server.stdout.read(), server.returncode)


def a_broker_of_another_release(command):
    server = subprocess.Popen([command.program, "broker", "--like", "0.11"], stdout=subprocess.PIPE,
                              env=command.environment())
    old = Command(Path(command.program).parent.parent, server.stdout.readline().decode().strip())
    try:
        old.produce("old", "-p", 0, given=b"x\n")
        must(old.consume("old") == b"x\n", "not what was sent")
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=LIMIT)
    command.refused("broker", "--like", "0.8", words="--like", broker=False)


CHECKS = [
    round_trip, metadata, mode_letters, delimiters_and_empty_pieces, keys_and_headers, codecs, formats, partitions, offsets,
    the_end_is_fixed, count, json_there_and_back, files, copy_of_the_input, closed_pipe, usage, signals,
    the_second_signal_ends_at_once, unreachable, broker_from_the_environment, progress, first_line_of_the_broker,
    a_broker_of_another_release,
]
