from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from characters.models.fields import Timestamped, one_of
from characters.models.naming import called


class Scenario(Timestamped):
    """A situation that talk takes place in."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    premise = models.TextField()
    rules = models.TextField(blank=True, help_text="One a line.")
    is_adult = models.BooleanField(
        default=False,
        db_default=False,
        help_text="For adults: it is played only in channels that are age-restricted.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ScenarioVersion(models.Model):
    """A scenario as it stood after an edit. Numbers run without gaps."""

    named_by: ClassVar = ("scenario",)

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    snapshot = models.JSONField(help_text="The scenario's columns, by name.")
    reason = models.CharField(max_length=300)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["scenario", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "number"], name="scenarioversion_unique_number"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {called(self, 'scenario')}"


class ChannelMode(models.TextChoices):
    LIVE = "live", "live: may begin talk"
    WATCHED = "watched", "watched: joins when there is something to say"
    QUIET = "quiet", "quiet: only when addressed"
    MUTED = "muted", "muted: never"


class ChannelPace(models.TextChoices):
    CALM = "calm"
    NORMAL = "normal"
    LIVELY = "lively"


class ChannelQuerySet(models.QuerySet["Channel"]):
    def open_to_all(self) -> ChannelQuerySet:
        """Those of whose talk anybody may hear elsewhere: see `Channel.is_open_to_all`."""
        return self.filter(is_private=False, is_direct=False, is_nsfw=False)


class Channel(Timestamped):
    """A room. Its row is the floor: whoever decides who speaks here holds its lock."""

    Mode = ChannelMode
    Pace = ChannelPace

    community = models.ForeignKey(
        "characters.Community", on_delete=models.CASCADE, related_name="channels"
    )
    discord_id = models.BigIntegerField(null=True, blank=True, unique=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="threads",
        help_text="The channel that this thread hangs on.",
    )
    name = models.CharField(max_length=100)
    topic = models.CharField(max_length=300, blank=True)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.LIVE)
    pace = models.CharField(max_length=10, choices=Pace, default=Pace.CALM)
    scenario = models.ForeignKey(
        Scenario, null=True, blank=True, on_delete=models.SET_NULL, related_name="channels"
    )
    residents = models.ManyToManyField(
        "characters.Character",
        blank=True,
        related_name="channels",
        help_text="Who frequents this channel; empty means every character.",
    )
    is_private = models.BooleanField(default=False)
    is_direct = models.BooleanField(
        default=False,
        help_text="A person's own channel with the characters: everything said in it "
        "is said to them.",
    )
    is_nsfw = models.BooleanField(
        default=False, help_text="Age-restricted: for adults alone, as Discord has marked it."
    )
    slow_mode_s = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="Discord's slow mode: nobody speaks here twice within so many seconds.",
    )
    is_paused = models.BooleanField(default=False)
    hushed_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Until then nobody speaks unless a person addresses them: somebody who may has "
        "asked for quiet.",
    )
    last_message_at = models.DateTimeField(null=True, blank=True)
    next_look_at = models.DateTimeField(
        null=True, blank=True, help_text="When the director looks again whether to begin talk."
    )
    watched_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Somebody looks on until then; a tank nobody watches is calm.",
    )
    webhook_id = models.BigIntegerField(
        null=True,
        blank=True,
        editable=False,
        help_text="The webhook by which characters speak here.",
    )
    webhook_token = models.TextField(
        blank=True, editable=False, help_text="Its secret, encrypted (fishbowl.sealing)."
    )
    send_trouble = models.CharField(
        max_length=300,
        blank=True,
        editable=False,
        help_text="Why nothing can be sent to Discord from here; characters are silent meanwhile. "
        "Empty when all is well.",
    )
    read_trouble = models.CharField(
        max_length=300,
        blank=True,
        db_default="",
        editable=False,
        help_text="Why what was said on Discord while the bot was away can't be read here. Empty "
        "when all is well.",
    )
    seen_to = models.BigIntegerField(
        null=True,
        blank=True,
        editable=False,
        help_text="Discord's id of the last message taken in: what came later is caught up with.",
    )
    picked_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When a keeper last picked it after it was muted: nothing is read that was said "
        "or changed there before, and isn't known.",
    )
    removed_at = models.DateTimeField(
        null=True, blank=True, help_text="It is gone from Discord, or the bot was sent away."
    )
    deleting_since = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When a keeper deleted it: a worker takes its talk away since then.",
    )
    lines_to_delete = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="How many lines it had then."
    )

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["community", "name"]
        constraints = [
            one_of("channel_mode_known", "mode", ChannelMode),
            one_of("channel_pace_known", "pace", ChannelPace),
            models.UniqueConstraint(
                fields=["community", "name"],
                condition=Q(discord_id__isnull=True),
                name="channel_local_name_unique",
                violation_error_message="There is a room of that name already.",
            ),
        ]
        indexes = [models.Index(fields=["next_look_at"], name="channel_due")]

    def __str__(self) -> str:
        return f"#{self.name}"

    @property
    def is_open_to_all(self) -> bool:
        """Whether anybody may hear elsewhere of what is said here: it is neither private, nor a
        person's own, nor age-restricted."""
        return not (self.is_private or self.is_direct or self.is_nsfw)
