"""Properties of the engine that hold whatever a report says; texts are composed of blocks that stand for themselves."""

import re

import opencc
import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.batch import extract_frame
from pipelines.extract.report.engine import Extractor
from pipelines.extract.report.fact_names import fact_ids
from pipelines.extract.report.records import Extraction

UNHURRIED = settings(deadline=None)

HEADINGS = ["一、主要工作", "二、法治宣传", "（一）化解纠纷", "三、存在问题", "四、下一步打算", "五、其他情况"]
BLOCKS = [
    "全年举办法治讲座{}场，参训干部{}余人次。",
    "发放普法资料{}万余份，悬挂横幅{}条、张贴海报{}张。",
    "受理信访件{}件，办结{}件，办结率98.5%。",
    "学法考试参考率、合格率均为100%。",
    "理论学习中心组学习{}次、读书班{}期、专题研讨{}次。",
    "办理行政处罚案件{}件，其中简易程序{}件，罚款{}万元。",
    "未发生行政复议、行政诉讼案件。",
    "全县共受理信访件{}件，同比下降12.5%。",
    "每季度组织执法人员培训{}次。",
    "在3·15、12·4等节点开展法治宣传活动近{}场。",
    "依据湖政发〔2024〕{}号，推行“1+{}”机制。",
    "现有执法人员{}名，全部持证，其中专职{}名。",
    "调解矛盾纠纷三十余件，调解成功率达九成以上。",
    "2023年受理热线工单{}件，今年受理{}件。",
    "项目|单位|2024年|2023年\n受理信访件|件|{}|{}\n法治讲座|场|{}|{}",
]
#: Sentences without a number and without a word of the codebook.
NEUTRAL = ["大家齐心协力，面貌焕然一新。", "成绩来之不易，值得倍加珍惜。", "山清水秀，秩序井然。"]


@st.composite
def blocks(draw: st.DrawFn) -> str:
    block = draw(st.sampled_from(BLOCKS))
    return re.sub(r"\{\}", lambda _: str(draw(st.integers(1, 9999))), block)


PARAGRAPHS = st.lists(st.one_of(blocks(), st.sampled_from(HEADINGS)), min_size=1, max_size=8)
NOISE = st.text(
    alphabet="0123456789０９一二十百万两余近件次份场%％.,，、。；：:（）《》“”〔〕·-—至年月第每各其中无|\n 信访学法",
    max_size=80,
)
TEXTS = st.one_of(PARAGRAPHS.map("\n".join), PARAGRAPHS.map("".join), NOISE)


EXTRACTOR = Extractor(load_codebook())


def read(text: str) -> Extraction:
    return EXTRACTOR.extract(text, (), 2024)


def amounts(result: Extraction) -> list[tuple[str, float, str]]:
    return [(f.metric_code, f.value, f.qualifier) for f in result.facts]


def frame(texts: list[str]) -> pl.DataFrame:
    rows = [{"report_id": f"r{i}", "text": t, "furniture": [], "report_year": 2024} for i, t in enumerate(texts)]
    span = pl.Struct({"start": pl.Int64, "end": pl.Int64})
    return pl.DataFrame(
        rows, schema={"report_id": pl.String, "text": pl.String, "furniture": pl.List(span), "report_year": pl.Int32}
    )


@UNHURRIED
@given(TEXTS)
def test_spans_match_their_evidence(text: str) -> None:
    result = read(text)
    for fact in result.facts:
        assert text[fact.char_start : fact.char_end] == fact.evidence
        assert fact.char_start <= fact.number_start <= fact.number_end <= fact.char_end
        assert fact.subset_of is None or 0 <= fact.subset_of < len(result.facts)
    for number in result.numbers:
        assert text[number.char_start : number.char_end] == number.text
        assert (number.disposition == "fact") == (number.fact is not None)
        assert number.disposition


@UNHURRIED
@given(TEXTS)
def test_every_digit_stands_in_exactly_one_number(text: str) -> None:
    covered = [0] * len(text)
    for number in read(text).numbers:
        for at in range(number.char_start, number.char_end):
            covered[at] += 1
    assert max(covered, default=0) <= 1
    assert all(covered[m.start()] for m in re.finditer("[0-9０-９]", text))


@UNHURRIED
@given(PARAGRAPHS.map("\n".join))
def test_a_fact_shows_the_number_it_was_read_from(text: str) -> None:
    result = read(text)
    for number in result.numbers:
        if number.fact is not None:
            fact = result.facts[number.fact]
            assert (fact.number_start, fact.number_end) == (number.char_start, number.char_end)
    numbered = {(n.char_start, n.char_end) for n in result.numbers}
    assert all(f.implicit_zero or (f.number_start, f.number_end) in numbered for f in result.facts)


@UNHURRIED
@given(PARAGRAPHS.map("\n".join))
def test_bounds_hold_the_value(text: str) -> None:
    for fact in read(text).facts:
        assert fact.value_low is None or fact.value_low <= fact.value
        assert fact.value_high is None or fact.value_high >= fact.value
        assert (fact.qualifier == "exact") == (fact.value_low == fact.value == fact.value_high)


