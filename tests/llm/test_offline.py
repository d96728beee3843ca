"""The offline voice among characters: determinism, moves, manner, and never the same twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from pydantic import BaseModel, Field

from fishbowl.llm.offline import OfflineVoice
from fishbowl.llm.offline.text import contains_phrase, words
from fishbowl.llm.types import Brief, ChatMessage, ChatRequest, Line, Listener, Recollection, Voice
from tests.llm.offlinebriefs import answer, bare_brief, brief_of, card, character, say

MOVES = ("reply", "join", "open", "change_topic", "greet", "farewell")
SLUGS = ("odile", "fenwick", "pilar", "bram", "nneka", "sorrel", "ignatius", "tamsin")


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("slug", SLUGS)
def test_it_speaks_in_every_move(slug, move):
    brief = brief_of(slug, character("The ferry is late again.", "Wim"), move=move)
    result = answer(brief)
    assert result.text.strip()
    assert (result.provider, result.model) == ("offline", "offline-improviser")
    assert result.spent


@pytest.mark.parametrize("move", MOVES)
def test_equal_briefs_give_equal_answers(move):
    one = brief_of("odile", character("My boat leaks, and I like it so."), move=move)
    other = brief_of("odile", character("My boat leaks, and I like it so."), move=move)
    assert answer(one).text == answer(other).text
    assert answer(one).spent == answer(other).spent


def test_the_seed_matters():
    brief = brief_of("odile", character("My boat leaks, and I like it so."))
    assert len({say(replace(brief, seed=seed)) for seed in range(30)}) > 12


def test_it_stays_on_the_topic_of_the_last_line():
    line = character("They say the tide tables are wrong for the whole of March.", "Wim")
    spent = Counter(
        key.split("/")[1]
        for seed in range(60)
        for key in answer(brief_of("fenwick", line, seed=seed)).spent
        if key.startswith("topics/")
    )
    topic, count = spent.most_common(1)[0]
    assert "tide" in topic
    assert count > 0.5 * sum(spent.values())


def test_it_turns_to_something_else_when_told_to_change_the_topic():
    lines = [character("The ferry is late.", "Wim", n, 60.0 - n) for n in range(6)]
    for seed in range(20):
        brief = brief_of("odile", *lines, move="change_topic", seed=seed)
        assert not any(k.startswith("topics/the ferry") for k in answer(brief).spent)


def test_a_newcomer_is_greeted_by_name():
    listeners = (Listener("Bram"), Listener("Ada", True, is_new=True))
    for seed in range(12):
        brief = brief_of("pilar", move="greet", listeners=listeners, seed=seed)
        assert "{name}" not in say(brief)
    assert any("Ada" in say(replace(brief, seed=s)) for s in range(12))


def test_unspent_pieces_come_first():
    openers = card("odile")["improv"]["openers"]
    spent = {f"openers/{n}": 1 for n in range(len(openers)) if n != 3}
    seen = Counter()
    for seed in range(40):
        for key in answer(brief_of("odile", move="open", seed=seed, spent=spent)).spent:
            seen[key] += key.startswith("openers/")
    assert seen["openers/3"] >= 0.8 * sum(seen.values())


def test_a_long_life_uses_the_material_evenly():
    """Three hundred turns, each with what was spent before: no piece is ridden to death."""
    spent: Counter[str] = Counter()
    texts: list[Line] = []
    for turn in range(300):
        said = character("What do you make of the weather and the sea?", "Wim", 2 * turn, 9.0)
        result = answer(brief_of("nneka", *texts[-49:], said, seed=turn, spent=dict(spent)))
        spent.update(result.spent)
        texts += [said, Line(2 * turn + 1, "Nneka", result.text, 4.0, is_own=True)]
        assert words(result.text) not in [words(x.text) for x in texts[-50:-2]]
    claims = [spent[f"topics/the sea/claims/{n}"] for n in range(9)]
    assert max(claims) - min(claims) <= 5


def test_what_stood_in_the_last_fifty_lines_is_not_said_again():
    brief = brief_of("tamsin", character("Is the ferry late or delayed?"))
    for seed in range(40):
        once = say(replace(brief, seed=seed))
        heard = (character(once, "Tamsin", 1), *brief.lines)
        again = say(replace(brief, seed=seed, lines=heard))
        assert words(again) != words(once)
        assert words(again)[:3] != words(once)[:3]


def test_sorrel_writes_in_lower_case_without_a_final_stop():
    line = character("I saw the baker's cat asleep in the flour.", "Wim")
    texts = [say(brief_of("sorrel", line, seed=s)) for s in range(60)]
    assert all(t == t.lower() for t in texts)
    assert not any(t.endswith(".") and not t.endswith("...") for t in texts)
    assert any(not t.isascii() for t in texts)  # an emoji now and then


def test_the_formal_one_has_no_contractions_and_no_emoji():
    line = character("I never wrote it down.", "Wim")
    for seed in range(60):
        text = say(brief_of("fenwick", line, seed=seed))
        assert text[0].isupper() or not text[0].isalpha()
        assert text.isascii() or "–" in text or "é" in text
        assert "n't" not in text or '"' in text


def test_the_terse_one_is_shorter_than_the_grand_one():
    line = character("So what is it about boats, then?", "Wim")

    def mean(slug: str) -> float:
        said = [len(words(say(brief_of(slug, line, seed=s)))) for s in range(60)]
        return sum(said) / len(said)

    assert mean("bram") < 0.8 * mean("ignatius")


@pytest.mark.parametrize("slug", SLUGS)
def test_avoided_phrases_are_never_said(slug):
    avoided = ("the", "hold on", "fair", "since when", "night", "what", "you")
    voice = replace(brief_of(slug).voice, avoided_phrases=avoided)
    for seed in range(12):
        for move in MOVES:
            line = character("Hold on, the night is fair, since when?", "Wim")
            text = say(brief_of(slug, line, move=move, voice=voice, seed=seed))
            assert not any(contains_phrase(text, phrase) for phrase in avoided), text


def test_lines_to_somebody_absent_are_not_said():
    absent = {"Fenwick", "Tamsin", "Ignatius", "Sorrel", "Nneka", "Pilar"}
    for seed in range(150):
        text = say(brief_of("odile", character("Who is to blame?"), seed=seed))
        first, last = text.split(",")[0], text.rstrip("?.!").split(", ")[-1]
        assert first not in absent, text
        assert last not in absent, text


def test_a_memory_is_told_from_the_speakers_point_of_view():
    memories = (Recollection("Mara found a gold ring in a paint tin and gave it to Bo."),)
    line = character("Did anybody ever find a ring in a paint tin?", "Bo")
    said = [say(bare_brief(line, memories=memories, seed=s)) for s in range(40)]
    told = [t for t in said if "gold ring" in t]
    assert told
    assert all("I found a gold ring in a paint tin and gave it to you" in t for t in told)


def test_what_was_told_names_who_told_it():
    memories = (Recollection("Wim said that the keel of the tender is cracked.", "told"),)
    line = character("Is the keel of the tender sound?", "Bo")
    said = [say(bare_brief(line, memories=memories, seed=s)) for s in range(40)]
    assert any("Wim" in t and "the keel of the tender is cracked" in t for t in said)


@pytest.mark.parametrize("move", MOVES)
def test_it_speaks_without_any_material(move):
    for seed in range(15):
        brief = bare_brief(character("I bought an old map today."), move=move, seed=seed)
        text = say(brief)
        assert text.strip()
        assert "{" not in text
        assert "Mara" not in text or move in {"reply", "greet"}


def test_it_speaks_with_nothing_at_all():
    for move in MOVES:
        assert say(Brief(speaker="", move=move)).strip()


def test_without_material_it_does_not_say_the_same_twice_in_a_row():
    lines: list[Line] = []
    for turn in range(60):
        text = say(bare_brief(*lines[-50:], seed=turn, move="reply" if turn else "open"))
        assert words(text) not in [words(x.text) for x in lines[-50:]]
        lines.append(Line(turn, "Bo" if turn % 2 else "Mara", text, 3.0, is_own=not turn % 2))


def test_moods_and_energy_alter_the_length():
    line = character("Tell me about the sea, and how it treats you.", "Wim")

    def total(**changes: float) -> int:
        return sum(
            len(words(say(brief_of("ignatius", line, seed=s, **changes)))) for s in range(80)
        )

    assert total(energy=0.05, mood_arousal=-0.9) < total(energy=1.0, mood_arousal=0.9)


def test_a_similarity_may_be_injected():
    asked = []

    def similarity(text, others):
        asked.append(text)
        return [1.0 if "kipper" in o else 0.0 for o in others]

    voice = OfflineVoice(similarity)
    brief = brief_of("odile", character("The rain and the wind, the wind and the rain."))
    said = [voice.complete(ChatRequest((), brief=replace(brief, seed=s))).text for s in range(40)]
    assert asked
    assert sum("kipper" in t for t in said) > sum(
        "kipper" in say(replace(brief, seed=s)) for s in range(40)
    )


# -- the other purposes


def test_a_summary_is_drawn_from_the_lines():
    lines = (
        character("The ice house roof is gone.", "Bram", 1),
        character("Then the ice house must be sold.", "Tamsin", 2),
        character("Sell the ice house and you sell the harbour.", "Fenwick", 3),
    )
    request = ChatRequest((), purpose="summarise", brief=Brief(speaker="", lines=lines))
    text = OfflineVoice().complete(request).text
    assert "Bram, Tamsin and Fenwick" in text
    assert "ice" in text and "house" in text
    assert any(x.text in text for x in lines)


def test_a_summary_is_of_things_and_of_no_number_or_deed():
    lines = (
        character("I checked three biscuits.", "Bram", 1),
        character("Three biscuits, checked twice?", "Pilar", 2),
    )
    request = ChatRequest((), purpose="summarise", brief=Brief(speaker="", lines=lines))
    assert "talked about biscuits. " in OfflineVoice().complete(request).text


def test_a_summary_of_nothing_says_so():
    request = ChatRequest((), purpose="summarise", brief=Brief(speaker=""))
    assert OfflineVoice().complete(request).text == "Nothing was said."


class Fact(BaseModel):
    text: str
    confidence: float


class Noticed(BaseModel):
    summary: str = Field(max_length=300)
    facts: list[Fact]
    valence: float = Field(ge=-1, le=1)
    quality: str = "average"
    topic: str | None = None


def test_a_structured_answer_is_valid_and_claims_nothing():
    brief = Brief(speaker="Odile", lines=(character("The roof is gone."),))
    for purpose in ("observe", "reflect"):
        request = ChatRequest((), purpose=purpose, brief=brief, schema=Noticed)
        result = OfflineVoice().complete(request)
        assert isinstance(result.parsed, Noticed)
        assert result.parsed.facts == []
        assert result.parsed.valence == 0
        assert "roof" in result.parsed.summary


class Impossible(BaseModel):
    code: str = Field(pattern=r"^\d{8}-[XYZ]$")


def test_a_schema_that_cannot_be_met_gives_no_parsed_answer():
    request = ChatRequest((), purpose="observe", brief=Brief(speaker="x"), schema=Impossible)
    assert OfflineVoice().complete(request).parsed is None


def test_a_request_without_a_brief_is_answered():
    request = ChatRequest((ChatMessage("user", "hello"),), purpose="preview")
    assert OfflineVoice().complete(request).text.strip()


def test_a_signature_phrase_stays_rare():
    voice = Voice(signature_phrases=("Mark my words.",))
    line = character("The wind has turned.", "Wim")
    said = [say(brief_of("odile", line, voice=voice, seed=s)) for s in range(200)]
    assert sum("Mark my words" in t for t in said) <= 14
