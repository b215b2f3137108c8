# SPDX-License-Identifier: Apache-2.0
"""The openssl command: s_server and s_client."""
import functools
import re
import subprocess

from .. import ours as our
from .base import Peer

WEAK = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"  # the peer's own limits would forbid what is tried here


@functools.lru_cache(None)
def names():
    """OpenSSL's name of a suite, by its number."""
    listed = subprocess.run(["openssl", "ciphers", "-V", WEAK], capture_output=True, text=True, check=True).stdout
    found = re.findall(r"^ *0x(\w\w),0x(\w\w) - (\S+)", listed, re.MULTILINE)
    return {int(high + low, 16): name for high, low, name in found}


class OpenSsl(Peer):
    name, package, programs = "openssl", "openssl", ["openssl"]

    def version_line(self):
        return subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout.strip()

    def lacks(self, form, role):
        if form.version == "ssl3":
            return "built without SSL 3.0"
        if form.suite.number not in names():
            return "built without the suite (3DES, RC4)"
        return None

    def our_options(self, form):
        # without a certificate, s_server takes no better group
        return ["--dh-min", "1024"] if form.suite.exchange == "DHE" and form.key == "none" else []

    def options(self, form):
        version = {"1.0": "-tls1", "1.1": "-tls1_1", "1.2": "-tls1_2", "1.3": "-tls1_3"}[form.version]
        name = names()[form.suite.number]
        options = [version, *(["-ciphersuites", name] if form.version == "1.3" else ["-cipher", f"{name}:@SECLEVEL=0"])]
        if form.suite.authentication == "PSK":
            options += ["-psk", (self.certificates / "psk").read_text().strip(), "-psk_identity", our.PSK_IDENTITY]
        return options

    async def start_server(self, form, work, mode):
        key = "rsa" if form.key == "none" else form.key
        more = {"id": ["-no_ticket"], "ticket": ["-no_cache"] if form.version != "1.3" else [],
                "renegotiated": ["-client_renegotiation"],
                "client certificate": ["-Verify", "1", "-verify_return_error", "-CAfile", self.certificates / "ca.pem"]}
        return await work.start_on_port("s_server", [
            "openssl", "s_server", "-quiet", "-accept", "127.0.0.1:PORT", "-cert", self.certificates / f"{key}.pem",
            "-key", self.certificates / f"{key}.key", *self.options(form), *more.get(mode, [])])

    async def start_client(self, form, work, port, mode, again):
        identity = []
        if mode == "client certificate":
            certificate, key = self.ours.identity_of_client(form)
            identity = ["-cert", certificate, "-key", key]
        session = {("id", False): "-sess_out", ("ticket", False): "-sess_out", ("id", True): "-sess_in",
                   ("ticket", True): "-sess_in"}.get((mode, again))
        verify = [] if form.key == "none" else ["-verify_return_error", "-CAfile", self.certificates / "ca.pem",
                                                "-verify_hostname", "localhost"]
        return await work.start("s_client", ["openssl", "s_client", "-brief", "-connect", f"localhost:{port}", "-servername",
                                             "localhost", *verify, *self.options(form), *identity,
                                             *([session, work / "theirs"] if session else [])])
