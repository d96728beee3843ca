"""What reads like a fact of somebody and is none: what is so for the moment alone, and figures of
speech. Over plain first-person clauses (`memories.formation.telling.plain`). Pure."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re

from fishbowl.llm.offline import lexicon as lx
from memories.formation.patterns import ADV, KIN, PET

_MEAL = (
    r"(?:(?:a|an|some|my|the|our) )?(?:(?:cup|bit|bowl|glass) of |quick |late |early |little |hot |cold |long )*"
    r"(?:breakfast|brunch|lunch|dinner|supper|tea|coffee|cocoa|soup|toast|a snack|snacks?|nap|shower|bath|break|"
    r"drink|pizza|noodles|pasta|rest|smoke|look|walk)"
)
_HERE_AND_NOW = (
    # by the minute
    r"\bin (?:a|one|two|\w+) (?:minutes?|moment|secs?|seconds?|bit|jiffy)\b",
    r"^I am (?:\w+ly )?\w+ing (?:right now|at the moment|now)$",
    r"^I am (?:train|work|study|practis|practic|paint|cook|bak|knit|read|writ|play|sing|danc|clean)ing (?:late )?(?:today|tonight)$",
    rf"^I (?:am|will be|am going to|will) {ADV}(?:have|having|make|making|get|getting|take|taking|grab|grabbing) {_MEAL}\b(?! (?:for (?:a|the|my)|business|shop|class))(?:,? (?:now|later|soon|tonight|today|first|tomorrow|then))*$",
    rf"^I (?:am|will be) {ADV}(?:there|here|back|late|right|around|off|online|offline|away|gone)\b",
    # a wish that is over as soon as it is met
    rf"^I {ADV}(?:want|would {ADV}(?:love|like)|am {ADV}trying|am {ADV}going|hope|am {ADV}hoping|need) to (?:{ADV}(?:sleep|cry|scream|laugh|eat|drink|hide|die|rest|nap|shout|leave)\b|"
    r"go (?:home|to bed|to sleep|back to (?:bed|sleep)|out|outside|in|inside|away|now|first|there)\b|"
    r"be (?:left|alone|there|here|done|clear|honest|sure|fair|right|wrong|polite|quiet|home|in bed)\b|"
    r"(?:see|find out|understand|know|hear) (?:what|how|if|why|who|where|when|whether|more|it|the end)\b)",
    # how one is to somebody, or to what is at hand
    rf"^I (?:am|feel|was) {ADV}(?:happy|glad|excited|proud|grateful|thrilled|hopeful|sad|nervous|embarrassed|ashamed|sorry|afraid) to (?:help|see|hear|say|know|have you|answer|explain|share|chat|talk|oblige|announce|admit|wait|find out|join|be (?:here|back|of))\b",
    rf"^I (?:am|feel) {ADV}(?:down (?:for|to|with)|low on)\b",
    r"^I (?:am|have been) (?:\w+ )?expecting (?!(?:a|my|our|another|the) (?:\w+ )?(?:baby|child|girl|boy|son|daughter)\b|twins\b|in\b|again\b|soon\b)\w+",
    r"^I (?:can't|cannot) (?:\w+ ){1,3}?(?:another|now|right now|until|till|today|tonight|tomorrow|because|with (?:this|that|these)|in this)\b",
    r"^I have (?:\w+ ){1,4}(?:in|on|across|round|around) my (?:lap|knees?|shoulders?|head|arms?|chest|feet|bed|neck)\b",
    r"^I am {ADV}learning (?:a lot|so much|so many|to (?:let|live|accept|be|love|wait|say|listen|trust))\b",
    r"^I (?:am|have been) {ADV}writing (?:from|to|on|with|here|in)\b",
    r"^I {ADV}(?:got|found|started|landed|quit|left|lost) (?:work|the course) (?:early|late|at|on time|just now|today)\b",
    # from one piece of furniture to the next
    r"^I (?:\w+ )?(?:moved|came|have moved) (?:over |back |here )?(?:to|into|from) (?:the|my|a|another) (?:\w+ )?(?:sofa|couch|bed|chair|armchair|table|bench|desk|window|fire|fireplace|back|front|side|left|right|corner|floor|next (?:room|one)|other (?:side|room|end))$",
    r"^I (?:\w+ )?came here (?:for|to (?:say|ask|tell|see|chat|talk|read)|because|every|often)\b",
    # with whom one is at this moment
    r"^I (?:\w+ )?lost my [\w' -]+ (?:for (?:\w+ ){1,2}(?:hours?|minutes?)|in the (?:crowd|shop|store|park|dark))\b",
)  # fmt: skip
_FIGURES = (
    r"\bfish(?:es|ing)? for compliments\b",
    r"\bdraw(?:ing)? (?:the line|a blank|attention|conclusions)\b",
    r"^I {ADV}(?:play|am playing) {ADV}(?:the (?:fool|clown|victim|long game|field|system|part|hero|game)|it|hard to get|along|safe|dumb|dead|possum|ball|with fire|second fiddle|tricks?|devil's advocate|god|favou?rites|for (?:time|keeps))\b",
    r"^I {ADV}sail {ADV}(?:close|through)\b|^I {ADV}climb the walls?\b|^I {ADV}skate (?:on thin ice|over)\b|^I {ADV}row against\b",
    r"^I {ADV}(?:dance|sing|play|paint|write|draw|sail|ski) like (?:nobody|no one|there's|a (?:drunk|dying|madman|god|robot|potato|lunatic))\b",
    r"^I {ADV}grow (?:tired|weary|old|older|impatient|fond|up|bored|cold|sick|less|more)\b",
    r"^I {ADV}collect (?:my|the|our) (?:kids?|children|sons?|daughters?|thoughts|mail|post|parcels?|keys)\b",
    r"\bas a (?:bat|post|doornail|feather|fiddle|cucumber|mouse|bone|rock)\b|\bfly on the wall\b",
    r"\bfrom (?:mars|venus|pluto|saturn|outer space|hell|heaven|nowhere|around here|the (?:future|past|moon|internet|void|other side|womb)|another (?:planet|world|time|age|era|dimension)|an? (?:different|other|simpler|better) (?:time|planet|world|era|age|generation))$",
    r"\ballergic to (?:nonsense|work|working|mornings?|mondays?|people|stupidity|stupid|drama|effort|exercise|responsibility|commitment|fun|happiness|math|maths|idiots|bullshit|lies|boredom|small talk|politics|meetings)\b",
    r"^I {ADV}(?:live|am living) (?:in|on) (?:my (?:own )?(?:head|world|bubble|dreams?|phone|mind)|the (?:past|future|moment|present|now|clouds|edge)|a (?:dream|bubble|fantasy|nightmare)|(?:constant |permanent )?(?:denial|dread|fear|hope|chaos|sin|peace|regret|terror))\b",
    r"^I {ADV}(?:live|am living|have been living|have lived) on (?!(?:and )?off\b|campus\b|board\b|site\b|land\b|water\b)(?:[a-z]+ )*?(?:coffee|tea|caffeine|noodles|pizza|toast|takeaways?|snacks|sugar|crisps|rice|beans|energy drinks|junk food|air|bread|hope|spite|chocolate|cereal|borrowed time)\b(?! (?-i:[A-ZÀ-Þ]))",
)  # fmt: skip
# 'I was engaged to do the sawing'
_HIRED = re.compile(r"^I (?:\w+ )?(?:am|was|got|been) (?:\w+ly )?engaged to (?P<do>[a-z]+)\b")
_PASSING = re.compile(
    "|".join(f"(?:{one})" for one in (*_HERE_AND_NOW, *_FIGURES)).replace("{ADV}", ADV), re.I
)

# --- of those who belong to the speaker -----------------------------------------------------------

_THEIRS = re.compile(
    rf"^My (?:[\w-]+ ){{0,2}}?(?:(?P<kin>{KIN})|(?P<pet>{PET})) (?:(?-i:[A-ZÀ-Þ])[\w'-]+ )?(?P<rest>(?P<verb>[\w']+)\b.*)$",
    re.IGNORECASE,
)
_THEIR_MOMENT = re.compile(
    r"^(?:is|are|was|were) (?:(?:so|very|really|too|just|still|now|already|currently|always|absolutely|being) )*"
    r"(?:asleep|awake|late|here|there|away|out|hungry|thirsty|loud|noisy|cranky|grumpy|mad|cross|bored|tired|right|wrong|correct|"
    r"on (?:holiday|vacation|the (?:phone|way|sofa|couch|line)|(?:his|her|their) way)|in (?:the|my) (?:kitchen|bath|shower|garden|lap|bed)|"
    r"(?:looking at|staring|sleeping|sitting|lying|standing|barking|crying|screaming|shouting|yelling|laughing|calling|snoring|"
    r"purring|licking|scratching|chewing|chasing|eating|watching|waiting|ignoring|cooking|talking|asking|acting|annoying|bugging)|"
    r"driving (?:me|us|everyone|everybody) \w+|making (?:a |so much |too much |such )*(?:noise|mess|racket|faces|dinner|lunch|tea|breakfast|me|us))\b"
    # what anybody may do at any time
    r"|^(?:just |nearly |almost |already |only )*(?:threw up|spil(?:led|t)|sneezed|burped|yelled|texted|rang|"
    r"interrupted|knocked|barked|peed|puked|farted|walked in|came in|waved|smiled|winked)\b"
    # whom one quotes
    r"|^(?:thinks?|believes?|reckons?|suspects?|hopes?|wonders?|held(?:,| that\b| as\b)|keeps? \w+ing|(?:used to|always|never|would|likes? to) (?:say|tell|ask))\b",
    re.IGNORECASE,
)  # fmt: skip
# What somebody did that is told of them for years.
_OF_A_LIFE = lx.word_set(
    "was were had got became died moved married divorced separated retired graduated emigrated grew "
    "left lost won used worked lived taught served built owned ran started quit founded adopted came "
    "broke fought studied played wrote born passed met survived fell turned joined kept raised bought sold"
)
_THAT_DAY = re.compile(
    r"\b(?:again|today|tonight|this (?:morning|afternoon|evening)|last night)\b", re.I
)


def is_passing(clause: str) -> bool:
    """Whether a clause tells of its speaker, or of those who belong to them, nothing that would
    still be so when it is told."""
    hired = _HIRED.match(clause)
    if _PASSING.search(clause) or (hired and hired["do"] in lx.VERBS | {"do", "be"}):
        return True
    theirs = _THEIRS.match(clause)
    if theirs is None:
        return False
    if _THEIR_MOMENT.match(theirs["rest"]):
        return True
    verb = theirs["verb"].lower()
    is_done = verb in lx.PAST or (verb.endswith("ed") and verb not in lx.FUNCTION)
    return (
        is_done
        and verb not in _OF_A_LIFE
        and bool(theirs["pet"] or _THAT_DAY.search(theirs["rest"]))
    )
