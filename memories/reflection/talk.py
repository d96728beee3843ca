"""What a character notices of what is said: what somebody keeps returning to, where talk turns
sharp, what it is asked, what it can't settle about. Pure rules over remembered lines."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from fishbowl.llm.offline import lexicon
from fishbowl.llm.offline.phrases import noun_phrases
from fishbowl.llm.offline.text import clean, content_stems, count_words, stem, words
from memories.formation.echo import content_words
from memories.formation.topics import tells
from memories.reflection.found import Found, level, listed, quote, since, sure, telling, worded
from memories.reflection.life import Life, Spoken, Who

# What everybody names and nobody means.
DULL = lexicon.word_set(
    "hand hands year years minute minutes hour hours day days week weeks month night second third "
    "father mother face eye eyes foot feet line lines letter thing things door chair window table "
    "room rooms half bit kind lot sort corner bottom top side man woman lady people name bag "
    "voice mouth head concern second friend one ones tag matter sound word words rest care spot"
)
TALKS = 3  # talks apart from which a word is what somebody returns to
SAYING = 6  # words of a line that says something
OTHERS = 0.7  # as often as that all others together may name it


def notice(life: Life) -> list[Found]:
    """All that can be told from the talk."""
    subjects = spoken_of(life)
    return [
        *returns_to(life, subjects),
        *sharp_talk(life),
        *asked_about(life),
        *told_otherwise(life),
        *own_manner(life),
        *let_see(life),
    ]


def spoken_of(life: Life) -> Mapping[str, list[tuple[Spoken, str]]]:
    """The things that lines name, by stem: each line with the thing as it was named there."""
    found: dict[str, list[tuple[Spoken, str]]] = defaultdict(list)
    for line in life.lines:
        seen: set[str] = set()
        text = clean(line.matter, 500)
        for phrase in noun_phrases(text, about_hearer=False, names=life.others):
            stems = [s for s in content_stems(phrase.bare) if s not in lexicon.FUNCTION]
            if not stems or stems[-1] in seen or len(stems[-1]) < 3 or phrase.is_count:
                continue
            if set(words(phrase.bare)) & DULL:
                continue
            seen.add(stems[-1])
            found[stems[-1]].append((line, phrase.bare))
    return found


def ordinal(number: int) -> str:
    """Third, fourth, and so on; beyond ten, umpteenth."""
    named = ["third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
    return named[number - 3] if 3 <= number <= 10 else "umpteenth"


def told_otherwise(life: Life) -> Iterator[Found]:
    """What it was told in two ways that don't go together."""
    for one in life.clashes:
        about = life.called(one.about) if one.about else ""
        whom = f" of {about}" if about and about not in one.now else ""
        yield Found(
            kind="contradiction",
            content=f"Two things{whom} don't go together: “{one.before.rstrip('.')}”, and since "
            f"{one.at:%A} “{one.now.rstrip('.')}”.",
            question=f"What doesn't go together of what {life.name} was told?",
            subject=f"clash:{min(one.memories)}:{max(one.memories)}",
            evidence=one.memories,
            confidence=0.7,
            importance=6.0,
            triggers=tuple(sorted(content_words(one.now)))[:4],
            said=(one.before, one.now),
            about=one.about,
            visibility=one.visibility,
            before=one.before,
        )


def _own(phrase: str) -> str:
    """A thing as one would name it afterwards."""
    return phrase if re.match(r"(?:the|a|an)\b", phrase) else f"the {phrase}"


def returns_to(life: Life, subjects: Mapping[str, list[tuple[Spoken, str]]]) -> Iterator[Found]:
    """What somebody brings up in talk after talk, and the others hardly."""
    best: dict[Who, tuple[float, str]] = {}
    for root, named in subjects.items():
        by: dict[Who, list[Spoken]] = defaultdict(list)
        for line, _ in named:
            by[line.who].append(line)
        for who, lines in by.items():
            talks = len({line.talk for line in lines})
            others = len(named) - len(lines)
            if talks < TALKS or len({line.text for line in lines}) < TALKS:
                continue
            if others > OTHERS * len(lines):
                continue
            weight = talks - others / len(lines)
            best[who] = max(best.get(who, (0.0, "")), (weight, root))
    for who, (_, root) in sorted(best.items()):
        lines = [line for line, _ in subjects[root] if line.who == who]
        name = life.called(who)
        shape = Counter(p for line, p in subjects[root] if line.who == who).most_common(1)[0][0]
        talks = len({line.talk for line in lines})
        last = telling(life, root, lines)
        is_me = who == life.me
        topics = [t for t, _ in Counter(x.topic for x in lines if x.topic).most_common(2)]
        even = f", even in talk of {topics[-1]}" if len(topics) > 1 else ""
        thing, said = _own(shape), quote(last, root)
        subject = f"returns:{who.kind}{who.id}:{root}"
        yield Found(
            kind="self" if is_me else "person",
            content=worded(
                life,
                subject,
                f"{name} keeps coming back to {thing}: in {talks} talks {since(life)}{even}. "
                f"{name} said {said}",
                f"{thing[:1].upper()}{thing[1:]} won't leave {name} alone: it came up in {talks} "
                f"talks {since(life)}, at last as {said}",
                f"Whatever the talk is about, {name} ends up at {thing}, {talks} times "
                f"{since(life)}{even}. {name} said {said}",
                f"{said} That was {name} on {thing} again, for the {ordinal(talks)} time "
                f"{since(life)}.",
            ),
            question=f"What does {name} keep coming back to?",
            subject=subject,
            evidence=tuple(line.memory for line in lines),
            confidence=sure(talks, needed=TALKS),
            importance=min(7.0, 4.2 + 0.4 * talks + (0.3 if is_me else 0.0)),
            valence=max(-1.0, min(1.0, sum(line.tone for line in lines) / len(lines))),
            triggers=(root, *(() if is_me else (name.lower(),))),
            said=tuple(f"{name}: {quote(line, root)}" for line in lines[:3]),
            about=None if is_me else who,
            visibility=level(lines),
            message=last.message,
            talk=last.talk,
        )


