"""Pictures of characters: uploaded by keepers, shown in the tank, and nothing else served."""

from __future__ import annotations

import http
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import reverse

from characters.avatars import LARGEST
from characters.models import Character
from conversations.tank import views
from conversations.tank.faces import face_of
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_keeper,
    make_message,
)
from tests.conversations.test_admin import errors_of, form_of

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PICTURES = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0" + b"\0" * 40,
    "image/gif": b"GIF89a" + b"\0" * 40,
    "image/webp": b"RIFF\x20\0\0\0WEBPVP8 " + b"\0" * 40,
}
NO_PICTURES = {
    "face.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "face.png": b"<html><script>alert(1)</script></html>",
    "empty.png": b"",
}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def with_picture(picture: bytes, name: str = "face.png") -> Character:
    character = make_character()
    character.avatar.save(name, ContentFile(picture))
    return character


@pytest.mark.parametrize("kind", PICTURES)
def test_it_serves_a_picture_as_what_it_is(client: Client, kind: str) -> None:
    character = with_picture(PICTURES[kind], "face.html")
    answer = client.get(face_of(character).image)
    assert answer.status_code == http.HTTPStatus.OK
    assert answer.content == PICTURES[kind]
    assert answer["Content-Type"] == kind
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'"


@pytest.mark.parametrize("name", NO_PICTURES)
def test_it_serves_nothing_that_is_no_picture(client: Client, name: str) -> None:
    character = with_picture(NO_PICTURES[name], name)
    assert client.get(face_of(character).image).status_code == http.HTTPStatus.NOT_FOUND


def test_it_serves_nothing_too_large(client: Client) -> None:
    character = with_picture(PNG + b"\0" * LARGEST)
    assert client.get(face_of(character).image).status_code == http.HTTPStatus.NOT_FOUND


def test_it_serves_what_a_character_names_and_no_other_file(client: Client, media: Path) -> None:
    with_picture(PNG, "face.png")
    (media / "avatars" / "other.png").write_bytes(PNG)
    (media.parent / "secret.png").write_bytes(PNG)
    for name in (
        "other.png",
        "../secret.png",
        "..%2Fsecret.png",
        "../../secret.png",
        "..%2F..%2Fsecret.png",
        "%2e%2e%2f%2e%2e%2fsecret.png",
        "face.png%00",
        "",
    ):
        answer = client.get(f"/media/avatars/{name}")
        assert answer.status_code == http.HTTPStatus.NOT_FOUND, name


@pytest.mark.parametrize("name", ["avatars/../../secret.png", "avatars/gone.png"])
def test_it_leaves_the_folder_for_no_row(media: Path, name: str) -> None:
    """Not even where a row, however it came to be so, names a file elsewhere."""
    (media.parent / "secret.png").write_bytes(PNG)
    make_character(avatar=name)
    request = RequestFactory().get("/media/avatars/x")
    with pytest.raises((SuspiciousFileOperation, Http404)):
        views.avatar(request, name.removeprefix("avatars/"))


def test_the_tank_shows_it(client: Client) -> None:
    odile = with_picture(PNG)
    make_message(make_conversation(make_channel()), odile, "Good evening.")
    html = client.get("/").content.decode()
    assert html.count(f'src="{odile.avatar.url}"') == 2  # beside its words, and among the cast
    assert f'data-image="{odile.avatar.url}"' in html


def test_a_character_without_one_keeps_its_address_elsewhere() -> None:
    assert face_of(make_character(avatar_url="https://a.example/b.png")).image.endswith("b.png")


def test_keepers_upload_pictures_and_nothing_else() -> None:
    pages, character = Client(), make_character()
    pages.force_login(make_keeper())
    page = reverse("admin:characters_character_change", args=[character.pk])
    for name, content in NO_PICTURES.items():
        sent = form_of(pages, page) | {"avatar": SimpleUploadedFile(name, content, "image/png")}
        said = errors_of(pages.post(page, sent))
        assert "no picture of a kind" in said or "empty" in said
    sent = form_of(pages, page) | {"avatar": SimpleUploadedFile("large.png", PNG + b"\0" * LARGEST)}
    assert "shrink it" in errors_of(pages.post(page, sent))
    sent = form_of(pages, page) | {"avatar": SimpleUploadedFile("face.png", PNG, "image/png")}
    assert pages.post(page, sent).status_code == http.HTTPStatus.FOUND
    character.refresh_from_db()
    assert pages.get(character.avatar.url).content == PNG
    sent = form_of(pages, page)
    del sent["avatar"]  # a browser sends no file that nobody chose
    assert pages.post(page, sent).status_code == http.HTTPStatus.FOUND
    character.refresh_from_db()
    assert character.avatar
