"""The outbox of Discord in rows: what waits, who carries it, and what became of it.

Of each channel only the first that waits may be claimed, so that what was said later never
overtakes it, however many processes send.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from contextlib import suppress
from random import Random

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from audit.configuration import configuration
from conversations import corrections
from conversations.discord import outbound_rules, places
from conversations.discord.backlog import Waiting, unsaid
from conversations.discord.cargo import Cargo, Hook, Room, load, room_of
from conversations.discord.facts import WITHOUT
from conversations.discord.parts import LEASE_S, own
from conversations.discord.refusals import SHUT_DOORS, Failure, Kind
from conversations.models import Channel, Delivery, ScheduledEvent
from conversations.text import Refused
from conversations.turns.claims import is_gone, worker_name
from fishbowl.sealing import seal

log = logging.getLogger(__name__)

LONGEST_WAIT_S, LONGEST_WAIT_AFTER_S = 60.0, 900.0
REFUSED_TIMES, BROKEN_TIMES, CARRIED_AFTER_TIMES = 4, 5, 100
AWAY_TIMES = 3  # so often without an answer, and the characters are silent there meanwhile
HELD_S = 120.0  # until it is tried again whether a keeper has mended what was wrong
SHUT_TIMES = 10  # so often a person's shut door is tried, each time after twice as long: 17 hours
GONE = "The channel is gone from Discord."
# What only the gateway says, and takes back: where the bot lacks what it needs to live there.
LACKING = list(WITHOUT.values())
_jitter = Random()


def waiting(channel_id: int | None = None) -> QuerySet[Delivery]:
    """What waits to go to Discord, in the order in which it shall appear. While everything is
    paused, or where the bot may not see or write, not what characters have said or put under a
    message and nobody has seen yet."""
    found = Delivery.objects.filter(
        surface=Delivery.Surface.DISCORD,
        status=Delivery.Status.PENDING,
        message__conversation__channel__discord_id__isnull=False,
    )
    if channel_id is not None:
        found = found.filter(message__conversation__channel=channel_id)
    of_character = Q(message__character__isnull=False) | Q(reaction__character__isnull=False)
    is_unseen = Q(sent_at__isnull=True, message__deleted_at__isnull=True)
    is_paused = Q(Exists(configuration.what_pauses()))  # in the statement: making it asks nothing
    is_lacking = Q(message__conversation__channel__send_trouble__in=LACKING)
    return found.exclude((is_paused | is_lacking) & of_character & is_unseen).order_by("pk")


def due_channels(now: dt.datetime) -> list[int]:
    """The channels whose first waiting delivery can be carried out now."""
    channel = "message__conversation__channel"
    heads = (
        waiting()
        .order_by(channel, "pk")
        .distinct(channel)
        .values_list(channel, "next_attempt_at", "claimed_by", "claimed_until")
    )
    return [key for key, at, holder, until in heads if at <= now and _is_free(holder, until, now)]


def claim(channel_id: int, now: dt.datetime) -> Cargo | None:
    """Take the first delivery of a channel that waits. Returns None when there is none, it isn't
    due, or somebody else has it."""
    leave_unsaid(channel_id, now)
    head = waiting(channel_id).first()
    if head is None or head.next_attempt_at > now:
        return None
    if not _is_free(head.claimed_by, head.claimed_until, now):
        return None
    holder = f"{worker_name()}/{uuid.uuid4().hex[:8]}"
    taken = Delivery.objects.filter(
        pk=head.pk,
        status=Delivery.Status.PENDING,
        next_attempt_at=head.next_attempt_at,
        claimed_by=head.claimed_by,
        claimed_until=head.claimed_until,
    ).update(
        claimed_by=holder,
        claimed_until=now + dt.timedelta(seconds=LEASE_S),
        attempts=F("attempts") + 1,
    )
    return load(head.pk, holder) if taken else None


def _is_free(holder: str, until: dt.datetime | None, now: dt.datetime) -> bool:
    return not holder or until is None or until <= now or is_gone(holder.partition("/")[0])


def leave_unsaid(channel_id: int, now: dt.datetime) -> int:
    """Give up what came too late to be said, but for what somebody asked to be reminded of: that is
    owed to them. Returns how much."""
    rules = outbound_rules.in_force()
    late = now - dt.timedelta(seconds=rules.late_s)
    owed = ScheduledEvent.objects.filter(
        event_type=ScheduledEvent.EventType.REMINDER, turn=OuterRef("message__turn")
    )
    untouched = (
        waiting(channel_id)
        .filter(~Exists(owed), sent_at__isnull=True)
        .exclude(parts__attempted_at__isnull=False)
    )
    untouched = untouched.annotate(
        since=Coalesce("wanted_at", "reaction__created_at", "message__created_at")
    )
    if not untouched.filter(since__lt=late).exists():
        return 0
    left = unsaid(
        [
            Waiting(
                key,
                since=since,
                answers_person=person is not None and reaction is None,
                is_reaction=reaction is not None,
            )
            for key, since, person, reaction in untouched.values_list(
                "pk", "since", "message__reply_to__person", "reaction"
            )
        ],
        rules,
        now,
    )
    for why in set(left.values()):
        keys = [key for key, reason in left.items() if reason == why]
        waiting().filter(pk__in=keys).update(status=Delivery.Status.ABANDONED, error=why)
    if left:
        log.warning("%d messages were not sent to channel %d: too late.", len(left), channel_id)
    return len(left)


# --- how it ends ----------------------------------------------------------------------------------


def finish(cargo: Cargo, now: dt.datetime, note: str = "") -> bool:
    """All is as it shall be. Returns False when something else is wanted since: it waits on."""
    done = (
        own(cargo)
        .filter(next_attempt_at=cargo.asked_at)
        .update(
            status=Delivery.Status.SENT,
            sent_at=Coalesce("sent_at", now),
            error=note[:500],
            claimed_by="",
            claimed_until=None,
        )
    )
    if cargo.room.trouble:
        clear_trouble(cargo.room.key)
    if not done:
        release(cargo)
    return bool(done)


def give_up(cargo: Cargo, why: str, status: str = Delivery.Status.ABANDONED) -> None:
    """It will not be sent."""
    log.warning("Delivery %d was given up: %s", cargo.delivery, why)
    own(cargo).update(status=status, error=why[:500], claimed_by="", claimed_until=None)


def release(cargo: Cargo) -> None:
    """Let anybody take it up again."""
    own(cargo).update(claimed_by="", claimed_until=None)


def put_off(cargo: Cargo, failure: Failure, now: dt.datetime) -> None:
    """Decide what becomes of a delivery that met with a failure: by its kind, and how often."""
    if failure.kind is Kind.CHANNEL_GONE:
        close_channel(cargo.room, now)
        give_up(cargo, GONE)
    elif failure.kind is Kind.LIMITED:
        if failure.retry_after >= LONGEST_WAIT_S:
            set_trouble(cargo.room.key, failure.remedy)
        _wait(cargo, failure.retry_after + _jitter.uniform(0.05, 0.5), failure, now, counts=False)
    elif failure.kind in (Kind.FORBIDDEN, Kind.TOKEN):
        if cargo.emoji is not None and failure.kind is Kind.FORBIDDEN:
            give_up(cargo, failure.remedy)
            return
        set_trouble(cargo.room.key, failure.remedy)
        longer = 1
        if failure.code in SHUT_DOORS:  # no keeper can mend it; who keeps knocking is shut out
            if cargo.attempts >= SHUT_TIMES:
                give_up(cargo, failure.remedy)
                return
            longer = 2 ** (cargo.attempts - 1)
        _wait(cargo, HELD_S * longer * _jitter.uniform(0.9, 1.1), failure, now)
    elif failure.kind in (Kind.AWAY, Kind.WEBHOOK_GONE):
        if cargo.attempts >= AWAY_TIMES and failure.kind is Kind.AWAY:
            set_trouble(cargo.room.key, failure.remedy)
        if cargo.was_sent and cargo.attempts >= CARRIED_AFTER_TIMES:
            give_up(cargo, str(failure))
            return
        most = LONGEST_WAIT_AFTER_S if cargo.was_sent else LONGEST_WAIT_S
        _wait(cargo, _backoff(cargo.attempts, most), failure, now)
    elif failure.kind is Kind.OBJECTED:
        _take_back(cargo, failure, now)
    elif cargo.attempts >= REFUSED_TIMES:
        give_up(cargo, f"Discord refused it: {failure}")
    else:
        _wait(cargo, _backoff(cargo.attempts, LONGEST_WAIT_S), failure, now)


def _take_back(cargo: Cargo, failure: Failure, now: dt.datetime) -> None:
    """The server's own moderation lets nobody see it, and tells its moderators of each attempt. A
    line that nobody has seen wasn't said: nobody here answers it or remembers it either."""
    give_up(cargo, failure.remedy)
    if cargo.is_of_character and cargo.emoji is None and not cargo.was_sent:
        with suppress(Refused):  # somebody else was quicker
            corrections.remove_message(cargo.message, now)


