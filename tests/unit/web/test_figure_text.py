"""How figures are written for people, and for the file of corrections."""

import pytest

from pipelines.stage.corrections import _number
from pipelines.web.figure_text import cell_number, figure_text, share_text


@pytest.mark.parametrize(
    ("value", "qualifier", "unit", "text"),
    [
        (4200, "at_least", "件", "≥ 4,200"),
        (30, "approx", "人", "约 30"),
        (0, "exact", "件", "0"),
        (98.5, "exact", "%", "98.5%"),
        (100.0, "at_most", "%", "≤ 100%"),
        (1234567.891, None, "元", "1,234,567.89"),
        (None, "exact", "件", ""),
    ],
)
def test_figures(value: float | None, qualifier: str | None, unit: str, text: str) -> None:
    assert figure_text(value, qualifier, unit) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(1, "100 %"), (0.9999, "99.9 %"), (0, "0 %"), (0.00003, "< 0.1 %"), (0.125, "12.5 %"), (None, "")],
)
def test_shares(share: float | None, text: str) -> None:
    assert share_text(share) == text


@pytest.mark.parametrize("value", [0, 42, 4200.0, 7.1e6, 7.1e12, 98.25, 0.1, 1234567890123.0])
def test_numbers_for_the_file_are_read_back_as_they_are(value: float) -> None:
    assert "e" not in cell_number(value)
    assert _number(cell_number(value)) == ("exact", value)
