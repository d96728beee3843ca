"""What the one who is answered has told, in the talk that goes on and before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from fishbowl.llm.offline.drafting import Desk
from fishbowl.llm.offline.hearing import SAME_TALK
from fishbowl.llm.offline.kinds import NAME_OF, as_said, asked_after
from fishbowl.llm.offline.mending import Right, correction_in, corrects, put_right
from fishbowl.llm.offline.oneself import Oneself
from fishbowl.llm.offline.relatives import Chain, is_same, own_asked_after, own_in
from fishbowl.llm.offline.text import (
    bare,
    called_in,
    clean,
    content_stems,
    spelled_out,
    without_call,
    words,
)
from fishbowl.llm.offline.theirs import meant_by, named_again, put_straight
from fishbowl.llm.offline.told import clauses_in, told_of_self
from fishbowl.llm.questions import is_question, told_and_asked
from fishbowl.llm.types import Line


class ToldHere(Oneself):
    """What they have told, as they said it, corrected as they corrected it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._told: list[Line] | None = None
        self._mended: set[int] = set()  # the numbers of the lines in which they correct something
        self._outdated: set[str] = set()  # what they have corrected in this talk
        self._rights: list[Right] = []  # how it is right

    def just_told(self) -> list[str]:
        """What the one who is answered has told of themselves in this very talk, in the second
        person, oldest first: what was said a moment ago is remembered only later."""
        names = self.desk.names
        return [told for line in self._told_here() for told in told_of_self(line.text, names)]

    @property
    def _question(self) -> str:
        """What is asked, without whom it is asked of, and as it is written with care."""
        said = self.desk.heard.text
        plain = spelled_out(without_call(said, self.desk.heard.to_other or self.desk.brief.speaker))
        told, asked = told_and_asked(plain)
        before = [*self._remembered(), *(line.text for line in self._told_here())]
        return put_straight(
            named_again(asked, [*before, told]) if asked else named_again(plain, before)
        )

    def _told_here(self) -> list[Line]:
        """The lines in this talk of the one who is answered, but for the last and for what is off
        the record."""
        if self._told is None:
            self._told = list(self._as_corrected())
        return self._told

    def _as_corrected(self) -> Iterator[Line]:
        """Those lines; a correction in a few words is the sentence that it makes of what they told
        before, in this talk or, as it is remembered, on another day."""
        brief, other = self.desk.brief, self.desk.other.lower()
        told = self._remembered() if other else []
        remembered, here = len(told), list[str]()
        before = ""
        for line in brief.lines:
            if line.seconds_ago >= SAME_TALK or line.is_off_record:
                continue
            plain = without_call(line.text, called_in(line.text, self.desk.names))
            since, here = here, [*here, plain]
            if line.speaker.lower() != other:
                before = line.text
                continue
            if line is self.desk.heard.line:
                continue
            said = plain
            correction = correction_in(said)
            meant = put_right(correction, told, before) if correction else None
            if meant is not None:
                self._mended.add(line.number)
                self._rights.append(meant)
                self._outdated |= {bare(one) for one in told if self._is_same(one, meant)}
                line = replace(line, text=meant.text)
            elif corrects(said):
                self._mended.add(line.number)
            elif of_theirs := self._gone_on(said, told, since, remembered):
                line = replace(line, text=of_theirs)
            told += clauses_in(line.text, self.desk.names)
            yield line

    def _gone_on(self, said: str, told: list[str], since: list[str], remembered: int) -> str:
        """A line that goes on to tell of somebody as he or she, with whom they mean; '' where that
        isn't plain. What comes to mind of other days has no order."""
        found = meant_by(said, told, since)
        if found is not None and found[0] < remembered:
            every = (meant_by(said, [one], since) for one in told[:remembered])
            if len({one[1] for one in every if one}) > 1:
                return ""
        return found[1] if found else ""

    def _is_same(self, told: str, meant: Right) -> bool:
        """Whether that is told in it, too, which was put right."""
        of = set(content_stems(meant.text)) & set(content_stems(meant.old))
        return bool(set(words(meant.was)) & set(words(told))) and of <= set(content_stems(told))

    @property
    def asks_for_name(self) -> bool:
        """Whether they ask how somebody of theirs is called: a name answers that, or nothing."""
        return any(kind.startswith(NAME_OF) for kind in asked_after(self._question))

    @property
    def relative_asked_after(self) -> Chain:
        """Whom of their own they ask after; () where of none."""
        return own_asked_after(self._question)

    def has_told_of(self, whom: Chain) -> bool:
        """Whether they have told of this relative of theirs, or of one of that one's."""
        told = self._remembered(only_so_still=True)
        for line in self._told_here():
            told += clauses_in(line.text, self.desk.names)
        told = [said for said in told if not self.is_outdated(said)]
        of = (one for said in told if not is_question(said) for one in own_in(said))
        return any(is_same(whom, one[: len(whom)]) for one in of)

    def no_longer(self, whom: Chain) -> str:
        """What they have put right in this talk of somebody whom they first told of as this
        relative; '' where there is nothing."""
        self._told_here()

        def tells_of(said: str) -> bool:
            return any(is_same(whom, one) for one in own_in(said))

        was = (x.text for x in self._rights[::-1] if tells_of(x.old) and not tells_of(x.text))
        return next(was, "")

    def was_told(self, said: str) -> bool:
        """Whether they have told something before of what this is of."""
        of = set(content_stems(said))
        before = [*self._remembered(), *(line.text for line in self._told_here())]
        return any(len(of & set(content_stems(told))) * 2 >= len(of) > 0 for told in before)

    def was_told_of(self, name: str) -> bool:
        """Whether the one who is answered has told of somebody by name, in this talk or another."""
        before = [*self._remembered(), *(line.text for line in self._told_here())]
        return any(names(told, name) for told in before if not is_question(told))

    def is_outdated(self, said: str) -> bool:
        """Whether they have corrected this in the talk that goes on."""
        self._told_here()
        return bare(without_call(said, called_in(said, self.desk.names))) in self._outdated

    def _remembered(self, *, only_so_still: bool = False) -> list[str]:
        """What comes to mind of the one who is answered, and what is known of them, as they would
        say it; what comes first to mind last. With `only_so_still`, of what something has taken the
        place of since, that."""
        other = self.desk.other
        told = []
        for memory in reversed(self.desk.brief.memories):
            if only_so_still and memory.how == "since" and memory.beside is not None:
                memory = memory.beside
            if memory.words and memory.said_by.lower() == other.lower():
                said = clean(memory.words, 600)
                told.append(without_call(said, called_in(said, self.desk.names)))
            elif not memory.words and names(memory.text, other):
                told.append(as_said(clean(memory.text, 600), other))
        facts = [clean(fact, 600) for fact in reversed(self.desk.brief.facts)]
        return told + [as_said(fact, other) for fact in facts if names(fact, other)]


def names(text: str, name: str) -> bool:
    """Whether somebody's name stands in a text."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
