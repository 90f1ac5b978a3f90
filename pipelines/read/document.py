"""What reading a file gives: a document, or a reason why there is none. Every format uses these types."""

from dataclasses import dataclass

from pipelines.errors import FazhiError
from pipelines.reasons import Reason, ReasonCode


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the stored text that is page furniture; `start` and `end` are character offsets, end exclusive."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class PageSpan:
    """A stretch of the stored text that stands on one page; pages count from 1, `end` is exclusive.

    `is_scanned` tells that its characters were read by character recognition (OCR).
    """

    start: int
    end: int
    page: int
    is_scanned: bool


@dataclass(frozen=True, slots=True)
class ReadNumeral:
    """A character of a number that was read by OCR: its offset in the stored text, and how sure it is, 0 to 1."""

    at: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Document:
    """A file as text.

    `text` is the stored text that all offsets refer to. `encoding` is None where the format has no charset of its own.
    `furniture` is sorted and does not overlap. `fields` are the (name, value) pairs of the page's metadata, under the
    names of `pipelines.read.page_fields`, in page order.
    `is_complete` is false where the text is known to be cut off. `pages` is sorted, and empty where a format has no
    pages; `numerals` are those of scanned pages, sorted. `pictures` counts the pictures that were seen and not read,
    and `points_to` names what the file shows instead of a text: both say why a document without a text has none.
    """

    text: str
    media_type: str
    encoding: str | None
    furniture: tuple[Span, ...]
    fields: tuple[tuple[str, str], ...]
    is_complete: bool
    pages: tuple[PageSpan, ...] = ()
    numerals: tuple[ReadNumeral, ...] = ()
    pictures: int = 0
    points_to: str | None = None

    @property
    def text_source(self) -> str:
        """Where the text comes from: `text`, `ocr`, or `mixed`."""
        scanned = sum(span.end - span.start for span in self.pages if span.is_scanned)
        if not scanned:
            return "text"
        return "ocr" if scanned >= len(self.text.replace("\n", "")) else "mixed"

    @property
    def content(self) -> str:
        """The text without its furniture."""
        kept, at = [], 0
        for span in self.furniture:
            kept.append(self.text[at : span.start])
            at = span.end
        return "".join([*kept, self.text[at:]])


class ReadError(FazhiError):
    """A file that cannot be read. `message` says what was found and what to do."""

    def __init__(self, code: ReasonCode, message: str) -> None:
        """Take a documented code only: ValueError for any other."""
        self.code = ReasonCode(code)
        self.message = message
        super().__init__(str(self.reason))

    @property
    def reason(self) -> Reason:
        """Code and message, as the tables hold them."""
        return Reason(self.code, self.message)

    def __reduce__(self) -> tuple[type["ReadError"], tuple[ReasonCode, str]]:
        """Keep both parts when a worker process hands the error back."""
        return type(self), (self.code, self.message)


class ScansWantedError(ReadError):
    """A file with scanned pages that are still to be read: `pages` are their numbers, from 1."""

    def __init__(self, message: str, pages: tuple[int, ...]) -> None:
        self.pages = pages
        super().__init__(ReasonCode.NEEDS_OCR, message)

    def __reduce__(self) -> tuple[type["ScansWantedError"], tuple[str, tuple[int, ...]]]:  # type: ignore[override]
        """Keep the pages when a worker process hands the error back."""
        return type(self), (self.message, self.pages)
