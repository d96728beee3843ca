from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from characters.models.character import validate_timezone
from characters.models.fields import Timestamped, one_of


class Community(Timestamped):
    """A place with members: a Discord guild, or the local one, which has no Discord id."""

    discord_id = models.BigIntegerField(null=True, blank=True)
    name = models.CharField(max_length=120)
    settings = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)
    is_paused = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="It was paused as a whole (/pause): a channel that is new there rests, too.",
    )
    joined_at = models.DateTimeField(auto_now_add=True)
    welcomed_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the bot said there what it needs: once each time it is invited.",
    )
    norms: ArrayField[Any, Any] = ArrayField(models.TextField(), default=list, blank=True)
    traditions: ArrayField[Any, Any] = ArrayField(models.TextField(), default=list, blank=True)

    class Meta:
        verbose_name_plural = "communities"
        ordering = ["name"]
        constraints = [
            # Nulls are alike here: there is one local community, whoever races to make it.
            models.UniqueConstraint(
                fields=["discord_id"],
                nulls_distinct=False,
                name="community_unique_discord_id",
                violation_error_message=(
                    "There is a community with that Discord id already, or, where it is empty, "
                    "the local one."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonConsent(models.TextChoices):
    NONE = "none"
    MINIMAL = "minimal"
    FULL = "full"


class Person(Timestamped):
    """A human being. `web_key` is the hash of the secret that a browser holds to be this person."""

    Consent = PersonConsent

    discord_id = models.BigIntegerField(null=True, blank=True, unique=True)
    web_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    username = models.CharField(max_length=80)
    display_name = models.CharField(max_length=80, blank=True)
    custom_name = models.CharField(max_length=80, blank=True)
    is_bot = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    timezone = models.CharField(max_length=64, blank=True, validators=[validate_timezone])
    quiet_hours = models.JSONField(default=dict, blank=True)
    birthday = models.DateField(null=True, blank=True)
    consent_level = models.CharField(max_length=10, choices=Consent, default=Consent.MINIMAL)
    # What they wrote before they agreed to be heard isn't taken in later either, after a pause say.
    heard_from = models.DateTimeField(null=True, blank=True)
    blocked_until = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "people"
        ordering = ["username"]
        constraints = [
            one_of("person_consent_level_known", "consent_level", PersonConsent),
            # Two guests at one tank must not be mistaken for each other.
            models.UniqueConstraint(
                Lower("username"),
                condition=Q(discord_id__isnull=True, erased_at__isnull=True),
                name="person_local_username_unique",
                violation_error_message="Somebody here is called that already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What to call this person: the custom, the display or the user name."""
        return self.custom_name or self.display_name or self.username


class Membership(Timestamped):
    """A person's belonging to a community."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    nickname = models.CharField(max_length=80, blank=True)
    roles: ArrayField[Any, Any] = ArrayField(
        models.CharField(max_length=100), default=list, blank=True
    )
    joined_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "person"], name="membership_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.community}"


class PersonPreference(Timestamped):
    """Something that a person has asked for, by name: how they like to be answered, say."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="preferences")
    key = models.CharField(max_length=40)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="personpreference_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"
