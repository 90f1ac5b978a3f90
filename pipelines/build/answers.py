"""All that the ledger can hold: each kind of answer with its type, on one page.

An answer is kept under a topic and a name, together with the key of what it was computed from. A new kind is one more
type and one more `Topic` here. A type that changes gets a new topic name: the ledger ignores topics that it does not
know, and sets the whole file aside where an entry has not the type of its topic.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

from pydantic import ConfigDict, Field, NonNegativeInt, StringConstraints, TypeAdapter

T = TypeVar("T")
Cell = bool | int | float | str | None

Hexadecimal = Annotated[str, StringConstraints(pattern=r"^-?[0-9a-f]+$")]

TOPICS: dict[str, "Topic[Any]"] = {}  # by name


class Topic(Generic[T]):
    """One kind of answer: the name under which it is stored, and the type that it has in Python."""

    def __init__(self, name: str, kind: type[T]) -> None:
        self.name = name
        self._kind = kind
        TOPICS[name] = self

    def to_json(self, value: T) -> str:
        """`value` as it is stored."""
        return self._adapter.dump_json(value, warnings="error").decode()

    def from_json(self, text: str) -> T:
        """What was stored; raises pydantic's ValidationError where it has not the type of this topic."""
        return self._adapter.validate_json(text, strict=True)

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        return TypeAdapter(self._kind, config=ConfigDict(ser_json_inf_nan="constants"))


class FileBytes(NamedTuple):
    """The bytes of a file as they were written: the stamp that the file carries, and their SHA-256."""

    stamp: str
    sha256: str


class FileContents(NamedTuple):
    """What a Parquet file holds: its rows, its columns as (name, DuckDB type), and the hash of all values.

    `parts` has for each layout that the columns allow the hash of the rows of each part: {layout: {part: hash}}.
    """

    rows: NonNegativeInt
    columns: Annotated[tuple[tuple[str, str], ...], Field(min_length=1)]
    sha: Hexadecimal
    parts: Mapping[str, Mapping[str, Hexadecimal]]


class StepState(NamedTuple):
    """A staged step that is up to date, and how many reports it holds."""

    reports: NonNegativeInt


class DocumentCounts(NamedTuple):
    """Documents in the stage, files that none of them is made from, and documents that could not be read."""

    rows: NonNegativeInt
    lost: NonNegativeInt
    failed: NonNegativeInt


class CheckAnswer(NamedTuple):
    """What a check measured as (scope, value, whole), and the first rows that are worth a look."""

    measures: tuple[tuple[str, float, float | None], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class ReleaseContents(NamedTuple):
    """What a release file holds as (table, part, hash), and its bytes when it was last written anew."""

    parts: tuple[tuple[str, str, str], ...]
    bytes_anew: NonNegativeInt


WRITTEN = Topic("written", bool)  # each staged file that was written here, by its path; the key is its stamp
BYTES = Topic("bytes", FileBytes)  # of the same files and those of tables; the key is size and times as last seen
CONTENTS = Topic("contents", FileContents)
STEPS = Topic("steps", StepState)
IN_HAND = Topic("in hand", bool)  # of each step: whether it works on documents, or died at it
CHECKS = Topic("checks", tuple[CheckAnswer, ...])  # of the checks that are run together on the same rows
RELEASE = Topic("release", ReleaseContents)
COUNTS = Topic("counts", dict[str, int])
DOCUMENT_COUNTS = Topic("document counts", DocumentCounts)
ACCEPTED = Topic("accepted", int)  # documents that were identified and may count
HASHES = Topic("hashes", str)
