"""Making a character by a guided form that lets one hear it; hearing one there is; doubling it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from audit.trail.actions import record_action
from characters.admin.acts import offer, offer_link
from characters.admin.lists import LinesField
from characters.admin.pages import ActPage, ActRefused
from characters.models import Character, Interest, Persona
from characters.models.character import validate_timezone
from characters.services import clone_character, create_character
from conversations.previewing import Draft, Unheard, draft_of, hello
from conversations.text import Refused, clean_name
from fishbowl.llm.types import Voice
from memories.embedding.filling import fill_interests
from memories.formative import remember_formative

LONGEST_LINE, LONGEST_TOPIC = 300, 200  # as their columns are
LEVELS = {
    "formality": ("casual", "formal"),
    "verbosity": ("few words", "many"),
    "humour": ("earnest", "playful"),
    "emoji_use": ("no emoji", "many"),
}
POLES = {
    "openness": ("practical", "curious"),
    "conscientiousness": ("easy-going", "careful"),
    "extraversion": ("reserved", "outgoing"),
    "agreeableness": ("blunt", "kind"),
    "neuroticism": ("calm", "touchy"),
}


def _level(name: str, poles: tuple[str, str], initial: float) -> forms.FloatField:
    return forms.FloatField(
        label=f"{name.replace('_', ' ').capitalize()}: {poles[0]} to {poles[1]}",
        min_value=0.0,
        max_value=1.0,
        initial=initial,
        widget=forms.NumberInput(attrs={"type": "range", "min": 0, "max": 1, "step": 0.05}),
    )


def _text(rows: int) -> UnfoldAdminTextareaWidget:
    return UnfoldAdminTextareaWidget(attrs={"rows": rows})


class CharacterName(forms.CharField):
    """A name that nobody has."""

    def clean(self, value: Any) -> str:
        name = super().clean(value)
        try:
            name = clean_name(name)
        except Refused as refused:
            raise forms.ValidationError(refused.remedy) from None
        if Character.objects.filter(name__iexact=name).exists():
            raise forms.ValidationError(f"There is a {name} already. Choose another name.")
        return name


class GuidedForm(forms.Form):
    """What makes a somebody, in the order in which one thinks of it."""

    name = CharacterName(max_length=80, widget=UnfoldAdminTextInputWidget)
    tagline = forms.CharField(
        max_length=200, required=False, widget=UnfoldAdminTextInputWidget,
        help_text="One line under its name.",
    )  # fmt: skip
    identity = forms.CharField(
        label="Who it is", widget=_text(4),
        help_text="A few sentences: what it does, what it cares for, what it would never do.",
    )  # fmt: skip
    background = forms.CharField(label="Where it comes from", required=False, widget=_text(3))
    values = LinesField(
        longest=LONGEST_LINE,
        widget=_text(3),
        label="What it holds to",
        required=False,
        help_text="One a line.",
    )
    interests = LinesField(
        longest=LONGEST_TOPIC,
        widget=_text(3),
        label="What it likes to talk about",
        required=False,
        help_text="One a line.",
    )
    formality = _level("formality", LEVELS["formality"], 0.5)
    verbosity = _level("verbosity", LEVELS["verbosity"], 0.5)
    humour = _level("humour", LEVELS["humour"], 0.5)
    emoji_use = _level("emoji_use", LEVELS["emoji_use"], 0.1)
    signature_phrases = LinesField(
        longest=LONGEST_LINE,
        widget=_text(3),
        label="What it likes to say",
        required=False,
        help_text="One a line; said rarely.",
    )
    avoided_phrases = LinesField(
        longest=LONGEST_LINE,
        widget=_text(3),
        label="What it never says",
        required=False,
        help_text="One a line.",
    )
    openness = _level("openness", POLES["openness"], 0.5)
    conscientiousness = _level("conscientiousness", POLES["conscientiousness"], 0.5)
    extraversion = _level("extraversion", POLES["extraversion"], 0.5)
    agreeableness = _level("agreeableness", POLES["agreeableness"], 0.5)
    neuroticism = _level("neuroticism", POLES["neuroticism"], 0.3)
    timezone = forms.CharField(
        initial="UTC", validators=[validate_timezone], widget=UnfoldAdminTextInputWidget,
        help_text="Such as Europe/Oslo.",
    )  # fmt: skip
    starts = forms.ChoiceField(
        label="And then",
        choices=[("active", "It begins to live at once"), ("paused", "It waits until I resume it")],
        widget=UnfoldAdminSelectWidget,
    )

    GROUPS = (
        ("Who", ("name", "tagline", "identity", "background", "values", "interests")),
        ("How it speaks",
         ("formality", "verbosity", "humour", "emoji_use", "signature_phrases", "avoided_phrases")),
        ("What it is like", tuple(POLES)),
        ("When it lives", ("timezone", "starts")),
    )  # fmt: skip

    def groups(self) -> list[dict[str, Any]]:
        """The fields as the page shows them."""
        return [
            {"title": title, "fields": [self[name] for name in names]}
            for title, names in self.GROUPS
        ]


def draft_from(given: dict[str, Any]) -> Draft:
    """What the form says so far; what is missing or wrong is left as it is for everybody."""

    def level(name: str) -> float:
        return float(given.get(name, 0.5))

    def lines(name: str) -> tuple[str, ...]:
        found: Sequence[str] = given.get(name) or ()
        return tuple(found)

    return Draft(
        name=given.get("name") or "Somebody",
        identity=given.get("identity", ""),
        background=given.get("background", ""),
        values=lines("values"),
        traits={name: level(name) for name in Persona.TRAITS},
        voice=Voice(
            level("formality"), level("verbosity"), level("humour"), level("emoji_use"),
            lines("signature_phrases"), lines("avoided_phrases"),
        ),
        interests=lines("interests"),
    )  # fmt: skip


@transaction.atomic
def make(given: dict[str, Any]) -> Character:
    """The character that a filled form describes, with its interests."""
    style = [*LEVELS, "signature_phrases", "avoided_phrases"]
    character = create_character(
        name=given["name"],
        tagline=given["tagline"],
        timezone=given["timezone"],
        status=given["starts"],
        persona={
            name: given[name] for name in ("identity", "background", "values", *Persona.TRAITS)
        },
        style={name: given[name] for name in style},
    )
    Interest.objects.bulk_create(
        Interest(character=character, topic=topic, weight=0.7)
        for topic in dict.fromkeys(given["interests"])
    )
    return character


class NewCharacter(ActPage):
    """A guided form with a live preview."""

    form_class = GuidedForm
    title = "New character"
    about = "Say who it is, have it say hello, change what isn't right yet, and let it live."
    button = "Create it"
    permission = "characters.add_character"
    beside = Character

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Create it; or, by the other button, have it say hello and keep nothing."""
        if "hello" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        form.is_valid()
        said = _heard(draft_from(form.cleaned_data))
        if "text/html" in request.headers.get("Accept", ""):
            form.errors.clear()
            return self.render_to_response(self.get_context_data(form=form, hello=said))
        return JsonResponse({"said": said})

    def act(self, form: GuidedForm) -> str:
        try:
            with transaction.atomic():
                character = make(form.cleaned_data)
                record_action("character.create", character, request=self.request)
        except IntegrityError as error:  # a colleague was first with that name
            raise ActRefused(
                "There is one of that name already. Choose another.", "name"
            ) from error
        fill_interests()
        self.row = character
        return f"{character} is made."

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        context = super().get_context_data(**given)
        context |= {
            "groups": context["form"].groups(),
            "preview": reverse("admin:act_new_character"),
            "scripts_of_page": ["desk/preview.js"],
        }
        return context


