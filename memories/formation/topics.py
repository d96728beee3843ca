"""What a stretch of talk is about: the topics that more than one took up. Pure, but for reading
the vocabulary: what characters are drawn to and know, by the words its authors say it goes by.

Topics nobody has written down are noun phrases that come up again in another's mouth.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from fishbowl.llm.offline.lexicon import BARE_ADJECTIVES, FUNCTION, NUMBERS, VERBS, word_set
from fishbowl.llm.offline.phrases import noun_phrases
from fishbowl.llm.offline.text import clean, content_stems, sentences, words
from fishbowl.statements import together
from memories.formation.stretch import Heard

LONGEST_TOPIC = 4  # words
MOST = 3  # topics of one stretch
FEWEST_WORDS = 2  # beside it, in a line that is to count as taking a new topic up
NEAR = 4  # lines from one mention to the next, or it is another matter
KNOWN_AFTER = 2  # discussions, from which a new topic is one that is known here
LOOSE = 3  # mentions that make a topic where no two speakers used the same word of it

# Words that stand in talk of anything.
_ANYWHERE = word_set(
    "time minute hour day night week month year line page word thing work life home house people "
    "story name morning evening mother father family man woman child hand head eye door place side "
    "part end way bar drink school table money question answer good old new today tomorrow late "
    "early wait date letter book voice sound reason kind moment bit sort lot mouth face patience "
    "company glass light line tin box coat back boss year thank cheer"
)
# Words that may have led to a topic, and name other things as often: of what is said with them,
# nothing counts as said of the topic.
_DOUBTFUL = _ANYWHERE | word_set(
    "number talk call move leave read record miss lost deep tired right wrong room cold"
)
Form = tuple[str, ...]
_ARTICLE = re.compile(r"^(?:the|a|an) ")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Topics by name, in lower case, and the words that each goes by; the names of who lives here,
    and the titles of what they have made, in lower case."""

    keys: Mapping[str, tuple[Form, ...]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Discussed:
    """A topic, the lines in which it is spoken of, and the words that name it there."""

    topic: str
    lines: tuple[int, ...]
    keys: tuple[Form, ...]


@lru_cache(maxsize=10_000)
def form_of(phrase: str) -> Form:
    """The words by which a phrase is found again."""
    return tuple(_fold(word) for word in words(_ARTICLE.sub("", phrase.lower())))


def vocabulary(character_ids: Collection[int], community_id: int | None) -> Vocabulary:
    """What these characters are drawn to, know or have talked of here."""
    those = {"those": list(character_ids)}
    drawn, known, talked, authored, names, made = together(
        (_DRAWN, those),
        (_KNOWN, those),
        (_TALKED, {**those, "community": community_id, "times": KNOWN_AFTER}),
        (_AUTHORED, those),
        ("SELECT name FROM characters_character", ()),
        (_MADE, those),
    )
    keys: dict[str, dict[Form, None]] = {}
    for (topic,) in (*drawn, *known, *talked):
        _add(keys, topic, [topic])
    for name, listed in authored:
        body = json.loads(listed) if isinstance(listed, str) else listed
        _add(keys, str(name), [str(name), *(key for key in body or () if isinstance(key, str))])
    return Vocabulary(
        {topic: tuple(found) for topic, found in keys.items()},
        frozenset(word for (name,) in names for word in words(name)),
        frozenset(title.casefold() for (title,) in made if title),
    )


_DRAWN = """
    SELECT topic FROM characters_interest WHERE character_id = ANY(%(those)s)
    ORDER BY weight DESC, topic
"""
_KNOWN = """
    SELECT topic FROM characters_knowledgearea WHERE character_id = ANY(%(those)s)
    ORDER BY expertise_level DESC, topic
"""
_TALKED = """
    SELECT topic FROM characters_opinion
    WHERE character_id = ANY(%(those)s) AND discussion_count >= %(times)s
      AND community_id IS NOT DISTINCT FROM %(community)s::bigint
    ORDER BY interest_level DESC, topic
"""
_MADE = """
    SELECT DISTINCT p.title FROM characters_creativeproject p
    JOIN characters_projectmember m ON m.project_id = p.id WHERE m.character_id = ANY(%(those)s)
"""
# The topics of the authored material, with the words they go by.
_AUTHORED = """
    SELECT t.key, t.value -> 'keys' FROM characters_speechstyle s,
      jsonb_each(CASE WHEN jsonb_typeof(s.improv -> 'topics') = 'object'
                 THEN s.improv -> 'topics' ELSE '{}' END) t
    WHERE s.character_id = ANY(%(those)s)
"""


def _add(keys: dict[str, dict[Form, None]], topic: str, phrases: Iterable[str]) -> None:
    name = " ".join(topic.lower().split())[:120]
    if not 1 <= len(form_of(name)) <= LONGEST_TOPIC:
        return
    found = keys.setdefault(name, {})
    for phrase in phrases:
        form = form_of(phrase)
        if form and (form == form_of(name) or not _is_vague(form)):
            found[form] = None


def _is_vague(form: Form) -> bool:
    """Whether a word of a topic is more often none: a number, or something one does."""
    return not NUMBERS.isdisjoint(form) or (len(form) == 1 and form[0] in VERBS)


def _telling(
    topic: str, forms: Iterable[Form], vague: frozenset[str] = _ANYWHERE
) -> tuple[Form, ...]:
    """The words by which one can tell that a topic is spoken of: its own, and none that stand in
    talk of anything."""
    own = form_of(topic)
    return tuple(form for form in forms if form == own or not (len(form) == 1 and form[0] in vague))


def discussed(
    lines: Sequence[Heard], known: Vocabulary, is_open: Collection[int]
) -> list[Discussed]:
    """The topics of some lines that two speakers at least took up, the most talked of first. New
    ones are found only in lines that anybody may hear of, `is_open`."""
    folded = {line.number: _folded(line.text) for line in lines}
    whole = "\n".join(folded.values())
    places = {line.number: at for at, line in enumerate(lines)}
    speakers = {line.number: line.speaker for line in lines}
    full = {line.number for line in lines if len(set(content_stems(line.text))) > FEWEST_WORDS}
    names = known.names | {word for line in lines for word in words(line.speaker)}
    said = [line for line in lines if line.number in is_open]
    found = []
    for topic, all_forms in [
        *known.keys.items(),
        *((t, (f,)) for t, f in _new(said, folded, names) if t not in known.keys),
    ]:
        there = [form for form in all_forms if _stands(form, whole)]
        if not there:
            continue
        forms = _telling(topic, all_forms)
        used = {
            n: frozenset(form for form in there if form in forms and _stands(form, text))
            for n, text in folded.items()
        }
        for near in _clusters([n for n in used if used[n]], places):
            said_by = {n: speakers[n] for n in near if n in full}
            if _is_talked_of(near, used, said_by):
                naming = _telling(topic, forms, _DOUBTFUL)
                found.append(Discussed(topic, tuple(near), naming))
                break
    found.sort(key=lambda one: (-len(one.lines), -len(one.topic), one.topic))
    return _apart(found)[:MOST]


def subject(lines: Sequence[Heard], known: Vocabulary) -> str:
    """What some lines are mostly about, of what is in the vocabulary; nothing if nothing is."""
    folded = [_folded(line.text) for line in lines]
    whole = "\n".join(folded)
    best: tuple[float, str] = (0.0, "")
    for topic, forms in known.keys.items():
        there = [form for form in forms if _stands(form, whole)]
        if not there:
            continue
        own, used = form_of(topic), set(_telling(topic, there))
        count = sum(any(_stands(form, text) for form in used) for text in folded)
        score = count + 0.5 * len(used) + (0.5 if own in used else 0.0)
        if used and score > best[0]:
            best = (score, topic)
    return best[1]


def _clusters(hits: list[int], places: Mapping[int, int]) -> list[list[int]]:
    """Mentions that follow each other closely, the most of them first."""
    found: list[list[int]] = []
    for number in hits:
        if found and places[number] - places[found[-1][-1]] <= NEAR:
            found[-1].append(number)
        else:
            found.append([number])
    return sorted(found, key=len, reverse=True)


def _is_talked_of(
    near: Sequence[int],
    used: Mapping[int, frozenset[Form]],
    said_by: Mapping[int, str],
) -> bool:
    """Whether two speakers took it up: by the same word, or by several of its words in so many
    lines that it is no accident."""
    users: dict[Form, set[str]] = {}
    for number, speaker in said_by.items():
        for form in used[number]:
            users.setdefault(form, set()).add(speaker)
    if any(len(those) >= 2 for those in users.values()):
        return True
    everybody = set().union(*users.values()) if users else set()
    return len(near) >= LOOSE and len(users) >= 2 and len(everybody) >= 2


def _new(
    lines: Sequence[Heard], folded: Mapping[int, str], names: frozenset[str]
) -> Iterable[tuple[str, Form]]:
    """Noun phrases that somebody brought up and another took up in a line that says more."""
    seen: set[Form] = set()
    for at, line in enumerate(lines):
        for phrase in noun_phrases(clean(line.text), names=names):
            form = form_of(phrase.bare)
            if phrase.is_count or form in seen or not 1 <= len(form) <= LONGEST_TOPIC:
                continue
            seen.add(form)
            if not content_stems(phrase.bare) or _is_anything(form) or _is_vague(form):
                continue
            more = len(form) + FEWEST_WORDS
            takers = {
                one.speaker
                for one in lines[at:]
                if _stands(form, folded[one.number]) and len(set(content_stems(one.text))) >= more
            }
            is_plural = phrase.text == phrase.bare
            topic = phrase.bare.lower() if is_plural else f"the {phrase.bare.lower()}"
            if len(topic) <= 60 and len(takers) >= 2 and not any(c.isdigit() for c in topic):
                yield topic, form


def tells(word: str) -> bool:
    """Whether a word alone tells what is talked of."""
    return len(word) >= 3 and word not in _ANYWHERE | FUNCTION


def _is_anything(form: Form) -> bool:
    """Whether a phrase tells nothing of what is talked of: 'the night', 'the other side'."""
    return form[-1] in _ANYWHERE and all(w in _ANYWHERE | BARE_ADJECTIVES for w in form)


def _apart(found: list[Discussed]) -> list[Discussed]:
    """Of topics that are the same few lines by other words, the first."""
    kept: list[Discussed] = []
    for one in found:
        if not any(set(one.lines) <= set(other.lines) for other in kept):
            kept.append(one)
    return kept


@lru_cache(maxsize=2_000)
def _folded(text: str) -> str:
    return f" {' '.join(_fold(word) for word in words(clean(text)))} "


def _fold(word: str) -> str:
    """A word without the ending of its plural or its owner: 'clocks' is 'clock', 'clocking' not."""
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _stands(form: Form, folded: str) -> bool:
    return f" {' '.join(form)} " in folded


def speaks_of(text: str, forms: Iterable[Form]) -> bool:
    """Whether a text speaks of a topic that goes by these."""
    folded = _folded(text)
    return any(_stands(form, folded) for form in forms)


def clauses_on(text: str, forms: Iterable[Form]) -> list[str]:
    """The sentences of a line that speak of a topic."""
    known = tuple(forms)
    return [part for part in sentences(clean(text)) if speaks_of(part, known)]
