"""What a character's page shows of what it remembers."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from characters.admin.lists import shorten
from characters.admin.portrait import when
from characters.admin.tabs import add_tab, panel, panels, table, to_list, to_page
from characters.models import Character
from fishbowl.charts import meter
from memories.models import Memory, PersonFact

SHOWN = 12
HEADS = ["Memory", "Kind", "Importance", "Strength", "When"]


def memories_of(character: Character, request: HttpRequest) -> SafeString:
    """What it learned last, what weighs most with it, and what it knows of people."""
    held = Memory.objects.recallable().filter(owner=character).defer("search", "embedding")
    facts = (
        PersonFact.objects.filter(character=character, is_active=True)
        .select_related("person")
        .defer("embedding")
        .order_by("-pk")[:SHOWN]
    )
    mine = {"owner__id__exact": character.pk}
    return panels(
        panel(
            "Lately",
            table(HEADS, map(_told, held.order_by("-occurred_at")[:SHOWN]), "Nothing yet."),
            to_list(Memory, mine, "All it remembers"),
        ),
        panel(
            "Recalled most",
            table(
                HEADS,
                map(_told, held.filter(access_count__gt=0).order_by("-access_count")[:SHOWN]),
                "Nothing has come to its mind yet.",
            ),
        ),
        panel(
            "What it knows of people",
            table(
                ["Fact", "Of whom", "Sure"],
                (
                    (to_page(one, shorten(one.fact_content, 100)), to_page(one.person),
                     meter(one.confidence, "confidence"))
                    for one in facts
                ),
                "Nothing yet.",
            ),
            to_list(PersonFact, {"character__id__exact": character.pk}, "All facts it knows"),
        ),
    )  # fmt: skip


def _told(memory: Memory) -> tuple[object, ...]:
    locked = " 🔒" if memory.is_locked else ""
    return (
        format_html("{}{}", to_page(memory, shorten(memory.content, 110)), locked),
        memory.kind,
        f"{memory.importance:.1f}",
        meter(memory.strength, "strength"),
        when(memory.occurred_at),
    )


add_tab(Character, "memories", "Memories", memories_of, place=30, of=[Memory, PersonFact])
