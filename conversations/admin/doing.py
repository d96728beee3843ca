"""What a keeper does to the talk: a line, an event, a scene; and letting characters rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from audit.trail.actions import record_action
from characters.admin.acts import offer
from characters.admin.pages import ActPage, ActRefused
from characters.models import Character, Person
from characters.services import pause_character, resume_character
from conversations import keeping
from conversations.models import Channel, Conversation, Message, Scenario, ScheduledEvent
from conversations.text import Refused
from conversations.wishes import summoning

LATELY = 200  # people to choose from: whoever was here last


class RoomField(forms.ModelChoiceField[Channel]):
    """Where it is to be."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=Channel.objects.filter(removed_at__isnull=True).order_by("name"),
            widget=UnfoldAdminSelectWidget,
            label="Where",
            **options,
        )


class CharacterField(forms.ModelChoiceField[Character]):
    """One of those who may act."""

    def __init__(self, **options: Any) -> None:
        queryset = Character.objects.active().defer("card").order_by("name")
        super().__init__(queryset=queryset, widget=UnfoldAdminSelectWidget, **options)


class LineForm(forms.Form):
    """A line, and whose it is."""

    channel = RoomField()
    character = CharacterField(
        label="Said by the character", required=False,
        help_text="Leave this and the next empty for a notice, which nobody answers.",
    )  # fmt: skip
    person = forms.ModelChoiceField(
        label="Or by the person", required=False, widget=UnfoldAdminSelectWidget,
        queryset=Person.objects.none(),
    )  # fmt: skip
    text = forms.CharField(widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        here = Person.objects.filter(is_active=True, erased_at=None).order_by("-last_seen_at")
        lately = list(here.values_list("pk", flat=True)[:LATELY])
        field: Any = self.fields["person"]
        field.queryset = Person.objects.filter(pk__in=lately)


class InjectLine(ActPage):
    """A line in a room, as if said there."""

    form_class = LineForm
    title = "Say a line"
    about = "It stands in the room as said by whom you choose, and is answered as any other."
    button = "Say it"
    permission = "conversations.add_message"
    beside = Message

    def act(self, form: LineForm) -> str:
        given = form.cleaned_data
        with _refusing(), transaction.atomic():
            message = keeping.inject_line(
                given["channel"], given["text"], timezone.now(),
                character=given["character"], person=given["person"],
            )  # fmt: skip
            record_action("message.inject", message, request=self.request)
        return f"It is said in {given['channel']}."


class EventForm(forms.Form):
    """What happens, and where."""

    channel = RoomField()
    what = forms.CharField(
        label="What happens", max_length=keeping.LONGEST_EVENT, widget=UnfoldAdminTextInputWidget,
        help_text="Such as: The power goes out. All read it, and somebody takes it up.",
    )  # fmt: skip
    character = CharacterField(
        label="Who takes it up", required=False, help_text="Left out: whoever is most likely to."
    )


class InjectEvent(ActPage):
    """Something that happens in a room."""

    form_class = EventForm
    title = "Have something happen"
    button = "Let it happen"
    permission = "conversations.add_scheduledevent"
    beside = ScheduledEvent

    def act(self, form: EventForm) -> str:
        given = form.cleaned_data
        with _refusing({"text": "what"}), transaction.atomic():
            event = keeping.inject_event(
                given["channel"], given["what"], timezone.now(), character=given["character"]
            )
            record_action("event.inject", event, request=self.request)
        return f"It happens in {given['channel']}."


class SceneForm(forms.Form):
    """Who plays what, and where."""

    channel = RoomField()
    characters = forms.ModelMultipleChoiceField(
        label="Who plays", queryset=Character.objects.active().defer("card").order_by("name"),
        widget=UnfoldAdminSelectMultipleWidget,
        help_text=f"Two to {summoning.MOST}: the first of the list begins.",
    )  # fmt: skip
    scenario = forms.ModelChoiceField(
        label="A scenario that is written", required=False, widget=UnfoldAdminSelectWidget,
        queryset=Scenario.objects.order_by("name"),
    )  # fmt: skip
    premise = forms.CharField(
        label="Or the situation in your own words", required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )  # fmt: skip


class StartScene(ActPage):
    """A scene, in the place of what is being talked of."""

    form_class = SceneForm
    title = "Start a scene"
    about = "What is being talked of in the room ends, and the scene begins at once."
    button = "Begin"
    permission = "conversations.add_conversation"
    beside = Conversation

    def act(self, form: SceneForm) -> str:
        given = form.cleaned_data
        if not given["scenario"] and not given["premise"].strip():
            raise ActRefused("Say what the situation is, or choose a scenario.", "premise")
        players = list(given["characters"])
        with _refusing({"text": "premise", "character": "characters"}), transaction.atomic():
            scene = summoning.stage(
                given["channel"], players, given["premise"], timezone.now(),
                scenario=given["scenario"], by_keeper=True,
            )  # fmt: skip
            record_action(
                "scene.start", scene, changes={"characters": [one.pk for one in players]},
                request=self.request,
            )  # fmt: skip
        return f"A scene begins in {given['channel']}, with {', '.join(map(str, players))}."


class Rest(ActPage):
    """A character rests."""

    model = Character
    title = "Let it rest"
    about = "It says nothing, thinks nothing and costs nothing until you resume it."
    button = "Pause it"
    permission = "characters.change_character"

    @staticmethod
    def fits(row: Character) -> bool:
        return row.status == Character.Status.ACTIVE

    def act(self, form: forms.Form) -> str:
        with transaction.atomic():
            if not pause_character(self.row):
                raise ActRefused(f"{self.row} is {self.row.status}: there is nothing to pause.")
            record_action("character.pause", self.row, request=self.request)
        return f"{self.row} rests."


class Resume(ActPage):
    """A character goes on."""

    model = Character
    title = "Let it go on"
    button = "Resume it"
    permission = "characters.change_character"

    @staticmethod
    def fits(row: Character) -> bool:
        return row.status == Character.Status.PAUSED

    def act(self, form: forms.Form) -> str:
        with transaction.atomic():
            if not resume_character(self.row):
                raise ActRefused(f"{self.row} is {self.row.status}: there is nothing to resume.")
            record_action("character.resume", self.row, request=self.request)
        return f"{self.row} is back."


@contextmanager
def _refusing(names: Mapping[str, str] = MappingProxyType({})) -> Iterator[None]:
    """What a service refuses is an error of the page; `names` says which field it means."""
    try:
        yield
    except Refused as refused:
        field = names.get(refused.field, refused.field)
        raise ActRefused(refused.remedy, field) from refused


offer("line", InjectLine, icon="chat_add_on")
offer("event", InjectEvent, icon="bolt")
offer("scene", StartScene, icon="theater_comedy")
offer("rest", Rest, icon="pause_circle")
offer("resume", Resume, icon="play_circle")
