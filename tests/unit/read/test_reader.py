"""Which format a file is of: how far its root is looked at, and pictures that their first bytes alone do not tell."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from word_xml_fixture import word_2003

from pipelines.read import isolation
from pipelines.read.document import ReadError, ScansWantedError
from pipelines.read.reader import read_bytes
from pipelines.read.signatures import WORD_2003


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(call: Callable[..., Any], *arguments: Any) -> Any:
        return call(*arguments)

    monkeypatch.setattr(isolation, "run", run)


@pytest.mark.parametrize(("end", "is_word"), [(16_384, True), (16_385, False)])
def test_the_namespace_of_a_root_is_looked_for_so_far(end: int, is_word: bool) -> None:
    """Blanks before the namespace of Word put its end at byte `end`."""
    data, name = word_2003(), WORD_2003.encode()
    at = data.index(b"xmlns:w=")
    blanks = b" " * (end - data.index(name) - len(name))
    data = data[:at] + blanks + data[at:]
    assert data.index(name) + len(name) == end
    if is_word:
        assert "法治政府建设" in read_bytes(data, "a.xml").text
        return
    with pytest.raises(ReadError, match="found an XML document") as refused:
        read_bytes(data, "a.xml")
    assert refused.value.code == "unsupported"


@pytest.mark.parametrize("kind", ["BMP", "WEBP"])
def test_a_picture_is_known_by_more_than_its_first_bytes(kind: str) -> None:
    stream = io.BytesIO()
    Image.new("L", (400, 300), 255).save(stream, kind)
    with pytest.raises(ScansWantedError, match=f"a {kind} picture of 1 page"):
        read_bytes(stream.getvalue(), "a")
    assert read_bytes("BMI指数超标的干部参加讲座3场。\n".encode(), "a").text == "BMI指数超标的干部参加讲座3场。\n"
    assert read_bytes("RIFF：讲座3场。\n".encode(), "a").text == "RIFF：讲座3场。\n"
