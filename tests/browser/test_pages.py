"""What a page tells a visitor while it stays open, whoever they are and wherever: in Chromium,
before a real society."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from playwright.sync_api import Browser, WebSocketRoute, expect

from conversations.tank.tank import AT_ONCE
from tests.browser.conftest import Society

LONG = "W" * 32
RETURNS = "document.dispatchEvent(new Event('visibilitychange'))"
MADE = "from characters.models import Character; Character.objects.filter(slug='odile')"


def test_who_falls_asleep_is_seen_to_and_until_when_on_a_phone_too(
    chromium: Browser, society: Society
) -> None:
    """By the visitor's clock: it is five hours earlier there."""
    society.shell(f"{MADE}.update(active_hours_start=None, active_hours_end=None)")
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, timezone_id="America/Bogota", locale="en-GB"
    )
    page = context.new_page()
    page.goto(society.url)
    row = page.locator(".cast [data-slug=odile]")
    expect(row).not_to_have_class(re.compile("resting"))
    wakes = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    sleeps = wakes + dt.timedelta(hours=1)
    society.shell(
        f"{MADE}.update(timezone='UTC', active_hours_start='{wakes:%H:%M}',"
        f" active_hours_end='{sleeps:%H:%M}')"
    )
    page.evaluate(RETURNS)
    expect(row).to_have_class(re.compile("resting"))
    expect(row.locator(".where")).to_be_visible()
    there = wakes - dt.timedelta(hours=5)
    expect(row.locator(".where")).to_have_text(f"asleep until {there:%H:%M}")
    society.shell(f"{MADE}.update(active_hours_start=None, active_hours_end=None)")
    page.evaluate(RETURNS)
    expect(row).not_to_have_class(re.compile("resting"))
    expect(row.locator(".where")).not_to_contain_text("asleep")
    context.close()


