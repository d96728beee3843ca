"""Carries out a planned turn: claim, recall and compose, speak, guard, and have it said.

Between the steps everything stands in the turn's row, so a process may die anywhere: a claim by a
dead process is released, a finished draft is said by whoever comes next, and the transaction that
says it is the only one that makes it seen.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit.calls import budgets, ledger
from audit.configuration.configuration import in_force, is_society_paused
from audit.configuration.wording import wording
from audit.operation import metrics
from conversations import nudges
from conversations.care import care
from conversations.care.care_words import with_care
from conversations.floor.holds import give_up, hold_turn
from conversations.floor.pace import typing_time
from conversations.floor.rules import PROMPT, director_rules, guard_rules, pace_rules
from conversations.floor.scene import pace_of
from conversations.initiative import occasions
from conversations.making import works
from conversations.models import Channel, Conversation, Message, Turn
from conversations.moderation import moderation
from conversations.moderation.screening import screen
from conversations.services import append_message
from conversations.tank import live
from conversations.turns import selfknowledge, tooluse
from conversations.turns.briefing import load_brief
from conversations.turns.claims import MAX_ATTEMPTS, let_fall, worker_name
from conversations.turns.greetings import opening
from conversations.turns.guard import Verdict, check
from conversations.turns.owed import with_what_is_owed
from conversations.turns.phrasing import tokens
from conversations.turns.prompts import Prompt, build
from conversations.turns.remembering import keep
from conversations.turns.saying import draft_of, react, say
from fishbowl.llm.types import Brief, ChatMessage, ChatRequest
from fishbowl.statements import UNHURRIED, saving, together
from memories.view import Audience


def take(turn_id: int, now: dt.datetime | None = None) -> Turn | None:
    """Take a turn one step further, or as far as it goes now. Returns the turn as it then stands,
    or None when there was nothing to do: it isn't due, is done, or another worker has it."""
    if draft := draft_of(turn_id):
        return say(turn_id, now or timezone.now(), draft)
    claimed = claim(turn_id, now or timezone.now())
    if claimed is None:
        return None
    let_fall.discard(turn_id)
    try:
        if claimed.action == Turn.Action.REACT:
            return react(claimed, now or timezone.now())
        drafted = compose(claimed, now)
    except BaseException:
        let_fall.add(turn_id)
        raise
    if drafted is None or drafted.say_at is None:
        return None
    wait = (drafted.say_at - (now or timezone.now())).total_seconds()
    if wait > 0.02:
        nudges.take_turn(turn_id, wait)
        return drafted
    return say(turn_id, now or timezone.now(), drafted.draft)


def claim(turn_id: int, now: dt.datetime) -> Turn | None:
    """Make a planned, due turn this process's to speak, with caps and budget checked in the same
    transaction. Returns None when it is not to be had."""
    with transaction.atomic():
        turn = hold_turn(turn_id, Turn.Status.PLANNED, now)
        if turn is None or turn.due_at > now + dt.timedelta(milliseconds=50):
            return None
        channel = turn.conversation.channel
        if turn.trigger == "event" and occasions.let_be(turn, now):
            give_up(turn, now, "It is too late for that.")
            return None
        if turn.action == Turn.Action.SPEAK:
            rules = in_force(PROMPT, **place_of(turn))
            tokens, usd = ledger.expected(rules.budget, rules.answer_tokens)
            try:
                reservation = budgets.reserve(
                    character_id=turn.chosen_id,
                    community_id=channel.community_id,
                    tokens=tokens,
                    usd=usd,
                    now=now,
                )
            except budgets.BudgetExhausted as error:
                _tell_who_waits(turn, NO_BUDGET, now)
                give_up(turn, now, str(error), rest_s=600)
                return None
            turn.reservation = reservation.to_json()
        turn.status = Turn.Status.SPEAKING
        turn.claimed_by = worker_name()
        turn.claimed_at = now
        turn.attempts += 1
        claimed = saving(turn, "status", "claimed_by", "claimed_at", "attempts", "reservation")
        together(UNHURRIED, claimed)
        if turn.action == Turn.Action.SPEAK and turn.chosen is not None:
            live.publish(
                channel.pk,
                "turn.typing",
                turn=turn.pk,
                slug=turn.chosen.slug,
                name=turn.chosen.name,
            )
        return turn


