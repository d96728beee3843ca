"""Whoever is forgotten stands in no row of any table, those that will be added included.

Every table that is swept is filled here without being named: from its columns. A new table that
refers to a person, or holds words, is tested from the day on which it is made.
"""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Model
from django.utils import timezone

from audit.configuration import configuration
from audit.models import DeadLetter, LLMCall
from characters.models import Character, Community, Person
from conversations.models import Channel, Conversation, Message, Turn
from conversations.people import leftovers
from conversations.people.erasure import forget_person
from conversations.people.redaction import Traits
from conversations.people.striking import Striking
from memories.models import EmbeddingModel, Memory, PersonFact
from tests.builders import (
    make_call,
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_keeper,
    make_memory,
    make_message,
    make_person,
    make_turn,
    number,
)

NAME = "quirinius"  # in small letters, as some columns want it
_numbers = itertools.count(1)

# What can't be told from a column: values that constraints want together.
TOGETHER: dict[str, dict[str, Any]] = {
    "characters.Membership": {"community": lambda: make_community(discord_id=77)},
    "characters.MoodChange": {"delta_valence": 0.1, "delta_arousal": 0.1},
    "memories.Memory": {"owner": make_character},
    "conversations.ScheduledEvent": {"recurrence_rule": ""},
    "conversations.Agreement": {"answers": 7, "agreed": 7, "with_character": None},
    "audit.AdminAction": {"action_type": "person.note"},
    "audit.SecurityEvent": {"resolution": ""},
    "auditlog.LogEntry": {"object_pk": "7", "cid": ""},  # a row's number, and a request's
}


def row_of(model: type[Model], person: Person) -> Model:
    """A row of any table, that refers to the person and mentions them wherever it can."""
    fields: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        if column.primary_key or isinstance(column, models.GeneratedField):
            continue
        value = _value(column, person)
        if value is not None:
            fields[column.name] = value
    fields |= {
        name: value() if callable(value) else value
        for name, value in TOGETHER.get(model._meta.label, {}).items()
    }
    row = model(**fields)
    for column in model._meta.concrete_fields:  # a file that counts its bytes
        if column.name == "size" and "content" in fields:
            row.size = len(fields["content"].encode())  # type: ignore[attr-defined]
    models.Model.save(row)
    return row


def _value(column: Any, person: Person) -> Any:
    target = column.remote_field.model if column.remote_field else None
    if target is Person:
        return person
    if target is not None:
        return None if column.null else _some(target, person)
    if column.choices:
        return None if column.has_default() else column.choices[0][0]
    text = f"{NAME} {next(_numbers)}"
    if isinstance(column, ArrayField):
        is_text = isinstance(column.base_field, models.CharField | models.TextField)
        return [text[: column.base_field.max_length or 300]] if is_text else None
    if isinstance(column, models.JSONField):
        return [text] if column.default is list else {"told": [text]}
    if isinstance(column, models.SlugField | models.FileField):
        return None if column.has_default() or column.blank else f"s{next(_numbers)}"
    if isinstance(column, models.CharField | models.TextField):
        return text[: column.max_length] if column.max_length else text
    if column.has_default() or column.null or getattr(column, "auto_now", False):
        return None
    if getattr(column, "auto_now_add", False):
        return None
    kinds: list[tuple[Any, Callable[[], Any]]] = [
        (models.DateTimeField, timezone.now),
        (models.DateField, lambda: timezone.now().date()),
        (models.DurationField, dt.timedelta),
        (models.UUIDField, uuid.uuid4),
        (models.DecimalField, lambda: Decimal(0)),
        (models.BooleanField, bool),
        (models.FloatField, lambda: 0.5),
        (models.IntegerField, lambda: next(_numbers) % 30_000),
        (models.BinaryField, lambda: b"x"),
    ]
    return next((make() for kind, make in kinds if isinstance(column, kind)), None)


