"""What a community holds to, agreed on and talks over: before a speaker's mind, and on pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from characters.models import Community
from conversations.community.community_rules import in_force
from conversations.models import CommunityHealth, Proposal, ScheduledEvent, Turn
from conversations.tank import tank
from fishbowl.charts import Point, line
from fishbowl.llm.types import Custom
from fishbowl.statements import Row, Statement

CUSTOMS, LATELY = 2, 2
SHOWN, DAYS = 20, 30
AWAKE = 2  # others who must be up for a proposal, where nobody has a part in the talk yet

_CUSTOMS = """
    (SELECT 'now' AS standing, 'proposal/' || p.id, e.context ->> 'what', '' AS proposer,
       NULL::boolean, h.name, false
     FROM conversations_scheduledevent e JOIN conversations_proposal p ON p.id = e.proposal_id
     JOIN conversations_channel h ON h.id = p.channel_id
     WHERE e.turn_id = %s)
    UNION ALL
    (SELECT p.status, 'proposal/' || p.id, p.content,
       coalesce(k.name, nullif(w.custom_name, ''), nullif(w.display_name, ''), w.username),
       v.is_for, h.name, false
     FROM conversations_proposal p
     JOIN conversations_channel h ON h.id = p.channel_id
     LEFT JOIN characters_character k ON k.id = p.character_id
     LEFT JOIN characters_person w ON w.id = p.person_id
     LEFT JOIN conversations_proposalvote v ON v.proposal_id = p.id AND v.character_id = %s
     WHERE p.community_id = %s
       AND (p.status = 'open' AND p.channel_id = %s OR p.status = 'kept' AND p.decided_at > %s)
     ORDER BY p.status = 'open' DESC, p.proposed_at DESC, p.id DESC LIMIT %s)
    UNION ALL
    (SELECT 'custom', 'custom/' || md5(t.text), t.text, '', NULL, '', EXISTS (
       SELECT FROM conversations_proposal p
       WHERE p.community_id = c.id AND p.status = 'kept' AND p.decided_at > %s
         AND rtrim(lower(p.content), ' .!') = rtrim(lower(t.text), ' .!'))
     FROM characters_community c, unnest(c.norms || c.traditions) AS t(text)
     WHERE c.id = %s ORDER BY md5(t.text || %s) LIMIT %s)
    UNION ALL
    (SELECT 'free', '', '', '', NULL, '', false WHERE NOT EXISTS (
       SELECT 1 FROM conversations_proposal WHERE community_id = %s AND proposed_at > %s)
     AND (EXISTS (SELECT 1 FROM conversations_participant
                  WHERE conversation_id = %s AND left_at IS NULL
                    AND character_id IS DISTINCT FROM %s)
          OR %s <= (SELECT count(*) FROM characters_character k CROSS JOIN LATERAL (
                      SELECT (%s::timestamptz AT TIME ZONE k.timezone)::time AS now) local
                    WHERE k.status = 'active' AND NOT k.is_template AND k.id <> %s
                      AND CASE WHEN k.active_hours_start <= k.active_hours_end
                          THEN now >= k.active_hours_start AND now < k.active_hours_end
                          ELSE coalesce(now >= k.active_hours_start
                                        OR now < k.active_hours_end, true) END)))
"""


def asking_customs(turn: Turn, community_id: int, channel_id: int, now: dt.datetime) -> Statement:
    """The statement for what holds, is agreed and is talked over where a turn is taken."""
    rules = in_force()
    if not rules.proposals:
        return "SELECT 1 WHERE false", ()
    return _CUSTOMS, (
        turn.pk,
        turn.chosen_id,
        community_id,
        channel_id,
        now - dt.timedelta(days=rules.lately_days),
        LATELY,
        now - dt.timedelta(days=rules.lately_days),
        community_id,
        str(turn.random_seed),
        CUSTOMS,
        community_id,
        now - dt.timedelta(days=rules.propose_days),
        turn.conversation_id,
        turn.chosen_id,
        AWAKE,
        now,
        turn.chosen_id,
    )


def of_rows(rows: Iterable[Row]) -> tuple[tuple[Custom, ...], bool]:
    """The customs that the statement found, and whether there is room for a new proposal."""
    found = list(rows)
    customs = tuple(
        Custom(
            key=key,
            text=text,
            standing=standing,
            by=by or "",
            side="" if is_for is None else "for" if is_for else "against",
            where=where,
            is_new=is_new,
        )
        for standing, key, text, by, is_for, where, is_new in found
        if standing != "free"
    )
    return customs, any(row[0] == "free" for row in found)


# --- on pages -------------------------------------------------------------------------------------


def _public(community: Community) -> QuerySet[Proposal]:
    return (
        Proposal.objects.filter(community=community, channel__in=tank.rooms())
        .select_related("character", "person", "channel")
        .defer("character__card", "character__system_note")
        .annotate(
            votes_for=Count("votes", filter=Q(votes__is_for=True)),
            votes_against=Count("votes", filter=Q(votes__is_for=False)),
        )
    )


def shown(community: Community, now: dt.datetime) -> dict[str, Any]:
    """What the community's page tells."""
    found = _public(community)
    return {
        "norms": community.norms,
        "traditions": community.traditions,
        "open": list(found.filter(status=Proposal.Status.OPEN)[:SHOWN]),
        "decided": list(
            found.exclude(status=Proposal.Status.OPEN).order_by("-decided_at", "-pk")[:SHOWN]
        ),
        "coming": list(
            ScheduledEvent.objects.filter(
                community=community,
                proposal__isnull=False,
                channel__in=tank.rooms(),
                status=ScheduledEvent.Status.PENDING,
                trigger_at__gt=now,
            )
            .select_related("channel")
            .order_by("trigger_at", "pk")[:SHOWN]
        ),
    }


def health_charts(community_id: int) -> list[tuple[str, Any]]:
    """The figures of the last days, a small line each; of a community of few days there are none
    yet."""
    rows = list(CommunityHealth.objects.filter(community=community_id).order_by("-day")[:DAYS])
    rows.reverse()
    if len(rows) < 2:
        return []
    kinds = (
        ("Unevenness of talk (Gini)", "participation_gini", 0.0),
        ("Sentiment", "sentiment", -1.0),
        ("Diversity of pairs", "pair_diversity", 0.0),
        ("Novelty of words", "novelty", 0.0),
    )
    return [
        (
            title,
            line(
                [
                    Point(f"{row.day.day} {row.day:%b}", value)
                    for row in rows
                    if (value := getattr(row, name)) is not None
                ],
                title,
                low,
                1.0,
            ),
        )
        for title, name, low in kinds
    ]
