"""What is said, looked at before it is heard: by rules at once, by an endpoint as
`conversations.moderation.endpoint` has it asked.

What is held or refused never becomes a message: it stands in its case alone (`ModerationCase`), so
whatever reads messages (pages, prompts, memory, search, exports) can't come upon it. What becomes
of cases is `conversations.moderation.quarantine`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from audit.calls import classifying
from characters.models import Person
from conversations import nudges
from conversations.models import Channel, Message, ModerationCase, Turn
from conversations.moderation import rulebook, strictness
from conversations.moderation.judging import FLAG, NOTHING, QUARANTINE, Judgement, Side, judged
from conversations.text import Refused
from fishbowl.llm.distress import is_crisis

HELD = "held"  # the field by which a browser knows that nothing is wrong, but that it must wait
WAITS = "A moderator looks at that before others see it."
LOOKED_AT = "That is looked at before others see it."
REMOVED = "A moderator has decided against that message."
MOST_WAITING = 20  # held texts of one person, before more are refused

State = ModerationCase.State


def judge(text: str, side: Side, channel: Channel) -> Judgement:
    """What the rules say of a text. Who may be in danger is heard whatever they say."""
    book = rulebook.in_force()
    if book.matcher is None:
        return NOTHING
    level = strictness.in_force(channel.community_id, channel.pk).level
    found = judged(book.objections(text, side, channel.community_id, channel.pk, level))
    if found.stops and side == "people" and is_crisis(text):
        return found.mildened()
    return found


def judge_work(text: str, community: int | None) -> Judgement:
    """What the rules say of something that characters make, which stands in no talk: where it would
    be held, it isn't made."""
    level = strictness.in_force(community).level
    return judged(rulebook.in_force().objections(text, "characters", community or 0, 0, level))


def objection_to_page(text: str, communities: Collection[int]) -> str:
    """What the rules have against a page that a character writes by itself, in any of the
    communities that it comes from; empty for nothing."""
    found = (judge_work(text, place) for place in communities or (None,))
    return next((one.why for one in found if one.stops), "")


def objection_to_name(name: str, community: int | None = None) -> str:
    """What the rules for all of the deployment, or of the community, have against people being
    called that; empty for nothing."""
    level = strictness.in_force(community).level
    found = judged(rulebook.in_force().objections(name, "people", community or 0, 0, level))
    return found.why if found.stops else ""


def check_name(name: str, community: int) -> None:
    """See that people may be called that.

    Raises:
        Refused: a rule for all of the deployment, or of the community, is against it.
    """
    if why := objection_to_name(name, community):
        raise Refused("name", f"That name can't be had here ({why}). Choose another.")


def check_request(text: str, community: int | None, channel: int | None) -> None:
    """See that people may ask for that to be kept or done. What would be held isn't done either:
    it stands in no talk into which a moderator could release it.

    Raises:
        Refused: a rule of the place is against it.
    """
    level = strictness.in_force(community, channel).level
    book = rulebook.in_force()
    found = judged(book.objections(text, "people", community or 0, channel or 0, level))
    if found.stops:
        raise Refused("text", f"That isn't said here ({found.why}). Say it differently.")


def check_emoji(emoji: str, channel: Channel) -> None:
    """See that people may put that under a message.

    Raises:
        Refused: a rule of the place is against it.
    """
    found = judge(emoji, "people", channel)
    if found.stops:
        raise Refused("emoji", f"That emoji isn't used here ({found.why}). Choose another.")


# --- cases ----------------------------------------------------------------------------------------


def keep(
    judgement: Judgement,
    channel: Channel,
    person: Person,
    text: str,
    now: dt.datetime,
    *,
    reply_to: Message | None = None,
    client_nonce: str = "",
    discord_message_id: int | None = None,
    is_call: bool = False,
    image_urls: list[str] | None = None,
    state: str = State.OPEN,
    **_: object,
) -> ModerationCase:
    """Keep what a person said and nobody is to see now. The same message again, by its nonce or by
    Discord's id, is the same case. The caller holds the channel's lock.

    Raises:
        Refused: the person was erased meanwhile, or too much of theirs waits already.
    """
    own = ModerationCase.objects.filter(person=person)
    if client_nonce and (known := own.filter(client_nonce=client_nonce).first()):
        return known
    if discord_message_id and (known := own.filter(discord_message_id=discord_message_id).first()):
        return known
    if not Person.objects.filter(pk=person.pk, erased_at=None).update(last_seen_at=now):
        raise Refused("person", "You left. Join again to talk.")
    if own.filter(state__in=[State.OPEN, State.WAITING]).exclude(text="").count() >= MOST_WAITING:
        raise Refused("rate", "Much of what you said waits for a moderator. Wait for them.")
    return _case(
        judgement,
        channel,
        now,
        state,
        person=person,
        text=text,
        answered_id=reply_to.pk if reply_to else None,
        client_nonce=client_nonce,
        discord_message_id=discord_message_id,
        is_call=is_call,
        image_urls=image_urls or [],
    )


