"""The proof, from the rows alone: nothing was lost, nothing doubled, everything adds up.

All rows are read in one snapshot, since the society talks on meanwhile. Each check returns what is
wrong, in words; a sound database returns nothing.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.faults.browsers import Letter

Row = dict[str, Any]

TABLES = {
    "messages": "SELECT id, conversation_id, number, character_id, person_id, role, content, "
    "client_nonce, reply_to_id, turn_id, created_at FROM conversations_message "
    "ORDER BY conversation_id, number",
    "turns": "SELECT id, conversation_id, number, status, action, trigger, chosen_id, answers_id, "
    "draft, draft_spent, prompt_parts, claimed_at, due_at, say_at, attempts, error, "
    "reservation, llm_call_id, finished_at, now() AS now FROM conversations_turn "
    "ORDER BY conversation_id, number",
    "conversations": "SELECT c.*, x.energy_level FROM conversations_conversation c "
    "LEFT JOIN conversations_conversationcontext x ON x.conversation_id = c.id ORDER BY c.id",
    "participants": "SELECT * FROM conversations_participant",
    "reactions": "SELECT * FROM conversations_reaction",
    "deliveries": "SELECT *, next_attempt_at < now() - interval '20 s' AS is_late "
    "FROM conversations_delivery",
    "states": "SELECT * FROM characters_characterstate",
    "mood_changes": "SELECT character_id, trigger_type, trigger_message_id "
    "FROM characters_moodchange",
    "reflections": "SELECT character_id, kind FROM characters_reflection",
    "bonds": "SELECT * FROM characters_relationship",
    "bond_events": "SELECT * FROM characters_relationshipevent ORDER BY id",
    "material": "SELECT character_id, key, used_count FROM characters_materialuse",
    "calls": "SELECT id, status FROM audit_llmcall",
}
ERROR_TEXT = re.compile(
    r"traceback|exception|\w+Error\b|psycopg|redis|postgres|celery|NoneType|"
    r"server closed the connection|connection refused|database system",
    re.IGNORECASE,
)
NEAR = 1e-6


class Rows:
    """Every row that matters, as of one moment."""

    def __init__(self, session: psycopg.Connection[Any]) -> None:
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self.by_table: dict[str, list[Row]] = {}
        with session.transaction(), session.cursor(row_factory=dict_row) as cursor:
            for name, query in TABLES.items():
                self.by_table[name] = cursor.execute(query).fetchall()

    def __getattr__(self, name: str) -> list[Row]:
        return self.by_table[name]

    def by_id(self, table: str) -> dict[int, Row]:
        return {row["id"]: row for row in self.by_table[table]}


def of_conversations(rows: list[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["conversation_id"]].append(row)
    return found


def as_json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def letters_are_stored_once(rows: Rows, letters: list[Letter]) -> Iterator[str]:
    """No acknowledged message of a person is lost, none is there twice."""
    stored = defaultdict(list)
    for message in rows.messages:
        if message["client_nonce"]:
            stored[message["client_nonce"]].append(message)
    for letter in letters:
        found = stored.pop(letter.nonce, [])
        if letter.message is None:
            if found:
                yield f"stored, but never acknowledged: {letter.text}"
        elif len(found) != 1:
            yield f"stored {len(found)} times: {letter.text}"
        elif (found[0]["id"], found[0]["content"]) != (letter.message, letter.text):
            yield f"stored as another message than was acknowledged: {letter.text}"
    for nonce in stored:
        yield f"nobody wrote the message with nonce {nonce}"


def numbers_have_no_gaps(rows: Rows) -> Iterator[str]:
    """Messages of a conversation run from 1 to message_count, turns from 1 to turn_number."""
    messages, turns = of_conversations(rows.messages), of_conversations(rows.turns)
    for talk in rows.conversations:
        for what, found, count in (
            ("messages", messages[talk["id"]], talk["message_count"]),
            ("turns", turns[talk["id"]], talk["turn_number"]),
        ):
            if [row["number"] for row in found] != list(range(1, count + 1)):
                yield f"{what} of conversation {talk['id']} aren't 1 to {count}"
        if talk["energy_level"] is None:
            yield f"conversation {talk['id']} has no context"
        order = [row["id"] for row in messages[talk["id"]]]
        if order != sorted(order):
            yield f"ids of conversation {talk['id']} aren't in the order of its numbers"


def turns_are_spoken_once(rows: Rows) -> Iterator[str]:
    """A turn that was spoken has one message, which is its draft; no other turn has any."""
    said, put = Counter[int](), Counter[int]()
    turns, calls = rows.by_id("turns"), rows.by_id("calls")
    for message in rows.messages:
        if message["role"] == "assistant":
            turn = turns.get(message["turn_id"])
            if turn is None:
                yield f"message {message['id']} of a character has no turn"
                continue
            said[turn["id"]] += 1
            if (turn["chosen_id"], turn["draft"]) != (message["character_id"], message["content"]):
                yield f"message {message['id']} isn't what turn {turn['id']} was to say"
            if turn["conversation_id"] != message["conversation_id"]:
                yield f"message {message['id']} stands in another talk than its turn"
    for reaction in rows.reactions:
        if reaction["turn_id"]:
            put[reaction["turn_id"]] += 1
    for turn in rows.turns:
        done = turn["status"] == "done"
        due = (int(done and turn["action"] == "speak"), int(done and turn["action"] == "react"))
        if (said[turn["id"]], put[turn["id"]]) != due:
            yield (
                f"turn {turn['id']} ({turn['status']}, {turn['action']}) has {said[turn['id']]} "
                f"messages and {put[turn['id']]} reactions"
            )
        parts = [part["part"] for part in as_json(turn["prompt_parts"])]
        needs_call = due[0] and parts != ["greeting"]  # that one is its author's own words
        if needs_call and calls.get(turn["llm_call_id"], {}).get("status") != "done":
            yield f"turn {turn['id']} was spoken without a call"


def floors_are_held_by_one(rows: Rows) -> Iterator[str]:
    """At most one turn of a conversation is under way, none for ever, and none in a closed one."""
    talks = rows.by_id("conversations")
    for talk, turns in of_conversations(rows.turns).items():
        under_way = [turn for turn in turns if turn["status"] in ("planned", "speaking")]
        if len(under_way) > 1:
            yield f"{len(under_way)} turns of conversation {talk} are under way"
        for turn in under_way:
            since = max(t for t in (turn["due_at"], turn["claimed_at"], turn["say_at"]) if t)
            if (turn["now"] - since).total_seconds() > 30:
                yield f"turn {turn['id']} has been {turn['status']} since {since}: {turn['error']}"
            if talks[talk]["status"] != "open":
                yield f"turn {turn['id']} is under way in a closed conversation"
        for turn in turns:
            if turn["status"] in ("done", "silent") and turn["reservation"]:
                yield f"turn {turn['id']} still holds a reservation"
    for channel, count in Counter(
        talk["channel_id"] for talk in rows.conversations if talk["status"] == "open"
    ).items():
        if count > 1:
            yield f"{count} conversations of channel {channel} are open"


def chains_are_counted(rows: Rows) -> Iterator[str]:
    """chain_length is what characters have said since a person did; guard and failure count too."""
    messages, turns = of_conversations(rows.messages), of_conversations(rows.turns)
    for talk in rows.conversations:
        chain, since = 0, None
        for message in messages[talk["id"]]:
            chain = 0 if message["person_id"] else chain + bool(message["character_id"])
            since = message["created_at"] if message["person_id"] else since
        wordless = sum(
            turn["status"] == "failed" or turn["error"].startswith("The guard")
            for turn in turns[talk["id"]]
            if turn["finished_at"] and (since is None or turn["finished_at"] >= since)
        )
        if not chain <= talk["chain_length"] <= chain + wordless:
            yield f"conversation {talk['id']}: chain {talk['chain_length']}, but {chain} were said"
        if not 0 <= talk["energy_level"] <= 1:
            yield f"conversation {talk['id']} has energy {talk['energy_level']}"


def states_add_up(rows: Rows) -> Iterator[str]:
    """What a character remembers of its speaking is what it said; and each change of its state has
    its cause: a turn, a mood that moved outside of turns, or a reflection."""
    said, done = defaultdict(list), Counter[int]()
    for message in rows.messages:
        if message["character_id"]:
            said[message["character_id"]].append(message)
    for turn in rows.turns:
        done[turn["chosen_id"]] += turn["status"] == "done"
    for change in rows.mood_changes:  # what a turn does to a mood has its message, or is its rest
        is_turns = change["trigger_message_id"] or change["trigger_type"] == "time_decay"
        done[change["character_id"]] += not is_turns
    for reflection in rows.reflections:  # of pages, only the moods that they move are changes
        done[reflection["character_id"]] += reflection["kind"] not in ("diary", "dream")
    for state in rows.states:
        who = state["character_id"]
        theirs = sorted(said[who], key=lambda message: message["id"])
        if state["message_count"] != len(theirs):
            yield f"character {who} counts {state['message_count']} messages, not {len(theirs)}"
        if state["version"] != done[who]:
            yield f"character {who} was changed {state['version']} times by {done[who]} causes"
        for name in ("energy", "social_battery"):
            if not 0 <= state[name] <= 1:
                yield f"character {who} has {name} {state[name]}"
        for name in ("mood_valence", "mood_arousal"):
            if not -1 <= state[name] <= 1:
                yield f"character {who} has {name} {state[name]}"
        recent = as_json(state["recent_interactions"])
        if [one["message"] for one in recent] != [one["id"] for one in theirs[-10:]]:
            yield f"character {who} has other recent interactions than its last messages"
        if theirs and state["last_spoke_at"] != max(one["created_at"] for one in theirs):
            yield f"character {who} last spoke at another time than its last message"


def participants_are_counted(rows: Rows) -> Iterator[str]:
    """Who has a part in a conversation has said as much in it as stands there."""
    said = Counter(
        (m["conversation_id"], m["character_id"], m["person_id"])
        for m in rows.messages
        if m["role"] != "system"
    )
    found = {
        (p["conversation_id"], p["character_id"], p["person_id"]): p["message_count"]
        for p in rows.participants
    }
    for key in said.keys() | found.keys():
        if said[key] != found.get(key):
            yield f"participant {key} counts {found.get(key)}, but said {said[key]}"


def is_exchange(event: Row) -> bool:
    """Whether an event is of an answer; what was put under a message moves a bond without one."""
    kind = event["kind"]
    return kind == "exchange" or (kind == "reaction" and event["reaction_id"] is None)


def bonds_add_up(rows: Rows) -> Iterator[str]:
    """A relationship is the sum of its events, each beginning where the one before it ended."""
    events = defaultdict(list)
    for event in rows.bond_events:
        events[event["relationship_id"]].append(event)
    for bond in rows.bonds:
        theirs = events[bond["id"]]
        exchanges = sum(map(is_exchange, theirs))
        if bond["total_interactions"] != exchanges:
            yield f"bond {bond['id']}: {bond['total_interactions']} of {exchanges} exchanges"
        for name in ("trust", "affection", "attunement"):
            stands = [e["before"][name] for e in theirs[1:]] + [bond[name]]
            for event, following in zip(theirs, stands, strict=False):
                moved = event["before"][name] + event[f"delta_{name}"]
                if abs(event["after"][name] - following) > NEAR:
                    yield f"bond {bond['id']}: {name} jumped after event {event['id']}"
                if abs(moved - event["after"][name]) > NEAR:
                    yield f"bond {bond['id']}: event {event['id']} doesn't add up"


def material_is_spent_once(rows: Rows) -> Iterator[str]:
    """The voice's material was used as often as it was said."""
    spent = Counter[tuple[int, str]]()
    for turn in rows.turns:
        if turn["status"] == "done" and turn["action"] == "speak":
            spent.update((turn["chosen_id"], key) for key in {k[:200] for k in turn["draft_spent"]})
    found = {(row["character_id"], row["key"]): row["used_count"] for row in rows.material}
    for key in spent.keys() | found.keys():
        if spent[key] != found.get(key, 0):
            yield f"material {key} was used {found.get(key)} times, said {spent[key]} times"


