"""Shared text: sketches, the nearest report of another unit, and the shares that the texts bear out."""

import random
import tracemalloc
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.build.buckets import scan
from pipelines.build.workers import WorkerSettings
from pipelines.settings import Settings
from pipelines.stage import nearest_reports
from pipelines.stage.grams import GRAM, count_shared, gram_numbers, plain_text
from pipelines.stage.nearest_reports import STATE, nearest_of_other_units
from pipelines.stage.similarities import SIMILARITIES, pairs
from pipelines.stage.size_limits import MOST_CHARACTERS
from pipelines.stage.sketches import PERMUTATIONS, sketch_batch
from pipelines.stage.worker_settings import worker_settings
from pipelines.warehouse.from_raw import build_from_raw
from pipelines.warehouse.table_parts import table_files

UNITS = {"350582107": "晋江市池店镇", "350582101": "晋江市安海镇", "510921105": "蓬溪县天福镇"}


def words(seed: int, length: int = 1500) -> str:
    """Text that no other seed has."""
    source = random.Random(seed)
    return "".join(chr(0x4E00 + source.randrange(3000)) for _ in range(length))


def grams(text: str) -> set[str]:
    """The different 20-grams of a text, as Python cuts them."""
    return {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)}


def sketch_of(text: str) -> list[int]:
    row = {"report_id": "a", "input_key": "k", "text": text, "furniture": []}
    found: list[int] = sketch_batch(pl.DataFrame([row])).frames["sketches"]["sketch"][0].to_list()
    return found


def reports(*rows: tuple[str, str], canonical: tuple[bool, ...] = ()) -> pl.DataFrame:
    """Reports of (unit, text) as `nearest_of_other_units` reads them."""
    sketches = np.array([sketch_of(text) for _, text in rows], dtype=np.uint32).reshape(len(rows), PERMUTATIONS)
    return pl.DataFrame(
        {
            "report_id": [f"{n:04}" for n in range(len(rows))],
            "township_code": [unit for unit, _ in rows],
            "is_canonical": list(canonical or [True] * len(rows)),
            "text_key": [text for _, text in rows],
            "sketch": pl.Series(sketches, dtype=pl.Array(pl.UInt32, PERMUTATIONS)),
        },
        schema_overrides={**dict.fromkeys(STATE, pl.String), "is_canonical": pl.Boolean},
    )


def nearest(*rows: tuple[str, str], canonical: tuple[bool, ...] = ()) -> list[int | None]:
    found = nearest_of_other_units(reports(*rows, canonical=canonical))
    return [None if report_id is None else int(report_id) for report_id in found]


def test_spaces_and_furniture_are_no_text() -> None:
    text = words(1, 40)
    page = "首页 导航 " + text[:15] + "\n　" + text[15:] + " 打印"
    spans = [{"start": len(page) - 3, "end": len(page), "kind": "x"}, {"start": 0, "end": 6, "kind": "x"}]
    assert plain_text(page, spans) == plain_text(text, []) == text
    assert plain_text(None, None) == ""


def test_the_20_grams_of_a_text_are_counted_as_python_does() -> None:
    """Also where characters lie beyond 16 bits, come again, or are the only ones."""
    source = random.Random(5)
    for alphabet in ("甲", "甲乙", "a甲𠀀😀", "".join(map(chr, range(0x4E00, 0x5600)))):
        for length in (0, 1, GRAM - 1, GRAM, GRAM + 1, 300):
            text = "".join(source.choices(alphabet, k=length))
            numbers = gram_numbers(text)
            assert len(numbers) == len(grams(text)) and (numbers[1:] > numbers[:-1]).all()


def test_texts_share_as_many_numbers_as_20_grams() -> None:
    """Most of them differ in few characters, or have the same ones in another order."""
    text = words(1, 400)
    others = [text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(0, 390, 13)]
    others += [text[::-1], text[200:] + text[:200], text[:100] + words(2, 50) + text[100:]]
    for other in others:
        assert count_shared(gram_numbers(text), other) == len(grams(text) & grams(other))
    for own, other in (("", text), (text, ""), (text, text[:GRAM]), (text[:GRAM], text * 3), (words(3, 200), text)):
        assert count_shared(gram_numbers(own), other) == len(grams(own) & grams(other))


