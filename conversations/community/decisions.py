"""What a community decides: proposals found in talk, votes on them, and what is kept of them.

Found with everything else when a stretch of talk is observed (`memories.formation.proposals`);
decided when a talk has paused, and from hour to hour. Every step is on rows alone and may run
again.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Collection, Iterable, Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Q

from characters import preferences
from characters.models import Community, Person
from conversations.community import standing
from conversations.community.community_rules import CommunityRules, decide, in_force
from conversations.initiative import moments, recurrence
from conversations.models import Proposal, ProposalVote, Reaction, ScheduledEvent
from fishbowl.llm.offline.proposing import ending, is_only_an_end
from fishbowl.statements import planned
from memories.formation import proposals
from memories.formation.echo import ECHO, coverage
from memories.formation.findings import Proposed, Vote
from memories.formation.stretch import Heard, Stretch

log = logging.getLogger(__name__)

LOOKED_AT = 200  # open proposals of one pass
EMOJI_FOR = frozenset(["👍", "❤️", "❤", "✅", "☑️", "🙌", "🎉", "💯", "🙋", "➕", "✔️", "💙", "🥳"])
EMOJI_AGAINST = frozenset(["👎", "❌", "🚫", "➖", "🙅", "✖️", "😡"])
_CLOCK = r"(?: at (?:noon|midnight|\d{1,2}(?:[:.]\d{2})?(?: ?[ap]m)?))"
_PART = r"(?:morning|afternoon|evening|night)"
_AGAIN = re.compile(
    rf"\b(?P<every>(?:every|each) (?:other |second )?[a-z]+?)s?(?P<part> {_PART})?(?P<at>{_CLOCK})?"
    r"(?=$|[ ,.;:!?])",
    re.IGNORECASE,
)
_ONCE = re.compile(
    r"\b(?:tomorrow|tonight|this (?=evening|afternoon)|(?:on |next |this )?"
    rf"(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?: ?{_PART})?{_CLOCK}?",
    re.IGNORECASE,
)
_DATED = re.compile(r"\bon \w+day, \d{1,2} \w+, at \d\d:\d\d,?")  # as `dated` writes it
_PARTS = {"morning": "9", "afternoon": "15", "evening": "19", "night": "21"}


# --- proposed and voted on ------------------------------------------------------------------------


def take_in(found: Sequence[Proposed], stretch: Stretch, channel_id: int) -> int:
    """Keep the proposals of a stretch and the votes cast in it, also on what was proposed here
    before. Within the caller's transaction. Returns how many proposals are new."""
    if stretch.community_id is None or not stretch.is_open or not in_force().proposals:
        return 0
    lines = {line.number: line for line in stretch.lines}
    open_before = list(
        Proposal.objects.filter(channel=channel_id, status=Proposal.Status.OPEN)
        .exclude(message__in=[line.message_id for line in stretch.lines])
        .select_related("character", "person")
        .defer("character__card", "character__system_note")
    )
    made, talked_over = 0, list(open_before)
    holds = standing.held(stretch.community_id, stretch.lines[-1].at) if found else []
    for one in found:
        line = lines.get(one.line)
        if line is None or line.message_id is None or line.is_off_record:
            continue
        before = (row for row in talked_over if coverage(one.what, row.content) >= ECHO)
        if row := next(before, None):  # said again, it is no other proposal, and one more voice
            _cast(row, line, is_for=True)
            _count(row, one.votes, lines)
            continue
        kind = _kind_here(one, line, holds)
        if kind is None:
            continue
        row, is_new = Proposal.objects.get_or_create(
            message_id=line.message_id,
            defaults={
                "community_id": stretch.community_id,
                "channel_id": channel_id,
                "character_id": line.character_id,
                "person_id": None if line.character_id else line.person_id,
                "kind": kind,
                "content": one.what[:200],
                "present": _present(stretch, line.number),
                "proposed_at": line.at,
            },
        )
        made += is_new
        talked_over.append(row)
        _cast(row, line, is_for=True)
        _count(row, one.votes, lines)
    heard = [line for line in stretch.lines if not line.is_off_record]
    for row in open_before:
        if (there := _present(stretch)) > row.present:
            Proposal.objects.filter(pk=row.pk).update(present=there)
        by = row.character or row.person
        _count(row, proposals.votes_later(heard, row.content, by.name if by else ""), lines)
    return made


