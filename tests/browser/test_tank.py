"""The tank in a real browser, before a real society."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

from tests.browser.conftest import Society

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'"
)


@pytest.fixture
def page(chromium: Browser, society: Society) -> Iterator[Page]:
    """A page that complains at the end of any error in its scripts."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def join(page: Page, name: str) -> None:
    room = page.locator(".room").first
    room.get_by_label("Join the talk as").fill(name)
    room.get_by_role("button", name="Come in").click()
    expect(page.locator(".you .rename")).to_have_text(name)


def say(page: Page, text: str) -> None:
    field = page.locator(".room").first.locator("textarea")
    field.fill(text)
    field.press("Enter")


def numbers(page: Page) -> dict[str, list[int]]:
    """The numbers of the messages shown in the first room, by conversation."""
    rows = page.locator(".room").first.locator(".message")
    found: dict[str, list[int]] = {}
    script = "rows => rows.map(r => [r.dataset.conversation, Number(r.dataset.number)])"
    for conversation, number in rows.evaluate_all(script):
        found.setdefault(conversation, []).append(number)
    return found


def assert_whole(page: Page) -> None:
    """Every conversation shown runs on without a gap, each message once."""
    for shown in numbers(page).values():
        assert shown == list(range(shown[0], shown[0] + len(shown)))


def test_it_shows_the_first_words_and_says_which_voice(page: Page, society: Society) -> None:
    page.goto(society.url)
    expect(page.locator(".voice")).to_contain_text("Offline voice: improvised, no language model")
    expect(page.locator(".cast [data-slug]")).not_to_have_count(0)
    expect(page.locator(".message.character").first).to_be_visible()


def test_a_person_joins_and_is_answered(page: Page, society: Society) -> None:
    page.goto(society.url)
    room = page.locator(".room").first
    room.get_by_label("Join the talk as").fill("Odile")
    room.get_by_role("button", name="Come in").click()
    expect(room.locator(".join .error")).to_contain_text("is one of the characters")
    join(page, "Ada")
    say(page, "Odile, may one sit here?")
    asked = room.locator(".message.own").filter(has_text="may one sit here?")
    expect(asked).to_have_count(1)
    expect(room.locator(".pending .unsent")).to_have_count(0)
    answer = room.locator(".message.character").filter(has_text="may one sit here?")
    expect(answer.locator(".name")).to_have_text("Odile", timeout=30_000)
    why = answer.locator(".why").get_attribute("href")
    page.goto(society.url.rstrip("/") + str(why))
    expect(page.get_by_role("heading", level=1)).to_have_text("Why Odile spoke")
    expect(page.locator(".lead")).to_have_text("A person spoke to it.")


def test_who_would_join_before_the_connection_is_there_joins_when_it_is(
    page: Page, society: Society
) -> None:
    is_there: list[bool] = []

    def connect(socket: WebSocketRoute) -> None:
        if is_there:
            socket.connect_to_server()
        else:
            socket.close()

    page.route_web_socket(re.compile("/live/$"), connect)
    page.goto(society.url)
    room = page.locator(".room").first
    room.get_by_label("Join the talk as").fill("Nils")
    room.get_by_role("button", name="Come in").click()
    expect(room.locator(".join .error")).to_have_text(re.compile("You come in when it is there"))
    is_there.append(True)
    expect(page.locator(".you .rename")).to_have_text("Nils", timeout=20_000)


def test_a_script_is_shown_as_text(page: Page, society: Society) -> None:
    page.goto(society.url)
    join(page, "Mallory")
    text = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
    say(page, text)
    shown = page.locator(".room").first.locator(".message.own .text").last
    expect(shown).to_have_text(text)
    page.reload()
    expect(page.locator(".message.own .text").last).to_have_text(text)
    expect(page).to_have_title("Fishbowl: the tank")
    assert page.locator(".message img, .message script").count() == 0


def test_at_sign_offers_the_characters(page: Page, society: Society) -> None:
    page.goto(society.url)
    join(page, "Cleo")
    field = page.locator(".room").first.locator("textarea")
    field.press_sequentially("@od")
    expect(page.get_by_role("option", name="Odile")).to_be_visible()
    field.press("Enter")
    expect(field).to_have_value("@Odile, ")


def test_a_killed_web_process_costs_no_message(page: Page, society: Society) -> None:
    page.goto(society.url)
    join(page, "Ben")
    say(page, "Before the break.")
    expect(page.locator(".message.own").filter(has_text="Before the break.")).to_have_count(1)
    society.kill_web()
    say(page, "In the midst of it.")
    expect(page.locator(".banner.away")).to_be_visible()
    society.await_web()
    expect(page.locator(".banner.away")).to_be_hidden(timeout=30_000)
    say(page, "After the break.")
    for text in ("Before the break.", "In the midst of it.", "After the break."):
        shown = page.locator(".room").first.locator(".message.own").filter(has_text=text)
        expect(shown).to_have_count(1, timeout=20_000)
    expect(page.locator(".pending .unsent")).to_have_count(0)
    assert_whole(page)
    before = numbers(page)
    page.reload()
    for conversation, rows in numbers(page).items():
        shown = [n for n in before.get(conversation, []) if n >= rows[0]]
        assert shown == rows[: len(shown)]


