"""What a society's talk measures like: the figures of docs/offline-voice.md, for any voice."""

from __future__ import annotations

import gzip
import os
import random
import re
import statistics
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fishbowl.llm.offline.lexicon import FUNCTION

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
WINDOW = 50


@dataclass(frozen=True, slots=True)
class Said:
    room: str
    conversation: str
    speaker: str
    text: str
    at: float = 0.0
    spent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    label: str
    people: str
    bound: str = ""  # "<=" or ">=" against `limit`
    limit: float = 0.0

    def is_met(self, value: float | None) -> bool:
        if not self.bound or value is None:
            return True
        return value <= self.limit if self.bound == "<=" else value >= self.limit


TARGETS = (
    Target("exact_repeats", "exact repeats within 50 messages", "–", "<=", 0.0),
    Target("half_repeats", "half-repeats", ".008", "<=", 0.03),
    Target("same_opener", "same opener", ".021", "<=", 0.08),
    Target("same_pattern", "same pattern", ".003", "<=", 0.05),
    Target("distinct_trigrams", "distinct trigrams / 1,000 words", ".97", ">=", 0.85),
    Target("gzip_ratio", "gzip ratio / 20,000 characters", ".42"),
    Target("words_mean", "words a message, mean", "10"),
    Target("words_cv", "words a message, CV", "1.06"),
    Target("questions", "messages with a question", ".29"),
    Target("nearer_before", "nearer to the line before (AUC)", ".62", ">=", 0.60),
    Target("who_one", "who of six, one line", ".25"),
    Target("who_ten", "who of six, ten lines", ".43", ">=", 0.43),
    Target("speakers", "speakers a conversation", "3.9"),
    Target("lines", "lines a conversation", "19"),
)


def words(text: str) -> list[str]:
    return [w.lower().replace("’", "'") for w in _WORD.findall(text)]


def trigrams(found: list[str]) -> list[tuple[str, ...]]:
    return list(zip(found, found[1:], found[2:], strict=False))


def measure(said: Iterable[Said], *, seed: int = 7, slow: bool = True) -> dict[str, float | None]:
    """Every figure; those that need embeddings or a classifier only when `slow`."""
    messages = [m for m in said if m.text.strip()]
    if not messages:
        return {t.name: None for t in TARGETS}
    figures: dict[str, float | None] = {
        **_repeats(messages),
        **_sizes(messages),
        **_stretches(messages),
    }
    figures["nearer_before"] = nearer_before(messages, seed) if slow else None
    figures["who_one"], figures["who_ten"] = who_of_six(messages, seed) if slow else (None, None)
    return figures


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _repeats(messages: list[Said]) -> dict[str, float]:
    last: dict[str, deque[tuple[str, tuple[str, ...], set[tuple[str, ...]]]]] = defaultdict(
        lambda: deque(maxlen=WINDOW)
    )
    patterns: set[tuple[str, ...]] = set()
    count: Counter[str] = Counter()
    for message in messages:
        found = words(message.text)
        window = last[message.room]
        plain, first, mine = " ".join(found), tuple(found[:3]), trigrams(found)
        count["exact"] += any(plain == p for p, _, _ in window)
        if len(found) >= 5:
            count["long"] += 1
            heard: set[tuple[str, ...]] = set().union(*(t for _, _, t in window))
            count["half"] += sum(t in heard for t in mine) * 2 >= len(mine)
        if len(found) >= 3:
            count["opened"] += 1
            count["same"] += any(first == f for _, f, _ in window)
        if len(found) >= 8:
            count["patterned"] += 1
            pattern = tuple(w if w in FUNCTION else "_" for w in found)
            count["seen"] += pattern in patterns
            patterns.add(pattern)
        window.append((plain, first, set(mine)))
    return {
        "exact_repeats": float(count["exact"]),
        "half_repeats": _share(count["half"], count["long"]),
        "same_opener": _share(count["same"], count["opened"]),
        "same_pattern": _share(count["seen"], count["patterned"]),
    }


