"""The keepers' pages: everything listed, little asked of the database, history left alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import AutocompleteMixin, ForeignKeyRawIdWidget
from django.contrib.auth.models import Permission
from django.db import connection, models
from django.forms import ModelChoiceField
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.configuration import configuration
from audit.models import (
    Alert,
    Budget,
    BudgetHold,
    BudgetSpend,
    EndpointState,
    HealthCheck,
    MetricRollup,
    PerformanceMetric,
    ServerLesson,
    SystemConfiguration,
)
from audit.operation import deadletters
from audit.security.security import record_event
from audit.trail.actions import record_action
from characters import versions
from characters.admin.lists import machine_columns
from characters.admin.paging import EstimatingPaginator
from characters.admin.values import estimated_rows
from characters.feelings import feel
from characters.models import (
    CardSource,
    Character,
    CharacterState,
    CommunicationStyle,
    Contribution,
    FormativeMemory,
    Goal,
    InsightLink,
    Interest,
    KnowledgeArea,
    LearningEvent,
    MaterialUse,
    Membership,
    Person,
    Persona,
    PersonPreference,
    Reflection,
    Relationship,
    RelationshipEvent,
    SelfModification,
    SpeechStyle,
    Trigger,
)
from characters.services import move_mood
from conversations import scenarios
from conversations.discord import places
from conversations.models import (
    Channel,
    Conversation,
    ConversationAnalytics,
    Delivery,
    DeliveryPart,
    Message,
    MessageEdit,
    ModerationRule,
    ProposalVote,
    RegisteredCommands,
    TopicTransition,
    Turn,
    TurnMemory,
)
from memories.embedding.filling import fill_interests
from memories.models import EmbeddingModel
from tests.builders import (
    NOON,
    make_agreement,
    make_call,
    make_care_notice,
    make_case,
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_event,
    make_evidence,
    make_file,
    make_health,
    make_insight,
    make_keeper,
    make_memory,
    make_message,
    make_mood_change,
    make_opinion,
    make_person,
    make_project,
    make_proposal,
    make_reaction,
    make_relationship,
    make_relationship_event,
    make_reliance,
    make_scenario,
    make_staff,
    make_tool_use,
    make_turn,
    number,
)

pytestmark = pytest.mark.django_db

OURS = ("characters", "audit", "memories", "conversations")
admin.autodiscover()
MODELS = [model for model in admin.site._registry if model._meta.app_label in OURS]
FEW, MORE = 2, 4
MOST_QUERIES = 30  # of a row's own page
READ_ONLY = {
    "moodchange", "emotionlevel", "relationshipevent", "materialuse", "llmcall",
    "budgethold", "budgetspend",
    "endpointstate", "embeddingmodel", "conversation", "conversationcontext", "participant",
    "messageedit", "reaction", "delivery", "deliverypart", "turn", "turnmemory", "memorylink",
    "memoryrevision", "derivation", "memoryshare", "entitymention", "factassociation",
    "scratchpadentry",
    "consolidationrun", "hygienerun", "hygienefinding", "contagion", "erasurereceipt",
    "workspacefile", "workspacefileversion", "projectmember", "contribution", "fileoperation",
    "cachestatistic", "waitingvector", "registeredcommands", "insightlink", "learningevent",
    "reflection", "selfmodification", "characterversion", "scenarioversion",
    "deadletter", "alert", "healthcheck", "performancemetric", "metricrollup", "opinionevidence",
    "conversationanalytics", "topictransition", "tooluse", "chainlink", "adminaction",
    "carenotice", "reliance", "agreement", "proposal", "proposalvote", "communityhealth",
}  # fmt: skip
# What is said or known may be corrected or made to go away, but never invented.
CORRECTED = {
    "persona", "speechstyle", "message", "memory", "lorechunk", "insight", "characterstate",
    "emotionbaseline", "communicationstyle", "securityevent", "moderationcase",
}  # fmt: skip


@pytest.fixture
def keeper() -> Any:
    return make_keeper()


@pytest.fixture
def pages(keeper: Any) -> Client:
    """A browser in which the keeper is logged in."""
    client = Client()
    client.force_login(keeper)
    return client


def url(model: type[models.Model], page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def fill(rows: int) -> None:
    """So many more rows of everything, each with owners of its own."""
    speakers = [
        make_character(interests=("tides",), goals=("Rest.",), llm_model="m") for _ in range(rows)
    ]
    fill_interests()
    for place, one in enumerate(speakers):
        n = number()
        person = make_person()
        scenario = make_scenario()
        scenarios.record(scenario.pk, "edited")
        channel = make_channel(scenario=scenario, residents=(one,))
        conversation = make_conversation(channel)
        message = make_message(conversation, one if n % 2 else person, "The tide is out.")
        turn = make_turn(conversation, one, answers=message)
        make_reaction(message, person, turn=turn)
        make_tool_use(turn)
        MessageEdit.objects.create(message=message, content_before="Out is it.", edited_at=NOON)
        DeliveryPart.objects.create(delivery=message.deliveries.get(), number=0)
        TurnMemory.objects.create(turn=turn, memory=make_memory(one), rank=1, score=0.5)
        make_event(channel, character=one, person=person)
        PersonPreference.objects.create(person=person, key="length", value="short")
        RegisteredCommands.objects.create(application_id=n, digest="d", registered_at=NOON)
        bond = make_relationship(one, speakers[place - 1] if n % 2 else person)
        make_relationship_event(bond, message=message)
        make_mood_change(one, trigger_person=person, trigger_message=message)
        feel(one.pk, {"joy": 0.5}, NOON)
        make_evidence(make_opinion(one, f"topic {n}"), one, message=message)
        CommunicationStyle.objects.create(person=person)
        make_care_notice(make_message(conversation, person))
        make_reliance(person)
        make_agreement(one, person)
        make_case(person, channel=channel, turn=turn, message=message)
        ModerationRule.objects.create(name="fish", pattern=f"fish{n}")
        ConversationAnalytics.objects.create(
            conversation=conversation, message_count=n, calculated_at=NOON
        )
        TopicTransition.objects.create(
            conversation=conversation, from_topic="tides", to_topic="tea", message=message,
            similarity=0.2, occurred_at=NOON,
        )  # fmt: skip
        make_call(character=one, conversation=conversation)
        Membership.objects.create(person=person, community=make_community(discord_id=n))
        KnowledgeArea.objects.create(character=one, topic="tides")
        FormativeMemory.objects.create(character=one, title="Ice", content="It broke.")
        Trigger.objects.create(character=one, kind="topic", pattern="ice")
        insight = make_insight(one, about_character=speakers[place - 1])
        InsightLink.objects.create(
            from_insight=insight, to_insight=make_insight(one), relationship_type="supports"
        )
        LearningEvent.objects.create(
            character=one, learning_event="x", learning_type="insight", learning_date=NOON
        )
        Reflection.objects.create(character=one, kind="interval", occurred_at=NOON)
        SelfModification.objects.create(character=one, field="persona.openness", reason="x")
        versions.ensure(one.pk)
        MaterialUse.objects.create(character=one, key="k", last_used_at=NOON)
        make_file(one)
        Contribution.objects.create(
            project=make_project(one), character=one, number=1, content="T.", contributed_at=NOON
        )
        budget = Budget.objects.create(scope="character", character=one, period="day")
        spend = BudgetSpend.objects.create(budget=budget, period_start=NOON)
        BudgetHold.objects.create(spends=[spend.pk], tokens=n, usd=0)
        EndpointState.objects.create(name=f"endpoint-{n}")
        ServerLesson.objects.create(
            server="main", address_digest=f"{n}", model="m", lesson="no tools", learned_at=NOON
        )
        EmbeddingModel.objects.create(name=f"space-{n}", dimensions=8, provider="p")
        SystemConfiguration.objects.create(
            config_section="tests", config_key=f"key-{n}", config_value=n, version=1
        )
        metric = {"metric_name": "turn", "labels": {"n": n}}
        PerformanceMetric.objects.create(**metric, metric_value=n, recorded_at=NOON)
        MetricRollup.objects.create(
            **metric, hour=NOON, count=1, total=n, least=n, most=n, median=n, p95=n
        )
        HealthCheck.objects.create(component=f"c{n}", status="ok", since=NOON, checked_at=NOON)
        Alert.objects.create(rule="r", subject=str(n), severity="info", detail="d", opened_at=NOON)
        deadletters.record("conversations.look", [n], {}, ValueError("no"))
        heard = make_message(conversation, person, "Let's meet at the pier.")
        ProposalVote.objects.create(proposal=make_proposal(heard), character=one, voted_at=NOON)
        make_health(make_community(discord_id=10_000 + n))
        record_action("society.pause")
        record_event("roles_changed", source=f"10.0.0.{n % 250}")
        CardSource.objects.create(
            character=one, label="c.json", format="json", content=b"{}", imported_at=NOON
        )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the chain is made at the commit
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_it_lists_every_model() -> None:
    from django.apps import apps

    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            assert model in admin.site._registry, model


def asked(pages: Client, address: str) -> int:
    """How many statements a page takes."""
    with CaptureQueriesContext(connection) as queries:
        assert pages.get(address).status_code == 200
    return len(queries)


def test_every_page_opens_and_asks_no_more_of_many_rows(
    pages: Client, subtests: pytest.Subtests
) -> None:
    listed = [model for model in MODELS if model._meta.app_label != "memories"]
    fill(FEW)  # those of memories: tests/memories/test_admin.py
    for model in listed:  # what is asked once a process is asked, too
        assert pages.get(url(model), {"q": "tide"}).status_code == 200
    before = {model: asked(pages, url(model)) for model in listed}
    fill(MORE)
    for model in listed:
        with subtests.test(model=model.__name__):
            assert model._default_manager.count() >= FEW + MORE
            assert asked(pages, url(model)) <= before[model]
            row = model._default_manager.order_by("pk").last()
            assert row is not None
            assert asked(pages, url(model, "change", row.pk)) <= MOST_QUERIES


@pytest.mark.parametrize("model", MODELS)
def test_it_keeps_to_itself_what_only_machines_read(
    model: type[models.Model], rf: RequestFactory, keeper: Any
) -> None:
    page = admin.site._registry[model]
    request = rf.get("/")
    request.user = keeper
    shown = {*flatten_fieldsets(page.get_fieldsets(request)), *page.get_list_display(request)}
    assert not shown & {*machine_columns(model), "web_key"}
    assert page.list_display != ("__str__",)
    assert page.search_fields
    assert page.list_display_links is not None


@pytest.mark.parametrize("model", MODELS)
def test_it_offers_no_whole_table_to_choose_from(
    model: type[models.Model], rf: RequestFactory, keeper: Any
) -> None:
    """After a year a goal's page listed every memory and every person there is."""
    page = admin.site._registry[model]
    request = rf.get("/")
    request.user = keeper
    if not page.has_change_permission(request):
        return
    fields = page.get_form(request).base_fields
    listed = {
        name: field.queryset.model
        for name, field in fields.items()
        if isinstance(field, ModelChoiceField) and not is_found_by_name(field.widget)
    }
    assert not listed


