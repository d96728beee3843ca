"""Lorebooks: both forms are read, whatever is wrong is told, and entries come up by their keys."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from fishbowl.macros import with_names
from memories.lore.lorebooks import Entry, LorebookRefused, parse
from memories.lore.lorekeys import Lines, Terms, hits

WORLD_INFO = {
    "entries": {
        "0": {
            "uid": 0,
            "key": ["ferry", "boat"],
            "keysecondary": ["late"],
            "comment": "The ferry",
            "content": "She is late.",
            "constant": False,
            "selective": True,
            "selectiveLogic": 0,
            "order": 50,
            "position": 4,
            "depth": 4,
            "disable": False,
            "caseSensitive": None,
            "probability": 80,
            "vectorized": False,
        },
        "1": {"key": [], "content": "It rains.", "constant": True, "disable": True, "order": 1},
    },
    "originalData": {"name": "x"},
}
BOOK = {
    "name": "Skerry Haven",
    "scan_depth": 4,
    "extensions": {"a": 1},
    "entries": [
        {
            "keys": ["bar", " bar ", ""],
            "content": "A stove.",
            "extensions": {"weight": 10, "position": 1},
            "enabled": True,
            "insertion_order": 7,
            "case_sensitive": True,
            "name": "The bar",
            "priority": 3,
            "secondary_keys": ["stove"],
            "position": "before_char",
        }
    ],
}


def book(*entries: dict[str, Any]) -> str:
    return json.dumps({"entries": list(entries)})


def test_world_info_is_read() -> None:
    ferry, rain = parse(json.dumps(WORLD_INFO)).entries
    assert ferry == Entry(
        content="She is late.",
        keys=("ferry", "boat"),
        secondary_keys=("late",),
        is_selective=True,
        insertion_order=50,
        name="The ferry",
        extensions=ferry.extensions,
    )
    assert (rain.is_constant, rain.is_enabled, rain.insertion_order) == (True, False, 1)


def test_a_character_book_is_read_alone_in_a_card_and_as_v3() -> None:
    alone = parse(json.dumps(BOOK))
    assert alone.name == "Skerry Haven"
    (bar,) = alone.entries
    assert (bar.keys, bar.secondary_keys, bar.content) == (("bar",), ("stove",), "A stove.")
    assert (bar.is_case_sensitive, bar.insertion_order, bar.name) == (True, 7, "The bar")
    card = {"spec": "chara_card_v2", "data": {"name": "Odile", "character_book": BOOK}}
    assert parse(json.dumps(card)) == alone
    assert parse(json.dumps({"spec": "lorebook_v3", "data": BOOK})) == alone


def test_every_field_that_is_not_known_here_goes_along() -> None:
    ferry, _ = parse(json.dumps(WORLD_INFO)).entries
    known = {"key", "keysecondary", "content", "selective", "constant", "caseSensitive", "disable",
             "order"}  # fmt: skip
    given = WORLD_INFO["entries"]["0"]
    assert ferry.extensions == {name: given[name] for name in given if name not in known}
    (bar,) = parse(json.dumps(BOOK)).entries
    assert bar.extensions["extensions"] == {"weight": 10, "position": 1}
    assert bar.extensions["priority"] == 3


def test_decorators_say_when_an_entry_comes_up_and_are_no_content() -> None:
    always, never, more = parse(
        book(
            {"keys": [], "content": "@@activate\n@@depth 3\nAlways here."},
            {"keys": ["x"], "constant": True, "content": "@@dont_activate\nNever."},
            {"keys": ["x"], "content": "@@additional_keys y, z\nOften.\n@@ stays"},
        )
    ).entries
    assert (always.content, always.is_constant) == ("Always here.", True)
    assert always.extensions["decorators"] == ["activate", "depth 3"]
    assert (never.is_constant, never.keys) == (False, ())
    assert (more.keys, more.content) == (("x", "y", "z"), "Often.\n@@ stays")


def test_keys_may_stand_in_one_text() -> None:
    birds, runs = parse(
        book(
            {"key": "gull, tern,", "keysecondary": "nest", "content": "Birds nest."},
            {"keys": "/a{1,3}/", "content": "It goes on."},
        )
    ).entries
    assert (birds.keys, birds.secondary_keys) == (("gull", "tern"), ("nest",))
    assert runs.keys == ("/a{1,3}/",)


def test_an_entry_without_content_is_passed_over() -> None:
    read = parse(book({"keys": ["x"], "content": " ", "name": "Part 1"}, {"content": "Said."}))
    assert [entry.content for entry in read.entries] == ["Said."]
    assert read.passed_over == ("entry 1 ('Part 1'), which has no content",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"entries": [\n {"keys": oops}]}', "line 2, column 11: the JSON can't be understood"),
        ("[]", "the JSON is no object"),
        ("{}", "There are no entries"),
        ('{"entries": []}', "entries is empty"),
        ('{"entries": {"7": 3}}', "entry 7 holds no fields: remove it"),
        (book({"content": 5}), "entry 1: content is no text: put it in double quotes."),
        (book({"content": "x" * 20_001}), "content has 20,001 letters; 20,000 are allowed: split"),
        (book({"keys": [3], "content": "x"}), "entry 1: keys is no list of texts"),
        (book({"keys": ["x" * 201], "content": "x"}), "a key of 201 letters"),
        (book({"keys": [str(n) for n in range(201)], "content": "x"}), "has 201 keys; 200 are"),
        (book({"enabled": "yes", "content": "x"}), "entry 1: enabled is 'yes': write true or fal"),
        (book({"insertion_order": 1.5, "content": "x"}), "insertion_order is 1.5: write a whole"),
        (book({"insertion_order": 2**40, "content": "x"}), "write a whole number"),
        (book({"insertion_order": True, "content": "x"}), "write a whole number"),
        (book({"keys": ["/(/i"], "content": "x", "name": "B"}), "entry 1 ('B'): keys holds /(/i, "),
        (book({"keys": ["("], "use_regex": True, "content": "x"}), "which is no regular express"),
        (
            book({"keys": ["a"], "secondary_keys": ["("], "use_regex": True, "content": "x"}),
            "holds (, which is no regular expression",
        ),
        (
            book({"keys": ["a"], "content": "@@exclude_keys b, /(/\nx"}),
            "holds /(/, which is no reg",
        ),
        ('{"entries": [{"content": "a", "order": NaN}]}', "NaN is no JSON number"),
        ('{"entries": [{"content": "a\\u0000"}]}', "holds \\u0000, which no text has"),
        ('{"entries": [{"content": "a\\ud800"}]}', "half a character"),
        ("[" * 100_000, "nested too deeply"),
        ('{"entries": ' + "[" * 60 + "]" * 60 + "}", "nested too deeply"),
        (book({"content": " "}), "No entry has any content"),
        (json.dumps({"entries": [{}] * 5001}), "5,001 entries; 5,000 are allowed: split the book"),
        ('{"entries": [{"insertion_order": 1' + "0" * 5000 + "}]}", "can't be understood"),
    ],
)
def test_it_says_what_is_wrong_and_what_to_do(text: str, sentence: str) -> None:
    with pytest.raises(LorebookRefused) as caught:
        parse(text)
    assert sentence in str(caught.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(LorebookRefused) as caught:
        parse(book(*({"content": n} for n in range(25))))
    said = str(caught.value).splitlines()
    assert (len(said), said[-1]) == (21, "And 5 more.")


# --- keys -----------------------------------------------------------------------------------------


def found(text: str, *keys: str, **options: Any) -> tuple[str, ...]:
    return hits(Lines([text]), keys, **options)


@pytest.mark.parametrize(
    ("text", "key", "is_there"),
    [
        ("The ferry is late.", "ferry", True),
        ("FERRY!", "ferry", True),
        ("Two ferrymen came.", "ferry", False),
        ("a ferry-boat", "ferry", True),
        ("the ice house burns", "ice house", True),
        ("the ice houses burn", "ice house", False),
        ("ferrymen on the ferry", "ferry", True),
        ("He said: C++ is fine", "C++", True),
        ("Straße", "STRASSE", True),
        ("café", "caf", False),
        ("O’Malley’s is open", "O'Malley's", True),
        ("Is O'Malley's open?", "o’malley’s", True),
    ],
)
def test_keys_are_whole_words(text: str, key: str, is_there: bool) -> None:
    assert bool(found(text, key)) is is_there


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("the caf\u00e9 is", "cafe\u0301"),
        ("the cafe\u0301 is", "caf\u00e9"),
        ("off to the ice\nhouse", "ice house"),
    ],
)
def test_letters_in_two_parts_and_line_breaks_hide_no_key(text: str, key: str) -> None:
    assert hits(Lines([text]), [key]) == (key,)
    assert hits(Lines([text]), [key], is_case_sensitive=True) == (key,)


def test_case_counts_where_the_entry_says_so() -> None:
    assert found("Patience, please.", "patience") == ("patience",)
    assert found("patience, please.", "Patience", is_case_sensitive=True) == ()
    assert found("On Patience.", "Patience", is_case_sensitive=True) == ("Patience",)


@pytest.mark.parametrize(
    ("logic", "text", "comes"),
    [
        (0, "ferry late", True), (0, "ferry", False),
        (1, "ferry late", True), (1, "ferry late fog", False),
        (2, "ferry", True), (2, "ferry fog", False),
        (3, "ferry late fog", True), (3, "ferry late", False),
        (None, "ferry fog", True), (None, "late fog", False),
    ],
)  # fmt: skip
def test_secondary_keys_decide_in_the_way_the_entry_names(
    logic: int | None, text: str, comes: bool
) -> None:
    terms = Terms.of({} if logic is None else {"selectiveLogic": logic})
    entry: dict[str, Any] = {"secondary_keys": ("late", "fog"), "terms": terms}
    assert bool(found(text, "ferry", is_selective=True, **entry)) is comes
    assert bool(found(text, "ferry", **entry)) is ("ferry" in text)


def test_an_entry_may_look_at_fewer_lines_and_at_parts_of_words() -> None:
    lines = Lines(["the ferry", "the tide"])
    assert hits(lines, ["ferry"]) == ("ferry",)
    assert hits(lines, ["ferry"], terms=Terms.of({"scanDepth": 1})) == ()
    assert hits(lines, ["ferry"], terms=Terms.of({"extensions": {"scan_depth": 1}})) == ()
    assert hits(lines, ["fer"], terms=Terms.of({"matchWholeWords": False})) == ("fer",)


def test_keys_may_be_regular_expressions() -> None:
    assert found("The FERRIES are in", "/ferr(y|ies)/i") == ("/ferr(y|ies)/i",)
    assert found("The FERRIES are in", "/ferr(y|ies)/") == ()
    assert found("page 12", r"\d+", terms=Terms.of({"use_regex": True})) == (r"\d+",)
    assert found("either/or", "either/or") == ("either/or",)


def test_words_that_sillytavern_calls_expressions_stay_words() -> None:
    """It writes `use_regex` of every entry of a card; of what is written as `/…/` that is so."""
    its = {"selectiveLogic": 0, "useProbability": True, "display_index": 1, "case_sensitive": True}
    exported = {"use_regex": True, "case_sensitive": None, "extensions": its, "content": "x"}
    (entry,) = parse(book({**exported, "keys": ["Rat", "Smith (old", "/RAT+/i"]})).entries
    assert entry.is_case_sensitive
    for text, keys in [
        ("What a strategy, and no rat", ("/RAT+/i",)),
        ("The Rat", ("Rat", "/RAT+/i")),
        ("Is Smith (old one) in?", ("Smith (old",)),
        ("Is Smith in, the old one?", ()),
    ]:
        terms = Terms.of(entry.extensions)
        assert found(text, *entry.keys, is_case_sensitive=True, terms=terms) == keys


def test_names_are_no_expressions() -> None:
    """Guests choose theirs: none may turn a key into an expression, or into a broken one."""
    for name in ("Smith (old", "/(/", "/.*/", "Mr. [", "A|x"):
        names = {"char": "Odile", "user": name}
        for key in ("{{user}}", "/{{user}}!/", "/^{{char}} and {{user}}/i"):
            assert found("Cold tea. x", key, **names) == ()
            assert found(f"Odile and {name}!", key, **names) == (with_names(key, "Odile", name),)
        options = {"use_regex": True, "decorators": ["exclude_keys {{user}}"]}
        assert found(f"{name} has tea", "te.", terms=Terms.of(options), **names) == ()
        assert found("There is tea", "te.", terms=Terms.of(options), **names) == ("te.",)


@pytest.mark.parametrize(
    "entry",
    [
        {"keys": ["/(/"]},
        {"keys": ["("], "extensions": {"use_regex": True}},
        {"keys": ["{{// for me}}"]},
        {"keys": ["{{// for me}}"], "extensions": {"matchWholeWords": False}},
        {"extensions": {"decorators": ["exclude_keys /(/", "scan_depth " + "9" * 5_000]}},
        {"secondary_keys": ["tea"], "is_selective": True, "extensions": {"selectiveLogic": []}},
    ],
)
def test_no_entry_silences_a_talk(entry: dict[str, Any]) -> None:
    """Whatever got into the database: what can't be looked for is not there."""
    terms = Terms.of(entry.get("extensions", {}))
    entry = {name: value for name, value in entry.items() if name != "extensions"}
    assert hits(Lines(["There is tea."]), **{"keys": ["tea"], **entry}, terms=terms) == (
        () if "keys" in entry else ("tea",)
    )


