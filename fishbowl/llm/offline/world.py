"""What the speaker has read of the world, for who asks after it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from fishbowl.llm.offline.lexicon import BASE_OF, NUMBERS
from fishbowl.llm.offline.text import clean, content_stems, count_words, sentences, stem, words

BEGINNING = 5  # words in which a sentence says what it is of
SUBJECT = 6  # words of a sentence that the next one may point back to
FEWEST_HOW = 2  # words that a question for the way of doing something asks with
LONGEST = 48  # words of lore that are told in one breath
_NUMERAL = rf"(?:\d[\d.,:]*|(?:{'|'.join(sorted({*NUMBERS, 'one', 'a hundred'}))})(?:[ -]\w+)?)"
_MONEY = (
    r"(?:crowns?|kron\w+|euros?|pounds?|pence|penn(?:y|ies)|dollars?|cents?|shillings?|francs?|coins?"
    r"|coppers?|silvers?|guineas?|ducats?|credits?|yen|quid|bucks?)"
)
# Which kinds of question the world may answer, and what an answer of that kind has in it.
_WANTED = {
    "when": r"\d|\b(?:morning|noon|evening|night|dark|winter|summer|spring|autumn|year|day)s?\b",
    "when_next": r"\d|\b(?:morning|noon|evening|night|dark|winter|summer|spring|autumn|\w+day)s?\b",
    "how_many": r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|\w+teen|\w+ty|hundred)\b",
    "how_long": r"\d|\b(?:years?|hours?|minutes?|days?|winters?)\b",
    "price": rf"\b{_NUMERAL} (?:\w+ )?{_MONEY}\b|[€$£] ?\d|\d ?[€$£]|\bcosts? (?:\w+ )?{_NUMERAL}"
    r"|\b(?:free of charge|costs? nothing|(?:is|are) free)\b",
    "in_charge": r"\b(?:runs|keeps|owns|manages|heads|leads|works|looks after|has charge)\b"
    r"|\b(?:run|keep|own|manage|work|look after) (?:there|it|the)\b"
    r"|\b(?:ha(?:s|ve)|['’](?:s|ve)) (?:\w+ )?(?:run|kept|owned|managed|led|worked|had)\b"
    r"|\b(?:is|are) (?:the |its |their )?(?:owner|keeper|manager|landlord|landlady|head|master)s?\b"
    r"|(?P<by>\b(?:run|kept|owned|managed|led) by\b)",
    "age": r"\byears? old\b|\baged \w|\b(?:built|born|made|begun|founded|dates?|of|from|since|in) "
    r"(?:\w+ )?\d{4}\b",
    "there": "",
    "who": "",
    "where": r"\b(?:on|in|at|above|below|beside|behind|round|under|over|from) (?:the|a|an|[A-Z])",
    "what": "",
    "why": r"\b(?:because|since|so that|for)\b",
    "how": "",
}
_NUMBER = re.compile(_WANTED["how_many"])
_COUNTED = re.compile(r"\bhow many (?P<what>[\w'-]+)", re.IGNORECASE)
BETWEEN = 2  # words between a number and what it counts
# The same, for whoever looks for one in something else that was told.
ANSWERS = {kind: re.compile(has) for kind, has in _WANTED.items()}

_OF_SOMEBODY = re.compile(r"\b(?:he|she|they|him|her|them)\b", re.IGNORECASE)  # no telling whom
_OF_ONES_OWN = re.compile(r"(?:my|our|your)\b", re.IGNORECASE)
_ASKS_PRICE = re.compile(
    r"\bhow much (?:is|are|was|were|does|do|did|for|would)\b|\bwhat (?:does|do|did|would) .+ cost\b"
    r"|\b(?:price|fare|cost)s? (?:of|for|to)\b"
    r"|\bwhat(?:['’]?s| is| are) the (?:price|fare|cost)s?\b",
    re.IGNORECASE,
)
_ASKS_CHARGE = re.compile(
    r"\bwho(?:['’]s| is| are|ever)? (?:(?:the )?(?:owner|keeper|manager|head)s? of|in charge of|"
    r"running|keeping|runs?|keeps?|owns?|manages?|heads?|leads?|looks after|works? (?:at|in))\b",
    re.IGNORECASE,
)
_IS_THERE = r"(?:is|are|was|were) there "
# Of things that stand there or go on, not of whoever speaks or is near, what was just said, what
# pleases, or leave.
ASKS_WHETHER = re.compile(
    rf"^\W*(?:\w+, |(?:and|so|but|hey|say) )*(?:{_IS_THERE}(?!\w+thing\b|(?:an?|any|no|much|some) "
    r"(?:problem|point|way|chance|difference|need|hope|reason|wonder)s?\b)"
    r"|(?:is|are|was|were|does|do|did|has|have|had|will|would|can|could|should)(?:n['’]?t)? "
    r"(?!(?:i|me|you|we|us|he|she|they|this|that|these|those|there)\b)"
    r"(?!(?:any|every|some|no) ?(?:one|body)(?: (?:please|maybe))? \w+ (?:me|us)\b)"
    r"(?!(?:any|every|some|no) ?(?:one|body)(?: (?:here|else|maybe|please))? "
    r"(?:wants?|needs?|fancy|feels? like|cares? (?:for|to)|minds?|up for|in the mood)\b)"
    r"(?!.*\b(?:ok|okay|alright|all right|fine|possible|matter|mean|sense|like|good|better|best|bad"
    r"|worse|worst|great|nice|lovely|pretty|beautiful|ugly|fun|funny|boring|friendly|kind|tasty"
    r"|worth|interesting|cosy|cozy|cute|weird|strange|romantic|scary)\b))",
    re.IGNORECASE,
)
IS_THERE = re.compile(rf"\b{_IS_THERE}", re.IGNORECASE)
FEWEST_WHETHER = 2  # words that one asks with whether something is so
_WHENEVER = {
    stem(word) for word in ("today", "now", "still", "always", "ever", "really", "true", "usually",
                            "often", "yet", "here", "ago", "anymore", "sometimes", "nowadays")
}  # fmt: skip
_ASKS_AGE = re.compile(r"\bhow old\b", re.IGNORECASE)
_ASKS_FATE = re.compile(
    r"\bwhat(?:['’]?s| has)? (?:ever )?(?:happened|became|become) (?:to|of) (?P<who>[^?.!,]+)"
    r"|\bhow did (?P<died>[^?.!,]+?) (?:die|end)\b",
    re.IGNORECASE,
)
_FATE = re.compile(
    r"\b(?:died|dead|drowned|lost|killed|left|gone|sank|sunk|burn(?:ed|t)|closed|vanished|"
    r"disappeared|wrecked|buried|married|retired|moved|emigrated|sold|fell|fallen|collapsed|"
    r"broke|broken|went (?:down|away|off|missing|to)|never (?:came|returned)|torn|pulled down|"
    r"demolished|destroyed|flooded|arrested|banished|murdered|abandoned|ruined|stolen)\b"
)
_NEAR = 12  # words between somebody and what became of them
FIRST_WORDS = 3  # in which a sentence names whom it is of
ASKS_WHO_IS = re.compile(r"\bwho(?:['’]?s| is| was| are| were) (?:the|an?)\b", re.IGNORECASE)
_IS_THE = re.compile(
    r"(?:\b(?:is|was|are|were|been|became)|['’]s)(?: (?:now|still|also|by far))?"
    r" (?:the|an?|our|their|its|[\w-]+['’]s) (?:[\w-]+ ){0,2}$"
    r"|\b[A-Z]\w+, (?:the|an?|our|their) (?:[\w-]+ )?$"
)
_IS_SOMEBODY = re.compile(r"(?: [\w-]+){0,3},? (?:is|was|called|named) (?:\w+ )?[A-Z]")
# Somebody does it, and no telling who; but for who begins a sentence, after one that names them.
_DONE_BY = re.compile(r"(?<![.!?] )\b(?:[Hh]e|[Ss]he|[Tt]hey) (?:(?:has|had|have) )?(?P<what>\w+)")
_PRONOUN = re.compile(r"^(?:He|She|It|They)\b")
_POINTS = re.compile(r"^(?:He|She|They|It)\b|\b(?:there|it|them|both|here)\b")
_SPEAKING = {"price", "in_charge", "age"}  # kinds whose answers say themselves what they are
_ASKED_IN_IT = re.compile(  # "they ask when the boat leaves" tells no hour
    r"\b(?:ask(?:s|ed|ing)?|wonder\w*|know|knows) "
    r"(?:when|who|what|where|why|how|if|whether)\b[^.;,]*"
)
# By another word one asks after the same thing: things as they are called, deeds in any form.
_THINGS = {
    word: group.split()[0]
    for group in ("ticket fare single return passage crossing", "ferry boat ship", "bar pub tavern",
                  "oldest eldest", "shop store", "school schoolhouse")
    for word in group.split()
}  # fmt: skip
_DEEDS = {
    stem(word): stem(group.split()[0])
    for group in ("leave sail depart", "arrive land berth", "build built", "die died")
    for word in group.split()
}
_CARRIES = {stem(word) for word in ("ferry", "bus", "train", "tram", "coach", "plane", "ride")}
_OF_MONEY = {stem(word) for word in ("cost", "price", "pay")}
_OF_CHARGE = {
    stem(word)
    for word in ("run", "running", "keep", "keeping", "own", "owner", "keeper", "manage", "manager",
                 "head", "lead", "look", "looks", "charge", "work")
}  # fmt: skip


def _meant(text: str) -> set[str]:
    plain = " ".join(_THINGS.get(w, BASE_OF.get(w, w)) for w in words(text))
    return {_DEEDS.get(one, one) for one in content_stems(plain)}


def _said(text: str) -> set[str]:
    """The same of what is told, but for what somebody asks in it."""
    return _meant(_ASKED_IN_IT.sub(" ", text))


def _counts(question: str, told: str) -> bool:
    """Whether a number of what is asked for is told; so of everything that isn't counted."""
    asked = _COUNTED.search(question)
    if asked is None:
        return True
    found, counted = words(told), stem(asked["what"].lower())
    return any(
        _NUMBER.search(word) and counted in map(stem, found[at + 1 : at + 2 + BETWEEN])
        for at, word in enumerate(found)
    )


