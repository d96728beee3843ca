from __future__ import annotations

from django.db import models
from django.db.models import Q

from characters.models.fields import SignedField, Timestamped, UnitField, in_signed, in_unit, one_of


class ProposalKind(models.TextChoices):
    EVENT = "event"
    TRADITION = "tradition"
    NORM = "norm"
    DECISION = "decision"


class ProposalStatus(models.TextChoices):
    OPEN = "open"
    KEPT = "kept"
    DROPPED = "dropped"


class Proposal(Timestamped):
    """What somebody proposed to a community in talk, and what became of it. A kept tradition or
    norm stands in the community's lists too, in the same words; what has a time is a
    ScheduledEvent."""

    Kind = ProposalKind
    Status = ProposalStatus

    community = models.ForeignKey(
        "characters.Community", on_delete=models.CASCADE, related_name="proposals"
    )
    channel = models.ForeignKey(
        "conversations.Channel", on_delete=models.CASCADE, related_name="proposals"
    )
    message = models.OneToOneField(
        "conversations.Message",
        on_delete=models.CASCADE,
        related_name="proposal",
        help_text="In which it was proposed.",
    )
    character = models.ForeignKey(
        "characters.Character", null=True, blank=True, on_delete=models.CASCADE
    )
    person = models.ForeignKey("characters.Person", null=True, blank=True, on_delete=models.CASCADE)
    kind = models.CharField(max_length=10, choices=ProposalKind)
    content = models.CharField(max_length=200, help_text="What is to be done, after 'let us'.")
    status = models.CharField(max_length=10, choices=ProposalStatus, default=ProposalStatus.OPEN)
    present = models.PositiveSmallIntegerField(
        default=0, help_text="How many were there when it was proposed, its proposer too."
    )
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        indexes = [
            models.Index(fields=["community", "status", "-proposed_at"], name="proposal_standing")
        ]
        constraints = [
            one_of("proposal_kind_known", "kind", ProposalKind),
            one_of("proposal_status_known", "status", ProposalStatus),
            models.CheckConstraint(
                name="proposal_by_one",
                condition=Q(character__isnull=False, person__isnull=True)
                | Q(character__isnull=True, person__isnull=False),
                violation_error_message="A proposal is a character's or a person's.",
            ),
            models.CheckConstraint(
                name="proposal_decided_when_not_open",
                condition=Q(status="open", decided_at__isnull=True)
                | (~Q(status="open") & Q(decided_at__isnull=False)),
                violation_error_message="What is decided has a time, what is open has none.",
            ),
        ]

    def __str__(self) -> str:
        return self.content


class ProposalVote(models.Model):
    """That somebody is for a proposal or against it: said in a message, or by a reaction to the
    proposal's own."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="votes")
    character = models.ForeignKey(
        "characters.Character", null=True, blank=True, on_delete=models.CASCADE
    )
    person = models.ForeignKey("characters.Person", null=True, blank=True, on_delete=models.CASCADE)
    is_for = models.BooleanField(default=True)
    message = models.ForeignKey(
        "conversations.Message",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text="In which it was said; none where it was a reaction.",
    )
    voted_at = models.DateTimeField()

    class Meta:
        ordering = ["voted_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="proposalvote_by_one",
                condition=Q(character__isnull=False, person__isnull=True)
                | Q(character__isnull=True, person__isnull=False),
                violation_error_message="A vote is a character's or a person's.",
            ),
            models.UniqueConstraint(
                fields=["proposal", "character"], name="proposalvote_once_a_character"
            ),
            models.UniqueConstraint(
                fields=["proposal", "person"], name="proposalvote_once_a_person"
            ),
        ]

    def __str__(self) -> str:
        return "for" if self.is_for else "against"


class CommunityHealth(models.Model):
    """How a community fared on one day, in figures (docs/community.md says how each is got). They
    tell of nobody by name."""

    community = models.ForeignKey(
        "characters.Community", on_delete=models.CASCADE, related_name="health"
    )
    day = models.DateField(help_text="Of the clock in UTC.")
    messages = models.PositiveIntegerField(default=0)
    speakers = models.PositiveIntegerField(default=0)
    participation_gini = UnitField(
        default=0.0, help_text="0: everybody there said as much; 1: one said all."
    )
    sentiment = SignedField(default=0.0)
    pair_diversity = UnitField(
        default=0.0, help_text="How evenly answers are spread over the pairs there could be."
    )
    novelty = UnitField(
        null=True, blank=True, help_text="How far its words are from those of the week before."
    )
    calculated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "community health"
        ordering = ["-day", "community"]
        constraints = [
            models.UniqueConstraint(fields=["community", "day"], name="communityhealth_once_a_day"),
            *in_signed("communityhealth", "sentiment"),
            *in_unit("communityhealth", "participation_gini", "pair_diversity", "novelty"),
        ]

    def __str__(self) -> str:
        return f"{self.community} on {self.day}"
