"""A character's page: how it is, whom it knows, and how it has grown."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from characters.admin.lists import shorten
from characters.admin.tabs import add_tab, panel, panels, table, to_list, to_page
from characters.models import (
    Character,
    CharacterVersion,
    Insight,
    LearningEvent,
    MoodChange,
    Reflection,
    Relationship,
    SelfModification,
)
from fishbowl.charts import Point, line, meter

MOODS = 60
LONG_PAST = dt.timedelta(days=300)
SHOWN = 15


def when(at: Any) -> str:
    """A time, short: of what is long past, the day alone."""
    if not at:
        return "–"
    here = timezone.localtime(at)
    is_long_past = timezone.now() - at > LONG_PAST
    said = f"{here:%-d %b %Y}" if is_long_past else f"{here:%-d %b %H:%M}"
    return said.replace(" ", "\N{NO-BREAK SPACE}")


def state(character: Character, request: HttpRequest) -> SafeString:
    """How it is now, and how its mood came to be so."""
    now = getattr(character, "state", None)
    if now is None:
        return format_html('<p class="desk-nothing">{}</p>', "It has no state yet: save it once.")
    moods = list(character.mood_changes.select_related("trigger_person").order_by("-pk")[:MOODS])
    shown = [
        ("Mood", format_html("{} ({}, {})", now.mood_label, f"{now.mood_valence:+.2f}",
                             f"{now.mood_arousal:+.2f}")),
        ("Energy", meter(now.energy, "energy")),
        ("Social battery", meter(now.social_battery, "social battery")),
        ("Spoke last", when(now.last_spoke_at)),
        ("Lines ever", f"{now.message_count:,}"),
        ("Reflected last", when(now.last_reflection_at)),
    ]  # fmt: skip
    causes = table(
        ["When", "Change", "Why", "Whose doing"],
        (
            (when(one.recorded_at), f"{one.delta_valence:+.2f}", one.description,
             one.trigger_person or one.trigger_type.replace("_", " "))
            for one in moods[:SHOWN]
        ),
        "Its mood has not moved yet.",
    )  # fmt: skip
    points = [Point(when(one.recorded_at), one.valence) for one in reversed(moods)]
    return panels(
        panel("Now", table(["", ""], shown, "")),
        panel("Mood", line(points, "Mood from -1 to 1", -1.0, 1.0)),
        panel(
            "Why it moved",
            causes,
            to_list(MoodChange, {"character__id__exact": character.pk}, "All changes of its mood"),
        ),
    )


def relationships(character: Character, request: HttpRequest) -> SafeString:
    """How it stands to others, and others to it."""
    towards = (
        Relationship.objects.filter(from_character=character)
        .select_related("to_character", "to_person")
        .order_by("-score", "pk")[:SHOWN]
    )
    back = (
        Relationship.objects.filter(to_character=character)
        .select_related("from_character")
        .order_by("-score", "pk")[:SHOWN]
    )
    heads = ["Whom", "Level", "Score", "Trust", "Affection", "Last met"]
    return panels(
        panel(
            "To others",
            table(heads, (_bond(one, one.to_character or one.to_person) for one in towards),
                  "It knows nobody yet."),
            to_list(Relationship, {"from_character__id__exact": character.pk},
                    "All, to set or lock them"),
        ),
        panel(
            "Others to it",
            table(heads, (_bond(one, one.from_character) for one in back), "Nobody knows it yet."),
        ),
    )  # fmt: skip


def _bond(one: Relationship, whom: object) -> tuple[Any, ...]:
    locked = " 🔒" if one.is_locked else ""
    return (
        to_page(one, f"{whom}{locked}"),
        one.level,
        f"{one.score:.0f}",
        meter(one.trust, "trust"),
        meter(one.affection, "affection"),
        when(one.last_interaction_at),
    )


def insights(character: Character, request: HttpRequest) -> SafeString:
    """What it has understood."""
    found = character.insights.filter(is_active=True).order_by("-importance_level", "-pk")[:SHOWN]
    return panel(
        "What it has understood",
        table(
            ["Insight", "Kind", "Confidence", "Importance", "Found"],
            (
                (to_page(one, shorten(one.insight_content, 160)), one.insight_type,
                 meter(one.confidence_score, "confidence"), f"{one.importance_level:.0f}",
                 when(one.discovery_date))
                for one in found
            ),
            "Nothing yet: insights come by reflecting.",
        ),
        to_list(Insight, {"character__id__exact": character.pk}, "All its insights"),
    )  # fmt: skip


def growth(character: Character, request: HttpRequest) -> SafeString:
    """How it has changed: what it learned, when it reflected, what it asks for, what it was."""
    learned = LearningEvent.objects.filter(character=character).order_by("-learning_date")[:SHOWN]
    thought = Reflection.objects.filter(character=character).order_by("-occurred_at")[:SHOWN]
    asked = SelfModification.objects.filter(character=character).order_by("-pk")[:SHOWN]
    kept = CharacterVersion.objects.filter(character=character).order_by("-number")[:SHOWN]
    mine = {"character__id__exact": character.pk}
    return panels(
        panel(
            "What it learned",
            table(["When", "What", "Kind"],
                  ((when(one.learning_date), to_page(one, shorten(one.learning_event, 120)),
                    one.learning_type) for one in learned),
                  "Nothing yet."),
            to_list(LearningEvent, mine, "The whole timeline"),
        ),
        panel(
            "When it thought things over",
            table(["When", "Kind", "What came of it"],
                  ((when(one.occurred_at), one.kind,
                    to_page(one, shorten(one.content or one.note, 120))) for one in thought),
                  "It has not reflected yet."),
            to_list(Reflection, mine, "All its reflections"),
        ),
        panel(
            "What it changed or asks to change",
            table(["Field", "From", "To", "State"],
                  ((to_page(one, one.field), shorten(str(one.old_value), 40),
                    shorten(str(one.new_value), 40), one.status) for one in asked),
                  "It is content as it is."),
            to_list(SelfModification, mine, "Approve, reject or take back"),
        ),
        panel(
            "What it was",
            table(["Version", "Why", "When"],
                  ((to_page(one, f"version {one.number}"), one.reason, when(one.created_at))
                   for one in kept),
                  "It was never changed."),
            to_list(CharacterVersion, mine, "Look at one, or restore it"),
        ),
    )  # fmt: skip


add_tab(Character, "state", "Mood and energy", state, place=10, of=[MoodChange])
add_tab(Character, "relationships", "Relationships", relationships, place=20, of=[Relationship])
add_tab(Character, "insights", "Insights", insights, place=40, of=[Insight])
add_tab(
    Character,
    "growth",
    "Timeline",
    growth,
    place=45,
    of=[LearningEvent, Reflection, SelfModification, CharacterVersion],
)
