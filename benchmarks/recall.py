"""How much of what a character should remember comes to its mind, and what comes uncalled.

    python -m benchmarks.recall [--dialogues locomo10.json] [--quick]

Everything goes the way it goes in life: lines are stored as traces, questions are asked of
`memories.recall` before an audience, under the view, on a database of their own.

- Past talk: LoCoMo's questions, of dialogues 1–5 (on which the weights were tuned) and of 6–10.
- Distilled memories: questions for short memories in the third person (`benchmarks.distilled`).
- False recall: what comes past the floor when nothing is asked (`benchmarks.distilled.SMALLTALK`),
  or something that the character never heard of.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np

from benchmarks import dialogues, distilled
from benchmarks.dialogues import Remembering
from benchmarks.report import Report, Target, finish, percentiles
from benchmarks.society import Society

TUNED_ON = 5  # dialogues
AT = (5, 10, 20)
RESAMPLED = 10_000
TARGETS = (
    Target("recall_at_10", "≥", 0.83),
    Target("lost_by_floor", "≤", 0.01),
    Target("false_recall", "≤", 0.10),
    Target("false_recall_smalltalk", "≤", 0.10),
    Target("distilled_recall_at_5", "≥", 0.8),
)
# What each kind of evidence is good for: its weights, and 0 in their place.
WITHOUT = {
    "neighbours": (
        "before1", "before2", "before3", "after1", "after2", "after3", "talk",
    ),
    "whole stretch": ("talk",),
    "rarity": ("rarity",),
    "vector": ("vector",),
    "speaker": ("speaker",),
    "synonyms": ("synonym",),
    "time": ("time",),
    "recency": ("recency",),
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dialogues", default="", help="LoCoMo's locomo10.json (or: LOCOMO)")
    parser.add_argument("--quick", action="store_true", help="no ablations")
    asked = parser.parse_args()
    path = dialogues.place(asked.dialogues)
    report = Report("recall", TARGETS)
    with Society(rooms=0):
        small_set(report)
        if path is None:
            report.notes["past talk"] = dialogues.WHERE
            print(dialogues.WHERE)
        else:
            lived = [dialogues.live_through(one) for one in dialogues.read(path)]
            past_talk(report, lived)
            if not asked.quick:
                ablations(report, lived)
    return finish(report)


def ask(one: Remembering, text: str, *, floor: bool, limit: int = 20, weights: Any = None) -> Any:
    """What comes to the mind of who lived through a dialogue."""
    from memories.recall import recall

    return recall(
        one.owner, one.audience(), text, now=one.now, limit=limit, floor=floor, weights=weights
    )


def shares(one: Remembering, floor: bool, weights: Any = None) -> list[tuple[float, ...]]:
    """For each question, the share of its lines among the best 5, 10 and 20."""
    found = []
    for question in one.dialogue.questions:
        hits = ask(one, question.text, floor=floor, weights=weights)
        wanted = {one.memories.get(line, -1) for line in question.evidence}
        right = [hit.id in wanted for hit in hits]
        found.append(tuple(sum(right[:n]) / len(question.evidence) for n in AT))
    return found


def past_talk(report: Report, all_of_them: Sequence[Remembering]) -> None:
    """Recall at 10 on lines of talk, by kind of question; what the floor costs and keeps out."""
    tuned, held_out = all_of_them[:TUNED_ON], all_of_them[TUNED_ON:]
    took: list[float] = []
    found: dict[str, list[tuple[float, ...]]] = {}
    for name, group in (("tuned", tuned), ("held out", held_out)):
        found[name] = [row for one in group for row in timed(one, took)]
    at_10 = np.array(found["held out"])[:, AT.index(10)]
    low, high = interval(at_10)
    report.add(
        recall_at_10=at_10.mean(),
        recall_at_10_low=low,
        recall_at_10_high=high,
        recall_at_10_tuned_on=np.array(found["tuned"])[:, AT.index(10)].mean(),
        **{
            f"recall_at_{n}": np.array(found["held out"])[:, AT.index(n)].mean()
            for n in AT
            if n != 10
        },
        **percentiles(took, prefix="ask_ms_"),
    )
    kinds = np.array([q.kind for one in held_out for q in one.dialogue.questions])
    report.details["recall_at_10 by kind, held out"] = {
        kind: {"questions": int((kinds == kind).sum()), "recall": mean(at_10[kinds == kind])}
        for kind in dialogues.KINDS.values()
    }
    above = np.array([row for one in held_out for row in shares(one, floor=True)])
    report.add(lost_by_floor=at_10.mean() - above[:, AT.index(10)].mean())
    strange = list(unheard_of(held_out))
    report.add(
        false_recall=false_share(strange),
        false_recall_at_home=false_share(misplaced(held_out)),
        false_recall_smalltalk=false_share(
            (one, text) for one in held_out for text in distilled.SMALLTALK
        ),
        false_recall_anything=false_share(
            (one, text) for one in held_out for text in distilled.UNRELATED
        ),
        false_recall_casual=false_share(casual(held_out)),
    )
    report.notes["past talk"] = {
        "memories": sum(len(set(one.memories.values())) for one in all_of_them),
        "questions, tuned on": len(found["tuned"]),
        "questions, held out": len(at_10),
        "questions of the unheard": len(strange),
        "limit": max(AT),
    }


def timed(one: Remembering, took: list[float]) -> list[tuple[float, ...]]:
    began = time.perf_counter()
    found = shares(one, floor=False)
    took.append((time.perf_counter() - began) * 1000 / max(1, len(found)))
    return found


def strangers(group: Sequence[Remembering]) -> Iterable[tuple[Remembering, Remembering]]:
    """Everybody with somebody else whose dialogue has none of the same people."""
    for at, one in enumerate(group):
        others = (*group[at + 1 :], *group[:at])
        yield one, next(x for x in others if not x.dialogue.names() & one.dialogue.names())


def unheard_of(group: Sequence[Remembering]) -> Iterable[tuple[Remembering, str]]:
    """Every question of a dialogue, put to somebody of another who knows none of its people."""
    for one, other in strangers(group):
        yield from ((other, question.text) for question in one.dialogue.questions)


def misplaced(group: Sequence[Remembering]) -> Iterable[tuple[Remembering, str]]:
    """The same with the names of those whom the other does know: hard, since much of it could have
    been."""
    for one, other in strangers(group):
        pairs = list(zip(one.dialogue.people, other.dialogue.people, strict=True))
        for question in one.dialogue.questions:
            text = question.text
            for theirs, ours in pairs:
                text = text.replace(theirs, ours)
            yield other, text


def casual(group: Sequence[Remembering]) -> Iterable[tuple[Remembering, str]]:
    """Sentences of up to four words that were said in one dialogue, put to somebody of another."""
    for one, other in strangers(group):
        said = dict.fromkeys(
            sentence
            for session in one.dialogue.sessions
            for line in session.lines
            for sentence in re.split(r"(?<=[.!?])\s+", line.text)
            if len(sentence.split()) <= 4 and "?" not in sentence
        )
        yield from ((other, text) for text in Random(3).sample(sorted(said), 100))


def false_share(asked: Iterable[tuple[Remembering, str]]) -> float:
    """The share of prompts at which anything comes to mind."""
    return mean([bool(ask(one, text, floor=True, limit=1)) for one, text in asked])


def ablations(report: Report, all_of_them: Sequence[Remembering]) -> None:
    """What recall at 10 on the held out dialogues is without each kind of evidence."""
    from memories.weights import Weights

    held_out = all_of_them[TUNED_ON:]
    whole = report.figures["recall_at_10"]
    found = {}
    for name, weights in WITHOUT.items():
        without = replace(Weights(), **dict.fromkeys(weights, 0.0))
        rows = [row for one in held_out for row in shares(one, floor=False, weights=without)]
        value = mean(np.array(rows)[:, AT.index(10)])
        found[name] = {"recall_at_10": value, "of the whole": round(value / whole, 3)}
    report.details["without"] = found


def small_set(report: Report) -> None:
    """Recall at 5 on memories in the third person, with and without the floor."""
    one = distilled.remember()
    ranks = [one.rank(pair, limit=5, floor=False) for pair in distilled.PAIRS]
    above = [one.rank(pair, limit=5, floor=True) for pair in distilled.PAIRS]
    report.add(
        distilled_recall_at_5=mean([rank is not None for rank in ranks]),
        distilled_recall_at_1=mean([rank == 0 for rank in ranks]),
        distilled_recall_at_5_with_floor=mean([rank is not None for rank in above]),
    )
    report.notes["distilled"] = {
        "questions": len(distilled.PAIRS),
        "memories": len(one.memories),
        "not among the best five": [
            f"{pair.question} → {pair.memory}"
            for pair, rank in zip(distilled.PAIRS, ranks, strict=True)
            if rank is None
        ],
    }


def interval(values: Any) -> tuple[float, float]:
    """Of the mean: the 95 % that a bootstrap over the questions gives."""
    draw = np.random.default_rng(1)
    means = [draw.choice(values, len(values)).mean() for _ in range(RESAMPLED)]
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def mean(values: Any) -> float:
    return round(float(np.mean(values)), 3) if len(values) else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
