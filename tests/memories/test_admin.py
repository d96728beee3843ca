"""The keepers' pages on what is remembered: they open with rows, ask little, and act through the
services."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conversations.models import TurnMemory
from conversations.services import local_community
from memories.embedding.filling import fill_missing
from memories.lore.lore import ingest
from memories.lore.lorefiles import read
from memories.models import (
    CacheStatistic,
    ConsolidationRun,
    Contagion,
    Derivation,
    EmbeddingModel,
    EntityAlias,
    EntityMention,
    ErasureReceipt,
    HygieneFinding,
    HygieneRun,
    LoreChunk,
    LoreDocument,
    Memory,
    MemoryLink,
    MemoryRevision,
    PersonFact,
    WaitingVector,
)
from memories.nights import consolidation, hygiene
from tests.builders import (
    NOON,
    make_character,
    make_conversation,
    make_keeper,
    make_memory,
    make_message,
    make_person,
    make_staff,
    make_turn,
    number,
)
from tests.memories.test_consolidation import TWICE, a_night, of_ferries
from tests.memories.test_constraints import (
    VECTOR,
    a_fact,
    a_link,
    a_note,
    a_relation,
    a_share,
    an_association,
    an_entity,
)

pytestmark = pytest.mark.django_db(transaction=True)

admin.autodiscover()
MODELS = [model for model in admin.site._registry if model._meta.app_label == "memories"]
FEW, MORE = 2, 3


@pytest.fixture
def pages() -> Client:
    """A browser in which a keeper is logged in."""
    client = Client()
    client.force_login(make_keeper())
    return client


def url(model: type[models.Model], page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def fill(rows: int) -> None:
    """So many more rows of everything, each with owners of its own."""
    for _ in range(rows):
        owner, person = make_character(), make_person()
        message = make_message(make_conversation(), person, "The tide is out.")
        memory = make_memory(
            owner,
            "The tide is out.",
            source_message_id=message.pk,
            about_person_id=person.pk,
            told_by_person_id=person.pk,
        )
        copy = make_memory(owner, "The tide was out.", from_memories=(memory.pk,))
        Derivation.objects.create(memory=copy, from_message=message)
        MemoryRevision.objects.create(
            memory=memory, content_before="The tide is in.", reason="admin", revised_at=NOON
        )
        a_link(from_memory=memory, to_memory=copy)
        a_share(memory=memory, copy=None)
        entity = an_entity()
        EntityAlias.objects.create(entity=entity, alias=f"Tide {number()}")
        EntityMention.objects.create(entity=entity, memory=memory)
        EntityMention.objects.create(entity=entity, message=message)
        a_relation(subject=entity, evidence=memory)
        an_association(fact_1=a_fact(), fact_2=a_fact())
        a_note(content=f"They speak of the tide, {number()}.")
        turn = make_turn(make_conversation(), owner)
        TurnMemory.objects.create(turn=turn, memory=memory, rank=1, score=0.5)
        ConsolidationRun.objects.create(character=owner, started_at=NOON, finished_at=NOON)
        run = HygieneRun.objects.create(started_at=NOON, finished_at=NOON)
        HygieneFinding.objects.create(
            run=run, kind="vague", memory=memory, beside=copy, tier_before="short",
            detail="The tide.", found_at=NOON,
        )  # fmt: skip
        Contagion.objects.create(
            community=local_community(), kind="phrase", text=f"tide number {number()}",
            origin=owner, carriers=[1], uses=4, first_seen_at=NOON, last_seen_at=NOON,
        )  # fmt: skip
        ErasureReceipt.objects.create(requested_by="a keeper", erased_at=NOON, counts={"x": 1})
        CacheStatistic.objects.create(cache=f"cache {number()}", hour=NOON, hits=3, misses=1)
        space = EmbeddingModel.objects.create(name=f"tide {number()}", dimensions=256, provider="p")
        WaitingVector.objects.create(
            embedding_model=space, table="memories_memory", row=memory.pk, text_hash="x",
            embedding=VECTOR,
        )  # fmt: skip
        some_lore(f"tide-{number()}.md")


def some_lore(source: str, text: str = "") -> LoreDocument:
    text = text or f"# The tides\n\nThe tide of {source} comes twice a day."
    return LoreDocument.objects.get(
        pk=ingest(read(text.encode(), source, source=source, suffix=".md")).document_id
    )


def act(pages: Client, name: str, *rows: models.Model) -> str:
    """Call an action on rows, and read what it says."""
    response = pages.post(
        url(type(rows[0])),
        {"action": name, "_selected_action": [row.pk for row in rows]},
        follow=True,
    )
    assert response.status_code == 200
    return " ".join(str(one) for one in response.context["messages"])


def logged(row: models.Model) -> list[str]:
    """What the keepers' log holds of a row."""
    entries = LogEntry.objects.filter(
        content_type__model=type(row)._meta.model_name, object_id=str(row.pk)
    )
    return [entry.get_change_message() for entry in entries]


