"""Whether two statements about one subject can both be true now. Pure, by what they claim:
where somebody lives, what they work as, whether they like a thing."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from fishbowl.llm.offline.mending import is_put_right
from memories.formation.echo import content_words
from memories.formation.patterns import KIN, PET, PROFESSIONS, SKILL

CLOSE = 0.6  # share of words from which two objects are the same thing


@dataclass(frozen=True, slots=True)
class Claim:
    """What a statement says of its subject: `value` in the place `slot`. There is room for one
    value where `is_single`; elsewhere only the same thing denied speaks against it. What somebody
    is `is_now` ends what they were; what `is_over` ends all that says it, and more of it. `of` is
    whose it is, of theirs ("sister"), and how that one is called; `called` who goes by which
    name."""

    slot: str
    value: frozenset[str]
    is_so: bool = True
    is_single: bool = True
    is_now: bool = False
    is_over: bool = False
    of: tuple[str, str] = ("", "")
    called: tuple[str, str] = ("", "")


_PLACE = r"(?:in|at|near|on|to|into|by)"
_SINGLE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (slot, re.compile(expression, re.IGNORECASE))
    for slot, expression in (
        ("home", rf"^(?:\w+ly |now |still )?(?:lives|is living|is based|resides|live) (?:alone |with [\w ]+? )?{_PLACE} (?P<value>[^,.;]+)"),
        ("home", r"^(?:has )?(?:just |recently )?moved (?:back )?(?:to|into) (?P<value>[^,.;]+)"),
        ("job", r"^(?:now |still )?(?:works|is working|work) as (?:an? |the )?(?P<value>[^,.;]+)"),
        ("workplace", r"^(?:now |still )?(?:works|is working|work) (?:\w+ )?(?:at|for) (?:the )?(?P<value>[^,.;]+)"),
        ("age", r"^(?:is|turned|are) (?P<value>\d+|\w+(?:-\w+)?) years old"),
        ("status", r"^(?:is|are) (?:now |still |happily |newly )?(?P<value>married|single|divorced|engaged|separated|widowed)\b"),
        ("birthday", r"^'s birthday (?:is|falls) (?:on |in )?(?P<value>[^,.;]+)"),
        ("birthplace", r"^was born in (?P<value>[^,.;]+)"),
        ("origin", r"^(?:is|comes) (?:originally )?from (?P<value>[^,.;]+)"),
    )
)  # fmt: skip
_PLACES = frozenset({"home", "origin", "birthplace"})
_SORT_OF_PLACE = re.compile(
    r"(?:an?|one|my|his|her|their|somewhere|some) |the (?-i:[a-zà-ÿ])|\w+(?: \w+)?'s ",
    re.IGNORECASE,
)
_STOCK = re.compile(
    r"(?:an? |the )?(?:[\w-]+ ){0,2}?(?:family|money|nothing|wealth|poverty)\b", re.I
)
_WHEN_BORN = re.compile(
    r"(?:the )?(?:\d|winter|spring|summer|autumn|January|February|March|April|May|June|July|August|"
    r"September|October|November|December|(?:early|late|mid)\b|\w+ties\b)",
    re.IGNORECASE,
)
# 'is a nurse': one may be a poet besides, but not 'now'.
_CALLED = (
    rf"(?!(?:(?:an?|the) )?(?:{SKILL})\b)(?:an? |the )?(?P<value>(?:(?!(?:of|for|to|with|and|or|who|from|at|in)\b)[\w'-]+ ){{0,3}}?"
    rf"(?:{PROFESSIONS}))\b"
)
_CALLING = re.compile(rf"^(?:is|are) (?:now |still |currently |also )*{_CALLED}", re.IGNORECASE)
_NO_CALLING = re.compile(
    rf"^(?:(?:is|are) (?:not|no longer)|(?:is|are)n't|(?:does|do)(?:n't| not) work as|no longer works? as)"
    rf" {_CALLED}",
    re.IGNORECASE,
)
_NAMED = re.compile(r"^'s (?P<what>[\w -]{2,30}?) is (?:called|named) (?P<value>[^,.;]+)", re.I)
_HAS_NAMED = re.compile(
    rf"^(?:now |still )?(?:has|owns|keeps)(?: got)? (?:an?|one) (?:[\w-]+ ){{0,2}}?(?P<what>{KIN}|{PET})"
    r" (?:called|named) (?P<value>[^,.;]+)",
    re.IGNORECASE,
)  # fmt: skip
_THEIRS = re.compile(
    rf"^'s (?P<who>(?:\w+ )?(?:{KIN}|{PET}))(?P<name> (?-i:[A-ZÀ-Þ])[\w'-]+)? (?P<rest>\w.+)$",
    re.IGNORECASE,
)
_DAY = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?: \d{1,2} \w+ \d{4})?|\d{1,2} (?=[A-Z])\w+ \d{4}|"
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4})"
)
_WHEN = re.compile(
    rf"^'s (?P<what>[\w' -]{{2,40}}?) (?:is|was|will be|starts|begins|falls) (?:on |in |due |now )*(?P<value>{_DAY})"
)
# How somebody is, whichever way it is said.
_HEALTH = re.compile(
    r"^(?:is|are|feels?|got|gets?|has been)(?P<not> not|n't)? (?:(?:still|now|much|all|a|lot|very|so|quite|\w+ly|in|completely) )*"
    r"(?:(?P<ill>ill|sick|unwell|worse|poorly|hospital)|(?P<well>well|better|fine|recovered|healthy|cured|back home|home(?= again| from)(?: from (?:the )?hospital)?|out of (?:the )?hospital|discharged))"
    r"(?:,? (?:again|now|today|these days|any ?more|any longer))*$",
    re.IGNORECASE,
)
_INSTEAD = re.compile(r"\bnow\b|,? (?:and )?not an?\b", re.IGNORECASE)
_FAVOURITE = re.compile(
    r"^'s (?:\w+ )?favou?rite (?P<what>[\w -]{2,30}?) is (?P<value>[^,.;]+)", re.I
)
_LIKES = re.compile(
    r"^(?:(?:\w+ly|still|now|always|really|does|do) )*(?:loves?|likes?|adores?|enjoys?|prefers?|"
    r"(?:is|are) (?:\w+ )?(?:fond of|crazy about|into|keen on|a (?:big |huge |great )?fan of)|has always loved)"
    r" (?P<value>[^,.;]+)",
    re.IGNORECASE,
)
_DISLIKES = re.compile(
    r"^(?:(?:\w+ly|still|now|always|really) )*(?:hates?|dislikes?|detests?|loathes?|can't (?:stand|bear)|"
    r"cannot (?:stand|bear)|(?:doesn't|does not|don't|do not|no longer) (?:\w+ly )?(?:likes?|loves?|enjoys?|"
    r"care for)|(?:is|are) (?:not|no longer) (?:fond of|keen on|into)|has always hated) (?P<value>[^,.;]+)",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\s+(?:and|but|because|since|with|where|when|after|so|as|for|on|these|any ?more)\b.*$"
)
_NOT = re.compile(
    r"\b(?:not|never|no longer|no|doesn't|does not|don't|do not|isn't|is not|hasn't|has not|can't|cannot|"
    r"won't|didn't|wasn't|haven't|aren't|any ?more)\b",
    re.IGNORECASE,
)


# 'no longer has a dog': what was so has ended.
_OVER = re.compile(r"^(?:(?P<verb>is|has) )?no longer ", re.IGNORECASE)
_OF_ITSELF = frozenset({"drink"})  # who no longer drinks may drink tea
_STOPPED = re.compile(
    r"^(?:has )?(?:\w+ly )?(?:quit|stopped|gave up|given up) (?P<verb>\w{2,})ing\b(?P<rest>[^,.;]*)",
    re.IGNORECASE,
)
_HAS = re.compile(
    r"^(?:now |still )?(?:has|owns|keeps)(?: got)? (?!no\b)(?:an? |any |the |(?:one|two|three|four|five|six|seven|\d+) )?"
    rf"(?P<value>(?:[\w-]+ ){{0,2}}?(?:{KIN}|{PET})s?\b[^,.;]*)",
    re.IGNORECASE,
)
_HAS_NO = re.compile(
    r"^(?:(?:now |still )?(?:has|owns|keeps)(?: got)? (?:no|neither|not any)"
    r"|(?:doesn['’]t|does not|has never|never) (?:have|has|had|own|keep|owned|kept)(?: got)?(?: any| an?)?"
    r"|hasn['’]t(?: got)?(?: any| an?)?) "
    rf"(?P<value>(?:[\w-]+ ){{0,2}}?(?:{KIN}|{PET})s?\b[^,.;]*)",
    re.IGNORECASE,
)


# Who has none of these has none of those either.
_KINDS = tuple(
    (content_words(more), content_words(kinds))
    for more, kinds in (
        ("children child kids kid", "son sons daughter daughters child children kid kids twins"),
        ("siblings sibling", "brother brothers sister sisters twin"),
        ("parents", "mother father"),
    )
)


def claim_of(content: str, subject: str) -> Claim | None:
    """What `content` claims of `subject`; None where that can't be told."""
    said = content.strip().rstrip(".")
    if not subject or not said.lower().startswith(subject.lower()):
        return None
    said = said[len(subject) :].lstrip()
    if ended := _OVER.match(said):
        was = claim_of(f"{subject} {ended['verb'] or ''} {said[ended.end() :]}", subject)
        if was is None or not was.is_so:
            return None
        return replace(was, is_so=False, is_single=False, is_now=False, is_over=True)
    if stopped := _STOPPED.match(said):
        did = _words(_LATER.sub("", f"{stopped['verb']}{stopped['rest']}"), subject)
        return Claim("being", did, is_so=False, is_single=False, is_over=True)
    if how := _HEALTH.match(said):
        is_ill = bool(how["ill"]) != bool(how["not"])
        return Claim("health", frozenset({"ill" if is_ill else "well"}))
    if has := _HAS.match(said):
        named = _HAS_NAMED.match(said)
        called = (named["what"].lower(), named["value"].lower()) if named else ("", "")
        had = _words(_LATER.sub("", has["value"]), subject)
        return Claim("having", had, is_single=False, called=called)
    if without := _HAS_NO.match(said):
        lacking = _words(_LATER.sub("", without["value"]), subject)
        return Claim("having", lacking, is_so=False, is_single=False)
    for slot, expression in _SINGLE:
        if match := expression.match(said):
            value = match["value"] if slot == "birthday" else _LATER.sub("", match["value"])
            return Claim(_sort_of(slot, value), _words(value, subject))
    for expression, is_so in ((_NO_CALLING, False), (_CALLING, True)):
        if match := expression.match(said):
            is_now = is_so and bool(_INSTEAD.search(said))
            slot = "job" if is_now else "calling"
            value = _words(match["value"], subject)
            return Claim(slot, value, is_so, is_single=is_now, is_now=is_now)
    for expression, slot in ((_NAMED, "name of"), (_FAVOURITE, "favourite")):
        if match := expression.match(said):
            what = match["what"].lower()
            called = (what, match["value"].lower()) if slot == "name of" else ("", "")
            return Claim(f"{slot} {what}", _words(match["value"], subject), called=called)
    if dated := _WHEN.match(said):
        day = frozenset(dated["value"].lower().split())
        return Claim(f"when {dated['what'].lower()}", day)
    if theirs := _THEIRS.match(said):
        of = claim_of(f"It {theirs['rest']}", "It")
        if of is not None and of.slot != "being":
            name = (theirs["name"] or "").strip().lower()
            return replace(of, of=(theirs["who"].lower(), name))
    for expression, is_so in ((_DISLIKES, False), (_LIKES, True)):
        if match := expression.match(said):
            value = _words(_LATER.sub("", match["value"]), subject)
            return Claim("liking", value, is_so, is_single=False) if value else None
    value = _words(_stems(_NOT.sub(" ", said)), subject)
    return Claim("being", value, not _NOT.search(said), is_single=False) if value else None


