"""Where the characters live in a guild: picked, unpicked, and said once what is needed."""

from __future__ import annotations

import pytest

from characters.models import Community
from conversations.discord import places, settling
from conversations.models import Channel
from tests.builders import make_character
from tests.discord.happenings import GUILD, guild, somewhere

pytestmark = pytest.mark.django_db

PIER, MILL, ELSEWHERE = 710, 711, 820


@pytest.fixture
def harbour(db: None) -> Community:
    places.take_in_guild(
        guild(id=800, name="Elsewhere")  # somebody else's server
    )
    places.take_in_channel(somewhere(ELSEWHERE, guild_id=800, guild_name="Elsewhere"))
    return places.take_in_guild(guild(somewhere(PIER), somewhere(MILL, name="mill")))


def picked() -> set[int]:
    return set(settling.settled(GUILD, "minimal").channels)


def channel(place: int) -> Channel:
    return Channel.objects.get(discord_id=place)


def test_characters_live_where_they_were_put_and_nowhere_else(harbour: Community) -> None:
    assert picked() == set()
    settling.pick_channels(GUILD, [PIER, ELSEWHERE])
    assert picked() == {PIER}
    assert channel(ELSEWHERE).mode == Channel.Mode.MUTED
    assert channel(PIER).seen_to is not None
    places.set_mode(channel(PIER), Channel.Mode.QUIET)
    settling.pick_channels(GUILD, [PIER, MILL])
    assert (channel(PIER).mode, channel(MILL).mode) == ("quiet", "live")
    settling.pick_channels(GUILD, [])
    assert picked() == set()


def test_who_comes_to_one_picked_channel_comes_to_the_next(harbour: Community) -> None:
    mara, odile = make_character("Mara"), make_character("Odile")
    settling.pick_channels(GUILD, [PIER])
    settling.pick_characters(GUILD, [mara.pk])
    settling.pick_channels(GUILD, [PIER, MILL])
    assert list(channel(MILL).residents.all()) == [mara]
    assert settling.settled(GUILD, "minimal").residents == {mara.pk}
    settling.pick_characters(GUILD, [mara.pk, odile.pk])  # everybody: those to come too
    assert not channel(PIER).residents.exists()


def test_who_comes_to_a_channel_comes_to_its_threads(harbour: Community) -> None:
    mara, odile = make_character("Mara"), make_character("Odile")
    for thread, parent in ((910, PIER), (911, MILL)):
        places.take_in_channel(somewhere(thread, name="plans", parent=somewhere(parent)))
    settling.pick_channels(GUILD, [PIER])
    settling.pick_characters(GUILD, [mara.pk])
    assert list(channel(910).residents.all()) == [mara]
    settling.pick_channels(GUILD, [PIER, MILL])
    assert list(channel(911).residents.all()) == [mara]
    settling.pick_characters(GUILD, [mara.pk, odile.pk])
    assert not channel(910).residents.exists()


def test_what_is_needed_is_said_once_each_time_it_is_invited(harbour: Community) -> None:
    assert settling.claim_welcome(GUILD)
    assert not settling.claim_welcome(GUILD)
    places.leave_guild(GUILD)
    assert not settling.claim_welcome(GUILD)
    places.take_in_guild(guild(somewhere(PIER)))
    assert settling.claim_welcome(GUILD)
    assert not settling.claim_welcome(999)


def test_where_channels_are_picked_it_needs_no_saying(harbour: Community) -> None:
    settling.pick_channels(GUILD, [PIER])
    assert not settling.claim_welcome(GUILD)


def test_what_a_menu_has_no_room_for_stays_as_it_is(harbour: Community) -> None:
    rooms = range(1000, 1000 + settling.OFFERED + 3)
    everybody = [make_character(f"Nr {n:02}") for n in range(settling.OFFERED + 3)]
    for n in rooms:
        places.take_in_channel(somewhere(n, name=f"room {n}"))
        places.set_mode(channel(n), Channel.Mode.QUIET)
    shown = list(settling.settled(GUILD, "minimal").channels)[: settling.OFFERED]
    settling.pick_channels(GUILD, [n for n in shown if n != rooms[0]])
    assert picked() == set(rooms) - {rooms[0]}
    offered = list(settling.settled(GUILD, "minimal").everybody)[: settling.OFFERED]
    settling.pick_characters(GUILD, offered)  # everybody whom the menu shows: those to come, too
    assert not channel(rooms[1]).residents.exists()
    settling.pick_characters(GUILD, offered[1:])
    coming = settling.settled(GUILD, "minimal").residents
    assert coming == {one.pk for one in everybody} - {offered[0]}
    settling.pick_characters(GUILD, offered[2:])
    assert settling.settled(GUILD, "minimal").residents == coming - {offered[1]}
