"""What remains of many memories of one thing, by extraction: who spoke of what, and their own words
where they say most and repeat one another least."""

from __future__ import annotations

from collections import Counter

from fishbowl.llm.offline.text import clean, content_stems, end_sentence, join, sentences, words
from fishbowl.llm.types import Brief, Line

MOST_SAID = 3
LONGEST = 160  # characters of what is quoted of one


def digest(brief: Brief) -> str:
    """One memory in place of those of the brief, in the third person. A line without a speaker is
    a statement; it stands in its own words."""
    lines = [line for line in brief.lines if clean(line.text, 600)]
    if not lines:
        return ""
    chosen = _telling(lines)
    said = [line for line in chosen if line.speaker]
    stated = [end_sentence(_excerpt(line)) for line in chosen if not line.speaker]
    quoted = [f"{clean(line.speaker, 40)} said: “{end_sentence(_excerpt(line))}”" for line in said]
    return " ".join([*([_subject(lines)] if quoted else []), *stated, *quoted])


def _subject(lines: list[Line]) -> str:
    """Who spoke, and of what."""
    who = list(dict.fromkeys(clean(line.speaker, 40) for line in lines if line.speaker))[:4]
    named = {word for name in who for word in words(name)}
    in_lines: Counter[str] = Counter()
    shape: dict[str, str] = {}
    for line in lines:
        for word in dict.fromkeys(words(clean(line.text, 600))):
            for stem in content_stems(word):
                if word not in named:
                    in_lines[stem] += 1
                    shape.setdefault(stem, word)
    shared = sorted((s for s, n in in_lines.items() if n >= 2), key=lambda s: (-in_lines[s], s))
    of = f" of {join(shape[stem] for stem in shared[:3])}" if shared else ""
    return f"{join(who)} spoke{of} more than once."


def _telling(lines: list[Line]) -> list[Line]:
    """A few lines that together hold most of what all hold, in the order they were said."""
    stems = [frozenset(content_stems(clean(line.text, 600))) for line in lines]
    weight = Counter(stem for found in stems for stem in found)
    covered: set[str] = set()
    chosen: list[int] = []
    left = set(range(len(lines)))
    while left and len(chosen) < MOST_SAID:
        gain = {at: sum(weight[stem] for stem in stems[at] - covered) for at in left}
        best = max(left, key=lambda at: (gain[at], -at))
        if chosen and not gain[best]:
            break
        chosen.append(best)
        left.remove(best)
        covered |= stems[best]
    return [lines[at] for at in sorted(chosen)]


def _excerpt(line: Line) -> str:
    """The first sentences of a line, as many as are short enough; a whole one at least."""
    text = clean(line.text, 600)
    kept = ""
    for sentence in sentences(text) or [text]:
        if kept and len(kept) + len(sentence) >= LONGEST:
            break
        kept = f"{kept} {sentence}".strip()
    return kept[: LONGEST * 2].strip()