def is_found_by_name(widget: Any) -> bool:
    """Whether a page has one type a name or a number, rather than choose among all there are."""
    return isinstance(getattr(widget, "widget", widget), AutocompleteMixin | ForeignKeyRawIdWidget)


@pytest.mark.parametrize("model", MODELS)
def test_it_lets_history_only_be_read(
    model: type[models.Model], rf: RequestFactory, keeper: Any
) -> None:
    page = admin.site._registry[model]
    request = rf.get("/")
    request.user = keeper
    may = (
        page.has_add_permission(request),
        page.has_change_permission(request),
        page.has_delete_permission(request),
    )
    if model._meta.model_name in READ_ONLY:
        assert may == (False, False, False)
    elif model in (SystemConfiguration, CardSource):
        assert may == (True, False, False)
    elif model is Person:  # who goes is erased, which is an act of its own
        assert may == (True, True, False)
    elif model._meta.model_name in CORRECTED:
        assert may == (False, True, False)
    elif model._meta.model_name == "loredocument":  # comes in by a file, goes with all its pieces
        assert may == (False, True, True)
    elif model is ServerLesson:  # is forgotten, so that it is asked anew
        assert may == (False, False, True)
    else:
        assert may == (True, True, True)
    assert page.has_view_permission(request)


def test_it_never_loads_vectors_for_a_list(pages: Client) -> None:
    conversation = make_conversation()
    message = make_message(conversation, make_character())
    make_reaction(message, make_person())
    for name in ("message", "reaction", "delivery"):
        with connection.execute_wrapper(_refuse_vectors):
            assert pages.get(reverse(f"admin:conversations_{name}_changelist")).status_code == 200


