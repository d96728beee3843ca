"""How much of what a character should remember comes to its mind, and what comes uncalled.

    python -m benchmarks.recall [--dataset locomo10.json] [--quick] [--out FOLDER]

Everything goes the way it goes in life: lines are stored as traces, questions are asked of
`memories.recall.recall` before an audience, under the view, on a database of their own.

- Past talk: LoCoMo's questions, by kind: how much of what answers them is among the best 5, 10 and
  20, and how far up the first of it stands (MRR: 1 over its rank). The weights were tuned on the
  first five dialogues; those after them are held out.
- Distilled memories: questions for short memories in the third person (`benchmarks.distilled`).
- False recall: what comes past the floor at the questions of one dialogue put to somebody of
  another; and when nothing is asked (`benchmarks.distilled.SMALLTALK`), or what nobody told.
"""

from __future__ import annotations

import argparse
import itertools
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from benchmarks import dialogues, distilled
from benchmarks.dialogues import Remembering
from benchmarks.report import RESULTS, Report, Target, finish, percentiles
from benchmarks.society import Society

TUNED_ON = 5  # dialogues
AT = (5, 10, 20)
RESAMPLED = 10_000
TARGETS = (
    Target("recall_at_10", "≥", 0.78),
    Target("recall_at_10_held_out", "≥", 0.78),
    Target("lost_by_floor", "≤", 0.02),
    Target("false_recall", "≤", 0.10),
    Target("false_recall_smalltalk", "≤", 0.10),
    Target("distilled_recall_at_5", "≥", 0.8),
)
AIM = "recall_at_10 of .83"
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
    parser.add_argument("--dataset", default="", help="LoCoMo's locomo10.json (or: LOCOMO)")
    parser.add_argument("--quick", action="store_true", help="no ablations")
    parser.add_argument("--out", type=Path, default=RESULTS, help="the folder of recall.json")
    asked = parser.parse_args()
    path = dialogues.place(asked.dataset)
    try:
        lives = dialogues.read(path) if path else []
    except dialogues.BadDatasetError as error:
        parser.error(str(error))
    report = Report("recall", TARGETS)
    with Society(rooms=0):
        small_set(report)
        if path is None:
            report.notes["past talk"] = dialogues.WHERE
            print(dialogues.WHERE)
        else:
            lived = [dialogues.live_through(one) for one in lives]
            past_talk(report, lived)
            if not asked.quick and len(lived) > TUNED_ON:
                ablations(report, lived)
    show_kinds(report)
    return finish(report, asked.out)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a question: the share of its lines among the best 5, 10 and 20, and 1 over the
    rank of the first of them, 0 when there is none."""

    kind: str
    shares: tuple[float, ...]
    reciprocal: float

    @property
    def at_10(self) -> float:
        return self.shares[AT.index(10)]


def ask(one: Remembering, text: str, *, floor: bool, limit: int = 20, weights: Any = None) -> Any:
    """What comes to the mind of who lived through a dialogue."""
    from memories.recall.recall import recall

    return recall(
        one.owner, one.audience(), text, now=one.now, limit=limit, floor=floor, weights=weights
    )


def answers(
    one: Remembering, *, floor: bool, weights: Any = None, took: list[float] | None = None
) -> list[Answered]:
    """What comes of each question of a dialogue; with `took`, the milliseconds of each."""
    found = []
    for question in one.dialogue.questions:
        began = time.perf_counter()
        hits = ask(one, question.text, floor=floor, weights=weights)
        if took is not None:
            took.append((time.perf_counter() - began) * 1000)
        wanted = {one.memories.get(line, -1) for line in question.evidence}
        right = [hit.id in wanted for hit in hits]
        found.append(
            Answered(
                kind=question.kind,
                shares=tuple(sum(right[:n]) / len(question.evidence) for n in AT),
                reciprocal=1 / (right.index(True) + 1) if any(right) else 0.0,
            )
        )
    return found


def past_talk(report: Report, lived: Sequence[Remembering]) -> None:
    """What of lines of talk is recalled, by kind of question; what the floor costs, and keeps out
    of mind."""
    took: list[float] = []
    found = [answers(one, floor=False, took=took) for one in lived]
    everything = list(itertools.chain(*found))
    held_out = list(itertools.chain(*found[TUNED_ON:]))
    report.add(**summary(everything))
    if held_out:
        at_10 = np.array([one.at_10 for one in held_out])
        low, high = interval(at_10)
        report.add(
            **{f"{name}_held_out": value for name, value in summary(held_out).items()},
            recall_at_10_held_out_low=low,
            recall_at_10_held_out_high=high,
            recall_at_10_tuned_on=summary(everything[: -len(held_out)])["recall_at_10"],
        )
    for name, group in (("by kind", everything), ("by kind, held out", held_out)):
        kinds = sorted({one.kind for one in group})
        report.details[name] = {
            kind: {"questions": len(of_it), **summary(of_it)}
            for kind in kinds
            if (of_it := [one for one in group if one.kind == kind])
        }
    report.add(**percentiles(took, prefix="ask_ms_"))
    above = itertools.chain(*(answers(one, floor=True) for one in lived))
    report.add(
        lost_by_floor=mean([a.at_10 - b.at_10 for a, b in zip(everything, above, strict=True)])
    )
    report.notes["past talk"] = {
        "aim": AIM,
        "dialogues": len(lived),
        "memories": sum(len(set(one.memories.values())) for one in lived),
        "questions": len(everything),
        "questions, held out": len(held_out),
        "limit": max(AT),
    }
    if len(lived) > 1:
        false_recall(report, lived)


def summary(group: Sequence[Answered]) -> dict[str, float]:
    """Recall and mean reciprocal rank."""
    shares = {f"recall_at_{n}": mean([one.shares[at] for one in group]) for at, n in enumerate(AT)}
    return {**shares, "mrr": mean([one.reciprocal for one in group])}


def show_kinds(report: Report) -> None:
    """Print recall by kind of question."""
    for name in ("by kind", "by kind, held out"):
        if rows := report.details.get(name):
            print(
                f"\n{name:<26}" + "".join(f"{figure:>14}" for figure in next(iter(rows.values())))
            )
            for kind, figures in rows.items():
                print(f"  {kind:<24}" + "".join(f"{value:>14}" for value in figures.values()))


def false_recall(report: Report, lived: Sequence[Remembering]) -> None:
    """The share of prompts at which anything comes to mind that none of it is about."""
    held_out = lived[TUNED_ON:] if len(lived) > TUNED_ON + 1 else lived
    report.add(
        false_recall=false_share(unheard_of(lived)),
        false_recall_at_home=false_share(misplaced(held_out)),
        false_recall_smalltalk=false_share(
            (one, text) for one in held_out for text in distilled.SMALLTALK
        ),
        false_recall_anything=false_share(
            (one, text) for one in held_out for text in distilled.UNRELATED
        ),
        false_recall_casual=false_share(casual(held_out)),
    )


def strangers(group: Sequence[Remembering]) -> Iterable[tuple[Remembering, Remembering]]:
    """Everybody with somebody else whose dialogue has none of the same people, if there is one."""
    for at, one in enumerate(group):
        others = (*group[at + 1 :], *group[:at])
        unknown = (x for x in others if not x.dialogue.names() & one.dialogue.names())
        yield one, next(unknown, others[0])


def unheard_of(group: Sequence[Remembering]) -> Iterable[tuple[Remembering, str]]:
    """Every question of a dialogue, put to somebody of another who knows none of its people."""
    for one, other in strangers(group):
        yield from ((other, question.text) for question in one.dialogue.questions)


def misplaced(group: Sequence[Remembering]) -> Iterable[tuple[Remembering, str]]:
    """The same with the names of those whom the other does know: hard, since much of it could have
    been."""
    for one, other in strangers(group):
        pairs = list(zip(one.dialogue.people, other.dialogue.people, strict=False))
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
        yield from ((other, text) for text in Random(3).sample(sorted(said), min(100, len(said))))


def false_share(asked: Iterable[tuple[Remembering, str]]) -> float:
    """The share of prompts at which anything comes to mind."""
    return mean([bool(ask(one, text, floor=True, limit=1)) for one, text in asked])


def ablations(report: Report, lived: Sequence[Remembering]) -> None:
    """What recall at 10 on the held out dialogues is without each kind of evidence."""
    from memories.recall.weights import Weights

    whole = report.figures["recall_at_10_held_out"]
    found = {}
    for name, weights in WITHOUT.items():
        without = replace(Weights(), **dict.fromkeys(weights, 0.0))
        rows = [
            row for one in lived[TUNED_ON:] for row in answers(one, floor=False, weights=without)
        ]
        value = summary(rows)["recall_at_10"]
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
