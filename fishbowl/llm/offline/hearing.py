"""What the speaker hears in the last lines: an act, a topic, words to pick up, who is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from fishbowl.llm.offline import lexicon as lx
from fishbowl.llm.offline.deeds import without_deeds
from fishbowl.llm.offline.intents import is_foreign
from fishbowl.llm.offline.material import Index
from fishbowl.llm.offline.phrases import Phrase, noun_phrases, quotable
from fishbowl.llm.offline.text import (
    called_in,
    clean,
    content_stems,
    sentences,
    spelled_out,
    stem,
    without_call,
    words,
)
from fishbowl.llm.questions import is_question
from fishbowl.llm.types import Brief, Line

Similarity = Callable[[str, Sequence[str]], Sequence[float]]

SAME_TALK = 45 * 60.0  # seconds of silence after which what was said before is past
CONTENT_LINES = 6
MOURNS_FOR = 6  # of a person's own lines, for which a sorrow that they told of stands
STANDS_BY = 3  # lines for which nobody makes light of what a person said
MOST_HITS = 200  # lines of which a character's index keeps the topics
DECAY = (1.0, 0.6, 0.42, 0.3, 0.22, 0.16)
ASSOCIATION = 0.4  # what a word of the material that isn't a key counts beside one that is


@dataclass(slots=True)
class Heard:
    """The last words of somebody else, understood as far as rules can."""

    line: Line | None = None
    text: str = ""
    subject: str = ""  # the text that is spoken about: the line itself, or what it nodded to
    deed: str = ""  # what a person said that they do, in stars
    act: str = "silence"  # question, story, claim, aside, silence
    asks: str = ""  # for a question: who, where, when, why, how, …, yes_no, other
    is_follow_up: bool = False  # asks about what I said just before
    is_for_another: bool = False  # asks about what somebody else said just before
    to_me: bool = False
    to_other: str = ""
    is_sad: bool = False
    is_funny: bool = False
    is_telling: bool = False  # tells of something that happened
    is_nod: bool = False  # says next to nothing
    is_thin: bool = False  # for two lines now nobody has said much
    topic: str = ""
    topic_score: float = 0.0
    topic_run: int = 0  # how many of the recent lines stood on that topic
    my_topic: str = ""  # the topic of my own last line
    phrases: list[Phrase] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)  # stems of the talk
    last_weights: dict[str, float] = field(default_factory=dict)  # stems of the last line
    last_hits: dict[str, float] = field(default_factory=dict)  # topics of the last line
    recent: list[Line] = field(default_factory=list)


_ASKS = (
    ("next", r"(?:and )?then(?: what)?$|what (?:happened|came)|what became|did you do after|go on"),
    ("how_many", r"how (?:many|much|old)|what did (?:it|that) cost|what does it cost|how far"),
    ("how_long", r"how long"),
    ("still", r"(?:do|have) you (?:still|kept)|still have|did you (?:keep|ever get)"),
    ("feel", r"were you (?:scared|afraid|sad|happy)|how did (?:it|that) feel|what was (?:it|that) "
             r"like|what did it (?:smell|look|feel|taste|sound)"),
    ("opinion", r"what do you (?:think|make)|what's your (?:view|opinion|take)|how do you feel"),
    ("choice", r"(?!which|who|what).*\bor\b \w+ \w+"),
    ("who", r"who|whose|with whom"),
    ("where", r"where"),
    ("when_next", r"when (?:do|does|will|is|are|can|shall|would|should)\b|(?:at )?what time"),
    ("when", r"when|since when|in what year|what year"),
    ("why", r"why|how come|what for|what made|what persuaded"),
    ("how", r"how"),
    ("what", r"what|which"),
    ("yes_do", r"(?:do|did|have|had|would|will|ever)(?:n't)? (?:you|anyone|anybody|any of you|"
               r"you ever|nobody|none of you|somebody|someone)\b|"
               r"has (?:anyone|anybody|nobody)\b|ever\b"),
    ("yes_no", r"(?:do|does|did|is|are|was|were|have|has|had|can|could|will|would|should|may|must|"
               r"isn't|aren't|don't|didn't|wouldn't|haven't|ever|any|anyone|anybody|has|shall)\b"),
)  # fmt: skip
_ASK_PATTERNS = tuple(
    (kind, re.compile(rf"(?:and |but |so |ok but |wait,? )?(?:{p})")) for kind, p in _ASKS
)


_FIRST = re.compile(r"\b(?:I|i|my|we|our|me|us|he|she|they)\b")
_PAST = re.compile(
    r"\b(?:was|were|had|did|\w{3,}ed|" + "|".join(sorted(lx.PAST)) + r")\b", re.IGNORECASE
)

YES_OR_NO = frozenset({"yes_no", "yes_do"})  # kinds of answers


def question_kind(question: str) -> str:
    """Which kind of answer a question wants."""
    plain = " ".join(words(question))
    if len(plain.split()) == 1:
        return "why" if plain == "why" else "next" if plain == "and" else "echo"
    for kind, pattern in _ASK_PATTERNS:
        if pattern.match(plain):
            return kind
    return "echo" if len(plain.split()) <= 7 else "other"


def hear(
    brief: Brief, index: Index, names: frozenset[str], similarity: Similarity | None = None
) -> Heard:
    """Understands the last lines of the brief from the speaker's point of view."""
    heard = Heard()
    spoken = [ln for ln in brief.lines if ln.kind != "system" and isinstance(ln.text, str)]
    # What is off the record may be answered, and isn't picked up again.
    spoken = [ln for ln in spoken if not ln.is_off_record or ln is spoken[-1]]
    recent: list[Line] = []
    newer = 0.0
    for line in reversed(spoken[-12:]):
        if recent and line.seconds_ago - newer > SAME_TALK:
            break
        if not recent and line.seconds_ago > SAME_TALK * 8:
            break
        newer = line.seconds_ago
        recent.append(line)
    heard.recent = recent
    _gather_words(heard, brief)
    last = next((ln for ln in recent[:4] if not ln.is_own and ln.speaker != brief.speaker), None)
    mine = next((ln for ln in recent if ln.is_own or ln.speaker == brief.speaker), None)
    if mine is not None:
        heard.my_topic = _topic_of_own(mine.text, index)
    if last is not None:
        heard.line, heard.text = last, clean(last.text)
        if last.kind == "person":
            said = last.text if is_foreign(last.text) else spelled_out(last.text)
            heard.text, heard.deed = without_deeds(said)
        heard.subject = _subject(heard)
    _find_topic(heard, brief, index, similarity)
    if last is None:
        return heard
    heard.last_weights = dict.fromkeys(content_stems(heard.subject), 1.0)
    _classify(heard, brief, names)
    if mine is not None and recent.index(mine) <= recent.index(last) + 1:
        heard.is_follow_up = heard.act == "question" and not _is_topical(heard)
    if heard.act == "question" and not (heard.is_follow_up or heard.to_me):
        asked_back = heard.asks in {"echo", "next", "still"} or not _is_topical(heard)
        before = recent[recent.index(last) + 1 :][:1]
        heard.is_for_another = asked_back and bool(before) and before[0] is not mine
    about_me = heard.to_me or not heard.to_other
    heard.phrases = noun_phrases(
        heard.text, about_hearer=about_me and len(brief.listeners) <= 1, names=names
    )
    lately = [words(clean(ln.text, 400)) for ln in recent[1:4]]
    heard.phrases = [  # what was thrown to and fro already is left in peace
        p for p in heard.phrases if not any(words(p.bare)[-1] in found for found in lately)
    ]
    heard.quotes = quotable(heard.text, names)
    return heard


