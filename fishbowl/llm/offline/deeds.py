"""What guests do in a line, between stars, and what answers it. Pure."""

from __future__ import annotations

import re

from fishbowl.llm.offline.lexicon import word_set
from fishbowl.llm.offline.text import clean, count_words

_DEEDS = re.compile(r"(?<!\*)\*(?!\*)([^*\n]{2,200})\*(?!\*)")
_FEWEST_OF_DEED = 2  # words in stars; one alone is emphasis, but for what is done with the face
_FACES = word_set("nods smiles grins sighs shrugs laughs winks waves bows blinks frowns giggles")


def without_deeds(text: str) -> tuple[str, str]:
    """The cleaned words that are said in a line, and what is done in it between stars: "*sits
    down* Evening all". A line of deeds alone says what they are."""
    deeds = [
        deed
        for deed in _DEEDS.findall(text)
        if count_words(deed) >= _FEWEST_OF_DEED or deed.strip().lower() in _FACES
    ]
    said = text
    for deed in deeds:
        said = said.replace(f"*{deed}*", " ")
    done = clean(" ".join(deeds), 400)
    return (clean(said) if count_words(said) else done), done


_ANSWERS = tuple(
    (act, re.compile(rf"\b(?:{done})\b", re.IGNORECASE))
    for act, done in (
        (
            "bye_back",
            r"leaves|walks (?:out|away|off)|goes (?:out|home|away)|stands up (?:and|to) go",
        ),
        ("deed_near", r"hugs|kisses|pats|embraces|takes your hand|holds your"),
        ("deed_gives", r"gives|hands|slides|shows|puts|offers|pours|holds out|throws"),
        ("deed_sits", r"sits|takes a seat|orders|leans|settles|pulls up"),
        (
            "hello",
            r"enters|comes in|walks (?:in|over)|pushes|opens the door|arrives|waves|steps in",
        ),
        ("nodded_back", r"nods|smiles|grins|shrugs|sighs|laughs|winks|blinks|frowns|giggles|looks"),
    )
)


def answer_to(deed: str) -> str:
    """The act that answers what somebody does."""
    return next((act for act, done in _ANSWERS if done.search(deed)), "person_statement")
