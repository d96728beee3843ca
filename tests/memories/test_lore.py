"""Texts about the world: stored once, brought up to date piece by piece, and known to whom they are
meant for."""

from __future__ import annotations

import io
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from characters.models import Character
from conversations.world import STARTER_WORLD, load_world
from memories.lore import lore
from memories.lore.lore import LoreEntry, ingest, triggered
from memories.lore.lorefiles import LoreRefused, Reading, read, read_lore
from memories.models import LoreChunk, LoreDocument, Memory
from memories.recall.recall import recall
from memories.view import Audience, seen_by
from tests.builders import NOON, make_character, make_community, make_memory
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db

TEXT = """# The island
## The bar
Odile feeds the stove.

## The quay
The ferry is late.

## The wall
The stone is warm.
"""


def reading(text: str = TEXT, *, source: str = "island.md", suffix: str = ".md") -> Reading:
    return read(text.encode(), source, source=source, suffix=suffix)


def book(*entries: dict[str, Any], source: str = "book.json") -> Reading:
    return reading(json.dumps({"name": "Book", "entries": list(entries)}), source=source,
                   suffix=".json")  # fmt: skip


def contents() -> dict[str, int]:
    return dict(Memory.objects.values_list("content", "pk"))


def rows() -> list[Any]:
    """Every row of lore, but for when it was touched."""
    return [
        [
            {k: v for k, v in row.items() if k != "updated_at"}
            for row in model.objects.order_by("pk").values()
        ]
        for model in (LoreDocument, LoreChunk, Memory)
    ]


# --- storing --------------------------------------------------------------------------------------


def test_a_text_becomes_memories_that_everybody_has_read() -> None:
    done = ingest(reading())
    assert (done.title, done.added, done.kept, done.removed) == ("The island", 3, 0, 0)
    memory = Memory.objects.get(content="The ferry is late.")
    assert (memory.owner, memory.community, memory.kind) == (None, None, "lore")
    assert (memory.provenance, memory.visibility, memory.tier) == ("read", "public", "long")
    assert memory.found_by == "The island › The quay"
    assert memory.embedding is not None and memory.is_locked
    chunk = memory.chunks.get()
    assert (chunk.number, chunk.document.source, chunk.document.content) == (2, "island.md", TEXT)


def test_the_same_again_changes_nothing() -> None:
    ingest(reading())
    before = rows()
    again = ingest(reading())
    assert again.is_unchanged and (again.added, again.kept, again.removed) == (0, 3, 0)
    assert rows() == before


def test_what_changed_is_replaced_and_the_rest_stays_as_it_is() -> None:
    ingest(reading())
    before = contents()
    changed = TEXT.replace("is late", "has come").replace(
        "## The bar", "## The hill\nGoats.\n\n## Bar"
    )
    done = ingest(reading(changed))
    assert (done.added, done.kept, done.removed) == (2, 2, 1)
    after = contents()
    assert set(after) == {
        "Goats.", "Odile feeds the stove.", "The ferry has come.", "The stone is warm.",
    }  # fmt: skip
    for kept in ("Odile feeds the stove.", "The stone is warm."):
        assert after[kept] == before[kept]
    assert list(LoreChunk.objects.order_by("number").values_list("number", "memory__content")) == [
        (1, "Goats."), (2, "Odile feeds the stove."), (3, "The ferry has come."),
        (4, "The stone is warm."),
    ]  # fmt: skip
    assert Memory.objects.get(pk=before["Odile feeds the stove."]).found_by == "The island › Bar"
    assert LoreDocument.objects.get().content == changed


def test_pieces_may_change_places() -> None:
    ingest(reading("# A\nOne.\n# B\nTwo.\n# C\nThree."))
    before = contents()
    done = ingest(reading("# C\nThree.\n# A\nOne.\n# B\nTwo."))
    assert (done.added, done.kept, done.removed) == (0, 3, 0)
    assert contents() == before
    by_number = LoreChunk.objects.order_by("number")
    assert list(by_number.values_list("number", "memory__content")) == [
        (1, "Three."), (2, "One."), (3, "Two."),
    ]  # fmt: skip


