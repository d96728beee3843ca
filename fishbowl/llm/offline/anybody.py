"""Questions that say "you" and mean anybody here: "can you swim in the harbour?", "do you have
wifi?". They ask of the place, and not of whom they are put to. Pure."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re

from fishbowl.llm.offline.portrayed import asked_of_speaker

_LEAD = r"^\W*(?:(?:and|so|but|hey|hi|ok|okay|well|oh|sorry|excuse me|by the way)[, ]+)*"
_YOU = r"(?:you|u|ya|y['’]?all)(?: (?:guys|all|people|lot|folks))?"
_EVER = r"(?:(?:still|also|even|ever|actually|really|already|usually|often|always) )*"
_HERE = (
    r"\b(?:here|around here|nearby|out there|on foot"
    r"|(?:in|on|at|from|to|into|across|round|around|along|through|near|off|up|down|over|under|inside|outside)"
    r" (?:the|this|that|a|any) \w+)\b"
)
_MUCH = r"(?:any|many|much|lots? of|a lot of|plenty of|loads of|a few|enough|so many|that many)"
# What one has of oneself: a moment, a view, a night's sleep.
_OF_ONESELF = (
    r"(?:(?:to|not)\b|(?:(?:an?|any|some|no|much|many|the|one|good|bad|nice|sweet|great|fun|better|other|enough|such|that|this|your|own) )*"
    r"(?:time|minutes?|moments?|seconds?|sec|ideas?|clues?|questions?|advice|plans?|fun|dreams?|regrets?|hopes?|faith|fears?|feelings?|opinions?|views?|thoughts?"
    r"|problems?|worr(?:y|ies)|reasons?|proof|names?|nights?|days?|mornings?|evenings?|weekends?|breakfast|lunch|dinner|supper|sleep|rest|talents?|jobs?|hobb(?:y|ies)|interests?|secrets?|stor(?:y|ies)"
    r"|memor(?:y|ies)|news|favou?rites?|preferences?|soul|heart|souls|birthdays?|childhood|life|choice|say|trouble|luck|company|doubts?|tips?|jokes?|anything|something|everything|nothing|anyone|anybody|someone|somebody|nobody"
    r"|it|them|him|her|me|us|one|that|this|these|those)\b)"
)
_SERVICE = (
    r"(?:tell|show|help|give|bring|explain|say|sing|read|write|draw|play|speak|remember|recall|imagine|believe|promise|recommend|describe|introduce"
    r"|meet|put|turn|stop|keep|come|please|look|listen|wait|stay|hold|be|do|make|teach|talk|think|guess|understand|feel|forgive|trust|hear)"
)
_PERSON = re.compile(r"\b(?:I|me|my|mine|us|our|we|your|yours|yourself|him|her|them)\b", re.I)
# By what each is known, and how it is put to anybody.
_PUT = tuple(
    (re.compile(_LEAD + asks, re.IGNORECASE), put)
    for asks, put in (
        (rf"(?:do|don['’]t) {_YOU} {_EVER}have (?:got )?(?!{_OF_ONESELF})(?:{_MUCH} )?(?P<rest>\w.*)", "is there {rest}"),
        (rf"did {_YOU} {_EVER}have (?!{_OF_ONESELF})(?:{_MUCH} )?(?P<rest>\w.*)", "was there {rest}"),
        (rf"(?:have|haven['’]t) {_YOU} {_EVER}got (?!{_OF_ONESELF})(?:{_MUCH} )?(?P<rest>\w.*)", "is there {rest}"),
        (rf"have {_YOU} {_EVER}had {_MUCH} (?!{_OF_ONESELF})(?P<rest>\w.*)", "was there {rest}"),
        (rf"do {_YOU} {_EVER}get {_MUCH} (?!{_OF_ONESELF}|\w+er\b|(?:exercise|letters|mail|praise|attention|money|pay)\b)(?P<rest>\w.*)", "is there {rest}"),
        (rf"did {_YOU} {_EVER}get {_MUCH} (?!{_OF_ONESELF}|\w+er\b|(?:exercise|letters|mail|praise|attention|money|pay)\b)(?P<rest>\w.*)", "was there {rest}"),
        (rf"(?P<aux>can|could) {_YOU} {_EVER}(?!{_SERVICE}\b)(?P<rest>\w+\b.*{_HERE}.*)", "{aux} one {rest}"),
        (rf"do {_YOU} {_EVER}(?P<rest>(?:need|have) to (?:pay|book|reserve|register|sign|wear|buy|ask|queue|wait|tip|change|cross|take)\b.*)", "does one {rest}"),
        (rf"do {_YOU} {_EVER}(?P<rest>need (?:an?|any) [\w ]+? (?:to|for)\b.*)", "does one {rest}"),
        (rf"do {_YOU} {_EVER}(?P<rest>(?:sell|serve|stock|rent out|rent|hire out|deliver|charge)\b.*)", "does one {rest}"),
        (rf"do {_YOU} {_EVER}(?P<rest>(?:take|accept) (?:\w+ )?(?:cards?|cash|cheques?|coins|money|euros?|crowns?|dollars?|pounds|bookings?|reservations?|guests|visitors|lodgers)\b.*)", "does one {rest}"),
        (rf"are {_YOU} {_EVER}(?P<rest>(?:open|closed|shut|fully booked)\b(?! (?:to|about|with|for|minded)\b|-).*)", "is it {rest}"),
        (rf"(?P<aux>(?:where|when|at what time|what time|how) (?:can|could|must|should)) {_YOU} {_EVER}(?!{_SERVICE}\b)(?P<rest>\w+\b.*)", "{aux} one {rest}"),
        (rf"(?P<aux>where|when) do {_YOU} {_EVER}(?P<rest>(?:buy|get (?!(?:up|off|to know|on|along|home|here|that|it|them|this)\b)|rent|hire|catch|board|park|camp|post)\b.*)", "{aux} does one {rest}"),
        (rf"how do {_YOU} {_EVER}(?P<rest>(?:get|find (?:the|one's) way|cross|reach)\b.*{_HERE}.*)", "how does one {rest}"),
    )
)  # fmt: skip
_ANY_OF = re.compile(r"\b(any|some|every|all|none)(?: one)? of (?:you|us|them)(?: guys| all| lot| people)?\b", re.IGNORECASE)  # fmt: skip
_WHO = {"any": "anybody", "some": "somebody", "every": "everybody", "all": "everybody", "none": "nobody"}  # fmt: skip


def put_to_anybody(question: str) -> str:
    """The question without its "you", as it asks of the place and whoever lives here: "can one swim
    in the harbour?"; as it is, where it asks of whom it is put to."""
    plain = _ANY_OF.sub(lambda found: _WHO[found[1].lower()], question)
    for asks, put in _PUT:
        found = asks.match(plain)
        if found is None or _PERSON.search(found["rest"]):
            continue
        is_deed = put.startswith("{aux} one")  # "can you swim?" is of oneself, but not with a place
        if not is_deed and asked_of_speaker(plain) is not None:
            continue
        return put.format(**found.groupdict())
    return plain
