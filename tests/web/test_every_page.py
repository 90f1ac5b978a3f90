"""What holds for every page: nothing on the console, no barrier that axe-core finds, no sideways scroll on a phone."""

from pathlib import Path

import pytest
from conftest import UNIT, Opener, Watched, asked

from pipelines.web.page_list import PAGES

AXE = (Path(__file__).parent / "axe-core" / "axe-4.14.1.min.js").read_text(encoding="utf-8")
METRIC = "enforcement_staff_certified"
#: An address of each page that a browser opens; `REPORT` stands for a report of the unit.
ADDRESSES = {
    "home": ("/",),
    "figure": (f"/unit/{UNIT}/2023/{METRIC}", f"/unit/{UNIT}/2019/{METRIC}"),
    "unit": (f"/unit/{UNIT}", "/unit/511923104"),
    "report": ("/report/REPORT", "/report/REPORT?at=NUMBER"),
    "missing": ("/missing", "/missing?area=510921"),
    "codebook": ("/codebook",),
    "lineage": ("/lineage", "/lineage?table=township_metric", "/lineage?table=township_metric&column=value"),
    "search": ("/search?q=tianfu", "/search?q=nothing+of+this+name"),
    "review": ("/review",),
    "metric": (f"/metric/{METRIC}", "/metric/trainings_held"),
    "map": ("/map",),
    "compare": ("/compare", f"/compare?units={UNIT},511923104&metrics=trainings_held"),
}


def address_of(root: str, address: str) -> str:
    """The address with the id of a report of the unit, and the place of a number of it."""
    fact = asked(root, f"/unit/{UNIT}/2023/{METRIC}.json")["facts"][0]
    return address.replace("REPORT", fact["report_id"]).replace("NUMBER", str(fact["number_start"]))


def test_every_page_is_tried() -> None:
    assert {page.name for page in PAGES if page.is_document} == set(ADDRESSES)


@pytest.mark.parametrize("address", [address for some in ADDRESSES.values() for address in some])
def test_a_page_is_whole_and_without_barriers(watched: Watched, workbench: str, address: str) -> None:
    page = watched.open(address_of(workbench, address))
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert found["passes"], "axe-core looked at nothing"
    assert [
        (one["id"], one["impact"], [node["html"][:200] for node in one["nodes"][:3]])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ] == []
    for shown in page.locator("details").all():
        shown.evaluate("element => element.open = true")
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, f"{address} is {wide} px wide on a phone: {page.evaluate(WIDEST)}"


WIDEST = """[...document.querySelectorAll('body *')]
  .filter(one => one.getBoundingClientRect().right > 391 && !one.closest('.wide, pre'))
  .slice(-5).map(one => one.outerHTML.slice(0, 120))"""


def test_a_wrong_address_is_a_page_too(opener: Opener, workbench: str) -> None:
    watched = opener()
    answer = watched.page.goto(f"{workbench}/unit/000000000")
    assert answer is not None
    assert answer.status == 404
    assert "000000000" in watched.page.inner_text("main")
    assert [one.partition(":")[0] for one in watched.wrong] == ["error"]  # Chromium notes each 404 on the console
    watched.wrong.clear()
