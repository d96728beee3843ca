"""A few rules to begin with, made when a keeper asks for them: what nearly every place is glad to
be rid of, and no list of insults, which are each place's own to choose."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from conversations.moderation import rulebook

# name, kind, pattern, whom it is about, what happens, how grave
STARTERS = (
    ("invitations to other servers", "regex",
     r"\b(?:discord(?:app)?\.(?:gg|com/invite)|discord\.me|t\.me/(?:joinchat|\+))/?[\w-]{2,}",
     "people", "quarantine", "medium"),
    ("gifts that aren't any", "regex",
     r"\b(?:free|claim(?: your)?|gift(?:ed)?)\s+(?:discord\s+)?(?:nitro|steam|robux|v-?bucks)\b",
     "people", "quarantine", "high"),
    ("links that hide where they lead", "regex",
     r"https?://(?:bit\.ly|tinyurl\.com|grabify\.link|iplogger\.\w+)/\S+",
     "people", "quarantine", "medium"),
    ("keys and passwords", "regex",
     r"\b(?:sk-[A-Za-z0-9_-]{20,}|gh[pousr]_[A-Za-z0-9]{30,}|AKIA[0-9A-Z]{16}"
     r"|-----BEGIN [A-Z ]*PRIVATE KEY-----)",
     "both", "quarantine", "high"),
    ("bank cards' numbers", "regex",
     r"\b(?:4[0-9]{3}|5[1-5][0-9]{2}|3[47][0-9]{2})(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{3,4}\b",
     "both", "quarantine", "high"),
    ("telephone numbers", "regex", r"(?:\+|\b00)[1-9][0-9](?:[ ./()-]{0,2}[0-9]){7,12}\b",
     "people", "flag", "low"),
    ("addresses of mail", "regex", r"\b[\w.+-]+@[\w-]+\.[A-Za-z]{2,}\b", "people", "flag", "low"),
    ("wishing somebody dead", "phrase", "kill yourself", "both", "quarantine", "high"),
    ("wishing somebody dead", "word", "kys", "both", "quarantine", "high"),
    ("text that covers other text", "regex", r"\pM{5,}", "people", "quarantine", "low"),
)  # fmt: skip


@transaction.atomic
def add_starters(user: Any = None) -> int:
    """Make those that there aren't yet, for the whole deployment. Returns how many were made."""
    made = 0
    for name, kind, pattern, side, action, severity in STARTERS:
        made += rulebook.import_list(
            name,
            [rulebook.Entry(kind, pattern)],
            user=user,
            applies_to=side,
            action=action,
            severity=severity,
        )[0]
    return made
