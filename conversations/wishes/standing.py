"""How the society stands, in a few sentences: who lives, what is said, what waits, what it costs.
Only reads."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from audit.calls import costs, ledger
from audit.configuration import configuration
from characters.models import Character, Community
from conversations.models import Channel, Conversation, Delivery, Message, ScheduledEvent

DAYS = 7


def status(community: Community | None, now: dt.datetime) -> str:
    """How things stand: in one community, or (None) everywhere."""
    channels = _channels(community)
    characters = Character.objects.filter(is_template=False)
    active = characters.filter(status=Character.Status.ACTIVE).count()
    resting = characters.filter(status=Character.Status.PAUSED).count()
    hour = Message.objects.filter(
        conversation__channel__in=channels, created_at__gt=now - dt.timedelta(hours=1)
    )
    waiting = Delivery.objects.filter(
        message__conversation__channel__in=channels,
        surface=Delivery.Surface.DISCORD,
        status=Delivery.Status.PENDING,
    ).count()
    modes = [
        f"{channels.filter(mode=mode).count()} {mode}"
        for mode in Channel.Mode.values
        if channels.filter(mode=mode).exists()
    ]
    said = [
        "Everything rests (/resume)." if configuration.is_society_paused() else "The society runs.",
        f"Characters: {active} active, {resting} resting. The voice: {ledger.voice_name()}.",
        f"Channels: {', '.join(modes) or 'none'}; "
        f"{Conversation.objects.open().filter(channel__in=channels).count()} talks under way.",
        f"Within the hour: {hour.filter(character__isnull=False).count()} lines of characters, "
        f"{hour.filter(person__isnull=False).count()} of people; {waiting} wait to be sent.",
        f"Pending reminders and dates: {_pending(channels)}.",
    ]
    unread = ~Q(read_trouble="") & ~Q(mode=Channel.Mode.MUTED)
    troubled = channels.filter(Q(is_paused=True) | ~Q(send_trouble="") | unread)
    for channel in troubled.order_by("name")[:10]:
        paused = "paused (/resume)" if channel.is_paused else ""
        why = channel.send_trouble or paused or channel.read_trouble
        said.append(f"- #{channel.name}: {why}")
    return "\n".join(said)


def _channels(community: Community | None) -> QuerySet[Channel]:
    found = Channel.objects.filter(removed_at__isnull=True)
    return found if community is None else found.filter(community=community, is_direct=False)


def _pending(channels: QuerySet[Channel]) -> int:
    pending = ScheduledEvent.Status.PENDING
    return ScheduledEvent.objects.filter(channel__in=channels, status=pending).count()


def cost(community: Community | None, now: dt.datetime) -> str:
    """What the voices took in the last week, by day and by purpose: in one community, or
    everywhere."""
    since = (now - dt.timedelta(days=DAYS - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    of = community.pk if community is not None else None
    days = costs.by_day(since, community_id=of)
    purposes = costs.by_purpose(since, community_id=of)
    if not days:
        return f"No calls in the last {DAYS} days."
    where = "everywhere" if community is None else f"in {community.name}"
    said = [f"**The last {DAYS} days {where}**, in UTC:"]
    said += [f"- {_line(one)}" for one in days]
    said.append("**By purpose:**")
    said += [f"- {_line(one)}" for one in purposes]
    if ledger.is_offline():
        said.append("The offline voice speaks: it costs nothing.")
    return "\n".join(said)


def _line(one: costs.Cost) -> str:
    return f"{one.label}: {one.calls:,} calls, {one.tokens:,} tokens, ${one.usd:.4f}"
