"""What is said to be kind and asks for nothing: 'Good evening, Ada!', 'ha, nice', 'how are you?'.

Its words stand in many memories, so without this they would drag in one of them at random. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Container

from memories.formation.echo import COMMON

# Turns of speech whose words, elsewhere, may well be what is asked about.
_PHRASES = re.compile(
    r"""\b(?:
    good\s(?:morning|afternoon|evening|night|day|luck|to\s(?:see|hear|have|know)(?:\syou|\sthat)?)
    | (?:happy|glad|nice|lovely|sorry|pleased)\sto\s(?:see|hear|meet|know)(?:\syou|\sthat)?
    | have\sa\s(?:nice|good|great|lovely)\s(?:day|evening|night|weekend|time|one)
    | how(?:'s|'re|\sis|\sare)\s(?:it|you|things|everything|everyone|life)
      (?:\s(?:going|doing|feeling))?(?:\stoday)?
    | how(?:'ve|\shave)\syou\sbeen | how\sdo\syou\sdo | what(?:'s|\sis)\s(?:up|new|going\son)
    | what\sdo\syou\s(?:think|mean|say)(?=\W*$) | what\sabout\syou(?=\W*$)
    | see\s(?:you|ya)(?:\s(?:later|soon|around))? | catch\syou\slater | welcome\sback
    | take\s(?:care|it\seasy) | sleep\s(?:well|tight) | sweet\sdreams | stay\s(?:safe|well)
    | no\s(?:problem|worries|way|idea) | never\smind | not\s(?:really|at\sall|yet) | of\scourse
    | sounds\s(?:good|great|nice|fun|lovely|like\sa\splan) | same\s(?:here|to\syou) | just\skidding
    | tell\s(?:me|us)\smore | let\s(?:me|us)\s(?:think|see) | (?:don't|do\snot)\sknow | i\sagree
    | you(?:'re|\sare)\swelcome | back\sagain | maybe\slater | let's\s(?:go|see) | my\spleasure
    | (?:long|been)\s(?:time|ages|a\swhile)(?:\sno\s(?:see|talk|chat))? | keep\s(?:it\sup|going)
    | way\sto\sgo | can't\swait | hang\sin\sthere | guess\swhat | well\sdone | makes\ssense
    | (?:talk|speak|chat)(?:\sto\syou)?\s(?:soon|later) | oh\smy(?:\sgod)? | bless\syou | for\snow
    | (?:great|good|nice|awesome|amazing|cool|lovely)\s(?:news|idea|work|job|one|stuff|pic)
    | (?:sounds|looks|looked|have|had|having|so\smuch|like|be|was)\sfun
    | (?:means|meant)\s(?:a\slot|so\smuch) | (?:you|you've|we|i've)\sgot\s(?:it|this|that)
    | looking\sforward\sto\s(?:it|that) | hope\s(?:you|all|everything)(?:'re|'s|\sis|\sare)
      (?:\sdoing|\sgoing)?\s(?:well|good|great|fine)
    | (?:appreciate|thanks\sfor|thank\syou\sfor)(?:\s[\w']+){1,4}(?=\W*$)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Words of courtesy and assent, which with names beside them are no question about anybody.
_OF_COURTESY = """
hello hi hey heya hiya howdy greetings yo bye goodbye farewell cheers thanks thank thx please sorry
pardon ok okay yes yeah yep yup no nope nah sure right exactly absolutely totally definitely
certainly indeed true agreed agree well oh ooh ah aha ha haha hahaha heh hehe lol lmao rofl wow whoa
yay hooray hmm hm mhm uh um huh cool nice great awesome amazing wonderful lovely fantastic brilliant
hallo danke bitte tschüss moin bonjour bonsoir salut merci hola gracias adiós ciao grazie olá
obrigado obrigada привет спасибо пока 你好 您好 谢谢 謝謝 再见 再見 早上好 晚上好 晚安
こんにちは こんばんは おはよう ありがとう さようなら
perfect excellent good fine funny sweet interesting fascinating congratulations congrats really
anyway alas phew ugh aw aww awww woohoo yum glad adorable gorgeous beautiful incredible enjoy
"""
# Those that say nothing by themselves, beside `COMMON`.
_IN_PASSING = """
go come see hear think mean say tell let let's lets very much many more again still then here there
thing things stuff someone anyone everyone everybody anybody guys folks friend friends later soon
maybe perhaps quite pretty rather actually probably kind bit lot always never yet dear back it's
how's what's here's there's don't didn't isn't can't won't you're we're they're he's she's look
looks sound sounds seem seems super excited something anything nothing
"""
_KIND, _PASSING = frozenset(_OF_COURTESY.split()), frozenset(_IN_PASSING.split())
# Whoever asks so wants to know something.
_ASKING = frozenset(
    ("who", "whom", "whose", "where", "when", "which", "she", "he", "him", "her", "his", "they")
)
_REMARK = re.compile(
    r"\b(?:that|this|it|these|those|you)(?:'s|'re|\s(?:is|are|was|were|looks?|sounds?|must\sbe))"
    r"\s(?:(?:so|such|really|very|pretty|quite|just|an?|all|the)\s)*\w+\s*!+\W*$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"(?<=[.!?…])\s+|\n+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


_CALLED_FIRST = re.compile(r"\s*@?(?P<name>[^\W\d_][\w'’-]*)\s*[,:]\s+(?=\S)")
_CALLED_LAST = re.compile(r"(?P<before>[\w'’-]+)\s*,\s*@?(?P<name>[^\W\d_][\w'’-]*)(?=[.!?…]*$)")


def without_smalltalk(text: str, names: Container[str] = ()) -> str:
    """The sentences of `text` that ask for or tell something, without whom they are said to; empty
    where none does. `names` are those that people go by, in lower case."""
    kept = [_plain(said, names) for said in _BETWEEN.split(text) if not _is_idle(said, names)]
    return " ".join(" ".join(kept).split())


def to_nobody(text: str, names: Container[str]) -> str:
    """`text` without whom each of its sentences is said to: that is no part of what it says. The
    whole text where nothing else stands in it. `names` are those that people go by, in lower case.
    """
    whole = _BETWEEN.split(text)
    said = [_plain(one, names) for one in whole]
    return " ".join(said) if said != whole and _WORD.search(" ".join(said)) else text


def _plain(sentence: str, names: Container[str]) -> str:
    """A sentence without the name of whom it is said to: 'Mara, what of the ferry?' asks nothing
    about Mara. Names in a row may be whom it is about, and stay."""
    while (called := _CALLED_FIRST.match(sentence)) and called["name"].lower() in names:
        rest = sentence[called.end() :]
        follows = _WORD.match(rest)
        if follows and follows[0].lower() in names and not _CALLED_FIRST.match(rest):
            return sentence
        sentence = rest
    called = _CALLED_LAST.search(sentence)
    if called and called["name"].lower() in names and called["before"].lower() not in names:
        sentence = sentence[: called.end("before")] + sentence[called.end() :]
    return sentence


def _is_idle(sentence: str, names: Container[str]) -> bool:
    """Whether a sentence is nothing but courtesy, assent and words that say nothing; or a remark
    on what was said just now, with one word for it: 'That looks delicious!'"""
    plain, phrases = _PHRASES.subn(" ", sentence.replace("’", "'"))
    is_kind, names_somebody, telling = phrases > 0, False, 0
    for found in _WORD.findall(plain):
        word = found.lower()
        if word in _ASKING:
            return False
        if word in _KIND:
            is_kind = True
        elif word in names or word.removesuffix("'s") in names:
            names_somebody = True
        elif word not in COMMON and word not in _PASSING:
            telling += 1
    if telling:
        return telling == 1 and not names_somebody and _REMARK.search(plain) is not None
    return is_kind or not names_somebody