def _subject(heard: Heard) -> str:
    """The last line, or the one before that it only nodded to."""
    at = next((k for k, line in enumerate(heard.recent) if line is heard.line), 0)
    for line in heard.recent[at : at + 3]:
        text = clean(line.text)
        if len(set(content_stems(text))) >= 2:
            return text
    return heard.text


def _is_topical(heard: Heard) -> bool:
    """Whether a question says itself what it is about."""
    final = sentences(heard.text)[-1:] or [""]
    return len(set(content_stems(final[0]))) >= 4 and not re.search(r"\bthat\b|\bit\b", final[0])


def _gather_words(heard: Heard, brief: Brief) -> None:
    for age, line in enumerate(heard.recent[:CONTENT_LINES]):
        factor = DECAY[age] * (0.5 if line.is_own or line.speaker == brief.speaker else 1.0)
        for found in content_stems(clean(line.text, 600)):
            heard.weights[found] = max(heard.weights.get(found, 0.0), factor)


def topic_hits(text: str, index: Index) -> dict[str, float]:
    """The topics whose key words stand in the text, and how plainly. A line is heard at each turn
    for as long as it is among the last, so what was found is kept for a while."""
    known = index.hits.get(text)
    if known is None:
        if len(index.hits) >= MOST_HITS:
            index.hits.clear()
        known = index.hits[text] = _topic_hits(text, index)
    return dict(known)


