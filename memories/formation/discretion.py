"""How far what was said may be carried: told by its words, pure.

What people say of loss, illness, love, money and secrets is for those who are trusted; what is
confided in so many words is for the closest alone, and so is what is answered to it.
"""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re
from collections.abc import Sequence

from memories.formation.confided import CONFIDED, SORE
from memories.formation.echo import content_words, coverage
from memories.formation.stretch import Heard
from memories.models.memory import Visibility

STRICTNESS = (
    Visibility.PUBLIC,
    Visibility.BASIC,
    Visibility.PERSONAL,
    Visibility.INTIMATE,
    Visibility.FULL,
    Visibility.PRIVATE,
)

_OWN = r"\b(?:my|our)\b[^.!?]{0,40}"
GRIEF = re.compile(
    _OWN + r"\b(?:died|has died|passed away|is dying|was killed|drowned|funeral)\b|"
    r"\b(?:i|we) (?:just |recently )?lost (?:my|our|him|her|them)\b(?! (?:keys?|phone|wallet|way|"
    r"hat|glove|bag|place|umbrella|ticket))|\bmiscarr|\bsuicid|\bself[- ]harm|\bwidow(?:ed)?\b|"
    r"\bi (?:still )?(?:grieve|mourn)\b|\bi(?:'m| am) (?:grieving|in mourning)\b",
    re.IGNORECASE,
)
HEALTH = re.compile(
    r"\b(?:i|my|me|we|our)\b[^.!?]{0,60}\b(?:cancer|tumou?r|leuka?emia|chemo\w*|diagnos\w+|"
    r"depress(?:ed|ion)|anxiety disorder|panic attacks?|bipolar|schizo\w+|ptsd|adhd|autis\w+|"
    r"hiv|aids|dementia|alzheimer'?s|parkinson'?s|epilep\w+|diabet\w+|stroke|heart attack|"
    r"surgery|operation|(?:in|to|into) (?:the )?hospital|hospitali[sz]ed|therap(?:y|ist)|psychiatr\w+|medication|antidepressants?|"
    r"pregnan\w+|abortion|infertil\w+|ivf|addict\w*|alcoholic|rehab|sober|eating disorder|"
    r"anorexi\w+|bulimi\w+)\b",
    re.IGNORECASE,
)
MONEY = re.compile(
    r"\b(?:i|my|we|our)\b[^.!?]{0,40}\b(?:debts?|in debt|owe (?:\w+ ){0,3}(?:money|the bank|\d)|"
    r"bankrupt\w*|salary|mortgage|can'?t (?:pay|afford) (?:the|my|our) (?:rent|bills?|loan)|"
    r"savings|am broke|'m broke|evicted|eviction|inherited|earn \d)\b",
    re.IGNORECASE,
)
LOVE = re.compile(
    r"\bi(?:'m| am| was|'ve been| have been)?\s?(?:still |secretly |so |falling |head over heels )*"
    r"in love with\b|\bi(?:'ve| have)? (?:got )?a crush on\b|\bi fancy (?:him|her|them|[A-Z])|"
    r"\b(?:my|our) (?:\w+ ){0,2}(?:affair|divorce|break-?up|marriage is)\b|"
    r"\b(?:i(?:'m| am)|we(?:'re| are)) (?:getting )?(?:divorced|separated|separating)\b|"
    r"\b(?:he|she|they) (?:left|cheated on|broke up with) me\b|\bi(?:'m| am) (?:gay|lesbian|"
    r"bisexual|trans(?:gender)?|queer|asexual)\b|\bcoming out\b",
    re.IGNORECASE,
)
SHAME = re.compile(
    r"\bi(?:'m| am)? (?:so |deeply |really )?ashamed\b|\bi (?:never|can'?t) forg[ia]ve myself\b|"
    r"\bi (?:was|have been|got) (?:arrested|in prison|in jail|convicted|raped|abused|assaulted|"
    r"beaten)\b|\bi (?:stole|cheated|lied to)\b|\bmy (?:darkest|deepest) \w+\b",
    re.IGNORECASE,
)
SENSITIVE = (GRIEF, HEALTH, MONEY, LOVE, SHAME, SORE)

PLEADING = frozenset({"please", "promise", "okay", "ok", "sure", "swear", "thank"})
ASIDE = 1  # words beside a confidence with which it says nothing by itself
ANSWERED = 0.3  # share of a confided line's words by which a later line gives it away
SAID_AGAIN = 0.5  # likewise of what a person said off the record, or took back


def strictest(*levels: str) -> str:
    """The level that fewest may see."""
    return str(max(levels, key=lambda level: STRICTNESS.index(Visibility(level))))


def of_text(text: str) -> str:
    """How openly a text may be repeated, by its own words alone."""
    plain = text.replace("’", "'")
    if CONFIDED.search(plain):
        return Visibility.FULL.value
    if any(pattern.search(plain) for pattern in SENSITIVE):
        return Visibility.INTIMATE.value
    return Visibility.PUBLIC.value


def of_lines(lines: Sequence[Heard]) -> dict[int, str]:
    """How openly each line may be repeated, by number.

    A confidence reaches over the speaker's lines beside it ('keep it to yourself' comes before or
    after the secret), and over what gives it away in the answers.
    """
    levels = {line.number: of_text(line.text) for line in lines}
    for at, line in enumerate(lines):
        if levels[line.number] != Visibility.FULL or not CONFIDED.search(_plain(line)):
            continue
        for beside in (_beside(lines, at, -1), _beside(lines, at, 1)):
            said = content_words(CONFIDED.sub("", _plain(line))) - PLEADING
            if beside is not None and len(said) <= ASIDE:
                levels[beside.number] = strictest(levels[beside.number], Visibility.FULL)
    for at, line in enumerate(lines):
        for earlier in lines[max(0, at - 12) : at]:
            told = levels[earlier.number]
            if told in {Visibility.INTIMATE, Visibility.FULL} and gives_away(
                earlier.text, line.text
            ):
                levels[line.number] = strictest(levels[line.number], told)
    return levels


def gives_away(told: str, said: str, share: float = ANSWERED) -> bool:
    """Whether a line repeats so much of another that who hears the one knows the other."""
    shared = content_words(told) & content_words(said)
    return len(shared) >= 2 and coverage(told, said) >= share


def says_again(told: str, said: str) -> bool:
    """Whether a line says what was told off the record, or was taken back."""
    return gives_away(told, said, SAID_AGAIN)


def off_record(lines: Sequence[Heard]) -> frozenset[int]:
    """The numbers of the lines that nobody may remember: those of people who don't wish it, and
    what says them again."""
    silent = [line for line in lines if line.is_off_record]
    return frozenset(
        line.number
        for line in lines
        if line.is_off_record
        or any(one.number < line.number and says_again(one.text, line.text) for one in silent)
    )


def _beside(lines: Sequence[Heard], at: int, step: int) -> Heard | None:
    """The same speaker's line next to one, where no more than one of another stands between."""
    me = lines[at]
    for near in (at + step, at + 2 * step):
        if 0 <= near < len(lines):
            other = lines[near]
            if other.speaker == me.speaker:
                return other
    return None


def _plain(line: Heard) -> str:
    return line.text.replace("’", "'")
