# SPDX-License-Identifier: Apache-2.0
"""The virtual board, and what it offers."""
import json
import subprocess

from . import suites
from .ours import Board
from .process import Failure, until


async def start(home, build, phy):
    uri_file = home / "uri"
    server = await home.start("the board", [build / "sim" / "latchkey-board", "--listen", "127.0.0.1:0", "--uri-file", uri_file,
                                            "--phy", phy])
    await until("the board", lambda: server.ended or uri_file.exists() and uri_file.read_text().endswith("\n"))
    if server.ended:
        raise Failure(server.complaint())
    uri = uri_file.read_text().strip()
    return Board(f"simulated, --phy {phy}", uri, offered(build, uri))


def offered(build, uri):
    """The names of the table's ciphers that the board says it has."""
    listed = subprocess.run([build / "host" / "tools" / "latchkey", "devices", "--device", uri, "--json"],
                            capture_output=True, text=True)
    if listed.returncode != 0:
        raise Failure(f"the board says nothing of itself: {listed.stderr}")
    titles = {row[2]: row[0] for row in suites.rows(suites.TABLE.read_text(), "LK_CIPHER")}
    return {titles[title] for title in json.loads(listed.stdout)[0]["ciphers"]}
