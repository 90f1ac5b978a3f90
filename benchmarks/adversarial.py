"""Reports that are hard to add up, for the recomputation of figures (benchmarks.recompute).

They state parts of the year, repeats, conflicts, totals with and without 其中, roundings, related audiences,
villages, stocks of several days, substitutes and zeros. A unit and year has up to four reports: versions, parts of the
year and one on enforcement. Some units have changed their names. What the reports state is not known here: fazhi reads
the facts, and two readings of the rules must make the same figures of them.

Unit and year number i of a seed depends on the seed and i alone.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from benchmarks.corpus import DIVISIONS, units_by_province

CHANGES = DIVISIONS.with_name("division_changes.csv")
_YEARS = range(2018, 2025)
#: Sentences of an indicator: {t} stands for a part of the year or 全年, {n} for the number.
FLOWS = {
    "events": ("{t}开展法治宣传活动{n}场", "{t}共开展普法宣传活动{n}场次", "{t}举办法治宣传活动{n}场"),
    "talks": ("{t}开展法治宣讲{n}场", "{t}举办法治宣讲{n}场次"),
    "school": ("{t}开展法治进校园活动{n}场", "{t}开展进校园法治宣传活动{n}场次"),
    "materials": ("{t}发放宣传资料{n}份", "{t}共发放普法宣传资料{n}份"),
    "center": ("{t}党委理论学习中心组学法{n}次", "{t}党委中心组集中学法{n}次", "{t}中心组学法{n}次"),
    "staff_study": ("{t}组织机关干部集中学法{n}次", "{t}组织干部职工集中学法{n}次"),
    "leadership": ("{t}班子会前学法{n}次", "{t}党政班子会前学法{n}次"),
    "other_study": ("{t}组织学法{n}次", "{t}组织集中学法{n}次"),
    "trainings": ("{t}开展法治培训{n}场", "{t}举办法治培训班{n}期"),
    "enforcement_trainings": ("{t}开展执法人员培训{n}次", "{t}组织行政执法人员培训{n}次"),
    "trained": ("{t}培训干部{n}人次", "{t}培训执法人员{n}人次", "{t}培训村干部{n}人次", "{t}培训网格员{n}人次"),
    "petitions": ("{t}受理信访件{n}件", "{t}受理群众信访事项{n}件"),
    "hotline": ("{t}受理12345热线工单{n}件", "{t}受理热线工单{n}件"),
    "both": ("{t}受理信访件和12345热线工单共{n}件",),
    "mediated": ("{t}调解矛盾纠纷{n}件", "{t}成功调解各类矛盾纠纷{n}起"),
    "cases": ("{t}办理行政处罚案件{n}件", "{t}作出行政处罚决定{n}件"),
    "laws": ("{t}学习法律法规{n}部",),
}
STOCKS = {
    "staff": ("全镇有行政执法人员{n}名", "现有行政执法人员{n}人"),
    "certified": ("全镇{n}人取得行政执法证", "{n}名执法人员持证上岗"),
    "mediators": ("全镇有人民调解员{n}名", "现有人民调解员{n}人"),
    "advisers": ("聘请法律顾问{n}名",),
    "literate": ("全镇有法律明白人{n}名",),
}
RATES = (
    "{w}学法考试合格率{n}%",
    "{w}学法考试参考率{n}%",
    "12345热线工单办结率{n}%",
    "信访事项办结率{n}%",
    "矛盾纠纷调解成功率{n}%",
)
#: Totals with what they are made of; the first of each pair is the whole.
TOTALS = (
    ("events", ("进校园宣传活动{n}场", "进企业宣传活动{n}场", "进社区宣传活动{n}场", "进机关宣传活动{n}场")),
    ("both", ("信访件{n}件", "热线工单{n}件")),
    ("other_study", ("中心组学法{n}次", "班子会前学法{n}次", "干部职工学法{n}次")),
    ("trainings", ("执法人员培训{n}场", "法律明白人培训{n}场")),
    ("materials", ("宣传手册{n}份", "宣传单{n}份", "宣传海报{n}份")),
    ("petitions", ("热线工单{n}件", "来访{n}件")),
    ("mediated", ("婚姻家庭纠纷{n}件", "邻里纠纷{n}件")),
)
SUBSTITUTES = ("全年办理信访件{n}件", "全年办结信访件{n}件", "办理12345热线工单{n}件")
ZEROS = (
    "未发生行政复议案件",
    "未发生行政诉讼案件",
    "未发生行政复议、行政诉讼案件",
    "未发生信访案件",
    "开展法治宣讲0场",
)
AUDIENCES = ("机关干部", "干部职工", "村干部", "网格员", "企业职工", "党员干部")
SPLITS = (
    ("上半年", "下半年"),
    ("一季度", "二季度", "三季度", "四季度"),
    ("1-10月", "11-12月"),
    ("前三季度", "四季度"),
    ("上半年", "三季度", "四季度"),
    ("3月", "6月", "12月"),
)
PARTS = ("上半年", "下半年", "1-10月", "一季度", "前三季度", "截至10月底,", "6-9月", "4月", "5-12月", "12-3月")
TITLES = {
    "annual": "关于{y}年度法治政府建设情况的报告",
    "summary": "{y}年法治政府建设工作总结",
    "corrected": "关于{y}年度法治政府建设情况的报告(更正)",
    "first_half": "关于{y}年上半年法治政府建设情况的报告",
    "second_half": "关于{y}年下半年法治政府建设情况的报告",
    "quarter": "关于{y}年第三季度法治政府建设情况的报告",
    "enforcement": "关于{y}年度行政执法工作情况的报告",
}
#: Reports that a unit may have of one year; most have one.
SETS = (
    *(("annual",),) * 4,
    ("annual", "annual"),
    ("annual", "summary"),
    ("annual", "corrected"),
    ("annual", "enforcement"),
    ("first_half", "second_half"),
    ("first_half", "quarter"),
    ("first_half", "annual"),
    ("first_half", "annual", "enforcement"),
    ("first_half", "second_half", "annual", "summary"),
    ("quarter",),
)


@dataclass(frozen=True, slots=True)
class HardReport:
    """A report: the unit's code names its file, `name` tells it from others of the unit and year."""

    township_code: str
    report_year: int
    name: str
    text: str

    @property
    def path(self) -> Path:
        """The path below the raw folder."""
        code = self.township_code
        return Path("reports", code[:2], code[:6], f"{code}_{self.report_year}_{self.name}.txt")


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    county: str
    town: str


