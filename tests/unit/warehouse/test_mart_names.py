"""A mart is two files under `sql/` and nothing in Python: no name of a mart stands in a `.py` file of the package.

The rule is strict for marts: code, comments, docstrings and messages all count. Tables of `sql/tables` may be named:
the way from a file to a fact is fixed, and release, diff and alerts count reports, facts and numbers.
"""

import re

from pipelines.paths import PROJECT_ROOT

MARTS = sorted(path.stem for path in (PROJECT_ROOT / "sql/marts").glob("*.sql"))


def test_no_name_of_a_mart_stands_in_the_package() -> None:
    assert len(MARTS) > 5
    name = re.compile(rf"\b({'|'.join(MARTS)})\b")
    files = list((PROJECT_ROOT / "pipelines").rglob("*.py"))
    assert len(files) > 100
    found = [
        f"{path.relative_to(PROJECT_ROOT)}:{number}: {match[0]}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for match in name.finditer(line)
    ]
    assert not found, "\n".join(found)