def _refuse_vectors(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    assert '"embedding"' not in sql
    assert '"search"' not in sql
    return execute(sql, params, many, context)


def test_it_finds_messages_by_their_words(pages: Client) -> None:
    conversation = make_conversation()
    make_message(conversation, make_person(), "Two ferries were late")
    make_message(conversation, make_person(), "The kettle is on")
    found = pages.get(url(Message), {"q": "ferry"}).context["cl"].result_list
    assert [m.content for m in found] == ["Two ferries were late"]
    assert pages.get(url(Message), {"q": "'\"(&|!"}).status_code == 200


def test_it_shows_what_was_said_as_text(pages: Client) -> None:
    conversation = make_conversation()
    message = make_message(conversation, make_person(), "<script>alert(1)</script>")
    turn = make_turn(conversation, make_character(), floor={"said": "<script>alert(2)</script>"})
    for page in (url(Message), url(Message, "change", message.pk), url(Turn, "change", turn.pk)):
        assert b"<script>alert" not in pages.get(page).content


# --- counting -------------------------------------------------------------------------------------


def test_it_counts_small_tables_exactly() -> None:
    for _ in range(3):
        make_scenario()
    rows = type(make_scenario()).objects.all()
    assert EstimatingPaginator(rows, 50).count == 4


def test_it_takes_the_estimate_for_huge_tables(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Callable[[int], Any]
) -> None:
    monkeypatch.setattr("characters.admin.paging.estimated_rows", lambda model: 2_000_000)
    with django_assert_num_queries(0):
        assert EstimatingPaginator(Message.objects.all(), 50).count == 2_000_000
    make_message(make_conversation(), make_person())
    selected = Message.objects.filter(role="user").order_by("-id")
    assert EstimatingPaginator(selected, 50).count == 1


def test_it_counts_a_selection_no_further_than_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("characters.admin.paging.EXACT_UP_TO", 2)
    conversation, person = make_conversation(), make_person()
    for _ in range(5):
        make_message(conversation, person)
    assert EstimatingPaginator(Message.objects.filter(role="user"), 50).count == 2


def test_it_estimates_a_table_with_all_its_parts() -> None:
    from audit.models import LLMCall

    for month in range(1, 4):
        make_call(started_at=dt.datetime(2040, month, 1, tzinfo=dt.UTC))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_llmcall_default")
    assert estimated_rows(LLMCall) == 3


# --- pausing --------------------------------------------------------------------------------------


def act(pages: Client, model: type[models.Model], action: str, *rows: models.Model) -> str:
    """Choose an action of a list for some rows; what the page then says."""
    answer = pages.post(
        url(model), {"action": action, "_selected_action": [row.pk for row in rows]}, follow=True
    )
    return " ".join(str(message) for message in answer.context["messages"])


def test_it_pauses_and_resumes_characters(pages: Client) -> None:
    one, other = make_character(), make_character()
    assert act(pages, Character, "pause", one, other) == "2 paused."
    assert not Character.objects.active().exists()
    assert act(pages, Character, "pause", one) == "0 paused."
    assert act(pages, Character, "resume", one) == "1 resumed."
    assert list(Character.objects.active()) == [one]


def test_it_pauses_and_resumes_channels(pages: Client) -> None:
    one, other = make_channel(), make_channel()
    assert act(pages, Channel, "pause", one) == "1 paused."
    assert set(Channel.objects.filter(is_paused=True)) == {one}
    assert act(pages, Channel, "resume", one, other) == "1 resumed."
    assert not Channel.objects.filter(is_paused=True).exists()


def test_it_closes_conversations(pages: Client) -> None:
    conversation, character = make_conversation(), make_character()
    turn = make_turn(conversation, character)
    assert act(pages, Conversation, "close", conversation) == "1 closed."
    conversation.refresh_from_db()
    turn.refresh_from_db()
    assert (conversation.status, conversation.close_reason) == ("closed", "by a keeper")
    assert turn.status == Turn.Status.ABANDONED
    assert act(pages, Conversation, "close", conversation) == "0 closed."


def test_it_sends_what_was_given_up_all_the_same(pages: Client) -> None:
    delivery = make_message(make_conversation(), make_character()).deliveries.get()
    assert act(pages, Delivery, "try_again", delivery) == "0 will be tried again."
    Delivery.objects.update(status="abandoned", error="Left unsaid.", attempts=4)
    assert act(pages, Delivery, "try_again", delivery) == "1 will be tried again."
    delivery.refresh_from_db()
    assert (delivery.status, delivery.error, delivery.attempts) == ("pending", "", 0)
    assert delivery.wanted_at is not None


def test_it_pauses_and_resumes_everything_with_one_button(pages: Client, keeper: Any) -> None:
    index = pages.get(reverse("admin:index")).content.decode()
    assert "The society is running." in index
    assert "Pause everything" in index
    answer = pages.post(reverse("admin:audit_society"), {"paused": "yes"}, follow=True)
    assert "Everything is paused." in answer.content.decode()
    assert "The society is paused." in answer.content.decode()
    assert "Resume everything" in answer.content.decode()
    assert configuration.is_society_paused()
    assert SystemConfiguration.objects.get().created_by == keeper
    pages.post(reverse("admin:audit_society"), {"paused": "no"})
    assert not configuration.is_society_paused()


def test_it_does_not_pause_by_a_link_or_from_another_site(keeper: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(keeper)
    target = reverse("admin:audit_society")
    assert strict.post(target, {"paused": "yes"}).status_code == 403
    assert strict.get(target, {"paused": "yes"}).status_code == 405
    index = strict.get(reverse("admin:index")).content.decode()
    token = re.search(r'action="[^"]*society/"[^>]*>\s*<input[^>]*value="([^"]+)"', index)
    assert token is not None
    assert not configuration.is_society_paused()
    answer = strict.post(target, {"paused": "yes", "csrfmiddlewaretoken": token[1]})
    assert answer.status_code == 302
    assert configuration.is_society_paused()


def test_it_pauses_for_those_who_may_and_for_nobody_else() -> None:
    target = reverse("admin:audit_society")
    client = Client()
    assert client.post(target, {"paused": "yes"}).status_code == 302  # to the login
    staff = make_staff()
    client.force_login(staff)
    assert client.post(target, {"paused": "yes"}).status_code == 403
    index = client.get(reverse("admin:index")).content.decode()
    assert "The society is running." in index
    assert "Pause everything" not in index
    assert not configuration.is_society_paused()
    staff.user_permissions.add(Permission.objects.get(codename="add_systemconfiguration"))
    assert "Pause everything" in client.get(reverse("admin:index")).content.decode()
    assert client.post(target, {"paused": "yes"}).status_code == 302
    assert configuration.is_society_paused()


def test_it_does_nothing_when_neither_is_asked(pages: Client) -> None:
    answer = pages.post(reverse("admin:audit_society"), {"paused": "perhaps"}, follow=True)
    assert "Neither pausing nor resuming was asked." in answer.content.decode()
    assert not SystemConfiguration.objects.exists()


def test_it_mends_the_words_of_a_message_and_nothing_else(pages: Client) -> None:
    message = make_message(make_conversation(), make_person(), "The tide is owt.")
    page = url(Message, "change", message.pk)
    sent = form_of(pages, page)
    assert set(sent) == {"content"}
    assert "is empty" in errors_of(pages.post(page, {"content": "\u200b"}))
    assert pages.post(page, {"content": "The tide is out.", "number": 9}).status_code == 302
    message.refresh_from_db()
    assert (message.content, message.number) == ("The tide is out.", 1)
    assert message.edited_at is not None
    before = message.edited_at
    assert pages.post(page, {"content": "The tide is out."}).status_code == 302
    message.refresh_from_db()
    assert message.edited_at == before


def test_it_removes_messages(pages: Client) -> None:
    conversation = make_conversation()
    one, other = (make_message(conversation, make_person()) for _ in range(2))
    assert act(pages, Message, "remove", one) == "1 removed."
    assert act(pages, Message, "remove", one, other) == "1 removed."
    assert not Message.objects.filter(deleted_at__isnull=True).exists()
    assert form_of(pages, url(Message, "change", one.pk)) == {}


# --- editing --------------------------------------------------------------------------------------


def form_of(pages: Client, page: str) -> dict[str, Any]:
    """What a browser would send back from a form that nobody touched."""
    context = pages.get(page).context
    sent: dict[str, Any] = {}

    def take(form: Any) -> None:
        for field in form:
            value = field.value()
            if isinstance(value, bool):
                if value:
                    sent[field.html_name] = "on"
            elif (
                value is not None and field.field.widget.__class__.__name__ != "ClearableFileInput"
            ):
                shown = field.field.widget.format_value(value)
                sent[field.html_name] = value if isinstance(value, list) else shown or ""

    take(context["adminform"].form)
    for inline in context.get("inline_admin_formsets", []):
        take(inline.formset.management_form)
        for form in inline.formset.forms:
            take(form)
    return sent


def errors_of(answer: Any) -> str:
    """All that a refused form says."""
    assert answer.status_code == 200
    said = [str(answer.context["adminform"].form.errors)]
    said += [str(i.formset.errors) for i in answer.context.get("inline_admin_formsets", [])]
    return " ".join(said)


def test_it_makes_a_character_that_can_live(pages: Client) -> None:
    sent = form_of(pages, url(Character, "add"))
    sent |= {"name": "Ada", "slug": "ada", "persona-0-agreeableness": "1.0"}
    answer = pages.post(url(Character, "add"), sent)
    assert answer.status_code == 302
    ada = Character.objects.select_related("persona", "style", "state").get(slug="ada")
    assert ada.persona.agreeableness == 1.0
    assert ada.state.mood_valence > 0
    assert ada.style.humour == 0.5


def test_it_completes_a_character_made_with_nothing_else(pages: Client) -> None:
    sent = form_of(pages, url(Character, "add")) | {"name": "Ada", "slug": "ada"}
    assert pages.post(url(Character, "add"), sent).status_code == 302
    ada = Character.objects.get(slug="ada")
    for model in (Persona, SpeechStyle, CharacterState):
        assert model.objects.filter(character=ada).count() == 1


def test_it_saves_a_character_unchanged_as_it_was(pages: Client) -> None:
    phrases = ["Well, well, well.", "It's late, isn't it?"]
    ada = make_character(
        "Ada",
        interests=("tides",),
        goals=("Rest.",),
        style={"signature_phrases": phrases, "improv": {"openers": ["Hm."]}},
        persona={"values": ["patience, mostly"], "drives": {"care": 0.5}},
    )
    fill_interests()
    page = url(Character, "change", ada.pk)
    assert pages.post(page, form_of(pages, page)).status_code == 302
    again = Character.objects.select_related("persona", "style").get(pk=ada.pk)
    assert again.style.signature_phrases == phrases
    assert again.style.improv == {"openers": ["Hm."]}
    assert again.persona.values == ["patience, mostly"]
    assert again.persona.drives == {"care": 0.5}
    assert again.interests.get().embedding is not None
    assert again.goals.count() == 1


def test_it_saves_a_character_however_many_goals_it_has_had(pages: Client) -> None:
    """A form may have a thousand fields; in a year more goals are reached than fit into it."""
    ada = make_character("Ada", goals=("Rest.",))
    Goal.objects.bulk_create(
        Goal(character=ada, goal_id=f"ada-{n}", description="Mend the boat.", status="done")
        for n in range(150)
    )
    page = url(Character, "change", ada.pk)
    sent = form_of(pages, page) | {"goals-0-description": "Sleep."}
    assert pages.post(page, sent).status_code == 302
    assert ada.goals.get(status="active").description == "Sleep."
    assert ada.goals.count() == 151


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("timezone", "Mars/Olympus", "Mars/Olympus is no time zone"),
        ("talkativeness", "1.5", "less than or equal to 1"),
        ("llm_temperature", "3", "The temperature must lie between 0 and 2."),
        ("active_hours_start", "09:00", "Give both ends of the active hours, or neither."),
        ("name", "ODILE", "There is a character of that name already."),
        ("persona-0-openness", "-0.1", "greater than or equal to 0"),
        ("style-0-response_language", "x" * 36, "at most 35 characters"),
        ("style-0-signature_phrases", "x" * 301, "at most 300 characters"),
        ("status", "asleep", "not one of the available choices"),
    ],
)
def test_it_refuses_what_a_character_cannot_be(
    pages: Client, field: str, value: str, said: str
) -> None:
    make_character("Odile", slug="odile")
    page = url(Character, "change", make_character("Ada").pk)
    answer = pages.post(page, form_of(pages, page) | {field: value})
    assert said in errors_of(answer).replace("&#x27;", "'")


