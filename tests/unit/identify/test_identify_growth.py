"""Whatever a document repeats in its text, its fields and its furniture, identifying it takes time by its length."""

import time

import document_fixtures as make
import pytest

from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.identity import identify
from pipelines.paths import PROJECT_ROOT
from pipelines.read.document import Span
from pipelines.stage.kept_gazetteer import load_gazetteer

REPEATED = (
    "甲",
    "和",
    "双溪镇",
    "晋江市池店镇",
    "2023年",
    "2023年法治政府建设工作报告",
    "我镇与",
    "关于",
    "（",
    "1",
    "*",
    "\n",
)
FIELDS = ("标题", "来源", "发布机构", "索引号", "发文字号", "发文日期", "成文日期", "发布日期", "生成日期", "网址")
SMALL, TIMES = 4000, 8
_SPARE = 0.6  # seconds of the processor, for what is done once and for a busy machine


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(PROJECT_ROOT / "raw" / "reference" / "divisions.parquet")


def seconds(gazetteer: Gazetteer, text: str, fields: tuple[tuple[str, str], ...] = (), furniture: int = 0) -> float:
    spans = tuple(Span(at, at + 1, "navigation") for at in range(0, furniture, 2))
    began = time.process_time()
    identify(text, spans, fields, None, None, gazetteer)
    return time.process_time() - began


@pytest.mark.parametrize("repeated", REPEATED)
def test_eight_times_the_length_is_no_sixty_four_times_the_work(gazetteer: Gazetteer, repeated: str) -> None:
    small, large = (repeated * (length // len(repeated)) for length in (SMALL, SMALL * TIMES))
    seconds(gazetteer, make.TEXT)  # imports and caches
    for name in FIELDS:
        for text in ("全年开展法治培训12次。", make.TEXT):
            least = seconds(gazetteer, text, ((name, small),))
            assert seconds(gazetteer, text, ((name, large),)) < 3 * TIMES * least + _SPARE, name
    for before, behind in (("", make.TEXT), (make.TEXT, ""), (make.TITLE, ""), ("", "")):
        least = seconds(gazetteer, before + small + behind)
        assert seconds(gazetteer, before + large + behind) < 3 * TIMES * least + _SPARE
        least = seconds(gazetteer, before + small + behind, furniture=SMALL)
        assert seconds(gazetteer, before + large + behind, furniture=SMALL * TIMES) < 3 * TIMES * least + _SPARE


def test_ten_million_bytes_with_a_hundred_thousand_numbers_are_identified_at_once(gazetteer: Gazetteer) -> None:
    text = make.TEXT + "全年办理案件1350件，其他工作按照上级部署有序推进。\n" * 130_000
    assert len(text.encode()) > 9_000_000 and seconds(gazetteer, text) < 3


def test_a_title_of_a_page_that_is_a_title_is_read_whole(gazetteer: Gazetteer) -> None:
    found = identify("全年培训12次。", (), (("标题", make.TITLE),), None, None, gazetteer)
    assert (found.title, found.report_year) == (make.TITLE, 2023)
