"""Where a file may lie in a workspace: which paths are taken, and what is wrong with others. Pure.

What may stand in a name is listed, not what may not: whatever looks like a slash or a dot, turns
the text around or is no letter has no place in it. A path that passes reads the same everywhere.
"""

from __future__ import annotations

import unicodedata

import regex

LONGEST_PATH = 160  # characters
LONGEST_NAME = 80
MOST_FOLDERS = 5
MIME_TYPES = {
    "md": "text/markdown",
    "txt": "text/plain",
    "csv": "text/csv",
    "json": "application/json",
}

_MARKS = frozenset(" -_'’,()!")
# Letters and digits that look like a slash, a backslash or a dot (Unicode's list of confusables).
_LOOK_ALIKE = frozenset("\u2cc6\u30ce\u4e3f\u3033\u4e36\ua4f8\u0660\u06f0\u0701\u0702\ua60e")
_SCRIPTS = (
    "Latin", "Greek", "Cyrillic", "Armenian", "Hebrew", "Arabic", "Devanagari", "Bengali", "Tamil",
    "Thai", "Georgian", "Hangul", "Hiragana", "Katakana", "Han",
)  # fmt: skip
_IN_SCRIPT = {name: regex.compile(rf"\p{{Script={name}}}") for name in _SCRIPTS}
_TOGETHER = (  # scripts that are written with each other
    frozenset({"Han", "Hiragana", "Katakana", "Latin"}),
    frozenset({"Han", "Hangul", "Latin"}),
)


class BadPath(ValueError):
    """A path won't do. `kind` says in a word what is wrong; the text says how to mend it."""

    def __init__(self, kind: str, remedy: str) -> None:
        super().__init__(remedy)
        self.kind = kind


def checked(path: object) -> str:
    """The path as it is stored: relative, of plain names, one of text files.

    Raises:
        BadPath: it won't do.
    """
    if not isinstance(path, str) or not path:
        raise BadPath("empty", "path: name a file, such as notes/harbour.md.")
    if len(path) > LONGEST_PATH:
        raise BadPath("too_long", f"path: use at most {LONGEST_PATH} characters.")
    if "\0" in path:
        raise BadPath("nul", "path: it holds a NUL character. Leave it out.")
    if any("\ud800" <= letter <= "\udfff" for letter in path):
        raise BadPath("character", "path: it holds half a character. Use plain ones.")
    if "\\" in path:
        raise BadPath("backslash", "path: part folders by / and use no backslash.")
    if path.startswith(("/", "~")) or path[1:2] == ":":
        raise BadPath(
            "absolute", "path: begin with a folder's or the file's name, not with a root."
        )
    composed = unicodedata.normalize("NFC", path)
    if unicodedata.normalize("NFKC", composed) != composed:
        raise BadPath(
            "look_alike", "path: it holds characters that stand for others. Use plain ones."
        )
    *folders, name = composed.split("/")
    if len(folders) > MOST_FOLDERS:
        raise BadPath("too_deep", f"path: use at most {MOST_FOLDERS} folders in one another.")
    for part in (*folders, name):
        _check_part(part)
    if any("." in folder for folder in folders):
        raise BadPath("folder", "path: a folder's name has no dot.")
    stem, _, ending = name.rpartition(".")
    if not stem or ending not in MIME_TYPES:
        raise BadPath("ending", f"path: end the name in one of .{', .'.join(MIME_TYPES)}.")
    return composed


def mime_type(path: str) -> str:
    """What kind of text a checked path names."""
    return MIME_TYPES[path.rpartition(".")[2]]


def named(title: str, ending: str = "md") -> str:
    """A file's name made of a title, which may hold anything."""
    plain = unicodedata.normalize("NFKD", title.replace("'", "").replace("’", ""))
    kept = "".join(c if c.isalnum() else " " for c in plain if c.isascii())
    slug = "-".join(kept.casefold().split())[:60].strip("-")
    return f"{slug or 'untitled'}.{ending}"


def _check_part(part: str) -> None:
    if part in ("", ".", ".."):
        raise BadPath("traversal", "path: it must not hold empty parts, . or ..")
    if len(part) > LONGEST_NAME or len(part.encode()) > 255:
        raise BadPath("too_long", f"path: use at most {LONGEST_NAME} characters in one name.")
    if part[0] in ". " or part[-1] in ". ":
        raise BadPath("edge", "path: no name begins or ends in a dot or a space.")
    for one in part:
        is_plain = unicodedata.category(one)[0] in "LMN" and unicodedata.category(one) != "Nl"
        if one in _LOOK_ALIKE or not (is_plain or one in _MARKS or one == "."):
            shown = unicodedata.name(one, f"U+{ord(one):04X}").lower()
            raise BadPath(
                "character", f"path: {shown} can't stand in a name. Use letters, digits, - and _."
            )
    if ".." in part:
        raise BadPath("traversal", "path: no two dots follow one another.")
    scripts = {name for name, pattern in _IN_SCRIPT.items() if pattern.search(part)}
    if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
        raise BadPath(
            "look_alike", "path: a name is written in one script; letters of others look alike."
        )
