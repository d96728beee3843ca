"""What is the custom here: kept, remembered, proposed and voted on in words."""

from __future__ import annotations

import re
import zlib

from fishbowl.llm.offline.drafting import Desk, Draft, Part
from fishbowl.llm.offline.proposing import proposed
from fishbowl.llm.offline.text import bare, clean, end_sentence, upper_first, words
from fishbowl.llm.types import Custom

TOLD = 1  # times that one says the same of a custom
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NOW = (
    "It is time. We said we'd do it, and here we are: {what}",
    "Everybody here? We agreed on this: {what}",
    "This is the hour, as we agreed: {what}",
)
_FOR = (
    "“{what}”? I'm in, {by}.",
    "Count me in, {by}: {what}",
    "{by}, I'm for it: {what}",
)
_AGAINST = (
    "“{what}”? Count me out, {by}.",
    "{by}, I'd rather not. “{what}” isn't for me.",
)
_YES = (
    "I'm in, {by}.",
    "Count me in.",
    "Good idea, {by}. I'll come.",
    "I'd like that. I'm for it.",
)
_NO = ("Count me out, {by}.", "I'd rather not.", "Not me, {by}.", "I'm against it, {by}.")
_MORE_FOR = (
    "That's one more, {name}.",
    "Good. I'll hold you to it, {name}.",
    "I hoped you would, {name}.",
)
_ONE_LESS = (
    "As you like, {name}. The door stays open.",
    "Then we'll tell you of it, {name}.",
    "A pity, {name}.",
)
TELLERS = 3  # one in so many cares for a custom enough to speak of it
STILL_HEARD = 0.008  # how fresh in all ears it may be when another tells it: some two days
_PROPOSED = (
    "How about we meet here every {day} evening to talk of {topic}?",
    "Let's meet here tomorrow evening and talk of {topic}.",
    "Should we all meet here every {day} evening for {topic}?",
)


def now(desk: Desk) -> Draft | None:
    """What everybody agreed on for this hour."""
    for one in desk.brief.customs:
        if one.standing == "now":
            return Draft("custom", [_part(desk, one, _NOW, "now")], length_free=True)
    return None


def vote(desk: Desk) -> Draft | None:
    """A word for or against what is proposed, of who hasn't said theirs; to the one who did, if
    that one is here. Whom one likes one follows, the kind the more readily."""
    for one in desk.brief.customs:
        if one.standing != "open" or one.side or one.by.lower() not in desk.listeners:
            continue
        listener = desk.listeners[one.by.lower()]
        kind = float(desk.brief.traits.get("agreeableness", 0.5))
        willing = 0.25 + 0.4 * kind + 0.4 * (listener.trust + listener.affection) / 2
        frames = _FOR if desk.chance(willing) and not listener.is_at_odds else _AGAINST
        just = {words(line.text) for line in desk.brief.lines}
        for frame in desk.rng.sample(frames, len(frames)):  # not as another has just voted
            said = _part(desk, one, (frame,), "vote")
            if desk.brief.spent.get(said.key, 0) < TOLD and words(said.text) not in just:
                return Draft("custom", [said], length_free=True)
    return None


def answer(desk: Desk) -> Draft | None:
    """A plain word to who has just proposed something: for it or against it."""
    line = desk.heard.line
    if line is None or line.is_own or proposed(line.text) is None:
        return None
    willing = 0.3 + 0.4 * float(desk.brief.traits.get("agreeableness", 0.5)) + 0.3 * desk.warmth()
    is_for = desk.chance(willing) and not desk.is_at_odds()
    by = clean(line.speaker, 40) or "friend"
    text = desk.rng.choice(_YES if is_for else _NO).format(by=by)
    return None if desk.echoes.repeats(text) else Draft("custom", [Part(text)])


