"""What a reader does: search by pinyin, from a figure to its sentence, the legend, the language, two tabs."""

from conftest import UNIT, Opener, Watched, asked


def test_a_township_is_found_by_pinyin_while_one_types(watched: Watched) -> None:
    page = watched.open("/")
    page.get_by_role("searchbox").press_sequentially("tianfu", delay=30)
    page.locator("#found a", has_text="天福镇").first.wait_for()
    page.locator(f'#found a[href="/unit/{UNIT}"]').click()
    page.wait_for_url(f"**/unit/{UNIT}")
    assert "天福镇" in page.inner_text("h1")


def test_the_search_works_by_the_enter_key(watched: Watched) -> None:
    page = watched.open("/")
    page.get_by_role("searchbox").fill("tfz")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=tfz")
    assert page.locator(f'main a[href="/unit/{UNIT}"]').count() == 1


def test_from_a_figure_to_its_sentence_in_two_clicks(watched: Watched) -> None:
    page = watched.open(f"/unit/{UNIT}")
    page.locator(f'a[href="/unit/{UNIT}/2023/trainings_held"]').click()
    assert page.inner_text("p.figure").split()[0] == "35"
    assert "学法15次" in page.inner_text("blockquote >> nth=0")
    page.locator("article.fact a").first.click()
    chosen = page.locator(".number.chosen")
    chosen.wait_for()
    assert chosen.inner_text() == "15次"
    assert "学法" in page.inner_text(".evidence >> nth=0")
    box = chosen.bounding_box()
    assert box is not None
    assert 0 < box["y"] < 900, "the number is on the screen"


def test_a_click_on_a_number_shows_its_card(watched: Watched, workbench: str) -> None:
    fact = asked(workbench, f"/unit/{UNIT}/2023/trainings_held.json")["facts"][0]
    page = watched.open(f"/report/{fact['report_id']}")
    number = page.locator(f"#n{fact['number_start']}")
    number.click()
    page.locator("#card").get_by_text(fact["rule_id"]).first.wait_for()
    assert fact["evidence"] in page.inner_text("#card")


def test_the_legend_hides_and_shows_a_group(watched: Watched, workbench: str) -> None:
    report = asked(workbench, f"/unit/{UNIT}.json")["reports"][0]["report_id"]
    page = watched.open(f"/report/{report}")
    dates, facts = page.locator(".text .number.date"), page.locator(".text .number.fact")
    box = page.locator('input[data-filter="date"]')
    assert dates.count() > 0
    box.uncheck()
    assert page.locator(".text .number.date.off").count() == dates.count()
    assert page.locator(".text .number.fact.off").count() == 0 < facts.count()
    box.check()
    assert page.locator(".text .number.off").count() == 0


def test_the_switch_keeps_one_language_on_every_page(watched: Watched) -> None:
    page = watched.open("/")
    heading = page.locator("h1")
    assert heading.locator(".zh").is_visible()
    assert heading.locator(".en").is_visible()
    page.get_by_role("button", name="English", exact=True).click()
    assert not heading.locator(".zh").is_visible()
    page.get_by_role("link", name="Missing").click()
    assert page.locator("h1 .en").is_visible()
    assert not page.locator("h1 .zh").is_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    page.get_by_role("button", name="中文", exact=True).click()
    assert page.locator("h1 .zh").is_visible()
    assert not page.locator("h1 .en").is_visible()


def test_a_family_is_opened_and_folded_by_the_keyboard(watched: Watched) -> None:
    page = watched.open(f"/unit/{UNIT}")
    button = page.locator("[data-fold]").first
    rows = page.locator("tbody.folds").first.locator("tr:not(.head)")
    assert not rows.first.is_visible()  # families begin folded, the headlines do not
    assert page.locator("tbody.family:not(.folds) tr:not(.head)").first.is_visible()
    button.focus()
    page.keyboard.press("Enter")
    assert rows.first.is_visible()
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Enter")
    assert not rows.first.is_visible()


def test_the_codebook_is_filtered_where_it_stands(watched: Watched) -> None:
    page = watched.open("/codebook")
    page.locator("[data-filter-list]").fill("enforcement certified")
    shown = [one for one in page.locator("#indicators > details").all() if one.is_visible()]
    assert 0 < len(shown) < 5


def test_two_tabs_at_once_do_not_disturb_each_other(opener: Opener, workbench: str) -> None:
    facts = asked(workbench, f"/unit/{UNIT}/2023/trainings_held.json")["facts"]
    first = opener()
    second = opener(beside=first)
    for watched, fact in ((first, facts[0]), (second, facts[1])):
        watched.open(f"/report/{fact['report_id']}?at={fact['number_start']}")
    for watched, fact in ((first, facts[0]), (second, facts[1])):
        watched.page.bring_to_front()
        assert fact["evidence"] in watched.page.inner_text("#card")
        watched.page.get_by_role("searchbox").press_sequentially("tianfu")
        watched.page.locator("#found a").first.wait_for()
