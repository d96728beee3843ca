"""A card comes to live here, is heard, and goes out again with what was changed since."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.configuration import configuration
from audit.models import SecurityEvent
from characters.cards import CardRefused, png, read, shapes, zips
from characters.cards.writing import as_v3
from characters.models import CardSource, Character, CharacterVersion, MaterialUse
from conversations import cards
from conversations.models import Turn
from conversations.turns import turns
from conversations.turns.briefing import load_brief
from conversations.turns.cardtext import greeting_key
from conversations.turns.greetings import opening
from conversations.turns.prompts import build
from fishbowl.llm.types import Brief, Line, Listener
from fishbowl.macros import with_names, with_original
from memories.lore import lore
from memories.models import LoreChunk, LoreDocument, Memory
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_keeper,
    make_staff,
    make_turn,
)
from tests.characters.test_cards import card, in_png, raw


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: pytest.FixtureRequest) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]


def bring(**fields: object) -> Character:
    """The usual card, in a PNG."""
    content = in_png(ccv3=raw(card(3, **fields)))
    done = cards.import_card(read(content, "sera.png"), timezone.now())
    assert done.character is not None
    return done.character


@pytest.mark.django_db
def test_a_card_becomes_a_character_with_its_book_its_past_and_its_face() -> None:
    """All of it in one go, kept whole; and the untouched file comes out again."""
    content = in_png(ccv3=raw(card(3)))
    sera = bring()
    sera.refresh_from_db()
    assert sera.card == card(3) and sera.talkativeness == 0.7 and sera.is_active
    assert sera.avatar.name.startswith("avatars/seraphina-")
    assert sera.persona.greetings[1] == "Back so soon?"
    document = LoreDocument.objects.get(character=sera)
    (chunk,) = document.chunks.all()
    assert (chunk.keys, chunk.memory.owner_id) == (["fox"], sera.pk)
    past = Memory.objects.get(owner=sera, session_key__startswith="formative:")
    assert past.content.startswith("When she was seven") and past.is_locked
    out = cards.export(sera, timezone.now(), form="png")
    assert out.is_unchanged and out.content == content
    assert json.loads(cards.export(sera, timezone.now(), form="json").content) == card(3)


@pytest.mark.django_db
def test_edits_lie_over_the_card_and_the_rest_is_as_it_came() -> None:
    """Of the persona and of the book."""
    sera = bring()
    sera.persona.scenario = "A harbour."
    sera.persona.save()
    chunk = LoreChunk.objects.get(document__character=sera)
    chunk.keys = ["fox", "vixen"]
    lore.save_chunk(chunk)
    expected = card(3)["data"]
    expected["scenario"] = "A harbour."
    expected["character_book"]["entries"][0]["keys"] = ["fox", "vixen"]
    made = read(cards.export(Character.objects.get(pk=sera.pk), timezone.now()).content, "a.png")
    assert made.card["data"].pop("modification_date")
    assert made.card["data"] == expected
    lore.remove([chunk.document_id])
    again = json.loads(cards.export(sera, timezone.now(), form="json").content)
    assert "character_book" not in again["data"]


@pytest.mark.django_db
def test_who_never_had_a_card_is_whole_in_one() -> None:
    """What cards have no fields for comes back out of `extensions.fishbowl`."""
    odile = make_character(
        "Odile",
        persona={"identity": "A ferrywoman.", "values": ["silence"], "openness": 0.9},
        style={"formality": 0.2, "signature_phrases": ["Mind the step."]},
        interests=("tides",),
    )
    cards_of = cards.export_all([odile], timezone.now(), form="charx")
    archive = zips.Archive(cards_of, largest=10_000_000)
    file = read(archive.read("odile.charx", 10_000_000), "odile.charx")
    odile.delete()
    again = cards.import_card(file, timezone.now()).character
    assert again is not None
    assert (again.persona.values, again.persona.openness) == (["silence"], 0.9)
    assert again.style.signature_phrases == ["Mind the step."]
    assert [one.topic for one in again.interests.all()] == ["tides"]


@pytest.mark.django_db
def test_a_name_that_is_taken_is_refused_and_replacing_keeps_what_was_lived() -> None:
    """A refusal changes nothing; a replacement makes a version."""
    sera = bring()
    with pytest.raises(CardRefused, match=r"data\.name is 'Seraphina'.*replaces"):
        bring()
    broken = {"entries": [{"keys": ["/(/"], "content": "x", "use_regex": True}]}
    with pytest.raises(CardRefused, match="character_book"):
        bring(name="Broken", character_book=broken)
    assert Character.objects.count() == 1
    file = read(raw(card(2, description="Older now.", character_book=None)), "b.json")
    cards.import_card(file, timezone.now(), replaced=sera)
    sera = Character.objects.get()
    assert sera.persona.identity == "Older now."
    assert not LoreDocument.objects.filter(character=sera).exists()
    assert CharacterVersion.objects.filter(character=sera).count() >= 2


@pytest.mark.django_db
def test_a_lorebook_that_stands_alone_is_learnt_by_all() -> None:
    """It is no character."""
    book = {"spec": "lorebook_v3", "data": {"name": "The glade", "entries": [
        {"keys": ["glade"], "content": "The glade is round.", "use_regex": False,
         "extensions": {}, "enabled": True, "insertion_order": 0}]}}  # fmt: skip
    done = cards.import_card(read(raw(book), "glade.json"), timezone.now())
    assert done.character is None and done.entries == 1
    assert LoreDocument.objects.get().character is None


@pytest.mark.django_db
def test_the_commands_take_many_in_and_write_them_out(tmp_path: Path) -> None:
    """Those that can be taken are; the others are told of, by file and field."""
    bulk = tmp_path / "many.zip"
    bulk.write_bytes(zips.packed([("a.json", raw(card(3))), ("b.json", raw(card(2, name="Fox")))]))
    room = make_channel("glade")
    out = io.StringIO()
    call_command("import_card", str(bulk), "--room", "glade", "--paused", stdout=out)
    assert "Seraphina came to live here (slug seraphina, a book of 1 entries)" in out.getvalue()
    assert set(room.residents.values_list("slug", flat=True)) == {"seraphina", "fox"}
    assert not Character.objects.active().exists()
    bulk.write_bytes(
        zips.packed([("a.json", raw(card(3, tags=5))), ("c.json", raw(card(2, name="C")))])
    )
    with pytest.raises(CommandError, match=r"many\.zip/a\.json: data\.tags is 5"):
        call_command("import_card", str(bulk), stdout=out)
    assert Character.objects.filter(name="C").exists()
    call_command("export_card", "fox", "--format", "json", "--to", str(tmp_path), stdout=out)
    assert json.loads((tmp_path / "fox.json").read_text()) == card(2, name="Fox")
    call_command("export_card", "fox", "--to", str(tmp_path), stdout=out)
    call_command("import_card", str(tmp_path / "fox.png"), "--name", "Cub", stdout=out)
    assert not Character.objects.get(name="Cub").avatar  # a plain picture is nobody's face
    odd = tmp_path / os.fsdecode(b"caf\xe9.json")  # a name needn't be UTF-8
    odd.write_bytes(raw(card(2, name="Vixen")))
    call_command("import_card", str(odd), stdout=out)
    assert Character.objects.filter(name="Vixen").exists()


LOOSE: dict[str, tuple[bytes, dict[str, Any]]] = {
    "a number for the version": (raw(card(3, character_version=2)), {"character_version": "2"}),
    "tags in one text": (raw(card(2, tags="forest, fox,")), {"tags": ["forest", "fox"]}),
    "a source that is a text": (raw(card(3, source="a book")), {"source": ["a book"]}),
    "no spec": (raw({"data": card(2)["data"]}), {}),
    "a spec that is null": (raw({**card(3), "spec": None}), {}),
    "UTF-16": (json.dumps(card(3)).encode("utf-16"), {}),
    "UTF-16 without a mark": (json.dumps(card(2)).encode("utf-16-be"), {}),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("kind", LOOSE)
def test_a_card_whose_meaning_is_clear_is_taken_and_goes_round(tmp_path: Path, kind: str) -> None:
    """As it came in its own format; as the standards have it in any other, with nothing lost."""
    content, cleared = LOOSE[kind]
    path = tmp_path / "loose.json"
    path.write_bytes(content)
    out = io.StringIO()
    call_command("import_card", str(path), stdout=out)
    there = Character.objects.get(name="Seraphina")
    version = 3 if "nickname" in shapes.fields(there.card) else 2
    given = {**card(version)["data"], **cleared}
    assert there.card["spec"] == f"chara_card_v{version}"
    assert shapes.fields(there.card) == given
    call_command(
        "export_card",
        there.slug,
        "--format",
        "json",
        "--to",
        str(tmp_path / "same.json"),
        stdout=out,
    )
    assert (tmp_path / "same.json").read_bytes() == content
    call_command("export_card", there.slug, "--to", str(tmp_path / "as.png"), stdout=out)
    call_command("import_card", str(tmp_path / "as.png"), "--name", "Twin", stdout=out)
    twin = Character.objects.get(name="Twin")
    assert shapes.fields(twin.card) == {**as_v3(there.card)["data"]}
    assert twin.card["spec"] == "chara_card_v3" if version == 3 else "chara_card_v2"
    for field in ("greetings", "identity", "background", "system_prompt"):
        assert getattr(twin.persona, field) == getattr(there.persona, field)


FLAT = {"name": "Fox", "description": "A smith.", "first_mes": "Hi."}


@pytest.mark.django_db
@pytest.mark.parametrize("data", [None, [], "x", 5, {"name": "Odile"}])
def test_what_stands_beside_the_fields_of_a_flat_card_is_no_matter(
    tmp_path: Path, data: object
) -> None:
    odile = make_character("Odile")
    path = tmp_path / "fox.json"
    path.write_bytes(raw({**FLAT, "data": data}))
    for _ in range(2):
        call_command("import_card", str(path), "--replace", stdout=io.StringIO())
    fox = Character.objects.get(name="Fox")
    assert fox.persona.identity == "A smith."
    assert Character.objects.exclude(pk=fox.pk).get() == odile


@pytest.mark.django_db
def test_where_a_card_cannot_be_written_is_said(tmp_path: Path) -> None:
    fox = make_character("Fox")
    with pytest.raises(CommandError, match=r"--to: .* can't be written"):
        call_command("export_card", fox.slug, "--to", str(tmp_path / "nowhere" / "fox.png"))
    out = io.StringIO()
    call_command("export_card", fox.slug, "Fox", "--to", str(tmp_path), stdout=out)
    assert [one.name for one in tmp_path.glob("*.png")] == [f"{fox.slug}.png"]  # once, no zip


@pytest.mark.django_db(transaction=True)
def test_it_begins_with_its_own_greeting_once() -> None:
    """Said without a call of a model, counted, and gone the second time; the prompt has what its
    author wrote, and none of what he wrote for himself."""
    configuration.set_value("director", "time_scale", 0)
    configuration.forget_cached()
    sera = bring(alternate_greetings=[], group_only_greetings=[], first_mes="{{char}} is awake!")
    channel = make_channel("glade", residents=(sera,))
    conversation = make_conversation(channel)
    turn = make_turn(conversation, sera, move="open", trigger="lull")
    said = turns.take(turn.pk)
    assert said is not None and said.status == Turn.Status.DONE
    assert said.message.content == "Sera is awake!" and said.llm_call_id is None
    assert said.prompt_parts[0]["part"] == "greeting"
    assert MaterialUse.objects.get(character=sera, key__startswith="greeting/").used_count == 1
    again = make_turn(conversation, sera, move="open", trigger="lull")
    brief, _ = load_brief(again, channel, timezone.now())
    assert opening(brief) is None
    prompt = build(brief)
    told = "\n".join(message.content for message in prompt.messages)
    for part in ("Write well. You are Seraphina", "Sera guards the glade", "kind, shy, curious",
                 "A glade at night", "Night falls.", "Be brief. Write Seraphina's next line",
                 "kettle warm"):  # fmt: skip
        assert part in told
    for part in ("Best with tea", "forest", "{{", "<START>"):
        assert part not in told


# --- pure -----------------------------------------------------------------------------------------


def test_strangers_are_greeted_with_the_least_used_greeting() -> None:
    """By name; who is known is greeted in the moment's own words."""
    hello, back = (greeting_key("a"), "Hello, {{user}}!"), (greeting_key("b"), "Come in, {{user}}.")
    new = Listener("Ada", is_person=True, is_new=True)
    brief = Brief("Sera", move="greet", addressee="Ada", listeners=(new,), greetings=(hello, back))
    assert opening(brief).text == "Hello, Ada!"  # type: ignore[union-attr]
    used = Brief("Sera", move="greet", addressee="Ada", listeners=(new,), greetings=(hello, back),
                 spent={hello[0]: 1})  # fmt: skip
    assert opening(used).text == "Come in, Ada."  # type: ignore[union-attr]
    known = Listener("Ada", is_person=True, is_new=True, level="Friend")
    assert opening(Brief("Sera", move="greet", listeners=(known,), greetings=(hello,))) is None
    heard = (Line(1, "Bram", "Hello,  Ada!", 5.0),)
    echo = Brief("Sera", move="greet", addressee="Ada", listeners=(new,), greetings=(hello,),
                 lines=heard)  # fmt: skip
    assert opening(echo) is None
    alone = Brief("Sera", move="open", greetings=(hello,))
    assert opening(alone) is None, "nobody is there to be called by name"


