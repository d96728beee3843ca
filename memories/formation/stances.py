"""Which side a line takes on a topic, told by its words. Pure.

A small lexicon of what people say for and against things, with negation and emphasis; the squash is
VADER's, x / √(x² + α) (Hutto & Gilbert 2014). An answer that only agrees or contradicts takes the
side of what it answers, or the other.
"""

# ruff: noqa: E501 — lists of words are read by columns

from __future__ import annotations

import re
from collections.abc import Sequence

from fishbowl.llm.offline.lexicon import FUNCTION, word_set
from fishbowl.llm.offline.text import clean, words
from memories.formation.findings import Side
from memories.formation.stretch import Heard
from memories.formation.topics import Discussed, clauses_on

PLAIN = 4.0  # α: two words for it make a plain side
BESIDE = 0.5  # how much a word counts that stands beside the sentence on the topic
QUOTE = 240  # letters of a reason, at most
FEWEST = 5  # words of one

_FOR = word_set(
    "love loves loved adore adores like likes liked enjoy enjoys enjoyed prefer prefers favourite favorite best "
    "better good great fine lovely beautiful wonderful marvellous brilliant excellent perfect handsome pretty "
    "delicious honest sound true solid reliable safe useful worth worthwhile clever kind gentle warm bright fresh "
    "right proper sweet precious treasure joy pleasure delight delightful glorious magnificent charming comfort "
    "comforting faithful patient generous brave holds lasts keeps works helps saves saved heals mends deserves admire "
    "admires respect trust trusts miss believe grateful glad proud alive free rare elegant noble cosy calm peaceful "
    "recommend appreciate improves improved wins won lucky blessed soothing tasty splendid superb charm magic "
)
_AGAINST = word_set(
    "hate hates hated dislike dislikes loathe despise worst worse bad awful terrible horrible dreadful nasty ugly "
    "useless worthless pointless rotten rot rots rotted rubbish nonsense waste wasted stupid silly foolish wrong "
    "dangerous poison poisons poisonous toxic cruel cold dull boring tedious dead dirty filthy stinks stink reeks "
    "leaks leak fails fail failed breaks broken cracks lies lie liar cheat cheats fake false fraud overrated "
    "expensive overpriced ruin ruins ruined spoils spoiled kills killed hurts harm harms harmful damage damages "
    "fear fears afraid worry worries worried dread regret regrets mistake mistakes never against refuse refuses "
    "distrust suspicious ashamed shame disgrace sad lonely bitter sour annoying irritating noisy nuisance mess "
    "disappointing disappointed tired hopeless impossible trouble weak thin cheap sorry lost unfair absurd dying "
)
_NEGATIONS = word_set(
    "not no never don't doesn't isn't wasn't can't won't nothing nobody hardly without didn't aren't wouldn't couldn't"
)
_EMPHASIS = word_set(
    "very so really truly absolutely utterly completely always forever far much too"
)
_AGREES = re.compile(
    r"^(?:\w+[,.]? )?(?:aye|yes|yeah|yep|true|exactly|agreed|i agree|quite(?: so| right)?|right|indeed|hear,? hear|"
    r"can't argue|so it is|so they do|so it does|same|well said|that's (?:it|true|right|the thing)|"
    r"(?:i )?couldn't have said it|you're right|fair(?: enough| point)?|precisely|just so)\b",
    re.IGNORECASE,
)
_DISAGREES = re.compile(
    r"^(?:\w+[,.]? )?(?:no\b(?! (?:idea|clue|matter|wonder|doubt))|nah|nonsense|rubbish|wrong|not (?:so|really|at all|true|in (?:this|my))|"
    r"i (?:disagree|doubt|don't (?:think|agree|believe))|hardly|never|come off it|says who|objection|"
    r"i'd (?:dispute|argue|contest)|that's not|you're wrong|on the contrary|far from it|i keep finding counter)\b",
    re.IGNORECASE,
)
# Which side one says that one is on, in so many words.
_IS_FOR = re.compile(
    r"\b(?:(?:am|i'm|are|is|always been|really|think) (?:all )?for\b(?! (?:a|an|the) (?:while|moment|walk))|(?:i )?hold with|think well of|"
    r"fond of|(?<=: )for(?=[.,])|(?:a )?soft spot for|grows? on me|coming round to|lean towards|nothing against|(?:and )?it's yes)\b",
    re.IGNORECASE,
)
_IS_AGAINST = re.compile(
    r"\b(?:(?:am|i'm|are|is) against|opposed to|can't be doing with|(?:my )?doubts about|reservations|not (?:so |quite |at all )?sure about|not (?:really )?(?:convinced|sold on)|"
    r"the less i hold with|(?<=: )against(?=[.,])|oversold|makes? too much of|don't start me on|like to believe in|(?:and )?it's no)\b",
    re.IGNORECASE,
)
DECLARED = 0.4  # how plainly a side is taken that is only declared: it gives nobody a reason
# That one knows of something, or doesn't.
_KNOWS = re.compile(
    r"\b(?:do know about|know (?:a thing|nothing|like two|about)|knowledge of|learning about|hard to surprise|ask me about|(?:is|are) actually my thing|"
    r"picked up here|(?:what|only) i know of|i know only)\b",
    re.IGNORECASE,
)
# A way to turn from it to something else, or to name the talk: it says nothing of the matter.
_LEADS_AWAY = re.compile(
    r"^\W*(?:allow me to pass from|(?:ok,? |okay,? )?enough (?:about )?\w|off [\w' -]+, before|from [\w' -]+ it's a short step|that's [\w' -]+ done)"
    r"|\b(?:made me think of another|puts me on to|which reminds me|got me thinking|the talk (?:of|about))\b",
    re.IGNORECASE,
)
SAID = 2.0  # words that it counts for
# Words of saying that one has an opinion, or knows of something, and not why.
_BARE = word_set(
    "think thinks thought well whole mind minds made make both way ways see side sides hear heard doubt doubts confess concerning convinced sure "
    "sold sell oversold ask asked stand stands hold holds nothing deal good fond come came soft spot lean leans told opposed while argued twice know "
    "knows knowledge claim change changes daily third two one thing things all always really love like sort best old start depends day days say says "
    "said note down arrived conclusion reservations contrary question matter hard surprise learning picked course believe quite tell more less longer grows "
    "never nope mind's something actually coming round much talk talked lost times done then"
)
_LEAST_ANSWERED = 0.15  # what is answered must take a side itself


