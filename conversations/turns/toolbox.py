"""What a character may do in a turn besides speaking, and how each is done: within its own rights
alone. What it recalls is read under its view before whoever listens; its files are its own, or
shared where it is; what it keeps of others names what it was made from, to go with it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from characters import changes, preferences
from characters.models import Character, Goal, Person, SelfModification
from conversations.afterwards import openness
from conversations.initiative import moments, proactive
from conversations.models import Channel, Message, ScheduledEvent
from conversations.moderation import moderation
from fishbowl.llm.types import Tool
from memories import sharing, workspace
from memories.formation import discretion
from memories.formation.distilling import LEANS_ON
from memories.formation.echo import coverage
from memories.models import Memory
from memories.recall.recall import recall as recall_memories
from memories.view import Audience
from memories.workspace import FileRefused, Space
from memories.writing import NewMemory, store

LOOKED_BACK = 12  # lines
MOST_GOALS = 8  # that a character may have at once, its own doing
MOST_READ = 4000  # characters of a file
FOUND = 5  # memories

Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Path = Annotated[str, StringConstraints(min_length=1, max_length=400)]


class NotDone(Exception):
    """A tool can't do what was asked; the text says why, and what would do."""


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Remember(_Arguments):
    content: Annotated[Said, Field(description="One sentence in the third person.")]
    about: Annotated[str, StringConstraints(max_length=80)] = ""
    importance: Annotated[int, Field(ge=1, le=10)] = 5


class Recall(_Arguments):
    question: Said


class ShareMemory(_Arguments):
    with_whom: Annotated[Name, Field(description="A character who is present.")]
    about: Annotated[Said, Field(description="What the memory is about.")]


class SetGoal(_Arguments):
    description: Said
    priority: Annotated[int, Field(ge=1, le=10)] = 5
    days: Annotated[int | None, Field(ge=1, le=365, description="Within how many days.")] = None


class WriteFile(_Arguments):
    path: Annotated[Path, Field(description="Such as notes/harbour.md.")]
    content: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
    space: Literal["own", "shared"] = "own"
    append: bool = False


class ReadFile(_Arguments):
    path: Path
    space: Literal["own", "shared"] = "own"


class ProposeSelfChange(_Arguments):
    field: Annotated[Name, Field(description="Such as persona.openness or style.humour.")]
    new_value: float | str | list[str] | dict[str, float]
    reason: Said


class Schedule(_Arguments):
    when: Annotated[Name, Field(description="Such as: friday evening, tomorrow at 9.")]
    what: Annotated[Said, Field(description="What to ask or tell them then, spoken to them.")]
    whom: Annotated[Name, Field(description="A person who is present.")]


@dataclass(frozen=True, slots=True)
class Hands:
    """Who acts, where, before whom, and in answer to what."""

    character: Character
    channel: Channel
    audience: Audience
    now: dt.datetime
    conversation_id: int
    heard: Message | None = None

    def space(self, name: str) -> Space:
        """Its own files, or those that are shared here."""
        shared = self.channel.community_id if name == "shared" else None
        return Space(self.character.pk, shared)

    def sources(self) -> list[int]:
        """The message that what it keeps is made from.

        Raises:
            NotDone: nobody may keep that.
        """
        if self.heard is None:
            return []
        person = self.heard.person
        if self.heard.is_off_record or (
            person is not None and person.consent_level == Person.Consent.NONE
        ):
            raise NotDone("What was just said is not to be remembered.")
        return [self.heard.pk]

    def require_open(self) -> None:
        """Make nothing here that is read or said anywhere.

        Raises:
            NotDone: the channel is age-restricted, and what is said in it stays there.
        """
        if self.channel.is_nsfw:
            raise NotDone("What is said in this age-restricted channel is for it alone.")

    def person(self, name: str) -> Person | None:
        """A person who is here, by name."""
        people = Person.objects.filter(pk__in=self.audience.people, erased_at=None)
        return next((one for one in people if one.name.casefold() == name.casefold()), None)

    def other(self, name: str) -> Character | None:
        """Another character that is here, by name."""
        here = Character.objects.active().filter(pk__in=self.audience.characters)
        return here.exclude(pk=self.character.pk).filter(name__iexact=name).first()


