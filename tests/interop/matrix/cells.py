# SPDX-License-Identifier: Apache-2.0
"""The cells of the matrix: what is agreed on (a form), and what is done with it (a mode)."""
from dataclasses import dataclass

from . import suites

MODES = ["full", "id", "ticket", "renegotiated", "client certificate"]
KEYS = {"RSA": ["rsa", "rsapss"], "ECDSA": ["ecdsa", "ed25519"], "ANY": ["rsa", "rsapss", "ecdsa", "ed25519"],
        "NONE": ["none"], "PSK": ["none"]}
CERTIFICATE_OF_CLIENT = {"rsa": "client-rsa", "rsapss": "client-rsa", "ecdsa": "client-ecdsa", "ed25519": "client-ecdsa"}


@dataclass(frozen=True)
class Form:
    version: str
    suite: suites.Suite
    key: str  # of the server's certificate; none where the suite has none

    def __str__(self):
        return f"{suites.TITLES[self.version]} {self.suite.title} {self.key}"


def key_fits(version, suite, key):
    """RSA-PSS and Ed25519 sign in TLS 1.2 and later alone (RFC 5246 appendix A.4.1, RFC 8422 section 5.10), and decrypt nothing."""
    if key == "rsapss":
        return version in ("1.2", "1.3") and suite.exchange != "RSA"
    return key != "ed25519" or version in ("1.2", "1.3")


def forms():
    """Every version with every suite that it has and every kind of certificate that goes with that."""
    return [Form(version, suite, key) for version in suites.ORDER for suite in suites.read() if suite.allows(version)
            for key in KEYS[suite.authentication] if key_fits(version, suite, key)]


def impossible(form, mode):
    """Why the protocol has no such cell, or None."""
    if mode == "id" and form.version == "1.3":
        return "TLS 1.3 has no sessions by id"
    if mode == "ticket" and form.version == "ssl3":
        return "SSL 3.0 has no extensions, so no tickets"
    if mode == "renegotiated" and form.version == "1.3":
        return "TLS 1.3 has no renegotiation"
    if mode == "renegotiated" and form.version == "ssl3":
        return "without extensions nothing binds the second handshake to the first (RFC 5746), so our side refuses"
    if mode == "client certificate" and form.key == "none":
        return "suites without certificates ask for none of clients"
    return None
