# SPDX-License-Identifier: Apache-2.0
"""What every peer is: what it has, and how the two of us talk. A peer that works otherwise says how itself."""
import asyncio
import shutil

from .. import ours as our
from ..process import Failure, until, within


class Peer:
    name = ""
    package = ""   # of Debian
    programs = []  # that must be there
    roles = ("server", "client")  # of the peer
    text = False    # its server works line by line
    echoes = False  # its server gives back what comes; otherwise it copies its input and output
    outcome = "OK"  # of our server, when the peer's client has gone
    resumes_in_one_run = False  # its client connects twice by itself, the second time with the session of the first

    def __init__(self, ours):
        self.ours, self.certificates = ours, ours.certificates

    @classmethod
    def absent(cls):
        """Why this peer cannot be tried here, or None."""
        missing = [program for program in cls.programs if not shutil.which(program)]
        return f"{' and '.join(missing)} not installed (Debian: {cls.package})" if missing else None

    async def close(self):
        """Ends what lives longer than a form."""

    def version_line(self):
        """What it says of itself."""
        raise NotImplementedError

    def lacks(self, form, role):
        """Why the peer, in that role, has no such form; or None."""
        raise NotImplementedError

    def lacks_mode(self, form, role, mode):
        return None

    def our_options(self, form):
        """What our command must be told besides, to get on with this peer."""
        return []

    # The peer as server

    async def start_server(self, form, work, mode):
        """Its server, and its port: with or without tickets, asking for certificates or not, as the mode takes it."""
        raise NotImplementedError

    def our_client_options(self, form, work, mode):
        """For the connection that the mode is about."""
        if mode == "client certificate":
            certificate, key = self.ours.identity_of_client(form)
            return ["--cert", certificate, "--key", key]
        if mode == "renegotiated":
            return ["--renegotiate", "--trace"]
        if mode == "id":
            return ["--no-tickets", "--session", work / f"session-{mode}"]
        return ["--session", work / f"session-{mode}"] if mode == "ticket" else []

    async def as_server(self, form, work, mode):
        server, port = await self.start_server(form, work, mode)
        if mode in ("id", "ticket"):
            await self.visit(form, work, server, port, "full", [*self.our_client_options(form, work, mode), "--trace"],
                             self.ours.digits[:99])
            self.check_kind_of_session(work / "our client.log", mode)
        await self.visit(form, work, server, port, mode, self.our_client_options(form, work, mode),
                         self.ours.digits if self.text else self.ours.page)
        if mode == "renegotiated":
            check_renegotiated(work / "our client.log")
        await server.end()

    async def visit(self, form, work, server, port, mode, options, page):
        """One connection of our client, with as many bytes each way."""
        client = await self.ours.client(form, work, self, port, options)
        back = page if self.echoes else page[::-1]
        try:
            if self.echoes:
                await our.talk(client, page, back, "what comes to our client")
            else:
                await within("the bytes both ways", asyncio.gather(
                    our.talk(client, page, back, "what comes to our client"), our.talk(server, back, page, "what comes to the peer")))
            client.end_input()
            if await client.status() != 0:
                raise Failure(client.complaint())
        except Failure as failure:
            raise Failure(f"{failure} ({client.complaint()}; {server.complaint()})") from None
        await self.ours.check(form, work, mode, certificates=None if form.key == "none" or mode in ("id", "ticket") else True)

    @staticmethod
    def check_kind_of_session(log, mode):
        ticket = " new_session_ticket " in log.read_text(errors="replace")
        if ticket != (mode == "ticket"):
            raise Failure("the server gave " + ("a ticket" if ticket else "no ticket"))

    # The peer as client

    async def start_client(self, form, work, port, mode, again):
        """Its client, connected or about to be; again: with the session of the connection before."""
        raise NotImplementedError

    def our_server_options(self, form, mode):
        options = ["--echo"]
        if mode == "client certificate":
            options += ["--ask-client", "required", "--ca", self.certificates / "ca.pem"]
        if mode == "renegotiated":
            options += ["--renegotiate", "--trace"]
        if mode == "id":
            options += ["--no-tickets", "--trace"]
        if mode == "ticket":  # then there is no other way to go on with a session
            options += ["--session-cache", "0", "--trace"]
        return options

    async def as_client(self, form, work, mode):
        server, port = await self.ours.server(form, work, self, self.our_server_options(form, mode))
        twice = mode in ("id", "ticket")
        if twice and not self.resumes_in_one_run:
            client = await self.start_client(form, work, port, mode, False)
            await self.be_visited(form, work, server, client, "full", self.ours.digits[:99])
        client = await self.start_client(form, work, port, mode, twice)
        if mode == "renegotiated":  # not every peer bears data in the middle of it: that is tried apart (interop.renegotiation)
            await until("the other handshake", lambda: client.ended or finished(work / "our server.log") == 4)
        await self.be_visited(form, work, server, client, mode, self.ours.digits)
        if twice:
            self.check_kind_of_session(work / "our server.log", mode)
        if mode == "renegotiated":
            check_renegotiated(work / "our server.log")
        await server.end()

    async def be_visited(self, form, work, server, client, mode, page):
        try:
            await our.talk(client, page, page, "what comes back to the peer")
            client.end_input()
            await self.await_client(client)
        except Failure as failure:
            raise Failure(f"{failure} ({client.complaint()}; {server.complaint()})") from None
        await self.ours.check(form, work, mode, self.outcome, True if mode == "client certificate" else None,
                              True if self.resumes_in_one_run and mode in ("id", "ticket") else None)

    async def await_client(self, client):
        if await client.status() != 0:
            raise Failure("it ended badly")


def finished(log):
    return log.read_text(errors="replace").count(" finished ")


def check_renegotiated(log):
    """Two whole handshakes."""
    if finished(log) != 4:
        raise Failure(f"the trace shows {finished(log)} Finished instead of 4")
