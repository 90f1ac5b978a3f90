"""Web addresses: made absolute, brought to one form, and the host they name. No request is made here.

An address with a user name in it counts as none, because its host is easily misread.
"""

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9]+(?:[.-]+[a-z0-9]+)*\.?|[0-9a-f:.]+")
_LONGEST = 8000  # characters; servers refuse longer ones
_SAFE = "%/:=&?~+!$,;'@()*[]|"  # what is escaped already stays as it is


def absolute(base: str, link: str) -> str | None:
    """The address that `link` (absolute, relative, or without scheme) means on the page `base`, without its fragment.

    None where it is no web address: another scheme, no host, a user name, a port that is no number, halves of
    characters, or too long.
    """
    if len(link) > _LONGEST:
        return None
    try:
        parts = urlsplit(urljoin(base, link.strip()))
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port
        path, query = (quote(part, safe=_SAFE) for part in (parts.path or "/", parts.query))
    except ValueError:  # also a host that IDNA does not know
        return None
    if parts.scheme not in _DEFAULT_PORTS or parts.username is not None or not _HOST.fullmatch(host) or ".." in host:
        return None
    named = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        named = f"{named}:{port}"
    address = urlunsplit((parts.scheme, named, path, query, ""))
    return address if len(address) <= _LONGEST else None


def host_of(url: str) -> str:
    """The host that `url` names, with its port where that is not the usual one: `example.org`, `example.org:8080`."""
    return urlsplit(url).netloc


def folder_of(url: str) -> str:
    """A folder name for the host of `url`, made of harmless characters only."""
    return re.sub(r"[^a-z0-9.-]", "_", host_of(url)).strip(".")
