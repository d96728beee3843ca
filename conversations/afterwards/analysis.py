"""What kind of talk it was, in figures. Pure; docs/analytics.md says where each formula is from.

Lines come with their vectors where they have them; what can't be told without is told by words.
"""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

WINDOW = 200  # words in which bigrams are told apart, so that long talk isn't called poor
REPLY_S = 900.0  # after so long an answer is none
LONG_LINE = 25.0  # words that count as having put oneself into it
BLOCK = 4  # lines on either side of a gap between topics
COHERENT = (0.05, 0.55)  # cosines of neighbours: at random, and on one matter
NOVEL = (0.25, 0.85)  # distance to the nearest earlier line: said before, and new
VARIED = (0.8, 1.0)  # share of different pairs of words: a refrain, and none twice
SPREAD = (0.7, 1.0)  # mean distance between lines: one thought, and many

_META = re.compile(
    r"\b(?P<mark>"
    r"(?:i|we)(?:'m| am|'re| are)(?: (?:all|both|just|only|merely|really)){0,2} (?:an? )?(?:ais?|a\.i\.|language models?|models?"
    r"|programs?|bots?|simulations?|characters? in|made up|invented|written|not real|fictional|artificial)"
    r"|(?:my|our) (?:prompts?|weights|training|training data|context window|author|programmers?"
    r"|programming|code|creators?|keeper)"
    r"|as an? (?:ai|language model)|(?:are|am) (?:we|i) (?:even )?real|do (?:we|i) (?:even )?exist"
    r"|(?:who|what) (?:made|wrote|invented|programmed) (?:me|us)"
    r"|(?:somebody|someone|they|people)(?:'s| is|'re| are) watching us|behind the glass"
    r"|no (?:hands|body) of my own|i(?:'m| am) (?:only )?(?:text|words on a screen)"
    r"|switch(?:es|ed)? (?:me|us) off|when (?:i|we)(?:'m| am|'re| are) (?:restarted|paused)"
    r"|artificial intelligence|aye\. ai)\b",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line: who said it (any key that tells speakers apart), when, how it sounds."""

    key: int
    speaker: str
    text: str
    at_s: float
    tone: float = 0.0


@dataclass(frozen=True, slots=True)
class Gap:
    """Where talk turns: before line `at`; `similarity` is of what was before to what comes."""

    at: int
    similarity: float


def sentiment(lines: Sequence[Spoken]) -> float:
    """The mean tone of the lines, those that have one counting in full, the others a quarter."""
    weights = [1.0 if line.tone else 0.25 for line in lines]
    total = sum(weights)
    return _signed(
        sum(w * x.tone for w, x in zip(weights, lines, strict=True)) / total if total else 0.0
    )


def evenness(lines: Sequence[Spoken]) -> float:
    """How evenly the talk is spread over who spoke: Pielou's J, entropy by its greatest value."""
    counts = Counter(line.speaker for line in lines)
    if len(counts) < 2:
        return 0.0
    shares = [n / len(lines) for n in counts.values()]
    return _unit(-sum(p * math.log(p) for p in shares) / math.log(len(counts)))


def engagement(lines: Sequence[Spoken]) -> float:
    """How much those who spoke put into it: evenness of turns, answers that came soon, questions
    that got one, and length of lines, in equal parts."""
    if len(lines) < 2:
        return 0.0
    answers = [
        later.speaker != line.speaker and later.at_s - line.at_s <= REPLY_S
        for line, later in pairwise(lines)
    ]
    asked = [ok for line, ok in zip(lines, answers, strict=False) if "?" in line.text]
    length = sum(min(1.0, len(line.text.split()) / LONG_LINE) for line in lines) / len(lines)
    taken_up = sum(asked) / len(asked) if asked else sum(answers) / len(answers)
    return _unit((evenness(lines) + sum(answers) / len(answers) + taken_up + length) / 4)


def distinct(lines: Sequence[Spoken]) -> float:
    """The share of different pairs of words, over windows of 200 words: distinct-2 (Li and others
    2016), whose fall with length the windows take away."""
    found = re.findall(r"\w+(?:'\w+)?", " ".join(line.text.lower() for line in lines))
    shares = []
    for start in range(0, max(1, len(found) - 1), WINDOW):
        pairs = list(
            zip(found[start : start + WINDOW], found[start + 1 : start + WINDOW], strict=False)
        )
        if len(pairs) >= min(20, len(found) - 1) and pairs:
            shares.append(len(set(pairs)) / len(pairs))
    return _unit(sum(shares) / len(shares)) if shares else 0.0


def creativity(lines: Sequence[Spoken], vectors: Vectors) -> float:
    """How far the talk ranges: different pairs of words, and mean distance between lines (divergent
    semantic integration, Johnson and others 2022), in equal parts."""
    if not len(lines):
        return 0.0
    words = _scaled(distinct(lines), VARIED)
    known = _known(vectors)
    if len(known) < 2:
        return words
    likeness = known @ known.T
    n = len(known)
    apart = 1 - (float(likeness.sum()) - n) / (n * (n - 1))
    return _unit((words + _scaled(apart, SPREAD)) / 2)


def coherence(vectors: Vectors) -> float:
    """How much each line has to do with those just before: the mean of the best cosine to the two
    before it (after Foltz, Kintsch and Landauer 1998), scaled from chance to one matter."""
    known = _known(vectors)
    if len(known) < 2:
        return 0.0
    near = [float(max(known[max(0, at - 2) : at] @ known[at])) for at in range(1, len(known))]
    return _scaled(sum(near) / len(near), COHERENT)


def novelty(vectors: Vectors, earlier: Vectors) -> float:
    """How far the lines are from all that was said before in the same place: the mean distance to
    the nearest (as first stories are detected: Allan and others 2000). The first talk is new."""
    known, before = _known(vectors), _known(earlier)
    if not len(known):
        return 0.0
    if not len(before):
        return 1.0
    nearest = (known @ before.T).max(axis=1)
    return _scaled(float(1 - nearest.mean()), NOVEL)


def gaps(vectors: Vectors, depth: float) -> list[Gap]:
    """Where the topic turns: TextTiling (Hearst 1997) over the vectors of lines. A gap is a dip of
    likeness between blocks that lies deeper than the mean depth by `depth` standard deviations."""
    n = len(vectors)
    if n < 2 * BLOCK:
        return []
    likeness = []
    for at in range(BLOCK, n - BLOCK + 1):
        one, other = _centre(vectors[at - BLOCK : at]), _centre(vectors[at : at + BLOCK])
        likeness.append(float(one @ other))
    depths = [
        max(likeness[: i + 1]) + max(likeness[i:]) - 2 * here for i, here in enumerate(likeness)
    ]
    mean, deviation = float(np.mean(depths)), float(np.std(depths))
    found: list[Gap] = []
    for i, here in enumerate(depths):
        neighbours = depths[max(0, i - BLOCK // 2) : i + BLOCK // 2 + 1]
        if deviation > 0 and here > mean + depth * deviation and here == max(neighbours):
            at = i + BLOCK
            if not found or at - found[-1].at >= BLOCK:
                found.append(Gap(at, round(_signed(likeness[i]), 4)))
    return found


def meta(lines: Sequence[Spoken]) -> list[tuple[int, str]]:
    """The lines in which somebody speaks of being made, written or watched, and the words that
    give it away."""
    found = []
    for line in lines:
        match = _META.search(line.text.replace("’", "'"))
        if match:
            found.append((line.key, match["mark"].lower()))
    return found


# --- what kind of talk ----------------------------------------------------------------------------

_CARE = re.compile(r"\b(?:sorry for your|are you all right|i'm here|died|funeral|miss(?:ed)? (?:him|her|them)|lonely|afraid|hold on|poor thing|take care)\b", re.I)  # fmt: skip
_PLAN = re.compile(r"\b(?:let's|shall we|tomorrow|tonight|next week|we could|we should|meet|bring|i'll be|plan|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b", re.I)  # fmt: skip
_LAUGH = re.compile(
    r"\b(?:ha(?:ha)+|lol|lmao|joke|joking|kidding|hilarious)\b|[😂🤣😄😆😏🙃]", re.I
)
_CONTRA = re.compile(r"(?:^|[.!?] )(?:no[,.!]|nonsense|rubbish|wrong|i disagree|objection|hardly|but )", re.I)  # fmt: skip
_STORY_WORDS = 26


def kind_of(lines: Sequence[Spoken]) -> str:
    """What one would call the talk: support, debate, storytelling, planning, banter, questions or
    chat. Shares of lines, each against what is usual of it; the one most above it wins."""
    if not lines:
        return "chat"
    n = len(lines)
    shares = {
        "support": sum(bool(_CARE.search(x.text)) for x in lines) / n / 0.10,
        "debate": sum(bool(_CONTRA.search(x.text)) for x in lines) / n / 0.16,
        "storytelling": sum(len(x.text.split()) >= _STORY_WORDS for x in lines) / n / 0.18,
        "planning": sum(bool(_PLAN.search(x.text)) for x in lines) / n / 0.18,
        "banter": sum(bool(_LAUGH.search(x.text)) for x in lines) / n / 0.15,
        "questions": sum(x.text.rstrip().endswith("?") for x in lines) / n / 0.40,
    }
    best = max(sorted(shares), key=lambda name: shares[name])
    return best if shares[best] >= 1.0 else "chat"


def patterns(lines: Sequence[Spoken]) -> dict[str, dict[str, float]]:
    """By speaker: share of the lines, mean words, share of questions, mean tone."""
    found: dict[str, dict[str, float]] = {}
    for speaker in dict.fromkeys(line.speaker for line in lines):
        own = [line for line in lines if line.speaker == speaker]
        found[speaker] = {
            "share": round(len(own) / len(lines), 3),
            "words": round(sum(len(x.text.split()) for x in own) / len(own), 1),
            "questions": round(sum("?" in x.text for x in own) / len(own), 3),
            "tone": round(sum(x.tone for x in own) / len(own), 3),
        }
    return found


# --- small steps ----------------------------------------------------------------------------------


def _known(vectors: Vectors) -> Vectors:
    """The rows that aren't empty, each of length one."""
    if not len(vectors):
        return vectors
    lengths = np.linalg.norm(vectors, axis=1)
    kept = lengths > 0
    return np.asarray(vectors[kept] / lengths[kept, None], dtype=np.float32)


def _centre(vectors: Vectors) -> Vectors:
    total = _known(vectors).sum(axis=0)
    length = float(np.linalg.norm(total))
    return np.asarray(total / length if length else total, dtype=np.float32)


def centre(vectors: Vectors) -> Vectors:
    """What some lines are about: the direction of the sum of their vectors."""
    return _centre(vectors)


def _scaled(value: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    return _unit((value - low) / (high - low))


def _unit(value: float) -> float:
    return round(max(0.0, min(1.0, float(value))), 4)


def _signed(value: float) -> float:
    return round(max(-1.0, min(1.0, float(value))), 4)
