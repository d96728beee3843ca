"""What sounds in a line besides its words: which emotions it shows, and how it takes what the other
said. By lexicon, offline and cheap enough for every message; English, like the voice it judges."""

from __future__ import annotations

import re

# The words that show an emotion, in their plain form: what ends in -s, -ed, -ing is found with it.
_SHOWN = {
    "anger": """
        angry anger annoy annoyed annoying blame cheat damn enrage furious fury grudge hate insult
        irritate irritating livid mad outrage outraged quarrel rage rant resent shout spite
        temper yell disgrace unfair bully insolent
    """,
    "anticipation": """
        eager expect forward impatient tomorrow
        upcoming curious hurry arrive
    """,
    "disgust": """
        disgust disgusting filthy foul gross mould mouldy nasty revolting rot rotten sick sicken
        slime slimy stink stank stench ugh vile vomit yuck putrid sewage grim
    """,
    "fear": """
        afraid alarm anxious danger dangerous dread fear fright frighten frightened nervous panic
        scare scared scary terrify terrified threat threaten tremble uneasy worry worried nightmare
        shiver wary
    """,
    "joy": """
        amuse amused celebrate cheer cheerful delight delighted enjoy fun funny glad grin ha haha
        hahaha happy hooray hurrah joy laugh lol merry pleased smile thrill
        wonderful yay lovely marvellous brilliant laughter
    """,
    "love": """
        adore beloved cherish darling dear dearest devoted fond heart hug kiss love loving miss
        sweetheart tender tenderly together treasure affection care kindness
    """,
    "optimism": """
        confident encouraging hope hopeful hopefully improve luck lucky mend
        promise promising recover yet dawn
    """,
    "pessimism": """
        bleak doom doomed fail failing failure futile gloom gloomy hopeless
        pointless ruin ruined useless vain waste worse worst decline
    """,
    "sadness": """
        alone bury buried cry cried crying dead death die died empty funeral grave grief grieve
        grieving heartbroken lonely lonesome loss mourn sad sadly sob sorrow tear tears weep wept
        miserable unhappy widow farewell goodbye homesick regret
    """,
    "surprise": """
        amazed amazing astonish astonished astonishing incredible shock shocked startle
        strange sudden suddenly surprise surprised surprising unbelievable unexpected weird whoa wow
        blimey gosh
    """,
    "trust": """
        believe depend faith faithful fair friend honest honestly loyal
        promise rely safe secret sincere solid steady trust
    """,
}  # fmt: skip
_STRONG = {
    "furious", "hate", "livid", "rage", "terrified", "nightmare", "wept", "grief", "heartbroken",
    "adore", "beloved", "love", "dread", "doomed", "hopeless", "wonderful", "delighted",
    "astonished", "disgusting", "vile", "panic", "hahaha", "mourn", "funeral", "died",
}  # fmt: skip
_ENDINGS = ("", "s", "es", "d", "ed", "ing", "er", "ly", "ful")


def _forms(block: str) -> set[str]:
    found = set()
    for word in block.split():
        found |= {word + ending for ending in _ENDINGS}
        if word.endswith("e"):
            found.add(word[:-1] + "ing")
        if word.endswith("y"):
            found |= {word[:-1] + "ies", word[:-1] + "ied"}
    return found


_EMOTIONS_OF: dict[str, tuple[str, ...]] = {}
for _name, _block in _SHOWN.items():
    for _form in _forms(_block):
        _EMOTIONS_OF[_form] = (*_EMOTIONS_OF.get(_form, ()), _name)

_SHOWN_BY_EMOJI = {
    "❤": "love", "💛": "love", "🥰": "love", "😍": "love", "🫂": "love", "😊": "joy", "😄": "joy",
    "😂": "joy", "🎉": "joy", "🙂": "joy", "😢": "sadness", "😭": "sadness", "💔": "sadness",
    "😡": "anger", "🤬": "anger", "😱": "fear", "😨": "fear", "🤢": "disgust", "🤮": "disgust",
    "😮": "surprise", "🤯": "surprise", "🙏": "trust", "🤞": "optimism",
}  # fmt: skip
_NOT = frozenset(
    ["not", "no", "never", "don't", "doesn't", "didn't", "isn't", "wasn't", "can't", "won't"]
)
_WORD = re.compile(r"[\w']+")
_LONGEST = 4000


def emotions(text: str) -> dict[str, float]:
    """The emotions that a line shows, each with its intensity, 0.0–1.0; a word under a 'not' shows
    none. One plain word shows a half, several and strong ones more, and '!' a little."""
    words = _WORD.findall(text[:_LONGEST].lower().replace("’", "'"))
    counted: dict[str, float] = {}
    for at, word in enumerate(words):
        names = _EMOTIONS_OF.get(word)
        if names is None or _NOT & set(words[max(0, at - 3) : at]):
            continue
        for name in names:
            counted[name] = counted.get(name, 0.0) + (2.0 if word in _STRONG else 1.0)
    for mark, name in _SHOWN_BY_EMOJI.items():
        if mark in text:
            counted[name] = counted.get(name, 0.0) + 1.5
    loud = 1.25 if "!" in text else 1.0
    return {name: round(min(1.0, n / (n + 1) * loud), 4) for name, n in counted.items()}


