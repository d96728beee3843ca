"""What a character knows of itself, counted from its own rows, for when it is asked: whom it talks
with, about what, what moves its mood, how it has changed, what it wants, learned, wrote, dreamt."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from characters import versions
from characters.models import Goal, LearningEvent, MoodChange, Persona, Relationship
from characters.relationship import LEVELS
from fishbowl.llm.questions import is_question
from memories.models import Memory
from memories.reflection.wanted import told_before, worded
from memories.view import Audience, seen_by

LATELY = dt.timedelta(days=14)
ASKED = (
    ("closest", r"\bwho(?:'s| is| are) your (?:best |closest |good |dearest )?friends?\b"),
    ("closest", r"\bwho(?:m)? (?:do|are) you (?:like|love|trust|closest to|fond of|fondest of)\b"),
    ("most", r"\bwho(?:m)? (?:do|have|did) (?:you|ya) (?:\w+ )?(?:talk|speak|spoken|chat|spend)"),
    ("most", r"\bwho(?:m)? (?:do|are) you talk(?:ing)? (?:to|with)\b"),
    ("changed", r"\b(?:have|did|are) you (?:\w+ )?(?:changed?|grown|different|the same)\b"),
    ("mood", r"\bhow(?:'s| is| has| have) (?:your mood|you been (?:feeling|lately))\b"),
    ("mood", r"\bwhat (?:lifts|lowers|moves|affects) (?:you|your mood)\b|\bwho cheers you\b"),
    ("topics", r"\bwhat do you (?:mostly |usually |always )?(?:talk|speak|chat) about\b"),
    ("topics", r"\bwhat(?:'s| is) (?:always )?on your mind\b"),
    ("wants", r"\bwhat (?:do you want|are you after|(?:are|is) your goals?)\b(?! (?:to|from))"),
    ("wants", r"\bwhat(?:'s| is) your (?:goal|aim|plan)\b|\bany goals\b"),
    ("learned", r"\bwhat (?:have|did) you (?:\w+ )?(?:learn|notice|underst|realis|realiz)"),
    ("dreamt", r"\b(?:did|do|have) you dream|\bwhat (?:did|do|have) you dream"),
    ("wrote", r"\bwhat (?:did|have) you (?:write|written)\b|\b(?:your|a) diary\b"),
)
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in ASKED)
MORE = {
    "openness": ("more curious of what is foreign to me", "keener on what I know already"),
    "conscientiousness": ("more orderly", "easier about leaving things"),
    "extraversion": ("gladder of company", "more for myself"),
    "agreeableness": ("gentler", "sharper"),
    "neuroticism": ("more easily shaken", "harder to shake"),
}
TOLD = {"learned": Memory.Kind.INSIGHT, "dreamt": Memory.Kind.DREAM, "wrote": Memory.Kind.DIARY}
FRIENDS_FROM = LEVELS[2][0]
WAY = (  # how far it has come, in words
    (0.85, " I'm nearly there."),
    (0.5, " I'm more than half of the way there."),
    (0.15, " I've come some of the way."),
    (0.0, ""),
)
LEAST_DRIFT, MUCH = 0.004, 0.05


def asked(text: str) -> str:
    """What of itself somebody is asked; empty where nothing. Pure."""
    if "?" not in text and not is_question(text):
        return ""
    plain = text.replace("’", "'")
    return next((kind for kind, pattern in _COMPILED if pattern.search(plain)), "")


def answer(kind: str, character_id: int, before: Audience, now: dt.datetime) -> tuple[str, bool]:
    """The answer before whoever hears it, and whether it is in the first person: what it remembers
    is in the third. Empty where it has nothing to say."""
    if kind in TOLD:
        return _told(TOLD[kind], character_id, before), False
    told = {
        "closest": _closest,
        "most": _most,
        "changed": _changed,
        "mood": _mood,
        "topics": _topics,
        "wants": _wants,
    }[kind]
    return told(character_id, before, now), True


def _told(kind: str, character_id: int, before: Audience) -> str:
    """The latest of its own that may come up here."""
    with seen_by(character_id, before) as view:
        rows = view.planned(
            """
            SELECT content FROM memories_memory
            WHERE owner_id = %(owner)s AND kind = %(kind)s AND tier <> 'archived'
            ORDER BY occurred_at DESC, importance DESC, id DESC LIMIT 1
            """,
            owner=character_id,
            kind=str(kind),
        )
    return str(rows[0][0]) if rows else ""


def _may_name(character_id: int, before: Audience) -> Q:
    """Characters may be named to anybody, those for adults where adults are among themselves;
    people to themselves alone."""
    characters = Q(to_character__isnull=False)
    if not _is_among_adults(character_id, before):
        characters &= Q(to_character__is_adult=False)
    return characters | Q(to_person__in=before.people)


def _is_among_adults(character_id: int, before: Audience) -> bool:
    """Whether it speaks where what is for adults may be said, as the database has it."""
    with seen_by(character_id, before) as view:
        ((is_adult,),) = view.planned("SELECT memories_view_is_adult()")
    return bool(is_adult)


def _most(character_id: int, before: Audience, now: dt.datetime) -> str:
    lately = Q(events__occurred_at__gt=now - LATELY, events__kind="exchange")
    here = Q(community=before.community) | Q(community__isnull=True)
    rows = list(
        Relationship.objects.filter(_may_name(character_id, before), from_character=character_id)
        .filter(here if before.community is not None else Q())
        .annotate(met=Count("events", filter=lately))
        .filter(met__gt=0)
        .select_related("to_character", "to_person")
        .order_by("-met", "pk")[:2]
    )
    if not rows:
        return "Nobody, lately. It has been quiet."
    names = [str(r.to_character.name if r.to_character else r.to_person) for r in rows]
    topics = _subjects(character_id, before, now, rows[0].to_character_id)
    about = f", mostly about {' and '.join(topics[:2])}" if topics else ""
    said = f"{names[0]}, {rows[0].met} times in two weeks{about}."
    if len(names) > 1:
        near = "close behind" if rows[1].met > 0.75 * rows[0].met else "after that"
        said += f" Then {names[1]}, {near}."
    return said


def _closest(character_id: int, before: Audience, now: dt.datetime) -> str:
    here = Q(community=before.community) | Q(community__isnull=True)
    rows = list(
        Relationship.objects.filter(_may_name(character_id, before), from_character=character_id)
        .filter(here if before.community is not None else Q())
        .filter(repair_since__isnull=True, score__gte=FRIENDS_FROM)
        .select_related("to_character", "to_person")
        .order_by("-score", "pk")[:2]
    )
    names = [str(r.to_character.name if r.to_character else r.to_person) for r in rows]
    if not names:
        return "Nobody I'd call that yet."
    return f"{names[0]}, if I must say." + (f" And {names[1]}, not far off." if names[1:] else "")


def _subjects(
    character_id: int, before: Audience, now: dt.datetime, with_id: int | None = None
) -> list[str]:
    """What its talk was about, most first, as far as it may be told before whoever hears it."""
    with seen_by(character_id, before) as view:
        told = view.planned(
            """
            SELECT id FROM memories_memory
            WHERE owner_id = %(owner)s AND kind = 'conversation' AND NOT is_adult
              AND occurred_at > %(since)s
            ORDER BY occurred_at DESC, id DESC LIMIT 1000
            """,
            owner=character_id,
            since=now - LATELY,
        )
    rows = Memory.objects.filter(
        pk__in=[pk for (pk,) in told], source_message__character=with_id or character_id
    ).exclude(source_conversation__topic="")
    topics = rows.values_list("source_conversation__topic", flat=True)[:400]
    return [topic for topic, _ in Counter(filter(None, topics)).most_common(3)]


def _topics(character_id: int, before: Audience, now: dt.datetime) -> str:
    topics = _subjects(character_id, before, now)
    if not topics:
        return "This and that. Nothing much, lately."
    rest = f", and {' and '.join(topics[1:])}" if topics[1:] else ""
    return f"{topics[0][:1].upper()}{topics[0][1:]}, more than anything{rest}."


def _mood(character_id: int, before: Audience, now: dt.datetime) -> str:
    here = Q(community=before.community) | Q(community__isnull=True)
    rows = MoodChange.objects.filter(
        here if before.community is not None else Q(),
        character=character_id,
        recorded_at__gt=now - LATELY,
        trigger_message__character__isnull=False,
    )
    if not _is_among_adults(character_id, before):
        rows = rows.filter(
            trigger_message__character__is_adult=False,
            trigger_message__conversation__is_adult=False,
            trigger_message__conversation__channel__is_nsfw=False,
        )
    sums: dict[str, float] = defaultdict(float)
    for name, delta in rows.values_list("trigger_message__character__name", "delta_valence"):
        sums[name] += delta
    if not sums:
        return "Even. Nothing has moved me much."
    whole = sum(sums.values())
    best, worst = max(sums, key=lambda n: sums[n]), min(sums, key=lambda n: sums[n])
    said = "More up than down" if whole > 0.1 else "More down than up" if whole < -0.1 else "Even"
    if sums[best] > 0.1:
        said += f"; {best} does me good"
    if sums[worst] < -0.1:
        said += (
            f", and {worst} costs me something" if ";" in said else f"; {worst} costs me something"
        )
    return f"{said}."


def _changed(character_id: int, before: Audience, now: dt.datetime) -> str:
    original = versions.originals(character_id)
    persona = Persona.objects.filter(character=character_id).first()
    moved = {t: v - original.get(t, v) for t, v in persona.traits().items()} if persona else {}
    trait = max(moved, key=lambda t: abs(moved[t]), default="")
    turned = (
        LearningEvent.objects.filter(character=character_id, learning_type=LearningEvent.Type.TRAIT)
        .filter(modification__field=f"persona.{trait}")
        .first()
    )
    if not trait or abs(moved[trait]) < LEAST_DRIFT:
        return _closer(character_id, before) or "Not that I can tell. I'm much as I was."
    word = MORE[trait][moved[trait] < 0]
    cause = turned.modification if turned else None
    reason = cause.reason if cause and cause.is_worked_out else ""
    name = persona.character.name if persona else ""
    why = f" {reason}" if reason and name not in reason else ""
    much = "A little" if abs(moved[trait]) < MUCH else "Yes"
    return f"{much}. I'm {word} than I was.{why}"


def _closer(character_id: int, before: Audience) -> str:
    """Whom it last came closer to here, or fell out with, of the characters."""
    named = Q(relationship__to_character__is_adult=False)
    if _is_among_adults(character_id, before):
        named = Q(relationship__to_character__isnull=False)
    step = (
        LearningEvent.objects.filter(
            named,
            character=character_id,
            learning_type=LearningEvent.Type.RELATIONSHIP,
            relationship__community=before.community,
        )
        .select_related("relationship__to_character")
        .defer("relationship__to_character__card")
        .first()
    )
    if step is None or step.relationship is None:
        return ""
    _, _, how = step.learning_event.partition(": they ")
    return f"Not in myself. {step.relationship.to_character} and I {how}"


def _wants(character_id: int, before: Audience, now: dt.datetime) -> str:
    told = Goal.objects.filter(pk__in=told_before(character_id, before))
    goals = list(told.select_related("character").defer("character__card"))
    if not goals:
        return "Nothing I could name."
    first = goals[0]
    how = next(said for least, said in WAY if first.progress >= least)
    zone = ZoneInfo(first.character.timezone)
    said = f"{_i_want(worded(first, now.astimezone(zone)))}.{how}"
    own = next((goal for goal in goals[1:] if goal.origin != Goal.Origin.KEEPER), None)
    return f"{said} And then {_i_want(_aim(own.description))}." if own else said


def _i_want(described: str) -> str:
    """A goal as who has it says it: "I want to keep the light burning"."""
    described = described.rstrip(".")
    if described.split(" ", 1)[0].endswith("ing"):
        return described
    plain = described.removeprefix("To ")
    return f"I want to {plain[:1].lower()}{plain[1:]}"


def _aim(described: str) -> str:
    """A goal without what it came of, which is for its page."""
    return re.split(r": |, and said ", described)[0]