Move = Callable[[Random], list[str]]  # gives sentences without their full stop


def number(rng: Random, high: int = 40) -> int:
    """A small number, so that figures are often equal or add up by chance."""
    return rng.choice((rng.randint(2, 9), rng.randint(2, high)))


def written(rng: Random, value: int, before: bool = True) -> str:
    """A number as it is written: mostly plain, else rounded or bounded."""
    if rng.random() < 0.75 or value < 10:
        return str(value)
    near = value - value % 10
    words = [f"{near}余", f"{near}多"]
    if before:
        words += [f"约{near}", f"近{near + 10}", f"不到{near + 10}", f"超{near}"]
    return rng.choice(words)


def flow(rng: Random, code: str, value: int, when: str = "全年") -> str:
    """A sentence that states a flow."""
    return rng.choice(FLOWS[code]).format(t=when, n=written(rng, value))


def once(rng: Random) -> list[str]:
    """A figure of the year."""
    return [flow(rng, rng.choice(list(FLOWS)), number(rng))]


def again(rng: Random) -> list[str]:
    """A figure that is stated two or three times: equal, rounded, by chance another."""
    code, value = rng.choice(list(FLOWS)), number(rng, 400)
    values = [value if rng.random() < 0.75 else number(rng, 400) for _ in range(rng.randint(1, 2))]
    return [flow(rng, code, value), *(flow(rng, code, one, rng.choice(("全年", "", "全年共"))) for one in values)]


def split(rng: Random) -> list[str]:
    """A year in pieces, in one sentence or several, sometimes with a piece missing or the year beside them."""
    code, periods = rng.choice(list(FLOWS)), list(rng.choice(SPLITS))
    if rng.random() < 0.25:
        periods.pop(rng.randrange(len(periods)))
    values = [number(rng) for _ in periods]
    form = rng.choice(FLOWS[code])
    pieces = [form.format(t=t, n=written(rng, v)) for t, v in zip(periods, values, strict=True)]
    whole = [flow(rng, code, rng.choice((sum(values), sum(values), number(rng, 90))))] if rng.random() < 0.4 else []
    return [",".join(pieces), *whole] if rng.random() < 0.5 else pieces + whole


