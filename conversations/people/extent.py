"""How far an erasure reaches: what a person said, who said it again, what was made of either."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Min, Q

from characters.models import Person
from conversations.models import Channel, Conversation, Message, Turn, TurnMemory
from conversations.people.redaction import Traits
from memories.erasure import Reach, reach
from memories.formation.echo import ECHO, content_words, coverage
from memories.formation.traces import quoted

FEWEST_WORDS = 3  # a line of fewer words that matter is no retelling


@dataclass(frozen=True, slots=True)
class Extent:
    """All that an erasure is about, once everybody else waits."""

    reach: Reach
    words: dict[int, str]
    traits: Traits
    channels: list[int]
    spoke_in: list[int]
    since: dt.datetime
    turns: set[int]
    calls: set[int]


def extent_of(person: Person, *, hold: bool = False) -> Extent:
    """All that the erasure of a person is about, whose rooms the caller holds. With `hold`, in a
    transaction, the memories of it are locked."""
    own = dict(Message.objects.filter(person=person).values_list("pk", "content"))
    words, found = dict(own), reach(person.pk, own, hold=hold)
    while retold := _retold(found, own, person):
        words |= retold
        found = reach(person.pk, words, hold=hold)
    # Where words went before, what was summed up since holds none of them.
    told = [pk for pk, text in words.items() if text]
    spoke_in = list(
        Conversation.objects.filter(messages__among=told).distinct().values_list("pk", flat=True)
    )
    calls: dict[int, int | None] = {}
    for meant in (  # each by an index of its own
        Q(answers__among=own),
        Q(recollections__memory__among=found.memories),
        Q(message__among=words),
        Q(events__person=person),
    ):
        calls |= Turn.objects.filter(meant).values_list("pk", "llm_call_id")
    first = Message.objects.filter(pk__among=words).aggregate(at=Min("created_at"))["at"]
    return Extent(
        reach=found,
        words=words,
        traits=traits_of(person, words.values()),
        channels=sorted(rooms_of(person.pk)),
        spoke_in=spoke_in,
        since=min(first or person.first_seen_at, person.first_seen_at),
        turns=set(calls),
        calls={call for call in calls.values() if call},
    )


def traits_of(person: Person, contents: Iterable[str]) -> Traits:
    """What texts about the person are known by; of who was erased before, nothing is known."""
    return Traits((), ()) if person.erased_at else Traits.of(person, contents)


def _retold(found: Reach, own: dict[int, str], person: Person) -> dict[int, str]:
    """Lines of characters that say again what the person said, or what is remembered of them:
    those that answered it, those that had it before their mind, and those that were theirs to
    hear. So too what the system told them, and all that was said in their direct messages."""
    traits = traits_of(person, ())
    unseen = Message.objects.exclude(Q(pk__among=found.messages) | Q(content=""))
    lines = unseen.filter(role=Message.Role.ASSISTANT)
    owed = Q(turn__events__person=person) | Q(role=Message.Role.SYSTEM, reply_to__among=own)
    notices = Q(role=Message.Role.SYSTEM, conversation__participants__person=person)
    retold: dict[int, str] = dict(unseen.filter(owed).values_list("pk", "content"))
    # In direct messages everything was said to them, or by them.
    private = Q(
        conversation__channel__is_direct=True, conversation__channel__in=rooms_of(person.pk)
    )
    retold |= dict(unseen.filter(private).values_list("pk", "content"))
    for pk, content in unseen.filter(notices).values_list("pk", "content"):
        if traits.names_them(content):
            retold[pk] = content
    answered = lines.filter(turn__answers__among=own).values_list(
        "pk", "content", "turn__answers_id"
    )
    for pk, content, answers in answered:
        if _tells(own[answers], content):
            retold[pk] = content
    recalled = TurnMemory.objects.filter(
        memory__among=found.memories, turn__message__in=lines
    ).values_list("turn__message__pk", "turn__message__content", "memory__content")
    for pk, content, memory in recalled:
        line = quoted(memory)
        if traits.names_them(content) or _tells(line[1] if line else memory, content):
            retold[pk] = content
    return retold


def _tells(source: str, text: str) -> bool:
    return len(content_words(source)) >= FEWEST_WORDS and coverage(source, text) >= ECHO


def rooms_of(person_id: int) -> set[int]:
    """The channels where somebody spoke, was, or put an emoji."""
    return set(
        Channel.objects.filter(
            Q(conversations__messages__person=person_id)
            | Q(conversations__participants__person=person_id)
            | Q(conversations__messages__reactions__person=person_id)
        ).values_list("pk", flat=True)
    )
