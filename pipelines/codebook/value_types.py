"""What the values of keys in the codebook's files may be: codes, words, classifiers, groups of words, patterns."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from pipelines.build.toml_file import ListOf, Text, shown, wrong


def _groups(value: Any) -> tuple[tuple[str, ...], ...]:
    """`["a", "b"]` is one group of alternatives, `[["a"], ["b"]]` are two that must both be met."""
    groups = value if isinstance(value, list) and value and isinstance(value[0], list) else [value]
    for group in groups:
        if (
            not isinstance(group, list)
            or not group
            or not all(isinstance(word, str) and word.strip() for word in group)
        ):
            raise wrong(shown(group), "a list of words, or a list of such lists")
    return tuple(tuple(group) for group in groups)


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise wrong(f"{shown(value)} ({error})", "a regular expression") from None
    return value


Code = Annotated[
    str, Field(pattern="^[a-z][a-z0-9_]*$", description="small letters, digits and underscores, a letter first")
]
Words = Annotated[ListOf[Text], Field(min_length=1, description="a list of words")]
#: Classifiers; an empty text stands for a number without any.
Units = Annotated[
    ListOf[Annotated[str, Field(pattern=r"^$|\S")]], Field(min_length=1, description="a list of classifiers")
]
Groups = Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_groups)]
Pattern = Annotated[str, AfterValidator(_pattern)]
