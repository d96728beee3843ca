"""What was made of a message follows what became of it: when it is edited, taken away or kept off
the record after it was observed, nobody goes on remembering what it said before.

The row says that this is still to be done, from the transaction that changed it on, so a process
that dies in between only delays it.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from characters.models import Person
from conversations import nudges
from conversations.afterwards import observe
from conversations.community import decisions
from conversations.initiative import proactive
from conversations.models import Conversation, Message, ScheduledEvent
from conversations.people.forgotten_writings import forget_writings
from conversations.people.redaction import NOBODY
from memories.formation import formation
from memories.formation.discretion import says_again
from memories.revising import made_of

AT_ONCE = 200  # messages that a sweep has revised


def due() -> list[int]:
    """Messages that changed, and what was made of them has not."""
    waiting = Message.objects.filter(awaits_revision=True).order_by("pk")
    return list(waiting.values_list("pk", flat=True)[:AT_ONCE])


def revise(message_id: int, now: dt.datetime) -> None:
    """Have memories, facts and opinions, what was foretold and written, and the summary of the talk
    follow what a message says now, or that it is gone; characters' lines that say again what it no
    longer says are off the record, and what they answered to one that is. What changes meanwhile is
    due again. Not in a transaction: it may ask an embedding server."""
    message = (
        Message.objects.filter(pk=message_id, awaits_revision=True)
        .select_related("person")
        .defer("embedding", "search")
        .first()
    )
    if message is None:
        return
    person = message.person
    is_opted_out = person is not None and person.consent_level == Person.Consent.NONE
    is_gone = message.deleted_at is not None or message.is_off_record or is_opted_out
    with transaction.atomic():  # before the memories go, by which the files are found
        forget_writings([message.pk], NOBODY, now, memories=made_of(message.pk))
    changed = formation.message_changed(message.pk, None if is_gone else message.content)
    if not is_gone and not changed.rewritten:
        observe.observe_again(message)
    follows = _said_again(message, is_gone=is_gone)
    if message.is_off_record:
        follows += _answers(message)
    with transaction.atomic():
        Message.objects.filter(pk__in=follows).update(is_off_record=True, awaits_revision=True)
        decisions.forget(follows)
        for pk in follows:
            nudges.revise(pk)
        ScheduledEvent.objects.filter(found_in=message).delete()
        if not is_gone:
            proactive.notice(message.conversation_id, now)
        talk = Conversation.objects.filter(pk=message.conversation_id)
        talk.exclude(summary="").update(summary="")
        Message.objects.filter(
            pk=message.pk,
            content=message.content,
            deleted_at=message.deleted_at,
            is_off_record=message.is_off_record,
        ).update(awaits_revision=False)
        # Of many that go at once, the last has the talk summed up anew.
        others = Message.objects.filter(conversation=message.conversation_id, awaits_revision=True)
        if talk.filter(status=Conversation.Status.CLOSED).exists() and not others.exists():
            nudges.summarise(message.conversation_id)


def _said_again(message: Message, *, is_gone: bool) -> list[int]:
    """Lines of characters that say what a message said before, and no longer does. Other people's
    own words stay."""
    before = list(message.edits.values_list("content_before", flat=True))
    now = "" if is_gone else message.content
    if is_gone:
        before.append(message.content)
    later = Message.objects.filter(
        conversation=message.conversation_id,
        number__gt=message.number,
        character__isnull=False,
        deleted_at=None,
        is_off_record=False,
    ).values_list("pk", "content")
    return [
        pk
        for pk, said in later
        if any(says_again(was, said) for was in before) and not says_again(now, said)
    ]


def _answers(message: Message) -> list[int]:
    """What characters answered to a message, and isn't off the record yet."""
    to_it = Q(reply_to=message) | Q(turn__answers=message)
    answers = Message.objects.filter(to_it, character__isnull=False, is_off_record=False)
    return list(answers.values_list("pk", flat=True))
