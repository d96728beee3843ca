"""Who hears what: the audience rules, as the database computes them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError
from psycopg.pq import TransactionStatus

from audit.models import SecurityEvent, SecurityEventType
from characters.models import Character, Community, Person
from memories.models import REQUIRED_TRUST, Memory, MemoryKind, PersonFact, ScratchpadEntry
from memories.models.memory import Visibility
from memories.view import Audience, View, directly_seen_by, seen_by
from tests.builders import (
    NOON,
    make_character,
    make_community,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_relationship,
)

pytestmark = pytest.mark.django_db


CONTENTS = "SELECT content FROM memories_memory"


def before(*listeners: Character | Person, **where: int | None) -> Audience:
    return Audience(
        characters=frozenset(x.pk for x in listeners if isinstance(x, Character)),
        people=frozenset(x.pk for x in listeners if isinstance(x, Person)),
        **where,
    )


def seen(speaker: Character, audience: Audience) -> set[str]:
    """The contents that the speaker may say before this audience."""
    with seen_by(speaker.pk, audience) as view:
        view.cursor.execute(CONTENTS)
        found = {content for (content,) in view.cursor.fetchall()}
    with directly_seen_by(speaker.pk, audience) as view:
        assert {content for (content,) in view.planned(CONTENTS)} == found
    return found


@pytest.fixture
def ada() -> Character:
    """A character with a memory of each visibility, named by it."""
    ada = make_character("Ada")
    for level in Visibility.values:
        make_memory(ada, level, visibility=level)
    return ada


def test_the_database_holds_the_same_figures_of_trust() -> None:
    for level, figure in REQUIRED_TRUST.items():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT %s = ANY (memories_visible_at(%s)), %s = ANY (memories_visible_at(%s))",
                [level.value, figure, level.value, figure - 1e-9],
            )
            assert cursor.fetchone() == (True, level == Visibility.PUBLIC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT memories_visible_at(1)")
        assert set(cursor.fetchone()[0]) == {level.value for level in REQUIRED_TRUST}


@pytest.mark.parametrize(
    ("trust", "levels"),
    [
        (0.0, "public"),
        (0.29, "public"),
        (0.30, "public basic"),
        (0.50, "public basic personal"),
        (0.70, "public basic personal intimate"),
        (0.90, "public basic personal intimate full"),
        (1.00, "public basic personal intimate full"),
    ],
)
@pytest.mark.parametrize("is_person", [True, False])
def test_it_says_what_the_listener_is_trusted_with(
    ada: Character, trust: float, levels: str, is_person: bool
) -> None:
    listener = make_person() if is_person else make_character()
    bond = make_relationship(ada, listener, trust=trust)
    assert seen(ada, before(listener, community=bond.community_id)) == set(levels.split())


def test_the_least_trusted_listener_counts(ada: Character) -> None:
    friend, stranger = make_character(), make_person()
    for listener, trust in ((friend, 0.95), (stranger, 0.4)):
        make_relationship(ada, listener, trust=trust, community=None)
    assert "full" in seen(ada, before(friend))
    assert seen(ada, before(friend, stranger)) == {"public", "basic"}


def test_who_is_unknown_is_not_trusted(ada: Character) -> None:
    friend = make_character()
    make_relationship(ada, friend, trust=1.0, community=None)
    assert seen(ada, before(make_person())) == {"public"}
    assert seen(ada, before(friend, make_character())) == {"public"}


def test_trust_is_the_speakers_not_the_listeners(ada: Character) -> None:
    admirer = make_character()
    make_relationship(admirer, ada, trust=1.0, community=None)
    assert seen(ada, before(admirer)) == {"public"}


def test_what_another_trusts_a_listener_with_opens_nothing(ada: Character) -> None:
    other, listener = make_character(), make_person()
    make_relationship(other, listener, trust=1.0, community=None)
    assert seen(ada, before(listener)) == {"public"}
    make_relationship(ada, listener, trust=0.4, community=None)
    assert seen(ada, before(listener)) == {"public", "basic"}


def test_alone_a_character_has_its_private_memories_too(ada: Character) -> None:
    assert seen(ada, Audience()) == set(Visibility.values)
    assert seen(ada, before(ada)) == set(Visibility.values)  # itself is no listener


def test_trust_in_this_community_goes_before_trust_in_general(ada: Character) -> None:
    listener, here, there = make_person(), make_community(), make_community(discord_id=71)
    make_relationship(ada, listener, trust=0.95, community=None)
    make_relationship(ada, listener, trust=0.1, community=here)
    assert seen(ada, before(listener, community=here.pk)) == {"public"}
    assert "full" in seen(ada, before(listener, community=there.pk))
    assert "full" in seen(ada, before(listener))


def test_trust_in_another_community_is_no_trust_here(ada: Character) -> None:
    listener, here, there = make_person(), make_community(), make_community(discord_id=71)
    make_relationship(ada, listener, trust=0.95, community=there)
    assert seen(ada, before(listener, community=here.pk)) == {"public"}
    assert seen(ada, before(listener)) == {"public"}


def test_communities_don_t_see_each_others_memories() -> None:
    ada, here, there = make_character(), make_community(), make_community(discord_id=71)
    for community, text in ((here, "here"), (there, "there"), (None, "anywhere")):
        make_memory(
            ada,
            text,
            visibility=Visibility.PUBLIC,
            community_id=community.pk if community else None,
        )
        make_memory(
            None,
            f"lore of {text}",
            visibility=Visibility.PUBLIC,
            community_id=community.pk if community else None,
        )
    found = seen(ada, Audience(community=there.pk))
    assert found == {"there", "anywhere", "lore of there", "lore of anywhere"}
    assert seen(ada, Audience()) == {"anywhere", "lore of anywhere"}


def test_nobody_sees_what_another_remembers(ada: Character) -> None:
    other = make_character()
    make_memory(other, "another's", visibility=Visibility.PUBLIC)
    assert "another's" not in seen(ada, Audience())
    assert seen(other, Audience()) == {"another's"}


class TestTheTeller:
    """One may always be reminded of what one told oneself, as far as the others are trusted."""

    @pytest.mark.parametrize("is_person", [True, False])
    def test_it_is_reminded_alone(self, is_person: bool) -> None:
        ada = make_character()
        teller = make_person() if is_person else make_character()
        told = {"told_by_person_id" if is_person else "told_by_character_id": teller.pk}
        make_memory(ada, "told", visibility=Visibility.FULL, **told)
        make_memory(ada, "not told", visibility=Visibility.BASIC)
        make_memory(ada, "told, then kept", visibility=Visibility.PRIVATE, **told)
        assert seen(ada, before(teller)) == {"told"}

    def test_another_who_listens_must_be_trusted(self) -> None:
        ada, teller, friend, other = make_character(), make_person(), make_person(), make_person()
        make_memory(ada, "told", visibility=Visibility.INTIMATE, told_by_person_id=teller.pk)
        for listener, trust in ((teller, 0.1), (friend, 0.8), (other, 0.6)):
            make_relationship(ada, listener, trust=trust, community=None)
        assert seen(ada, before(teller, friend)) == {"told"}
        assert seen(ada, before(teller, other)) == set()
        assert seen(ada, before(teller, friend, other)) == set()

    def test_a_more_trusted_teller_opens_nothing_for_the_least_trusted(self) -> None:
        ada, teller, stranger = make_character(), make_person(), make_person()
        make_memory(ada, "told", visibility=Visibility.BASIC, told_by_person_id=teller.pk)
        make_relationship(ada, teller, trust=0.9, community=None)
        assert seen(ada, before(teller, stranger)) == set()

    def test_two_strangers_don_t_hear_each_others_secrets(self) -> None:
        ada, one, two = make_character(), make_person(), make_person()
        for teller in (one, two):
            make_memory(
                ada, f"of {teller.pk}", visibility=Visibility.BASIC, told_by_person_id=teller.pk
            )
        assert seen(ada, before(one, two)) == set()

    def test_a_person_and_a_character_of_one_id_are_not_confused(self) -> None:
        ada, person = make_character(), make_person()
        namesake = Character.objects.create(pk=person.pk + 10_000, name="Nam", slug="nam")
        Person.objects.create(pk=namesake.pk, username="pam")
        make_memory(ada, "told", visibility=Visibility.BASIC, told_by_character_id=namesake.pk)
        assert seen(ada, Audience(people=frozenset({namesake.pk}))) == set()
        assert seen(ada, before(namesake)) == {"told"}


def test_what_others_said_of_a_listener_is_not_what_it_told() -> None:
    ada, sam, lena = make_character(), make_person(), make_person()
    conversation = make_conversation()
    own = make_message(conversation, sam, "I play the cello.")
    others = make_message(conversation, lena, "There is a surprise party for Sam on Friday.")
    for text, message in (("plays the cello", own), ("has a party", others), ("typed in", None)):
        PersonFact.objects.create(
            person=sam,
            character=ada,
            fact_content=text,
            visibility=Visibility.INTIMATE,
            learned_at=NOON,
            extracted_from_message=message,
        )

    def facts(*listeners: Person) -> set[str]:
        with seen_by(ada.pk, before(*listeners)):
            return set(PersonFact.objects.values_list("fact_content", flat=True))

    assert facts(sam) == {"plays the cello"}
    assert facts(lena) == set()
    assert facts(sam, lena) == set()
    assert len(facts()) == 3


def test_notes_stay_in_their_conversation() -> None:
    ada, bram = make_character(), make_character()
    here, there = make_conversation(), make_conversation()
    for who, where, is_public in (
        (ada, here, False), (ada, there, True), (ada, there, False),
        (bram, here, True), (bram, here, False), (bram, there, True),
    ):  # fmt: skip
        ScratchpadEntry.objects.create(
            character=who,
            conversation=where,
            part="observation",
            content=f"{'ada' if who == ada else 'bram'} {'here' if where == here else 'there'} "
            f"{'aloud' if is_public else 'quietly'}",
            is_public=is_public,
            created_at=NOON,
            expires_at=NOON,
        )

    def notes(audience: Audience) -> set[str]:
        with seen_by(ada.pk, audience):
            return set(ScratchpadEntry.objects.values_list("content", flat=True))

    assert notes(before(bram, conversation=here.pk)) == {"ada here quietly", "bram here aloud"}
    assert notes(before(bram)) == set()
    assert notes(Audience()) == {"ada here quietly", "ada there aloud", "ada there quietly"}


def test_the_orm_reads_under_it_too_and_comes_back_after(ada: Character) -> None:
    with seen_by(ada.pk, before(make_person())):
        assert [m.content for m in Memory.objects.all()] == ["public"]
    assert Memory.objects.count() == len(Visibility.values)


def test_it_comes_back_after_an_error(ada: Character) -> None:
    with pytest.raises(DatabaseError), seen_by(ada.pk, Audience()) as view:
        view.cursor.execute("SELECT 1 / 0")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, session_user, current_setting('fishbowl.view', true),"
            " current_setting('transaction_read_only')"
        )
        user, session, view_left, read_only = cursor.fetchone()
    assert (user == session, view_left or "", read_only) == (True, "", "off")


@pytest.mark.django_db(transaction=True)
def test_it_comes_back_outside_a_transaction_as_inside_one(ada: Character) -> None:
    with seen_by(ada.pk, Audience()):
        pass
    with transaction.atomic():
        with seen_by(ada.pk, Audience()):
            pass
        make_memory(ada, "written after")
    assert Memory.objects.filter(content="written after").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("opened_by", [seen_by, directly_seen_by])
def test_outside_a_transaction_each_listener_hears_the_same(
    ada: Character, opened_by: Callable[[int, Audience], AbstractContextManager[View]]
) -> None:
    friend, stranger = make_person(), make_person()
    make_relationship(ada, friend, trust=0.5, community=None)
    for audience, levels in (
        (before(friend), "public basic personal"),
        (before(stranger), "public"),
        (before(friend, stranger), "public"),
        (Audience(), " ".join(Visibility.values)),
        (before(stranger), "public"),
    ):
        with opened_by(ada.pk, audience) as view:
            for _ in range(2):  # journeys
                assert {content for (content,) in view.planned(CONTENTS)} == set(levels.split())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("opened_by", [seen_by, directly_seen_by])
def test_outside_a_transaction_what_is_refused_is_recorded_and_the_role_ends(
    ada: Character, opened_by: Callable[[int, Audience], AbstractContextManager[View]]
) -> None:
    for statement in (
        "SELECT content FROM conversations_message",
        "UPDATE memories_memory SET content = '' RETURNING id",
        "SELECT 1 / 0",
        "SELECT nothing_of_the_kind",
    ):
        with pytest.raises(DatabaseError), opened_by(ada.pk, before(make_person())) as view:
            view.planned(statement)
        assert Memory.objects.exclude(content="").count() == len(Visibility.values)
    (event,) = SecurityEvent.objects.all()
    assert event.event_type == SecurityEventType.ROW_DENIED
    assert event.event_data["character"] == ada.pk
    with pytest.raises(ZeroDivisionError), opened_by(ada.pk, before(make_person())):
        _ = 1 // 0
    assert Memory.objects.count() == len(Visibility.values)


def test_what_a_view_within_a_view_is_refused_is_recorded_once(ada: Character) -> None:
    with (
        pytest.raises(ProgrammingError),
        seen_by(ada.pk, Audience()),
        seen_by(ada.pk, Audience()) as view,
    ):
        view.planned("SELECT content FROM conversations_message")
    assert [e.event_type for e in SecurityEvent.objects.all()] == [SecurityEventType.ROW_DENIED]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("opened_by", [seen_by, directly_seen_by])
def test_nothing_of_it_stays_but_what_was_planned(
    ada: Character, opened_by: Callable[[int, Audience], AbstractContextManager[View]]
) -> None:
    settings = "current_user, current_setting('fishbowl.view', true), current_setting('jit'),"
    settings += " current_setting('plan_cache_mode'), current_setting('transaction_read_only')"

    def stand() -> tuple[str, ...]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {settings}")
            return tuple(value or "" for value in cursor.fetchone())

    before_it = stand()
    for level in ("public", "private"):
        with opened_by(ada.pk, Audience()) as view:
            assert view.planned(f"SELECT {settings}") != [before_it]
            sql = f"{CONTENTS} WHERE visibility = %(level)s /* {opened_by.__name__} */"
            assert view.planned(sql, level=level) == [(level,)]
        assert stand() == before_it
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements "
            "WHERE statement LIKE %s",
            [f"%/* {opened_by.__name__} */"],
        )
        assert cursor.fetchall() == [(2, 0)]


@pytest.mark.django_db(transaction=True)
def test_after_its_last_statement_nothing_more_is_read(ada: Character) -> None:
    sql = "SELECT count(*) FROM memories_memory WHERE visibility = %(level)s"
    for level in ("public", "private"):
        with directly_seen_by(ada.pk, before(make_person())) as view:
            assert view.planned(sql, is_last=True, level=level) == [(int(level == "public"),)]
            assert connection.connection.info.transaction_status == TransactionStatus.IDLE
            for ask in (Memory.objects.count, lambda: view.planned(sql, level=level)):  # noqa: B023
                with pytest.raises(TransactionManagementError):
                    ask()
            with pytest.raises(TransactionManagementError):
                view.cursor.execute("SELECT content FROM memories_memory")
        assert Memory.objects.count() == len(Visibility.values)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_prepared_statements WHERE statement LIKE '%WHERE visibility = $1'"
        )
        assert cursor.rowcount == 1


def test_within_a_transaction_the_last_statement_ends_nothing(ada: Character) -> None:
    with directly_seen_by(ada.pk, before(make_person())) as view:
        assert view.planned("SELECT content FROM memories_memory", is_last=True) == [("public",)]
    assert Memory.objects.count() == len(Visibility.values)


def test_what_goes_before_it_is_asked_by_the_application(ada: Character) -> None:
    meanwhile: list[int] = []
    with directly_seen_by(
        ada.pk,
        before(make_person()),
        first=[("SELECT count(*) FROM memories_memory WHERE owner_id = %s", [ada.pk])],
        meanwhile=lambda: meanwhile.append(1),
    ) as view:
        assert view.first == [[(len(Visibility.values),)]]
        assert view.planned("SELECT count(*) FROM memories_memory") == [(1,)]
    assert meanwhile == [1]


@pytest.mark.django_db(transaction=True)
def test_what_was_planned_for_one_shows_another_its_own(ada: Character) -> None:
    bram = make_character("Bram")
    make_memory(bram, "Bram's own", visibility="private")
    sql = "SELECT content FROM memories_memory ORDER BY content"
    with seen_by(ada.pk, Audience()) as view:
        assert len(view.planned(sql)) == len(Visibility.values)
    with seen_by(bram.pk, Audience()) as view:
        assert view.planned(sql) == [("Bram's own",)]
    with seen_by(bram.pk, before(make_person())) as view:
        assert view.planned(sql) == []


class TestTheKey:
    """Two views of one key see the same, so a cache may go by it."""

    def key(self, speaker: Character, audience: Audience) -> str:
        with seen_by(speaker.pk, audience) as view:
            return view.key

    def test_it_is_one_for_those_who_see_the_same(self, ada: Character) -> None:
        one, two = make_person(), make_person()
        for person in (one, two):
            make_relationship(ada, person, trust=0.6, community=None)
        friend = make_person()
        make_relationship(ada, friend, trust=0.75, community=None)
        assert self.key(ada, before(one)) == self.key(ada, before(one))
        assert self.key(ada, before(one)) != self.key(ada, before(two))  # each told other things
        assert self.key(ada, before(one, friend)) != self.key(ada, before(one))

    def test_it_changes_with_trust(self, ada: Character) -> None:
        person = make_person()
        bond = make_relationship(ada, person, trust=0.6, community=None)
        earlier = self.key(ada, before(person))
        bond.trust = 0.2
        bond.save()
        assert self.key(ada, before(person)) != earlier

    def test_it_parts_speakers_communities_and_conversations(self, ada: Character) -> None:
        other, person = make_character(), make_person()
        community: Community = make_community(discord_id=72)
        keys = [
            self.key(ada, before(person)),
            self.key(other, before(person)),
            self.key(ada, Audience()),
            self.key(ada, before(person, community=community.pk)),
            self.key(ada, before(person, conversation=make_conversation().pk)),
        ]
        assert len(set(keys)) == len(keys)

    def test_it_can_t_be_used_to_open_a_view(self, ada: Character) -> None:
        key = self.key(ada, Audience())
        with (
            pytest.raises(DatabaseError, match="not opened by the application"),
            seen_by(ada.pk, before(make_person())) as view,
        ):
            view.cursor.execute("SELECT set_config('fishbowl.view', %s, true)", [key])
            view.cursor.execute("SELECT count(*) FROM memories_memory")


def test_every_kind_of_memory_has_a_place(ada: Character) -> None:
    for kind in MemoryKind.values:
        make_memory(ada, f"kind {kind}", kind=kind, visibility=Visibility.PUBLIC)
    found = seen(ada, before(make_person()))
    assert {f"kind {kind}" for kind in MemoryKind.values} <= found
