"""What a model or its server says in place of what was asked for: an error's text, or a refusal in
its makers' name. Nobody's words, so neither said nor kept. Pure."""

from __future__ import annotations

import re

from fishbowl.llm.refusals import REFUSAL

__all__ = ["ERROR", "REFUSAL", "is_unfit"]

# What servers and libraries say when they fail. It must never stand in a room as somebody's words.
ERROR = re.compile(
    r"(traceback \(most recent call last\)|internal server error|rate limit exceeded|"
    r"context length exceeded|\b(?:http|status)\s?(?:code\s?)?[45]\d\d\b|^error:|"
    r"connection (?:refused|reset))",
    re.IGNORECASE,
)


def is_unfit(text: str) -> bool:
    """Whether a text is an error's, or a refusal: not what was asked for."""
    return bool(ERROR.search(text) or REFUSAL.search(text))
