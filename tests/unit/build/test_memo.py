"""Answers that are kept from run to run."""

from pathlib import Path

import pytest

from pipelines.build.memo import Memo


def test_an_answer_is_asked_for_again_only_when_its_key_changes(tmp_path: Path) -> None:
    asked = []

    def ask(value: int) -> dict[str, int]:
        asked.append(value)
        return {"value": value}

    memo = Memo(tmp_path / "memo" / "answers.json")
    assert memo.answer("rows", "a", lambda: ask(1)) == {"value": 1}
    assert Memo(tmp_path / "memo" / "answers.json").answer("rows", "a", lambda: ask(2)) == {"value": 1}
    assert memo.answer("other", "a", lambda: ask(3)) == {"value": 3}
    assert memo.answer("rows", "b", lambda: ask(4)) == {"value": 4}
    assert asked == [1, 3, 4]


def test_a_damaged_memory_and_a_failed_question_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_text("{cut", encoding="utf-8")
    memo = Memo(path)

    def fail() -> None:
        raise ValueError("cannot say")

    with pytest.raises(ValueError, match="cannot say"):
        memo.answer("rows", "a", fail)
    assert memo.answer("rows", "a", lambda: [1]) == [1]
    assert [file.name for file in tmp_path.iterdir()] == ["answers.json"]
