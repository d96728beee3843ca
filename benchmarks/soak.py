"""A bot in many Discord servers for a while, its connection cut again and again.

    python -m benchmarks.soak --minutes 10

`manage.py up` with a token runs as a keeper runs it, against the stand-in for Discord in
`tests/discord/server`: 10 servers of 5 channels, the starter world's
characters, 200 people. What people said must stand in the rows once, what characters said must
stand on Discord once and in order; the memory of bot, worker and web must not grow; and how long a
person waits is told, without what is waited on purpose (reading, thinking, typing) and without the
voice.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil

from benchmarks.report import Report, Target, finish, percentiles
from tests.discord.server import Channel, DiscordServer, Guild, Message, Person
from tests.faults.society import Society

GUILDS, ROOMS, PEOPLE = 10, 5, 200
A_SECOND = 2.0  # messages of people, over all servers
CUT_EVERY_S = (8.0, 40.0)
SETTLES_WITHIN_S = 180.0
PARTS = {"bot": "fishbowl.processes bot", "worker": "fishbowl.processes worker",
         "web": "fishbowl.processes web"}  # fmt: skip
TARGETS = (
    Target("people_lost", "≤", 0),
    Target("people_doubled", "≤", 0),
    Target("characters_lost", "≤", 0),
    Target("characters_doubled", "≤", 0),
    Target("characters_out_of_order", "≤", 0),
    Target("violations", "≤", 0),
    Target("answers", "≥", 1),
    Target("bot_restarts", "≤", 0),
    Target("memory_growth", "≤", 1.1),
)
SUBJECTS = (
    "the ferry", "the weather", "the tide", "bread", "the radio", "an old boat", "the stove",
    "music", "the garden", "a letter", "the mill", "honey", "the market", "a dream I had",
)  # fmt: skip
ASKED = (
    "{name}, what do you make of {what}?",
    "{name}, did you hear about {what}?",
    "{name}, tell me something about {what}.",
)
SAID = (
    "I can't stop thinking about {what}.",
    "There was something about {what} this morning.",
    "My sister asked me about {what} again.",
)
CUTS = ("line", "4000", "reconnect", "invalid", "forgotten", "outage")


@dataclass
class Soak:
    """What happened, noted while it happened."""

    server: DiscordServer
    guilds: list[Guild]
    rng: Random
    said: list[Message] = field(default_factory=list)
    cuts: Counter[str] = field(default_factory=Counter)
    bots: set[int] = field(default_factory=set)
    used: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in PARTS})

    def speak(self, names: list[str], number: int) -> None:
        """Somebody says something somewhere; every other line asks a character."""
        guild = self.rng.choice(self.guilds)
        members = [one for one in guild.members.values() if not one.person.is_bot]
        person: Person = self.rng.choice(members).person
        channel: Channel = guild.channel(f"room-{self.rng.randrange(ROOMS)}")
        forms = ASKED if self.rng.random() < 0.5 else SAID
        text = self.rng.choice(forms).format(
            name=self.rng.choice(names), what=self.rng.choice(SUBJECTS)
        )
        self.said.append(person.say(channel, f"{text} ({number})"))

    def cut(self) -> None:
        """Something befalls the connection to Discord."""
        kind = self.rng.choice(CUTS)
        self.cuts[kind] += 1
        if kind == "line":
            self.server.disconnect()
        elif kind == "4000":
            self.server.disconnect(4000)
        elif kind == "reconnect":
            self.server.ask_to_reconnect()
        elif kind == "invalid":
            self.server.invalidate_sessions()
        elif kind == "forgotten":
            self.server.forget_sessions()
            self.server.disconnect()
        else:
            with self.server.outage():
                time.sleep(self.rng.uniform(1.0, 5.0))

    def weigh(self, society: Society) -> None:
        """Note the memory of each part: what its processes have to themselves."""
        for name, part in PARTS.items():
            used = 0
            for process in society.copy.named(part):
                if name == "bot":
                    self.bots.add(process.pid)
                with contextlib.suppress(psutil.Error):
                    used += process.memory_full_info().uss
            self.used[name].append(used)

    def growth(self) -> dict[str, float]:
        """How the memory of each part grew: the last quarter's median over the second's."""

        def median(values: list[int]) -> int:
            return sorted(values)[len(values) // 2]

        found = {}
        for name, used in self.used.items():
            quarter = max(1, len(used) // 4)
            found[name] = median(used[-quarter:]) / max(1, median(used[quarter : 2 * quarter]))
        return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--a-second", type=float, default=A_SECOND)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    report = Report("soak", TARGETS)
    with (
        tempfile.TemporaryDirectory(prefix="fishbowl-soak-") as folder,
        DiscordServer(kept_requests=1000) as server,
    ):
        soak = Soak(server, _guilds(server), Random(asked.seed))
        society = Society(Path(folder) / "var", **server.environment())
        try:
            _live(soak, society, asked.minutes * 60, asked.a_second)
            _judge(soak, society, report)
        finally:
            society.copy.kill_all()
    report.notes = {"minutes": asked.minutes, "messages_a_second": asked.a_second,
                    "guilds": GUILDS, "channels": GUILDS * ROOMS, "people": PEOPLE}  # fmt: skip
    return finish(report)


def _guilds(server: DiscordServer) -> list[Guild]:
    people = [server.add_person(f"Person {number}") for number in range(PEOPLE)]
    share = PEOPLE // GUILDS
    return [
        server.add_guild(
            f"Guild {number}",
            channels=[f"room-{room}" for room in range(ROOMS)],
            members=people[number * share : (number + 1) * share],
        )
        for number in range(GUILDS)
    ]


def _live(soak: Soak, society: Society, seconds: float, a_second: float) -> None:
    society.copy.up()
    soak.server.wait_connected()
    known = "SELECT count(*) FROM conversations_channel WHERE discord_id IS NOT NULL"
    society.wait_until(lambda: society.value(known) >= GUILDS * ROOMS, 60, "the channels")
    with society.connect() as session:
        session.execute(
            "UPDATE conversations_channel SET mode = 'live' WHERE discord_id IS NOT NULL"
        )
    names = [name.split()[0] for (name,) in society.rows("SELECT name FROM characters_character")]
    began = time.monotonic()
    cut_at, weigh_at, number = began + 20, began, 0
    while (now := time.monotonic()) < began + seconds:
        if now >= cut_at:
            soak.cut()
            cut_at = time.monotonic() + soak.rng.uniform(*CUT_EVERY_S)
        if now >= weigh_at:
            soak.weigh(society)
            weigh_at = now + max(2.0, seconds / 80)
        number += 1
        soak.speak(names, number)
        time.sleep(max(0.0, soak.rng.expovariate(a_second)))


_UNSENT = """
    SELECT count(*) FROM conversations_delivery WHERE surface = 'discord' AND status = 'pending'
