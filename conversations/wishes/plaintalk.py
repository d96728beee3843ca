"""What people ask for in plain words, as others would with a command: to be reminded, to be
forgotten, to hear what is known of them, to have something not remembered, to have quiet, or their
birthday and their clock known, and how far they may be remembered.

Recognised only where somebody is spoken to, and only where the words can mean nothing else: what
isn't recognised is talk, and a character answers it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from characters import preferences
from conversations.initiative import moments, recurrence

Kind = Literal[
    "remind", "forget", "forget_for_sure", "known", "off_record", "leave_be", "come_to_me",
    "hush", "unhush", "birthday", "timezone", "quiet_hours", "privacy",
]  # fmt: skip

LONGEST_WHEN = 7  # words that name a time

_POLITE = r"(?:(?:please|can you|could you|would you|will you|i want you to|i'd like you to)[ ,]+)*"
_GREETING = r"(?:hey|hi|hello|ok|okay|dear)"
_ABOUT_ME = r"(?:about|of) me"
_FORGET = re.compile(
    rf"{_POLITE}(?:forget (?:me|(?:everything|all|whatever)(?: that)?(?: you know)? {_ABOUT_ME})"
    rf"|erase (?:me|everything {_ABOUT_ME})|delete (?:everything|all|my data)(?: {_ABOUT_ME})?)"
    r"(?:[ ,]+please)?[ .!?]*"
)
_SURE = re.compile(r"yes[ ,.!]+(?:please[ ,]+)?forget me(?:[ ,]+(?:please|for good))?[ .!]*")
_OFF_RECORD = re.compile(
    rf"{_POLITE}(?:(?:do not|don'?t|never) remember (?:this|that|it|what i (?:just )?said)"
    r"|forget what i (?:just )?said(?: again)?)(?:[ ,]+please)?[ .!]*"
)
# Said of the words before it in the same message. With a comma before it or 'but', it may be that
# who says so doesn't remember: then it takes a 'please'.
_WITHHELD = re.compile(
    rf"\w.*?(?:[.!?…;:)(–—][\s)]*(?:but |and |so |now )?\(?{_POLITE}"
    r"|(?:,|\bbut|\band)\s+(?:please[ ,]+)+)"
    r"(?:(?:do not|don'?t) remember (?:this|that|it|any of (?:this|that|it)|what i (?:just )?said)"
    r"|forget (?:that )?i (?:ever |just )?(?:said|told you|mentioned) (?:so|this|that|it|anything)"
    r"|forget what i (?:just )?said)(?:[ ,]+please)?"
    r"(?:, ?@?(?!sorry|though|either|actually)[\w'-]+(?: [\w'-]+)?)?[ .!)]*",
    re.DOTALL,
)
_KNOWN = re.compile(
    rf"{_POLITE}(?:(?:tell me|show me) )?what (?:do|did) you (?:know|remember) {_ABOUT_ME}[ .!?]*"
    rf"|{_POLITE}(?:tell|show) me what you (?:know|remember) {_ABOUT_ME}[ .!?]*"
    rf"|what have you (?:learned|remembered|stored|saved) {_ABOUT_ME}[ .!?]*"
)
_REMIND = re.compile(rf"{_POLITE}remind me[ ,]+(?P<rest>\S.*?)(?:[ ,]+please)?[ .!?]*", re.DOTALL)
_LEAVE_BE = re.compile(
    rf"{_POLITE}(?:(?:don't|do not|never|stop) (?:check(?:ing)? (?:up )?on me|com(?:e|ing) to me"
    r"|ask(?:ing)? after me|miss(?:ing)? me|ask(?:ing)? me how (?:it|things) went)"
    r"|leave me be)(?:[ ,]+(?:unasked|any ?more|please))*[ .!]*"
)
_COME = re.compile(
    rf"{_POLITE}(?:you (?:may|can) )?(?:check (?:up )?on me|come to me|ask after me)"
    r"(?: (?:again|unasked|any ?time|now and then))?(?:[ ,]+please)?[ .!]*"
)
_SPAN = r"(?: for (?P<span>[\w ]{1,30}?))?(?: now)?(?:[ ,]+please)?[ .!]*"
_HUSH = re.compile(
    rf"{_POLITE}(?:be|keep) (?:quiet|silent|still){_SPAN}"
    rf"|{_POLITE}(?:stop talking|shut up|hush|quiet down|silence|quiet){_SPAN}".replace(
        "?P<span>", "?P<again>", 1
    )
)
_UNHUSH = re.compile(
    rf"{_POLITE}(?:you (?:can|may) (?:all )?(?:talk|speak|go on)(?: again| now)?"
    r"|(?:talk|go on) again|stop being quiet)(?:[ ,]+please)?[ .!]*"
)
_BIRTHDAY = re.compile(
    r"(?:my birthday is|i was born)(?: on)?(?: the)? (?P<day>[\w ,.\-]{3,40}?)[ .!]*"
    rf"|{_POLITE}(?P<none>forget my birthday)(?:[ ,]+please)?[ .!]*"
)
_ZONE = re.compile(r"my time ?zone is (?P<zone>[\w/+\- ]{2,40}?)[ .!]*")
_QUIET_HOURS = re.compile(
    rf"(?:{_POLITE}(?:do not|don't|never) disturb me (?:between|from)|my quiet hours are(?: from)?)"
    r" (?P<start>[\w:. ]{1,12}?) (?:and|to|until|till|–|-) (?P<end>[\w:. ]{1,12}?)[ !]*"
    rf"|{_POLITE}(?P<none>forget my quiet hours)(?:[ ,]+please)?[ .!]*"
)
_PRIVACY = re.compile(
    rf"{_POLITE}(?P<command>/)?(?:set )?(?:my )?privacy(?: level)?"
    r"(?: (?:to )?(?P<level>none|minimal|full))?"
    r"(?:[ ,]+please)?[ .!?]*"
)
EVERYBODY = ("everybody", "everyone", "all of you")
_LINK = re.compile(r"(?:to|that|about|of)\s+", re.IGNORECASE)


_HINTS = (
    "remember th",
    "remember it",
    "what i ",
    "remind me",
    "forget me",
    "about me",
    "of me",
    "erase me",
    "delete ",
    "on me",
    "after me",
    "to me",
    "leave me be",
    "me how",
    "missing me",
    "miss me",
    "quiet",
    "silen",
    "be still",
    "stop talking",
    "shut up",
    "hush",
    "you can ",
    "you may ",
    "again",
    "birthday",
    "i was born",
    "zone is",
    "disturb me",
    "privacy",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for; `at`, `what` and `rule` belong to a reminder. Quiet may end `at` a
    time; `what` holds a day, a zone, the two ends of quiet hours (empty: it is forgotten), or a
    level of privacy (empty: which one is it?)."""

    kind: Kind
    at: dt.datetime | None = None
    what: str = ""
    rule: str = ""


