"""The sentences by which people tell of themselves, as patterns over plain first-person clauses
(`memories.formation.telling.plain`). Data of `memories.formation.extraction_rules`."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re
from dataclasses import dataclass

from fishbowl.llm.offline.lexicon import word_set

KIN_PRONOUN = {
    **dict.fromkeys(
        word_set("sister mother mum mom mam mama wife daughter grandmother grandma gran nan aunt "
                 "auntie niece girlfriend stepmother stepsister stepdaughter granddaughter goddaughter "
                 "mother-in-law sister-in-law daughter-in-law fiancée ex-wife ex-girlfriend"), "she"),
    **dict.fromkeys(
        word_set("brother father dad da papa husband son grandfather grandad granddad grandpa uncle "
                 "nephew boyfriend stepfather stepbrother stepson grandson godson father-in-law "
                 "brother-in-law son-in-law fiancé ex-husband ex-boyfriend"), "he"),
    **dict.fromkeys(
        word_set("partner friend cousin child kid baby twin flatmate roommate housemate neighbour "
                 "neighbor colleague boss teacher ex parents grandparents children kids godchild "
                 "landlord landlady sibling"), ""),
}  # fmt: skip
PETS = word_set("dog cat puppy kitten horse pony rabbit hamster parrot budgie tortoise turtle goat "
                "goldfish guinea-pig snake lizard hen ferret rat donkey terrier collie labrador spaniel")  # fmt: skip
KIN = "|".join(sorted(KIN_PRONOUN, key=len, reverse=True))
PET = "|".join(sorted(PETS, key=len, reverse=True))
PROFESSIONS = "|".join(sorted(word_set(
    "nurse doctor teacher lecturer professor student pupil engineer programmer developer designer "
    "architect carpenter joiner plumber electrician mechanic welder builder mason painter decorator "
    "baker chef cook waiter waitress barista bartender barman barmaid brewer butcher fisherman "
    "fisherwoman sailor pilot driver cyclist courier postman postwoman librarian archivist historian "
    "journalist reporter editor writer author poet novelist translator interpreter musician composer "
    "violinist cellist pianist drummer guitarist singer dancer actor actress director producer "
    "photographer illustrator sculptor potter weaver tailor seamstress jeweller watchmaker clockmaker "
    "florist gardener farmer shepherd beekeeper vet veterinarian biologist chemist physicist "
    "mathematician statistician astronomer geologist ecologist scientist researcher analyst accountant "
    "bookkeeper auditor banker economist lawyer solicitor barrister judge paralegal secretary "
    "receptionist clerk administrator manager consultant salesman saleswoman shopkeeper cashier "
    "hairdresser barber beautician masseur masseuse physiotherapist dentist optician pharmacist "
    "surgeon midwife paramedic carer caregiver psychologist counsellor therapist psychiatrist priest "
    "vicar minister monk nun soldier policeman policewoman detective firefighter fireman lifeguard "
    "boatbuilder shipwright blacksmith tutor nanny childminder cleaner janitor caretaker housewife "
    "househusband pensioner freelancer entrepreneur apprentice intern trainee undergraduate "
    "postgraduate postdoc veteran"), key=len, reverse=True))  # fmt: skip
# How well somebody does it, which makes it no trade of theirs.
SKILL = (
    r"good|great|decent|bad|worse|worst|better|best|terrible|horrible|awful|lousy|rubbish"
    r"|hopeless|slow|fast|quick|keen|careful|careless|nervous|messy|brilliant|excellent|passable|mediocre|amateur|hobby"
)
ILLNESS = (
    "asthma|diabetes|epilepsy|migraines?|arthritis|cancer|depression|anxiety|insomnia|dyslexia|"
    "adhd|autism|ptsd|tinnitus|vertigo|hay ?fever|eczema|psoriasis|endometriosis|"
    "high blood pressure|a heart condition|a bad (?:back|knee|hip|heart|shoulder)|chronic \\w+"
)
_SOON = (
    r"\b(?:tomorrow|tonight|soon|later|next (?:week|month|year|weekend|\w+day|spring|summer|autumn|winter)|"
    r"this (?:week|month|year|weekend|evening|afternoon|\w+day|spring|summer|autumn|winter)|on \w+day|"
    r"in (?:\w+ )?(?:\w+ )?(?:days?|weeks?|months?|years?)|in (?:January|February|March|April|May|June|"
    r"July|August|September|October|November|December)|on the \d|in (?:spring|summer|autumn|winter)|"
    r"at (?:christmas|easter)|the day after)\b"
)
ADV = (
    r"(?:really |still |just |also |actually |currently |now |always |mostly |usually |sometimes |"
    r"already |only |finally |recently |absolutely |totally |quite |so |truly |secretly |very |"
    r"definitely |probably |apparently |properly |simply |rather |pretty |once |genuinely |deeply |"
    r"kind of |sort of |a bit |a little |such |do )*"
)
# When, not where, and how somebody was born or brought up.
_TIMES = (
    r"(?:the )?(?:\d|(?:early |late |mid-?)?(?:sixties|seventies|eighties|nineties)|winter|spring|summer|autumn|"
    r"January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:an? )?(?:\w+ )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Christmas|New Year|Easter)"
)
_BORN = (
    r"by|as an? |with|without|to (?:\w+ ){0,2}(?:parents|family|mother|father)|into|deaf|blind|premature\w*|"
    r"(?:\w+ )?(?:weeks|months) (?:early|late)|(?:Roman )?Catholic|Protestant|Muslim|Jewish|Hindu|Buddhist|"
    r"Orthodox|Mormon|religious|vegetarian|vegan|bilingual|speaking"
)
CAP = r"[A-ZÀ-Þ][\w'-]*(?:\.(?=\s[A-Z]))?(?: (?:(?:of|the|de|da|do|del|la|le|van|von|am|upon) )?[A-ZÀ-Þ][\w'-]*){0,3}"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way of telling of oneself, and what it tells: see `Statement` for the columns."""

    expression: re.Pattern[str]
    fact_type: str
    lasts: str = ""
    temporal: str = "present"
    confidence: float = 0.85
    needs: re.Pattern[str] | None = None


