"""Why a cell without a figure is blank, where the warehouse says nothing of the cell itself."""

from collections.abc import Iterable


def blank_of_year(statuses: Iterable[str]) -> str:
    """The status of a blank cell from those of the reports of its unit and year (`accepted`, `quarantined`)."""
    found = set(statuses)
    if "accepted" in found:
        return "silent"
    return "quarantined" if found else "no_report"
