"""What a guest tells of their day and of themselves: which act answers it. Pure."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re

from fishbowl.llm.offline.text import sentences, spelled_out
from fishbowl.llm.questions import is_question

_LEAD = (
    r"^(?:(?:and|but|well|so|oh|ok|okay|guys|hey|hi|omg|ugh|argh|damn|wow|yay|yes|no|guess what|today|tonight|yesterday"
    r"|earlier|this (?:morning|afternoon|evening|week)|last (?:night|week|weekend))[,!.:]* )*"
)
_LATELY = r"(?:(?:just|finally|actually|also|really|totally|accidentally|somehow|officially|even|already|literally|recently|only) )"
# They themselves, whom some leave out: "missed my bus".
_DID = rf"{_LEAD}(?:(?:i|we)(?:'ve|'m|'re| have| had| am| are| was| were)? )?{_LATELY}*(?:been )?"
_MINE = r"(?:my|our|the|a|an|some|two|three|\d+)"
_PUBLIC = r"(?:bus|train|flight|ferry|plane|tram|wifi|internet|power|heating|lift|elevator)"
DEVICE = (
    r"(?:phone|laptop|computer|pc|mac|tablet|console|tv|car|bike|scooter|battery|charger|router|internet|wifi|headphones|camera"
    r"|fridge|oven|boiler|printer|watch|plants?|houseplants?|cactus)"
)
_OWN_THING = rf"(?:{DEVICE}|keys?|wallet|purse|bag|glasses|umbrella|hat|scarf|gloves?|tickets?|passport|card|ring|bus|train|flight|game|match|bet)"
_GRAVE = (
    r"my \w+ and (?:i|me) (?:just )?(?:(?:had|have|are having|got into) (?:an? )?(?:\w+ )?(?:fight|argument|row)|(?:broke|split) up|fell out|are fighting)\b"
    r"|(?:i )?hate (?:myself|my life)\b|(?:saw|watched) (?:him|her|them|my \w+) die\b|(?:do not|don't) know what to do (?:with (?:my life|myself)|any ?more)|"
    rf"(?:my|our) (?:\w+ ){{0,2}}(?:burn(?:ed|t) down|ran away|disappeared|is missing|went missing)\b|{_DID}(?:crashed (?:my|our|the) |had an accident"
    r"|got (?:hurt|mugged|robbed|attacked|arrested|evicted|divorced|in(?:to)? (?:\w+ )?(?:fight|accident|trouble|crash)|into an? (?:\w+ )?(?:fight|accident|crash))"
    r"|broke up with|split up|stuck in an? (?:\w+ )?(?:marriage|relationship|job)|had a miscarriage|miscarried|burn(?:ed|t) myself|hurt my|broke my (?:leg|arm|back|neck|hip|foot|wrist))\b"
)
_WENT_WRONG = (
    rf"lost (?:my|our) (?:\w+ )?{_OWN_THING}\b|(?:missed|dropped|ruined|spil(?:led|t)|locked) {_MINE}\b|locked (?:myself|ourselves) out|broke {_MINE} (?!record|news|ice)\w+"
    r"|burn(?:ed|t) (?!off\b|calories\b|down\b)\w+|forgot (?:my|our|to (?:bring|buy|take|set|pack|pay|save|turn|lock|charge))\b|overslept\b|ran out of\b|made a mistake\b"
    r"|stuck (?:at|in (?:traffic|the|a))\b|got (?:lost|stuck|scammed|soaked|drenched|sick|ghosted|an? (?:\w+ )?(?:cold|ticket|fine|flat|headache|migraine|bad \w+))\b"
    r"|fell (?:off|down|over)\b|(?:cut|stubbed|sprained|twisted) my\b|slept (?:badly|terribly|through)\b"
    r"|(?:did not|didn't|could not|couldn't) (?:pass|get (?:the|in\b|it)|make it|win|sleep)\b|ha(?:ve|d) (?:a|the) (?:\w+ )?(?:cold|flu|headache|migraine|toothache|flat)\b"
)
_DOES_NOT_GO = (
    r"(?:(?:has|have|had|was|were|is|are|got|just|been|again) )*(?:cancell?ed|delayed|stolen|broken|ruined|stuck|flooded|dead|down|out|late|not working)\b"
    r"|(?:\w+ )?(?:broke|died|crashed|exploded|leaked|stopped working|(?:will not|won't|would not|wouldn't) (?:start|turn on|charge)|fell (?:apart|off)|blew up)\b"
)
GOOD = (
    rf"{_DID}(?:passed (?!out|by|away|through)\w+|won\b|graduated\b|aced\b|nailed\b|made it\b(?! (?:home|here|back|up|clear|rain|worse|out))|managed to\b|paid off\b|beat my\b"
    r"|finished (?!work\b|school\b|dinner\b|lunch\b|breakfast\b|eating\b|my shift\b|the dishes\b|here\b|with\b)\w+|sold (?:my|our)\b|quit smoking\b|found (?:my|our|the|an?) (?!.*\b(?:lump|body|bugs?|problem|mistake|hole|leak|tick|crack|mouse|rat|way|dead)\b)\w+"
    r"|got (?:(?:the|my|our|a|an) (?:\w+ )?(?:job|place|offer|raise|promotion|degree|licen[cs]e|visa|keys|part|role|scholarship|puppy|kitten|dog|cat|house|flat|apartment|prize|medal|award|gift|present|refund|bonus|grant|car|bike|tattoo|haircut|date|phone|laptop|computer|guitar|piano)\b|an? a\b|full marks|first (?:prize|place)\b"
    r"|in(?:to)? (?:uni\w*|college|(?:\w+ )?school|the (?:team|course|choir|band|finals?))\b|(?:accepted|hired|promoted|engaged|married|better)\b))"
)
_KINDS = (
    (
        "news_relief",
        r"\b(?:lost|missing|ran away|escaped|sick|ill|broken|broke|stolen|stuck)\b.*\b(?:found (?:him|her|it|them|my|our)|got (?:him|her|it|them) back"
        r"|turned up|came (?:back|home)|(?:is|are|'s|'re|was|were) (?:\w+ )?(?:back|fine|ok|okay|home|safe|better)|works? again|fixed it)\b"
        r"|\bfound (?:him|her|it|them|(?:my|our) \w+)\b.*\b(?:in the end|at last|again|safe|alive|after all)\b",
    ),
    ("news_grave", rf"{_LEAD}(?:i |we )?(?:{_GRAVE})"),
    (
        "news_bad",
        rf"{_DID}(?:{_WENT_WRONG})|\b(?:and|but|then) (?:i |we )?{_LATELY}*(?:{_WENT_WRONG})"
        rf"|{_LEAD}(?:(?:my|our) (?:\w+ )?{DEVICE} |(?:my|our|the) {_PUBLIC} )(?:{_DOES_NOT_GO})"
        rf"|{_LEAD}(?:my|our) (?:\w+ ){{1,2}}(?:was|is|got|has been|were|are) (?:cancell?ed|delayed|stolen)\b",
    ),
    ("news_good", GOOD),
    (
        "news_learning",
        r"\b(?:i|we)(?:'ve|'m|'re| have| am| are)? (?:(?:been|just|recently|currently|slowly|still|also|now) )*(?:started |trying to )?"
        r"(?:learn(?:ing)? (?!that\b|about\b|from\b|of\b)|practi[sc](?:e|ing) (?!what\b)|teach(?:ing)? myself|train(?:ing)? for|took up|taking up|tak(?:e|ing) (?:\w+ )?lessons)",
    ),
    (
        "news_made",
        rf"{_DID}(?:made|cooked|baked|built|painted|drew|wrote|knitted|crocheted|sewed|planted|fixed|repaired|carved|brewed|designed)"
        rf" (?:{_MINE} (?!mistake|deal|fool|joke|point|decision|promise|list|call|date|wish|mess|scene|living)|(?!it\b|up\b|out\b|off\b|me\b|us\b|you\b|him\b|her\b|them\b|sure\b|fun\b|friends\b|plans\b|down\b|to\b|no\b|that\b|this\b|my\b|our\b|a\b|an\b|the\b|some\b)\w+)",
    ),
    (
        "news_seen",
        rf"{_DID}(?:saw|watched|spotted|visited|went (?:to|on|for)|tried)"
        rf" (?:{_MINE} (?!(?:\w+ )?(?:therapist|doctor|dentist|lawyer|vet|police|hospital|clinic|court|funeral|jail|prison|accident|crash|fight|ex|blood|best|diet|way|news)\b)"
        r"|(?!you\b|it\b|that\b|this\b|to\b|bed\b|sleep\b|work\b|school\b|court\b|jail\b|hospital\b|hell\b|him\b|her\b|them\b|what\b|how\b|everything\b|hard\b|again\b|my\b|our\b|a\b|an\b|the\b|some\b)\w+)",
    ),
    (
        "news_coming",
        rf"{_LEAD}(?:my|our|an?) (?:\w+ ){{1,3}}(?:is|are) (?:visiting|coming|arriving|flying in|staying)\b(?! (?:out|back to|apart|home late))",
    ),
)
_OF_THEM = (
    (
        "birthday_soon",
        r"\btomorrow is my (?:\w+ )?birthday\b|\bmy birthday is (?:tomorrow|on \w+|next \w+|soon)\b|^\W*(?:so |and )?(?:i|i'm|i am) (?:will )?turn(?:ing)? \d+ (?:tomorrow|on \w+|next \w+|soon|in \w+)\b",
    ),
    (
        "birthday_wish",
        r"\b(?:it is|it's|its|today is) my (?:\w+ )?birthday\b|\bmy birthday (?:is |was )?(?:today|yesterday)\b"
        r"|^\W*(?:so |and )?(?:i|i'm|i am) (?:turn(?:ing|ed)?) \d+\b",
    ),
    (
        "feast_wish",
        r"^\W*(?:(?:a )?(?:very )?(?:happy|merry) (?:new year|christmas|xmas|easter|halloween|thanksgiving|holidays|hanukkah|diwali|eid|weekend|(?!birth)\w+day)|eid mubarak)\b",
    ),
    (
        "sleepless",
        r"\b(?:i )?(?:can't|cannot|cant|couldn't|could not) (?:fall a|get to )?sleep\b|\bi(?:'ve| have)? been (?:up|awake) (?:all night|since)\b",
    ),
    (
        "what_a_day",
        r"^\W*(?:what an? (?:\w+ )?(?:day|week|night|month|year)|long (?:day|week|night))\W*$",
    ),
    (
        "told_work",
        r"^\W*(?:and |but |so |well )?(?:i (?:work (?:at|in|for|as|with|from|nights|part)|study (?!for\b|hard\b)\w+|teach\b)|i(?:'m| am) (?:still )?(?:an? (?:\w+ )?(?:student|nurse|teacher|doctor|engineer|programmer|developer|designer|artist|writer|musician|cook|chef|baker|carpenter|plumber|electrician|driver|farmer|lawyer|scientist|researcher|librarian|photographer|waiter|waitress|barista|cashier|mechanic|dentist|vet|paramedic|firefighter|accountant|gardener|painter|potter|journalist|biologist|chemist|physicist|therapist|pharmacist|receptionist)\b|studying (?!for\b|all\b|hard\b)\w+))",
    ),
    (
        "told_from",
        r"^\W*(?:and |but |so |well )?(?:i(?:'m| am) from|i (?:live|grew up|was born) in|i (?:just |recently )?moved (?:to|here from|from)|we live in)\b",
    ),
    (
        "told_has",
        r"^\W*(?:and |but |so |well )?(?:i|we)(?:'ve| have)(?: got)? (?:an?|two|three|four|five|\d+) (?:\w+ ){0,2}?(?:dogs?|cats?|kittens?|pupp(?:y|ies)|rabbits?|bunn(?:y|ies)|hamsters?|guinea pigs?|parrots?|birds?|horses?|fish|snakes?|chickens?|tortoises?|lizards?|geckos?|brothers?|sisters?|siblings?|kids?|children|sons?|daughters?)\b",
    ),
    (
        "told_at_it",
        r"^\W*(?:and |but |so |well )?(?:i(?:'m| am|'ve been| have been)|we(?:'re| are)|currently|still) (?:(?:currently|still|just|only|re)[ -]?)*(?:reading|watching|playing|binging|listening to) (?!you\b|with\b|around\b|this chat\b|along\b|that\b|it\b)\w+",
    ),
    (
        "told_dislike",
        r"^\W*(?:and |but |so |well |honestly |tbh )*i (?:\w+ly )?(?:hate|can't stand|cannot stand|dislike|detest|loathe|do not like|don't like)\b (?!(?:you|myself|me|my|him|her|them|it here|this place|everything|everyone|being|living|life|that you|when you|how you)\b)\w+",
    ),
    (
        "told_fond",
        r"^\W*(?:and |but |so |well |honestly |tbh )*(?:i (?:\w+ly |also |just |do )?(?:love|like|adore|enjoy)|i(?:'m| am) (?:\w+ )?(?:into|obsessed with|a (?:big |huge )?fan of|mad about))\b (?!(?:you|your|u|him|her|them|it here|this place|this room|talking|to (?:know|ask|see|talk))\b)\w+|^\W*my fav(?:ou?rite)? (?:\w+ ){1,3}(?:is|are)\b",
    ),
    (
        "told_no",
        r"^\W*(?:\w+,? )?i (?:\w+ly )?disagree\b|^\W*(?:no,? |nah,? |hm+,? )?i (?:don't|do not) (?:think so|agree)\b",
    ),
    (
        "told_view",
        r"^\W*(?:and |but |so |well |honestly |tbh )*i (?:really )?(?:think|believe|reckon|feel like) (?!so\b|not\b|you\b|about\b|of\b|i\b|i'm\b|it's (?:going|about|time)\b|he\b|she\b|my\b|that you\b|in\b)\w+ \w+ \w+",
    ),
)
_NEWS = tuple((act, re.compile(pattern, re.IGNORECASE)) for act, pattern in (*_KINDS, *_OF_THEM))
_SUPPOSED = re.compile(
    r"^\W*(?:if|imagine|suppose|what if|wish)\b|\b(?:wish|if only)\b", re.IGNORECASE
)


def news_of(text: str) -> str:
    """The act that answers what a line tells of their day or of themselves; '' where it tells
    nothing. Of several the one that matters most to them: what has ended well, what went wrong,
    what went well. What is too grave for light words is "news_grave"."""
    plain = spelled_out(text).strip()
    told = [one for one in sentences(plain) if not is_question(one) and not _SUPPOSED.search(one)]
    whole = " ".join(told)
    for act, pattern in _NEWS:
        if any(map(pattern.search, [whole] if act == "news_relief" else told)):
            return act
    return ""
