"""A keeper's first day, in a real browser, before a real society."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Society

PROMPT, NAMED = "constitution", "You are $name. $disclosure"
CARD = {
    "spec": "chara_card_v3",
    "spec_version": "3.0",
    "data": {
        "name": "Quill",
        "description": "{{char}} keeps the ledger of the harbour and mistrusts round numbers.",
        "personality": "Dry and exact.",
        "scenario": "",
        "first_mes": "Mind the wet ink, all of you.",
        "mes_example": "",
        "alternate_greetings": [],
        "tags": ["ledger", "harbour"],
        "creator": "a keeper",
        "extensions": {},
    },
}
KEEPER = """from django.contrib.auth import get_user_model as u
u().objects.create_superuser('keeper', password='a-long-way-down')"""
SILENCE = (
    "from datetime import timedelta as d",
    "from audit.models import SystemConfiguration as c",
    "from conversations.models import Message as m",
    "at = c.objects.filter(config_section='society').latest('pk').created_at + d(seconds=1)",
    "assert not m.objects.filter(character__isnull=False, created_at__gt=at).exists()",
)


@pytest.fixture
def page(chromium: Browser, society: Society) -> Iterator[Page]:
    """A page that complains at the end of any error in its scripts."""
    society.shell(KEEPER.replace("\n", "; "))
    context = chromium.new_context(viewport={"width": 1360, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    yield page
    context.close()
    assert wrong == []


def test_a_keepers_first_day(page: Page, society: Society, tmp_path: Path) -> None:
    desk = f"{society.url}admin/"
    done = page.locator("main, body").first

    # signing in
    page.goto(desk)
    page.fill("#id_username", "keeper")
    page.fill("#id_password", "a-long-way-down")
    page.click("[type=submit]")
    expect(page.locator(".desk-society")).to_contain_text("The society is running.")

    # a character from a card
    card = tmp_path / "quill.json"
    card.write_text(json.dumps(CARD))
    page.get_by_role("link", name="Import a card").click()
    page.set_input_files("#files", card)
    page.get_by_role("button", name="Show what they become").click()
    expect(page.get_by_role("heading", name="Quill")).to_be_visible()
    page.get_by_role("button", name="Let them come").click()
    expect(done).to_contain_text("Quill has come")
    quill = page.url

    # it speaks, and is seen to
    page.get_by_role("link", name="Have it say hello").click()
    page.get_by_role("button", name="Say hello").click()
    expect(page.locator(".desk-said")).to_contain_text(re.compile(r"\w"))
    page.goto(f"{desk}acts/line/")
    page.select_option("[name=channel]", index=1)
    page.select_option("[name=character]", label="Quill")
    page.fill("[name=text]", "Seven and a half crates, and not one more.")
    page.locator("button.desk-button-strong").last.click()
    page.goto(society.url)
    line = page.locator(".message.character").filter(has_text="Seven and a half crates")
    expect(line.locator(".name")).to_have_text("Quill")

    # its persona is edited, and the edit is in the trail
    page.goto(f"{quill.partition('?')[0]}#persona")
    page.locator("[name=persona-0-identity]").fill("Quill keeps the ledger, and counts the gulls.")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(done).to_contain_text("changed successfully")
    page.goto(f"{desk}auditlog/logentry/?o=-0")
    entry = page.locator("#result_list tbody tr").filter(has_text="persona").first
    expect(entry).to_contain_text("keeper")
    entry.get_by_role("link").click()
    expect(done).to_contain_text("and counts the gulls")

    # a prompt is changed, and rolled back
    for text in (f"Be plain. {NAMED}", f"Be a riddle. {NAMED}"):
        page.goto(f"{desk}audit/systemconfiguration/settings/prompts/")
        form = page.locator("section.setting").filter(has=page.get_by_role("link", name=PROMPT))
        form.locator("textarea").fill(text)
        form.get_by_placeholder("why").fill("to hear what it does")
        form.get_by_role("button", name="Set", exact=True).click()
        expect(form.locator("textarea")).to_have_value(text)
        expect(form).to_contain_text("set here")
    page.goto(f"{desk}audit/systemconfiguration/settings/prompts/{PROMPT}/")
    expect(page.locator(".diff").first).to_contain_text("+Be a riddle.")
    page.get_by_role("button", name="Roll back to version 1").click()
    expect(page.locator("section.own pre")).to_contain_text("+Be plain.")

    # a person joins, everything is paused, and nobody answers
    page.goto(society.url)
    room = page.locator(".room").first
    room.get_by_label("Join the talk as").fill("Wanda")
    room.get_by_role("button", name="Come in").click()
    expect(page.locator(".you .rename")).to_have_text("Wanda")
    page.goto(desk)
    page.get_by_role("button", name="Pause everything").click()
    expect(page.locator(".desk-society")).to_contain_text("The society is paused.")
    page.goto(society.url)
    field = page.locator(".room").first.locator("textarea")
    field.fill("Quill, how many crates?")
    field.press("Enter")
    expect(page.locator(".message.own").filter(has_text="how many crates")).to_have_count(1)

    # the person is erased, and what they said goes with them
    page.goto(f"{desk}characters/person/?q=Wanda")
    page.locator("#result_list").get_by_role("link", name="Wanda").click()
    page.get_by_role("link", name="Forget this person").click()
    page.fill("#name", "Wanda")
    page.get_by_role("button", name="Forget them for good").click()
    expect(done).to_contain_text("They are forgotten. The receipt is")
    page.goto(society.url)
    expect(page.locator(".message").first).to_be_visible()
    expect(page.locator(".message").filter(has_text="how many crates")).to_have_count(0)

    # nothing was said from a second after the switch on, though rooms were lively and watched
    society.shell("; ".join(SILENCE))
    page.goto(desk)
    page.get_by_role("button", name="Resume everything").click()
    expect(page.locator(".desk-society")).to_contain_text("The society is running.")
