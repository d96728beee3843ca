"""What the authors of the starter world have written since a world was made: brought to it once, at
the start of a new version, where its keeper hasn't made something else of it.

Only what nobody here ever had is brought: whole kinds of the offline voice's material, such as
`places`. Who has become somebody else, by a card or by hand, is left alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

import characters
from audit.models import AdminAction
from audit.trail.actions import record_action
from characters import versions
from characters.models import Character, CharacterVersion, SpeechStyle

FOLDER = Path(characters.__file__).parent / "starter_world" / "characters"
ACTION = "world.stock"
STILL_THEIRS = 0.5  # so much of what a character has must be its author's


def edition() -> str:
    """By which the files of this version are known."""
    files = sorted(FOLDER.glob("*.yaml"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


def is_brought() -> bool:
    """Whether this version's files were looked through already."""
    last = AdminAction.objects.filter(action_type=ACTION).order_by("-occurred_at", "-pk").first()
    return last is not None and last.changes_made.get("edition") == edition()


def note_brought(added: Mapping[str, list[str]], now: dt.datetime | None = None) -> None:
    """Write down in the trail that the files were looked through, and what was new to whom."""
    changes = {"edition": edition(), "added": dict(added)}
    record_action(ACTION, "starter world", changes=changes, now=now)


@transaction.atomic
def bring(now: dt.datetime | None = None) -> dict[str, list[str]]:
    """Give the characters of the starter world what is new in their files. Returns the kinds of
    material by slug."""
    from characters.worldfiles import read_characters  # a second, which most starts can save

    now = now or timezone.now()
    added = {}
    for file in read_characters(FOLDER):
        character = Character.objects.filter(slug=file.slug, name=file.name, card={}).first()
        stock = file.improv.model_dump(exclude_defaults=True)
        if character is not None and (new := _new_to(character, stock)):
            versions.ensure(character.pk, now)
            style = SpeechStyle.objects.select_for_update(no_key=True).get(character=character)
            SpeechStyle.objects.filter(pk=style.pk).update(
                improv={**style.improv, **new}, updated_at=now
            )
            reason = f"new in the starter world: {', '.join(new)}"
            versions.record(character.pk, reason, now=now)
            added[file.slug] = list(new)
    note_brought(added, now)
    return added


def _new_to(character: Character, stock: Mapping[str, Any]) -> dict[str, Any]:
    """What of the stock a character has never had, if it is still its author's."""
    material = SpeechStyle.objects.filter(character=character).values_list("improv", flat=True)
    own = material.first() or {}
    pieces, theirs = set(_pieces(own)), set(_pieces(stock))
    if not pieces or len(pieces & theirs) < STILL_THEIRS * len(pieces):
        return {}
    earlier = CharacterVersion.objects.filter(character=character)
    had = {key for one in earlier.values_list("snapshot", flat=True) for key in _kinds(one)}
    return {key: value for key, value in stock.items() if key not in own and key not in had}


def _kinds(snapshot: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = snapshot.get("style", {}).get("improv") or {}
    return found


def _pieces(material: Any) -> Iterator[str]:
    """All texts that stand somewhere in the material."""
    if isinstance(material, str):
        yield material
    elif isinstance(material, Mapping):
        for value in material.values():
            yield from _pieces(value)
    elif isinstance(material, list):
        for value in material:
            yield from _pieces(value)