def note_broken(cargo: Cargo, error: Exception, now: dt.datetime) -> None:
    """It broke the sender. After some attempts it is set aside, so that the rest can go on."""
    why = f"It broke the sender: {type(error).__name__}"
    if cargo.attempts >= BROKEN_TIMES:
        give_up(cargo, why, Delivery.Status.FAILED)
        return
    _wait(cargo, _backoff(cargo.attempts, LONGEST_WAIT_S), Failure(Kind.REFUSED, why), now)


def wait_until(cargo: Cargo, at: dt.datetime) -> None:
    """Leave it until then, without counting an attempt."""
    own(cargo).filter(next_attempt_at=cargo.asked_at).update(
        next_attempt_at=at, attempts=F("attempts") - 1
    )
    release(cargo)


def _wait(
    cargo: Cargo, seconds: float, failure: Failure, now: dt.datetime, *, counts: bool = True
) -> None:
    own(cargo).filter(next_attempt_at=cargo.asked_at).update(
        next_attempt_at=now + dt.timedelta(seconds=seconds),
        attempts=F("attempts") - (0 if counts else 1),
        error=str(failure)[:500],
    )
    release(cargo)


def _backoff(attempts: int, most: float) -> float:
    return min(most, 2.0 ** min(attempts, 12)) * _jitter.uniform(0.5, 1.0)


