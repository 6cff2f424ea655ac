"""Which addresses may be called, and calling them: a name is looked up once, and the call goes where it was looked up.

Only https to public addresses, unless `WEBHOOKS_TO_PRIVATE_ADDRESSES`; no redirects, no proxies; one bound for the
whole call, and one for what is read of the answer.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from threading import Timer
from urllib.parse import urlsplit

from django.conf import settings

from orders.webhooks.errors import AddressRefused

CONNECT_SECONDS, MOST_READ = 5.0, 4096
PORTS = {"https": 443, "http": 80}
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Door:
    """Where a call goes: the address that was looked up, and the name that its certificate has to bear."""

    scheme: str
    host: str
    port: int
    address: str
    path: str


@dataclass(frozen=True)
class Answer:
    """The status of an answer and its first words."""

    code: int
    words: str


def door_of(url: str) -> Door:
    """Where `url` leads. Raises AddressRefused when nobody may be called there."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("This is not an address") from None
    anywhere = settings.WEBHOOKS_TO_PRIVATE_ADDRESSES
    if parts.scheme not in PORTS or (parts.scheme != "https" and not anywhere):
        raise AddressRefused("The address begins with https://")
    if not parts.hostname or parts.username or parts.password or parts.fragment:
        raise AddressRefused("The address names a host, and neither user nor fragment")
    port = port or PORTS[parts.scheme]
    found = _looked_up(parts.hostname, port)
    if not anywhere and not all(map(_is_public, found)):
        raise AddressRefused(f"{parts.hostname} is not a public address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Door(parts.scheme, parts.hostname, port, found[0], path)


def call(door: Door, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
    """POST `body`; raises OSError, ValueError or http.client.HTTPException when there is no answer in time."""
    sock: socket.socket = socket.create_connection((door.address, door.port), timeout=min(CONNECT_SECONDS, seconds))
    if door.scheme == "https":
        sock = _context().wrap_socket(sock, server_hostname=door.host, do_handshake_on_connect=False)
    sock.settimeout(seconds)
    out_of_time = Timer(seconds, _cut, [sock])
    out_of_time.daemon = True
    out_of_time.start()
    try:
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()
        connection = http.client.HTTPConnection(door.host, door.port)
        connection.sock = sock
        connection.request("POST", door.path, body, dict(headers))
        answer = connection.getresponse()
        words = answer.read(MOST_READ).decode("utf-8", "replace")
        return Answer(answer.status, words.replace("\0", "\ufffd"))
    finally:
        out_of_time.cancel()
        sock.close()


def _cut(sock: socket.socket) -> None:
    """However slowly somebody answers, there is an end."""
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _looked_up(host: str, port: int) -> list[str]:
    try:
        return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise AddressRefused(f"{host} is not known") from None


def _is_public(address: str) -> bool:
    known = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(known, ipaddress.IPv6Address):
        inner = known.ipv4_mapped or known.sixtofour or (known.teredo[1] if known.teredo else None)
        if known in TRANSLATED:
            inner = ipaddress.IPv4Address(int(known) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(str(inner))
    return known.is_global and not known.is_multicast


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
