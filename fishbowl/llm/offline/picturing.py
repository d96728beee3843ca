"""A word on a picture that somebody has posted. The improviser sees none, and says so: it goes by
what the picture is said to show, if anybody has said it."""

from __future__ import annotations

import re

from fishbowl.llm.offline.drafting import Desk, Draft, Part
from fishbowl.llm.offline.phrases import is_safe
from fishbowl.llm.offline.text import clean, words

FEW = 4  # words beside a picture; with more it is the words that are answered
LONGEST = 12  # words of a description that are said again
_NOTE = re.compile(r"\[image: ([^\]\n]*)\]")
_FILE = re.compile(r"\.\w{2,5}$")
_UNSEEN = (
    "A picture! I can't make it out from here. What does it show?",
    "I see that there is a picture, and not what is on it. Tell me?",
    "You'll have to tell me what is on it, {name}; pictures don't reach me.",
    "I can't see pictures, {name}. What are we looking at?",
)
_TOLD = (
    "They tell me it shows {what}. I can't see it myself. What made you take it?",
    "I can't see it from here, only that it's meant to be {what}. Is it a good one?",
    "{what}, it says beside it, since I can't see. Where was that?",
)


def remark(desk: Desk) -> Draft | None:
    """What one says to a picture, where there is little else to answer."""
    line = desk.heard.line
    if line is None or not line.has_images or len(words(desk.heard.text)) > FEW:
        return None
    what = described(line.text)
    frames = _TOLD if what else _UNSEEN
    said = desk.rng.choice(frames).format(what=what, name=desk.other or "friend")
    return Draft("picture", [Part(said[:1].upper() + said[1:])], length_free=True)


def described(text: str) -> str:
    """What the first picture of a line shows, as whoever posted it has described it: a name of a
    file says nothing."""
    for note in _NOTE.findall(text):
        what = clean(note, 200).rstrip(".!?, ")
        if what and not _FILE.search(what) and 2 <= len(words(what)) <= LONGEST and is_safe(what):
            return what
    return ""
