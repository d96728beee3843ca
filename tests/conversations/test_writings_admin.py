"""Keepers see what a character wrote, bring versions back, and finish works or let them be."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from conversations.making import creating
from conversations.making.creating_rules import WorkRules
from memories import workspace
from memories.workspace import Space
from tests.builders import NOON, make_character, make_file, make_keeper, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages() -> Client:
    client = Client()
    client.force_login(make_keeper())
    return client


def act(pages: Client, page: str, action: str, key: int) -> str:
    answer = pages.post(
        reverse(f"admin:characters_{page}_changelist"),
        {"action": action, "_selected_action": [key]},
        follow=True,
    )
    return " ".join(str(message) for message in answer.context["messages"])


def test_a_version_is_brought_back(pages: Client) -> None:
    mara = make_character("Mara")
    file = make_file(mara, "notes/a.md", "One.")
    workspace.write(Space(mara.pk), "notes/a.md", "Two.", NOON)
    first = file.versions.get(number=1)
    assert act(pages, "workspacefileversion", "restore", first.pk) == "1 brought back."
    file.refresh_from_db()
    assert (file.content, file.version) == ("One.", 3)


def test_works_are_finished_or_let_be(pages: Client) -> None:
    mara = make_character("Mara")
    one, other = make_project(mara), make_project(mara)
    creating.contribute(one, mara.pk, "The kettle sings of rain.", (), WorkRules(), NOON)
    assert act(pages, "creativeproject", "finish", one.pk) == "1 finished."
    assert act(pages, "creativeproject", "let_be", other.pk) == "1 let be."
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.status, other.status) == ("finished", "dropped")


def test_the_files_tab_shows_what_was_written(pages: Client) -> None:
    mara = make_character("Mara")
    make_file(mara, "notes/tide.md")
    make_project(mara, title="The Low Tide")
    page = reverse("admin:characters_character_change", args=[mara.pk])
    shown = pages.get(page).content.decode()
    assert "notes/tide.md" in shown
    assert "The Low Tide" in shown