def nobody_answers_itself(rows: Rows) -> Iterator[str]:
    """No character answers its own words, nor speaks twice in a row except to another person."""
    messages, turns = rows.by_id("messages"), rows.by_id("turns")
    for turn in rows.turns:
        answered = messages.get(turn["answers_id"])
        if turn["chosen_id"] and answered and answered["character_id"] == turn["chosen_id"]:
            yield f"turn {turn['id']} answers its own speaker"
    for talk in of_conversations(rows.messages).values():
        for before, after in pairwise(talk):
            if after["character_id"] and after["character_id"] == before["character_id"]:
                answered = messages.get(turns[after["turn_id"]]["answers_id"])
                if answered is None or not answered["person_id"]:
                    yield f"message {after['id']} follows its speaker's own"


def people_are_heard(rows: Rows) -> Iterator[str]:
    """On what a person said last in a conversation something was decided: an answer, or silence."""
    messages = rows.by_id("messages")
    decided = Counter[int]()
    for turn in rows.turns:
        if turn["status"] != "abandoned" and turn["answers_id"] in messages:
            decided[turn["conversation_id"]] = max(
                decided[turn["conversation_id"]], messages[turn["answers_id"]]["number"]
            )
    now = max(turn["now"] for turn in rows.turns)
    for talk, said in of_conversations(rows.messages).items():
        last = [message for message in said if message["person_id"]][-1:]
        for message in last:
            is_old = (now - message["created_at"]).total_seconds() > 30
            if is_old and decided[talk] < message["number"]:
                yield f"nothing was decided on message {message['id']} of a person"


