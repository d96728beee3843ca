"""What characters say that they will do, and then do: 'I'll write that down', 'I'll ask you how it
went on Monday'. So a voice without tools has hands too (`conversations.turns.toolbox`).

Read off their own lines after the talk, by rules, and kept with the turn that said it; each line
once, whoever looks again.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from conversations.models import ToolUse, Turn
from conversations.turns import tooluse
from conversations.turns.remembering import asking_present, audience
from conversations.turns.toolbox import Hands
from fishbowl.llm.types import ToolCall
from fishbowl.statements import planned, together

FRESH = dt.timedelta(days=2)
LOOKED_AT = 60  # lines of one talk
NOTES = "heard.md"

_SHALL = r"\bI(?:'ll| will|'m going to| shall| must| had better|'d better) (?:just )?"
_THAT = r"(?:that|this|it|those words)"
_WRITE = re.compile(
    rf"{_SHALL}(?:write {_THAT} down|note {_THAT}(?: down)?|make a note(?: of {_THAT})?|"
    rf"put {_THAT} (?:down )?in (?:my|the) (?:notebook|book|log|diary))\b",
    re.IGNORECASE,
)
_KEEP = re.compile(
    rf"{_SHALL}(?:remember {_THAT}|keep {_THAT} in mind)\b|\bI won't forget {_THAT}\b",
    re.IGNORECASE,
)
_GOAL = re.compile(
    r"\bI(?:'ve| have) made up my mind to (?P<what>[^.!?;]{8,120})|"
    r"\bI(?:'m| am) (?:determined|resolved) to (?P<what2>[^.!?;]{8,120})",
    re.IGNORECASE,
)
_ASK = re.compile(
    rf"{_SHALL}(?:ask you|hear) (?:about {_THAT}|how (?:it|that) (?:went|goes|was)) "
    r"(?P<when>(?:on |in |next |this )?[\w ]{2,30})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Intent:
    """What somebody says that it will do: a tool by name, and what of it the line itself tells."""

    name: str
    what: str = ""


def read(text: str) -> Iterator[Intent]:
    """What a line announces. Questions and what is only said of others announce nothing. Pure."""
    for sentence in re.findall(r"[^.!?\n]+[.!?]?", text.replace("’", "'")):
        if sentence.rstrip().endswith("?") or '"' in sentence or "“" in sentence:
            continue
        if _WRITE.search(sentence):
            yield Intent("write_file")
        elif _KEEP.search(sentence):
            yield Intent("remember")
        elif found := _GOAL.search(sentence):
            yield Intent("set_goal", (found["what"] or found["what2"]).strip())
        elif found := _ASK.search(sentence):
            yield Intent("schedule", found["when"].strip())


# What characters said in a talk of which nothing was done yet, the latest first.
_SAID = """
    SELECT m.turn_id, m.content FROM conversations_message m
    JOIN characters_character k ON k.id = m.character_id
    WHERE m.conversation_id = %(talk)s AND k.status = 'active' AND m.deleted_at IS NULL
      AND NOT m.is_off_record AND m.created_at > %(since)s AND m.turn_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM conversations_tooluse u
                      WHERE u.turn_id = m.turn_id AND u.origin = 'observed')
    ORDER BY m.number DESC LIMIT %(most)s
"""


def carry_out(conversation_id: int, now: dt.datetime) -> int:
    """Do what characters said in a talk that they would. Returns how much was done."""
    done = 0
    for turn_id, content in planned(_SAID, talk=conversation_id, since=now - FRESH, most=LOOKED_AT):
        for intent in read(content):
            turn = Turn.objects.select_related("chosen", "conversation__channel").get(pk=turn_id)
            done += _do(turn, intent, now)
    return done


def _do(turn: Turn, intent: Intent, now: dt.datetime) -> bool:
    (present,) = together(asking_present(turn.conversation_id))
    hands = tooluse.hands_of(turn, audience(turn, turn.conversation.channel, present), now)
    arguments = _arguments(intent, hands)
    if arguments is None:
        return False
    used = tooluse.use(
        turn,
        ToolCall("", intent.name, arguments),
        hands,
        origin=ToolUse.Origin.OBSERVED,
    )
    return used.outcome == ToolUse.Outcome.DONE


def _arguments(intent: Intent, hands: Hands) -> str | None:
    """What the tool is called with; None where there is nothing that it could be about."""
    heard = hands.heard
    if intent.name == "set_goal":
        what = intent.what[0].upper() + intent.what[1:]
        return tooluse.as_json({"description": f"{what}."})
    if heard is None or not heard.content or heard.character_id == hands.character.pk:
        return None
    who = heard.character.name if heard.character else heard.person.name if heard.person else ""
    words = " ".join(heard.content.split())[:300]
    if intent.name == "write_file":
        local = hands.now.astimezone(ZoneInfo(hands.character.timezone))
        note = f"{local.day} {local:%B}, in #{hands.channel.name}. {who}: “{words}”"
        # A file for each community: it is read to nobody who may not hear all of it.
        community = hands.channel.community
        folder = "notes" if community.discord_id is None else f"notes/{community.discord_id}"
        return tooluse.as_json({"path": f"{folder}/{NOTES}", "content": note, "append": True})
    if intent.name == "remember":
        kept = f"{hands.character.name} means to remember what {who} said: “{words}”"
        return tooluse.as_json({"content": kept, "about": who, "importance": 7})
    if heard.person is None:
        return None
    ask = "You said you would tell me how it went. How was it?"
    return tooluse.as_json({"when": intent.what, "what": ask, "whom": who})
