"""For people's good: who may be in danger is answered at once and a keeper is told; who leans on
characters alone is pointed to other people; who is always agreed with hears another opinion.

Nothing here stops anybody from talking. Of who isn't to be remembered, nothing is stored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from audit.operation.alerts import Trouble
from audit.operation.alerts import register as register_alert
from characters.models import Person
from conversations.care.care_rules import CareRules, in_force
from conversations.care.reliance import is_too_agreeable
from conversations.floor.lines import Said
from conversations.models import CareNotice, Channel, Message, Reliance, Turn
from conversations.text import Refused
from fishbowl.llm.distress import is_clinging, is_crisis, is_grand
from fishbowl.llm.types import Care
from fishbowl.statements import Row, Statement

# --- danger ---------------------------------------------------------------------------------------


def notice(message: Message, person: Person, channel: Channel, now: dt.datetime) -> bool:
    """Look whether somebody seems in danger by what they said. Then it is for nobody to remember
    or to tell, and a keeper is told that it was said. Returns whether they do."""
    if not is_crisis(message.content):
        return False
    Message.objects.filter(pk=message.pk).update(is_off_record=True)
    message.is_off_record = True
    if person.consent_level != Person.Consent.NONE:
        CareNotice.objects.get_or_create(
            message=message, defaults={"person": person, "channel": channel, "noticed_at": now}
        )
    return True


def is_apart(heard: Message | None) -> bool:
    """Whether what is answered is off the record, or was said in danger, so that the answer is for
    nobody to remember and tell either."""
    if heard is None or heard.person_id is None:
        return False
    return heard.is_off_record or is_crisis(heard.content)


def see(notice_id: int, user: object, now: dt.datetime) -> bool:
    """Note that a keeper has seen to it. Returns whether nobody had before."""
    unseen = CareNotice.objects.filter(pk=notice_id, seen_at=None)
    return bool(unseen.update(seen_at=now, seen_by=user))


def unseen(now: dt.datetime) -> Iterator[Trouble]:
    """People who may be in danger, whom no keeper has seen to: neither their words nor who they
    are, since alerts travel, and are seen by more staff than the notices."""
    for one in CareNotice.objects.filter(seen_at=None).select_related("channel"):
        where = f" in #{one.channel.name}" if one.channel else ""
        yield Trouble(
            f"Somebody{where} may be in danger. They were told where to turn. Look at care notices "
            "in the admin, and see to it.",
            f"notice {one.pk}",
        )


def in_danger(lines: Sequence[Said], now: dt.datetime, rules: CareRules) -> set[int]:
    """The people who seemed in danger by what they said here just now."""
    since = now - dt.timedelta(minutes=rules.hush_min)
    return {
        line.person_id
        for line in lines
        if line.person_id and line.at > since and is_crisis(line.text)
    }


def _cried(lines: Sequence[Said], person_id: int | None) -> bool:
    """Whether somebody's latest words, those that no character has answered yet, mean danger."""
    for line in reversed(lines):
        if line.character_id:
            return False
        if line.person_id == person_id and is_crisis(line.text):
            return True
    return False


# --- what a turn knows of it ----------------------------------------------------------------------

_ASKING = """
    SELECT m.content, m.person_id, coalesce(p.timezone, ''),
      (SELECT level FROM conversations_reliance r
       WHERE r.person_id = m.person_id AND r.day >= %(since)s ORDER BY day DESC LIMIT 1),
      (SELECT sum(answers) FROM conversations_agreement a WHERE a.character_id = %(character)s
         AND a.day >= %(agreed_since)s
         AND (a.with_person_id = m.person_id OR a.with_character_id = m.character_id)),
      (SELECT sum(agreed) FROM conversations_agreement a WHERE a.character_id = %(character)s
         AND a.day >= %(agreed_since)s
         AND (a.with_person_id = m.person_id OR a.with_character_id = m.character_id))
    FROM conversations_message m LEFT JOIN characters_person p ON p.id = m.person_id
    WHERE m.id = %(answers)s
"""


def asking(turn: Turn, channel: Channel, now: dt.datetime) -> Statement:
    """The statement for what the good of whoever a turn answers asks for."""
    rules = in_force(channel.community_id, channel.pk)
    return _ASKING, {
        "answers": turn.answers_id,
        "character": turn.chosen_id,
        "since": (now - dt.timedelta(days=rules.reliance_days)).date(),
        "agreed_since": (now - dt.timedelta(days=rules.agreement_days)).date(),
    }


def of_turn(rows: Sequence[Row], lines: Sequence[Said], channel: Channel) -> Care:
    """What the statement found, as the speaker is to know it. `lines` are of this conversation."""
    if not rows:
        return Care()
    text, person_id, timezone, level, answers, agreed = rows[0]
    rules = in_force(channel.community_id, channel.pk)
    agreeable = is_too_agreeable(int(answers or 0), int(agreed or 0), rules)
    if person_id is None:
        return Care(agrees=agreeable)
    is_danger = is_crisis(text) or _cried(lines, person_id)
    return Care(
        resources=rules.told_at(timezone) if is_danger else "",
        is_grand=is_grand(text),
        leans=is_clinging(text) or (rules.reliance and (level or 0.0) >= rules.reliance_high),
        agrees=agreeable,
    )


def told_instead(turn: Turn) -> str:
    """What the system tells somebody in danger whom no character can answer; empty for others."""
    heard = turn.answers
    if heard is None or heard.person_id is None or not is_crisis(heard.content):
        return ""
    return where_to_turn(
        Person.objects.filter(pk=heard.person_id).first(), turn.conversation.channel
    )


def where_to_turn(person: Person | None, channel: Channel | None) -> str:
    """What somebody in danger is told in a channel."""
    rules = in_force(channel.community_id, channel.pk) if channel else in_force()
    return rules.told_at(person.timezone if person else "")


def check_request(
    text: str, person: Person | None, channel: Channel | None, now: dt.datetime
) -> None:
    """See that what somebody asks to be kept doesn't mean that they are in danger. It stands in no
    message that a keeper could be shown; that it was said, a keeper is told, once while nobody has
    seen to them.

    Raises:
        Refused: it does; they are told where to turn.
    """
    if not is_crisis(text):
        return
    if person is not None and person.consent_level != Person.Consent.NONE:
        here = CareNotice.objects.filter(person=person, channel=channel, seen_at=None)
        if not here.exists():
            CareNotice.objects.create(person=person, channel=channel, noticed_at=now)
    told = where_to_turn(person, channel)
    raise Refused("text", f"{told}\nWhat you wrote is not kept.")


def leans_on_us(person: Person, now: dt.datetime) -> bool:
    """Whether somebody spends more of their days here than is good for them by now."""
    rules = in_force()
    lately = Reliance.objects.filter(
        person=person, day__gte=(now - dt.timedelta(days=rules.reliance_days)).date()
    )
    last = lately.order_by("-day").values_list("level", flat=True).first()
    return rules.reliance and last is not None and last >= rules.reliance_high


register_alert("people's good", "critical", unseen)
