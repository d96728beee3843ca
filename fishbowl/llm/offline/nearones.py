"""How it is with a guest, or with somebody near to them of whom they tell. Pure."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re
from dataclasses import dataclass

from fishbowl.llm.offline.text import spelled_out
from fishbowl.llm.questions import is_question

_KIN = (
    r"(?:step|grand)?(?:sister|brother|mother|mum|mom|father|dad|wife|husband|partner|son|daughter|"
    r"child|kid|baby|girlfriend|boyfriend|friend|cousin|aunt|uncle|gran|nan|grandma|grandpa|niece|"
    r"nephew|boss|neighbour|neighbor|flatmate|roommate|parents|kids|children|family|teacher|colleague|"
    r"manager|landlord|landlady|ex|coworker|co-worker|stepdad|stepmum|in-laws?)s?"
)
_NEAR = re.compile(
    rf"^(?:(?:and|but|well|so|oh|no|yes|yeah|now|because|cause|cos)[, ]+)*"
    rf"(?:my |our )(?P<near>(?:(?!{_KIN}\b)\w+ )?{_KIN})(?: [A-Z][a-z]+)?(?: (?P<rest>.+)|(?P<s>'s .+))$"
    r"|^(?:(?:and|but|well|so|oh|no|yes|yeah|now|because|cause|cos)[, ]+)*"
    r"(?P<pronoun>she|he|they)(?:'s|'re)? (?P<more>.+)$",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"\b(?:(?:not|isn't|isnt|aren't|wasn't|n't) (?:\w+ )?(?:happy|keen|convinced|sure|pleased|thrilled|amused)(?: \w+)? "
    r"(?:it|that|this|me|us|with|about)|"
    r"against|angry|furious|mad at|upset (?:with|about)|cross|annoyed|unhappy (?:with|about)|"
    r"(?:doesn't|doesnt|don't|dont|does not|didn't|didnt|won't|wont|will not|refuses?|hates?) "
    r"(?:\w+ )?(?:want|like|approve|agree|come|move|talk|speak|listen|understand|to|it|the idea|me))\b",
    re.IGNORECASE,
)  # fmt: skip
_SILENT = re.compile(
    r"\b(?:doesn't|don't|didn't|won't|will not|refuses to|not|never|stopped) (?:\w+ )?"
    r"(?:talk(?:s|ed|ing)?|speak(?:s|ing)?|spoken|answer(?:s|ed|ing)?|call(?:s|ed|ing)?|repl(?:y|ies|ied)|writ(?:e|es|ing))\b",
    re.IGNORECASE,
)
_FELL_OUT = re.compile(
    rf"\b(?:fight|fought|fighting|argu(?:ed|ing|ment)|quarrel(?:led|ling)?|fell out|fallen out|row) (?:\w+ )?with my "
    rf"(?P<near>(?:\w+ )?{_KIN})\b",
    re.IGNORECASE,
)
_LOW = re.compile(
    r"\b(?:ill|sick|unwell|sad|crying|in (?:the )?hospital|worried|scared|lonely|depressed|tired|exhausted|"
    r"struggling|stressed|hurt|lost (?:his|her|their)|broke (?:his|her|their|a)|"
    r"not (?:\w+ )?(?:well|ok|okay|good|happy|fine)|unhappy|having a (?:hard|bad|rough) time)\b",
    re.IGNORECASE,
)
_GLAD = re.compile(
    r"\b(?<!not )(?:happy|excited|proud|thrilled|delighted|glad|over the moon|can't wait|loves? (?:it|the|this))\b",
    re.IGNORECASE,
)
_TO_COME = re.compile(r"\b(?:will|would|might|may|'ll|going to)\b", re.IGNORECASE)
_WHOM = {"she": "her", "he": "him", "they": "them"}


@dataclass(frozen=True, slots=True)
class Near:
    """Somebody near, as they are spoken of to who told of them, and the act that answers it."""

    act: str
    who: str
    whom: str


def near_one(text: str) -> Near | None:
    """Whom near to them a line tells of, where it says how that one is or what they are against."""
    plain = spelled_out(text).strip()
    if is_question(plain):
        return None
    if fell_out := _FELL_OUT.search(plain):
        near = f"your {fell_out['near'].lower()}"
        return Near("near_against", near, near)
    found = _NEAR.match(plain)
    if found is None or _TO_COME.search(plain):
        return None
    acts = (
        ("near_silent", _SILENT),
        ("near_against", _AGAINST),
        ("near_low", _LOW),
        ("near_glad", _GLAD),
    )
    act = next((act for act, said in acts if said.search(plain)), "")
    if not act:
        return None
    if pronoun := (found["pronoun"] or "").lower():
        return Near(act, pronoun, _WHOM[pronoun])
    near = f"your {found['near'].lower()}"
    return Near(act, near, near)


_STATES = (
    (
        "ill_at_ease",
        r"shy|nervous|anxious|awkward|embarrassed|not good with people|bad at (?:this|talking|small talk)|introverted|an introvert",
    ),
    (
        "worn_guest",
        r"tired|exhausted|knackered|cold|freezing|wet|soaked|hungry|starving|thirsty|hungover|stressed",
    ),
    ("bored_guest", r"bored|restless"),
)
_STATE = tuple(
    (
        act,
        re.compile(
            rf"^(?:(?:and|but|well|so|oh|sorry)[, ]+)*(?:I am|I'm|I feel|I get) (?:[\w']+ ){{0,3}}?(?:{said})\b",
            re.I,
        ),
    )
    for act, said in _STATES
)


def state_of(text: str) -> str:
    """The act that answers how a guest says that they are at the moment; '' where they say none."""
    plain = spelled_out(text).strip()
    return next(
        (act for act, said in _STATE if said.match(plain) and " not " not in plain[:12]), ""
    )
