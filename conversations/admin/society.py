from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from characters.admin.lists import ReadOnlyAdmin, shorten
from conversations.community import customs, decisions
from conversations.models import CommunityHealth, Proposal, ProposalVote


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin[Proposal]):
    """What was proposed in talk, and what became of it (docs/community.md)."""

    icon = "how_to_vote"
    shelf = "people"
    dated = "proposed_at"
    list_display = [
        "content", "kind", "proposer", "community", "channel", "supporters", "opponents",
        "present", "status", "proposed_at", "decided_at",
    ]  # fmt: skip
    list_filter = ["status", "kind", "community"]
    search_fields = ["content", "character__name", "person__username"]
    list_select_related = ["community", "channel", "character", "person"]
    fields = [
        "content", ("kind", "status"), ("community", "channel"), "proposer", "evidence", "present",
        "voices", ("proposed_at", "decided_at"),
    ]  # fmt: skip
    readonly_fields = ["proposer", "evidence", "voices"]
    actions = ["keep", "drop"]

    def has_rule_permission(self, request: HttpRequest) -> bool:
        """Whoever may change these rows decides on them."""
        return request.user.has_perm("conversations.change_proposal")

    @admin.action(description="Let the selected proposals hold", permissions=["rule"])
    def keep(self, request: HttpRequest, rows: QuerySet[Proposal]) -> None:
        """Whatever was voted: they stand among what is kept here, with their dates."""
        self._overrule(request, rows, is_kept=True)

    @admin.action(description="Drop the selected proposals", permissions=["rule"])
    def drop(self, request: HttpRequest, rows: QuerySet[Proposal]) -> None:
        """They hold no more, and their dates are cancelled."""
        self._overrule(request, rows, is_kept=False)

    def _overrule(self, request: HttpRequest, rows: QuerySet[Proposal], *, is_kept: bool) -> None:
        done = "kept" if is_kept else "dropped"
        now = timezone.now()
        made = [
            row
            for row in rows.order_by("proposed_at", "pk")
            if decisions.overrule(row.pk, now, is_kept=is_kept)
        ]
        self.log_action(request, made, f"{done} by an action")
        self.message_user(request, f"{len(made)} {done}.", messages.SUCCESS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        """With how many are for it and against it."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                votes_for=Count("votes", filter=Q(votes__is_for=True)),
                votes_against=Count("votes", filter=Q(votes__is_for=False)),
            )
        )

    @admin.display(description="proposed by")
    def proposer(self, row: Proposal) -> str:
        """Whose proposal it is."""
        return str(row.character or row.person)

    @admin.display(ordering="votes_for", description="for")
    def supporters(self, row: Proposal) -> int:
        """How many are for it."""
        return int(getattr(row, "votes_for", 0))

    @admin.display(ordering="votes_against", description="against")
    def opponents(self, row: Proposal) -> int:
        """How many are against it."""
        return int(getattr(row, "votes_against", 0))

    @admin.display(description="in the message")
    def evidence(self, row: Proposal) -> SafeString:
        """The message in which it was proposed."""
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:conversations_message_change", args=[row.message_id]),
            shorten(row.message.content, 200),
        )

    @admin.display(description="votes")
    def voices(self, row: Proposal) -> SafeString | str:
        """Who voted how, and where."""
        votes = row.votes.select_related("character", "person", "message")
        return (
            format_html_join(
                "",
                "<p>{}: {} <em>({})</em></p>",
                (
                    (
                        one.character or one.person,
                        one,
                        shorten(one.message.content, 120) if one.message else "a reaction",
                    )
                    for one in votes.defer("message__embedding", "message__search")
                ),
            )
            or "none"
        )


@admin.register(ProposalVote)
class ProposalVoteAdmin(ReadOnlyAdmin[ProposalVote]):
    icon = "thumbs_up_down"
    shelf = "people"
    dated = "voted_at"
    list_display = ["proposal", "voter", "is_for", "message", "voted_at"]
    list_filter = ["is_for"]
    search_fields = ["proposal__content", "character__name", "person__username"]
    list_select_related = ["proposal", "character", "person", "message"]
    heavy = ["message__embedding", "message__search"]

    @admin.display(description="who")
    def voter(self, row: ProposalVote) -> str:
        """Whose vote it is."""
        return str(row.character or row.person)


@admin.register(CommunityHealth)
class CommunityHealthAdmin(ReadOnlyAdmin[CommunityHealth]):
    """How each community fared, day by day (docs/community.md)."""

    icon = "health_and_safety"
    shelf = "people"
    dated = "day"
    list_display = [
        "day", "community", "messages", "speakers", "participation_gini", "sentiment",
        "pair_diversity", "novelty",
    ]  # fmt: skip
    list_filter = ["community"]
    search_fields = ["community__name"]
    list_select_related = ["community"]
    fields = [
        ("community", "day"), ("messages", "speakers"),
        ("participation_gini", "pair_diversity"), ("sentiment", "novelty"), "lately",
        "calculated_at",
    ]  # fmt: skip
    readonly_fields = ["lately"]

    @admin.display(description="the last days")
    def lately(self, row: CommunityHealth) -> SafeString:
        """The community's last days, a line for each figure."""
        return format_html_join("", "<p><b>{}</b></p>{}", customs.health_charts(row.community_id))
