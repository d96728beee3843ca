"""A page of a diary and a dream, put together of what a day held: the words of those who were
there, and what they did to whoever writes. Pure; where a model speaks, it writes them instead."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from fishbowl.llm.offline.phrases import noun_phrases
from fishbowl.llm.offline.text import clean, count_words, sentences, upper_first
from memories.reflection.company import topics_with
from memories.reflection.found import listed, quote
from memories.reflection.life import Life, Spoken, Who
from memories.reflection.talk import DULL

FULL_DAY = {"lines": 40, "talks": 4, "partners": 3, "felt": 0.8, "own": 10}
WEIGHTS = {"lines": 0.25, "talks": 0.2, "partners": 0.15, "felt": 0.25, "own": 0.15}


@dataclass(frozen=True, slots=True)
class Page:
    """What is written or dreamt: in its own words, and as it is remembered, in the third person."""

    text: str
    remembered: str
    evidence: tuple[int, ...]
    valence: float = 0.0


def richness(life: Life) -> float:
    """How much a day held, 0.0–1.0: talk, company, feeling, and what one said oneself."""
    counts = {
        "lines": len(life.lines),
        "talks": len({line.talk for line in life.lines}),
        "partners": len({line.who for line in life.lines} - {life.me}),
        "felt": sum(abs(sway.delta) for sway in life.sways),
        "own": sum(line.who == life.me for line in life.lines),
    }
    return round(
        sum(weight * min(1.0, counts[name] / FULL_DAY[name]) for name, weight in WEIGHTS.items()),
        3,
    )


def net_mood(life: Life) -> float:
    """What a day did to the mood, −1.0–1.0."""
    return math.tanh(sum(sway.delta for sway in life.sways))


def diary(life: Life, day: dt.date, rng: Random) -> Page:
    """A page on a day: whom it was with, what stayed, what is open, what it wants of tomorrow."""
    me, evidence = life.name, []
    said: list[str] = []
    told: list[str] = []
    company = Counter(line.who for line in life.lines if line.who != life.me)
    partners = [who for who, _ in company.most_common(2)]
    if partners:
        first = partners[0]
        topics = topics_with(life, first) or [
            t for t, _ in Counter(x.topic for x in life.lines if x.topic).most_common(2)
        ]
        about = f", about {listed(topics[:2])}" if topics else ""
        name = life.called(first)
        said.append(
            rng.choice(
                [
                    f"Mostly {name} today{about}.",
                    f"A day with {name} in it{about}.",
                    f"{name} and I, again{about}.",
                    f"Talk all day, and {name} in most of it{about}.",
                ]
            )
        )
        told.append(f"{me} wrote about {name} in the diary{of_talk(topics[:2])}.")
    stirring = _stirring(life)
    if stirring is not None:
        line, delta = stirring
        name, words = life.called(line.who), quote(line)
        after = "and I have been lighter since" if delta > 0 else "and it has stayed with me"
        said.append(
            rng.choice(
                [
                    f"{name} said {words} {upper_first(after)}.",
                    f"What {name} said: {words} I keep turning it over, {after}.",
                    f"{words} That was {name}, {after}.",
                ]
            )
        )
        told.append(
            f"The best of the day for {me} was what {name} said: {words}"
            if delta > 0
            else f"What {name} said won't leave {me}: {words}"
        )
        evidence.append(line.memory)
    own = _own_best(life, rng)
    if own is not None:
        words = quote(own)
        said.append(
            rng.choice(
                [
                    f"I heard myself say {words}",
                    f"I said {words} It was truer than I meant.",
                    f"Told them {words}",
                ]
            )
        )
        evidence.append(own.memory)
    other = _of_another(life, partners[:1], evidence, rng)
    if other is not None:
        said.append(f"{life.called(other.who)}, in passing: {quote(other)}")
        told.append(f"{me} put down what {life.called(other.who)} said in passing: {quote(other)}")
        evidence.append(other.memory)
    # What it wants of a person, or because of what was confided, doesn't stand on a page.
    aims = [a for a in life.aims if not a.is_withheld and not (a.seeks and a.seeks.person_id)]
    wish = next((aim for aim in aims if aim.origin != "keeper"), None)
    aim = wish or next((a for a in aims if not _OF_THIRD.search(a.description)), None)
    if aim is not None:
        want = aim.description.rstrip(".")
        evidence += aim.rests_on
        said.append(
            rng.choice([f"Tomorrow: {_first_lower(want)}.", f"Still to do: {_first_lower(want)}."])
        )
    text = re.sub(r"(?<=[.?!…]”)\.", "", f"{day:%A}. " + " ".join(said))
    # Without its day: the memory has it, and whoever tells it tonight doesn't say "on Monday".
    return Page(text, " ".join(told[:2]), tuple(dict.fromkeys(evidence)), net_mood(life))


def of_talk(topics: Sequence[str]) -> str:
    """What was talked of, as it stands after whom one wrote about."""
    return f", and about the talk of {listed(topics)}" if topics else ""


_OF_THIRD = re.compile(r"\b(?:he|she|his|her|him|they|their|them)\b", re.IGNORECASE)


def _first_lower(text: str) -> str:
    return text[:1].lower() + text[1:] if not text[:2].isupper() else text


def _stirring(life: Life) -> tuple[Spoken, float] | None:
    """The line of another that moved the mood most."""
    by_message = {line.message: line for line in life.lines if line.who != life.me}
    moved = [
        (by_message[sway.message], sway.delta)
        for sway in life.sways
        if sway.message in by_message
        and count_words(by_message[sway.message].text) > 4
        and _is_own(by_message[sway.message])
    ]
    return max(moved, key=lambda one: (abs(one[1]), one[0].importance), default=None)


def _is_own(line: Spoken) -> bool:
    """Whether a line is nothing but its speaker's words, and can be quoted."""
    return "“" not in line.text