def _sort_of(slot: str, value: str) -> str:
    """Where in the world, what manner of place, of whom and when are several things: who lives in a van may live in
    Rome, and who was born in 1998 was born somewhere."""
    if slot in _PLACES and _WHEN_BORN.match(value):
        return f"{slot} when"
    if slot in _PLACES and _STOCK.match(value):
        return f"{slot} stock"
    if slot in _PLACES and _SORT_OF_PLACE.match(value):
        return f"{slot} sort"
    return slot


def contradict(one: str, other: str, subject: str) -> bool:
    """Whether two statements about `subject` speak against each other."""
    first, second = claim_of(one, subject), claim_of(other, subject)
    if first is None or second is None or not first.value or not second.value:
        return False
    if not _same_one(first.of, second.of):
        return False
    shared = len(first.value & second.value)
    if first.called[0] and first.called[0] == second.called[0] and first.slot != second.slot:
        return first.called[1] != second.called[1]  # one has a dog called so, and the dog is not
    if first.slot == second.slot and first.slot.startswith("when "):
        return not (first.value <= second.value or second.value <= first.value)
    if {first.slot, second.slot} == {"job", "calling"} and first.is_so and second.is_so:
        return shared == 0 and (first.is_now or second.is_now)
    if first.slot != second.slot and {first.slot, second.slot} != {"job", "calling"}:
        return False
    if first.is_so == second.is_so:
        return first.is_single and shared == 0
    smaller, larger = sorted((len(first.value), len(second.value)))
    if first.is_over or second.is_over:  # that, and whatever more was said of it
        ended = (first if first.is_over else second).value
        return shared == (larger if ended <= _OF_ITSELF else len(ended))
    if first.slot == "being":  # the very same thing, denied
        return shared == larger and larger > 1
    if shared / smaller >= CLOSE:
        return True
    without, had = (first, second) if second.is_so else (second, first)
    if without.slot != "having" or len(without.value) != 1 or "law" in had.value:
        return False  # a son-in-law is none of one's children
    return any(without.value <= more and had.value & kinds for more, kinds in _KINDS)


def _same_one(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether both are of the subject, or of the same one of theirs."""
    return one[0] == other[0] and (one[1] == other[1] or not (one[1] and other[1]))


def speaks_against(one: str, other: str, subject: str, instead: str | None = None) -> bool:
    """Whether what is said now can't be true beside what was said before, or corrects it: see
    `Statement.instead`."""
    if contradict(one, other, subject):
        return True
    return instead is not None and is_put_right(one, other, instead)


def replaces(one: str, subject: str, instead: str | None = None) -> bool:
    """Whether what `one` speaks against is over (there is one home, or it was a slip), and not
    merely disputed."""
    claim = claim_of(one, subject)
    return instead is not None or (claim is not None and (claim.is_single or claim.is_over))


def _words(text: str, subject: str) -> frozenset[str]:
    return content_words(text) - content_words(subject)


def _stems(text: str) -> str:
    """'eats' and '(does not) eat' are one word."""
    return re.sub(r"\b(\w{3,}?)(?:es|s)\b", r"\1", text)
