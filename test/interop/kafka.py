#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Real Kafka for tests: any version, any number of nodes, on free ports of this machine.

  kafka.py start VERSION FOLDER [--nodes N] [--props NAME=VALUE ...]    prints the bootstrap list
  kafka.py kill FOLDER NODE [SIGNAL]        KILL, or TERM, STOP, CONT
  kafka.py revive FOLDER NODE
  kafka.py stop FOLDER
  kafka.py run VERSION [--nodes N] [--props NAME=VALUE ...] -- COMMAND...
                                            runs the command with KAFKA_BROKER set, then stops

The jars come from Maven Central by way of pom.xml into ~/.cache/kasio/kafka, or $KASIO_KAFKA_JARS, which holds a
folder a version. From Python: `with Kafka("4.3.1", nodes=3) as kafka: ... kafka.bootstrap`.
"""

import argparse
import atexit
import ctypes
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import wire

HERE = Path(__file__).resolve().parent
CLUSTER_ID = "a2FzaW8taW50ZXJvcC0wMQ"
PR_SET_PDEATHSIG = 1
READY_WITHIN = float(os.environ.get("KASIO_KAFKA_PATIENCE", "90"))
# Small and quick to start; three brokers must fit a small machine.
JAVA = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]
LOGGING = """status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %m (%c)%n
rootLogger.level={level}
rootLogger.appenderRef.out.ref=out
"""
OLD_LOGGING = """log4j.rootLogger={level}, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d %p %m (%c)%n
"""


class Unavailable(Exception):
    """What keeps Kafka from running here: no Java, no Maven, no jars."""


class NotReady(Exception):
    """The brokers did not come up."""


def number(version):
    return tuple(int(part) for part in version.split(".")[:2])


def jars(version):
    """The class path of a version; its jars are fetched when they are not in the cache."""
    if not shutil.which("java"):
        raise Unavailable("no java")
    cache = Path(os.environ.get("KASIO_KAFKA_JARS") or Path.home() / ".cache/kasio/kafka")
    folder = cache / version
    if not folder.is_dir():
        if not shutil.which("mvn"):
            raise Unavailable(f"no mvn to fetch Kafka {version} with")
        cache.mkdir(parents=True, exist_ok=True)
        fetch(version, folder, Path(tempfile.mkdtemp(prefix=f"{version}.", dir=cache)))
    return f"{folder}/*"


def fetch(version, folder, unfinished):
    """Copies the jars beside their place and moves them there, so that a broken download leaves nothing."""
    old = number(version) < (2, 0)
    done = copy_jars(version, unfinished, "-Pold" if old else "-Ptools" if number(version) >= (3, 3) else None)
    if done.returncode != 0 and not old:
        # The console tools of a release may reach the repository later than its broker, which runs without them.
        done = copy_jars(version, unfinished, None)
    if done.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        reason = next((line for line in done.stdout.splitlines() if "ERROR" in line), "no reason given")
        raise Unavailable(f"Maven could not fetch Kafka {version}: {reason[:200]}")
    try:
        unfinished.rename(folder)
    except OSError:
        # Another run was quicker.
        shutil.rmtree(unfinished, ignore_errors=True)


def copy_jars(version, to, profile):
    command = ["mvn", "-q", "-B", "-Dstyle.color=never", "-f", str(HERE / "pom.xml"), f"-Dkafka={version}"]
    command += [f"-Dscala={'2.12' if number(version) < (2, 0) else '2.13'}", *([profile] if profile else [])]
    command += ["dependency:copy-dependencies", f"-DoutputDirectory={to}"]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def free_ports(count):
    """Ports below those the system gives to outgoing connections, or a connection to a dead node could meet itself."""
    found = []
    for port in random.sample(range(15000, 32000), 2000):
        with wire.try_bind(port) as bound:
            if bound:
                found.append(port)
        if len(found) == count:
            return found
    raise Unavailable("no free ports")


def die_with_parent():
    """In the child: the kernel ends it when the test that started it dies, however that happens."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Kafka:
    """A cluster of `nodes` brokers, numbered from 1.

    `props` are broker settings on top of ours; in their values @PORT@, @CONTROLLER@ and @FOLDER@ stand for the node's
    ports and the cluster's folder. As a context manager it stops the cluster at the end, and keeps its folder with the
    logs when the block failed. `detached` leaves the brokers running when this process ends.
    """

    def __init__(self, version="4.3.1", nodes=1, props=None, folder=None, detached=False):
        self.version = version
        self.nodes = nodes
        self.props = dict(props or {})
        self.folder = Path(folder or tempfile.mkdtemp(prefix="kasio-kafka-")).resolve()
        self.detached = detached
        self.with_zookeeper = number(version) < (3, 3)
        self.ports, self.controllers, self.zookeeper_port = [], [], 0
        # Process numbers by name: a node's number, or "zookeeper".
        self.processes = {}
        # Those of them that are children of this process, and those that were ended on purpose.
        self.children, self.ended = {}, set()
        self.class_path = None
        # Of nodes that run another version, by name.
        self.upgraded = {}

    @property
    def bootstrap(self):
        return ",".join(self.address(node) for node in self.all_nodes())

    def address(self, node):
        return f"127.0.0.1:{self.ports[node - 1]}"

    def all_nodes(self):
        return range(1, self.nodes + 1)

    # Life of the cluster

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop(keep=True)
            raise
        return self

    def __exit__(self, kind, error, trace):
        self.stop(keep=kind is not None)

    def start(self):
        self.class_path = jars(self.version)
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.detached:
            atexit.register(self.end_processes)
        ports = free_ports(2 * self.nodes + 1)
        self.ports, self.controllers = ports[: self.nodes], ports[self.nodes : 2 * self.nodes]
        self.zookeeper_port = ports[-1]
        self.write_settings()
        if self.with_zookeeper:
            self.start_zookeeper()
        else:
            self.format()
        for node in self.all_nodes():
            self.spawn_node(node)
        self.wait_ready()
        return self

    def stop(self, keep=False):
        self.end_processes()
        if keep:
            print(f"the brokers' logs are in {self.folder}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self, node, name="KILL"):
        """Sends a signal to a node, and waits for its end when it is one that ends it."""
        chosen = getattr(signal, f"SIG{name}")
        self.send(str(node), chosen)
        if chosen in (signal.SIGKILL, signal.SIGTERM):
            self.wait_end(str(node))

    def revive(self, node):
        """Starts a dead node again on its port and its log; returns when all nodes know it."""
        self.spawn_node(node)
        self.wait_ready()

    def upgrade(self, node, version):
        """Ends a node as its operator would, and starts it again as another version."""
        class_path = jars(version)
        self.kill(node, "TERM")
        self.upgraded[str(node)] = class_path
        self.revive(node)

    # Parts of it

    def settings_of(self, node):
        copies, in_sync = min(self.nodes, 3), min(self.nodes, 2)
        listener = f"PLAINTEXT://{self.address(node)}"
        settings = {
            "log.dirs": f"{self.folder}/data-{node}",
            "num.partitions": 4,
            "default.replication.factor": copies,
            "min.insync.replicas": in_sync,
            "offsets.topic.replication.factor": copies,
            "offsets.topic.num.partitions": 5,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": in_sync,
            "transaction.state.log.num.partitions": 5,
            "group.initial.rebalance.delay.ms": 0,
            "controlled.shutdown.enable": "true",
            "listeners": listener,
            "advertised.listeners": listener,
        }
        if self.with_zookeeper:
            settings |= {"broker.id": node, "zookeeper.connect": f"127.0.0.1:{self.zookeeper_port}"}
        else:
            voters = (f"{n}@127.0.0.1:{port}" for n, port in enumerate(self.controllers, 1))
            settings |= {
                "process.roles": "broker,controller",
                "node.id": node,
                "listeners": f"{listener},CONTROLLER://127.0.0.1:{self.controllers[node - 1]}",
                "controller.listener.names": "CONTROLLER",
                "controller.quorum.voters": ",".join(voters),
                # Elections and fencing in test time.
                "broker.session.timeout.ms": 6000,
                "broker.heartbeat.interval.ms": 1000,
                "share.coordinator.state.topic.replication.factor": copies,
                "share.coordinator.state.topic.min.isr": in_sync,
                # Of members by KIP-848, whom the broker tells how often to report, and how long it waits for them.
                "group.consumer.min.heartbeat.interval.ms": 500,
                "group.consumer.heartbeat.interval.ms": 500,
                "group.consumer.min.session.timeout.ms": 15000,
                "group.consumer.session.timeout.ms": 15000,
            }
        marks = {"@PORT@": self.ports[node - 1], "@CONTROLLER@": self.controllers[node - 1], "@FOLDER@": self.folder}
        for name, value in self.props.items():
            for mark, meaning in marks.items():
                value = str(value).replace(mark, str(meaning))
            settings[name] = value
        return settings

    def write_settings(self):
        for node in self.all_nodes():
            text = "".join(f"{name}={value}\n" for name, value in self.settings_of(node).items())
            (self.folder / f"{node}.properties").write_text(text)
        level = os.environ.get("KASIO_KAFKA_LOG", "WARN")
        (self.folder / "log4j2.properties").write_text(LOGGING.format(level=level.lower()))
        (self.folder / "log4j.properties").write_text(OLD_LOGGING.format(level=level))

    def java(self, main, *arguments, heap="256m", class_path=None):
        """The command line of a class of Kafka's."""
        logging = [
            f"-Dlog4j2.configurationFile={self.folder}/log4j2.properties",
            f"-Dlog4j.configuration=file:{self.folder}/log4j.properties",
        ]
        return [*JAVA, f"-Xmx{heap}", *logging, "-cp", class_path or self.class_path, main, *map(str, arguments)]

    def format(self):
        """Makes the nodes' log folders, all at once."""
        tool = "kafka.tools.StorageTool"
        running = []
        for node in self.all_nodes():
            command = self.java(tool, "format", "-t", CLUSTER_ID, "-c", self.folder / f"{node}.properties")
            running.append(self.popen(command, self.folder / f"format-{node}.log"))
        if any(process.wait() for process in running):
            raise NotReady(f"formatting failed: {self.last_words('format-1.log')}")

    def start_zookeeper(self):
        (self.folder / "zookeeper.properties").write_text(
            f"dataDir={self.folder}/zookeeper\nclientPort={self.zookeeper_port}\nclientPortAddress=127.0.0.1\n"
            "maxClientCnxns=0\nadmin.enableServer=false\n"
        )
        main = "org.apache.zookeeper.server.quorum.QuorumPeerMain"
        self.spawn("zookeeper", self.java(main, self.folder / "zookeeper.properties"))
        self.wait_for(lambda: wire.is_open(self.zookeeper_port), "ZooKeeper")

    def spawn_node(self, node):
        settings, class_path = self.folder / f"{node}.properties", self.upgraded.get(str(node))
        self.spawn(str(node), self.java("kafka.Kafka", settings, heap="512m", class_path=class_path))

    def spawn(self, name, command):
        process = self.popen(command, self.folder / f"{name}.log")
        self.processes[name] = process.pid
        self.children[process.pid] = process
        self.ended.discard(name)
        self.save()

    def popen(self, command, log):
        with open(log, "ab") as output:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=self.folder,
                start_new_session=True, preexec_fn=None if self.detached else die_with_parent,
            )

    # Waiting

    def wait_ready(self):
        """Every living node answers, and knows of all living nodes and of a controller."""
        alive = [node for node in self.all_nodes() if self.is_alive(str(node))]
        self.wait_for(lambda: all(wire.brokers_known_to(self.ports[n - 1]) >= set(alive) for n in alive), "the brokers")

    def wait_for(self, condition, what):
        end = time.monotonic() + READY_WITHIN
        while not condition():
            dead = [name for name in self.processes if not self.is_alive(name) and name not in self.ended]
            if dead:
                raise NotReady(f"node {dead[0]} ended: {self.last_words(dead[0] + '.log')}")
            if time.monotonic() > end:
                raise NotReady(f"{what} did not come up within {READY_WITHIN:g} s")
            time.sleep(0.1)

    def is_alive(self, name):
        pid = self.processes.get(name)
        if pid is None:
            return False
        if pid in self.children:
            return self.children[pid].poll() is None
        try:
            # Only if it is still ours: numbers are used again.
            return str(self.folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False

    def last_words(self, log, lines=15):
        path = self.folder / log
        text = path.read_text(errors="replace").splitlines() if path.exists() else []
        return "\n".join(text[-lines:])

    # Ending

    def send(self, name, chosen):
        if self.is_alive(name):
            if chosen in (signal.SIGKILL, signal.SIGTERM):
                self.ended.add(name)
            os.kill(self.processes[name], chosen)

    def wait_end(self, name):
        while self.is_alive(name):
            time.sleep(0.02)

    def end_processes(self):
        for name in list(self.processes):
            self.send(name, signal.SIGKILL)
        for name in list(self.processes):
            self.wait_end(name)

    # Between calls of the command

    def save(self):
        kept = ("version", "nodes", "props", "ports", "controllers", "zookeeper_port", "processes", "class_path", "upgraded")
        (self.folder / "state.json").write_text(json.dumps({name: getattr(self, name) for name in kept}))

    @classmethod
    def load(cls, folder):
        state = json.loads((Path(folder) / "state.json").read_text())
        self = cls(state["version"], state["nodes"], state["props"], folder, detached=True)
        for name, value in state.items():
            setattr(self, name, value)
        self.ended = {name for name in self.processes if not self.is_alive(name)}
        return self


def parse(arguments):
    parser = argparse.ArgumentParser(usage=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name, *arguments):
        command = commands.add_parser(name)
        for argument in arguments:
            command.add_argument(argument)
        if name in ("start", "run"):
            command.add_argument("--nodes", type=int, default=1)
            command.add_argument("--props", nargs="*", default=[])
        return command

    add("start", "version", "folder")
    add("run", "version")
    add("kill", "folder", "node").add_argument("signal", nargs="?", default="KILL")
    add("revive", "folder", "node")
    add("stop", "folder")
    return parser.parse_args(arguments)


def run_with(asked, program):
    with Kafka(asked.version, asked.nodes, dict(p.split("=", 1) for p in asked.props)) as kafka:
        environment = {**os.environ, "KAFKA_BROKER": kafka.bootstrap}
        return subprocess.run(program, env=environment).returncode


def main():
    arguments, program = sys.argv[1:], []
    if "--" in arguments:
        split = arguments.index("--")
        arguments, program = arguments[:split], arguments[split + 1 :]
    asked = parse(arguments)
    if asked.command == "run":
        sys.exit(run_with(asked, program) if program else "kafka.py: run what?")
    if asked.command == "start":
        props = dict(p.split("=", 1) for p in asked.props)
        kafka = Kafka(asked.version, asked.nodes, props, asked.folder, detached=True)
        try:
            print(kafka.start().bootstrap)
        except BaseException:
            kafka.stop(keep=True)
            raise
        return
    kafka = Kafka.load(asked.folder)
    if asked.command == "kill":
        kafka.kill(asked.node, asked.signal)
    elif asked.command == "revive":
        kafka.revive(int(asked.node))
    else:
        kafka.stop()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except (Unavailable, NotReady) as problem:
        sys.exit(f"kafka.py: {problem}")
