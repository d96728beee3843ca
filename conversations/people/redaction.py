"""What the records of talk say of a person: found by the person's names and words, and blanked."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from audit.models import LLMCall
from characters.models import MaterialUse, Person
from conversations.models import Conversation, ConversationContext, ToolUse, Turn
from conversations.people.called import names_of, spelt, words_among
from memories.quotations import Quotations

BLANK = "(erased)"
SHORTEST_WORDS = 8  # characters of a message that is looked for in requests


@dataclass(frozen=True, slots=True)
class Traits:
    """What a text about somebody is known by: their names, of which `words`, in small letters, are
    words of the place too, and what they said."""

    names: tuple[str, ...]
    said: tuple[str, ...]
    words: frozenset[str] = frozenset()
    _quotations: Quotations = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_quotations", Quotations(self.said))

    @classmethod
    def of(cls, person: Person, contents: Iterable[str]) -> Traits:
        names = names_of(person)
        return cls(
            names,
            tuple({flat(c) for c in contents if len(flat(c)) >= SHORTEST_WORDS}),
            words_among(names),
        )

    @property
    def spelt(self) -> str:
        """A regular expression for the names, as Python and the database both read it, with regard
        to case; empty where there are none."""
        longest_first = sorted(self.names, key=len, reverse=True)
        return "|".join(spelt(name, self.words) for name in longest_first)

    @property
    def pattern(self) -> str:
        """A regular expression of the database's for any of the names as a word of its own."""
        return rf"(?c)(^|\W)({self.spelt})($|\W)" if self.names else r"^\M"

    def names_them(self, text: str) -> bool:
        return bool(self.names) and bool(re.search(rf"(?<!\w)(?:{self.spelt})(?!\w)", text))

    def are_in(self, text: str) -> bool:
        return self.names_them(text) or self._quotations.are_in(flat(text))


NOBODY = Traits((), ())


def flat(text: str) -> str:
    """A text on one line, as prompts have it."""
    return " ".join(text.split())


def blank_turns(
    affected: Collection[int], channels: Sequence[int], traits: Traits, counts: Counter[str]
) -> None:
    """Drafts, reasons and edits of the turns that were made of what goes, or name the person; and
    what they spent, since the key of a memory began with its words until 23 November."""
    turns = Turn.objects.annotate(
        told=Concat(
            *(part for column in ("reason", "draft", "error") for part in (column, Value(" "))),
            Cast("guard_edits", TextField()),
            Value(" "),
            Cast("draft_spent", TextField()),
            output_field=TextField(),
        )
    )
    named = set(
        turns.filter(conversation__channel__in=channels, told__iregex=traits.pattern).values_list(
            "pk", flat=True
        )
    )
    wrote = Turn.objects.filter(pk__among={*affected, *named})
    _drop_uses(wrote, traits, counts)
    counts["conversations.Turn (blanked)"] += wrote.exclude(
        draft="", draft_spent=[], guard_edits=[], reason=BLANK
    ).update(draft="", draft_spent=[], guard_edits=[], reason=BLANK)
    counts["conversations.Turn (error blanked)"] += wrote.filter(
        error__iregex=traits.pattern
    ).update(error=BLANK)


def _drop_uses(wrote: QuerySet[Turn], traits: Traits, counts: Counter[str]) -> None:
    """How often memories were told in these turns, or such as name the person."""
    told = [
        Q(character=speaker, key__in=[key[:200] for key in keys])
        for speaker, keys in wrote.exclude(draft_spent=[]).values_list("chosen", "draft_spent")
    ]
    uses = MaterialUse.objects.filter(key__startswith="memory/")
    named = Q(key__iregex=traits.pattern)
    gone, _ = uses.filter(reduce(or_, told, named)).delete()
    if gone:
        counts["characters.MaterialUse"] += gone


def drop_tool_uses(
    affected: Collection[int], channels: Sequence[int], traits: Traits, counts: Counter[str]
) -> None:
    """What characters did in the turns that were made of what goes, or that names the person."""
    told = ToolUse.objects.annotate(
        told=Concat(Cast("arguments", TextField()), Value(" "), "result", output_field=TextField())
    )
    named = Q(turn__conversation__channel__in=channels, told__iregex=traits.pattern)
    _, by_kind = told.filter(Q(turn__among=affected) | named).delete()
    counts.update({kind: number for kind, number in by_kind.items() if number})


