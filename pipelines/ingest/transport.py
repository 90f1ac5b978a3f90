"""The way to the network: only to public addresses, only for so long, TLS always verified.

This holds for every single connection, redirects included. Which hosts may be asked is decided in `client`. Connections
are not kept: seconds lie between two requests to a host, and each new connection checks anew where its name leads.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore2
import httpx2

from pipelines.ingest.problems import FetchRefused

QUIET_TIMEOUT = 20.0  # seconds without a byte, or without an answer from an address
_MOST_ADDRESSES = 8  # of a name are tried; a name server may give thousands

Resolve = Callable[..., Iterable[tuple[Any, ...]]]  # as socket.getaddrinfo

# Registered by IANA for use inside a network or for examples; not all versions of the standard library know them.
_NOT_PUBLIC = tuple(map(ipaddress.ip_network, ("fec0::/10", "64:ff9b:1::/48", "3fff::/20", "5f00::/16")))
# IPv4-compatible, IPv4-mapped (RFC 4291), IPv4-translated (RFC 7915) and NAT64 (RFC 6052) end with an IPv4 address,
# and so does any address whose interface is ISATAP (RFC 5214).
_CARRY_AT_END = tuple(map(ipaddress.ip_network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")))
_ISATAP = 0x00005EFE


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: the address itself, and each IPv4 address that it carries."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if any(ip in network for network in _NOT_PUBLIC if network.version == ip.version):
        return False
    return ip.is_global and not ip.is_multicast and all(inner.is_global for inner in _embedded(ip))


def _embedded(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 address carries: where a gateway or a tunnel may send what is meant for it."""
    if isinstance(ip, ipaddress.IPv4Address):
        return
    if any(ip in network for network in _CARRY_AT_END) or (int(ip) >> 32) & 0xFCFFFFFF == _ISATAP:
        yield ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip.sixtofour:
        yield ip.sixtofour
    if ip.teredo:
        yield from ip.teredo


class GuardedBackend(httpcore2.NetworkBackend):
    """Looks a name up once, refuses private addresses, and connects to the very address that it checked."""

    def __init__(self, seconds: float, allow_private: bool, resolve: Resolve) -> None:
        self._seconds = seconds
        self._allow_private = allow_private
        self._resolve = resolve
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of `host` that answers.

        `timeout` is the time for the whole request: for the search for an address that answers, and for the stream.
        """
        seconds = self._seconds if timeout is None else min(self._seconds, timeout)
        deadline = time.monotonic() + seconds
        problem: Exception = httpcore2.ConnectError(f"host {host} has no address")
        for address in self._addresses(host, port)[:_MOST_ADDRESSES]:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            try:
                stream = self._plain.connect_tcp(address, port, min(left, QUIET_TIMEOUT), local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
                continue
            return _TimedStream(stream, deadline, seconds)
        raise problem

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = self._resolve(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore2.ConnectError(f"host {host} cannot be found: {error.strerror or error}") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        private = [address for address in addresses if not is_public(address)]
        if private and not self._allow_private:
            raise FetchRefused(f"host {host} leads to the private address {private[0]}")
        return addresses


class _TimedStream(httpcore2.NetworkStream):
    """A stream that ends at its deadline, however often a few bytes arrive; headers are under it too."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float, seconds: float) -> None:
        self._stream = stream
        self._deadline = deadline
        self._seconds = seconds

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return self._stream.read(max_bytes, self._left(timeout))
        except httpcore2.ReadTimeout:
            self._left(timeout)  # says so if it was the deadline that ended the wait
            raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _TimedStream(stream, self._deadline, self._seconds)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self, timeout: float | None) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise FetchRefused(f"took longer than {self._seconds:g} seconds")
        return left if timeout is None else min(left, timeout)


def guarded_transport(
    seconds: float, allow_private: bool, resolve: Resolve, context: ssl.SSLContext | None = None
) -> httpx2.HTTPTransport:
    """A transport of httpx2 over `GuardedBackend`; proxies are not used.

    TLS is verified as httpx2 does by default, or as `context` does (`pipelines.ingest.old_servers`).
    """
    context = context or httpx2.create_ssl_context()
    transport = httpx2.HTTPTransport(verify=context)
    transport.close()
    # httpx2 has no argument for the network backend of its pool; the pool itself is public interface of httpcore2
    transport._pool = httpcore2.ConnectionPool(
        ssl_context=context,
        max_keepalive_connections=0,
        network_backend=GuardedBackend(seconds, allow_private, resolve),
    )
    return transport