def _topic_hits(text: str, index: Index) -> dict[str, float]:
    found = [stem(w) for w in words(text)]
    flat = set(found)
    joined = " " + " ".join(found) + " "
    hits: dict[str, float] = {}
    for name, topic in index.topics.items():
        score = len(topic.single & flat) + 1.5 * sum(run in joined for run in topic.runs)
        if score:
            hits[name] = score + 0.2 * topic.weight
    for found_stem in sorted(flat & index.leads.keys()):
        for name, share in index.leads[found_stem].items():
            if share >= 0.3:
                lead = ASSOCIATION * share * index.rarity.get(found_stem, 0.0)
                hits[name] = hits.get(name, 0.0) + lead
    return {name: score for name, score in hits.items() if score >= 0.3}


def _topic_of_own(text: str, index: Index) -> str:
    """The topic of one of my own lines: its pieces are known by heart."""
    for part in [text, *sentences(text)]:
        piece = index.by_text.get(" ".join(words(part)))
        if piece is not None and piece.topic in index.topics:
            return piece.topic
    hits = topic_hits(text, index)
    return max(sorted(hits), key=lambda t: hits[t]) if hits else ""


def _find_topic(heard: Heard, brief: Brief, index: Index, similarity: Similarity | None) -> None:
    """The topic of one's own that the talk stands on; the last line counts most."""
    scores: dict[str, float] = {}
    per_line: list[set[str]] = []
    for age, line in enumerate(heard.recent[:CONTENT_LINES]):
        if line.is_own or line.speaker == brief.speaker:
            own = _topic_of_own(line.text, index)
            hits = {own: 1.5} if own else {}
        else:
            hits = topic_hits(clean(line.text, 600), index)
        if line is heard.line:
            for name, likeness in _likenesses(heard.subject, index, similarity).items():
                hits[name] = hits.get(name, 0.0) + likeness
            heard.last_hits = hits
        per_line.append({name for name, score in hits.items() if score >= 0.8})
        for name, score in hits.items():
            scores[name] = scores.get(name, 0.0) + DECAY[age] * min(score, 2.6)
    if scores:
        heard.topic = max(sorted(scores), key=lambda t: scores[t])
        heard.topic_score = scores[heard.topic]
        heard.topic_run = sum(heard.topic in hits for hits in per_line)


