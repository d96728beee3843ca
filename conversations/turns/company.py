"""Who frequents the room and is awake, and who somebody is that lives here: read where a person
asks for it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from itertools import takewhile
from zoneinfo import ZoneInfo

from django.db.models import Q, Value
from django.db.models.functions import Lower, StrIndex

from characters.models import Character
from conversations.floor.lines import Said
from conversations.floor.residents import frequenting
from conversations.models import Channel
from fishbowl.llm.offline.portrayed import asks_of_another
from fishbowl.llm.offline.text import words
from fishbowl.llm.questions import asks_who_is_here
from fishbowl.llm.types import Acquaintance, Present

MOST_ASKED_OF = 2  # characters of whom one line asks
LINES_BACK = 3  # of who asks, in which the one was named whom they call he or she
_OF_THEIRS = re.compile(r"\b(?:my|our) \w", re.IGNORECASE)  # whom he or she may be as well
POINTS_BACK = {"he", "she", "him", "her", "his"}


def asked_for(
    lines: Sequence[Said], speaker: int, channel: Channel, now: dt.datetime
) -> tuple[Present, ...]:
    """Everybody but the speaker who frequents a channel, by name, where its last line asks for
    them; `now` is in the speaker's time zone, by which it says when they wake."""
    if not lines or lines[-1].character_id == speaker or not asks_who_is_here(lines[-1].text):
        return ()
    found = frequenting(channel).exclude(pk=speaker).order_by("name", "pk")
    return tuple(_present(one, now) for one in found)


def _present(character: Character, now: dt.datetime) -> Present:
    if character.is_awake(now):
        return Present(character.name)
    wakes = character.wakes_at(now)
    zone = now.tzinfo or ZoneInfo("UTC")
    return Present(character.name, False, f"{wakes.astimezone(zone):%H:%M}" if wakes else "")


def spoken_of(lines: Sequence[Said], speaker: int, channel: Channel) -> tuple[Acquaintance, ...]:
    """The characters that a person's last line asks about by name, or as he or she, which the
    speaker knows here: as their pages show them. Those for adults among adults alone."""
    if not lines or lines[-1].person_id is None or not asks_of_another(lines[-1].text):
        return ()
    asked = [lines[-1].text]
    if POINTS_BACK & set(words(asked[0])):
        theirs = [line.text for line in lines[:-1] if line.person_id == lines[-1].person_id]
        since = takewhile(lambda said: not _OF_THEIRS.search(said), reversed(theirs[-LINES_BACK:]))
        asked = [*reversed([*since]), *asked]
    text = " ".join(asked).lower()
    found = (
        Character.objects.filter(regarded_by__from_character=speaker, is_template=False)
        .filter(Q(regarded_by__community=None) | Q(regarded_by__community=channel.community_id))
        .exclude(status=Character.Status.ARCHIVED)
        .annotate(at=StrIndex(Value(text), Lower("name")))
        .filter(at__gt=0)
        .order_by("-at", "pk")
        .distinct()
        .values_list("name", "persona__identity", "persona__background", "persona__appearance")
    )
    if not channel.is_nsfw:
        found = found.filter(is_adult=False)
    said = set(words(text))
    return tuple(
        Acquaintance(name, identity or "", background or "", appearance or "")
        for name, identity, background, appearance in found
        if set(words(name)) <= said | {word.removesuffix("'s") for word in said}
    )[:MOST_ASKED_OF]
