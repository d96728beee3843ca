"""Whether a line asks something, with a question mark or, as many people type, without. Pure."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

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
    r"everybody|somebody|someone|nobody|no one)"
)
_ASKS = re.compile(
    rf"^\s*{_LEAD}(?:(?-i:[A-Z])\w+(?:, | (?!(?:is|was) (?:my|your|the)\b)))?(?:"
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
    r"^\s*(?:and|so|but|ok|oh|lol|hm+|ha(?:ha)+)?[ ,]*(?:then )?"
    r"(?:why|how|how so|how come|why not|what|what then|"
    r"then what|what else|what for|who|where|when|which|really|and|and then|so|huh|meaning|"
    r"like what|go on|tell me more|more|continue|(?:what|how) do you mean|since when|"
    r"for real|seriously|is that so|are you (?:sure|serious))\s*[.?!…]*\s*$",
    re.IGNORECASE,
)


MARKS = ("?", "？", "؟", "՞", "⸮", "︖")
# How a question begins, or what makes it one, in languages that guests try first; with the mark
# left out, as in English.
_ELSEWHERE = re.compile(
    r"^[\s¡]*¿|^\W*(?:"
    r"wo|wer|wie|wann|warum|wieso|woher|wohin|welche\w*|was (?:ist|machst|macht|hast|bist|willst)|"
    r"(?:bist|hast|kannst|magst|kennst|willst|sprichst|wohnst|weißt) du|"
    r"où|qui (?:es|est|êtes|a)|quand|pourquoi|combien|quel(?:le)?s?|est-ce|qu'est|qu'as|ça va|"
    r"comment (?:tu|vous|ça|va|vas|allez|est|t'|s')\S*|(?:es|as|parles)-tu|(?:êtes|avez|parlez)-vous|"
    r"qué|cómo|dónde|quién|cuándo|cuánt[oa]s?|cuál(?:es)?|por ?qué|como (?:te|est[aá]s?|se|va)|"
    r"que tal|donde (?:est[aá]s?|vives?)|quien (?:eres|es)|cuantos|eres|hablas|"
    r"chi (?:sei|è)|come (?:stai|va|ti|si)|dove (?:sei|è|abiti|vivi|vai|siamo)|perché|quanti|quanto|cosa (?:fai|è)|"
    r"onde|quem|qual|tudo bem|como vai|waar|wat (?:doe|is|ben)|hoe (?:gaat|heet|oud|is)|wanneer|waarom|"
    r"кто|что|где|куда|откуда|когда|почему|зачем|как|какой|какая|сколько|هل|أين|متى|كيف|لماذا"
    r")(?!\w)|(?<!\w)ли(?!\w)|[ぁ-んァ-ヶ一-龯]か(?:な)?[。.!！ ]*$|"
    r"吗|嗎|什么|什麼|谁|誰|哪里|哪儿|哪裡|怎么|怎麼|为什么|為什麼|多少|呢[。.!！ ]*$|"
    r"[가-힣](?:까|까요|나요|가요|니|냐)[.! ]*$|[Ͱ-Ͽ][;;]\s*$",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    """Whether the last sentence of a line asks something."""
    plain = text.replace("’", "'").strip()
    if plain.rstrip("\"”'」』» )").endswith(MARKS) or _ELSEWHERE.search(plain):
        return True
    last = re.split(r"(?<=[.!…])\s+", plain)[-1]
    return asks_on(plain) or bool(_ASKS.match(last))


def asks_on(text: str) -> bool:
    """Whether a line is no more than a word or two that want to hear on: "why", "and then"."""
    return bool(_ASKS_ON.match(text.replace("’", "'")))


_BESIDE = re.compile(
    r"(?<=[.?!…])\s+|[,;]?\s+(?:and|also|or)(?:,? also)?\s+"
    rf"(?=(?:what|who|where|when|why|how|which|{_AUX})\b)"
    r"|,\s+(?=(?:what|who|where|when|why|how|which)\b)",
    re.IGNORECASE,
)


def questions_in(text: str) -> list[str]:
    """The questions of a line, each by itself: "what's my name, and what do I do?" are two."""
    return [part.strip() for part in _BESIDE.split(text) if part and is_question(part)]


# Where a sentence that tells something may go over into asking, with a comma or without.
_PAUSE = re.compile(
    r"\s*[,;:–—]\s*|\s+-+\s+|\s+(?=(?:and|but|so|or)\s)"
    r"|(?<!\bwho)(?<!\bwhat)(?<!\bwhere)(?<!\bwhen)(?<!\bhow)(?<!\bwhy)(?<!\bthat)(?<!\bif)(?<!\bas)(?<!\bthan)"
    r"\s+(?=(?:(?:do|have|are|can|could|would|will|did) (?:you|u)|is (?:that|this))\b)",
    re.IGNORECASE,
)
_ASKS_BESIDE = re.compile(
    rf"{_LEAD}(?:should|shall|may|am|must) (?:i|we)\b|{_LEAD}any \w+\?|(?:and|what about|how about) (?:you|yours)\b",
    re.I,
)
# What asks whether that is so which was just said.
_DOUBTS_IT = re.compile(
    rf"{_LEAD}(?:(?:is|was|isn't|wasn't) (?:that|this|it) (?:right|true|correct|so|not)\b"
    rf"|{_AUX} (?:not )?(?:i|he|she|it|they|we|my \w+|that)(?: not)?\W*$"
    r"|(?:do|don't|did|can|could) you (?:think|believe|know|say|tell me|guess|reckon)\W*$)",
    re.IGNORECASE,
)


def told_and_asked(sentence: str) -> tuple[str, str]:
    """What a sentence tells, and what it then asks: "I'm allergic to nuts, is that a problem?" does
    both. '' for the one that it doesn't do; what asks whether it is so tells nothing."""
    if not is_question(sentence):
        return sentence, ""
    for pause in _PAUSE.finditer(sentence):
        head, tail = sentence[: pause.start()], sentence[pause.end() :].replace("’", "'")
        if not head or is_question(head) or _DOUBTS_IT.match(tail):
            continue
        if _ASKS.match(tail) or _ASKS_BESIDE.match(tail):
            return head, tail
    return "", sentence


