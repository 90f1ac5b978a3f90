"""Whatever is read from the labelled texts is written down in tests/gold/as_read.tsv; a change of it is seen."""

import pytest

from benchmarks.as_read import FILE, SETS, lines

EXPECTED = FILE.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", SETS)
def test_what_is_read_is_what_is_written_down(name: str) -> None:
    expected = [line for line in EXPECTED if line.startswith(f"{name}/")]
    found = list(lines(name))
    gone, new = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
    assert found == expected, (
        f"{len(gone)} lines are gone and {len(new)} are new, such as {(gone or ['none'])[0]!r} and "
        f"{(new or ['none'])[0]!r}; write the file by `python -m benchmarks.as_read` and look at each line of its diff"
    )


def test_every_set_but_those_kept_apart_is_written_down() -> None:
    assert {line.partition("/")[0] for line in EXPECTED} == set(SETS)
    folders = {path.name for path in FILE.parent.iterdir() if path.is_dir()}
    assert folders == {*SETS, "apart", "openings_apart", "seeds"}
