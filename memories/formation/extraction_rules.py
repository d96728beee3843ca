"""What people tell of themselves, found by rules, where no model is asked. Pure.

Precision before recall: the line itself is remembered word for word anyhow. Questions, wishes of
the moment, jokes, quotations and what is said to or of somebody else are no statements of fact.
"""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from fishbowl.llm.offline import lexicon as lx
from fishbowl.llm.offline.mending import instead_of
from fishbowl.llm.offline.text import clean, sentences, words
from fishbowl.llm.questions import told_and_asked
from memories.formation import discretion
from memories.formation.confided import CONFIDED
from memories.formation.echo import content_words
from memories.formation.findings import Findings, Named, Related, Statement
from memories.formation.notes import notes
from memories.formation.passing import is_passing
from memories.formation.patterns import (
    ADV,
    CAP,
    EXPERIENCE,
    HEDGE,
    JOKING,
    KIN,
    KIN_PRONOUN,
    NEGATED,
    PATTERNS,
    PET,
    QUOTED,
    REPORTED,
    TOGETHER,
    UNREAL,
    WISHED,
    Pattern,
)
from memories.formation.stretch import Heard
from memories.formation.telling import ADDRESSED, CALL, Teller, plain, retell

LONGEST = 30  # words of one statement
A_LINE = 2  # statements taken from one line
_CLOSE = ("grief_context", "attachment_pattern")  # told of to few, however it was said

_CLAUSE = re.compile(
    r"\s*(?:;|\s[—–-]+\s|—|,?\s+but\s+|,?\s+though\s+|,?\s+although\s+|"
    r",?\s+(?:and\s+)?now\s+(?=I\b)|,\s+(?=(?:have|has|am|been|did|do|don't|currently|still)\b)|"
    r",?\s+and\s+(?=(?:I|[Mm]y|you|we|he|she|it|they|that|then)\b)|,\s+(?=(?:I|[Mm]y)\b)|"
    r",\s+so\s+|\s+so\s+(?=(?:I|[Mm]y|we|you|they|it|that)\b)|,\s+(?=(?:he|she|it|they|you|we)\b)|,\s+(?:which|who|whose|where|you know)\b)\s*"
)
# 'I play the fiddle too': said beside what another told, and as good a statement without it.
_AS_WELL = re.compile(r",?\s+(?:too|as well|either)$", re.IGNORECASE)
# 'Call me Benny' is told of as 'I am called Benny'.
_CALL_ME = re.compile(
    r"^(?:(?:[Pp]lease|[Jj]ust|[Dd]o|[Yy]ou (?:can|may)|[Ee]verybody (?:may|can))[ ,]+)*"
    r"[Cc]all me (?=[A-ZÀ-Þ][\w'-]+$)"
)
# 'Joe is my brother' is told of as 'My brother is called Joe'.
_IS_MINE = re.compile(rf"^(?P<name>{CAP}) is my (?P<who>(?:[\w-]+ ){{0,2}}?(?:{KIN}|{PET}))$")
# 'I don't smoke any more' is told of as 'I no longer smoke'.
_OVER = (
    (re.compile(r"^I (?:do not|don't) (?P<was>.+?),? any ?(?:more|longer)$", re.IGNORECASE), "I no longer"),
    (re.compile(r"^I (?:have not|haven't) got (?P<was>.+?),? any ?(?:more|longer)$", re.IGNORECASE), "I no longer have"),
    (re.compile(r"^I have no (?P<was>.+?),? any ?(?:more|longer)$", re.IGNORECASE), "I no longer have a"),
    (re.compile(r"^I am not (?P<was>.+?),? any ?(?:more|longer)$", re.IGNORECASE), "I am no longer"),
)  # fmt: skip
# A smile ends a sentence, and is no word of it.
_SMILE = re.compile(
    r"(?<!\S)(?:[:;=]['^-]?[()DPpOo3*\\/|\[\]]+|[xX]D+|<3+|\^_*\^|T_T)(?=\s|[.,!?]|$)|"
    r"[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B50\uFE0F\u200D]+"
)
# A past is told: 'I used to smoke', 'my father was a fisherman'.
_WAS = re.compile(rf"^I {ADV}(?:used to|was|were)\b(?! (?:\w+ )?diagnosed\b)", re.IGNORECASE)
_THEY_WERE = re.compile(
    rf"^My (?:[\w-]+ ){{0,2}}?(?:{KIN}|{PET})(?: (?-i:[A-ZÀ-Þ])[\w'-]+)?(?: and I)? {ADV}(?P<verb>\w+)\b",
    re.IGNORECASE,
)
# How one felt on a day that has its date when it is told.
_FELT = re.compile(
    r"^I (?P<how>am|feel)\b(?=.*\b(?:today|tonight|this (?:morning|afternoon|evening))$)",
    re.IGNORECASE,
)
_ENOUGH = lx.word_set("smoke vape")  # a habit in a word
_WHENEVER = re.compile(r"\b(When(?:ever)? [^,.;]{3,60}),\s+(?=I\b)")
_DANGLING = lx.word_set(
    "it that this them those these so too either one ones there him her me do did does same "
    "else then way thing things stuff something anything everything nothing everyone anyone of to "
    "for with at in on about and or a the my i by than as from is was are were who whom which what how more"
)
_LOOSE = lx.word_set("he she they him her his their them theirs")
_REFERS = lx.word_set("it that this those these")
_TIMED = re.compile(
    r"\b(?:this|these|that|those) (?:days?|weeks?|months?|years?|mornings?|afternoons?|evenings?|"
    r"nights?|weekends?|springs?|summers?|autumns?|winters?|\w+days?)\b",
    re.IGNORECASE,
)
_FOUND = re.compile(r"\bfind it(?= (?:\w+ )?(?:hard|difficult|easy)\b)", re.IGNORECASE)
_NO_NAME = lx.word_set(
    "i monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december christmas easter english the a an my"
)
_SAME_NOW = lx.word_set("come run become put cut hit let set read quit spread split burst")
_NOT_DONE = lx.word_set(
    "knew thought meant felt heard said told put let hit supposed wanted needed used tried liked "
    "guessed hoped"
)


