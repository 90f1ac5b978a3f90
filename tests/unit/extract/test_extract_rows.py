"""Rows of a batch are those of each report by itself, and offsets lead back to the stored texts."""

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipelines.codebook.load import load_codebook
from pipelines.codebook.periods import edition_of
from pipelines.extract.report import batch
from pipelines.extract.report.batch import extract_frame
from pipelines.extract.report.engine import Extractor, extract
from pipelines.extract.report.offsets import BatchTexts
from pipelines.extract.report.records import Fact
from pipelines.numerals.fold import fold, prepare

UNHURRIED = settings(deadline=None)
PRINTED = st.text(alphabet="信访件 受理３3，,.0 \n訪餘⻄😀（）％", max_size=60)
CODEBOOK = load_codebook()
EXTRACTOR = Extractor(CODEBOOK)

SPAN = pl.Struct({"start": pl.Int64, "end": pl.Int64})
SCHEMA = {"report_id": pl.String, "text": pl.String, "furniture": pl.List(SPAN), "report_year": pl.Int32}
SCHEMA |= {"edition_start": pl.Int32, "edition_end": pl.Int32}

LINES = [
    "全年举办法治讲座{}场，参训干部{}余人次。",
    "发放普法 资料{}万余份,张贴海报近{}张。",
    "受理信訪件{}件，办结{}件，办结率98.5%。",
    "1. 辦理行政處罰案件{}件，罚款{}万元；",
    "未发生行政复议、行政诉讼案件。",
    "每季度组织执法人员培训{}次 。",
    "依据湖政发〔2024〕{}号，推行“1+{}”机制。",
    "调解矛盾纠纷三十余件，调解成功率达九成以上。",
    "服务 电话 0593-{}，另有{}个奇怪的东西",
    "我镇高度重视 ，成效明显。",
    "其中进校园{}场，进企业{}场。",
    "上半年，开展法治讲座{}场；发放资料{}份。",
    "受理信访件{}件，其中初访{}件;重复信访2件。全年受理信访件{}件。",
    "一、上半年工作",
    "信访件|件|{}|{}",
    "",
]
NUMERALS = st.one_of(st.integers(0, 99_999).map(str), st.integers(1000, 9_999_999).map("{:,}".format), st.just("１２"))


@st.composite
def reports(draw: st.DrawFn) -> str:
    lines = draw(st.lists(st.sampled_from(LINES), max_size=8))
    numerals = st.tuples(NUMERALS, NUMERALS, NUMERALS)
    return draw(st.sampled_from(["\n", ""])).join(line.format(*draw(numerals)) for line in lines)


def texts_of(*stored: str) -> BatchTexts:
    texts = BatchTexts()
    for text in stored:
        texts.add(text, prepare(text))
    texts.finish()
    return texts


@settings(UNHURRIED, max_examples=200)
@given(st.lists(reports(), min_size=1, max_size=5), st.data())
def test_a_batch_has_the_rows_that_each_report_has_by_itself(texts: list[str], data: st.DataObject) -> None:
    months = data.draw(st.sampled_from([(None, None), (1, 6), (1, 9)]))
    rows = [(f"r{at}", text, [], 2024, *months) for at, text in enumerate(texts)]
    documents = pl.DataFrame(rows, SCHEMA, orient="row")
    for extractor in (EXTRACTOR, Extractor(CODEBOOK, remember=False)):
        facts, numbers = extract_frame(documents, extractor)
        of_report = {name: [frame.filter(report_id=name) for frame in (facts, numbers)] for name, *_ in rows}
        assert facts["fact_id"].is_unique().all()
        for name, text, *_ in rows:
            alone = extract(text, (), 2024, CODEBOOK, edition_of(*months))
            found, counted = of_report[name]
            ids = found["fact_id"].to_list()
            fields = [field for field in Fact.__slots__ if field != "subset_of"]
            wanted = [tuple(getattr(fact, field) for field in fields) for fact in alone.facts]
            assert found.select(fields).rows() == wanted
            assert found["subset_of"].to_list() == [named(ids, fact.subset_of) for fact in alone.facts]
            assert counted.drop("report_id", "fact_id").rows() == [one[:6] + one[7:] for one in alone.numbers]
            assert counted["fact_id"].to_list() == [named(ids, number.fact) for number in alone.numbers]


@pytest.mark.parametrize(("most", "parts"), [(1, 4), (20, 3), (30, 2), (10_000, 1)])
def test_long_texts_are_extracted_a_few_at_a_time(most: int, parts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["全年举办法治讲座12场。", "", None, "受理信访件8件，其中初访3件。", "我镇高度重视。", "发放资料90份。"]
    rows = [(f"r{at}", text, [], 2024, None, None) for at, text in enumerate(texts)]
    documents = pl.DataFrame(rows, SCHEMA, orient="row")
    whole = extract_frame(documents, EXTRACTOR)
    assert whole[0]["report_id"].to_list() == ["r0", "r3", "r3", "r5"]
    made = []
    monkeypatch.setattr(batch, "_LONGEST", most)
    monkeypatch.setattr(EXTRACTOR, "batch", lambda: made.append(0) or Extractor.batch(EXTRACTOR))
    assert all(one.equals(other) for one, other in zip(whole, extract_frame(documents, EXTRACTOR), strict=True))
    assert len(made) == parts
    assert [frame.height for frame in extract_frame(documents.clear(), EXTRACTOR)] == [0, 0]


def named(ids: list[str], at: int | None) -> str | None:
    return None if at is None else ids[at]


@UNHURRIED
@given(st.lists(PRINTED, min_size=1, max_size=4), st.data())
def test_spans_of_the_working_text_lead_back_to_the_stored_text(stored: list[str], data: st.DataObject) -> None:
    texts = texts_of(*stored)
    at = data.draw(st.integers(0, len(stored) - 1))
    text, working = stored[at], prepare(stored[at])
    assume(working.text)
    start = data.draw(st.integers(0, len(working.text) - 1))
    end = data.draw(st.integers(start + 1, len(working.text)))
    before = sum(len(prepare(one).text) + 2 for one in stored[:at])
    (a,) = texts.stored(np.array([before + start])) - texts.starts[at]
    (b,) = texts.stored(np.array([before + end]), end=True) - texts.starts[at]
    assert 0 <= a < b <= len(text)
    assert texts.reports(np.array([before + start, before + end])).tolist() == [at, at]
    bare = str.maketrans("", "", " ")
    assert fold(text[a:b]).translate(bare) == working.text[start:end].translate(bare)
    # What was dropped at the edges stays out.
    assert (fold(text[a]), fold(text[b - 1])) == (working.text[start], working.text[end - 1])
    assert texts.between(np.array([a]) + texts.starts[at], np.array([b]) + texts.starts[at]) == [text[a:b]]


@UNHURRIED
@given(PRINTED)
def test_stored_and_working_offsets_are_inverse(text: str) -> None:
    working = prepare(text)
    offsets = list(range(len(working.text)))
    assert [working.working(at) for at in texts_of(text).stored(np.array(offsets, int)).tolist()] == offsets


def test_sentences_are_counted_from_text_to_text() -> None:
    texts = texts_of("甲。乙！丙", "丁\n戊")
    offsets = np.array([0, 1, 2, 4, 6, 8])
    assert texts.sentences(offsets).tolist() == [0, 0, 1, 2, 3, 4]
