"""Evenings and nights: a character writes its day down, and dreams of it. A page and a dream are
memories of their own kinds, which come up in talk and colour the day after. Days that held too
little are noted as such, so that nobody asks a second time."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import replace
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from audit.calls import ledger
from audit.configuration.configuration import SOCIETY_RUNS
from audit.configuration.wording import wording
from characters.models import Character, MoodChange, Reflection
from characters.services import move_mood
from characters.voices import language_of, who
from fishbowl.llm.fence import flat
from fishbowl.llm.offline.manner import dress_stock
from fishbowl.llm.offline.material import index
from fishbowl.llm.types import Brief, ChatMessage, ChatRequest, Voice
from fishbowl.llm.unfit import is_unfit
from fishbowl.statements import planned
from memories import screening, workspace
from memories.embedding.embedding import embed_or_wait
from memories.formation.discretion import strictest
from memories.formation.echo import coverage
from memories.models import Memory
from memories.reflection import pages
from memories.reflection.claims import alone
from memories.reflection.life import Life
from memories.reflection.lived import by_community, load
from memories.reflection.pages import Page
from memories.reflection.resting import rest
from memories.reflection.rules import ReflectionRules, in_force
from memories.writing import NewMemory, store_embedded

Kind = Reflection.Kind
NIGHT_HOURS = 7  # a dream that was missed for so long isn't dreamt any more
ANSWER_TOKENS = 350
GROUNDED = 0.15  # share of a day's words that a page must have, or it is no page on that day
OLD = 30  # memories of long ago that a dream may go back to


# --- when -----------------------------------------------------------------------------------------


def is_time(kind: str, zone: str, now: dt.datetime, rules: ReflectionRules) -> dt.date | None:
    """The day that a page or a dream would be of now; None where it isn't the hour. Pure."""
    local = now.astimezone(ZoneInfo(zone))
    if kind == Kind.DIARY:
        if local.hour >= rules.diary_from:
            return local.date()
        # After midnight there is still time for it, until the dream.
        return local.date() - dt.timedelta(days=1) if local.hour < rules.dream_from else None
    if rules.dream_from <= local.hour < rules.dream_from + NIGHT_HOURS:
        return local.date()
    return None


def due(now: dt.datetime) -> list[tuple[int, str]]:
    """Whose page or dream it is time for: characters, each with the kind."""
    wanted = {
        (pk, kind, day)
        for pk, zone in planned(_AWAKE)
        for kind in (Kind.DIARY, Kind.DREAM)
        if (day := is_time(kind, zone, now, in_force(pk))) is not None
    }
    had = set(planned(_HAD, days=sorted({day for *_, day in wanted})) if wanted else ())
    return sorted((pk, str(kind)) for pk, kind, day in wanted if (pk, str(kind), day) not in had)


_AWAKE = f"""
    SELECT id, timezone FROM characters_character
    WHERE status = 'active' AND NOT is_template AND {SOCIETY_RUNS}
"""  # noqa: S608 - a constant
_HAD = "SELECT character_id, kind, day FROM characters_reflection WHERE day = ANY(%(days)s::date[])"


# --- one page, one dream --------------------------------------------------------------------------


def write(character_id: int, kind: str, now: dt.datetime | None = None) -> Reflection | None:
    """Write a character's day down, or have it dream, if it is time and wasn't done. A day that
    held too little is noted. None where there was nothing to do.

    Raises:
        ReflectionRefused: it is paused, or another worker thinks for it.
        NoVoice, BudgetExhausted: no model may write it now. It is due as before.
    """
    now = now or timezone.now()
    with alone(character_id):
        if (character_id, kind) not in due(now):
            return None
        character = (
            Character.objects.select_related("persona", "style").defer("card").get(pk=character_id)
        )
        rules = in_force(character_id)
        day = is_time(kind, character.timezone, now, rules)
        assert day is not None  # noqa: S101 - it is due
        morning = _morning(character, day, kind)
        whole = load(character, morning, now)
        rich = pages.richness(whole)
        gate = rules.rich_day if kind == Kind.DIARY else rules.rich_dream
        row = Reflection(
            character_id=character_id,
            kind=kind,
            day=day,
            question="What of this day is worth keeping?" if kind == Kind.DIARY else "",
            richness=rich,
            occurred_at=now,
        )
        # One page a day: of the community in which most of it was lived, and for that one alone.
        life = next(iter(by_community(character, whole, morning)), None)
        page = _page(character, life, kind, day, row) if life and rich >= gate else None
        if life is None or page is None:
            row.note = (
                f"The day held too little: {rich:.2f} of the {gate:.2f} that it takes."
                if rich < gate
                else "Nothing of it would come together."
            )
            row.save()
            return row
        if why := screening.objection(f"{page.text}\n{page.remembered}", page.evidence):
            row.note = f"What came of it isn't written here: {why}."[:300]
            row.save()
            return row
        return _keep(character, life, page, row, rules)


def _morning(character: Character, day: dt.date, kind: str) -> dt.datetime:
    """When the day began that is written of or dreamt of: at five in the morning."""
    of = day if kind == Kind.DIARY else day - dt.timedelta(days=1)
    return dt.datetime.combine(of, dt.time(5), ZoneInfo(character.timezone))


