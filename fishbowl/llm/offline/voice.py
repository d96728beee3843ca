"""The offline voice: a seeded improviser that keeps the contract of a model server."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from random import Random

from fishbowl.llm.offline import composing, customs, introducing, manner, picturing
from fishbowl.llm.offline.digest import digest
from fishbowl.llm.offline.drafting import Desk, Draft, Part
from fishbowl.llm.offline.hearing import Similarity
from fishbowl.llm.offline.intents import intent_of
from fishbowl.llm.offline.moves import Moving
from fishbowl.llm.offline.people import EASY, Hosting
from fishbowl.llm.offline.replies import Replying
from fishbowl.llm.offline.selfsaid import SelfSaid
from fishbowl.llm.offline.structured import fill, summarise
from fishbowl.llm.offline.text import contains_phrase, safe, sentences
from fishbowl.llm.questions import asks_who_is_here, questions_in
from fishbowl.llm.types import Brief, ChatRequest, ChatResult, Line

PROVIDER = "offline"
MODEL = "offline-improviser"
NO_ROOM = {"greet", "farewell", "remind", "ask_after"}
# What nothing goes before.
FIRST = {"crisis", "grand", "clinging", "obey", "ai", "grief", "off_record"}
ALWAYS = {"crisis", "grand"}  # whatever the move
LONGEST = 1800  # characters of an answer
ANSWERS = 0.8  # of the times when something was proposed
MOST_ASKED = 3  # questions of a line that are answered one by one
OF_MANY = {"recall", "know", "think", "other"}  # in which one may ask for two different things
_POINTS_BACK = re.compile(r"\b(?:he|she|they|it|his|her|their|him|them)\b", re.IGNORECASE)
NOT_ASKED = {"asks_on", "nod", "foreign", "gibberish", "and_you", "insult", "obey"}
VOTES = 0.6  # of those when a proposal is open
MENTIONS = 0.5  # of those when somebody it knows of has something in common with whom it answers
CONFIDES = 0.6  # of the times when it has something to tell and may


class OfflineVoice:
    """Speaks from a brief, without any model. Equal briefs give equal answers."""

    provider = PROVIDER
    model = MODEL

    def __init__(self, similarity: Similarity | None = None) -> None:
        self.similarity = similarity

    def complete(self, request: ChatRequest) -> ChatResult:
        """The answer to one request; whatever the input, there is one."""
        started = time.perf_counter()
        brief = request.brief or Brief(speaker="")
        parsed = None
        spent: tuple[str, ...] = ()
        if request.purpose == "summarise":
            text = summarise(brief)
        elif request.purpose == "consolidate":
            text = digest(brief)
        elif request.purpose == "create":
            text, parsed = composing.piece(request.schema, brief)
        elif request.purpose in {"observe", "reflect"}:
            text, parsed = fill(request.schema, brief)
        else:
            text, spent = speak(brief, self.similarity)
        asked = sum(len(m.content) for m in request.messages)
        return ChatResult(
            text=text,
            model=MODEL,
            provider=PROVIDER,
            prompt_tokens=asked // 4,
            completion_tokens=max(1, len(text) // 4),
            latency_ms=round((time.perf_counter() - started) * 1000),
            parsed=parsed,
            spent=spent,
        )


def speak(brief: Brief, similarity: Similarity | None = None) -> tuple[str, tuple[str, ...]]:
    """What the speaker says now, and the keys of the pieces it's made of."""
    desk = Desk(brief, similarity)
    replying = Replying(desk)
    hosting: Hosting | None = None
    line = desk.heard.line
    if (
        line is not None
        and line.kind == "person"
        and brief.move in {"reply", "join", "change_topic"}
    ):
        hosting = Hosting(desk, replying)
    draft = _each_asked(desk, hosting, similarity) or _draft(desk, replying, hosting)
    if draft is None or not draft.text.strip():
        draft = Draft("silence", [Part(_bare_word(brief, desk.rng))])
    is_plain = (hosting is not None and hosting.is_plain) or brief.move in {"remind", "ask_after"}
    text = _without_avoided(draft.text, brief) if not is_plain else draft.text
    text, signed = manner.finish(
        text, brief, desk.index, desk.rng, plain=is_plain, signs=not desk.heard.is_sad
    )
    keys = [part.key for part in draft.parts if part.key] + ([signed] if signed else [])
    return text[:LONGEST], tuple(dict.fromkeys(keys))


def _draft(desk: Desk, replying: Replying, hosting: Hosting | None) -> Draft | None:
    moving = Moving(desk, replying)
    move = desk.brief.move
    own = SelfSaid(desk, replying.memory)
    if said := _of_self(desk, own, hosting):
        return said
    if said := _of_picture(desk, hosting):
        return said
    if said := _together(desk, hosting):
        return said
    if said := _in_common(desk, hosting):
        return said
    if _may_confide(desk, hosting) and desk.chance(CONFIDES):
        confided = replying.memory.confided()
        if confided is not None:
            return confided
    if hosting is not None and (move == "reply" or hosting.intent.kind in ALWAYS):
        return hosting.draft()
    if hosting is not None and desk.brief.is_addressed and desk.heard.act == "question":
        return hosting.draft()  # who asks is answered, whatever the talk has come to
    if move == "remind":
        return moving.remind()
    if move == "ask_after":
        return moving.ask_after()
    if move == "open":
        return moving.open()
    if move == "change_topic":
        return moving.change()
    if move == "greet":
        return moving.greet()
    if move == "farewell":
        return moving.farewell()
    if hosting is not None:
        return hosting.draft()
    if move == "join":
        return moving.join()
    return replying.draft() or moving.change() or moving.open()


