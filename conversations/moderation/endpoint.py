"""The moderation endpoint, asked about what is said. That something is still to be looked at is a
row (`ModerationCase`, waiting), so that no kill and no outage loses it.

What people say is shown at once and looked at right after, unless keepers want it the other way
round (`moderation.when_unreachable`); characters' lines are looked at before they are said.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit.calls import classifying
from conversations import corrections
from conversations.models import Channel, ModerationCase
from conversations.moderation import quarantine, strictness
from conversations.moderation.judging import (
    FLAG,
    NOTHING,
    QUARANTINE,
    Judgement,
    Objection,
    by_scores,
    judged,
)
from conversations.moderation.strictness import Strictness
from conversations.text import Refused
from fishbowl.llm.distress import is_crisis
from fishbowl.statements import planned

log = logging.getLogger(__name__)

State = ModerationCase.State
CLAIMED_FOR = dt.timedelta(seconds=30)
MOST_ATTEMPTS = 6
AT_ONCE = 50
UNASKED = "the endpoint could not be asked"


def due(now: dt.datetime) -> list[int]:
    """The cases that are to be looked at now."""
    return [pk for (pk,) in planned(_DUE, waiting=str(State.WAITING), now=now, most=AT_ONCE)]


_DUE = """
    SELECT id FROM conversations_moderationcase
    WHERE state = %(waiting)s AND next_attempt_at <= %(now)s ORDER BY next_attempt_at, id
    LIMIT %(most)s
"""


def look(case_id: int, now: dt.datetime | None = None) -> bool:
    """Have a waiting case looked at, and do what comes of it. Returns whether it was."""
    now = now or timezone.now()
    claimed = ModerationCase.objects.filter(
        pk=case_id, state=State.WAITING, next_attempt_at__lte=now
    ).update(next_attempt_at=now + CLAIMED_FOR, attempts=F("attempts") + 1)
    if not claimed:
        return False
    case = ModerationCase.objects.select_related("channel", "message").get(pk=case_id)
    text = quarantine.text_of(case)
    try:
        found = _scored(text, case, case.channel, now)
    except classifying.NotLookedAt as error:
        _put_off(case, str(error), now)
        return False
    _settle(case_id, text, found, now)
    return True


def _scored(text: str, case: ModerationCase, channel: Channel, now: dt.datetime) -> Judgement:
    rules = strictness.in_force(channel.community_id, channel.pk)
    if not text or rules.level == "off" or not classifying.is_there():
        return NOTHING  # there is nothing to ask any more
    scores = classifying.look(
        text,
        community_id=channel.community_id,
        conversation_id=case.message.conversation_id if case.message else None,
        now=now,
    )
    found = by_scores(scores, rules.hold_at, rules.flag_at, rules.passed_over)
    return found.mildened() if is_crisis(text) else found


def _put_off(case: ModerationCase, why: str, now: dt.datetime) -> None:
    """Ask again later, each time after a longer while. What people have seen already is flagged in
    the end; what nobody has seen waits on."""
    log.warning("Case %s was not looked at: %s", case.pk, why)
    mine = ModerationCase.objects.filter(pk=case.pk, state=State.WAITING)
    if case.action == FLAG and case.attempts >= MOST_ATTEMPTS:
        mine.update(state=State.OPEN, next_attempt_at=None, why=case.why or UNASKED)
        return
    wait = min(300, 5 * 2 ** min(case.attempts, 8))
    mine.update(next_attempt_at=now + dt.timedelta(seconds=wait))


def _settle(case_id: int, text: str, found: Judgement, now: dt.datetime) -> None:
    with transaction.atomic():
        try:
            case = quarantine.hold_case(case_id, (State.WAITING,))
        except Refused:  # somebody decided meanwhile
            return
        if quarantine.text_of(case) != text:  # it was edited meanwhile
            ModerationCase.objects.filter(pk=case_id).update(next_attempt_at=now)
            return
        if not found.action and not case.objections:
            _let(case, now)
            return
        if found.stops and case.action == FLAG:
            _take_away(case, text, now)
        elif not found.stops and case.action == QUARANTINE and _is_said(case, now):
            case.action, case.text = FLAG, ""
        _note(case, found)
        case.state, case.next_attempt_at = State.OPEN, None
        case.save()


def _let(case: ModerationCase, now: dt.datetime) -> None:
    """Nobody objects: what was held is said, and there is no case any more."""
    if case.text and not _is_said(case, now):
        case.state, case.next_attempt_at = State.OPEN, None
        case.save()
        return
    case.delete()


def _is_said(case: ModerationCase, now: dt.datetime) -> bool:
    """Have what was held said. Where it can't be, the case notes why, and waits for a moderator."""
    try:
        case.message = quarantine.say(case, now)
    except Refused as why:
        log.warning("Case %s can't be said: %s", case.pk, why)
        case.note = why.remedy[: quarantine.LONGEST_NOTE]
        return False
    return True


def _take_away(case: ModerationCase, text: str, now: dt.datetime) -> None:
    """What was shown already is held now."""
    message = case.message
    case.action = QUARANTINE
    if message is None or message.deleted_at is not None:
        return
    corrections.remove_message(message.pk, now)
    case.text, case.answered_id = text, message.reply_to_id
    case.is_call, case.image_urls = message.is_call, list(message.image_urls)
    case.message = None


def _note(case: ModerationCase, found: Judgement) -> None:
    if not found.objections:
        return
    foremost = found.objections[0]
    case.objections = [*case.objections, *(one.facts() for one in found.objections)]
    case.category, case.score = foremost.category[:60], foremost.score
    if found.stops or not case.why:
        case.why = found.why[:200]


# --- characters' lines ----------------------------------------------------------------------------


def of_line(text: str, channel: Channel, **whose: Any) -> Judgement:
    """What the endpoint says of a line that a character is about to say. Never call it inside a
    transaction."""
    rules = strictness.in_force(channel.community_id, channel.pk)
    if not is_asked(rules) or not rules.characters_too:
        return NOTHING
    try:
        scores = classifying.look(text, community_id=channel.community_id, **whose)
    except classifying.NotLookedAt as error:
        log.warning("A line was not looked at: %s", error)
        if rules.when_unreachable == "hold":
            return judged([Objection(QUARANTINE, category=UNASKED)])
        return judged([Objection(FLAG, category=UNASKED)])
    return by_scores(scores, rules.hold_at, rules.flag_at, rules.passed_over)


def is_asked(rules: Strictness) -> bool:
    """Whether there is an endpoint, and it is asked where these rules hold."""
    return classifying.is_there() and rules.level != "off"