def _some(target: type[Model], person: Person) -> Model:
    """A row to refer to."""
    known: dict[type[Model], Callable[[], Any]] = {
        Character: lambda: Character.objects.create(name=f"N{number()}", slug=f"n{number()}"),
        Community: lambda: make_channel().community,
        Channel: make_channel,
        Conversation: make_conversation,
        Message: lambda: make_message(make_conversation(), make_character(), "Tea?"),
        Turn: lambda: make_turn(make_conversation()),
        Memory: lambda: make_memory(make_character()),
        User: make_keeper,
        ContentType: lambda: ContentType.objects.get_for_model(Character),
        EmbeddingModel: EmbeddingModel.objects.get,
    }
    make = known.get(target)
    return make() if make else row_of(target, person)


def mentions(text: str) -> list[str]:
    """The tables that hold a text in any row, whatever their columns are: the database says it."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
        )
        for (table,) in cursor.fetchall():
            sql = f'SELECT count(*) FROM "{table}" AS one WHERE one::text ILIKE %s'  # noqa: S608
            cursor.execute(sql, [f"%{text}%"])
            number = cursor.fetchone()[0]
            if number:
                found.append(f"{table}: {number}")
    return found


def referring() -> list[type[Model]]:
    """Every table with a column for a person, and every one that is swept."""
    with_person = [
        model
        for model in apps.get_models(include_auto_created=True)
        if any(True for _ in leftovers.references(model, Person))
    ]
    return list(dict.fromkeys([*with_person, *leftovers.swept()]))


@pytest.mark.django_db
def test_no_table_keeps_who_is_forgotten() -> None:
    """Not a row of any: referred to by column, or named in a text, a list or JSON."""
    person = make_person(NAME)
    other = make_person("Somebody Else")
    filled, failed = [], {}
    for model in referring():
        try:
            with transaction.atomic():
                row_of(model, person)
            filled.append(model)
        except (IntegrityError, ValueError, TypeError) as error:
            failed[model._meta.label] = str(error).splitlines()[0]
    assert not failed, f"Say in TOGETHER what such a row needs: {failed}"
    assert len(mentions(NAME)) > 30
    receipt = forget_person(person, "a keeper", timezone.now())
    assert mentions(NAME) == []
    with connection.cursor() as cursor:
        for model in filled:
            for column in leftovers.references(model, Person):
                if model is Message:  # an empty message needs an author, who is nobody now
                    continue
                table = model._meta.db_table
                sql = f'SELECT count(*) FROM "{table}" WHERE "{column.column}" = %s'  # noqa: S608
                cursor.execute(sql, [person.pk])
                assert cursor.fetchone()[0] == 0, (model._meta.label, column.name)
    assert sum(receipt.counts.values()) >= len(filled)
    assert Person.objects.get(pk=other.pk).username == "Somebody Else"


def test_what_is_not_swept_is_there_and_refers_to_nobody() -> None:
    """A table is left out by its name alone, and only one that erasure follows may know people."""
    labels = {model._meta.label for model in apps.get_models()}
    for named in (leftovers.FOLLOWED, leftovers.AUTHORED, leftovers.MACHINES):
        assert named <= labels
    for label in leftovers.AUTHORED | leftovers.MACHINES:
        assert not list(leftovers.references(apps.get_model(label), Person)), label


def test_striking() -> None:
    """Names as words of their own and quotations go; a common word that is a name stays one."""
    strike = Striking.of(Traits(("Will", "Will Ó Dé"), ("I hid the key under the third stone",)))
    assert strike.text("Will Ó Dé said he will; Willa waits for WILL.") == (
        "somebody said he will; Willa waits for somebody."
    )
    assert strike.text("They say: I hid the key under the third stone!") == "(erased)"
    assert strike.value({"Will": ["of Will", 3]}) == {"somebody": ["of somebody", 3]}


SAID = 'Ключ от дома лежит, как "всегда", под третьим камнем'


@pytest.mark.django_db
def test_names_and_quotations_are_found_however_they_are_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database says which rows are looked at. In JSON a line's end and a quotation mark are
    written otherwise, and not every letter is one of ASCII; rows of figures aren't taken out."""
    lena = make_person('Léna "Len" O\'Dey')
    make_message(make_conversation(make_channel()), lena, SAID)
    now = timezone.now()

    def letter(error: str, **arguments: Any) -> int:
        row = DeadLetter.objects.create(
            task="a.task", error=error, arguments=arguments, fingerprint=f"{next(_numbers)}",
            first_failed_at=now, failed_at=now,
        )  # fmt: skip
        return int(row.pk)

    telling = [
        letter("no", note='first\nLÉNA "Len" o\'dey came'),
        letter("no", note=["nothing", SAID]),
        letter("no", note=f"They say:\n{SAID}!"),
        letter(SAID),
    ]
    figures = {"trust": 0.5123456789012345, "args": [1, 2, 3], "affection": 0.4123456789012345}
    silent = letter("no", **figures)
    seen: list[Any] = []
    plain = leftovers.struck
    monkeypatch.setattr(leftovers, "struck", lambda v, t: (seen.append(v), plain(v, t))[1])

    forget_person(lena, "a keeper", now)

    stored = DeadLetter.objects.in_bulk()
    assert [stored[pk].arguments for pk in telling[:3]] == [
        {"note": "first\nsomebody came"},
        {"note": ["nothing", "(erased)"]},
        {"note": "(erased)"},
    ]
    assert stored[telling[3]].error == "(erased)"
    assert stored[silent].arguments == figures
    assert figures not in seen