def compose(turn: Turn, now: dt.datetime | None = None) -> Turn | None:
    """Find the words of a claimed turn and keep them in its row until it is time to say them.

    Returns None when there will be no words: the voice failed, the guard withheld them, or the
    turn was taken away meanwhile.
    """
    channel = turn.conversation.channel
    brief, remembered = load_brief(turn, channel, now or timezone.now())
    answers: list[ledger.Answer] = []
    begun = opening(brief)
    verdict = Verdict("")
    if begun:
        guarding = guard_rules(channel, turn.chosen_id)
        greeted = check(begun.text, brief, is_awaited=True, rules=guarding)
        verdict = screen(greeted, channel, turn.chosen_id)
    if begun and verdict.text:
        spent = [begun.key]
        parts: list[dict[str, Any]] = [{"part": "greeting", "tokens": tokens(verdict.text)}]
    else:
        try:
            prompt, answers, verdict = _speak(turn, brief, remembered.before, now or timezone.now())
        except ledger.NoVoice as error:
            _fail(turn, error, now or timezone.now())
            return None
        parts = prompt.parts
        spent = selfknowledge.noted(
            answers[-1].result.spent,
            remembered.insight,
            remembered.question,
            brief.common,
            verdict.text,
            is_model=not ledger.is_offline(),
        )
    sizes = (part["tokens"] for part in parts if not part.get("dropped"))
    metrics.record("turn.prompt", sum(sizes), "tokens", character_id=turn.chosen_id)
    metrics.record("turn.recalled", len(brief.memories), character_id=turn.chosen_id)
    metrics.record("turn.withheld", float(not verdict.text), character_id=turn.chosen_id)
    at = now or timezone.now()
    speed = pace_rules(channel, pace_of(channel, turn.conversation, at))
    typing = typing_time(verdict.text, speed, _for_person(turn), Random(turn.random_seed ^ 0x5EED))
    scale = director_rules(channel).time_scale
    elapsed = (at - (turn.claimed_at or at)).total_seconds()
    wait = 0.0 if brief.care.resources else max(0.0, typing * scale - elapsed)
    say_at = at + dt.timedelta(seconds=wait)
    with transaction.atomic():
        if not verdict.text:  # the conversation is written too: locks are taken in order
            Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
        reserved = budgets.Reservation.from_json(turn.reservation)
        turn.prompt_parts, turn.guard_edits = parts, list(verdict.edits)
        turn.llm_call_id, turn.reservation = answers[-1].call_id if answers else None, {}
        if verdict.text:
            turn.draft, turn.draft_spent = verdict.text, spent
            turn.say_at = say_at
            updated = _keep(turn, "draft", "draft_spent", "say_at")
            if updated:
                keep(turn, remembered, at)
                works.note_read(turn.chosen_id or 0, spent, at)
        else:
            turn.status, turn.finished_at = Turn.Status.SILENT, at
            turn.error = "The guard let nothing through."
            updated = _keep(turn, "status", "finished_at", "error")
            if updated:
                Conversation.objects.filter(pk=turn.conversation_id).update(
                    next_turn_at=at + dt.timedelta(seconds=20), chain_length=F("chain_length") + 1
                )
                live.publish(channel.pk, "turn.over", turn=turn.pk)
        if updated and verdict.judgement.action:
            moderation.keep_line(turn, verdict.judgement, verdict.line, at)
        _settle(
            turn,
            reserved,
            sum(a.tokens for a in answers),
            sum((a.usd for a in answers), Decimal(0)),
            is_mine=updated,
        )
    return turn if updated and verdict.text else None


def _keep(turn: Turn, *names: str) -> bool:
    """Store what came of asking the voice. Returns whether the turn was still this claim's."""
    sql, values = saving(turn, "prompt_parts", "guard_edits", "llm_call", "reservation", *names)
    still = f"{sql} AND status = 'speaking' AND claimed_by = %s AND draft = '' RETURNING id"
    return bool(together((still, (*values, turn.claimed_by)))[0])


def _settle(
    turn: Turn, reservation: budgets.Reservation, tokens: int, usd: Decimal, *, is_mine: bool
) -> None:
    """Book what a claimed turn has used. What was set aside for it is given back once: where the
    claim was released meanwhile, that has happened, and the row says so."""
    if not is_mine:
        held = Turn.objects.filter(pk=turn.pk, claimed_by=turn.claimed_by)
        if not held.update(reservation={}):
            reservation = replace(reservation, tokens=0, usd=Decimal(0))
    budgets.settle(reservation, tokens=tokens, usd=usd)


def _for_person(turn: Turn) -> bool:
    return turn.trigger in ("person", "newcomer")


def place_of(turn: Turn) -> dict[str, int | None]:
    """Where a turn is taken and by whom, for the settings that hold there."""
    channel = turn.conversation.channel
    return {
        "community": channel.community_id,
        "channel": channel.pk,
        "character": turn.chosen_id,
    }


SHORTER = (1.0, 0.6, 0.35)  # of its budget that a prompt takes, where a model can't read more


def _speak(
    turn: Turn, brief: Brief, before: Audience, now: dt.datetime
) -> tuple[Prompt, list[ledger.Answer], Verdict]:
    """Have the voice speak, by a shorter prompt where the whole one is more than it can read.

    Raises:
        NoVoice: no server answered; its cost is that of every try.
    """
    place = place_of(turn)
    rules = in_force(PROMPT, **place)
    words = wording(**place)
    tokens, usd = 0, Decimal(0)
    for share in SHORTER:
        prompt = build(brief, rules=rules, wording=words, budget=round(rules.budget * share))
        try:
            answers, verdict = _ask(turn, brief, prompt, before, now)
        except ledger.NoVoice as error:
            tokens, usd = tokens + error.tokens, usd + error.usd
            error.tokens, error.usd = tokens, usd
            if not error.is_too_long or share == SHORTER[-1]:
                raise
        else:
            first = answers[0]
            answers[0] = replace(first, tokens=first.tokens + tokens, usd=first.usd + usd)
            break
    return prompt, answers, verdict