def _pattern(
    expression: str,
    fact_type: str,
    lasts: str = "",
    temporal: str = "present",
    confidence: float = 0.85,
    needs: str = "",
) -> Pattern:
    return Pattern(
        re.compile(expression.replace("{ADV}", ADV), re.IGNORECASE),
        fact_type,
        lasts,
        temporal,
        confidence,
        re.compile(needs, re.IGNORECASE) if needs else None,
    )


# The first that fits counts.
PATTERNS: tuple[Pattern, ...] = (
    # loss
    _pattern(rf"I {{ADV}}(?:have )?{{ADV}}lost my (?:\w+ )?(?:{KIN}|{PET}|baby)\b(?!'s)", "grief_context", temporal="past"),
    _pattern(rf"(?:(?:Ever since|Since|When|After) )?My (?:\w+ ){{0,2}}(?:{KIN}|{PET})(?: [A-Z]\w+)? (?:has |just |recently )*(?:died|passed away|passed on|drowned|was killed|is dying)\b", "grief_context", temporal="past"),
    _pattern(rf"I {{ADV}}miss my (?:\w+ )?(?:{KIN}|{PET}|home|country|hometown)\b", "grief_context", "feeling"),
    _pattern(r"I (?:am|have been) (?:still )?(?:grieving|mourning|in mourning|widowed|a widow(?:er)?)\b", "grief_context"),
    _pattern(r"(?:[\w' -]{3,60}?) (?:helps me|calms me|soothes me|keeps me (?:sane|going|calm|steady))\b", "coping_mechanism"),
    _pattern(r"When(?:ever)? I (?:am|feel|get) (?:sad|low|down|anxious|stressed|angry|lonely|scared|upset|nervous|overwhelmed),? I \w+", "coping_mechanism"),
    _pattern(r"I {ADV}\w+ (?:[\w' -]{2,50} )?to (?:calm (?:myself )?down|clear my head|unwind|cope|steady myself|keep (?:calm|sane))$", "coping_mechanism"),
    # how one holds to others
    _pattern(r"I {ADV}(?:push people away|keep (?:people|everybody|everyone) at (?:a distance|arm's length)|get attached|cling to people|need (?:a lot of )?reassurance)\b", "attachment_pattern"),
    _pattern(r"I {ADV}(?:find it (?:\w+ )?(?:hard|difficult)|struggle|am slow) to (?:trust|rely on|let in|open up to) (?:people|anybody|anyone|others|somebody|someone)\b", "attachment_pattern"),
    _pattern(r"I (?:am|have always been) {ADV}(?:afraid|scared|terrified|frightened) (?:of (?:being (?:left|abandoned)|losing people|getting (?:too )?close)|(?:that )?people (?:will )?leave)\b", "attachment_pattern"),
    _pattern(r"When(?:ever)? (?:I (?:am|feel|get)|people (?:get|come|are)|somebody (?:gets|comes|is)|someone (?:gets|comes|is)) (?:too )?close(?: to (?:me|people|others|somebody|someone))?,? I \w+", "attachment_pattern"),
    # home
    _pattern(r"I (?:(?!never|nearly|almost|hardly)\w+ )?(?:moved|have moved|came) (?:here|over|back|back here|to|into|from|away)\b(?! (?:the conclusion|think|a stop|an end|terms|my senses))", "location", "home", "past"),
    _pattern(r"I (?:am|will be) {ADV}(?:moving|going to move|emigrating|relocating)\b(?! (?:on|along|fast|slowly|forward))", "event", "plan", "future"),
    _pattern(r"I {ADV}(?:live|am living|am based|reside|have lived|have been living) (?:in|at|near|on|by|above|below|with|outside|next|alone|across|opposite|between|on my own|off|up|down|over|with)\b(?! (?:hope|fear|it|the moment|peace|regret))", "location", "home"),
    _pattern(r"I {ADV}(?:am|come) {ADV}from (?:a|an) (?:\w+ )?family\b", "family", "", "timeless"),
    _pattern(rf"I {{ADV}}(?:am|come) {{ADV}}(?:originally )?from (?:a |the |an? \w+ )?(?:{CAP}|\w+)", "location", "", "timeless"),
    _pattern(rf"I was (?:born|raised|brought up) (?:and (?:raised|bred) )?(?:(?:in|on|at) (?:{_TIMES})|(?:{_BORN})\b)", "general", "", "timeless"),
    _pattern(r"I was (?:born|raised|brought up) (?:and (?:raised|bred) )?(?:in|on|at|near|by the|outside|between|above|abroad|here)\b", "location", "", "timeless"),
    _pattern(r"I grew up (?:in|on|near|by|at|above)\b(?! (?:poverty|care|fear|my own))", "location", "", "past"),
    _pattern(r"I grew up (?:with|without|speaking|poor|rich|religious|in (?:poverty|care|fear))\b", "general", "", "past"),
    # birthdays and age
    _pattern(r"My birthday (?:is|falls) (?:on |in |actually |the )*(?!coming up|soon|over|today$)\S+", "general", "", "timeless", 0.9),
    _pattern(r"I (?:am|am turning|turn|turned|will be) (?:\d{1,2}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|eighteen|nineteen)(?:-\w+)?)(?: years old| years of age)?(?:$|[,.;!]| (?:in|on|next|this|tomorrow|today|now)\b)", "general", "home"),
    # work and study
    _pattern(r"I {ADV}(?:have )?{ADV}(?:got|found|started|landed|quit|left|lost|resigned from|took|accepted) (?:a |my |the |an )?(?:\w+ ){0,2}(?:job|work|position|post|internship|apprenticeship|degree|course|phd)\b", "work", "job", "past"),
    _pattern(r"I (?:was|got|have been) (?:fired|sacked|laid off|made redundant|promoted|hired)\b", "work", "job", "past"),
    _pattern(r"I {ADV}(?:work|am working|have worked|have been working|worked) (?:as|at|for|in|with|from|nights|part|full|shifts|on (?:a|the) (?:\w+ )?(?:boat|ship|farm|ferry|rig|railway|site|ward))\b(?! (?:it|that|this|me|you|the moment|my own|progress))", "work", "job"),
    # how well, which is no trade
    _pattern(rf"I (?:am|was|have been|used to be) {{ADV}}(?:a|an|the) (?:{ADV})(?:{SKILL}) (?:[\w'-]+ ){{0,2}}(?:{PROFESSIONS})\b", "general"),
    _pattern(rf"I (?:am|was|have been|used to be) {{ADV}}(?:a|an|the) (?:[\w'-]+ ){{0,3}}(?:{PROFESSIONS})\b", "work", "job"),
    _pattern(r"I (?:am|have been) {ADV}(?:retired|unemployed|self-employed|between jobs|out of work|freelance|freelancing|on (?:sick|maternity|paternity|parental) leave)\b", "work", "job"),
    _pattern(r"I {ADV}(?:study|am studying|studied|am reading for|am doing a (?:degree|phd|course|master)|graduated|dropped out)\b", "work", "job"),
    _pattern(r"I {ADV}teach (?!you|him|her|them|it|me)\w+", "work", "job"),
    _pattern(r"I {ADV}(?:run|own|manage|am running|have been running|have run) (?:a|an|my own|the|my) (?:\w+ ){0,2}(?:\w*shop|bakery|farm|café|cafe|restaurant|bar|pub|hotel|studio|company|business|workshop|school|gallery|garage|blog|boat|kiosk|stall|nursery|team|practice|choir|club)\b", "work", "job"),
    # love and family
    _pattern(r"I (?:am|have been|got|was|am getting|have just got|just got) {ADV}(?:married|engaged|divorced|separated|single|widowed|pregnant|expecting|seeing someone|dating|adopted)\b", "relationship", "relationship"),
    _pattern(r"I (?:am|have been|fell|am falling|was) {ADV}(?:madly |secretly |still )?in love with\b", "relationship", "relationship"),
    _pattern(r"I have (?:got )?(?:a |such a )(?:huge |secret |massive )?crush on\b", "relationship", "relationship"),
    _pattern(rf"I {{ADV}}(?:have|have got) (?:a|an|one|two|three|four|five|six|seven|no|\d) (?:[\w-]+ ){{0,2}}(?:{KIN}|brothers|sisters|sons|daughters|cousins|nephews|nieces|twins|siblings|grandchildren|grandsons|granddaughters|stepchildren)\b", "family"),
    _pattern(rf"I (?:am|have just become|became|am going to be) (?:a|an|the) (?:[\w-]+ ){{0,2}}(?:{KIN}|only child|orphan|twin|father|mother|parent|single parent|grandparent)\b", "family"),
    _pattern(rf"I {{ADV}}(?:have|have got|own|keep|adopted|got|have adopted|am getting) (?:a|an|one|two|three|four|five|\d) (?:[\w-]+ ){{0,2}}(?:{PET}|dogs|cats|horses|rabbits|goats|chickens|hens|bees|parrots)\b", "family"),
    _pattern(rf"My (?:[\w-]+ ){{0,2}}(?:{KIN}|{PET})(?:'s (?:name|birthday))?(?: (?-i:[A-ZÀ-Þ])[\w'-]+){{0,2}}(?:, [\w' -]{{2,40}},)?(?: and I| and my [\w-]+(?: (?-i:[A-ZÀ-Þ])[\w'-]+)?)? (?!say|think|told|thinks|asked|wonders|reckons|would|could|might|said|says|always sa|and\b|(?-i:[A-ZÀ-Þ][a-zà-ÿ]))\w+", "family", "relationship", confidence=0.8),
    # health
    _pattern(r"I (?:am|have always been) {ADV}allergic to\b", "general", "", "timeless", 0.9),
    _pattern(r"I (?:am|have been|became) {ADV}(?:a )?(?:vegan|vegetarian|pescatarian|teetotal|diabetic|deaf|blind|colou?r-?blind|dyslexic|epileptic|lactose intolerant|gluten intolerant|coeliac|celiac|left-handed|autistic|short-sighted|sober|disabled)\b", "general"),
    _pattern(rf"I (?:have|have got|suffer from|was diagnosed with|have been diagnosed with|get) (?:\w+ )?(?:{ILLNESS})\b", "general"),
    _pattern(r"I (?:don't|do not|can't|cannot|never) {ADV}(?:eat|drink|smoke|drive|swim|cook|read music|ride|dance|sing|fly|whistle)\b", "preference"),
    # fears and feelings
    _pattern(r"I (?:am|have always been|was always|used to be) {ADV}(?:afraid|scared|terrified|frightened|petrified) (?:of|that)\b", "general", "relationship"),
    _pattern(r"I have (?:a|an|this) (?:\w+ )?(?:fear|phobia|dread) of\b", "general"),
    _pattern(r"I (?:am|feel|am feeling|have been feeling|have been|felt) {ADV}(?:too )?(?:happy|sad|lonely|anxious|worried|nervous|stressed|exhausted|excited|proud|heartbroken|homesick|burnt out|burned out|overwhelmed|depressed|miserable|hopeless|ashamed|guilty|lost|grateful|thrilled|devastated|jealous|embarrassed|low|down|hopeful)\b", "general", "feeling"),
    # what is over
    _pattern(r"I am no longer (?:happy|sad|lonely|anxious|worried|nervous|stressed|ill|sick|homesick|heartbroken|depressed|miserable|angry)\b", "general", "feeling"),
    _pattern(r"I (?:am|have) no longer (?!sure|able|certain|here|there|mad|hungry|thirsty|cold|wet|tired|late|alone|drunk|friends|interested in (?:you|this|that|it))\w+", "general"),
    _pattern(r"I no longer (?!know|think|remember|understand|care|want|need|feel|believe|see|get|mind|say|hear|trust|wonder)\w+", "general"),
    _pattern(r"I {ADV}(?:smoke|vape)\b(?! (?:it|that|this|you)\b)", "preference"),
    # tastes
    _pattern(r"My (?:\w+ )?favou?rite (?:\w+ ){1,4}(?:is|are|was|has always been)\b", "preference"),
    _pattern(r"I {ADV}(?:love|like|adore|enjoy|prefer|hate|dislike|detest|loathe|can't stand|cannot stand|can't bear|don't {ADV}like|do not like|don't {ADV}enjoy|don't care for|am fond of|am crazy about|am obsessed with|am into|am keen on|am addicted to|am not {ADV}(?:a (?:big |huge |great )?fan of|fond of|keen on|into)|have always (?:loved|liked|hated|adored|wanted)|am a (?:big |huge |great )?fan of)\b", "preference"),
    _pattern(r"I (?:have )?{ADV}(?:quit|stopped|gave up|given up|started|took up) (?:smoking|drinking|gambling|running|sugar|meat|coffee|swimming|dancing|painting|therapy)\b", "general", "", "past"),
    _pattern(r"I {ADV}drive (?:a|an|the) \w+", "general"),
    # names
    _pattern(r"My (?:full |real |first |last )?name is [A-ZÀ-Þ]\w+", "general", "", "timeless", 0.9),
    _pattern(r"I am called (?-i:[A-ZÀ-Þ])[\w'-]+$", "general", "", "timeless", 0.9),
    _pattern(r"(?:Everybody|Everyone|People|My friends|Friends|They|Most people) calls? me (?:[A-ZÀ-Þ]\w+)", "general", "", "timeless"),
    # plans and wishes
    _pattern(r"I (?:have|have got) (?:an?|my|the) (?:\w+ ){0,2}(?:interview|exam|appointment|operation|deadline|wedding|flight|concert|audition|recital|presentation|viva|hearing|date|surgery|scan|gig|exhibition|race|marathon|trial|party|test)\b", "event", "plan", "future", 0.85, _SOON),
    _pattern(r"I (?:am|will be) {ADV}(?:going|starting|getting|visiting|flying|travelling|traveling|leaving|taking|having|meeting|seeing|running|marrying|hosting|giving|opening|buying|selling|coming|driving|sailing|playing|speaking|finishing|graduating|retiring)\b", "event", "plan", "future", 0.85, _SOON),
    _pattern(r"I (?:will|am going to|shall) \w+", "event", "plan", "future", 0.75, _SOON),
    _pattern(r"My (?:\w+ ){0,2}(?:interview|exam|exams|operation|wedding|flight|concert|audition|thesis|viva|surgery|exhibition|trial|deadline|due date)\b(?: \w+){0,3} (?:is|are|starts|opens|begins)\b", "event", "plan", "future"),
    _pattern(r"I {ADV}(?:am planning|plan|intend|am hoping|hope|am saving|am training|am preparing|am trying) (?:to|on|for|up)\b", "event", "plan", "future"),
    _pattern(r"I (?:{ADV}want|would {ADV}(?:love|like)|{ADV}dream of|{ADV}wish I could|have always wanted) (?:to )?(?:learn|visit|see|travel|go|write|build|become|be|start|open|play|live|move|study|paint|sail|climb|find|understand|have|sing|dance|quit|finish|make|publish|read|run|swim|walk|grow)\w*\b", "event", "plan", "future", 0.8),
    # what one does
    _pattern(r"I (?:am|have been) {ADV}(?:learning|teaching myself|studying|practising|practicing|training|writing|building|restoring|rebuilding|knitting|making|translating|researching|saving) (?!it\b|that\b|this\b|up\b)\w+", "hobby", "job"),
    _pattern(r"I {ADV}(?:play|collect|paint|knit|sew|crochet|garden|climb|hike|sing|dance|draw|bake|brew|cycle|surf|fish|photograph|restore|bind|carve|breed|grow|keep bees|volunteer|birdwatch|skate|ski|sail|row|forage|write (?:poe\w+|songs|stories|novels|letters|a diary|a blog))\b(?! (?:it|that|this|up|attention|well|on my|to your)\b)(?= \w+|$)", "hobby"),
    _pattern(r"I {ADV}(?:speak|can speak|know how to|can play|can cook|can ride|can sail)\b(?! (?:up|to|for|of|about|from|with|as|my|\w+ly)\b)", "general"),
    _pattern(r"I used to (?!it\b|that\b|this\b)\w+", "general", "", "past"),
    _pattern(r"I (?:have )?never (?:learned|learnt|forgave|went|left|married|knew my|(?:been|seen|had|met|finished|tried|told)(?!$))\b", "general", "", "past"),
    # money and trouble
    _pattern(r"I (?:am|have been) {ADV}(?:broke|in debt|bankrupt|being evicted|homeless)\b", "general", "plan"),
    _pattern(r"I {ADV}owe (?!you\b|it\b|that\b|this\b)\w+", "general", "plan"),
)  # fmt: skip

