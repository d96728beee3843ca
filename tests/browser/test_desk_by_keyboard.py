"""The desk without a mouse, and as a screen reader has it, in Chromium before a real society."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Society

CONTROL = "(?:link|button|textbox|searchbox|combobox|checkbox)"
KEEPER = (
    "from django.contrib.auth import get_user_model as u; "
    "u().objects.filter(username='typist').exists() or "
    "u().objects.create_superuser('typist', password='a-long-way-down')"
)


@pytest.fixture(params=[1360, 400], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser, society: Society) -> Iterator[Page]:
    """The desk's first page. A window of 400 is also what 200 % zoom leaves of a small screen."""
    society.shell(KEEPER)
    context = chromium.new_context(viewport={"width": request.param, "height": 800})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    page.goto(f"{society.url}admin/login/")
    page.get_by_label("Username").fill("typist")
    page.get_by_label("Password").fill("a-long-way-down")
    page.keyboard.press("Enter")
    expect(page.locator(".desk-society")).to_be_visible()
    assert page.url == f"{society.url}admin/"
    yield page
    context.close()
    assert wrong == []


def test_every_list_is_reached_and_the_menu_left_by_keys(page: Page) -> None:
    side = page.get_by_role("navigation", name="The desk")
    menu = page.get_by_role("banner").get_by_role("button", name="Menu")
    is_small = menu.is_visible()
    if is_small:
        expect(side).to_be_hidden()
        menu.focus()
        page.keyboard.press("Enter")
        expect(menu).to_have_attribute("aria-expanded", "true")
        assert side.locator("xpath=..").evaluate("e => e.contains(document.activeElement)")
    group = side.get_by_role("button", name="Memory", exact=True)
    expect(group).to_have_attribute("aria-expanded", "false")
    for _ in range(60):
        if group.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(group).to_have_attribute("aria-expanded", "true")
    if is_small:
        menu.focus()
        page.keyboard.press("Escape")
        expect(side).to_be_hidden()
        menu.press(" ")
        expect(group).to_be_visible()
    group.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#result_list, #content")).to_have_count(1)
    assert "/admin/memories/" in page.url


def test_what_repeats_on_every_page_is_skipped_by_one_key(page: Page) -> None:
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the page")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Pause everything")).to_be_focused()


def test_icons_are_told_by_no_name_and_no_control_is_without_one(page: Page) -> None:
    line = page.get_by_role("link", name="Say a line", exact=True)
    expect(line).to_be_visible()
    page.goto(f"{page.url}characters/character/")
    expect(page.get_by_role("button", name="search", exact=True)).to_be_visible()
    told = page.locator("body").aria_snapshot()
    assert re.findall(rf'- {CONTROL} ".*[a-z]_[a-z].*"', told) == []
    assert re.findall(rf"- {CONTROL}(?! \".).*", told) == []


def test_a_choice_among_many_is_told_by_the_name_of_its_field(page: Page) -> None:
    page.goto(f"{page.url}audit/budget/add/")
    for name in ("Community", "Character"):
        expect(page.get_by_role("combobox", name=name)).to_be_visible()
    box = page.get_by_role("combobox", name="Character")
    # What is typed at once is searched for: there is no moment between opening and the focus.
    opened = "django.jQuery('#id_character').select2('open')"
    assert page.evaluate(f"{opened}, document.activeElement.type") == "search"
    page.keyboard.press("Escape")
    box.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Odi")
    expect(page.locator(".select2-results__option")).to_have_text(["Odile"])
    expect(page.locator(".select2-results__option--highlighted")).to_have_text("Odile")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Character Odile")).to_be_visible()
