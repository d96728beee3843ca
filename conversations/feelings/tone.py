"""How a line sounds: sentiment by a small valence lexicon with negation. Pure, and cheap enough
for every message; a model's reading replaces it where one observes."""

from __future__ import annotations

import re

_POSITIVE = """
admire adore amazing appreciate beautiful bless bliss brave bravo bright brilliant calm
celebrate charm charming cheer cheers clever comfort congratulations content cosy courage cute
dear delicious delight delighted enjoy excellent excited fantastic favourite fine fond forgive
friend friendly fun funny generous gentle gift glad good gorgeous grace grateful great happy
hope hopeful hug kind kindness laugh laughed lovely love loved luck lucky marvellous nice
patient peace perfect pleasant please pleased pleasure pretty proud relief relieved safe smile
sweet thank thanks tender treasure trust warm warmth welcome wonderful wow yay yes
"""
_NEGATIVE = """
abandon afraid alone angry annoyed annoying anxious ashamed awful bad betray bitter blame bored
boring broke broken cold cried cruel cry crying damn dead death despair died disgusting dread
dull empty fail failed fear fool funeral furious grief grieve hate hated horrible hurt idiot ill
jealous lie lied lonely lose loss lost mad mess miserable miss missed mourn nasty nonsense
pain pathetic poor regret rotten rubbish sad scared shame shit sick sorry stupid terrible tired
tragic trouble ugly unhappy upset useless waste weak worried worry worse worst wrong
"""
_WEIGHTS = dict.fromkeys(_POSITIVE.split(), 1.0) | dict.fromkeys(_NEGATIVE.split(), -1.0)
_NEGATIONS = {"not", "no", "never", "don't", "doesn't", "isn't", "wasn't", "can't", "won't", "n't"}
_EMOJI = {"❤": 1, "😊": 1, "😂": 0.8, "🙂": 0.6, "🎉": 1, "😢": -1, "😭": -0.8, "😡": -1, "💔": -1}


# A capital within a sentence begins a name: a guest called Joy isn't glad, nor one called Sad low.
# At its start it does where somebody is called, or does or owns something: "Grace left", "Hope's".
_NAMES = re.compile(
    r"(?<=[a-z,;:] )(?!I\b)[A-Z][a-z]+\b"
    r"|(?:(?<=^)|(?<=[.!?…] ))"
    r"(?!(?:I|It|He|She|That|This|There|What|Who|Love|Hate|Death|Pain|Fear|Grief|Loss|Shame|Despair|Trust"
    r"|Luck|Relief|Pleasure|Kindness|Welcome|Thanks|Lovely|Great|Good|Sorry|Brilliant|Nice|Perfect"
    r"|Wonderful|Beautiful|Bravo|Wow|Yay|Yes|Please|Cheers|Fine|Damn|Shit)\b)[A-Z][a-z]+(?="
    r"'s \w|, (?:are|do|did|can|could|will|would|have|what|where|who|how|when|why|you|please"
    r"|come|tell)\b"
    r"| (?:is|was) (?:my|our|your|his|her|their|a|an|the|here|there|away|back|coming|gone|asleep"
    r"|not here)\b"
    r"| (?:has|had|left|said|says|told|tells|came|comes|went|goes|lives|lived|works|worked"
    r"|called|calls|asked|asks|wants|wanted|thinks|thought|likes|liked|hates|hated|loves|knows|knew|doesn't|didn't"
    r"|won't|wrote|writes|moved|met|died|gave|gives|and (?:I|me|my|he|she|[A-Z])))"
)  # fmt: skip


def sentiment(text: str) -> float:
    """−1.0 (bitter) to 1.0 (glad): the sum of valences, squashed so that one word says a little.

    Source of the squash: VADER's x / √(x² + α), Hutto & Gilbert (2014), with α = 4.
    """
    text = text[:4000].replace("’", "'")
    words = [word.lower() for word in re.findall(r"[\w']+", _NAMES.sub("", text))]
    total = sum(value for mark, value in _EMOJI.items() if mark in text)
    for i, word in enumerate(words):
        weight = _WEIGHTS.get(word, 0.0)
        if weight and _NEGATIONS & set(words[max(0, i - 3) : i]):
            weight *= -0.6
        total += weight
    return float(round(total / (total * total + 4) ** 0.5, 4))


EMOJI = {
    "glad": ("😊", "👏", "❤️", "🙌"),
    "sad": ("🫂", "🕯️", "💙"),
    "amused": ("😄", "😏", "🙃"),
    "plain": ("👍", "👀", "🤔", "☕", "🌊"),
}


# What an emoji under a message says of it; what isn't here says only that it was seen.
_REGARD = {
    **dict.fromkeys(("❤", "🥰", "😍", "💛", "💙", "🫂", "🙌", "🎉"), 1.0),
    **dict.fromkeys(("👍", "👏", "😊", "😄", "😂", "🤣", "🔥", "💯", "🙏", "✨", "⭐", "😏"), 0.7),
    **dict.fromkeys(("👀", "🤔", "☕", "🌊", "🕯", "🙃", "😢"), 0.2),
    **dict.fromkeys(("👎", "🙄", "😒", "😡", "🤬", "🤮", "🖕", "💩", "😠"), -1.0),
}


def regard_of(emoji: str) -> float:
    """What an emoji under a message says of it: −1.0 (ill received) to 1.0 (loved), 0.0 nothing."""
    return _REGARD.get(emoji.rstrip("\ufe0f"), 0.0)


def emoji_for(text: str, humour: float, pick: float) -> str:
    """An emoji that answers `text`; `pick` (0.0–1.0) chooses among those that fit."""
    mood = sentiment(text)
    if mood >= 0.3:
        kind = "glad"
    elif mood <= -0.3:
        kind = "sad"
    else:
        kind = "amused" if humour > 0.6 and pick > 0.5 else "plain"
    choices = EMOJI[kind]
    return choices[min(int(pick * len(choices)), len(choices) - 1)]