def remember(hands: Hands, asked: Remember) -> str:
    """Keep something in mind, as what it thought itself."""
    sources = hands.sources()
    person, other = hands.person(asked.about), hands.other(asked.about)
    (stored,) = store(
        [
            NewMemory(
                owner_id=hands.character.pk,
                kind=Memory.Kind.AGENT,
                content=asked.content,
                occurred_at=hands.now,
                provenance=Memory.Provenance.DERIVED,
                visibility=_level(hands, asked.content),
                importance=float(asked.importance),
                confidence=0.8,
                about_person_id=person.pk if person else None,
                about_character_id=other.pk if other else None,
                community_id=hands.channel.community_id,
                source_conversation_id=hands.conversation_id,
                source_message_id=sources[0] if sources else None,
                from_messages=tuple(sources),
                found_by="tool",
            )
        ]
    )
    return "Kept in mind." if stored.is_new else "That was in mind already."


def _level(hands: Hands, content: str) -> str:
    """How openly something that it keeps in mind may be repeated: no more than what it answers,
    nor than what of the last lines, and of what comes to mind here, it says again."""
    said = Message.objects.filter(conversation=hands.conversation_id, deleted_at=None)
    lines = [
        openness.of_message(one)
        for one in said.exclude(role=Message.Role.SYSTEM).order_by("-number")[:LOOKED_BACK]
    ][::-1]
    levels = discretion.of_lines(lines)
    source = hands.heard.pk if hands.heard else None
    return discretion.strictest(
        Memory.Visibility.PERSONAL,
        discretion.of_text(content),
        *(
            levels[line.number]
            for line in lines
            if line.message_id == source or discretion.gives_away(line.text, content)
        ),
        *(
            one.visibility
            for one in recall_memories(
                hands.character.pk, hands.audience, content, now=hands.now, limit=FOUND
            )
            if coverage(one.content, content) >= LEANS_ON
        ),
    )


def recall(hands: Hands, asked: Recall) -> str:
    """What comes to mind, of what may be said before those who listen."""
    local = hands.now.astimezone(ZoneInfo(hands.character.timezone))
    found = recall_memories(
        hands.character.pk, hands.audience, asked.question, now=local, limit=FOUND
    )
    return "\n".join(f"- {one.content}" for one in found[:FOUND]) or "Nothing comes to mind."


def share_memory(hands: Hands, asked: ShareMemory) -> str:
    """Tell another character something, as far as it is trusted."""
    other = hands.other(asked.with_whom)
    if other is None:
        raise NotDone(f"with_whom: no character called {asked.with_whom} is here.")
    before = Audience(
        characters=frozenset({hands.character.pk, other.pk}), community=hands.channel.community_id
    )
    found = recall_memories(hands.character.pk, before, asked.about, now=hands.now, limit=FOUND)
    own = [one.id for one in found if one.kind != Memory.Kind.LORE]
    if not own:
        raise NotDone("about: nothing comes to mind that might be told to them.")
    try:
        share = sharing.offer(
            hands.character.pk, other.pk, own[0], hands.now, community_id=hands.channel.community_id
        )
    except (sharing.NotForSharing, Memory.DoesNotExist):
        raise NotDone("about: that is for nobody else.") from None
    return f"{share.status}: {share.reason}"


def set_goal(hands: Hands, asked: SetGoal) -> str:
    """Set itself something to reach, of which it speaks where it was set alone."""
    hands.require_open()
    hands.sources()
    mine = Goal.objects.filter(character=hands.character, status=Goal.Status.ACTIVE)
    if mine.filter(description__iexact=asked.description).exists():
        return "That is a goal already."
    if mine.count() >= MOST_GOALS:
        raise NotDone(f"description: you have {MOST_GOALS} goals already. Reach one first.")
    Goal.objects.create(
        character=hands.character,
        goal_id=f"{hands.character.slug}-{uuid.uuid4().hex[:8]}"[:120],
        description=asked.description,
        priority=asked.priority,
        due_at=hands.now + dt.timedelta(days=asked.days) if asked.days else None,
        origin=Goal.Origin.TALK,
        community_id=hands.channel.community_id,
        is_withheld=not hands.channel.is_open_to_all
        or discretion.of_text(asked.description) != Memory.Visibility.PUBLIC,
    )
    return "It is a goal now."


