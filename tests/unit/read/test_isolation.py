"""The helper process: it sees no secret, and nothing that it answers can run code here."""

import os
import pickle
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import document_fixtures as make
import pytest

from pipelines.read import isolation
from pipelines.read.document import Document, PageSpan, ReadError, ReadNumeral, ScansWantedError, Span
from pipelines.read.reader import read_bytes
from pipelines.reasons import ReasonCode

DOCUMENT = Document(
    "甲镇\n举办讲座3场。\n",
    "text/plain",
    None,
    (Span(0, 2, "metadata"),),
    (("标题", "甲镇"),),
    True,
    (PageSpan(0, 9, 1, True),),
    (ReadNumeral(7, 0.75),),
    2,
    "附件.docx",
)


class Touching:
    """Makes a file where it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return _touch, (self.path,)


def _touch(path: str) -> None:
    Path(path).touch()


def returning_an_object(path: str) -> object:
    return Touching(path)


def answering_by_itself(message: bytes) -> None:
    """Writes to the pipe as code would that has taken over the process."""
    Connection(int(sys.argv[1])).send_bytes(message)


def document() -> Document:
    return DOCUMENT


def of_several_kinds() -> list[tuple[str, bytes | None, dict[str, float]]]:
    return [("a", b"\x80\0", {"b": 1.5}), ("\u4e59", None, {})]


def wanting_scans() -> Document:
    raise ScansWantedError("found 2 scans", (1, 3))


def of_another_type() -> Document:
    return [1, 2]  # type: ignore[return-value]


def test_a_secret_of_the_environment_is_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("FAZHI_ALERT_WEBHOOK", "FAZHI_ALERT_SECRET", "AWS_SECRET_ACCESS_KEY", "MY_PATH_TOKEN", "PYTHONSTARTUP")
    for name in names:
        monkeypatch.setenv(name, "https://example.org/secret")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    process = isolation.HelperProcess(environment={"OMP_NUM_THREADS": "1"})
    try:
        seen: dict[str, str] = process.run(eval, "dict(__import__('os').environ)")
    finally:
        process.stop()
    assert not seen.keys() & set(names) and not any("secret" in value for value in seen.values())
    assert seen["PATH"] == os.environ["PATH"] and seen["LC_ALL"] == "C.UTF-8" and seen["OMP_NUM_THREADS"] == "1"


def test_answers_come_back_as_they_are() -> None:
    assert isolation.run(document) == DOCUMENT
    assert isolation.run(of_several_kinds) == of_several_kinds()
    with pytest.raises(ScansWantedError) as refusal:
        isolation.run(wanting_scans)
    assert refusal.value.pages == (1, 3) and refusal.value.message == "found 2 scans"
    assert read_bytes(make.docx(), "a.docx").text.startswith(make.TITLE)


def test_no_object_is_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "touched"
    with pytest.raises(ReadError) as refusal:
        isolation.run(returning_an_object, str(path))
    assert refusal.value.code is ReasonCode.BROKEN and not path.exists()


@pytest.mark.parametrize("kind", ["pickle", "no JSON", "nested", "another type", "no code", "a blob that is not there"])
def test_what_a_taken_over_process_says_runs_nothing(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "touched"
    none = (0).to_bytes(4, "big")
    message = {
        "pickle": pickle.dumps((True, Touching(str(path)))),
        "no JSON": none + b"\xff\xfe",
        "nested": none + b"[" * 100_000,
        "another type": none + b'[true, {"text": 1}]',
        "no code": none + b'[false, ["odd", "message", null]]',
        "a blob that is not there": none + b'[true, {"$bytes": 7}]',
    }[kind]
    process = isolation.HelperProcess()
    answering_by_itself.__annotations__["return"] = Document
    try:
        with pytest.raises(ReadError) as refusal:
            process.run(answering_by_itself, message)
        assert refusal.value.code is ReasonCode.CRASHED and not path.exists()
        assert process.run(len, "next") == 4
    finally:
        process.stop()


def test_an_answer_of_another_type_is_none() -> None:
    with pytest.raises(ReadError) as refusal:
        isolation.run(of_another_type)
    assert refusal.value.code is ReasonCode.CRASHED
