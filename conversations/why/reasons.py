"""Why a line was said, in a few sentences, for whoever asks: what came to mind, how it felt, what
weighed. Keepers read all of it, others what anybody might hear and what is theirs. Only reads."""

from __future__ import annotations

from characters import mood
from characters.models import MoodChange
from conversations.models import Channel, Message, Turn
from conversations.text import Refused
from conversations.turns.phrasing import mood_words
from conversations.why.explanation import Explanation, explain

THOUGHTS = 6
QUOTED = 160

NO_LINE = "That isn't a character's line, or it is no longer known here."


def why(message_id: int, reader: int | None, *, sees_all: bool) -> str:
    """Why a message was said. `reader` is the person who asks.

    Raises:
        Refused: it isn't a character's, or nothing is known of how it came.
    """
    message = (
        Message.objects.filter(pk=message_id, character__isnull=False, deleted_at__isnull=True)
        .select_related(
            "character", "turn__llm_call", "turn__conversation__channel", "turn__chosen__persona",
            "turn__answers__person", "turn__answers__character",
        )
        .defer("embedding", "search")
        .first()
    )  # fmt: skip
    if message is None or message.turn is None or message.character is None:
        raise Refused("message", NO_LINE)
    turn = message.turn
    found = explain(turn, is_staff=sees_all, reader=reader)
    said = [
        f"**{message.character.name}** said: “{_short(message.content)}”",
        _cause(turn, found, reader, sees_all=sees_all),
        _feeling(turn, sees_all=sees_all),
        *_thoughts(found),
    ]
    chosen = next((one for one in found.runners if one.is_chosen), None)
    if chosen is not None and chosen.parts:
        weighed = ", ".join(f"{words} {value:+.2f}" for words, value in chosen.parts[:4])
        said.append(f"Why this one spoke, of {len(found.runners)} (chance {chosen.chance:.0f}%): ")
        said[-1] += f"{weighed}."
    if found.voice:
        said.append(f"Spoken by {found.voice}.")
    if sees_all:
        said += [f"Mended: {edit}" for edit in found.edits]
        said.append(f"-# turn {turn.pk}, seed {turn.random_seed}")
    return "\n".join(part for part in said if part)


def _cause(turn: Turn, found: Explanation, reader: int | None, *, sees_all: bool) -> str:
    heard = turn.answers
    cause = f"{found.trigger} It was {found.move or 'a word'}"
    if heard is None or heard.deleted_at is not None:
        return f"{cause}."
    who = heard.person or heard.character
    return f"{cause}, after {who.name if who else 'a notice'}: “{_short(heard.content)}”"


def _feeling(turn: Turn, *, sees_all: bool) -> str:
    """How it felt as it began to speak."""
    if turn.chosen is None:
        return ""
    last = (
        MoodChange.objects.filter(character=turn.chosen, recorded_at__lte=turn.decided_at)
        .select_related("trigger_message__conversation__channel")
        .defer("trigger_message__embedding", "trigger_message__search")
        .order_by("-recorded_at", "-pk")
        .first()
    )
    if last is None:
        return f"It felt {mood_words(*mood.baseline(turn.chosen.persona.traits()))}, as by nature."
    felt = f"It felt {mood_words(last.valence, last.arousal)}"
    here = turn.conversation.channel
    is_of_theirs = sees_all and last.community_id in (None, here.community_id)
    if last.description and (is_of_theirs or _may_be_told(last, here)):
        felt += f": {last.description}"
    return f"{felt}."


def _may_be_told(move: MoodChange, here: Channel) -> bool:
    """Whether anybody may hear in a channel what moved a mood: nobody's own words did, and it was
    here, or where all may listen."""
    if move.community_id != here.community_id or move.trigger_person_id is not None:
        return False
    heard = move.trigger_message
    if heard is None:
        return True
    where = heard.conversation.channel
    if heard.conversation.is_adult and not here.is_nsfw:
        return False
    return where == here or (where.is_open_to_all and not heard.conversation.is_adult)


def _thoughts(found: Explanation) -> list[str]:
    said = []
    if found.mind.thoughts:
        said.append("What came to its mind:")
    for thought in found.mind.thoughts[:THOUGHTS]:
        because = ", ".join(words for words, _ in thought.reasons[:3])
        known = thought.known_from + (f"; by {because}" if because else "")
        said.append(f"- {_short(thought.content)} ({known})")
    more = found.mind.hidden
    if more:
        said.append(f"- and {more} that {'is' if more == 1 else 'are'} not yours to read")
    if not found.mind.thoughts and not more:
        said.append("Nothing in particular came to its mind.")
    return said


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= QUOTED else f"{flat[: QUOTED - 1]}…"
