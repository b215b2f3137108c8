# SPDX-License-Identifier: Apache-2.0
"""Peers that are a library: the programs of tests/interop/peers, one command line for all of them."""
import functools
import subprocess

from .. import ours as our
from ..process import Failure
from .base import Peer, check_renegotiated


@functools.lru_cache(None)
def suites(program):
    return set(subprocess.run([program, "list"], capture_output=True, text=True, check=True).stdout.split())


class Program(Peer):
    echoes = True
    pkg_config = ""  # the package's name there
    build = None     # the build folder, which run sets

    @classmethod
    def program(cls):
        return cls.build / "tests" / "interop" / "peers" / f"interop_{cls.name}"

    @classmethod
    def absent(cls):
        return None if cls.program().exists() else f"{cls.program().name} is not built: its library was not found (Debian: {cls.package})"

    def options(self, form, mode):
        options = [f"version={form.version}", f"suite={form.suite.title}", f"ca={self.certificates / 'ca.pem'}",
                   f"tickets={0 if mode == 'id' else 1}"]
        if form.suite.authentication == "PSK":
            options += [f"psk={(self.certificates / 'psk').read_text().strip()}", f"identity={our.PSK_IDENTITY}"]
        return options

    async def start_server(self, form, work, mode):
        identity = [] if form.key == "none" else [f"certificate={self.certificates / f'{form.key}.pem'}",
                                                  f"key={self.certificates / f'{form.key}.key'}"]
        return await work.start_on_port(self.name, [self.program(), "server", "PORT", *self.options(form, mode), *identity,
                                                    f"ask={1 if mode == 'client certificate' else 0}"])

    async def as_client(self, form, work, mode):
        server, port = await self.ours.server(form, work, self, self.our_server_options(form, mode))
        (work / "page").write_bytes(self.ours.page)
        identity = []
        if mode == "client certificate":
            certificate, key = self.ours.identity_of_client(form)
            identity = [f"certificate={certificate}", f"key={key}"]
        twice = mode in ("id", "ticket")
        client = await work.start(self.name, [self.program(), "client", port, *self.options(form, mode), *identity,
                                              f"file={work / 'page'}", f"twice={1 if twice else 0}"])
        try:
            if await client.status() != 0:
                raise Failure("it ended badly")
            await self.ours.check(form, work, mode, "OK", True if mode == "client certificate" else None, True if twice else None)
        except Failure as failure:
            raise Failure(f"{failure} ({client.complaint()}; {server.complaint()})") from None
        if twice:
            self.check_kind_of_session(work / "our server.log", mode)
        if mode == "renegotiated":
            check_renegotiated(work / "our server.log")
        await server.end()


class MbedTls(Program):
    name, package = "mbedtls", "libmbedtls-dev"

    def version_line(self):
        listed = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "libmbedtls-dev"], capture_output=True, text=True)
        return f"Mbed TLS {listed.stdout or '(version unknown)'}"

    def lacks(self, form, role):
        if form.version == "ssl3":
            return "built without SSL 3.0"
        if form.version == "1.3":
            return "does not speak TLS 1.3"
        if form.suite.title not in suites(self.program()):
            return "does not have the suite"
        if form.key in ("rsapss", "ed25519"):
            return "takes no such certificate"
        return None


class WolfSsl(Program):
    name, package = "wolfssl", "libwolfssl-dev"

    def version_line(self):
        listed = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "libwolfssl-dev"], capture_output=True, text=True)
        return f"wolfSSL {listed.stdout or '(version unknown)'}"

    def lacks(self, form, role):
        if form.version in ("ssl3", "1.0"):
            return "built without SSL 3.0 and TLS 1.0"
        if form.suite.title not in suites(self.program()):
            return "does not have the suite"
        if role == "server" and form.suite.title == "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA":
            return "lists the suite, but its server does not take it"
        return "reads no RSA-PSS certificates" if form.key == "rsapss" else None

    def lacks_mode(self, form, role, mode):
        return "built without secure renegotiation" if mode == "renegotiated" else None
