# SPDX-License-Identifier: BSL-1.0
"""Real Kafka behind TLS and SASL: every mechanism and mTLS let in; whatever is wrong ends with its name, in time; and
sessions of three seconds under load.

One broker has a listener for each case, with certificates that openssl makes when the first case runs. Readiness,
users and the ground truth go through a plain listener.
"""

import shutil
import subprocess
import threading
import time
from pathlib import Path

from clients import Failed, Skipped, fresh_topic, kasio_command, run
from errors import HASTE, ends_with
from kafka import Kafka, NotReady, Unavailable, free_ports

USER, PASSWORD = "alice", "wonder=land"
MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"]
# name: security protocol, certificate
LISTENERS = {
    "SECURE": ("SASL_SSL", "server"),
    "SHORT": ("SASL_SSL", "server"),
    "SCRAMONLY": ("SASL_SSL", "server"),
    "OPEN": ("SASL_PLAINTEXT", None),
    "MTLS": ("SSL", "server"),
    "EXPIRED": ("SSL", "expired"),
    "ELSEWHERE": ("SSL", "elsewhere"),
}
SESSION = 3_000
LOAD = 30
LOGIN = "org.apache.kafka.common.security"
# Connections are all made by then, and go on through eight sessions and more.
SETTLED = 5


class Certificates:
    """An authority, another one, and what they vouch for, in a folder."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("ca", "stranger"):
            self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-days", "10",
                         "-keyout", f"{name}.key", "-out", f"{name}.pem")
        here = "DNS:localhost,IP:127.0.0.1"
        self.issue("server", here)
        self.issue("elsewhere", "DNS:kafka.elsewhere.example")
        self.issue("expired", here, dates=("20200101000000Z", "20200201000000Z"))
        self.issue("client", "DNS:client")

    def issue(self, name, alternatives, dates=None):
        """Key and chain in one file, as Kafka and kasio take them."""
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={alternatives}\n")
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}.key",
                     "-out", f"{name}.csr")
        if dates:
            self.issue_dated(name, *dates)
        else:
            self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                         "-days", "10", "-extfile", f"{name}.ext", "-out", f"{name}.crt")
        parts = (self.folder / f"{name}.{kind}" for kind in ("key", "crt"))
        (self.folder / f"{name}.pem").write_text("".join(part.read_text() for part in parts))

    def issue_dated(self, name, start, end):
        """`openssl x509` takes no dates before version 3.4; `openssl ca` always has."""
        (self.folder / "index.txt").write_text("")
        (self.folder / "ca.conf").write_text(
            f"[ca]\ndefault_ca=own\n[own]\nnew_certs_dir={self.folder}\ndatabase={self.folder}/index.txt\n"
            f"rand_serial=yes\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n"
        )
        self.openssl("ca", "-batch", "-notext", "-config", "ca.conf", "-in", f"{name}.csr", "-cert", "ca.pem", "-keyfile",
                     "ca.key", "-startdate", start, "-enddate", end, "-extfile", f"{name}.ext", "-out", f"{name}.crt")

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"openssl {arguments[0]}: {done.stderr[-400:]}")


class SecureKafka:
    """The broker that all cases share."""

    instance = None

    @classmethod
    def get(cls, clusters):
        if cls.instance is None:
            cls.instance = cls(clusters)
        if isinstance(cls.instance.problem, Exception):
            raise cls.instance.problem
        return cls.instance

    def __init__(self, clusters):
        self.problem = None
        if not shutil.which("openssl"):
            self.problem = Skipped("no openssl")
            return
        try:
            self.ports = dict(zip(LISTENERS, free_ports(len(LISTENERS))))
            self.kafka = Kafka(clusters.version, props=self.settings())
            self.folder = self.kafka.folder
            Certificates(self.folder)
            clusters.also_stop(self.kafka)
            self.kafka.start()
            self.add_user()
        except Unavailable as reason:
            self.problem = Skipped(str(reason))
        except (NotReady, Failed) as reason:
            self.problem = Failed(str(reason))

    def settings(self):
        plain = "PLAINTEXT://127.0.0.1:@PORT@"
        listeners = [f"{name}://127.0.0.1:{port}" for name, port in self.ports.items()]
        protocols = ["PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT"]
        protocols += [f"{name}:{protocol}" for name, (protocol, _) in LISTENERS.items()]
        settings = {
            "listeners": ",".join([plain, "CONTROLLER://127.0.0.1:@CONTROLLER@", *listeners]),
            "advertised.listeners": ",".join([plain, *listeners]),
            "listener.security.protocol.map": ",".join(protocols),
            "inter.broker.listener.name": "PLAINTEXT",
            "auto.create.topics.enable": "true",
        }
        for name, (protocol, certificate) in LISTENERS.items():
            prefix = f"listener.name.{name.lower()}."
            if certificate:
                settings |= {
                    prefix + "ssl.keystore.type": "PEM",
                    prefix + "ssl.keystore.location": f"@FOLDER@/{certificate}.pem",
                    prefix + "ssl.truststore.type": "PEM",
                    prefix + "ssl.truststore.location": "@FOLDER@/ca.pem",
                    prefix + "ssl.client.auth": "required" if name == "MTLS" else "none",
                }
            if protocol.startswith("SASL"):
                settings |= self.sasl_settings(name, prefix)
        return settings

    def sasl_settings(self, name, prefix):
        offered = ["SCRAM-SHA-512"] if name == "SCRAMONLY" else MECHANISMS
        modules = {
            "PLAIN": f'{LOGIN}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";',
            "SCRAM-SHA-256": f"{LOGIN}.scram.ScramLoginModule required;",
            "SCRAM-SHA-512": f"{LOGIN}.scram.ScramLoginModule required;",
            "OAUTHBEARER": f'{LOGIN}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";',
        }
        settings = {prefix + "sasl.enabled.mechanisms": ",".join(offered)}
        for mechanism in offered:
            settings[f"{prefix}{mechanism.lower()}.sasl.jaas.config"] = modules[mechanism]
            if name == "SHORT":
                settings[f"{prefix}{mechanism.lower()}.connections.max.reauth.ms"] = SESSION
        return settings

    def add_user(self):
        for size in (256, 512):
            config = f"SCRAM-SHA-{size}=[iterations=8192,password={PASSWORD}]"
            arguments = ["--bootstrap-server", self.kafka.bootstrap, "--alter", "--add-config", config]
            run(self.kafka.java("kafka.admin.ConfigCommand", *arguments, "--entity-type", "users", "--entity-name", USER))

    def reach(self, listener, *more, host="127.0.0.1", trust="ca"):
        """The command's words for a listener."""
        protocol = LISTENERS[listener][0]
        words = ["-b", f"{host}:{self.ports[listener]}", "-X", f"security.protocol={protocol}"]
        if protocol.endswith("SSL") and trust:
            words += ["-X", f"ssl.ca.location={self.folder}/{trust}.pem"]
        return [*words, *more]

    def login(self, mechanism, password=None, user=USER):
        secret = self.folder / "secret"
        if mechanism == "OAUTHBEARER":
            secret.write_text(f"principal={user}")
            words = ["-X", f"sasl.mechanism={mechanism}", "-X", "enable.sasl.oauthbearer.unsecure.jwt=true"]
            return [*words, "-X", f"sasl.oauthbearer.config=@{secret}"]
        secret.write_text(password or PASSWORD)
        words = ["-X", f"sasl.mechanism={mechanism}", "-X", f"sasl.username={user}"]
        return [*words, "-X", f"sasl.password=@{secret}"]