def test_macros() -> None:
    """Choices fall the same way from one seed; a pick is the same for ever."""
    assert with_names("{{random:a,b,c}}", seed=1) == with_names("{{random:a,b,c}}", seed=1)
    assert {with_names("{{Random::a::b}}", seed=n) for n in range(20)} == {"a", "b"}
    assert len({with_names("{{pick:a,b,c,d}}", "Sera", seed=n) for n in range(20)}) == 1
    assert {with_names("{{roll:d6}}", seed=n) for n in range(80)} == set("123456")
    assert with_names("{{roll:2d1}}{{roll: nonsense}}") == "2"
    assert with_names("{{reverse:abc}}{{// said to none}}{{comment: x}}") == "cba"
    assert with_names(r"{{random:a\,b}}") == "a,b"
    assert with_names("{{random:{{char}},{{char}}}} {{unknown}}", "Sera") == "Sera {{unknown}}"
    assert with_original("X {{Original}} Y", "ours") == "X ours Y"
    assert with_original("  ", "ours") == "ours"
    assert png.is_png(png.blank(1))


@pytest.mark.django_db
def test_a_keeper_looks_at_a_card_before_it_comes(client: Client) -> None:
    """Upload, preview, word of honour; then it lives here, and may be taken away as a file."""
    client.force_login(make_keeper("warden"))
    room = make_channel("glade", residents=(make_character("Bram"),))
    file = SimpleUploadedFile("sera.png", in_png(ccv3=raw(card(3))))
    bad = SimpleUploadedFile("bad.json", raw(card(3, tags=5)))
    answer = client.post(reverse("admin:card_import"), {"files": [file, bad]}, follow=True)
    page = answer.content.decode()
    assert "bad.json: data.tags is 5" in page
    refused = SecurityEvent.objects.get(event_type="file_refused")
    assert refused.event_data["file"] == "bad.json"
    assert "Sera" in page and "Write well." in page and "&lt;b&gt;Best with tea" in page
    assert not Character.objects.filter(name="Seraphina").exists()
    waiting = CardSource.objects.get()
    address = reverse("admin:card_confirm", args=[waiting.batch])
    answer = client.post(address, {f"take_{waiting.pk}": "yes", "rooms": [room.pk]})
    sera = Character.objects.get(name="Seraphina")
    assert answer["Location"] == reverse("admin:characters_character_change", args=[sera.pk])
    assert room.residents.contains(sera) and CardSource.objects.get().character == sera
    got = client.get(reverse("admin:card_export"), {"ids": sera.pk, "format": "json"})
    assert json.loads(got.content) == card(3)
    chosen = {"action": "export_png", "_selected_action": [sera.pk]}
    sent = client.post(reverse("admin:characters_character_changelist"), chosen, follow=True)
    assert png.card_texts(sent.content).keys() == {"ccv3"}
    assert client.get(reverse("admin:characters_cardsource_changelist")).status_code == 200


