# SPDX-License-Identifier: Apache-2.0
"""Versions and suites, read from the one table that has them: host/suite/suites.def."""
import re
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).resolve().parents[3] / "host" / "suite" / "suites.def"
VERSIONS = {"SSL3": "ssl3", "TLS1_0": "1.0", "TLS1_1": "1.1", "TLS1_2": "1.2", "TLS1_3": "1.3"}  # as the command writes them
ORDER = list(VERSIONS.values())
TITLES = {"ssl3": "SSL 3.0", "1.0": "TLS 1.0", "1.1": "TLS 1.1", "1.2": "TLS 1.2", "1.3": "TLS 1.3"}


@dataclass(frozen=True)
class Suite:
    number: int
    title: str  # IANA's
    lowest: str
    highest: str
    exchange: str
    authentication: str
    cipher: str
    kind: str  # of the cipher: AEAD, CBC, STREAM, NULL_MAC

    def allows(self, version):
        return ORDER.index(self.lowest) <= ORDER.index(version) <= ORDER.index(self.highest)


def rows(text, macro):
    """The arguments of each row of that macro, one list a row."""
    for row in re.findall(r"^" + macro + r"\(([^)]*)\)$", text, re.MULTILINE):
        yield [field.strip().strip('"') for field in row.split(",")]


def read(table=TABLE):
    text = table.read_text()
    kinds = {row[0]: row[3] for row in rows(text, "LK_CIPHER")}
    return [Suite(int(row[0], 16), row[2], VERSIONS[row[3]], VERSIONS[row[4]], row[5], row[6], row[7], kinds[row[7]])
            for row in rows(text, "LK_SUITE")]
