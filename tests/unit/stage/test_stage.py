"""The steps of the stage: what is computed again, and that no document ends a run."""

from pathlib import Path

import polars as pl
import pytest

from pipelines.build.buckets import scan
from pipelines.build.refresh import Counts
from pipelines.extract.report.batch import extract_frame
from pipelines.extract.report.engine import Extractor
from pipelines.ingest.inventory import inventory
from pipelines.read.scans.scanned_page import Scans
from pipelines.settings import Settings
from pipelines.stage import documents, facts
from pipelines.stage.documents import DOCUMENTS, refresh_documents
from pipelines.stage.one_file import examine
from pipelines.versions import READER_VERSION
from pipelines.warehouse.from_raw import build_from_raw


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "raw").mkdir()
    return Settings.load(tmp_path / "raw", tmp_path / "warehouse", {"FAZHI_MAX_BYTES": "1000", "FAZHI_PROCESSES": "1"})


def read(settings: Settings) -> tuple[Counts, dict[str, dict]]:
    counts = refresh_documents(inventory(settings.raw_dir)[0], settings)
    return counts, {row["raw_path"]: row for row in scan(settings.stage_dir, DOCUMENTS).collect().to_dicts()}


def test_every_file_becomes_a_document_or_says_why_not(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    raw = settings.raw_dir
    (raw / "good.txt").write_text("某镇2023年度法治政府建设情况报告\n全年开展培训3次。", encoding="utf-8")
    (raw / "empty.txt").touch()
    (raw / "binary.txt").write_bytes(bytes(range(256)) * 3)
    (raw / "large.txt").write_bytes(b"1" * 1001)
    (raw / "nowhere.txt").symlink_to(raw / "nothing")
    caplog.set_level("DEBUG", logger="pipelines.stage.documents")
    counts, found = read(settings)
    assert "empty.txt is not read: empty: empty.txt has no bytes" in caplog.messages
    assert counts == Counts(5, 0, 0)
    assert {name: row["read_status"] for name, row in found.items()} == {
        name: "ok" if name == "good.txt" else "failed" for name in found
    }
    reasons = {name: row["reason_code"] for name, row in found.items() if row["reason_code"]}
    assert reasons["empty.txt"] == "empty"
    assert reasons["large.txt"] == "too_large"
    assert reasons["nowhere.txt"] == "missing"
    assert found["large.txt"]["status_reason"] == "too_large: 1001 bytes, the limit is 1000"
    assert set(reasons) == {"empty.txt", "binary.txt", "large.txt", "nowhere.txt"}
    assert read(settings)[0] == Counts(0, 5, 0)


def test_a_document_that_raises_is_a_failed_row_with_its_traceback(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(data: bytes, name: str, scans: Scans) -> documents.Document:
        raise KeyError("unforeseen")

    monkeypatch.setattr(documents, "read_bytes", explode)
    (settings.raw_dir / "a.txt").write_text("正文", encoding="utf-8")
    counts, found = read(settings)
    assert found["a.txt"]["status_reason"] == "internal error: KeyError: 'unforeseen'"
    assert found["a.txt"]["reason_code"] == "internal_error"
    assert "Traceback" in counts.errors[0]


def test_a_file_that_changes_under_the_reader_is_not_stored_under_its_old_hash(settings: Settings) -> None:
    path = settings.raw_dir / "a.txt"
    path.write_text("旧", encoding="utf-8")
    files = inventory(settings.raw_dir)[0]
    path.write_text("新", encoding="utf-8")
    refresh_documents(files, settings)
    row = scan(settings.stage_dir, DOCUMENTS).collect().to_dicts()[0]
    assert row["reason_code"] == "changed" and row["text"] == ""


def test_a_new_reader_reads_everything_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings.raw_dir / "a.txt").write_text("正文", encoding="utf-8")
    read(settings)
    monkeypatch.setattr(documents, "READER_VERSION", READER_VERSION + "+")
    assert read(settings)[0] == Counts(1, 0, 0)


def batch_of(*texts: str) -> pl.DataFrame:
    """A batch of documents as the step of the facts takes it."""
    nothing = [None] * len(texts)
    months = dict.fromkeys(("edition_start", "edition_end"), pl.Series(nothing, dtype=pl.Int32))
    return pl.DataFrame(
        {
            "report_id": [f"0{at:x}" for at in range(10, 10 + len(texts))],
            "input_key": ["1"] * len(texts),
            "text": list(texts),
            "furniture": pl.Series(
                [[] for _ in texts],
                dtype=pl.List(pl.Struct({"start": pl.Int64, "end": pl.Int64, "kind": pl.String})),
            ),
            "report_year": pl.Series([2023] * len(texts), dtype=pl.Int32),
            **months,
        }
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("全年开展普法宣传活动9场次。" + "甲" * 299_980, None),
        ("全年开展普法宣传活动9场次。" + "甲" * 300_000, "too_large"),
        ("9场，" * 4_990, None),
        ("9场，" * 5_001, "too_large"),
        ("九场，" * 5_001, "too_large"),
        ("一一二二千万，" * 30_000, None),  # numerals that count nothing
        ("", None),
    ],
    ids=["long", "too long", "many numbers", "too many", "too many in Chinese", "words", "empty"],
)
def test_a_text_beyond_any_report_is_set_aside_and_its_neighbour_is_read(text: str, code: str | None) -> None:
    outcome = facts.extract_batch(batch_of(text, "全年开展普法宣传活动8场次。"))
    readings = outcome.frames["readings"].select("report_id", "reason_code", "reason").rows()
    assert [row[1] for row in readings] == [code, None]
    assert code is None or readings[0][2].startswith("found a text of ")
    assert 8.0 in outcome.frames["facts"]["value"] and outcome.errors == []
    assert ("0a" in set(outcome.frames["numbers"]["report_id"])) == (code is None and "9" in text)


