"""What characters write down and read again: files in PostgreSQL, in a space of their own or in
the one that a community shares. Every operation is a row, the refused ones too.

There is no way to name another's space: a character's path is looked up among its own files, and
in what is shared where it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from audit.models import FileOperation, SecurityEvent
from audit.security.security import record_event
from characters import filepaths
from characters.models import Character, Community, WorkspaceFile, WorkspaceFileVersion
from characters.models.workspace import LARGEST_FILE, LARGEST_SPACE
from memories.formation.discretion import of_text
from memories.models import Memory
from memories.view import Audience, seen_by

VERSIONS_KEPT = 20
TRICKS = {"traversal", "absolute", "nul", "backslash", "look_alike", "character", "edge"}
Operation = FileOperation.OperationType


class FileRefused(Exception):
    """A file can't be written or read so. `field` names what is wrong; the text says how to mend
    it."""

    def __init__(self, field: str, remedy: str) -> None:
        super().__init__(remedy)
        self.field, self.remedy = field, remedy


@dataclass(frozen=True, slots=True)
class Space:
    """Who acts, and in which space: its own, or, where a community is named, what that shares.
    Before an audience only those files lie there whose words may be said before it."""

    character_id: int
    community_id: int | None = None
    before: Audience | None = None

    @property
    def is_shared(self) -> bool:
        return self.community_id is not None

    def files(self) -> QuerySet[WorkspaceFile]:
        """The files that lie there."""
        if self.is_shared:
            found = WorkspaceFile.objects.filter(character=None, community=self.community_id)
        else:
            found = WorkspaceFile.objects.filter(character=self.character_id)
        if self.before is None or self.before == Audience():  # it is alone, wherever it is
            return found
        return found.exclude(pk__in=_withheld(found, self.character_id, self.before))

    def hold(self) -> None:
        """Lock it: what is written there at once would pass a quota together."""
        if self.community_id is not None:
            Community.objects.select_for_update(no_key=True).get(pk=self.community_id)
        else:
            Character.objects.select_for_update(no_key=True).get(pk=self.character_id)


def write(
    space: Space,
    path: str,
    content: str,
    now: dt.datetime,
    *,
    append: bool = False,
    reason: str = "",
    from_messages: Sequence[int] = (),
    from_memories: Sequence[int] = (),
) -> WorkspaceFile:
    """Write a file, or write it anew; with `append`, behind what it holds. Returns it.

    `from_messages` and `from_memories` are the ids of what it was made from: if these are erased,
    what was made of them goes too. A refusal is recorded and then raised: let it not roll back the
    record.

    Raises:
        FileRefused: the path, the size or the quota doesn't permit it.
    """
    name = _checked(space, path, now)
    if "\0" in content:
        _refuse(space, name, now, "content", "content: it holds a NUL character. Leave it out.")
    content = content.encode("utf-8", "replace").decode("utf-8")
    with transaction.atomic():
        space.hold()
        file = space.files().filter(path__iexact=name).first()
        whole = f"{file.content.rstrip()}\n\n{content}" if append and file else content
        size = len(whole.encode())
        used = space.files().aggregate(sum=Sum("size"))["sum"] or 0
        used -= file.size if file else 0
        wrong = _too_large(size, used)
        if not wrong:
            file = _keep(space, file, name, whole, size)
            _keep_version(file, space, now, reason, from_messages, from_memories, append)
            note(space.character_id, Operation.WRITE, name, now, size=size)
    if wrong:
        _refuse(space, name, now, "content", wrong, size=size)
    assert file is not None  # noqa: S101 - it was kept
    return file


def read(space: Space, path: str, now: dt.datetime) -> str:
    """What a file holds.

    Raises:
        FileRefused: the path won't do, or there is no such file there.
    """
    name = _checked(space, path, now)
    file = space.files().filter(path__iexact=name).first()
    if file is None:
        remedy = f"path: there is no {name} here. List the files first."
        note(space.character_id, Operation.READ, name, now, success=False, detail=remedy)
        raise FileRefused("path", remedy)
    note(space.character_id, Operation.READ, name, now, size=file.size)
    return file.content


def list_files(space: Space, now: dt.datetime) -> list[tuple[str, int]]:
    """Which files lie in a space, with their sizes in bytes."""
    found = list(space.files().order_by("path").values_list("path", "size"))
    shown = "(shared)" if space.is_shared else "(own)"
    note(space.character_id, Operation.LIST, shown, now, detail=f"{len(found)} files")
    return found


def delete(space: Space, path: str, now: dt.datetime) -> None:
    """Take a file away, with its versions.

    Raises:
        FileRefused: the path won't do, or there is no such file there.
    """
    name = _checked(space, path, now)
    with transaction.atomic():
        gone, _ = space.files().filter(path__iexact=name).delete()
        if gone:
            note(space.character_id, Operation.DELETE, name, now)
    if not gone:
        remedy = f"path: there is no {name} here."
        note(space.character_id, Operation.DELETE, name, now, success=False, detail=remedy)
        raise FileRefused("path", remedy)


def restore(file: WorkspaceFile, number: int, now: dt.datetime) -> WorkspaceFile:
    """A keeper brings an earlier version back; what stands now becomes one."""
    earlier = file.versions.get(number=number)
    with transaction.atomic():
        held = WorkspaceFile.objects.select_for_update(no_key=True).get(pk=file.pk)
        held.content, held.size = earlier.content, earlier.size
        held.version += 1
        held.save()
        version = WorkspaceFileVersion.objects.create(
            file=held,
            number=held.version,
            content=held.content,
            size=held.size,
            reason=f"restored from version {number}",
            written_at=now,
        )
        version.from_messages.set(earlier.from_messages.all())
        version.from_memories.set(earlier.from_memories.all())
        note(held.character_id, Operation.WRITE, held.path, now, size=held.size, detail="restored")
    return held


def note(
    character_id: int | None,
    operation: str,
    path: str,
    now: dt.datetime,
    *,
    success: bool = True,
    size: int = 0,
    detail: str = "",
) -> None:
    """Record that something was done with a file, or refused."""
    FileOperation.objects.create(
        character_id=character_id,
        operation_type=operation,
        file_path=_shown(path),
        success=success,
        size=size,
        detail=detail[:300],
        occurred_at=now,
    )


def _checked(space: Space, path: object, now: dt.datetime) -> str:
    try:
        return filepaths.checked(path)
    except filepaths.BadPath as error:
        wrong, kind = str(error), error.kind
    if kind in TRICKS:
        # The path itself stands with the file operation, which goes with the character.
        data = {"character": space.character_id, "trick": kind}
        record_event(SecurityEvent.Type.FILE_DENIED, data=data, now=now)
    _refuse(space, path, now, "path", wrong)
    raise AssertionError("a refusal is raised")


def _refuse(
    space: Space, path: object, now: dt.datetime, field: str, remedy: str, *, size: int = 0
) -> None:
    """Record a refusal, and raise it."""
    note(
        space.character_id,
        Operation.DENIED,
        str(path),
        now,
        success=False,
        size=size,
        detail=remedy,
    )
    raise FileRefused(field, remedy)


def _too_large(size: int, used: int) -> str:
    if size > LARGEST_FILE:
        return (
            f"content: a file has at most 1 MB; this has {size:,} bytes. Write less, or split it."
        )
    if size + used > LARGEST_SPACE:
        return "content: the space is full (50 MB). Delete a file first."
    return ""


def _keep(
    space: Space, file: WorkspaceFile | None, name: str, content: str, size: int
) -> WorkspaceFile:
    if file is None:
        return WorkspaceFile.objects.create(
            character_id=None if space.is_shared else space.character_id,
            community_id=space.community_id,
            path=name,
            content=content,
            mime_type=filepaths.mime_type(name),
            size=size,
        )
    file.content, file.size = content, size
    file.version += 1
    file.save(update_fields=["content", "size", "version", "updated_at"])
    return file


def _keep_version(
    file: WorkspaceFile,
    space: Space,
    now: dt.datetime,
    reason: str,
    from_messages: Sequence[int],
    from_memories: Sequence[int],
    is_longer: bool,
) -> None:
    version = WorkspaceFileVersion.objects.create(
        file=file,
        number=file.version,
        content=file.content,
        size=file.size,
        written_by_id=space.character_id,
        reason=reason[:200],
        written_at=now,
    )
    version.from_messages.set(from_messages)
    version.from_memories.set(from_memories)
    before = file.versions.filter(number=file.version - 1).first() if is_longer else None
    if before is not None:  # what it held before is part of it
        version.from_messages.add(*before.from_messages.all())
        version.from_memories.add(*before.from_memories.all())
    file.versions.filter(number__lte=file.version - VERSIONS_KEPT).delete()


def _withheld(files: QuerySet[WorkspaceFile], reader_id: int, before: Audience) -> set[int]:
    """Those that were made of what may not be said before this audience: of a memory that it may
    not hear, or of what was said elsewhere, but in an open room of the same community, and there
    not in confidence."""
    current = WorkspaceFileVersion.objects.filter(file__in=files, number=F("file__version"))
    made_of = list(
        current.filter(from_memories__isnull=False).values_list("file_id", "from_memories")
    )
    of_lines = dict(
        current.filter(from_messages__isnull=False).values_list(
            "from_messages", "from_messages__content"
        )
    )
    remembered = Memory.objects.filter(owner=reader_id, source_message__in=list(of_lines))
    known = set(remembered.values_list("source_message_id", flat=True))
    with seen_by(reader_id, before):
        wanted = {memory for _, memory in made_of}
        seen = set(Memory.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        sayable = set(remembered.values_list("source_message_id", flat=True))
    # A line that nobody remembers, or not yet, is as open as its own words.
    sayable |= {pk for pk in of_lines.keys() - known if of_text(of_lines[pk]) == "public"}
    room = "from_messages__conversation__channel"
    said_openly = Q(
        **{
            f"{room}__community": before.community,
            f"{room}__is_private": False,
            f"{room}__is_direct": False,
            f"{room}__is_nsfw": False,
        }
    )
    here = Q(from_messages__conversation=before.conversation)
    said, heard = (
        set(current.filter(which).values_list("file_id", "from_messages"))
        for which in (
            Q(from_messages__isnull=False),
            here | said_openly & Q(from_messages__in=sayable),
        )
    )
    elsewhere = said - heard
    return {file for file, memory in made_of if memory not in seen} | {pk for pk, _ in elsewhere}


def _shown(path: str) -> str:
    """A path as a row can hold it: what was tried must be seen, and can't be a NUL."""
    plain = path.encode("unicode_escape").decode("ascii") if not path.isprintable() else path
    return plain.encode("utf-8", "replace").decode("utf-8")[:300]
