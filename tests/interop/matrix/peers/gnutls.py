# SPDX-License-Identifier: Apache-2.0
"""gnutls-serv and gnutls-cli."""
import functools
import re
import subprocess

from .. import ours as our
from .base import Peer

TLS_1_3 = "NORMAL:-VERS-ALL:+VERS-TLS1.3"
EVERYTHING = ("NORMAL:-VERS-ALL:+VERS-TLS{version}:+SHA256:+SHA384:+SHA1:+MD5:+AES-128-CBC:+AES-256-CBC:+3DES-CBC:"
              "+ARCFOUR-128:+NULL:+RSA:+DHE-RSA:+PSK:+ANON-DH:+ANON-ECDH:+CTYPE-X509")


def priority(version):
    return TLS_1_3 if version == "1.3" else EVERYTHING.format(version=version)


@functools.lru_cache(None)
def numbers(version):
    """The suites that it has in a version."""
    listed = subprocess.run(["gnutls-cli", "--list", "--priority", priority(version)],
                            capture_output=True, text=True, check=True).stdout
    return {int(high + low, 16) for high, low in re.findall(r"0x(\w\w), 0x(\w\w)", listed)}


class GnuTls(Peer):
    name, package, programs = "gnutls", "gnutls-bin", ["gnutls-serv", "gnutls-cli"]
    text = True
    echoes = True
    resumes_in_one_run = True

    def version_line(self):
        return subprocess.run(["gnutls-cli", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]

    def lacks(self, form, role):
        if form.version == "ssl3":
            return "built without SSL 3.0"
        if form.suite.number not in numbers(form.version):
            return "does not have the suite"
        return None

    def options(self, form):
        return ["--priority", priority(form.version)]

    async def start_server(self, form, work, mode):
        psk = work / "psk.txt"
        psk.write_text(f"{our.PSK_IDENTITY}:{(self.certificates / 'psk').read_text().strip()}\n")
        identity = ["--x509certfile", self.certificates / f"{form.key}.pem",
                    "--x509keyfile", self.certificates / f"{form.key}.key"] if form.key != "none" else []
        more = {"id": ["--noticket"], "ticket": ["--nodb"],
                "client certificate": ["--require-client-cert", "--verify-client-cert", "--x509cafile", self.certificates / "ca.pem"]}
        return await work.start_on_port("gnutls-serv", [
            "gnutls-serv", "--echo", "--quiet", "--port", "PORT", *identity, *self.options(form), *more.get(mode, []),
            *(["--pskpasswd", psk] if form.suite.authentication == "PSK" else [])])

    async def start_client(self, form, work, port, mode, again):
        identity = []
        if mode == "client certificate":
            certificate, key = self.ours.identity_of_client(form)
            identity = ["--x509certfile", certificate, "--x509keyfile", key]
        if form.suite.authentication == "PSK":
            identity = ["--pskusername", our.PSK_IDENTITY, "--pskkey", (self.certificates / "psk").read_text().strip()]
        return await work.start("gnutls-cli", [
            "gnutls-cli", "--logfile", work / "gnutls-cli-says.log", "--x509cafile", self.certificates / "ca.pem", *self.options(form),
            *identity, *(["--resume"] if again else []), *(["--noticket"] if mode == "id" else []),
            "--port", str(port), "localhost"])
