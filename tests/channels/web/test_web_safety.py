"""What comes from outside and is not meant well, or is broken: each a clear no, and the others never notice."""

import json
import re
import socket
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from channels.web.visitor import Browser, WebHouse, config, open_house
from journeys.two_weeks import BEGIN

from bot.channels.web.hub import OF_ONE
from bot.channels.web.server import NOT_OURS, TOO_LONG, TOO_MANY_PAGES
from bot.limiter import Limiter


def refused(answer: object) -> tuple[int, str]:
    return answer.status_code, answer.json()["why"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1", "-", "file://"]
)
def test_a_forged_origin(browser: Browser, origin: str) -> None:
    assert refused(browser.post("/api/say", browser.body("今日"), Origin=origin)) == (403, "foreign")
    browser.visit()
    assert browser.entries == []


def test_without_origin_the_browsers_own_word_counts(browser: Browser) -> None:
    said = browser.post("/api/say", browser.body("今日"), Origin="-", **{"Sec-Fetch-Site": "same-origin"})
    assert said.status_code == 200
    for site in ("cross-site", "same-site", "none"):
        answer = browser.post("/api/say", browser.body("今日"), Origin="-", **{"Sec-Fetch-Site": site})
        assert answer.status_code == 403


@pytest.mark.parametrize("word", ["-", "", "x", "é"])
def test_without_the_csrf_word_nothing_is_done(browser: Browser, word: str) -> None:
    answer = browser.post(
        "/api/say", browser.body("今日"), **{"X-CSRF": word.encode("utf-8") if word == "é" else word}
    )
    assert (answer.status_code, answer.json()["error"]) == (403, NOT_OURS)


def test_a_form_of_another_site_cannot_speak(browser: Browser) -> None:
    kind = {"Content-Type": "text/plain"}
    assert refused(browser.post("/api/say", browser.body("今日"), **kind)) == (400, "unreadable")


BROKEN = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"\xff\xfe",
    b"{}",
    b"[" * 60_000,
    b'{"text": 1}',
    b'{"text":NaN}',
]


@pytest.mark.parametrize("body", BROKEN, ids=[repr(each[:9]) for each in BROKEN])
def test_broken_bodies(browser: Browser, body: bytes) -> None:
    assert refused(browser.post("/api/say", body)) == (400, "unreadable")
    assert browser.says("今日")


WRONG = [
    {"text": None},
    {"text": ["今日"]},
    {"key": ""},
    {"key": "a/b" * 5},
    {"key": "x" * 65},
    {"pressed": "1"},
    {"pressed": "1.0; DROP TABLE"},
    {"label": 5},
    {"after": -1},
    {"after": True},
    {"after": "0"},
    {"after": 2**60},
]


@pytest.mark.parametrize("change", WRONG, ids=[json.dumps(each)[:24] for each in WRONG])
def test_wrong_fields(browser: Browser, change: dict[str, object]) -> None:
    assert refused(browser.post("/api/say", {**browser.body("今日"), **change})) == (400, "unreadable")


def test_empty_long_and_strange_messages(browser: Browser) -> None:
    assert browser.post("/api/say", browser.body(" \n")).json()["error"] == "这条是空的，没有发出。"
    assert refused(browser.post("/api/say", browser.body("字" * 20_001))) == (413, "long")
    (told,) = browser.says("字" * 10_000)
    assert told.text.startswith("这条有 10000 字，搜索只看 200 字以内的。")
    surrogate = json.dumps(browser.body("\ud800今日")).encode()
    assert browser.post("/api/say", surrogate).status_code == 200
    assert browser.says("\x00\x1b[31m\u202e")
    assert refused(browser.post("/api/say", browser.body("今日", label="x" * 101))) == (413, "long")


def test_a_message_of_a_megabyte(browser: Browser) -> None:
    answer = browser.post("/api/say", browser.body("x" * 1_000_000))
    assert (answer.status_code, answer.json()["error"]) == (413, TOO_LONG)
    assert browser.says("今日")


@pytest.mark.slow
def test_ten_thousand_messages_a_minute(tmp_path: Path) -> None:
    """The first thirty are answered, the rest is held back without the database; another one is served at once."""
    with open_house(config(tmp_path), BEGIN, limiter=Limiter()) as house:
        flooder, other = house.browser(), house.browser()
        codes: dict[int, int] = {}
        for _ in range(500):
            code = flooder.post("/api/say", flooder.body("/foo")).status_code
            codes[code] = codes.get(code, 0) + 1
            if not sum(codes.values()) % 100:
                assert other.says("今日")
        assert set(codes) == {200, 429}
        assert codes[429] > 100
        flooder.messages, flooder.last = {}, 0
        answered = house.do(
            house.service.call(house.service.store.rows, "SELECT 1 FROM history WHERE said = '/foo'")
        )
        assert len(answered) == 30


def test_two_hundred_streams_of_one_browser(house: WebHouse, browser: Browser) -> None:
    host, port = browser.address.removeprefix("http://").split(":")
    cookie = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
    request = f"GET /api/stream HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode()
    open_: list[socket.socket] = []
    try:
        for n in range(200):
            open_.append(socket.create_connection((host, int(port))))
            open_[-1].sendall(request)
            if n == OF_ONE - 1:
                assert [int(each.recv(4096)[9:12]) for each in open_] == [200] * OF_ONE
                assert browser.get("/api/stream").json()["error"] == TOO_MANY_PAGES
        codes = [int(each.recv(4096)[9:12]) for each in open_[OF_ONE:]]
        assert set(codes) == {429}
        assert house.web.hub.count == OF_ONE
        other = house.browser()
        assert other.says("今日")
        assert other.news() == []
    finally:
        for each in open_:
            each.close()