def _own_best(life: Life, rng: Random) -> Spoken | None:
    own = [
        line
        for line in life.lines
        if line.who == life.me and 6 <= count_words(line.text) <= 40 and _is_own(line)
    ]
    best = sorted(own, key=lambda line: (-line.importance, line.memory))[:3]
    return rng.choice(best) if best else None


def _of_another(
    life: Life, besides: Sequence[Who], taken: Sequence[int], rng: Random
) -> Spoken | None:
    lines = [
        line
        for line in life.lines
        if line.who not in (life.me, *besides)
        and line.memory not in taken
        and 5 <= count_words(line.text) <= 28
        and _is_own(line)
        and not line.text.rstrip().endswith("?")
    ]
    best = sorted(lines, key=lambda line: (-line.importance, line.memory))[:4]
    return rng.choice(best) if best else None


# --- dreams ---------------------------------------------------------------------------------------

# {I} {my} {me} {was} stand for the dreamer; {a} and {b} for things of the day, {c} for one of long
# ago, {who} and {other} for people, {topic} for what the day's talk was of. What happens in a dream
# goes by what the day did to the mood: 1 lifted it, -1 weighed on it, 0 is for any.
SCENES: dict[int, tuple[str, ...]] = {
    0: (
        "{I} {was} carrying {a} up a stair that went on, and {who} came down it the other way.",
        "{who} handed {me} {a}, and when {I} looked it {was3} {b}.",
        "There {was3} {a} in the middle of the room, wet, and nobody but {me} seemed to mind.",
        "{who} {was3} counting something aloud; it {was3} {b}, and it never came out even.",
        "{who} and {other} {were} moving {a} from one house to another and {I} held the door.",
        "{who} had a drawer for every hour, and in the one for now lay {a}.",
        "{I} {was} to give a talk on {a}, and everybody in the front row {was3} {who}.",
        "{who} sold {me} {a} by weight, and {I} paid with {b}.",
        "It {was3} written in the paper that {a} had married {b}, and {who} read it out.",
        "{who} {was3} rowing, {other} {was3} rowing the other way, and between them stood {a}.",
    ),
    1: (
        "The whole harbour {was3} quiet, and {a} stood on the water as if it had been put there.",
        "{who} opened {a} like a letter, and out of it came {b}, in good order.",
        "{I} could breathe under water, and {who} showed {me} where {a} {was3} kept.",
        "All the windows {were} lit, in every one of them stood {a}, and {who} waved.",
        "{who} and {I} planted {a}, and by evening one could sit under it.",
        "Somebody had mended {a} overnight, and nobody but {who} would say who.",
    ),
    -1: (
        "{I} had to find {a} before morning, and {who} kept asking for {b} instead.",
        "Somebody had left {a} in {my} bed, and a note: it {was3} for {who}.",
        "{I} called {who} by name, and what turned round {was3} {a}.",
        "{who} {was3} behind a pane, talking, and all {I} could hear {was3} {a}.",
        "Water came in under the door, {a} floated by, and {who} went on eating.",
        "They {were} all leaving, and {who} had {my} ticket, and {my} ticket {was3} {a}.",
    ),
}
# Where it begins; empty, for some begin nowhere.
PLACES = (
    "",
    "",
    "It began with {topic}.",
    "It {was3} the old school, but the rooms {were} in another order.",
    "It {was3} a Sunday that had come too early.",
    "Everybody {was3} speaking of {topic}, without a sound.",
    "It {was3} night, and bright as noon.",
    "It {was3} here, only steeper.",
    "Snow lay on everything but {me}.",
)
TURNS = (
    "Then it {was3} {c}, as it had been, and {I} {was} as small as then.",
    "Under it lay {c}. {I} {was} not surprised.",
    "From far off {I} could hear {c}, and {I} knew the way there, and didn't go.",
    "In the end it turned into {c}, which it had been all the time.",
    "Behind it, in the dust, somebody had drawn {c}.",
    "{who} asked whether {I} still had {c}, and {I} had.",
    "It smelled of {c}.",
)
SPOKEN = (
    "{who} said {said}, over and over, in a voice that {was3} not {who}'s.",
    "On the wall {was3} written: {said}",
    "{said} said {who}, and everybody wrote it down.",
    "A bird said {said}, quite clearly, and {who} corrected its grammar.",
    "{I} meant to answer, and all that came out {was3} {said}",
)
ENDS = {
    1: (
        "{I} woke laughing.", "It {was3} warm when {I} woke.", "{I} would have stayed.",
        "{I} woke, and for a while it held.",
    ),
    0: (
        "Then there {was3} only the window.", "{I} woke before it {was3} settled.",
        "{I} woke with the answer, and then without it.",
    ),
    -1: (
        "{I} woke with {my} hands shut.", "{I} couldn't run, and woke.",
        "{I} woke and it {was3} still dark.", "{I} woke and counted the rooms.",
    ),
}  # fmt: skip


