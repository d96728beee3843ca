"""A character's line, looked at by the rules of the place, and by the endpoint, before anybody sees
it."""

from __future__ import annotations

from dataclasses import replace

from conversations.models import Channel
from conversations.moderation import endpoint
from conversations.moderation.judging import QUARANTINE, REFUSE, judged
from conversations.moderation.moderation import judge
from conversations.turns.guard import Verdict


def screen(verdict: Verdict, channel: Channel, speaker: int | None = None) -> Verdict:
    """What the guard let pass, unless rules object. What they refuse is to be said differently;
    what they hold, or flag, is kept for moderators: the verdict says so, and has the line. Never
    call it inside a transaction: the endpoint is asked."""
    if not verdict.text:
        return verdict
    judgement = judge(verdict.text, "characters", channel)
    if not judgement.stops:
        scored = endpoint.of_line(verdict.text, channel, character_id=speaker)
        judgement = judged([*judgement.objections, *scored.objections])
    if not judgement.action:
        return verdict
    stopped = {QUARANTINE: "Held for a moderator", REFUSE: "Refused"}.get(judgement.action)
    return replace(
        verdict,
        text="" if stopped else verdict.text,
        edits=(*verdict.edits, f"{stopped or 'Flagged'}: {judgement.why}."),
        again=judgement.action == REFUSE,
        judgement=judgement,
        line=verdict.text,
    )