def test_letters_outlive_a_reload(page: Page, society: Society) -> None:
    page.goto(society.url)
    join(page, "Dora")
    web = society.pause_web()
    say(page, "Written while nobody listened.")
    expect(page.locator(".unsent")).to_contain_text("Written while nobody listened.")
    web.resume()
    page.reload()
    shown = page.locator(".message").filter(has_text="Written while nobody listened.")
    expect(shown.locator("nth=0")).to_be_visible(timeout=20_000)
    own = page.locator(".room").first.locator(".message.own")
    expect(own.filter(has_text="Written while nobody listened.")).to_have_count(1)


def test_a_pause_is_seen_at_once(page: Page, society: Society) -> None:
    page.goto(society.url)
    banner = page.locator(".banner.paused")
    expect(page.locator(".now-talk").first).to_be_attached()
    expect(banner).to_be_hidden()
    said = "from audit.configuration.configuration import pause_society; pause_society({})"
    society.shell(said.format(True))
    expect(banner).to_be_visible()
    society.shell(said.format(False))
    expect(banner).to_be_hidden()


MEND = (
    "from conversations.corrections import *; from conversations.models import Message; "
    "pk = lambda text: Message.objects.get(content=text).pk; "
)


def test_what_is_edited_or_removed_changes_on_the_page(page: Page, society: Society) -> None:
    page.goto(society.url)
    join(page, "Fay")
    own = page.locator(".room").first.locator(".message.own")
    for text in ("Leave this.", "Mend this."):
        say(page, text)
        expect(own.filter(has_text=text)).to_have_count(1)
    kept = own.last
    expect(kept.locator(".edited")).to_be_hidden()
    society.shell(MEND + "edit_message(pk('Mend this.'), 'Mended.')")
    expect(kept.locator(".text")).to_have_text("Mended.")
    expect(kept.locator(".edited")).to_be_visible()
    society.shell(MEND + "remove_message(pk('Leave this.'))")
    gone = own.filter(has_text="This message was removed.")
    expect(gone).to_have_count(1)
    expect(page.get_by_text("Leave this.")).to_have_count(0)  # nor is it quoted
    page.reload()
    expect(gone).to_have_count(1)
    expect(kept.locator(".edited")).to_be_visible()


def test_what_was_mended_while_away_is_found_on_return(page: Page, society: Society) -> None:
    is_away: list[bool] = []

    def connect(socket: WebSocketRoute) -> None:
        if is_away:
            socket.close()
        else:
            socket.connect_to_server()

    page.route_web_socket(re.compile("/live/$"), connect)
    page.goto(society.url)
    join(page, "Gil")
    own = page.locator(".room").first.locator(".message.own")
    say(page, "Said before I left.")
    expect(own).to_have_count(1)
    is_away.append(True)
    page.evaluate("dispatchEvent(new Event('pagehide'))")  # ends the socket
    expect(page.locator(".banner.away")).to_be_visible()
    society.shell(MEND + "edit_message(pk('Said before I left.'), 'Mended while away.')")
    expect(own.locator(".text")).to_have_text("Said before I left.")
    is_away.clear()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(own.locator(".text")).to_have_text("Mended while away.", timeout=20_000)


def test_silence_has_it_ask_for_what_was_lost(page: Page, society: Society) -> None:
    """A line that stays silent is asked for what was missed, not only whether it is there."""
    asked: list[str] = []

    def silent(socket: WebSocketRoute) -> None:
        socket.on_message(lambda frame: asked.append(json.loads(frame)["type"]))

    page.clock.install()
    page.route_web_socket(re.compile("/live/$"), silent)
    page.goto(society.url)
    expect(page.locator(".room").first).to_be_visible()
    while "watch" not in asked:
        page.wait_for_timeout(20)
    asked.clear()
    page.clock.run_for(24_000)
    while not asked:
        page.wait_for_timeout(20)
    assert asked == ["watch"]


