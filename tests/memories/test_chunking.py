"""Texts, cut where their paragraphs and sentences end, and never across a heading."""

from __future__ import annotations

import pytest

from memories.lore.chunking import LONGEST, MOST_WORDS, from_markdown, from_text, title_of


def words(n: int, word: str = "rope") -> str:
    """A paragraph of sentences of ten words."""
    return " ".join(f"{word.capitalize()} {'lies ' * 8}wet." for _ in range(n // 10))


def test_pieces_know_the_headings_they_stand_under() -> None:
    text = (
        "Before.\n# Island\nHills.\n\n## Bar #\nA stove.\n## Quay\nBoats.\n# Sea\n### Deep\nCold."
    )
    assert [(p.path, p.content) for p in from_markdown(text)] == [
        ((), "Before."),
        (("Island",), "Hills."),
        (("Island", "Bar"), "A stove."),
        (("Island", "Quay"), "Boats."),
        (("Sea", "Deep"), "Cold."),
    ]
    assert title_of(text) == "Island"


def test_headings_may_be_underlined() -> None:
    assert [p.path for p in from_markdown("The Bar\n=======\nWarm.\n\nStove\n---\nHot.")] == [
        ("The Bar",),
        ("The Bar", "Stove"),
    ]


def test_a_text_without_headings_has_no_title() -> None:
    assert title_of("Only talk.\n#hashtag is none.") == ""


def test_paragraphs_are_put_together_to_a_good_size() -> None:
    text = "\n\n".join(words(50, word) for word in ("rope", "sail", "keel", "mast", "oar"))
    sizes = [len(p.content.split()) for p in from_text(text)]
    assert sizes == [200, 50]


@pytest.mark.parametrize("length", [230, 500, 1000, 3000])
def test_a_long_paragraph_is_cut_between_sentences_of_about_one_size(length: int) -> None:
    pieces = from_text(words(length))
    sizes = [len(p.content.split()) for p in pieces]
    assert sum(sizes) == length
    assert max(sizes) <= MOST_WORDS
    assert min(sizes) >= 80
    assert all(p.content.endswith("wet.") for p in pieces)


def test_a_sentence_without_end_and_a_word_without_end_are_cut_too() -> None:
    assert [len(p.content.split()) for p in from_text("salt " * 500)] == [220, 220, 60]
    assert max(len(p.content) for p in from_text("x" * 10_000)) <= LONGEST
    assert sum(p.content.count("水") for p in from_text("水。" * 9_000)) == 9_000


def test_nothing_is_lost_and_nothing_is_said_twice() -> None:
    text = "\n\n".join(f"# H{n}\n\n" + words(10 * n, f"w{n}") for n in range(1, 30))
    pieces = from_markdown(text)
    for n in range(1, 30):
        assert sum(p.content.split().count(f"W{n}") for p in pieces) == n


def test_a_change_in_one_section_leaves_the_pieces_of_others_alone() -> None:
    sections = [f"# H{n}\n\n" + words(300, f"w{n}") for n in range(5)]
    before = {p.content for p in from_markdown("\n\n".join(sections))}
    sections[2] += "\n\nAnd one thing more."
    after = {p.content for p in from_markdown("\n\n".join(sections))}
    assert len(before - after) <= 1
    assert len(after - before) <= 2


def test_marks_are_taken_off_and_words_stay() -> None:
    text = (
        "---\ntitle: x\n---\n# The **Bar**\n<!-- for me -->\nA *small* [stove](http://a.b/c) and a "
        "`clock`, __wrong__ by ten; snake_case and 2 * 3 * 4 stay.\n> Quoted.\n\n---\n\n"
        "- one\n- two"
    )
    (piece,) = from_markdown(text)
    assert piece.path == ("The Bar",)
    assert piece.content == (
        "A small stove and a clock, wrong by ten; snake_case and 2 * 3 * 4 stay.\nQuoted.\n\n"
        "- one\n- two"
    )


def test_what_stands_in_a_fence_is_no_heading() -> None:
    (piece,) = from_markdown("# Log\n```\n# wind light\n```\nThat was all.")
    assert piece.content == "```\n# wind light\n```\nThat was all."


@pytest.mark.parametrize("text", ["", "\n\n", "# Only\n## Headings\n", "<!-- nothing -->"])
def test_what_says_nothing_has_no_pieces(text: str) -> None:
    assert from_markdown(text) == []
