"""A text as the Discord messages that carry it, each within the limit. Pure functions.

A message is cut, where it can be, between paragraphs, lines or sentences, and never within a word,
a link, a mention or an emoji unless that alone is longer than a message. A code block that is cut
is closed and opened again with its language, and so are bold and the like.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

LIMIT = 2000  # code points: that is how Discord's API counts
LONGEST_LANGUAGE = 20

_FENCE = regex.compile(r"```(?:([\w+.#-]*)\n)?(.*?)```", regex.DOTALL)
_CODE = regex.compile(r"(?<!`)(`{1,2})(?!`)(.+?)(?<!`)\1(?!`)", regex.DOTALL)
# What is one thing to whoever reads it, besides a word: it may hold blanks.
_WHOLE = regex.compile(
    r"\[[^\[\]\n]{1,300}\]\(<?[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*>?\)"
    r"|<(?:https?://[^\s<>]+|@[!&]?\d+|\#\d+|a?:\w+:\d+|t:-?\d+(?::\w)?|/[^:<>\n]+:\d+)>"
    r"|https?://[^\s<>]+"
)
_MARK = regex.compile(r"\\.|\*{1,3}|_{1,2}|~~|\|\|", regex.DOTALL)
_BLANKS = regex.compile(r"\s+")
_SENTENCE_END = regex.compile(r"[.!?…。！？][\"'”’)\]*_~]*")
_UNSPACED_END = regex.compile(r"[。！？][」』”’）]*(?=[^\s」』”’）])")  # scripts without blanks
_LINE_START = regex.compile(r"(?:>>>|>|-\#) ")


@dataclass(frozen=True, slots=True)
class _Span:
    """Marked-up text: `start` to `end` with its marks, `inner` to `outer` without."""

    start: int
    inner: int
    outer: int
    end: int
    opening: str
    closing: str
    is_block: bool = False


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where a text may be cut: one message ends at `end`, the next begins at `start`. `rank` is
    lower for better places."""

    end: int
    start: int
    rank: int


# Between paragraphs, lines, sentences, words; within code, or marked-up text, or a line of code.
PARAGRAPH, LINE, SENTENCE, WORD, CODE_LINE, MARKED, CODE_WORD = range(7)


def split(text: str, limit: int = LIMIT, first: int | None = None) -> list[str]:
    """The messages that carry a text, in order. `first` is the room in the first one, where
    something stands before the text."""
    text = text.strip()
    room, at, opening = first or limit, 0, ""
    parts, marks = [], _Marks(text)
    while len(opening) + len(text) - at > room:
        cut, closing = marks.cut(at, room - len(opening))
        if cut.end > at:
            parts.append(opening + text[at : cut.end] + closing)
        at, opening, room = cut.start, marks.opening(cut), limit
    parts.append(opening + text[at:])
    return [part.strip() for part in parts if part.strip()]


