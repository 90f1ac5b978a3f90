"""Lines are added to and taken from `corrections.csv` exactly: nothing else changes, and two writers lose nothing."""

import csv
import io
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.stage.corrections import COLUMNS, REQUIRED, read_corrections
from pipelines.web.corrections_file import CorrectionRefused, append_lines, file_lines, take_back
from pipelines.web.figure_text import cell_number

MARK = b"\xef\xbb\xbf"
ROW = {
    "report": "a.txt",
    "action": "value",
    "metric_code": "trainings_held",
    "evidence": "举办培训42场",
    "machine_value": "42",
    "value": "≥4200",
    "reason": "the report says so",
    "who": "李华",
    "on": "2025-03-01",
}


def row(**cells: str) -> dict[str, str]:
    return {**ROW, **cells}


def test_a_file_that_is_not_there_is_made_with_a_mark_and_all_columns(tmp_path: Path) -> None:
    path = tmp_path / "raw" / "corrections.csv"
    append_lines(path, [row()])
    assert path.read_bytes().startswith(MARK + ",".join(COLUMNS).encode() + b"\n")
    staged = read_corrections(path).row(0, named=True)
    assert (staged["problem"], staged["number_right"], staged["qualifier"]) == (None, 4200, "at_least")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", MARK])
@pytest.mark.parametrize("ends_whole", [True, False])
def test_order_mark_line_ends_and_old_lines_stay(tmp_path: Path, end: str, mark: bytes, ends_whole: bool) -> None:
    path = tmp_path / "corrections.csv"
    columns = [*reversed(REQUIRED), "scope"]
    cells = row(evidence='"又说宣讲, 8场"', reason='他说"对"', scope="在东村")
    old = (
        ",".join(columns) + end + ",".join(f'"{cells.get(name, "").replace(chr(34), chr(34) * 2)}"' for name in columns)
    )
    path.write_bytes(mark + (old + end * ends_whole).encode())
    before = read_corrections(path)
    append_lines(path, [row(evidence="一句\n两行,有逗号")])
    after = path.read_bytes()
    assert after.startswith(mark + (old + end).encode())
    assert after.endswith(end.encode())
    assert read_corrections(path).head(1).equals(before)
    assert read_corrections(path)["evidence"][1] == "一句\n两行,有逗号"


def test_a_column_that_is_needed_is_added_and_one_that_is_not_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    path.write_text(",".join(REQUIRED) + "\n" + 'a.txt,reject,m,"两\n行",,,8,,r,w,2025-03-01\n\n', encoding="utf-8")
    before = read_corrections(path)
    append_lines(path, [row()])
    assert path.read_text(encoding="utf-8").splitlines()[0] == ",".join(REQUIRED)
    append_lines(path, [row(period="first_half")])
    assert path.read_text(encoding="utf-8").splitlines()[0] == ",".join([*REQUIRED, "period"])
    staged = read_corrections(path)
    assert staged.head(1).equals(before)
    assert staged["problem"].to_list() == [None, None, None]
    assert staged["period"].to_list() == [None, None, "first_half"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"value": "7.1e+06"}, "expected a number such as 4200"),
        ({"who": ""}, "who is empty"),
        ({"reason": "  "}, "reason is empty"),
        ({"value": "99999999999999"}, "which no township counts"),
        ({"period": "sometimes"}, "period is 'sometimes'"),
        ({"role": "subset of"}, "role is"),
        ({"reason": "=HYPERLINK(1)"}, "formula"),
        ({"who": "@sum"}, "formula"),
        ({"evidence": "\0"}, "NUL"),
        ({"colour": "red"}, "no column"),
    ],
)
def test_a_line_with_a_problem_is_refused_in_the_parsers_words_and_nothing_is_written(
    tmp_path: Path, cells: dict[str, str], said: str
) -> None:
    path = tmp_path / "corrections.csv"
    append_lines(path, [row()])
    before = path.read_bytes()
    with pytest.raises(CorrectionRefused, match=said):
        append_lines(path, [row(on="2025-03-02"), row(**cells)])
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".corrections.csv")] == []


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a,b\n1,2\n", b'report,action\n"open'])
def test_a_file_that_is_no_such_table_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "corrections.csv"
    path.write_bytes(content)
    with pytest.raises(CorrectionRefused, match=r"corrections\.csv"):
        append_lines(path, [row()])
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CorrectionRefused, match="cannot be written"):
        append_lines(tmp_path / "file" / "corrections.csv", [row()])