def test_equal_places_of_two_sketches_estimate_what_the_texts_share() -> None:
    """Within four times the error that theory gives for so many places; without a slant over many texts."""
    found = []
    for seed in range(40):
        text, other = words(seed, 600), words(1000 + seed, 600)
        mixed = text[: 15 * seed] + other[15 * seed :]
        either, both = grams(text) | grams(mixed), grams(text) & grams(mixed)
        expected = len(both) / len(either)
        equal = np.mean(np.array(sketch_of(text)) == np.array(sketch_of(mixed)))
        assert abs(equal - expected) <= 4 * (0.25 / PERMUTATIONS) ** 0.5
        found.append(equal - expected)
    assert abs(np.mean(found)) < 0.02


def test_the_nearest_is_of_another_unit_canonical_and_the_first_of_equals() -> None:
    a, half = words(1), words(1)[:1100] + words(2)[:400]
    assert nearest(("A", a), ("A", a), ("B", half), ("C", words(3))) == [2, 2, 0, None]
    assert nearest(("A", a), ("B", a), ("C", a), canonical=(True, False, True)) == [2, 0, 0]
    assert nearest(("A", half), ("B", a), ("C", a)) == [1, 2, 1]
    assert nearest() == []
    assert nearest(("A", a)) == [None]


def test_a_unit_that_copies_itself_every_year_hides_no_copy_of_another() -> None:
    own = [("A", words(1)[: 1480 + year] + words(100 + year)[: 20 - year]) for year in range(12)]
    found = nearest(*own, ("B", words(1)[:1200] + words(2)[:300]))
    assert found[:12] == [12] * 12 and found[12] in range(12)


def test_reports_that_share_half_of_their_text_find_each_other() -> None:
    """Among 600 reports with set phrases in common, 150 copied half of another: nine in ten are found at least."""
    phrases = words(7, 60)
    texts = [phrases + words(100 + n, 700) for n in range(450)]
    texts += [phrases + texts[n][60:410] + words(1000 + n, 350) for n in range(150)]
    found = nearest(*((str(n), text) for n, text in enumerate(texts)))
    assert sum(found[450 + n] == n for n in range(150)) >= 135
    assert all(other is None or other != n for n, other in enumerate(found))


def related(source: random.Random) -> tuple[str, str]:
    """A unit and a text that is put together of three of a few pieces, so that many agree in many bands."""
    return source.choice("ABCDE"), "".join(words(source.randrange(4), 60) for _ in range(3))


