"""References between entries of the codebook: weights, arrows, concepts, units, topics and subjects."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from pipelines.build.toml_file import among, mistake, shown
from pipelines.codebook.schema import CodebookFiles, IndicatorEntry

_ARROW = re.compile(r"→([^)）;；]*)")


def check_references(files: CodebookFiles, folder: Path) -> None:
    """Raise SchemaError for a code that stands twice, or for a name that is used and not given.

    Such names are the `weight` of a rate, the codes of `includes` and `subsets`, the codes behind arrows in `excludes`,
    and `@lists`, topics and subjects of rules.
    """
    lexicon = files.lexicon
    codes = {entry.code for entry in files.indicators}
    seen: dict[str, str] = {}
    for file, where, entry in files.entries():
        if entry.code in seen:
            found = f"{shown(entry.code)}, which stands in {seen[entry.code]}.toml already"
            raise mistake(folder / f"{file}.toml", f"{where}, code", found, "a code of its own")
        seen[entry.code] = file
    for file, where, entry in files.entries():
        path = folder / f"{file}.toml"
        # (key, word, names that are given, what a word begins with that is such a name)
        used = [("units", name, lexicon.unit, "@") for name in getattr(entry, "units", ())]
        if isinstance(entry, IndicatorEntry):
            if entry.weight and entry.weight not in codes:
                raise mistake(path, f"{where}, weight", shown(entry.weight), among(entry.weight, codes, "code"))
            for key, named in (("includes", entry.includes), ("subsets", entry.subsets)):
                for code in named:
                    if code not in codes:
                        raise mistake(path, f"{where}, {key}", shown(code), among(code, codes, "code"))
            _check_arrows(path, where, entry.excludes, codes)
            if entry.substitute:
                used += [("substitute, words", word, lexicon.concept, "@") for word in entry.substitute.words]
                used += [("substitute, unless", word, lexicon.concept, "@") for word in entry.substitute.unless]
        for number, rule in enumerate(entry.rule, 1):
            name = f"rule {rule.id or number}"
            words = {
                "head": rule.head,
                "near": [word for group in rule.near for word in group],
                "with": [word for group in rule.with_ for word in group],
                "context": [word for group in rule.context for word in group],
                "without": rule.without,
                "without_context": rule.without_context,
            }
            used += [(f"{name}, {key}", word, lexicon.concept, "@") for key, listed in words.items() for word in listed]
            used += [(f"{name}, units", word, lexicon.unit, "@") for word in rule.units or ()]
            used += [(f"{name}, topic", word, lexicon.topic, "") for word in rule.topic]
            used += [(f"{name}, subject", word, lexicon.subject, "") for word in rule.subject]
        for key, word, known, sign in used:
            if word.startswith(sign) and word.removeprefix(sign) not in known:
                allowed = among(word, [f"{sign}{name}" for name in known], "name in lexicon.toml")
                raise mistake(path, f"{where}, {key}", shown(word), allowed)


def _check_arrows(path: Path, where: str, excludes: str, codes: Collection[str]) -> None:
    """An arrow leads to codes, to `study_*` for all that begin so, or to 各自指标, each figure's own indicator."""
    for arrow in _ARROW.findall(excludes):
        for target in re.split("[、,，]", arrow):
            name = target.strip().removeprefix("各")
            stem = name.removesuffix("*")
            is_known = any(code.startswith(stem) for code in codes) if stem and stem != name else name in codes
            if not is_known and name != "自指标":
                raise mistake(path, f"{where}, excludes", f"an arrow to {shown(target)}", among(name, codes, "code"))