def go_through(words, topic):
    """Records in and out by the command, byte for byte."""
    lines = b"".join(b"%d\tvalue %d\n" % (at, at) for at in range(1_000))
    run([kasio_command(), "produce", *words, "-t", topic, "-p", "0", "-K", r"\t"], lines)
    found = run([kasio_command(), "consume", *words, "-t", topic, "-o", "beginning", "-e", "-q", "-f", r"%k\t%s\n"])
    if found != lines:
        raise Failed(f"{len(found)} bytes came back of {len(lines)}")


def mechanism_case(mechanism):
    def case(clusters):
        secure = SecureKafka.get(clusters)
        for listener in ("SECURE", "OPEN"):
            go_through(secure.reach(listener, *secure.login(mechanism)), fresh_topic("sasl"))

    return f"{mechanism} lets in, behind TLS and without", case


def java_login(clusters):
    """As Java's clients say it: a property file with a JAAS line, and stores."""
    secure = SecureKafka.get(clusters)
    file = secure.folder / "client.properties"
    file.write_text(
        f"security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nssl.truststore.type=PEM\n"
        f"ssl.truststore.location={secure.folder}/ca.pem\nbootstrap.servers=127.0.0.1:{secure.ports['SECURE']}\n"
        f'sasl.jaas.config={LOGIN}.plain.PlainLoginModule required username="{USER}" password="{PASSWORD}";\n'
    )
    go_through(["-F", str(file)], fresh_topic("java"))


