"""A room with much talk is deleted by a worker, piece by piece: for each line the database looks
through every table that might refer to it, which takes a web request too long.

From the moment that a keeper asks for it nobody hears, sees or says anything there. What is left to
do stands in the room's row, so a worker that dies is followed by the next.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from auditlog.context import disable_auditlog
from auditlog.diff import model_instance_diff
from auditlog.models import LogEntry
from django.db import transaction
from django.db.models import CASCADE, Q, QuerySet

from audit.trail.actions import record_action
from conversations import nudges
from conversations.models import Channel, Conversation, Message, Turn
from conversations.rooms import look_who_watches
from conversations.services import close_conversation
from fishbowl.alone import alone
from fishbowl.among import delete_all, delete_row

MANY = 1000  # lines: a room with no more is deleted at once
AT_ONCE = 1000  # rows, of those that much hangs on


def is_large(channel: Channel) -> bool:
    """Whether a room has more talk than can be deleted while somebody waits."""
    return _of(Message, channel)[: MANY + 1].count() > MANY


def lines_left(channel: Channel) -> int:
    """How many lines of a room, and of its threads, there still are."""
    return _of(Message, channel).count()


def what_goes(channel: Channel) -> dict[str, int]:
    """Of what would go with a room, how many there are of each kind: its talk, and what hangs on
    that. Counted where it lies, so it takes no longer for much talk."""
    found: Counter[str] = Counter({str(Channel._meta.verbose_name_plural): _rooms(channel).count()})
    for model in (Conversation, Message, Turn):
        found[str(model._meta.verbose_name_plural)] += _of(model, channel).count()
        way = "" if model is Conversation else "conversation__"
        for link in model._meta.related_objects:
            kind = link.related_model
            if link.on_delete is not CASCADE or kind in (Message, Turn) or isinstance(kind, str):
                continue
            rows = kind._base_manager.filter(
                **{f"{link.field.name}__{way}channel__in": _rooms(channel)}
            )
            name = str(kind._meta.verbose_name_plural)
            found[name] = max(found[name], rows.count())
    return {name: number for name, number in found.items() if number}


def begin(channel: Channel, now: dt.datetime) -> None:
    """Close a room for good, and have a worker delete it. Doing it again changes nothing."""
    with transaction.atomic():
        rooms = _rooms(channel)
        list(rooms.select_for_update(no_key=True).order_by("pk"))
        if Channel.objects.filter(pk=channel.pk, deleting_since__isnull=False).exists():
            return
        LogEntry.objects.log_create(
            channel,
            force_log=True,
            action=LogEntry.Action.DELETE,
            changes=model_instance_diff(channel, None),
        )
        lines = lines_left(channel)
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
        Channel.objects.filter(pk=channel.pk).update(deleting_since=now, lines_to_delete=lines)
        nudges.delete_room(channel.pk)


def due() -> list[int]:
    """The rooms that are being deleted."""
    found = Channel.objects.filter(deleting_since__isnull=False)
    return list(found.values_list("pk", flat=True))


def go_on(channel_id: int, now: dt.datetime) -> int:
    """Delete a room whose deletion has begun, the latest talk first, unless another worker is at
    it. Each piece is a transaction of its own. Returns how many pieces there were."""
    with alone("conversations.delete_room", channel_id) as is_mine:
        channel = Channel.objects.filter(pk=channel_id, deleting_since__isnull=False).first()
        if not is_mine or channel is None:
            return 0
        pieces = 0
        while _delete_piece(channel):
            pieces += 1
        with transaction.atomic(), disable_auditlog():  # the trail has it since it was asked for
            lines, name = channel.lines_to_delete, f"{Channel._meta.label_lower}:{channel.pk}"
            delete_row(channel)
            record_action("room.deleted", name, changes={"lines": lines}, now=now)
        return pieces + 1


def _delete_piece(channel: Channel) -> bool:
    """Delete some of what much hangs on. Whether there was any."""
    for model in (Message, Turn):
        keys = list(_of(model, channel).order_by("-pk").values_list("pk", flat=True)[:AT_ONCE])
        if keys:
            with transaction.atomic(), disable_auditlog():
                delete_all(model._base_manager.filter(pk__among=keys), Counter())
            return True
    return False


def _rooms(channel: Channel) -> QuerySet[Channel]:
    return Channel.objects.filter(Q(pk=channel.pk) | Q(parent=channel))


def _of(
    model: type[Message] | type[Turn] | type[Conversation], channel: Channel
) -> QuerySet[Message | Turn | Conversation]:
    way = "channel" if model is Conversation else "conversation__channel"
    return model._base_manager.filter(**{f"{way}__in": _rooms(channel)})
