"""The generated tables of the docs: they follow what they describe."""

import re

from pipelines import settings
from pipelines.paths import PACKAGE_DIR
from pipelines.report.doc_blocks import format_table, markdown_rows, settings_table


def test_every_environment_variable_that_is_read_stands_in_the_table() -> None:
    text = (PACKAGE_DIR / "settings.py").read_text(encoding="utf-8").replace(settings.__doc__ or "", "")
    read = set(re.findall(r'"(FAZHI_[A-Z_]+|DAGSTER_HOME)"', text))
    assert len(read) > 10
    assert read == set(re.findall(r"^\| `(\w+)`", settings_table(), flags=re.MULTILINE))


def test_every_format_stands_in_the_table_and_no_helper() -> None:
    table = format_table()
    modules = set(re.findall(r"read/formats/(\w+)\.py", table))
    assert {"pdf", "docx", "html", "ofd", "spreadsheet"} <= modules and "page_lines" not in modules
    lines = table.splitlines()[2:]
    assert all("`broken`" in line or "`binary`" in line for line in lines)
    assert sum(" | - | " in line for line in lines) <= 2  # texts and Markdown are read as a whole


def test_a_bar_in_a_cell_is_escaped() -> None:
    assert markdown_rows(("a", "b"), [("1|2", None)]) == "| a | b |\n| --- | --- |\n| 1\\|2 | None |\n"
