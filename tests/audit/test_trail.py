"""The trail is verified and written out by a command and in the admin, and forgets whom it must."""

from __future__ import annotations

import csv
import io
import json

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AdminAction, SecurityEvent
from audit.security.security import record_event
from audit.trail import chain
from audit.trail.acting import acting_as
from audit.trail.actions import record_action
from conversations.people.erasure import forget_person
from tests.builders import make_character, make_keeper, make_memory, make_person


def command(*given: str) -> str:
    said = io.StringIO()
    call_command("audit", *given, stdout=said)
    return said.getvalue()


def commit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.django_db
def test_it_exports_and_verifies(client: Client) -> None:
    keeper = make_keeper("odile")
    with acting_as(keeper, means="command"):
        person = make_person("Bea")
        record_action("society.pause", "=HYPERLINK(1)", changes={"why": "a test"})
    record_event("bad_origin", source="192.0.2.7", data={"origin": "http://evil"})
    commit()

    rows = [json.loads(line) for line in command("export").splitlines()]
    by_source = {row["source"]: row for row in rows}
    assert by_source["edits"]["resource"] == f"characters.membership:{person.memberships.get().pk}"
    assert by_source["edits"]["what"] == "created"
    assert by_source["security"]["ip"] == "192.0.2.7"
    assert by_source["actions"]["actor"] == "odile"
    assert by_source["actions"]["detail"]["changes"] == {"why": "a test", "by_means_of": "command"}
    commit()
    table = list(csv.DictReader(io.StringIO(command("export", "--format", "csv"))))
    assert "'=HYPERLINK(1)" in {row["resource"] for row in table}
    assert len(table) == len(rows) + 1  # the first export is in the trail, too
    assert command("export", "--since", "2999-01-01") == ""
    with pytest.raises(CommandError, match="--until: 'soon' is no day"):
        command("export", "--until", "soon")
    with pytest.raises(CommandError, match="--since must lie before --until"):
        command("export", "--since", "2026-05-01", "--until", "2026-01-01")

    client.force_login(keeper)
    for form in ("jsonl", "csv"):
        page = reverse(f"admin:audit_adminaction_export_{form}")
        assert b"http://evil" in client.get(page).content
    assert AdminAction.objects.filter(action_type="audit.export").count() == 6 - 1

    commit()
    said = command("verify")
    assert "The trail is whole" in said
    head = said.split("Head: ")[1].strip()
    assert "whole" in command("verify", "--anchor", head)
    with pytest.raises(CommandError, match="anchor: give the head"):
        command("verify", "--anchor", "soon")
    with pytest.raises(CommandError, match=r"link 1.*is not what it was"):
        command("verify", "--anchor", "1:00")
    broken = SecurityEvent.objects.first()
    assert broken is not None and broken.severity == "critical"


@pytest.mark.django_db
def test_it_forgets_whom_it_must_and_stays_whole() -> None:
    person = make_person("Zebediah", discord_id=77)
    character = make_character("Ada")
    memory = make_memory(character, "Zebediah likes plums.")
    other = make_person("Yolanda")
    with acting_as(make_keeper(), means="command"):
        person.custom_name = "Zeb"
        person.save()
        memory.content = "Zebediah likes pears."
        memory.save()
        other.custom_name = "Yo"
        other.save()
        character.tagline = "Knows plums"
        character.save()
    with acting_as(name="Discord 77", means="discord"):
        record_action("discord.pause")
    commit()
    forget_person(person, "the person", timezone.now())
    commit()

    left = str(list(LogEntry.objects.values())) + str(list(AdminAction.objects.values()))
    assert "Zeb" not in left and "Discord 77" not in left
    assert "Yo" in left and "Knows plums" in left
    # That it was done is still there, by the number of a row that names nobody.
    edits = LogEntry.objects.get_for_object(person)
    assert {entry.object_repr for entry in edits} == {"(erased)"}
    assert AdminAction.objects.get(action_type="person.erase").resource_affected.endswith(
        f":{person.pk}"
    )
    verdict = chain.verify()
    assert verdict.is_whole and verdict.erased == edits.count() + 2
