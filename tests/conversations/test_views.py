"""The tank's pages, as a browser without scripts gets them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.configuration.configuration import pause_society
from conversations.corrections import edit_message, remove_message
from conversations.models import Channel, Turn
from conversations.tank import guests
from conversations.tank.guests import hash_key, invite_code
from tests.builders import (
    make_call,
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_message,
    make_person,
    make_reaction,
    make_relationship,
    make_staff,
    make_turn,
)
from tests.conversations.tankside import new_key

HOUR = dt.timedelta(hours=1)

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPT = "<script>alert('hi')</script>"


@pytest.fixture
def room() -> Channel:
    return make_channel("bar", topic="Low ceiling, warm stove.")


def furnish(room: Channel, talks: int = 1) -> Turn:
    """A few talks with characters, a person, answers and reactions. Returns the last turn."""
    bram = make_character()
    person = make_person()
    for _ in range(talks):
        talk = make_conversation(room, status="closed", close_reason="The farewell was said.")
        asked = make_message(talk, person, "Any news of the ferry?")
        turn = make_turn(
            talk,
            bram,
            status="done",
            answers=asked,
            finished_at=timezone.now(),
            scores={str(bram.pk): {"relevance": 0.21, "total": 0.63, "chance": 0.8}},
            prompt_parts=[{"part": "identity", "tokens": 109}],
            guard_edits=["Took off its own name."],
            llm_call=make_call(
                provider="main",
                model="a-model",
                request={"messages": [{"role": "system", "content": "You are Bram, in secret."}]},
                response="Bram: Not yet.",
            ),
        )
        answer = make_message(talk, bram, "Not yet.", turn=turn, reply_to=asked)
        make_reaction(answer, person, emoji="🌊")
    return turn


def page(client: Client, path: str = "/", **query: str) -> str:
    response = client.get(path, query)
    assert response.status_code == 200, response
    return response.content.decode()


def test_it_shows_rooms_talk_characters_and_moods(client: Client, room: Channel) -> None:
    turn = furnish(room)
    html = page(client)
    for shown in (
        "bar",
        "Low ceiling, warm stove.",
        "Not yet.",
        "Any news of the ferry?",
        f"/why/{turn.pk}/",
        f"/characters/{turn.chosen.slug}/",
        'data-mood="even"',
        "🌊",
        "The talk ends",
        "The farewell was said.",
        "Offline voice:",
    ):
        assert shown in html


def test_who_sleeps_is_said_to_and_until_when(client: Client, room: Channel) -> None:
    local = timezone.now() + 2 * HOUR
    make_character("Dora", active_hours_start=local.time(), active_hours_end=(local + HOUR).time())
    assert f"asleep until {local:%H:%M}" in client.get("/").content.decode()


def test_an_empty_tank_says_how_to_fill_it(client: Client) -> None:
    assert "load_world" in page(client)


def test_it_has_no_inline_script_or_style(client: Client, room: Channel) -> None:
    turn = furnish(room)
    for path in ("/", f"/why/{turn.pk}/", f"/characters/{turn.chosen.slug}/"):
        html = page(client, path)
        assert "<script>" not in html
        assert "<style" not in html
        assert " style=" not in html
        assert " onclick=" not in html
        assert "https://" not in html


def test_text_is_escaped_everywhere(client: Client, room: Channel) -> None:
    character = make_character("Odile", tagline=SCRIPT)
    talk = make_conversation(room, topic=SCRIPT)
    turn = make_turn(talk, character, status="done", reason=SCRIPT, guard_edits=[SCRIPT])
    make_message(talk, character, SCRIPT, turn=turn)
    for path in ("/", f"/why/{turn.pk}/", "/characters/odile/", f"/rooms/{room.pk}/"):
        html = page(client, path)
        assert SCRIPT not in html
        assert "&lt;script&gt;" in html


def test_private_rooms_and_guilds_are_not_shown(client: Client, room: Channel) -> None:
    guild = make_community(discord_id=7)
    for hidden in (
        make_channel("back room", is_private=True),
        make_channel("guild room", community=guild, discord_id=8),
    ):
        talk = make_conversation(hidden)
        turn = make_turn(talk, make_character("Odile" + hidden.name[:1]), status="done")
        make_message(talk, turn.chosen, "A secret.", turn=turn)
        assert client.get(f"/why/{turn.pk}/").status_code == 404
        assert client.get(f"/rooms/{hidden.pk}/").status_code == 404
        for path in ("/", f"/characters/{turn.chosen.slug}/"):
            html = page(client, path)
            assert "A secret." not in html
            assert hidden.name not in html


def test_a_pause_is_told(client: Client, room: Channel) -> None:
    shown = 'role="status">The keeper has paused the society'
    hidden = shown.replace(">", " hidden>")
    assert hidden in page(client)
    pause_society(True)
    assert shown in page(client)


def test_a_removed_message_is_quoted_no_more(client: Client, room: Channel) -> None:
    talk = make_conversation(room)
    asked = make_message(talk, make_person(), "Words to be gone.")
    answer = make_message(talk, make_character(), "Quite so.", reply_to=asked)
    assert page(client).count("Words to be gone.") == 2
    remove_message(asked.pk)
    edit_message(answer.pk, "Not at all.")
    html = page(client)
    assert "Words to be gone." not in html
    assert "Not at all." in html
    assert html.count('<span class="edited">edited</span>') == 1


def test_system_notices_and_removed_messages_are_marked(client: Client, room: Channel) -> None:
    talk = make_conversation(room)
    make_message(talk, None, "The language model is out of reach.")
    make_message(talk, make_person(), "Words to be gone.", deleted_at=timezone.now())
    html = page(client)
    assert "message system" in html
    assert "This message was removed." in html
    assert "Words to be gone." not in html


# --- guests ---------------------------------------------------------------------------------------


def test_a_first_visit_sets_a_guests_cookie(client: Client, room: Channel) -> None:
    response = client.get("/")
    cookie = response.cookies["guest"]
    assert len(cookie.value) == 43
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert "guest" not in client.get("/").cookies
    client.cookies["guest"] = "made up"
    assert "guest" in client.get("/").cookies


def test_a_known_guest_is_named(client: Client, room: Channel) -> None:
    key = new_key()
    person = make_person("Ada", web_key=hash_key(key))
    client.cookies["guest"] = key
    html = page(client)
    assert f'data-person="{person.pk}"' in html
    assert ">Ada</button>" in html


@pytest.fixture
def talkers(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda policy: monkeypatch.setattr(guests, "talkers", lambda: policy)


def test_the_uninvited_are_told_how_to_get_in(client: Client, room: Channel, talkers: Any) -> None:
    talkers("invited")
    html = page(client)
    assert "needs an invitation" in html
    assert "Join the talk as" not in html
    assert "isn&#x27;t valid any more" in page(client, invite="wrong") or (
        "isn't valid any more" in page(client, invite="wrong")
    )


def test_an_invitation_lets_in_and_leaves_the_address(
    client: Client, room: Channel, talkers: Any
) -> None:
    talkers("invited")
    response = client.get("/", {"invite": invite_code()})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert "Join the talk as" in page(client)
    client.cookies["invited"] = client.cookies["invited"].value[:-1] + "x"
    assert "needs an invitation" in page(client)


def test_a_new_code_ends_old_invitations(
    client: Client, room: Channel, talkers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    talkers("invited")
    client.get("/", {"invite": invite_code()})
    monkeypatch.setattr(guests, "invite_code", lambda: "another-code")
    assert "needs an invitation" in page(client)


def test_staff_see_the_link_and_may_talk(client: Client, room: Channel, talkers: Any) -> None:
    client.force_login(make_staff())
    for policy in ("invited", "staff"):
        talkers(policy)
        html = page(client)
        assert "Join the talk as" in html
        assert (invite_code() in html) == (policy == "invited")


def test_staff_only_says_so(client: Client, room: Channel, talkers: Any) -> None:
    talkers("staff")
    assert "Only the keepers talk here" in page(client)


# --- the other pages ------------------------------------------------------------------------------


def test_earlier_talk_can_be_read_page_by_page(client: Client, room: Channel) -> None:
    talk, person = make_conversation(room), make_person()
    said = [make_message(talk, person, f"Line {n}.") for n in range(120)]
    html = page(client)
    assert "Line 69." not in html
    html = page(client, f"/rooms/{room.pk}/", before=str(said[70].pk))
    assert "Line 69." in html and "Line 70." not in html and "Line 20." in html
    assert "Line 19." not in html
    for bad in ("x", "-1", "9" * 30, "١"):
        assert client.get(f"/rooms/{room.pk}/", {"before": bad}).status_code == 404


def test_a_characters_page_tells_who_it_is(client: Client, room: Channel) -> None:
    odile = make_character(
        "Odile",
        tagline="Keeps the stove.",
        interests=("tides",),
        goals=("Mend the clock.",),
        persona={"identity": "She stands behind the counter.", "background": "From Dunkirk."},
    )
    bram = make_character("Bram")
    make_relationship(odile, bram, trust=0.8, note="They can be silent together.")
    make_relationship(odile, make_person("Ada"), note="Private to Ada.")
    talk = make_conversation(room)
    make_message(talk, odile, "Sit where the warm is.")
    html = page(client, "/characters/odile/")
    for shown in (
        "Keeps the stove.",
        "She stands behind the counter.",
        "From Dunkirk.",
        "tides",
        "Mend the clock.",
        "They can be silent together.",
        "Trusts Bram",
        "Sit where the warm is.",
        "just now",
    ):
        assert shown in html
    assert "Private to Ada." not in html
    assert client.get("/characters/nobody/").status_code == 404


def test_why_explains_a_decision(client: Client, room: Channel) -> None:
    turn = furnish(room)
    html = page(client, f"/why/{turn.pk}/")
    for shown in (
        "for a test",
        "Another character had spoken.",
        "Not yet.",
        "0.63",
        "chance 80",
        "the topic is its own +0.21",
        "Who it is",
        "109",
        "Took off its own name.",
        "a-model at main",
        str(turn.random_seed),
    ):
        assert shown in html


def test_why_shows_the_prompt_to_staff_alone(client: Client, room: Channel) -> None:
    turn = furnish(room)
    Turn.objects.filter(pk=turn.pk).update(error="http://10.1.2.3 refused")
    html = page(client, f"/why/{turn.pk}/")
    for private in ("in secret", "Bram: Not yet.", "10.1.2.3"):
        assert private not in html
    client.force_login(make_staff())
    html = page(client, f"/why/{turn.pk}/")
    for private in ("in secret", "Bram: Not yet.", "10.1.2.3"):
        assert private in html


@pytest.mark.parametrize("who", ["character", "person", "system"])
def test_why_names_whom_it_answers(client: Client, room: Channel, who: str) -> None:
    author = {"character": make_character("Odile"), "person": make_person("Ada"), "system": None}[
        who
    ]
    talk = make_conversation(room)
    turn = make_turn(talk, make_character(), answers=make_message(talk, author, "Any news?"))
    name = author.name if author else "The system"
    assert f"<b>{name}</b>: Any news?" in page(client, f"/why/{turn.pk}/")


@pytest.mark.parametrize("status", Turn.Status.values)
def test_why_can_be_asked_of_every_turn(client: Client, room: Channel, status: str) -> None:
    talk = make_conversation(room)
    turn = make_turn(talk, make_character(), status=status)
    silence = make_turn(make_conversation(room, status="closed"))
    assert "Why nobody spoke" in page(client, f"/why/{silence.pk}/")
    assert turn.chosen.name in page(client, f"/why/{turn.pk}/")


# --- how much they ask the database ---------------------------------------------------------------


def test_the_tank_asks_as_much_for_much_talk_as_for_little(
    client: Client, room: Channel, django_assert_max_num_queries: Any
) -> None:
    client.get("/")
    furnish(room, talks=1)
    with django_assert_max_num_queries(12) as few:
        page(client)
    furnish(room, talks=8)
    for _ in range(4):
        make_character()
    with django_assert_max_num_queries(len(few)):
        page(client)


def test_a_room_more_costs_two_queries(
    client: Client, room: Channel, django_assert_num_queries: Any
) -> None:
    client.get("/")
    furnish(room)
    with django_assert_num_queries(7):
        page(client)
    furnish(make_channel("wall"))
    with django_assert_num_queries(9):
        page(client)


def test_of_many_rooms_the_liveliest_are_shown_and_the_others_named(client: Client) -> None:
    now = timezone.now()
    rooms = [
        make_channel(f"room-{n}", last_message_at=now - dt.timedelta(hours=n) if n % 7 else None)
        for n in range(20)
    ]
    lively = [rooms[n] for n in (1, 2, 3, 4, 5, 6, 8, 9)]
    assert shown_rooms(page(client)) == [one.pk for one in lively]
    assert set(re.findall(r"\?room=(\d+)", page(client))) == {
        str(one.pk) for one in rooms if one not in lively
    }
    asked = page(client, f"/?room={rooms[19].pk}")
    assert shown_rooms(asked) == [one.pk for one in (rooms[19], *lively[:-1])]
    assert f"?room={lively[-1].pk}" in asked


def test_few_rooms_are_all_shown_in_their_order(client: Client) -> None:
    rooms = [make_channel(f"room-{n}", last_message_at=timezone.now()) for n in range(8)]
    assert shown_rooms(page(client)) == [one.pk for one in rooms]
    assert "more rooms" not in page(client)
    assert shown_rooms(page(client, f"/?room={rooms[5].pk}")) == [one.pk for one in rooms]


def test_no_room_is_shown_by_its_number_alone(client: Client, room: Channel) -> None:
    for hidden in (
        make_channel("attic", is_private=True),
        make_channel("cellar", is_nsfw=True),
    ):
        assert client.get(f"/?room={hidden.pk}").status_code == 404
    for wrong in ("x", "-1", "9" * 30, "٣"):
        assert client.get("/", {"room": wrong}).status_code == 404


def shown_rooms(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'data-room="(\d+)"', html)]


def test_a_room_more_costs_nothing_once_they_are_many(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    client.get("/")
    for n in range(9):
        furnish(make_channel(f"room-{n}"))
    with django_assert_max_num_queries(40) as many:
        page(client)
    for n in range(9, 20):
        furnish(make_channel(f"room-{n}"))
    with django_assert_max_num_queries(len(many)):
        page(client)


def test_the_other_pages_ask_a_fixed_number(
    client: Client, room: Channel, django_assert_max_num_queries: Any
) -> None:
    turn = furnish(room, talks=5)
    for _ in range(5):
        make_relationship(turn.chosen, make_character())
    for path, most in (
        (f"/characters/{turn.chosen.slug}/", 14),
        (f"/why/{turn.pk}/", 5),
        (f"/rooms/{room.pk}/", 3),
    ):
        with django_assert_max_num_queries(most):
            page(client, path)


def test_old_moods_have_their_age_in_words(client: Client, room: Channel) -> None:
    odile = make_character("Odile")
    talk = make_conversation(room)
    make_message(talk, odile, "Long ago.", at=timezone.now() - dt.timedelta(hours=3))
    assert "3 hours ago" in page(client, "/characters/odile/")
