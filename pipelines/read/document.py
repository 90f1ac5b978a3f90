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
class Document:
    """A file as text.

    `text` is the stored text that all offsets refer to. `encoding` is None where the format has no charset of its own.
    `furniture` is sorted and does not overlap. `fields` are the (name, value) pairs of the page's metadata, under the
    names of `pipelines.read.page_fields`, in page order.
    `is_complete` is false where the text is known to be cut off.
    """

    text: str
    media_type: str
    encoding: str | None
    furniture: tuple[Span, ...]
    fields: tuple[tuple[str, str], ...]
    is_complete: bool


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
