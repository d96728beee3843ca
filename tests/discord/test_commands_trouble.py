"""When commands meet with trouble: what is said, in which order, and never more than a sentence."""

from __future__ import annotations

import pytest
from discord import app_commands
from django.db import OperationalError, connection, transaction

from characters.preferences import Unusable
from conversations.discord.commands import answers, company
from conversations.models import Channel
from conversations.text import Refused
from tests.discord.bots import database_away
from tests.discord.commanding import Desk


def failed(error: Exception) -> app_commands.CommandInvokeError:
    return app_commands.CommandInvokeError(company.characters, error)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (failed(Refused("when", "Say when.")), "Say when."),
        (failed(Unusable("day", "That is no day.")), "That is no day."),
        (answers.NotAllowed("Only keepers."), "Only keepers."),
        (failed(answers.NotAllowed("Only owners.")), "Only owners."),
        (app_commands.NoPrivateMessage(), answers.NOT_HERE),
        (app_commands.MissingPermissions(["manage_guild"]), "You may not use this here."),
        (app_commands.CommandNotFound("old", []), answers.CHANGED),
        (app_commands.CommandSignatureMismatch(company.characters), answers.CHANGED),
        (failed(OperationalError("gone")), answers.AWAY),
        (failed(KeyError("secret")), answers.BROKEN),
        (RuntimeError("secret"), answers.BROKEN),
    ],
)
def test_each_kind_of_trouble_has_its_sentence(error: Exception, sentence: str) -> None:
    assert answers.sentence_for(error) == sentence


@pytest.mark.django_db(transaction=True)
def test_who_waits_sees_that_it_is_being_done(desk: Desk) -> None:
    desk.open()
    desk.bot.wait_until(lambda: Channel.objects.filter(discord_id=desk.general.id).exists())
    with transaction.atomic():
        Channel.objects.select_for_update().get(discord_id=desk.general.id)
        asked = desk.server.invoke("talk", {"character": "Mara"}, by=desk.ann, channel=desk.general)
        assert asked.acknowledged() == 5  # deferred, within the 3 s that Discord allows
        assert not asked.is_failed
    assert asked.answer().content == "Mara comes to #general."
    assert asked.answer().is_ephemeral


@pytest.mark.django_db(transaction=True)
def test_a_database_that_hardly_answers_keeps_nobody_from_being_told_to_wait(desk: Desk) -> None:
    server, everywhere = desk.server, range(12)
    for number in everywhere:
        desk.guild.add_channel(f"room-{number}")
    desk.open()
    desk.bot.wait_until(lambda: Channel.objects.count() == 2 + len(everywhere))
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table in ("conversations_channel", "characters_person", "characters_character"):
                cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        for number in everywhere:  # each waits in a thread
            desk.bob.say(desk.guild.channel(f"room-{number}"), "Is anybody here?")
        asked = [
            server.invoke("about", {"character": "Mara"}, by=by, channel=desk.general)
            for by in (desk.ann, desk.bob, desk.keeper) * 3
        ]
        assert [one.acknowledged() for one in asked] == [5] * len(asked)
        assert desk.suggested("about", "character", "ma") == []
    assert all("**Mara**" in one.answer().content for one in asked)
    assert not any(one.is_failed for one in asked)
    assert desk.suggested("about", "character", "mar") == ["Mara"]
    assert "Traceback" not in desk.bot.said


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_told_and_comes_back(desk: Desk) -> None:
    desk.open()
    with database_away():
        assert desk.asks("about", {"character": "Mara"}).content == answers.AWAY
    assert "**Mara**" in desk.asks("about", {"character": "Mara"}).content


@pytest.mark.django_db(transaction=True)
def test_somebody_in_haste_is_slowed_down(desk: Desk) -> None:
    desk.open()
    said = [desk.asks("about", {"character": "Mara"}).content for _ in range(14)]
    assert said[-1] == "That is a lot at once. Wait half a minute."
    assert "**Mara**" in said[0]
    assert "**Mara**" in desk.asks("about", {"character": "Mara"}, by=desk.bob).content


@pytest.mark.django_db(transaction=True)
def test_commands_that_discord_refuses_stop_nothing(desk: Desk) -> None:
    route = f"PUT /applications/{desk.server.application_id}/commands"
    desk.server.faults.refuse(route, status=400, code=50035, message="Invalid Form Body", times=1)
    desk.bot = desk.bots.ready()
    desk.bot.wait_said("Discord didn't take the commands")
    desk.ann.say(desk.general, "Still here?")
    desk.bot.wait_until(lambda: Channel.objects.filter(last_message_at__isnull=False).exists())
    desk.bot.stop()
    desk.open()
    assert "**Mara**" in desk.asks("about", {"character": "Mara"}).content
