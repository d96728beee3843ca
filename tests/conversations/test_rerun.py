"""A turn spoken again with changes: nothing is kept of it but the call."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.calls import budgets
from audit.configuration import configuration, versions
from audit.configuration.places import Place
from audit.models import LLMCall
from conversations.admin import why
from conversations.models import Message, Turn
from conversations.turns.turns import compose, take
from conversations.why.rerun import CannotBeRerunError, Changes, brief_of, rerun
from tests.builders import (
    make_budget,
    make_channel,
    make_character,
    make_conversation,
    make_keeper,
    make_message,
    make_person,
    make_staff,
    make_turn,
    spent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def turn() -> Turn:
    """Odile has answered Ada; then more was said."""
    odile = make_character("Odile", persona={"identity": "You keep the bar."})
    conversation = make_conversation(make_channel("the-lantern"))
    heard = make_message(conversation, make_person("Ada"), "Odile, is the ferry late again?")
    planned = make_turn(conversation, odile, answers=heard, trigger="person")
    take(planned.pk)
    Turn.objects.filter(pk=planned.pk).update(say_at=timezone.now())
    take(planned.pk)
    planned.refresh_from_db()
    assert planned.status == Turn.Status.DONE
    conversation.refresh_from_db()
    make_message(conversation, make_person("Bram"), "I was not here yet.")
    return planned


def test_unchanged_it_says_the_same_and_changed_it_stands_beside(turn: Turn) -> None:
    before = (Message.objects.count(), Turn.objects.count())
    brief = brief_of(turn)
    assert [line.text for line in brief.lines] == ["Odile, is the ferry late again?"]
    assert [one.name for one in brief.listeners] == ["Ada"]
    assert turn.draft_spent
    assert not set(turn.draft_spent) & set(brief.spent)
    again = rerun(turn, Changes())
    assert again.answer == turn.llm_call.response
    changed = rerun(
        turn,
        Changes(
            identity="You are a lighthouse keeper.",
            templates={"reminder": "Whisper, $name."},
            without=("values",),
        ),
    )
    texts = {title: text for title, _, text, _ in changed.parts}
    assert "lighthouse" in texts["Who it is"]
    assert texts["Reminder of its style"] == "Whisper, Odile."
    assert (Message.objects.count(), Turn.objects.count()) == before
    assert LLMCall.objects.filter(purpose="sandbox").count() == 2


def test_it_is_paid_from_the_budget_and_refused_without(turn: Turn, monkeypatch: Any) -> None:
    budget = make_budget(character=turn.chosen, tokens=100)
    budgets.forget_none()
    monkeypatch.setattr("audit.calls.ledger.expected_of", lambda _: (80, 0))
    rerun(turn, Changes())
    assert spent(budget)[0] == 0  # the offline voice gives all back
    monkeypatch.setattr("audit.calls.ledger.expected_of", lambda _: (101, 0))
    with pytest.raises(CannotBeRerunError, match="Raise it"):
        rerun(turn, Changes())


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        (Changes(temperature=3), "between 0 and 2"),
        (Changes(without=("identity",)), "no part that can be left out"),
        (Changes(templates={"place": "$nowhere"}), "knows no variable"),
    ],
)
def test_what_cannot_be_changed_is_named(changes: Changes, remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        changes.check()


def test_a_keeper_sees_all_of_why_and_speaks_it_again(turn: Turn) -> None:
    client = Client()
    client.force_login(make_keeper())
    page = reverse("admin:conversations_turn_why", args=[turn.pk])
    text = client.get(page).content.decode()
    assert "You keep the bar." in text  # the prompt's part, out of the call that was kept
    assert "Odile, is the ferry late again?" in text
    again = client.post(page, {"identity": "You are a cat.", "without": ["values"]})
    assert "Again, with changes" in again.content.decode()
    assert "must be a number" in client.post(page, {"temperature": "hot"}).content.decode()


def test_the_page_asks_for_what_its_form_says(turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Changes] = []
    monkeypatch.setattr(why, "rerun", lambda _, changes: asked.append(changes))
    client = Client()
    client.force_login(make_keeper())
    page = reverse("admin:conversations_turn_why", args=[turn.pk])
    form = {"model": "small ", "temperature": "0.5", "identity": " You are a cat."}
    client.post(page, {**form, "template": "reminder", "text": "a\r\nb", "without": ["values"]})
    client.post(page, {"template": "reminder", "text": " "})
    client.post(page, {"text": "Whose?"})
    templates = {"reminder": "a\nb"}
    given = Changes("small", 0.5, "You are a cat.", templates, ("values",))
    assert asked == [given, Changes(), Changes()]


def test_who_may_look_at_turns_alone_reads_no_prompt_and_has_nothing_said_again(turn: Turn) -> None:
    make_turn(make_conversation(), make_character("Tam"))
    client, staff = Client(), make_staff()
    client.force_login(staff)
    page = reverse("admin:conversations_turn_why", args=[turn.pk])
    assert client.get(page).status_code == 403
    staff.user_permissions.add(Permission.objects.get(codename="view_turn"))
    seen = client.get(page)
    assert seen.context["turn"] == turn
    assert "Odile, is the ferry late again?" in seen.content.decode()
    assert seen.context["why"].prompt == ()
    assert "You keep the bar." not in seen.content.decode()
    assert client.post(page).status_code == 403
    assert not LLMCall.objects.filter(purpose="sandbox").exists()
    assert client.get(reverse("admin:conversations_turn_why", args=[0])).status_code == 404


def test_a_prompt_set_for_one_character_is_in_its_next_turn_alone() -> None:
    odile, bram = make_character("Odile"), make_character("Bram")
    conversation = make_conversation(make_channel())
    at = Place("character", odile.pk)
    configuration.set_value("prompts", "reminder", "Only one word, $name.", place=at)
    configuration.set_value("prompt", "off", ["state"], place=at)
    configuration.forget_cached()
    asked = {}
    for one in (odile, bram):
        turn = make_turn(conversation, one, status="speaking", claimed_by="me")
        composed = compose(turn)
        assert composed is not None
        asked[one.name] = composed
        Turn.objects.filter(pk=turn.pk).update(status="done")
    requests = {
        name: LLMCall.objects.get(pk=turn.llm_call_id).request["messages"][-1]["content"]
        for name, turn in asked.items()
    }
    assert "Only one word, Odile." in requests["Odile"]
    assert "Only one word" not in requests["Bram"]
    assert "state" not in {part["part"] for part in asked["Odile"].prompt_parts}
    assert "state" in {part["part"] for part in asked["Bram"].prompt_parts}


def test_settings_pages_show_set_and_roll_back() -> None:
    client = Client()
    client.force_login(make_keeper())
    channel = make_channel("cellar")
    assert "director" in client.get(reverse("admin:audit_settings")).content.decode()
    section = reverse("admin:audit_settings_section", args=["director"])
    assert "A score below it is silence" in client.get(section).content.decode()
    here = f"{section}?scope=channel&of=cellar"
    for value in ("0.5", "0.6", "high"):
        said = client.post(here, {"key": "threshold", "value": value, "note": "w"}, follow=True)
    refused = said.content.decode()
    assert "director.threshold must be a number" in refused
    assert 'value="high"' in refused  # nothing that was written is lost
    assert 'value="w"' in refused
    nowhere = client.post(f"{section}?scope=channel&of=attic", {"key": "crowd", "value": "7"})
    assert "There is no channel &#x27;attic&#x27;" in nowhere.content.decode()
    configuration.forget_cached()
    assert configuration.section("director") == {}  # nor is it set for everybody instead
    assert configuration.section("director", channel=channel.pk) == {"threshold": 0.6}
    one = reverse("admin:audit_setting", args=["director", "threshold"])
    page = client.get(f"{one}?scope=channel&of=cellar").content.decode()
    assert "-0.5" in page
    assert "+0.6" in page
    client.post(f"{one}?scope=channel&of=cellar", {"version": "1", "note": "back"})
    place = Place("channel", channel.pk)
    latest = versions.history("director", "threshold", place)[0]
    assert (latest.version, latest.config_value, latest.note) == (3, 0.5, "back")
    exported = client.get(reverse("admin:audit_settings_export")).json()
    assert exported["settings"][0]["of"] == "cellar"


def test_settings_that_no_row_can_hold_are_refused_by_their_name() -> None:
    client = Client()
    client.force_login(make_keeper())
    care = reverse("admin:audit_settings_section", args=["care"])
    for value in ('["Europe/Oslo: \\ud800"]', '["Europe/Oslo: \\u0000"]', "[" * 100_000):
        said = client.post(care, {"key": "resources_by_place", "value": value})
        assert "care.resources_by_place must" in said.content.decode()
    nul = client.get(f"{care}?scope=community&of=%00")
    assert "There is no community" in nul.content.decode()
    one = reverse("admin:audit_setting", args=["director", "threshold"])
    assert client.post(one, {"version": "²"}).status_code == 404
    bring = reverse("admin:audit_settings_import")
    begun = '{"format": "fishbowl-configuration-1", "settings": [{"section": "care", "key":'
    for text, told in (
        ("[" * 100_000, "is no JSON"),
        (begun + '"resources", "value": "\\ud800"}]}', "half a character"),
        (
            begun + '"resources", "value": "x", "scope": "community", "of": "\\u0000"}]}',
            "There is no",
        ),
    ):
        file = SimpleUploadedFile("settings.json", text.encode())
        assert told in client.post(bring, {"file": file}, follow=True).content.decode()
    configuration.forget_cached()
    assert configuration.section("care") == {}


def test_figures_have_their_pages() -> None:
    client = Client()
    client.force_login(make_keeper())
    for name in ("audit_costs", "audit_performance"):
        page = client.get(reverse(f"admin:{name}"), {"price_in": "1", "price_out": "2"})
        assert page.status_code == 200
    odd = client.get(reverse("admin:audit_costs"), {"price_in": "cheap", "price_out": "2"})
    assert "Give both prices as numbers" in odd.content.decode()
    assert 'value="cheap"' in odd.content.decode()
    client.logout()
    assert client.get(reverse("admin:audit_costs")).status_code == 302
