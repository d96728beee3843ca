"""What guests ask to have done or lent: "can you keep an eye on my bag?". Characters only talk, so
that is declined, and nothing is promised. Pure."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re

_LEAD = r"^\W*(?:(?:and|so|but|hey|hi|ok|okay|well|oh|sorry|excuse me|please|\w+(?=,))[, ]+)*"
_ANY = r"(?:(?:some|any) ?(?:one|body)(?: (?:here|else))?|(?:one|any) of you)"
_WHO = rf"(?:you|u|ya|y['’]?all|{_ANY})"
_WOULD = r"(?:can|could|will|would|can['’]?t|couldn['’]?t|won['’]?t|wouldn['’]?t)"
_KINDLY = r"(?:(?:please|maybe|possibly|perhaps|kindly|quickly|just|also) )*"
# Done with the hands, for whomever.
_HANDY = (
    r"(?:help|lend|give (?:me|us|him|her|them|it|my|a hand)|pass|hand|fetch|bring|carry|lift|hold|move|push|drive|feed|wash|clean|mend|fix|repair|pour"
    r"|open|close|shut|lock|turn (?:on|off|up|down)|switch|light|watch|mind|guard|look after|take care of|keep an eye|wake|walk|pick|drop|deliver|cook|bake|buy|pay)"
)
# Said, thought or felt: that much they can, or it is asked of themselves.
_NO_DEED = (
    r"(?:tell|say|explain|describe|recommend|suggest|advise|show|teach|name|list|repeat|answer|remember|remind|recall|forget|believe|trust|like|love|hate|miss|hear|see|understand|imagine|guess|think|know|feel"
    r"|forgive|call|recognise|recognize|sing|read|write|draw|talk|speak|listen|introduce|be|have|stop|leave|hurt|kill|betray|marry|kiss|join|come|meet|go|live|give (?:me|us) (?:(?:an?|some|any|your) )?(?:advice|tips?|hints?|examples?|ideas?|names?|reasons?))"
)
_FOR_ME = r"(?:\w+ (?:(?:up|down|out|on|off|after|over|at|for|with) )?(?:me|us|my|our)\b|.*\b(?:for|with) (?:me|us)\b|.*\bplease\b)"
_ASKS = tuple(
    re.compile(_LEAD + asks, re.IGNORECASE)
    for asks in (
        rf"{_WOULD} {_WHO} {_KINDLY}(?!{_NO_DEED}\b)(?:keep an eye\b|{_FOR_ME})",
        rf"{_WOULD} {_ANY} {_KINDLY}{_HANDY}\b",
        rf"(?:can|could|would|will) (?:you|u) {_KINDLY}{_HANDY} (?:\w+ )?(?:this|that|these|those)\b",
        rf"{_WOULD} (?:you|u) {_KINDLY}(?:tell|ask|warn|thank|greet) (?:(?-i:[A-Z])\w+|him|her|them)\b",
        rf"(?:would|do) {_WHO} mind (?!(?:tell|say|explain|describ|show|repeat|be|speak|talk|liv|stay|work)\w*ing\b)\w+ing\b",
        rf"{_KINDLY}(?!{_NO_DEED}\b){_HANDY} (?:me|us|my|our)\b(?! (?:understand|see|remember)\b)",
        rf"{_KINDLY}(?:{_HANDY}) .*\b(?:for (?:me|us)|please)\W*$",
        r"(?:can|could|may|might) (?:i|we) (?:please |maybe |possibly )?(?:borrow\b|(?:use|have|take|keep) your\b(?! (?:name|word|opinion|advice|view|attention)\b))",
    )
)  # fmt: skip
_INVITES = re.compile(
    rf"{_LEAD}(?:{_WOULD} {_ANY}|do(?:es)? {_ANY}) {_KINDLY}(?:(?:want|like|care|fancy|wish)s? )?(?:to )?"
    r"(?:go|come|walk|walking|sail|play|playing|dance|swim|eat|dine|join|meet|have a drink)\b.*\b(?:me|us|along)\b",
    re.IGNORECASE,
)


def asks_favour(text: str) -> bool:
    """Whether somebody asks to have something done for them, or lent."""
    return any(asks.search(text) for asks in _ASKS)


def invites(text: str) -> bool:
    """Whether anybody who wants to is asked along."""
    return bool(_INVITES.search(text))