# --- the channel ----------------------------------------------------------------------------------


def keep_webhook(room: Room, hook: Hook) -> Hook:
    """Store the webhook of a channel. Returns the one that is stored: there may have been one."""
    with transaction.atomic():
        channel = Channel.objects.select_for_update(no_key=True).get(pk=room.hook_key)
        known = room_of(channel).hook
        if known is not None:
            return known
        channel.webhook_id = hook.id
        channel.webhook_token = seal(hook.token, settings.SECRET_KEY)
        channel.save(update_fields=["webhook_id", "webhook_token"])
    return hook


def forget_webhook(place: int, webhook_id: int) -> None:
    """A webhook is no more, or no more in the channel with this id of Discord's."""
    Channel.objects.filter(discord_id=place, webhook_id=webhook_id).update(
        webhook_id=None, webhook_token=""
    )


def webhook_of(place: int) -> int | None:
    """The webhook by which characters speak in the channel with this id of Discord's."""
    found = Channel.objects.filter(discord_id=place).values_list("webhook_id", flat=True)
    return found.first()


def set_trouble(channel_id: int, why: str) -> None:
    """Say beside a channel why nothing can be sent there; its characters fall silent."""
    changed = Channel.objects.filter(pk=channel_id).exclude(send_trouble__in=[why[:300], *LACKING])
    if changed.update(send_trouble=why[:300]):
        name = Channel.objects.values_list("name", flat=True).get(pk=channel_id)
        log.warning("Nothing can be sent to #%s: %s", name, why)


def clear_trouble(channel_id: int) -> None:
    """Something was sent there again."""
    troubled = Channel.objects.filter(pk=channel_id).exclude(send_trouble__in=["", *LACKING])
    if troubled.update(send_trouble=""):
        name = Channel.objects.values_list("name", flat=True).get(pk=channel_id)
        log.warning("Messages reach #%s again.", name)


def troubled() -> list[Room]:
    """The channels to which nothing could be sent, and for which nothing waits: nobody would find
    out that it can be, but for trying. Of permissions the gateway tells."""
    busy = waiting().values("message__conversation__channel")
    found = Channel.objects.filter(discord_id__isnull=False, removed_at__isnull=True)
    found = found.exclude(Q(send_trouble__in=["", *LACKING]) | Q(pk__in=busy))
    return [room_of(channel) for channel in found.select_related("parent")[:100]]


def addresses() -> dict[int, int]:
    """Discord's ids of the channels that are there, by our own."""
    found = Channel.objects.filter(discord_id__isnull=False, removed_at__isnull=True)
    return {key: place for key, place in found.values_list("pk", "discord_id") if place is not None}


def leave_unreachable() -> int:
    """Give up what waits for channels that are gone from Discord. Returns how much."""
    return Delivery.objects.filter(
        Q(message__conversation__channel__discord_id__isnull=True)
        | Q(message__conversation__channel__removed_at__isnull=False),
        surface=Delivery.Surface.DISCORD,
        status=Delivery.Status.PENDING,
    ).update(status=Delivery.Status.ABANDONED, error=GONE)


def close_channel(room: Room, now: dt.datetime) -> None:
    """A channel is gone from Discord: what waits for it will not be sent."""
    places.remove_channel(room.place, now)
    waiting(room.key).filter(claimed_by="").update(status=Delivery.Status.ABANDONED, error=GONE)