def test_it_gives_up_the_vector_of_an_interest_whose_topic_changed(pages: Client) -> None:
    ada = make_character(interests=("tides",))
    fill_interests()
    page = url(Character, "change", ada.pk)
    sent = form_of(pages, page)
    pages.post(page, sent | {"interests-0-weight": "0.3"})
    assert ada.interests.get().embedding is not None
    pages.post(page, sent | {"interests-0-topic": "larch"})
    interest = Interest.objects.get()
    assert (interest.topic, interest.embedding, interest.embedding_model) == ("larch", None, None)


def test_it_makes_a_channel_that_the_director_looks_at(pages: Client) -> None:
    sent = form_of(pages, url(Channel, "add"))
    sent |= {"community": make_community().pk, "name": "loft"}
    assert pages.post(url(Channel, "add"), sent).status_code == 302
    channel = Channel.objects.get(name="loft")
    assert channel.next_look_at is not None
    sent |= {"name": "loft"}
    assert "There is a room of that name already." in errors_of(
        pages.post(url(Channel, "add"), sent)
    )


def test_it_writes_of_a_channel_only_what_was_edited(pages: Client) -> None:
    channel, ada = make_channel(topic="old"), make_character()
    page = url(Channel, "change", channel.pk)
    sent = form_of(pages, page) | {"topic": "new", "residents": [ada.pk]}
    seen = timezone.now()
    Channel.objects.filter(pk=channel.pk).update(last_message_at=seen, pace="lively")
    assert pages.post(page, sent).status_code == 302
    channel.refresh_from_db()
    assert (channel.topic, channel.last_message_at) == ("new", seen)
    assert list(channel.residents.all()) == [ada]


