"""Who gets in, by what, and what that makes of him."""

import json
import re
import socket
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from channels.web.visitor import Browser, WebHouse, config, open_house
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from journeys.people import AtTerminal
from journeys.two_weeks import BEGIN, november

from bot.channels.web import identity
from bot.channels.web.identity import Session
from bot.channels.web.server import DENIED, NO_DOOR
from bot.cli import main

LOCAL = ("localhost", "127.0.0.1", "[::1]")


def start(browser: Browser, **headers: str) -> httpx.Response:
    return browser.get("/api/start", headers=headers)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.mark.parametrize("host", LOCAL)
def test_on_this_machine_the_page_works_at_once(house: WebHouse, host: str) -> None:
    browser = house.browser(visit=False)
    port = house.address.rsplit(":", 1)[1].strip("/")
    answer = start(browser, host=f"{host}:{port}")
    assert answer.status_code == 200
    (cookie,) = answer.headers.get_list("set-cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


PROXY = [
    {"forwarded": "for=1.2.3.4"},
    {"x-forwarded-for": "1.2.3.4"},
    {"x-forwarded-proto": "https"},
    {"X-Forwarded-Anything": ""},
    {"x-real-ip": "1.2.3.4"},
    {"via": "1.1 proxy"},
]


@pytest.mark.parametrize("headers", PROXY, ids=[next(iter(each)) for each in PROXY])
def test_behind_a_proxy_nobody_is_anonymous(house: WebHouse, headers: dict[str, str]) -> None:
    browser = house.browser()  # has an anonymous cookie already
    answer = start(browser, **headers)
    assert (answer.status_code, answer.json()["error"]) == (401, NO_DOOR)
    assert "entries" not in answer.json()
    assert browser.post("/api/say", browser.body("今日"), **headers).status_code == 401
    assert browser.get("/api/stream", headers=headers).status_code == 401
    assert browser.get("/api/history?before=9", headers=headers).status_code == 401


FOREIGN = (
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.",
    "a@localhost",
    "localhost:x",
    "",
    "10.0.0.1",
    "[::2]",
)


@pytest.mark.parametrize("host", FOREIGN)
def test_another_host_is_misdirected(house: WebHouse, host: str) -> None:
    browser = house.browser()
    for path in ("/", "/api/start", "/healthz", "/static/app.js"):
        assert browser.get(path, headers={"Host": host}).status_code == 421


def test_a_public_address_asks_for_a_link_also_from_this_machine(tmp_path: Path) -> None:
    settings = config(tmp_path, port=free_port(), public_url="https://study.example/")
    with open_house(settings, BEGIN) as house:
        browser = house.browser()
        assert start(browser).status_code == 401
        assert start(browser, host="study.example").status_code == 401
        assert start(browser, host="other.example").status_code == 421
        assert house.address == "https://study.example/"
        cookie = start(house.browser(visit=False), host="study.example").headers["set-cookie"]
        assert "Secure" in cookie


def test_a_page_for_the_whole_net_asks_for_a_link(tmp_path: Path) -> None:
    with open_house(config(tmp_path, host="0.0.0.0"), BEGIN) as house:
        browser = house.browser(visit=False)
        assert start(browser).status_code == 401  # 127.0.0.1 is known, but not enough
        assert start(browser, host="192.0.2.7").status_code == 421  # not the address that was connected to
        assert browser.get("/healthz").status_code == 200


def test_a_proxy_that_forgets_its_headers_can_look_but_not_speak(house: WebHouse) -> None:
    """It passes the loopback Host on, as nginx does by itself; the browser still says where it is."""
    browser = house.browser()
    answer = browser.post("/api/say", browser.body("今日"), Origin="https://study.example")
    assert (answer.status_code, answer.json()["why"]) == (403, "foreign")


# ---------------------------------------------------------------- personal links


def link_of(text: str) -> str:
    found = re.search(r"\S+#in=\S+", text)
    assert found
    return found[0]


def test_web_in_the_terminal_opens_a_window_onto_the_same_person(house: WebHouse) -> None:
    terminal = AtTerminal(house)
    terminal.says("订阅 07:52")
    house.now = november(24, 8, 0)
    terminal.at(house.now)
    terminal.says("已读")
    (told,) = terminal.says("网页")
    lines = told.text.split("\n")
    assert lines[0] == "点开就是你自己的网页："
    assert lines[2] == "10 分钟内有效，只能在一个浏览器里用。不要发到群里。"
    assert lines[3] == "这个地址只在运行机器人的那台电脑上打得开。"
    browser = house.browser()
    assert browser.enter(link_of(told.text)).status_code == 200
    assert browser.says("今日")[-1].text == terminal.says("今日")[-1].text
    assert browser.says("今日")[-1].text.endswith("已读 08:00")
    assert "送到：终端" in browser.says("设置")[-1].text
    browser.says("时间 9点半")
    assert "每天 09:30" in terminal.says("设置")[-1].text
    history = json.dumps(house.do(house.service.call(everything, house)), ensure_ascii=False)
    assert "时间 9点半" in history  # the window's conversation is part of /mydata
    terminal.says("清除数据")
    terminal.presses("全部删除")
    browser.visit()
    assert browser.entries == []


def everything(house: WebHouse) -> object:
    from bot.store import members

    who = members.known(house.service.store, "terminal", "小林")
    assert who
    return members.everything(house.service.store, who)


def test_a_link_is_for_one_browser_and_ten_minutes(house: WebHouse) -> None:
    terminal = AtTerminal(house)
    link = link_of(terminal.says("网页")[0].text)
    first, second = house.browser(), house.browser()
    assert first.enter(link).status_code == 200
    assert first.enter(link).status_code == 200  # the same browser may come again
    denied = second.enter(link)
    assert (denied.status_code, denied.json()["error"]) == (403, DENIED["taken"])
    house.now += timedelta(minutes=11)
    assert first.enter(link).json()["error"] == DENIED["expired"]
    late = link_of(terminal.says("网页")[0].text)
    house.now += timedelta(minutes=11)
    assert second.enter(late).json()["error"] == DENIED["expired"]


def test_a_link_that_was_changed_opens_nothing(house: WebHouse) -> None:
    link = link_of(AtTerminal(house).says("网页")[0].text)
    browser = house.browser()
    head, _, signature = link.partition("#in=")[2].partition(".")
    for wrong in (
        "",
        ".",
        head,
        f"{head}.",
        f"{head}.AAAA",
        f"{head[:-2]}.{signature}",
        "é.ü",
        "x" * 5000,
        f"{signature}.{head}",
    ):
        answer = browser.post("/api/enter", {"token": wrong})
        assert (answer.status_code, answer.json()["error"]) == (403, DENIED["broken"]), wrong
    for wrong in (None, 1, ["a"], {}):
        assert browser.post("/api/enter", {"token": wrong}).status_code == 400
    assert (
        browser.post(
            "/api/enter", {"token": f"{head}.{signature}"}, Origin="https://evil.example"
        ).status_code
        == 403
    )
    assert browser.post("/api/enter", {"token": f"{head}.{signature}"}).status_code == 200


def test_the_operators_link_is_a_person_with_that_name(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["--data", str(tmp_path), "link", "小王"])
    assert ran.exit_code == 0, ran.output
    assert ran.output.startswith("http://127.0.0.1:8765/#in=")
    settings = config(tmp_path, port=free_port(), public_url="https://study.example")
    with open_house(settings, BEGIN) as house:
        # the server only hears from its proxy, which passes the public name on
        browser = house.browser(host="study.example")
        outside_tls(browser)
        token = {"token": ran.output.strip().partition("#in=")[2]}
        assert browser.post("/api/enter", token, Origin="https://study.example").status_code == 200
        outside_tls(browser)
        browser.visit()
        assert browser.csrf
        assert (
            browser.post("/api/say", browser.body("今日"), Origin="https://study.example").status_code == 200
        )
        rows = house.do(
            house.service.call(house.service.store.rows, "SELECT channel, user, name, admitted FROM members")
        )
        assert rows == [{"channel": "web", "user": "小王", "name": "小王", "admitted": 1}]
        assert (
            browser.post("/api/say", browser.body("今日"), Origin="http://study.example").status_code == 403
        )


def outside_tls(browser: Browser) -> None:
    """The proxy ends TLS: what the browser holds as secure goes on over plain HTTP."""
    for cookie in browser.client.cookies.jar:
        cookie.secure = False


@pytest.mark.parametrize("name", ["", "anon-1", "w-1", "a b", "a|b", "x" * 31, "a\x00"])
def test_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    ran = CliRunner().invoke(main, ["--data", str(tmp_path), "link", "--", name])
    assert ran.exit_code == 2
    assert "不能当名字" in ran.output


def test_without_a_page_web_says_so(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["--data", str(tmp_path), "chat", "--json"], input="网页\n".encode())
    assert (
        json.loads(ran.output)["text"]
        == "网页现在没有开。请让管理的人打开它，在那之前可以接着在这里看，例如：今日"
    )


def test_nobody_is_organiser_for_being_here(house: WebHouse, browser: Browser) -> None:
    assert browser.says("/announce 大家好")[-1].text == "没有“/announce”这个命令。想知道能做什么，请发：帮助"
    assert ["/announce", "公告"] not in browser.get("/api/start").json()["menu"]


# ---------------------------------------------------------------- cookies


def test_another_members_cookie_is_another_member_and_a_forged_one_is_nobody(house: WebHouse) -> None:
    mine, yours = house.browser(), house.browser()
    mine.says("收藏")
    assert yours.get("/api/start").json()["entries"] == []
    # with the cookie of one and the csrf word of the other nothing can be said
    assert mine.post("/api/say", mine.body("今日"), **{"X-CSRF": yours.csrf}).status_code == 403
    ((name, value),) = mine.client.cookies.items()
    payload, _, signature = value.partition(".")
    (other,) = yours.client.cookies.values()
    stranger = house.browser(visit=False)
    for forged in (
        f"{other.partition('.')[0]}.{signature}",
        payload,
        f"{payload}.",
        "x",
        "ü.ü",
        "." * 900,
        "a" * 3000,
    ):
        answer = stranger.get("/api/history?before=99", headers={"Cookie": f"{name}={forged}".encode()})
        assert answer.status_code == 401, forged


SECRET = b"s" * 32


@given(
    st.text(st.characters(exclude_characters="|", exclude_categories=["Cs"]), max_size=30),
    st.integers(11, 2**40),
)
def test_a_cookie_reads_back_until_it_expires(user: str, expires: int) -> None:
    session = Session(user, "b", expires)
    value = identity.sealed(session, SECRET)
    assert identity.unsealed(value, SECRET, expires - 1) == session
    assert identity.unsealed(value, SECRET, expires) is None
    assert identity.unsealed(value, b"t" * 32, 0) is None


@given(st.text(max_size=60))
def test_no_host_and_no_cookie_is_too_strange(text: str) -> None:
    assert identity.unsealed(text, SECRET, 0) is None
    host = identity.host_of(text)
    assert not host or set(host) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-_[]:")
