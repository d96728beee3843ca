"""What is asked of somebody who is no character, put as they would ask it of themselves: so what
they told is found by the same rules. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_HE = re.compile(r"\b(?:she|he|they)\b", re.IGNORECASE)
_HIS = re.compile(r"\b(?:her|his|their)\b", re.IGNORECASE)
_AM = re.compile(r"\b(?:is|are) I\b|\bI (?:is|are)\b", re.IGNORECASE)
_HAVE = re.compile(r"\bhas I\b", re.IGNORECASE)
_DO = re.compile(r"\bdoes I\b", re.IGNORECASE)
_ME = re.compile(r"(?<=[a-z]{3}s )I(?=\W*$)")
# What asks for any of their doings, with no thing that it names.
_ANYTHING = re.compile(
    r"\bwhat (?:did I do|was I (?:doing|up to)|(?:have|had) I (?:been (?:up to|doing|at)|done))\b"
    r"|\bwhat am I (?:up to|doing)\b|\bwhat(?:'s| is| has)? (?:happened|happening) (?:to|with) I\b"
    r"|\b(?:did|have|had) I (?:ever )?(?:say|said|tell|told|mention\w*)(?: \w+){0,2}? "
    r"(?:what|where|how) I\b"
    r"|\bwhat did I (?:say|tell|talk|mention)\b|\bwhere (?:did I go|have I (?:been|gone))\b",
    re.IGNORECASE,
)
_OF_PAST = re.compile(r"\b(?:did|was|were|had|happened)\b", re.IGNORECASE)
_TO_COME = re.compile(
    r"\b(?:next|tomorrow|tonight|going to|'ll|will|(?:I'm|I am|we're|we are) \w+ing)\b",
    re.IGNORECASE,
)
# With whom one may begin to ask of somebody: "what did Maren do", "how did Theo's exam go".
_OF_SOMEBODY = re.compile(
    r"\W*(?:(?:and|but|so|hey|well|ok|do you know|any idea)\W+)*"
    r"(?:(?:what|where|when|why|how|which|who)(?: \w+){0,2}? )?(?:does|did|has|had|do|is|was) "
    r"(?P<name>(?-i:[A-ZÀ-Þ])[\w’'-]*?)(?:['’]s \w+)? (?:\w+ )?"
    r"(?:do|doing|done|up|say|said|tell|told|talk|mention\w*|go|gone|going|went|been|work\w*|live|"
    r"living|have|got|like|love|hate|want|think|feel\w*|come|leave|left|eat|drink|play|study\w*)\b",
    re.IGNORECASE,
)


def as_of_self(question: str, name: str) -> str:
    """A question on somebody as they would put it themselves: "where does Nell's sister live?" is
    "where does my sister live?"; of whom it calls she or he afterwards, too."""
    plain = question.replace("’", "'")
    whose = rf"(?<!\w){re.escape(name)}"
    # "What's Nell's job" and "when's Nell back" keep what stands before.
    plain = re.sub(rf"{whose}'s?(?= \w)", "my", plain, flags=re.IGNORECASE)
    plain = re.sub(rf"{whose}(?!\w)", "I", plain, flags=re.IGNORECASE)
    plain = _HIS.sub("my", _HE.sub("I", plain))
    plain = _DO.sub("do I", _HAVE.sub("have I", _AM.sub("am I", plain)))
    return _ME.sub("me", plain)


def asks_anything(question: str) -> bool:
    """Whether a question, put so, is for whatever they did or told."""
    return _ANYTHING.search(question) is not None


def is_to_come(question: str, said: str) -> bool:
    """Whether what was said is still to come, where what has been is asked for."""
    return bool(_OF_PAST.search(question) and _TO_COME.search(said))


def named_in(question: str, names: Iterable[str]) -> str:
    """Which of these names a question has in it, the longest; of a name of several words the first
    is enough. '' where none is."""
    known = {name for one in names if one for name in (one, one.split()[0])}
    found = (
        name
        for name in sorted(known, key=lambda name: (-len(name), name))
        if re.search(rf"(?<!\w){re.escape(name)}(?:['’]s)?(?!\w)", question, re.IGNORECASE)
    )
    return next(found, "")


def somebody_in(question: str) -> str:
    """The name of whoever is asked of as one asks of somebody; '' of no such question."""
    found = _OF_SOMEBODY.match(question)
    return found["name"] if found and found["name"] != "I" else ""