# --- the policy -----------------------------------------------------------------------------------


def _told_by_another() -> tuple[Person, Memory, Message]:
    lena, sam = make_person("Lena"), make_person("Samuel")
    conversation = make_conversation(make_channel())
    make_message(conversation, sam, "Good evening, everybody, it is late.")
    told = make_message(conversation, lena, "Samuel sings in the old choir on Mondays.")
    memory = make_memory(
        make_character("Ada"), "Lena said: “Samuel sings in the old choir on Mondays.”",
        about_person_id=sam.pk, told_by_person_id=lena.pk, source_message_id=told.pk,
    )  # fmt: skip
    return sam, memory, told


@pytest.mark.django_db
def test_what_others_told_goes_or_loses_the_name_as_keepers_decide() -> None:
    """Erased by default; kept of nobody in particular, where that is the policy."""
    sam, memory, told = _told_by_another()
    forget_person(sam, "a keeper", timezone.now())
    assert not Memory.objects.filter(pk=memory.pk).exists()
    assert "Samuel" in Message.objects.get(pk=told.pk).content  # Lena's own words

    Message.objects.all().delete()
    Person.objects.all().delete()
    configuration.set_value("erasure", "others_memories", "anonymise")
    configuration.set_value("erasure", "others_words", "anonymise")
    configuration.forget_cached()
    Character.objects.all().delete()
    sam, memory, told = _told_by_another()
    receipt = forget_person(sam, "a keeper", timezone.now())
    memory.refresh_from_db()
    assert memory.content == "Lena said: “somebody sings in the old choir on Mondays.”"
    assert (memory.about_person, memory.embedding) == (None, None)
    told.refresh_from_db()
    assert told.content == "somebody sings in the old choir on Mondays."
    assert receipt.counts["memories.Memory (anonymised)"] == 1
    assert not PersonFact.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("policy", ["theirs", "rooms"])
def test_what_was_asked_in_their_rooms_goes_as_keepers_decide(policy: str) -> None:
    configuration.set_value("erasure", "call_texts", policy)
    configuration.forget_cached()
    sam = make_person("Samuel")
    here, elsewhere = make_conversation(), make_conversation(make_channel())
    make_message(here, sam, "Good evening to all of you.")
    texts = {"Samuel: Good evening.": here, "It rains.": here, "It snows.": elsewhere}
    calls = {
        text: make_call(
            conversation=talk, request={"messages": [{"role": "user", "content": text}]}
        ).pk
        for text, talk in texts.items()
    }
    forget_person(sam, "a keeper", timezone.now())
    blanked = LLMCall.objects.filter(request={"erased": True}).values_list("pk", flat=True)
    gone = [text for text, pk in calls.items() if pk in blanked]
    assert gone == ["Samuel: Good evening.", "It rains."][: 2 if policy == "rooms" else 1]
