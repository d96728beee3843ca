"""Every edit of staff is logged with before and after, who and from where; the society's own, and
what machines change, are not."""

from __future__ import annotations

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse

from audit.models import AdminAction, SecurityEvent
from audit.trail import chain, tracking
from audit.trail.acting import acting_as
from characters.models import Character
from memories.models import Memory
from tests.builders import make_character, make_keeper, make_memory, make_person, make_staff


def entries(row: object) -> list[LogEntry]:
    return list(LogEntry.objects.get_for_object(row).order_by("pk"))


@pytest.mark.django_db
def test_it_logs_what_staff_edit_and_nothing_else(client: Client) -> None:
    keeper = make_keeper("odile")
    character = make_character("Ada", tagline="before")
    character.tagline = "by itself"
    character.save()
    assert not LogEntry.objects.exists()

    client.force_login(keeper)
    person = make_person("Bea")
    page = reverse("admin:characters_person_change", args=[person.pk])
    form = client.get(page).context["adminform"].form
    given = {name: value for name, value in form.initial.items() if value is not None}
    answer = client.post(
        page, {**given, "custom_name": "Queen Bea"}, REMOTE_ADDR="192.0.2.7", follow=True
    )
    assert answer.status_code == 200
    (entry,) = entries(person)
    assert (entry.actor, entry.remote_addr, entry.action) == (keeper, "192.0.2.7", 1)
    assert entry.changes == {"custom_name": ["", "Queen Bea"]}

    memory = make_memory(character, "The lamp was lit.")
    with acting_as(name="a keeper on Discord", means="discord"):
        memory.content = "The lamp was out."
        memory.save()
        character.save()  # nothing changed: no entry
        Memory.objects.filter(pk=memory.pk).delete()
    changed, deleted = entries(memory)
    assert set(changed.changes) == {"content"}
    assert changed.additional_data == {"name": "a keeper on Discord", "by_means_of": "discord"}
    assert (deleted.action, deleted.changes["content"]) == (2, ["The lamp was out.", "None"])
    assert not entries(character)

    # What goes with a row is not logged row by row.
    make_memory(character, "It rained.")
    with acting_as(keeper, means="command"):
        Character.objects.filter(pk=character.pk).delete()
    kinds = LogEntry.objects.filter(action=LogEntry.Action.DELETE).values_list(
        "content_type__model", flat=True
    )
    assert sorted(kinds) == ["character", "memory"]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert chain.verify().is_whole

    # The pages that show it, and find it.
    for search in ("Queen", "192.0.2.7", "odile"):
        found = client.get(reverse("admin:auditlog_logentry_changelist"), {"q": search})
        assert [one.pk for one in found.context["cl"].result_list][-1:] == [entry.pk]
    shown = client.get(reverse("admin:auditlog_logentry_change", args=[entry.pk]))
    assert b"Queen Bea" in shown.content


@pytest.mark.django_db
def test_it_records_when_powers_change_and_keeps_passwords_out(client: Client) -> None:
    client.force_login(make_keeper())
    user = make_staff("mo")
    page = reverse("admin:auth_user_change", args=[user.pk])
    form = client.get(page).context["adminform"].form
    given = {name: value for name, value in form.initial.items() if value not in (None, [])}
    role = Group.objects.get(name="moderator")
    client.post(page, {**given, **_moments(form), "groups": [role.pk]}, follow=True)
    user.refresh_from_db()
    assert list(user.groups.all()) == [role]
    action = AdminAction.objects.get(action_type="account.roles")
    assert action.changes_made == {"added": ["moderator"], "removed": [], "switched": {}}
    assert SecurityEvent.objects.get(event_type="roles_changed").event_data["account"] == user.pk
    assert entries(user)[-1].changes["groups"]["objects"] == ["moderator"]

    password = reverse("admin:auth_user_password_change", args=[user.pk])
    new = {"password1": "a new long pass phrase", "password2": "a new long pass phrase"}
    client.post(password, {**new, "usable_password": "true"}, follow=True)
    user.refresh_from_db()
    assert user.check_password("a new long pass phrase")
    # That there is another one shows; what it is does not.
    assert all("md5$" not in str(entry.changes) for entry in entries(user))
    assert client.get(reverse("admin:auth_user_delete", args=[user.pk])).status_code == 403


def _moments(form: object) -> dict[str, str]:
    """A time is given as a date and an hour."""
    at = form.initial["date_joined"]  # type: ignore[attr-defined]
    return {
        "date_joined_0": f"{at:%Y-%m-%d}",
        "date_joined_1": f"{at:%H:%M:%S}",
        "last_login_0": "",
        "last_login_1": "",
    }


def test_it_leaves_out_what_machines_write() -> None:
    logged = {
        model._meta.label_lower: set(tracking.machine_fields(model)) for model in tracking.tracked()
    }
    assert {"embedding", "search", "updated_at"} <= logged["memories.memory"]
    assert "version" in logged["characters.characterstate"]
    assert not logged.keys() & tracking.RECORDS
    assert {
        model._meta.label_lower for app in tracking.APPS for model in _models(app)
    } >= tracking.RECORDS


def _models(app: str) -> list[type]:
    from django.apps import apps

    return list(apps.get_app_config(app).get_models())
