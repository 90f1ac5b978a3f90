"""The level of who reports: a township, a county, a city, a department, or an office of one of these.

The title decides where it ends as the name of an office; else the opening says who speaks (我局, 我镇).
"""

import re

from pipelines.identify import kind
from pipelines.identify.place import ResolvedPlace

_DEPARTMENT = re.compile(
    r"(?:局|厅|法院|检察院|中学|小学|学校|医院|卫生院|派出所|税务所|分局|支队|总队|公司|司法所|监管所|财政所"
    r"|委员会办公室|政府办公室|政府办)$"
)
# Offices of a township, a zone or a county. Some registers hold one as a unit of its own: then it is that unit.
_OFFICE = re.compile(
    r"(?:服务中心|[一-龥]{2}(?:管理|综治|治理|指挥|保障|文化|执法|审批)[一-龥]{0,4}中心|(?<!执法)[大中]队"
    r"|(?:人大|人民代表大会)(?:常委会|常务委员会|主席团|工委|工作委员会)?"
    r"|政协|纪委(?:监委)?|纪律检查委员会|纪检监察[组室]|办公室|(?:服务|管理|监督|监测|工作|农技|文化)站|党政办|执法办|综治办)$"
)
# Bodies that some registers hold as a township-level unit: then the title names it, else it is not the unit found.
_COMMITTEE = re.compile(r"(?:管委会|管理委员会|开发区|园区|农场|林场)$")
_BEFORE_YEAR = re.compile(r"(?:关于|20[0-9]{2}|[〇零一二三四五六七八九]{4}年|法治|依法).*$")
# The report of a township's enforcement team on its enforcement is the township's enforcement report; no other is.
_TEAM = re.compile(r"执法[大中分支]?队$")
# An office that opens the text, behind the name of the unit that it belongs to: 甲镇便民服务中心坚持…
_OFFICE_OF = re.compile(
    r"(?:人民政府|党政)?[一-龥]{0,8}?(?:服务中心|综治中心|执法[大中]?队|人大(?:常委会|主席团)?)(?:坚|紧|深|认|在|以|按|全|,)"
)
_OWN_TOWNSHIP = re.compile(r"[我全本](?:镇|乡|街道|办事处|苏木)")
# 工作全局 and 全局工作 are ordinary words.
_OWN_BUREAU = re.compile(r"[我本]局|局党组|局机关|全局(?=上下|各|干部|职工|机关|人员|系统|党员|执法|普法|[0-9])")
_NAMED_BUREAU = re.compile(r"[县市区](?!级)[一-龥]{2,8}局(?:坚持|紧|深入|认真|在|以|按|全面|党组)")
_CITIES = ("市", "州", "盟", "地区")


def document_level(place: ResolvedPlace, title: str, opening: str, doc_type: str) -> str:
    """Return the `doc_level` of a document whose digits and names are not masked; title and opening are folded.

    It is `township`, `subdistrict`, `county`, `city`, `department`, `unknown`, or `template` where words are masked.
    """
    issuer = _BEFORE_YEAR.sub("", title)
    # A unit that only the opening names may be one among others in a department's report.
    titled = place.name is not None and place.name in title
    speaks_as_township = bool(_OWN_TOWNSHIP.search(opening))
    own = _COMMITTEE.search(issuer) or _OWN_BUREAU.search(opening) or (not place.name and _NAMED_BUREAU.search(opening))
    is_team = _TEAM.search(issuer) and not (place.name and doc_type == "enforcement_report")
    is_office = _OFFICE.search(issuer) and not (place.name and issuer.endswith(place.name))
    if is_team or is_office or _DEPARTMENT.search(issuer) or (own and not titled and not speaks_as_township):
        return "department"
    if place.name and not titled and not speaks_as_township and _OFFICE_OF.match(opening.partition(place.name)[2]):
        return "department"
    if place.name:
        return "subdistrict" if place.name.endswith(("街道", "街", "办事处")) else "township"
    if place.region:
        return "city" if place.region.endswith(_CITIES) and place.region != "全县" else "county"
    return "template" if kind.has_masked_words(opening) else "unknown"