def mutual_tls(clusters):
    secure = SecureKafka.get(clusters)
    own = ["-X", f"ssl.keystore.location={secure.folder}/client.pem"]
    go_through(secure.reach("MTLS", *own), fresh_topic("mtls"))
    store = secure.folder / "client.p12"
    subprocess.run(["openssl", "pkcs12", "-export", "-in", secure.folder / "client.pem", "-out", store, "-passout",
                    "pass:open sesame"], check=True)
    own = ["-X", f"ssl.keystore.location={store}", "-X", "ssl.keystore.password=open sesame", "-X", "ssl.keystore.type=PKCS12"]
    go_through(secure.reach("MTLS", "-q", *own), fresh_topic("mtls"))
    return fails(secure.reach("MTLS"), "authentication_failed.*refused this client's certificate, or wants one")


def fails(words, pattern):
    """Every mode of the command ends at once with that name and cause."""
    notes = [ends_with(1, pattern, mode, *words, *more) for mode, *more in (
        ["metadata", "-m", "20"], ["produce", "-t", "t", *HASTE], ["consume", "-t", "t", "-e", *HASTE])]
    return notes[0]


def wrong_secret(clusters):
    secure = SecureKafka.get(clusters)
    for mechanism in MECHANISMS[:3]:
        note = fails(secure.reach("SECURE", *secure.login(mechanism, "whatever")), "authentication_failed.*the broker refused: .*nvalid")
        fails(secure.reach("SECURE", *secure.login(mechanism, user="nobody")), "authentication_failed.*the broker refused: .*nvalid")
    return note


def no_token(clusters):
    secure = SecureKafka.get(clusters)
    return fails(secure.reach("SECURE", "-X", "sasl.mechanism=OAUTHBEARER"), "invalid_option.*needs a token source")


def not_offered(clusters):
    secure = SecureKafka.get(clusters)
    words = secure.reach("SCRAMONLY", *secure.login("PLAIN"))
    return fails(words, "authentication_failed.*does not offer PLAIN, but: SCRAM-SHA-512")


def wrong_authority(clusters):
    secure = SecureKafka.get(clusters)
    return fails(secure.reach("SECURE", *secure.login("PLAIN"), trust="stranger"), "authentication_failed.*certificate is not accepted")


def wrong_host(clusters):
    secure = SecureKafka.get(clusters)
    return fails(secure.reach("ELSEWHERE"), "authentication_failed.*not for the (host name|address).*127.0.0.1.*elsewhere")


def expired_certificate(clusters):
    secure = SecureKafka.get(clusters)
    return fails(secure.reach("EXPIRED"), "authentication_failed.*certificate has expired")


def plaintext_to_tls(clusters):
    secure = SecureKafka.get(clusters)
    # Whether its alert arrives before the connection is reset is up to the system.
    return fails(["-b", f"127.0.0.1:{secure.ports['SECURE']}"], "tls_expected|connection_lost.*is it a broker's port")


