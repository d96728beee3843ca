"""What somebody is called, and which texts say so: a name that is a common word too is theirs only
where it is written as a name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from characters.models import Character, Person, Persona
from fishbowl.llm.offline.lexicon import (
    COMMON,
    CONJUNCTIONS,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
)
from memories.models import Entity, LoreDocument

SHORTEST_NAME = 2
_CALLED = ("username", "display_name", "custom_name", "memberships__nickname")
# Where the words of a place stand: it was written about nobody who came later.
_WRITTEN = (
    (Persona, ("identity", "appearance", "background", "example_dialogue")),
    (LoreDocument, ("content",)),
)


def names_of(person: Person) -> tuple[str, ...]:
    """The names that somebody goes or went by and texts may know them by. One that a character
    bears is the character's, and "the" or "it" names nobody wherever it stands."""
    rows = list(Person.objects.filter(pk=person.pk).values_list(*_CALLED))
    names = {name for row in rows for name in row if name}
    # What they were called before is known of whom is spoken of; "my neighbour" is no name.
    known = Entity.objects.filter(person=person).values_list("name", "aliases__alias")
    names |= {name for row in known for name in row if name and _is_name(name)}
    others = {name.casefold() for name in Character.objects.values_list("name", flat=True)}
    others |= DETERMINERS | PREPOSITIONS | CONJUNCTIONS | PRONOUNS
    fitting = {name.strip() for name in names if len(name.strip()) >= SHORTEST_NAME}
    return tuple(sorted(name for name in fitting if name.casefold() not in others))


def namesakes(person: Person, names: Collection[str]) -> dict[int, tuple[str, ...]]:
    """Who else goes by any of somebody's `names`, and those of them that they don't go by: what
    refers to them, and says such a name, means them."""
    if not names:
        return {}
    same = [Q(**{f"{column}__iexact": name}) for name in names for column in _CALLED]
    rows = (
        Person.objects.exclude(pk=person.pk).filter(reduce(or_, same)).values_list("pk", *_CALLED)
    )
    borne: defaultdict[int, set[str]] = defaultdict(set)
    for pk, *called in rows:
        borne[pk] |= {name.casefold() for name in called if name}
    return {
        pk: tuple(name for name in names if name.casefold() not in theirs)
        for pk, theirs in borne.items()
    }


def _is_name(called: str) -> bool:
    return not any(word[:1].islower() for word in called.split())


def words_among(names: Iterable[str]) -> frozenset[str]:
    """Those of the names, in small letters, that are words of the place: authors wrote them small
    of it, or of who lives there."""
    cased = {name.lower() for name in names if name.lower() != name.upper()}
    return frozenset(filter(_is_written, cased))


def _is_written(word: str) -> bool:
    alone = rf"(^|\W){re.escape(word)}($|\W)"
    for model, columns in _WRITTEN:
        holds = Q()
        for column in columns:
            holds |= Q(**{f"{column}__regex": alone})
        if model._default_manager.filter(holds).exists():
            return True
    return False


def spelt(name: str, words: Collection[str]) -> str:
    """A regular expression, with regard to case, for a name in any capitals, as Python and the
    database both read it. One that is a common word too, be it of the language or of `words`, isn't
    meant where it is written small, but before a colon, as who speaks."""
    small, anyhow = name.lower(), "".join(map(_in_any_case, name))
    is_word = small in COMMON or small in words
    return rf"(?!{re.escape(small)}($|[^\w:])){anyhow}" if is_word else anyhow


def _in_any_case(letter: str) -> str:
    cases = {one for one in (letter.lower(), letter.upper(), letter.title()) if len(one) == 1}
    return f"[{''.join(sorted(cases))}]" if len(cases) > 1 else re.escape(letter)