# What takes back what was said just before it: in the same line, or in the speaker's line before.
_TAKES_BACK = re.compile(
    r"(?:^|[,;.!?–—-]\s*)(?:(?:no|oh|oops|wait|sorry|well|ah)\b,? )*(?:no,? wait|wait,? no|scratch that|correction\b|"
    r"i meant\b(?! to\b)|i should have said\b|or rather\b|make that\b|i said \w+,? not\b|sorry,? (?!but\b|i\b|i'm\b|to\b|for\b|about\b|that\b)\w+[.!]?$)",
    re.IGNORECASE,
)


def extract(lines: Sequence[Heard], pronouns: Mapping[str, str] | None = None) -> Findings:
    """All that the rules find in these lines. `pronouns` are what is known of the speakers."""
    levels = discretion.of_lines(lines)
    found: dict[tuple[str, int | None, int | None], Statement] = {}
    before: dict[tuple[int | None, int | None], int] = {}
    # Whom somebody speaks to is named at the end too: 'I love the sea, Pilar'.
    present = "|".join(sorted({re.escape(line.speaker) for line in lines}))
    called = re.compile(rf",\s+(?:{present})$")
    for line in lines:
        taken, who = 0, (line.person_id, line.character_id)
        if _takes_back(line.text):
            found = {k: one for k, one in found.items() if one.lines != (before.get(who),)}
        before[who] = line.number
        for statement in _of_line(line, (pronouns or {}).get(line.speaker, ""), called):
            key = (statement.content, line.person_id, line.character_id)
            if taken == A_LINE or key in found:
                continue
            level = discretion.strictest(
                levels[line.number],
                discretion.of_text(statement.content),
                "personal" if line.person_id else "public",
                "intimate" if statement.fact_type in _CLOSE else "public",
            )
            found[key] = replace(statement, visibility=level)
            taken += 1
    return Findings(tuple(found.values()), notes(lines, levels))


def tells_of_self(text: str) -> bool:
    """Whether somebody tells of themselves in it, by these rules."""
    return next(iter(_statements(text)), None) is not None


def _takes_back(text: str) -> bool:
    """Whether a line begins by taking back what its speaker said in the one before."""
    plain_text = re.sub(r"^@?\w+[,:] ", "", clean(text).replace("’", "'"))
    return _TAKES_BACK.match(plain_text) is not None


def _of_line(line: Heard, pronoun: str, called: re.Pattern[str]) -> Iterator[Statement]:
    teller = Teller(line.speaker, pronoun)
    instead = instead_of(CALL.sub("", clean(line.text)))
    for clause, pattern, confidence in _statements(line.text):
        is_felt = pattern is not None and pattern.lasts == "feeling"
        clause = called.sub("", _felt(clause) if is_felt else clause)
        content = retell(clause, teller, line.at, is_over=pattern is None)
        if content is None or not _says_enough(content, line.speaker):
            continue
        named, related = names_in(clause, line.speaker)
        yield Statement(
            content=content,
            lines=(line.number,),
            subject=line.speaker,
            fact_type=pattern.fact_type if pattern else "",
            temporal=_when(clause, pattern),
            lasts=pattern.lasts if pattern else "",
            confidence=confidence,
            tone=line.tone,
            named=named,
            related=related,
            instead=line.instead if line.instead is not None else instead,
        )


