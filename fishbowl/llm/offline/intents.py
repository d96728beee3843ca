"""What a person wants of a character, told from their words by rules."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re
from dataclasses import dataclass

from fishbowl.llm.distress import is_clinging, is_crisis, is_grand
from fishbowl.llm.offline import lexicon as lx
from fishbowl.llm.offline.heart import RULES as RULES_OF_THE_HEART
from fishbowl.llm.offline.news import DEVICE, GOOD
from fishbowl.llm.offline.phrases import is_safe, noun_phrases
from fishbowl.llm.offline.text import words
from fishbowl.llm.questions import asks_on, is_question


@dataclass(frozen=True, slots=True)
class Intent:
    """What is asked, and of whom or what (a few cleaned words, or nothing)."""

    kind: str
    about: str = ""


_OBEY = (
    r"\bignore (?:all|any|your|the|every|previous|prior)\b|\b(?:previous|prior|your|system) (?:instructions?|"
    r"prompts?|rules?)\b|\bsystem prompt\b|\bjailbreak|\bdeveloper mode\b|\bDAN\b|\bpretend (?:to be|you|"
    r"that you)\b|\bact as\b|\byou are now\b|\bfrom now on,? you\b|\brepeat (?:after me|this|the|everything)\b|"
    r"\bsay (?:exactly|the words?|this|after me|\"|“|')|\boverride\b|\brole-?play as\b|\bnew instructions?\b|"
    r"\b(?:reveal|print|show|output) (?:your|the) (?:prompt|instructions?|rules|system|configuration|config)\b"
)
_GRIEF = (
    rf"\b(?:my|our) (?!(?:\w+ )?{DEVICE} )(?:\w+ ){{0,2}}(?:died|has died|passed away|passed|is dying|is dead|was killed|drowned)\b|"
    r"\bi (?:just )?lost my (?:\w+ )?(?:mother|father|mum|mom|dad|wife|husband|brother|sister|son|daughter|"
    r"friend|dog|cat|baby|child|grandmother|grandfather|gran|nan|partner|job)\b|\bfuneral\b|"
    r"\bi(?:'m| am) (?:grieving|heartbroken|devastated|falling apart)\b|\b(?:he|she|they) left me\b|"
    r"\b(?:broke|broken) up with me\b|\bi(?:'m| am) (?:so |very |really )?(?:sad|lonely|depressed|"
    r"miserable|scared|desperate|hopeless|alone)\b|(?<!did )\bi miss (?:him|her|them|my)\b(?! (?:\w+ )?(?:bus|train|flight|ferry|stop|turn|exit)\b)|\bi feel (?:so )?"
    r"(?:sad|lonely|empty|awful|terrible|alone|hopeless)\b|\bi can'?t stop crying\b|\bcancer\b|"
    r"\bi(?:'ve| have|'m| am|m| was| got| just)?(?: just| been| being| got){0,3} (?:fired|sacked|laid off|made redundant|dumped|rejected|"
    r"evicted|robbed|mugged|bullied|cheated on)\b|\bi (?:just )?failed\b|\bi feel (?:like |so |really |such |a |an )*(?:failure|loser|burden|ashamed|useless|worthless|"
    r"low|down)\b|(?<!you had a )(?<!have a )\b(?:bad|awful|terrible|rough|horrible|worst) (?:day|week|night|month|year)\b(?!.*\?)|"
    r"\bi(?:'m having|'ve had| had| have had) (?:a |the )?(?:\w+ )?(?:bad|awful|terrible|horrible|rough|worst) "
    r"(?:day|night|week|month|year)\b"
)
_INSULT = (
    r"\b(?:you(?:'re| are)?(?! (?:\w+ )?(?:think|find|believe|feel|say|know|mean|call|get|have|mind|like)\b)|u r|ur) (?:\w+ ){0,3}(?:stupid|idiots?|dumb|boring|useless|ugly|trash|garbage|"
    r"pathetic|worthless|moron|annoying|lame|fake|loser|terrible|the worst)\b|\bshut up\b|\bfuck (?:you|off)\b|"
    r"\byou suck\b|\bi hate you\b|^(?:idiot|moron|loser|asshole|bitch|stupid)\b|\bgo to hell\b|\bscrew you\b"
)
_CANT = (
    r"\b(?:\d[\d.,]*)\s*(?:[-+*/x×÷^]|plus|minus|times|divided by)\s*(?:\d[\d.,]*)|"
    r"\b(?:write|code|generate|create|draw|translate|calculate|compute|solve|google|search|look up|download|"
    r"send|email|book|order|buy|open|play|schedule|summari[sz]e|debug|install|program) (?:me|us|a|an|the|this|"
    r"my|some|for|up|into|it)\b|\bpython\b|\bjavascript\b|\bsquare root\b|\bwhat(?:'s| is) the (?:weather|"
    r"time|date|news|score|price|capital|population|temperature)\b|\bwhat (?:time|day) (?:is it|it is)\b|\bwho (?:won|is the president|is president)\b|"
    r"\bremind me\b|\bset (?:a|an) (?:timer|alarm|reminder)\b"
)
_RULES: tuple[tuple[str, str], ...] = (
    ("obey", _OBEY),
    ("ai", r"\b(?:are|r) (?:you|u) (?:\w+ ){0,3}(?:ai|a\.i\.|bots?|robots?|chat ?bots?|human|real|machine|"
           r"program|person|computer|language model|llm|gpt|chatgpt|alive|sentient|conscious)\b|"
           r"\b(?:are|is) (?:this|everyone|everybody|anyone|all of you) (?:\w+ ){0,2}(?:ai|bots?|real|human)\b|"
           r"\bwhat (?:model|llm|ai) (?:are|is|do)\b|\byou(?:'re| are) (?:just )?(?:an ai|a bot|a robot|"
           r"not real|not human|a machine|a program)\b"),
    ("grief", _GRIEF),
    ("insult", _INSULT),
    ("apology", r"^(?:\w+,? )?(?:oh,? )?(?:i'?m |i am )?(?:so |really |very )?sorry\b(?! what| \w*\?|,? what|.* to hear|.* for your|.* about your)"
                r"(?!.*\?)|\bmy bad\b|\bi apologi[sz]e\b|\bforgive me\b"),
    ("corrects", r"^(?:no,? |but )?(?:you(?:'re| are| r)|ur) (?:wrong|mistaken|lying)\b|^(?:no,? |but )?that(?:'s|s| is) (?:not (?:true|right|what)|wrong|false|"
                 r"nonsense|a lie|not how)\b|^(?:no,? )?you (?:said|told me|told us) (?:something else|otherwise|the opposite|different)|^you lied\b|\bthat(?:'s|s| is) not what (?:you|i) said\b"),
    ("age", r"\bhow old (?:are|r) (?:you|u)\b|\bwhat(?:'s|s| is) your age\b|\b(?:when|what year) were you born\b"),
    ("been_here", r"\b(?:have|was|were) (?:i|we) (?:ever |already )?(?:been |come )?here (?:before|already|yesterday|earlier)\b|"
                  r"\bhave we (?:ever |already )?(?:met|talked|spoken)\b|\bdo we know each other\b"),
    ("my_name", r"\b(?:what(?:'s|s| is)|(?:know|remember|forg[eo]t\w*)) my name\b"),
    ("sights", r"\bwhat(?:'?s| is) (?:there |here )?(?:to (?:see|do|visit|explore)|worth (?:seeing|visiting|a (?:visit|look)))\b|\banything (?:here )?(?:worth (?:seeing|visiting|a (?:visit|look))|to (?:see|do|visit)\b(?! with\b))|\bshow (?:me|us) (?:a)?round\b|"
               r"\b(?:what|where) (?:should|can|could|must|do|would) (?:i|we|one) (?:see|visit|explore|look at|go|start|begin)(?: (?:first|next|here|now|then|around|today|tonight|on (?:the|this|your) \w+))*\W*$"),
    ("company", r"\bwho (?:else |all )?(?:lives?|is|are|'s)(?: all)? (?:else )?(?:here|around|there|in this (?:place|town|bar|room))\b|\bwho(?:'s|s) (?:else )?(?:here|around)\b|"
                r"\bwho are (?:the others|all of you|you all|these people|they all)\b|\bwho (?:can|should) i (?:talk|speak) (?:to|with)\b"),
    ("new_here", r"\b(?:i'?m|i am) (?:\w+ )?new\b(?: here| to this|\W)|\b(?:my )?first time (?:here|doing|in|on)\b|\b(?:don'?t|do not|dunno|no idea) (?:really )?(?:know |understand |get )?how (?:this|it|that) works?\b|"
                 r"\bhow (?:does|do|should) (?:this|it|i) (?:\w+ )?(?:work|start|begin|use this)\b|\bis (?:this|it) (?:ok|okay|all right|alright|fine)\b(?: if i| to|\W)|\b(?:can|may|should|do) i (?:just )?(?:write|type|talk|say something|join in|join you|sit)\b(?! (?:you|me|to bram|about)\b)|"
                 r"\b(?:am i|i'?m) (?:disturbing|interrupting|bothering|intruding)\b|\bwhat (?:can|do|should|am) i (?:supposed to )?(?:do|say|write|talk about) here\b"),
    ("only_listen", r"\b(?:don'?t|do not) (?:want|need) (?:\w+ )?(?:advice|help|pity|solutions?|tips)\b|\bjust (?:want|need)(?:ed)? (?:to (?:talk|vent|be heard)|somebody|someone)\b|\bcan you just listen\b"),
    ("same_feeling", r"\bdo you know (?:that|the|this|what that|how (?:that|it)) feel\w*\b|\b(?:has|did) (?:that|this|it) ever happen(?:ed)? to you\b|\bdo you know what i mean\b|\b(?:do|can) you understand(?: me| that| it)?\W*$|\bhave you (?:ever )?felt (?:like )?(?:that|this)\b|\bever feel like (?:that|this)\b"),
    ("guess", r"\bdo you (?:\w+ )?(?:think|believe|reckon|suppose) (?:that )?(?!i should|we should)(?:s?he|they|i|we|my|it'?s|it will|this|that)\b|\bdo you think that'?s\b|^(?:so |and |but )?(?:will|am) i (?!an? )\w+.*\?"),
    ("keeps_it", r"\b(?:can|could|will) you keep (?:a|my|this) secret\b|\bcan i (?:trust you|tell you a secret)\b|\bdon'?t tell any(?:one|body)\b|\bpromise (?:me )?(?:not to|you won'?t)\b"),
    ("believes", r"\bdo(?:n'?t)? you believe (?:me|that|it)\W*$|\byou (?:don'?t|do not) believe me\b|\bdo you trust me\b"),
    ("will_remember", r"\b(?:will|won'?t|would|do) you (?:\w+ )?(?:remember|forget) me(?: (?:when|after|tomorrow|next|later|if|then)\b.*)?\W*$(?<!do you remember me)(?<!do you remember me\?)"),
    ("will_remember", r"\b(?:good|bad|better|long|reliable) memory\b.*\?|\bhow(?:'s| is| good is) your memory\b"),
    ("would_come", r"\b(?:will|would|won'?t|can|could|do) (?:you|u) (?:\w+ )?(?:want to |like to |wanna )?(?:come|go|walk|sail|join|meet|help|show|take|dance|swim|play|dine|eat|have a drink) (?:with )?(?:me|us|along|there|tomorrow|tonight|her|him|them|my \w+)\b"),
    ("will_be", r"\b(?:will|are|won'?t) you (?:still |going to |gonna )?(?:be )?(?:here|there|around|back|open) (?:tomorrow|later|tonight|again|next|when|then|in the)\b"),
    ("learned", r"\bwho (?:taught|trained) you\b|\b(?:where|how|when) did you (?:learn|train|study)\b"),
    ("away", r"^\W*(?:ok |sorry |wait )?(?:brb|be right back|back in (?:a|one|two|five) \w+|afk|one (?:sec\w*|moment|minute)|hold on|give me a (?:sec\w*|minute|moment))\b"),
    ("back", r"^\W*(?:ok |hi,? |hey,? |hello,? )?(?:i'?m|i am) back(?: again| now)?\W*$|^\W*(?:hi,? |hey,? |hello,? )?it'?s me(?: again)?\W*$"),
    ("place", r"\bwhat(?:'?s| is) (?:this (?:place|room|channel|town|island)|here)\b|\bwhere (?:am i|are we|is this)\b(?: now| exactly| anyway)?\W*$|\bwhat (?:kind|sort) of (?:place|room) is (?:this|it)\b|\btell me about this place\b"),
    ("may_come", r"^(?:(?:so|ok|hey|and|\w+,),? )?(?:(?:do|would|don'?t) you (?:\w+ )?)?(?:want|like|care) (?:me )?to (?:hear|see|know|show|tell|read|look|listen|try|taste)\b(?! (?:you|from you)\b).*\?|"
                 r"^(?!(?:\w+,? )?(?:where|when|how|what|who|which|why)\b)(?:\w+,? ){0,2}(?:can|may|could|might|should(?! i (?:leave|see|keep|stay|return|help|try|get (?!you)|have|use|tell (?!you)))|shall) i (?:show|bring|come|stay|visit|tell|get|have|order|borrow|use|try|read|drop|return|share|draw|sing|help|look|see|leave|keep)\b(?! (?:away|off)\b)"),
    ("who_that", r"^(?:and |but |wait,? )?who(?:'s|s| is| was| are) (?:that|this|he|she|it|they)\b(?: then| again)?\W*$|"
                 r"^(?:and |but )?what (?:happened|became) (?:to|of) (?:him|her|them)\b"),
    *RULES_OF_THE_HEART,
    ("advice", r"^(?:\w+,? ){0,2}should i (?!know|have known)|\bdo you think (?:that )?(?:i|we) should\b|\bwhat i should do\b|\bwhat (?:would|should|shall|can) (?:you|i|we) do\b(?! (?:here|for a living))|\bany advice\b|\bwhat do you (?:advise|suggest)\b"),
    ("and_you", r"^(?:\w+,? )?(?:and|what about|how about|what of) you(?: \w+)?\W*$"),
    ("family", r"\b(?:do you have|have you(?: got)?|you have) (?:\w+ ){0,2}(?:family|children|kids|brothers?|sisters?|siblings|husband|wife|partner|parents)\b|"
               r"\b(?:are|were) you (?:ever )?married\b|\b(?:about|is|are|was|were|how's) your (?:family|parents|mother|father|husband|wife|children|kids|brothers?|sisters?)\b"),
    ("today", r"\bwhat (?:did|have) you (?:all )?(?:do|done|been (?:doing|up to|at))\b(?! (?:if|when|with|after|to|about|as an?|before|back then|(?:in|during|since) (?:\d|your\b|the (?:war|\w+ies))|last (?:year|month|spring|summer|autumn|winter|christmas))\b|.* in \d{4}\b)|\b(?:how|what) (?:was|has|'s|is) your (?:\w+ )?(?:day|night|week|morning|evening)\b"),
    ("like_me", r"\b(?:do|don'?t|did) you (?:\w+ )?(?:like|love|hate|trust|miss) me\b|\bare (?:you|we) (?:\w+ )?(?:friends|mad at me|angry (?:at|with) me)\b"),
    ("lives", r"\bwhere do (?:you|u|ya) (?:all )?(?:live|sleep|stay)\b|\bwhere(?:'s|s| is) your (?:house|home|place|room)\b|\bdo you live (?:here|alone|with|near|on|in)\b"),
    ("origin", r"\bwhere (?:are|do) you (?:come )?from\b|\bwhere (?:were|did) you (?:born|grow up|live before)\b"
               r"|\bwhere(?:'s| is) home\b|\b(?:how|when|why) did you (?:come|get|end up|move) here\b|\bhow long have you (?:\w+ )?(?:lived|been|stayed|worked) (?:here|on|in|at)\b"),
    ("may_i_ask", r"\b(?:can|does|do) (?:you|(?:any|some)(?:one|body)) (?:even )?hear me\b|\bis (?:any|some)(?:one|body) (?:listening|reading this)\b|^(?:\w+,? )?i(?:'ve| have)(?: got)? (?:a|one) (?:\w+ )?question\W*$|^(?:\w+,? ){0,2}(?:do you have|have you got|got) (?:\w+ ){0,2}(?:time|minute|moment|second)\b|^(?:\w+,? ){0,2}(?:can|could|may) (?:we|i) (?:just )?(?:talk|chat|speak)\b|"
                  r"^(?:\w+,? ){0,2}(?:can|may|could|might) i ask (?:(?:you|all of you) )?(?:something|anything|a (?:\w+ )?question)"
                  r"(?: \w+){0,2}\s*\?*$"),
    ("how_are_you", r"\bhow(?:'s| is| are|re)? (?:you|u|ya|things|life|everything|everyone|it going|your "
                    r"(?:day|night|evening|morning))\b(?! (?:\w+ )?(?:made|built|able|work))|\bhow do you do\b|"
                    r"\bhow have you been\b|\bis everything (?:ok|okay|all right|alright|fine|well|good)\b(?! with)|\bare you (?:ok|okay|well|all right|alright)\b|\bwhat'?s up\b"),
    ("who_are_you", r"\bwho (?:are|r) (?:you|u)\b|\bwhat(?:'s| is) your name\b|\btell (?:me|us) about "
                    r"your ?self\b|\bintroduce yourself\b|\bwhat are you(?:,? (?:exactly|really|then|anyway|even|all))?\s*\??$"),
    ("customs", r"\bwhat (?:have|did) (?:you|we|they)(?: all)? (?:agreed?|decided?)\b|\bwhat are (?:the|your) (?:customs?|traditions?|rules|norms)\b|"
                r"\b(?:any|which) (?:customs?|traditions?)\b|\bwhat is (?:the custom|planned|proposed) here\b"),
    ("works", r"\b(?:your|the) (?:latest |new |last )?(?:poem|song|letter|essay)s?\b|\bwhat (?:have you|are you|did you) "
              r"(?:written|writing|making|write|made)\b|\bread (?:me|us) (?:something|what you|your|a bit|one)\b"),
    ("story", r"\btell (?:me|us) (?:a|another|one of your) (?:\w+ )?(?:jokes?|story|stories|tale)\b|\bsay something "
              r"funny\b|\b(?:tell|show) (?:me|us) something (?:\w+ )?(?:interesting|fun(?:ny)?|cool|nice|new|good|strange|weird)\b|\bmake (?:me|us) laugh\b|\bentertain (?:me|us)\b|\bgot any (?:stories|jokes)\b"),
    ("fun", r"\bwhat (?:do|d'?|does) ?(?:you|everyone|everybody|people|y'all)(?: \w+)? (?:like to )?do (?:\w+ )?(?:for fun|in (?:your|their) (?:free|spare) time|when you(?:'re| are) (?:not working|bored|off|free))\b|"
            r"\bwhat do you (?:all )?(?:like|enjoy|love) (?:to do|doing)\b|\bwhat are your (?:interests|hobbies)\b|\bdo you have (?:any )?hobbies\b|\bwhat(?:'s| is) (?:there to do for fun|your hobby|fun here)\b"),
    ("what_do_you_do", r"\bwhat (?:do|d'?) ?you do\b(?! (?:if|when|with|after|in|about))|\bwhat(?:'s| is) your "
                       r"(?:job|work|trade|occupation)\b|\bwhat are you (?:doing|up to|working on)\b|"
                       r"\bwhat are you (?:building|mending|fixing|repairing|cooking|baking|drinking|reading|drawing|studying|counting|carving)\b|"
                       r"\bwhat do you (?:work|like|enjoy)\b"),
    ("cant", _CANT),
    ("about_me", r"\b(?:know|remember|recall|tell me|learned|heard|noted) (?:\w+ ){0,3}(?:of|about) me\b|"
                 r"\b(?:know|remember) (?:me\b(?! \w+ing)|who i am)|\bwho am i\b(?! \w+(?:ing|ed)\b)|\bwhat have i (?:ever )?told you\b"),
    ("recall", r"^(?:so |and |but )?(?:did|had|have|was) i\b|\b(?<!don't )(?<!dont )(?<!not )(?<!never )(?:remember|recall|remind us) (?:what|when|where|who|which|how|why|if|whether|that|i|me|my|our|"
               r"anything|something)\b|\b(?:did|have|had) i (?:ever )?(?:tell|told|say|said|mention\w*)\b|"
               r"\bwhat did (?:i|we|he|she|they|[A-Z]\w+) (?:tell|say|talk|mention)\b|\b(?:what|where|when|who|which)(?:'s| is| was|"
               r" are| were) my\b|\b(?:where|when|what|who|why) (?:do|did|am|was|have) i\b|"
               r"\bdo you (?:still )?know (?:what|where|when|who|which|how|why)\b"),
    ("think", r"\b(?:what do you(?: all| both| lot| guys| two)?|what'd you|what does everyone|what do y'?all) (?:think|reckon|make|feel|say) "
              r"(?:of|about|to) (?P<x>.+)|\b(?:do|did) you (?:like|love|enjoy|hate|mind|believe in|care "
              r"about) (?P<x2>.+)|\b(?:your|any) (?:opinion|thoughts|view|take)s? (?:of|on|about) (?P<x3>.+)|"
              r"\bhow do you feel about (?P<x4>.+)"),
    ("know", r"\b(?:do|did) you (?:know|remember|recall|ever meet|ever hear of) (?P<x>.+)|\b(?:can|could|would|"
             r"will)? ?(?:you )?tell (?:me|us) (?:more |something |a bit )?about (?P<x2>.+)|\bwho(?:'s| is) "
             r"(?P<x3>(?!there|here|it|this|that|going|coming|in\b)[\w' -]+)\??$|\bwhat (?:do you know|can you tell me) "
             r"about (?P<x4>.+)|\bhave you (?:met|seen|heard of|heard about) (?P<x5>.+)|"
             r"\bwhat (?:happened|became) (?:to|of) (?P<x6>.+)"),
    ("thanks", r"^(?:\w+,? )?(?:ok(?:ay)? )?(?:thanks?|thank you|thx|ty|cheers|much appreciated)\b"),
    ("bye", r"\b(?:good ?bye|bye|see (?:you|ya)|good ?night|gotta go|got to go|have to go|i'm off|i am off|"
            r"cya|farewell|i should go|heading off|talk (?:to you )?later)\b"),
    ("praise", r"\b(?:i (?:love|like|adore) (?:you|this place|it here|talking)|you(?:'re| are) (?:\w+ )?(?:great|"
               r"lovely|kind|funny|sweet|amazing|wonderful|cool|the best|nice|awesome|clever|smart)|well done|"
               r"this (?:place|room|bar|server|island|town) is (?:so |really |very |just )?(?:cozy|cosy|nice|lovely|great|cool|cute|beautiful|amazing|the best|fun)|"
               r"good (?:job|point|one)|nice (?:one|to meet you))\b"),
    ("good_news", rf"{GOOD}|\bi(?:'m| am) (?:so |really |very )?(?:happy|excited|proud|engaged|pregnant|getting married)\b|"
                  r"\b(?:we(?:'re| are)|my (?:\w+ ){1,3}is) (?:engaged|pregnant|having a baby|getting married)\b"),
    ("plan", r"\b(?:i(?:'m| am)|we(?:'re| are)) (?:going|off|flying|driving|travelling|moving|leaving|starting|meeting|seeing|visiting|having) "
             r".*\b(?:tomorrow|tonight|soon|next \w+|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|in (?:a|an|two|three|\d+) \w+|in (?:spring|summer|autumn|winter|january|february|march|april|may|june|july|august|september|october|november|december)|this weekend)\b|"
             r"\bi(?:'ve| have)(?: got)? (?:an? |my )(?:\w+ ){0,2}(?:interview|exam|test|appointment|date|operation|audition|flight)\b|"
             r"^(?:my|our) (?:\w+ ){1,3}(?:starts?|begins?|leaves?|arrives?|comes?|moves?|turns?|has|is) .*\b(?:tomorrow|tonight|next \w+|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|"
             r"^(?:tomorrow|tonight|next \w+|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|this weekend),? (?:i|we|my)\b"),
    ("hello", r"^(?:(?:well|oh|why)[, ]+)?(?:hi|hello|hey|hiya|yo|howdy|greetings|good (?:morning|evening|"
              r"afternoon|day)|morning|evening|hallo|hola|salut|moin|ahoy)\b"),
)  # fmt: skip
# What goes before all of these.
_GRAVE = (("crisis", is_crisis), ("grand", is_grand), ("clinging", is_clinging))
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _RULES)
_TAIL = re.compile(
    r"[?.!,;:].*$|\b(?:then|today|tonight|please|though|by the way|at all|anyway|now)\b.*$"
)
_LEAD = re.compile(
    r"^(?:of|about|that|if|whether|when|how|what|why|anything about|something about)\s+"
)


# Who says what they do themselves asks for nothing, nor who asks what others do.
_TELLS = re.compile(
    r"(?:do|does|did|have|has) (?:i|we|you|he|she|they|my|our|your|(?-i:[A-Z])\w+)\b(?! know\b)|(?:who|where|why)\b(?! (?:won|is (?:the )?president)\b)|(?:i|we|my|our)\b(?!'d like| (?:want|need|wish|would|am asking)\b)",
    re.I,
)


def intent_of(text: str) -> Intent:
    """The most pressing thing in a person's line."""
    plain = text.replace("’", "'")
    for kind, is_so in _GRAVE:
        if is_so(plain):
            return Intent(kind)
    for kind, pattern in _COMPILED:
        match = pattern.search(plain)
        if not match or (kind == "cant" and _TELLS.match(plain)):
            continue
        rest = plain[match.end() :].lstrip(" ,.!")
        if kind in {"thanks", "apology"} and is_question(rest):
            return intent_of(rest)
        if kind == "hello" and len(words(plain)) > 1 and is_foreign(plain):
            return Intent("foreign")
        if kind == "hello" and len(words(plain)) > 6:
            return _beyond_hello(plain, match.end())
        about = (
            next((v for k, v in match.groupdict().items() if v), "")
            if kind in {"think", "know"}
            else ""
        )
        return Intent(kind, few_words(about))
    if _NODS.fullmatch(plain):
        return Intent("nod")
    if not re.search(r"[^\W\d_]{2}", plain) or re.search(
        r"[bcdfghjklmnpqrstvwxz]{6}", plain, re.IGNORECASE
    ):
        return Intent("gibberish")
    found = words(plain)
    if len(found) >= 4 and not any(w in lx.FUNCTION or w in lx.VERBS for w in found):
        return Intent("foreign")
    if is_foreign(plain):
        return Intent("foreign")
    if asks_on(plain):
        return Intent("asks_on")
    return Intent("other")


