"""How each act of a reply is put together; `replies.py` decides which act suits."""

from __future__ import annotations

from fishbowl.llm.offline.drafting import Desk, Draft, Part
from fishbowl.llm.offline.hearing import YES_OR_NO
from fishbowl.llm.offline.lexicon import word_set
from fishbowl.llm.offline.material import Piece
from fishbowl.llm.offline.phrases import Phrase
from fishbowl.llm.offline.portrayed import asks_of_self
from fishbowl.llm.offline.recollect import Recollecting
from fishbowl.llm.offline.text import count_words, without_call
from fishbowl.llm.offline.thinking import Thinking

TOPIC_SURE = 1.0  # from which the talk is taken to be about a topic

TYPED = word_set(
    "who where when when_next why how how_many how_long yes_no yes_do feel choice "
    "still opinion next what echo"
)
# Answers to these say that something is or was so: to a guest none is given out of the air.
TOLD_AS_SO = YES_OR_NO | word_set("who where when when_next how_many how_long still")

# Questions and answers presume more than claims do, so they must come nearer to be said.
_CAREFUL = {"questions": 0.16, "answers": 0.12}


class Making:
    """The builders; each gives a draft or None."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.memory = Recollecting(desk)
        self.thinking = Thinking(desk)
        heard = desk.heard
        self.topic = heard.topic if heard.topic_score >= TOPIC_SURE else ""
        if heard.is_follow_up and heard.my_topic:
            self.topic = heard.my_topic
        self.is_long = desk.target >= 15
        self.is_here = heard.last_hits.get(self.topic, 0.0) >= 0.8  # named in the last line

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
        if part is not None and self.is_long and self.desk.chance(0.25):
            knowing = self.thinking.knowing()
            if knowing is not None:
                return Draft("answer", [knowing, part])
        return self._more("answer", part, "claims", "asides", "claims") if part else None

    def view(self) -> Draft | None:
        """What one thinks of it, and something of one's own on it where there is room."""
        made = self.thinking.view()
        if made is not None and self.topic and self.is_long:
            more = self.desk.on_topic(self.topic, "claims")
            made.parts += [more] if more else []
        return made

    def knowing(self) -> Draft | None:
        part = self.thinking.knowing()
        return Draft("knowing", [part], length_free=True) if part else None

    def reaction(self, act: str) -> Draft | None:
        part = self.desk.either(act)
        if part is None:
            return None
        if self.desk.chance(0.07 + 0.12 * self.desk.warmth() * self._named()):
            part = self.desk.name_to(part, self.desk.other)
        return self._more(act, part, "claims", "questions", "questions")

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

    def feeling(self, name: str) -> Draft | None:
        """An emotion of the speaker's own, said outright."""
        part = self.desk.stock(f"feel_{name}")
        return Draft(f"feel_{name}", [part]) if part else None

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
        if self.desk.is_with_person() and (kind in TOLD_AS_SO or self._is_of_life()):
            return None  # a guest would take it for what is so
        if kind == "when_next" and not self.desk.is_with_person():
            kind = "when"  # among themselves their own words do, whatever they fit
        if kind in {"yes_no", "yes_do"}:
            word = "yes" if self.desk.chance(0.55) else "no"
            kind = f"{word}_do" if kind == "yes_do" and self.desk.chance(0.6) else word
            return self.desk.stock(kind)
        if kind not in TYPED:
            return None
        return self.desk.stock(kind)

    def _is_of_life(self) -> bool:
        """Whether the speaker is asked of its own life."""
        said = without_call(self.desk.heard.text, self.desk.brief.speaker)
        return asks_of_self(said)

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
                if meets > least + _CAREFUL.get(act, 0.0):
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

    def _phrase(self, *, counts: bool) -> Phrase | None:
        phrases = [p for p in self.desk.heard.phrases if counts or not p.is_count][:3]
        return self.desk.rng.choice(phrases) if phrases else None

    def echo_question(self) -> Draft | None:
        return self._echo("echo_question", ("answers", "claims", "questions"))

    def echo_told(self) -> Draft | None:
        return self._echo("echo_told", ("claims",))

    def echo_statement(self) -> Draft | None:
        return self._echo("echo_statement", ("claims", "asides"))

    def _echo(self, act: str, then: tuple[str, ...]) -> Draft | None:
        phrase = self._phrase(counts=act == "echo_question")
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
