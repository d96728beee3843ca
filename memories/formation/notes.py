"""What is worth noting while talk runs, found by rules: who asked for what, what was left open,
where the talk is going. Pure; `memories.scratchpad` keeps the notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from fishbowl.llm.offline.lexicon import FUNCTION, VERBS
from fishbowl.llm.offline.text import clean, sentences, words
from memories.formation.echo import content_words
from memories.formation.findings import Note
from memories.formation.stretch import Heard

_ASKED_FOR = re.compile(
    r"^(?:[\w'’-]+, )?(?:please,? )?(?:can|could|may|might) (?:i|we) (?:please )?"
    r"(?:have|get|hear|see) "
    r"(?:some )?(?P<what>[^?.!,]{3,80})",
    re.IGNORECASE,
)
_LAUGHED = re.compile(r"\b(?:ha(?:ha)+|lol|laugh(?:ed|ing)|made me laugh|hilarious)\b|[😂🤣]", re.I)
# Another's words said once more, as who votes on them does, ask nothing.
_SAID_AGAIN = re.compile(r"[“\"][^“”\"]*[”\"]\s*\?+")
LOW, GLAD = -0.4, 0.5
OPEN_FOR = 6  # lines from the end within which a question may still be open


def notes(lines: Sequence[Heard], levels: Mapping[int, str]) -> tuple[Note, ...]:
    """Notes on these lines; only what may be repeated to anybody is for everybody to read."""
    return (
        *_requests(lines, levels),
        *_open_question(lines, levels),
        *_subject(lines, levels),
        *_moods(lines),
        *_laughs(lines, levels),
    )


def _requests(lines: Sequence[Heard], levels: Mapping[int, str]) -> list[Note]:
    found = []
    for line in lines:
        if not line.person_id:
            continue
        for sentence in sentences(clean(line.text)):
            if match := _ASKED_FOR.match(sentence):
                what = re.sub(
                    r"\s+(?:please|now|today|tonight|instead)$", "", match["what"].strip()
                )
                found.append(
                    Note("observation", f"{line.speaker} asked for {what}.", (line.number,), 0.95,
                         levels[line.number] == "public")
                )  # fmt: skip
    return found[:3]


def _open_question(lines: Sequence[Heard], levels: Mapping[int, str]) -> list[Note]:
    """The last question that nobody took up."""
    for at in range(len(lines) - 1, max(-1, len(lines) - 1 - OPEN_FOR), -1):
        line = lines[at]
        asked = [
            s
            for s in sentences(clean(line.text))
            if s.rstrip().endswith("?") and not _SAID_AGAIN.fullmatch(s.strip())
        ]
        if not asked or len(words(asked[-1])) < 4:
            continue
        about = content_words(asked[-1])
        later = [x for x in lines[at + 1 :] if x.speaker != line.speaker]
        if any(about & content_words(x.text) for x in later) or len(later) >= 2:
            return []
        text = _within(asked[-1][:200])
        is_public = levels[line.number] == "public"
        return [Note("trajectory", f"{line.speaker} asked, and nobody has answered yet: “{text}”",
                     (line.number,), 0.7, is_public)]  # fmt: skip
    return []


def _within(text: str) -> str:
    """A text as it stands within a quotation."""
    return text.replace("“", "‘").replace("”", "’").replace('"', "'")


def _subject(lines: Sequence[Heard], levels: Mapping[int, str]) -> list[Note]:
    """What most of the latest lines have in common."""
    latest = [line for line in lines if levels[line.number] == "public"][-8:]
    names = {word for line in lines for word in words(line.speaker)}
    count: Counter[str] = Counter()
    who: dict[str, set[str]] = {}
    where: dict[str, list[int]] = {}
    for line in latest:
        for word in content_words(line.text) - names - FUNCTION - VERBS:
            if len(word) > 3 and word.isalpha():
                count[word] += 1
                who.setdefault(word, set()).add(line.speaker)
                where.setdefault(word, []).append(line.number)
    shared = sorted(
        (w for w, n in count.items() if n >= 3 and len(who[w]) >= 2), key=lambda w: (-count[w], w)
    )[:2]
    if not shared:
        return []
    numbers = tuple(sorted({n for word in shared for n in where[word]}))
    about = " and ".join(f"“{_as_written(word, latest)}”" for word in shared)
    return [Note("trajectory", f"The talk keeps coming back to {about}.", numbers, 0.6, True)]


def _as_written(word: str, lines: Sequence[Heard]) -> str:
    """A word of `content_words` as it stands most often in the lines."""
    shapes = Counter(
        shape for line in lines for shape in words(line.text) if word in content_words(shape)
    )
    return max(shapes, key=lambda shape: (shapes[shape], shape)) if shapes else word


def _moods(lines: Sequence[Heard]) -> list[Note]:
    """How people sound, where that is plain."""
    found = []
    for speaker in dict.fromkeys(line.speaker for line in lines if line.person_id):
        theirs = [line for line in lines if line.speaker == speaker]
        tone = sum(line.tone for line in theirs) / len(theirs)
        if len(theirs) >= 2 and (tone <= LOW or tone >= GLAD):
            how = "low" if tone < 0 else "in good spirits"
            numbers = tuple(line.number for line in theirs)
            found.append(
                Note("reasoning", f"{speaker} sounded {how}.", numbers, min(0.9, abs(tone)))
            )
    return found


def _laughs(lines: Sequence[Heard], levels: Mapping[int, str]) -> list[Note]:
    """What made somebody laugh: an example of how to talk with them."""
    found = []
    for said, answer in pairwise(lines):
        is_joke = said.character_id and len(words(said.text)) >= 5
        if is_joke and answer.person_id and _LAUGHED.search(answer.text):
            found.append(
                Note("example", f"{answer.speaker} laughed when {said.speaker} said: "
                     f"“{_within(clean(said.text)[:160])}”", (said.number, answer.number), 0.7,
                     levels[said.number] == levels[answer.number] == "public")
            )  # fmt: skip
    return found[:2]