def _each_asked(desk: Desk, hosting: Hosting | None, similarity: Similarity | None) -> Draft | None:
    """Two questions of a person in one line get two answers, one after the other. None where there
    are no two, each of which is understood."""
    brief, line = desk.brief, desk.heard.line
    if hosting is None or line is None or line is not brief.lines[-1] or brief.move != "reply":
        return None
    if brief.figures or brief.own_memory or hosting.intent.kind in FIRST or hosting.is_for_absent:
        return None
    asked = questions_in(desk.heard.text)
    kinds = [intent_of(question).kind for question in asked]
    if not 2 <= len(asked) <= MOST_ASKED or NOT_ASKED & set(kinds):
        return None
    if len(set(kinds)) == 1 and kinds[0] not in OF_MANY:
        return None  # one thing, asked twice
    parts: list[Part] = []
    said = brief.lines[:-1]
    for question in asked:
        if parts and _POINTS_BACK.search(question) and parts[-1].key.startswith("stock/no_memory"):
            continue  # of whom nothing is known
        one = replace(line, text=question)
        here = brief.company if asks_who_is_here(question) else ()
        at = Desk(replace(brief, lines=(*said, one), company=here), similarity)
        made = Hosting(at, Replying(at)).draft()
        told = {part.key or part.text for part in parts}
        new = [p for p in made.parts if (p.key or p.text) not in told] if made else []
        if made is None or not new:
            continue
        parts += new
        own = Line(line.number, brief.speaker, made.text, line.seconds_ago, is_own=True)
        said = (*said, one, own)  # as if said already, so that the next doesn't begin like it
    return Draft("each_asked", parts, length_free=True) if parts else None


def _of_self(desk: Desk, own: SelfSaid, hosting: Hosting | None) -> Draft | None:
    """What concerns the speaker itself, where it is asked of it or there is room for it."""
    brief = desk.brief
    if brief.move in NO_ROOM or (hosting is not None and hosting.intent.kind in FIRST):
        return None
    if (brief.figures or brief.own_memory) and desk.heard.act == "question":
        return own.asked_of_self()
    if desk.heard.act == "question" or (hosting is not None and not hosting.leaves_room):
        return None
    # A guest who has spoken is answered before another is asked anything.
    asks = brief.to_ask and (hosting is None or hosting.name == brief.to_ask[0])
    return (own.question() if asks else None) or (own.insight() if brief.insight else None)


def _of_picture(desk: Desk, hosting: Hosting | None) -> Draft | None:
    """A word on a picture that was just posted."""
    if desk.brief.move in NO_ROOM or (hosting is not None and hosting.intent.kind in FIRST):
        return None
    return picturing.remark(desk)


def _together(desk: Desk, hosting: Hosting | None) -> Draft | None:
    """A word on what everybody is to do: what was just proposed, and what still is."""
    if desk.brief.move in NO_ROOM or (hosting is not None and hosting.intent.kind in FIRST):
        return None
    if desk.brief.move != "open" and desk.chance(ANSWERS) and (said := customs.answer(desk)):
        return said
    if desk.brief.move in {"reply", "join"} and (said := customs.heard_vote(desk)):
        return said
    if desk.heard.act == "question" or hosting is not None:  # a person isn't answered by a vote
        return None
    return customs.vote(desk) if desk.brief.customs and desk.chance(VOTES) else None


def _in_common(desk: Desk, hosting: Hosting | None) -> Draft | None:
    """A word on whom the person it answers has something in common with."""
    if desk.brief.common is None or hosting is None or hosting.intent.kind not in EASY:
        return None
    if desk.heard.act == "question" or not desk.chance(MENTIONS):
        return None
    return introducing.in_common(desk)


def _may_confide(desk: Desk, hosting: Hosting | None) -> bool:
    """Whether there is room for a confidence: nobody was asked anything, nor wants something."""
    if desk.brief.to_tell is None or desk.brief.move in {
        "greet",
        "farewell",
        "remind",
        "ask_after",
    }:
        return False
    return desk.heard.act != "question" and (hosting is None or hosting.leaves_room)


def _bare_word(brief: Brief, rng: Random) -> str:
    return rng.choice(["Hm.", "Well.", "Mm.", "There it is.", "So."])


def _without_avoided(text: str, brief: Brief) -> str:
    """The last net under 'never': an avoided phrase that came in by a frame's slot is taken out."""
    for phrase in brief.voice.avoided_phrases:
        if isinstance(phrase, str) and phrase.strip() and contains_phrase(text, phrase):
            kept = [s for s in sentences(text) if not contains_phrase(s, phrase)]
            text = " ".join(kept)
    return safe(text) or "…"