@pytest.mark.parametrize("seed", range(12))
def test_where_the_last_time_is_known_the_nearest_are_those_of_a_search_among_all(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reports come, go, change their text or unit or stop being canonical, from one time to the next."""
    source = random.Random(seed)
    for name, value in {"_FEW": 1.0, "_AT_ONCE": 40, "NEIGHBOURS": source.choice((1, 2, 16))}.items():
        monkeypatch.setattr(nearest_reports, name, value)
    everything = reports(*(related(source) for _ in range(400)))
    rows = everything[sorted(source.sample(range(400), 300))]
    before, fewest = None, 400
    for _ in range(5):
        nearest = nearest_of_other_units(rows, before, threads=source.choice((1, 3)))
        assert nearest.to_list() == nearest_of_other_units(rows).to_list()
        if before is not None:
            fewest = min(fewest, int(nearest_reports._to_compare(rows, nearest_reports._arrays(rows), before, 1).sum()))
        before = rows.with_columns(nearest).lazy()
        rows = changed(rows, everything, source)
    assert nearest.null_count() < rows.height and fewest < rows.height  # so that it is not always a search among all


def changed(rows: pl.DataFrame, everything: pl.DataFrame, source: random.Random) -> pl.DataFrame:
    """Each kind of change on up to two reports."""
    some = [source.sample(rows["report_id"].to_list(), source.randrange(3)) for _ in range(4)]
    gone, other_unit, not_canonical, other_text = (pl.col("report_id").is_in(ids) for ids in some)
    absent = everything.join(rows, on="report_id", how="anti").sample(3, seed=source.randrange(99))
    texts = everything.sample(rows.height, seed=source.randrange(99)).select("text_key", "sketch")
    rows = rows.with_columns(
        township_code=pl.when(other_unit).then(pl.lit("F")).otherwise("township_code"),
        is_canonical=pl.col("is_canonical") & ~not_canonical,
        **{name: pl.when(other_text).then(texts[name]).otherwise(name) for name in texts.columns},
    )
    return pl.concat([rows.filter(~gone), absent]).sort("report_id")


def write(folder: Path, name: str, unit: str, year: int, body: str) -> None:
    text = f"{UNITS[unit]}人民政府{year}年度法治政府建设情况报告\n{year}年,我镇依法行政。\n{body}。\n全年学法6次。\n"
    (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Four reports: the second year of a unit copies its first, another unit copies part of it, a third is alone."""
    folder = tmp_path / "raw"
    folder.mkdir()
    write(folder, "a.txt", "350582107", 2022, words(1))
    write(folder, "b.txt", "350582107", 2023, words(1))
    write(folder, "c.txt", "350582101", 2023, words(1)[:1000] + words(2)[:500])
    write(folder, "d.txt", "510921105", 2023, words(3))
    return folder


def built(raw: Path) -> tuple[Settings, dict[str, dict[str, object]]]:
    """The rows of report_similarity by the name of the file."""
    settings = Settings.load(str(raw), str(raw.parent / "warehouse"))
    build_from_raw(settings, ["report_similarity"])
    rows = pl.read_parquet(table_files(settings.tables_dir, "report_similarity"))
    names = dict(scan_reports(settings).select("report_id", "raw_path").iter_rows())
    by_name = {names[row["report_id"]].removesuffix(".txt"): row for row in rows.to_dicts()}
    for row in by_name.values():
        row |= {key: names.get(row[key], row[key]) for key in ("last_year_report_id", "nearest_report_id")}
    return settings, by_name


def scan_reports(settings: Settings) -> pl.DataFrame:
    return pl.read_parquet(table_files(settings.tables_dir, "dim_report"))


def share(settings: Settings, own: str, other: str) -> float:
    """The share by the stored texts, counted here."""
    texts = pl.read_parquet(sorted((settings.stage_dir / "documents").glob("*.parquet")))
    a, b = (
        grams(plain_text(*texts.filter(pl.col("raw_path") == name).select("text", "furniture").row(0)))
        for name in (own, other)
    )
    return len(a & b) / len(a)


def test_the_shares_are_those_of_the_texts(raw: Path) -> None:
    settings, rows = built(raw)
    assert {name: (row["last_year_report_id"], row["nearest_report_id"]) for name, row in rows.items()} == {
        "a": (None, "c.txt"),
        "b": ("a.txt", "c.txt"),
        "c": (None, "b.txt"),
        "d": (None, None),
    }
    assert rows["b"]["share_last_year"] == share(settings, "b.txt", "a.txt") > 0.95
    assert rows["b"]["share_nearest"] == share(settings, "b.txt", "c.txt")
    assert 0.6 < rows["b"]["share_nearest"] < 0.7
    assert rows["c"]["share_nearest"] == share(settings, "c.txt", "b.txt")
    assert (rows["a"]["nearest_township_code"], rows["a"]["nearest_report_year"]) == ("350582101", 2023)
    assert rows["d"]["share_nearest"] is rows["d"]["share_last_year"] is None and rows["d"]["n_grams"] > 1400


def keys(settings: Settings) -> dict[str, str]:
    return dict(scan(settings.stage_dir, SIMILARITIES).select("report_id", "input_key").collect().iter_rows())


def test_only_what_a_new_report_touches_is_compared_again(raw: Path) -> None:
    settings, _ = built(raw)
    before = keys(settings)
    write(raw, "e.txt", "510921105", 2022, words(1)[:1300] + words(4)[:200])
    settings, rows = built(raw)
    changed = {name for name, row in rows.items() if keys(settings)[row["report_id"]] != before.get(row["report_id"])}
    assert changed == {"a", "b", "d", "e"} and rows["c"]["nearest_report_id"] == "b.txt"
    assert rows["a"]["nearest_report_id"] == rows["b"]["nearest_report_id"] == "e.txt"
    assert rows["d"]["last_year_report_id"] == "e.txt"
    assert rows["b"]["share_nearest"] == share(settings, "b.txt", "e.txt")
    (raw / "e.txt").unlink()
    assert keys(built(raw)[0]) == before


def test_the_unit_that_a_person_gave_counts(raw: Path) -> None:
    """c is another report of the first unit, so that it is no other unit's report any more."""
    header = "report,action,metric_code,evidence,char_start,char_end,machine_value,value,reason,who,on"
    line = "c.txt,place,,,,,350582101,350582107,read it,Li,2025-03-01"
    (raw / "corrections.csv").write_text(f"{header}\n{line}\n", encoding="utf-8")
    settings, rows = built(raw)
    assert scan_reports(settings).filter(pl.col("raw_path") == "c.txt")["township_code"].to_list() == ["350582107"]
    assert [rows[name]["nearest_report_id"] for name in "abc"] == [None, None, None]
    assert rows["c"]["last_year_report_id"] == "a.txt"


def test_few_texts_are_read_in_one_go_and_many_bucket_by_bucket(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = built(raw)[1]
    monkeypatch.setattr("pipelines.stage.plain_texts.FEW", 0)
    for path in (raw.parent / "warehouse" / "stage" / "similarities").iterdir():
        path.unlink()
    assert built(raw)[1] == few


def test_workers_that_do_not_see_the_texts_are_not_asked(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step says which folder its workers read, and that folder lies in the warehouse and is gone at the end."""
    needed: list[Path] = []

    def listening(settings: Settings, *needs: Path) -> WorkerSettings:
        assert all(folder.is_dir() for folder in needs)
        needed.extend(needs)
        return worker_settings(settings, *needs)

    monkeypatch.setattr("pipelines.stage.similarities.worker_settings", listening)
    settings, _ = built(raw)
    assert [folder.parent for folder in needed] == [settings.stage_dir] and not needed[0].exists()


def test_without_the_ledger_the_texts_are_compared_again(raw: Path) -> None:
    settings, before = built(raw)
    settings.ledger_path.unlink()
    assert built(raw)[1] == before


def test_a_report_that_cannot_be_compared_is_tried_again(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("pipelines.stage.similarities.gram_numbers", broken)
    assert all(row["share_nearest"] is None for row in built(raw)[1].values())
    monkeypatch.undo()
    assert built(raw)[1]["b"]["share_nearest"] is not None


def test_without_a_report_there_is_no_pair(raw: Path) -> None:
    settings, _ = built(raw)
    nobody = pl.DataFrame(
        schema={"report_id": pl.String, "township_code": pl.String, "report_year": pl.Int32, "is_canonical": pl.Boolean}
    )
    assert pairs(nobody, settings).is_empty()


def test_a_text_longer_than_any_report_is_not_sketched_and_one_text_is_held_at_a_time() -> None:
    """The 20-grams of a text of 10,000,000 characters take 1.9 GB."""
    texts = [words(seed, 20_000) for seed in range(8)]
    frame = pl.DataFrame({"report_id": list("abcdefgh"), "input_key": ["k"] * 8, "text": texts, "furniture": [[]] * 8})
    tracemalloc.start()
    rows = sketch_batch(frame).frames["sketches"]
    _, all_at_once = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    sketch_batch(frame[:1])
    _, one = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert all_at_once < 2 * one
    assert rows["n_grams"].to_list() == [len(grams(text)) for text in texts]
    longer = pl.DataFrame(
        {"report_id": ["z"], "input_key": ["k"], "text": ["甲" * (MOST_CHARACTERS + 1)], "furniture": [[]]}
    )
    assert sketch_batch(longer).frames["sketches"].select("n_grams", "sketch").row(0) == (0, None)


def test_reports_are_compared_across_the_parts_in_which_they_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    body = words(1, 1500)
    rows = [(str(at), body[: 1490 - 7 * at] + words(at, 10 + 7 * at)) for at in range(60)]
    whole = nearest(*rows)
    for size in (1, 7, 59, 60):
        monkeypatch.setattr(nearest_reports, "_AT_ONCE", size)
        assert nearest(*rows) == whole


def test_the_pairs_of_texts_that_are_nearly_equal_grow_with_their_number() -> None:
    body = words(1, 1500)
    made = reports(*((str(seed), body[:1490] + words(seed, 10)) for seed in range(40)))

    def pairs_of(count: int) -> int:
        rows = pl.concat([made] * (count // 40 + 1))[:count].with_columns(township_code=pl.int_range(count).cast(str))
        arrays, wanted = nearest_reports._arrays(rows), np.ones(count, dtype=bool)
        return sum(
            len(left)
            for band in range(len(arrays.keys))
            for left, _, _ in nearest_reports._compared(arrays, wanted, band)
        )

    assert 0 < pairs_of(4000) <= 8 * pairs_of(500) * 1.1
