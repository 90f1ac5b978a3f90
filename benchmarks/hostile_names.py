"""Names that mislead, and what lies in a folder and is no file: links in circles, pipes, sockets, devices."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable
from functools import partial
from random import Random

from benchmarks.hostile_file import Hostile

_KIND = "names"
_ODD = (
    *(
        "'; DROP TABLE dim_report; --",
        '"',
        "=cmd|' /C calc'!A0",
        "+1+1",
        "@SUM(A1)",
        "a\nb",
        "a\tb",
        "a\rb",
        "\x1b[31m红",
    ),
    *(
        "\x07",
        "\x7f",
        "\u202egnp.exe",
        "\u200b",
        "\u2028",
        "👨‍👩‍👧",
        "%s%n%x",
        "{0}",
        "${HOME}",
        "$(id)",
        "`id`",
        "--help",
        "-rf",
    ),
    *(
        " a",
        "a ",
        "a.",
        "...a",
        "CON",
        "nul",
        "*",
        "?",
        "[a]",
        "a\\b",
        "\\x41\\x42",
        "\\x00",
        "a\\",
        "|",
        "<b>甲</b>",
        "&amp;",
    ),
    *(
        "a.zip!",
        "!",
        "#",
        "a%2fb",
        "％",
        "\ufeff",
        "e\u0301",
        "\u00e9",
        "甲\u3000乙",
        "Z\u0335\u0311\u0341" * 9,
        "null",
        "NaN",
    ),
)
_FAR = 3000  # bytes of a path; a system takes 4,096 with the folder above


def named(rng: Random, number: int, report: bytes) -> Hostile:
    """A good report under a hostile name, or something that is no file."""
    form = rng.randrange(12)
    if form < 4:
        name = f"{number:05} {rng.choice(_ODD)}" if form % 2 else f"{rng.choice(_ODD)}{number}"
        suffix = rng.choice((".txt", ".txt", "", ".TXT", ".meta.json", ".zip", ".txt.txt", ".docx"))
        return Hostile(_KIND, _whole(name + suffix), report, is_due=not name.startswith("."))
    if form == 4:
        return Hostile(_KIND, b"%05d " % number + _loose(rng) + b".txt", report)
    if form == 5:
        return Hostile(_KIND, _loose(rng) + b"%05d/" % number + _loose(rng), report)
    if form == 6:
        length = rng.choice((240, 255, 255, 256))
        letter = rng.choice((b"a", "甲".encode(), b"\xff"))
        return Hostile(_KIND, (b"%05d" % number + letter * length)[: length - 4] + b".txt", report)
    if form == 7:
        step = _whole(rng.choice(("甲" * 60, "a" * 200, "b", "a.zip!")))
        return Hostile(_KIND, b"%05d/" % number + (step + b"/") * min(300, _FAR // (len(step) + 1)) + b"a.txt", report)
    if form == 8:
        cased = "".join(rng.choice((letter, letter.upper())) for letter in "annual report")
        return Hostile(_KIND, f"{rng.choice((cased, unicodedata.normalize('NFD', cased + 'é')))}.txt".encode(), report)
    if form == 9:
        hidden = rng.choice(
            (f".{number}.txt", f"~${number}.docx", f"__MACOSX/{number}.txt", f".git/{number}", f"._{number}")
        )
        return Hostile(_KIND, hidden.encode(), report, is_due=False)
    return _no_file(rng, number)


def _no_file(rng: Random, number: int) -> Hostile:
    """A link, a pipe, a socket, or a file without content or rights."""
    name = b"%05d.txt" % number
    if rng.random() < 0.1:  # a pipe named as a sidecar, in a folder named as a report
        return Hostile(_KIND, name + b"/pipe.meta.json", place=os.mkfifo)
    if rng.random() < 0.1:  # the folder itself, which is entered once
        return Hostile(_KIND, name, place=partial(os.symlink, b"."), is_due=False)
    target = rng.choice((b"nowhere", name, b"/dev/zero", b"/dev/null", b"/dev/full", b"/dev/tty", b"/proc/self/mem"))
    link: Callable[[bytes], None] = partial(os.symlink, target)
    return Hostile(_KIND, name, place=rng.choice((link, link, link, os.mkfifo, _socket, _closed, _hollow, _empty)))


def _socket(path: bytes) -> None:
    os.mknod(path, stat.S_IFSOCK | 0o600)


def _closed(path: bytes) -> None:
    """A file that nobody may read (but root)."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0))


def _hollow(path: bytes) -> None:
    """A file of a stated gigabyte that holds nothing."""
    _empty(path)
    os.truncate(path, 1_000_000_000)


def _empty(path: bytes) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _loose(rng: Random) -> bytes:
    """Bytes that are no UTF-8, or half of it."""
    whole = "双溪镇年度报告".encode(rng.choice(("gb18030", "big5", "utf-8", "utf-16-le")), "replace")
    part = whole[: rng.randrange(3, len(whole))] + rng.randbytes(rng.choice((0, 1, 4)))
    return b"n" + part.replace(b"/", b"_").replace(b"\0", b"_")


def _whole(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass").replace(b"/", b"_").replace(b"\0", b"_")