def test_pages_tell_times_by_the_visitors_clock(chromium: Browser, society: Society) -> None:
    society.shell(
        "import datetime as dt; from characters.models import Character; "
        "from conversations.models import Channel; "
        "from tests.builders import make_conversation, make_message, make_turn; "
        "at = dt.datetime(2024, 3, 1, 2, 30, tzinfo=dt.UTC); "
        "odile = Character.objects.get(slug='odile'); "
        "talk = make_conversation(Channel.objects.get(pk=2), status='closed', started_at=at); "
        "turn = make_turn(talk, odile, status='done', decided_at=at, finished_at=at); "
        "make_message(talk, odile, 'A leap night.', turn=turn, at=at)"
    )
    context = chromium.new_context(timezone_id="America/Bogota", locale="en-GB")
    page = context.new_page()
    page.goto(f"{society.url}rooms/2/")
    row = page.locator(".message", has_text="A leap night.")
    expect(row.locator("time")).to_have_text("21:30")
    # Above it may stand what the society has said today.
    expect(page.locator(".divider.day", has_text="29 February 2024")).to_be_visible()
    row.locator(".why").click()
    expect(page.locator("dd time")).to_have_text(re.compile("29 February 2024 at 21:30"))
    context.close()
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{society.url}rooms/2/")
    page.locator(".message", has_text="A leap night.").locator(".why").click()
    expect(page.locator("dd time")).to_have_text("1 March 2024, 02:30:00 UTC")
    plain.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_longest_name_sticks_out_nowhere(
    chromium: Browser, society: Society, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(society.url)
    page.locator(".room").first.get_by_label("Join the talk as").fill(f"{LONG[:-4]}{width}")
    page.locator(".room").first.get_by_role("button", name="Come in").click()
    expect(page.locator(".you .rename")).to_be_visible()
    page.locator(".room").first.locator("textarea").fill("سلام! hello?")
    page.locator(".room").first.locator("textarea").press("Enter")
    said = page.locator(".message.own .text")
    expect(said).to_have_text("سلام! hello?")
    wide = "e => e.scrollWidth - e.clientWidth"
    assert page.evaluate(f"({wide})(document.documentElement)") <= 0
    assert page.locator(".scroll").first.evaluate(wide) <= 0
    if width == 1280:
        page.evaluate(RETURNS)
        expect(page.locator(".people")).to_contain_text(LONG[:-4])
        assert page.locator(".cast").evaluate(wide) <= 0
    # What begins from the right is set from the right.
    first = "e => { const r = document.createRange(); r.setStart(e.firstChild, 0);"
    left = said.evaluate(first + "r.setEnd(e.firstChild, 1); return r.getBoundingClientRect().x; }")
    box = said.bounding_box()
    assert box is not None and left > box["x"] + box["width"] / 2
    context.close()


@pytest.mark.parametrize(("width", "height"), [(640, 360), (700, 450)], ids=["aside", "zoomed"])
def test_a_low_window_has_room_for_the_talk(
    chromium: Browser, society: Society, width: int, height: int
) -> None:
    """A phone on its side, and a window of 1400 × 900 at 200 %: there was no line to be seen."""
    society.shell(
        "from conversations.models import Channel; from conversations.services import "
        "local_community, record_incoming; from tests.builders import make_person; perch = "
        f"Channel.objects.create(community=local_community(), name='perch-{width}', mode='muted'); "
        "record_incoming(perch.pk, make_person(), 'What is that out there, a boat?')"
    )
    context = chromium.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(society.url)
    page.get_by_role("tab", name=f"perch-{width}").click()
    room = page.locator(f".room[data-name=perch-{width}]")
    line, field = room.locator(".message .text"), room.get_by_label("Join the talk as")
    line.scroll_into_view_if_needed()
    field.focus()
    assert room.locator(".scroll").evaluate("e => e.clientHeight") >= 100
    expect(line).to_be_in_viewport(ratio=1)
    expect(field).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    society.shell(
        "from conversations.models import Channel; "
        "Channel.objects.filter(name__startswith='perch-').update(is_private=True)"
    )
    context.close()


def test_what_a_long_page_lets_go_of_is_found_under_earlier_talk(
    chromium: Browser, society: Society
) -> None:
    """A page holds 400 messages; the link goes back from the first of those."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(society.url)
    room = page.locator(".room").first
    expect(room.locator(".message").first).to_be_attached()
    channel = room.get_attribute("data-room")
    society.shell(
        "from conversations.models import Channel, Conversation, Message; "
        "from conversations.services import close_conversation; "
        "from django.utils import timezone; now = timezone.now(); "
        "from tests.builders import make_conversation; "
        f"going_on = Conversation.objects.open().filter(channel={channel}); "
        "[close_conversation(one, 'for a test', now) for one in going_on]; "  # talks don't overlap
        f"talk = make_conversation(Channel.objects.get(pk={channel}), status='closed', "
        "message_count=420); "
        "Message.objects.bulk_create([Message(conversation=talk, number=n, role='system', "
        "content=f'Line {n}.', created_at=now) for n in range(1, 421)])"
    )
    page.evaluate(RETURNS)
    expect(room.locator(".message", has_text="Line 420.")).to_be_attached(timeout=20_000)
    expect(room.locator(".message")).to_have_count(400)
    room.locator(".scroll").evaluate("e => e.scrollTop = 0")
    earlier = room.get_by_role("link", name="Earlier talk")
    expect(earlier).to_be_in_viewport()
    # At one moment: whoever speaks next has the page let go of one more.
    first = earlier.evaluate(
        "(link, room) => { link.click(); return room.querySelector('.message .text').innerText; }",
        room.element_handle(),
    )
    number = int(re.sub(r"\D", "", first))
    expect(page.locator(".message").last).to_contain_text(f"Line {number - 1}.")
    context.close()


def test_the_first_line_of_a_talk_hides_no_lost_end_of_the_one_before(
    chromium: Browser, society: Society
) -> None:
    """Only the numbers within a conversation have no gaps: that its first line is here says
    nothing of the last line before it, which is asked for still."""
    asked: list[list[dict[str, int]]] = []
    lines: list[WebSocketRoute] = []
    lost = {"id": 900_001, "conversation": 90, "number": 7, "text": "The lost farewell."}
    begun = {"id": 900_002, "conversation": 91, "number": 1, "text": "Good morning."}
    whole = {
        "kind": "system", "author": "", "slug": "", "person": None, "reply_to": None,
        "reply": None, "turn": None, "at": "2026-01-01T12:00:00+00:00", "edited": None,
    }  # fmt: skip
    standing = {
        "type": "messages", "more": False, "changes": [], "is_paused": False, "closed": {},
        "is_society_paused": False, "reactions": {}, "moods": {}, "resting": {}, "typing": [],
        "topic": "", "talking": [], "people": [],
    }  # fmt: skip

    def answer(socket: WebSocketRoute, text: str) -> None:
        frame = json.loads(text)
        if frame["type"] != "watch":
            return
        asked.append(frame["channels"])
        for room in frame["channels"]:
            missed = [lost, begun] if len(asked) > 1 and room["id"] == 1 else []
            after = [whole | one for one in missed if int(str(one["id"])) > room["after"]]
            socket.send(json.dumps(standing | {"channel": room["id"], "messages": after}))

    def serve(socket: WebSocketRoute) -> None:
        lines.append(socket)
        socket.on_message(lambda text: answer(socket, str(text)))

    context = chromium.new_context()
    page = context.new_page()
    page.clock.install()
    page.route_web_socket(re.compile("/live/$"), serve)
    page.goto(society.url)
    while not asked:
        page.wait_for_timeout(20)
    room = page.locator("#room-1")
    event = {"type": "event", "event": "message.sent", "channel": 1, "message": whole | begun}
    lines[0].send(json.dumps(event))
    expect(room).to_contain_text("Good morning.")
    page.clock.run_for(6_000)
    expect(room).to_contain_text("The lost farewell.")
    expect(room.locator(".message").last).to_contain_text("Good morning.")
    context.close()


def test_of_many_rooms_each_is_a_click_away_and_live(chromium: Browser, society: Society) -> None:
    """More than a page shows, and more than the window holds."""
    society.shell(
        "from conversations.models import Channel; from conversations.services import "
        "local_community; [Channel.objects.create(community=local_community(), "
        "name=f'cove-{n:02}', mode='muted') for n in range(24)]"
    )
    said = (
        "from conversations.models import Channel; from tests.builders import make_person; "
        "from conversations.services import record_incoming; "
        "record_incoming(Channel.objects.get(name='cove-23').pk, make_person(), '{}')"
    )
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(society.url)
    expect(page.locator(".room")).to_have_count(AT_ONCE)
    page.locator(".others summary").click()
    page.locator(".others").get_by_role("link", name="cove-23").click()
    last = page.locator(".room[data-name=cove-23]")
    expect(page.locator(".room")).to_have_count(AT_ONCE)
    expect(page.locator(".cast .state").first).to_be_visible()
    society.shell(said.format("Far out."))
    expect(last.locator(".message .text")).to_have_text("Far out.")
    assert last.locator(".scroll").evaluate("e => e.clientHeight") > 150
    expect(page.locator(".error:not(:empty)")).to_have_count(0)
    last.scroll_into_view_if_needed()
    expect(last.locator(".message .text")).to_be_in_viewport()
    page.set_viewport_size({"width": 390, "height": 844})
    tab = page.get_by_role("tab", name="cove-23")
    tab.click()
    expect(tab).to_be_in_viewport(ratio=1)
    expect(last.locator(".message .text")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    society.shell(
        "from conversations.models import Channel; "
        "Channel.objects.filter(name__startswith='cove-').update(is_private=True)"
    )
    context.close()


def test_who_is_forgotten_is_seen_no_more_on_open_pages(
    chromium: Browser, society: Society
) -> None:
    person = "from characters.models import Person; one = Person.objects.get(username='Rosamund')"
    contexts = [chromium.new_context() for _ in range(2)]
    own, other = (context.new_page() for context in contexts)
    for page in (own, other):
        page.goto(society.url)
    room = own.locator(".room").first
    expect(room.locator(".message.character").first).to_be_attached()
    room.get_by_label("Join the talk as").fill("Rosamund")
    room.get_by_role("button", name="Come in").click()
    expect(own.locator(".you .rename")).to_have_text("Rosamund")
    room.locator("textarea").fill("I was here.")
    room.locator("textarea").press("Enter")
    expect(other.locator(".message", has_text="I was here.")).to_be_visible()
    society.shell(
        f"{person}; from conversations.models import Message; "
        "from conversations.services import toggle_reaction; "
        "other = Message.objects.filter(character__isnull=False, conversation__channel_id=1); "
        "toggle_reaction(other.order_by('-pk').first().pk, one, '🐟')"
    )
    expect(other.locator(".chip", has_text="🐟")).to_contain_text("Rosamund")
    society.shell(
        f"{person}; from conversations.people.erasure import forget_person; "
        "from django.utils import timezone; forget_person(one, 'the person', timezone.now())"
    )
    named = ".name, .chip, .rename, .note, .typing b, .author"
    for page in (own, other):
        expect(page.locator(named, has_text="Rosamund")).to_have_count(0)
        expect(page.locator(".chip", has_text="🐟")).to_have_count(0)
    expect(room.get_by_label("Join the talk as")).to_be_visible()
    for context in contexts:
        context.close()


def test_a_room_that_closes_leaves_open_pages_with_all_that_was_said_there(
    chromium: Browser, society: Society
) -> None:
    room = "from conversations.models import Channel; one = Channel.objects.get(name='nook')"
    marked = "from conversations.rooms import look_who_watches; from django.utils import timezone; "
    marked += "from conversations.rooms import set_restricted"
    society.shell(
        "from conversations.models import Channel; from conversations.services import "
        "local_community, record_incoming; from tests.builders import make_person; "
        "nook = Channel.objects.create(community=local_community(), name='nook', mode='muted'); "
        "record_incoming(nook.pk, make_person(), 'Between us.')"
    )
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(society.url)
    page.get_by_role("tab", name="nook").click()
    expect(page.get_by_text("Between us.")).to_be_visible()
    society.shell(f"{room}; {marked}; set_restricted(one, True, timezone.now())")
    society.shell(f"{room}; {marked}; look_who_watches(one)")
    expect(page.get_by_text("Between us.")).to_have_count(0)
    expect(page.get_by_role("tab", name="nook")).to_have_count(0)
    expect(page.locator(".room.active")).to_be_visible()
    page.evaluate(RETURNS)
    expect(page.locator(".error:not(:empty)")).to_have_count(0)
    context.close()


def test_a_second_tab_knows_ones_own_lines(chromium: Browser, society: Society) -> None:
    context = chromium.new_context()
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.goto(society.url)
    for page in (first, second):
        room = page.locator(".room").first
        room.get_by_label("Join the talk as").fill("Wilhelmina")
        room.get_by_role("button", name="Come in").click()
        expect(page.locator(".you .rename")).to_have_text("Wilhelmina")
        if page is first:
            room.locator("textarea").fill("Said in the first.")
            room.locator("textarea").press("Enter")
            expect(second.locator(".message", has_text="Said in the first.")).to_be_attached()
    expect(second.locator(".message.own")).to_contain_text("Said in the first.")
    context.close()
