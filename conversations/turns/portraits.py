"""What a keeper wrote of a character, kept in the process from turn to turn: it is large and mostly
the same, so it is read anew only when somebody has changed it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch

from characters.models import Character, Goal
from fishbowl.statements import Row, Statement

_known: dict[int, tuple[str, Character]] = {}

# Which transactions wrote what a keeper wrote of a character: any change of it changes these.
_EDITION = """
    SELECT concat_ws(' ', k.xmin, p.xmin, s.xmin,
      (SELECT string_agg(id || ':' || xmin, ',' ORDER BY id) FROM characters_interest
       WHERE character_id = k.id),
      '/', (SELECT string_agg(id || ':' || xmin, ',' ORDER BY id) FROM characters_goal
       WHERE character_id = k.id AND status = 'active'))
    FROM characters_character k
    LEFT JOIN characters_persona p ON p.character_id = k.id
    LEFT JOIN characters_speechstyle s ON s.character_id = k.id
    WHERE k.id = %s
"""


def asking_edition(character_id: int) -> Statement:
    """The statement for which edition of a character's portrait the database holds."""
    return _EDITION, (character_id,)


def portrait(character_id: int, edition: Sequence[Row]) -> Character:
    """A character with all that its keeper wrote of it, and of its goals those that it has still;
    `edition` is what the statement found.

    Raises:
        Character.DoesNotExist: the character was deleted meanwhile.
    """
    if not edition:
        raise Character.DoesNotExist
    ((held,),) = edition
    known = _known.get(character_id)
    if known and known[0] == held:
        return known[1]
    # After its edition, so that a change between the two is found at the next turn.
    character = (
        Character.objects.select_related("persona", "style")
        .defer("card")
        .prefetch_related(
            "interests", Prefetch("goals", Goal.objects.filter(status=Goal.Status.ACTIVE))
        )
        .get(pk=character_id)
    )
    _known[character_id] = (held, character)
    return character


def forget_portraits() -> None:
    """Read every character anew at its next turn."""
    _known.clear()
