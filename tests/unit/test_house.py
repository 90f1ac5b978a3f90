"""The layout of the package keeps its rules, so that a reader can guess where a thing is."""

import ast
from collections import defaultdict
from pathlib import Path

from pipelines.paths import PROJECT_ROOT

PACKAGE = PROJECT_ROOT / "pipelines"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name not in ("__init__.py", "__main__.py"))
LONGEST = 400  # lines


def test_no_module_name_stands_twice() -> None:
    """Only a module of assets/ may have the name of the library module that it wraps."""
    by_stem: dict[str, list[Path]] = defaultdict(list)
    for path in MODULES:
        by_stem[path.stem].append(path.relative_to(PACKAGE))
    shared = {stem: paths for stem, paths in by_stem.items() if len(paths) > 1}
    wrong = {stem: paths for stem, paths in shared.items() if len([p for p in paths if p.parts[0] != "assets"]) > 1}
    assert len(MODULES) > 100
    assert not wrong


def test_no_public_class_name_stands_twice() -> None:
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                by_name[node.name].append(str(path.relative_to(PACKAGE)))
    assert len(by_name) > 80
    assert {name: paths for name, paths in by_name.items() if len(paths) > 1} == {}


def test_no_name_of_a_test_file_stands_twice() -> None:
    """Pytest imports test files by their name alone."""
    by_name: dict[str, list[Path]] = defaultdict(list)
    for path in (PROJECT_ROOT / "tests").rglob("test_*.py"):
        by_name[path.name].append(path)
    assert len(by_name) > 200
    assert {name: paths for name, paths in by_name.items() if len(paths) > 1} == {}


def test_no_module_is_too_long() -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_each_room_says_in_two_sentences_what_belongs_there() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        if path.parent != PACKAGE:
            docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            text = " ".join(docstring.partition("The words of this package:")[0].split())
            assert 2 <= text.count(". ") + text.endswith(".") <= 3, f"{path}: {text}"


def test_no_docstring_speaks_in_the_old_formula() -> None:
    formulas = ("Here belong", "belongs here", "belong here", "Not here:")
    found = [
        f"{path.relative_to(PACKAGE)}: {formula}"
        for path in PACKAGE.rglob("*.py")
        for formula in formulas
        if formula in path.read_text(encoding="utf-8")
    ]
    assert found == []
