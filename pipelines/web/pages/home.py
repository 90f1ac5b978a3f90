"""The home page: what the release holds, what changed since the last one, how much of each province is there."""

from pipelines.web.open_release import Row
from pipelines.web.page_view import Asked, Content

_LONGEST = 30  # lines of the last section of CHANGES.md


def view(asked: Asked) -> Content:
    """The release, its years, the last section of the notes on changes, and the provinces with their coverage."""
    return {
        "release": asked.row("release"),
        "years": next(iter(asked.kept_rows("years")), None),
        "provinces": [_with_coverage(province) for province in asked.kept_rows("provinces")],
        "headlines": asked.rows("headlines"),
        "changes": _changes(asked),
    }


def _with_coverage(province: Row) -> Row:
    share = province["n_reporting"] / province["n_units"] if province["n_units"] else None
    return {**province, "coverage": share, "shade": _shade(share)}


def _changes(asked: Asked) -> list[str]:
    """The lines that CHANGES.md has on the current release. None where nobody wrote them."""
    try:
        text = asked.settings.changes_path.read_text(encoding="utf-8")
    except OSError:
        return []
    section = text.partition(f"## {asked.release.release_id}\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.strip()][:_LONGEST]


def _shade(share: float | None) -> int:
    """0 for none, 1 to 5 for a fifth each: the class of a tile."""
    return 0 if not share else min(int(share * 5) + 1, 5)
