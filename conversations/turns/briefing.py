"""What the chosen speaker has before its mind, read from the database: the brief of one turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from audit.calls import ledger
from characters import feelings
from characters.feelings import Feelings
from characters.milestones import unlocked
from characters.models import Character, CharacterState
from characters.relationship import START, rank
from characters.voices import strongest, voice_of
from conversations.afterwards.summaries import asking_latest
from conversations.care import care
from conversations.community import customs
from conversations.feelings import living
from conversations.floor import seeking
from conversations.floor.addressing import is_addressed
from conversations.floor.lines import Said, asking_elsewhere, asking_room_lines
from conversations.floor.rules import premise_of
from conversations.initiative.occasions import Occasion, of_turn
from conversations.making import works
from conversations.models import Channel, Conversation, Participant, Turn
from conversations.turns import cardtext, company, outlook, pictures, selfknowledge
from conversations.turns.adapting import adapted
from conversations.turns.portraits import asking_edition, portrait
from conversations.turns.remembering import Remembered, asking_present, audience, remember
from fishbowl.llm.types import Brief, Line, Listener, Move
from fishbowl.statements import Row, together
from memories.formation import outlook_rules
from memories.models.runs import ContagionKind
from memories.nights import contagion
from memories.reflection.wanted import asking_wanted
from memories.reflection.wanted import worded as wanted_words

ROOM_LINES = 50
HEARD_BY = 8  # lines back: whoever said one of them is here
SHARED_FOR = dt.timedelta(days=3)  # for which what all may say is out of use, ever less
EARLIER_FOR = 8  # lines of a new conversation before the one before it is out of mind
MOVES: tuple[Move, ...] = (
    "reply", "join", "open", "change_topic", "greet", "farewell", "remind", "ask_after",
)  # fmt: skip


def load_brief(turn: Turn, channel: Channel, now: dt.datetime) -> tuple[Brief, Remembered]:
    """Everything the chosen character of `turn` knows as it begins to speak, and what of it came to
    its mind.

    Raises:
        Character.DoesNotExist: the character was deleted meanwhile.
    """
    assert turn.chosen_id is not None  # noqa: S101 - a constraint holds it
    (
        edition,
        states,
        felt,
        spent,
        shared,
        said,
        bonds,
        summaries,
        wishes,
        present,
        insights,
        wanted,
        made,
        ways,
        cared,
        beside,
        *thoughts,
    ) = together(
        asking_edition(turn.chosen_id),
        (_STATE, (turn.chosen_id,)),
        feelings.asking(turn.chosen_id),
        (_SPENT, (now, turn.chosen_id, ledger.is_offline())),
        (_SHARED, (now, now - SHARED_FOR)) if ledger.is_offline() else NOTHING,
        asking_room_lines(channel.pk, ROOM_LINES),
        (
            _BONDS,
            (
                turn.chosen_id,
                channel.community_id,
                turn.conversation_id,
                turn.conversation_id,
            ),
        ),
        asking_latest(channel.pk, now),
        (_WISHES, (turn.answers_id,)),
        asking_present(turn.conversation_id),
        selfknowledge.asking_insights(
            turn.chosen_id,
            turn.answers_id,
            turn.move,
            turn.random_seed,
            now,
            community_id=channel.community_id,
        ),
        asking_wanted(turn.chosen_id, channel.community_id),
        works.asking_works(turn.chosen_id, channel.community_id, now),
        customs.asking_customs(turn, channel.community_id, channel.pk, now),
        care.asking(turn, channel, now),
        asking_elsewhere(turn.chosen_id, channel.pk, now) if ledger.is_offline() else NOTHING,
        *outlook.asking(
            turn.chosen_id, channel.community_id, turn.conversation_id, turn.answers_id
        ),
    )
    character = portrait(turn.chosen_id, edition)
    held, may_propose = customs.of_rows(ways)
    if not states:
        raise CharacterState.DoesNotExist
    ((mood_valence, mood_arousal, energy, activity),) = states
    lines = Said.of(said)
    lines.sort(key=lambda line: line.id == turn.answers_id)  # what is answered stands last
    current = [line for line in lines if line.conversation_id == turn.conversation_id]
    last = current[-1] if current else None
    persona, style = character.persona, character.style
    how = living.in_force(channel.community_id)
    met = _met(turn)
    friend = (
        seeking.sought(turn, channel, how.called, now)
        if turn.move == "open" and last is None and met is None
        else None
    )
    whom = met or friend
    addressee = whom.name if whom else (last.author if last else None)
    told = cardtext.filled(character, addressee, turn.random_seed)
    people = [met.person_id] if met else []
    before = audience(turn, channel, present, people)
    local = now.astimezone(ZoneInfo(character.timezone))
    remembered = remember(turn, before, current, local, insights, wanted)
    goals = [one for one in character.goals.all() if one.pk in remembered.wanted]
    question = selfknowledge.to_ask(
        goals,
        [(x.character_id, x.person_id, x.author) for x in current[-HEARD_BY:]],
        turn.random_seed,
    )
    remembered = replace(remembered, question=question)
    times_used = {key: count for key, count, _ in spent}
    stated: dict[str, str] = dict(wishes)
    sees = ledger.sees_images()
    thinks = outlook.of_turn(
        thoughts,
        [line.text for line in current],
        style.improv,
        outlook_rules.in_force(),
        turn.random_seed,
        is_opening=turn.move in ("open", "change_topic"),
    )
    brief = Brief(
        speaker=character.name,
        identity=told.identity,
        background=told.background,
        values=tuple(persona.values),
        traits=persona.traits(),
        drives=strongest(persona.drives),
        appearance=told.appearance,
        voice=adapted(voice_of(style), stated, thinks.habits),
        interests=tuple((i.topic, i.weight) for i in character.interests.all()),
        goals=tuple(wanted_words(goal, local) for goal in goals),
        strategies=tuple(goal.strategy if goal.origin == "keeper" else "" for goal in goals),
        mood_valence=mood_valence,
        mood_arousal=mood_arousal,
        emotions=Feelings.of(
            felt, persona.traits(), now, per_hour=how.emotion_return
        ).standing_out(),
        energy=energy,
        activity=activity,
        listeners=(
            *_listeners(character, bonds, current, met, how.called, is_new=turn.move == "greet"),
            *([friend] if friend else ()),
        ),
        memories=remembered.memories,
        facts=tuple(fact.content for fact in remembered.facts),
        common=selfknowledge.in_common(remembered.common, times_used),
        notes=remembered.notes,
        lore=remembered.lore,
        to_tell=remembered.to_tell.recollection if remembered.to_tell else None,
        insight=remembered.insight.recollection if remembered.insight else None,
        figures=remembered.figures,
        own_memory=remembered.own_memory,
        company=company.asked_for(current, turn.chosen_id, channel, local),
        spoken_of=company.spoken_of(current, turn.chosen_id, channel),
        to_ask=(question.name, question.text) if question else None,
        views=thinks.views,
        expertise=thinks.expertise,
        shared=thinks.shared,
        habits=outlook.habit_words(thinks.habits, stated),
        talk=thinks.talk,
        worn=contagion.worn_out(channel.community_id, style.signature_phrases),
        worn_topics=contagion.damped(channel.community_id, ContagionKind.TOPIC),
        lines=tuple(_line(line, character.pk, now) for line in lines),
        elsewhere=tuple(
            Line(0, name, text, (now - at).total_seconds(), is_own=speaker == character.pk)
            for speaker, name, text, at in beside
        ),
        images=pictures.shown(current, now) if sees else (),
        images_lost=pictures.lost(current, now) if sees else 0,
        addressee=addressee,
        is_addressed=bool(last and is_addressed(last.text, character.name)),
        move=next((m for m in MOVES if m == turn.move), "reply"),
        occasion=met.words if met else "",
        works=works.of_rows(made),
        customs=held,
        may_propose=may_propose,
        care=care.of_turn(cared, current, channel),
        room=channel.name,
        room_topic=channel.topic,
        scenario=_scene_premise(turn.conversation, channel)
        or premise_of(channel)
        or _own_premise(channel, told.scenario),
        is_adult=channel.is_nsfw,
        earlier=summaries[0][0] if summaries and len(current) < EARLIER_FOR else "",
        hour=local.hour,
        day=f"{local:%A}, {local.day} {local:%B %Y}",
        seed=turn.random_seed,
        disclosure=told.disclosure,
        constitution=told.constitution,
        example_dialogue=told.example_dialogue,
        system_note=told.system_note,
        system_prompt=told.system_prompt,
        depth_note=told.depth_note,
        closing_note=told.closing_note,
        greetings=told.greetings,
        group_greetings=told.group_greetings,
        material=style.improv,
        spent=times_used,
        own_ago={key: float(hours) for key, _, hours in spent},
        said_ago={key: float(hours) for key, hours in shared},
    )
    return brief, remembered


def _scene_premise(conversation: Conversation, channel: Channel) -> str:
    """The situation of a scene, unless it began among adults and this is no place for it now."""
    return "" if conversation.is_adult and not channel.is_nsfw else conversation.premise


def _own_premise(channel: Channel, otherwise: str) -> str:
    """The situation of a channel's own scenario, unless it is for adults and this is no place for
    it."""
    scenario = channel.scenario
    if scenario is None or (scenario.is_adult and not channel.is_nsfw):
        return otherwise
    return scenario.premise


NOTHING = ("SELECT 1 WHERE false", ())
_STATE = """
    SELECT mood_valence, mood_arousal, energy, current_activity FROM characters_characterstate
    WHERE character_id = %s
