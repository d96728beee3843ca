"""A room or a character with much talk is deleted by a worker, piece by piece: for each line, turn
and memory the database looks through every table that might refer to it, some twenty of them, which
takes a web request too long.

From the moment that a keeper asks for it nobody hears, sees or says anything there, nor hears or
sees anything of the character. What is left to do stands in the row, so a worker that dies is
followed by the next.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from auditlog.context import disable_auditlog
from auditlog.diff import model_instance_diff
from auditlog.models import LogEntry
from django.db import transaction
from django.db.models import CASCADE, Q, QuerySet

from audit.trail.actions import record_action
from characters.models import Character, Contribution, CreativeProject, Goal
from conversations import nudges
from conversations.models import Channel, Conversation, Message, Participant, Reaction, Turn
from conversations.rooms import look_who_watches
from conversations.services import close_conversation
from fishbowl.alone import alone
from fishbowl.among import delete_all, delete_row
from memories.models import Memory

MANY = 1000  # rows: what has no more is deleted at once
AT_ONCE = 1000  # rows, of those that much hangs on

Row = Channel | Character


def is_large(row: Row) -> bool:
    """Whether more hangs on a room or a character than can be deleted while somebody waits."""
    return any(rows[: MANY + 1].count() > MANY for rows in _counted(row))


def left(row: Row) -> int:
    """How much of it there still is: of a room, and its threads, lines; of a character lines,
    turns and memories."""
    return sum(rows.count() for rows in _counted(row))


def what_goes(row: Row) -> dict[str, int]:
    """Of what would go with a room or a character, how many there are of each kind: its talk, and
    what hangs on that. Counted where it lies, so it takes no longer for much talk."""
    parts = _parts(row)
    found: dict[Any, list[QuerySet[Any]]] = {kind: [rows] for kind, rows in parts.items()}
    for model, rows in parts.items():
        for link in model._meta.related_objects:
            kind = link.related_model
            if link.on_delete is CASCADE and kind not in parts and not isinstance(kind, str):
                way = Q(**{f"{link.field.name}__in": rows.values("pk")})
                found.setdefault(kind, []).append(kind._base_manager.filter(way))
    # Each way by itself, or a plan looks at every row there is of a kind.
    counts = {
        str(kind._meta.verbose_name_plural): first.union(*others).count()
        for kind, (first, *others) in (
            (kind, [rows.order_by().values("pk") for rows in ways]) for kind, ways in found.items()
        )
    }
    return {name: number for name, number in counts.items() if number}


def begin(row: Row, now: dt.datetime) -> None:
    """Close a room, or hide a character, for good, and have a worker delete it. Doing it again
    changes nothing."""
    kind: Any = type(row)
    with transaction.atomic():
        held = _rooms(row) if isinstance(row, Channel) else Character.objects.filter(pk=row.pk)
        list(held.select_for_update(no_key=True).order_by("pk"))
        if not kind.objects.filter(pk=row.pk, deleting_since__isnull=True).exists():
            return
        LogEntry.objects.log_create(
            row,
            force_log=True,
            action=LogEntry.Action.DELETE,
            changes=model_instance_diff(row, None),
        )
        total = left(row)
        if isinstance(row, Channel):
            _close(row, now)
            Channel.objects.filter(pk=row.pk).update(deleting_since=now, lines_to_delete=total)
            nudges.delete_room(row.pk)
        else:
            _hide(row, now)
            Character.objects.filter(pk=row.pk).update(deleting_since=now, rows_to_delete=total)
            nudges.delete_character(row.pk)


def _close(channel: Channel, now: dt.datetime) -> None:
    rooms = _rooms(channel)
    for talk in Conversation.objects.open().filter(channel__in=rooms):
        close_conversation(talk, "deleted by a keeper", now)
    look_who_watches(channel)
    for one in rooms:
        # On Discord there may be such a channel all the same: it is another room from now on.
        Channel.objects.filter(pk=one.pk).update(
            name=f"{one.name[:70]}, being deleted ({one.pk})",
            discord_id=None,
            webhook_id=None,
            webhook_token="",
            mode=Channel.Mode.MUTED,
            is_private=True,
            removed_at=one.removed_at or now,
            next_look_at=None,
        )


def _hide(character: Character, now: dt.datetime) -> None:
    """What it said and put under messages is taken back where it is read, not on Discord; its part
    in what others see goes at once, as do its goals, whose names are unique."""
    Character.objects.filter(pk=character.pk).update(
        name=f"Being deleted ({character.pk}): {character.name}"[:80],
        slug=f"being-deleted-{character.pk}",
        status=Character.Status.ARCHIVED,
        avatar="",
        avatar_url="",
        updated_at=now,
    )
    mine = Q(character=character)
    Message.objects.filter(mine, deleted_at__isnull=True).update(deleted_at=now)
    Reaction.objects.filter(mine, removed_at__isnull=True).update(removed_at=now)
    Participant.objects.filter(mine, left_at__isnull=True).update(left_at=now)
    Turn.objects.filter(
        chosen=character, status__in=[Turn.Status.PLANNED, Turn.Status.SPEAKING]
    ).update(status=Turn.Status.ABANDONED, error="The character was deleted.", finished_at=now)
    with disable_auditlog():
        for seen in (
            Goal.objects.filter(mine | Q(seeks_character=character)),
            CreativeProject.objects.filter(started_by=character),
            Contribution.objects.filter(mine),
        ):
            delete_all(seen, Counter())


def due(kind: type[Row]) -> list[int]:
    """The rooms, or the characters, that are being deleted."""
    rows: Any = kind.objects
    return list(rows.filter(deleting_since__isnull=False).values_list("pk", flat=True))


def go_on(kind: type[Row], key: int, now: dt.datetime) -> int:
    """Delete a room or a character whose deletion has begun, the latest first, unless another
    worker is at it. Each piece is a transaction of its own. Returns how many pieces there were."""
    what, count = _NAMES[kind]
    rows: Any = kind.objects
    with alone(f"conversations.delete_{what}", key) as is_mine:
        row = rows.filter(pk=key, deleting_since__isnull=False).first()
        if not is_mine or row is None:
            return 0
        pieces = 0
        while _delete_piece(row):
            pieces += 1
        with transaction.atomic(), disable_auditlog():  # the trail has it since it was asked for
            had, name = getattr(row, f"{count}_to_delete"), f"{kind._meta.label_lower}:{key}"
            delete_row(row)
            record_action(f"{what}.deleted", name, changes={count: had}, now=now)
        return pieces + 1


_NAMES: Mapping[type[Any], tuple[str, str]] = {
    Channel: ("room", "lines"),
    Character: ("character", "rows"),
}


def _delete_piece(row: Row) -> bool:
    """Delete some of what much hangs on. Whether there was any."""
    parts = _parts(row)
    for model in (Message, Turn, Memory):
        if model not in parts:
            continue
        keys = list(parts[model].order_by("-pk").values_list("pk", flat=True)[:AT_ONCE])
        if keys:
            with transaction.atomic(), disable_auditlog():
                delete_all(model._base_manager.filter(pk__among=keys), Counter())
            return True
    return False


def _rooms(channel: Channel) -> QuerySet[Channel]:
    return Channel.objects.filter(Q(pk=channel.pk) | Q(parent=channel))


def _parts(row: Row) -> dict[type[Any], QuerySet[Any]]:
    """What goes with a room or a character, as far as much hangs on it, and itself."""
    if isinstance(row, Character):
        return {
            Character: Character.objects.filter(pk=row.pk),
            Message: Message._base_manager.filter(character=row),
            Turn: Turn._base_manager.filter(chosen=row),
            Memory: Memory._base_manager.filter(owner=row),
        }
    rooms = _rooms(row)
    return {
        Channel: rooms,
        Conversation: Conversation._base_manager.filter(channel__in=rooms),
        Message: Message._base_manager.filter(conversation__channel__in=rooms),
        Turn: Turn._base_manager.filter(conversation__channel__in=rooms),
    }


def _counted(row: Row) -> list[QuerySet[Any]]:
    parts = _parts(row)
    kinds = (Message,) if isinstance(row, Channel) else (Message, Turn, Memory)
    return [parts[kind] for kind in kinds]
