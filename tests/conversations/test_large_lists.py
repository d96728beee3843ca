"""Lists of tables that are too large to be read: their pages, orders, searches and filters."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory

from characters.admin import lists, paging, searching, values
from characters.admin.paging import EstimatingPaginator
from characters.admin.searching import search
from conversations.models import Message, Turn
from tests.builders import make_character, make_conversation, make_message, make_person, make_turn

pytestmark = pytest.mark.django_db
FIELDS = ["=id", "reason", "chosen__name"]
admin.autodiscover()


@pytest.fixture
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    for where in (lists, paging, values):
        monkeypatch.setattr(where, "estimated_rows", lambda model: 60_000)
    monkeypatch.setattr(paging, "EXACT_UP_TO", 4)


@pytest.mark.usefixtures("_all_are_large")
def test_what_lies_far_down_is_found_from_the_nearer_end(monkeypatch: pytest.MonkeyPatch) -> None:
    talk, person = make_conversation(), make_person()
    keys = [make_message(talk, person).pk for _ in range(10)]
    monkeypatch.setattr(paging, "estimated_rows", lambda model: 12)  # two have gone since
    pages = EstimatingPaginator(Message.objects.order_by("-pk"), 2)
    assert pages.num_pages == 6
    shown = [[row.pk for row in pages.page(n).object_list] for n in (1, 3, 6)]
    assert shown == [[keys[9], keys[8]], [keys[5], keys[4]], [keys[1], keys[0]]]


@pytest.mark.usefixtures("_all_are_large")
def test_it_is_sorted_by_what_an_index_keeps_in_order_alone(rf: RequestFactory) -> None:
    request = rf.get("/")
    shown = admin.site._registry[Turn].get_sortable_by(request)
    assert set(shown) == {"id", "decided_at"}


def test_words_are_looked_for_in_the_latest_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = make_conversation()
    ada = make_character(name="Ada")
    old, middle, late = (
        make_turn(talk, ada, status="done", reason=f"the ferry {n}") for n in range(3)
    )
    assert set(search(Turn.objects.all(), FIELDS, "ferry")) == {old, middle, late}
    monkeypatch.setattr(searching, "LATEST", 1)
    assert set(search(Turn.objects.all(), FIELDS, "ferry")) == {middle, late}
    assert set(search(Turn.objects.all(), FIELDS, "ferry 0")) == set()
    assert set(search(Turn.objects.all(), FIELDS, "'ferry 2'")) == {late}
    assert set(search(Turn.objects.all(), FIELDS, "ada")) == {old, middle, late}
    assert set(search(Turn.objects.all(), FIELDS, str(old.pk))) >= {old}
    assert not search(Turn.objects.all(), FIELDS, "²").exists()


def test_words_are_looked_for_in_the_days_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "LATEST", 1)
    talk, ada = make_conversation(), make_character()
    days = [dt.datetime(2026, 5, day, tzinfo=dt.UTC) for day in (1, 2, 3, 4)]
    turns = [make_turn(talk, ada, status="done", reason="ferry", decided_at=day) for day in days]
    of_then = Turn.objects.filter(decided_at__lt=days[2])
    assert set(search(of_then, ["reason"], "ferry", "decided_at")) == set(turns[:2])


@pytest.mark.usefixtures("_all_are_large")
def test_a_filter_offers_the_most_frequent_words(admin_client: Client) -> None:
    talk, ada = make_conversation(), make_character()
    for _ in range(3):
        make_turn(talk, ada, status="done", move="quip")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE conversations_turn")
    assert values.frequent_values(Turn, "move") == ["quip"]
    page = admin_client.get("/admin/conversations/turn/").content.decode()
    assert "?move=quip" in page
