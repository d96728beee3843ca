"""Scenarios are kept at every edit, and brought back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from conversations.models import Scenario, ScenarioVersion
from conversations.scenarios import difference
from tests.builders import make_keeper, make_scenario

pytestmark = pytest.mark.django_db


def test_an_edit_is_a_version_that_says_what_changed_and_is_taken_back_exactly() -> None:
    storm = make_scenario(premise="It rains.\nThe ferry is late.", rules="Nobody leaves.")
    as_it_was = Scenario.objects.values().get(pk=storm.pk)
    browser, keeper = Client(), make_keeper()
    browser.force_login(keeper)
    page = reverse("admin:conversations_scenario_change", args=[storm.pk])
    form = {
        "slug": storm.slug,
        "name": storm.name,
        "premise": "It rains.\nThe ferry has gone.",
        "rules": storm.rules,
    }
    assert browser.post(page, form).status_code == 302
    found, edited = storm.versions.order_by("number")
    assert (found.reason, edited.reason) == ("as it was found", "edited by its keeper")
    assert (edited.number, edited.created_by) == (2, keeper)
    assert difference(edited).splitlines() == [
        "premise - The ferry is late.",
        "premise + The ferry has gone.",
    ]
    shown = browser.get(reverse("admin:conversations_scenarioversion_change", args=[edited.pk]))
    assert "premise + The ferry has gone." in shown.content.decode()
    assert browser.post(page, form).status_code == 302
    assert storm.versions.count() == 2  # nothing had changed

    listed = reverse("admin:conversations_scenarioversion_changelist")
    done = browser.post(
        listed, {"action": "restore", "_selected_action": [found.pk]}, follow=True
    ).content.decode()
    assert "version 1 is restored, as version 3" in done
    now = Scenario.objects.values().get(pk=storm.pk)
    assert {**now, "updated_at": None} == {**as_it_was, "updated_at": None}
    assert ScenarioVersion.objects.get(number=3).reason == "version 1 restored"