def blank_summaries(
    spoke_in: Sequence[int],
    channels: Sequence[int],
    traits: Traits,
    counts: Counter[str],
) -> list[int]:
    """Summaries, topics and open questions that hold what the person said. Returns the closed
    conversations that want a new summary."""
    near = Conversation.objects.filter(channel__in=channels)
    told = near.filter(Q(pk__among=spoke_in) | Q(summary__iregex=traits.pattern)).exclude(
        summary=""
    )
    anew = list(told.filter(status="closed").values_list("pk", flat=True))
    counts["conversations.Conversation (summary blanked)"] += told.update(summary="")
    counts["conversations.Conversation (topic blanked)"] += near.filter(
        topic__iregex=traits.pattern
    ).update(topic="")
    counts["conversations.Conversation (premise blanked)"] += near.filter(
        premise__iregex=traits.pattern
    ).update(premise="")
    for context in ConversationContext.objects.filter(conversation__channel__in=channels).exclude(
        open_questions=[], emotional_state={}, speaker_patterns={}
    ):
        kept = [asked for asked in context.open_questions if not traits.are_in(str(asked))]
        changed = kept != context.open_questions
        context.open_questions = kept
        for name in ("emotional_state", "speaker_patterns"):
            if traits.are_in(json.dumps(getattr(context, name), ensure_ascii=False)):
                setattr(context, name, {})
                changed = True
        if changed:
            context.save(update_fields=["open_questions", "emotional_state", "speaker_patterns"])
            counts["conversations.ConversationContext (blanked)"] += 1
    return anew


@dataclass(frozen=True, slots=True)
class LookedThrough:
    """Calls that were over when they were looked through, and those of them that are somebody's."""

    names: tuple[str, ...] = ()
    since: dt.datetime | None = None
    calls: frozenset[int] = frozenset()
    theirs: frozenset[int] = frozenset()

    def serves(self, traits: Traits, since: dt.datetime) -> bool:
        """Whether nobody need look again. What was said since stands in no call that was over."""
        return self.names == traits.names and self.since is not None and self.since <= since


def look_through_calls(
    channels: Sequence[int],
    since: dt.datetime,
    traits: Traits,
    *,
    but: Collection[int] = (),
) -> LookedThrough:
    """Find what was asked of models with the person in it, and what they answered, `but` for some
    calls. It takes long where there are many, so most of it is done before anybody has to wait."""
    fresh = _calls(since)
    over = frozenset(fresh.exclude(status=LLMCall.Status.RUNNING).values_list("pk", flat=True))
    wanted = set(fresh.values_list("pk", flat=True)) - set(but)
    calls = LLMCall.objects.filter(started_at__gte=since, pk__among=wanted)
    named = calls.annotate(asked=Cast("request", TextField())).filter(
        Q(asked__iregex=traits.pattern)
        | Q(response__iregex=traits.pattern)
        | Q(error__iregex=traits.pattern)
    )
    found = set(named.values_list("pk", flat=True)) if traits.names else set()
    if traits.said:
        # Of what was asked in no talk, such as to think a day over, any may quote them, by a name
        # that they have laid down since.
        near = Q(conversation__channel__in=channels) | Q(conversation__isnull=True)
        beside = calls.filter(near).exclude(pk__among=found)
        found.update(
            pk
            for pk, asked, answered in beside.values_list("pk", "request", "response").iterator(200)
            if traits.are_in(f"{_words(asked)} {answered}")
        )
    return LookedThrough(traits.names, since, over, frozenset(found))


def blank_calls(
    made: Collection[int],
    channels: Sequence[int],
    since: dt.datetime,
    traits: Traits,
    counts: Counter[str],
    *,
    ahead: LookedThrough,
    whole_rooms: bool = False,
) -> None:
    """Take what was asked of models with the person in it, and what they answered; what it cost
    stays. `made` are the calls of turns that were made of what goes; `ahead` was looked through
    before; `whole_rooms` takes all that was asked in these channels."""
    if not ahead.serves(traits, since):
        ahead = LookedThrough()
    late = look_through_calls(channels, since, traits, but=ahead.calls)
    found = {*made, *ahead.theirs, *late.theirs}
    if whole_rooms:
        here = _calls(since).filter(conversation__channel__in=channels)
        found.update(here.values_list("pk", flat=True))
    counts["audit.LLMCall (blanked)"] += (
        _calls(since)
        .filter(pk__among=found)
        .update(request={"erased": True}, response="", error="")
    )


def _calls(since: dt.datetime) -> QuerySet[LLMCall]:
    return LLMCall.objects.filter(started_at__gte=since).exclude(request={"erased": True})


def _words(request: dict[str, Any]) -> str:
    return " ".join(str(m.get("content", "")) for m in request.get("messages", ()))


def blank_answers_that_came_late(since: dt.datetime) -> int:
    """Calls that were under way while somebody was erased have been answered since; those that
    were begun before `since` had been looked at."""
    return (
        LLMCall.objects.filter(started_at__gt=since, request={"erased": True})
        .exclude(response="", error="")
        .update(response="", error="")
    )


def blank_admin_log(
    rows: Iterable[tuple[type[Model], Collection[int]]], counts: Counter[str]
) -> None:
    """Keepers' log names each row that was edited: not those any more."""
    for model, ids in rows:
        kind = ContentType.objects.get_for_model(model)
        counts["admin.LogEntry (blanked)"] += (
            LogEntry.objects.filter(content_type=kind, object_id__among=[str(pk) for pk in ids])
            .exclude(object_repr=BLANK)
            .update(object_repr=BLANK, change_message="")
        )
