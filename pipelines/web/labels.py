"""The words for the codes that the warehouse holds, in both languages: `sql/pages/labels.toml`."""

from functools import cache
from typing import Annotated

from pydantic import Field, RootModel

from pipelines.build.toml_file import Entry, Text, read_toml
from pipelines.reasons import ReasonCode
from pipelines.web.page_queries import PAGES_DIR

LABELS = PAGES_DIR / "labels.toml"


class Label(Entry):
    """A code in Chinese and in English. `group` puts kinds of numbers together that share a colour."""

    zh: Text
    en: Text
    group: Text | None = None


class LabelFile(RootModel[Annotated[dict[str, dict[str, Label]], Field(min_length=1)]]):
    """Every code that is shown, by the column that holds it."""


@cache
def labels() -> dict[str, dict[str, Label]]:
    """Code -> label, for each column. Raises SchemaError where the file is not in its form.

    Those of `reason` stand with the reasons themselves.
    """
    reasons = {code.value: Label(zh=code.zh, en=code.en) for code in ReasonCode}
    return {**read_toml(LABELS, LabelFile).root, "reason": reasons}


def label(column: str, code: str | None) -> Label:
    """The label of a code of a column; a code that has none is shown as it is."""
    return labels().get(column, {}).get(code or "") or Label(zh=code or "—", en=code or "—")
