"""What a person tells a character to remember, apart from any talk."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from memories.embedding.embedding import embed_or_wait
from memories.formation import facts
from memories.formation.discretion import of_text, strictest
from memories.formation.telling import Teller, day, plain, retell
from memories.models import Memory, PersonFact
from memories.rules import in_force
from memories.writing import NewMemory, store_embedded

WEIGHT = 8.0  # of ten: somebody wished it to be remembered


def entrust(
    character_id: int,
    person_id: int,
    name: str,
    community_id: int | None,
    text: str,
    at: dt.datetime,
    *,
    is_adult: bool = False,
) -> bool:
    """Have a character remember what a person tells it, for as long as it matters; `is_adult` is
    whether that was in an age-restricted channel. Spoken of by themselves, it is also known of them
    as a fact. It may be repeated as far as its words allow, and to those who are trusted at most,
    since nobody else heard it. Returns whether it was new. Not in a transaction: it may ask an
    embedding server."""
    content = f"{name} said: “{text}”"
    level = strictest(Memory.Visibility.PERSONAL, of_text(text))
    told = retell(plain(text), Teller(name), at)
    vectors = embed_or_wait([text, *([told] if told else [])])
    new = NewMemory(
        owner_id=character_id,
        kind=Memory.Kind.FACT,
        content=content,
        embedded_text=text,
        found_by=f"{at:%A}, {day(at)}",
        occurred_at=at,
        visibility=level,
        importance=WEIGHT,
        community_id=community_id,
        told_by_person_id=person_id,
        about_person_id=person_id if told else None,
        is_adult=is_adult,
        metadata={"entrusted": True},
    )
    with transaction.atomic():
        known = Memory.objects.filter(owner=character_id, community=community_id, content=content)
        is_new = not known.exists()
        store_embedded([new], vectors[:1])
        if told:
            made = facts.learn(
                [
                    facts.NewFact(
                        person_id=person_id,
                        character_id=character_id,
                        community_id=community_id,
                        subject=name,
                        content=told,
                        fact_type=PersonFact.Type.GENERAL,
                        learned_at=at,
                        confidence=1.0,
                        importance=0.8,
                        visibility=level,
                        is_adult=is_adult,
                    )
                ],
                vectors[1:],
                in_force(community=community_id),
            )
            PersonFact.objects.filter(pk__in=made).update(source=PersonFact.Source.MANUAL)
    return is_new
