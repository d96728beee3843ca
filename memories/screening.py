"""What characters write down by themselves, looked at before it is kept. The rules for it stand
above memories, so whoever has them registers a screen."""

from __future__ import annotations

from collections.abc import Callable, Collection

from memories.models import Memory

# Of a text, and of the communities that it comes from: what objects to it; empty for nothing.
Screen = Callable[[str, Collection[int]], str]
_screens: list[Screen] = []


def register(screen: Screen) -> None:
    """Have `screen` look at whatever is to be kept."""
    if screen not in _screens:
        _screens.append(screen)


def objection(text: str, evidence: Collection[int]) -> str:
    """What objects to a text made of these memories; empty for nothing."""
    places = Memory.objects.filter(pk__in=evidence, community__isnull=False)
    communities = sorted(set(places.values_list("community_id", flat=True)))
    return next((why for screen in _screens if (why := screen(text, communities))), "")