# --- pages ----------------------------------------------------------------------------------------


def asked(pages: Client, address: str) -> list[str]:
    """The statements that a page takes."""
    with CaptureQueriesContext(connection) as queries:
        assert pages.get(address).status_code == 200
    return [query["sql"] for query in queries.captured_queries]


def test_every_page_opens_and_asks_no_more_of_many_rows(
    pages: Client, subtests: pytest.Subtests
) -> None:
    fill(FEW)
    for model in MODELS:  # what is asked once a process is asked, too
        for words in ("tide", "'\"(&|!7"):
            assert pages.get(url(model), {"q": words}).status_code == 200
    before = {model: len(asked(pages, url(model))) for model in MODELS}
    fill(MORE)
    for model in MODELS:
        with subtests.test(model=model.__name__):
            assert model._default_manager.count() >= FEW + MORE
            statements = asked(pages, url(model))
            assert len(statements) <= before[model]
            assert not any('"search"' in one or '"embedding"' in one for one in statements)
            row = model._default_manager.order_by("pk").last()
            assert row is not None
            assert len(asked(pages, url(model, "change", row.pk))) <= 30


def test_the_filters_of_every_list_open(pages: Client, subtests: pytest.Subtests) -> None:
    fill(1)
    for model in MODELS:
        with subtests.test(model=model.__name__):
            listed = pages.get(url(model)).context["cl"]
            for spec in listed.filter_specs:
                for choice in list(spec.choices(listed))[1:2]:
                    assert pages.get(url(model) + choice["query_string"]).status_code == 200


def test_a_memorys_page_tells_all_that_hangs_on_it(pages: Client) -> None:
    fill(1)
    memory = Memory.objects.filter(content="The tide is out.").get()
    html = pages.get(url(Memory, "change", memory.pk)).content.decode()
    for shown in ("The tide was out.", "The tide is in.", "vague", "offered", "related", "place 1"):
        assert shown in html, shown


def test_what_was_said_is_shown_as_text(pages: Client) -> None:
    memory = make_memory(make_character(), "<script>alert(1)</script>")
    copy = make_memory(memory.owner, "A copy.", from_memories=(memory.pk,))
    for page in (url(Memory), *(url(Memory, "change", one.pk) for one in (memory, copy))):
        assert b"<script>alert" not in pages.get(page).content


def test_memories_are_found_by_their_words(pages: Client) -> None:
    owner = make_character()
    make_memory(owner, "Two ferries were late.")
    make_memory(owner, "The kettle is on.")
    found = pages.get(url(Memory), {"q": "ferry"}).context["cl"].result_list
    assert [memory.content for memory in found] == ["Two ferries were late."]


def test_staff_without_permission_see_nothing() -> None:
    client = Client()
    client.force_login(make_staff())
    for model in MODELS:
        assert client.get(url(model)).status_code == 403


# --- memories -------------------------------------------------------------------------------------


def edit(pages: Client, memory: Memory, **fields: Any) -> Any:
    form = {
        "content": memory.content,
        "found_by": memory.found_by,
        "visibility": memory.visibility,
        "importance": memory.importance,
        "expires_at_0": "",
        "expires_at_1": "",
        **fields,
    }
    return pages.post(url(Memory, "change", memory.pk), form)


