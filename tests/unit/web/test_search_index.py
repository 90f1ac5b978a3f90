"""What is found by words: every word must stand in one entry, and no word may reach from one entry into the next."""

import pytest

from pipelines.web.search_index import SearchIndex


def _unit(code: str, name: str, where: str, n_reports: int = 0) -> dict[str, object]:
    level = "township" if len(code) == 9 else "county"
    return {"code": code, "name": name, "level": level, "where_it_lies": where, "n_reports": n_reports}


INDEX = SearchIndex.of(
    [
        _unit("110101001", "东华门街道", "北京市 东城区"),
        _unit("330225", "象山县", "浙江省 宁波市"),
        _unit("330225103", "石浦镇", "浙江省 宁波市 象山县", 3),
        _unit("330225104", "西周镇", "浙江省 宁波市 象山县", 9),
    ],
    [{"metric_code": "trainings_held", "name_zh": "培训场次", "name_en": "Trainings held"}],
)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("石浦镇", ["330225103"]),
        ("SHIPU", ["330225103"]),
        ("spz", ["330225103"]),
        ("象山", ["330225", "330225104", "330225103"]),  # the name itself, then those that lie there, by their reports
        ("象山 石浦", ["330225103"]),
        ("xz 象山", ["330225104"]),
        ("held", ["trainings_held"]),
        ("110101001", ["110101001"]),
        ("东城区 象山", []),
        ("镇 trainings", []),
        ("没有", []),
        ("x", []),
        ("", []),
    ],
)
def test_the_closest_comes_first_and_all_words_stand_in_it(words: str, codes: list[str]) -> None:
    assert [one.code for one in INDEX.find(words)] == codes


def test_each_entry_is_found_once_by_what_stands_in_it_many_times() -> None:
    assert [one.code for one in INDEX.find("330225")] == ["330225", "330225104", "330225103"]
    assert [one.code for one in INDEX.find("330225", most=1)] == ["330225"]