def keep_line(turn: Turn, judgement: Judgement, text: str, now: dt.datetime) -> ModerationCase:
    """Keep a character's line that rules object to: as what is held or refused, or as what will be
    said and is to be looked at."""
    channel = turn.conversation.channel
    return _case(
        judgement, channel, now, State.OPEN, character_id=turn.chosen_id, turn_id=turn.pk, text=text
    )


def flag(message: Message, judgement: Judgement, channel: Channel, now: dt.datetime) -> None:
    """Note that a message stands that moderators should look at."""
    if not ModerationCase.objects.filter(message=message).exists():
        _case(judgement, channel, now, State.OPEN, person_id=message.person_id, message=message)


def let_decided_go(message: Message) -> None:
    """What was decided about a message's old words says nothing of its new ones: they may have a
    case of their own."""
    cases = ModerationCase.objects.filter(message=message)
    cases.update(discord_message_id=None)
    cases.filter(state__in=[State.RELEASED, State.REMOVED]).update(message=None)


def await_look(
    message: Message, judgement: Judgement, channel: Channel, now: dt.datetime
) -> ModerationCase:
    """Note that the endpoint is to be asked about a message that stands, and have it asked. Where
    a case of it is open, that is looked at again."""
    noted = Judgement(FLAG, judgement.objections)
    case = ModerationCase.objects.filter(message=message).first()
    if case is None:
        case = _case(
            noted, channel, now, State.WAITING, person_id=message.person_id, message=message
        )
    else:
        case.objections = [*case.objections, *(one.facts() for one in noted.objections)]
        case.why = case.why or noted.why[:200]
        case.state, case.next_attempt_at, case.attempts = State.WAITING, now, 0
        case.save()
    nudges.moderate(case.pk)
    return case


def await_look_first(
    channel: Channel, person: Person, text: str, now: dt.datetime, **fields: Any
) -> ModerationCase:
    """Keep what a person said until the endpoint was asked about it, and have it asked."""
    unseen = Judgement(QUARANTINE)
    case = keep(unseen, channel, person, text, now, state=State.WAITING, **fields)
    if case.state == State.WAITING:
        nudges.moderate(case.pk)
    return case


def _case(
    judgement: Judgement, channel: Channel, now: dt.datetime, state: str, **fields: Any
) -> ModerationCase:
    is_refused = judgement.action == ModerationCase.Action.REFUSE
    case = ModerationCase(
        action=judgement.action,
        state=State.REMOVED if is_refused else state,
        decided_at=now if is_refused else None,
        channel=channel,
        opened_at=now,
        next_attempt_at=now if state == State.WAITING else None,
        **fields,
    )
    note_objections(case, judgement)
    case.save()
    return case


def note_objections(case: ModerationCase, judgement: Judgement) -> None:
    """Have a case say what is objected to now. The caller saves it."""
    foremost = judgement.objections[0] if judgement.objections else None
    case.rule_id = foremost.rule if foremost else None
    case.why = judgement.why[:200]
    case.objections = [one.facts() for one in judgement.objections]
    case.category = (foremost.category if foremost else "")[:60]
    case.score = foremost.score if foremost else None


def refusal(case: ModerationCase) -> Refused:
    """What whoever said it is told."""
    if case.action == ModerationCase.Action.REFUSE:
        return Refused("text", f"That isn't said here ({case.why}). Say it differently.")
    if case.state == State.WAITING:
        return Refused(HELD, LOOKED_AT)
    if case.state == State.OPEN:
        return Refused(HELD, WAITS)
    return Refused("text", REMOVED)


def asks_endpoint(channel: Channel) -> str:
    """Whether and when the endpoint is asked about what people say in a channel: `before` or
    `after` it is shown; empty for not at all."""
    if not classifying.is_there():
        return ""
    rules = strictness.in_force(channel.community_id, channel.pk)
    if rules.level == "off":
        return ""
    return "before" if rules.when_unreachable == "hold" else "after"