@pytest.mark.parametrize("column", ["evidence", "text"])
def test_what_does_not_stand_at_its_offsets_is_no_fact(column: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = extract_frame

    def moved(frame: pl.DataFrame, extractor: Extractor) -> tuple[pl.DataFrame, pl.DataFrame]:
        found = whole(frame, extractor)
        wrong = pl.col("report_id") == "0a"
        return tuple(  # type: ignore[return-value]
            one.with_columns(char_start=pl.col("char_start") + wrong.cast(pl.Int64)) if column in one.columns else one
            for one in found
        )

    monkeypatch.setattr("pipelines.extract.report.batch.extract_frame", moved)
    outcome = facts.extract_batch(batch_of("全年开展普法宣传活动9场次。", "全年开展普法宣传活动8场次。"))
    assert outcome.frames["readings"]["reason_code"].to_list() == ["internal_error", None]
    assert set(outcome.frames["facts"]["report_id"]) == {"0b"}
    assert len(outcome.errors) == 1 and "does not stand at" in outcome.errors[0]


def test_a_document_that_cannot_be_extracted_does_not_take_its_batch_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = extract_frame

    def explode(frame: pl.DataFrame, extractor: Extractor) -> tuple[pl.DataFrame, pl.DataFrame]:
        if "毒" in "".join(frame["text"]):
            raise ZeroDivisionError("unforeseen")
        return whole(frame, extractor)

    monkeypatch.setattr("pipelines.extract.report.batch.extract_frame", explode)
    outcome = facts.extract_batch(batch_of("有毒。", "全年开展普法宣传活动9场次。"))
    assert outcome.frames["readings"].select("reason_code", "status_reason").rows() == [
        ("internal_error", "internal error: ZeroDivisionError: unforeseen"),
        (None, None),
    ]
    assert set(outcome.frames["numbers"]["report_id"]) == {"0b"}
    assert len(outcome.errors) == 1 and "Traceback" in outcome.errors[0]


def test_one_file_alone_gives_the_facts_that_a_run_gives(settings: Settings) -> None:
    file = settings.raw_dir / "half.txt"
    file.write_text(
        "安海镇2023年上半年法治政府建设工作报告\n一、组织开展法治培训4次,参训120人次,其中村干部50人次。\n安海镇人民政府\n2023年7月10日",
        encoding="utf-8",
    )
    columns = [name for name in facts.FACTS.schema if name not in ("report_id", "fact_id", "subset_of")]
    found = examine(file, None, settings).facts
    assert [fact.keys() for fact in found] == [facts.FACTS.schema.keys()] * 3
    assert found[2]["subset_of"] == found[1]["fact_id"]
    alone = pl.DataFrame(found, schema=facts.FACTS.schema).select(columns)
    build_from_raw(settings, ["dim_report"])
    assert alone.equals(scan(settings.stage_dir, facts.FACTS).select(columns).collect())
    assert alone["months"].to_list() == [6, 6, 6]