def part_of_year(rng: Random) -> list[str]:
    """Figures of parts of the year that may lie within each other or overlap."""
    code = rng.choice(list(FLOWS))
    return [flow(rng, code, number(rng), rng.choice(PARTS)) for _ in range(rng.randint(1, 3))]


def total(rng: Random) -> list[str]:
    """A total and its parts: behind 其中, or in a sentence of their own; they add up, or do not."""
    code, forms = rng.choice(TOTALS)
    forms = rng.sample(forms, rng.randint(1, len(forms)))
    values = [number(rng, 20) for _ in forms]
    value = rng.choice((sum(values), sum(values), sum(values) + number(rng), max(1, sum(values) - 3)))
    parts = rng.choice((",", "、", ";")).join(f.format(n=v) for f, v in zip(forms, values, strict=True))
    whole = rng.choice(FLOWS[code]).format(t=rng.choice(("全年", "", "全年共", "上半年")), n=value)
    kind = rng.random()
    if kind < 0.5:
        return [f"{whole},其中{parts}"]
    if kind < 0.65:
        return [whole, f"其中{parts}"]
    verb = {"materials": "发放", "both": "受理", "petitions": "受理", "mediated": "调解"}.get(code, "开展")
    sentences = [whole, verb + parts]
    return sentences if kind < 0.85 else sentences[::-1]


def villages(rng: Random) -> list[str]:
    """One thing in several places, in a list, with equal figures by chance."""
    names = rng.sample(("东村", "西村", "南山村", "北山村", "下湖村"), rng.randint(2, 3))
    form = rng.choice(("在{w}开展法治宣传活动{n}场", "在{w}调解矛盾纠纷{n}件", "在{w}开展法治宣讲{n}场"))
    pieces = [form.format(w=name, n=number(rng, 5)) for name in names]
    return [",".join(pieces)] if rng.random() < 0.7 else pieces


def audiences(rng: Random) -> list[str]:
    """One thing for several audiences, related ones among them."""
    form = rng.choice(("全年组织{w}集中学法{n}次", "全年培训{w}{n}人次", "开展{w}法治培训{n}场"))
    value = number(rng)
    return [form.format(w=w, n=rng.choice((value, number(rng)))) for w in rng.sample(AUDIENCES, rng.randint(2, 3))]


def stock(rng: Random) -> list[str]:
    """A stock on one day or several."""
    form, value = rng.choice(STOCKS[rng.choice(list(STOCKS))]), number(rng)
    days = rng.sample(("截至3月底,", "截至6月底,", "截至10月底,", "截至12月底,", ""), rng.randint(1, 3))
    if rng.random() < 0.2:
        return [f"行政执法人员由年初的{value}名增加到年末的{value + number(rng)}名"]
    return [day + form.format(n=written(rng, rng.choice((value, number(rng))))) for day in days]


def staff(rng: Random) -> list[str]:
    """Staff and those who are certified, in any relation."""
    value = number(rng)
    return rng.choice(
        (
            [f"全镇有行政执法人员{value}名,{number(rng)}人取得行政执法证"],
            [f"全镇{value}名行政执法人员全部持证上岗"],
            [f"全镇{value}人取得行政执法证"],
            [f"全镇有行政执法人员{value}名", f"全镇{number(rng)}人取得行政执法证"],
        )
    )


def rate(rng: Random) -> list[str]:
    """Rates of audiences and of parts of the year, now and then with what they are a share of."""
    form = rng.choice(RATES)
    who = AUDIENCES if "{w}" in form else ("上半年", "下半年", "全年", "")
    words = rng.sample(who, rng.randint(1, 3))
    lead = "" if "{w}" in form else "{w}"
    found = [(lead + form).format(w=w, n=rng.choice((100, rng.randint(80, 99)))) for w in words]
    if "{w}" in form and rng.random() < 0.5:
        found += [f"组织{w}{number(rng, 90)}人参加学法考试" for w in words]
    return found if rng.random() < 0.6 else [",".join(found)]


