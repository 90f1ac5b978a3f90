"""Which edition of a report a text is: for a part of the year, a correction, or the plain one.

Only the title decides; without one, the opening. Which of several editions counts is decided in
`sql/tables/dim_report.sql`.
"""

import re

_PART = re.compile(
    r"上半年|下半年|半年度|(?<!新)年中(?=工作|总结|报告)|(?:第?[一二三四1-4]|前[一二三123])个?季度"
    r"|(?<![0-9])1 ?月?[-—~至到] ?(?:[2-9]|1[01]) ?月|一至(?:[二三四五六七八九十]|十一)月"
)
_HALF_OPENS = re.compile(r"^[^。;；]{0,12}(?:上|前)半年")
_PLANNED = re.compile(r"[及和暨与,](?:20[0-9]{2}|下半年|下一年|明年).*$")
_CORRECTED = re.compile(r"更正|勘误|订正|补正|修订[版稿]|修正[版稿]|更新[版稿]|修改[版稿]")


def edition(title: str, opening: str) -> str | None:
    """Return `part_of_year`, `correction`, or None for the plain edition; both texts are folded.

    What follows with another year or half-year (及2024年上半年计划) is a plan and says nothing of the edition.
    """
    if _CORRECTED.search(title):
        return "correction"
    if _PART.search(_PLANNED.sub("", title)) or (not title and _HALF_OPENS.match(opening)):
        return "part_of_year"
    return None
