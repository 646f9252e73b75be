"""A public web page to bytes: addresses are checked at the moment of connecting, sizes and redirects are capped.

Invariant: no connection is made to an address that is not public, whatever a name resolves to and wherever a
page sends us; the address that was checked is the address that is connected to.
"""

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from bot.model import Complaint

MAX_BYTES = 24 * 1024 * 1024
MAX_REDIRECTS = 5
TIMEOUT = 15.0  # seconds for one connection step
DEADLINE = 60.0  # seconds for the whole of it
_NOT_PUBLIC = "这个网址不能读，只支持公开的网页。请发 http 或 https 的公开地址，例如：https://example.com/a"
_CARRIES_V4 = (
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("2002::/16"),
    ipaddress.ip_network("::/96"),
)
Allowed = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Page:
    """What came: its bytes, the address it came from in the end, the declared type and charset."""

    data: bytes
    url: str
    type: str = ""
    charset: str = ""


def public(address: str) -> bool:
    """Whether an IP address belongs to the public internet.

    >>> public("93.184.216.34"), public("127.0.0.1"), public("10.0.0.8"), public("::ffff:192.168.0.1")
    (True, False, False, False)
    """
    try:
        found = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return public(str(found.ipv4_mapped))
        if any(found in network for network in _CARRIES_V4):
            return False  # a v4 address in v6 clothes; nobody publishes such links
    return found.is_global and not (found.is_multicast or found.is_reserved)


def fetch(url: str, allowed: Allowed = public, most: int = MAX_BYTES) -> Page:
    """The page at `url`. Raises Complaint with a sentence that says what to do."""
    until = time.monotonic() + DEADLINE
    for _ in range(MAX_REDIRECTS + 1):
        scheme, host, port, path = _parts(url)
        try:
            with (
                contextlib.closing(_connect(scheme, host, port, allowed)) as connection,
                contextlib.closing(_asked(connection, path, _headers(host, port, scheme))) as response,
            ):
                if response.status in (301, 302, 303, 307, 308) and response.getheader("Location"):
                    url = urljoin(url, response.getheader("Location", ""))
                    continue
                if response.status != 200:
                    raise Complaint(
                        f"这个网址打不开（对方答复 {response.status}）。请用浏览器看看能不能打开，再发一次，例如：https://example.com/a"
                    )
                data = _body(response, most, until)
                kind = response.getheader("Content-Type", "").lower()
        except (OSError, http.client.HTTPException, ssl.SSLError, zlib.error) as error:
            raise Complaint(
                "这个网址连不上。请用浏览器看看能不能打开，过几分钟再发，例如：https://example.com/a"
            ) from error
        charset = re.search(r"charset=[\"']?([\w-]+)", kind)
        return Page(data, url, kind.split(";")[0].strip(), charset[1] if charset else "")
    raise Complaint("这个网址一直跳转，没有打开。请发最后打开的那个地址，例如：https://example.com/a")


def _asked(
    connection: http.client.HTTPConnection, path: str, headers: dict[str, str]
) -> http.client.HTTPResponse:
    connection.request("GET", path, headers=headers)
    return connection.getresponse()


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Complaint(_NOT_PUBLIC) from error
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise Complaint(_NOT_PUBLIC)
    try:
        host = host.encode("ascii").decode() if host.isascii() else host.encode("idna").decode()
    except UnicodeError as error:
        raise Complaint(_NOT_PUBLIC) from error
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", host):
        raise Complaint(_NOT_PUBLIC)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="=&?/%:@!$'()*+,;~-._")
    return scheme, host, port or (443 if scheme == "https" else 80), urlunsplit(("", "", path, query, ""))


def _headers(host: str, port: int, scheme: str) -> dict[str, str]:
    shown = f"[{host}]" if ":" in host else host
    usual = port == (443 if scheme == "https" else 80)
    return {
        "Host": shown if usual else f"{shown}:{port}",
        "User-Agent": "daily-study-bot (imports one page for one reader)",
        "Accept": "text/html,application/xhtml+xml,text/plain,application/pdf;q=0.8,*/*;q=0.5",
        "Accept-Encoding": "gzip, identity",
        "Connection": "close",
    }


def _connect(scheme: str, host: str, port: int, allowed: Allowed) -> http.client.HTTPConnection:
    """A connection to the first address of the host; all of them have to be public."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(allowed(address) for address in found):
        raise Complaint(_NOT_PUBLIC)
    sock: socket.socket | None = None
    last: OSError | None = None
    for address in dict.fromkeys(found):
        try:
            sock = socket.create_connection((address, port), TIMEOUT)
            break
        except OSError as error:
            last = error
    if sock is None:
        raise last or OSError("no address")
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    if scheme == "https":
        try:
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        except OSError:
            sock.close()
            raise
    connection.sock = sock  # connected already: http.client does not resolve the name a second time
    return connection


def _body(response: http.client.HTTPResponse, most: int, until: float) -> bytes:
    """The body, unzipped when it came zipped; Complaint as soon as it is more than `most` bytes."""
    zipped = response.getheader("Content-Encoding", "").lower() in ("gzip", "x-gzip")
    unzip = zlib.decompressobj(47) if zipped else None
    parts: list[bytes] = []
    size = 0
    too_big = Complaint(
        f"这个网页超过 {most // 1024 // 1024} MB，为了安全停下了。请发小一点的网页，或把文字存成 .txt 再发，例如：讲义.txt"
    )
    declared = response.getheader("Content-Length", "")
    if declared.isdecimal() and int(declared) > most:
        raise too_big
    while part := response.read1(1 << 16):
        if time.monotonic() > until:
            raise Complaint("这个网页太慢，没有读完。请过几分钟再发，例如：https://example.com/a")
        data = unzip.decompress(part, most - size + 1) if unzip else part
        size += len(data)
        if size > most:
            raise too_big
        parts.append(data)
    return b"".join(parts)
