"""What spreads through talk beyond chance: phrases. Pure: lines in, phrases out.

A phrase that people use anyway turns up from the beginning, now and then, with everybody. One that
spreads was not there, is said by one, and soon by the others. So of each phrase it is asked how
likely it was, going by how often it had been said until then, that so many would say it within so
few lines; and its words must have been rare until then.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from memories.formation.echo import COMMON

SHORTEST, LONGEST = 3, 6  # words of a phrase
CONTENT_WORDS = 2
MOST_USES = 60  # of one phrase that are looked at as the beginning of its spread
FEWEST_BEFORE = 60  # lines said before it, without which nothing can be said to be new
RARE = 9.0  # the least that a phrase's words must weigh together, by how few lines held them
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_CLAUSE = re.compile(r"[.!?;:…—–()“”\"\n]+|,\s")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line that a character said. `talk` names the conversation."""

    speaker: int
    text: str
    at: dt.datetime
    talk: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """A phrase that spread: who began, who took it over, how often it was said, and how likely
    chance was to do so."""

    text: str
    origin: int
    carriers: tuple[int, ...]
    uses: int
    first: dt.datetime
    last: dt.datetime
    chance: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far something must go to have spread: to so many others, in so many conversations, within
    so long, and so unlikely by chance."""

    others: int
    within: dt.timedelta
    chance: float
    talks: int = 2


@dataclass(frozen=True, slots=True)
class Burst:
    """Where something began to spread: the place in its uses, and how likely chance was."""

    nth: int
    chance: float


def phrases(
    lines: Sequence[Spoken],
    bounds: Bounds,
    *,
    names: Collection[str] = (),
    signatures: Mapping[int, Sequence[str]] | None = None,
) -> list[Spread]:
    """The phrases that spread in `lines`, which are in order of time; one of those that are parts
    of another. `names` are no words of a phrase. What is a speaker's own signature counts with
    the others alone."""
    own = {
        who: {run for phrase in theirs for run in _runs(words(phrase), SHORTEST, SHORTEST)}
        for who, theirs in (signatures or {}).items()
    }
    dull = frozenset(names) | COMMON
    candidates = {
        phrase: where
        for phrase, where in _places(lines, bounds.others, dull).items()
        if len({lines[at].speaker for at in where}) > bounds.others
    }
    wanted: dict[int, set[str]] = defaultdict(set)
    for phrase, where in candidates.items():
        wanted[where[0]].update(phrase)
    before = _lines_with_word_before(wanted, lines)
    found: dict[tuple[str, ...], Spread] = {}
    for phrase, where in candidates.items():
        if rarity(phrase, before[where[0]], where[0], dull) < RARE:
            continue
        parts = set(_runs(phrase, SHORTEST, SHORTEST))
        author = next((who for who, theirs in own.items() if parts & theirs), None)
        spread = judge(" ".join(_trimmed(phrase, dull)), where, lines, bounds, author)
        if spread is not None:
            found[phrase] = spread
    return _apart(found, dull)


def judge(
    text: str,
    where: Sequence[int],
    lines: Sequence[Spoken],
    bounds: Bounds,
    author: int | None = None,
) -> Spread | None:
    """What is used in the lines at these places, if it spread. `author` is whose own it is: that
    one's uses don't count."""
    uses = [at for at in where if lines[at].speaker != author]
    burst = _burst(uses, lines, bounds, bounds.others + (author is None))
    if burst is None:
        return None
    since = uses[burst.nth :]
    began = lines[since[0]].speaker if author is None else author
    carriers = dict.fromkeys(who for at in since if (who := lines[at].speaker) != began)
    first, last = lines[since[0]].at, lines[since[-1]].at
    return Spread(text, began, tuple(carriers), len(since), first, last, burst.chance)


def _burst(
    uses: Sequence[int], lines: Sequence[Spoken], bounds: Bounds, speakers: int
) -> Burst | None:
    """The least likely beginning of a spread, if it is unlikely enough."""
    best: Burst | None = None
    for nth in range(max(0, len(uses) - MOST_USES), len(uses)):
        begun = uses[nth]
        reached = _reached(uses[nth:], lines, speakers, bounds.talks)
        if reached is None or begun < FEWEST_BEFORE:
            continue
        if lines[reached].at - lines[begun].at > bounds.within:
            continue
        chance = chance_of(nth, begun, lines[begun : reached + 1], speakers)
        if chance <= bounds.chance and (best is None or chance < best.chance):
            best = Burst(nth, chance)
    return best


def _reached(uses: Sequence[int], lines: Sequence[Spoken], speakers: int, talks: int) -> int | None:
    """The use with which so many had used it in so many conversations; None if they never had."""
    who: set[int] = set()
    where: set[str] = set()
    for at in uses:
        who.add(lines[at].speaker)
        where.add(lines[at].talk)
        if len(who) >= speakers and len(where) >= talks:
            return at
    return None


def _lines_with_word_before(
    wanted: Mapping[int, Collection[str]], lines: Sequence[Spoken]
) -> dict[int, dict[str, int]]:
    """For each place, in how many lines before it each of the words stood that are wanted there."""
    counted = frozenset(word for each in wanted.values() for word in each)
    found: dict[int, dict[str, int]] = {}
    so_far: Counter[str] = Counter()
    for at, line in enumerate(lines):
        if at in wanted:
            found[at] = {word: so_far[word] for word in wanted[at]}
        so_far.update(counted.intersection(words(line.text)))
    return found


def rarity(
    phrase: Sequence[str], before: Mapping[str, int], lines_before: int, dull: Collection[str]
) -> float:
    """How much a phrase's words of meaning weigh together, by how few of the lines before its first
    use held each (IDF)."""
    return sum(
        math.log((lines_before + 1) / (before.get(word, 0) + 1))
        for word in set(phrase)
        if word not in dull
    )


def chance_of(uses_before: int, lines_before: int, since: Sequence[Spoken], speakers: int) -> float:
    """How likely it was that so many speakers would use in the lines `since` what had been used so
    often in the lines before. How many of them do is nearly Poisson's; that one did is given."""
    share = (uses_before + 0.5) / (lines_before + 1)
    said = Counter(map(attrgetter("speaker"), since))
    expected = sum(1.0 - (1.0 - share) ** number for number in said.values())
    term, below = math.exp(-expected), 0.0
    for number in range(max(1, speakers - 1)):
        below += term
        term *= expected / (number + 1)
    return max(0.0, 1.0 - below)