def _kind_here(one: Proposed, line: Heard, holds: list[standing.Held]) -> str | None:
    """Of which kind a proposal is, with what holds here before one's eyes; None where it asks for
    what holds, or for the end of what doesn't."""
    if ending(one.what):
        if standing.ended(one.what, holds):
            return Proposal.Kind.DECISION
        if is_only_an_end(one.what) and one.kind != Proposal.Kind.EVENT:
            return None
        return Proposal.Kind.NORM if one.kind == Proposal.Kind.TRADITION else one.kind
    zone = line.at.tzinfo
    found = when(one.what, line.at, line.at, zone) if isinstance(zone, ZoneInfo) else None
    holds_anyway = standing.is_said_again(one.what, found[1] if found else None, holds)
    return None if holds_anyway else one.kind


def _present(stretch: Stretch, since: int = 0) -> int:
    """Those who heard the talk from a line on: the characters that were there, or came in and read
    it, and the people who spoke."""
    later = [line for line in stretch.lines if line.number >= since]
    characters = {one for line in later for one in stretch.witnesses.get(line.number, ())}
    characters |= {line.character_id for line in later if line.character_id}
    return len(characters) + len({line.person_id for line in later if line.person_id})


def _count(row: Proposal, votes: Iterable[Vote], lines: dict[int, Heard]) -> None:
    for vote in votes:
        line = lines.get(vote.line)
        if line is not None and not line.is_off_record:
            _cast(row, line, is_for=vote.is_for)


def _cast(row: Proposal, line: Heard, *, is_for: bool) -> None:
    """One has one vote, the last that was said."""
    by = {"character_id": line.character_id, "person_id": None}
    if line.character_id is None:
        by = {"character_id": None, "person_id": line.person_id}
    if not any(by.values()):
        return
    told = {"is_for": is_for, "message_id": line.message_id, "voted_at": line.at}
    earlier = ProposalVote.objects.filter(proposal=row, **by)
    if not earlier.filter(voted_at__lte=line.at).update(**told) and not earlier.exists():
        ProposalVote.objects.create(proposal=row, **by, **told)


def count_reactions(row: Proposal) -> None:
    """The reactions to a proposal as votes, as they stand now: taken back, they are none. What was
    said counts for more."""
    held = Reaction.objects.filter(message=row.message_id, removed_at__isnull=True).exclude(
        person__consent_level=Person.Consent.NONE
    )
    signs: dict[tuple[int | None, int | None], tuple[bool, dt.datetime]] = {}
    for reaction in held.order_by("created_at", "pk"):
        emoji = reaction.emoji
        is_for = emoji in EMOJI_FOR
        if is_for or emoji in EMOJI_AGAINST:
            signs[reaction.character_id, reaction.person_id] = (is_for, reaction.created_at)
    said = set(row.votes.filter(message__isnull=False).values_list("character_id", "person_id"))
    row.votes.filter(message__isnull=True).delete()
    ProposalVote.objects.bulk_create(
        [
            ProposalVote(
                proposal=row, character_id=who[0], person_id=who[1], is_for=is_for, voted_at=at
            )
            for who, (is_for, at) in signs.items()
            if who not in said
        ]
    )


# --- decided --------------------------------------------------------------------------------------


def settle(now: dt.datetime, *, channel_id: int | None = None) -> int:
    """Decide what can be decided by now. Returns how many proposals were."""
    rules = in_force()
    waiting = planned(_OPEN, channel=channel_id, most=LOOKED_AT)
    return sum(
        _settle(pk, rules, now)
        for pk, proposed_at, present, has_signs, votes_for, votes_against in waiting
        if has_signs
        or decide(votes_for, votes_against, present, now - proposed_at, rules) != "open"
    )