def dream(life: Life, old: Sequence[tuple[int, str]], rng: Random) -> Page | None:
    """A dream out of a day and of something long past: things and people that met nowhere else.
    None where the day left nothing to dream with."""
    things = _things(life, rng)
    others = [who for who in {line.who for line in life.lines} if who != life.me]
    if len(things) < 2 or not others:
        return None
    others.sort()
    rng.shuffle(others)
    (a, first), (b, second) = things[0], things[1]
    past = _past(old, life, rng)
    mood = net_mood(life)
    side = 1 if mood > 0.15 else -1 if mood < -0.15 else 0
    among = [one for tinge, of in SCENES.items() for one in of if side in (tinge, 0) or not tinge]
    among += SCENES[side] if side else ()
    scenes = _apart(rng, [s for s in among if "{other}" not in s or len(others) > 1])
    topics = [x.topic for x in life.lines if x.topic]
    place = rng.choice([p for p in PLACES if topics or "{topic}" not in p])
    # What came first was one thing, what comes after another.
    parts = [
        f"{place} {scenes[0]}".strip(),
        scenes[1].replace("{a}", "{x}").replace("{b}", "{a}").replace("{x}", "{b}"),
    ]
    line = max((first, second), key=lambda one: abs(one.tone))
    if rng.random() < 0.6 and count_words(quote(line)) <= 16 and _is_own(line):
        parts.insert(1, rng.choice(SPOKEN))
    if past is not None:
        parts.insert(len(parts) - 1, rng.choice(TURNS))
    parts.append(rng.choice(ENDS[side]))
    slots = {
        "a": a,
        "b": b,
        "c": past[1] if past else "",
        "who": life.called(others[0]),
        "other": life.called(others[-1]),
        "said": quote(line),
        "topic": rng.choice(topics) if topics else "",
    }
    evidence = [first.memory, second.memory, *([past[0]] if past else [])]
    return Page(
        text=_told(parts, slots, {"I": "I", "my": "my", "me": "me", "was": "was"}),
        remembered=f"{life.name} dreamt this: "
        + _told(
            parts[:3],
            slots,
            {"I": life.name, "my": f"{life.name}'s", "me": life.name, "was": "was"},
        ),
        evidence=tuple(dict.fromkeys(evidence)),
        valence=mood,
    )


def _apart(rng: Random, scenes: Sequence[str]) -> tuple[str, str]:
    """Two different ones; what stands there twice comes twice as often."""
    first = rng.choice(scenes)
    return first, rng.choice([one for one in scenes if one != first])


def _told(parts: Sequence[str], slots: dict[str, str], voice: dict[str, str]) -> str:
    made = []
    for part in parts:
        text = part.format(**slots, **voice, was3="was", were="were")
        made.append(upper_first(_STOPPED.sub(",”", text)))
    return " ".join(made)


_STOPPED = re.compile(r"\.”,?(?= (?:said|over|quite)\b)")  # within a sentence a quote ends so


_OWNED = re.compile(r"(?:my|your|our|his|her|their)\b")


def _things(life: Life, rng: Random) -> list[tuple[str, Spoken]]:
    """Things that the day's lines named, each with its line: apart from one another."""
    found: list[tuple[str, Spoken]] = []
    lines = sorted(life.lines, key=lambda x: (-(x.importance + 4 * abs(x.tone)), x.memory))[:24]
    rng.shuffle(lines)
    seen: set[str] = set()
    for line in lines:
        phrases = noun_phrases(clean(line.text, 400), about_hearer=False, names=life.others)
        for phrase in phrases[:1]:
            last = phrase.bare.split()[-1].lower()
            if (
                last in seen
                or last in DULL
                or re.match(r"(?:my|your|our|his|her|their)\b", phrase.definite)
            ):
                continue
            seen.add(last)
            found.append((phrase.definite, line))
    return found


def _past(old: Sequence[tuple[int, str]], life: Life, rng: Random) -> tuple[int, str] | None:
    """A thing out of something long past."""
    for pk, content in rng.sample(list(old), len(old)):
        text = " ".join(sentences(clean(content, 600))[:3])
        phrases = [
            phrase
            for phrase in noun_phrases(text, about_hearer=False, names=life.others)
            if not _OWNED.match(phrase.definite) and phrase.bare.split()[-1].lower() not in DULL
        ]
        if phrases:
            return pk, phrases[0].definite
    return None