def tls_to_plaintext(clusters):
    secure = SecureKafka.get(clusters)
    words = ["-b", secure.kafka.bootstrap, "-X", "security.protocol=ssl", "-X", f"ssl.ca.location={secure.folder}/ca.pem"]
    return fails(words, "tls_handshake_failed.*plain-text port")


def sasl_where_there_is_none(clusters):
    secure = SecureKafka.get(clusters)
    words = ["-b", secure.kafka.bootstrap, "-X", "security.protocol=sasl_plaintext", *secure.login("SCRAM-SHA-256")]
    fails(words, "authentication_failed.*takes no SASL")
    # And the reverse: Kafka hangs up on whoever does not say who it is.
    return fails(["-b", f"127.0.0.1:{secure.ports['OPEN']}"], "connection_lost")


def local_ports(port):
    """The client's side of the connections to a port of this machine."""
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, *_ = line.split()
        if int(remote.split(":")[1], 16) == port and state == "01":
            found.add(int(local.split(":")[1], 16))
    return found


def short_sessions(mechanism):
    """A producer and a consumer for half a minute; no record is lost or doubled, no connection made anew."""

    def case(clusters):
        secure = SecureKafka.get(clusters)
        topic = fresh_topic("short")
        run([kasio_command(), "produce", *secure.reach("SHORT", *secure.login(mechanism)), "-t", topic, "-p", "0"], b"-1\n")
        words = secure.reach("SHORT", *secure.login(mechanism))
        consumer = subprocess.Popen([kasio_command(), "consume", *words, "-t", topic, "-o", "beginning", "-q", "-u", "-f",
                                     r"%s\n"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        producer = subprocess.Popen([kasio_command(), "produce", *words, "-t", topic, "-p", "0", "-X", "linger.ms=5"],
                                    stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        read = []
        reader = threading.Thread(target=lambda: read.extend(int(line) for line in consumer.stdout), daemon=True)
        reader.start()
        sent, settled, anew, begin = 0, set(), set(), time.monotonic()
        while time.monotonic() < begin + LOAD:
            producer.stdin.write(b"".join(b"%d\n" % at for at in range(sent, sent + 20)))
            producer.stdin.flush()
            sent += 20
            time.sleep(0.01)
            if time.monotonic() > begin + SETTLED:
                settled = settled or local_ports(secure.ports["SHORT"])
                anew |= local_ports(secure.ports["SHORT"]) - settled
        _, complaints = producer.communicate(timeout=60)
        if producer.returncode != 0 or complaints:
            raise Failed(f"the producer ended with {producer.returncode}: {complaints.decode()[-400:]}")
        end = time.monotonic() + 30
        while len(read) < sent + 1 and consumer.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        consumer.terminate()
        _, complaints = consumer.communicate(timeout=30)
        if read != list(range(-1, sent)) or complaints:
            raise Failed(f"{len(read)} of {sent + 1} records were read: {complaints.decode()[-400:]}")
        if not settled or anew:
            raise Failed(f"of {len(settled)} connections after {SETTLED} s {len(anew)} were made anew")
        return f"{sent} records, {len(settled)} connections"

    return f"sessions of {SESSION} ms under load with {mechanism} lose nothing", case


def cases():
    for mechanism in MECHANISMS:
        yield mechanism_case(mechanism)
    yield "a property file of a Java client lets in", java_login
    yield "a client's certificate lets in, as PEM and as PKCS#12; without one it is told", mutual_tls
    yield "a wrong secret is named [A1]", wrong_secret
    yield "a missing source of tokens is named [A5]", no_token
    yield "a mechanism that is not offered is named, with those that are [A1]", not_offered
    yield "a wrong authority is named [T1]", wrong_authority
    yield "a wrong host name is named [T2]", wrong_host
    yield "an expired certificate is named [T1]", expired_certificate
    yield "plain text to a TLS port is named [T4]", plaintext_to_tls
    yield "TLS to a plain port is named [T4]", tls_to_plaintext
    yield "SASL to a port without, and the reverse, are named [A1]", sasl_where_there_is_none
    yield short_sessions("SCRAM-SHA-512")
    yield short_sessions("OAUTHBEARER")
