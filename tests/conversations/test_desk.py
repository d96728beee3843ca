"""The desk's first page and the tabs of a character's: what they tell, and that they need nothing
which a strict Content-Security-Policy forbids."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from characters.models import SelfModification
from conversations.desk import talk_by_hour
from conversations.models import TurnMemory
from fishbowl.desk import side_bar
from tests.builders import (
    make_call,
    make_channel,
    make_character,
    make_conversation,
    make_keeper,
    make_memory,
    make_message,
    make_mood_change,
    make_person,
    make_relationship,
    make_staff,
    make_turn,
)


@pytest.fixture
def desk() -> Client:
    """A browser in which a keeper is logged in."""
    client = Client()
    client.force_login(make_keeper())
    return client


def test_talk_is_counted_by_the_hour_with_the_silent_ones() -> None:
    now = dt.datetime(2026, 3, 4, 12, 40, tzinfo=dt.UTC)
    hour = now.replace(minute=0)
    points = talk_by_hour({hour: 3, hour - dt.timedelta(hours=2): 5}, now)
    assert [point.value for point in points[-3:]] == [5, 0, 3]
    assert len(points) == 24


@pytest.mark.django_db
def test_the_first_page_tells_how_the_society_stands(desk: Client) -> None:
    character = make_character("Wren")
    make_character(status="paused")
    talk = make_conversation()
    make_message(talk, character)
    make_message(talk, make_person())
    make_call(purpose="speak", cost_usd="0.25")
    make_call(purpose="observe", status="failed")
    page = desk.get(reverse("admin:index"))
    now = page.context["glance"]
    assert (now.active, now.resting, now.talks) == (1, 1, 1)
    assert (now.lines_of_characters, now.lines_of_people) == (1, 1)
    assert (now.usd_today, now.failed_calls, now.is_free) == (0.25, 1, False)
    assert sum(point.value for point in now.per_hour) == 2
    assert "The society is running." in page.content.decode()


@pytest.mark.django_db
def test_the_side_bar_names_what_a_keeper_may_see_and_nothing_else() -> None:
    keeper, first = make_staff(), reverse("admin:index")
    may = ("view_llmcall", "view_channel", "view_reliance")
    keeper.user_permissions.set(Permission.objects.filter(codename__in=may))
    request = RequestFactory().get(first)
    request.user = keeper
    bar = side_bar(request)
    assert [(shelf["title"], [item["link"] for item in shelf["items"]]) for shelf in bar] == [
        ("", [first, "/", reverse("admin:audit_costs"), reverse("admin:audit_performance")]),
        ("People", [reverse("admin:conversations_reliance_changelist")]),
        ("Talk", [reverse("admin:conversations_channel_changelist")]),
        ("Costs and calls", [reverse("admin:audit_llmcall_changelist")]),
    ]
    assert [item["link"] for shelf in bar for item in shelf["items"] if item.get("active")] == [
        first
    ]


@pytest.mark.django_db
def test_what_waits_leads_to_just_those_rows(desk: Client) -> None:
    first = reverse("admin:index")
    assert desk.get(first).context["waiting"] == []
    given_up = make_message(make_conversation(), make_character()).deliveries.get()
    given_up.status = "failed"
    given_up.save()
    make_message(make_conversation(), make_character())
    SelfModification.objects.create(
        character=make_character(), field="persona.openness", reason="x", status="proposed"
    )
    make_channel(is_paused=True)
    waiting = desk.get(first).context["waiting"]
    assert [(one.title, one.number) for one in waiting] == [
        ("Deliveries given up", "1"),
        ("Changes that characters ask for", "1"),
        ("Channels at rest", "1"),
    ]
    for one in waiting:
        assert desk.get(one.address).context["cl"].result_count == 1
    client = Client()
    client.force_login(make_staff())
    assert client.get(first).context["waiting"] == []


@pytest.mark.django_db
def test_a_characters_tabs_tell_what_hangs_on_it_and_ask_no_more_of_more(desk: Client) -> None:
    character = make_character("Wren")
    page = reverse("admin:characters_character_change", args=[character.pk])
    desk.get(page)

    def live(times: int) -> None:
        for _ in range(times):
            talk = make_conversation()
            turn = make_turn(talk, character)
            make_message(talk, character, "The lamp is lit.", turn=turn)
            make_memory(character)
            make_mood_change(
                character, description="the lamp was lit", trigger_person=make_person()
            )
            make_relationship(character, make_person())
            make_relationship(make_character(), character)
            make_call(character=character)

    live(2)
    with CaptureQueriesContext(connection) as few:
        shown = desk.get(page).content.decode()
    live(3)
    with CaptureQueriesContext(connection) as more:
        desk.get(page)
    assert len(more) <= len(few)
    for told in ("The lamp is lit.", "the lamp was lit", "Something that happened"):
        assert told in shown
    for tab in ("state", "talk", "relationships", "memories", "insights", "growth", "costs"):
        assert f'id="dataset-{tab}-group"' in shown


@pytest.mark.django_db
def test_a_characters_page_has_the_tabs_of_what_who_looks_may_see() -> None:
    character = make_character("Wren")
    make_memory(character, "The lamp was lit at nine.")
    turn = make_turn(make_conversation(), character)
    TurnMemory.objects.create(turn=turn, memory=character.memories.get(), rank=1, score=1.0)
    staff, client = make_staff(), Client()
    names = ["view_character", "view_moodchange", "view_turn"]
    staff.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(staff)
    page = client.get(reverse("admin:characters_character_change", args=[character.pk]))
    html = page.content.decode()
    assert 'id="dataset-state-group"' in html
    for tab in ("talk", "relationships", "memories", "insights", "growth", "files", "costs"):
        assert f'id="dataset-{tab}-group"' not in html
    why = client.get(reverse("admin:conversations_turn_why", args=[turn.pk])).content.decode()
    assert "The lamp" not in html + why
    staff.user_permissions.set(Permission.objects.all())
    why = client.get(reverse("admin:conversations_turn_why", args=[turn.pk])).content.decode()
    assert "The lamp was lit at nine." in why


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "index", "act_new_character", "act_scene", "conversations_message_changelist",
        "characters_character_add", "audit_systemconfiguration_add",
    ],
)  # fmt: skip
def test_no_page_has_scripts_or_styles_of_its_own(desk: Client, name: str) -> None:
    make_message(make_conversation(), make_character())
    page = desk.get(reverse(f"admin:{name}")).content.decode()
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)(?![^>]*application/json)", page)
    assert not re.search(r'\s(style|on[a-z]+)="', page)
    assert "desk/desk.css" in page
    assert page.index("htmx.js") < page.index("desk/desk.js")


@pytest.mark.django_db
def test_alpine_is_the_build_that_needs_no_eval() -> None:
    from django.contrib.staticfiles import finders

    found = finders.find("unfold/js/alpine/alpine.js")
    assert found is not None and "fishbowl/static" in str(found)
    with open(str(found), encoding="utf-8") as file:
        script = file.read()
    assert "prohibited in the CSP build" in script
    assert "AsyncFunction" not in script
