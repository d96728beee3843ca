"""What becomes of what others said and remember of somebody who is forgotten: keepers decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db.models import Q

from audit.configuration.configuration import declare, in_force
from characters.models import Person
from conversations.models import Message, MessageEdit
from conversations.people.redaction import Traits
from conversations.people.striking import Striking
from fishbowl.overrides import setting
from memories.models import Memory
from memories.revising import rewrite


@dataclass(frozen=True, slots=True)
class ErasureRules:
    """How far forgetting somebody goes into what is others'."""

    others_memories: str = setting(
        "erase",
        "What characters were told about somebody by others: erased with them, or kept without "
        "the name.",
        choices=("erase", "anonymise"),
    )
    others_words: str = setting(
        "keep",
        "Other people's own messages that name them: kept as they are, or kept without the name.",
        choices=("keep", "anonymise"),
    )
    call_texts: str = setting(
        "theirs",
        "Requests to language models and their answers: those alone that name or quote somebody "
        "are blanked, or all of the rooms where they have been.",
        choices=("theirs", "rooms"),
    )


ERASURE = declare("erasure", ErasureRules(), title="forgetting people")


def rules() -> ErasureRules:
    """The policy in force, at most a second old."""
    return in_force(ERASURE)


def told_by_others(person: Person) -> Q:
    """Which memories are of somebody and from others."""
    return Q(about_person=person, told_by_person__isnull=False) & ~Q(told_by_person=person)


def keep_without_name(
    person: Person, said: Collection[int], traits: Traits, counts: Counter[str]
) -> None:
    """Have characters remember what others told of somebody, of nobody in particular. What was made
    from the person's own messages, `said`, isn't others'."""
    strike = Striking.of(replace(traits, said=()))
    theirs = Q(source_message__in=list(said)) | Q(sources__from_message__in=list(said))
    own = Memory.objects.filter(theirs).values("pk")
    for memory in (
        Memory.objects.filter(told_by_others(person))
        .exclude(pk__in=own)
        .defer("search", "embedding")
    ):
        Memory.objects.filter(pk=memory.pk).update(
            about_person=None,
            found_by=strike.text(memory.found_by),
            keywords=strike.value(memory.keywords),
        )
        memory.about_person = None
        stays = rewrite(memory, strike.text(memory.content), None)
        counts["memories.Memory (anonymised)" if stays else "memories.Memory"] += 1


def strike_from_words(channels: Collection[int], traits: Traits, counts: Counter[str]) -> None:
    """Take somebody's names out of what others say in these rooms."""
    if not traits.names:
        return
    strike = Striking.of(replace(traits, said=()))
    here = Message.objects.filter(
        conversation__channel__in=list(channels), content__iregex=traits.pattern
    )
    for pk, content in list(here.values_list("pk", "content")):
        if (now := strike.text(content)) != content:
            counts["conversations.Message (anonymised)"] += Message.objects.filter(pk=pk).update(
                content=now, embedding=None, embedding_model=None
            )
    before = MessageEdit.objects.filter(
        message__conversation__channel__in=list(channels), content_before__iregex=traits.pattern
    )
    for pk, content in list(before.values_list("pk", "content_before")):
        counts["conversations.MessageEdit (anonymised)"] += MessageEdit.objects.filter(
            pk=pk
        ).update(content_before=strike.text(content))
