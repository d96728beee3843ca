"""What columns of JSON may hold, said as it is said of a world's files."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError


def _require(shape: Any, name: str, value: object) -> None:
    import pydantic

    from characters.worldfiles import MOST_PROBLEMS, sentence

    try:
        pydantic.TypeAdapter(shape).validate_python(value)
    except pydantic.ValidationError as error:
        wrong = error.errors()[:MOST_PROBLEMS]
        raise ValidationError([sentence(name, one) for one in wrong]) from None


def validate_drives(value: object) -> None:
    """Names of drives, each with how strong it is (0.0–1.0).

    Raises:
        ValidationError: it is anything else; so the others.
    """
    from characters.worldshapes import Topic, Unit

    _require(dict[Topic, Unit], "drives", value)


def validate_greetings(value: object) -> None:
    """Texts, in order."""
    from characters.worldshapes import Text

    _require(list[Text], "greetings", value)


def validate_improv(value: object) -> None:
    """What the offline voice draws on (docs/offline-voice.md)."""
    from characters.worldshapes import Improv

    _require(Improv, "improv", value)
