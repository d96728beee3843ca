"""What of their own life somebody asks after, and what of it a sentence of theirs tells: "what do I
do for work?" and "I'm a nurse" share no word. Pure."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re

from fishbowl.llm.offline.lexicon import word_set
from fishbowl.llm.offline.relatives import KIN, is_of_same_kin
from fishbowl.llm.offline.text import content_stems, spelled_out, stem
from fishbowl.llm.offline.theirs import goes_on, put_straight

FARE = "fare"
_AM = r"(?:I am|I'm|I was|I've been|I have been)"
_A_TIME = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|tonight|weekend|next (?:week|month|year)|"
    r"spring|summer|autumn|winter|january|february|april|june|july|august|september|october|november|december"
)
_PET = r"(?:dog|cat|puppy|kitten|horse|pony|rabbit|hamster|parrot|tortoise|goldfish|pet)s?"
_LEISURE = r"my (?:free|spare) (?:time|hours)"
_CAR = r"(?:car|van|motorbike|motorcycle|scooter)"
# By kind: how one asks after it, and how one tells of it.
_KINDS = (
    ("work",
     r"\bwhat(?: do| work do| job do) i (?:do|have)\b(?! (?:on|in|at|if|when|with|about|next|now|wrong|for (?:fun|pleasure)|to (?:relax|unwind)|besides)\b)|\bhow do i (?:earn|make) (?:my|a|the) (?:money|living)\b|\bmy (?:job|work|profession|trade|occupation)\b|"
     r"\bwhere do i work\b|\bdo i (?:have a job|work)\b|\bwhat do i work\b",
     rf"\bI (?:\w+ )?(?:work|teach|nurse|run|study)\b|\bI (?:\w+ )?drive (?:an? |the )?(?:[\w-]+ ){{0,2}}?(?:bus|tram|train|taxi|cab|truck|lorry|ambulance|tractor|ferry)\b|\bmy (?:job|work|trade) is\b|\b{_AM} (?:\w+ ){{0,2}}?(?:an? )(?!bit|little|fan|big|good|bad|friend|member|mess|person|man|woman|stranger|guest|mother|father|twin|vegan|vegetarian|widow)(?:\w+ ){{0,3}}?(?:\w+(?:er|or|ist|ian|ant|ent|rse|ress|smith|wright|maid|man|woman)|\w*(?:chef|vet|cook|clerk|judge|nun|monk|tutor|nanny|mason|guide|coach|pilot))\b|"
     r"\bI(?:'m| am) (?:retired|unemployed|out of work|self-employed|between jobs)\b"),
    ("home",
     r"\bwhere (?:do i live|am i (?:living|from|based)|do i come from|did i (?:grow up|spend my childhood)|was i (?:born|raised)|'s my (?:home|house)|is my (?:home|house))\b|\bmy (?:home ?town|address)\b|\bwhich (?:city|town|country) (?:do i|am i)\b",
     rf"\bI (?:\w+ )?(?:live|grew up|was (?:born|raised) in|come from|moved to|moved from)\b|\b{_AM} (?:\w+ ){{0,4}}?(?:from|living in|based in|born in)\b|\bmy home ?town\b"),
    ("likes",
     r"\bwhat (?:do|food do|music do|else do) i (?:like|love|enjoy)\b|\b(?:what|which) \w+ do i (?:like|love|enjoy)\b|\bmy (?:favou?rite|interests?)\b|\bwhat am i into\b|\bdo i (?:like|love|enjoy)\b",
     rf"\bI (?:\w+ )?(?:like|love|enjoy|adore|prefer)\b(?! to (?:know|ask|see you)\b)|\bmy (?:favou?rite|hobby|hobbies)\b|\b{_AM} (?:\w+ )?(?:into|fond of|keen on|mad about)\b"),
    ("pastime",
     rf"\bmy (?:hobby|hobbies|pastimes?)\b|\bwhat (?:do|am) i (?:do|doing) (?:for (?:fun|pleasure)|to (?:relax|unwind))\b|\b{_LEISURE}\b",
     rf"\b(?:hobby|hobbies|pastimes?)\b|\b{_LEISURE}\b|\bI (?:\w+ )?(?:like|love|enjoy|adore) (?:to \w+|\w{{2,}}ing)\b|\b{_AM} (?:\w+ )?(?:into|keen on) \w+ing\b"),
    ("drives",
     rf"\bwhat (?:\w+ )?(?:do|did) i drive\b|\b(?:what|which)(?: (?:kind|sort|make|colou?r) of)? {_CAR} (?:do|have) i\b|\bdo i (?:have|own|drive) an? {_CAR}\b|\bhave i (?:got )?an? {_CAR}\b|\b(?:what|which) colou?r is my {_CAR}\b|\bwhat(?:'s| is) my {_CAR}\b",
     rf"\bI (?:\w+ )?drive an? (?!bit|lot|long)|\b(?:I|I've|I have|I am|I'm|my) (?:\w+ ){{0,4}}?{_CAR}\b"),
    ("allergies", r"\ballerg\w+\b", r"\ballerg\w+\b"),
    ("diet",
     r"\b(?:can|can't|could|may|should|do|don't|am) i (?:\w+ )?(?:eat|not eat|vegan|vegetarian)\b|\bi (?:mustn't|must not|can't|cannot|shouldn't|should not|may not) (?:eat|have|touch)\b|\bmy diet\b",
     rf"\ballerg\w+\b|\bintoleran\w+\b|\b{_AM} (?:\w+ )?(?:an? )?(?:\w+ )?(?:vegan|vegetarian|pescatarian|diabetic|coeliac|celiac)\b|\bI (?:\w+ )?(?:can't|cannot|don't|do not|never|only) (?:\w+ )?eat\b|\bI (?:\w+ )?eat (?:only|no)\b"),
    (FARE,
     r"\b(?:can|could|may|might|should|shall|must) i (?:\w+ )?(?:have|eat|drink|try|order|get|taste)\b",
     r"\ballerg\w+\b|\bintoleran\w+\b|\b(?:vegan|vegetarian|pescatarian|teetotal|sober)\b|\b(?:eat|drink|like|love|hate|dislike|adore|enjoy|prefer|avoid|stand|bear)\b|\bfond of\b"),
    ("health of another",
     rf"\b(?:is|are|was|how(?:'s| is| are|s)) my (?:\w+ )??{KIN}(?: (?:still|any|now|again|feeling|doing|\w+ly|in|the))*(?: (?:ill|sick|unwell|worse|better|well|fine|ok|okay|recovered|healthy|hospital|home|today))?\W*$",
     rf"\b(?:my|our) (?:\w+ )??{KIN} (?:[A-Z]\w+ )?(?:is|are|was|has|feels?|got|gets)(?:n't)? (?:[\w']+ ){{0,3}}?(?:ill|sick|unwell|worse|better|well|fine|recovered|healthy|hospital|home (?:again|from)|back home|discharged)\b"),
    ("fears", r"\bwhat (?:do i fear|am i (?:\w+ )?(?:afraid|scared|frightened))\b|\bmy (?:\w+ )?fears?\b|\b(?:what|which \w+) (?:scares|frightens|terrifies) me\b",
     rf"\bI (?:\w+ )?fear\b|\b{_AM} (?:\w+ )?(?:afraid|scared|terrified|frightened)\b|\b(?:scares?|frightens?|terrif(?:y|ies)) me\b"),
    ("dislikes",
     r"\bwhat (?:do|food do) i (?:hate|dislike)\b|\bwhat don't i like\b|\bdo i (?:hate|dislike)\b",
     r"\bI (?:\w+ )?(?:hate|dislike|can't stand)\b|\bI (?:don't|do not) (?:\w+ )?like\b"),
    ("age",
     r"\bhow old am i\b|\bmy age\b|\bwhen was i born\b",
     rf"\b{_AM} (?:\w+ )?(?:\d{{1,2}}|\w+ty(?:-\w+)?)(?: years old| yo\b|$|[.,!])|\bI turn(?:ed)? (?:\d+|\w+ty)\b|\bI was born in\b"),
    ("age of another",
     r"\bhow old (?:is|was|are|were) (?:he|she|it|they|my \w+)\b",
     r"\b(?:he|she|it|they|my \w+)(?:'s|'re| is| was| are| were| turns?| turned) (?:\w+ )?(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty(?:-\w+)?)\b"),
    ("pet",
     rf"\b(?:do i have|how many) (?:\w+ ){{0,2}}(?:{_PET}|animals?)\b|\bmy pets?\b|\bwhat {_PET} do i have\b",
     rf"\b(?:I have|I've|I've got|I got|I own|my|our) (?:\w+ ){{0,3}}{_PET}\b"),
    ("family",
     r"\bam i (?:married|single)\b|\bdo i have (?:\w+ ){0,2}(?:family|kids|children|siblings|sisters?|brothers?|wife|husband|partner)\b|\bmy (?:family|relatives)\b",
     rf"\b(?:my|our) (?:\w+ )?{KIN}\b|\b{_AM} (?:married|single|divorced|engaged|widowed)\b|\bI(?:'ve| have)(?: got)? (?:\w+ ){{1,3}}{KIN}\b"),
    ("plan",
     rf"\bwhat(?:'s| is| was|s)? (?:\w+ ){{0,3}}(?:on|for|happening|planned|up|this|coming)? ?(?:on |next |this )?(?:{_A_TIME})\b|\bwhat (?:am i|are we|do i have|have i got|'s my plan|are my plans|was i) .*(?:{_A_TIME})\b|\bmy (?:plans?|appointment)\b",
     rf"\b(?:I|I'm|I've|we|we're|my|our)\b.*\b(?:{_A_TIME})\b|\b(?:{_A_TIME})\b.*\b(?:I|I'm|I've|we|we're|my|our)\b|\bappointment\b"),
    ("coming",
     r"\bwhy (?:am i|did i come|was i) here\b|\bwhat brings me\b|\bwhat brought me\b",
     rf"\bI (?:\w+ )?(?:came|come) here\b|\b{_AM} (?:\w+ )?(?:here (?:to|for|because|on)|visiting|staying)\b|\bI just wanted\b"),
    ("stay",
     r"\bhow long (?:am i|are we|will i|do i)\b", r"\b(?:until|till) \w+|\bfor (?:a|an|one|two|three|four|the) (?:\w+ )?(?:days?|nights?|weeks?|months?|years?|weekend)\b"),
    ("day",
     r"\bhow (?:was|is) my (?:day|week)\b|\bwhat did i do (?:today|yesterday)\b|\bhow (?:am i|do i feel)\b",
     rf"\bmy (?:day|week)\b|\btoday\b|\byesterday\b|\b{_AM} (?:\w+ )?(?:tired|sad|happy|exhausted|ill|well|worried|lonely|stressed)\b"),
)  # fmt: skip
_COMPILED = tuple(
    (kind, re.compile(asks, re.IGNORECASE), re.compile(tells, re.IGNORECASE))
    for kind, asks, tells in _KINDS
)
_NO_DENIAL = {"work", "home", "age", "stay", "coming"}
_DENIED = re.compile(r"\bnot\b|n't\b|\bnever\b|\bno longer\b", re.IGNORECASE)
_ASKS_WHAT = re.compile(r"\W*(?:\w+,? ){0,2}?(?:what|where|how|which|why)\b", re.IGNORECASE)
_NAME_ASKED = re.compile(
    rf"\bmy (?P<whose>{KIN}|{_PET})(?:'s|s)? (?:name\b|(?:is )?called\b|names\b)|"
    rf"\bwho(?:'s| is|s) my (?P<who>{KIN})\b|\b(?:name of|call) my (?P<of>{KIN}|{_PET})\b",
    re.IGNORECASE,
)
NAME_OF = "name of "
_A_NAME = r"(?-i:[A-Z])[\w'’-]+"
# Of whom they spoke before.
_THEIR_NAME = re.compile(
    r"\bwhat(?:'s| is| was) (?:(?:his|her|its|their) name|(?:he|she|it) called)\b", re.IGNORECASE
)
_GOES_BY = re.compile(
    rf"\b(?:(?:his|her|its|their) name(?:'s| is| was)|(?:he|she|it)(?:'s| is| was) (?:called|named)) {_A_NAME}",
    re.IGNORECASE,
)
_TIMES = re.compile(rf"\b(?:{_A_TIME})\b", re.IGNORECASE)


def asked_after(question: str) -> frozenset[str]:
    """The kinds of things of their own life that a question asks after; of a name, whose it is
    ("name of sister")."""
    plain = put_straight(spelled_out(question))
    if found := _NAME_ASKED.search(plain):
        whose = found["whose"] or found["who"] or found["of"]
        return frozenset({f"{NAME_OF}{_of_one(whose.lower())}"})
    if _THEIR_NAME.search(plain):
        return frozenset({f"{NAME_OF}them"})
    return frozenset(kind for kind, asks, _ in _COMPILED if asks.search(plain))


def goes_by_name(said: str) -> bool:
    """Whether it says how he, she or it is called: "his name was Rufus"."""
    return _GOES_BY.search(said) is not None


def _of_one(whose: str) -> str:
    return whose[:-1] if whose.endswith("s") and not whose.endswith("ss") else whose


def tells_of(kinds: frozenset[str], said: str, question: str) -> bool:
    """Whether what somebody said of themselves tells one of these kinds of things; of a plan, that
    of the time that the question names."""
    plain = spelled_out(said)
    for kind in kinds:
        whose = kind.removeprefix(NAME_OF)
        if whose != kind and (_names(whose, plain) or _GOES_BY.search(plain)):
            return True
        tells = next((tells for name, _, tells in _COMPILED if name == kind), None)
        if tells is None or not tells.search(plain):
            continue
        if kind == "plan" and not _same_time(question, plain):
            continue
        is_of_them = goes_on(plain) or is_of_same_kin(question, plain)
        if kind in {"family", "age of another"} and not is_of_them:
            continue
        if kind == "likes" and not same_taste(question, plain):
            continue
        if kind == FARE and not _of_same_food(question, plain):
            continue
        if kind == "health of another" and not _of_same_one(question, plain):
            continue
        if kind in _NO_DENIAL and _DENIED.search(plain) and _ASKS_WHAT.match(question):
            continue  # who is no nurse is something else
        return True
    return False


def _names(whose: str, said: str) -> bool:
    """Whether it is said in it what somebody of theirs is called."""
    return bool(
        re.search(
            rf"\b{whose}s?(?:'s name)?(?: is| was| are)?(?: called| named)?,? {_A_NAME}",
            said,
            re.IGNORECASE,
        )
        or re.search(
            rf"\b{_A_NAME}(?:,| is| was) (?:is )?(?:my|our) (?:\w+ )?{whose}\b", said, re.IGNORECASE
        )
    )


_MINE = re.compile(rf"\b(?:my|our) (?:\w+ )??(?P<who>{KIN})\b", re.IGNORECASE)
_MEAT = word_set(
    "meat steak beef pork ham bacon sausage chicken lamb duck turkey burger fish salmon mussel"
)
_OF_ANIMALS = _MEAT | word_set("cheese milk egg butter cream honey yoghurt")
_STRONG = word_set("beer wine whisky brandy gin rum vodka cider drink pint")
_ABSTAINS = (
    (re.compile(r"\bvegan\b", re.I), {stem(word) for word in _OF_ANIMALS}),
    (re.compile(r"\bvegetarian\b", re.I), {stem(word) for word in _MEAT}),
    (re.compile(r"\b(?:teetotal|sober)\b|\b(?:don't|do not|never) (?:\w+ )?drink(?: (?:any )?alcohol)?\W*$|\bno alcohol\b", re.I), {stem(word) for word in _STRONG}),
)  # fmt: skip


def _of_same_food(question: str, said: str) -> bool:
    """Whether both name one thing to eat or drink; nuts are in 'walnuts'."""
    asked = set(content_stems(question)) - _TAKEN
    told = set(content_stems(said))
    if any(abstains.search(said) and asked & foods for abstains, foods in _ABSTAINS):
        return True
    return any(a.endswith(b) or b.endswith(a) for a in asked for b in told)


_TAKEN = {stem(word) for word in word_set("have eat drink try order get taste some any can could")}


def _of_same_one(question: str, said: str) -> bool:
    asked, told = _MINE.search(question), _MINE.search(said)
    return bool(asked and told) and _of_one(asked["who"].lower()) == _of_one(told["who"].lower())  # type: ignore[index]


_TASTE = re.compile(
    r"\b(?:favou?rite|which|what)(?: kind of| sort of)? (?P<what>[\w'-]+)(?: do i| is|\W*$)"
    r"|\bfavou?rite (?P<of>[\w'-]+)",
    re.IGNORECASE,
)
_MEALS = {stem(word) for word in word_set("food dish meal cuisine")}


def same_taste(question: str, said: str) -> bool:
    """Whether both are of one sort of thing, where the question names one: a favourite song is no
    favourite food."""
    if "likes" not in asked_after(question):
        return True
    asked, told = (
        next((set(content_stems(x["of"] or x["what"])) for x in _TASTE.finditer(text)), set())
        for text in (question, said)
    )
    if re.search(r"\beat\b", question, re.IGNORECASE):
        asked = _MEALS
    is_meal = bool(asked & _MEALS and told & _MEALS)
    return is_meal or not asked or not told or bool(asked & told)


def _same_time(question: str, said: str) -> bool:
    asked = {time.lower() for time in _TIMES.findall(question)}
    return not asked or bool(asked & {time.lower() for time in _TIMES.findall(said)})


def as_said(fact: str, name: str = "") -> str:
    """A fact about somebody (the first word of it, where no name is given) as they would say it of
    themselves, near enough to tell its kind: "Ada works as a nurse" is "I work as a nurse"."""
    name = name or fact.split(" ", 1)[0].removesuffix("'s").removesuffix("’s")
    own = re.sub(rf"\b{re.escape(name)}(?:'s|’s)", "my", fact)
    own = re.sub(rf"\b{re.escape(name)} (?:is|was)\b", "I am", own)
    own = re.sub(rf"\b{re.escape(name)} has\b", "I have", own)
    own = re.sub(rf"\b{re.escape(name)} (?:isn['’]t|is not)\b", "I am not", own)
    own = re.sub(rf"\b{re.escape(name)} doesn['’]t\b", "I don't", own)
    own = re.sub(rf"\b{re.escape(name)} hasn['’]t\b", "I haven't", own)
    own = re.sub(rf"\b{re.escape(name)} (\w+?)ies\b", r"I \1y", own)
    own = re.sub(rf"\b{re.escape(name)} (teach|watch|wash|fix)es\b", r"I \1", own)
    own = re.sub(rf"\b{re.escape(name)} (\w+?)(?<!s)s\b", r"I \1", own)
    return re.sub(rf"\b{re.escape(name)}\b", "I", own)
