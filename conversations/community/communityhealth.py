"""How each community fared, day by day: a row for each day on which something was said.

A day is computed when it is over. What was missed while nothing ran is made up for; a day that
was computed is left as it is.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable

from django.db.models import Q, QuerySet

from characters.models import Community, Person
from conversations.community import wellbeing
from conversations.community.community_rules import in_force
from conversations.models import CommunityHealth, Message, Participant
from fishbowl.llm.offline.text import content_stems
from fishbowl.statements import planned

DAY = dt.timedelta(days=1)
BEFORE = dt.timedelta(days=7)  # whose words a day's are compared with
MOST = 20_000  # messages of one day that are looked at


def tend(now: dt.datetime) -> int:
    """Compute every day that is over and has no figures yet. Returns how many there were."""
    return sum(_tend(community, now) for community in Community.objects.order_by("pk"))


def _tend(community: Community, now: dt.datetime) -> int:
    today = now.astimezone(dt.UTC).date()
    since = today - dt.timedelta(days=round(in_force().health_days))
    done = set(
        CommunityHealth.objects.filter(community=community, day__gte=since).values_list(
            "day", flat=True
        )
    )
    passed = (since + dt.timedelta(days=ahead) for ahead in range((today - since).days))
    missing = [day for day in passed if day not in done]
    # Those on which nothing was said stay among them.
    missing = [day for (day,) in planned(_SPOKEN, days=missing)] if missing else []
    missing = [day for day in missing if _said_on(community.pk, day).exists()]
    for day in missing:
        compute(community.pk, day, now)
    return len(missing)


# Of some days those on which anything was said anywhere.
_SPOKEN = """
    SELECT day FROM unnest(%(days)s::date[]) AS day WHERE EXISTS (
      SELECT FROM conversations_message
      WHERE created_at >= day::timestamp AT TIME ZONE 'UTC'
        AND created_at < (day + 1)::timestamp AT TIME ZONE 'UTC')
    ORDER BY day
"""


def compute(community_id: int, day: dt.date, now: dt.datetime) -> CommunityHealth:
    """The figures of one day, computed anew where there are some."""
    start = _midnight(day)
    end = start + DAY
    lines = list(
        _said_on(community_id, day)
        .order_by("created_at", "pk")
        .values_list("conversation_id", "character_id", "person_id", "content", "sentiment")[:MOST]
    )
    talks: dict[int, list[Hashable]] = defaultdict(list)
    for talk, character, person, *_ in lines:
        talks[talk].append((character, person))
    spoken = [one for talk in talks.values() for one in talk]
    took_part = Participant.objects.filter(
        Q(left_at__isnull=True) | Q(left_at__gte=start), conversation__in=talks, joined_at__lt=end
    ).exclude(person__consent_level=Person.Consent.NONE)
    there = {*spoken, *took_part.values_list("character_id", "person_id")}
    before = _words(_said(community_id, start - BEFORE, start).values_list("content", flat=True))
    row, _ = CommunityHealth.objects.update_or_create(
        community_id=community_id,
        day=day,
        defaults={
            "messages": len(lines),
            "speakers": len(set(spoken)),
            "participation_gini": wellbeing.gini(wellbeing.speaking(spoken, there)),
            "sentiment": wellbeing.mean_tone([tone for *_, tone in lines]),
            "pair_diversity": wellbeing.pair_diversity(
                wellbeing.pairs(list(talks.values())), len(there)
            ),
            "novelty": wellbeing.novelty(_words([line[3] for line in lines]), before),
            "calculated_at": now,
        },
    )
    return row


def _said_on(community_id: int, day: dt.date) -> QuerySet[Message]:
    return _said(community_id, _midnight(day), _midnight(day) + DAY)


def _said(community_id: int, start: dt.datetime, end: dt.datetime) -> QuerySet[Message]:
    """What was said in the open: nothing private, nothing off the record."""
    return (
        Message.objects.filter(
            conversation__channel__community=community_id,
            conversation__channel__is_private=False,
            conversation__channel__is_direct=False,
            created_at__gte=start,
            created_at__lt=end,
            deleted_at__isnull=True,
            is_off_record=False,
        )
        .exclude(role=Message.Role.SYSTEM)
        .exclude(person__consent_level=Person.Consent.NONE)
        .order_by()
    )


def _words(texts: Iterable[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        found.update(content_stems(text))
    return found


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