def test_it_breaks_no_strict_policy(chromium: Browser, society: Society) -> None:
    context = chromium.new_context()
    page = context.new_page()
    breaches: list[str] = []
    page.on("console", lambda line: breaches.append(line.text) if "Policy" in line.text else None)

    def strictly(route: Route) -> None:
        response = route.fetch()
        headers = {**response.headers, "content-security-policy": POLICY}
        route.fulfill(response=response, headers=headers)

    page.route(society.url + "**", strictly)
    for path in ("", "characters/odile/"):
        page.goto(society.url + path)
        page.wait_for_timeout(500)
    context.close()
    assert breaches == []


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1440])
def test_nothing_sticks_out_at_any_width(chromium: Browser, society: Society, width: int) -> None:
    society.shell(
        "from characters.models import Character, LearningEvent; "
        "from django.utils import timezone; "
        "LearningEvent.objects.get_or_create(character=Character.objects.get(slug='odile'), "
        "learning_event='It thinks otherwise.', learning_type='relationship', "
        "before_state='The ferry is late. ' * 4, after_state='The ferry is delayed. ' * 4, "
        "defaults={'learning_date': timezone.now()})"
    )
    context = chromium.new_context(viewport={"width": width, "height": 740})
    page = context.new_page()
    page.goto(society.url)
    expect(page.locator(".message").first).to_be_attached()
    why = page.locator(".why").first.get_attribute("href")
    for path in ("", "characters/odile/", str(why).lstrip("/")):
        page.goto(society.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_rooms_are_tabs_on_a_phone(chromium: Browser, society: Society) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(society.url)
    first, second = page.get_by_role("tab").all()
    expect(page.locator(".room").nth(1)).to_be_hidden()
    first.press("ArrowRight")
    expect(second).to_have_attribute("aria-selected", "true")
    expect(page.locator(".room").nth(0)).to_be_hidden()
    expect(page.locator(".room").nth(1)).to_be_visible()
    context.close()


def test_it_can_be_read_without_scripts(chromium: Browser, society: Society) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(society.url)
    expect(page.locator(".message").first).to_be_visible()
    expect(page.locator(".cast .mood").first).to_be_visible()
    expect(page.locator(".why").first).to_be_visible()
    context.close()


CONTRAST = """
() => {
  const canvas = document.createElement("canvas"); canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const rgba = (colour, under) => {
    pen.clearRect(0, 0, 1, 1);
    if (under) { pen.fillStyle = under; pen.fillRect(0, 0, 1, 1); }
    pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const linear = (v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => [r, g, b].map(linear).reduce(
    (sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (rgba(colour)[3] > 250) return colour;
    }
    return getComputedStyle(document.documentElement).backgroundColor;
  };
  const poor = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || element.closest(".face, .unseen, .skip")) continue;
    if (!element.checkVisibility({ checkOpacity: true })) continue;
    const back = behind(element);
    const [a, b] = [light(rgba(getComputedStyle(element).color, back)), light(rgba(back))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) poor.add(`${element.className || element.tagName} ${ratio.toFixed(2)}`);
  }
  return [...poor];
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(chromium: Browser, society: Society, scheme: Any) -> None:
    context = chromium.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(society.url)
    expect(page.locator(".message").first).to_be_attached()
    why = page.locator(".why").first.get_attribute("href")
    for path in ("", "characters/odile/", str(why).lstrip("/")):
        page.goto(society.url + path)
        assert page.evaluate(CONTRAST) == []
    context.close()


def test_everything_is_named_for_those_who_do_not_see(page: Page, society: Society) -> None:
    page.goto(society.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the talk")).to_be_focused()
    for role in ("banner", "main", "complementary"):
        expect(page.get_by_role(role)).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to writing")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Join the talk as").first).to_be_focused()
    expect(page.get_by_role("list", name="Messages in the-lantern")).to_be_visible()
    nameless = (
        "all => all.filter(x => x.checkVisibility()"
        " && !(x.textContent.trim() || x.ariaLabel)).length"
    )
    assert page.locator("button, a").evaluate_all(nameless) == 0
    join(page, "Eve")
    expect(page.locator("textarea").first).to_have_accessible_name(re.compile("Say something in"))
    row = page.locator(".message.character").first
    name, text = (row.locator(part).inner_text() for part in (".name", ".text"))
    for act in ("Reply", "React"):
        button = row.get_by_role("button", name=f"{act} to {name}")
        expect(button).to_have_accessible_description(text.strip())


def test_who_does_not_see_hears_what_is_said_and_nothing_else(
    page: Page, chromium: Browser, society: Society
) -> None:
    """Of the room that they are in, without the buttons and days that stand around it, and once."""
    page.goto(society.url)
    join(page, "Una")
    spoken, other = (page.locator(".room").nth(at).locator(".spoken") for at in (0, 1))
    context = chromium.new_context()
    theirs = context.new_page()
    theirs.goto(society.url)
    join(theirs, "Ove")
    say(page, "A line of one's own.")
    say(theirs, "Is the kettle on?")
    said = spoken.locator("p").filter(has_text="Ove:")
    expect(said).to_have_text(["Ove: Is the kettle on?"])
    expect(page.locator(".message", has_text="A line of one's own.").first).to_be_attached()
    expect(spoken).not_to_contain_text("A line of one's own.")
    expect(spoken).to_have_attribute("aria-live", "polite")
    assert page.locator(".log").evaluate_all("all => all.some(one => one.ariaLive)") is False
    expect(other).to_be_empty()
    context.close()
