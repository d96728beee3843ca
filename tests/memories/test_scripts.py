"""What is said in any script, and with or without accents, comes to mind."""

# ruff: noqa: E501 — wide characters count twice

from __future__ import annotations

import pytest
from django.db import connection

from characters.models import Character
from memories.formation.echo import content_words, coverage
from memories.formation.traces import worth_keeping
from memories.models import Memory
from memories.unspaced import count_words
from memories.writing import NewMemory, store
from tests.builders import NOON
from tests.memories.recalling import DAY, ask, make_wren

CHINESE = (
    "我住在奥斯陆的一条小街上。", "我姐姐在里斯本的屋顶上养蜜蜂。", "我对核桃过敏。", "昨天的渡船晚了两个小时。",
    "我的猫叫小黑，它很喜欢鱼。", "我星期五要去看牙医。", "这家面包店的面包最好吃。",
)  # fmt: skip
JAPANESE = (
    "私はオスロに住んでいます。", "姉はリスボンの屋根で蜂を飼っています。", "くるみアレルギーがあります。",
    "昨日のフェリーは二時間遅れました。", "猫の名前はクロです。",
)  # fmt: skip
THAI = (
    "ฉันอาศัยอยู่ที่กรุงเทพ", "พี่สาวของฉันเลี้ยงผึ้งบนหลังคา", "ฉันแพ้ถั่ววอลนัท", "เรือข้ามฟากมาสายสองชั่วโมง",
)  # fmt: skip
EUROPEAN = (
    "Meine Schwester heißt Zoë Müller und wohnt in Tromsø.", "Mein Bruder züchtet Bienen in Graz.",
    "J'habite à Besançon depuis l'été.", "Ma tante élève des chèvres à Nîmes.",
    "Mi primo vive en Málaga y toca el acordeón.", "El niño perdió su cometa.",
    "Моя сестра живёт в Осло.", "Мой брат разводит пчёл на крыше.",
)  # fmt: skip


def tell(*said: str) -> int:
    wren = make_wren()
    store(
        [
            NewMemory(
                owner_id=wren.pk, kind="conversation", content=f"Mei said: “{text}”",
                embedded_text=text, occurred_at=NOON - DAY, found_by="Tuesday 3 March 2026",
                session_key=f"talk {n}", visibility="public",
            )
            for n, text in enumerate(said)
        ]
    )  # fmt: skip
    return wren.pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "question", "told"),
    [
        (CHINESE, "你还记得我住在哪里吗？", "奥斯陆"),
        (CHINESE, "谁养蜜蜂？", "里斯本"),
        (CHINESE, "我对什么过敏？", "核桃"),
        (CHINESE, "我的猫叫什么？", "小黑"),
        (CHINESE, "渡船怎么了？", "两个小时"),
        (CHINESE, "哪家面包店好？", "面包店"),
        (JAPANESE, "私はどこに住んでいますか？", "オスロ"),
        (JAPANESE, "誰が蜂を飼っていますか？", "リスボン"),
        (JAPANESE, "フェリーは遅れましたか？", "二時間"),
        (JAPANESE, "アレルギーは何ですか？", "くるみ"),
        (THAI, "ฉันอาศัยอยู่ที่ไหน", "กรุงเทพ"),
        (THAI, "ใครเลี้ยงผึ้ง", "ผึ้ง"),
        (THAI, "ฉันแพ้อะไร", "วอลนัท"),
        (EUROPEAN, "wo wohnt Zoe Muller?", "Müller"),
        (EUROPEAN, "Was weißt du über TROMSO?", "Müller"),
        (EUROPEAN, "qui habite a Besancon?", "Besançon"),
        (EUROPEAN, "Qui elève des chevres à Nimes?", "Nîmes"),
        (EUROPEAN, "¿quién vive en Malaga?", "Málaga"),
        (EUROPEAN, "Где живут сестры?", "Осло"),
        (EUROPEAN, "Кто разводит пчел?", "пчёл"),
    ],
)
def test_it_is_found_first(said: tuple[str, ...], question: str, told: str) -> None:
    owner = Character.objects.get(pk=tell(*said))
    found = ask(owner, question, floor=True)
    assert found, question
    assert told in found[0].content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "The kettle’s whistling — “all” morning…",
        "I can't, you're 5'11\"; e-mail ada@harbour.example or see www.harbour.example/a?b=1#c.",
        "`x = y_1 + 2.5` costs £3½ → 20%",
        "🎉🎉 three boats!",
    ],
)
def test_plain_letters_have_the_words_that_they_had(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT memories_lexemes(%s) = to_tsvector('english', %s),"
            " memories_holding(%s) = plainto_tsquery('english', %s)",
            [text] * 4,
        )
        assert cursor.fetchone() == (True, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "lexemes"),
    [
        ("住在奥斯陆 in Oslo", "住 住在 oslo 在 在奥 奥 奥斯 斯 斯陆 陆"),
        ("カフェ", "カフ フェ"),
        ("커피를", "커피 피를"),
        ("Ångström & Łódź, Straße", "angstrom lodz strass"),
        ("ёлки и мой", "елк"),
    ],
)
def test_other_letters_are_taken_apart(text: str, lexemes: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(memories_lexemes(%s))", [text])
        (found,) = cursor.fetchone()
    assert sorted(found) == sorted(lexemes.split())


def test_words_of_any_script_are_counted() -> None:
    assert count_words("three plain words") == 3
    assert count_words("我住在奥斯陆") == 3
    assert worth_keeping("我住在奥斯陆。")
    assert worth_keeping("ฉันแพ้ถั่ว")
    assert not worth_keeping("好的")
    assert not worth_keeping("🎉 🎉 🎉")
    assert worth_keeping("See you at six")


def test_what_a_sentence_says_again_shows_in_any_script() -> None:
    assert coverage("我住在奥斯陆的小街上", "她说她住在奥斯陆的小街上") > 0.8
    assert coverage("我住在奥斯陆的小街上", "今天的面包很好吃") == 0
    assert content_words("The boats") == {"boat"}


@pytest.mark.django_db
def test_long_words_code_and_links_are_stored_and_found() -> None:
    wren = make_wren()
    long = "a" * 3000
    store(
        [
            NewMemory(wren.pk, "conversation", f"Ada said: “{text}”", NOON, visibility="public")
            for text in (
                f"look at this {long}",
                "```python\nprint('herring')\n```",
                "see https://harbour.example/tides?day=3 for the tides",
                "漢" * 1500,
            )
        ]
    )
    assert Memory.objects.filter(owner=wren).count() == 16
    assert "tides" in ask(wren, "Where are the tides?")[0].content
    assert "herring" in ask(wren, "What prints herring?")[0].content
    ask(wren, f"what of {long} and {'漢' * 1900}?")