# Open proposals with the votes as they stand, and whether there are reactions to be counted anew.
_OPEN = """
    SELECT p.id, p.proposed_at, p.present,
      EXISTS (SELECT FROM conversations_reaction r
              WHERE r.message_id = p.message_id AND r.removed_at IS NULL)
        OR bool_or(v.message_id IS NULL AND v.id IS NOT NULL),
      count(*) FILTER (WHERE v.is_for), count(*) FILTER (WHERE NOT v.is_for)
    FROM conversations_proposal p LEFT JOIN conversations_proposalvote v ON v.proposal_id = p.id
    WHERE p.status = 'open'
      AND (%(channel)s::bigint IS NULL OR p.channel_id = %(channel)s::bigint)
    GROUP BY p.id ORDER BY p.proposed_at, p.id LIMIT %(most)s
"""


def _settle(proposal_id: int, rules: CommunityRules, now: dt.datetime) -> bool:
    with transaction.atomic():
        row = (
            Proposal.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk=proposal_id, status=Proposal.Status.OPEN)
            .select_related("community", "character", "person")
            .first()
        )
        if row is None:
            return False
        count_reactions(row)
        votes = row.votes.aggregate(
            votes_for=Count("pk", filter=Q(is_for=True)),
            votes_against=Count("pk", filter=Q(is_for=False)),
        )
        age = now - row.proposed_at
        outcome = decide(votes["votes_for"], votes["votes_against"], row.present, age, rules)
        if outcome == "open":
            return False
        row.status, row.decided_at = Proposal.Status(outcome), now
        row.save(update_fields=["status", "decided_at", "updated_at"])
        if outcome == "kept":
            _keep(row, rules, now)
        return True


@transaction.atomic
def overrule(proposal_id: int, now: dt.datetime, *, is_kept: bool) -> bool:
    """Have a keeper's word decide a proposal, whatever was voted: it holds from now on, or no more,
    with what it had put into the lists and the calendar. Returns whether that changes anything."""
    row = (
        Proposal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("community", "character", "person")
        .get(pk=proposal_id)
    )
    status = Proposal.Status.KEPT if is_kept else Proposal.Status.DROPPED
    if row.status == status:
        return False
    was_kept = row.status == Proposal.Status.KEPT
    row.status, row.decided_at = status, now
    row.save(update_fields=["status", "decided_at", "updated_at"])
    if is_kept:
        _keep(row, in_force(), now)
    elif was_kept:
        _hold_no_more(row)
    return True


def _keep(row: Proposal, rules: CommunityRules, now: dt.datetime) -> None:
    """Have a kept proposal hold: among the traditions or norms, and in the calendar; or have what
    it ends hold no more."""
    if row.kind == Proposal.Kind.DECISION and ending(row.content):
        _end(row, now)
        return
    column = {Proposal.Kind.TRADITION: "traditions", Proposal.Kind.NORM: "norms"}.get(
        Proposal.Kind(row.kind)
    )
    if column is not None:
        community = Community.objects.select_for_update(no_key=True).get(pk=row.community_id)
        held = getattr(community, column)
        if as_written(row) not in held and len(held) < rules.most_kept:
            setattr(community, column, [*held, as_written(row)])
            community.save(update_fields=[column, "updated_at"])
    found = when(row.content, row.proposed_at, now, _zone(row))
    if found is None or row.kind not in (Proposal.Kind.TRADITION, Proposal.Kind.EVENT):
        return
    rule, at = found
    if not rule:  # 'tomorrow' is another day by tomorrow
        row.content = dated(row.content, at.astimezone(_zone(row)))[:200]
        row.save(update_fields=["content", "updated_at"])
    ScheduledEvent.objects.create(
        community_id=row.community_id,
        channel_id=row.channel_id,
        event_type=ScheduledEvent.EventType.REMINDER,
        trigger_at=at,
        title=as_written(row),
        context={"what": timeless(row.content)},
        is_recurring=bool(rule),
        recurrence_rule=rule,
        recurs_since=at if rule else None,
        recurs_in=_zone(row).key if rule else "",
        proposal=row,
    )