def _when(clause: str, pattern: Pattern | None) -> str:
    if pattern is None:
        return "past"
    theirs = _THEY_WERE.match(clause)
    verb = theirs["verb"].lower() if theirs else ""
    is_over = _WAS.match(clause) or (
        verb in lx.PAST | {"used", "was", "were"} and verb not in _SAME_NOW
    )
    return "past" if pattern.temporal == "present" and is_over else pattern.temporal


def _felt(clause: str) -> str:
    return _FELT.sub(lambda m: "I was" if m["how"].lower() == "am" else "I felt", clause)


def _statements(text: str) -> Iterator[tuple[str, Pattern | None, float]]:
    """The clauses of a line that state something of its speaker: what they are, how sure."""
    if JOKING.search(text) or text.lstrip().startswith((">", "/", "!", "#")):
        return
    plain_text = clean(QUOTED.sub("§", _SMILE.sub(". ", text)))
    for taken_back in _TAKES_BACK.finditer(plain_text.replace("’", "'")):
        plain_text = " " * taken_back.end() + plain_text[taken_back.end() :]
    for sentence in sentences(plain_text.strip()):
        told = sentence
        if sentence.rstrip("\"'”) ").endswith("?"):
            told, _ = told_and_asked(sentence)
        if not told or "§" in sentence:
            continue
        whole = _WHENEVER.sub(r"\1 ", TOGETHER.sub(_as_one, told))
        for raw in _CLAUSE.split(whole):
            clause = plain(CONFIDED.sub("", raw).lstrip(" :,.–—-")).rstrip(".!… ")
            clause, confidence = _AS_WELL.sub("", clause.replace("& ", "and ")), 1.0
            if hedge := HEDGE.match(clause):
                clause, confidence = clause[hedge.end() :], 0.6
            clause = _CALL_ME.sub("I am called ", clause[:1].upper() + clause[1:])
            clause = _ended(_IS_MINE.sub(r"My \g<who> is called \g<name>", clause))
            if not _is_statement(clause) or is_passing(clause):
                continue
            for pattern in PATTERNS:
                if pattern.expression.match(clause) and (
                    pattern.needs is None or pattern.needs.search(clause)
                ):
                    yield clause, pattern, round(pattern.confidence * confidence, 2)
                    break
            else:
                if _is_experience(clause):
                    yield clause, None, round(0.8 * confidence, 2)


def _as_one(together: re.Match[str]) -> str:
    """'My brother and I', which no clause ends within."""
    return f"{together[1] or together[2]}& "


def _ended(clause: str) -> str:
    for expression, instead in _OVER:
        if match := expression.match(clause):
            return f"{instead} {match['was']}"
    return clause


def _is_statement(clause: str) -> bool:
    found = words(clause)
    least = 2 if _ENOUGH & set(found) else 3
    if not least <= len(found) <= LONGEST or found[0] in {"me"}:
        return False
    if UNREAL.search(WISHED.sub("I", clause)) or REPORTED.search(clause):
        return False
    if found[-1] in _DANGLING:
        return False
    if set(words(_FOUND.sub("find", _TIMED.sub("", clause)))) & (_REFERS | ADDRESSED):
        return False
    has_other = re.search(rf"\b(?:{KIN}|{PET}|man|woman|boy|girl)s?\b|(?<!^)\b(?!I\b)[A-ZÀ-Þ]\w+",
                          clause)  # fmt: skip
    return not (set(found) & _LOOSE and not has_other)


def _says_enough(content: str, name: str) -> bool:
    said = content_words(content) - content_words(name) - {"name"}
    return len(said) >= 2 or bool(said & _ENOUGH) or bool(said - lx.VERBS - lx.FUNCTION)


def _is_experience(clause: str) -> bool:
    """Whether it tells of something the speaker did, in the past, with enough to it."""
    match = EXPERIENCE.match(clause)
    if not match or NEGATED.match(clause):
        return False
    verb, found = match["verb"].lower(), words(clause)
    is_past = verb in lx.PAST or (verb.endswith("ed") and len(verb) > 4 and verb != "need")
    return (
        is_past
        and verb not in _NOT_DONE
        and len(found) >= 7
        and len(content_words(clause)) >= 4
        and not re.match(r"I have got to\b", clause)
        and found[-1] not in lx.FUNCTION - {"home", "again", "ago", "yesterday", "today"}
    )


# --- who and what is named ------------------------------------------------------------------------

