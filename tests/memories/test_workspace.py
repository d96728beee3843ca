"""Files of characters: kept in versions, within quotas, never outside their space; all recorded."""

from __future__ import annotations

import datetime as dt

import pytest

from audit.models import FileOperation, SecurityEvent
from characters.models import Character, WorkspaceFile
from characters.models.workspace import LARGEST_FILE
from memories import workspace
from memories.workspace import FileRefused, Space
from tests.builders import NOON, make_character, make_community, make_conversation, make_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara() -> Character:
    return make_character("Mara")


def operations() -> list[tuple[str, str, bool]]:
    return list(
        FileOperation.objects.order_by("pk").values_list("operation_type", "file_path", "success")
    )


def test_it_writes_reads_back_and_keeps_versions(mara: Character) -> None:
    own = Space(mara.pk)
    workspace.write(own, "notes/tide.md", "Low at six.", NOON)
    later = NOON + dt.timedelta(days=1)
    file = workspace.write(own, "notes/Tide.md", "High at noon.", later, append=True, reason="more")
    assert workspace.read(own, "notes/tide.md", later) == "Low at six.\n\nHigh at noon."
    assert workspace.list_files(own, later) == [("notes/tide.md", 26)]
    assert (file.version, file.mime_type) == (2, "text/markdown")
    assert [v.content for v in file.versions.order_by("number")] == ["Low at six.", file.content]
    workspace.restore(file, 1, later)
    assert workspace.read(own, "notes/tide.md", later) == "Low at six."
    workspace.delete(own, "notes/tide.md", later)
    assert not WorkspaceFile.objects.exists()
    assert [kind for kind, _, _ in operations()] == [
        "write", "write", "read", "list", "write", "read", "delete",
    ]  # fmt: skip


def test_it_keeps_the_latest_versions_alone(mara: Character) -> None:
    for n in range(workspace.VERSIONS_KEPT + 3):
        file = workspace.write(Space(mara.pk), "a.md", f"{n}", NOON)
    numbers = file.versions.values_list("number", flat=True)
    assert (len(numbers), min(numbers)) == (workspace.VERSIONS_KEPT, 4)


def test_nobody_reads_what_is_anothers(mara: Character) -> None:
    workspace.write(Space(mara.pk), "diary.md", "I miss the sea.", NOON)
    bram = make_character("Bram")
    here, there = make_community(), make_community(discord_id=7)
    workspace.write(Space(bram.pk, here.pk), "poem.md", "O kettle.", NOON)
    for space in (Space(bram.pk), Space(mara.pk, here.pk), Space(mara.pk, there.pk)):
        with pytest.raises(FileRefused, match="there is no diary"):
            workspace.read(space, "diary.md", NOON)
    assert workspace.read(Space(mara.pk, here.pk), "poem.md", NOON) == "O kettle."
    with pytest.raises(FileRefused):
        workspace.read(Space(mara.pk, there.pk), "poem.md", NOON)


@pytest.mark.parametrize("path", ["../bram/diary.md", "/etc/passwd", "a\0.md", "notes\u2215a.md"])
def test_a_trick_is_refused_and_recorded(mara: Character, path: str) -> None:
    with pytest.raises(FileRefused) as refused:
        workspace.write(Space(mara.pk), path, "x", NOON)
    assert refused.value.field == "path"
    (tried,) = FileOperation.objects.all()
    assert (tried.operation_type, tried.success, tried.character) == ("denied", False, mara)
    assert tried.detail == refused.value.remedy
    assert tried.file_path.isprintable()
    event = SecurityEvent.objects.get()
    assert (event.event_type, event.event_data["character"]) == ("file_denied", mara.pk)
    assert not WorkspaceFile.objects.exists()


def test_quotas_hold_and_are_recorded(mara: Character, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Space(mara.pk)
    workspace.write(own, "full.md", "é" * (LARGEST_FILE // 2), NOON)
    with pytest.raises(FileRefused, match="at most 1 MB"):
        workspace.write(own, "full.md", "!", NOON, append=True)
    monkeypatch.setattr(workspace, "LARGEST_SPACE", LARGEST_FILE + 10)
    workspace.write(own, "rest.md", "0123456789", NOON)
    with pytest.raises(FileRefused, match="space is full"):
        workspace.write(own, "more.md", "x", NOON)
    assert operations()[-1] == ("denied", "more.md", False)
    workspace.write(own, "rest.md", "0", NOON)
    assert workspace.write(own, "more.md", "x", NOON).size == 1


def test_what_it_was_made_from_stays_named(mara: Character) -> None:
    line = make_message(make_conversation(), mara)
    other = make_message(line.conversation, mara)
    workspace.write(Space(mara.pk), "a.md", "One.", NOON, from_messages=[line.pk])
    file = workspace.write(
        Space(mara.pk), "a.md", "Two.", NOON, append=True, from_messages=[other.pk]
    )
    assert set(file.versions.first().from_messages.all()) == {line, other}
