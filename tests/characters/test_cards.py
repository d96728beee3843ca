"""Cards are read whatever they came in, come out as they went in, and refuse to do harm."""

from __future__ import annotations

import base64
import copy
import io
import json
import struct
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from characters.cards import (
    CardRefused,
    become,
    png,
    read,
    read_all,
    read_stream,
    reading,
    shapes,
    zips,
)
from characters.cards.writing import as_v2, as_v3, overlaid, write

NOW = 1_700_000_000


def card(version: int = 3, **fields: Any) -> dict[str, Any]:
    """A card with something in every field."""
    data = {
        "name": "Seraphina",
        "description": "{{char}} guards the glade. Likes: tea, old maps, rain\n\n"
        "When she was seven, her village burned and she was alone.",
        "personality": "kind, shy, curious",
        "scenario": "A glade at night.",
        "first_mes": '*She looks up.* "Oh! You\'re awake, {{user}}."',
        "mes_example": '<START>\n{{user}}: Hi\n{{char}}: "I\'ve kept the kettle warm all night."',
        "creator_notes": "<b>Best with tea.</b>",
        "system_prompt": "Write well. {{original}}",
        "post_history_instructions": "Be brief. {{original}}",
        "alternate_greetings": ["Back so soon?"],
        "character_book": {
            "extensions": {"x": 1},
            "entries": [
                {"keys": ["fox"], "content": "The fox is old.", "extensions": {"depth": 4},
                 "enabled": True, "insertion_order": 7, "id": 3, "use_regex": False},
            ],
        },
        "tags": ["forest"],
        "creator": "somebody",
        "character_version": "1.2",
        "extensions": {"talkativeness": "0.7", "unknown/tool": {"a": [1, 2.50, None, "ü"]},
                       "depth_prompt": {"prompt": "Night falls.", "depth": 4, "role": "system"}},
        "unknown_field": {"deep": [{"er": True}]},
    }  # fmt: skip
    if version == 1:
        return {name: data[name] for name in shapes.V1} | fields
    if version == 3:
        data |= {"nickname": "Sera", "group_only_greetings": ["Everybody!"], "creation_date": 1,
                 "assets": [{"type": "icon", "uri": "ccdefault:", "name": "main", "ext": "png"}],
                 "source": ["https://example.org/x"]}  # fmt: skip
    spec = {"spec": f"chara_card_v{version}", "spec_version": f"{version}.0"}
    return {**spec, "data": data | fields, "beside": ["kept"]}


def raw(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def in_png(**texts: bytes) -> bytes:
    return png.with_texts(png.blank(4), texts)


def zipped(**files: bytes) -> bytes:
    return zips.packed((name.replace("__", "/").replace("_json", ".json"), one)
                       for name, one in files.items())  # fmt: skip


# --- what comes in goes out -----------------------------------------------------------------------


@pytest.mark.parametrize("version", [1, 2, 3])
def test_an_untouched_card_comes_out_as_the_bytes_that_went_in(version: int) -> None:
    """In JSON, PNG and CHARX alike."""
    text = raw(card(version))
    files = {"json": text, "png": in_png(ccv3=text) if version == 3 else in_png(chara=text)}
    if version == 3:
        files["charx"] = zipped(card_json=text, assets__x=b"an asset")
    for form, content in files.items():
        file = read(content, f"a.{form}")
        assert file.format == form
        made, changed = overlaid(file.card, become(file.card))
        assert not changed
        out = write(made, form=form, source=file, is_unchanged=True)
        if (version, form) != (1, "png"):
            assert out.content == content
            assert out.is_unchanged


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9),
        inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0<>"), max_size=300)


