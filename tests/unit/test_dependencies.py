"""`docs/dependencies.md` has a row for each dependency that runs, and for nothing else."""

import re
import tomllib

from pipelines.paths import PROJECT_ROOT

PAGE = (PROJECT_ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
NOT_RUN = {"browser", "dev", "test"}  # extras that no run of the pipeline needs


def declared() -> list[str]:
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [names for extra, names in project["optional-dependencies"].items() if extra not in NOT_RUN]
    return [re.split(r"[^\w.-]", name)[0] for names in (project["dependencies"], *extras) for name in names]


def rows() -> list[list[str]]:
    table = PAGE.partition("\n## ")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if "| `" in line[:3]]


def test_each_dependency_has_a_row_and_each_row_is_a_dependency() -> None:
    named = [row[0].strip("`") for row in rows()]
    assert sorted(named) == sorted(declared()) and len(named) > 30


def test_each_row_says_what_for_since_when_by_whom_and_what_else() -> None:
    for row in rows():
        assert len(row) == 5 and all(row), row
        assert re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", row[2]), row


def test_the_page_can_be_found() -> None:
    assert "(docs/dependencies.md)" in (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
