"""Which paths a workspace takes: plain ones; whatever could lead elsewhere or look like another is
refused, whoever tries it."""

from __future__ import annotations

import posixpath
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from characters.filepaths import BadPath, checked, mime_type, named


@pytest.mark.parametrize(
    "path",
    ["a.md", "notes/harbour light.md", "works/the-kettle.txt", "日記/今日.md", "Ångström/ölk.md"],
)
def test_it_takes_plain_paths(path: str) -> None:
    assert checked(path) == path
    assert mime_type(path).startswith("text/")


def test_it_stores_one_form_of_the_same_letters() -> None:
    assert checked(unicodedata.normalize("NFD", "Ångström.md")) == "Ångström.md"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "empty"),
        (None, "empty"),
        ("../a.md", "traversal"),
        ("notes/../../a.md", "traversal"),
        ("notes//a.md", "traversal"),
        ("./a.md", "traversal"),
        ("notes/a..md", "traversal"),
        ("/etc/passwd", "absolute"),
        ("~/a.md", "absolute"),
        ("C:/a.md", "absolute"),
        ("a\0.md", "nul"),
        ("..\\a.md", "backslash"),
        ("notes\u2215a.md", "character"),  # division slash
        ("notes\u2044a.md", "character"),  # fraction slash
        ("notes\u29f8a.md", "character"),  # big solidus
        ("notes\uff0fa.md", "look_alike"),  # full-width slash
        ("\u2024\u2024/a.md", "look_alike"),  # one dot leaders
        ("\u2025/a.md", "look_alike"),  # two dot leader
        ("notes\u30cea.md", "character"),  # a katakana that looks like a slash
        ("d\u0456ary.md", "look_alike"),  # a Cyrillic i among Latin letters
        ("a\u202egnp.md", "character"),  # right-to-left override
        ("a\u200b.md", "character"),  # zero width
        ("a%2f..%2fb.md", "character"),
        ("a%2fb.md", "character"),
        (".hidden.md", "edge"),
        ("notes /a.md", "edge"),
        ("a.exe", "ending"),
        ("a", "ending"),
        ("x" * 81 + ".md", "too_long"),
        ("notes/" * 40 + "a.md", "too_long"),
        ("a/b/c/d/e/f/g.md", "too_deep"),
        ("a.md/b.md", "folder"),
    ],
)
def test_it_refuses_and_says_why(path: object, kind: str) -> None:
    with pytest.raises(BadPath) as refused:
        checked(path)
    assert refused.value.kind == kind
    assert str(refused.value).startswith("path: ")


HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from("/\\.~: %\0\u2024\u2025\uff0e\uff0f\u2215\u2044\u29f8\u30ce\u0456ab"),
        st.characters(),
    ),
    max_size=30,
)


@given(st.one_of(HOSTILE, HOSTILE.map(lambda text: f"{text}.md")))
def test_what_passes_leads_nowhere_else(text: str) -> None:
    try:
        path = checked(text)
    except BadPath:
        return
    assert checked(path) == path == posixpath.normpath(path)
    assert unicodedata.normalize("NFKC", path) == path
    assert not PurePosixPath(path).is_absolute()
    assert not PureWindowsPath(path).anchor
    assert ".." not in path
    assert "\\" not in path
    assert path.isprintable()


@given(st.text())
def test_any_title_names_a_file(title: str) -> None:
    assert checked(named(title)) == named(title)