def test_another_title_is_found_by_it() -> None:
    ingest(reading())
    ids = set(contents().values())
    ingest(read(TEXT.encode(), "x", title="Skerry", source="island.md", suffix=".md"))
    assert LoreDocument.objects.get().title == "Skerry"
    assert set(contents().values()) == ids
    assert all("Skerry" in m.found_by for m in Memory.objects.all())


def test_two_documents_may_say_the_same() -> None:
    ingest(reading())
    ingest(reading("# Notes\nThe ferry is late.\n\n# More\nNothing else.", source="notes.md"))
    shared = Memory.objects.get(content="The ferry is late.")
    assert shared.chunks.count() == 2
    assert shared.found_by == "The island › The quay\nNotes"
    first, second = LoreDocument.objects.order_by("pk")
    lore.remove([first.pk])
    assert set(contents()) == {"The ferry is late.", "Nothing else."}
    shared.refresh_from_db()
    assert shared.found_by == "Notes"
    lore.remove([second.pk])
    assert not contents()


def test_two_entries_of_a_book_may_say_the_same() -> None:
    ingest(book({"keys": ["a"], "content": "X."}, {"keys": ["b"], "content": "X."}))
    assert Memory.objects.get().chunks.count() == 2
    ingest(book({"keys": ["b"], "content": "X."}))
    assert Memory.objects.get().chunks.get().keys == ["b"]


def test_a_memory_of_the_same_words_is_not_taken_away_with_the_text() -> None:
    ada = make_character("Ada")
    lived = make_memory(ada, "The ferry is late.", visibility="private")
    ingest(reading(), character_id=ada.pk)
    lived.refresh_from_db()
    assert (lived.kind, lived.visibility, lived.is_locked) == ("experience", "private", False)
    lore.remove([LoreDocument.objects.get().pk])
    assert list(Memory.objects.all()) == [lived]


def test_a_text_is_another_one_for_another_reader() -> None:
    ada, here = make_character("Ada"), make_community()
    ingest(reading())
    ingest(reading(), community_id=here.pk)
    ingest(reading(), character_id=ada.pk)
    assert LoreDocument.objects.count() == 3
    assert Memory.objects.count() == 9
    assert Memory.objects.filter(owner=ada).count() == 3


def test_without_vectors_it_is_stored_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lore, "embed_or_wait", lambda texts: [None] * len(texts))
    ingest(reading())
    assert Memory.objects.filter(embedding=None).count() == 3


def test_nothing_is_half_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("away")

    ingest(reading())
    before = rows()
    monkeypatch.setattr(lore, "_settle", fail)
    with pytest.raises(OSError, match="away"):
        ingest(reading(TEXT + "\n# New\nNew."))
    with pytest.raises(OSError, match="away"):
        ingest(reading("New too.", source="other.md"))
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_two_who_ingest_the_same_at_once_store_it_once() -> None:
    barrier, errors = threading.Barrier(4), []

    def go() -> None:
        try:
            barrier.wait(PATIENCE_S)
            ingest(reading())
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not errors
    assert (LoreDocument.objects.count(), LoreChunk.objects.count()) == (1, 3)
    assert Memory.objects.count() == 3


