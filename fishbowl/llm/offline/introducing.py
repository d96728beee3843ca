"""Telling somebody whom they have something in common with."""

from __future__ import annotations

from fishbowl.llm.offline.drafting import Desk, Draft, Part
from fishbowl.llm.offline.manner import dress_stock
from fishbowl.llm.offline.text import clean, upper_first


def in_common(desk: Desk) -> Draft | None:
    """What is known of another that goes for whom one answers too."""
    common = desk.brief.common
    if common is None or not desk.other or desk.echoes.repeats(common.other):
        return None
    lead = desk.stock("in_common", name=clean(desk.other, 40))
    if lead is None:
        return None
    told = dress_stock(upper_first(clean(common.other, 300)), desk.brief, desk.index)
    return Draft("in_common", [lead, Part(told, common.key)], length_free=True)