def _sizes(messages: list[Said]) -> dict[str, float]:
    sizes = [len(words(m.text)) for m in messages]
    mean = statistics.fmean(sizes)
    talks: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for message in messages:
        talks[(message.room, message.conversation)].append(message)
    return {
        "words_mean": mean,
        "words_cv": statistics.pstdev(sizes) / mean if mean else 0.0,
        "questions": _share(sum("?" in m.text for m in messages), len(messages)),
        "speakers": statistics.fmean(len({m.speaker for m in t}) for t in talks.values()),
        "lines": statistics.fmean(len(t) for t in talks.values()),
    }


def _stretches(messages: list[Said]) -> dict[str, float | None]:
    rooms: dict[str, list[str]] = defaultdict(list)
    for message in messages:
        rooms[message.room].append(message.text)
    distinct, ratios = [], []
    for texts in rooms.values():
        found = words(" ".join(texts))
        for at in range(0, len(found) - 999, 1000):
            stretch = trigrams(found[at : at + 1000])
            distinct.append(len(set(stretch)) / len(stretch))
        whole = "\n".join(texts)
        for at in range(0, len(whole) - 19_999, 20_000):
            raw = whole[at : at + 20_000].encode()
            ratios.append(len(gzip.compress(raw)) / len(raw))
    return {
        "distinct_trigrams": statistics.fmean(distinct) if distinct else None,
        "gzip_ratio": statistics.fmean(ratios) if ratios else None,
    }


def load_wordllama() -> Any:
    import wordllama

    return wordllama.WordLlama.load(
        cache_dir=os.path.dirname(wordllama.__file__), disable_download=True
    )


def nearer_before(messages: list[Said], seed: int) -> float | None:
    """How often a line is nearer to the line before it, by another, than to one far away."""
    model = load_wordllama()
    vectors = np.asarray(model.embed([m.text for m in messages], norm=True))
    rooms: dict[str, list[int]] = defaultdict(list)
    for at, message in enumerate(messages):
        rooms[message.room].append(at)
    rng = random.Random(seed)
    near, far = [], []
    for places in rooms.values():
        if len(places) < 62:
            continue
        for position, at in enumerate(places[1:], start=1):
            before = places[position - 1]
            same_talk = messages[before].conversation == messages[at].conversation
            if not same_talk or messages[before].speaker == messages[at].speaker:
                continue
            away = [*range(position - 29), *range(position + 30, len(places))]
            near.append(float(vectors[at] @ vectors[before]))
            far.append(float(vectors[at] @ vectors[places[rng.choice(away)]]))
    if len(near) < 20:
        return None
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score([1] * len(near) + [0] * len(far), near + far))


def who_of_six(messages: list[Said], seed: int) -> tuple[float | None, float | None]:
    """How well a plain classifier tells the six who talk most apart, by one line and by ten."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold
    from sklearn.pipeline import make_pipeline, make_union

    six = [s for s, _ in Counter(m.speaker for m in messages).most_common(6)]
    kept = [m for m in messages if m.speaker in six]
    groups = [f"{m.room}/{m.conversation}" for m in kept]
    if len(six) < 6 or len(set(groups)) < 5:
        return None, None
    names = "|".join(re.escape(s) for s in sorted({m.speaker for m in messages}))
    texts = [re.sub(rf"\b(?:{names})\b", " ", m.text, flags=re.IGNORECASE) for m in kept]
    target = np.array([six.index(m.speaker) for m in kept])
    scores = np.zeros((len(kept), 6))
    fold_of = np.zeros(len(kept), dtype=int)
    for fold, (train, test) in enumerate(GroupKFold(5).split(texts, target, groups)):
        pipe = make_pipeline(
            make_union(
                TfidfVectorizer(
                    analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2
                ),
                TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
            ),
            LogisticRegression(C=10, max_iter=300, class_weight="balanced"),
        )
        pipe.fit([texts[i] for i in train], target[train])
        scores[test] = pipe.predict_log_proba([texts[i] for i in test])
        fold_of[test] = fold
    one = float((scores.argmax(axis=1) == target).mean())
    right = total = 0
    rng = random.Random(seed)
    for fold in range(5):
        for who in range(6):
            mine = [i for i in range(len(kept)) if fold_of[i] == fold and target[i] == who]
            rng.shuffle(mine)
            for at in range(0, len(mine) - 9, 10):
                total += 1
                right += int(scores[mine[at : at + 10]].sum(axis=0).argmax() == who)
    return one, (right / total if total else None)
