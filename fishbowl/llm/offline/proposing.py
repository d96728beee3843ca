"""Whether a line proposes something to everybody, told by its words. Pure."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re
from typing import Literal

from fishbowl.llm.offline.text import clean, content_stems, sentences

LONGEST = 200
FEWEST_STEMS = 2

_LEAD = re.compile(
    r"^(?:(?:so|well|then|right|hey|okay|ok|now|and|but|listen|look|everyone|everybody|all|friends|maybe|perhaps|[A-Z]\w+)[,:!]?\s+){0,2}"
    r"(?:let'?s|let us|how about (?:if )?we(?: all)?|what about if we|what if we(?: all)?|why don'?t we(?: all)?|shall we(?: all)?"
    r"|(?:should|could|can)(?:n'?t)? we(?: all)?|we (?:should|could|ought to|might)(?: all)?"
    r"|i(?:'d| would)? (?:propose|suggest|move|vote)(?: that)? we(?: all)?)\s+(?P<what>.+)$",
    re.IGNORECASE,
)
_IDIOM = re.compile(
    r"^(?:just |not )?(?:see|say|hope|face|be|have been|assume|suppose|pretend|put it|hear|admit|look|wait|think|imagine|call it|leave"
    r"|know|have (?:it|this|that) out|talk about (?:that|it|this)|get (?:on|back)|go on|move on|agree to disagree|start with|stop there|not forget|forget|do (?:it|that|this)|try)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(?:every|each) (?:other |second )?(?:day|morning|evening|night|afternoon|week|month|year|weekday|mon|tues|wednes|thurs|fri|satur|sun)"
    r"|\bonce a (?:day|week|month|year)\b|\b(?:daily|weekly|monthly|yearly|annual(?:ly)?)\b|\b(?:a|our) (?:tradition|custom|ritual)\b",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"\bfrom (?:now|today) on\b|\balways\b|\bnever\b|\bno(?:body| one| more)\b|\b(?:a|our) (?:house )?(?:rule|norm|habit)\b|^not\b|\bstop \w+ing\b|\bagree (?:that|to|not)\b",
    re.IGNORECASE,
)
_ONCE = re.compile(
    r"\btomorrow\b|\btonight\b|\bthis (?:evening|afternoon|weekend)\b|\bat (?:noon|midnight|\d{1,2}\b)"
    r"|\b(?:on|next|this) (?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bin an? (?:hour|week)\b",
    re.IGNORECASE,
)
_DOING = re.compile(
    r"^(?:all |both )?(?:meet|gather|hold|have|host|build|make|paint|organi[sz]e|plant|cook|bake|celebrate|read|start|keep|write|put on|mend|repair"
    r"|clean|take turns|sing|play|visit|watch|name|plan|throw|set up|found|swap|share|walk|swim|sail|light|hang|open|save|collect|choose|elect|vote)\b",
    re.IGNORECASE,
)

# That something is to be no more: "drop the pier thing", "stop meeting on Fridays".
_ENDING = re.compile(
    r"^(?:all |both |just |please )?(?:(?P<plain>drop|end|quit|scrap|cancel|call off|give up(?: on)?|abolish|do away with|get rid of)|stop|no longer|not)\b (?P<rest>.+)$",
    re.IGNORECASE,
)
_NO_MORE = re.compile(r"\b(?:any ?more|any longer)\b", re.IGNORECASE)

Kind = Literal["event", "tradition", "norm", "decision"]


def proposed(text: str) -> tuple[Kind, str] | None:
    """What a line proposes to everybody, and of which kind it is; None where it proposes
    nothing."""
    for sentence in sentences(clean(text, 600)):
        found = _LEAD.match(sentence.strip())
        if found is None:
            continue
        what = " ".join(found["what"].split()).strip(" .!?…\"”'").removesuffix(", shall we")
        if (
            _IDIOM.match(what)
            or len(what) > LONGEST
            or len(set(content_stems(what))) < FEWEST_STEMS
        ):
            continue
        kind = kind_of(what)
        if kind != "decision" or _DOING.match(what) or ending(what):
            return kind, what
    return None


def ending(what: str) -> str:
    """What a proposal would have be no more; empty where it would end nothing. This once, as in
    'let's not meet this Friday', is no end."""
    found = _ENDING.match(what)
    if found is None or _ONCE.search(what):
        return ""
    if what.lower().startswith("not") and not _NO_MORE.search(what):
        return ""
    return _NO_MORE.sub("", found["rest"]).strip()


def is_only_an_end(what: str) -> bool:
    """Whether a proposal that ends something says nothing else: without that, it is none. 'Stop
    whistling' is a rule too."""
    found = _ENDING.match(what)
    return bool(ending(what)) and found is not None and bool(found["plain"])


def kind_of(what: str) -> Kind:
    """Whether it would come again, hold for everybody, be at some time, or be done once."""
    if _AGAIN.search(what):
        return "tradition"
    if _RULE.search(what):
        return "norm"
    return "event" if _ONCE.search(what) else "decision"
