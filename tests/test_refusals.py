"""What isn't there, isn't allowed or broke is said on a page like all others, with a way back."""

from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.builders import make_keeper, make_staff

pytestmark = pytest.mark.django_db


def page(answer: object, status: int) -> str:
    """A whole page of ours, that tells nothing of the inside."""
    assert answer.status_code == status  # type: ignore[attr-defined]
    text: str = answer.content.decode()  # type: ignore[attr-defined]
    assert '<html lang="en">' in text and "tank/tank.css" in text
    assert len(re.findall(r"<h1>", text)) == len(re.findall(r"<main ", text)) == 1
    assert f'href="{reverse("tank")}"' in text
    for inside in ("Traceback", "Django", "Http404", "/nowhere", "secret words", "matches the"):
        assert inside not in text
    return text


@pytest.mark.parametrize("path", ["/nowhere/", "/characters/nobody/", "/rooms/99999/", "/?room=9"])
def test_what_is_not_there(client: Client, path: str) -> None:
    text = page(client.get(path), 404)
    assert "Nothing lives here" in text and "Back to the desk" not in text


def test_what_is_not_there_for_a_keeper(client: Client) -> None:
    client.force_login(make_keeper())
    text = page(client.get("/admin/nowhere/"), 404)
    assert f'<a href="{reverse("admin:index")}">Back to the desk</a>' in text


def test_what_is_not_allowed(client: Client) -> None:
    client.force_login(make_staff())
    text = page(client.get(reverse("admin:auth_user_changelist")), 403)
    assert "Back to the desk" in text


def test_a_form_without_its_token() -> None:
    client = Client(enforce_csrf_checks=True)
    page(client.post(reverse("admin:login"), {"username": "a", "password": "b"}), 403)


@override_settings(ALLOWED_HOSTS=["here.example"])
def test_what_is_not_understood(client: Client) -> None:
    page(client.get("/", headers={"host": "there.example"}), 400)


def test_what_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("secret words")

    monkeypatch.setattr("conversations.tank.tank.rooms", lambda **_: broken())
    page(Client(raise_request_exception=False).get("/"), 500)


def test_the_sign_in_page_has_a_main_part_and_a_heading(client: Client) -> None:
    text = client.get(reverse("admin:login")).content.decode()
    main = text[text.index("<main") : text.index("</main>")]
    assert "<h1" in main and 'name="password"' in main
