"""Opening, joining, turning to something else, greeting and leaving."""

from __future__ import annotations

from fishbowl.llm.offline import customs
from fishbowl.llm.offline.drafting import Builder, Desk, Draft, Part
from fishbowl.llm.offline.replies import Replying
from fishbowl.llm.offline.text import clean
from fishbowl.llm.offline.works import tell


class Moving:
    """The builders of every move that isn't an answer."""

    def __init__(self, desk: Desk, replying: Replying) -> None:
        self.desk = desk
        self.replying = replying
        self.memory = replying.memory

    def open(self) -> Draft | None:
        desk = self.desk
        if agreed := customs.now(desk):
            return agreed
        return desk.best(
            [
                *self._customary(),
                (4.0 * desk.freshness("openers"), "opener", self._opener),
                (3.0 if desk.other else 0.0, "seek", self._to_friend),
                (1.0, "doing", self._doing_and_question),
                (2.5 if desk.brief.works else 0.0, "work", lambda: tell(desk)),
                (2.2 if desk.index.topics else 0.0, "topic_question", self._fresh_question),
                (0.8 if desk.index.topics else 0.0, "story", self._fresh_story),
                *self._bare(2.0),
            ]
        ) or desk.best(self._last_resort())

    def change(self) -> Draft | None:
        desk = self.desk
        return desk.best(
            [
                *self._customary(),
                (1.5, "bridge", lambda: self._bridged(self._fresh_question)),
                (1.2, "bridge_claim", lambda: self._bridged(self._fresh_claim)),
                (1.2, "bridge_opener", lambda: self._bridged(self._opener)),
                (1.1, "doing", self._doing_and_question),
                (1.5 if desk.brief.works else 0.0, "work", lambda: tell(desk)),
                (0.6, "story", lambda: self._bridged(self._fresh_story)),
                *self._bare(1.2, bridged=True),
            ]
        ) or desk.best(self._last_resort())

    def join(self) -> Draft | None:
        """Comes into a talk of others: often by a plain reply, at times by saying so."""
        reply = self.replying.draft()
        if reply is None:
            return self.open()
        asked = self.desk.heard.act == "question"
        if not asked and self.desk.chance(0.35) and (lead := self.desk.stock("join")):
            joined = Draft("join", [lead, *reply.parts], reply.weight)
            if not self.desk.echoes.repeats(joined.text):
                return joined
        return reply

    def greet(self) -> Draft | None:
        desk = self.desk
        name = self._newcomer()
        if not name:
            return self.open()
        part = desk.authored("greet") if desk.chance(0.8 * desk.freshness("greet") + 0.1) else None
        part = part or desk.stock("greet", name=name) or desk.stock("hello_back", name=name)
        if part is None:
            return None
        part = Part(part.text.replace("{name}", name), part.key)
        parts = [part]
        if desk.target > 14 and not part.text.endswith("?"):
            more = desk.authored("doing") or desk.stock("ask_about_person", name=name)
            parts += [more] if more else []
        return Draft("greet", parts)

    def remind(self) -> Draft | None:
        """Tells somebody what they wait for: plainly, for it is theirs."""
        name, what = self._newcomer(), self.desk.brief.occasion
        if not what:
            return self.greet()
        lead = self.desk.rng.choice(["{name}:", "{name}, it is time.", "A word, {name}."])
        return Draft("remind", [Part(lead.format(name=name)), Part(what)], length_free=True)

    def ask_after(self) -> Draft | None:
        """Turns to somebody unasked: to hear how it went, say, or because they stay away."""
        name, what = self._newcomer(), self.desk.brief.occasion
        if not what:
            return self.greet()
        leads = ["{name}?", "{name}, I was thinking of you.", "A word for you, {name}."]
        lead = Part(self.desk.rng.choice(leads).format(name=name))
        return Draft("ask_after", [lead, Part(what)], length_free=True)

    def farewell(self) -> Draft | None:
        desk = self.desk
        return desk.best(
            [
                (3.0 * (0.2 + desk.freshness("farewell")), "farewell", self._authored_farewell),
                (1.3, "farewell_stock", self._stock_farewell),
                (0.7, "farewell_react", self._reacting_farewell),
            ]
        ) or desk.best(self._last_resort())

    # -- how each is made

    def _customary(self) -> list[tuple[float, str, Builder]]:
        """What everybody does here, or might."""
        desk = self.desk
        return [
            (0.8 if desk.brief.customs else 0.0, "custom", lambda: customs.mention(desk)),
            (1.2 if desk.brief.may_propose else 0.0, "propose", lambda: customs.propose(desk)),
        ]

    def _newcomer(self) -> str:
        for listener in self.desk.brief.listeners:
            if listener.is_new and clean(listener.name, 40):
                return clean(listener.name, 40)
        return clean(self.desk.brief.addressee or "", 40)

    def _opener(self) -> Draft | None:
        part = self.desk.authored("openers", near=0.0)
        return Draft("opener", [part]) if part else None

    def _to_friend(self) -> Draft | None:
        """A beginning that is put to somebody: what is theirs to hear, or a question."""
        name = self.desk.other
        mine = self.desk.index.to.get(name.lower(), [])
        part = self.desk.choose(mine, near=0.0) if mine and self.desk.chance(0.5) else None
        part = part or self.desk.fresh_part("questions") or self.desk.authored("openers", near=0.0)
        return Draft("seek", [self.desk.name_to(part, name)]) if part else None

    def _doing_and_question(self) -> Draft | None:
        part = self.desk.authored("doing", near=0.0)
        if part is None:
            return None
        if self.desk.target > 12 and (asked := self.desk.fresh_part("questions")):
            return Draft("doing", [part, asked])
        return Draft("doing", [part])

    def _fresh(self, act: str) -> Draft | None:
        part = self.desk.fresh_part(act)
        return Draft(act, [part]) if part else None

    def _fresh_question(self) -> Draft | None:
        return self._fresh("questions")

    def _fresh_claim(self) -> Draft | None:
        return self._fresh("claims")

    def _fresh_story(self) -> Draft | None:
        return self._fresh("stories")

    def _bridged(self, build: Builder) -> Draft | None:
        made = build()
        if made is None:
            return None
        if self.desk.chance(0.3):
            return made
        heard = self.desk.heard
        word = heard.topic.removeprefix("the ") if heard.topic_score > 0.8 else ""
        lead = None
        if word and self.desk.chance(0.3):
            lead = self.desk.stock("bridge_tied", word=heard.topic)
        lead = lead or self.desk.stock("bridge")
        return Draft(made.act, [lead, *made.parts]) if lead else made

    def _authored_farewell(self) -> Draft | None:
        part = self.desk.authored("farewell", near=0.5)
        return Draft("farewell", [part]) if part else None

    def _stock_farewell(self) -> Draft | None:
        part = self.desk.stock("farewell")
        return Draft("farewell_stock", [part]) if part else None

    def _reacting_farewell(self) -> Draft | None:
        """A word on what was just said, and then off."""
        first = (
            self.desk.stock("backchannel") if self.desk.chance(0.5) else self.desk.either("agree")
        )
        last = self.desk.stock("farewell")
        return Draft("farewell_react", [first, last]) if first and last else None

    def _bare(self, scale: float, *, bridged: bool = False) -> list[tuple[float, str, Builder]]:
        """What there is to say without any material: interests, goals, background, memories."""
        share = scale * (0.25 if self.desk.index.topics else 1.0)

        def maybe(build: Builder) -> Builder:
            return (lambda: self._bridged(build)) if bridged else build

        opening = lambda: self.memory.interest(("topic_open", "topic_question", "topic_claim"))  # noqa: E731
        has = not self.desk.index.topics
        return [
            (share if has else 0.0, "interest", maybe(opening)),
            (0.35 * share, "goal", maybe(self.memory.goal)),
            (0.3 * share if has else 0.0, "background", maybe(self.memory.background)),
            (0.25 * share, "memory", maybe(self.memory.draft)),
            (0.2 * share if has else 0.0, "value", maybe(self.memory.value)),
        ]

    def _last_resort(self) -> list[tuple[float, str, Builder]]:
        def stock(act: str) -> Builder:
            def build() -> Draft | None:
                part = self.desk.stock(act)
                return Draft(act, [part]) if part else None

            return build

        return [
            (1.0, act, stock(act))
            for act in ("ask_room", "backchannel", "curious", "unsure", "bridge")
        ]
