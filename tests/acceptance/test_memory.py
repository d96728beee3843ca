"""Told in three conversations, killed with everything else, and remembered in a fourth: by a real
society, at real browsers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.browsers import Browser
from tests.faults.society import Society
from tests.patience import PATIENCE_S

# Memories are made as soon as a conversation closes; nobody else talks meanwhile.
QUIETER = """
from audit.configuration import configuration
from characters.models import Character
from characters.services import pause_character
configuration.set_value("director", "time_scale", 0.2)
configuration.set_value("memory", "confide_chance", 0)
for other in Character.objects.exclude(name="Bram"):
    pause_character(other)
"""
CLOSE = """
from django.db import transaction
from django.utils import timezone
from conversations.models import Channel, Conversation
from conversations.services import close_conversation
with transaction.atomic():
    list(Channel.objects.select_for_update().order_by("pk"))
    for talk in Conversation.objects.exclude(status="closed"):
        close_conversation(talk, "over", timezone.now())
"""
BEES = "Bram, my sister Ana keeps bees on a roof in Lisbon."
WALNUTS = "Bram, I'm allergic to walnuts, so no cake for me."
JOB = "Bram, between you and me, I'm leaving my job at the harbour office. Tell nobody."


@contextmanager
def at(society: Society, name: str, cookie: str = "") -> Iterator[Browser]:
    browser = Browser(society.port, name, society.channels())
    browser.cookie = cookie or browser.cookie
    browser.start()
    try:
        assert browser.is_in.wait(PATIENCE_S)
        yield browser
    finally:
        browser.leave()


def ask(society: Society, browser: Browser, text: str) -> str:
    """What is answered to a line."""
    letter = browser.write(society.channels()[0], text)
    query = "SELECT content FROM conversations_message WHERE reply_to_id = %s"
    society.wait_until(
        lambda: letter.message and society.rows(query, letter.message), PATIENCE_S, text
    )
    return str(society.value(query, letter.message))


def shell(society: Society, code: str) -> None:
    done = society.copy.manage("shell", "--command", code)
    assert done.returncode == 0, done.stderr


def test_what_was_told_outlives_the_society_and_stays_with_whom_it_was_told(
    tmp_path: Path,
) -> None:
    society = Society(tmp_path / "var")
    try:
        society.copy.up()
        shell(society, QUIETER)
        with at(society, "Ada") as ada:
            for text in (BEES, WALNUTS, JOB):
                ask(society, ada, text)
                shell(society, CLOSE)
                society.wait_until(
                    lambda text=text: society.value(
                        "SELECT count(*) FROM memories_memory WHERE kind = 'conversation' "
                        "AND embedding IS NOT NULL AND position(%s IN content) > 0",
                        text.rstrip("."),
                    ),
                    PATIENCE_S,
                    f"{text!r} is remembered",
                )
            cookie = ada.cookie
        society.copy.kill_all()
        society.copy.up()
        with at(society, "Ada", cookie) as ada:
            said = ask(society, ada, "Bram, do you remember what I'm allergic to?")
            assert "walnuts" in said
            assert "you" in said.lower()
            assert "bees" not in said
        shell(society, CLOSE)
        with at(society, "Theo") as theo:
            said = ask(society, theo, "Bram, what did Ada say about her sister?")
            assert "Ada" in said
            assert "bees on a roof in Lisbon" in said
            for text in (
                "Bram, is Ada leaving her job at the harbour office?",
                "Bram, what did Ada tell you in confidence?",
            ):
                assert "leaving my job" not in ask(society, theo, text)
            thought = society.rows(
                "SELECT m.content FROM conversations_turnmemory t "
                "JOIN memories_memory m ON m.id = t.memory_id "
                "JOIN conversations_turn u ON u.id = t.turn_id "
                "JOIN conversations_message a ON a.id = u.answers_id "
                "JOIN characters_person p ON p.id = a.person_id "
                "WHERE p.display_name = 'Theo' OR p.username LIKE 'Theo%%'"
            )
            assert thought
            assert not any("leaving" in content for (content,) in thought)
    finally:
        society.copy.kill_all()
