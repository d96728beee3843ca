"""Every table of ours is seen to outlive the process that wrote to it: by a test that starts anew
and sees what came of it, or it is said here why there is nothing to see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

from tests.conversations import test_outlives, test_restart_minds, test_restart_pages

APPS = ("characters", "audit", "memories", "conversations")
HERE = Path(__file__).parent
DEEDS = "conversations/test_restart_deeds.py::"
TAKEN_BACK = f"{DEEDS}test_what_was_changed_is_taken_back_by_the_next_process"
SET_UP = f"{DEEDS}test_what_was_set_up_rings_refuses_and_stirs_in_the_next_process"
RESTS_ON = f"{DEEDS}test_what_rests_on_somebody_is_found_by_the_next_process_and_nothing_else"
SURVIVES = "acceptance/test_durability.py::test_a_society_survives_whatever_is_killed"
KILLED = "faults/test_kills.py::test_a_turn_is_spoken_once_wherever_its_worker_was_killed"
# Those that the tables of effects don't name.
ELSEWHERE = {
    "characters.CardSource": "conversations/test_restart_deeds.py::"
    "test_what_came_with_a_card_goes_out_with_it_again",
    "characters.Character": SURVIVES,
    "characters.Contribution_from_messages": RESTS_ON,
    "characters.Goal_evidence_memories": RESTS_ON,
    "characters.Insight_evidence_memories": RESTS_ON,
    "characters.LearningEvent_evidence_memories": RESTS_ON,
    "characters.Reflection_input_memories": RESTS_ON,
    "characters.Trigger": SET_UP,
    "characters.WorkspaceFileVersion_from_memories": RESTS_ON,
    "characters.WorkspaceFileVersion_from_messages": RESTS_ON,
    "audit.Budget": "faults/test_kills.py::test_what_a_killed_worker_had_reserved_is_given_back",
    "audit.BudgetHold": "faults/test_kills.py::test_what_is_held_for_a_killed_call_is_given_back",
    "audit.BudgetSpend": "faults/test_kills.py::"
    "test_what_a_killed_worker_had_reserved_is_given_back",
    "audit.EndpointState": "audit/test_ledger.py::"
    "test_the_breaker_opens_after_failures_in_a_row_whichever_process_saw_them",
    "audit.LLMCall": KILLED,
    "audit.ServerLesson": "conversations/test_lessons.py::"
    "test_it_is_known_after_a_restart_and_by_whom_it_was_learned",
    "memories.ConsolidationRun": "memories/test_nightly.py::"
    "test_after_kill_9_the_next_worker_takes_the_night_over_at_once",
    "memories.Derivation": RESTS_ON,
    "memories.EmbeddingModel": "memories/test_reembed.py::test_it_goes_on_after_a_kill",
    "memories.HygieneFinding": TAKEN_BACK,
    "memories.HygieneRun": TAKEN_BACK,
    "memories.WaitingVector": "memories/test_reembed.py::test_it_goes_on_after_a_kill",
    "conversations.Channel_residents": SET_UP,
    "conversations.Delivery": SURVIVES,
    "conversations.DeliveryPart": "discord/test_runbot.py::"
    "test_after_an_outage_nothing_is_missing_and_nothing_floods",
    "conversations.Message": SURVIVES,
    "conversations.ModerationRule": SET_UP,
    "conversations.RegisteredCommands": "discord/test_commands.py::"
    "test_commands_are_registered_only_when_they_have_changed",
    "conversations.ScenarioVersion": TAKEN_BACK,
    "conversations.ScheduledEvent": SET_UP,
    "conversations.Turn": KILLED,
}
RECORD = "a record that keepers read: nothing that lives goes by it"
MEASURE = "a measurement, kept for keepers' figures: nothing that lives goes by it"
NOTHING_TO_SEE = {
    "audit.AdminAction": RECORD,
    "audit.Alert": RECORD,
    "audit.ChainLink": RECORD,
    "audit.DeadLetter": RECORD,
    "audit.HealthCheck": MEASURE,
    "audit.MetricRollup": MEASURE,
    "audit.PerformanceMetric": MEASURE,
    "audit.SecurityEvent": RECORD,
    "memories.CacheStatistic": MEASURE,
}


def every_table() -> set[str]:
    return {
        model._meta.label
        for app in APPS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }


def seen() -> set[str]:
    """The tables of the effects, each of which is seen to be written by what is lived there."""
    effects = [*test_restart_minds.MINDS, *test_restart_pages.PAGES]
    tables: list[type[Model]] = [table for one in effects for table in one.tables]
    tables += [table for _, _, named in test_outlives.SEEN for table in named]
    return {table._meta.label for table in tables}


def test_every_table_is_seen_after_a_restart_or_it_is_said_why_not() -> None:
    told = [seen(), set(ELSEWHERE), set(NOTHING_TO_SEE)]
    assert every_table() == set().union(*told)
    assert sum(map(len, told)) == len(every_table()), "a table stands in two of them"


@pytest.mark.parametrize("test", sorted(set(ELSEWHERE.values())))
def test_there_is_such_a_test(test: str) -> None:
    path, name = test.split("::")
    assert re.search(rf"^def {name}\(", (HERE / path).read_text(), re.MULTILINE)