def sharp_talk(life: Life) -> Iterator[Found]:
    """What the talk turns sharp over, and what it turns warm over."""
    by_topic: dict[str, list[Spoken]] = defaultdict(list)
    for line in life.lines:
        if line.topic:
            by_topic[line.topic].append(line)
    usual = sum(line.tone for line in life.lines) / max(1, len(life.lines))
    for topic, lines in sorted(by_topic.items()):
        telling = [line for line in lines if abs(line.tone) > 0.2]
        mean = sum(line.tone for line in lines) / len(lines)
        if len(lines) < 9 or len(telling) < 4 or abs(mean - usual) < 0.07:
            continue
        side = [line for line in telling if (line.tone > 0) == (mean > usual)]
        if len(side) < 0.7 * len(telling):
            continue
        last = max(  # of those that say more than 'yes, yes'
            side,
            key=lambda x: (count_words(x.text) >= SAYING, abs(x.tone), x.importance, x.memory),
        )
        word, rest = ("warm", "warmest") if mean > usual else ("sharp", "sharpest")
        name = life.called(last.who)
        who = [life.called(w) for w, _ in Counter(x.who for x in side).most_common(2)]
        yield Found(
            kind="topic",
            content=f"Talk of {topic} turns {word}, {listed(who)} more than others: {len(side)} "
            f"{word} lines of {len(lines)} {since(life)}, the {rest} from {name}: {quote(last)}",
            question=f"What does talk of {topic} do to the company?",
            subject=f"tone:{topic.lower()}",
            stance=1 if mean > usual else -1,
            evidence=tuple(line.memory for line in side[:8]),
            confidence=sure(len(side), needed=3),
            importance=min(7.5, 4.5 + 10 * abs(mean - usual)),
            valence=max(-1.0, min(1.0, 3 * (mean - usual))),
            triggers=tuple(word for word in words(topic) if len(word) > 3) or (topic.lower(),),
            said=tuple(f"{life.called(x.who)}: {quote(x)}" for x in side[:3]),
            visibility=level(side[:8]),
            message=last.message,
            talk=last.talk,
        )


def asked_about(life: Life) -> Iterator[Found]:
    """What several others ask it about, or bring up, that it wants itself."""
    for aim in life.aims:
        wanted = _telling_words(aim.description, life)
        if not wanted:
            continue
        lines = [
            line
            for line in life.lines
            if line.who != life.me and wanted & content_words(line.matter)
        ]
        asking = [line for line in lines if "?" in line.text]
        chosen = asking if len({x.who for x in asking}) >= 2 else lines
        people = list(dict.fromkeys(life.called(line.who) for line in chosen))
        if len(people) < 2 or len(chosen) < (3 if chosen is asking else 5):
            continue
        does = "ask after" if chosen is asking else "speak of"
        common = Counter(w for x in chosen for w in wanted & content_words(x.matter))
        word = min(common, key=lambda w: (-common[w], w))
        thing = _shape(word, aim.description)
        of_it = [line for line in chosen if word in content_words(line.matter)]
        last = telling(life, word, of_it)
        yield Found(
            kind="goal",
            content=f"{listed(people[:3])} {does} {thing}, and {life.name} wants something of it: "
            f"{len(chosen)} times {since(life)}. {life.called(last.who)} said "
            f"{quote(last, stem(word))}",
            question=f"Who has a part in what {life.name} wants?",
            subject=f"goal:{aim.id}",
            evidence=tuple(line.memory for line in chosen[:8]),
            confidence=sure(len(chosen), needed=3),
            importance=6.0,
            valence=0.2,
            triggers=tuple(sorted(wanted))[:6],
            said=tuple(f"{life.called(x.who)}: {quote(x)}" for x in chosen[:3]),
            visibility=level(chosen[:8]),
            message=last.message,
            talk=last.talk,
        )


