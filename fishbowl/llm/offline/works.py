"""Speaking of what one makes: that it is begun or done, how it begins, and what one says to who
asks one to join."""

from __future__ import annotations

import zlib
from textwrap import shorten

from fishbowl.llm.offline.drafting import Desk, Draft, Part
from fishbowl.llm.offline.manner import dress_stock
from fishbowl.llm.offline.text import clean, end_sentence, upper_first, with_article, words
from fishbowl.llm.types import Work

TOLD = 1  # times that the same is said of a work by each who made it: who was told knows it
LINE = 200  # characters of a line that is read out
_BEGUN = (
    "I've begun {a_kind}. “{title}”, I call it.",
    "There is {a_kind} on my table, “{title}”. It grows.",
    "I write at night now: “{title}”, {a_kind}.",
    "I've started on {a_kind}, “{title}”. Don't ask how it ends.",
    "“{title}” is what I'm at, {a_kind}.",
    "Two lines of {a_kind} so far, and a name for it: “{title}”.",
    "It's to be {a_kind}, if it's anything. “{title}”.",
    "I found a pencil, and now there's {a_kind}: “{title}”.",
)
_ASKS = (
    "{name}, I've begun {a_kind}, “{title}”. Would you put something into it?",
    "{name}, there is room for you in “{title}”, if you like. It's {a_kind}.",
)
_DONE = (
    "{who} finished the {kind}, “{title}”. It begins: “{line}”",
    "“{title}” is done, the {kind}. The first of it goes: “{line}”",
)
_JOINED = (
    "{starter}, I'll put something of mine into “{title}”.",
    "Count me in for “{title}”, {starter}.",
)
_ASKED = (
    "{starter}, you asked me into “{title}”. I'm thinking on it.",
    "I haven't forgotten “{title}”, {starter}.",
)
_DECLINED = (
    "Not this time, {starter}. “{title}” is yours.",
    "“{title}” will do without me, {starter}.",
)


def tell(desk: Desk) -> Draft | None:
    """A word on a work, of which little was said yet: to the one it concerns, if that one is
    here."""
    for work in desk.brief.works:
        for asked in [*work.asked, ""]:
            told = _of(work, desk, asked)
            if told is None or desk.brief.spent.get(told.key, 0) >= TOLD:
                continue
            if not desk.echoes.repeats(told.text):
                return Draft("work", [told], length_free=True)
    return None


def read_out(desk: Desk) -> Draft | None:
    """Asked for it: what one has written, word for word."""
    for work in desk.brief.works:
        if work.begins and work.standing in {"finished", "making", "joined"}:
            lines = " / ".join(line for line in clean_lines(work.begins))
            text = f"“{clean(work.title, 80)}”, {with_article(work.kind)}. {lines}"
            return Draft("work", [Part(end_sentence(text), f"work/{work.key}/read")], 1.0, True)
    return None


def clean_lines(text: str) -> list[str]:
    """The lines of a text that may be said, none cut within a word."""
    lines = (clean(line, LINE * 2) for line in text.splitlines())
    return [shorten(line, LINE, placeholder=" …") for line in lines if line]


def _quoted(line: str) -> str:
    """A line as it stands within a quotation."""
    return line.replace("“", "‘").replace("”", "’")


def _of(work: Work, desk: Desk, asked: str) -> Part | None:
    values = {
        "kind": work.kind,
        "a_kind": with_article(work.kind),
        "title": clean(work.title, 80),
        "starter": clean(work.starter, 40),
        "name": clean(asked, 40),
        "who": f"{clean(work.others[0], 40)} and I have" if work.others else "I have",
        "line": _quoted(next(iter(clean_lines(work.begins)), "")),
    }
    standing = f"ask {asked}" if asked else work.standing
    needs = asked or (work.starter if work.standing in {"asked", "joined", "declined"} else "")
    if needs and needs.lower() not in desk.listeners:
        return None
    frames = {
        "making": _BEGUN,
        "finished": _DONE if values["line"] else _BEGUN,
        "joined": _JOINED,
        "asked": _ASKED,
        "declined": _DECLINED,
    }[work.standing]
    ways, key = _ASKS if asked else frames, f"work/{work.key}/{standing}"[:200]
    first = zlib.crc32(f"{desk.brief.speaker}|{key}".encode())  # and another way the next time
    text = ways[(first + desk.brief.spent.get(key, 0)) % len(ways)].format(**values)
    return Part(end_sentence(text), key)


_OF_ANOTHER = {"he", "she", "his", "her", "him", "they", "their", "them"}

_ASLEEP = {"asleep", "sleeping"}  # who answers isn't, whatever stands there still


def at_work(desk: Desk) -> Part | None:
    """What the speaker is at just now; nothing where that is worded as of somebody else."""
    at = clean(desk.brief.activity, 200)
    if not at or set(words(at)) & (_OF_ANOTHER | _ASLEEP):
        return None
    said = desk.rng.choice((f"I'm {at}.", f"Just now? {upper_first(at)}."))
    return Part(dress_stock(said, desk.brief, desk.index), f"activity/{at}"[:200])