@settings(UNHURRIED, max_examples=30)
@given(st.lists(TEXTS, min_size=1, max_size=6), st.data())
def test_neighbours_order_and_batches_change_nothing(texts: list[str], data: st.DataObject) -> None:
    whole = frame(texts)
    facts, numbers = extract_frame(whole, EXTRACTOR)
    order = data.draw(st.permutations(range(len(texts))))
    size = data.draw(st.integers(1, len(texts)))
    parts = [extract_frame(part, EXTRACTOR) for part in whole[list(order)].iter_slices(size)]
    again, again_numbers = (pl.concat(frames) for frames in zip(*parts, strict=True))
    by_report = again.partition_by("report_id", as_dict=True)
    assert facts.height == again.height
    assert numbers.height == again_numbers.height
    for name, rows in facts.partition_by("report_id", as_dict=True).items():
        assert rows.equals(by_report[name])
    assert numbers.sort("report_id", "char_start").equals(again_numbers.sort("report_id", "char_start"))


def test_what_is_furniture_states_nothing_in_a_batch_either() -> None:
    text = "全年组织学法培训12场。\n全年组织学法培训15场。"
    spans = [[], [{"start": 0, "end": 12, "kind": "footer"}], None]
    rows = [
        {"report_id": f"{at}", "text": text, "furniture": each, "report_year": 2024} for at, each in enumerate(spans)
    ]
    schema = {"report_id": pl.String, "text": pl.String, "report_year": pl.Int32,
              "furniture": pl.List(pl.Struct({"start": pl.Int64, "end": pl.Int64, "kind": pl.String}))}  # fmt: skip
    facts, numbers = extract_frame(pl.DataFrame(rows, schema=schema), EXTRACTOR)
    assert [facts.filter(report_id=f"{at}")["value"].to_list() for at in range(3)] == [[12, 15], [15], [12, 15]]
    assert numbers.filter(report_id="1")["disposition"].to_list() == ["page_furniture", "fact"]


@UNHURRIED
@given(PARAGRAPHS, st.sampled_from(NEUTRAL), st.data())
def test_a_sentence_without_a_number_changes_no_fact(parts: list[str], sentence: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(parts)))
    with_sentence = [*parts[:at], sentence, *parts[at:]]
    before, after = read("\n".join(parts)), read("\n".join(with_sentence))
    assert amounts(before) == amounts(after)
    assert [f.evidence for f in before.facts] == [f.evidence for f in after.facts]


@UNHURRIED
@given(
    st.lists(blocks().filter(lambda block: "|" not in block), min_size=1, max_size=5),
    st.sampled_from(NEUTRAL),
    st.integers(0, 5),
)
@example(["每季度组织执法人员培训1次。", "全年举办法治讲座3场。"], NEUTRAL[0], 1)
def test_nor_does_one_within_the_paragraph(parts: list[str], sentence: str, at: int) -> None:
    before, after = read("".join(parts)), read("".join([*parts[:at], sentence, *parts[at:]]))
    assert amounts(before) == amounts(after)
    assert [f.evidence for f in before.facts] == [f.evidence for f in after.facts]


WIDE = str.maketrans("0123456789%.,:;", "０１２３４５６７８９％．，：；")


@UNHURRIED
@given(PARAGRAPHS.map("\n".join))
def test_full_width_spelling_gives_the_same(text: str) -> None:
    assert amounts(read(text)) == amounts(read(text.translate(WIDE)))


TO_TRADITIONAL = opencc.OpenCC("s2t")


@UNHURRIED
@given(PARAGRAPHS.map("\n".join))
def test_traditional_spelling_gives_the_same(text: str) -> None:
    assert amounts(read(text)) == amounts(read(TO_TRADITIONAL.convert(text)))


@UNHURRIED
@given(PARAGRAPHS.map("\n".join), st.data())
def test_spaced_spelling_gives_the_same(text: str, data: st.DataObject) -> None:
    gaps = [m.start() for m in re.finditer(r"(?<!^)(?<!\n)(?![0-9]|\n|$)|(?<=[^0-9\n])(?=[0-9])", text)]
    chosen = set(data.draw(st.lists(st.sampled_from(gaps), max_size=30))) if gaps else set()
    spaced = "".join((" " if at in chosen else "") + char for at, char in enumerate(text))
    result = read(spaced)
    assert amounts(read(text)) == amounts(result)
    assert all(spaced[f.char_start : f.char_end] == f.evidence for f in result.facts)


def test_facts_that_coincide_are_counted_in_their_names() -> None:
    assert fact_ids("r", ["a", "b", "a"], [1, 1, 4]) == ["r:a:1", "r:b:1", "r:a:4"]
    assert fact_ids("r", ["a", "a", "b", "a", "a"], [1, 1, 1, 4, 1]) == [
        "r:a:1",
        "r:a:1.2",
        "r:b:1",
        "r:a:4",
        "r:a:1.3",
    ]