def test_a_keeper_mends_a_memory(pages: Client) -> None:
    memory = make_memory(make_character(), "The ferry is on time.")
    vector = memory.embedding
    assert edit(pages, memory, content="The ferry is late.", importance=8).status_code == 302
    memory.refresh_from_db()
    assert (memory.content, memory.importance) == ("The ferry is late.", 8.0)
    assert memory.embedding != vector
    assert memory.revisions.get().content_before == "The ferry is on time."
    assert logged(memory)


def test_what_it_can_not_say_is_told(pages: Client) -> None:
    owner = make_character()
    other, memory = make_memory(owner, "The ferry is late."), make_memory(owner)
    page = edit(pages, memory, content="The ferry is  LATE.")
    assert f"Memory {other.pk} says this in the same words" in page.content.decode()
    assert edit(pages, memory, importance=11).status_code == 200
    memory.refresh_from_db()
    assert memory.importance == 5.0


def test_a_keeper_locks_forgets_and_brings_back(pages: Client) -> None:
    owner = make_character()
    memory, locked = make_memory(owner), make_memory(owner)
    assert "1 locked." in act(pages, "lock", locked)
    said = act(pages, "forget", memory, locked)
    assert "1 forgotten." in said and "because locked: 1" in said
    memory.refresh_from_db()
    locked.refresh_from_db()
    assert (memory.tier, locked.tier) == ("archived", "short")
    assert "1 remembered again." in act(pages, "bring_back", memory, locked)
    assert "1 unlocked." in act(pages, "unlock", memory, locked)
    memory.refresh_from_db()
    assert memory.tier == "long"
    assert logged(memory) == ["Remembered again.", "Forgotten."]
    assert logged(locked) == ["Unlocked.", "Locked."]


def test_a_keeper_takes_a_merged_memory_apart(pages: Client) -> None:
    owner = make_character()
    one, other = (make_memory(owner, text) for text in TWICE)
    consolidation.merge_duplicates(a_night(owner))
    kept = Memory.objects.get(merged_from__isnull=False)
    assert "1 brought back" in act(pages, "unmerge", one, other)
    assert not Memory.objects.filter(merged_into__isnull=False).exists()
    assert len(logged(kept)) == 1


def test_a_keeper_links_memories_by_hand(pages: Client) -> None:
    owner = make_character()
    one, other, third = (make_memory(owner, text) for text in ("Rain.", "The roof.", "A bucket."))
    assert "3 linked." in act(pages, "link", one, other, third)
    links = MemoryLink.objects.order_by("pk")
    assert {(x.link_type, x.origin, x.strength) for x in links} == {("related", "explicit", 1.0)}
    html = pages.get(url(Memory, "change", one.pk)).content.decode()
    assert "The roof." in html
    assert "0 linked." in act(pages, "link", other, one)
    assert "Choose 2 to 6" in act(pages, "link", one)
    stranger = make_memory(make_character(), "Snow.")
    assert "of one character and one place" in act(pages, "link", one, stranger)
    assert MemoryLink.objects.count() == 3
    assert logged(third) == ["Linked."]


def test_a_summary_shows_what_it_speaks_for(pages: Client) -> None:
    owner = make_character()
    sources = of_ferries(owner)
    consolidation.summarise_clusters(a_night(owner), lambda: True)
    summary = Memory.objects.get(kind="summary")
    html = pages.get(url(Memory, "change", summary.pk)).content.decode()
    assert html.count("speaks for") == len(sources)
    html = pages.get(url(Memory, "change", sources[0].pk)).content.decode()
    assert "merged into" in html


# --- audits, contagion, facts, lore ---------------------------------------------------------------


def test_a_keeper_takes_a_finding_back_with_one_click(pages: Client) -> None:
    memory = make_memory(make_character(), "Bram said: “And then what?”", kind="conversation")
    hygiene.audit()
    finding = HygieneFinding.objects.get()
    assert "1 brought back." in act(pages, "revert", finding)
    assert "0 brought back." in act(pages, "revert", finding)
    memory.refresh_from_db()
    assert memory.tier == "short"
    assert logged(finding) == ["Brought back."]