def heard_vote(desk: Desk) -> Draft | None:
    """A word back to who has just said theirs on what the speaker itself proposed."""
    line = desk.heard.line
    if line is None or line.is_own:
        return None
    said = bare(line.text)
    for one in desk.brief.customs:
        what = bare(clean(one.text, 200))
        if (
            one.standing != "open"
            or one.by.lower() != desk.brief.speaker.lower()
            or what not in said
        ):
            continue
        is_against = any(word in said for word in ("count me out", "rather not", "isn't for me"))
        name = clean(line.speaker, 40) or "friend"
        text = desk.rng.choice(_ONE_LESS if is_against else _MORE_FOR).format(name=name)
        return None if desk.echoes.repeats(text) else Draft("custom", [Part(text)])
    return None


def mention(desk: Desk) -> Draft | None:
    """Something that was agreed, or has always been so here, and that one hasn't said yet."""
    for one in desk.brief.customs:
        if one.standing not in {"kept", "custom"} or not _is_for_me(one, desk.brief.speaker):
            continue
        guests = any(listener.is_person for listener in desk.listeners.values())
        said = _part(desk, one, ("{what}",), "told")
        if desk.brief.spent.get(said.key, 0) >= TOLD or desk.heard_of(said.key) > STILL_HEARD:
            continue  # one has told it, or another has, and all have heard it
        act = "agreed" if one.standing == "kept" else "custom" if guests else "custom_among"
        lead = desk.stock(act)
        told = Draft("custom", [lead, said] if lead else [said], length_free=True)
        if not desk.echoes.repeats(told.text):
            return told
    return None


def _is_for_me(one: Custom, speaker: str) -> bool:
    """Whether it is for the speaker to speak of: what it was for itself, and those customs that
    are near to it, the same all its life. What all of them told, all of them would tell alike."""
    if one.is_new:
        return False  # it is told as what was agreed, not as what has always been so
    if one.standing == "kept":
        return one.side == "for" or one.by == speaker
    return zlib.crc32(f"{speaker}|{one.key}".encode()) % TELLERS == 0


def propose(desk: Desk) -> Draft | None:
    """Something to do together, of what one cares about: not the same twice, and not while another
    proposal is in everybody's ears."""
    if not desk.brief.may_propose or not desk.brief.interests:
        return None
    topic = clean(desk.rng.choice(desk.brief.interests)[0], 60)
    key = f"propose/{topic}"
    if not topic or desk.brief.spent.get(key) or any(proposed(x.text) for x in desk.brief.lines):
        return None
    text = desk.rng.choice(_PROPOSED).format(day=desk.rng.choice(DAYS), topic=topic)
    return Draft("propose", [Part(text, key)], length_free=True)


def recount(desk: Desk) -> Draft | None:
    """Asked for it: what holds here, what was agreed, and what is still talked over."""
    parts = []
    for standing, lead in (("kept", "We agreed"), ("open", "We talk over"), ("custom", "It is so")):
        one = next((x for x in desk.brief.customs if x.standing == standing), None)
        if one is not None:
            what = in_place(clean(one.text, 200), one.where, desk)
            parts.append(Part(end_sentence(f"{lead}: {what}")))
    return Draft("custom", parts, 1.0, True) if parts else None


def in_place(what: str, where: str, desk: Desk) -> str:
    """What was proposed in a room, as it is said in another: 'here' is there then."""
    if not where or where == desk.brief.room:
        return what
    name = where.replace("-", " ")
    known = where in desk.index.places
    there = f"at {name if name.startswith('the ') else f'the {name}'}" if known else f"in #{where}"
    return _HERE.sub(there, what, count=1)


_HERE = re.compile(r"\b(?:right )?here\b", re.IGNORECASE)


def _part(desk: Desk, one: Custom, frames: tuple[str, ...], how: str) -> Part:
    what = in_place(clean(one.text, 200).rstrip("."), one.where, desk)
    text = desk.rng.choice(frames).format(what=what, by=clean(one.by, 40))
    return Part(end_sentence(upper_first(text)), f"{one.key}/{how}")
