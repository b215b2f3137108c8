# SPDX-License-Identifier: Apache-2.0
"""Processes that are always ended, ports, and waits that are bounded."""
import asyncio
import contextlib
import os
import random
import re
import signal
from pathlib import Path

WAIT = 90  # the longest wait for anything (s)
PORT_TRIES = 20


class Failure(Exception):
    """A cell that failed, and why."""


async def within(what, awaitable, seconds=WAIT):
    try:
        return await asyncio.wait_for(awaitable, seconds)
    except asyncio.TimeoutError:
        raise Failure(f"waited {seconds} s for {what}") from None
    except asyncio.IncompleteReadError as error:
        raise Failure(f"{what}: they ended after {len(error.partial)} of {error.expected} bytes") from None
    except (BrokenPipeError, ConnectionResetError):
        raise Failure(f"{what}: nobody reads them") from None


class Process:
    """A program with pipes as input and output; what it complains of goes to a file."""

    def __init__(self, process, name, log):
        self.process, self.name, self.log = process, name, log

    async def send(self, data):
        self.process.stdin.write(data)
        await self.process.stdin.drain()

    async def receive(self, length):
        return await self.process.stdout.readexactly(length)

    async def rest(self):
        return await within(f"the end of {self.name}'s output", self.process.stdout.read())

    def end_input(self):
        self.process.stdin.close()

    async def status(self):
        return await within(f"the end of {self.name}", self.process.wait())

    @property
    def ended(self):
        return self.process.returncode is not None

    async def end(self):
        if not self.ended:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.process.wait(), 5)
        self.process._transport.close()  # its pipes, where a grandchild holds their other ends

    def complaint(self, lines=3):
        """The end of what it complained of."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        last = [line.strip() for line in text.splitlines() if line.strip()][-lines:]
        return f"{self.name}: " + " | ".join(last) if last else f"{self.name} says nothing"


class Work:
    """A folder for one form, and the processes that are started there."""

    def __init__(self, folder):
        self.folder, self.processes = Path(folder), []

    def __truediv__(self, name):
        return self.folder / name

    async def start(self, name, command, environment=None):
        log = self / f"{name}.log"
        with open(log, "ab") as errors:
            process = await asyncio.create_subprocess_exec(
                *[str(word) for word in command], cwd=self.folder, stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE, stderr=errors, start_new_session=True, limit=1 << 20,
                env={**os.environ, **(environment or {})})
        self.processes.append(Process(process, name, log))
        return self.processes[-1]

    async def start_on_port(self, name, command, environment=None):
        """Starts a server that must be told its port: PORT in a word stands for it. One that is taken meanwhile ends it."""
        for _ in range(PORT_TRIES):
            port = random.randrange(20000, 32000)
            if listens(port):
                continue
            process = await self.start(name, [str(word).replace("PORT", str(port)) for word in command], environment)
            for _ in range(int(WAIT / 0.01)):
                if process.ended or listens(port):
                    break
                await asyncio.sleep(0.01)
            if not process.ended and listens(port):
                return process, port
            await process.end()
        raise Failure(f"{name} does not listen: {process.complaint()}")

    async def end(self):
        for process in reversed(self.processes):
            await process.end()
        self.processes.clear()


def listens(port):
    wanted = re.compile(rf"^ *\d+: [0-9A-F]+:{port:04X} [0-9A-F]+:0000 0A ", re.MULTILINE)
    return any(wanted.search(Path(table).read_text()) for table in ("/proc/net/tcp", "/proc/net/tcp6")
               if Path(table).exists())


async def until(what, condition, seconds=WAIT):
    async def poll():
        while not condition():
            await asyncio.sleep(0.01)
    await within(what, poll(), seconds)


def compare(what, wanted, got):
    if wanted == got:
        return
    at = next((i for i, (a, b) in enumerate(zip(wanted, got)) if a != b), min(len(wanted), len(got)))
    raise Failure(f"{what}: {len(got)} bytes instead of {len(wanted)}, other ones from {at} on")