def write_file(hands: Hands, asked: WriteFile) -> str:
    """Write a text down."""
    hands.require_open()
    community = hands.channel.community_id
    if (found := moderation.judge_work(f"{asked.path}\n{asked.content}", community)).stops:
        raise NotDone(f"content: that isn't written here ({found.why}). Write it differently.")
    try:
        file = workspace.write(
            hands.space(asked.space),
            asked.path,
            asked.content,
            hands.now,
            append=asked.append,
            reason="a tool call",
            from_messages=hands.sources(),
        )
    except FileRefused as refused:
        raise NotDone(refused.remedy) from None
    return f"Written: {file.path}, {file.size} bytes, version {file.version}."


def read_file(hands: Hands, asked: ReadFile) -> str:
    """Read what it wrote, or what is shared here."""
    space = replace(hands.space(asked.space), before=hands.audience)
    try:
        return workspace.read(space, asked.path, hands.now)[:MOST_READ]
    except FileRefused as refused:
        listed = ", ".join(path for path, _ in workspace.list_files(space, hands.now)[:20])
        raise NotDone(f"{refused.remedy} There are: {listed or 'none'}.") from None


def propose_self_change(hands: Hands, asked: ProposeSelfChange) -> str:
    """Wish to be a little other than it is. Once a day, lest somebody talk it into another."""
    hands.require_open()
    lately = SelfModification.objects.filter(
        character=hands.character, created_at__gt=hands.now - dt.timedelta(days=1)
    )
    if lately.exists():
        raise NotDone("field: you have wished to change today already. Let it settle.")
    try:
        made = changes.propose(
            hands.character.pk,
            asked.field,
            asked.new_value,
            asked.reason,
            trigger_message=next(iter(hands.sources()), None),
            now=hands.now,
        )
    except changes.ChangeRefused as refused:
        raise NotDone(str(refused)) from None
    is_applied = made.status == SelfModification.Status.APPLIED
    return "You have changed a little." if is_applied else "Your keeper will think about it."


def schedule(hands: Hands, asked: Schedule) -> str:
    """Come back to a person who is here, if they like that."""
    person = hands.person(asked.whom)
    if person is None:
        raise NotDone(f"whom: nobody called {asked.whom} is here.")
    if not proactive.may_come_to(person, hands.now):
        raise NotDone("whom: they have not agreed to be come to.")
    at = moments.read(asked.when, hands.now, preferences.zone_of(person), person.birthday)
    if at is None:
        raise NotDone("when: say a time such as friday evening, tomorrow at 9, 24 December.")
    proactive.plan_word(
        person,
        hands.channel,
        hands.character.pk,
        ScheduledEvent.EventType.FOLLOW_UP,
        f"A word to {person.name}",
        at,
        asked.what,
    )
    return f"It will be said on {at:%A, %d %B at %H:%M} UTC, if they may be disturbed then."


Deed = Callable[[Hands, Any], str]


@dataclass(frozen=True, slots=True)
class Known:
    """A tool as models are told of it, and how it is done. `asks` is whether that may ask an
    embedding server, which no transaction waits for; to do it twice comes to the same."""

    tool: Tool
    do: Deed
    asks: bool


def _known(
    name: str, description: str, arguments: type[_Arguments], do: Deed, *, asks: bool = False
) -> Known:
    return Known(Tool(name, description, arguments), do, asks)


KNOWN: dict[str, Known] = {
    one.tool.name: one
    for one in (
        _known("remember", "Keep something in mind for good.", Remember, remember, asks=True),
        _known("recall", "Look something up in your memory.", Recall, recall, asks=True),
        _known(
            "share_memory",
            "Tell a memory to another character here.",
            ShareMemory,
            share_memory,
            asks=True,
        ),
        _known("set_goal", "Set yourself a goal.", SetGoal, set_goal),
        _known("write_file", "Write a text into a file of yours.", WriteFile, write_file),
        _known("read_file", "Read a file of yours, or a shared one.", ReadFile, read_file),
        _known(
            "propose_self_change",
            "Wish to change who you are; your keeper decides on more than a little.",
            ProposeSelfChange,
            propose_self_change,
        ),
        _known("schedule", "Come back to a person at a later time.", Schedule, schedule),
    )
}