def test_an_expression_that_would_take_forever_is_given_up() -> None:
    lines = Lines(["a" * 2_000 + "!"] * 5)
    began = time.monotonic()
    evil = [f"/^(a|a{{1,{n}}}|aa)+$/" for n in range(2, 40)]
    assert hits(lines, [*evil, "/!/"]) == ()
    assert time.monotonic() - began < 2
    assert lines.left_s <= 0
    assert hits(Lines(["!"]), ["/!/"]) == ("/!/",)


def test_decorators_narrow_when_an_entry_comes_up() -> None:
    """By keys that speak against it, and by how far back is looked."""
    lines = Lines(["The ferry is late.", "And the tea?", "Cold."])
    against = Terms.of({"decorators": ["exclude_keys tea, coffee"]})
    assert hits(lines, ["ferry"], terms=against) == ()
    assert hits(Lines(["The ferry."]), ["ferry"], terms=against) == ("ferry",)
    assert hits(lines, ["ferry"], terms=Terms.of({"decorators": ["scan_depth 2"]})) == ()
    assert hits(lines, ["tea"], terms=Terms.of({"decorators": ["scan_depth 2"]})) == ("tea",)


# --- names ----------------------------------------------------------------------------------------


def test_names_are_filled_in_where_they_are_known() -> None:
    text = "{{Char}} greets {{ user }} and <BOT> waits.{{// not yet}}{{hidden_key:ferry}}"
    assert with_names(text, "Odile", "Ada") == "Odile greets Ada and Odile waits."
    assert with_names(text, "Odile") == "Odile greets {{ user }} and Odile waits."
    assert with_names(r"{{char}}", r"\1") == r"\1"
