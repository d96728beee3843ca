"""Answering another character: which acts suit what was just said, and how each is put together."""

from __future__ import annotations

from fishbowl.llm.offline.drafting import Builder, Desk, Draft, Part
from fishbowl.llm.offline.lexicon import word_set
from fishbowl.llm.offline.material import Piece
from fishbowl.llm.offline.phrases import Phrase
from fishbowl.llm.offline.recollect import Recollecting
from fishbowl.llm.offline.text import count_words

TOPIC_SURE = 1.0  # from which the talk is taken to be about a topic

Table = list[tuple[float, str, Builder]]
TYPED = word_set(
    "who where when why how how_many how_long yes_no yes_do feel choice still opinion next what "
    "echo"
)


class Replying:
    """The builders of replies; each gives a draft or None."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.memory = Recollecting(desk)
        heard = desk.heard
        self.topic = heard.topic if heard.topic_score >= TOPIC_SURE else ""
        if heard.is_follow_up and heard.my_topic:
            self.topic = heard.my_topic
        self.is_long = desk.target >= 15
        self.is_here = heard.last_hits.get(self.topic, 0.0) >= 0.8  # named in the last line

    # -- which acts

    def draft(self) -> Draft | None:
        heard = self.desk.heard
        if heard.line is None:
            return None
        if heard.act == "question" and not heard.to_other:
            table = self._to_follow_up() if heard.is_follow_up else self._to_question()
        elif heard.act == "question":
            table = self._beside()
        elif heard.is_nod:
            table = self._to_nod()
        elif heard.act == "story":
            table = self._to_story()
        else:
            table = self._to_claim()
        return self.desk.best(table)

    def _topical(self, scale: float) -> Table:
        """The acts that carry the topic on; if there is none, what comes nearest."""
        if not self.topic:
            return self._astray(scale)
        here = self.is_here or self.desk.heard.is_nod
        if self.desk.heard.topic_run >= 7 or not here:
            scale *= 0.6
        return [
            (2.6 * scale * self._left("claims"), "claim", self.claim),
            (1.5 * scale * self._left("stories"), "story", self.story),
            (2.6 * scale * self._left("questions") * here, "topic_question", self.question),
            (2.0 * scale * self._left("asides"), "aside", self.aside),
            (0.5 * scale if self.is_here else 0.0, "handover", self.handover),
            (1.2 * scale, "near", self.near),
        ]

    def _astray(self, scale: float) -> Table:
        """Without a topic: something of one's own that shares a rare word with what was said."""
        bare = not self.desk.index.topics
        return [
            (2.6 * scale, "near", self.near),
            (0.8 * scale, "near_story", self.near_story),
            (1.4 * scale if bare else 0.0, "interest", self.interest),
            (0.6 * scale if bare else 0.0, "background", self.memory.background),
        ]

    def _left(self, act: str) -> float:
        return 0.15 + 0.85 * self.desk.freshness(act, self.topic)

    def _remembered(self, otherwise: float = 0.0) -> tuple[float, str, Builder]:
        return (0.8 if self.memory.relevant() else otherwise, "memory", self.memory.draft)

    def _to_question(self) -> Table:
        heard = self.desk.heard
        sure = bool(self.topic) and self.is_here
        typed = heard.asks in TYPED - {"what"}
        return [
            (3.0 * self._left("answers") if sure else 0.0, "answer", self.answer),
            (1.4 if sure else 0.0, "claim", self.claim),
            (1.2 if sure else 0.5, "story", self.story if sure else self.near_story),
            (0.0 if sure else 0.6, "near", self.near),
            (0.5 if heard.asks == "what" and not sure else 0.0, "typed", self.typed),
            (1.0 if typed else 0.0, "typed", self.typed),
            (1.2 if typed else 0.0, "typed_more", self.typed_more),
            (0.4 if sure else 1.3, "unsure", self.unsure),
            (0.3 if sure else 0.0, "aside", self.aside),
            (0.3 if heard.asks in {"yes_do", "feel"} else 0.0, "retort", self.retort),
            self._remembered(),
        ]

    def _to_follow_up(self) -> Table:
        """Somebody asked about what the speaker has just told."""
        return [
            (1.8, "typed", self.typed),
            (2.6, "typed_more", self.typed_more),
            (0.6, "unsure", self.unsure),
            (0.3 if self.desk.heard.asks in {"yes_do", "feel"} else 0.0, "retort", self.retort),
            (1.0 if self.is_here else 0.0, "answer", self.answer),
            (0.5 if self.is_here else 0.0, "aside", self.aside),
            (0.5, "near", self.near),
        ]

    def _beside(self) -> Table:
        """The question was put to another, and yet it is the speaker who talks."""
        return [
            *self._topical(1.0),
            (0.9, "backchannel", self.backchannel),
            (0.3, "doing", self.doing),
        ]

    def _to_nod(self) -> Table:
        """Next to nothing was said: the talk needs matter, not another nod."""
        return [
            *self._topical(1.6),
            (0.7, "doing", self.doing),
            (0.9, "to", self.to_them),
            (0.5, "nodded", self.nodded),
            (0.3, "echo_question", self.echo_question),
            self._remembered(0.1),
        ]

    def _to_story(self) -> Table:
        sad = self._is_sad()
        return [
            *self._topical(1.0),
            (3.0, "curious", self.curious),
            (0.0 if sad else 1.3, "amused", lambda: self.reaction("amused")),
            (1.7 if sad else 0.1, "touched", lambda: self.reaction("touched")),
            (0.4, "agree", lambda: self.reaction("agree")),
            (2.2, "echo_question", self.echo_question),
            (1.0, "echo_told", self.echo_told),
            (1.2, "echo_statement", self.echo_statement),
            (0.0 if sad else 0.8, "quote", self.quote),
            (0.9, "backchannel", self.backchannel),
            self._remembered(0.1),
            (0.3, "to", self.to_them),
        ]

    def _to_claim(self) -> Table:
        heard = self.desk.heard
        cool = 1.5 if self.desk.warmth() < 0.5 else 0.9
        sad = self._is_sad()
        return [
            *self._topical(1.4),
            (0.7 * self._left("answers") if self.is_here else 0.0, "answer", self.answer),
            (1.1, "agree", lambda: self.reaction("agree")),
            (0.2 if sad else 0.8 * cool, "disagree", lambda: self.reaction("disagree")),
            (
                0.9 if heard.is_funny and not sad else 0.15,
                "amused",
                lambda: self.reaction("amused"),
            ),
            (1.2 if sad else 0.0, "touched", lambda: self.reaction("touched")),
            (2.0 if heard.is_telling else 0.0, "curious", self.curious),
            (0.6 if heard.is_telling else 0.0, "echo_told", self.echo_told),
            (2.0, "echo_question", self.echo_question),
            (1.0, "echo_statement", self.echo_statement),
            (0.0 if sad else 0.7, "quote", self.quote),
            (0.9, "backchannel", self.backchannel),
            self._remembered(0.1),
            (0.35, "to", self.to_them),
        ]

    def _is_sad(self) -> bool:
        return self.desk.heard.is_sad and not self.desk.heard.is_funny

    # -- how each is made

    def _more(self, act: str, first: Part, *acts: str) -> Draft:
        """The first part, with one of the topic's pieces after it if there is room for one."""
        parts = [first]
        room = self.desk.target - count_words(first.text)
        if self.topic and room >= 6:
            chosen = self.desk.rng.choice(acts or ("claims",))
            second = self.desk.on_topic(self.topic, chosen, longest=room + 6)
            if second is not None and second.key != first.key:
                parts.append(second)
        return Draft(act, parts)

    def claim(self) -> Draft | None:
        part = self.desk.on_topic(self.topic, "claims")
        return self._linked("claim", part) if part else None

    def _linked(self, act: str, part: Part) -> Draft:
        """A word that ties it to what was said, where the words themselves don't."""
        loose = part.relevance < 0.35 and self.desk.heard.act != "question"
        if loose and self.desk.chance(0.3) and (lead := self.desk.stock("link")):
            return Draft(act, [lead, part])
        return Draft(act, [part])

    def story(self) -> Draft | None:
        part = self.desk.on_topic(self.topic, "stories")
        return Draft("story", [part]) if part else None

    def question(self) -> Draft | None:
        part = self.desk.on_topic(self.topic, "questions")
        return Draft("topic_question", [part]) if part else None

    def aside(self) -> Draft | None:
        """A few words on the topic; they only make sense right after it was named."""
        part = self.desk.on_topic(self.topic, "asides") if self.topic and self.is_here else None
        return Draft("aside", [part]) if part else None

    def answer(self) -> Draft | None:
        part = self.desk.on_topic(self.topic, "answers") if self.topic else None
        return self._more("answer", part, "claims", "asides", "claims") if part else None

    def reaction(self, act: str) -> Draft | None:
        part = self.desk.either(act)
        if part is None:
            return None
        if self.desk.chance(0.07 + 0.12 * self.desk.warmth() * self._named()):
            part = self.desk.name_to(part, self.desk.other)
        return self._more(act, part, "claims", "claims", "questions", "asides")

    def _named(self) -> float:
        share = self.desk.index.manner.get("address_by_name")
        return 8.0 * float(share) if isinstance(share, (int, float)) else 1.0

    def curious(self) -> Draft | None:
        part = self.desk.either("curious")
        if part is None:
            return None
        crowd = len(self.desk.brief.listeners) > 1
        if crowd and self.desk.chance(0.55):
            part = self.desk.name_to(part, self.desk.other)
        parts = [part]
        if self.desk.chance(0.2) and (lead := self.desk.stock("backchannel")):
            parts.insert(0, lead)
        return Draft("curious", parts)

    def unsure(self) -> Draft | None:
        part = self.desk.either("unsure")
        return self._more("unsure", part, "claims", "questions") if part else None

    def retort(self) -> Draft | None:
        part = self.desk.stock("retort")
        return Draft("retort", [part]) if part else None

    def backchannel(self) -> Draft | None:
        part = self.desk.stock("backchannel")
        return self._more("backchannel", part, "claims", "questions", "asides") if part else None

    def doing(self) -> Draft | None:
        part = self.desk.authored("doing", near=3.0)
        return Draft("doing", [part]) if part else None

    def typed(self) -> Draft | None:
        part = self._typed_part()
        return Draft("typed", [part]) if part else None

    def typed_more(self) -> Draft | None:
        """A short answer to the kind of question, and then something on what it is about."""
        part = self._typed_part()
        return self._more("typed_more", part, "claims") if part else None

    def _typed_part(self) -> Part | None:
        kind = self.desk.heard.asks
        if kind in {"yes_no", "yes_do"}:
            word = "yes" if self.desk.chance(0.55) else "no"
            kind = f"{word}_do" if kind == "yes_do" and self.desk.chance(0.6) else word
            return self.desk.stock(kind)
        if kind not in TYPED:
            return None
        return self.desk.stock(kind)

    def nodded(self) -> Draft | None:
        """Goes on where one stood, since nobody has said anything against it."""
        lead = self.desk.stock("nodded")
        more = self.desk.on_topic(self.topic, "claims") if self.topic else None
        return Draft("nodded", [lead, more]) if lead and more else None

    def handover(self) -> Draft | None:
        """Draws in somebody who has been listening."""
        desk = self.desk
        spoke = [x.speaker.lower() for x in desk.heard.recent[:3]]
        quiet = sorted(n for n in desk.listeners if n not in spoke and n != desk.other.lower())
        if not quiet:
            return None
        name = desk.listeners[desk.rng.choice(quiet)].name
        part = desk.stock("handover", name=name)
        if part is None:
            return None
        if self.topic and self.is_long and (first := desk.on_topic(self.topic, "claims")):
            return Draft("handover", [first, part])
        return Draft("handover", [part])

    def near(self) -> Draft | None:
        asked = self.desk.heard.act == "question"
        part = self._near(
            ("claims", "asides", *(("answers",) if asked else ("doing", "questions")))
        )
        return Draft("near", [part]) if part else None

    def near_story(self) -> Draft | None:
        part = self._near(("stories",), least=0.14)
        if part is None:
            return None
        lead = self.desk.stock("memory_lead") if part.relevance < 0.5 else None
        return Draft("near_story", [lead, part] if lead else [part])

    def _near(self, acts: tuple[str, ...], least: float = 0.25) -> Part | None:
        """Whatever of the material meets the words of the last line best, if anything does."""
        desk = self.desk
        desk.likeness([p for act in acts for p in desk.index.by_act.get(act, [])])
        scored: list[tuple[float, Piece]] = []
        for act in acts:
            for piece in desk.index.by_act.get(act, []):
                meets = desk.index.overlap(piece, desk.heard.last_weights)
                if desk.similarity is not None:
                    meets += 1.2 * max(0.0, desk.likeness_of(piece) - 0.25)
                if meets > least:
                    scored.append((meets, piece))
        scored.sort(key=lambda item: (-item[0], item[1].key))
        part = desk.choose([p for _, p in scored[:14]], near=3.0)
        return part if part and part.relevance > 0.8 * least else None

    def to_them(self) -> Draft | None:
        """Something that lies between these two."""
        desk = self.desk
        name = desk.other.lower()
        lines = desk.index.to.get(name) or desk.index.to.get(name.split(" ")[0] if name else "")
        part = desk.choose(lines, near=3.0) if lines else None
        if part is None:
            return None
        if len(desk.brief.listeners) > 1 and desk.chance(0.6):
            part = desk.name_to(part, desk.other)
        return Draft("to", [part])

    def interest(self) -> Draft | None:
        """For characters without material: something on an interest of theirs."""
        return self.memory.interest()

    def _phrase(self) -> Phrase | None:
        phrases = self.desk.heard.phrases[:3]
        return self.desk.rng.choice(phrases) if phrases else None

    def echo_question(self) -> Draft | None:
        return self._echo("echo_question", ("answers", "claims", "questions"))

    def echo_told(self) -> Draft | None:
        return self._echo("echo_told", ("claims",))

    def echo_statement(self) -> Draft | None:
        return self._echo("echo_statement", ("claims", "asides"))

    def _echo(self, act: str, then: tuple[str, ...]) -> Draft | None:
        phrase = self._phrase()
        if phrase is None:
            return None
        part = self.desk.stock(act, np=phrase.text, the=phrase.definite, bare=phrase.bare)
        if part is None:
            return None
        part = Part(part.text, part.key, 0.5)
        if act in {"echo_question", "echo_told"} and part.text.endswith("?") and not self.is_long:
            if len(self.desk.brief.listeners) > 1 and self.desk.chance(0.2):
                part = self.desk.name_to(part, self.desk.other)
            return Draft(act, [part])
        return self._more(act, part, *then)

    def quote(self) -> Draft | None:
        quotes = self.desk.heard.quotes
        if not quotes:
            return None
        part = self.desk.stock("quote", q=self.desk.rng.choice(quotes))
        if part is None:
            return None
        return self._more("quote", Part(part.text, part.key, 0.6), "claims", "questions")
