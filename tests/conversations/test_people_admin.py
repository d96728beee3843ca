"""A keeper finds a person, sees all that is known, takes it along, corrects it, and erases it."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AdminAction
from audit.security.roles import give_role
from characters.models import Person
from conversations.admin.people import KEPT_AS, OF_PERSON
from conversations.initiative import reminders
from conversations.models import Message, Reliance, ScheduledEvent
from conversations.people import dossier
from conversations.people.export import export_person, kept
from memories.models import ErasureReceipt, PersonFact
from tests.builders import (
    make_care_notice,
    make_channel,
    make_character,
    make_conversation,
    make_keeper,
    make_message,
    make_person,
    make_relationship,
    make_staff,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def lena() -> Person:
    make_person("Bo")  # of whom no page of hers tells
    person = make_person("Lena", discord_id=1234567890)
    ada = make_character("Ada")
    make_message(make_conversation(make_channel()), person, "I keep <b>bees</b> & wasps.")
    make_relationship(ada, person)
    PersonFact.objects.create(
        person=person, character=ada, fact_content="Keeps bees.", learned_at=timezone.now()
    )
    return person


@pytest.fixture
def keeper(client: Client) -> Client:
    client.force_login(make_keeper("warden"))
    return client


def test_a_person_is_found_and_everything_is_seen(keeper: Client, lena: Person) -> None:
    """By name or Discord's id; what they said is shown as text."""
    people = reverse("admin:characters_person_changelist")
    for asked in ("len", "1234567890"):
        assert "Lena" in keeper.get(people, {"q": asked}).content.decode()
    page = keeper.get(reverse("admin:characters_person_change", args=[lena.pk])).content.decode()
    for part in ("All that is known", "Keeps bees.", "I keep &lt;b&gt;bees&lt;/b&gt; &amp; wasps.",
                 "How characters stand to them (1)", "Forget this person"):  # fmt: skip
        assert part in page
    facts = reverse("admin:memories_personfact_changelist")
    assert "Keeps bees." in keeper.get(facts, {"person__id__exact": lena.pk}).content.decode()


def test_a_page_shows_of_a_person_what_who_looks_may_see_in_lists(lena: Person) -> None:
    """How a person fares is nothing for who only looks on, and a group of one's own sees as much of
    a page as it was given."""
    message = Message.objects.get(person=lena)
    make_care_notice(message)
    Reliance.objects.create(person=lena, day=dt.date(2026, 3, 1), level=0.7, score=0.7)
    page = reverse("admin:characters_person_change", args=[lena.pk])

    def shown(*, role: str = "", permissions: tuple[str, ...] = ()) -> str:
        staff, client = make_staff(), Client()
        if role:
            give_role(staff, role)
        staff.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        client.force_login(staff)
        return client.get(page).content.decode()

    for role, sees in (("moderator", True), ("viewer", False)):
        html = shown(role=role)
        assert "Keeps bees." in html and "wasps" in html
        assert ("Care notices (1)" in html) is sees
        assert ("Reliance (1)" in html) is sees
    html = shown(permissions=("view_person", "view_message"))
    assert "wasps" in html
    assert "Keeps bees." not in html
    assert "How characters stand to them" not in html


def test_of_every_part_of_what_is_kept_it_is_known_who_may_see_it(lena: Person) -> None:
    assert kept(lena).keys() == {*KEPT_AS, *OF_PERSON, "elsewhere"}


def test_what_is_planned_for_a_person_follows_their_level(keeper: Client, lena: Person) -> None:
    Person.objects.update(consent_level="full", birthday=dt.date(1990, 5, 1))
    lena.refresh_from_db()
    now = timezone.now()
    wish = reminders.plan_birthday(lena, now)
    assert wish is not None
    rope = reminders.remind_at(lena, wish.channel, now + dt.timedelta(days=1), "rope", now)
    url = reverse("admin:characters_person_change", args=[lena.pk])
    form = keeper.get(url).context["adminform"].form
    shown = {name: form.get_initial_for_field(one, name) for name, one in form.fields.items()}
    data = {name: "" if value is None else value for name, value in shown.items()}
    data |= {"quiet_hours": "{}", "consent_level": "minimal"}
    assert keeper.post(url, data).status_code == 302
    wish.refresh_from_db()
    rope.refresh_from_db()
    assert (wish.status, rope.status) == ("cancelled", "pending")
    assert keeper.post(url, data | {"consent_level": "full"}).status_code == 302
    assert ScheduledEvent.objects.filter(event_type="birthday", status="pending").exists()


def test_it_is_taken_along_to_be_read_or_parsed(keeper: Client, lena: Person) -> None:
    """And who did so is written down, without the name."""
    told = json.loads(keeper.get(reverse("admin:person_export_json", args=[lena.pk])).content)
    assert told["person"]["discord_id"] == "1234567890"
    assert told["facts"][0]["fact_content"] == "Keeps bees."
    answer = keeper.get(reverse("admin:person_export_html", args=[lena.pk]))
    assert "attachment" in answer["Content-Disposition"]
    assert "I keep &lt;b&gt;bees&lt;/b&gt;" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    done = AdminAction.objects.filter(action_type="person.export").order_by("pk")
    assert [
        (one.actor_name, one.resource_affected, one.changes_made["format"]) for one in done
    ] == [("warden", f"characters.person:{lena.pk}", form) for form in ("json", "html")]
    assert "Lena" not in str(list(done.values()))


def test_erasing_shows_what_goes_and_asks_for_the_name(keeper: Client, lena: Person) -> None:
    """Then it is done, and the receipt is shown."""
    address = reverse("admin:person_erase", args=[lena.pk])
    assert "memories.PersonFact" in keeper.get(address).content.decode()
    for wrong in ({"name": "Len"}, {"name": "Lena", "asked_by": "nobody"}):
        assert "Nothing was erased" in keeper.post(address, wrong).content.decode()
    assert Message.objects.filter(person=lena).exclude(content="").exists()
    answer = keeper.post(address, {"name": "lena", "asked_by": "the person"}, follow=True)
    receipt = ErasureReceipt.objects.get()
    assert (
        receipt.requested_by == "the person" and str(receipt.reference) in answer.content.decode()
    )
    assert not Message.objects.filter(person=lena).exclude(content="").exists()
    assert keeper.get(address).status_code == 404
    deleting = reverse("admin:characters_person_delete", args=[lena.pk])
    assert keeper.get(deleting).status_code == 403


def test_who_may_not_neither_exports_nor_erases(client: Client, lena: Person) -> None:
    """Staff without the permission are refused."""
    client.force_login(make_staff("watcher"))
    for page in ("person_export_json", "person_export_html", "person_erase"):
        assert client.get(reverse(f"admin:{page}", args=[lena.pk])).status_code == 403


def test_the_command_writes_the_page(lena: Person, capsys: pytest.CaptureFixture[str]) -> None:
    """As it writes JSON."""
    call_command("export_person", "Lena", "--format", "html")
    assert "<h1>What is kept of Lena</h1>" in capsys.readouterr().out
    shown = dossier.sections(export_person(lena, timezone.now()), most=1)
    assert {one.title for one in shown} >= {"Who they are", "Facts", "What they said"}
