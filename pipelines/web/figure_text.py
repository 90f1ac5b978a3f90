"""How a figure is written for people: `≥ 4,200`, `约 30`, `0`, and what a period or a share looks like."""

SIGNS = {"at_least": "≥ ", "at_most": "≤ ", "approx": "约 "}


def number_text(value: float | None) -> str:
    """A number with commas and at most two decimals; empty for None."""
    if value is None:
        return ""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"


def figure_text(value: float | None, qualifier: str | None = None, unit: str | None = None) -> str:
    """A figure with its bound and, for rates, its per cent sign; empty for None."""
    if value is None:
        return ""
    return SIGNS.get(qualifier or "", "") + number_text(value) + ("%" if unit == "%" else "")


def share_text(share: float | None) -> str:
    """A share of 0 to 1 in per cent; empty for None. What is not all is never 100 %, and what is not none never 0 %."""
    if share is None:
        return ""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    rounded = min(round(share * 100, 1), 99.9) if share < 1 else round(share * 100, 1)
    return f"{rounded:g} %"


def cell_number(value: float) -> str:
    """A number as `raw/corrections.csv` takes it: digits and a point, never an exponent."""
    return f"{value:.10f}".rstrip("0").rstrip(".")
