"""What a page must do beside the conversation: keys alone, several tabs, a line that breaks, strange texts."""

from dataclasses import replace
from pathlib import Path

import pytest
from browser.conftest import Open
from browser.test_first_minute import accessible, press, say
from channels.web.visitor import WebHouse
from journeys.two_weeks import november
from playwright.sync_api import expect

pytestmark = pytest.mark.slow


def test_keys_alone(open_page: Open) -> None:
    page = open_page()
    box = page.get_by_label("写一句话")
    expect(box).to_be_focused()
    page.keyboard.type("/ar")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == "c0"
    expect(options.first).to_have_attribute("aria-selected", "true")
    accessible(page)
    page.keyboard.press("Escape")
    expect(page.locator("#menu")).to_be_hidden()
    box.fill("")
    page.keyboard.type("/目录")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(".bot").last).to_contain_text("文章目录：5 篇")
    page.keyboard.type("文章 5")
    page.keyboard.press("Enter")
    article = page.locator(".article")
    expect(article).to_be_visible()
    # backwards from the box to the keys below the article: the last row, then 下一页
    button = article.get_by_role("button", name="下一页 ➡")
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if button.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(article.locator("h2")).to_contain_text("2/3")
    expect(article.get_by_role("button", name="下一页 ➡")).to_be_focused()  # the keyboard stays where it was
    page.keyboard.press("Enter")
    expect(article.locator("h2")).to_contain_text("3/3")
    assert article.evaluate("each => each.contains(document.activeElement)")
    page.evaluate("document.querySelector('.skip').focus()")
    page.keyboard.press("Enter")
    expect(box).to_be_focused()
    page.keyboard.type("一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("两行")
    assert box.input_value() == "一行\n两行"


def test_screen_readers_are_told(open_page: Open) -> None:
    page = open_page()
    say(page, "今日")
    log = page.get_by_role("log", name="对话")
    assert log.get_attribute("aria-live") == "polite"
    expect(log.get_by_role("article", name="我")).to_have_count(1)
    expect(log.get_by_role("article", name="每日一学")).to_have_count(1)
    expect(page.get_by_role("group", name="可以接着做")).to_have_count(1)
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


def test_two_tabs_say_the_same_and_only_one_holds_the_line(house: WebHouse, open_page: Open) -> None:
    one = open_page()
    two = open_page(beside=one)
    say(one, "今日")
    expect(two.locator(".bot")).to_contain_text("第 1/30 天")
    say(two, "订阅")
    expect(one.locator(".bot").last).to_contain_text("第 1/30 天")
    press(one, "✅ 已读")
    expect(two.locator(".bot").last).to_contain_text("已读 09:10")
    expect(two.locator("#toast")).to_have_text("")  # the notice is for who pressed
    house.now = november(24, 7, 52)
    for page in (one, two):
        expect(page.locator(".bot", has_text="第 2/30 天")).to_have_count(1, timeout=10_000)
    assert house.web.hub.count == 1
    two.close()
    say(one, "设置")
    house.now = november(25, 7, 52)
    expect(one.locator(".bot", has_text="第 3/30 天")).to_have_count(1, timeout=10_000)


def test_the_line_breaks_and_nothing_is_lost_or_doubled(house: WebHouse, open_page: Open) -> None:
    page = open_page()
    house.config = replace(
        house.config, web=replace(house.config.web, port=int(house.address.split(":")[2][:-1]))
    )
    say(page, "订阅")
    open_page.faults.clear()
    house.stop()
    expect(page.locator("#state")).to_contain_text("正在重连")
    box = page.get_by_label("写一句话")
    box.fill("设置")  # said while nobody listens
    box.press("Enter")
    expect(page.locator(".pending")).to_have_count(1)
    house.now = november(24, 9, 0)
    house.start()
    expect(page.locator(".bot", has_text="推送设置")).to_have_count(
        2, timeout=20_000
    )  # once offered, once said
    expect(page.locator(".bot", has_text="› 第 2/30 天")).to_have_count(1, timeout=20_000)
    expect(page.locator(".me", has_text="设置")).to_have_count(1)
    expect(page.locator("#state")).to_have_text("在线", timeout=20_000)
    open_page.faults[:] = [
        each
        for each in open_page.faults
        if "ERR_CONNECTION_REFUSED" not in each and "ERR_INCOMPLETE" not in each
    ]


EVIL = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"


def test_a_pack_and_a_message_with_markup_show_as_text(
    house: WebHouse, open_page: Open, tmp_path: Path
) -> None:
    from journeys.two_weeks import SHORT

    folder = tmp_path / "packs" / "zhongcai"
    for name, text in SHORT.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            text.replace("土要松", EVIL).replace("什么时候翻土", "<b onclick=alert(1)>翻土</b>"), "utf-8"
        )
    house.do(house.service._look())
    page = open_page()
    say(page, EVIL)
    expect(page.locator(".me .text")).to_have_text(EVIL)
    say(page, "/pack zhongcai")
    say(page, "今日")
    expect(page.locator(".bot").last).to_contain_text("<b onclick=alert(1)>翻土</b>")
    expect(page.locator(".bot").last).to_contain_text(EVIL)
    say(page, "文章 1")
    expect(page.locator(".article h2")).to_contain_text(EVIL)
    assert page.evaluate("window.hacked") is None
    assert page.locator("#log script, #log img, #log b[onclick]").count() == 0


def test_a_closed_door_says_how_to_get_in(house: WebHouse, open_page: Open) -> None:
    from journeys.people import AtTerminal

    link = next(line for line in AtTerminal(house).says("网页")[0].text.split("\n") if "#in=" in line)
    page = open_page()
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("html[data-ready]")
    assert "#" not in page.url  # the secret does not stay in the address
    say(page, "设置")
    expect(page.locator(".bot")).to_contain_text("送到：终端")
    other = open_page()
    other.goto("about:blank")
    other.goto(link)
    expect(other.locator("#toast")).to_contain_text("已经在另一个浏览器里用过了")
    open_page.faults[:] = [each for each in open_page.faults if "403" not in each]