# Something that happened to the one who tells it: remembered, but no fact about a person.
EXPERIENCE = re.compile(
    r"I (?:(?:once|finally|nearly|almost|just|recently|then) )?(?:have )?(?P<verb>\w+)\b",
    re.IGNORECASE,
)

# What makes a clause no plain statement.
UNREAL = re.compile(
    r"\b(?:if|unless|imagine|suppose|supposing|pretend|wish|as though|as if|might|maybe|perhaps|could|"
    r"would|should|whether|in case|or something|dream(?:t|ed|ing)? (?:that|about|i)|in my dream|"
    r"hypothetically|let's say|say i|what i'd give)\b",
    re.IGNORECASE,
)
WISHED = re.compile(
    r"\bI (?:would {ADV}(?:love|like)|{ADV}wish I could)\b".replace("{ADV}", ADV), re.IGNORECASE
)
JOKING = re.compile(
    r"\b(?:lol|lmao|rofl|haha\w*|hehe\w*|jk|just kidding|i'?m kidding|only joking|just joking|i'?m joking|"
    r"not really|yeah,? right|as if)\b|/s\b|[😂🤣😜😝🤪]",
    re.IGNORECASE,
)
REPORTED = re.compile(
    r"\b(?:said|says|told|tells|asked|asks|claims?|claimed|wrote|writes|goes like|was like|quoth|quote|"
    r"sings?|sang|thinks|thought|heard|reckons|according to|rumou?r|they say)\b",
    re.IGNORECASE,
)
HEDGE = re.compile(
    r"^(?:I (?:think|guess|suppose|believe|reckon|feel like|imagine|'d say|would say)|It seems|Looks like) (?:that )?(?=I\b|my\b)",
    re.IGNORECASE,
)
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|(?<!\w)'[^']{3,}'(?!\w)|‘[^’]{3,}’(?!\w)")
TOGETHER = re.compile(
    rf"\b((?:[Mm]y|[Oo]ur) (?:[\w'-]+ ){{1,3}})and (?=I\b)|(?:(?<=^)|(?<=[,;] ))"
    rf"((?:[Mm]y|[Oo]ur) (?:\w+ )?(?:{KIN}|{PET}) (?:[A-ZÀ-Þ][\w'-]+ )?)and (?=my\b)"
)
NEGATED = re.compile(
    r"^(?:I|My \w+) (?:\w+ )?(?:am not|don't|do not|didn't|did not|haven't|have not|won't|will not|isn't|wasn't|was not|never)\b",
    re.IGNORECASE,
)
