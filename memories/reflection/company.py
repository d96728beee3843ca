"""What a character notices of whom it lives with: whom it talks with, more and less, and what that
does to it. Pure rules over counted rows."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator

from memories.reflection.found import (
    Found,
    level,
    listed,
    quote,
    since,
    sure,
    times,
    worded,
)
from memories.reflection.life import Life, Spoken, Who

CLOSE = ("Friend", "Good Friend", "Close Friend")
QUIET_DAYS = 2.0


def notice(life: Life) -> list[Found]:
    """All that can be told from its company."""
    return [
        *most_talked_with(life),
        *changed(life),
        *swayed_by(life),
        *grown(life),
        *each_others(life),
    ]


def topics_with(life: Life, who: Who) -> list[str]:
    """What the talks were about in which both spoke, most first."""
    mine = {line.talk for line in life.lines if line.who == life.me}
    count = Counter(
        line.topic for line in life.lines if line.who == who and line.talk in mine and line.topic
    )
    return [topic for topic, _ in count.most_common(3)]


def _of(life: Life, who: Who) -> list[Spoken]:
    """What somebody said: in their own words, where they said anything in these."""
    said = [line for line in life.lines if line.who == who]
    return [line for line in said if line.matter == line.text] or said


def _weightiest(lines: list[Spoken], most: int = 6) -> list[Spoken]:
    return sorted(lines, key=lambda line: (-line.importance, line.memory))[:most]


def most_talked_with(life: Life) -> Iterator[Found]:
    """Whom it talks with more than with anybody, where that is plain."""
    ranked = sorted(life.bonds.items(), key=lambda item: (-item[1].exchanges, item[0]))
    if len(ranked) < 2 or ranked[0][1].exchanges < 5:
        return
    (who, bond), (_, second) = ranked[:2]
    if bond.exchanges < 1.2 * second.exchanges:
        return
    lines = _weightiest(_of(life, who))
    if not lines:
        return
    whole = sum(bond.exchanges for bond in life.bonds.values())
    topics = topics_with(life, who)
    about = f", mostly about {listed(topics[:2])}" if topics else ""
    name = life.called(who)
    yield Found(
        kind="relationship",
        content=f"{life.name} talks with {name} more than with anybody else: {bond.exchanges} of "
        f"{whole} exchanges {since(life)}{about}.",
        question=f"Whom does {life.name} talk with most?",
        subject="most",
        evidence=tuple(line.memory for line in lines),
        confidence=sure(bond.exchanges, needed=5),
        importance=5.0 + min(2.0, bond.exchanges / max(1, second.exchanges) - 1),
        triggers=(name.lower(), *(topic.lower() for topic in topics[:2])),
        said=tuple(f"{name}: {quote(line)}" for line in lines[:3]),
        about=who,
        visibility=level(lines),
        valence=0.3,
    )


def changed(life: Life) -> Iterator[Found]:
    """Whom it talks with far more than before, or hardly any longer."""
    now = sum(bond.exchanges for bond in life.bonds.values())
    before = sum(bond.before for bond in life.bonds.values())
    if now < 10 or before < 10:
        return
    for who, bond in sorted(life.bonds.items()):
        name, expected = life.called(who), bond.before * now / before
        met = _weightiest(_of(life, who))
        if bond.exchanges >= 6 and bond.exchanges >= 1.8 * max(1.0, expected):
            topics = topics_with(life, who)
            about = f", and {listed(topics[:2])} did it" if topics else ""
            yield Found(
                kind="relationship",
                content=f"{life.name} and {name} have drawn closer in talk: {bond.exchanges} "
                f"exchanges {since(life)}, where it was {bond.before} in as long before{about}.",
                question=f"With whom does {life.name} talk more than before?",
                subject=f"drawn:{who.kind}{who.id}",
                stance=1,
                evidence=tuple(line.memory for line in met),
                confidence=sure(bond.exchanges, needed=5),
                importance=5.5,
                valence=0.4,
                triggers=(name.lower(),),
                said=tuple(f"{name}: {quote(line)}" for line in met[:3]),
                about=who,
                visibility=level(met),
                before=f"{bond.before} exchanges",
            )
        elif bond.before >= 6 and bond.exchanges <= min(10, 0.4 * expected):
            last = met[-1:] or []
            yield Found(
                kind="relationship",
                content=f"{life.name} hardly talks with {name} any more: {times(bond.exchanges)} "
                f"{since(life)}, and {bond.before} times in as long before."
                if bond.exchanges
                else f"{life.name} hasn't talked with {name} {since(life)}, after {bond.before} "
                "exchanges in as long before.",
                question=f"With whom does {life.name} hardly talk any longer?",
                subject=f"drawn:{who.kind}{who.id}",
                stance=-1,
                evidence=tuple(line.memory for line in met or last),
                confidence=sure(bond.before, needed=5),
                importance=6.0 if bond.level in CLOSE else 5.0,
                valence=-0.3,
                triggers=(name.lower(),),
                said=(f"{bond.before} exchanges before, {bond.exchanges} since",),
                about=who,
                visibility=level(met),
                before=f"{bond.before} exchanges",
            )


def swayed_by(life: Life) -> Iterator[Found]:
    """Whose words lift it, and whose weigh on it."""
    moves: dict[Who, list[float]] = defaultdict(list)
    most: dict[Who, tuple[float, int]] = {}
    for sway in life.sways:
        if sway.who is None or sway.who == life.me:
            continue
        moves[sway.who].append(sway.delta)
        if sway.message and abs(sway.delta) > abs(most.get(sway.who, (0.0, 0))[0]):
            most[sway.who] = (sway.delta, sway.message)
    by_message = {line.message: line for line in life.lines}
    for who, deltas in sorted(moves.items()):
        net, alike = sum(deltas), 0
        alike = sum(delta * net > 0 for delta in deltas)
        if len(deltas) < 3 or abs(net) < 0.15 or alike < 0.66 * len(deltas):
            continue
        name = life.called(who)
        line = by_message.get(most[who][1]) if who in most else None
        if line is None or line.tone * net <= 0 or len(line.text.split()) < 6:
            same = [one for one in _of(life, who) if one.tone * net > 0]
            line = max(
                same,
                key=lambda one: (len(one.text.split()) > 5, abs(one.tone), one.importance),
                default=None,
            )
        if line is None:
            continue
        lines = [one for one in _of(life, who) if one.tone * net > 0][:8]
        lines = [line, *(one for one in lines if one.memory != line.memory)]
        does = "lifts" if net > 0 else "weighs on"
        yield Found(
            kind="mood",
            content=worded(
                life,
                f"mood{who.id}",
                f"What {name} says {does} {life.name}: {alike} of {len(deltas)} times "
                f"{since(life)}, most of all {quote(line)}",
                f"{life.name} comes {'lighter' if net > 0 else 'heavier'} out of talk with {name}, "
                f"{alike} times of {len(deltas)} {since(life)}; {quote(line)} was one of them.",
                f"{name}'s words {'do' if net > 0 else 'cost'} {life.name} "
                f"{'good' if net > 0 else 'something'}: {quote(line)} for one, and {alike - 1} "
                f"more {since(life)}.",
            ),
            question=f"Who lifts {life.name}'s mood, and who weighs on it?",
            subject=f"mood:{who.kind}{who.id}",
            stance=1 if net > 0 else -1,
            evidence=tuple(one.memory for one in lines),
            confidence=sure(alike, needed=3),
            importance=min(8.0, 5.0 + 3 * abs(net)),
            valence=max(-1.0, min(1.0, net)),
            triggers=(name.lower(),),
            said=tuple(f"{name}: {quote(one)}" for one in lines[:3]),
            about=who,
            visibility=level(lines),
            message=line.message,
            talk=line.talk,
        )


def grown(life: Life) -> Iterator[Found]:
    """Whom it has come to trust or like more, or less, than it did."""
    for who, bond in sorted(life.bonds.items()):
        name = life.called(who)
        moved, what = max(
            (bond.trust_moved, "trust"),
            (bond.affection_moved, "like"),
            key=lambda item: abs(item[0]),
        )
        if abs(moved) < 0.05 or bond.exchanges < 4:
            continue
        same = [line for line in _of(life, who) if line.tone * moved > 0] or _of(life, who)
        line = max(same, key=lambda one: (abs(one.tone), one.importance), default=None)
        if line is None:
            continue
        now = bond.trust if what == "trust" else bond.affection
        degree = "more" if moved > 0 else "less"
        lines = [line, *(one for one in _weightiest(same) if one.memory != line.memory)]
        yield Found(
            kind="relationship",
            content=worded(
                life,
                f"grown{who.id}",
                f"{life.name} has come to {what} {name} {degree} {since(life)}, after "
                f"{bond.exchanges} exchanges; what stayed was {quote(line)}",
                f"Something has {'warmed' if moved > 0 else 'cooled'} between {life.name} and "
                f"{name}: {life.name} {what}s {name} {degree} than {bond.exchanges} exchanges ago. "
                f"{quote(line)} had a part in it.",
                f"{quote(line)} Since words like these {life.name} {what}s {name} {degree}, "
                f"{since(life)}.",
            ),
            question=f"How does {life.name} stand to {name} now?",
            subject=f"grown:{what}:{who.kind}{who.id}",
            stance=1 if moved > 0 else -1,
            evidence=tuple(one.memory for one in lines),
            confidence=sure(bond.exchanges, needed=4),
            importance=min(8.5, 4.5 + 20 * abs(moved)),
            valence=max(-1.0, min(1.0, 4 * moved)),
            triggers=(name.lower(), what),
            said=tuple(f"{name}: {quote(one)}" for one in lines[:3]),
            about=who,
            visibility=level(lines),
            before=f"{what} {now - moved:.2f}",
            message=line.message,
            talk=line.talk,
        )


def each_others(life: Life) -> Iterator[Found]:
    """Which two others answer each other more than any two: what one sees from one's chair."""
    pairs: Counter[tuple[Who, Who]] = Counter()
    turns: dict[tuple[Who, Who], list[Spoken]] = defaultdict(list)
    for one, next_one in itertools.pairwise(life.lines):
        if one.talk != next_one.talk or life.me in (one.who, next_one.who):
            continue
        if one.who != next_one.who:
            pair = (min(one.who, next_one.who), max(one.who, next_one.who))
            pairs[pair] += 1
            turns[pair].append(next_one)
    if len(pairs) < 2:
        return
    (pair, number), (_, second) = pairs.most_common(2)
    if number < 6 or number < 1.3 * second:
        return
    names = [life.called(who) for who in pair]
    topics = [t for t, _ in Counter(x.topic for x in turns[pair] if x.topic).most_common(2)]
    lines = _weightiest(turns[pair])
    warm = sum(line.tone for line in turns[pair]) / number
    tone = "warmly " if warm > 0.06 else "sharply " if warm < -0.06 else ""
    about = f", about {listed(topics)}" if topics else ""
    yield Found(
        kind="relationship",
        content=f"{names[0]} and {names[1]} answer each other {tone}and more than any other two "
        f"that {life.name} hears: {number} times {since(life)}{about}."
        if tone
        else f"{names[0]} and {names[1]} answer each other more than any other two that "
        f"{life.name} hears: {number} times {since(life)}{about}.",
        question=f"Who, in {life.name}'s eyes, belongs together?",
        subject="pair",
        evidence=tuple(line.memory for line in lines),
        confidence=sure(number, needed=6),
        importance=4.6,
        valence=0.2,
        triggers=tuple(name.lower() for name in names),
        said=tuple(f"{life.called(line.who)}: {quote(line)}" for line in lines[:3]),
        about=pair[0],
        visibility=level(lines),
    )
