"""Takes the README's pictures of a society that runs: `python docs/images/make.py URL`.

What they show was said while it looked on: it joins as Ada, asks something in either room, and
waits for the talk to go on.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
CHROMIUM = "/usr/bin/chromium"
SIZE = {"width": 1280, "height": 780}
ASKED = (
    "Odile, does anybody know when the ferry comes?",
    "What can one see from the wall tonight?",
)
TALK_FOR_MS = 75_000


def main(url: str) -> None:
    """Talk, wait, and take a picture by day and one by night."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = _open(browser, url)
        page.locator(".join input").first.fill("Ada")
        page.locator(".join button").first.click()
        page.locator(".say textarea").first.wait_for(state="visible")
        page.wait_for_timeout(TALK_FOR_MS // 2)
        for room, text in zip(page.locator(".room").all(), ASKED, strict=False):
            room.locator("textarea").fill(text)
            room.locator("textarea").press("Enter")
            page.wait_for_timeout(TALK_FOR_MS // 4)
        page.mouse.move(5, 5)
        page.locator(".typing b").first.wait_for(timeout=30_000)
        for scheme, name in (("light", "tank.png"), ("dark", "tank-dark.png")):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.wait_for_timeout(600)
            page.evaluate("document.activeElement.blur()")
            page.screenshot(path=HERE / name)
        browser.close()


def _open(browser: Browser, url: str) -> Page:
    page = browser.new_context(viewport=SIZE).new_page()  # type: ignore[arg-type]
    page.goto(url)
    return page


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000/")