def told_of_world(
    question: str, kind: str, lore: Sequence[str], names: Collection[str] = ()
) -> str:
    """One or two sentences of lore that answer a question of a kind (as `Heard.asks` has it), or
    ''. Two thirds of the words that are asked with must stand in them, or all of them, where some
    are of what a sentence points back to; `names`, in lower case, of who speaks and who asks
    aren't among those."""
    if fate := _ASKS_FATE.search(question):
        return what_became((fate["who"] or fate["died"]).strip(), lore)
    asked = _meant(question) - {stem for name in names for stem in content_stems(name)}
    if _ASKS_PRICE.search(question):
        kind, asked = "price", asked - _OF_MONEY
        asked |= {stem("ticket")} if asked & _CARRIES else set()
    elif _ASKS_CHARGE.search(question):
        kind, asked = "in_charge", asked - _OF_CHARGE
    elif ASKS_WHETHER.search(question):
        kind, asked = "there", asked - _WHENEVER
        if len(asked) < FEWEST_WHETHER and not IS_THERE.search(question):
            return ""
    elif _ASKS_AGE.search(question):
        kind = "age"
    if kind == "how" and len(asked) < FEWEST_HOW:
        return ""  # of a thing alone much is told
    if kind not in ANSWERS or _OF_SOMEBODY.search(question) or not asked:
        return ""
    best, found = 0.0, ""
    for told in map(_sentences, _paragraphs(lore)):
        for at, one in enumerate(told):
            # Of whom one begins with "she" the sentence before tells.
            alone = " ".join(told[at - 1 : at + 1]) if at and _PRONOUN.match(one) else one
            for said in (alone, " ".join(told[at : at + 2]) if alone == one else alone):
                shared = asked & _said(said)
                if not asked & _said(one) or 3 * len(shared) < 2 * len(asked):
                    continue
                begins = asked & _meant(" ".join(said.split()[:BEGINNING]))
                if _tells(question, kind, said, asked):
                    score = (len(shared) + 0.3 * bool(begins)) / len(asked)
                    score -= 0.004 * count_words(said)
                    best, found = max((best, found), (score, said))
            is_kind = at and _tells(question, kind, one, asked)
            if is_kind and _points_back(asked, one, told[:at], kind in _SPEAKING):
                score = 1.4 - 0.004 * count_words(one)  # what it points to, the question names
                best, found = max((best, found), (score, one))
    return found