def _telling_words(text: str, life: Life) -> frozenset[str]:
    """The words of a goal by which talk of it is known: the things it names, and nobody who lives
    here."""
    text = _BESIDE.split(text)[0]
    capital = {w.lower() for w in re.findall(r"(?<=[\w,;] )[A-ZÀ-Þ][\w-]+", text)}
    named = {
        phrase.bare.split()[-1].lower()
        for phrase in noun_phrases(text, about_hearer=False, names=life.others)
        if not phrase.is_count
    }
    return frozenset(w for w in (capital | named) - life.others - DULL if len(w) > 3 and tells(w))


# From here on a goal names what it isn't about: 'before the winter', 'other than the weather'.
_BESIDE = re.compile(
    r"\b(?:before|without|until|instead of|(?:other|rather) than|in time for)\b", re.IGNORECASE
)


def _shape(word: str, text: str) -> str:
    found = re.search(rf"\b{re.escape(word)}\w*", text, re.IGNORECASE)
    shape = found.group() if found else word
    return shape if shape[:1].isupper() else f"the {shape}"


def own_manner(life: Life) -> Iterator[Found]:
    """Whether it asks more than it tells, and whom."""
    mine = [line for line in life.lines if line.who == life.me]
    asking = [line for line in mine if line.text.rstrip().endswith("?")]
    others = [line for line in life.lines if line.who != life.me]
    theirs = sum(line.text.rstrip().endswith("?") for line in others) / max(1, len(others))
    share = len(asking) / max(1, len(mine))
    if len(mine) < 20 or (share < 1.5 * theirs and share > 0.5 * theirs):
        return
    is_more = share > theirs
    lines: Sequence[Spoken] = asking if is_more else [x for x in mine if x not in asking]
    last = max(lines, key=lambda line: (line.importance, line.memory))
    ratio = f"{len(asking)} of {len(mine)} lines were questions {since(life)}"
    yield Found(
        kind="self",
        content=f"{life.name} asks far more than the others do: {ratio}, as {quote(last)}"
        if is_more
        else f"{life.name} tells rather than asks: only {ratio}. It was {quote(last)} instead.",
        question=f"How has {life.name} been with the others?",
        subject="manner:asks",
        stance=1 if is_more else -1,
        evidence=tuple(line.memory for line in lines[-8:]),
        confidence=sure(len(mine), needed=20),
        importance=4.4,
        triggers=("question", "questions", "ask"),
        said=tuple(quote(line) for line in lines[-3:]),
        visibility=level(list(lines[-8:])),
    )


def let_see(life: Life) -> Iterator[Found]:
    """What somebody let it see of themselves, the weightiest of late."""
    seen = [
        line
        for line in life.lines
        if line.who != life.me
        and line.matter == line.text
        and count_words(line.text) >= 9
        and _OF_SELF.search(line.text)
    ]
    if not seen:
        return
    last = telling(life, "see", seen)
    name = life.called(last.who)
    rest = [x for x in seen if x.who == last.who and x.memory != last.memory][-3:]
    more = f" It wasn't the only thing: {_seen(rest[-1])}" if rest else ""
    said = _seen(last)
    of = f"the talk of {last.topic}" if last.topic else "all the talk"
    yield Found(
        kind="person",
        content=worded(
            life,
            f"see{last.memory}",
            f"There is more to {name} than {of}: {said}{more}",
            f"{name} let something be seen while {of} went on: {said}{more}",
            f"{said} {name} said that as if it were nothing, and {life.name} heard that it "
            f"wasn't.{more}",
            f"{life.name} hasn't put down what {name} said: {said}{more}",
        ),
        question=f"What has {name} let {life.name} see?",
        subject=f"see:{last.who.kind}{last.who.id}:{last.memory}",
        evidence=(last.memory, *(line.memory for line in rest)),
        confidence=0.62 + 0.05 * len(rest),
        importance=min(8.0, 4.0 + 0.5 * max(0.0, last.importance - 3) + abs(last.tone)),
        valence=last.tone,
        triggers=(name.lower(), *_longest(last.text)),
        said=tuple(f"{name}: {_seen(line)}" for line in [last, *rest]),
        about=last.who,
        visibility=level([last, *rest]),
        message=last.message,
        talk=last.talk,
    )


def _longest(text: str) -> list[str]:
    """The two longest words of a text that say something: what it is known by again."""
    return sorted(content_words(text), key=lambda word: (len(word), word))[-2:]


def _seen(line: Spoken) -> str:
    """A line quoted from where it tells of oneself."""
    return quote(line, where=_OF_SELF)


# Of one's own life, and not of the moment: what was, and those one belongs to.
_OF_SELF = re.compile(
    r"\b(?:I|we) (?:was|were|had|did|used to|never|once|kept|lost|left|found|learned|taught|went|"
    r"came|wrote|told|gave|saw|stood|waited)\b|\bmy (?:father|mother|brother|sister|wife|"
    r"husband|son|daughter|gran\w*|aunt|uncle|abuela|first|old)\b",
    re.IGNORECASE,
)
