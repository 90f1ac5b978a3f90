"""All pages of the workbench, in the order in which their addresses are tried."""

from pipelines.web.page_view import WebPage
from pipelines.web.pages import (
    codebook_page,
    compare,
    figure,
    home,
    lineage_page,
    map_page,
    metric,
    missing,
    report,
    review,
    search,
    unit,
)

PAGES: tuple[WebPage, ...] = (
    WebPage("home", "/", home.view),
    WebPage("figure", "/unit/{code}/{year}/{metric}", figure.view, table="facts"),
    WebPage("unit", "/unit/{code}", unit.view, table="cells"),
    WebPage("metric", "/metric/{code}", metric.view, table="ranking"),
    WebPage("map", "/map", map_page.view),
    WebPage("compare", "/compare", compare.view, table="rows"),
    WebPage("report", "/report/{report}", report.view, table="numbers"),
    WebPage("card", "/report/{report}/card", report.part_view, is_document=False),
    WebPage("report_lines", "/report/{report}/lines", report.part_view, is_document=False),
    WebPage("places", "/search/places", search.places_view, is_document=False),
    WebPage("review", "/review", review.view),
    WebPage("review_item", "/review/item", review.item_view, is_document=False),
    WebPage("missing", "/missing", missing.view, table="quarantined"),
    WebPage("codebook", "/codebook", codebook_page.view),
    WebPage("lineage", "/lineage", lineage_page.view),
    WebPage("search", "/search", search.view),
    WebPage("answers", "/search/answers", search.view, is_document=False),
)