def test_it_mutes_and_picks_a_channel_with_its_threads(pages: Client) -> None:
    channel = make_channel(discord_id=711, seen_to=5)
    thread = make_channel(discord_id=811, parent=channel, community=channel.community)
    page = url(Channel, "change", channel.pk)

    def modes() -> set[str]:
        return set(Channel.objects.values_list("mode", flat=True))

    assert pages.post(page, form_of(pages, page) | {"mode": "muted"}).status_code == 302
    assert modes() == {"muted"}
    assert Channel.objects.get(pk=channel.pk).seen_to is None
    before = places.snowflake(timezone.now())
    assert pages.post(page, form_of(pages, page) | {"mode": "live"}).status_code == 302
    assert modes() == {"live"}
    for one in (channel, thread):  # what was said while nobody listened is never read
        one.refresh_from_db()
        assert one.seen_to >= before


def test_a_keeper_puts_a_mood_right_and_fixes_it(pages: Client, keeper: Any) -> None:
    ada = make_character()
    page = url(CharacterState, "change", ada.state.pk)
    pages.post(page, {"mood_valence": "-0.6", "mood_arousal": "0.4", "is_mood_locked": "on"})
    ada.state.refresh_from_db()
    assert (ada.state.mood_label, ada.state.is_mood_locked) == ("upset", True)
    change = ada.mood_changes.get()
    assert (change.trigger_type, change.description) == ("admin", f"set by {keeper}")
    assert move_mood(ada.pk, 0.2, 0.0, cause="a dream") is None


