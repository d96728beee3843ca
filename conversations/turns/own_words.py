"""What of an answer are the speaker's own words: names before them, other speakers' lines, stage
directions, fences and quotation marks are taken off. Pure."""

from __future__ import annotations

import re

from fishbowl.llm.types import Brief

# A line as the prompt's transcript writes it begins with when it was said: models write on in kind.
_WHEN = r"(?:\[[^\]\n]{1,40}\]\s*)?"
_AFTER_NAME = r"\**(?:\s*(?:\([^)\n]{1,60}\)|\*[^*\n]{1,60}\*))?\s*[:：]\**\s*"
_AGO = r"\[(?:just now|\d+ \w+ ago)[^\]\n]*\]"
_NOBODY = ("User", "System", "Human", "Assistant")
_FENCED = re.compile(r"```[\w-]*[ \t]*\n(.*?)\n?```", re.DOTALL)
_QUOTES = ('""', "“”", "„“", "„”", "«»", "»«", "‘’", "「」", "『』")
_BRACKETS = re.compile(r"^\s*(?:\[[^\]\n]{1,120}\]|\([^)\n]{1,120}\))\s*")
_STARRED = re.compile(r"(?<!\*)\*(?!\*)([^*\n]{1,160})\*(?!\*)")
# Within a sentence stars are emphasis, but for what somebody does.
_DEED = re.compile(r"[a-z]{2,}(?:s|ing)")
_NO_DEED = re.compile(
    r"is|was|has|does|his|its|this|thus|yes|us|as|always|perhaps|less|unless|besides|sometimes"
    r"|(?:no|some|any|every)thing|during|being|having|doing|going"
)
_ONE_DEED = re.compile(
    r"(?:nod|smile|grin|sigh|shrug|laugh|wink|chuckle|pause|wave|bow|blink|frown|giggle|yawn|snort"
    r"|hum|cough|groan|smirk)s|(?:nodd|smil|grinn|sigh|laugh)ing"
)


def own_words(said: str, brief: Brief, edits: list[str]) -> str:
    """The words of the speaker of `brief` in an answer; what was done to it goes to `edits`."""
    if whole := _FENCED.fullmatch(said):
        said = whole[1].strip()
        edits.append("Took it out of a fence.")
    said = re.sub(r"[ \t]*⏎[ \t]*", "\n", said).strip()  # how the prompt writes an end of line
    said = _only_own_lines(said, brief, edits)
    said = _without_stage(said, edits)
    return _unquoted(said, edits)


def _only_own_lines(said: str, brief: Brief, edits: list[str]) -> str:
    """Keep what the speaker says; cut where it begins to speak for others."""
    others = {line.speaker for line in brief.lines if not line.is_own} | {
        one.name for one in brief.listeners
    }
    others -= {brief.speaker}
    own = re.match(
        rf"^\s*{_WHEN}\**(?:{_any([*_called(brief.speaker, others), 'Assistant'])}){_AFTER_NAME}",
        said,
        re.IGNORECASE,
    )
    if own:
        said = said[own.end() :]
        edits.append("Took off its own name.")
    names = _any(sorted({*others, brief.speaker, *_NOBODY} - {""}))
    cut = re.search(
        rf"(?:^|\n)\s*(?:{_WHEN}\**(?:{names}){_AFTER_NAME}|{_AGO}\s*[^\n:：]{{1,40}}[:：])",
        said,
        re.IGNORECASE,
    )
    if cut:
        said = said[: cut.start()]
        edits.append("Cut lines of other speakers.")
    return said.strip()


def _called(name: str, others: set[str]) -> list[str]:
    """What a speaker may write before its own line: its name, or its first or last."""
    words = name.split()
    short = [word for word in (words[:1] + words[-1:]) if len(word) > 2]
    taken = {other.lower() for other in others}
    return [name, *(word for word in short if word.lower() not in taken)]


def _any(names: list[str]) -> str:
    return "|".join(re.escape(name) for name in names)


def _without_stage(said: str, edits: list[str]) -> str:
    stripped = said
    while True:
        bare = _BRACKETS.sub("", stripped, count=1)
        bare = _STARRED.sub(_stage_gone, bare).lstrip()
        if bare == stripped or not any(c.isalnum() for c in bare):
            break
        stripped = bare
    if stripped != said:  # blanks that run together are no edit worth a word
        edits.append("Took out stage directions.")
    return re.sub(r"[ \t]{2,}", " ", stripped).strip()


def _stage_gone(starred: re.Match[str]) -> str:
    return "" if _is_stage(starred) else starred[0]


def _is_stage(starred: re.Match[str]) -> bool:
    """Whether what stands between stars is done, not said: it stands by itself, between sentences,
    or tells a deed. Taking a stressed word out would turn what is said into its contrary."""
    before = starred.string[: starred.start()].rstrip(" \t")
    after = starred.string[starred.end() :].lstrip(" \t")
    begins = not before or before[-1] in '\n.!?…。！？"”»—–'
    ends = not after or not (after[0].islower() or after[0] in ",.;:!?…。！？")
    if begins and ends:
        return True
    words = starred[1].split()
    if not words:
        return True
    if _NO_DEED.fullmatch(words[0]):
        return False
    deed = _DEED if len(words) > 1 else _ONE_DEED
    return deed.fullmatch(words[0]) is not None


def _unquoted(said: str, edits: list[str]) -> str:
    """Without quotation marks around all of it. Whole lines alone: what begins with a title and
    ends with a quotation keeps both."""
    within = said[1:-1]
    for pair in _QUOTES:
        if within and said[0] + said[-1] == pair and not set(pair) & set(within):
            edits.append("Took off quotation marks.")
            return within.strip()
    return said