def test_undo_takes_exactly_its_line_wherever_it_stands_now(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    append_lines(path, [row(reason="first")])
    before = path.read_bytes()
    (key,) = append_lines(path, [row(reason="second, with a comma")])
    append_lines(path, [row(reason="third", period="m03")])
    assert take_back(path, [key]) == 1
    assert read_corrections(path)["reason"].to_list() == ["first", "third"]
    with pytest.raises(CorrectionRefused, match="does not stand"):
        take_back(path, [key])
    take_back(path, [file_lines(path)[-1].key])
    assert path.read_bytes() == before


def test_undo_refuses_a_line_that_somebody_changed(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    (key,) = append_lines(path, [row()])
    path.write_bytes(path.read_bytes().replace(b"4200", b"4300"))
    before = path.read_bytes()
    with pytest.raises(CorrectionRefused, match="does not stand"):
        take_back(path, [key])
    assert path.read_bytes() == before


def test_of_two_lines_undo_takes_both_or_none(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    keys = append_lines(path, [row(action="reject", value=""), row(action="add", machine_value="")])
    with pytest.raises(CorrectionRefused):
        take_back(path, [keys[0], "0" * 32])
    assert len(file_lines(path)) == 2
    take_back(path, keys)
    assert file_lines(path) == []


def test_a_link_stays_a_link_and_rights_stay(tmp_path: Path) -> None:
    real = tmp_path / "real.csv"
    append_lines(real, [row()])
    real.chmod(0o640)
    link = tmp_path / "raw" / "corrections.csv"
    link.parent.mkdir()
    link.symlink_to(real)
    append_lines(link, [row(on="2025-03-02")])
    assert link.is_symlink()
    assert (real.stat().st_mode & 0o777, len(file_lines(real))) == (0o640, 2)


WRITE = (
    "import json, sys; from pathlib import Path; from pipelines.web.corrections_file import append_lines\n"
    "row = json.loads(sys.argv[2])\n"
    "for number in range(6): append_lines(Path(sys.argv[1]), [{**row, 'reason': f'line {number}'}])"
)


def write(path: Path, name: str) -> None:
    for number in range(6):
        append_lines(path, [row(who=name, reason=f"line {number}")])


def test_another_process_and_several_threads_lose_no_line(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    process = subprocess.Popen([sys.executable, "-c", WRITE, str(path), json.dumps(row(who="process"))])
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda name: write(path, name), [f"thread {n}" for n in range(3)]))
    assert process.wait(60) == 0
    staged = read_corrections(path)
    assert staged["problem"].null_count() == staged.height == 24
    for who, lines in staged.group_by("corrected_by", maintain_order=True):
        assert lines["reason"].to_list() == [f"line {number}" for number in range(6)], who


def test_a_program_that_changes_the_file_meanwhile_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "corrections.csv"
    append_lines(path, [row()])

    def meanwhile(_: object) -> None:
        path.write_bytes(path.read_bytes() + b"b.txt,reject,m,w,,,8,,r,w,2025-03-01,,,\n")

    with pytest.raises(CorrectionRefused, match=r"would not read back"):
        append_lines(path, [row(on="2025-03-02")], meanwhile)
    assert "b.txt" in path.read_text(encoding="utf-8")


@given(st.floats(min_value=0, max_value=1e13, allow_nan=False).map(lambda value: round(value, 6)))
def test_a_number_is_written_as_the_parser_reads_it(value: float) -> None:
    cell = cell_number(value)
    assert "e" not in cell
    text = io.StringIO()
    csv.writer(text).writerow([cell])
    assert abs(float(text.getvalue()) - value) <= 1e-9 * max(value, 1)
