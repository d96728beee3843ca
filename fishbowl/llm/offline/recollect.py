"""Speaking from memory: recollections in the first person, interests, goals, values, background."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from fishbowl.llm.offline.drafting import Desk, Draft, Part
from fishbowl.llm.offline.hearing import YES_OR_NO, question_kind
from fishbowl.llm.offline.kinds import (
    FARE,
    NAME_OF,
    as_said,
    asked_after,
    goes_by_name,
    same_taste,
    tells_of,
)
from fishbowl.llm.offline.relatives import Chain, is_of_same_kin
from fishbowl.llm.offline.reported import asks_anything, is_to_come
from fishbowl.llm.offline.text import (
    bare,
    called_in,
    clean,
    content_stems,
    count_words,
    end_sentence,
    lower_first,
    opener,
    spelled_out,
    stem,
    without_call,
)
from fishbowl.llm.offline.theirs import goes_on, holds_most, is_of_other, settles
from fishbowl.llm.offline.told import OF_SELF, asked_with, clauses_in, meant, meets, nearest_first
from fishbowl.llm.offline.toldhere import names
from fishbowl.llm.offline.viewpoint import said_back, turn
from fishbowl.llm.offline.wording import AGO, TO_OTHERS, Wording, key_of
from fishbowl.llm.questions import is_question
from fishbowl.llm.types import Line, Recollection

LEAST_FIT = 0.3
FEWEST_TOLD, MOST_TOLD = 4, 2  # words of what they told, and how much of it is said back
MOST_THOUGHT = 6  # memories that are tried for an answer
WORDINGS = 4  # that are tried, so that two answers in a row don't begin alike
_TOLD = re.compile(r"\b(?:says?|said|tells?|told|secrets?|mention\w*|confid\w+)\b", re.IGNORECASE)
_ASKS_ME = re.compile(r"\byou (?:\w+ )?(?:say|said|tell|told|mention(?:ed)?)\b", re.IGNORECASE)
_ASKS_LEAVE = re.compile(
    r"^\W*(?:(?:so|and|but|ok|hey)\W+)?"
    r"(?:should|shall|can|could|may|might|will|would|must|what if)\b",
    re.IGNORECASE,
)
_ASKS_IF_TOLD = re.compile(
    r"\b(?:remember|recall|(?:did|have|had) I (?:\w+ )?(?:tell|told|say|said|mention\w*))\b",
    re.IGNORECASE,
)
_OWN = re.compile(r"\b(?:I|me|my|mine)\b", re.IGNORECASE)


class Recollecting(Wording):
    """What the persona and the memories of the brief give to say."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._ranked: list[tuple[float, int]] | None = None

    def relevant(self) -> bool:
        ranked = self._rank()
        return bool(ranked) and ranked[0][0] > 0.28

    def meets(self) -> bool:
        """Whether what came to mind first has half of the words that were asked with in it."""
        called = {stem(name) for name in self.desk.names}  # who speaks to whom tells nothing
        asked = set(content_stems(self.desk.heard.text)) - called
        first = next(iter(self.desk.brief.memories), None)
        if first is None or not asked:
            return False
        return 2 * len(asked & set(content_stems(clean(first.text, 600)))) >= len(asked)

    def _rank(self) -> list[tuple[float, int]]:
        """The memories of the brief that meet the talk, best first; told ones come last."""
        if self._ranked is None:
            weights = self.desk.heard.weights
            found = []
            for at, memory in enumerate(self.desk.brief.memories[:40]):
                if memory.words:  # a line of old talk is for who asks after it: see `recalled`
                    continue
                stems = set(content_stems(clean(memory.text, 600)))
                shared = sum(weights[s] for s in sorted(stems & weights.keys()))
                score = shared / (2.0 + 0.15 * len(stems))
                score -= 0.5 * self.desk.brief.spent.get(key_of(memory), 0)
                found.append((score, at))
            self._ranked = sorted(found, key=lambda item: (-item[0], item[1]))
        return self._ranked

    def draft(self) -> Draft | None:
        """A recollection, told as the speaker's own."""
        for score, at in self._rank()[:4]:
            if score <= -0.4:
                break
            memory = self._as_it_is(self.desk.brief.memories[at])
            part = self._tell(memory)
            if part is not None:
                part.relevance = score
                return Draft("memory", self._led(part, memory))
        return None

    def recalled(self) -> Draft | None:
        """What comes to mind first when somebody asks after it, with who said it and when."""
        for memory in self.desk.brief.memories[:MOST_THOUGHT]:
            if self._answers(memory) and (parts := self._worded(self._as_it_is(memory))):
                return Draft("recall", parts, length_free=True)
        return None

    def _worded(self, memory: Recollection) -> list[Part]:
        """A memory in words that the room hasn't just heard; where it has heard them all, it is
        said so. Two answers in a row don't begin alike, if that can be helped."""
        told: list[Part] = []
        for _ in range(WORDINGS):
            part = self._quoted(memory) if memory.words else self._attributed(memory)
            if part is None:
                return []
            if opener(part.text) not in self.desk.echoes.openers:
                return [part]
            told.append(part)
        heard = self.desk.echoes.texts
        fresh = next((part for part in told if bare(part.text) not in heard), None)
        return [fresh] if fresh else self.desk.once_more([[part] for part in told])

    def _answers(self, memory: Recollection) -> bool:
        """Whether a memory may be an answer: it has enough to do with the question, what somebody
        asks of themselves is answered with what is theirs, and what others said not with its own
        words."""
        other, asked = self.desk.other, self.desk.heard.text
        told = memory.words or as_said(clean(memory.text, 600), other)
        if memory.fit < LEAST_FIT or is_of_other(self._question, told):
            return False
        if not same_taste(self._question, told):
            return False
        if self.relative_asked_after and not is_of_same_kin(self._question, told):
            named = meant(told) & asked_with(self._question)
            if not named and not goes_on(told):
                return False  # nothing of whom they ask after
        if self.is_outdated(told) or self._is_replaced_elsewhere(memory):
            return False
        since = self._as_it_is(memory)
        if is_of_other(self._question, since.words or as_said(clean(since.text, 600), other)):
            return False
        is_own = memory.said_by.lower() == self.desk.brief.speaker.lower()
        if is_own and _TOLD.search(asked) and not _ASKS_ME.search(asked):
            return False
        if not other or not _OWN.search(asked):
            return True
        return memory.said_by.lower() == other.lower() or names(memory.text, other)

    def _is_replaced_elsewhere(self, memory: Recollection) -> bool:
        """Whether of a line that told several things another was replaced than is asked after: what
        stands beside it is no answer, and whether the line still is can't be told."""
        if not memory.words or memory.how != "since" or memory.beside is None:
            return False
        said = as_said(clean(memory.beside.text, 600), self.desk.other)
        return len(list(clauses_in(memory.words, self.desk.names))) > 1 and not (
            asked_with(self._question) & meant(said)
        )

    def corrected(self) -> Draft | None:
        """What they have put right in this talk, where that is asked after."""
        question = self._question
        return self._said_here(lambda said: meets(question, said), only_mended=True)

    def of_kind(self) -> Draft | None:
        """What the one who is answered has told of the kind of thing that they ask after: in this
        talk, or as it is known of them. "I'm a nurse" shares no word with "what do I do?"."""
        question, other = self._question, self.desk.other
        kinds = asked_after(question)
        if not kinds:
            return None
        said = self._said_here(lambda text: tells_of(kinds, text, question))
        if said is not None or not other:
            return said
        return self._of_mind(lambda told: tells_of(kinds, told, question))

    def of_fare(self) -> Draft | None:
        """What they have told that answers whether they may eat or drink something."""
        question = self._question
        if FARE not in asked_after(question):
            return None
        tells: Callable[[str], bool] = lambda told: tells_of(frozenset({FARE}), told, question)  # noqa: E731
        return self._said_here(tells) or (self._of_mind(tells) if self.desk.other else None)

    def _known(self, answers: Callable[[str], bool]) -> Draft | None:
        """The best that is known of the one who is answered which answers a question."""
        other = self.desk.other
        for fact in self.desk.brief.facts:
            known = turn(fact, other, "you") if names(fact, other) else None
            said = as_said(fact, other)
            if is_of_other(self._question, said) or self.is_outdated(said):
                continue
            if known and known != fact and answers(said):
                parts = self._worded(Recollection(fact, said_by=other))
                return Draft("recall", parts, length_free=True) if parts else None
        return None

    def just_said(self) -> Draft | None:
        """What the one who is answered has said in this very talk of what they ask after. What
        others said may have been for other ears: the database decides on that, once it is
        remembered."""
        question = self._question
        if not _OWN.search(question) or _ASKS_LEAVE.search(question):
            return None
        if any(kind.startswith(NAME_OF) for kind in asked_after(question)):
            return None  # a name, and no other thing of theirs
        if question_kind(question) in YES_OR_NO and not _ASKS_IF_TOLD.search(question):
            return None  # whether it is so: see `of_theirs`
        return self._said_here(lambda said: meets(question, said) and same_taste(question, said))

    def of_theirs(self) -> Draft | None:
        """What the one who is answered has told that settles a question of themselves or theirs, in
        this talk or another."""
        question, other = self._question, self.desk.other
        if not other or not _OWN.search(question):
            return None
        if told := self.of_kind() or self._said_here(partial(settles, question)):
            return told
        return self._of_mind(lambda said: settles(question, said))

    def about_theirs(self, about: str) -> Draft | None:
        """What the one who is answered has told of what is theirs, as it is said back to them."""
        asked = asked_with(about)
        if not asked:
            return None
        tells: Callable[[str], bool] = lambda said: asked <= meant(said)  # noqa: E731
        return self._said_here(tells) or self._of_mind(tells)

    def _of_mind(self, answers: Callable[[str], bool]) -> Draft | None:
        """What is known or comes to mind of the one who is answered that answers a question."""
        if known := self._known(answers):
            return known
        other, called = self.desk.other, self.desk.names
        for memory in self.desk.brief.memories[:MOST_THOUGHT]:
            said = memory.words or as_said(clean(memory.text, 600), other)
            said = spelled_out(without_call(said, called_in(said, called)))
            is_of_them = OF_SELF.match(said) or goes_by_name(said)
            if not (is_of_them and self._answers(memory) and answers(said)):
                continue
            if parts := self._worded(self._as_it_is(memory)):
                return Draft("recall", parts, length_free=True)
        return None

    def of_person(self, name: str, question: str) -> Draft | None:
        """What comes to mind of somebody that answers a question on them; `question` is put as
        they would ask it of themselves."""
        kinds = asked_after(question)
        anything = asks_anything(question) and not asked_with(question)
        for memory in self.desk.brief.memories:
            since = self._as_it_is(memory)
            if self._is_replaced_elsewhere(memory) or is_question(since.words or since.text):
                continue
            told = [one for one in self._told_by(name, since) if not is_to_come(question, one)]
            if any(
                anything
                or tells_of(kinds, said, question)
                or (not is_of_other(question, said) and holds_most(question, said))
                for said in told
            ) and (parts := self._worded(since)):
                return Draft("recall", parts, length_free=True)
        return None

    def _told_by(self, name: str, memory: Recollection) -> list[str]:
        """What a memory tells of somebody, as they would say it themselves."""
        if memory.said_by.lower() == self.desk.brief.speaker.lower():
            return []  # said again, it would seem to be the speaker's to tell
        is_theirs = memory.said_by.lower() == name.lower()
        if memory.words and is_theirs:
            told = clauses_in(clean(memory.words, 600), self.desk.names)
            return [said for said in told if not is_question(said)]
        text = clean(memory.words or memory.text, 600)
        said = as_said(text, name)
        return [said] if names(text, name) and OF_SELF.match(said) else []

    def just_named(self) -> Draft | None:
        """The same where they don't say that it is theirs: "who is getting married?"."""
        question = self._question
        if TO_OTHERS.search(question):
            return None
        return self._said_here(lambda said: holds_most(question, said))

    def _said_here(
        self, answers: Callable[[str], bool], *, only_mended: bool = False
    ) -> Draft | None:
        """The latest in this talk of the one who is answered that answers a question; no question
        of theirs does."""
        for line in reversed(self._told_here()):
            if only_mended and line.number not in self._mended:
                continue
            told = (
                said
                for said in clauses_in(line.text, self.desk.names)
                if not is_question(said) and answers(said) and not self.is_outdated(said)
            )
            for said in nearest_first(self._question, told):
                if is_of_other(self._question, said):
                    continue
                when = next(words for least, words in AGO if line.seconds_ago >= least)
                memory = Recollection(said, said_by=line.speaker, words=said, when=when)
                if parts := self._worded(memory):
                    return Draft("recall", parts, length_free=True)
        return None

    def put_right_of(self, whom: Chain) -> Part | None:
        """How they have put right what they had told of this relative of theirs."""
        said = self.no_longer(whom)
        return self._quoted(Recollection(said, said_by=self.desk.other, words=said))

    def told_before(self, lines: Sequence[Line]) -> Draft | None:
        """What they told of themselves in these lines, the latest of it."""
        told = [
            (said, line.speaker)
            for line in lines
            for said in clauses_in(line.text, self.desk.names)
            if OF_SELF.match(said) and not is_question(said) and count_words(said) >= FEWEST_TOLD
        ]
        parts: list[Part] = []
        for said, who in told[-MOST_TOLD:]:
            if parts and (back := said_back(said.rstrip(".!"))):
                parts.append(Part(end_sentence(f"And {lower_first(back)}")))
            elif part := self._quoted(Recollection(said, said_by=who, words=said)):
                parts.append(part)
        return Draft("recall", parts, length_free=True) if parts else None

    def confided(self) -> Draft | None:
        """What the brief has to tell, told in confidence."""
        memory = self.desk.brief.to_tell
        if memory is None:
            return None
        part = self._quoted(memory) if memory.words else self._tell(memory)
        if part is not None and self.desk.brief.spent.get(part.key):
            return None  # one has let it out before, and wouldn't in the same words
        lead = self.desk.stock("confide")
        return Draft("confide", [lead, part], length_free=True) if part and lead else None
