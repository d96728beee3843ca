"""A small society to live in, and to look at from a process that starts with nothing but rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from random import Random
from typing import Any

from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from characters.models import Character, Person
from conversations import freshness
from conversations.models import Channel, Message
from conversations.turns.briefing import load_brief
from fishbowl.llm.types import Brief
from memories.recall import caches, redis_store
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_keeper,
    make_message,
    make_person,
    make_turn,
)

LATER = NOON + dt.timedelta(minutes=30)
# By which an insight comes up.
SEED = next(n for n in count() if Random(f"insight|{n}").random() < 0.05)


def start_anew() -> None:
    """Know nothing that isn't in a row, as a process that has only just begun."""
    for forget in (freshness.read_anew, caches.forget_in_process, connection.close):
        forget()


@dataclass
class Village:
    """Mara, whom Ada asks something, and Bram, who is there too."""

    mara: Character = field(default_factory=lambda: make_character("Mara"))
    bram: Character = field(default_factory=lambda: make_character("Bram"))
    ada: Person = field(default_factory=lambda: make_person("Ada"))
    room: Channel = field(default_factory=make_channel)

    def __post_init__(self) -> None:
        self.talk = make_conversation(self.room, kind="with_people")
        make_message(self.talk, self.bram, "The ferry is late again, and nobody says why.", at=NOON)
        self.asked = make_message(self.talk, self.ada, "Mara, what of the ferry?", at=NOON)

    def brief(self, at: dt.datetime = LATER, **turn_fields: Any) -> Brief:
        """What Mara has before her mind, in a process that has only just begun."""
        start_anew()
        return self.mind(at, **turn_fields)

    def mind(self, at: dt.datetime = LATER, **turn_fields: Any) -> Brief:
        """What Mara has before her mind."""
        asked = {"answers": self.asked, "move": "reply", "trigger": "person"} | turn_fields
        turn = make_turn(self.talk, self.mara, random_seed=SEED, **asked)
        try:
            with redis_store.left_alone():
                return load_brief(turn, self.room, at)[0]
        finally:
            turn.delete()


class Process:
    """One that has only just begun: what a speaker has in mind there, and what its pages show."""

    def __init__(self, village: Village) -> None:
        start_anew()
        self.village = village
        self._pages: dict[str, str] = {}

    @cached_property
    def brief(self) -> Brief:
        return self.village.mind()

    def asked(self, question: str) -> Brief:
        """What Mara has in mind as Ada asks her something else."""
        v = self.village
        line = make_message(v.talk, v.ada, question, at=NOON + dt.timedelta(minutes=1))
        try:
            return v.mind(answers=line)
        finally:
            Message.objects.filter(pk=line.pk).delete()

    @cached_property
    def _keeper(self) -> Client:
        client = Client()
        client.force_login(make_keeper())
        return client

    def page(self, url: str) -> str:
        """A page as a keeper sees it; each is opened once."""
        if url not in self._pages:
            answer = self._keeper.get(url)
            assert answer.status_code == 200, url
            self._pages[url] = answer.content.decode()
        return self._pages[url]


@dataclass(frozen=True)
class Effect:
    """Something that is lived through, what of it is seen afterwards, and the tables by which."""

    live: Callable[[Village], object]
    seen: Callable[[Process], object]
    tables: tuple[type[Model], ...]

    @property
    def name(self) -> str:
        return getattr(self.live, "__name__", "")


def standing(tables: Iterable[type[Model]]) -> dict[str, tuple[Any, ...]]:
    """How each table stands: it differs once a row was added or changed."""
    found = {}
    with connection.cursor() as cursor:
        for model in tables:
            name = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT count(*), max(xmin::text::bigint) FROM {name}")  # noqa: S608
            found[model._meta.label] = cursor.fetchone()
    return found


def require_seen_in_the_next_process(effects: Iterable[Effect], *, first: bool = True) -> None:
    """Live through all of it, in one process, and see it in the next; with `first`, in none
    before."""
    village = Village()
    if first:
        process = Process(village)
        seen = [one.name for one in effects if one.seen(process)]
        assert not seen, f"before it was lived: {seen}"
    for one in effects:
        before = standing(one.tables)
        one.live(village)
        assert before.items().isdisjoint(standing(one.tables).items()), one.name
    process = Process(village)
    lost = [one.name for one in effects if not one.seen(process)]
    assert not lost, f"not seen after a restart: {lost}"


def listed(app: str, model: str, text: str) -> Callable[[Process], bool]:
    """Whether a keeper's list shows a text."""
    return lambda p: text in p.page(reverse(f"admin:{app}_{model}_changelist"))


def on_its_page(text: str) -> Callable[[Process], bool]:
    """Whether Mara's page shows a text."""
    return lambda p: text in p.page(reverse("character", args=[p.village.mara.slug]))