def may_ask(text: str) -> bool:
    """Whether a message is worth the look whether it asks for something: most are not."""
    low = text.casefold()
    return any(hint in low for hint in _HINTS)


def is_sure(text: str, names: Iterable[str]) -> bool:
    """Whether what was asked for is to be forgotten for good."""
    bare = without_address(text, (*names, *EVERYBODY))
    low = " ".join((text if bare is None else bare).replace("’", "'").casefold().split())
    return _SURE.fullmatch(low) is not None


def is_withheld(text: str) -> bool:
    """Whether a message ends by asking that what it says be remembered by nobody: 'I owe the bank
    money. Don't remember that, Mara.' Whom it is said to, if anybody, is one."""
    low = " ".join(text.replace("’", "'").casefold().split())
    is_hinted = "remember" in low or "forget" in low
    return is_hinted and _WITHHELD.fullmatch(low) is not None


def asked(
    text: str,
    names: Iterable[str],
    *,
    is_called: bool,
    now: dt.datetime,
    zone: ZoneInfo,
    in_tank: bool = False,
    birthday: dt.date | None = None,
) -> Asked | None:
    """What a message asks for; None where it is talk. `is_called` is whether it speaks to whoever
    is here; else it must begin or end with one of `names`. In the tank, where one is a guest of
    theirs, they may be asked for a reminder without being named. `birthday` is its author's."""
    bare = without_address(text, (*names, *EVERYBODY))
    is_called = is_called or bare is not None
    bare = " ".join((text if bare is None else bare).replace("’", "'").split())
    low = bare.casefold()
    found = _PRIVACY.fullmatch(low)
    if found and (is_called or found["level"] or found["command"]):
        return Asked("privacy", what=found["level"] or "")
    if not is_called:
        return _reminding(bare, low, now, zone, birthday) if in_tank else None
    if _SURE.fullmatch(low):
        return Asked("forget_for_sure")
    if _FORGET.fullmatch(low):
        return Asked("forget")
    if _KNOWN.fullmatch(low):
        return Asked("known")
    if _OFF_RECORD.fullmatch(low):
        return Asked("off_record")
    if _LEAVE_BE.fullmatch(low):
        return Asked("leave_be")
    if _COME.fullmatch(low):
        return Asked("come_to_me")
    if about := _of_quiet(low, now, zone) or _of_self(low, bare, now):
        return about
    return _reminding(bare, low, now, zone, birthday)