def _paragraphs(lore: Sequence[str]) -> Iterator[str]:
    for text in lore:
        yield from filter(None, map(str.strip, re.split(r"\n\s*\n", text[:6000])))


def _sentences(paragraph: str) -> list[str]:
    kept = "\n".join(line for line in paragraph.splitlines() if not line.startswith("#"))
    return sentences(clean(kept, 6000))


def _tells(question: str, kind: str, said: str, asked: set[str]) -> bool:
    """Whether it has in it what an answer of this kind has, and can be said in one breath."""
    plain = _ASKED_IN_IT.sub(" ", said)
    has = ANSWERS[kind].search(plain)
    if has is None or not _counts(question, said) or count_words(said) > LONGEST:
        return False
    if kind == "in_charge" and not has["by"]:  # "the bakery keeps late hours" names nobody
        clause = re.split(r"[.;]\s", plain[: has.start()])[-1]
        return bool(clause.strip()) and not asked & _meant(clause)
    if kind == "there":
        return asked <= _said(said)
    if kind == "who" and ASKS_WHO_IS.search(question):
        return _identifies(plain, asked)
    if kind == "who":
        return not any(asked & _meant(done["what"]) for done in _DONE_BY.finditer(plain))
    return True


def _identifies(said: str, asked: set[str]) -> bool:
    """Whether somebody is said to be that which is asked for: "Fenwick is the oldest of us"."""
    for word in re.finditer(r"[\w'’-]+", said):
        if not asked & _meant(word[0]):
            continue
        if _IS_THE.search(said[: word.start()]) or _IS_SOMEBODY.match(said[word.end() :]):
            return True
    return False