def _likenesses(text: str, index: Index, similarity: Similarity | None) -> dict[str, float]:
    """How much a line is like what one has to say on each topic, in terms of key words."""
    if similarity is None or not index.topics or len(words(text)) < 3:
        return {}
    found: dict[str, list[float]] = {}
    scores = similarity(text[:300], index.on_topics_texts)
    for piece, score in zip(index.on_topics, scores, strict=True):
        found.setdefault(piece.topic, []).append(score)
    best = {name: sum(sorted(s)[-3:]) / 3 for name, s in found.items()}
    usual = sum(best.values()) / len(best)
    return {n: 4.0 * (s - usual - 0.04) for n, s in best.items() if s > usual + 0.06 and s > 0.2}


def _classify(heard: Heard, brief: Brief, names: frozenset[str]) -> None:
    text = heard.text
    found = words(text)
    parts = sentences(text)
    nameless = words(without_names(text, names))
    is_low = heard.line is not None and heard.line.kind == "person" and bool(_LOW.search(text))
    heard.is_sad = (
        is_low or _is_sad(nameless) or any(_is_low(said, names) for said in _of_guest(heard))
    )
    heard.is_funny = bool(set(found) & lx.FUNNY) and not set(found) & lx.GRAVE
    heard.is_nod = len(set(content_stems(text))) < 2
    thin = [len(set(content_stems(clean(ln.text, 400)))) for ln in heard.recent[:3]]
    heard.is_thin = len(thin) == 3 and thin[0] <= 3 and sum(thin) <= 9
    heard.is_telling = len(found) >= 9 and bool(_PAST.search(text)) and bool(_FIRST.search(text))
    me = brief.speaker.lower()
    called = called_in(text, names)
    heard.to_me = (
        brief.is_addressed or called == me or (not called and me in found[:1] + found[-1:])
    )
    heard.to_other = called if called and called != me else ""
    if heard.to_other:
        heard.to_me = False
    of_person = heard.line is not None and heard.line.kind == "person"  # who may leave the mark out
    said = without_call(text, called or me) if of_person else ""
    if parts and (parts[-1].rstrip("\"”') ").endswith("?") or (of_person and is_question(said))):
        heard.act = "question"
        question = parts[-1] if parts[-1] != text else said or text
        if called:
            question = re.sub(rf"^{re.escape(called)},\s*|,\s*{re.escape(called)}\b", "", question,
                              flags=re.IGNORECASE)  # fmt: skip
        heard.asks = question_kind(question)
    elif len(found) >= 22 and len(parts) >= 2:
        heard.act = "story"
    elif len(found) <= 4:
        heard.act = "aside"
    else:
        heard.act = "claim"


def _is_sad(found: Sequence[str]) -> bool:
    return len(set(found) & lx.SAD) >= (1 if len(found) < 25 else 2)


def without_names(text: str, names: Collection[str]) -> str:
    """The text without the words that are names here and written as such: who is called Sad isn't
    for that."""
    return _CAPITAL.sub(lambda m: "" if m.group(0).lower() in names else m.group(0), text)


_LOW = re.compile(
    r"\bnot (?:so |very |too |really |that )?(?:happy|well|okay|ok|fine)\b|\bunhappy\b|\bworried\b"
    r"|\b(?:fired|sacked|laid off|redundant|dumped|rejected|evicted|failure|disappointed|bullied)\b"
    r"|\b(?:bad|awful|terrible|rough|horrible|worst) (?:day|week|night|month|year)\b",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"\b[A-Z][a-z'’-]+")


def _of_guest(heard: Heard) -> list[str]:
    """What a person said lately before the last line: who answers that line is heard by them, too,
    and who tells of a sorrow does so in more lines than one."""
    last = next((k for k, line in enumerate(heard.recent) if line is heard.line), 0)
    before = [x for x in heard.recent[last + 1 :] if x.kind == "person"]
    if heard.line is None or heard.line.kind != "person":
        before = [x for x in heard.recent[last + 1 : last + 1 + STANDS_BY] if x.kind == "person"][
            :1
        ]
    return [clean(x.text) for x in before[:MOURNS_FOR]]


def _is_low(text: str, names: Collection[str]) -> bool:
    return bool(_LOW.search(text)) or _is_sad(words(without_names(text, names)))
