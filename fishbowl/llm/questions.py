"""Whether a line asks something, with a question mark or, as many people type, without. Pure."""

from __future__ import annotations

import re

_LEAD = (
    r"(?:(?:and|but|so|ok|okay|well|oh|hey|then|wait|hm+|no|yes|thanks|please|sorry)[ ,.!]+){0,2}"
)
_AUX = (
    r"(?:is|are|was|were|am|do|does|did|have|has|had|can|could|will|would|should|may|isn't|isnt|"
    r"aren't|arent|don't|dont|doesn't|doesnt|didn't|didnt|won't|wont|wouldn't|haven't|havent)"
)
_ABOUT = (
    r"(?:you|u|i|we|they|he|she|it|this|that|there|your|my|the|any|anyone|anybody|everyone|"
    r"somebody|someone)"
)
_ASKS = re.compile(
    rf"^\s*{_LEAD}(?:(?-i:[A-Z])\w+,? )?(?:"
    rf"(?:what|who|where|when|why|how|which)(?:'?s|'?re|'?d)?\s+(?:{_AUX}|about|many|much|long|old|"
    r"far|often|come|kind|time|else|not)\b"
    r"|(?:what|who|where|when|why|how)(?:'s|s|'re)\s+\w+"
    r"|(?:what|who)\s+(?:happened|won|made|built|said|told|lives|runs|owns)\b"
    rf"|(?:does|did|are|is|was|were|can|could|will|would|have|has|isn't|aren't|didn't)\s+{_ABOUT}\b"
    r"|(?:do|don't)\s+(?:you|u|i|we|they|your|my|the|any\w*|every\w*|some\w*)\b"
    r"|any (?:idea|news|chance|pets|plans)\b|ever (?:been|seen|had|tried)\b)",
    re.IGNORECASE,
)
# The whole of a line that asks on.
_ASKS_ON = re.compile(
    r"^\s*(?:and|so|but)?[ ,]*(?:then )?(?:why|how|how so|how come|why not|what|what then|"
    r"then what|what else|what for|who|where|when|which|really|and|and then|so|huh|meaning|"
    r"like what|go on|tell me more|more|continue|(?:what|how) do you mean|since when|"
    r"for real|seriously|is that so|are you (?:sure|serious))\s*[.?!…]*\s*$",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    """Whether the last sentence of a line asks something."""
    plain = text.replace("’", "'").strip()
    if plain.rstrip("\"”') ").endswith("?"):
        return True
    last = re.split(r"(?<=[.!…])\s+", plain)[-1]
    return asks_on(plain) or bool(_ASKS.match(last))


def asks_on(text: str) -> bool:
    """Whether a line is no more than a word or two that want to hear on: "why", "and then"."""
    return bool(_ASKS_ON.match(text.replace("’", "'")))