def _points_back(asked: set[str], said: str, before: Sequence[str], is_plain: bool) -> bool:
    """Whether what is asked with and isn't in a sentence is what it is still of: the beginning of
    the sentence before, where it points there, or of the first one. `is_plain` is whether it tells
    what is asked for by its kind alone."""
    here = asked & _said(said)
    points = bool(_POINTS.search(said))
    if here == asked or not (here or (points and is_plain)):
        return False
    of = [before[0], *([before[-1]] if points else [])]
    return any(asked - here <= _meant(" ".join(one.split()[:SUBJECT])) for one in of)


def what_became(who: str, lore: Sequence[str]) -> str:
    """What the lore tells of the end of somebody or something."""
    asked = _meant(who)
    if not asked or _OF_SOMEBODY.fullmatch(who) or _OF_ONES_OWN.match(who):
        return ""
    for told in map(_sentences, _paragraphs(lore)):
        is_of = False  # the sentence before
        for said in told:
            named = asked <= _meant(" ".join(said.split()[: FIRST_WORDS + len(asked) - 1]))
            pointed = is_of and _PRONOUN.match(said)
            is_of = bool(named or pointed)
            if not is_of or count_words(said) > LONGEST or not _meets_end(said, asked):
                continue
            return said if named else f"{who[0].upper()}{who[1:]}{said[pointed.end() :]}"  # type: ignore[union-attr]
    return ""


def _meets_end(said: str, asked: set[str]) -> bool:
    """Whether it is told soon after somebody's name, and of them, what became of them."""
    fate = _FATE.search(said)
    if fate is None or len(said[: fate.start()].split()) > _NEAR + len(asked):
        return False
    between = said[: fate.start()]
    of_another = re.search(r"\b(?:from|and|by|to|with|of) [^,]*, (?:who|which)\b", between)
    return of_another is None