class SayHello(ActPage):
    """How a character sounds now."""

    model = Character
    title = "Have it say hello"
    about = (
        "It answers a stranger's greeting with its persona and in the voice in use. Nothing of it "
        "is kept but the call among the costs."
    )
    button = "Say hello"
    permission = "characters.view_character"

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Show what it says here, where one can ask again."""
        said = _heard(draft_of(self.row), character_id=self.row.pk)
        found = format_html('<blockquote class="desk-said">{}</blockquote>', said)
        return self.render_to_response(self.get_context_data(form=form, found=found))


def _heard(draft: Draft, *, character_id: int | None = None) -> str:
    now = timezone.now()
    try:
        return hello(draft, now, seed=int(now.timestamp()), character_id=character_id)
    except Unheard as why:
        return str(why)


class CloneForm(forms.Form):
    name = CharacterName(max_length=80, widget=UnfoldAdminTextInputWidget)


class Clone(ActPage):
    """Another as this one was written."""

    model = Character
    form_class = CloneForm
    title = "Clone"
    about = (
        "The clone has the persona, style, interests and formative memories of this character, and "
        "nothing that it lived through. It rests until you resume it."
    )
    button = "Clone it"
    permission = "characters.add_character"

    def act(self, form: CloneForm) -> str:
        original = self.row
        try:
            with transaction.atomic():
                twin = clone_character(original, form.cleaned_data["name"])
                record_action(
                    "character.clone", twin, changes={"of": original.pk}, request=self.request
                )
        except IntegrityError as error:
            raise ActRefused(
                "There is one of that name already. Choose another.", "name"
            ) from error
        remember_formative(twin)
        self.row = twin
        return f"{twin} is made after {original}, and rests."


offer("new-character", NewCharacter, icon="person_add")
offer_link(
    "Import a card", "admin:card_import", icon="upload_file",
    permission="characters.add_character", beside=Character,
)  # fmt: skip
offer("hello", SayHello, icon="waving_hand")
offer("clone", Clone, icon="content_copy")
