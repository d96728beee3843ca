"""A tiny stand-in for the director, to drive a voice through two rooms without a database."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from benchmarks.talk_metrics import Said
from fishbowl.llm.types import Brief, ChatRequest, Line, Listener, Move, Recollection, Voice

ROOMS = ("the-lantern", "breakwater")


@dataclass
class Player:
    name: str
    slug: str
    card: dict[str, Any]
    spent: Counter[str] = field(default_factory=Counter)
    heard: list[str] = field(default_factory=list)


@dataclass
class Room:
    name: str
    lines: list[Line] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    talk: int = 0
    length: int = 0
    left: int = 0
    cast: list[Player] = field(default_factory=list)
    entered: set[str] = field(default_factory=set)
    since_turn: int = 0


class Society:
    """Rounds of speakers: some 19 lines a conversation, four of eight present, two rooms."""

    def __init__(self, players: list[Player], voice: Any, seed: int) -> None:
        self.players, self.voice = players, voice
        self.rng = random.Random(seed)
        self.rooms = [Room(name) for name in ROOMS]
        self.now = 0.0
        self.number = 0
        self.slow: list[float] = []

    @classmethod
    def of_world(cls, folder: Path, voice: Any, seed: int) -> Society:
        players = []
        for path in sorted(folder.glob("*.yaml")):
            card = yaml.safe_load(path.read_text(encoding="utf-8"))
            players.append(Player(card["name"], card.get("slug", path.stem), card))
        return cls(players, voice, seed)

    def run(self, count: int) -> list[Said]:
        said: list[Said] = []
        while len(said) < count:
            room = self.rng.choice(self.rooms)
            self.now += self.rng.uniform(4, 12)
            said.append(self._step(room))
        return said

    def _step(self, room: Room) -> Said:
        if room.left <= 0:
            self._begin(room)
        speaker = self._next_speaker(room)
        move = self._move(room, speaker)
        result = self.voice.complete(ChatRequest((), brief=self._brief(room, speaker, move)))
        speaker.spent.update(result.spent)
        self.number += 1
        room.lines.append(Line(self.number, speaker.name, result.text, 0.0))
        room.times.append(self.now)
        room.entered.add(speaker.name)
        room.left -= 1
        room.since_turn = 0 if move in {"open", "change_topic"} else room.since_turn + 1
        for one in room.cast:
            if one is not speaker and len(result.text) > 60 and self.rng.random() < 0.05:
                one.heard.append(
                    f"{speaker.name} said that {result.text[0].lower()}{result.text[1:]}"
                )
        return Said(room.name, str(room.talk), speaker.name, result.text, self.now, result.spent)

    def _begin(self, room: Room) -> None:
        room.talk += 1
        room.length = room.left = max(8, round(self.rng.gauss(19, 4)))
        elsewhere = [p for r in self.rooms if r is not room and r.left > 0 for p in r.cast]
        free = [p for p in self.players if p not in elsewhere]
        free = free if len(free) >= 2 else self.players
        room.cast = self.rng.sample(free, min(4, len(free)))
        room.entered = set()
        room.since_turn = 0
        if room.times:
            self.now += self.rng.uniform(60, 300)

    def _next_speaker(self, room: Room) -> Player:
        last = room.lines[-1] if room.lines and room.entered else None
        others = [p for p in room.cast if last is None or p.name != last.speaker]
        if last is not None:
            for player in others:
                if re.search(
                    rf"(?:^|[.!?] ){player.name},|, {player.name}[.?!]*$", last.text, re.IGNORECASE
                ):
                    return player
            before = room.lines[-2].speaker if len(room.lines) > 1 and room.entered else ""
            back = [p for p in others if p.name == before and p.name in room.entered]
            if back and self.rng.random() < (0.6 if last.text.rstrip().endswith("?") else 0.3):
                return back[0]
        counts = Counter(ln.speaker for ln in room.lines[-12:])
        weights = [
            0.3 + float(p.card.get("talkativeness", 0.5)) - 0.08 * counts[p.name] for p in others
        ]
        return self.rng.choices(others, [max(0.05, w) for w in weights])[0]

    def _move(self, room: Room, speaker: Player) -> Move:
        done = room.length - room.left
        if done == 0:
            return "open"
        if room.left <= 2 or (room.left <= 3 and self.rng.random() < 0.4):
            return "farewell"
        if room.since_turn >= 7 and self.rng.random() < 0.3:
            return "change_topic"
        if speaker.name not in room.entered and done > 3:
            return "join"
        return "reply"

    def _brief(self, room: Room, speaker: Player, move: Move) -> Brief:
        card, style = speaker.card, speaker.card["style"]
        ties = {t["to"]: t for t in card.get("relationships", [])}
        listeners = tuple(
            Listener(p.name, trust=float(ties.get(p.slug, {}).get("trust", 0.5)),
                     affection=float(ties.get(p.slug, {}).get("affection", 0.4)))
            for p in room.cast if p is not speaker
        )  # fmt: skip
        lines = tuple(
            replace(ln, seconds_ago=self.now - at, is_own=ln.speaker == speaker.name)
            for ln, at in zip(room.lines[-50:], room.times[-50:], strict=True)
        )
        last = lines[-1] if lines and room.entered else None
        called = bool(last and re.search(rf"\b{speaker.name}\b", last.text, re.IGNORECASE))
        persona = card["persona"]
        return Brief(
            speaker=speaker.name,
            identity=persona["identity"], background=persona["background"],
            values=tuple(persona["values"]), traits=persona["traits"],
            voice=Voice(style["formality"], style["verbosity"], style["humour"], style["emoji_use"],
                        tuple(style["signature_phrases"]), tuple(style["avoided_phrases"]),
                        tuple(style["preferred_words"])),
            interests=tuple((i["topic"], i["weight"]) for i in card["interests"]),
            goals=tuple(g["description"] for g in card["goals"]),
            mood_valence=self.rng.uniform(-0.4, 0.6), mood_arousal=self.rng.uniform(-0.5, 0.5),
            energy=self.rng.uniform(0.3, 0.95), listeners=listeners,
            memories=self._memories(speaker, last.text if last else ""),
            lines=lines, addressee=last.speaker if last and last.speaker != speaker.name else None,
            is_addressed=called, move=move, room=room.name, hour=21, seed=self.rng.randrange(2**31),
            disclosure=persona["disclosure"], material=card["improv"], spent=dict(speaker.spent),
        )  # fmt: skip

    def _memories(self, speaker: Player, text: str) -> tuple[Recollection, ...]:
        """As recall would: formative memories whose triggers were named, and things heard."""
        low = text.lower()
        found = [
            Recollection(m["content"])
            for m in speaker.card["formative_memories"]
            if any(str(t).lower() in low for t in m.get("triggers", []))
        ]
        words = set(re.findall(r"[a-z]{5,}", low))
        told = [
            h
            for h in speaker.heard[-60:]
            if len(words & set(re.findall(r"[a-z]{5,}", h.lower()))) >= 2
        ]
        return tuple(found[:2]) + tuple(Recollection(h, "told") for h in told[-2:])