def valence(text: str) -> float:
    """How far a text speaks for (1.0) or against (−1.0) what it is about."""
    plain = text.replace("’", "'")
    against = len(_IS_AGAINST.findall(plain))
    plain = _IS_AGAINST.sub(" ", plain)
    total = SAID * (len(_IS_FOR.findall(plain)) - against)
    found = words(_IS_FOR.sub(" ", plain))
    for at, word in enumerate(found):
        value = 1.0 if word in _FOR else -1.0 if word in _AGAINST else 0.0
        if not value:
            continue
        before = found[max(0, at - 3) : at]
        if _NEGATIONS & set(before) and word not in _NEGATIONS:
            value *= -0.7
        if _EMPHASIS & set(before[-1:]):
            value *= 1.4
        total += value
    return round(total / (total * total + PLAIN) ** 0.5, 4) if total else 0.0


def assent(text: str) -> float:
    """Whether a line begins by agreeing (1.0) or by contradicting (−1.0)."""
    said = clean(text).strip()
    return -1.0 if _DISAGREES.match(said) else 1.0 if _AGREES.match(said) else 0.0


def sides(lines: Sequence[Heard], topic: Discussed) -> list[Side]:
    """The side that each speaker took on a topic: one each, the plainest of theirs."""
    taken: dict[str, Side] = {}
    by_number: dict[int, Side] = {}
    for at, line in enumerate(lines):
        side = (
            _spoken(line, topic)
            if line.number in topic.lines
            else _answered(line, lines[at - 1], by_number)
            if at
            else None
        )
        if side is None:
            continue
        by_number[line.number] = side
        known = taken.get(line.speaker)
        if known is None or _plainness(side) > _plainness(known):
            taken[line.speaker] = side
    return list(taken.values())


def _plainness(side: Side) -> float:
    return abs(side.sentiment) * side.certainty + 0.05 * bool(side.quote)


def _spoken(line: Heard, topic: Discussed) -> Side:
    on_it = clauses_on(line.text, topic.keys)
    rest = clean(line.text)
    for clause in on_it:
        rest = rest.replace(clause, " ")
    said = " ".join(on_it)
    sentiment = valence(said) + BESIDE * valence(rest) * (1 if not valence(said) else 0.5)
    is_question = bool(on_it) and all(clause.rstrip("\"'”) ").endswith("?") for clause in on_it)
    sentiment += 0.15 * line.tone * (not is_question)
    why = " ".join(clause for clause in on_it if says_why(clause, topic))
    plain = 1.0 if why else DECLARED
    quote = "" if is_question else why[:QUOTE]
    return Side(
        line.number,
        round(max(-1.0, min(1.0, sentiment)), 4),
        0.1 if is_question else plain if abs(sentiment) >= 0.2 else 0.15,
        quote if len(words(quote)) >= FEWEST else "",
    )


def says_why(text: str, topic: Discussed) -> bool:
    """Whether a text says anything of a topic beside that one is for it, against it or knows it."""
    plain = text.replace("’", "'")
    if _KNOWS.search(plain) or _LEADS_AWAY.search(plain):
        return False
    own = {word for form in topic.keys for word in form} | set(topic.topic.split())
    return any(
        word not in own | _BARE | FUNCTION and word.removesuffix("s") not in own and len(word) > 2
        for word in words(text)
    )


def _answered(line: Heard, before: Heard, known: dict[int, Side]) -> Side | None:
    """An answer that only agrees with what was said of it just before, or contradicts it."""
    side = known.get(before.number)
    if side is None or before.speaker == line.speaker or abs(side.sentiment) < _LEAST_ANSWERED:
        return None
    text = clean(line.text).replace("’", "'")
    if _DISAGREES.match(text):
        return Side(line.number, round(-0.8 * side.sentiment, 4), 0.6)
    if _AGREES.match(text):
        return Side(line.number, round(0.8 * side.sentiment, 4), 0.6)
    return None
