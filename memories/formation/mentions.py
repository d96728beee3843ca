"""What in a line is only mentioned: words of others that it quotes, works that it names, what was
agreed or is the custom. Pure.

Who says “The Harbour” is done, the song, has said nothing of the harbour; who repeats another's
words has not said them; and who will come to talk of the night sky has yet to do so.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_QUOTED = re.compile(r"“[^“”]*”?|(?<!\w)\"[^\"]*\"?")
SPOKEN = 0.6  # share of a line that in quotation marks is taken for what its speaker says


def matter(text: str, titles: Collection[str]) -> str:
    """What of a line speaks of a matter: not what it quotes, and nothing where it tells of one of
    the works of these titles, or of what was agreed or is usual, which isn't what the talk is
    about."""
    is_of_more = names_work(text, titles) or _SETTLED.search(text.replace("’", "'"))
    return "" if is_of_more else own_words(text)


_SETTLED = re.compile(
    r"\bcount me (?:in|out)\b|\bwe (?:did |all |have )?agreed?(?: on)?\b[^.?!]*:|\bwe all said\b|"
    r"\bit's settled\b|\bwe said we would\b|\bi'm for it:|\bthere is a custom\b|"
    r"\bhow it is here\b|\bgoes like this here\b|\bnobody wrote it down\b|\bhow we do it\b",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """A line without what it quotes; whole where nearly all of it stands in quotation marks, as in
    a tale that tells who says what."""
    quoted = _QUOTED.findall(text)
    if not quoted:
        return text
    share = sum(len(one.split()) for one in quoted) / max(1, len(text.split()))
    return text if share > SPOKEN else _QUOTED.sub("…", text)


def names_work(text: str, titles: Collection[str]) -> bool:
    """Whether a line names one of these works, by its title (in lower case) between marks."""
    low = text.casefold()
    return any(
        title in low and re.search(f"[{_OPENS}]{re.escape(title)}[{_CLOSES}]", low)
        for title in titles
    )


# Markdown sets titles in italics.
_OPENS = "“\"‘'«*_"
_CLOSES = "”\"’'»*_,.!?"
