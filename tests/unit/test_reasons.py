"""The reasons: each documented in both languages, none raised that is not, and the texts that readers know."""

import pickle
import re

import pytest

from pipelines.read.document import ReadError
from pipelines.reasons import REASON_COLUMNS, Reason, ReasonCode, internal_error, reason_columns, reason_in
from pipelines.report.reason_pages import reasons_table


@pytest.mark.parametrize("code", ReasonCode)
def test_each_code_is_documented_in_both_languages(code: ReasonCode) -> None:
    assert re.fullmatch("[a-z_]+", code) and re.search("[一-龥]", code.zh) and code.en.endswith(".")
    assert f"| `{code}` | {code.zh} | {code.en} |" in reasons_table().splitlines()


def test_a_code_that_nobody_documented_cannot_be_raised_or_read_back() -> None:
    with pytest.raises(ValueError, match="bad_luck"):
        ReadError("bad_luck", "found nothing")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="bad_luck"):
        reason_in({"reason_code": "bad_luck", "reason": "x"})


def test_code_and_sentence_stand_together_in_status_reason_unless_the_sentence_is_older() -> None:
    assert str(Reason(ReasonCode.EMPTY, "a.txt has no bytes")) == "empty: a.txt has no bytes"
    assert str(Reason(ReasonCode.NO_YEAR, "no report year: nothing names it")) == "no report year: nothing names it"
    assert str(internal_error(KeyError("x"))) == "internal error: KeyError: 'x'"


def test_the_columns_of_a_table_hold_a_reason_and_give_it_back() -> None:
    reason = Reason(ReasonCode.TOO_DEEP, "four deep")
    columns = reason_columns(reason)
    assert columns == {"reason_code": "too_deep", "reason": "four deep", "status_reason": "too_deep: four deep"}
    assert reason_in(columns) == reason
    assert reason_columns(None) == dict.fromkeys(REASON_COLUMNS)
    assert reason_in(reason_columns(None)) is None


def test_an_error_from_another_process_keeps_its_reason() -> None:
    error = pickle.loads(pickle.dumps(ReadError(ReasonCode.BROKEN, "cut off")))
    assert error.reason == Reason(ReasonCode.BROKEN, "cut off") and str(error) == "broken: cut off"
