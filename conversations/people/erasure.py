"""A person is forgotten: what they said, what is remembered of them, and what was made from either.

One transaction does it all, so a kill leaves everybody as they were, and the command does it again.
The person's row stays, without anything that tells who it was: the numbers of what was said run
without gaps, and a message without words needs an author. Other people's words are theirs.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from auditlog.context import disable_auditlog
from django.db import OperationalError, connection, transaction
from django.db.models import Q, TextField, Value
from django.db.models.functions import Cast, Concat
from psycopg.errors import DeadlockDetected, LockNotAvailable

from audit.trail.actions import record_action
from audit.trail.scrubbing import blank_trail
from characters.models import (
    CommunicationStyle,
    Membership,
    MoodChange,
    Person,
    PersonPreference,
    Relationship,
)
from conversations import nudges, outgoing
from conversations.afterwards import analytics
from conversations.community import decisions
from conversations.floor.lines import UNDER_WAY
from conversations.models import (
    Agreement,
    CareNotice,
    Channel,
    Conversation,
    ConversationContext,
    Delivery,
    Message,
    MessageEdit,
    ModerationCase,
    Participant,
    Reaction,
    Reliance,
    ScheduledEvent,
    TopicTransition,
    Turn,
)
from conversations.people import erasure_policy, leftovers
from conversations.people.called import namesakes
from conversations.people.extent import Extent, extent_of, rooms_of, traits_of
from conversations.people.forgotten_writings import forget_writings
from conversations.people.redaction import (
    LookedThrough,
    blank_admin_log,
    blank_answers_that_came_late,
    blank_calls,
    blank_summaries,
    blank_turns,
    drop_tool_uses,
    look_through_calls,
)
from conversations.tank import live
from memories.erasure import forget
from memories.models import Entity, ErasureReceipt, Memory, PersonFact

SOMEBODY = "somebody"
SHOWN = 300  # of the latest messages of a channel stand on open pages
SWEPT_FOR = dt.timedelta(days=1)
MOST_DEADLOCKS = 5
PREVIEW_WAITS = "100ms"  # for a row that somebody has; a tenth of what makes a deadlock


class _Moved(Exception):
    """The person spoke in another room while its erasure began: begin again."""


def forget_person(person: Person, requested_by: str, now: dt.datetime) -> ErasureReceipt:
    """Erase a person. `requested_by` says who wanted it: the person, a keeper, or retention; it
    names nobody. Doing it again takes what came to light since."""
    ahead, deadlocks = _look_ahead(person), 0
    while True:
        try:
            with transaction.atomic():
                counts = _erase(person, now, ahead)
                receipt = ErasureReceipt.objects.create(
                    requested_by=requested_by, counts=dict(sorted(counts.items())), erased_at=now
                )
                about = {"requested_by": requested_by, "receipt": str(receipt.reference)}
                record_action("person.erase", person, changes=about, now=now)
                return receipt
        except _Moved:
            continue
        except OperationalError as error:  # with who writes of them at this moment: it went first
            deadlocks += 1
            if deadlocks >= MOST_DEADLOCKS or not isinstance(error.__cause__, DeadlockDetected):
                raise


def preview(person: Person, now: dt.datetime) -> dict[str, int]:
    """What an erasure would take, in rows of each kind. Nothing is changed, and talk goes on:
    only where it is in the way of what is counted are the rooms held, as an erasure holds them."""
    ahead, is_holding = _look_ahead(person), False
    while True:
        try:
            with transaction.atomic():
                if not is_holding:
                    _wait_for_nobody()
                counts = _erase(person, now, ahead, is_holding=is_holding)
                transaction.set_rollback(True)
                return dict(sorted(counts.items()))
        except _Moved:
            continue
        except OperationalError as error:
            if is_holding or not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
                raise
            is_holding = True


def _wait_for_nobody() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PREVIEW_WAITS])


def sweep(now: dt.datetime) -> int:
    """Take what was under way while somebody was erased: a call that a model answered after, a
    reaction that was just being put. Returns how many rows went."""
    late = blank_answers_that_came_late(now - 2 * SWEPT_FOR)
    for person in Person.objects.filter(erased_at__gt=now - SWEPT_FOR):
        with transaction.atomic():
            late += sum(_erase(person, person.erased_at or now, LookedThrough()).values())
    return late


def _look_ahead(person: Person) -> LookedThrough:
    """Read what takes long to read while everybody talks on."""
    found = extent_of(person)
    return look_through_calls(found.channels, found.since, found.traits)


def _erase(
    person: Person, now: dt.datetime, ahead: LookedThrough, *, is_holding: bool = True
) -> Counter[str]:
    with disable_auditlog():  # what goes must not be written down once more
        person = _hold(person) if is_holding else Person.objects.get(pk=person.pk)
        return _take_all(person, now, ahead)


def _take_all(person: Person, now: dt.datetime, ahead: LookedThrough) -> Counter[str]:
    account = f"Discord {person.discord_id}" if person.discord_id else ""
    counts: Counter[str] = Counter()
    policy = erasure_policy.rules()
    if policy.others_memories == "anonymise" and person.erased_at is None:
        own = Message.objects.filter(person=person).values_list("pk", flat=True)
        erasure_policy.keep_without_name(person, list(own), traits_of(person, ()), counts)
    if person.erased_at is None:  # what is being thought of just now may rest on what goes
        in_mind = Q(draft="") | Q(conversation__channel__in=rooms_of(person.pk))
        _drop_turns(in_mind & Q(status=Turn.Status.SPEAKING), now, counts)
    found = extent_of(person, hold=True)
    gone = found.reach.memories
    made = leftovers.made_of(found.reach.messages, gone)
    admin_rows = [
        (Person, [person.pk]),
        (Membership, _ids(Membership, person)),
        (Message, found.reach.messages),
        (Memory, gone),
        (PersonFact, _ids(PersonFact, person)),
        (Entity, _ids(Entity, person)),
        (Relationship, list(person.regarded_by.values_list("pk", flat=True))),
    ]
    _drop_turns(Q(pk__among=found.turns), now, counts)
    _blank_messages(found, now, counts)
    blank_turns(found.turns, found.channels, found.traits, counts)
    drop_tool_uses(found.turns, found.channels, found.traits, counts)
    blank_calls(
        found.calls,
        found.channels,
        found.since,
        found.traits,
        counts,
        ahead=ahead,
        whole_rooms=policy.call_texts == "rooms" and person.erased_at is None,
    )
    if policy.others_words == "anonymise":
        erasure_policy.strike_from_words(found.channels, found.traits, counts)
    anew = blank_summaries(found.spoke_in, found.channels, found.traits, counts)
    _forget_stock(found, counts)
    counts["conversations.Proposal"] += decisions.forget(list(found.words), person.pk)
    others = namesakes(person, found.traits.names)
    counts += forget_writings(found.words, found.traits, now, others=others)
    counts += forget(found.reach, found.words)
    _part_ways(person, found, counts)
    blank_admin_log(admin_rows, counts)
    counts += blank_trail(admin_rows, found.traits.pattern, found.since, account)
    leftovers.sweep(person, found.traits, made, counts)
    _make_nobody(person, found, now, counts)
    for conversation_id in anew:
        nudges.summarise(conversation_id)
    return +counts


def _hold(person: Person) -> Person:
    """Lock the rooms where the person has been, then the person: what is just being said there
    comes before, and nothing of theirs comes after.

    Raises:
        _Moved: they turned up in another room meanwhile.
    """
    rooms = rooms_of(person.pk)
    list(Channel.objects.select_for_update(no_key=True).filter(pk__in=rooms).order_by("pk"))
    held = Person.objects.select_for_update().get(pk=person.pk)
    if not rooms_of(person.pk) <= rooms:
        raise _Moved
    return held


def _ids(model: type[Membership | PersonFact | Entity], person: Person) -> list[int]:
    return list(model._default_manager.filter(person=person).values_list("pk", flat=True))


def _drop_turns(meant: Q, now: dt.datetime, counts: Counter[str]) -> None:
    """What characters were about to say is dropped unsaid, and the director looks again."""
    dropped = Turn.objects.filter(meant, status__in=UNDER_WAY)
    for pk, conversation_id, channel_id in dropped.values_list(
        "pk", "conversation_id", "conversation__channel_id"
    ):
        live.publish(channel_id, "turn.over", turn=pk)
        Conversation.objects.open().filter(pk=conversation_id).update(next_turn_at=now)
        nudges.look(channel_id)
    counts["conversations.Turn (dropped)"] += dropped.update(
        status=Turn.Status.ABANDONED,
        draft="",
        draft_spent=[],
        guard_edits=[],
        error="What it was to answer or to tell was erased.",
        finished_at=now,
    )


def _blank_messages(found: Extent, now: dt.datetime, counts: Counter[str]) -> None:
    """Leave of messages only that something was said here: number, time and place."""
    messages = Message.objects.filter(pk__among=found.words)
    fresh = messages.exclude(content="", embedding__isnull=True, image_urls=[])
    anew = list(fresh.values_list("pk", flat=True))
    counts["conversations.Message (blanked)"] += len(anew)
    shown = messages.filter(pk__among=list(_shown(found.channels)))
    for message in shown.select_related("conversation").defer("embedding", "search"):
        message.deleted_at = message.deleted_at or now
        live.publish(
            message.conversation.channel_id, "message.removed", **live.change_facts(message)
        )
    messages.filter(deleted_at__isnull=True).update(deleted_at=now)
    messages.update(
        content="",
        embedding=None,
        embedding_model=None,
        image_urls=[],
        has_images=False,
        sentiment=0.0,
        emotion="",
        token_count=0,
        client_nonce="",
        discord_message_id=None,
        edited_at=None,
    )
    Delivery.objects.filter(message__among=found.words).exclude(error="").update(error="")
    outgoing.follow(anew, now)
    counts["conversations.MessageEdit"] += MessageEdit.objects.filter(
        message__among=found.words
    ).delete()[0]
    # Discord's id of their direct messages would tell who they were.
    Channel.objects.filter(pk__in=found.channels, is_direct=True, discord_id__isnull=False).update(
        discord_id=None, name=Concat(Value("erased-"), Cast("pk", TextField())), removed_at=now
    )


def _forget_stock(found: Extent, counts: Counter[str]) -> None:
    """What was noted of who talks how in conversations where the person spoke, and where those
    turned from topic to topic. Figures of the whole tell of nobody and stay."""
    counts["conversations.ConversationAnalytics (mended)"] += analytics.forget_marks(
        list(found.words)
    )
    turned = TopicTransition.objects.filter(conversation__among=found.spoke_in)
    counts["conversations.TopicTransition"] += turned.delete()[0]
    stock = ConversationContext.objects.filter(conversation__among=found.spoke_in)
    counts["conversations.ConversationContext (blanked)"] += stock.exclude(
        speaker_patterns={}
    ).update(emotional_state={}, speaker_patterns={}, topic_embedding=None)


def _shown(channels: Iterable[int]) -> Iterable[int]:
    for channel in channels:
        yield from (
            Message.objects.filter(conversation__channel=channel)
            .order_by("-pk")
            .values_list("pk", flat=True)[:SHOWN]
        )


def _part_ways(person: Person, found: Extent, counts: Counter[str]) -> None:
    """Bonds, memberships, reactions and dates with the person; moods lose only why they moved."""
    for reaction in Reaction.objects.filter(
        person=person, removed_at__isnull=True, message__deleted_at__isnull=True
    ).select_related("message__conversation"):
        live.publish(
            reaction.message.conversation.channel_id,
            "reaction.removed",
            message=reaction.message_id,
            emoji=reaction.emoji,
            person=person.pk,
            name="",
        )
    moods = MoodChange.objects.filter(
        Q(trigger_person=person) | Q(trigger_message__among=found.words)
    )
    counts["characters.MoodChange (blanked)"] += moods.update(
        trigger_person=None, trigger_message=None, description=""
    )
    for rows in (
        Relationship.objects.filter(to_person=person),
        Membership.objects.filter(person=person),
        Participant.objects.filter(person=person),
        Reaction.objects.filter(person=person),
        ScheduledEvent.objects.filter(person=person),
        PersonPreference.objects.filter(person=person),
        CommunicationStyle.objects.filter(person=person),
        CareNotice.objects.filter(person=person),
        ModerationCase.objects.filter(person=person),
        Reliance.objects.filter(person=person),
        Agreement.objects.filter(with_person=person),
    ):
        _, by_kind = rows.delete()
        counts.update({kind: number for kind, number in by_kind.items() if number})


def _make_nobody(person: Person, found: Extent, now: dt.datetime, counts: Counter[str]) -> None:
    """The row that stays says that somebody was here."""
    if person.erased_at is not None:
        return
    counts["characters.Person (made nobody)"] += Person.objects.filter(pk=person.pk).update(
        discord_id=None,
        web_key=None,
        username=SOMEBODY,
        display_name="",
        custom_name="",
        is_active=False,
        timezone="",
        quiet_hours={},
        birthday=None,
        consent_level=Person.Consent.NONE,
        heard_from=None,
        blocked_until=None,
        first_seen_at=now,
        last_seen_at=None,
        erased_at=now,
    )
    for channel_id in found.channels:
        live.publish(channel_id, "person.left", person=person.pk, name=SOMEBODY)
