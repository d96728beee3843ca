from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from characters.models.fields import Timestamped, in_range, one_of
from conversations.models.channel import Channel
from conversations.models.message import Message
from conversations.models.turn import Turn
from conversations.moderation import matching


class RuleKind(models.TextChoices):
    WORD = "word"
    PHRASE = "phrase"
    REGEX = "regex", "regular expression"


class RuleScope(models.TextChoices):
    DEPLOYMENT = "deployment", "everywhere"
    COMMUNITY = "community"
    CHANNEL = "channel"


class RuleSide(models.TextChoices):
    PEOPLE = "people", "what people say"
    CHARACTERS = "characters", "what characters say"
    BOTH = "both"


class RuleAction(models.TextChoices):
    FLAG = "flag", "flag: it stands, and is looked at"
    QUARANTINE = "quarantine", "quarantine: nobody sees it before a moderator has"
    REFUSE = "refuse", "refuse: it isn't said at all"


class RuleSeverity(models.TextChoices):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ModerationRule(Timestamped):
    """Something that isn't to be said, and what happens when it is (docs/moderation.md). Change
    it by `conversations.moderation.rulebook` alone, so that every process hears of it."""

    Kind = RuleKind
    Scope = RuleScope
    Side = RuleSide
    Action = RuleAction
    Severity = RuleSeverity

    name = models.CharField(
        max_length=120, help_text="What it is about: people who are refused read it."
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.WORD)
    pattern = models.CharField(
        max_length=500,
        help_text="A word may begin or end with *: bad* finds badly. Case, accents, look-alike "
        "and lengthened letters make no difference to words and phrases. A regular expression is "
        "RE2's.",
    )
    scope = models.CharField(max_length=12, choices=Scope, default=Scope.DEPLOYMENT)
    community = models.ForeignKey(
        "characters.Community", null=True, blank=True, on_delete=models.CASCADE
    )
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.CASCADE)
    applies_to = models.CharField(max_length=12, choices=Side, default=Side.BOTH)
    action = models.CharField(max_length=12, choices=Action, default=Action.QUARANTINE)
    severity = models.CharField(
        max_length=8,
        choices=Severity,
        default=Severity.MEDIUM,
        help_text="Where moderation is relaxed, high ones act alone; where it is strict, all.",
    )
    enabled = models.BooleanField(default=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            one_of("moderationrule_kind_known", "kind", RuleKind),
            one_of("moderationrule_scope_known", "scope", RuleScope),
            one_of("moderationrule_side_known", "applies_to", RuleSide),
            one_of("moderationrule_action_known", "action", RuleAction),
            one_of("moderationrule_severity_known", "severity", RuleSeverity),
            models.CheckConstraint(
                name="moderationrule_scope_fits",
                condition=Q(scope="deployment", community__isnull=True, channel__isnull=True)
                | Q(scope="community", community__isnull=False, channel__isnull=True)
                | Q(scope="channel", community__isnull=True, channel__isnull=False),
                violation_error_message="Choose the community or the channel that the scope names, "
                "and nothing else.",
            ),
            models.UniqueConstraint(
                fields=["kind", "pattern", "community", "channel", "applies_to"],
                nulls_distinct=False,
                name="moderationrule_once",
                violation_error_message="There is a rule for that pattern here already: change it.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a pattern that can't be looked for, and a scope without its place, or with
        another's."""
        super().clean()
        for field in (RuleScope.COMMUNITY, RuleScope.CHANNEL):
            has_one = getattr(self, f"{field}_id") is not None
            if has_one != (self.scope == field):
                asked = "leave this empty" if has_one else f"choose the {field}"
                raise ValidationError({field: f"The rule is for a {self.scope}: {asked}."})
        self.pattern = (self.pattern or "").strip()
        try:
            matching.check(self.kind, self.pattern)
        except matching.PatternRefused as refused:
            raise ValidationError({"pattern": str(refused)}) from None


class CaseAction(models.TextChoices):
    FLAG = "flag", "flagged"
    QUARANTINE = "quarantine", "held"
    REFUSE = "refuse", "refused"


class CaseState(models.TextChoices):
    WAITING = "waiting", "waits for the endpoint"
    OPEN = "open"
    RELEASED = "released"
    REMOVED = "removed"


class ModerationCase(models.Model):
    """Something that was objected to, and what became of it.

    What is held or refused is no message: it stands here alone, with all that is needed to say it
    after all, so nothing that reads messages can come upon it. What is flagged is a message, and
    has no text here.
    """

    Action = CaseAction
    State = CaseState

    action = models.CharField(max_length=12, choices=Action)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(
        "characters.Person",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="moderation_cases",
    )
    character = models.ForeignKey(
        "characters.Character",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="moderation_cases",
    )
    turn = models.ForeignKey(
        Turn, null=True, blank=True, on_delete=models.SET_NULL, related_name="moderation_cases"
    )
    message = models.OneToOneField(
        Message,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="moderation_case",
        help_text="The message that was flagged, or that a held text became when it was released.",
    )
    text = models.TextField(blank=True)
    rule = models.ForeignKey(
        ModerationRule, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases"
    )
    why = models.CharField(max_length=200)
    objections: models.JSONField[Any, Any] = models.JSONField(
        default=list, blank=True, help_text="All that was objected to: rules, categories, scores."
    )
    category = models.CharField(max_length=60, blank=True)
    score = models.FloatField(null=True, blank=True)
    # What saying it after all takes.
    answered_id = models.BigIntegerField(null=True, blank=True, editable=False)
    client_nonce = models.CharField(max_length=64, blank=True, editable=False)
    discord_message_id = models.BigIntegerField(null=True, blank=True, unique=True, editable=False)
    is_call = models.BooleanField(default=False, editable=False)
    image_urls: models.JSONField[Any, Any] = models.JSONField(
        default=list, blank=True, editable=False
    )
    opened_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            one_of("moderationcase_action_known", "action", CaseAction),
            one_of("moderationcase_state_known", "state", CaseState),
            *in_range("moderationcase", 0.0, 1.0, "score", may_be_null=True),
            models.CheckConstraint(
                name="moderationcase_of_one",
                condition=Q(person__isnull=True) ^ Q(character__isnull=True),
            ),
            models.CheckConstraint(
                name="moderationcase_decided",
                condition=Q(state__in=["waiting", "open"], decided_at__isnull=True)
                | Q(
                    state__in=["released", "removed"],
                    decided_at__isnull=False,
                    decided_at__gte=F("opened_at"),
                ),
            ),
            models.UniqueConstraint(
                fields=["person", "client_nonce"],
                condition=~Q(client_nonce=""),
                name="moderationcase_unique_nonce",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-opened_at"], condition=Q(state="open"), name="moderationcase_open"
            ),
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state="waiting"),
                name="moderationcase_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.why}"
