"""The benchmark of talk, and a society of offline voices measured by it."""

from __future__ import annotations

import json

from benchmarks.stand_in import Society
from benchmarks.talk import WORLD, main
from benchmarks.talk_metrics import TARGETS, Said, measure
from fishbowl.llm.offline import OfflineVoice


def say_all(*texts: str, room: str = "r") -> list[Said]:
    return [Said(room, "1", "ab"[n % 2], text, float(n)) for n, text in enumerate(texts)]


def test_repeats_are_counted_as_defined():
    said = say_all(
        "the boat is late again today",
        "the boat is late again tonight",  # half-repeat, same opener
        "the boat is late again today",  # exact, half-repeat, same opener
        "why would anybody go there?",
    )
    found = measure(said, slow=False)
    assert found["exact_repeats"] == 1
    assert found["half_repeats"] == 2 / 4
    assert found["same_opener"] == 2 / 4
    assert found["questions"] == 1 / 4
    assert found["speakers"] == 2
    assert found["lines"] == 4


def test_rooms_are_counted_apart():
    said = say_all("it is late tonight, friends") + say_all("it is late tonight, friends", room="s")
    assert measure(said, slow=False)["exact_repeats"] == 0


def test_patterns_mask_the_words_that_carry_meaning():
    said = say_all(
        "the gulls are in the harbour with the boats",
        "the cats were in the cellar with the mice",
        "the dogs are in the kitchen with the hams",
    )
    assert measure(said, slow=False)["same_pattern"] == 1 / 3


def test_nothing_measures_as_nothing():
    assert set(measure([]).values()) == {None}


def test_a_society_of_offline_voices_meets_the_fast_targets():
    said = Society.of_world(WORLD, OfflineVoice(), 3).run(400)
    found = measure(said, slow=False)
    assert [t.name for t in TARGETS if not t.is_met(found[t.name])] == []
    assert 8 <= found["words_mean"] <= 14
    assert found["words_cv"] >= 0.8
    assert 0.18 <= found["questions"] <= 0.36


def test_the_program_reads_lines_and_fails_on_a_missed_target(tmp_path, capsys):
    path = tmp_path / "talk.jsonl"
    rows = [
        {"room": "r", "conversation": "1", "speaker": "ab"[n % 2], "text": "The same again."}
        for n in range(5)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    out = tmp_path / "out.json"
    assert main(["--jsonl", str(path), "--quick", "--check", "--out", str(out)]) == 1
    assert "MISSED" in capsys.readouterr().out
    assert json.loads(out.read_text())["missed"] == ["exact_repeats", "same_opener"]
    assert main(["--jsonl", str(path), "--quick"]) == 0