def test_it_writes_down_who_moved_a_bond(pages: Client, keeper: Any) -> None:
    bond = make_relationship(make_character(), make_character())
    page = url(Relationship, "change", bond.pk)
    assert pages.post(page, form_of(pages, page) | {"trust": "0.9"}).status_code == 302
    bond.refresh_from_db()
    assert bond.trust == 0.9
    assert bond.level == "Acquaintance"
    assert RelationshipEvent.objects.get().cause == f"set by {keeper.username}"
    refused = pages.post(page, form_of(pages, page) | {"trust": "2"})
    assert "less than or equal to 1" in errors_of(refused)


def test_it_refuses_a_relationship_to_nobody_or_to_oneself(pages: Client) -> None:
    ada = make_character()
    sent = form_of(pages, url(Relationship, "add")) | {"from_character": ada.pk}
    assert "Name one target" in errors_of(pages.post(url(Relationship, "add"), sent))
    sent["to_character"] = ada.pk
    assert "no relationship to itself" in errors_of(pages.post(url(Relationship, "add"), sent))


def test_it_refuses_a_budget_of_nobody(pages: Client) -> None:
    sent = form_of(pages, url(Budget, "add")) | {"scope": "character", "period": "day"}
    assert "Name the community or the character" in errors_of(pages.post(url(Budget, "add"), sent))


