"""Takes the pictures of the keeper's desk: `python docs/images/desk.py URL USER PASSWORD`.

They show a society that runs, as it is: nothing is made up for them. Run it when there has been
some talk (docs/images/make.py makes some).
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
CHROMIUM = "/usr/bin/chromium"
WIDE = {"width": 1360, "height": 850}
PHONE = {"width": 390, "height": 844}
# Name, where, by day or by night, wide or on a phone.
PICTURES = (
    ("desk", "/admin/", "light", WIDE),
    ("desk-dark", "/admin/", "dark", WIDE),
    ("desk-phone", "/admin/", "light", PHONE),
    ("desk-new-character", "/admin/acts/new-character/", "light", WIDE),
    ("desk-messages", "/admin/conversations/message/", "light", WIDE),
    ("desk-character", "CHARACTER#dataset-state", "light", WIDE),
    ("desk-memories", "CHARACTER#dataset-memories", "dark", WIDE),
    ("desk-costs", "/admin/audit/llmcall/costs/?days=1&price_in=0.15&price_out=0.6", "light", WIDE),
    ("desk-performance", "/admin/audit/llmcall/performance/?days=1", "light", WIDE),
    ("desk-why", "WHY", "light", WIDE),
    ("desk-settings", "/admin/audit/systemconfiguration/settings/director/", "light", WIDE),
)
TURNS = "/conversations/turn/"
DRAFT = {
    "name": "Wren",
    "identity": "Wren keeps the lamp and the log of the harbour. She trusts what she has seen.",
    "interests": "lamps\ntides\nother people's boats",
    "signature_phrases": "Mark my words.",
}


def main(url: str, user: str, password: str) -> None:
    """Sign in, and take one picture after the other."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = _signed_in(browser, url, user, password)
        somebody, spoken = _talkative(page, url), _spoken(page, url)
        for name, path, scheme, size in PICTURES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto("about:blank")  # so that an address with another tab is opened anew
            where = path.replace("CHARACTER", somebody).replace("WHY", spoken)
            page.goto(url.rstrip("/") + where)
            if name == "desk-new-character":
                _draft(page)
            page.wait_for_timeout(800)
            page.screenshot(path=HERE / f"{name}.png")
        browser.close()


def _signed_in(browser: Browser, url: str, user: str, password: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(url.rstrip("/") + "/admin/")
    page.fill("#id_username", user)
    page.fill("#id_password", password)
    page.click("[type=submit]")
    page.locator(".desk-society").wait_for()
    return page


def _talkative(page: Page, url: str) -> str:
    """The page of whoever has spoken most."""
    lists = url.rstrip("/") + "/admin/characters/"
    page.goto(lists + "characterstate/?o=-7")
    name = page.locator("#result_list a[href*='/change/']").first.inner_text()
    page.goto(f"{lists}character/?q={name}")
    href = page.locator("#result_list a[href*='/change/']").first.get_attribute("href") or ""
    return href.partition("?")[0]


def _spoken(page: Page, url: str) -> str:
    """Why the last line was said that came from memories."""
    base = url.rstrip("/")
    page.goto(base + "/admin/conversations/turnmemory/")
    first = page.locator("#result_list a[href*='/change/']").first
    page.goto(base + (first.get_attribute("href") or ""))
    turn = page.locator(f"#content a[href*='{TURNS}'][href*='/change/']").first
    return (turn.get_attribute("href") or "").partition("?")[0].replace("/change/", "/why/")


def _draft(page: Page) -> None:
    """Write down who it is to be, and have it say hello."""
    for field, text in DRAFT.items():
        page.fill(f"[name={field}]", text)
    page.click("[name=hello]")
    page.wait_for_timeout(1500)
    page.locator("#desk-hello:not(.waiting)").wait_for()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")


if __name__ == "__main__":
    main(*sys.argv[1:4])