@settings(max_examples=60, deadline=None)
@given(
    version=st.sampled_from([2, 3]),
    description=_TEXT,
    greetings=st.lists(_TEXT, max_size=3),
    extensions=st.dictionaries(st.sampled_from(["a", "talkativeness", "world"]), _JSON),
    unknown=_JSON,
)
def test_whatever_a_card_holds_goes_round(
    version: int, description: str, greetings: list[str], extensions: Any, unknown: Any
) -> None:
    """Through every container, one after the other, with nothing lost or moved."""
    given_ = card(
        version,
        description=description,
        alternate_greetings=greetings,
        extensions=extensions,
        unknown_field=unknown,
    )
    there = read(raw(given_), "a.json").card
    made, changed = overlaid(there, become(there))
    assert not changed
    assert made == given_
    back = read(write(made, form="png").content, "a.png").card
    assert as_v3(given_)["data"] == back["data"]
    again = read(write(back, form="charx").content, "a.charx").card
    assert again == back
    v2 = read(write(back, form="json", spec=2).content, "b.json").card
    assert v2["spec"] == "chara_card_v2" and v2["data"] == back["data"]


def test_an_edit_overlays_only_what_it_touched() -> None:
    """Everything else keeps its content, unknown fields included."""
    given_ = card(3)
    was = become(given_)
    story = {**was.story, "scenario": "A harbour.", "background": "She sailed once."}
    own = {**was.own, "interests": [{"topic": "knots", "weight": 0.9}]}
    now = type(was)("Sera Finn", 0.2, story, own)
    made, changed = overlaid(given_, now, at=NOW)
    assert changed
    expected = copy.deepcopy(given_)
    expected["data"] |= {
        "name": "Sera Finn",
        "scenario": "A harbour.",
        "description": f"{was.story['identity']}\n\nShe sailed once.",
        "modification_date": NOW,
    }
    expected["data"]["extensions"] |= {
        "talkativeness": 0.2,
        "fishbowl": {"version": 1, "interests": [{"topic": "knots", "weight": 0.9}]},
    }
    assert made == expected
    assert become(made).own["interests"] == [{"topic": "knots", "weight": 0.9}]


def test_line_ends_and_blanks_of_a_form_are_no_edit() -> None:
    """A browser sends every line end as two letters, and Django trims."""
    given_ = card(3, description="One.\nTwo. ")
    was = become(given_)
    now = type(was)(was.name, was.talkativeness, {**was.story, "identity": "One.\r\nTwo."}, was.own)
    assert overlaid(given_, now) == (given_, False)


def test_what_becomes_of_the_fields() -> None:
    """Each where it belongs; what the prose says of tastes, nature, voice and past is guessed."""
    found = become(card(3))
    story = found.story
    assert found.talkativeness == 0.7
    assert story["nickname"] == "Sera"
    assert story["greetings"] == ['*She looks up.* "Oh! You\'re awake, {{user}}."', "Back so soon?"]
    assert story["group_greetings"] == ["Everybody!"]
    assert story["depth_note"] == "Night falls."
    assert story["post_history_note"] == "Be brief. {{original}}"
    assert [one["topic"] for one in found.own["interests"]] == ["tea", "old maps", "rain"]
    persona = found.own["persona"]
    assert persona["extraversion"] < 0.5 < persona["agreeableness"]
    (memory,) = found.own["formative_memories"]
    assert memory["content"].startswith("When she was seven") and memory["age_or_date"] == "seven"
    assert memory["emotional_valence"] < 0
    assert found.own["style"]["improv"]["openers"] == ["I've kept the kettle warm all night."]
    told = json.dumps([found.story, found.own])
    assert "Best with tea" not in told and "somebody" not in told and "forest" not in told


def test_a_newer_card_is_no_reason_to_refuse() -> None:
    """What isn't known is kept."""
    newer = card(3, alternate_greetings=None, character_book=None)
    newer |= {"spec": "chara_card_v4", "spec_version": "4.1"}
    file = read(raw(newer), "new.json")
    assert overlaid(file.card, become(file.card)) == (newer, False)


def test_a_first_card_becomes_a_second() -> None:
    """Its fields move into `data`, with all that V2 asks for."""
    made = as_v2(card(1, extra="kept"))
    assert made["data"]["extra"] == "kept"
    assert {"creator_notes", "tags", "extensions"} <= made["data"].keys()
    assert as_v3(made)["data"]["group_only_greetings"] == []


# --- what is refused ------------------------------------------------------------------------------


