# SPDX-License-Identifier: Apache-2.0
"""selfserv and tstclnt of NSS."""
import subprocess

from ..process import Failure, within
from .base import Peer

# Of NSS 3.87, which has no program that lists them.
SUITES = {0x0002, 0x0004, 0x0005, 0x000A, 0x0016, 0x002F, 0x0033, 0x0035, 0x0039, 0x003B, 0x003C, 0x003D, 0x0067, 0x006B,
          0x009C, 0x009D, 0x009E, 0x009F, 0x1301, 0x1302, 0x1303, 0xC006, 0xC007, 0xC008, 0xC009, 0xC00A, 0xC010, 0xC011,
          0xC012, 0xC013, 0xC014, 0xC023, 0xC024, 0xC027, 0xC028, 0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9, 0xCCAA}
UP = 8000  # selfserv gives back no more of a request than a line


class Nss(Peer):
    name, package, programs = "nss", "libnss3-tools", ["tstclnt", "selfserv", "certutil"]
    outcome = "TRUNCATED"  # tstclnt never says close_notify

    def version_line(self):
        listed = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "libnss3-tools"], capture_output=True, text=True)
        return f"NSS {listed.stdout or '(version unknown)'}"

    def lacks(self, form, role):
        if form.suite.number not in SUITES:
            return "does not have the suite"
        if form.key in ("rsapss", "ed25519"):
            return "its tools take no such certificate"
        return None

    def lacks_mode(self, form, role, mode):
        if role == "client" and mode in ("id", "ticket"):
            return "tstclnt forgets its sessions when it ends, and connects once"
        return None

    def options(self, form):
        version = "ssl3" if form.version == "ssl3" else f"tls{form.version}"
        database = self.certificates / "nss" / form.key
        return ["-d", f"sql:{database}", "-V", f"{version}:{version}", "-c", f":{form.suite.number:04X}"]

    async def start_server(self, form, work, mode):
        more = {"ticket": ["-u"], "client certificate": ["-r", "-r"]}
        return await work.start_on_port("selfserv", ["selfserv", "-p", "PORT", "-n", form.key, "-H", "1", *self.options(form),
                                                     *more.get(mode, [])])

    async def visit(self, form, work, server, port, mode, options, page):
        """selfserv serves any file by its whole path, and of what is posted to it gives back the end of the line."""
        (work / "page").write_bytes(page)
        await self.ask(form, work, server, port, mode, options, f"GET {work / 'page'} HTTP/1.0\r\n\r\n".encode(), page)
        if mode in ("full", "client certificate") and len(page) >= UP:
            line = self.ours.digits.replace(b"\n", b"")[:UP]
            head = f"POST /line HTTP/1.0\r\nContent-Length: {len(line)}\r\n\r\n".encode()
            await self.ask(form, work, server, port, mode, options, head + line + b"\r\n", line)

    async def ask(self, form, work, server, port, mode, options, request, wanted):
        client = await self.ours.client(form, work, self, port, options)
        try:
            await within("the request", client.send(request))
            answer = await self.answer(client, wanted)
            if wanted not in answer:
                raise Failure(f"the answer of {len(answer)} bytes does not hold what was asked for")
            client.end_input()
            await client.status()
        except Failure as failure:
            raise Failure(f"{failure} ({client.complaint()}; {server.complaint()})") from None
        await self.ours.check(form, work, mode)

    @staticmethod
    async def answer(client, wanted):
        got = bytearray()

        async def read():
            while wanted not in got:
                more = await client.process.stdout.read(1 << 16)
                if not more:
                    return
                got.extend(more)
        await within("the answer", read())
        return got

    async def start_client(self, form, work, port, mode, again):
        identity = ["-n", f"client-{form.key}"] if mode == "client certificate" else []
        return await work.start("tstclnt", ["tstclnt", "-4", "-h", "localhost", "-p", str(port), *self.options(form), *identity])

    async def await_client(self, client):
        await client.end()
