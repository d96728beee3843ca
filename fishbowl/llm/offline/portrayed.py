"""What is asked of a character, of oneself or of another, and which sentence of what is written of
it answers that. Pure."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fishbowl.llm.offline.text import clean, content_stems, count_words, sentences, words
from fishbowl.llm.questions import is_question

LONGEST = 45  # words of a sentence that is told
_IS, _DO, _HAS = r"(?:is|are|was|were)", r"(?:do|does|did|don't|doesn't)", r"(?:has|have|had)"
_OWNS = rf"(?:{_DO} X (?:\w+ )?have|{_HAS} X(?: got)?) (?:\w+ ){{0,2}}?"
_CHILD = r"(?:grand)?(?:child|children|kids?|sons?|daughters?)"
_MATE = r"(?:wife|husband|partner|girlfriend|boyfriend|spouse|sweetheart)"
_NEAR = r"(?:family|parents?|grandparents?|mother|father|mum|dad|brothers?|sisters?|siblings?|relatives)"
_HABIT = (
    r"(?:smoke|vape|drink|swim|drive|ski|skate|sing|dance|cook|bake|pray|vote|gamble|snore|fish|ride|knit|"
    r"sew|paint|draw|run|jog|hunt|sail|dive|cycle|garden|meditate|read|write|play|speak|wear|own|eat|sleep|work out)"
)
_STATE = (
    r"(?:vegan|vegetarian|religious|catholic|christian|muslim|jewish|buddhist|left-handed|right-handed|tall|short|"
    r"rich|poor|blind|deaf|bald|strong|superstitious|allergic|teetotal|sober|a smoker|a vegetarian|a vegan|a (?:morning|night) person)"
)
_LOOK = r"(?:hair|eyes?|beard|height|face|hands?|build|skin|nose|voice|weight|shoe size|tattoos?|glasses|clothes)"
_TRAIT = r"(?:birthday|surname|last name|full name|middle name|nickname|religion|star sign|zodiac|salary|phone|email|number|address|nationality|native language|mother tongue|language|languages|car|bike|school|degree|fav(?:ou?rite|e)? [\w ]+?)"
# Each by how it is asked after, with X for whom, and by what tells it; '' where its words must.
_ASPECTS = tuple(
    (kind, re.compile(asks, re.IGNORECASE), re.compile(tells, re.IGNORECASE) if tells else None)
    for kind, asks, tells in (
        ("work", rf"\bwhat (?:do|does|don't) X (?:\w+ )?do\b(?! (?:if|when|with|on|at|in|about|after|for (?:fun|you|me))\b)|\b(?:what|where) {_DO} X work\b|\bX's (?:job|work|trade|profession|occupation)\b|\bwhat {_IS} X\W*$|\bwho(?:'s| is| are) X\W*$", "."),
        ("age", rf"\bhow old {_IS} X\b|\bX's age\b|\bwhen was X born\b", r"\b(?:\d{2}|aged|years old|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?|\w+teen)\b"),
        ("home", rf"\bwhere {_DO} X (?:\w+ )?(?:live|sleep|stay|lodge)\b|\bwhere(?:'s| is) X's (?:house|home|place|room|flat)\b", r"\b(?:lives?|lived|lodges?|lodging|sleeps?|rooms? (?:above|over|at|in)|the island(?:'s)?)\b"),
        ("origin", rf"\bwhere {_IS} X (?:originally )?from\b|\bwhere {_DO} X (?:originally )?(?:come from|grow up)\b|\bwhere was X born\b", r"\b(?:born|grew up|raised|came (?:to|from|here)|moved)\b"),
        ("children", rf"\b{_OWNS}{_CHILD}\b|\bhow many (?:\w+ )?{_CHILD} {_DO} X have\b|\b(?:{_IS} X|X's) (?:an? )?(?:\w+ )?(?:{_CHILD}|father|mother|parent)\b(?! (?:of|like))", rf"(?<!\w)(?<!as a )(?<!the )(?:his|her|their|has|have|had|two|three|four|one|a|no|only|grown) (?:\w+ )?{_CHILD}\b(?! of\b)"),
        ("love", rf"\b(?:{_IS}|{_HAS}) X (?:\w+ )?(?:married|single|engaged|divorced|widowed|a widow\w*|taken|seeing (?:any|some)\w+|dating|together with|been married)\b|\b{_OWNS}{_MATE}\b|\bX's {_MATE}\b", rf"\b(?:married|marriage|{_MATE}|widow(?:er|ed)?|was with|together with|divorc\w+|left (?:him|her)|couple|bachelor|in love)\b"),
        ("family", rf"\b{_OWNS}{_NEAR}\b|\bhow many (?:\w+ )?{_NEAR} {_DO} X have\b|\bX's {_NEAR}\b", rf"\b(?:{_NEAR}|{_MATE}|{_CHILD} of|{_CHILD})\b"),
        ("looks", rf"\bwhat {_DO} X look like\b|\bhow {_DO} X look\b|\b(?:describe X|X's (?:looks|appearance))\b", "."),
        ("looks", rf"\bhow (?:tall|big) {_IS} X\b|\bX's height\b|\b{_IS} X (?:\w+ )?(?:tall|short|big)\b", r"\b(?:tall|short|big|height|feet high)\b"),
        ("looks", rf"\b(?:what|which) (?:colou?r|kind of|sort of|size)?\s?{_IS} X's {_LOOK}\b|\bX's {_LOOK}\b|\bhow (?:tall|big|heavy|strong) {_IS} X\b|\b{_OWNS}(?:\w+ )?{_LOOK}\b", ""),
        ("nature", rf"\bwhat(?:'s| is| are) X like\b|\bwhat (?:kind|sort) of (?:person|man|woman|character|guy) {_IS} X\b|(?:\b{_IS} |^)X (?:a )?(?:nice|kind|friendly|good|funny|trustworthy|mean|shy)(?: \w+)?\W*$", r"^(?:He|She|They) (?!(?:is|was|were|are) (?:\w+ )?(?:\d|born|with))(?!(?:was|had|lost|came|built|went|left)\b)\w+"),
        ("past", r"\b(?:what|who|where|when|which \w+|how \w+) (?:was|were) X's \w+", ""),
        ("trait", rf"\bX's {_TRAIT}\b|\b{_OWNS}(?:pets?|dog|cat|car|bike|boat|house|garden|degree|licen[cs]e|tattoo|scar|allerg\w+|hobb\w+|accent|phone|(?:best )?friends?|fav(?:ou?rite|e)? \w+|enem(?:y|ies)|secrets?|money|savings|debts?)\b", ""),
        ("trait", rf"\b(?:{_DO}|can|can't|could) X (?:\w+ )?{_HABIT}\b|\b{_IS} X (?:\w+ )?{_STATE}\b|\b{_HAS} X (?:ever )?been to\b", ""),
    )
)  # fmt: skip
_ME = (
    (re.compile(r"\b(?:your|ur)\b", re.I), "X's"),
    (re.compile(r"\b(?:you|u|ya)\b(?:'re| r\b)?", re.I), "X"),
)
_HOW = re.compile(
    r"\b(?:what|which) (?:colou?r|kind of|sort of|size)\b|\bhow \w+\b|\b(?:ever|been|also|often|still|play|speak)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Aspect:
    """What is asked of a character: the kind of thing, and the stems that must stand in an answer
    where only the words tell."""

    kind: str
    tells: re.Pattern[str] | None
    stems: frozenset[str] = frozenset()


def asked_of_speaker(question: str) -> Aspect | None:
    """What a question asks of whom it is put to."""
    return _aspect(_of_x(question))


# A question on what is so or was, and no view, wish, feeling or deed of the moment.
_SO = re.compile(
    rf"(?:(?:and|but|so|ok|well|then|oh|hey)[ ,]+)*(?:(?:how (?:many|much|often|long)|who|when|where|(?:what|which)) (?:\w+ ){{0,2}}?)?"
    rf"(?:(?:{_DO}|didn't) X (?:(?:ever|also|still|often|always|really|usually|sometimes|\w+ly) )*(?!have\b|think|believe|know|mean|mind|want|need|like\b|love|hate|enjoy|care|feel|agree|remember|"
    rf"recall|understand|see\b|hear|say\b|tell|trust|wonder|wish|hope|guess|suppose|promise|come\b|prefer|expect|notice|get\b|do\b|find\b|look\b)\w+"
    rf"|(?:{_HAS}|haven't) X (?:(?:ever|also|still|always|really|just) )*(?:been (?!up|waiting|doing|here|there|ok|well)|(?!been|seen|heard|met|thought|got|any|an?|the|some|time|no|tried|noticed)\w+(?:ed|en|ne|wn|ht|ng|ld|ad|de|pt|ft)\b)"
    rf"|(?:are|aren't|were|weren't) X (?:(?:ever|also|still|always|really|very|an?|the|from) )*(?!you|sure|serious|ok|okay|well|fine|all|alright|busy|tired|hungry|cold|awake|asleep|listening|here|there|ready|kidding|joking|mad|angry|cross|sad|happy|free|bored|drunk|alone|"
    rf"afraid|scared|up|in\b|on\b|at\b|interested|worried|jealous|glad|sorry|able|certain|aware|open|closed|proud|nervous|lost|done)(?!\w+ing\b)\w+)",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|that|this|them|those|these|him|her|there|then|so|one|me|us|my|our|here|tonight|now|today|"
    r"tomorrow|yesterday)\b",
    re.IGNORECASE,
)


def asks_of_life(question: str) -> Aspect | None:
    """What a question asks, in whichever words, of the life of whom it is put to; None where it
    asks for a view or points back to what was just said."""
    plain = _of_x(question)
    lead = re.sub(r"^(?:(?:and|but|so|then)[ ,]+)+", "", plain, flags=re.IGNORECASE)
    if not _SO.match(plain) or _POINTS_BACK.search(lead):
        return None
    stems = frozenset(content_stems(_HOW.sub(" ", re.sub(r"\bX(?:'s)?\b", " ", plain))))
    return Aspect("life", None, stems) if stems else None


_HAVE = re.compile(
    r"\b(?:do|did|don't|didn't) X (?:\w+ )?have\b|\b(?:have|had) X (?:\w+ )?got\b", re.I
)


def asks_of_self(question: str) -> bool:
    """Whether a question asks what is so in the life of whom it is put to, so that a yes or a name
    out of the air would be taken for what is written."""
    if asked_of_speaker(question) is not None or asks_of_life(question) is not None:
        return True
    plain = _of_x(question)
    return bool(_HAVE.search(plain)) and not _POINTS_BACK.search(plain)


def _of_x(question: str) -> str:
    plain = question.replace("’", "'")
    for found, put in _ME:
        plain = found.sub(put, plain)
    return plain


def asked_of(name: str, question: str) -> Aspect | None:
    """What a question asks of somebody by name, or of whom it calls he or she."""
    plain = re.sub(
        rf"\b{re.escape(name)}\b|\b(?:he|she|him)\b", "X", question.replace("’", "'"), flags=re.I
    )
    plain = re.sub(r"\b(?:his|her)\b", "X's", plain, flags=re.I)
    return _aspect(plain) if "X" in plain else None


_OF_ANOTHER = re.compile(
    r"\b(?:is|are|was|does|did|has|have|about|know|who's|what's|where's|of|like|with)\b (?!(?:you|i|it|this|that|there|we|they|the|a|an|my|your|any\w*|every\w*)\b)\w+"
    r"|\b\w+'s\b|^\W*(?-i:[A-Z])\w+ (?:a )?\w+\?",
    re.IGNORECASE,
)


def asks_of_another(text: str) -> bool:
    """Whether a line may ask of somebody else: which is cheap to tell, and no more than a guess."""
    plain = text.replace("’", "'")
    asks = is_question(plain) or re.search(r"\babout\b", plain, re.IGNORECASE)
    return bool(asks) and _OF_ANOTHER.search(plain) is not None


def _aspect(plain: str) -> Aspect | None:
    for kind, asks, tells in _ASPECTS:
        if asks.search(plain):
            bare = _HOW.sub(" ", re.sub(r"\bX(?:'s)?\b", " ", plain))
            stems = frozenset(content_stems(bare))
            return Aspect(kind, tells, stems)
    return None


def words_asked(name: str, question: str) -> Aspect:
    """Of what nobody foresaw: the words that somebody is asked about with."""
    plain = re.sub(rf"\b{re.escape(name)}(?:'s)?\b", " ", question, flags=re.I)
    return Aspect("words", None, frozenset(content_stems(plain)))


def sentence_on(aspect: Aspect, texts: Sequence[str]) -> str:
    """The first sentence of what is written of somebody that answers; '' where none does."""
    return next(sentences_on(aspect, texts), "")


def sentences_on(aspect: Aspect, texts: Sequence[str]) -> Iterator[str]:
    """The sentences of what is written of somebody that answer, best first."""
    for text in texts:
        for said in sentences(clean(text, 2000)):
            if count_words(said) > LONGEST:
                continue
            if aspect.tells is not None:
                is_told = aspect.tells.search(said) is not None
            else:
                is_told = bool(aspect.stems) and _holds(said, aspect.stems)
            if is_told:
                yield said


def _holds(said: str, stems: frozenset[str]) -> bool:
    return stems <= set(content_stems(said)) | set(words(said))
