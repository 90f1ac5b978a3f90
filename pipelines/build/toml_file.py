"""TOML files that people write, held against a schema. A mistake is one line: file, entry, key, found, allowed.

A schema is a class for the whole file and one for each kind of table in it, all with the base `Entry`. Lists are
`ListOf[...]`, texts that must hold something are `Text`. The `description` of a field says what is allowed, where the
type alone does not. A rule that pydantic does not know is a validator that raises `wrong`.
"""

import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from pipelines.errors import FazhiError

Model = TypeVar("Model", bound=BaseModel)
Item = TypeVar("Item")

#: A list of the TOML. It becomes a tuple, as nothing changes a schema's content later.
ListOf = Annotated[tuple[Item, ...], Field(strict=False)]
_NOT_BLANK = r"\S"
#: A text that holds more than blanks.
Text = Annotated[str, StringConstraints(pattern=_NOT_BLANK)]

#: The keys by which an entry of a list is named in a message, the first that it has.
NAMES = ("code", "id", "name", "metric")
_LONGEST = 60  # characters of a wrong value that a message shows
_FEW = 40  # names that a message lists

# What is allowed where pydantic found a value of another type, by the type of its error.
_ALLOWED = {
    "string_type": "a text",
    "too_short": "a list that is not empty",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}
_BY_TYPE = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", tuple: "a list"}


class SchemaError(FazhiError):
    """A file that people write breaks its schema. The message is one line: file, entry, key, found, allowed."""


class Entry(BaseModel):
    """The base of every schema: an unknown key is an error, a text is never taken for a number, nothing changes later.

    A whole number may stand where a number is wanted; `true` may not.
    """

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        populate_by_name=True,
        allow_inf_nan=False,
        defer_build=True,  # a schema costs milliseconds, and most processes read few of the files
    )


def read_toml(path: Path, model: type[Model]) -> Model:
    """The file at `path` as a `model`. Raises SchemaError if it is missing, malformed or breaks the schema."""
    return check_table(path, parse_toml(path), model)


def parse_toml(path: Path, content: bytes | None = None) -> dict[str, Any]:
    """The tables of the file at `path`, or of its `content` where the caller has read it.

    Raises SchemaError for a file that is missing or no TOML.
    """
    try:
        return tomllib.loads((path.read_bytes() if content is None else content).decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise mistake(path, "", f"a file that cannot be read ({reason})", "TOML in UTF-8") from None


def check_table(path: Path, table: Mapping[str, Any], model: type[Model]) -> Model:
    """A parsed `table` of the file at `path` as a `model`. Raises SchemaError with the first mistake."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        # a list whose entries are wrong is also reported as too short; only the entries are what a person looks for
        inner = {one["loc"][:length] for one in errors for length in range(len(one["loc"]))}
        errors = [one for one in errors if one["loc"] not in inner]
        # and where a key is misspelt another is missing
        first = min(errors, key=lambda one: one["type"] != "extra_forbidden")
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise mistake(path, *_place_found_allowed(first, table, model), more) from None


def mistake(path: Path, place: str, found: str, allowed: str, more: str = "") -> SchemaError:
    """The error for one mistake. `place` names entry and key, or is empty where the whole file is meant."""
    where = f"{path}, {place}" if place else str(path)
    return SchemaError(" ".join(f"{where}: found {found}, allowed {allowed}{more}".split()))


def wrong(found: str, allowed: str, key: str = "") -> PydanticCustomError:
    """What a validator raises. `key` is the key that is meant, where the validator sees a whole entry."""
    return PydanticCustomError("wrong", "{found}, {allowed}", {"found": found, "allowed": allowed, "key": key})


def among(found: str, known: Collection[str], what: str) -> str:
    """What is allowed where one of the `known` names is: all of them where they are few, and the nearest to `found`."""
    near = get_close_matches(found, known, 1)
    allowed = ", ".join(known) if len(known) <= _FEW else f"a {what} that is there ({len(known)} are)"
    return (allowed or f"no {what}, as none is there") + (f"; did you mean {near[0]}?" if near else "")


def shown(value: Any) -> str:
    """A value as a message shows it: a text in quotes, the rest as TOML writes it, cut where it is long."""
    words = repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."


def _place_found_allowed(error: Mapping[str, Any], table: Any, model: type[BaseModel]) -> tuple[str, str, str]:
    """(`indicator petitions_received, kind`, `'flux'`, `'flow', 'stock' or 'rate'`) of one error of pydantic."""
    context, location, kind = error.get("ctx", {}), error["loc"], error["type"]
    place = _place((*location, context["key"]) if context.get("key") else location, table)
    if kind == "wrong":
        return place, context["found"], context["allowed"]
    fields = _fields(_model_at(model, location[:-1]))
    if kind == "extra_forbidden":
        keys = [str(key) for key in fields]
        return place, "an unknown key", among(str(location[-1]), keys, "key")
    field = fields.get(location[-1])
    described = field.description if field else None
    if field and kind == "missing":
        return place, "no such key", f"{described or _wanted(field.annotation)}; add the key"
    allowed = described or _ALLOWED.get(kind) or context.get("expected")
    if not allowed:
        message = error["msg"].removeprefix("Input should be ")
        allowed = f"a number {message}" if kind.startswith(("greater_than", "less_than")) else message
        if kind == "string_pattern_mismatch":
            pattern = context["pattern"]
            allowed = "a text that is not empty" if pattern == _NOT_BLANK else f"a text that matches {pattern}"
    return place, shown(error["input"]), allowed


def _place(location: Sequence[str | int], table: Any) -> str:
    """Entry and key of a mistake, from outside to inside; entries of lists by their names, else by their number."""
    words: list[str] = []
    value = table
    for step in location:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
        if isinstance(step, int):
            names = [value[key] for key in NAMES if isinstance(value.get(key), str)] if isinstance(value, dict) else []
            words[-1:] = [f"{words[-1] if words else 'entry'} {names[0] if names else step + 1}"]
        else:
            words.append(step)
    return ", ".join(words)


def _model_at(model: type[BaseModel], location: Sequence[str | int]) -> type[BaseModel]:
    """The schema of the table at a place of a file whose schema is `model`."""
    for step in ("root", *location):  # a schema that is one table of tables has only the field `root`
        field = _fields(model).get(step)
        annotations: list[Any] = [field.annotation] if field else []
        while annotations:
            annotation = annotations.pop()
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                model, annotations = annotation, []
            else:
                annotations.extend(get_args(annotation))
    return model


def _fields(model: type[BaseModel]) -> dict[str | int, FieldInfo]:
    """The keys that a table may have, with what is known of each."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _wanted(annotation: Any) -> str:
    """What a key must hold, in words."""
    if get_origin(annotation) is Literal:
        *others, last = (repr(value) for value in get_args(annotation))
        return f"{', '.join(others)} or {last}" if others else last
    return _BY_TYPE.get(get_origin(annotation) or annotation, "a table")