@pytest.mark.django_db
def test_odd_books_and_flat_cards_stop_nobody_on_the_page_where_they_wait(client: Client) -> None:
    client.force_login(make_keeper("warden"))
    odd = [
        raw({"spec": "lorebook_v3", "data": {"name": "Tides", "entries": entries}})
        for entries in (None, 5, [])
    ]
    files = [SimpleUploadedFile(f"{n}.json", one) for n, one in enumerate(odd)]
    files.append(SimpleUploadedFile("fox.json", raw({**FLAT, "data": None})))
    make_character("Fox")
    shown = client.post(reverse("admin:card_import"), {"files": files}, follow=True)
    assert shown.status_code == 200
    waiting = list(CardSource.objects.filter(character=None))
    address = reverse("admin:card_confirm", args=[waiting[0].batch])
    sent = {f"{what}_{one.pk}": "yes" for one in waiting for what in ("take", "replace")}
    page = client.post(address, {**sent, "rooms": ["²"]}, follow=True).content.decode()
    assert "0.json" in page and "1.json" in page  # what can't be learnt is named
    assert Character.objects.get().persona.identity == "A smith."
    assert client.get(reverse("admin:card_export"), {"ids": "²", "spec": "³"}).status_code == 404


@pytest.mark.django_db
def test_an_upload_of_500_mb_is_refused_by_its_head(client: Client) -> None:
    """The body isn't read; and nobody who may not make characters gets that far."""
    client.force_login(make_keeper("warden"))
    address = reverse("admin:card_import")
    answer = client.generic("POST", address, b"", CONTENT_LENGTH="500000000")
    assert answer.status_code == 413
    client.force_login(make_staff("watcher"))
    assert client.get(address).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_keeper("other"))
    assert strict.post(address, {"files": []}).status_code == 403
