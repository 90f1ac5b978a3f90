"""The hosts that `fazhi discover` looks at, from the command line or from a file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.build.toml_file import shown
from pipelines.errors import FazhiError
from pipelines.ingest.sources import is_host


@dataclass(frozen=True)
class Target:
    """A host to look at, and what the entries that are written for it are to say."""

    host: str
    division: str = ""
    name: str = ""


class TargetsError(FazhiError):
    """What is given as hosts cannot be used; the message says which, and what is expected."""


def targets_of(hosts: Sequence[str], file: Path | None) -> list[Target]:
    """The hosts that are named, and those of a file: on each line a host, its division code and its name; # comments.

    Raises TargetsError for what names no host, and where there is none at all.
    """
    lines = [("", host) for host in hosts]
    if file is not None:
        try:
            said = file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            raise TargetsError(f"{file} cannot be read: {reason}; give a text file with a host on each line") from None
        lines += [(f"{file}, line {number}: ", line) for number, line in enumerate(said, start=1)]
    targets: dict[str, Target] = {}
    for where, line in lines:
        words = line.partition("#")[0].split(maxsplit=2)
        if not words and where:
            continue
        host, division, name = (*words, "", "", "")[:3]
        if not is_host(host) or (division and not re.fullmatch("[0-9]{6}|[0-9]{9}", division)):
            expected = "a host such as www.shipu.example, then its division code (6 or 9 digits) and its name if known"
            raise TargetsError(f"{where}found {shown(line.strip())}, expected {expected}")
        targets.setdefault(host, Target(host, division, name.strip()))
    if not targets:
        raise TargetsError("no host is given; name one, or give a file of them: fazhi discover --from FILE")
    return list(targets.values())