def raw(address: str, *pieces: bytes, half: bool = True) -> bytes:
    """What comes back; half: nothing more will be sent."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        for piece in pieces:
            line.sendall(piece)
        answer = b""
        with suppress(ConnectionError, OSError):  # cut off is an answer, too
            if half:
                line.shutdown(socket.SHUT_WR)
            while piece := line.recv(65536):
                answer += piece
        return answer


FRAMES = [
    b"\x16\x03\x01\x02\x00\x01\x00",  # a TLS hello
    b"GARBAGE\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    b"POST /api/say HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /api/say HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
    b"POST /api/say HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc",
    b"GET /api/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\xff",
]


@pytest.mark.parametrize("frame", FRAMES, ids=[repr(each[:18]) for each in FRAMES])
def test_broken_frames(browser: Browser, frame: bytes) -> None:
    answer = raw(browser.address, frame)
    assert not answer or re.match(rb"HTTP/1\.1 4\d\d ", answer), answer[:60]
    assert browser.says("今日")


PATHS = [
    "/static/../../bot.db",
    "/static/%2e%2e/%2e%2e/config.toml",
    "/static/..%2f..%2fserver.py",
    "/static/__init__.py",
    "/static//etc/passwd",
    "/static/%00",
    "/api/file/1/0/documents/..%2f..%2fbot.db",
    "/api/file/99999999999999999999/0/images/0",
    "/.git/config",
    "/bot.db",
]


@pytest.mark.parametrize("path", PATHS)
def test_paths_lead_nowhere(browser: Browser, path: str) -> None:
    answer = raw(
        browser.address,
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode(),
        half=False,
    )
    assert re.match(rb"HTTP/1\.1 (404|401) ", answer), answer[:60]
    assert browser.get(path).status_code == 404


def test_every_answer_forbids_what_is_not_needed(browser: Browser) -> None:
    for path in ("/", "/static/app.js", "/api/start", "/nothing", "/healthz"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "access-control-allow-origin" not in headers
    assert "<script>" not in browser.get("/").text


def test_only_the_methods_that_are_meant(browser: Browser) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert browser.client.request(method, f"{browser.address}/api/say").status_code == 404
    assert browser.get("/api/say").status_code == 404


def test_no_request_leaves_the_machine_and_the_first_view_is_small(browser: Browser) -> None:
    page = browser.get("/")
    names = set(re.findall(r'(?:src|href)="(static/[^"]+)"', page.text))
    parts = {name: browser.get(f"/{name}") for name in names}
    for text in (page.text, *(part.text for part in parts.values())):
        assert not re.findall(r"""(?:src|href|import|url\(|from)\s*[=(]?\s*["'](?:https?:)?//""", text)
    imported = {
        f"static/{name}" for part in parts.values() for name in re.findall(r'from "\./(\w+\.js)"', part.text)
    }
    assert imported <= names  # everything is preloaded
    size = (
        len(page.content)
        + sum(len(part.content) for part in parts.values())
        + len(browser.get("/api/start").content)
    )
    assert size < 60_000
    again = browser.get("/static/app.js", headers={"If-None-Match": parts["static/app.js"].headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.slow
def test_health_and_figures(tmp_path: Path) -> None:
    with open_house(config(tmp_path, metrics=True), BEGIN) as house:
        browser = house.browser()
        browser.says("订阅 07:52")
        browser.says("我的秘密")
        assert (browser.get("/healthz").status_code, browser.get("/healthz").text) == (200, "ok\n")
        with browser.stream() as events:
            events.until_quiet()
            text = browser.get("/metrics").text
        for line in (
            "study_web_pages 1.0",
            "study_active_subscriptions 1.0",
            "study_web_answer_seconds_count 2.0",
            "study_healthy 1.0",
        ):
            assert line in text.splitlines()
        assert "秘密" not in text
        assert "anon" not in text
        house.do(stopped(house))
        ill = browser.get("/healthz")
        assert (ill.status_code, ill.text) == (503, "渠道 telegram 停了：令牌不对\n")
        gate = threading.Event()
        house.service._writer.submit(gate.wait)
        try:
            ill = browser.get("/healthz")
        finally:
            gate.set()
        assert (ill.status_code, ill.text) == (503, "数据库 2 秒没有应答\n")
    with open_house(config(tmp_path), BEGIN) as house:
        assert house.browser().get("/metrics").status_code == 404


async def stopped(house: WebHouse) -> None:
    from bot.store import housekeeping

    await house.service.call(housekeeping.stop_channel, house.service.store, "telegram", "令牌不对")


def test_a_push_that_stands_still_is_not_healthy(house: WebHouse) -> None:
    browser, service = house.browser(), house.service
    service.tick_seconds = 10
    for _ in range(50):  # the first beat of the scheduler may still come in between
        service.ticked = service._main.time() - 61
        if (told := browser.get("/healthz")).status_code == 503:
            break
    assert told.text.startswith("推送停了：61 秒")
    house.tick()
    assert browser.get("/healthz").text == "ok\n"
