"""The newcomer's first minute in a browser, as he sees it: at a desk and on a phone, by day and by night.

With SHOTS=docs the screenshots of README are taken anew.
"""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.conftest import Open
from channels.web.visitor import WebHouse
from journeys.two_weeks import november
from playwright.sync_api import Page, expect

from bot.commands import COMMANDS

pytestmark = pytest.mark.slow
LOOKS = [
    pytest.param(1100, 780, "light", id="desktop-light"),
    pytest.param(1100, 780, "dark", id="desktop-dark"),
    pytest.param(390, 780, "light", id="phone-light"),
    pytest.param(390, 780, "dark", id="phone-dark"),
]


@pytest.mark.parametrize(("width", "height", "scheme"), LOOKS)
def test_the_first_minute(
    house: WebHouse, open_page: Open, tmp_path: Path, width: int, height: int, scheme: str
) -> None:
    page = open_page(width, height, color_scheme=scheme)
    shot = Shot(page, f"{'phone' if width < 500 else 'desktop'}-{scheme}", tmp_path)
    accessible(page)

    # subscribe, and the first card comes with it
    press(page, "开始")
    expect(page.locator(".bot").last).to_contain_text("你好，我是每日一学")
    press(page, "订阅 07:52")
    expect(page.locator(".bot").nth(1)).to_contain_text("已订阅：每天 07:52（Asia/Shanghai）。明天起送达")
    card = page.locator(".bot").last
    expect(card).to_contain_text("第 1/30 天")
    press(page, "✅ 已读")
    expect(page.locator("#toast")).to_contain_text("已读")
    expect(card).to_contain_text("已读 09:10")
    shot.take("card")  # with the notice
    expect(card.get_by_role("button").last).to_be_in_viewport(ratio=1)
    accessible(page)

    # today, and a question where there are questions
    say(page, "/today")
    expect(page.locator(".bot").last).to_contain_text("第 1/30 天")
    if any(command.name == "quiz" for command in COMMANDS):
        say(page, "答题")
        question = page.locator(".bot").last
        expect(question).to_contain_text("题")
        press(page, "不知道")
        expect(question).to_contain_text("正确答案")
        shot.take("quiz")

    # search, and the article at the paragraph
    say(page, "科技自立自强")
    found = page.locator(".bot").last
    expect(found.locator("mark").first).to_have_text("科技自立自强")
    press(page, "3")
    article = page.locator(".article").last
    expect(article.locator("h2")).to_contain_text("《壮大新质生产力的超强机遇》2/3")
    expect(article.locator("mark")).to_be_in_viewport()
    shot.take("article")
    accessible(page)
    before = page.locator(".bot").count()
    press(page, "下一页 ➡")
    expect(article.locator("h2")).to_contain_text("3/3")
    assert page.locator(".bot").count() == before  # turned in place

    # the push comes by itself, through the real scheduler
    page.evaluate("document.getElementById('log').scrollTo(0, 1e6)")
    house.now = november(24, 7, 52)
    page.clock.set_system_time(house.now)
    push = page.locator(".bot", has_text="第 2/30 天")
    expect(push).to_be_visible(timeout=10_000)
    expect(page.locator(".sep").last).to_have_text("今天")
    shot.take("push")
    accessible(page)

    # all of it stands after a reload, once
    texts = page.locator(".msg .text").all_inner_texts()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.locator(".msg .text").all_inner_texts() == texts
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def say(page: Page, text: str) -> None:
    box = page.get_by_label("写一句话")
    box.fill(text)
    box.press("Enter")
    expect(page.locator("#state")).to_have_text("在线")
    expect(page.locator(".pending")).to_have_count(0)


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).last.click()
    expect(page.locator("#state")).to_have_text("在线")
    expect(page.locator(".pending")).to_have_count(0)


def accessible(page: Page) -> None:
    """axe-core finds nothing serious."""
    found = Axe().run(page).response["violations"]
    serious = [
        (each["id"], [node["html"][:120] for node in each["nodes"]])
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]
    assert serious == []


class Shot:
    """A screenshot, small enough for a README."""

    def __init__(self, page: Page, look: str, folder: Path) -> None:
        self.page, self.look = page, look
        self.folder = Path(os.environ.get("SHOTS") or folder)

    def take(self, what: str) -> None:
        from PIL import Image

        path = self.folder / f"page-{what}-{self.look}.png"
        self.page.mouse.move(0, 0)
        self.page.screenshot(path=path)
        with Image.open(path) as image:
            small = image.convert("RGB").quantize(64, dither=Image.Dither.NONE)
        small.save(path, optimize=True)
        assert 3_000 < path.stat().st_size < 150_000