_UP = r"(?:awake|asleep|sleeping|up|online|in bed)"
_HERE = r"(?:here|around|about(?! to)|in|there)"
_WHO_IS_HERE = re.compile(
    rf"\bwho(?:'?s| is| are|'re)?(?: \w+){{0,3}}? {_UP}\b(?! to)"
    rf"|\bwho(?:'?s| is| are|'re)?(?: else| all| else is)? {_HERE}(?: \w+){{0,2}}\W*$"
    rf"|\b(?:is|are|r) (?:any|every|some)(?:one|body)(?: else)?(?: \w+)? (?:{_UP}|{_HERE})\b"
    rf"|^(?:any|every)(?:one|body)(?: else)? (?:{_UP}|{_HERE})\W*$"
    rf"|\bwhere(?:'?s| is| are)? every(?:one|body)\b|\bare you (?:all )?alone(?: here)?\W*$"
    r"|\b(?:is|are) (?!(?:you|it|this|that|there|the|a|an|my|your|what)\b)\w+(?: \w+)? "
    rf"(?:{_UP}|here|around)(?: (?:now|yet|still|today|tonight))?\W*$",
    re.IGNORECASE,
)
_SHORT = 4  # words of a line that asks, whatever it begins with


def asks_who_is_here(text: str) -> bool:
    """Whether a line asks who is here, or awake: all of them, or one by name."""
    plain = text.replace("’", "'").strip()
    return bool(_WHO_IS_HERE.search(plain)) and (is_question(plain) or len(plain.split()) <= _SHORT)