def test_what_is_disabled_is_known_to_nobody_until_it_is_enabled() -> None:
    ada = make_character("Ada")
    ingest(book({"keys": ["tide"], "content": "It is out."}, {"content": "No.", "enabled": False}))
    assert set(Memory.objects.recallable().values_list("content", flat=True)) == {"It is out."}
    document = LoreDocument.objects.get()
    assert lore.set_enabled([document.pk], False) == 1
    assert not Memory.objects.recallable().exists()
    assert up(ada, "The tide?") == []
    assert lore.set_enabled([document.pk], False) == 0
    ingest(book({"keys": ["tide"], "content": "It is in."}))
    assert not Memory.objects.recallable().exists()
    lore.set_enabled([document.pk], True)
    assert [entry.content for entry in up(ada, "The tide?")] == ["It is in."]


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "raw", "sentence"),
    [
        ("a.md", b"", "a.md is empty: write something in it, or leave it out."),
        ("a.md", b"# Only a heading", "a.md says nothing under its headings: write something."),
        ("a.txt", b"caf\xe9", "a.txt is not UTF-8 text: save it as UTF-8."),
        ("a.txt", b"PK\x03\x04\0\0", "a.txt is no text: give Markdown, plain text, or a lorebook"),
        ("a.txt", b"x" * 5_000_001, "a.txt is larger than 5 MB: split it, or give the right file."),
        ("a.json", b'{"entries":\n', "a.json: line 2, column 1: the JSON can't be understood"),
        ("a.json", b'{"entries": [{"content": 1}, {"content": 2}]}', "a.json: entry 2: content is"),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_and_what_to_do(
    tmp_path: Path, name: str, raw: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(LoreRefused) as caught:
        read_lore(tmp_path / name)
    assert sentence in str(caught.value)
    with pytest.raises(CommandError, match=r"Nothing was stored\."):
        call_command("ingest_lore", str(tmp_path / name))


def test_a_file_that_never_ends_is_read_no_further_than_it_may_be() -> None:
    """Its size is told as 0."""
    with pytest.raises(CommandError, match="zero is larger than 5 MB"):
        call_command("ingest_lore", "/dev/zero")


def test_a_path_that_is_no_text_is_told_as_such(tmp_path: Path) -> None:
    place = tmp_path / os.fsdecode(b"caf\xe9.md")
    place.write_text("The ferry comes at seven.")
    with pytest.raises(CommandError, match=r"caf\\udce9\.md': its path is not UTF-8: rename it"):
        call_command("ingest_lore", str(place))


def test_a_missing_file_and_a_folder_in_its_place_are_told(tmp_path: Path) -> None:
    with pytest.raises(LoreRefused, match=r"gone\.md is missing"):
        read_lore(tmp_path / "gone.md")
    with pytest.raises(LoreRefused, match="can't be read"):
        read_lore(tmp_path)


def test_a_mark_at_the_beginning_and_ends_of_lines_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbf# Bar\r\n\r\nA stove.\r\n")
    done = read_lore(tmp_path / "a.md")
    assert (done.title, [entry.content for entry in done.entries]) == ("Bar", ["A stove."])


# --- the command ----------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("ingest_lore", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_takes_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.md").write_text("# A\nOne.")
    (tmp_path / "sub" / "b.txt").write_text("Two.")
    (tmp_path / "c.png").write_bytes(b"\x89PNG")
    (tmp_path / "d.json").write_text(
        json.dumps({"entries": [{"content": "Three."}, {"name": "E"}]})
    )
    assert run(str(tmp_path)) == (
        "A: pieces: 1 added, 0 kept, 0 removed.\n"
        "d: pieces: 1 added, 0 kept, 0 removed.\n"
        "Passed over: entry 2 ('E'), which has no content.\n"
        "b: pieces: 1 added, 0 kept, 0 removed.\n"
    )
    assert run(str(tmp_path / "a.md")) == "A: known as it stands (pieces: 1).\n"
    assert run(str(tmp_path / "a.md"), "--title", "Z").startswith("Z: pieces: 0 added, 1 kept")


def test_the_command_says_for_whom(tmp_path: Path) -> None:
    ada, here = make_character("Ada"), make_community()
    there = make_community(discord_id=7, name="Guild")
    path = tmp_path / "a.md"
    path.write_text("One.")
    run(str(path), "--community")
    run(str(path), "--community", "guild")
    run(str(path), "--character", "ADA")
    assert set(LoreDocument.objects.values_list("community", "character")) == {
        (here.pk, None), (there.pk, None), (None, ada.pk),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--community", "Mars"], "--community: there is no Mars; there are:"),
        (["--character", "Nobody"], "--character: nobody is called Nobody. There are Ada."),
        (["--title", "x" * 201], "the title has 201 letters; 200 are allowed."),
    ],
)
def test_the_command_refuses_readers_who_are_not_here(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    make_character("Ada")
    (tmp_path / "a.md").write_text("One.")
    with pytest.raises(CommandError) as caught:
        run(str(tmp_path / "a.md"), *arguments)
    assert sentence in str(caught.value)
    assert not LoreDocument.objects.exists()


def test_of_several_files_one_that_is_wrong_stops_all(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("One.")
    (tmp_path / "b.json").write_text("{")
    with pytest.raises(CommandError, match=r"Nothing was stored\.\nb\.json: line 1"):
        run(str(tmp_path))
    with pytest.raises(CommandError, match="--title names one text"):
        run(str(tmp_path), "--title", "x")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match="holds no text: put files in it that end in"):
        run(str(tmp_path / "empty"))
    assert not Memory.objects.exists()


# --- what comes up --------------------------------------------------------------------------------


def up(
    speaker: Character, *texts: str, community: int | None = None, **options: Any
) -> list[LoreEntry]:
    with seen_by(speaker.pk, Audience(community=community)) as view:
        return triggered(view, texts, **options)


def test_entries_come_up_by_their_keys_in_their_order() -> None:
    ada = make_character("Ada")
    ingest(
        book(
            {"keys": ["ferry"], "content": "Late.", "insertion_order": 30},
            {"keys": ["goat"], "content": "Out.", "insertion_order": 20},
            {"keys": [], "content": "It rains.", "constant": True, "insertion_order": 40},
            {"keys": ["boat", "ferry"], "content": "Red.", "insertion_order": 10},
            {"keys": ["ferry"], "content": "Off.", "enabled": False},
            {"keys": [], "content": "Unkeyed."},
        )
    )
    assert [(e.content, e.keys) for e in up(ada, "Is the ferry in?", "A boat is.")] == [
        ("Red.", ("boat", "ferry")), ("Late.", ("ferry",)), ("It rains.", ()),
    ]  # fmt: skip
    assert [e.id for e in up(ada, "Hm.")] == [contents()["It rains."]]


def test_a_guests_name_breaks_no_key() -> None:
    """Whatever it is: one that is a broken expression would silence everybody it speaks with."""
    ada = make_character("Ada")
    ingest(
        book(
            {"keys": ["/^{{user}} is/i"], "content": "A guest."},
            {"keys": ["{{user}}"], "content": "Known."},
            {"keys": ["{{// a note}}"], "content": "A note."},
        )
    )
    for name in ("Smith (old", "/(/"):
        said = [e.content for e in up(ada, f"{name} is here.", user=name)]
        assert said == ["A guest.", "Known."]
        assert up(ada, "Nobody is here.", user=name) == []


def test_what_there_is_no_room_for_goes_by_priority() -> None:
    ada = make_character("Ada")
    ingest(
        book(
            {"keys": ["x"], "content": "Low. " * 10, "insertion_order": 1, "priority": 1},
            {"keys": ["x"], "content": "High. " * 10, "insertion_order": 2, "priority": 9},
            {"constant": True, "content": "Always. " * 10, "insertion_order": 3},
        )
    )
    assert [e.content[:4] for e in up(ada, "x")] == ["Low.", "High", "Alwa"]
    assert [e.content[:4] for e in up(ada, "x", limit=2)] == ["High", "Alwa"]
    assert [e.content[:4] for e in up(ada, "x", tokens=36)] == ["High", "Alwa"]
    assert [e.content[:4] for e in up(ada, "x", limit=1)] == ["Alwa"]
    assert up(ada, "x", limit=0) == []


def test_entries_that_say_the_same_come_up_once() -> None:
    ada = make_character("Ada")
    ingest(book({"keys": ["a"], "content": "X."}, {"keys": ["b"], "content": "X."}))
    assert [e.content for e in up(ada, "a b")] == ["X."]


def test_a_book_is_read_by_those_it_is_for() -> None:
    ada, bram = make_character("Ada"), make_character("Bram")
    here, there = make_community(), make_community(discord_id=9)
    entry = {"keys": ["x"]}
    ingest(book({**entry, "content": "All."}))
    ingest(book({**entry, "content": "Here."}), community_id=here.pk)
    ingest(book({**entry, "content": "Ada."}), character_id=ada.pk)
    assert {e.content for e in up(ada, "x", community=here.pk)} == {"All.", "Here.", "Ada."}
    assert {e.content for e in up(bram, "x", community=here.pk)} == {"All.", "Here."}
    assert {e.content for e in up(bram, "x", community=there.pk)} == {"All."}


def test_names_are_filled_in_when_it_is_read() -> None:
    ada = make_character("Ada")
    ingest(book({"keys": ["{{char}}"], "content": "{{char}} owes {{user}} a tea."}))
    (entry,) = up(ada, "Good evening, Ada.", char="Ada", user="Bo")
    assert (entry.content, entry.keys) == ("Ada owes Bo a tea.", ("Ada",))
    assert up(ada, "Good evening, Ada.", char="Bram") == []


def test_what_the_keeper_put_away_does_not_come_up() -> None:
    ada = make_character("Ada")
    ingest(book({"keys": ["x"], "content": "X."}))
    Memory.objects.update(tier="archived")
    assert up(ada, "x") == []


# --- the world that comes along -------------------------------------------------------------------


def test_the_starter_world_is_read_once_and_as_keepers_leave_it() -> None:
    assert load_world(STARTER_WORLD).lore == ["Skerry Haven"]
    lores = Memory.objects.filter(kind="lore")
    assert lores.count() >= 10
    assert max(len(m.content.split()) for m in lores) <= 220
    before = set(lores.values_list("pk", flat=True))
    assert load_world(STARTER_WORLD).lore == []
    assert set(lores.values_list("pk", flat=True)) == before
    document = LoreDocument.objects.get()
    assert document.source == "world:lore/skerry-haven.md"
    lore.set_enabled([document.pk], False)
    load_world(STARTER_WORLD)
    assert not Memory.objects.recallable().filter(kind="lore").exists()


def test_the_starter_world_s_lore_tells_no_secrets() -> None:
    """Everybody knows it: what only some characters know must not stand in it."""
    text = (STARTER_WORLD / "lore" / "skerry-haven.md").read_text().casefold()
    for secret in ("ingrid", "illustration", "art school", "leonora", "remedios", "candle", "maja"):
        assert secret not in text


def test_a_world_with_wrong_lore_is_not_loaded(tmp_path: Path) -> None:
    from characters.worldfiles import WorldRefusedError

    (tmp_path / "lore").mkdir()
    (tmp_path / "world.yaml").write_text("channels: [{name: loft}]")
    (tmp_path / "lore" / "a.json").write_text("{")
    with pytest.raises(WorldRefusedError, match=r"lore/a\.json: line 1"):
        load_world(tmp_path)
    (tmp_path / "lore" / "a.json").unlink()
    (tmp_path / "lore" / "a.md").write_text("The loft is dry.")
    assert load_world(tmp_path).lore == ["a"]
    (tmp_path / "lore" / "a.md").write_text("The loft is wet.")
    assert load_world(tmp_path).refreshed == []
    assert "a" in load_world(tmp_path, refresh=True).refreshed
    assert set(contents()) == {"The loft is wet."}


def test_names_are_filled_in_when_it_comes_to_mind_by_its_words_too() -> None:
    mara = make_character("Mara")
    ingest(book({"keys": ["cave"], "content": "{{char}} hid the brandy under the stairs."}))
    (found,) = recall(mara.pk, Audience(), "Where is the brandy?", now=NOON)
    assert found.content == "Mara hid the brandy under the stairs."
