"""Answering another character: which acts suit what was just said."""

from __future__ import annotations

from fishbowl.llm.offline.drafting import GUEST_WARMTH, Builder, Draft
from fishbowl.llm.offline.making import TYPED, Making

Table = list[tuple[float, str, Builder]]


class Replying(Making):
    """Weighs the acts of a reply, by what was heard."""

    def draft(self) -> Draft | None:
        heard = self.desk.heard
        if heard.line is None:
            return None
        return self.desk.best(
            [
                *self._by_what_was_said(),
                *self._by_bond(),
                *self._by_feeling(),
                *self._by_outlook(),
            ]
        )

    def _by_outlook(self) -> Table:
        """What one thinks of the matter, how much one knows of it, and what the two share."""
        heard, brief = self.desk.heard, self.desk.brief
        if self._is_sad() or heard.is_follow_up:
            return []
        asks_me = heard.act == "question" and heard.asks in {"opinion", "feel", "yes_no", "yes_do"}
        return [
            ((1.6 if asks_me else 0.7) * bool(brief.views), "view", self.view),
            (0.5 * bool(brief.expertise), "knowing", self.knowing),
            (0.35 * self.thinking.has_shared(), "shared", self.thinking.shared),
        ]

    def _by_what_was_said(self) -> Table:
        heard = self.desk.heard
        if heard.act == "question" and not (heard.to_other or heard.is_for_another):
            return self._to_follow_up() if heard.is_follow_up else self._to_question()
        if heard.act == "question":
            return self._beside()
        if heard.is_thin:
            return self._to_thin()
        if heard.is_nod:
            return self._to_nod()
        return self._to_story() if heard.act == "story" else self._to_claim()

    def _by_bond(self) -> Table:
        """What one says to the other for how they stand: a barb or a kindness, and after a quarrel
        little, or at last a hand held out. Nobody is hard on one who tells of a sorrow, nor on a
        guest that they have nothing against."""
        desk, sad = self.desk, self._is_sad()
        friction, warmth = desk.friction(), desk.warmth()
        if desk.is_at_odds():
            kind = float(desk.brief.traits.get("agreeableness", 0.5))
            return [
                (0.0 if sad else 1.2, "jab", lambda: self.reaction("jab")),
                (1.6, "guarded", lambda: self.reaction("guarded")),
                (0.5 + 1.4 * kind + 2.0 * sad, "mend", lambda: self.reaction("mend")),
            ]
        spared = sad or (desk.is_with_person() and warmth >= GUEST_WARMTH)
        hard = 0.0 if spared else 2.5 * max(0.0, friction - 1.1)
        return [
            (hard, "jab", lambda: self.reaction("jab")),
            (
                max(0.0, 1.4 * (warmth - 0.6)) + 0.6 * desk.feels("love", "trust", "joy"),
                "kind",
                lambda: self.reaction("kind"),
            ),
        ]

    def _by_feeling(self) -> Table:
        """What one feels, said outright now and then, the stronger the oftener."""
        if not self.desk.brief.emotions:
            return []
        name, over = self.desk.brief.emotions[0]
        return [(min(0.8, 1.5 * over), f"feel_{name}", lambda: self.feeling(name))]

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
            (3.2 * scale * self._left("questions") * here, "topic_question", self.question),
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
            (0.15 if heard.asks == "what" and not sure else 0.0, "typed", self.typed),
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

    def _to_thin(self) -> Table:
        """They have only nodded to one another for a while: somebody must bring something."""
        sure = bool(self.topic)
        return [
            (1.6 * sure * self._left("claims"), "claim", self.claim),
            (1.4 * sure * self._left("stories"), "story", self.story),
            (1.4 * sure * self._left("questions"), "topic_question", self.question),
            (1.0, "near", self.near),
            (1.0, "fresh", lambda: self._fresh("questions")),
            (0.9, "fresh", lambda: self._fresh("claims")),
            (0.6, "fresh", lambda: self._fresh("stories")),
            (0.9, "to", self.to_them),
            (0.0 if self.desk.index.topics else 1.5, "interest", self.interest),
            self._remembered(0.1),
        ]

    def _fresh(self, act: str) -> Draft | None:
        part = self.desk.fresh_part(act)
        return Draft("fresh", [part]) if part else None

    def _to_story(self) -> Table:
        sad = self._is_sad()
        return [
            *self._topical(1.0),
            (3.8, "curious", self.curious),
            (0.0 if sad else 1.3, "amused", lambda: self.reaction("amused")),
            (1.7 if sad else 0.1, "touched", lambda: self.reaction("touched")),
            (0.4, "agree", lambda: self.reaction("agree")),
            (0.15, "will_note", lambda: self.reaction("will_note")),
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
        cool = 1.3 * self.desk.friction()
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
            (2.6 if heard.is_telling else 0.0, "curious", self.curious),
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