"""
# What was used of the authored material, which the offline voice alone speaks from, but for
# greetings; and what people were told that they have in common: how often, and when last.
_SPENT = """
    SELECT key, used_count, extract(epoch FROM %s::timestamptz - last_used_at) / 3600
    FROM characters_materialuse
    WHERE character_id = %s
      AND (%s OR starts_with(key, 'greeting/') OR starts_with(key, 'common/'))
"""
# What nobody has for its own, and when anybody last said it: the general stock, and customs.
_SHARED = """
    SELECT key, extract(epoch FROM %s::timestamptz - max(last_used_at)) / 3600
    FROM characters_materialuse
    WHERE last_used_at > %s AND (starts_with(key, 'stock/') OR starts_with(key, 'custom/')
      OR starts_with(key, 'proposal/'))
    GROUP BY key
"""
# How whoever is answered has asked to be answered.
_WISHES = """
    SELECT key, value FROM characters_personpreference
    WHERE person_id = (SELECT person_id FROM conversations_message WHERE id = %s)
"""
_BONDS = """
    SELECT to_character_id, to_person_id, level, trust, affection, repair_since IS NOT NULL,
      milestones, CASE WHEN total_interactions >= 8 THEN conversation_depth_avg ELSE 0 END
    FROM characters_relationship
    WHERE from_character_id = %s AND (community_id = %s OR community_id IS NULL) AND (
      to_character_id IN (SELECT character_id FROM conversations_participant
                          WHERE conversation_id = %s)
      OR to_person_id IN (SELECT person_id FROM conversations_participant
                          WHERE conversation_id = %s))
    ORDER BY community_id NULLS FIRST -- how it is here counts for more than how it is in general
