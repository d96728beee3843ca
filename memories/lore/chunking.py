"""A text about the world, cut into pieces that each say one thing and can be found alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from memories.unspaced import count_words

FEWEST_WORDS = 120  # a piece that has so many is closed before it would grow past the most
MOST_WORDS = 220
LONGEST = 4000  # characters: a text without spaces is one word, and is cut all the same

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+|(?<=[。！？])")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# What Markdown writes around words, which people don't say.
_MARKS = (
    (re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\s+\"[^\"]*\")?\)|\[[^\[\]]*\])"), r"\1"),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)([*_])(?=\S)([^*_\n]+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
    (re.compile(r"^ {0,3}(?:> ?)+", re.MULTILINE), ""),
    (re.compile(r"^ {0,3}(?:[-*_] ?){3,}$", re.MULTILINE), ""),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some paragraphs, and the headings that they stand under, outermost first."""

    content: str
    path: tuple[str, ...] = ()


def from_markdown(text: str) -> list[Piece]:
    """The pieces of a Markdown text: none reaches over a heading."""
    return [
        Piece(content, path)
        for path, blocks in _sections(_without_front_matter(text))
        for content in _packed(blocks)
    ]


def from_text(text: str) -> list[Piece]:
    """The pieces of a text whose paragraphs are parted by empty lines."""
    return [Piece(content) for content in _packed(_paragraphs(text.splitlines()))]


def title_of(text: str) -> str:
    """The first heading of a Markdown text; empty when there is none."""
    return next((path[-1] for path, _ in _sections(_without_front_matter(text)) if path), "")


def _without_front_matter(text: str) -> str:
    return _FRONT_MATTER.sub("", text.replace("\r\n", "\n"))


def _sections(text: str) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Headings and the paragraphs right under them, in order; a heading with none comes too."""
    path: list[tuple[int, str]] = []
    lines: list[str] = []
    fence = ""
    text = _COMMENT.sub("", text)
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if fence or mark:
            if not fence and mark:
                fence = mark[1]
            elif mark and mark[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
            lines.append(line)
            continue
        heading = _HEADING.match(line)
        underline = _UNDERLINE.match(line) if lines and lines[-1].strip() else None
        if heading:
            level, title = len(heading[1]), heading[2] or ""
        elif underline and (len(lines) < 2 or not lines[-2].strip()):
            level, title = (1 if underline[1][0] == "=" else 2), lines.pop()
        else:
            lines.append(line)
            continue
        yield tuple(name for _, name in path if name), _paragraphs(lines)
        path = [(above, name) for above, name in path if above < level]
        path.append((level, _plain(title).strip()))
        lines = []
    yield tuple(name for _, name in path if name), _paragraphs(lines)


def _paragraphs(lines: Iterable[str]) -> list[str]:
    """Lines without an empty one between them, as Markdown's marks are taken off."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            blocks[-1].append(line.rstrip())
        elif blocks[-1]:
            blocks.append([])
    joined = (_plain("\n".join(block)).strip() for block in blocks)
    return [block for block in joined if block]


def _plain(text: str) -> str:
    if text.lstrip().startswith(("```", "~~~")):
        return text
    for mark, instead in _MARKS:
        text = mark.sub(instead, text)
    return text


def _packed(blocks: Iterable[str]) -> list[str]:
    """Paragraphs, the long ones cut between sentences, put together to pieces of a good size."""
    pieces: list[list[str]] = []
    size = 0
    for block in blocks:
        for part in _cut(block):
            words = count_words(part)
            is_full = size + words > MOST_WORDS or (size >= FEWEST_WORDS and words >= FEWEST_WORDS)
            if pieces and not is_full and _length(pieces[-1]) + len(part) <= LONGEST:
                pieces[-1].append(part)
                size += words
            else:
                pieces.append([part])
                size = words
    return ["\n\n".join(parts) for parts in pieces]


def _length(parts: Iterable[str]) -> int:
    return sum(len(part) + 2 for part in parts)


def _cut(block: str) -> Iterator[str]:
    """A paragraph, or, if it is too long for a piece, runs of its sentences of about one size."""
    words = count_words(block)
    if words <= MOST_WORDS and len(block) <= LONGEST:
        yield block
        return
    parts = max(-(-words // MOST_WORDS), -(-len(block) // LONGEST))
    goal = -(-words // parts)
    run: list[str] = []
    size = 0
    for sentence in _sentences(block):
        count = count_words(sentence)
        is_long = _length(run) + len(sentence) > LONGEST
        if run and (size >= goal or size + count > MOST_WORDS or is_long):
            yield " ".join(run)
            run, size = [], 0
        run.append(sentence)
        size += count
    if run:
        yield " ".join(run)


def _sentences(block: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(block):
        words = sentence.split()
        if len(words) <= MOST_WORDS and len(sentence) <= LONGEST:
            if words:
                yield sentence.strip()
            continue
        for start in range(0, len(words), MOST_WORDS):
            run = " ".join(words[start : start + MOST_WORDS])
            yield from (run[at : at + LONGEST] for at in range(0, len(run), LONGEST))
