from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from characters.models.fields import Timestamped, UnitField, in_unit, one_of


def validate_timezone(name: str) -> None:
    """Refuse names that the time zone database does not know."""
    if name not in available_timezones():
        raise ValidationError(f"{name} is no time zone. Use a name such as Europe/Oslo or UTC.")


class CharacterQuerySet(models.QuerySet["Character"]):
    def active(self) -> CharacterQuerySet:
        """Those that may act: neither paused, archived, nor a template."""
        return self.filter(status=Character.Status.ACTIVE, is_template=False)


class CharacterStatus(models.TextChoices):
    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"


class Character(Timestamped):
    """Somebody who lives here. A paused character never acts and never costs anything."""

    Status = CharacterStatus

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    tagline = models.CharField(max_length=200, blank=True)
    avatar = models.FileField(upload_to="avatars/", blank=True)
    avatar_url = models.URLField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_timezone])
    active_hours_start = models.TimeField(
        null=True, blank=True, help_text="Start of the active hours; empty means at any time."
    )
    active_hours_end = models.TimeField(
        null=True, blank=True, help_text="End of the active hours; may lie past midnight."
    )
    talkativeness = UnitField(default=0.5)
    system_note = models.TextField(blank=True, help_text="Added to the system part of the prompt.")
    llm_model = models.CharField(max_length=200, blank=True)
    llm_temperature = models.FloatField(null=True, blank=True)
    is_template = models.BooleanField(default=False)
    is_adult = models.BooleanField(
        default=False,
        db_default=False,
        help_text="For adults: it speaks only in channels that are age-restricted.",
    )
    card = models.JSONField(default=dict, blank=True, help_text="The imported card, kept whole.")
    deleting_since = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When a keeper deleted it: a worker takes its talk and memories away since then.",
    )
    rows_to_delete = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="How many of these it had then."
    )

    objects = CharacterQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            one_of("character_status_known", "status", CharacterStatus),
            *in_unit("character", "talkativeness"),
            models.CheckConstraint(
                name="character_temperature_range",
                condition=models.Q(llm_temperature__isnull=True)
                | models.Q(llm_temperature__gte=0, llm_temperature__lte=2),
                violation_error_message="The temperature must lie between 0 and 2.",
            ),
            models.CheckConstraint(
                name="character_active_hours_whole",
                condition=models.Q(active_hours_start__isnull=True, active_hours_end__isnull=True)
                | models.Q(active_hours_start__isnull=False, active_hours_end__isnull=False),
                violation_error_message="Give both ends of the active hours, or neither.",
            ),
            models.UniqueConstraint(
                Lower("name"),
                name="character_name_unique_caseless",
                violation_error_message="There is a character of that name already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE and not self.is_template

    def is_awake(self, now: dt.datetime) -> bool:
        """Whether `now` lies in the active hours, by the character's own clock."""
        if self.active_hours_start is None or self.active_hours_end is None:
            return True
        local = now.astimezone(ZoneInfo(self.timezone)).time()
        if self.active_hours_start <= self.active_hours_end:
            return self.active_hours_start <= local < self.active_hours_end
        return local >= self.active_hours_start or local < self.active_hours_end

    def wakes_at(self, now: dt.datetime) -> dt.datetime | None:
        """When the active hours begin next, by the character's own clock; None: it never sleeps."""
        start = self.active_hours_start
        if start is None or self.active_hours_end is None:
            return None
        local = now.astimezone(ZoneInfo(self.timezone))
        today = dt.datetime.combine(local.date(), start, local.tzinfo)
        return today if today > local else today + dt.timedelta(days=1)
