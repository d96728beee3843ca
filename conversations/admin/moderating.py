"""What moderators do by hand: try a text, bring in a block list, decide a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from characters.admin.pages import ActPage, ActRefused
from characters.models import Community
from conversations.models import Channel, ModerationCase, ModerationRule
from conversations.moderation import moderation, quarantine, rulebook, strictness
from conversations.moderation.judging import ACTS_ON, judged
from conversations.moderation.starter_rules import STARTERS, add_starters
from conversations.text import Refused

WHAT = {"": "It is said.", "flag": "It is said, and flagged.",
        "quarantine": "It is held for a moderator.", "refuse": "It is refused."}  # fmt: skip
Case = ModerationCase


def _choice(choices: Sequence[tuple[str, Any]], **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget, **options)


def _room(**options: Any) -> forms.ModelChoiceField[Channel]:
    return forms.ModelChoiceField(
        queryset=Channel.objects.filter(removed_at__isnull=True).order_by("name"),
        widget=UnfoldAdminSelectWidget,
        **options,
    )


class TextForm(forms.Form):
    """A text, and where it would be said."""

    channel = _room(label="Said in")
    side = _choice([("people", "a person"), ("characters", "a character")], label="By")
    text = forms.CharField(
        max_length=4000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}), strip=False
    )


class TryIt(ActPage):
    """What would become of a text. Nothing is kept of it."""

    form_class = TextForm
    title = "Try moderation on a text"
    about = (
        "What the rules in force would find in it, and what would happen. Nothing is kept. The "
        "endpoint isn't asked."
    )
    button = "Look"
    permission = "conversations.view_moderationrule"
    beside = ModerationRule

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Show it here, where one can try again."""
        given = form.cleaned_data
        channel, text, side = given["channel"], given["text"], given["side"]
        level = strictness.in_force(channel.community_id, channel.pk).level
        where = channel.community_id, channel.pk
        # At the strictest, to show those too that this place lets be.
        every = list(rulebook.in_force().objections(text, side, *where, "strict"))
        acts = list(rulebook.in_force().objections(text, side, *where, level))
        judgement = moderation.judge(text, side, channel)
        heard = "" if judgement == judged(acts) else " Somebody in danger is always heard."
        items = format_html_join(
            "",
            "<li>{} found “{}”: {}{}</li>",
            (
                (
                    str(one),
                    one.part,
                    one.action,
                    "" if one in acts else f" (not where it is {level})",
                )
                for one in every
            ),
        )
        found = format_html(
            "<p><strong>{}</strong>{} The channel is {}: rules of {} severity act.</p><ul>{}</ul>",
            WHAT[judgement.action],
            heard,
            level,
            " and ".join(sorted(ACTS_ON[level])) or "no",
            items or "No rule finds anything.",
        )
        return self.render_to_response(self.get_context_data(form=form, found=found))


class ListForm(forms.Form):
    """A block list, and what its entries are to do."""

    name = forms.CharField(
        max_length=120, widget=UnfoldAdminTextInputWidget,
        help_text="What the list is about: every rule made of it is called so.",
    )  # fmt: skip
    file = forms.FileField(
        required=False, widget=UnfoldAdminFileFieldWidget,
        help_text="A text file, one entry a line: a word, a word with * before or after it, a "
        "phrase, or a regular expression between slashes. # begins a remark.",
    )  # fmt: skip
    text = forms.CharField(
        label="Or the entries themselves", required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}), max_length=rulebook.MOST_BYTES,
    )  # fmt: skip
    community = forms.ModelChoiceField(
        queryset=Community.objects.order_by("name"), required=False,
        widget=UnfoldAdminSelectWidget, label="For this community alone",
    )  # fmt: skip
    channel = _room(label="For this channel alone", required=False)
    applies_to = _choice(ModerationRule.Side.choices, label="Looked for in", initial="both")
    action = _choice(ModerationRule.Action.choices, initial="quarantine")
    severity = _choice(ModerationRule.Severity.choices, initial="medium")

    def clean(self) -> dict[str, Any]:
        """One place at most, and entries that can be looked for."""
        given = super().clean() or {}
        if given.get("community") and given.get("channel"):
            self.add_error("channel", "Choose a community or a channel, not both.")
        content = given["file"].read(rulebook.MOST_BYTES + 1) if given.get("file") else b""
        field = "file" if content else "text"
        content = content or (given.get("text") or "").encode("utf-8", "replace")
        try:
            given["entries"] = rulebook.read_list(content)
        except rulebook.ListRefused as refused:
            self.add_error(field, [ValidationError(problem) for problem in refused.problems])
        return given


class ImportList(ActPage):
    """Rules, one for each line of a list."""

    form_class = ListForm
    title = "Import a block list"
    about = (
        f"At most {rulebook.MOST_LINES:,} entries at once. A list with a line that can't be used "
        "is refused whole, and each such line named. What there is already stays as it is."
    )
    button = "Import it"
    permission = "conversations.add_moderationrule"
    beside = ModerationRule

    def act(self, form: forms.Form) -> str:
        given = form.cleaned_data
        community, channel = given["community"], given["channel"]
        made, there = rulebook.import_list(
            given["name"],
            given["entries"],
            user=self.request.user,
            scope="channel" if channel else "community" if community else "deployment",
            community=community,
            channel=channel,
            applies_to=given["applies_to"],
            action=given["action"],
            severity=given["severity"],
        )
        return f"{made} rules made; {there} were there already."


class StarterRules(ActPage):
    """A few rules to begin with."""

    title = "Add the starter rules"
    about = "Rules for: " + "; ".join(dict.fromkeys(name for name, *_ in STARTERS)) + "."
    button = "Add them"
    permission = "conversations.add_moderationrule"
    beside = ModerationRule

    def act(self, form: forms.Form) -> str:
        return f"{add_starters(self.request.user)} rules made."


class NoteForm(forms.Form):
    """Why, for colleagues."""

    note = forms.CharField(
        max_length=quarantine.LONGEST_NOTE, required=False, widget=UnfoldAdminTextInputWidget
    )


class ReleaseCase(ActPage):
    """Let it be said after all."""

    form_class = NoteForm
    model = Case
    title = "Release it"
    about = "It is said now, in its room, and answered as any other; what was flagged stands."
    button = "Release it"
    permission = "conversations.change_moderationcase"

    @staticmethod
    def fits(row: Case) -> bool:
        """What waits, and what was refused and is still known."""
        return row.state in (Case.State.OPEN, Case.State.WAITING) or (
            row.state == Case.State.REMOVED and bool(row.text)
        )

    def act(self, form: forms.Form) -> str:
        return _decided(self, quarantine.release, form, "Released.")


class RemoveCase(ActPage):
    """Let it never be said."""

    form_class = NoteForm
    model = Case
    title = "Remove it"
    about = "It is never said; what was flagged is taken away from all who watch."
    button = "Remove it"
    permission = "conversations.change_moderationcase"

    @staticmethod
    def fits(row: Case) -> bool:
        """What waits."""
        return row.state in (Case.State.OPEN, Case.State.WAITING)

    def act(self, form: forms.Form) -> str:
        return _decided(self, quarantine.remove, form, "Removed.")


def _decided(page: ActPage, decide: Any, form: forms.Form, said: str) -> str:
    note, user = form.cleaned_data["note"], page.request.user
    try:
        decide(page.row.pk, timezone.now(), user=user, note=note)
    except Refused as refused:
        raise ActRefused(refused.remedy) from None
    return said
