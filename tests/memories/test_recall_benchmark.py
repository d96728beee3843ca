"""The benchmark of recall: it reads the data set's format, and its figures are what they say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import dialogues
from benchmarks import recall as benchmark
from benchmarks.recall import Answered
from benchmarks.report import Report
from memories.models import Memory
from tests.builders import NOON

TINY = Path(__file__).with_name("locomo_tiny.json")


# --- the file -------------------------------------------------------------------------------------


def test_a_file_is_read_in_the_order_of_its_samples_names() -> None:
    first, second = dialogues.read(TINY)
    assert (first.name, second.name) == ("conv-1", "conv-2")
    assert second.people == ("Odile", "Bram")
    assert first.people == ("Yusuf", "Petra")  # by who spoke, where nobody says who they are
    assert [len(session.lines) for session in second.sessions] == [5, 5]
    assert second.sessions[1].at.isoformat() == "2023-06-21T10:04:00+00:00"
    assert second.sessions[1].lines[0].seen == "a photo of a plaster cast"


def test_questions_have_their_kind_and_evidence_and_those_without_evidence_are_left_out() -> None:
    _, second = dialogues.read(TINY)
    assert [(one.kind, one.evidence) for one in second.questions] == [
        ("single-hop", {"D1:3"}),
        ("single-hop", {"D2:1"}),
        ("multi-hop", {"D1:1", "D2:4"}),
    ]


def without_text(samples: Any) -> None:
    del samples[1]["conversation"]["session_1"][2]["text"]


def with_a_date_in_another_way(samples: Any) -> None:
    samples[0]["conversation"]["session_2_date_time"] = "2023-06-21"


def without_a_date(samples: Any) -> None:
    del samples[0]["conversation"]["session_2_date_time"]


def with_one_piece_of_evidence(samples: Any) -> None:
    samples[0]["qa"][1]["evidence"] = "D2:1"


def without_sessions(samples: Any) -> None:
    samples[1]["conversation"] = {}


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (without_text, "the whole[1].conversation.session_1[2] has no 'text'"),
        (with_a_date_in_another_way, "the whole[0].conversation.session_2_date_time is '2023-06-"),
        (without_a_date, "the whole[0].conversation has no 'session_2_date_time'"),
        (with_one_piece_of_evidence, "the whole[0].qa[1].evidence is str, not list"),
        (without_sessions, "the whole[1].conversation has no 'session_1'"),
    ],
)
def test_a_malformed_file_is_told_by_file_and_field(
    tmp_path: Path, spoil: Callable[[Any], None], told: str
) -> None:
    samples = json.loads(TINY.read_text(encoding="utf-8"))
    spoil(samples)
    path = tmp_path / "spoilt.json"
    path.write_text(json.dumps(samples), encoding="utf-8")
    with pytest.raises(dialogues.BadDatasetError) as error:
        dialogues.read(path)
    assert str(error.value).startswith(f"{path}: {told}")


def test_what_is_no_list_no_json_and_no_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    for content, told in (
        ("{}", "is dict, not list"),
        ("[", "is no JSON"),
        ("[]", "no 'qa' has evidence"),
    ):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(dialogues.BadDatasetError, match=told):
            dialogues.read(path)
    with pytest.raises(dialogues.BadDatasetError, match=r"nowhere\.json: No such file"):
        dialogues.read(tmp_path / "nowhere.json")


# --- the figures ----------------------------------------------------------------------------------


def test_shares_and_ranks_are_those_of_what_came_to_mind(monkeypatch: pytest.MonkeyPatch) -> None:
    _, dialogue = dialogues.read(TINY)
    ids = {"D1:1": 1, "D1:3": 3, "D2:4": 24}  # D2:1 left no memory
    one = dialogues.Remembering(dialogue, 1, 1, NOON, ids)
    came = iter([[9, 3], [9, 3], [*range(100, 106), 24, *range(200, 208), 1]])
    monkeypatch.setattr(
        benchmark, "ask", lambda *_, **__: [SimpleNamespace(id=pk) for pk in next(came)]
    )
    assert benchmark.answers(one, floor=False) == [
        Answered("single-hop", (1.0, 1.0, 1.0), 1 / 2),
        Answered("single-hop", (0.0, 0.0, 0.0), 0.0),
        Answered("multi-hop", (0.0, 0.5, 1.0), 1 / 7),
    ]


def test_a_summary_is_the_mean_of_shares_and_of_reciprocal_ranks() -> None:
    group = [Answered("a", (1.0, 1.0, 1.0), 0.5), Answered("a", (0.0, 0.5, 1.0), 0.1)]
    assert benchmark.summary(group) == {
        "recall_at_5": 0.5,
        "recall_at_10": 0.75,
        "recall_at_20": 1.0,
        "mrr": 0.3,
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_client")
def test_dialogues_are_stored_asked_about_and_measured() -> None:
    lived = [dialogues.live_through(one) for one in dialogues.read(TINY)]
    first, second = lived
    memory = Memory.objects.get(pk=second.memories["D1:3"])
    assert memory.owner_id == second.owner
    assert memory.kind == Memory.Kind.CONVERSATION
    assert "greyhound yesterday" in memory.content
    assert "D1:5" not in first.memories  # 'Hm.' leaves no trace
    report = Report("recall", benchmark.TARGETS)
    benchmark.past_talk(report, lived)
    kinds = report.details["by kind"]
    assert {kind: figures["questions"] for kind, figures in kinds.items()} == {
        "single-hop": 2,
        "multi-hop": 1,
        "temporal": 1,
    }
    assert kinds["single-hop"]["mrr"] == 1.0  # the right line comes first
    assert kinds["temporal"]["recall_at_5"] == 1.0
    assert report.figures["recall_at_10"] == 1.0
    assert report.figures["lost_by_floor"] == 0.0
    assert report.figures["false_recall"] == 0.0
    assert report.notes["past talk"]["questions"] == 4


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_client")
def test_false_recall_is_the_share_of_questions_at_which_anything_comes() -> None:
    first, second = (dialogues.live_through(one) for one in dialogues.read(TINY))
    asked = list(benchmark.unheard_of([first, second]))
    assert [(one.owner, text) for one, text in asked] == [
        (second.owner, "When did Yusuf see the rings of Saturn?"),
        *((first.owner, question.text) for question in second.dialogue.questions),
    ]
    known = (second, second.dialogue.questions[0].text)
    assert benchmark.false_share([asked[0], known]) == 0.5
