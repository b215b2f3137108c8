# SPDX-License-Identifier: Apache-2.0
"""botan tls_server of Botan 2. Its tls_client does not see the end of its input here, so it is not tried."""
import subprocess

from .base import Peer

VERSIONS = {"1.0": "tls10", "1.1": "tls11", "1.2": "tls12"}
POLICY = """{versions}
ciphers = ChaCha20Poly1305 AES-256/GCM AES-128/GCM AES-128/CCM AES-128/CCM(8) AES-256 AES-128 3DES
macs = AEAD SHA-384 SHA-256 SHA-1
signature_hashes = SHA-512 SHA-384 SHA-256 SHA-1
signature_methods = ECDSA RSA IMPLICIT
key_exchange_methods = ECDH DH RSA
allow_insecure_renegotiation = false
allow_client_initiated_renegotiation = true
allow_server_initiated_renegotiation = true
include_time_in_hello_random = true
minimum_dh_group_size = 1024
minimum_ecdh_group_size = 255
minimum_rsa_bits = 2048
negotiate_encrypt_then_mac = true
"""


class Botan(Peer):
    name, package, programs = "botan", "botan", ["botan"]
    roles = ("server",)
    text = True  # it echoes lines
    echoes = True

    def version_line(self):
        return "Botan " + subprocess.run(["botan", "--version"], capture_output=True, text=True, check=True).stdout.strip()

    def lacks(self, form, role):
        if form.version not in VERSIONS:
            return "speaks TLS 1.0 to 1.2"
        if form.suite.kind in ("NULL_MAC", "STREAM"):
            return "does not have the suite"
        if form.key == "none":
            return "its command does nothing without certificates"
        return "takes no such certificate" if form.key in ("rsapss", "ed25519") else None

    def lacks_mode(self, form, role, mode):
        if mode == "client certificate":
            return "its command asks for no certificates of clients"
        if mode == "ticket":
            return "its command gives no tickets"
        return None

    def policy(self, form, work):
        file = work / "policy"
        allowed = "\n".join(f"allow_{name} = {'true' if version == form.version else 'false'}"
                            for version, name in VERSIONS.items())
        file.write_text(POLICY.format(versions=allowed))
        return f"--policy={file}"

    async def start_server(self, form, work, mode):
        return await work.start_on_port("tls_server", ["botan", "tls_server", self.certificates / f"{form.key}.pem",
                                                       self.certificates / f"{form.key}.key", "--port=PORT",
                                                       self.policy(form, work)])
