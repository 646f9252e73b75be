"""A real Chromium at the real page. Without one these tests are skipped, but never where CI=true."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from channels.web.visitor import WebHouse, config, open_house
from journeys.two_weeks import BEGIN
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not shutil.which(CHROMIUM):
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI needs {CHROMIUM}: apt-get install chromium")
        pytest.skip(f"no {CHROMIUM} on this machine: the page is not tried in a browser")
    with sync_playwright() as playwright:
        browser = _launched(playwright)
        yield browser
        browser.close()


def _launched(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    """The scheduler beats by itself here, only the time of day is the test's."""
    with open_house(config(tmp_path), BEGIN, tick_seconds=0.5) as opened:
        yield opened


@pytest.fixture
def open_page(chromium: Browser, house: WebHouse) -> Iterator[Open]:
    """Opens the page. Every fault in its script and every request to another host fails the test."""
    faults: list[str] = []
    contexts = []

    def asked(address: str) -> None:
        if urlsplit(address).hostname not in {"127.0.0.1", None}:
            faults.append(f"a request to {address}")

    def opened(width: int = 1100, height: int = 800, beside: Page | None = None, **look: object) -> Page:
        if beside:
            context = beside.context
        else:
            # The test's clock stands in November 2026 in Shanghai; so does the browser's.
            context = chromium.new_context(
                viewport={"width": width, "height": height},
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                reduced_motion="reduce",
                **look,
            )
            context.clock.install(time=house.now)
            contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: said.type == "error" and faults.append(said.text))
        page.on("request", lambda request: asked(request.url))
        page.goto(house.address)
        page.wait_for_selector("html[data-ready]")
        return page

    opened.faults = faults  # type: ignore[attr-defined]
    yield opened
    for context in contexts:
        context.close()
    assert faults == []