def set_in_admin(pages: Client, section: str, key: str, value: str) -> Any:
    return pages.post(
        url(SystemConfiguration, "add"),
        {"config_section": section, "config_key": key, "config_value": value, "note": "why"},
    )


def test_it_adds_versions_of_settings(pages: Client, keeper: Any) -> None:
    assert set_in_admin(pages, "director", "threshold", "0.5").status_code == 302
    assert set_in_admin(pages, "director", "threshold", "0.6").status_code == 302
    first, second = SystemConfiguration.objects.order_by("version")
    assert (first.is_active, second.is_active) == (False, True)
    assert (second.version, second.config_value, second.created_by) == (2, 0.6, keeper)
    said = act(pages, SystemConfiguration, "make_active", first)
    assert said.endswith("director.threshold: back to version 1.")
    assert configuration.section("director") in ({"threshold": 0.5}, {})
    assert SystemConfiguration.objects.get(is_active=True).version == 3


@pytest.mark.parametrize(
    ("section", "key", "value", "said"),
    [
        ("director", "nonsense", "1", "director.nonsense is no setting of the director."),
        ("director", "threshold", '"high"', "director.threshold must be a number"),
        ("society", "paused", "1", "society.paused must be true or false."),
        ("director", "threshold", "{", "Enter a valid JSON"),
        ("director", "temperature", "0", "director.temperature must lie between 0.001 and 100."),
        ("tests", "k", "NaN", "tests.k must be a JSON value, not nan."),
    ],
)
def test_it_refuses_settings_that_would_stop_the_society(
    pages: Client, section: str, key: str, value: str, said: str
) -> None:
    assert said in errors_of(set_in_admin(pages, section, key, value))
    assert not SystemConfiguration.objects.exists()