def _places(
    lines: Sequence[Spoken], others: int, dull: Collection[str]
) -> dict[tuple[str, ...], list[int]]:
    """Runs of three to six words within a clause that hold two words of meaning at least, and the
    lines in which each stands. Left out are those with a part that too few have said: then too few
    have said the whole, and nearly all are such."""
    clauses = [
        [said for clause in _CLAUSE.split(line.text) if len(said := words(clause)) >= SHORTEST]
        for line in lines
    ]
    speakers: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for line, spoken in zip(lines, clauses, strict=True):
        for clause in spoken:
            for run in zip(clause, clause[1:], clause[2:], strict=False):  # of the shortest length
                speakers[run].add(line.speaker)
    common = {run for run, who in speakers.items() if len(who) > others}
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, spoken in enumerate(clauses):
        for phrase in {found for clause in spoken for found in _phrases(clause, common, dull)}:
            places[phrase].append(at)
    return places


def _phrases(
    clause: Sequence[str], common: Collection[tuple[str, ...]], dull: Collection[str]
) -> Iterator[tuple[str, ...]]:
    """The phrases of a clause of which all parts of the shortest length are among the common."""
    reach = 0  # how many of the words until here stand in common parts without a break
    for end in range(SHORTEST, len(clause) + 1):
        is_common = tuple(clause[end - SHORTEST : end]) in common
        reach = max(reach + 1, SHORTEST) if is_common else 0
        for length in range(SHORTEST, min(reach, LONGEST) + 1):
            run = tuple(clause[end - length : end])
            if sum(word not in dull for word in set(run)) >= CONTENT_WORDS:
                yield run


def _runs(said: Sequence[str], shortest: int, longest: int) -> Iterator[tuple[str, ...]]:
    for start in range(len(said)):
        for length in range(shortest, min(longest, len(said) - start) + 1):
            yield tuple(said[start : start + length])


def _trimmed(phrase: tuple[str, ...], dull: Collection[str]) -> tuple[str, ...]:
    """A phrase without the small words at its ends."""
    while len(phrase) > SHORTEST and phrase[-1] in dull:
        phrase = phrase[:-1]
    while len(phrase) > SHORTEST and phrase[0] in dull:
        phrase = phrase[1:]
    return phrase


def _apart(found: Mapping[tuple[str, ...], Spread], dull: Collection[str]) -> list[Spread]:
    """One of those that are parts of one phrase, or of one saying that is always said whole: the
    one that most took over, and of these the one that says most in fewest words."""
    kept: list[tuple[str, ...]] = []

    def worth(phrase: tuple[str, ...]) -> tuple[object, ...]:
        telling = sum(word not in dull for word in phrase)
        return (-len(found[phrase].carriers), -telling, len(phrase), phrase)

    for phrase in sorted(found, key=worth):
        one = found[phrase]
        if not any(
            _share_a_pair(phrase, other, dull)
            or (one.first, one.last, one.uses)
            == (found[other].first, found[other].last, found[other].uses)
            for other in kept
        ):
            kept.append(phrase)
    return [found[phrase] for phrase in kept]


def _share_a_pair(one: Sequence[str], other: Sequence[str], dull: Collection[str]) -> bool:
    """Whether two words stand side by side in both, one of them a word of meaning: then they are
    parts of one phrase."""
    pairs = {pair for pair in pairwise(one) if not set(pair) <= set(dull)}
    return any(pair in pairs for pair in pairwise(other))


def words(text: str) -> list[str]:
    """The words of a text, in lower case."""
    if text.isascii():
        return _WORD.findall(text.lower())
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]