"""

NOBODY = ("Stranger", *START[:2], False, (), 0.0)  # how one stands to whom one has never met


def _met(turn: Turn) -> Occasion | None:
    """The person for whom `turn` is taken: who has come in, or for whom something fell due."""
    if turn.trigger == "event":
        return of_turn(turn)
    arrived = (
        Participant.objects.filter(
            conversation=turn.conversation_id,
            person__isnull=False,
            joined_at__lte=turn.decided_at,
        )
        .select_related("person")
        .order_by("joined_at", "pk")
        .last()
        if turn.trigger == "newcomer"
        else None
    )
    if arrived is None or arrived.person is None:
        return None
    return Occasion(arrived.person.pk, arrived.person.name)


def _line(said: Said, speaker: int, now: dt.datetime) -> Line:
    return Line(
        number=said.number,
        speaker=said.author,
        text=said.text,
        seconds_ago=max(0.0, (now - said.at).total_seconds()),
        kind="person" if said.person_id else "character",
        is_own=said.character_id == speaker,
        has_images=bool(said.pictures),
        is_off_record=said.is_off_record,
    )


def _listeners(
    character: Character,
    bonds: Sequence[Row],
    lines: Sequence[Said],
    met: Occasion | None,
    called: Callable[[str], str],
    *,
    is_new: bool,
) -> tuple[Listener, ...]:
    """Who hears it: those who spoke here lately, and the one it is said for, as the speaker knows
    them; `is_new` is whether that one has just come in."""
    characters = {
        line.character_id: line.author
        for line in lines
        if line.character_id and line.character_id != character.pk
    }
    people = {line.person_id: line.author for line in lines if line.person_id}
    if met is not None:
        people[met.person_id] = met.name
    known = {(to_character, to_person): felt for to_character, to_person, *felt in bonds}
    listeners = []
    for key, name, is_person in [
        *(((pk, None), name, False) for pk, name in characters.items()),
        *(((None, pk), name, True) for pk, name in people.items()),
    ]:
        level, trust, affection, is_at_odds, had, depth = known.get(key, NOBODY)
        listeners.append(
            Listener(
                name=name,
                is_person=is_person,
                level=called(level),
                trust=trust,
                affection=affection,
                rank=rank(level),
                is_at_odds=is_at_odds,
                unlocked=unlocked(had),
                depth=depth,
                is_new=bool(is_new and met and is_person and key[1] == met.person_id),
            )
        )
    return tuple(sorted(listeners, key=lambda one: one.name))
