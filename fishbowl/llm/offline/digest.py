"""What remains of many memories of one thing, by extraction: who spoke of what, and their own words
where they say most and repeat one another least."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from fishbowl.llm.offline.text import clean, content_stems, end_sentence, sentences, stem, words
from fishbowl.llm.types import Brief, Line

MOST_SAID = 3
MOST_NAMED = 4
MOST_SHARED = 3
_PROPER = re.compile(r"(?<=[\w,;] )[A-ZÀ-Þ][\w-]+")  # written large within a sentence
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
    """Who spoke, and the words that most of it turned on."""
    who = list(dict.fromkeys(clean(line.speaker, 40) for line in lines if line.speaker))
    named = {stem(word) for name in who for word in words(name)}
    in_lines: Counter[str] = Counter()
    shape: dict[str, str] = {}
    for line in lines:
        text = clean(line.text, 600)
        proper = {word.lower(): word for word in _PROPER.findall(text)}
        found = {form: word for word in words(text) for form in content_stems(word)}
        for form in found.keys() - named:
            word = found[form].removesuffix("'s")
            in_lines[form] += 1
            shape[form] = proper.get(word, shape.get(form, word))
    shared = sorted((f for f, n in in_lines.items() if n >= 2), key=lambda f: (-in_lines[f], f))
    of = f": {in_words([shape[form] for form in shared[:MOST_SHARED]])}" if shared else ""
    some = who if len(who) <= MOST_NAMED else [*who[: MOST_NAMED - 1], "others"]
    return f"{in_words(some)} came back to one thing more than once{of}."


def in_words(names: Sequence[str]) -> str:
    """Names after one another, the last with an 'and'."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


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
