"""What people type, made safe to store, to show and to put before a model. Pure functions."""

from __future__ import annotations

import re
import unicodedata

MAX_PERSON_MESSAGE = 2000
MAX_NAME = 32

# Marks that turn text around or hide it: bidirectional controls, zero-width and tag characters.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_MANY_NEWLINES = re.compile(r"\n{4,}")
_RESERVED = {"everyone", "here", "system", "admin", "keeper", "fishbowl", "moderator", "you"}


class Refused(Exception):
    """What was sent can't be taken. `field` names what is wrong; the text says how to mend it."""

    def __init__(self, field: str, remedy: str) -> None:
        super().__init__(remedy)
        self.field = field
        self.remedy = remedy


def without_controls(text: str) -> str:
    """Drop control, direction and invisible characters; keep line breaks, tabs become spaces.

    Joiners (U+200C, U+200D) stay where they join something: scripts and emoji need them.
    """
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    kept = "".join(
        c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn")
    )
    return re.sub("(?<![^\\s])[\u200c\u200d]+|[\u200c\u200d]+(?![^\\s])", "", kept)


def clean_message(text: object, longest: int = MAX_PERSON_MESSAGE) -> str:
    """The message as it will be stored.

    Raises:
        Refused: it is no text, has nothing visible in it or is too long.
    """
    if not isinstance(text, str):
        raise Refused("text", "A message must be text.")
    if len(text) > 4 * longest:
        raise _too_long(len(text), longest)
    cleaned = _MANY_NEWLINES.sub("\n\n\n", unicodedata.normalize("NFC", without_controls(text)))
    cleaned = cleaned.strip()
    if not cleaned:
        raise Refused("text", "The message is empty. Write something.")
    if len(cleaned) > longest:
        raise _too_long(len(cleaned), longest)
    return cleaned


def _too_long(length: int, longest: int) -> Refused:
    return Refused(
        "text",
        f"The message has {length:,} characters; at most {longest:,} can be sent. Split it.",
    )


def clean_name(name: object) -> str:
    """A guest's name as it will be stored.

    Raises:
        Refused: it is empty, too long, reserved, or has characters that names don't have.
    """
    if not isinstance(name, str):
        raise Refused("name", "A name must be text.")
    cleaned = " ".join(unicodedata.normalize("NFKC", without_controls(name[:500])).split())
    if not cleaned:
        raise Refused("name", "Type a name to join under.")
    if len(cleaned) > MAX_NAME:
        raise Refused("name", f"The name is too long: use at most {MAX_NAME} characters.")
    if not re.fullmatch(r"[\w][\w .'’\-\u200c\u200d]*", cleaned) or not any(
        c.isalpha() for c in cleaned
    ):
        raise Refused("name", "Use letters, digits, spaces, hyphens and apostrophes in the name.")
    if caseless(cleaned) in _RESERVED:
        raise Refused("name", f"{cleaned} is reserved. Choose another name.")
    return cleaned


def caseless(name: str) -> str:
    """The form in which two names that look the same are the same."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def safe_mentions(text: str) -> str:
    """Break mass and role mentions, so that no surface can ring everybody's bell."""
    text = re.sub(r"@(?=(everyone|here)\b)", "@\u200b", text, flags=re.IGNORECASE)
    return re.sub(r"<@([!&]?\d+)>", "<@\u200b\\1>", text)
