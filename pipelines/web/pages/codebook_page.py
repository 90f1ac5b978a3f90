"""The page of the codebook: all indicators, with sentences that they read and sentences that they must not read."""

from pipelines.web.codebook_examples import codebook_examples
from pipelines.web.page_view import Asked, Content

_NONE: dict[str, list[str]] = {"matches": [], "others": []}


def view(asked: Asked) -> Content:
    """Every indicator with its examples; headlines are made of indicators and have none of their own."""
    examples = codebook_examples()
    indicators = asked.kept_rows("indicators")
    return {"indicators": [{**one, **examples.get(one["metric_code"], _NONE)} for one in indicators]}
