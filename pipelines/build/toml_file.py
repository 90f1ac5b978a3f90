"""TOML files that people write, held against a schema. A mistake is one line: file, entry, key, found, allowed."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.errors import FazhiError

Model = TypeVar("Model", bound=BaseModel)

#: The keys by which an entry of a list is named in a message, the first that it has.
NAMES = ("code", "id", "name", "metric")
_LONGEST = 60  # characters of a wrong value that a message shows


class SchemaError(FazhiError):
    """A file that people write breaks its schema; the message is one line and says what to correct."""


class Entry(BaseModel):
    """The base of every schema: an unknown key is an error, a text is never a number, nothing changes later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


def read_toml(path: Path, model: type[Model]) -> Model:
    """The file at `path` as a `model`. Raises SchemaError if it is missing, malformed or breaks the schema."""
    return check_table(path, parse_toml(path), model)


def parse_toml(path: Path) -> dict[str, Any]:
    """The tables of the file at `path`. Raises SchemaError for a file that is missing or no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SchemaError(f"{path}: found a file that cannot be read ({reason}), expected TOML in UTF-8") from error


def check_table(path: Path, table: Mapping[str, Any], model: type[Model]) -> Model:
    """A parsed `table` of the file at `path` as a `model`. Raises SchemaError with the first mistake."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        first, *others = error.errors(include_url=False)
        more = f" (and {len(others)} more mistakes)" if others else ""
        raise SchemaError(f"{path}, {_one_line(first, table)}{more}") from error


def _one_line(mistake: Mapping[str, Any], table: Mapping[str, Any]) -> str:
    """`indicator petitions_received, kind: found 'flux', allowed 'flow', 'stock' or 'rate'`."""
    where, key = _place(mistake["loc"], table)
    context = mistake.get("ctx", {})
    kind = mistake["type"]
    if kind == "missing":
        found, allowed = "no such key", "a value; add it"
    elif kind == "extra_forbidden":
        found, allowed = "an unknown key", "only the keys of the schema; correct or remove it"
    else:
        found = repr(mistake["input"])
        found = found if len(found) <= _LONGEST else f"{found[:_LONGEST]}..."
        allowed = context.get("expected") or mistake["msg"].removeprefix("Value error, ").removeprefix(
            "Input should be "
        )
    return f"{', '.join(part for part in (where, key) if part)}: found {found}, allowed {allowed}"


def _place(location: Sequence[str | int], table: Any) -> tuple[str, str]:
    """The entry and the key of a mistake, entries of lists by their names."""
    words: list[str] = []
    value = table
    for step in location:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
        if isinstance(step, int):
            name = next((value[key] for key in NAMES if key in value), None) if isinstance(value, dict) else None
            words[-1:] = [f"{words[-1] if words else 'entry'} {step + 1 if name is None else name}"]
        else:
            words.append(step)
    is_entry = bool(location) and isinstance(location[-1], int)
    return (", ".join(words), "") if is_entry or len(words) < 2 else (", ".join(words[:-1]), words[-1])
