"""The pictures of a CHARX go with its card, whatever it is exported as."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from characters.cards import become, png, read, shapes, zips
from characters.cards.services import store_card
from characters.cards.writing import overlaid, write
from tests.builders import make_staff
from tests.characters.test_cards import card, raw

FACE, SAD = png.blank(3), png.blank(2)
LARGE = SAD + Random(1).randbytes(3_000_000)
ICON = {"type": "icon", "name": "main", "ext": "png", "uri": "embeded://assets/icon/main.png"}
SADNESS = {"type": "emotion", "name": "sad", "ext": "png", "uri": "embeded://assets/sad.png"}
FAR = {"type": "background", "name": "b", "ext": "png", "uri": "https://example.org/b.png"}


def charx(sad: bytes = SAD, **beside: bytes) -> bytes:
    files = [("card.json", raw(card(3, assets=[SADNESS, ICON, FAR]))),
             ("assets/icon/main.png", FACE), ("assets/sad.png", sad), *beside.items()]  # fmt: skip
    return zips.packed(files)


def address(content: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


def assets(found: dict[str, Any]) -> list[str]:
    return [one["uri"] for one in shapes.fields(found)["assets"]]


@pytest.mark.parametrize("spec", [0, 2, 3])
@pytest.mark.parametrize("form", ["json", "png"])
def test_they_stand_in_the_card(form: str, spec: int) -> None:
    file = read(charx(), "sera.charx")
    made, changed = overlaid(file.card, become(file.card))
    out = write(made, form=form, spec=spec, source=file, is_unchanged=not changed)
    back = read(out.content, f"sera.{form}")
    assert assets(back.card) == [address(SAD), address(FACE), FAR["uri"]]
    assert back.picture == FACE
    assert out.notes == () and not out.is_unchanged
    rest = {name: one for name, one in file.card["data"].items() if name != "assets"}
    assert rest.items() <= back.card["data"].items()
    again = write(back.card, form="charx", source=back)
    assert assets(read(again.content, "again.charx").card) == assets(back.card)


def test_a_charx_stays_the_very_file() -> None:
    file = read(charx(), "sera.charx")
    out = write(file.card, form="charx", source=file, is_unchanged=True)
    assert out.content == charx() and out.notes == ()


def test_what_is_too_large_is_said_and_faces_come_first() -> None:
    file = read(charx(LARGE, **{"model.bin": b"x"}), "sera.charx")
    out = write(file.card, form="json", source=file, is_unchanged=True)
    assert len(out.content) < shapes.LARGEST_JSON
    assert assets(read(out.content, "sera.json").card)[:2] == [SADNESS["uri"], address(FACE)]
    assert "1 of 2 pictures are too large" in out.notes[0]
    assert "1 files of its CHARX" in out.notes[1]


@pytest.mark.django_db
def test_keepers_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sera = store_card(read(charx(LARGE), "sera.charx"), timezone.now())
    call_command("export_card", sera.slug, "--format", "json", "--to", str(tmp_path))
    assert "1 of 2 pictures" in capsys.readouterr().err
    found = json.loads((tmp_path / f"{sera.slug}.json").read_bytes())
    assert assets(found)[1] == address(FACE)
    desk = Client()
    desk.force_login(make_staff(is_superuser=True))
    got = desk.get(reverse("admin:card_export"), {"ids": sera.pk, "format": "json"})
    assert assets(json.loads(got.content)) == assets(found)
    page = desk.get(reverse("admin:characters_character_changelist")).content.decode()
    assert "1 of 2 pictures are too large" in page
    other = store_card(read(charx(LARGE), "b.charx"), timezone.now(), name="Fenn")
    ids = f"{sera.pk},{other.pk}"
    many = desk.get(reverse("admin:card_export"), {"ids": ids, "format": "json"})
    archive = zipfile.ZipFile(io.BytesIO(many.content))
    assert "left-out.txt" in archive.namelist()
    assert "Fenn: left out" in archive.read("left-out.txt").decode()
