"""Each way for a file to be kept out, made here and read: its code, and what status_reason said before the codes.

All steps that lead to `dim_report` are run, and no others.
"""

import os

import dagster as dg
import document_fixtures as make
import duckdb
import pytest

from pipelines.assets.workspace import Workspace
from pipelines.definitions import defs
from pipelines.reasons import ReasonCode
from pipelines.settings import Settings
from pipelines.warehouse.table_parts import table_files

FIGURES = "全年开展普法宣传活动9场次,接待信访群众12人次。\n"
PLACED = (
    "象山县石浦镇人民政府关于2023年度法治政府建设情况的报告\n\n2023年,石浦镇认真履行法治建设职责,现将情况报告如下:\n"
)
INNER = make.packed({"d.txt": FIGURES.encode()})
FILES = {
    "accepted.txt": PLACED + FIGURES,
    "empty.txt": "",
    "needs_ocr.pdf": make.pdf([[]], numbers=False, picture=True),
    "attachment.pdf": make.portfolio({"报告.docx": b"x"}),
    "shell.html": "<html><body><h1>石浦镇2023年法治政府建设工作报告</h1><iframe src=/a.html></iframe></body></html>",
    "encrypted.rar": make.packed_rar({"a.txt": b"a"}, password="x"),
    "broken.zip": INNER[:60],
    "binary.txt": bytes(range(256)) * 8,
    "undecodable.txt": "法治政府".encode("gb18030") + b"\xff\xff\x80" * 40,
    "garbled.txt": ("法治政府建设工作报告如下。\n" * 9).encode().decode("gb18030", "replace").encode(),
    "unsupported.pdf": make.packed({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p:presentation/>"}),
    "too_large.txt": b"1" * 60_000,
    "too_deep.zip": make.packed({"c.zip": make.packed({"b.zip": make.packed({"a.zip": INNER})})}),
    "bomb.zip": make.packed({"a.txt": b"\0" * 5_000_000}),
    "template.txt": "XX镇2023年法治政府建设工作报告\n" + FIGURES,
    "news.txt": "石浦镇召开法治政府建设推进会\n近日,石浦镇召开会议。本报讯 记者\n" + FIGURES,
    "disclosure_report.txt": "石浦镇2023年政府信息公开工作年度报告\n" + FIGURES,
    "speech.txt": "在石浦镇法治政府建设工作会议上的讲话\n" + FIGURES,
    "not_a_report.txt": "石浦镇2023年法治政府建设工作方案\n" + FIGURES,
    "county_report.txt": "象山县2023年法治政府建设年度报告\n全县依法行政。\n" + FIGURES,
    "city_report.txt": "宁波市2023年法治政府建设年度报告\n全市依法行政。\n" + FIGURES,
    "department_report.txt": "象山县农业农村局2023年法治政府建设年度报告\n我局依法行政。\n" + FIGURES,
    "no_place.txt": "2023年法治政府建设工作报告\n现将有关情况报告如下。\n" + FIGURES,
    "unresolved_unit.txt": "城关镇2023年法治政府建设工作报告\n现将有关情况报告如下。\n" + FIGURES,
    "no_year.txt": "象山县石浦镇法治政府建设工作报告\n现将有关情况报告如下。\n" + FIGURES,
    "duplicate.txt": PLACED + FIGURES,
    "sidecar_alone.meta.json": "{}",
}
# Codes that no file in a folder leads to: they have their tests where they arise.
ELSEWHERE = {"changed", "archive", "several", "too_slow", "crashed", "unread", "unidentified", "internal_error"}
# What readers of status_reason found there before there were codes, word for word.
BEFORE = {
    "empty.txt": "empty: empty.txt has no bytes",
    "too_large.txt": "too_large: 60000 bytes, the limit is 50000",
    "missing.txt": "missing: the link leads nowhere",
    "unreadable.txt": "unreadable: not a regular file",
    "sidecar_alone.meta.json": "missing: a sidecar without a report beside it",
    "broken.zip": "broken: found a damaged zip archive, expected a whole one; fetch it again",
    "too_deep.zip": "too_deep: found archives within archives, 3 at most are read; unpack it first",
    "template.txt": "template: the place is masked (XX镇)",
    "news.txt": "not a rule-of-law report: news_brief",
    "disclosure_report.txt": "not a rule-of-law report: info_disclosure_report",
    "speech.txt": "not a rule-of-law report: speech",
    "not_a_report.txt": "not a rule-of-law report: other",
    "county_report.txt": "not a township's report: county",
    "city_report.txt": "not a township's report: city",
    "department_report.txt": "not a township's report: department",
    "no_place.txt": "no place name: neither title, opening nor signature names a township-level unit",
    "unresolved_unit.txt": "unit not resolved: 88 candidates for 城关镇",
    "no_year.txt": "no report year: neither title, opening nor dates name it",
}
Row = tuple[str | None, str | None, str | None]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """(reason_code, reason_text, status_reason) of each file, by the name of the file on disk."""
    folder = tmp_path_factory.mktemp("reasons")
    raw = folder / "raw"
    raw.mkdir()
    for name, content in FILES.items():
        (raw / name).write_bytes(content.encode() if isinstance(content, str) else content)
    (raw / "missing.txt").symlink_to(raw / "nothing")
    os.mkfifo(raw / "unreadable.txt")
    workspace = Workspace(raw_dir=str(raw), warehouse_dir=str(folder / "wh"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAZHI_MAX_BYTES", "50000")
        wanted = dg.AssetSelection.assets("dim_report").upstream()
        made = dg.materialize(list(defs.assets or ()), selection=wanted, resources={"workspace": workspace})
    assert made.success
    files = [str(path) for path in table_files(Settings.load(str(raw), str(folder / "wh")).tables_dir, "dim_report")]
    rows = duckdb.read_parquet(files).project("raw_path, reason_code, reason_text, status_reason").fetchall()
    return {path.partition("!/")[0]: (code, text, both) for path, code, text, both in rows}


def test_every_code_has_a_file_that_gets_it(found: dict[str, Row]) -> None:
    accepted, codes = found["accepted.txt"], {name.partition(".")[0]: row[0] for name, row in found.items()}
    assert accepted == (None, None, None)
    assert codes == {"accepted": None, **{code: code for code in codes if code != "accepted"}}
    assert codes.keys() - {"accepted"} == {code.value for code in ReasonCode} - ELSEWHERE


def test_status_reason_says_what_it_said_before(found: dict[str, Row]) -> None:
    assert {name: found[name][2] for name in BEFORE} == BEFORE
    for name, (code, text, both) in found.items():
        assert both in (None, text, f"{code}: {text}"), name