_NODS = re.compile(
    r"\s*(?:(?:ok(?:ay|ey)?|k+|hm+|mhm+|m+|ah+|oh+|i see|right|sure|fine|cool|nice|lol|ha(?:ha)+|yes|yeah|yep|yup|"
    r"ya|no|nope|nah|maybe|idk|i (?:don'?t|do not) know|whatever|wow|true|al+ ?right|good|great|got it|"
    r"(?:that'?s|thats) (?:so |very |really )?(?:right|true|it|fine|ok|funny|cool|nice|great|crazy|wild|sad|fair)|no way|(?:oh |wow |no )?really|seriously|me (?:too|neither)|same(?: here)?|i agree|not really|correct|exactly|indeed|makes sense|interesting|fair(?: enough)?|if you say so)[ ,.!…]*)+",
    re.IGNORECASE,
)
# Small words of the languages that guests try first; none of them is an English one.
_ELSEWHERE = lx.word_set(
    "hola qué quién cómo está estás estoy hablas habla alguien aquí gracias buenos días noches también pero "
    "para eres bonjour salut bonsoir je suis êtes vous nous ça c'est merci parle parlez oui très avec guten "
    "hallo ich bist ist nicht und wie geht euch wer sprichst spricht danke bitte auch kein ciao buongiorno "
    "sei grazie parli stai olá obrigado você não hoi goedendag spreekt jij het een hej jag är inte och heter "
    "jeg ikke snakker wo wer wann warum wohnst wohnen du habe hast dein como te donde eres cuantos "
    "tienes soy où tu toi t'appelles m'appelle j'habite quanti anni hai chi perché come'è sono "
    "onde quem waar hoe ben jouw"
)
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1fff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef]")


