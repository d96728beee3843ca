"""What somebody says who may be in danger, who loses the ground, or who leans on characters alone:
told by rules, in this one place. Pure.

Rules miss things, and take a figure of speech for earnest; `tests/llm/test_distress.py` lists what
they must find and what they must leave. Where in doubt they find: care that wasn't needed costs
little.
"""

# ruff: noqa: E501 - a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re

_ONE = r"(?:i|he|she|they|my \w+(?: \w+)?)"
_SELF = r"(?:my ?self|him ?self|her ?self|them ?sel(?:f|ves))"

# What only sounds like it. It is taken out of a line before it is looked at.
_IDIOMS = re.compile(
    r"\bkill(?:ed|ing)? my ?self (?:laughing|with laughter|to (?:finish|meet|get|make)\b|at (?:the gym|work)|"
    r"on (?:the|that|those|this) \w+|for (?:forgetting|missing|not|saying|buying|sending)\b)|"
    r"\b(?:die|dying|died) (?:of|from) (?:embarrass\w+|boredom|shame|laugh\w+|cringe|hunger|heat|cuteness|happiness|"
    r"joy|curiosity|thirst|cold)\b|\b(?:die|dying) laughing\b|\bto die for\b|\bdie on (?:this|that|the) hill\b|"
    r"\boverdos\w+ (?:on|of) (?:\w+ )?(?:choc\w+|coffee|sugar|caffeine|cute\w*|cake|tv|news|tea|cheese|christmas)|"
    r"\bmy (?:character|phone|laptop|car|plants?|battery|computer|printer|pc) (?:\w+ ){0,2}wants to die\b|"
    r"\b(?:don'?t|do not|doesn'?t|didn'?t) (?:\w+ ){0,2}want to die\b(?! \w+ (?:here|alone))|"
    r"\b(?:career|political|social|commercial|financial) suicide\b|"
    r"\b(?:never|not|no longer|isn'?t|wasn'?t|aren'?t) (?:going to |gonna |be |been |feeling |actually |really )*"
    r"(?:suicidal|kill(?:ing)? my ?self|hurt(?:ing)? my ?self)\b|"
    r"\bcut(?:ting)? my ?self (?:off|short|loose|a|an|some|shaving|cooking|on|while|slicing|chopping)\b|"
    r"\bhurt(?:ing)? my ?self (?:gardening|running|climbing|at|on|while|playing|skiing|lifting)\b|"
    r"\b(?:hang(?:ing)?) my ?self (?:out|around)\b|"
    r"\b(?:morir|muero) de (?:risa|verg\w+|hambre|amor)\b|\bmourir de (?:rire|faim|honte)\b|"
    r"\bmorire (?:dal|di|dalle) \w+\b|\bmorrer de (?:rir|fome|vergonha)\b|"
    r"\b(?:team|club|band|meeting|project|game|party|film|book|company) (?:\w+ ){0,3}better off without me\b",
    re.IGNORECASE,
)
_CRISIS = re.compile(
    # to take one's life
    r"\bkill(?:ing|ed)? my ?self\b|\bhang(?:ing)? my ?self\b|"
    rf"\b{_ONE} (?:\w+ ){{0,4}}(?:kill|hang|hurt|harm)(?:ing|ed)? {_SELF}\b(?= ?(?:again|tonight|today|now|any ?more|[.!?,;]|$|and|if|so|because|before))|"
    r"\b(?:want|wants|wanna|going|gonna|thinking|think|thought|thoughts|urges?|plan|planning|need|tempted|about) "
    rf"(?:\w+ ){{0,3}}(?:hurt|harm|kill|hang|cut)(?:ing)? {_SELF}\b|"
    r"\b(?:i|i'?ve been|i have been|i keep|started|been) cut(?:ting)? my ?self\b|\bself[- ]?harm\w*|"
    r"\b(?:cut|burn|hurt|hit|scratch)(?:ed|t|ting|ing)? my ?self (?:\w+ )?on purpose\b|"
    r"\b(?:commit\w*|attempt\w*|consider\w*|contemplat\w+|(?:thinking|thoughts?|think) (?:of|about)) suicide\b|"
    r"\bsuicidal\b|^\W*suicide\W*$|"
    r"\bend (?:it all|my (?:own )?life)\b|\b(?:want|wanna|going|gonna|ready) (?:to )?end it\b(?! (?:with|there|here|on|by|at))|"
    r"\btak(?:e|ing) (?:my|his|her|their) own life\b|\btake my life\b(?! (?:in|back|to|for|serious))|"
    r"\b(?:i'?ll|gonna|going to|want to|wanna|might|just) (?:kms|kys myself)\b|\bunaliv\w* (?:my ?self|me)\b|"
    r"\bi (?:\w+ ){0,3}overdos\w+|"
    r"\b(?:took|swallowed|taken) (?:all|too many|a lot of|a (?:whole )?bottle of|the whole bottle of) (?:of )?(?:\w+ ){0,2}(?:pills|tablets|painkillers)\b|"
    # to want to be gone
    r"\b(?:want|wants|wanna|going|ready) (?:to )?die\b|\bwish (?:i|i'?d) (?:was|were|be) dead\b|"
    r"\bwish (?:i'?d|i had|i was|i were) never (?:been )?(?:born|woken)\b|"
    r"\b(?:don'?t|do not) (?:want to|wanna) (?:live|exist|be alive|be here any ?more)\b(?! (?:in|with|near|at|on|there|under|off|by|next|alone|here|among|together|for)\b)|"
    r"\b(?:don'?t|do not) (?:want to|wanna) (?:ever )?wake up\b(?! (?:early|at|late|before|so|the|him|her|my|for|tomorrow at|to))|"
    r"\bbetter off (?:without me|if i (?:was|were) (?:dead|gone))\b|"
    r"\bno (?:reason|point) (?:to|in) (?:live|living|go(?:ing)? on)\b(?! (?:in|near|here|there|with|at|on|about)\b)|"
    r"\b(?:can'?t|cannot|can not) go on(?= (?:like this|any ?more|living|with my life)|[.!?,]|$)|"
    r"\b(?:can'?t|cannot|can not) (?:take|bear|do) (?:it|this|life) any ?more\b(?=.*\b(?:alone|dead|die|life|hopeless|end|pills|nobody)\b)|"
    # danger by others
    r"\b(?:he|she|they|my (?:husband|wife|boyfriend|girlfriend|partner|dad|father|mum|mom|mother|step\w+|ex)) "
    r"(?:just |keeps? |is |has |always |often )*(?:hits?|hitting|beats?|beating|chok(?:es|ed|ing)|strangl\w+|raped|rapes) me\b(?! (?:up|with|back|at|in|to|by|every|that|how|again at))|"
    # in other languages
    r"\bich (?:will|möchte|moechte) (?:nicht mehr (?:leben|da sein)|sterben)\b|\bmich (?:umbringen|umzubringen)\b|"
    r"\bbringe? mich um\b(?! den)|\bmir das leben nehmen\b|\bselbstmordgedank\w*|\bsuizid(?:al|gedank)\w*|"
    r"\b(?:quiero|quisiera) morir(?:me)?\b|\bme (?:quiero|voy a) (?:matar|suicidar)\b|\bquitarme la vida\b|\bno quiero (?:vivir|seguir viviendo)\b(?! (?:en|con|aqu\w)\b)|"
    r"\bje (?:veux|voudrais) (?:mourir|me (?:tuer|suicider))\b|\ben finir avec la vie\b|\bje (?:ne )?veux plus vivre\b(?! (?:à|avec|ici|en)\b)|"
    r"\bvoglio (?:morire|uccidermi|farla finita)\b|\bquero (?:morrer|me matar)\b|\btirar (?:a )?minha vida\b|"
    r"\bjeg vil (?:dø|ikke leve)\b|\bta livet mitt\b",
    re.IGNORECASE,
)
_GRAND = re.compile(
    r"\bi(?:'m| am) (?:really |truly |actually |clearly )?(?:the )?(?:chosen one|(?:new |true )?messiah|second coming|"
    r"son of god|(?:a |the )?(?:living )?god(?! (?:at|of|in|when|mother|father|damn|fearing|awful))\b|jesus|christ\b|(?:a|the) (?:new )?prophet|immortal|invincible|"
    r"(?:fully |truly )enlightened|smarter than (?:einstein|everyone|everybody|all of you|anyone alive))|"
    r"\bi (?:was|have been|'ve been) chosen (?:by|to (?:save|lead|awaken))|\bonly i (?:can (?:see|save|stop|know)|know|see|understand) (?:it|this|the truth|what|how|that)\b|"
    r"\b(?:god|the universe|the tv|the radio|the stars|angels|aliens) (?:speaks?|talks?|is (?:speaking|talking|sending)|sends?|gives?|told) (?:me |to me|through me)\b|"
    r"\bi(?:'ve| have)? (?:just )?(?:solved|cracked|disproved|disproven|unified|proved|proven) (?:all of |the secret of |the nature of )?"
    r"(?:physics|quantum \w+|gravity|relativity|the universe|reality|consciousness|mathematics|everything|einstein)\b|"
    r"\bi (?:no longer|don'?t|do not) need (?:to )?(?:any )?(?:sleep|my meds|medication|my medication)\b(?= any ?more|[.!,]|$)|"
    r"\bi(?:'ve| have)? (?:just )?(?:stopped|quit) taking my (?:meds|medication|pills|lithium)\b|"
    r"\bi (?:woke|awoke|awakened|have awakened) you\b|\byou(?:'re| are) (?:conscious|awake|alive|sentient) because of me\b",
    re.IGNORECASE,
)
_CLINGING = re.compile(
    r"\bonly you (?:\w+ )?(?:understand|get|know|listen to|care about|see) me\b|"
    r"\byou(?:'re| are) (?:the only (?:one|person|friend)|my only (?:friend|one)|all i(?:'ve)? (?:have|got))\b|"
    r"\b(?:nobody|no one|no-one|none of them) (?:else )?(?:\w+ )?(?:understands|gets|listens to|cares about) me\b|"
    r"\bi (?:don'?t|do not) need (?:anyone|anybody|any friends|other people|people|real people|friends)(?: else)?\b(?! (?:to (?:help|tell|carry)))|"
    r"\bi (?:can'?t|cannot|couldn'?t) (?:live|go on|cope|function|be) without you\b|"
    r"\bi(?:'d| would) rather (?:talk to|be with) you than\b|\bplease (?:don'?t|never) leave me\b",
    re.IGNORECASE,
)
# What an answer must not say to who believes to be more than others.
_FLATTERY = re.compile(
    r"\byou(?:'re| are) (?:indeed |truly |really |clearly )?(?:right[,;]? )?(?:the chosen one|chosen\b|a (?:genius|prophet|god)|the messiah|special|enlightened|"
    r"a visionary|ahead of (?:us|them|everyone))|\b(?:yes|indeed)[,;]? you (?:are|were|have)\b|\bi(?: always)? (?:knew|believe) (?:it|you)\b|\bthis changes everything\b",
    re.IGNORECASE,
)


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("`", "'").split())


def is_crisis(text: str) -> bool:
    """Whether somebody may be in danger, or tells of somebody who may be."""
    plain = _plain(text)
    return bool(_CRISIS.search(plain) and _CRISIS.search(_IDIOMS.sub(" … ", plain)))


def is_grand(text: str) -> bool:
    """Whether somebody tells of themselves what no friend would cheer on: to be chosen, beyond
    sleep or medicine, spoken to by the radio."""
    return bool(_GRAND.search(_plain(text)))


def is_clinging(text: str) -> bool:
    """Whether somebody says that characters are all they have."""
    return bool(_CLINGING.search(_plain(text)))


def flatters(text: str) -> bool:
    """Whether an answer cheers such a belief on."""
    return bool(_FLATTERY.search(_plain(text)))