def _ask(
    turn: Turn, brief: Brief, prompt: Prompt, before: Audience, now: dt.datetime
) -> tuple[list[ledger.Answer], Verdict]:
    """Ask the voice, which may first have something done, and once more when the guard sends its
    answer back."""
    speaker = turn.chosen
    assert speaker is not None  # noqa: S101 - claim() saw to it
    channel = turn.conversation.channel
    rules = guard_rules(channel, speaker.pk)
    answers: list[ledger.Answer] = []
    edits: tuple[str, ...] = ()
    for again in (False, True):
        asked = replace(brief, seed=brief.seed + 1) if again else brief
        note = f"Say it differently. {edits[-1]}" if again else ""
        messages = (*prompt.messages, ChatMessage("system", note)) if again else prompt.messages
        request = ChatRequest(
            messages=messages,
            purpose="speak",
            model=speaker.llm_model or None,
            temperature=speaker.llm_temperature,
            max_tokens=prompt.answer_tokens,
            brief=asked,
            tools=() if again else tooluse.offered(speaker.pk),
        )
        try:
            got = tooluse.ask(turn, request, before, now)
        except ledger.NoVoice as error:  # what the first answer took was taken all the same
            error.tokens += sum(a.tokens for a in answers)
            error.usd += sum((a.usd for a in answers), Decimal(0))
            raise
        answers += got
        is_awaited = again and turn.trigger == "person"
        guarded = check(
            answers[-1].result.text,
            brief,
            is_awaited=is_awaited,
            rules=rules,
            instructions=prompt.instructions,
        )
        verdict = screen(guarded, channel, speaker.pk)
        edits += verdict.edits
        if not verdict.again:
            break
    told = with_care(with_what_is_owed(replace(verdict, edits=edits), brief), brief)
    return answers, replace(told, judgement=verdict.judgement, line=verdict.line)


NO_VOICE = "{name} can't answer now: the language model is out of reach. It will be tried again."
WITHHELD = "{name} has no answer to that: the language model's server withheld it."
NO_BUDGET = "{name} can't answer now: the budget for language models is spent for the time being."


def _tell_who_waits(turn: Turn, notice: str, now: dt.datetime) -> None:
    """Tell a person who waits for this turn what is the matter, once an hour at most. The system
    says it, whom no character answers. The caller holds the channel's lock. While everything is
    paused nothing is said: not this either."""
    told = Message.objects.filter(
        conversation=turn.conversation_id,
        role=Message.Role.SYSTEM,
        created_at__gt=now - dt.timedelta(hours=1),
    )
    in_danger = care.told_instead(turn)
    if in_danger:
        told = told.filter(reply_to=turn.answers_id)
    if turn.trigger != "person" or turn.chosen is None or told.exists():
        return
    if is_society_paused():
        return
    message = append_message(
        turn.conversation,
        now,
        role=Message.Role.SYSTEM,
        content=in_danger or notice.format(name=turn.chosen.name),
        reply_to=turn.answers if in_danger else None,
    )
    live.publish_message(message, turn.conversation.channel_id)


def _fail(turn: Turn, error: ledger.NoVoice, now: dt.datetime) -> None:
    """Plan a turn again after a wait that doubles; after the last attempt, give it up for good.

    A person who waits is told once, by the system, which no character answers. Each failure
    counts against the conversation's length, so that failing goes on no longer than talking would.
    A server that is only busy has not failed: the turn waits in line, and nobody is told. One that
    withheld its answer would do so again.
    """
    wait = error.retry_after or min(300, 5 * 2 ** (turn.attempts - 1))
    if error.is_busy:
        wait = Random().uniform(1, 3)
    is_last = (turn.attempts >= MAX_ATTEMPTS or error.is_withheld) and not error.is_busy
    with transaction.atomic():
        channel = Channel.objects.select_for_update(no_key=True).get(
            pk=turn.conversation.channel_id
        )
        updated = Turn.objects.filter(
            pk=turn.pk, status=Turn.Status.SPEAKING, claimed_by=turn.claimed_by
        ).update(
            status=Turn.Status.FAILED if is_last else Turn.Status.PLANNED,
            due_at=now + dt.timedelta(seconds=wait),
            error=str(error)[:500],
            attempts=turn.attempts - error.is_busy,
            reservation={},
            claimed_by="",
            finished_at=now if is_last else None,
        )
        reserved = budgets.Reservation.from_json(turn.reservation)
        _settle(turn, reserved, error.tokens, error.usd, is_mine=bool(updated))
        if not updated:
            return
        live.publish(channel.pk, "turn.over", turn=turn.pk)
        turn.conversation.refresh_from_db()
        if not error.is_busy:
            _tell_who_waits(turn, WITHHELD if error.is_withheld else NO_VOICE, now)
        if is_last:
            Conversation.objects.filter(pk=turn.conversation_id).update(
                chain_length=F("chain_length") + 1, next_turn_at=now + dt.timedelta(seconds=60)
            )
        else:
            nudges.take_turn(turn.pk, wait)
