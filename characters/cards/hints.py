"""What a card's prose says of traits, tastes, voice and past, as far as it can be told without a
model. Pure. Everything here is a first guess, which the preview shows and a keeper may change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from fishbowl.macros import with_names, without_starts

MOST_TOPICS = 12
MOST_MEMORIES = 12
MOST_LINES = 12
STEP = 0.15  # that one word moves a trait

_TRAITS = {
    "openness": (
        "curious creative imaginative artistic inventive adventurous open-minded dreamy poetic "
        "eccentric philosophical",
        "conventional traditional practical unimaginative narrow-minded dogmatic",
    ),
    "conscientiousness": (
        "diligent disciplined organised organized careful punctual reliable responsible meticulous "
        "hardworking hard-working ambitious precise thorough",
        "lazy careless messy chaotic impulsive reckless forgetful scatterbrained irresponsible",
    ),
    "extraversion": (
        "outgoing extroverted extraverted talkative bubbly energetic sociable loud bold cheerful "
        "confident flamboyant boisterous charismatic",
        "shy introverted quiet reserved timid withdrawn aloof solitary taciturn stoic reclusive",
    ),
    "agreeableness": (
        "kind gentle warm friendly caring compassionate loyal generous sweet empathetic patient "
        "helpful polite humble loving forgiving",
        "cold cruel rude arrogant selfish sarcastic cynical ruthless manipulative stubborn hostile "
        "mean tsundere haughty vengeful grumpy",
    ),
    "neuroticism": (
        "anxious nervous moody insecure jealous sensitive worried paranoid emotional volatile "
        "melancholic melancholy depressed temperamental fearful",
        "calm composed serene relaxed level-headed stable unflappable easygoing easy-going "
        "collected fearless",
    ),
}
_WORDS = {
    word: (trait, sign * STEP)
    for trait, sides in _TRAITS.items()
    for sign, side in zip((1, -1), sides, strict=True)
    for word in side.split()
}
_LIKES = r"likes|loves|hobbies|hobby|interests|passions|enjoys"
_ENTRY = r"(?:^|[\[;,{{\n]|[.!?]\s)\s*[\[*_\"'{{\s]*(?:{names})[\]*_\"'\s]*[:(=]\s*([^\n)\]}};]+)"
_AGE = re.compile(
    r"\b(?:(?:at|since|from) (?:the )?age (?:of )?([\w-]+)|when (?:s?he|they|\w+) (?:was|were) "
    r"(?:only |just )?((?:\d+|\w+teen|\w+ty|six|seven|eight|nine|ten|eleven|twelve|five|four)\b"
    r"(?: years old)?|a (?:child|girl|boy|kid|teenager))|(?:in|since) (1[5-9]\d\d|20\d\d)\b"
    r"|as a (child|girl|boy|kid|teenager|young \w+))",
    re.IGNORECASE,
)
_SORE = re.compile(
    r"\b(died|death|killed|lost|abandon\w*|orphan\w*|betray\w*|fire|war|hurt|alone|left (?:her|him|"
    r"them)|abus\w*|bull(?:y|ied)\w*|grief|accident|murder\w*)\b",
    re.IGNORECASE,
)
_SWEET = re.compile(
    r"\b(won|first (?:love|kiss|prize)|met|taught|gift|learn\w*|happy|happiest|proud|friend\w*|"
    r"found|born|married|success\w*|joy\w*)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?…])[\"”']?\s+(?=[A-Z\"“{<])|\n+")
_ACTION = re.compile(r"\*[^*\n]+\*")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_CONTRACTED = re.compile(r"\b\w+['’](?:s|t|re|ve|ll|d|m)\b", re.IGNORECASE)
_SLANG = re.compile(r"\b(lol|gonna|wanna|yeah|nah|hey|dude|ya|omg|kinda|ain['’]t)\b", re.IGNORECASE)


def traits(*texts: str) -> dict[str, float]:
    """The Big Five, moved from the middle by the words that stand in the texts."""
    found = dict.fromkeys(_TRAITS, 0.5)
    for word in set(re.findall(r"[a-z]+(?:-[a-z]+)*", " ".join(texts).lower())) & _WORDS.keys():
        trait, step = _WORDS[word]
        found[trait] += step
    return {trait: round(min(0.95, max(0.05, value)), 2) for trait, value in found.items()}


def topics(name: str, *texts: str) -> list[dict[str, Any]]:
    """What it says it likes, by lines such as 'Likes: tea, rain' or `Likes("tea" + "rain")`."""
    return [
        {"topic": topic, "weight": 0.6} for topic in _listed(name, _LIKES, texts, MOST_TOPICS, 60)
    ]


def values(name: str, *texts: str) -> list[str]:
    """What it says it holds to."""
    return _listed(name, r"values|principles|ideals", texts, MOST_TOPICS, 100)


def appearance(name: str, *texts: str) -> str:
    """What it says it looks like."""
    found = (_entries(r"appearance|looks", with_names(text, name)) for text in texts)
    return next((one.strip(" \"'") for some in found for one in some), "")


def formative(name: str, *texts: str) -> list[dict[str, Any]]:
    """What it says happened to it at some age or in some year, a sentence each."""
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        for raw in _SENTENCE.split(with_names(text, name)):
            sentence = " ".join(raw.split()).strip("-•* ")
            match = _AGE.search(sentence)
            if not match or not 20 <= len(sentence) <= 600:
                continue
            title = " ".join(sentence.split()[:7]).rstrip(".,;:")[:200]
            when = next(part for part in match.groups() if part)
            sore, sweet = len(_SORE.findall(sentence)), len(_SWEET.findall(sentence))
            found.setdefault(
                title,
                {
                    "title": title,
                    "content": sentence,
                    "age_or_date": when[:60],
                    "emotional_valence": round(max(-0.8, min(0.8, 0.4 * (sweet - sore))), 2),
                    "triggers": [],
                },
            )
    return list(found.values())[:MOST_MEMORIES]


def spoken(name: str, nickname: str, dialogue: str, greetings: Sequence[str] = ()) -> list[str]:
    """What it says itself in its example dialogue and greetings, without what it does."""
    lines: list[str] = []
    is_own = False
    called = {"{{char}}", "<bot>", name.casefold(), nickname.casefold()} - {""}
    for line in without_starts(dialogue).splitlines():
        head, colon, rest = line.partition(":")
        if colon and len(head) <= 60:
            is_own = head.strip(' *_"').casefold() in called
            line = rest
        if is_own:
            lines.append(line)
    lines += [line for text in greetings for line in text.splitlines()]
    return [said for line in lines if (said := _words_of(line))]


def _words_of(line: str) -> str:
    quoted = re.findall(r"[\"“]([^\"”\n]+)[\"”]", line)
    said = " ".join(quoted) if quoted else _ACTION.sub(" ", line)
    return " ".join(said.split()).strip()


def style(lines: Sequence[str]) -> dict[str, float]:
    """How formally, how long and with how many emoji it talks, by what it says."""
    if not lines:
        return {}
    text = " ".join(lines)
    words = len(text.split()) + 40  # of few words, little can be told
    contracted = len(_CONTRACTED.findall(text)) + 2 * len(_SLANG.findall(text))
    shouts = text.count("!")
    laughs = len(re.findall(r"\b(ha(?:ha)+|heh|lol)\b|~", text, re.IGNORECASE))
    return {
        "formality": _unit(0.75 - 6 * contracted / words - shouts / (4 * len(lines))),
        "verbosity": _unit(len(text.split()) / len(lines) / 50),
        "humour": _unit(0.4 + 3 * laughs / words),
        "emoji_use": _unit(2 * len(_EMOJI.findall(text)) / len(lines)),
    }


def openers(lines: Iterable[str]) -> list[str]:
    """Lines of its own that could open a talk, for the offline voice."""
    fitting = (
        line
        for line in lines
        if 4 <= len(line.split()) <= 30 and not re.search(r"\{\{|<user>", line, re.IGNORECASE)
    )
    return list(dict.fromkeys(fitting))[:MOST_LINES]


def _unit(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 2)


def _entries(names: str, text: str) -> list[str]:
    pattern = _ENTRY.format(names=names)
    return [match[1] for match in re.finditer(pattern, text, re.IGNORECASE)]


def _listed(name: str, names: str, texts: Iterable[str], most: int, longest: int) -> list[str]:
    found: dict[str, str] = {}
    for text in texts:
        for entry in _entries(names, with_names(text, name)):
            for raw in re.split(r"[,+;/]|\band\b", entry):
                one = raw.strip(" \"'“”*_.()[]{}")
                if 2 < len(one) <= longest:
                    found.setdefault(one.casefold(), one)
    return list(found.values())[:most]