# --- deleting -------------------------------------------------------------------------------------


def test_it_deletes_a_character_with_all_that_is_its_own(pages: Client) -> None:
    ada, other = make_character(interests=("tides",)), make_character()
    conversation = make_conversation()
    for _ in range(3):
        make_message(conversation, ada)
    kept = make_message(conversation, other)
    page = url(Character, "delete", ada.pk)
    asked = pages.get(page).content.decode()
    assert "3 messages" in asked
    assert pages.post(page, {"post": "yes"}).status_code == 302
    assert not Character.objects.filter(pk=ada.pk).exists()
    assert list(Message.objects.all()) == [kept]


def test_it_deletes_for_nobody_without_permission() -> None:
    ada, staff = make_character(), make_staff()
    staff.user_permissions.set(
        Permission.objects.filter(codename__in=["view_character", "change_character"])
    )
    client = Client()
    client.force_login(staff)
    assert client.post(url(Character, "delete", ada.pk), {"post": "yes"}).status_code == 403
    assert Character.objects.filter(pk=ada.pk).exists()


def test_it_never_deletes_the_house_itself(pages: Client) -> None:
    local, guild = make_community(), make_community(discord_id=5)
    page = "admin:characters_community_delete"
    assert pages.post(reverse(page, args=[local.pk]), {"post": "yes"}).status_code == 403
    assert pages.post(reverse(page, args=[guild.pk]), {"post": "yes"}).status_code == 302


def test_it_does_not_delete_history_even_by_the_list_action(pages: Client) -> None:
    message = make_message(make_conversation(), make_person())
    act(pages, Message, "delete_selected", message)
    assert Message.objects.filter(pk=message.pk).exists()
