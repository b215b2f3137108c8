# SPDX-License-Identifier: Apache-2.0
"""JSSE of Java, by tests/interop/peers/Jsse.java: one process for many forms."""
import functools
import subprocess
import tempfile
from pathlib import Path

from ..cells import CERTIFICATE_OF_CLIENT
from ..process import Failure, Work, within
from .base import Peer, check_renegotiated

PROGRAM = Path(__file__).resolve().parents[2] / "peers" / "Jsse.java"
VERSIONS = {"ssl3": "SSLv3", "1.0": "TLSv1", "1.1": "TLSv1.1", "1.2": "TLSv1.2", "1.3": "TLSv1.3"}
JAVA = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", PROGRAM]


@functools.lru_cache(None)
def names(certificates):
    """JSSE's name of a suite by IANA's: the oldest ones begin with SSL."""
    listed = subprocess.run([*JAVA, certificates, "list"], capture_output=True, text=True, check=True).stdout.split()
    return {"TLS_" + name.split("_", 1)[1]: name for name in listed}


class Listener:
    """One server of the Java process."""

    def __init__(self, peer, port):
        self.peer, self.port = peer, port

    def complaint(self):
        return self.peer.java.complaint() if self.peer.java else "java had to be ended"

    async def end(self):
        if self.peer.java:
            await self.peer.ask(f"stop {self.port}")


class Jsse(Peer):
    name, package, programs = "jsse", "openjdk-17-jdk-headless", ["java"]
    echoes = True

    def __init__(self, ours):
        super().__init__(ours)
        self.java, self.work, self.folder = None, None, None

    @classmethod
    def absent(cls):
        missing = super().absent()
        if missing:
            return missing
        listed = subprocess.run(["java", "--list-modules"], capture_output=True, text=True).stdout
        return None if "jdk.compiler@" in listed else f"java runs no source files here (Debian: {cls.package})"

    def version_line(self):
        return subprocess.run(["java", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]

    async def close(self):
        if self.java:
            await self.work.end()
            self.folder.cleanup()
            self.java = None

    async def ask(self, command):
        """The answer to a command; Java is started for the first one."""
        if not self.java:
            self.folder = tempfile.TemporaryDirectory(prefix="latchkey-")
            self.work = Work(self.folder.name)
            self.java = await self.work.start("java", [*JAVA, self.certificates])
        await self.java.send(f"{command}\n".encode())
        try:
            answer = (await within("an answer of Java's", self.java.process.stdout.readline())).decode().strip()
        except Failure:
            await self.close()  # another one is started for the next command
            raise
        if not answer or answer.startswith("failed"):
            raise Failure(answer or self.java.complaint())
        return answer

    def lacks(self, form, role):
        if form.suite.title not in names(self.certificates):
            return "does not have the suite"
        return "does not speak Ed25519 in TLS" if form.key == "ed25519" else None

    def lacks_mode(self, form, role, mode):
        if role == "server" and mode == "id" and form.version == "ssl3":
            return "goes on with no session without the extended master secret, which SSL 3.0 cannot have"
        if role == "client" and mode == "id" and form.version == "ssl3" and form.key == "none":
            return "goes on with no session that has neither a certificate nor the extended master secret"
        return None

    async def start_server(self, form, work, mode):
        answer = await self.ask(f"serve {VERSIONS[form.version]} {names(self.certificates)[form.suite.title]} {form.key} "
                                f"{'true' if mode == 'client certificate' else 'false'}")
        port = int(answer.split()[1])
        return Listener(self, port), port

    async def connect(self, form, work, port, mode, page, again):
        file = work / "page"
        file.write_bytes(page)
        key = CERTIFICATE_OF_CLIENT[form.key] if mode == "client certificate" else "none"
        await self.ask(f"connect {port} {VERSIONS[form.version]} {names(self.certificates)[form.suite.title]} {key} {file} "
                       f"{'true' if again else 'false'}")

    async def as_client(self, form, work, mode):
        server, port = await self.ours.server(form, work, self, self.our_server_options(form, mode))
        twice = mode in ("id", "ticket")
        try:
            if twice:
                await self.connect(form, work, port, mode, self.ours.digits[:99], False)
                await self.ours.check(form, work, "full")
            await self.connect(form, work, port, mode, self.ours.page, twice)
        except Failure as failure:
            raise Failure(f"{failure} ({server.complaint()})") from None
        await self.ours.check(form, work, mode, "OK", True if mode == "client certificate" else None)
        if twice:
            self.check_kind_of_session(work / "our server.log", mode)
        if mode == "renegotiated":
            check_renegotiated(work / "our server.log")
        await server.end()
