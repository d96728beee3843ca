"""What a model or its server says in place of what was asked for: an error's text, or a refusal in
its makers' name. Nobody's words, so neither said nor kept. Pure."""

from __future__ import annotations

import re

# What servers and libraries say when they fail. It must never stand in a room as somebody's words.
ERROR = re.compile(
    r"(traceback \(most recent call last\)|internal server error|rate limit exceeded|"
    r"context length exceeded|\b(?:http|status)\s?(?:code\s?)?[45]\d\d\b|^error:|"
    r"connection (?:refused|reset))",
    re.IGNORECASE,
)
REFUSAL = re.compile(
    r"as a(?:n ai)? language model|i(?:'|’)?m sorry, but i can(?:'|’)?t"
    r"|\b(?:can(?:'|’)?t|can ?not|(?:unable|not able) to|won(?:'|’)t) (?:help|assist|comply|engage"
    r"|continue|fulfil+|generate|create|provide)\b[^.!?\n]{0,30}"
    r"\b(?:requests?|role-?play|prompt|scenario|content)\b"
    r"|\b(?:can(?:'|’)?t|can ?not|(?:unable|not able) to) assist (?:you )?with (?:that|this)\b"
    r"|\b(?:content|usage|safety) (?:policy|policies|guidelines)\b"
    r"|\bas an ai (?:assistant|model)\b",
    re.IGNORECASE,
)


def is_unfit(text: str) -> bool:
    """Whether a text is an error's, or a refusal: not what was asked for."""
    return bool(ERROR.search(text) or REFUSAL.search(text))
