"""What the desk makes of what no row can hold, and of what is left empty."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import SecurityEvent
from characters.models import Character, Persona, SpeechStyle
from conversations.models import ScheduledEvent
from fishbowl.overrides import is_storable, storable
from tests.builders import make_character, make_keeper, make_staff
from tests.conversations.test_admin import errors_of, form_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages() -> Client:
    client = Client()
    client.force_login(make_keeper())
    return client


@pytest.mark.parametrize("model", [Persona, Character])
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("drives", '{"care": "\\u0000"}', "the character NUL"),
        ("drives", '{"care": "\\ud800"}', "half a character"),
        ("drives", '{"care": 1e400}', "must be a JSON value"),
        ("drives", "9" * 5000, "Enter a valid JSON"),
        ("greetings", "[" * 5000, "Enter a valid JSON"),
        ("drives", "5", 'must be written as {"name": "value"}, or left empty'),
        ("greetings", '"Hello."', 'must be written as ["one", "two"], or left empty'),
        ("drives", '{"care": "much"}', "which is no number; write one such as 0.5"),
        ("drives", '{"care": 3}', "care is 3; it must be at most 1"),
        ("greetings", '["Hello.", ["Hi."]]', "greetings: item 2 is ["),
        ("values", "patience\nplain\0words", "the character NUL"),
    ],
)
def test_what_no_row_can_hold_is_refused_beside_its_field(
    pages: Client, model: Any, field: str, value: str, said: str
) -> None:
    ada = make_character("Ada", persona={"drives": {"care": 0.5}})
    page = url(model, "change", ada.persona.pk if model is Persona else ada.pk)
    name = field if model is Persona else f"persona-0-{field}"
    told = errors_of(pages.post(page, form_of(pages, page) | {name: value}))
    assert said in told.replace("&quot;", '"')
    ada.persona.refresh_from_db()
    assert ada.persona.drives == {"care": 0.5}


def test_the_offline_voices_material_is_read_before_it_is_kept(pages: Client) -> None:
    style = make_character("Ada", style={"improv": {"openers": ["Tide's out."]}}).style
    page = url(SpeechStyle, "change", style.pk)
    for improv, said in (
        ('{"openers": 5}', "openers is no list"),
        ('{"opners": ["Hm."]}', "opners is no field that is known here; did you mean"),
    ):
        assert said in errors_of(pages.post(page, form_of(pages, page) | {"improv": improv}))
    style.refresh_from_db()
    assert style.improv == {"openers": ["Tide's out."]}
    right = form_of(pages, page) | {"improv": '{"openers": ["Fog."]}'}
    assert pages.post(page, right).status_code == 302
    style.refresh_from_db()
    assert style.improv == {"openers": ["Fog."]}


@pytest.mark.parametrize("sent", ["somebody", "\0", "1e3", "99999999999999999999"])
def test_what_is_no_row_is_chosen_nowhere(pages: Client, sent: str) -> None:
    page = url(ScheduledEvent, "add")
    assert pages.get(page, {"channel": sent}).status_code == 200
    told = errors_of(pages.post(page, {"channel": sent, "title": "Tea"}))
    assert "Select a valid choice" in told or "Null characters" in told
    assert not ScheduledEvent.objects.exists()


@pytest.mark.parametrize("value", ["", "null", " "])
def test_what_is_left_empty_is_as_in_a_new_row(pages: Client, value: str) -> None:
    ada = make_character("Ada", persona={"drives": {"care": 0.5}, "greetings": ["Hello."]})
    page = url(Persona, "change", ada.persona.pk)
    left = form_of(pages, page) | {"drives": value, "greetings": value}
    assert pages.post(page, left).status_code == 302
    ada.persona.refresh_from_db()
    assert (ada.persona.drives, ada.persona.greetings) == ({}, [])


def test_a_list_is_shown_though_it_is_asked_for_what_no_row_can_hold(pages: Client) -> None:
    make_character("Ada")
    for asked in ("status__exact=%00", "q=%00"):
        answer = pages.get(f"{url(Character)}?{asked}", follow=True)
        assert answer.status_code == 200


def test_who_may_not_is_refused_whatever_the_address_holds() -> None:
    client = Client()
    client.force_login(make_staff())
    assert client.get(f"{reverse('admin:index')}characters/persona/%00/delete/").status_code == 403
    event = SecurityEvent.objects.get(event_type="permission_denied")
    assert event.event_data["path"].endswith("persona//delete/")


def test_what_is_kept_of_json_is_what_can_be() -> None:
    given = {"a\0": ["x\ud800y", ("\\u0000",), {"b": 5, "c": None}]}
    assert storable(given) == {"a": ["xy", ["\\u0000"], {"b": 5, "c": None}]}
    assert is_storable("\\u0000 👩\u200d🚀")
