"""What the web address of a page says of its unit: the county or city of the host, and the county in the path.

Addresses use pinyin, whole (rongchang) or as initials (cqfd), so they only choose among units that the text names.
"""

import re
from collections.abc import Sequence
from functools import cache
from urllib.parse import urlsplit

from pipelines.identify.registered_units import Unit

_GOVERNMENT = re.compile(r"(?:rm)?zf(?:w|xxgk)?$|xxgk$")  # what follows a county's name: nyxrmzf, wfqzf
_PATH_PARTS = 4  # deeper down, parts of a path name kinds of documents
_KINDS = frozenset({"shi", "xian", "qu", "qi", "zhou", "meng"})


def by_address(candidates: Sequence[Unit], url: str | None) -> list[Unit]:
    """Keep the candidates that a government's address names; none where it names none.

    Either the host is the county's, or it is the city's: then the path names the county, or the city is enough.
    """
    try:
        parts = urlsplit(url or "")
        host = parts.hostname or ""
    except ValueError:  # no address after all: http://[a
        return []
    if not host.endswith(".gov.cn"):
        return []
    labels = {form for label in host.split(".") for form in (label, _GOVERNMENT.sub("", label))}
    labels -= {"gov", "cn", "www", ""}
    of_city = [unit for unit in candidates if labels & _city_labels(unit.region.pinyin)]
    path = {_GOVERNMENT.sub("", part) for part in parts.path.lower().split("/")[1 : _PATH_PARTS + 1]} - {""}
    of_path = [unit for unit in of_city if path & _path_labels(unit.region.pinyin)]
    if of_path:
        return of_path
    of_county = [unit for unit in candidates if labels & _county_labels(unit.region.pinyin)]
    # Initials of a city (yz) are those of many places; its whole name is not.
    whole = [unit for unit in of_city if labels & _whole_city_labels(unit.region.pinyin)]
    return list({unit.code: unit for unit in (*of_county, *whole)}.values()) if len(of_county) != 1 else of_county


@cache
def _county_labels(pinyin: tuple[str, str, str]) -> set[str]:
    """Return the labels a county's host may have: 荣昌区 of 重庆市 -> rongchang, rongchangqu, rc, rcq, cqrc ..."""
    county, *above = (syllables.split() for syllables in pinyin)
    plain = county[:-1] if len(county) > 2 else county
    if len(county) > 3 and county[-2:] == ["xin", "qu"]:  # 浦东新区 is at pudong
        plain = county[:-2]
    forms = {form for each in (plain, county) for form in ("".join(each), _initials(each))}
    prefixes = {""} | {_initials(each[:-1]) for each in above}
    return {prefix + form for prefix in prefixes for form in forms}


@cache
def _path_labels(pinyin: tuple[str, str, str]) -> set[str]:
    """Return how the path of a city's site names a county: 宁远县 -> ningyuan, ningyuanxian, nyx; ny is too little."""
    county = pinyin[0].split()
    return {"".join(county), "".join(county[:-1]), _initials(county)} if len(county) > 2 else {"".join(county)}


@cache
def _city_labels(pinyin: tuple[str, str, str]) -> set[str]:
    """Return the labels a city's host may have: 永州市 -> yongzhou, yongzhoucity, yz, yzs, yzcity, hnyz ..."""
    city, province = pinyin[1].split(), pinyin[2].split()
    plain = city[:-1] if len(city) > 1 and city[-1] in _KINDS else city
    initials = _initials(plain)
    short = {initials, _initials(city), f"{initials}city", _initials(province[:-1]) + initials}
    return short | _whole_city_labels(pinyin)


@cache
def _whole_city_labels(pinyin: tuple[str, str, str]) -> set[str]:
    city = pinyin[1].split()
    plain = "".join(city[:-1] if len(city) > 1 and city[-1] in _KINDS else city)
    return {plain, "".join(city), f"{plain}city"}


def _initials(syllables: Sequence[str]) -> str:
    return "".join(syllable[0] for syllable in syllables)