"""


def _judge(soak: Soak, society: Society, report: Report) -> None:
    """Let what is under way end, with nobody beginning anything, and look at both sides."""
    heard = "SELECT count(*) FROM conversations_message WHERE person_id IS NOT NULL"
    with contextlib.suppress(AssertionError):  # first: in a muted channel nothing is heard
        society.wait_until(lambda: society.value(heard) >= len(soak.said), SETTLES_WITHIN_S)
    with society.connect() as session:
        session.execute(
            "UPDATE conversations_channel SET mode = 'muted' WHERE discord_id IS NOT NULL"
        )
    under_way = "SELECT count(*) FROM conversations_turn WHERE status IN ('planned', 'speaking')"
    with contextlib.suppress(AssertionError):  # what is missing then is told as lost
        society.wait_until(
            lambda: not society.value(under_way) and not society.value(_UNSENT),
            SETTLES_WITHIN_S,
        )
    found = society.rows(
        "SELECT discord_message_id, content FROM conversations_message WHERE person_id IS NOT NULL"
    )
    rows = {pk for pk, _ in found}
    worded = Counter(content for _, content in found)  # each line ends with a number of its own
    parts = society.rows(
        """
        SELECT c.discord_id, p.discord_id, d.status FROM conversations_message m
        JOIN conversations_conversation t ON t.id = m.conversation_id
        JOIN conversations_channel c ON c.id = t.channel_id
        JOIN conversations_delivery d
          ON d.message_id = m.id AND d.surface = 'discord' AND d.reaction_id IS NULL
        LEFT JOIN conversations_deliverypart p ON p.delivery_id = d.id
        WHERE m.character_id IS NOT NULL ORDER BY m.id, p.number
        """
    )
    shown = {
        channel.id: [message.id for message in soak.server.webhook_messages(channel)]
        for guild in soak.guilds
        for channel in guild.channels
    }
    known = Counter(part for _, part, _ in parts if part)
    on_discord = Counter(pk for ids in shown.values() for pk in ids)
    wrong_order = sum(
        [part for place, part, _ in parts if part and place == channel] != ids
        for channel, ids in shown.items()
    )
    said = {message.id for message in soak.said}
    report.add(
        people_messages=len(soak.said),
        people_lost=len(said - rows),
        people_doubled=sum(count - 1 for count in worded.values()),
        character_messages=len(parts),
        characters_lost=sum(part is None for _, part, _ in parts)
        + len(set(known) - set(on_discord)),
        characters_doubled=len(set(on_discord) - set(known)),
        characters_out_of_order=wrong_order,
        violations=len(soak.server.violations),
        disconnects=sum(soak.cuts.values()),
        bot_restarts=max(0, len(soak.bots) - 1),
        memory_growth=max(soak.growth().values()),
    )
    report.details |= {
        "disconnects": dict(soak.cuts),
        "violations": soak.server.violations[:20],
        "memory_mb": {
            name: [round(one / 2**20, 1) for one in used] for name, used in soak.used.items()
        },
        "growth": soak.growth(),
        "unsent": Counter(status for _, part, status in parts if part is None),
    }
    _latency(soak, society, report)


def _latency(soak: Soak, society: Society, report: Report) -> None:
    """How long an answer to a person took, without the voice and what is waited on purpose."""
    turns = society.rows(
        """
        SELECT asked.discord_message_id, extract(epoch FROM t.decided_at),
          extract(epoch FROM t.claimed_at - t.due_at), extract(epoch FROM m.created_at - t.say_at),
          extract(epoch FROM m.created_at), p.discord_id
        FROM conversations_turn t
        JOIN conversations_message asked ON asked.id = t.answers_id
        JOIN conversations_message m ON m.turn_id = t.id
        JOIN conversations_delivery d
          ON d.message_id = m.id AND d.surface = 'discord' AND d.reaction_id IS NULL
        JOIN conversations_deliverypart p ON p.delivery_id = d.id AND p.number = (
          SELECT min(number) FROM conversations_deliverypart WHERE delivery_id = d.id)
        WHERE t.trigger = 'person' AND asked.person_id IS NOT NULL AND p.discord_id IS NOT NULL
        """
    )
    said = {one.id: one.created_at.timestamp() for one in soak.said}
    shown = {
        message.id: message.created_at.timestamp()
        for guild in soak.guilds
        for channel in guild.channels
        for message in soak.server.webhook_messages(channel)
    }
    heard, waited, sent, whole = [], [], [], []
    for asked, decided, claimed_late, said_late, said_at, part in turns:
        if asked not in said or part not in shown:
            continue
        heard.append(1000 * (float(decided) - said[asked]))
        waited.append(1000 * (max(0.0, float(claimed_late)) + max(0.0, float(said_late))))
        sent.append(1000 * (shown[part] - float(said_at)))
        whole.append(heard[-1] + waited[-1] + sent[-1])
    report.add(answers=len(whole))
    if whole:
        report.add(**percentiles(whole, prefix="reply_ms_"))
        report.add(
            said_to_decided_ms_p95=percentiles(heard)["p95"],
            queued_ms_p95=percentiles(waited)["p95"],
            row_to_discord_ms_p95=percentiles(sent)["p95"],
        )


if __name__ == "__main__":
    raise SystemExit(main())
