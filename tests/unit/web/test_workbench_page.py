"""docs/workbench.md names every page with its address, shows pictures that are there, and every variable."""

import re
from pathlib import Path

from pipelines import settings
from pipelines.paths import PROJECT_ROOT
from pipelines.web import guard
from pipelines.web.page_list import PAGES

PAGE = PROJECT_ROOT / "docs" / "workbench.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_page_is_named_with_its_address() -> None:
    named = re.findall(r"^\*\*[A-Z][a-z]+\*\* \(`([^?`]+)", TEXT, flags=re.MULTILINE)
    shapes = {re.sub(r"\{\w+\}", "*", page.path) for page in PAGES if page.is_document}
    assert shapes == {re.sub(r"[A-Z]{2,}", "*", path) for path in named}


def test_its_pictures_are_small_and_there() -> None:
    pictures = [PAGE.parent / path for path in re.findall(r"\]\((images/[^)]+)\)", TEXT)]
    assert len(pictures) >= 6
    assert [path.name for path in pictures if not _is_small_png(path)] == []


def test_its_variables_stand_in_the_list_of_settings_too() -> None:
    for name in (guard.PASSWORD, guard.HOSTS):
        assert f"`{name}`" in TEXT
        assert f"`{name}`" in (settings.__doc__ or "")


def _is_small_png(path: Path) -> bool:
    data = path.read_bytes() if path.is_file() else b""
    return data.startswith(b"\x89PNG") and len(data) < 200_000
