"""The codebook for people: sentences that an indicator reads, those that it must not read, the words of its rules."""

from functools import cache
from typing import Any

from pipelines.codebook.rule_files import read_files
from pipelines.codebook.schema import RuleEntry


@cache
def codebook_examples() -> dict[str, dict[str, Any]]:
    """For each indicator `matches` (text, figures, qualifier), `others` (text, why) and `rules` (id -> words)."""
    return {
        entry.code: {
            "matches": [
                {"text": one.text, "figures": list(one.figures), "qualifier": one.qualifier} for one in entry.example
            ],
            "others": [{"text": one.text, "why": one.why} for one in entry.counter_example],
            "rules": {f"{entry.code}.{rule.id or at}": _words(rule) for at, rule in enumerate(entry.rule, 1)},
        }
        for entry in read_files().indicators
    }


@cache
def shown_codebook_version() -> str:
    """The version of the codebook that the examples are from: that of the project, not that of the release."""
    return read_files().version


def _words(rule: RuleEntry) -> str:
    """What a rule wants to find, as the codebook writes it: its heads, then what must stand near."""
    groups = (*rule.near, *rule.with_, *rule.context)
    also = [*rule.subject, *rule.topic, *(word for group in groups for word in group)]
    return "、".join(rule.head) + (f" + {'、'.join(also)}" if also else "")
