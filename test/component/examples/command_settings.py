# SPDX-License-Identifier: BSL-1.0
"""Where the command takes its settings from, what it says of wrong ones, and how it speaks TLS."""

import base64
import http.server
import json
import re
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

from command import LIMIT, Command, must

SECRET = "hunter2"


def dumped(command, *arguments, env=None):
    text = command.run("metadata", "-X", "dump", *arguments, env=env, broker=False)[0].decode()
    return dict(line.split(" = ", 1) for line in text.splitlines())


def precedence(command):
    """Letters, then -X, then the environment, then the file."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "a.properties"
        file.write_text("bootstrap.servers=file:1\nlinger.ms=1\nacks=1\ncompression.type=gzip\n")
        env = {"KASIO_LINGER_MS": "2", "KASIO_ACKS": "0", "KAFKA_BROKER": "environment:1"}
        seen = dumped(command, "-F", file)
        must(seen["bootstrap.servers"] == "file:1" and seen["linger.ms"] == "1", seen)
        seen = dumped(command, "-F", file, env=env)
        must(seen["bootstrap.servers"] == "environment:1" and seen["linger.ms"] == "2" and seen["acks"] == "0", seen)
        # By another name for the same.
        seen = dumped(command, "-F", file, "-X", "queue.buffering.max.ms=3", "-X", "bootstrap.servers=words:1", env=env)
        must(seen["bootstrap.servers"] == "words:1" and seen["linger.ms"] == "3" and seen["acks"] == "0", seen)
        seen = dumped(command, "-F", file, "-X", "bootstrap.servers=words:1", "-b", "letter:1", env=env)
        must(seen["bootstrap.servers"] == "letter:1" and seen["compression.type"] == "gzip", seen)
        env["KASIO_BOOTSTRAP_SERVERS"] = "longer:1"
        must(dumped(command, env=env)["bootstrap.servers"] == "longer:1", "KAFKA_BROKER before KASIO_BOOTSTRAP_SERVERS")
        # What counts is what it does, too.
        file.write_text(f"bootstrap.servers={command.broker}\n")
        command.run("metadata", "-F", file, broker=False)


def files_of_properties(command):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        text = "# for all\nclient.id : here\\\n   and there\nssl.key.password=\\u0073ecret\nlinger.ms 7\n"
        (folder / "kasio.conf").write_text(text)
        for env in ({"XDG_CONFIG_HOME": place}, {"KASIO_CONFIG": str(folder / "kasio.conf")},
                    {"KCAT_CONFIG": str(folder / "kasio.conf")}):
            seen = dumped(command, env=env)
            wanted = {"client.id": "hereand there", "ssl.key.password": "(not shown)", "linger.ms": "7"}
            must(seen == wanted, seen)
            for none in ("none", "-"):
                must(not dumped(command, "-F", none, env=env), "the default file in spite of -F none")
        (folder / "bad").write_text(f"a=1\nsasl.password={SECRET}\\u12\n")
        must(SECRET not in command.refused("metadata", "-F", folder / "bad", words="line 2"), "a secret")
        (folder / "worse").write_text("lingr.ms=1\nnothing.at.all=2\nack=1\n")
        errors = command.refused("metadata", "-F", folder / "worse", words=["lingr.ms (did you mean linger.ms?)"])
        must("nothing.at.all" in errors and "(did you mean acks?)" in errors, errors)
        command.refused("metadata", "-F", folder / "none there", words="No such file")
        command.refused("metadata", env={"KASIO_CONFIG": place + "/none"}, words="No such file")
        command.refused("metadata", "-F", place, words="directory")


def words_of_properties(command):
    command.refused("metadata", "-X", "lingr.ms=5", words="linger.ms")
    command.refused("metadata", "-X", "linger.ms", words="'linger.ms'")
    command.refused("metadata", "-X", "linger.ms=soon", words=["linger.ms 'soon'"])
    command.refused("metadata", "-X", "linger.ms=1", "-X", "queue.buffering.max.ms=2", words="differ")
    listed = command.run("metadata", "-X", "list", broker=False)[0].decode().splitlines()
    must("linger.ms" in listed and "queue.buffering.max.ms = linger.ms" in listed and len(listed) > 200, len(listed))
    errors = command.run("metadata", "-X", "statistics.interval.ms=5")[1]
    must("statistics.interval.ms is ignored" in errors and errors.count("\n") == 1, errors)
    must(not command.run("metadata", "-q", "-X", "statistics.interval.ms=5")[1], "words in spite of -q")
    command.produce("words", "-p", 0, "-X", "topic.compression.codec=gzip", "-X", "linger.ms=0", given=b"x\n")
    must(command.consume("words", "-X", "fetch.wait.max.ms=10") == b"x\n", "nothing")


def secrets(command):
    with tempfile.TemporaryDirectory() as place:
        secret = Path(place) / "secret"
        secret.write_text(SECRET + "\n")
        for words in (["-X", f"ssl.key.password={SECRET}"], ["-X", f"ssl.key.password=@{secret}"]):
            both = command.run("metadata", *words, "-X", "dump", broker=False)
            must(SECRET not in both[0].decode() + both[1] and "(not shown)" in both[0].decode(), both)
            # Only what was typed can be seen by others.
            must(("can be seen" in both[1]) == (SECRET in words[1]), both[1])
        both = command.run("metadata", "-q", "-X", f"ssl.key.password={SECRET}", "-X", "ssl.keystore.password=other", code=2)
        must("differ" in both[1] and SECRET not in both[1], both)
        must(SECRET not in command.refused("metadata", "-X", SECRET, words="name=value"), "a secret")
        command.refused("metadata", "-X", f"ssl.key.password=@{place}/none", words="No such file")


class TlsCluster:
    """An in-process cluster behind TLS, with its certificates in a folder."""

    def __init__(self, command, *arguments):
        self.command, self.arguments = command, arguments

    def __enter__(self):
        self.place = tempfile.TemporaryDirectory()
        words = [self.command.program, "broker", "--tls", self.place.name, *self.arguments]
        self.server = subprocess.Popen(words, stdout=subprocess.PIPE, env=self.command.environment())
        broker = self.server.stdout.readline().decode().strip()
        return Command(Path(self.command.program).parent.parent, broker), Path(self.place.name)

    def __exit__(self, *_):
        self.server.send_signal(signal.SIGTERM)
        self.server.communicate(timeout=LIMIT)
        self.place.cleanup()


def tls(command):
    with TlsCluster(command) as (secure, place):
        by_words = ["-X", "security.protocol=ssl", "-X", f"ssl.ca.location={place / 'ca.pem'}"]
        secure.produce("tls", "-p", 0, *by_words, given=b"a\nb\n")
        must(secure.consume("tls", *by_words) == b"a\nb\n", "not what was sent")
        java = place / "java.properties"
        java.write_text(f"security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location={place / 'ca.pem'}\n")
        must(secure.consume("tls", "-F", java) == b"a\nb\n", "not what was sent")
        by_environment = {"KASIO_SECURITY_PROTOCOL": "SSL", "KASIO_SSL_CA_LOCATION": str(place / "ca.pem")}
        must(secure.consume("tls", env=by_environment) == b"a\nb\n", "not what was sent")
        # Examples read the same.
        folder = Path(command.program).parent.parent
        done = subprocess.run([folder / "hello_coroutine"], capture_output=True, timeout=LIMIT,
                              env=command.environment({**by_environment, "KAFKA_BROKER": secure.broker}))
        must(b"read 42 = hello" in done.stdout, done)
        # What can go wrong, each with its name.
        errors = secure.run("metadata", "-m", 2, code=1)[1]
        # Whether its alert arrives before the connection is reset is up to the system.
        must(re.search("tls_expected|connection_lost", errors) and errors.count("\n") == 1, errors)
        errors = secure.run("metadata", "-m", 2, "-X", "security.protocol=ssl", code=1)[1]
        must("authentication_failed" in errors and errors.count("\n") == 1, errors)
        with TlsCluster(command) as (_, stranger):
            errors = secure.run("metadata", "-m", 2, *by_words[:2], "-X", f"ssl.ca.location={stranger / 'ca.pem'}", code=1)[1]
            must("authentication_failed" in errors and errors.count("\n") == 1, errors)
        errors = secure.run("metadata", "-m", 2, "-X", "security.protocol=ssl", "-X", "ssl.ca.location=/none", code=1)[1]
        must("/none" in errors and errors.count("\n") == 1, errors)
        errors = command.run("metadata", "-m", 2, *by_words, code=1)[1]
        must("tls_handshake_failed" in errors and errors.count("\n") == 1, errors)


def certificates_of_clients(command):
    with TlsCluster(command, "--mtls") as (secure, place):
        trust = ["-X", "security.protocol=ssl", "-X", f"ssl.ca.location={place / 'ca.pem'}"]
        secure.run("metadata", *trust, "-X", f"ssl.keystore.location={place / 'client.pem'}")
        # librdkafka has two files for it.
        both = (place / "client.pem").read_text()
        certificate, key = place / "own.crt", place / "own.key"
        certificate.write_text(re.search("-----BEGIN CERT.*END CERT[^\n]*\n", both, re.S).group())
        key.write_text(re.search("-----BEGIN (EC )?PRIVATE.*", both, re.S).group())
        secure.run("metadata", *trust, "-X", f"ssl.certificate.location={certificate}", "-X", f"ssl.key.location={key}")
        errors = secure.run("metadata", "-m", 2, *trust, code=1)[1]
        must("authentication_failed" in errors and errors.count("\n") == 1, errors)
        must((place / "client.pem").stat().st_mode & 0o77 == 0, "others can read the key")
    command.refused("broker", "--mtls", words="--tls", broker=False)


def sasl(command):
    passwords = ["--sasl", f"plain:alice:{SECRET}", "--sasl", f"scram-sha-256:alice:{SECRET}"]
    with TlsCluster(command, *passwords, "--sasl", "oauthbearer") as (secure, place):
        trust = {"KASIO_SSL_CA_LOCATION": str(place / "ca.pem"), "KASIO_SECURITY_PROTOCOL": "SASL_SSL"}
        by_environment = {**trust, "KASIO_SASL_MECHANISM": "SCRAM-SHA-256", "KASIO_SASL_USERNAME": "alice",
                          "KASIO_SASL_PASSWORD": SECRET}
        secure.produce("sasl", "-p", 0, env=by_environment, given=b"a\n")
        java = place / "java.properties"
        module = "org.apache.kafka.common.security.plain.PlainLoginModule"
        java.write_text(f'sasl.mechanism=PLAIN\nsasl.jaas.config={module} required \\\n username="alice" password="{SECRET}";\n')
        must(secure.consume("sasl", "-F", java, env=trust) == b"a\n", "not what was sent")
        unsecured = ["-X", "enable.sasl.oauthbearer.unsecure.jwt=true", "-X", "sasl.oauthbearer.config=principal=alice"]
        must(secure.consume("sasl", "-X", "sasl.mechanisms=OAUTHBEARER", *unsecured, env=trust) == b"a\n", "nothing")
        folder = Path(command.program).parent.parent
        done = subprocess.run([folder / "hello_coroutine"], capture_output=True, timeout=LIMIT,
                              env=command.environment({**by_environment, "KAFKA_BROKER": secure.broker}))
        must(b"read 42 = hello" in done.stdout, done)
        # What can go wrong, each with its name, on one line, without the secret.
        wrong = {**by_environment, "KASIO_SASL_PASSWORD": "not " + SECRET}
        for env, words in ((wrong, "authentication_failed.*the broker refused"),
                           ({**by_environment, "KASIO_SASL_MECHANISM": "SCRAM-SHA-512"}, "does not offer SCRAM-SHA-512, but"),
                           ({**trust, "KASIO_SASL_MECHANISM": "OAUTHBEARER"}, "invalid_option.*token source")):
            errors = secure.run("metadata", "-m", 5, code=1, env=env)[1]
            must(re.search(words, errors) and errors.count("\n") == 1 and SECRET not in errors, errors)
    command.refused("metadata", "-X", "security.protocol=sasl_ssl", words="no sasl.mechanism")
    command.refused("broker", "--sasl", "plain:alice", words=":user:password", broker=False)
    command.refused("broker", "--sasl", "gssapi", words="'GSSAPI'", broker=False)


class TokenEndpoint(http.server.BaseHTTPRequestHandler):
    """Gives out tokens that nobody signed, as identity providers give out theirs."""

    def do_POST(self):
        asked = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        wanted = {"grant_type": ["client_credentials"], "client_id": ["me & co"], "client_secret": [SECRET], "scope": ["a b"]}
        encoded = lambda part: base64.urlsafe_b64encode(json.dumps(part, separators=(",", ":")).encode()).decode().rstrip("=")
        token = encoded({"alg": "none"}) + "." + encoded({"sub": "me", "exp": int(time.time()) + 300}) + "."
        body = json.dumps({"access_token": token, "token_type": "Bearer", "expires_in": 300}).encode()
        self.send_response(200 if asked == wanted and self.path == "/token" else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def tokens_over_http(command):
    """The example that fetches tokens, with a token endpoint of our own."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), TokenEndpoint) as server, \
            TlsCluster(command, "--sasl", "oauthbearer") as (secure, place):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        env = {"OIDC_TOKEN_URL": f"http://127.0.0.1:{server.server_port}/token", "OIDC_CLIENT_ID": "me & co",
               "OIDC_CLIENT_SECRET": SECRET, "OIDC_SCOPE": "a b", "KAFKA_BROKER": secure.broker,
               "KASIO_SECURITY_PROTOCOL": "SASL_SSL", "KASIO_SASL_MECHANISM": "OAUTHBEARER",
               "KASIO_SSL_CA_LOCATION": str(place / "ca.pem")}
        program = Path(command.program).parent.parent / "oidc_token"
        done = subprocess.run([program], capture_output=True, timeout=LIMIT, env=command.environment(env))
        must(done.stdout == b"got a token for 300 s\nlet in by a cluster of 1\n", done)
        env["OIDC_CLIENT_SECRET"] = "wrong"
        done = subprocess.run([program], capture_output=True, timeout=LIMIT,
                              env=command.environment({**env, "KASIO_DEFAULT_API_TIMEOUT_MS": "1000"}))
        must(done.returncode == 1 and b"token" in done.stderr and not done.stdout, done)
        server.shutdown()


CHECKS = [
    precedence, files_of_properties, words_of_properties, secrets, tls, certificates_of_clients, sasl, tokens_over_http,
]