def no_error_is_said(rows: Rows) -> Iterator[str]:
    """No fault has become a message."""
    for message in rows.messages:
        if message["role"] == "system" or ERROR_TEXT.search(message["content"]):
            yield f"message {message['id']}: {message['content'][:100]}"
        if message["role"] == "assistant" and not message["content"].strip():
            yield f"message {message['id']} is empty"


def everything_was_delivered(rows: Rows) -> Iterator[str]:
    """Every message has its delivery, and none lies there."""
    found = Counter(delivery["message_id"] for delivery in rows.deliveries)
    for message in rows.messages:
        if found[message["id"]] != 1:
            yield f"message {message['id']} has {found[message['id']]} deliveries"
    for delivery in rows.deliveries:
        if delivery["status"] != "sent" and delivery["is_late"]:
            yield f"message {delivery['message_id']} is {delivery['status']}"


CHECKS: tuple[Callable[[Rows], Iterator[str]], ...] = (
    numbers_have_no_gaps,
    turns_are_spoken_once,
    floors_are_held_by_one,
    chains_are_counted,
    states_add_up,
    participants_are_counted,
    bonds_add_up,
    material_is_spent_once,
    nobody_answers_itself,
    people_are_heard,
    no_error_is_said,
    everything_was_delivered,
)


def find_faults(rows: Rows, letters: list[Letter]) -> list[str]:
    """Everything that is wrong."""
    found = [f"letters_are_stored_once: {it}" for it in letters_are_stored_once(rows, letters)]
    for check in CHECKS:
        found += [f"{check.__name__}: {it}" for it in check(rows)]
    return found
