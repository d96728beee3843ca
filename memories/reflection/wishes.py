"""What a character comes to want: answers it never got, to answer what it was asked, to see how
somebody is who matters to it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fishbowl.llm.offline.proposing import proposed
from fishbowl.llm.offline.text import clean, content_stems, count_words, sentences, upper_first
from memories.reflection.company import CLOSE
from memories.reflection.found import Wish, quote
from memories.reflection.life import Life, Spoken, Who

SHORTEST, LONGEST = 5, 24  # words of a question that is worth asking again
FOND = 0.55  # affection from which somebody's trouble is one's own concern
LOWER = 0.12  # how much lower than the company somebody sounds
ASKS = re.compile(
    r"^(?:[A-Z]\w+, )?(?:who|whom|whose|what|what's|which|where|when|why|how|did|do|does|is|are|"
    r"was|were|have|has|had|can|could|would|will|should|may|to whom|of all)\b",
    re.I,
)
OPENLY = ("public", "basic")  # a fact that may be told of without what it rests on
WENT = re.compile(r"\b(?:will|going to|exam|interview|appointment|trip|moves?|test|visit)\b", re.I)


def wishes(life: Life) -> list[Wish]:
    """All that it might come to want, the most pressing first."""
    found = [*unanswered(life), *owed(life), *missed(life), *worried(life), *awaited(life)]
    return sorted(found, key=lambda wish: (-wish.priority, wish.key))


def question_in(text: str) -> str:
    """The question that a line asks, where it stands by itself well enough to be asked again."""
    asked = [s for s in sentences(clean(text, 400)) if s.rstrip().endswith("?")]
    if asked and proposed(asked[-1]):
        return ""  # that is voted on
    if not asked or not SHORTEST <= count_words(asked[-1]) <= LONGEST:
        return ""
    question = upper_first(asked[-1])
    return question if len(content_stems(question)) >= 2 and ASKS.search(question) else ""


def _addressed(line: Spoken, life: Life, before: Spoken | None) -> Who | None:
    """Whom a question is for: whoever it names, or else who spoke last."""
    for who, name in life.names.items():
        if who != line.who and re.search(rf"\b{re.escape(name)}\b", line.text):
            return who
    return before.who if before and before.who != line.who else None


def _questions(life: Life) -> Iterator[tuple[Spoken, str, Who, list[Spoken]]]:
    """Every question of the talk: its line, its words, whom it was for, and what was said after."""
    for at, line in enumerate(life.lines):
        question = question_in(line.matter)
        if not question:
            continue
        before = life.lines[at - 1] if at and life.lines[at - 1].talk == line.talk else None
        whom = _addressed(line, life, before)
        if whom is not None:
            yield line, question, whom, [x for x in life.lines[at + 1 :] if x.talk == line.talk]


def _weightiest(found: list[tuple[float, Wish]]) -> Iterator[Wish]:
    if found:
        yield max(found, key=lambda one: (one[0], one[1].key))[1]


def unanswered(life: Life) -> Iterator[Wish]:
    """What it asked, and whoever it asked said nothing more."""
    found = []
    for line, question, whom, after in _questions(life):
        if line.who != life.me or whom == life.me or any(x.who == whom for x in after):
            continue
        name = life.called(whom)
        bare = re.sub(rf"^{re.escape(name)},\s+|,?\s+{re.escape(name)}(?=\?$)", "", question)
        bare = upper_first(bare)
        found.append(
            (
                line.importance,
                Wish(
                    key=f"ask-{whom.kind}{whom.id}-{line.message or line.memory}",
                    description=f"Get an answer from {name}: “{bare}”",
                    criteria=f"{name} has answered.",
                    priority=5,
                    seeks=whom,
                    question=bare,
                    evidence=(line.memory,),
                    why=f"{name} never answered.",
                ),
            )
        )
    yield from _weightiest(found)


def owed(life: Life) -> Iterator[Wish]:
    """What it was asked by name, and said nothing to."""
    found = []
    for line, question, whom, after in _questions(life):
        if line.who == life.me or whom != life.me or any(x.who == life.me for x in after):
            continue
        if life.name not in line.text:
            continue
        name = life.called(line.who)
        found.append(
            (
                line.importance,
                Wish(
                    key=f"owe-{line.who.kind}{line.who.id}-{line.message or line.memory}",
                    description=f"Tell {name} what {name} asked: “{question}”",
                    criteria=f"{name} has heard it.",
                    priority=6,
                    seeks=line.who,
                    evidence=(line.memory,),
                    why=f"{life.name} was asked, and said nothing.",
                ),
            )
        )
    yield from _weightiest(found)


def missed(life: Life) -> Iterator[Wish]:
    """Somebody close with whom it hardly talks any longer."""
    for who, bond in sorted(life.bonds.items(), key=lambda item: -item[1].affection):
        if bond.level in CLOSE and bond.before >= 6 and bond.exchanges <= 0.25 * bond.before:
            name = life.called(who)
            yield Wish(
                key=f"miss-{who.kind}{who.id}",
                description=f"Seek out {name} again, before it becomes a habit not to.",
                criteria=f"They have talked as they used to: {bond.before} exchanges in as long.",
                priority=6,
                seeks=who,
                why=f"{bond.exchanges} exchanges, after {bond.before} in as long before.",
            )
            return


def worried(life: Life) -> Iterator[Wish]:
    """Somebody it is fond of who sounds lower than the others."""
    usual = sum(line.tone for line in life.lines) / max(1, len(life.lines))
    found = []
    for who, bond in life.bonds.items():
        lines = [line for line in life.lines if line.who == who]
        if bond.affection < FOND or len(lines) < 8:
            continue
        lower = usual - sum(line.tone for line in lines) / len(lines)
        low = [x for x in lines if x.tone < -0.3 and count_words(x.text) <= 22]
        if lower < LOWER or not low:
            continue
        last = min(low, key=lambda line: (line.tone, -line.importance))
        name = life.called(who)
        found.append(
            (
                lower,
                Wish(
                    key=f"care-{who.kind}{who.id}",
                    description=f"See how {name} is: {name} has sounded low, and said "
                    f"{quote(last)}",
                    criteria=f"{name} has said how it is.",
                    priority=7,
                    seeks=who,
                    question=f"You said {quote(last)} Is it any better?",
                    evidence=tuple(x.memory for x in low[:4]),
                    why=f"{len(low)} low lines of {len(lines)}.",
                ),
            )
        )
    yield from _weightiest(found)


def awaited(life: Life) -> Iterator[Wish]:
    """What a person said would come: as openly as they said it, where that is remembered."""
    for fact in life.facts:
        if fact.visibility == "full" or not (fact.memories or fact.visibility in OPENLY):
            continue
        if fact.temporal == "future" and WENT.search(fact.content):
            name = life.called(fact.who)
            yield Wish(
                key=f"hear-{fact.who.kind}{fact.who.id}-{fact.learned_at:%j}",
                description=f"Hear from {name} how it went: {fact.content.rstrip('.')}.",
                criteria=f"{name} has told how it went.",
                priority=6,
                seeks=fact.who,
                question="",
                evidence=fact.memories,
                why=fact.content,
            )
            return