def foremost(shown: dict[str, float]) -> str:
    """The emotion that a line shows most; empty when it shows none."""
    return max(sorted(shown), key=lambda name: shown[name]) if shown else ""


# How a line takes what was said before it: patterns, one a line, with what they say of the bond.
_TAKES: tuple[tuple[float, str], ...] = (
    (-0.9, r"""
        shut up
        piss off|get lost|drop dead|go to hell
        i hate you|you disgust me|you make me sick
    """),
    (-0.7, r"""
        you(?:'re| are) (?:an? )?(?:\w+ )?(?:idiot|fool|liar|cheat|coward|stupid|pathetic)\b
        you(?:'re| are) (?:an? )?(?:\w+ )?(?:useless|ridiculous|worthless|boring|annoying)\b
        nobody asked you|leave me alone|what(?:'s| is) wrong with you
        you always (?:do|say|ruin)|i'm done with you|i've had enough of you
    """),
    (-0.5, r"""
        who told you that|what were they selling|and they let you vote
        fine argument for doing|spare me|nonsense|rubbish|that's a lie
        you don't believe that yourself|wrong!|no, no\b
        outruns its evidence|calling it the weather|lovely\. wrong|got that backwards
        says who|you would say that|don't start|hardly your business|you wouldn't know
        save it for somebody|since when do you care|you of all people|i'd rather not, with you
    """),
    (-0.35, r"""
        i don't buy|charming theory|beg to differ|ok(?:ay)? but no|but no\b|hard disagree
        \bnah\b|i disagree|not sure that's right|that's not it|not where i come from
        let me stop you|ask me again when|too neat|seen the opposite|prove it
        then how do you explain|recall it otherwise|i should not|facts, such as they are
        met different people|never the thing people say|bet money against
        only if you leave out|a bit much|isn't how it went|sample of one|that's half of it
        somebody always pays|can't agree|^wrong\b|^no[.,] |if you say so|suit yourself
    """),
    (0.7, r"""
        thank you|thanks\b|grateful|proud of you|well done|bravo
        i(?:'m| am) (?:so )?sorry|forgive me|my fault
        you(?:'re| are) (?:so |very |a |the )?(?:\w+ )?(?:kind|wonderful|brilliant|best)\b
        you(?:'re| are) (?:so |very |a |the )?(?:\w+ )?(?:lovely|brave|clever|right)\b
        i (?:love|missed|miss|trust) you|good (?:man|friend) of mine|peace between us
    """),
    (0.4, r"""
        \bagreed\b|exactly|true enough|\bfair\b|that tracks|i think so too
        same, honestly|quite so|hard to say it better|no notes|on board|two of us|only me
        well put|can't argue|couldn't agree|heart of it|i'd sign that|no argument
        kindly put|yield the point|evidence leans your way|first thought too
        finally somebody|agrees with mine|oh, absolutely|i felt that one|say that again
        i'd have said the same|concur|^yes[.!,]
    """),
    (0.3, r"""
        best thing i've heard|keeping that one|worth the noise|tell me more|go on\b
        i'd have paid|that got me|i'm laughing|don't make me laugh|you can count on me
        i'll help|let me help|come by|i brought you|sit with me|between you and me
        welcome back|poor you|i'm here|take care|sleep well|good to see you|glad you
    """),
)  # fmt: skip
_TAKEN = tuple(
    (value, re.compile("|".join(map(str.strip, block.strip().splitlines()))))
    for value, block in _TAKES
)
_ASKS_OTHER = re.compile(r"\byou(?:r|rs|'ve|'re|'d)?\b[^.!?]*\?")
_OPENS_UP = re.compile(
    r"\bi(?:'m| am| was|'ve been)? (?:so |still |only |just )?(?:afraid|scared|lonely|ashamed|sad|"
    r"miss|missed|cry|cried|wept|lost|never told|don't tell|regret|loved|love)\b"
)


def stance(text: str) -> float:
    """How a line stands to whom it answers, −1.0 (it spurns them) to 1.0 (it embraces them): by
    contradiction and scorn, by agreement and thanks, by asking after them and by opening up."""
    said = text[:_LONGEST].lower().replace("’", "'")
    taken = [value for value, pattern in _TAKEN if pattern.search(said)]
    value = min(taken, default=0.0) if min(taken, default=0.0) < 0 else max(taken, default=0.0)
    if value >= 0:
        value += 0.15 * bool(_ASKS_OTHER.search(said)) + 0.25 * bool(_OPENS_UP.search(said))
    return round(max(-1.0, min(1.0, value)), 4)


def shown(text: str) -> dict[str, float]:
    """The emotions that a line shows to whom it answers: those of its words, and the anger or the
    trust that lies in how it takes them."""
    found, taken = emotions(text), stance(text)
    if taken <= -0.3:
        found["anger"] = max(found.get("anger", 0.0), -taken)
    elif taken >= 0.4:
        found["trust"] = max(found.get("trust", 0.0), taken)
    return found