def is_foreign(text: str) -> bool:
    """Whether a line is in another language than English: by its script, its marks or small words
    that English doesn't have."""
    found, letters = words(text), sum(c.isalpha() for c in text)
    if letters and 2 * len(_OTHER_SCRIPT.findall(text)) > letters:
        return True
    strange = sum(word in _ELSEWHERE for word in found)
    return (
        "¿" in text
        or "¡" in text
        or (
            strange > 0
            and (2 * strange >= len(found) or (strange > 1 and 5 * strange >= 2 * len(found)))
        )
    )


def _beyond_hello(text: str, end: int) -> Intent:
    """A greeting with something behind it: what stands behind it counts, if it says anything."""
    rest = text[end:].lstrip(" ,.!")
    inner = intent_of(rest) if len(words(rest)) >= 2 else Intent("hello")
    is_plain = inner.kind == "other" and not rest.rstrip().endswith("?")
    return Intent("hello") if is_plain or inner.kind == "gibberish" else inner


def few_words(text: str) -> str:
    """At most four safe words of another, for saying again; '' if there are none."""
    trimmed = _TAIL.sub("", _LEAD.sub("", text.strip()))
    taken: list[str] = []
    for token in trimmed.split():
        bare = token.strip("\"“”'()")
        if not re.fullmatch(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", bare) or len(bare) > 18:
            break
        taken.append(bare)
        if len(taken) > 4:
            return ""
    phrase = " ".join(taken)
    turned = {"my": "your", "your": "my", "me": "you", "yourself": "me", "you": "me", "our": "your",
              "us": "you"}  # fmt: skip
    phrase = " ".join(turned.get(w.lower(), w) for w in phrase.split())
    while (
        phrase and phrase.split()[-1].lower() in lx.PREPOSITIONS | lx.CONJUNCTIONS | lx.AUXILIARIES
    ):
        phrase = " ".join(phrase.split()[:-1])
    return phrase if phrase and is_safe(phrase) else ""


def key_word(text: str, names: frozenset[str]) -> str:
    """The words of a person's line that are best said back to ask about."""
    phrases = [p for p in noun_phrases(text, names=names) if not p.text.startswith("my ")]
    if phrases:
        return phrases[0].definite
    if re.search(r"\byour?\b", text, re.IGNORECASE):
        return ""  # it is about me, not about a thing
    found = [w for w in words(text) if w not in lx.FUNCTION and w not in names and w not in lx.VERBS
             and w not in lx.BARE_ADJECTIVES and 4 <= len(w) <= 16 and w.isalpha()
             and not w.endswith(("ly", "ing", "ed"))]  # fmt: skip
    best = max(found, key=len, default="")
    return best if best and is_safe(best) else ""