def _of_quiet(low: str, now: dt.datetime, zone: ZoneInfo) -> Asked | None:
    if _UNHUSH.fullmatch(low):
        return Asked("unhush")
    found = _HUSH.fullmatch(low)
    if found is None:
        return None
    span = found["span"] or found["again"]
    if not span or span in ("a while", "a bit", "some time", "now"):
        return Asked("hush")
    until = moments.read(f"in {span}", now, zone)
    return Asked("hush", until) if until else None


def _of_self(low: str, bare: str, now: dt.datetime) -> Asked | None:
    if found := _BIRTHDAY.fullmatch(low):
        return Asked("birthday", what=found["day"] or "") if _is_day(found["day"], now) else None
    if len(low) == len(bare) and (found := _ZONE.fullmatch(low)):
        return Asked("timezone", what=bare[found.start("zone") : found.end("zone")])
    if found := _QUIET_HOURS.fullmatch(low):
        ends = f"{found['start']}|{found['end']}" if found["start"] else ""
        return Asked("quiet_hours", what=ends)
    return None


def _is_day(text: str | None, now: dt.datetime) -> bool:
    """Whether a day is named that somebody can have been born on, or none."""
    if not text:
        return True
    try:
        preferences.read_birthday(text, now.date())
    except preferences.Unusable:
        return False
    return True


def without_address(text: str, names: Iterable[str]) -> str | None:
    """A message without the name of the one it speaks to; None where it speaks to nobody of these
    at its beginning or end."""
    for name in sorted(names, key=len, reverse=True):
        for called in dict.fromkeys((name, name.split()[0])):
            word = re.escape(called)
            parted = r"(?:\s*[,:!–—-]\s*|\s+)"
            begun = re.match(rf"\s*(?:{_GREETING}[ ,]+)?@?{word}{parted}", text, re.IGNORECASE)
            if begun:
                return text[begun.end() :]
            ended = re.search(rf",\s*@?{word}\s*[.!?]*\s*$", text, re.I)
            if ended:
                return text[: ended.start()]
    return None


def _reminding(
    bare: str, low: str, now: dt.datetime, zone: ZoneInfo, birthday: dt.date | None
) -> Asked | None:
    found = _REMIND.fullmatch(low)
    if found is None or len(low) != len(bare):
        return None
    return _reminder(bare[found.start("rest") : found.end("rest")], now, zone, birthday)


def _reminder(
    rest: str, now: dt.datetime, zone: ZoneInfo, birthday: dt.date | None
) -> Asked | None:
    """'in 20 minutes to …', 'to … in 20 minutes', 'tomorrow at 9: …'."""
    words = rest.split()
    for count in range(min(LONGEST_WHEN, len(words) - 1), 0, -1):
        at, rule = _when(" ".join(words[:count]).rstrip(":,"), now, zone, birthday)
        after = " ".join(words[count:])
        link = _LINK.match(after)
        is_parted = words[count - 1].endswith((":", ","))
        if at is not None and (link or is_parted):
            what = after[link.end() :] if link else after
            return Asked("remind", at, what, rule) if what else None
    link = _LINK.match(rest)
    if link is None:
        return None
    words = rest[link.end() :].split()
    for count in range(min(LONGEST_WHEN, len(words) - 1), 0, -1):
        at, rule = _when(" ".join(words[-count:]), now, zone, birthday)
        if at is not None:
            return Asked("remind", at, " ".join(words[:-count]).rstrip(",;"), rule)
    return None


def _when(
    text: str, now: dt.datetime, zone: ZoneInfo, birthday: dt.date | None
) -> tuple[dt.datetime | None, str]:
    """The moment that words name, and the rule, if they name one."""
    again = recurrence.read(text, now, zone, birthday)
    return (again[1], again[0]) if again else (moments.read(text, now, zone, birthday), "")
