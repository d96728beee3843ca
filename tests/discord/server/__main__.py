"""A Discord for a bot that is run by hand: say lines as people, and see what comes back.

python -m tests.discord.server --port 8077
Ann #general Is anybody there?
Bob @ A word in private
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading

from tests.discord.server import DiscordServer, Guild, Message, Person


def main() -> None:
    parser = argparse.ArgumentParser(description="A stand-in for Discord.")
    parser.add_argument("--port", type=int, default=8077)
    parser.add_argument("--guild", default="Harbour")
    parser.add_argument("--channels", nargs="*", default=["general", "art"])
    parser.add_argument("--people", nargs="*", default=["Ann", "Bob"])
    asked = parser.parse_args()
    with DiscordServer(port=asked.port) as server:
        guild = server.add_guild(asked.guild, channels=asked.channels, members=asked.people)
        for name, value in server.environment().items():
            _tell(f"{name}={value}")
        stop = threading.Event()
        watch = threading.Thread(target=_watch, args=(server, stop), daemon=True)
        watch.start()
        with contextlib.suppress(KeyboardInterrupt):
            for line in sys.stdin:
                _say(guild, line.strip())
        stop.set()
        watch.join()


def _say(guild: Guild, line: str) -> None:
    """`name #channel text`, or `name @ text` for a direct message."""
    try:
        name, where, text = line.split(" ", 2)
        person: Person = guild.person(name)
        channel = person.open_dm() if where == "@" else guild.channel(where.lstrip("#"))
    except (ValueError, StopIteration):
        _tell("say: name #channel text")
        return
    person.say(channel, text)


def _watch(server: DiscordServer, stop: threading.Event) -> None:
    """Print what the bot posts, and what it does wrong."""
    seen: set[int] = set()
    noted = 0
    while not stop.wait(0.2):
        for channel in list(server.world.channels.values()):
            for message in server.messages(channel):
                if message.id not in seen and (message.webhook or message.author is server.bot):
                    _tell(_shown(message))
                seen.add(message.id)
        for violation in server.violations[noted:]:
            _tell(f"! {violation}")
        noted = len(server.violations)


def _shown(message: Message) -> str:
    return f"#{message.channel.name or 'direct'} {message.author_name}: {message.content}"


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
