# SPDX-License-Identifier: Apache-2.0
"""The peers, each in a file of its own."""
from .botan import Botan
from .curl import Curl
from .gnutls import GnuTls
from .jsse import Jsse
from .nss import Nss
from .openssl import OpenSsl
from .programs import MbedTls, WolfSsl

ALL = [OpenSsl, GnuTls, Nss, Jsse, MbedTls, WolfSsl, Botan, Curl]