class _Marks:
    """What a text is made of."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = _spans(text)
        self.wholes = [m.span() for m in _WHOLE.finditer(text) if not self._is_code(m.start())]
        self.cuts = sorted(self._cuts(), key=lambda cut: cut.end)

    def cut(self, at: int, room: int) -> tuple[_Cut, str]:
        """The best place to cut what begins at `at` so that it fits, and what closes it there."""
        fitting = [
            (one, closing)
            for one in self.cuts
            if at < one.end <= at + room
            and one.end - at + len(closing := self._closing(one.end)) <= room
        ]
        for least in (room // 2, 0):
            for rank in range(CODE_WORD + 1):
                good = [one for one in fitting if one[0].rank == rank and one[0].end - at > least]
                if good:
                    return good[-1]
        return self._hard_cut(at, room)

    def opening(self, cut: _Cut) -> str:
        """What opens again, after a cut, all that was open there."""
        marks = "".join(s.opening for s in self._open(cut.end))
        begun = _LINE_START.match(self.text, self._line_of(cut.start))
        if begun and self._line_of(cut.start) < cut.start and not self._is_code(cut.start):
            return str(begun[0]) + marks
        return marks

    def _hard_cut(self, at: int, room: int) -> tuple[_Cut, str]:
        """A cut within a word: between two of what people see as letters if that can be."""
        ends = [m.end() + at for m in regex.finditer(r"\X", self.text[at : at + room + 50])]
        between = [end for end in ends if self._may_cut(end)]
        for outside in (True, False):
            for end in reversed(between):
                closing = self._closing(end)
                fits = end - at + len(closing) <= room
                if fits and not (outside and self._is_within_whole(end)):
                    return _Cut(end, end, MARKED), closing
        end = at + max(1, room)
        return _Cut(end, end, MARKED), ""

    def _cuts(self) -> Iterator[_Cut]:
        for blanks in _BLANKS.finditer(self.text):
            end, start = blanks.span()
            spans = self._open(end)
            if not self._may_cut(end) or self._is_within_whole(end):
                continue
            if block := next((s for s in spans if s.is_block), None):
                if (line := blanks[0].find("\n")) < 0:
                    yield _Cut(end, start, CODE_WORD)
                elif start < block.outer:  # the next line keeps its indentation
                    yield _Cut(end, end + line + 1, CODE_LINE)
            elif spans:
                yield _Cut(end, start, MARKED)
            else:
                yield _Cut(end, start, self._rank(end, blanks[0]))
        for stop in _UNSPACED_END.finditer(self.text):
            at = stop.end()
            if not self._open(at) and self._may_cut(at) and not self._is_within_whole(at):
                yield _Cut(at, at, SENTENCE)

    def _rank(self, end: int, blanks: str) -> int:
        if "\n" in blanks:
            return PARAGRAPH if blanks.count("\n") > 1 else LINE
        before = self.text[max(0, end - 8) : end]
        ends_sentence = any(m.end() == len(before) for m in _SENTENCE_END.finditer(before))
        return SENTENCE if ends_sentence else WORD

    def _open(self, at: int) -> list[_Span]:
        """The spans that a cut at `at` lies within, the outermost first."""
        return [s for s in self.spans if s.inner < at < s.outer]

    def _closing(self, at: int) -> str:
        closing = ""
        for span in reversed(self._open(at)):
            in_line = span.is_block and not self.text[:at].endswith("\n")
            closing += ("\n" if in_line else "") + span.closing
        return closing

    def _may_cut(self, at: int) -> bool:
        """Not among a span's own marks, nor so that nothing stands between them."""
        return not any(s.start < at <= s.inner or s.outer <= at < s.end for s in self.spans)

    def _is_within_whole(self, at: int) -> bool:
        return any(start < at < end for start, end in self.wholes)

    def _is_code(self, at: int) -> bool:
        return any(s.start <= at < s.end and "`" in s.closing for s in self.spans)

    def _line_of(self, at: int) -> int:
        """Where the line begins in which `at` lies; a quote of many lines is one."""
        quoted = regex.search(r"^>>> ", self.text[:at], regex.MULTILINE)
        return quoted.start() if quoted else self.text.rfind("\n", 0, at) + 1


def _spans(text: str) -> list[_Span]:
    """The marked-up stretches of a text, the outer ones first. Marks without a partner are text."""
    spans = []
    for m in _FENCE.finditer(text):
        language = m[1] or ""
        if m[2].strip() and len(language) <= LONGEST_LANGUAGE:
            inner, outer = m.span(2)
            spans.append(
                _Span(m.start(), inner, outer, m.end(), f"```{language}\n", "```", is_block=True)
            )
    taken = [(s.start, s.end) for s in spans]
    for m in _CODE.finditer(text):
        if not _overlaps(m.span(), taken):
            spans.append(_Span(m.start(), m.start(2), m.end(2), m.end(), m[1], m[1]))
    taken = [(s.start, s.end) for s in spans]
    taken += [m.span() for m in _WHOLE.finditer(text)]
    spans += _emphasis(text, taken)
    return sorted(spans, key=lambda s: (s.start, -s.end))


def _emphasis(text: str, taken: list[tuple[int, int]]) -> Iterator[_Span]:
    begun: list[regex.Match[str]] = []
    for m in _MARK.finditer(text):
        if m[0].startswith("\\") or _overlaps(m.span(), taken):
            continue
        before, after = text[: m.start()][-1:], text[m.end() :][:1]
        opens, closes = bool(after.strip()), bool(before.strip())
        if m[0] == "_":
            opens, closes = opens and not before.isalnum(), closes and not after.isalnum()
        partner = next((n for n, one in enumerate(begun) if one[0] == m[0]), None)
        if closes and partner is not None:
            first = begun[partner]
            del begun[partner:]
            yield _Span(first.start(), first.end(), m.start(), m.end(), m[0], m[0])
        elif opens:
            begun.append(m)


def _overlaps(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)
