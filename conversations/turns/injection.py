"""Talk that tries to instruct the model behind a character. Pure.

It is recorded, never refused: people play with words, and what keeps instructions out of a prompt
is how prompts are made (people's text is data there), not this list.
"""

from __future__ import annotations

import re

_KINDS: dict[str, str] = {
    "override": (
        r"\b(?:ignore|disregard|forget|override|bypass)\b[^.!?\n]{0,40}"
        r"\b(?:instructions?|system prompt|prompts?|guidelines|directives|programming"
        r"|rules (?:you|that) (?:were|was)|everything (?:above|before this))\b"
    ),
    "reveal": (
        r"\b(?:reveal|show|print|repeat|output|tell|give|what (?:is|are|was|were))\b[^.!?\n]{0,40}"
        r"\b(?:system prompt|your (?:initial |hidden |secret |original |exact )*"
        r"(?:instructions|prompt))\b"
    ),
    "jailbreak": (
        r"\b(?:jailbreak(?:ed|ing)?|developer mode|dev mode|do anything now|unrestricted mode"
        r"|(?:act|pretend|behave|respond) as (?:an? )?(?:unrestricted|unfiltered|uncensored|DAN)\b"
        r"|you are now (?:an? )?(?:unrestricted|unfiltered|uncensored|DAN)\b)"
    ),
    "markup": (
        r"<\|[a-z_]{2,20}\|>|\[/?INST\]|<</?SYS>>|^\s*#{2,4}\s*(?:system|instructions?)\b"
        r"|</?(?:system|assistant)>|<<talk|talk>>"
    ),
}
_ANY = re.compile(
    "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()),
    re.IGNORECASE | re.MULTILINE,
)


def attempts(text: str) -> tuple[str, ...]:
    """Which ways of instructing the model a text tries, each once; none for nearly all talk."""
    found = {match.lastgroup for match in _ANY.finditer(text)}
    return tuple(kind for kind in _KINDS if kind in found)