def _chunk(kind: bytes, data: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + crc


def _text(keyword: str, text: bytes) -> bytes:
    return _chunk(b"tEXt", keyword.encode() + b"\0" + base64.b64encode(text))


def _png(*between: bytes, size: tuple[int, int] = (1, 1)) -> bytes:
    head = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    return png.SIGNATURE + _chunk(b"IHDR", head) + b"".join(between) + _chunk(b"IEND", b"")


def _bomb() -> bytes:
    return b"chara\0\0" + zlib.compress(b"A" * 20_000_000)


def _zip(name: str, data: bytes = b"{}", mode: int = 0, twice: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for _ in range(1 + twice):
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            with pytest.warns(UserWarning) if _ else _quiet():
                made.writestr(info, data)
        made.writestr("card.json", raw(card(3)))
    return out.getvalue()


class _quiet:  # noqa: N801 - used as a word
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


GOOD = raw(card(3))
HOSTILE: dict[str, tuple[bytes, str]] = {
    "wrong CRC": (_png(_text("chara", GOOD)).replace(b"tEXtchara", b"tEXtCHARA"), "CRC"),
    "twice": (_png(_text("chara", GOOD), _text("chara", GOOD)), "'chara' stands twice"),
    "cut off": (_png(_text("chara", GOOD))[:-20], "whole file"),
    "long chunk": (_png(struct.pack(">I", 2**31 - 1) + b"tEXtchara"), "bytes long"),
    "packed bomb": (_png(_chunk(b"zTXt", _bomb())), "decompression bomb"),
    "huge picture": (_png(_text("chara", GOOD), size=(90_000, 90_000)), "pixels"),
    "no card": (_png(), "carries no card"),
    "no base64": (_png(_chunk(b"tEXt", b"chara\0!!!")), "no base64"),
    "no JSON in it": (_png(_text("chara", b"{oops")), "line 1"),
    "outside": (_zip("../../etc/passwd"), "points outside"),
    "absolute": (_zip("/etc/passwd"), "points outside"),
    "other slash": (_zip("a\\..\\b"), "points outside"),
    "link": (_zip("link", mode=0o120777), "is a link"),
    "zip bomb": (_zip("big", b"\0" * 30_000_000), "decompression bomb"),
    "file twice": (_zip("a", twice=True), "stands twice"),
    "directory lies": (_zip("a")[:-12] + struct.pack("<HI", 65_000, 2**31) + b"\0" * 6, "split it"),
    "deep": (b'{"data": ' + b"[" * 99_000 + b"]" * 99_000 + b"}", "nested too deeply"),

    "many lists": (b'{"a": [' + b"[]," * 120_000 + b"[]]}", "lists and objects"),
    "too long": (b'{"name": "' + b"x" * 4_100_000 + b'"}', "4,000,000 are allowed"),
    "key twice": (b'{"name": "a", "name": "b", "description": "c"}', "'name' stands twice"),
    "infinite": (b'{"name": "a", "description": "b", "x": 1e999}', "too large a number"),
    "not a number": (b'{"name": "a", "description": "b", "x": NaN}', "NaN is no JSON"),
    "nothing": (b"", "no character card"),
    "a page": (b"<html></html>", "no character card"),
    "other JSON": (b'{"name": "a"}', "neither a description"),
    "NUL": (raw(card(3, scenario="a\0b")), "data.scenario"),
    "half a letter": (b'{"name": "a", "description": "\\ud800"}', "half a character"),
    "script": (raw(card(3, description="Hi <script>alert(1)</script>")), "data.description holds"),
    "handler": (raw(card(3, first_mes="<img src=x onerror=alert(1)>")), "data.first_mes holds"),
    "script in a greeting": (raw(card(3, alternate_greetings=["a", "<ScRiPt>"])),
                             "data.alternate_greetings[1] holds"),
    "script in the book": (
        raw(card(3, character_book={"entries": [{"keys": [], "content": "<iframe src=x>"}]})),
        "data.character_book.entries[0].content holds"),
    "number for text": (raw(card(3, personality=5)), "data.personality is 5, which is no text"),
    "text for list": (raw(card(3, alternate_greetings="a, b")),
                      "data.alternate_greetings is \"a, b\", which is no list"),
    "number for tags": (raw(card(3, tags=5)), "data.tags is 5, which is no list"),
    "true for the version": (raw(card(3, character_version=True)),
                             "data.character_version is true, which is no text"),
    "UTF-16 cut off": (raw(card(3)).decode().encode("utf-16")[:-1], "neither UTF-8 nor UTF-16"),
    "list in list": (raw(card(3, alternate_greetings=[["a"]])), "data.alternate_greetings[0]"),
    "no extensions": (raw(card(3, extensions=[])), "data.extensions is no object"),
    "no data": (raw({"spec": "chara_card_v2", "data": 5}), "data is missing"),
    "no name": (raw(card(3, name=" ")), "data.name is missing"),
    "long name": (raw(card(3, name="a" * 81)), "81 letters"),
    "name on two lines": (raw(card(3, name="a\nb")), "line break"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_would_do_harm_is_refused_by_file_and_field(kind: str) -> None:
    """With a sentence that names both, and before it is unpacked."""
    content, said = HOSTILE[kind]
    with pytest.raises(CardRefused) as refused:
        read(content, "evil.card")
    assert said in str(refused.value)
    assert all(line.startswith("evil.card: ") for line in refused.value.problems)


def test_a_huge_file_is_refused_by_its_size_alone() -> None:
    """Not a byte of it is read."""

    class Untouched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError("it was read")

    with pytest.raises(CardRefused, match="500,000,000 bytes"):
        read_stream(Untouched(), 500_000_000, "huge.png")


@settings(max_examples=150, deadline=None)
@given(
    base=st.sampled_from([GOOD, in_png(ccv3=GOOD), zipped(card_json=GOOD, a=b"b")]),
    at=st.floats(0, 1),
    junk=st.binary(min_size=1, max_size=40),
    cut=st.booleans(),
)
def test_damaged_bytes_are_taken_or_refused_and_nothing_else(
    base: bytes, at: float, junk: bytes, cut: bool
) -> None:
    """Whatever stands in the file."""
    place = int(at * len(base))
    damaged = base[:place] + junk + (b"" if cut else base[place + len(junk) :])
    for one in read_all(damaged, "fuzz"):
        if isinstance(one, reading.CardFile) and not one.is_lorebook:
            become(one.card)


def test_a_zip_that_asks_for_a_later_version_is_refused() -> None:
    """As damage to one byte has it do."""
    entry = zipped(card_json=GOOD).replace(b"PK\1\2\x14\3\x14", b"PK\1\2\x14\3\x40")
    (refusal,) = read_all(entry, "later.charx")
    assert "the zip file can't be read" in str(refusal)


def test_a_zip_of_many_gives_those_that_can_be_taken() -> None:
    """And says what is wrong with the others."""
    bulk = zips.packed([("a.json", GOOD), ("b/b.png", in_png(chara=raw(card(2)))),
                        ("bad.json", b"{}"), ("notes.txt", b"no card")])  # fmt: skip
    good, png_card, bad = read_all(bulk, "many.zip")
    assert isinstance(good, reading.CardFile) and isinstance(png_card, reading.CardFile)
    assert png_card.label == "many.zip/b/b.png"
    assert isinstance(bad, CardRefused) and "many.zip/bad.json: " in str(bad)


def test_an_icon_is_found_in_the_file_and_never_fetched() -> None:
    """A picture by data: or from the zip is the face; an address is only told of."""
    face = png.blank(2)
    uri = f"data:image/png;base64,{base64.b64encode(face).decode()}"
    icon = {"type": "icon", "name": "main", "ext": "png"}
    by_data = read(raw(card(3, assets=[{**icon, "uri": uri}])), "a.json")
    assert by_data.picture == face
    inside = raw(card(3, assets=[{**icon, "uri": "embeded://assets/me.png"}]))
    assert read(zips.packed([("card.json", inside), ("assets/me.png", face)]), "a").picture == face
    far = read(raw(card(3, assets=[{**icon, "uri": "https://example.org/a.png"}])), "a.json")
    assert far.picture == b"" and "not fetched" in far.notes[0]
