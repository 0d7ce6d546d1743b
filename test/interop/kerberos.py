# SPDX-License-Identifier: BSL-1.0
"""GSSAPI on real Kafka, with a key distribution centre (Debian's krb5-kdc) that lives in a folder of the test."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import wire
from clients import Failed, Skipped, fresh_topic, kasio_command
from errors import HASTE
from kafka import Kafka, NotReady, Unavailable, die_with_parent, free_ports

REALM = "KASIO.TEST"
LINES = b"".join(b"value %d\n" % at for at in range(1_000))


def tool(name):
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if not found:
        raise Skipped(f"no {name}, which Debian has in krb5-kdc and krb5-admin-server")
    return found


class Centre:
    """A key distribution centre, its realm and key tables, in a folder."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_ports(1)[0]
        # Looked for before anything is started.
        self.server, self.admin, database = tool("krb5kdc"), tool("kadmin.local"), tool("kdb5_util")
        (folder / "krb5.conf").write_text(
            f"[libdefaults]\ndefault_realm={REALM}\ndns_lookup_kdc=false\ndns_lookup_realm=false\nrdns=false\n"
            f"dns_canonicalize_hostname=false\n[realms]\n{REALM}={{\nkdc=127.0.0.1:{self.port}\n}}\n"
        )
        (folder / "kdc.conf").write_text(
            f"[kdcdefaults]\nkdc_listen=127.0.0.1:{self.port}\nkdc_tcp_listen=127.0.0.1:{self.port}\n[realms]\n{REALM}={{\n"
            f"database_name={folder}/principal\nkey_stash_file={folder}/stash\nacl_file={folder}/acl\n}}\n"
            f"[logging]\nkdc=FILE:{folder}/kdc.log\n"
        )
        self.environment = {**os.environ, "KRB5_CONFIG": f"{folder}/krb5.conf", "KRB5_KDC_PROFILE": f"{folder}/kdc.conf",
                            "KRB5CCNAME": f"FILE:{folder}/nobody"}
        self.run(database, "create", "-s", "-r", REALM, "-P", "wonderland")

    def __enter__(self):
        command = [self.server, "-n", "-P", str(self.folder / "kdc.pid")]
        with open(self.folder / "kdc.out", "wb") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            preexec_fn=die_with_parent)
        end = time.monotonic() + 20
        while not wire.is_open(self.port):
            if self.process.poll() is not None or time.monotonic() > end:
                raise Failed(f"the key distribution centre did not start: {(self.folder / 'kdc.out').read_text()[-400:]}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def key_table(self, principal):
        table = self.folder / f"{principal.split('/')[0]}.keytab"
        self.run(self.admin, "-r", REALM, "-q", f"addprinc -randkey {principal}")
        self.run(self.admin, "-r", REALM, "-q", f"ktadd -k {table} {principal}")
        return table

    def run(self, *command):
        done = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"{Path(command[0]).name}: {done.stderr[-400:]}")


@contextlib.contextmanager
def broker(clusters, centre):
    port, table = free_ports(1)[0], centre.key_table("kafka/localhost")
    plain = "PLAINTEXT://127.0.0.1:@PORT@"
    module = "com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true"
    settings = {
        "listeners": f"{plain},CONTROLLER://127.0.0.1:@CONTROLLER@,TICKETS://127.0.0.1:{port}",
        "advertised.listeners": f"{plain},TICKETS://localhost:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TICKETS:SASL_PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "auto.create.topics.enable": "true",
        "sasl.kerberos.service.name": "kafka",
        "listener.name.tickets.sasl.enabled.mechanisms": "GSSAPI",
        "listener.name.tickets.gssapi.connections.max.reauth.ms": "3000",
        "listener.name.tickets.gssapi.sasl.jaas.config": f'{module} keyTab="{table}" principal="kafka/localhost@{REALM}";',
    }
    former = os.environ.get("JAVA_TOOL_OPTIONS")
    os.environ["JAVA_TOOL_OPTIONS"] = f"{former or ''} -Djava.security.krb5.conf={centre.folder}/krb5.conf"
    try:
        with Kafka(clusters.version, props=settings):
            yield f"localhost:{port}"
    except (Unavailable, NotReady) as reason:
        raise Skipped(f"Kafka does not run here with Kerberos: {reason}") from None
    finally:
        del os.environ["JAVA_TOOL_OPTIONS"]
        if former is not None:
            os.environ["JAVA_TOOL_OPTIONS"] = former


def command(centre, *words, given=b"", code=0):
    done = subprocess.run([kasio_command(), *words], input=given, capture_output=True, timeout=60, env=centre.environment)
    if done.returncode != code:
        raise Failed(f"{words[0]} ended with {done.returncode}: {done.stderr.decode()[-400:]}")
    return done.stdout, done.stderr.decode()


def tickets(clusters):
    """By key table, by the credentials cache, for longer than a session lasts; and what those are told without."""
    if b"gssapi" not in subprocess.run([kasio_command(), "--version"], capture_output=True).stdout:
        raise Skipped("this build lacks GSSAPI")
    with tempfile.TemporaryDirectory() as place, Centre(Path(place)) as centre:
        table = centre.key_table("alice")
        with broker(clusters, centre) as address:
            door = ["-b", address, "-X", "security.protocol=sasl_plaintext", "-X", "sasl.mechanism=GSSAPI"]
            key = ["-X", f"sasl.kerberos.keytab={table}", "-X", f"sasl.kerberos.principal=alice@{REALM}"]
            topic = fresh_topic("tickets")
            command(centre, "produce", *door, *key, "-t", topic, "-p", "0", given=LINES)
            read, _ = command(centre, "consume", *door, *key, "-t", topic, "-o", "beginning", "-e", "-q")
            if read != LINES:
                raise Failed(f"{len(read)} bytes came back of {len(LINES)}")
            _, words = command(centre, "metadata", "-m", "20", *door, code=1)
            if "authentication_failed" not in words or "GSSAPI: " not in words:
                raise Failed(f"without a ticket: {words}")
            if shutil.which("kinit"):
                centre.run("kinit", "-k", "-t", str(table), "alice")
                command(centre, "metadata", *door)
            renewals(centre, door + key)
    return words.strip()


def renewals(centre, words):
    """Eight seconds of records, where sessions last three."""
    topic = fresh_topic("renewals")
    producer = subprocess.Popen([kasio_command(), "produce", *words, "-t", topic, "-p", "0"], stdin=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=centre.environment)
    for at in range(400):
        producer.stdin.write(b"%d\n" % at)
        producer.stdin.flush()
        time.sleep(0.02)
    _, complaints = producer.communicate(timeout=60)
    read, _ = command(centre, "consume", *words, "-t", topic, "-o", "beginning", "-e", "-q")
    if producer.returncode != 0 or complaints or read != b"".join(b"%d\n" % at for at in range(400)):
        raise Failed(f"{read.count(10)} of 400 records: {complaints.decode()[-400:]}")


def cases():
    yield "GSSAPI lets in by key table and by ticket, and again while in use", tickets