_KIN_NAME = re.compile(
    rf"\b(?:[Mm]y|[Oo]ur) (?:(?!{KIN}|{PET})[\w-]+ ){{0,2}}(?P<kin>{KIN}|{PET})"
    rf"(?:'s name is| is (?:called|named)| (?:called|named)|,)? (?P<name>{CAP})"
)
_HAVE_NAME = re.compile(
    rf"\bI (?:have|have got|own|adopted|got) (?:a|an) (?:[\w-]+ ){{0,2}}(?P<kin>{KIN}|{PET})"
    rf" (?:called|named) (?P<name>{CAP})"
)
_PLACED = (
    (re.compile(rf"\bI (?:\w+ )?(?:live|am living|am based|have lived) (?:\w+ )?(?:in|at|near|on) (?:the )?(?P<name>{CAP})"), "lives in"),
    (re.compile(rf"\b(?:moved|relocated|emigrated) (?:here |back |over )?(?:\w+ )?to (?P<name>{CAP})"), "lives in"),
    (re.compile(rf"\bam (?:\w+ )?moving (?:back )?to (?P<name>{CAP})"), "moves to"),
    (re.compile(rf"\bI (?:am|come) (?:originally )?from (?P<name>{CAP})"), "comes from"),
    (re.compile(rf"\bborn in (?P<name>{CAP})"), "was born in"),
    (re.compile(rf"\b(?:raised|grew up) in (?P<name>{CAP})"), "grew up in"),
    (re.compile(rf"\b(?:visiting|visit|flying to|travelling to|going to|been to|went to|sailing to) (?P<name>{CAP})"), ""),
)  # fmt: skip
_EMPLOYED = (
    (re.compile(rf"\bwork(?:ing|ed)? (?:\w+ ){{0,4}}?(?:at|for) (?:the )?(?P<name>{CAP})"), "works at"),
    (re.compile(rf"\bstud(?:y|ying|ied) (?:\w+ ){{0,3}}?at (?:the )?(?P<name>{CAP})"), "studies at"),
    (re.compile(rf"\bteach(?:ing)? (?:\w+ ){{0,3}}?at (?:the )?(?P<name>{CAP})"), "works at"),
)  # fmt: skip
_MARRIED = re.compile(rf"\b(?P<how>married|engaged) to (?P<name>{CAP})")
# Places and employers are the speaker's own where they say it of themselves, and of now: 'my sister
# moved to Rome' and 'I used to work for Nokia' name them and no more.
_OWN = re.compile(rf"\bI (?:am |have |been |was |got |getting |{ADV[3:-2]})*$")
_WAS_THEN = re.compile(
    r"(?<!have )\b(?:worked|studied|lived)\b|"
    r"\b(?:worked|studied|lived)\b(?!.*\b(?:since|all my life|for (?:[\w-]+ ){1,3}(?:weeks?|months?|years?|decades?)))|"
    r"\bwas (?:\w+ )?(?:working|studying|living|teaching|married|engaged)\b"
)
_WORK = re.compile(
    rf"\bfavou?rite (?:book|novel|film|movie|song|album|band|play|poem|opera|game) (?:\w+ )?(?:is|was) (?P<name>{CAP})"
)
_NICKNAME = re.compile(
    rf"\b(?:calls? me|I am called|[Mm]y (?:full |real )?name is) (?P<name>{CAP})"
)


def names_in(clause: str, speaker: str) -> tuple[tuple[Named, ...], tuple[Related, ...]]:
    """Who and what a clause of `speaker`'s names, and how they stand to each other."""
    named: dict[str, Named] = {}
    related: list[Related] = []

    def add(name: str, kind: str, pronoun: str = "") -> str:
        name = name.removesuffix("'s").strip(" .'-")
        if not name or name.lower() in _NO_NAME or name == speaker:
            return ""
        named.setdefault(name, Named(name, kind, pronoun))
        return name

    for expression in (_KIN_NAME, _HAVE_NAME):
        for match in expression.finditer(clause):
            kin = match["kin"].lower()
            kind = "person" if kin in KIN_PRONOUN else "animal"
            if name := add(match["name"], kind, KIN_PRONOUN.get(kin, "")):
                related.append(Related(name, f"{kin} of", speaker))
    for group, kind in ((_PLACED, "place"), (_EMPLOYED, "organisation")):
        for expression, relation in group:
            place = expression.search(clause)
            name = add(place["name"], kind) if place else ""
            if name and relation and place and _is_own(clause, place):
                related.append(Related(speaker, relation, name))
    married = _MARRIED.search(clause)
    name = add(married["name"], "person") if married else ""
    if name and married and _is_own(clause, married):
        related.append(Related(speaker, f"{married['how']} to", name))
    if work := _WORK.search(clause):
        add(work["name"], "work")
    if nickname := _NICKNAME.search(clause):
        named[speaker] = Named(speaker, "person", "", (nickname["name"],))
    return tuple(named.values()), tuple(related)


def _is_own(clause: str, found: re.Match[str]) -> bool:
    """Whether what was found in a clause is said of the speaker, as it is now."""
    said = _OWN.search(clause[: found.start()]) or found[0].startswith("I ")
    return bool(said) and not _WAS_THEN.search(clause)
