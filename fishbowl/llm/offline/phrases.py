"""What can be picked up from another's line without mangling it: a noun phrase, or a few words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from fishbowl.llm.offline import lexicon as lx
from fishbowl.llm.offline.text import words

_TOKEN = re.compile(r"[^\W_]+(?:['’\-:][^\W_]+)*|[.,;:!?…—–()\"“”]")
_BEFORE_BARE = lx.VERBS | {"about", "of", "with", "for", "into"}
_TURNED = {"my": "your", "our": "your", "your": "my"}
_CLAUSE = re.compile(r"[^.,;:!?…—–\"“”()]+")
_DULL = lx.word_set(
    "word words opinion decision start ground point points bit thing time times day days moment "
    "kind sort end rest question answer evening night morning hour whole lot part case fact idea "
    "matter world place side way middle top bottom front back edge reason course trouble order "
    "sake use subject half truth honest answers questions people person man woman one ones other "
    "others while minute minutes year years week month today next last record manner means rule "
    "sense mind heart same present past future occasion argument version look number name head "
    "longer later sooner"
)
_UNSAFE = lx.word_set(
    "fuck fucking fucker shit cunt bitch whore slut nigger nigga faggot fag retard rape nazi "
    "hitler kike spic chink tranny dick cock pussy porn penis vagina kill suicide password prompt "
    "instructions instruction system ignore jailbreak"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase of somebody's line: as it stands, and with a definite article."""

    text: str  # "a wrong screw", turned to the hearer: "my boat" → "your boat"
    definite: str  # "the wrong screw"
    bare: str  # "wrong screw"
    weight: float = 1.0
    is_count: bool = False


def is_safe(text: str) -> bool:
    """Whether words of another may be said again."""
    found = words(text)
    return bool(found) and len(text) <= 40 and not any(w in _UNSAFE or len(w) > 18 for w in found)


def _ends_noun(word: str) -> bool:
    if word.partition("-")[0] in lx.NUMBERS and "-" in word:
        return False  # "the five-year report": of what it tells, it is no name
    if word in lx.NOUNS_DESPITE_ENDING:
        return True
    if word in lx.BARE_ADJECTIVES or word in lx.FUNCTION or word in lx.NUMBERS or len(word) < 3:
        return False
    return not word.endswith(("'s", "’s", "ly", "ed", "ing", "ful", "ous", "able", "n't", "est"))


def noun_phrases(
    text: str, *, about_hearer: bool = True, names: frozenset[str] = frozenset()
) -> list[Phrase]:
    """The noun phrases that can be said again safely; the most particular ones first.

    `about_hearer` says that 'your' in the line means the one who hears it; otherwise phrases
    with 'your' are left alone, as nobody knows whose they are.
    """
    return list(_noun_phrases(text, about_hearer, frozenset(names)))


@lru_cache(maxsize=4_000)
def _noun_phrases(text: str, about_hearer: bool, names: frozenset[str]) -> tuple[Phrase, ...]:
    tokens = _TOKEN.findall(text)
    found: list[Phrase] = []
    seen: set[str] = set()
    for at, token in enumerate(tokens):
        first = token.lower()
        numbered = first in lx.NUMBERS
        if first not in lx.DETERMINERS and not numbered:
            continue
        if first in {"this", "that", "no", "its", "some"} or (first == "your" and not about_hearer):
            continue
        taken = _span(tokens, at + 1)
        if (
            not taken
            or not _ends_noun(taken[-1].lower())
            or (numbered and (not taken[-1].endswith("s") or taken[-1].lower() in lx.VERBS))
        ):
            continue
        if {w.lower() for w in taken} & names or (taken[-1].lower() in _DULL
                                                  and not numbered):  # fmt: skip
            continue
        bare = " ".join(w if w[:1].isupper() and w.lower() != w else w.lower() for w in taken)
        lead = _TURNED.get(first, first)
        definite = f"{lead if first not in {'a', 'an'} and not numbered else 'the'} {bare}"
        if numbered:
            bare, definite = f"{first} {bare}", f"the {first} {bare}"
            whole = bare
        else:
            whole = f"{lead} {bare}"
        if bare.lower() in seen or not is_safe(whole):
            continue
        seen.add(bare.lower())
        weight = 0.6 * len(taken) + 0.06 * len(taken[-1]) + (0.4 if numbered else 0.0)
        weight += 0.4 * at / max(1, len(tokens))
        found.append(Phrase(whole, definite, bare, weight, numbered))
    for bare in _bare_plurals(tokens, names):
        if bare not in seen and is_safe(bare):
            found.append(Phrase(bare, f"the {bare}", bare, 0.8))
    return tuple(sorted(found, key=lambda p: -p.weight))


def _bare_plurals(tokens: list[str], names: frozenset[str]) -> list[str]:
    """Plurals without an article: "I build model trains in …" gives "model trains"."""
    found = []
    for at in range(len(tokens) - 1):
        if tokens[at].lower() not in _BEFORE_BARE:
            continue
        taken = _span(tokens, at + 1)
        low = [w.lower() for w in taken]
        if (
            not 1 <= len(taken) <= 2
            or not low[-1].endswith("s")
            or low[-1].endswith(("ss", "us", "is"))
        ):
            continue
        if low[-1] in lx.VERBS or low[0] in lx.VERBS or set(low) & names or low[-1] in _DULL:
            continue
        if _ends_noun(low[-1]) and not any("'" in w for w in low):
            found.append(" ".join(low))
    return found


def _span(tokens: list[str], start: int) -> list[str]:
    """The content words from `start` to where the noun phrase surely ends, else nothing."""
    taken: list[str] = []
    for at in range(start, min(start + 4, len(tokens))):
        token = tokens[at]
        low = token.lower()
        if not token[0].isalnum():
            return taken
        if low in lx.FOLLOWERS or low in lx.PRONOUNS:
            return taken if low in lx.FOLLOWERS else []
        if re.search(r"['’](?:d|ll|ve|re)$", low):  # "the burglar who'd come"
            return taken if re.split("['’]", low)[0] in lx.FOLLOWERS else []
        if taken and (low in lx.VERBS or low.endswith("ly")) and low not in lx.NOUNS_DESPITE_ENDING:
            return taken
        if low in lx.FUNCTION and low not in {"old", "new", "good", "bad", "little", "big"}:
            return []
        if not taken and low in lx.VERBS and low.endswith("ing"):
            return []
        if any(c.isdigit() for c in low):
            return []
        taken.append(token)
    return taken if start + len(taken) >= len(tokens) else []


def quotable(text: str, names: frozenset[str] = frozenset()) -> list[str]:
    """Short clauses that can be quoted word for word: 3–6 words, with some content, whole."""
    found = []
    for clause in _CLAUSE.findall(text):
        inside = words(clause)
        if not 3 <= len(inside) <= 6 or inside[0] in lx.CONJUNCTIONS - {"that", "so"}:
            continue
        content = [w for w in inside if w not in lx.FUNCTION and w not in names and len(w) > 2]
        if not content or set(inside) & names or not is_safe(clause.strip()):
            continue
        if inside[-1] in lx.PREPOSITIONS | lx.DETERMINERS | lx.CONJUNCTIONS | {"i"}:
            continue
        if any(c.isdigit() or c in "@/\\<>" for c in clause) or inside[0] in lx.PREPOSITIONS:
            continue
        found.append(clause.strip())
    return found
