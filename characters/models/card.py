from __future__ import annotations

from django.db import models

from characters.models.character import Character
from characters.models.fields import one_of


class CardFormat(models.TextChoices):
    JSON = "json"
    PNG = "png"
    CHARX = "charx"


class CardSource(models.Model):
    """The file that a character came from, as it was: with the pictures and whatever else stood in
    it, so that an export loses nothing. Without a character, it waits for a keeper's word."""

    Format = CardFormat

    character = models.OneToOneField(
        Character, null=True, on_delete=models.CASCADE, related_name="card_source"
    )
    batch = models.UUIDField(
        null=True, editable=False, help_text="What was uploaded together and waits."
    )
    label = models.CharField(max_length=300, help_text="What the file was called.")
    format = models.CharField(max_length=10, choices=Format)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    imported_at = models.DateTimeField()

    class Meta:
        verbose_name = "character card"
        ordering = ["-imported_at"]
        constraints = [one_of("cardsource_format_known", "format", CardFormat)]

    def __str__(self) -> str:
        return self.label
