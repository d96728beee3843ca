"""The few word lists the voice needs to tell a noun phrase from a verb, a joke from a loss."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


DETERMINERS = word_set("the a an my your our his her their its this that these those some no")
POSSESSIVES = word_set("my your our his her their")

NUMBERS = word_set(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred"
)

PREPOSITIONS = word_set(
    "in on at of for with from to into onto over under about by through across against "
    "between without before after behind beside beneath inside outside past near off up "
    "down since until till toward towards around along during like than as"
)

CONJUNCTIONS = word_set("and or but because so if when while where who which that though although")

AUXILIARIES = word_set(
    "is are was were be been am has have had will would can could should must may might do "
    "does did isn't aren't wasn't weren't hasn't haven't hadn't won't wouldn't can't "
    "couldn't shouldn't don't doesn't didn't"
)

PRONOUNS = word_set(
    "i you he she it we they me him them us mine yours hers ours theirs myself yourself "
    "himself herself itself ourselves themselves i'm i'd i've i'll you're you've you'd "
    "you'll he's she's he'd she'd he'll she'll it's it'd it'll we're we've we'd we'll "
    "they're they've they'd they'll that's there's here's who's what's where's let's "
    "everybody everyone somebody someone nobody anybody anyone something anything nothing "
    "everything one ones"
)

ADVERBS = word_set(
    "not never ever always often once twice again too also just only even still yet already "
    "very quite rather really almost nearly maybe perhaps here there now then today tonight "
    "tomorrow yesterday soon later away back out home well much more most less least enough "
    "else ago however anyway instead together apart both either neither each every all any "
    "few many several such same other another own how why what whose whom yes yeah no oh ok "
    "okay please hello hi hey thanks bye right fine sure ah um hm hmm ha wait sorry twice "
    "thrice"
)

FUNCTION = (
    DETERMINERS | PREPOSITIONS | CONJUNCTIONS | AUXILIARIES | PRONOUNS | ADVERBS
    | word_set(
    "being having doing gone got get gets getting go goes going went come comes coming came "
    "say says said saying make makes made making take takes took let lets thing things way "
    "ways lot kind sort bit stuff good bad new old little big"
)
)  # fmt: skip

# What may stand right after a noun phrase that is complete.
FOLLOWERS = PREPOSITIONS | (CONJUNCTIONS - {"so"}) | AUXILIARIES | {"upside"}

_VERB_BASES = sorted(
    word_set(
        "fit say go get make know think take see come want use find give tell work call try ask "
        "need feel become leave put mean keep let begin seem help show hear play run move live "
        "believe bring happen write sit stand lose pay meet include continue set learn change "
        "lead understand follow stop create speak read spend grow open walk win teach offer "
        "remember love consider appear buy wait serve die send build stay fall cut reach kill "
        "raise pass sell decide return explain hope carry break receive agree hit eat cover "
        "catch draw choose cause point listen realize place close involve increase laugh argue "
        "hang shake hold turn start look watch count sleep wake drink cook bake smell taste "
        "wear throw pull push climb swim sail row drift float sink burn freeze melt dry wash "
        "clean fix mend paint sand plane saw drill glue carve measure mark check tick ring "
        "chime strike wind swear promise forget forgive hate fear miss owe lend borrow steal "
        "hide seek knock kick bite sting scratch bark sing dance whistle hum shout whisper cry "
        "weep smile grin nod wave blow rain snow shine rise arrive depart cross land dock moor "
        "anchor smoke pour spill fill empty lock slam creak rattle leak rot rust crack split "
        "bend fold tear sew knit tie untie wrap pack unpack own belong refuse admit deny claim "
        "insist suggest wonder guess doubt suppose expect prefer enjoy suffer hurt heal grow "
        "shrink stretch lie lay print copy publish post mail deliver order cost charge vote "
        "sign file record log report answer question reply object accuse blame apologise thank "
        "bless curse pray swallow chew breathe cough sneeze snore dream survive vanish remain "
        "replace restore repair ruin spoil waste save need dare visit travel"
    )
)

# Verbs of the past, and what a question on it has in their place: "where did I grow up?".
BASE_OF = dict(
    pair.split("/")
    for pair in word_set(
        "grew/grow went/go got/get made/make knew/know thought/think took/take saw/see came/come "
        "found/find gave/give felt/feel became/become left/leave kept/keep began/begin bought/buy "
        "brought/bring wrote/write sat/sit stood/stand lost/lose paid/pay met/meet led/lead "
        "spoke/speak spent/spend won/win taught/teach sent/send built/build fell/fall drew/draw "
        "chose/choose caught/catch held/hold slept/sleep drank/drink ate/eat wore/wear threw/throw "
        "swam/swim broke/break heard/hear ran/run drove/drive sang/sing stole/steal "
        "forgot/forget flew/fly rode/ride fought/fight hid/hide"
    )
)
PAST = frozenset(BASE_OF) | word_set(
    "dug lit shut swept swore sped sprung spat split spread stank strode knelt leant flung "
    "ground dealt arose awoke bred mistook overcame shrank trod withdrew wrung rid upset goes "
    "said told meant understood read cut woke sank burnt froze wound swore forgave lent "
    "sought bit stung rang struck wept blew shone rose poured spilt bent tore sewed tied lay "
    "laid put hit hung shook learnt dreamt smelt leapt crept bled fed fled shot slid spun "
    "sprang stuck swung sold handed"
)


def _inflect(base: str) -> set[str]:
    forms = {base}
    forms.add(base + ("es" if base.endswith(("s", "sh", "ch", "x", "o")) else "s"))
    if base.endswith("e"):
        forms |= {base + "d", base[:-1] + "ing"}
    elif base.endswith("y") and base[-2] not in "aeiou":
        forms |= {base[:-1] + "ies", base[:-1] + "ied", base + "ing"}
    else:
        forms |= {base + "ed", base + "ing", base + base[-1] + "ed", base + base[-1] + "ing"}
    return forms


VERBS: frozenset[str] = frozenset().union(*map(_inflect, _VERB_BASES)) | PAST

# Endings that mark a verb or an adverb, and the nouns that only look like one.
NOUNS_DESPITE_ENDING = word_set(
    "bed shed thread bread seed reed weed need speed feed morning evening thing nothing "
    "king ring string spring ceiling painting building wing wedding herring landing mooring "
    "planking rigging fog dog crossing sailing wiring washing clothing feeling meeting "
    "opening reading rating drawing ending beginning living being hearing railing siding "
    "sting family jelly belly fly lily bully ally reply supply hundred kindred sled "
    "watershed homestead sacred railings"
)

# Adjectives that don't make a noun phrase by themselves ("the wrong", "my old").
BARE_ADJECTIVES = word_set(
    "old new wrong right same other first second third last next whole only best worst "
    "better worse bad good big small little long short high low late early young dark light "
    "hot cold warm wet dry full empty open real true false fast slow hard soft easy heavy "
    "dead alive red blue green white black grey brown yellow great nice fine kind rest own "
    "main few certain different strange quiet loud honest rough smooth sharp blunt deep "
    "shallow wide narrow thick thin rich poor clean dirty sweet sour bitter salt wooden "
    "broken bent lost wild tame tidal public private local foreign single double final "
    "sorry sad happy angry tired drunk sober more less most least many much entire actual "
    "usual particular"
)

SAD = word_set(
    "died dead death funeral grave buried widow widower grief grieve mourn lost loss cry "
    "cried crying weep wept alone lonely miss missed missing gone sorry sad hurt hurts "
    "drowned cancer inquest coffin ashes wake hymn mourning drown drowning dying orphan "
    "hospital ill sick divorce divorced goodbye regret ashamed afraid scared broke "
    "heartbroken"
)
GRAVE = word_set(
    "died dead death funeral grave widow widower grief drowned drowning dying inquest "
    "coffin suicide cancer mourning buried"
)
FUNNY = word_set(
    "haha hahaha lol lmao laugh laughed laughing joke joked funny ridiculous idiot fool "
    "goat pigeon sandwich trousers pants underpants soup custard wig hat moustache drunk "
    "accidentally apparently"
)

# Words that are no names, though somebody may be called so.
COMMON = FUNCTION | NUMBERS | VERBS | BARE_ADJECTIVES | NOUNS_DESPITE_ENDING | SAD | FUNNY