def _end(row: Proposal, now: dt.datetime) -> None:
    """Drop what a kept proposal would have be no more, with its dates."""
    text = standing.ended(row.content, standing.held(row.community_id, now))
    if not text:  # it has ended meanwhile
        return
    kept = Proposal.objects.filter(community=row.community_id, status=Proposal.Status.KEPT)
    for one in kept.exclude(pk=row.pk).select_for_update(no_key=True).order_by("pk"):
        if one.content == text or as_written(one) == text:
            _drop(one, now)
    _take_out(row.community_id, text)


def _drop(row: Proposal, now: dt.datetime) -> None:
    row.status, row.decided_at = Proposal.Status.DROPPED, now
    row.save(update_fields=["status", "decided_at", "updated_at"])
    _hold_no_more(row)


def _hold_no_more(row: Proposal) -> None:
    """Out of the lists, and its dates with it."""
    _take_out(row.community_id, row.content)
    pending = ScheduledEvent.objects.filter(proposal=row, status=ScheduledEvent.Status.PENDING)
    pending.update(status=ScheduledEvent.Status.CANCELLED)


def dated(text: str, at: dt.datetime) -> str:
    """A proposal with its day and hour for 'tomorrow evening'."""
    return _ONCE.sub(f"on {at:%A}, {at.day} {at:%B}, at {at:%H:%M},", text, count=1).rstrip(",")


def timeless(text: str) -> str:
    """A proposal without its time: what to do when that has come."""
    for pattern in (_DATED, _AGAIN, _ONCE):
        text = pattern.sub("", text, count=1)
    return " ".join(text.split()).strip(" ,")


def as_written(row: Proposal) -> str:
    """A proposal as it stands among the norms and traditions."""
    text = row.content.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!')) else '.'}"


def _zone(row: Proposal) -> ZoneInfo:
    if row.person is not None:
        return preferences.zone_of(row.person)
    return ZoneInfo(row.character.timezone if row.character else "UTC")


def when(
    text: str, said_at: dt.datetime, now: dt.datetime, zone: ZoneInfo
) -> tuple[str, dt.datetime] | None:
    """The rule by which something proposed comes again (or ''), and when it is next; None where
    its words name no time, or one that is past."""
    if found := _AGAIN.search(text):
        hour = _PARTS.get((found["part"] or "").strip().lower(), "")
        at = found["at"] or (f" at {hour}:00" if hour else "")
        return recurrence.read(f"{found['every']}{at}", now, zone)
    if found := _ONCE.search(text):
        words = re.sub(r"^this (?=evening|afternoon)", "today ", found[0], flags=re.IGNORECASE)
        moment = moments.read(words, said_at, zone)
        return ("", moment) if moment is not None and moment > now else None
    return None


# --- taken back -----------------------------------------------------------------------------------


def forget(message_ids: Collection[int], person_id: int | None = None) -> int:
    """Take away what was proposed in these messages, or by a person, with all that was kept of it,
    and the votes that were said there. Within the caller's transaction. Returns how many rows."""
    said = list(message_ids)
    votes, _ = ProposalVote.objects.filter(
        Q(message__among=said) | (Q(person=person_id) if person_id else Q(pk__in=[]))
    ).delete()
    gone = Proposal.objects.filter(
        Q(message__among=said) | (Q(person=person_id) if person_id else Q(pk__in=[]))
    )
    rows = list(gone)
    for row in rows:
        if row.status == Proposal.Status.KEPT:
            _take_out(row.community_id, row.content)
    count, _ = gone.delete()
    return count + votes


def _take_out(community_id: int, content: str) -> None:
    """Take what was kept of a proposal out of the norms and traditions."""
    community = Community.objects.select_for_update(no_key=True).get(pk=community_id)
    for column in ("norms", "traditions"):
        held = getattr(community, column)
        left = [text for text in held if coverage(content, text) < ECHO]
        if left != held:
            setattr(community, column, left)
            community.save(update_fields=[column, "updated_at"])