def _page(
    character: Character, life: Life, kind: str, day: dt.date, row: Reflection
) -> Page | None:
    seed = zlib.crc32(f"{character.slug}|{kind}|{day}".encode())
    rng = Random(seed)
    if kind == Kind.DIARY:
        page: Page | None = pages.diary(life, day, rng)
    else:
        old = Memory.objects.recallable().filter(
            owner=character.pk,
            kind=Memory.Kind.EXPERIENCE,
            provenance=Memory.Provenance.OWN,
            is_adult=False,
        )
        page = pages.dream(life, list(old.order_by("pk").values_list("pk", "content")[:OLD]), rng)
    if page is None:
        return None
    if not ledger.is_offline():
        return _by_model(character, life, kind, day, page, row)
    persona, style = character.persona, character.style
    brief = Brief(
        speaker=character.name,
        traits=persona.traits(),
        voice=Voice(formality=style.formality, verbosity=style.verbosity),
        material=style.improv,
    )
    return replace(page, text=dress_stock(page.text, brief, index(style.improv)))


def _by_model(
    character: Character, life: Life, kind: str, day: dt.date, draft: Page, row: Reflection
) -> Page | None:
    """The page in a model's words; None where they refuse, or have nothing to do with the day."""
    lines = sorted(life.lines, key=lambda line: (-line.importance, line.memory))[:40]
    lines.sort(key=lambda line: (line.at, line.memory))
    heard = "\n".join(f"- {flat(life.called(x.who))}: {flat(x.text, 240)}" for x in lines)
    system = wording(community=life.community, character=character.pk).fill(
        kind,
        {
            "name": character.name,
            "identity": who(character),
            "day": f"{day:%A, %d %B}",
        },
    )
    if language := language_of(character.style.response_language):
        system += f"\nWrite in {language}."
    answer = ledger.ask_within_budgets(
        ChatRequest(
            messages=(
                ChatMessage("system", system),
                ChatMessage("user", f"<<day>>\n{heard}\n<</day>>"),
            ),
            purpose="reflect",
            tier="reflective",
            model=character.llm_model or None,
            temperature=0.8,
            max_tokens=ANSWER_TOKENS,
            brief=Brief(speaker=character.name),
        ),
        character_id=character.pk,
        community_id=life.community,
        now=row.occurred_at,
    )
    row.llm_call_id = answer.call_id
    text = answer.result.text.strip()
    known = " ".join([*(x.text for x in lines), *life.names.values()])
    if not text or is_unfit(text) or (kind == Kind.DIARY and coverage(text, known) < GROUNDED):
        return None
    first = " ".join(text.split())[:400]
    verb = "wrote down" if kind == Kind.DIARY else "dreamt"
    return Page(
        text=text,
        remembered=f"{character.name} {verb} on {day:%A}: “{first}”",
        evidence=tuple(line.memory for line in lines),
        valence=draft.valence,
    )


def _keep(
    character: Character, life: Life, page: Page, row: Reflection, rules: ReflectionRules
) -> Reflection:
    """Store a page with its memory and its file, and let it colour the mood: all or nothing."""
    vectors = embed_or_wait([page.remembered])
    levels = Memory.objects.filter(pk__in=page.evidence).values_list("visibility", flat=True)
    level = strictest(Memory.Visibility.BASIC, *levels)
    with transaction.atomic():
        row.content, row.visibility = page.text, level
        row.authenticity = 1.0 if row.llm_call_id is None else 0.8
        row.resonance = round(min(1.0, abs(page.valence)), 3)
        row.effectiveness = 1.0
        row.save()
        sources = list(Memory.objects.filter(pk__in=page.evidence).values_list("pk", flat=True))
        rest(row, sources)
        (stored,) = store_embedded(
            [
                NewMemory(
                    owner_id=character.pk,
                    kind=Memory.Kind.DIARY if row.kind == Kind.DIARY else Memory.Kind.DREAM,
                    content=page.remembered,
                    occurred_at=row.occurred_at,
                    provenance=Memory.Provenance.OWN,
                    visibility=level,
                    importance=5.0 + 2 * row.richness,
                    emotional_valence=max(-1.0, min(1.0, page.valence)),
                    community_id=life.community,
                    from_memories=tuple(sources),
                )
            ],
            vectors,
        )
        if not Reflection.objects.filter(memory=stored.id).exists():
            row.memory_id = stored.id
            row.save(update_fields=["memory"])
        _colour(character, page, row, rules)
        _file(character, row, sources)
    return row


def _colour(character: Character, page: Page, row: Reflection, rules: ReflectionRules) -> None:
    """Writing a heavy day down eases it and keeps a light one; a dream leaves what it was."""
    if row.kind == Kind.DIARY:
        moved = rules.mood_weight * (
            0.5 * page.valence if page.valence > 0 else -0.3 * page.valence
        )
        cause = "writing the day down" + (" eased it" if page.valence < 0 else "")
        arousal = -0.05
    else:
        moved, arousal = rules.mood_weight * page.valence, 0.0
        cause = "a good dream" if moved > 0 else "a bad dream"
    if abs(moved) >= 0.005:
        move_mood(
            character.pk,
            moved,
            arousal,
            cause=cause,
            kind=MoodChange.TriggerType.REFLECTION,
            now=row.occurred_at,
        )


def _file(character: Character, row: Reflection, sources: list[int]) -> None:
    """The page as a file of its own, to be read again. One that has no room stays a memory."""
    folder = "diary" if row.kind == Kind.DIARY else "dreams"
    try:
        workspace.write(
            workspace.Space(character.pk),
            f"{folder}/{row.day:%Y-%m-%d}.md",
            row.content,
            row.occurred_at,
            reason="the evening's page" if row.kind == Kind.DIARY else "the night's dream",
            from_memories=sources,
        )
    except workspace.FileRefused as why:
        Reflection.objects.filter(pk=row.pk).update(note=f"No file was kept: {why}"[:300])
