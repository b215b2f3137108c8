# SPDX-License-Identifier: Apache-2.0
"""curl as a client that uploads a page and is answered with another, or the same on two connections with one session."""
import subprocess

from ..process import Failure, compare, within
from .base import Peer
from .openssl import names

BLANK = b"\r\n\r\n"


class Curl(Peer):
    name, package, programs = "curl", "curl", ["curl"]
    roles = ("client",)

    def version_line(self):
        return subprocess.run(["curl", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]

    def lacks(self, form, role):
        if form.version == "ssl3" or form.suite.number not in names():
            return "its libssl is built without"
        if form.key == "none":
            return "HTTPS takes a certificate"
        return None

    def lacks_mode(self, form, role, mode):
        return "takes tickets in TLS 1.3 alone" if mode == "ticket" and form.version != "1.3" else None

    def our_server_options(self, form, mode):
        return [option for option in super().our_server_options(form, mode) if option != "--echo"]

    async def as_client(self, form, work, mode):
        server, port = await self.ours.server(form, work, self, self.our_server_options(form, mode))
        times = 2 if mode in ("id", "ticket") else 1
        (work / "up").write_bytes(self.ours.page)
        curl = await work.start("curl", self.curl(form, work, port, mode, times))
        down = self.ours.page[::-1]
        try:
            for turn in range(times):
                await self.one_request(server, down)
                await self.ours.check(form, work, mode if turn else "full" if times > 1 else mode, "OK",
                                      True if mode == "client certificate" else None)
            compare("what comes to curl", down * times, await curl.rest())
            if await curl.status() != 0:
                raise Failure("curl ended badly")
        except Failure as failure:
            raise Failure(f"{failure} ({curl.complaint()}; {server.complaint()})") from None
        if times > 1:
            self.check_kind_of_session(work / "our server.log", mode)
        await server.end()

    def curl(self, form, work, port, mode, times):
        name = names()[form.suite.number]
        options = ["curl", "--silent", "--show-error", "--http1.1", "--cacert", self.certificates / "ca.pem",
                   f"--tlsv{form.version}", "--tls-max", form.version, "--header", "Expect:"]
        options += ["--tls13-ciphers", name] if form.version == "1.3" else ["--ciphers", f"{name}:@SECLEVEL=0"]
        if mode == "client certificate":
            certificate, key = self.ours.identity_of_client(form)
            options += ["--cert", certificate, "--key", key]
        for _ in range(times):
            options += ["--upload-file", work / "up", f"https://localhost:{port}/page"]
        return options

    async def one_request(self, server, down):
        async def serve():
            head = await server.process.stdout.readuntil(BLANK)
            if not head.startswith(b"PUT /page "):
                raise Failure(f"curl asks {head[:40]!r}")
            up = await server.receive(len(self.ours.page))
            compare("what comes to our server", self.ours.page, up)
            await server.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(down) + down)
        await within("curl's request", serve())