def test_a_keeper_lets_what_spreads_be(pages: Client) -> None:
    fill(1)
    row = Contagion.objects.get()
    assert "1 allowed." in act(pages, "allow", row)
    row.refresh_from_db()
    assert (row.is_allowed, row.is_damped) == (True, False)
    assert logged(row) == ["Allowed."]


def test_who_may_only_look_may_not_act() -> None:
    staff = make_staff()
    staff.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(staff)
    memory = make_memory(make_character(), "Bram said: “And then what?”", kind="conversation")
    hygiene.audit()
    for row, name in ((memory, "bring_back"), (HygieneFinding.objects.get(), "revert")):
        client.post(url(type(row)), {"action": name, "_selected_action": [row.pk]})
    memory.refresh_from_db()
    assert memory.tier == "archived"


@pytest.mark.parametrize(
    ("name", "column", "before"),
    [
        ("lock", "is_locked", False),
        ("unlock", "is_locked", True),
        ("activate", "is_active", False),
        ("deactivate", "is_active", True),
    ],
)
def test_a_keeper_acts_on_facts(pages: Client, name: str, column: str, before: bool) -> None:
    fact = a_fact(**{column: before})
    assert act(pages, name, fact).startswith("1 ")
    assert PersonFact.objects.values_list(column, flat=True).get() is not before
    assert len(logged(fact)) == 1
    assert act(pages, name, fact).startswith("0 ")


def test_a_keeper_writes_down_a_fact(pages: Client) -> None:
    person = make_person()
    form = pages.get(url(PersonFact, "add")).context["adminform"].form
    given = {name: form.get_initial_for_field(f, name) for name, f in form.fields.items()}
    at = timezone.localtime(given["learned_at"])
    sent = {name: "" if value is None or value is False else value for name, value in given.items()}
    sent |= {
        "person": person.pk,
        "fact_content": "Ada keeps bees.",
        "learned_at_0": f"{at:%Y-%m-%d}",
        "learned_at_1": f"{at:%H:%M:%S}",
        "is_active": "on",
    }
    assert pages.post(url(PersonFact, "add"), sent).status_code == 302
    fact = PersonFact.objects.get()
    assert (fact.fact_content, fact.source, fact.is_active) == ("Ada keeps bees.", "manual", True)


def test_a_keeper_disables_enables_and_removes_lore(pages: Client) -> None:
    document = some_lore("tides.md")
    assert "1 disabled." in act(pages, "disable", document)
    assert Memory.objects.get().tier == "archived"
    assert "1 enabled." in act(pages, "enable", document)
    assert Memory.objects.get().tier == "long"
    assert logged(document) == ["Enabled.", "Disabled."]
    response = pages.post(url(LoreDocument, "delete", document.pk), {"post": "yes"})
    assert response.status_code == 302
    assert not Memory.objects.exists()


def test_a_keeper_gives_a_piece_its_keys(pages: Client) -> None:
    chunk = some_lore("tides.md").chunks.get()
    form = {"keys": "tide\n/ebb|flow/i", "secondary_keys": "", "is_enabled": "on",
            "insertion_order": 7}  # fmt: skip
    assert pages.post(url(LoreChunk, "change", chunk.pk), form).status_code == 302
    chunk.refresh_from_db()
    assert (chunk.keys, chunk.insertion_order) == (["tide", "/ebb|flow/i"], 7)
    refused = pages.post(url(LoreChunk, "change", chunk.pk), {**form, "keys": "/(/"})
    assert "no regular expression" in refused.content.decode()


def test_a_changed_name_or_fact_gives_up_its_vector(pages: Client) -> None:
    entity = an_entity(name="Corran")
    fill_missing()
    entity.refresh_from_db()
    assert entity.embedding is not None
    inline = {"aliases-TOTAL_FORMS": 0, "aliases-INITIAL_FORMS": 0}
    form = {"name": "Port Corran", "kind": "place", "pronoun": "", **inline}
    assert pages.post(url(type(entity), "change", entity.pk), form).status_code == 302
    entity.refresh_from_db()
    assert (entity.name, entity.embedding) == ("Port Corran", None)