def petitions(rng: Random) -> list[str]:
    """Petitions and the hotline, together and apart, received and handled, with halves and zeros."""
    some = [
        flow(rng, rng.choice(("petitions", "hotline", "both")), number(rng, 90), rng.choice(("全年", "全年", *PARTS)))
        for _ in range(rng.randint(0, 3))
    ]
    more = [rng.choice(SUBSTITUTES).format(n=number(rng, 90)) for _ in range(rng.randint(0, 2))]
    return some + more or [rng.choice(ZEROS)]


def zero(rng: Random) -> list[str]:
    """Nothing happened, in the year or in a part of it."""
    return [rng.choice(("全年", "上半年", "", "下半年")) + rng.choice(ZEROS)]


MOVES: tuple[Move, ...] = (
    *(once, again, again, split, split, part_of_year, total, total, total, villages, audiences, stock, staff, rate),
    *(petitions, petitions, zero),
)


def reports_of(number: int, seed: int) -> list[HardReport]:
    """The reports of unit and year number `number` of a seed, one to four."""
    rng = Random(f"hard:{seed}:{number}")
    place, year = _place(number, seed)
    stated = [rng.choice(MOVES)(rng) for _ in range(rng.randint(4, 12))]
    reports = []
    for at, kind in enumerate(rng.choice(SETS)):
        # A version states most of what the first one did, and something of its own.
        own = [sentences for sentences in stated if at == 0 or rng.random() < 0.6]
        own += [rng.choice(MOVES)(rng) for _ in range(rng.randint(0 if own else 1, 3) if at else 0)]
        reports.append(HardReport(place.code, year, f"{number}_{at}_{kind}", _text(rng, place, year, kind, own)))
    return reports


@cache
def _changed() -> list[tuple[_Place, _Place | None, int]]:
    """Units that changed: before, after (None without a code or name of its own), and the last year before."""
    found = []
    for row in csv.DictReader(CHANGES.open(encoding="utf-8")):
        old = _Place(row["old_code"], row["county_name"], row["old_name"])
        is_named = row["new_code"] and row["new_name"] != row["old_name"]
        new = _Place(row["new_code"], row["county_name"], row["new_name"]) if is_named else None
        found.append((old, new, int(row["changed_on"][:4]) - 1))
    return found


def _place(number: int, seed: int) -> tuple[_Place, int]:
    """A unit and a year. Two of twelve are a unit that changed and its successor, in one year near the change."""
    turn, at = divmod(number, 12)
    if at < 2:
        changes = _changed()
        old, new, year = changes[turn % len(changes)]
        year += Random(f"change:{seed}:{turn}").choice((-1, 0, 0, 1, 2))
        return (old if at == 0 or new is None else new), year
    provinces = units_by_province()
    units = provinces[number % len(provinces)]
    unit = units[number // len(provinces) % min(len(units), 40)]
    return _Place(unit["code"], unit["county"], unit["town"]), _YEARS[number % len(_YEARS)]


def _text(rng: Random, place: _Place, year: int, kind: str, stated: list[list[str]]) -> str:
    """The text of a report: sentences that belong together stay in order, in a few sections."""
    office = "办事处" if place.town.endswith("街道") else "人民政府"
    body = "街道" if office == "办事处" else place.town[-1]
    sections: list[list[str]] = [[], [], []]
    for sentences in rng.sample(stated, len(stated)):
        at = rng.randrange(3)
        for sentence in sentences:
            at = min(at + (rng.random() < 0.3), 2)  # some go on in a later section
            sections[at].append(sentence.replace("全镇", f"全{body}"))
    lines = [
        f"{place.county}{place.town}{office}{TITLES[kind].format(y=year)}",
        f"{year}年,我{body}认真推进法治政府建设,现将有关情况报告如下。",
    ]
    for mark, heading, section in zip("一二三", ("主要举措和成效", "其他工作", "工作总结"), sections, strict=True):
        lines.append(f"{mark}、{heading}")
        while section:
            taken = [section.pop(0) for _ in range(min(len(section), rng.randint(1, 3)))]
            lines.append("".join(f"{sentence}。" for sentence in taken))
    return "\n".join(lines) + "\n"
