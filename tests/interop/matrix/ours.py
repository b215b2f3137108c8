# SPDX-License-Identifier: Apache-2.0
"""Our command as client and as server, and what its statistics must say."""
import asyncio
import json

from . import suites
from .cells import CERTIFICATE_OF_CLIENT
from .process import Failure, compare, until, within

PSK_IDENTITY = "the two of us"


class Ours:
    def __init__(self, command, certificates, page, digits, engine):
        self.command, self.certificates, self.engine = command, certificates, engine
        self.page = page      # bytes of any value
        self.digits = digits  # lines of digits: for peers that take letters for commands, or read lines

    def options(self, form, work, peer):
        """What both roles are told of a form."""
        options = [*self.engine.options, "--tls", form.version, "--suites", form.suite.title, "--timeout", "60",
                   "--stats-json", work / "stats.json", *peer.our_options(form)]
        if form.suite.authentication == "PSK":
            options += ["--psk", f"{PSK_IDENTITY}:{self.certificates / 'psk'}"]
        return options

    async def client(self, form, work, peer, port, more):
        """Our client, connected or about to be."""
        (work / "stats.json").unlink(missing_ok=True)
        return await work.start("our client", [self.command, "client", f"localhost:{port}",
                                               *self.options(form, work, peer), "--ca", self.certificates / "ca.pem",
                                               *more])

    async def server(self, form, work, peer, more):
        """Our server, listening: it and its port."""
        port_file = work / "port"
        port_file.unlink(missing_ok=True)
        (work / "stats.json").unlink(missing_ok=True)
        identity = [] if form.key == "none" else ["--cert", self.certificates / f"{form.key}.pem",
                                                  "--key", self.certificates / f"{form.key}.key"]
        server = await work.start("our server", [self.command, "server", "127.0.0.1:0", "--port-file", port_file, *identity,
                                                 *self.options(form, work, peer), *more])
        await until("our server", lambda: server.ended or port_file.exists() and port_file.read_text().endswith("\n"))
        if server.ended:
            raise Failure(server.complaint())
        return server, int(port_file.read_text())

    def identity_of_client(self, form):
        name = CERTIFICATE_OF_CLIENT[form.key]
        return self.certificates / f"{name}.pem", self.certificates / f"{name}.key"

    @staticmethod
    def read_statistics(work, resumed):
        """Those of the connection that ended last; where several come one after the other, of the first one that went on with a session."""
        file = work / "stats.json"
        if not file.exists() or not file.read_text().endswith("}\n"):
            return None
        stats = json.loads(file.read_text())
        return stats if resumed in (None, stats["resumed"]) else None

    async def check(self, form, work, mode, outcome="OK", certificates=None, resumed=None):
        """The statistics of the connection that has ended."""
        await until("our statistics" + (" of a session that is gone on with" if resumed else ""),
                    lambda: self.read_statistics(work, resumed), 60 if resumed is None else 15)
        stats = self.read_statistics(work, resumed)
        (work / "stats.json").unlink()
        wanted = {"outcome": outcome, "version": suites.TITLES[form.version], "suite": form.suite.title,
                  "resumed": mode in ("id", "ticket")}
        for name, value in wanted.items():
            if stats[name] != value:
                raise Failure(f"{name} is {stats[name]} instead of {value}")
        if certificates is not None and (stats["peer_certificates"] > 0) != certificates:
            raise Failure(f"the peer gave {stats['peer_certificates']} certificates")
        self.engine.check(stats)


class Software:
    """Every record was made by libcrypto."""
    name, options = "software", ["--engine", "software"]

    @staticmethod
    def offers(form):
        return None

    @staticmethod
    def check(stats):
        for way in ("sent", "received"):
            if stats[way]["software"]["records"] == 0 or stats[way]["device"]["records"] != 0:
                raise Failure(f"{way}: not every record was made in software")


class Board:
    """Every protected record was made by the board, and its own counters say so too."""

    def __init__(self, name, uri, ciphers):
        self.name, self.options, self.ciphers = name, ["--engine", "device", "--device", uri], ciphers

    def offers(self, form):
        return None if form.suite.cipher in self.ciphers else "the board does not have the cipher"

    @staticmethod
    def check(stats):
        device = stats["device"]
        for way, counter in (("sent", "sealed_records"), ("received", "opened_records")):
            if stats[way]["device"]["records"] == 0 or stats[way]["software"]["records"] != 0:
                raise Failure(f"{way}: not every record was made on the board")
            if stats[way]["device"]["records"] != device[counter]:
                raise Failure(f"{way}: the board counts {device[counter]} records")
        if stats["engine"]["fallbacks"] != 0 or device["rejected"] != 0:
            raise Failure("the board refused something")


async def talk(client, page, wanted, what):
    """Gives our client or a peer's a page to send; what comes back must be what is wanted."""
    async def send():
        await client.send(page)
    _, got = await within(what, asyncio.gather(send(), client.receive(len(wanted))))
    compare(what, wanted, got)
