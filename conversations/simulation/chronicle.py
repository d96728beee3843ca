"""What became of a society in a span of time: who spoke with whom, how they stand to each other,
what they felt and talked of, how much they repeated themselves, and what it cost. Only reads."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Avg, Count
from django.db.models.functions import ExtractHour, TruncDate

from characters.models import Character, MoodChange
from conversations.floor.pace import airtime_gini
from conversations.models import Conversation, Message
from conversations.simulation.chronicle_sections import Section, sections

WINDOW = 50  # messages back within which something is said again
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(slots=True)
class Voice:
    """One character in this span."""

    name: str
    messages: int = 0
    words: float = 0.0  # a message, on average
    questions: float = 0.0  # share of messages
    moods: dict[str, float] = field(default_factory=dict)  # day → mean valence, −1.0–1.0
    answered: dict[str, int] = field(default_factory=dict)  # whom it answered how often


@dataclass(slots=True)
class Chronicle:
    """The whole of it, ready to be shown or stored as JSON."""

    since: str
    until: str
    messages: int
    conversations: int
    lines_a_conversation: float
    speakers_a_conversation: float
    gini: float  # of messages among characters: 0.0 all alike, 1.0 one has them all
    hours: list[int]  # messages by hour of the day
    days: dict[str, int]
    exact_repeats: float  # shares of messages, within 50 messages of a room
    half_repeats: float
    voices: list[Voice]
    sections: list[Section]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def chronicle(since: dt.datetime, until: dt.datetime) -> Chronicle:
    """What happened from `since` up to `until`."""
    said = list(
        Message.objects.filter(created_at__gte=since, created_at__lt=until, character__isnull=False)
        .order_by("created_at", "pk")
        .values_list("conversation__channel_id", "character__name", "content")
    )
    talks = Conversation.objects.filter(started_at__gte=since, started_at__lt=until)
    own = Message.objects.filter(created_at__gte=since, created_at__lt=until)
    lengths = [n for (n,) in talks.filter(message_count__gt=0).values_list("message_count")]
    voiced = own.filter(character__isnull=False).order_by().values("conversation_id")
    speakers = voiced.annotate(n=Count("character", distinct=True)).values_list("n", flat=True)
    voices = _voices(said, since, until)
    exact, half = repeats((room, text) for room, _, text in said)
    hours = dict(own.annotate(h=ExtractHour("created_at")).values_list("h").annotate(Count("pk")))
    days = own.annotate(d=TruncDate("created_at")).order_by("d").values_list("d")
    return Chronicle(
        since=since.isoformat(),
        until=until.isoformat(),
        messages=own.count(),
        conversations=len(lengths),
        lines_a_conversation=round(_mean(lengths), 1),
        speakers_a_conversation=round(_mean(speakers), 1),
        gini=round(airtime_gini([voice.messages for voice in voices]), 3),
        hours=[hours.get(hour, 0) for hour in range(24)],
        days={str(day): count for day, count in days.annotate(Count("pk"))},
        exact_repeats=exact,
        half_repeats=half,
        voices=voices,
        sections=sections(since, until),
    )


def _voices(
    said: Sequence[tuple[int, str, str]], since: dt.datetime, until: dt.datetime
) -> list[Voice]:
    texts: dict[str, list[str]] = defaultdict(list)
    for _, name, text in said:
        texts[name].append(text)
    answered: dict[str, Counter[str]] = defaultdict(Counter)
    for who, whom in Message.objects.filter(
        created_at__gte=since, created_at__lt=until, turn__answers__character__isnull=False
    ).values_list("character__name", "turn__answers__character__name"):
        answered[who][whom] += 1
    moods: dict[str, dict[str, float]] = defaultdict(dict)
    for name, day, valence in (
        MoodChange.objects.filter(recorded_at__gte=since, recorded_at__lt=until)
        .annotate(day=TruncDate("recorded_at"))
        .order_by("day")
        .values_list("character__name", "day")
        .annotate(Avg("valence"))
    ):
        moods[name][str(day)] = round(valence, 3)
    names = Character.objects.filter(is_template=False).order_by("name")
    return [
        Voice(
            name=name,
            messages=len(texts[name]),
            words=round(_mean(len(_WORD.findall(text)) for text in texts[name]), 1),
            questions=round(_mean("?" in text for text in texts[name]), 3),
            moods=moods[name],
            answered=dict(answered[name].most_common()),
        )
        for name in names.values_list("name", flat=True)
    ]


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / max(1, len(known))


def repeats(said: Iterable[tuple[int, str]]) -> tuple[float, float]:
    """Of messages, given as (room, text) in order, the shares (0.0–1.0) that stood word for word in
    their room's last 50, and of which half the word trigrams did (of those with ≥ 5 words)."""
    whole: dict[int, deque[str]] = defaultdict(lambda: deque(maxlen=WINDOW))
    parts: dict[int, deque[set[tuple[str, str, str]]]] = defaultdict(lambda: deque(maxlen=WINDOW))
    exact = half = count = long = 0
    for room, text in said:
        words = [word.lower() for word in _WORD.findall(text)]
        trigrams = set(zip(words, words[1:], words[2:], strict=False))
        count += 1
        exact += text in whole[room]
        if len(words) >= 5:
            long += 1
            known = set().union(*parts[room])
            half += len(trigrams & known) * 2 >= len(trigrams)
        whole[room].append(text)
        parts[room].append(trigrams)
    return round(exact / max(1, count), 4), round(half / max(1, long), 4)
