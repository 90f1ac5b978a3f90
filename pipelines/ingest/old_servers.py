"""Servers that a site's entry has to be lenient with: what `extra_ca` and `tls = "legacy"` of `sources.toml` mean.

Old servers leave certificates out of their chain, are certified by an authority that this machine does not know, or
speak nothing newer than TLS 1.0. Their certificate is verified all the same, against their name too.
"""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx2

from pipelines.ingest.sources import Source

# Level 0 is what TLS 1.0, SHA-1 and short Diffie-Hellman keys need. No cipher goes without encryption or certificate.
_OLD_CIPHERS = "DEFAULT:!aNULL:!eNULL@SECLEVEL=0"


@dataclass(frozen=True)
class Leniency:
    """How one host is met: with TLS 1.0 and weak keys, and with further certificates (files in PEM) to trust."""

    legacy: bool = False
    extra_ca: tuple[str, ...] = ()

    def notes(self, host: str) -> list[str]:
        """What the report of a run says of it, one line each."""
        lines = [f"note: {host} may use old TLS, because of tls = 'legacy'"] if self.legacy else []
        return lines + [f"note: {host} is verified with the certificates in {path} too" for path in self.extra_ca]


def lenient_hosts(sources: Sequence[Source]) -> dict[str, Leniency]:
    """The hosts that an entry asks to be lenient with; what several entries say of one host adds up."""
    found: dict[str, Leniency] = {}
    for source in sources:
        if source.tls == "legacy" or source.extra_ca:
            for host in sorted(source.all_hosts):
                known = found.get(host, Leniency())
                paths = dict.fromkeys((*known.extra_ca, *([source.extra_ca] if source.extra_ca else [])))
                found[host] = Leniency(known.legacy or source.tls == "legacy", tuple(paths))
    return found


def notes_on(source: Source, lenient: Mapping[str, Leniency]) -> list[str]:
    """What the report says of the hosts of one source."""
    return [line for host in sorted(source.all_hosts & lenient.keys()) for line in lenient[host].notes(host)]


def context_for(leniency: Leniency) -> ssl.SSLContext:
    """The TLS context for such a host. Raises OSError where a file of certificates cannot be read."""
    context = httpx2.create_ssl_context()
    for path in leniency.extra_ca:
        context.load_verify_locations(path)
    if leniency.legacy:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED  # TLS 1.0: SSL 3 stays switched off by its option
        context.set_ciphers(_OLD_CIPHERS)
        context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)  # the name is of Python 3.12
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # old authorities leave fields out that RFC 5280 wants
    return context
