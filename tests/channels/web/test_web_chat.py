"""The conversation at the page: what is said, pressed, pushed and read again."""

import asyncio
import socket
import threading
from datetime import timedelta
from pathlib import Path

from channels.web.visitor import Browser, WebHouse, config, open_house
from journeys.people import AtTerminal
from journeys.two_weeks import BEGIN, november

from bot.limiter import Limiter
from bot.messages import Address, Reply, rich, say
from bot.store import history

SAID = (
    "你好",
    "今日",
    "目录",
    "5",
    "下一页",
    "科技自立自强",
    "3",
    "术语 TFP",
    "设置",
    "/foo",
    "质" * 300,
    "<b>&amp;",
)


def test_terminal_and_page_say_the_same(house: WebHouse, browser: Browser) -> None:
    terminal = AtTerminal(house)
    for text in SAID:
        there = [each.text for each in terminal.says(text)]
        here = [each.text for each in browser.says(text)]
        assert [each.replace("终端", "网页") for each in there] == here, text


def test_a_page_is_turned_in_place_and_a_reload_shows_it_turned(browser: Browser) -> None:
    (first,) = browser.says("文章 5")
    assert first.raw["article"]
    (second,) = browser.presses("下一页 ➡")
    assert (second.id, second.text.split("\n")[0]) == (first.id, "《壮大新质生产力的超强机遇》2/3")
    before = {key: each.text for key, each in browser.messages.items()}
    browser.visit()
    assert {key: each.text for key, each in browser.messages.items()} == before
    assert len(before) == 1


def test_reading_is_noted_with_a_notice_and_the_card_changes(browser: Browser) -> None:
    browser.says("订阅")
    (card,) = browser.presses("✅ 已读")
    assert "已读" in browser.toasts[-1]
    assert card.text.endswith("已读 09:10")
    assert "✅ 已读" not in card.seen.labels


def test_a_question_is_answered_where_it_stands_and_only_once(browser: Browser) -> None:
    browser.says("今日")
    (asked,) = browser.says("答题")
    answer = next(says for row in asked.rows for label, says in row if label in {"A", "对"})
    (told,) = browser.says(answer, asked.id, "A")
    assert told.id == asked.id
    assert "依据：" in told.text
    assert browser.says(answer, asked.id, "A") == []
    assert browser.toasts[-1] == "这题已结束"
    browser.visit()
    assert browser.messages[asked.id].text == told.text


def test_hits_are_marked_and_open_their_place(browser: Browser) -> None:
    (found,) = browser.says("/search 科技自立自强")
    assert ["科技自立自强", "mark"] in found.raw["text"]
    (place,) = browser.presses("3")
    assert place.raw["article"]
    assert any("科技自立自强" in run[0] for run in place.raw["text"] if run[1:] == ["mark"])


def test_markup_in_a_message_stays_text(browser: Browser) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    answer = browser.post("/api/say", browser.body(evil))
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["entries"][0]["said"] == evil
    assert browser.get("/api/start").headers["x-content-type-options"] == "nosniff"


def test_the_same_key_again_is_handled_once(browser: Browser) -> None:
    body = browser.body("收藏")
    first, again = (browser.post("/api/say", body).json() for _ in range(2))
    assert first["entries"] == again["entries"]
    assert len(first["entries"]) == 1


def test_a_push_arrives_live_in_every_tab_and_once_after_a_reload(house: WebHouse, browser: Browser) -> None:
    browser.says("订阅 07:52")
    with browser.stream() as one, browser.stream() as two:
        house.now = november(24, 7, 52)
        house.tick()
        assert one.next() == two.next()
    (card,) = browser.news()
    assert card.text.startswith("新质生产力：五篇材料三十天 › 第 2/30 天")
    browser.visit()
    assert sum("第 2/30 天" in each.text for each in browser.messages.values()) == 1
    assert browser.news() == []
    (why,) = browser.says("没收到")
    assert why.text.startswith("今天的已送达：07:52")


def test_what_was_said_in_one_tab_is_told_to_the_other(house: WebHouse, browser: Browser) -> None:
    other = house.browser(visit=False)
    other.client.cookies = browser.client.cookies
    other.visit()
    with other.stream() as events:
        browser.says("今日")
        entry = events.next()
    assert entry["said"] == "今日"
    assert entry["replies"][0]["text"]


def test_a_line_that_broke_goes_on_after_the_last_id(house: WebHouse, browser: Browser) -> None:
    for text in ("今日", "目录", "设置"):
        browser.says(text)
    entries = [entry["id"] for entry in browser.entries]
    with browser.client.stream(
        "GET", f"{browser.address}/api/stream?after=0", headers={"Last-Event-ID": str(entries[0])}
    ) as answer:
        lines = answer.iter_lines()
        ids = [int(line[4:]) for line in (next(lines) for _ in range(9)) if line.startswith("id: ")]
    assert ids == entries[1:]


def test_older_exchanges_are_fetched_in_stretches(browser: Browser) -> None:
    for n in range(25):
        browser.says(f"/term {n}")
    found = browser.get("/api/start").json()
    assert found["more"]
    before = browser.get("/api/history", params={"before": found["entries"][0]["id"]}).json()
    assert [entry["said"] for entry in before["entries"] + found["entries"]] == [
        f"/term {n}" for n in range(25)
    ]
    assert not before["more"]
    for wrong in ("", "-1", "x", "9" * 40):
        assert browser.get("/api/history", params={"before": wrong}).status_code == 400


def test_who_slept_through_a_thousand_messages_gets_them_all(house: WebHouse, browser: Browser) -> None:
    """A reader that takes nothing holds up nobody, and nothing piles up for it but the history."""
    browser.says("今日")
    address = Address("web", browser.entries[0]["replies"] and user_of(house))
    store = house.service.store

    def fill() -> None:
        with store.writing():
            for n in range(1000):
                history.add(store, address, None, [say(f"{n} " + "字" * 500)], house.now, seen=True)

    host, port = browser.address.removeprefix("http://").split(":")
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect((host, int(port)))
    cookie = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
    slow.sendall(
        f"GET /api/stream?after={browser.last} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode()
    )
    assert slow.recv(10)
    house.do(house.service.call(fill))
    house.service._main.call_soon_threadsafe(house.web.hub.arrived, address.chat)
    assert browser.says("设置")[-1].text.startswith("推送设置")  # while the slow one does not read
    slow.settimeout(20)
    read = b""
    while b"data: " not in read or b'"999 ' not in read:
        piece = slow.recv(65536)
        assert piece, "the stream was cut"
        read += piece
    slow.close()
    numbers = [int(part.split(b" ")[0]) for part in read.split(b'[["')[1:] if part.split(b" ")[0].isdigit()]
    assert numbers == list(range(1000))


def user_of(house: WebHouse) -> str:
    rows = house.do(
        house.service.call(house.service.store.rows, "SELECT user FROM members WHERE channel = 'web'")
    )
    return str(rows[0]["user"])


def test_files_of_ones_own_messages_and_of_nobody_elses(
    house: WebHouse, browser: Browser, tmp_path: Path
) -> None:
    found = browser.says("我的数据")[-1]
    assert [name for _, name in found.raw["documents"]] == [
        "网页" + found.raw["documents"][0][1][2:],
        found.raw["documents"][1][1],
    ]
    address = "/" + found.raw["documents"][1][0]
    page = browser.get(address)
    assert page.headers["content-disposition"].startswith("attachment")
    assert page.headers["content-type"] == "application/octet-stream"
    assert "我的数据" in page.text
    other = house.browser()
    assert other.get(address).status_code == 404
    for wrong in (
        address[:-1] + "9",
        address.replace("documents", "images"),
        address.replace("documents", "x"),
    ):
        assert browser.get(wrong).status_code == 404
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    reply = Reply(rich("图"), images=(str(picture),), documents=("/etc/hostname/../nothing",))
    user = user_of(house)
    house.do(
        house.service.call(
            lambda: history.add(
                house.service.store, Address("web", user), None, [reply], house.now, seen=False
            )
        )
    )
    (shown,) = browser.news()
    assert browser.get("/" + shown.raw["images"][0]).headers["content-type"] == "image/png"
    gone = browser.get("/" + shown.raw["documents"][0][0])
    assert (gone.status_code, gone.json()["error"]) == (
        404,
        "这个文件已经不在了。请重新要一份，例如：我的数据",
    )


def test_who_erases_himself_sees_the_answer_and_an_empty_page(browser: Browser) -> None:
    browser.says("今日")
    browser.says("清除数据")
    done = browser.presses("全部删除")
    assert [each.text for each in done] == ["已全部删除。想重新开始，请发：开始"]
    assert browser.messages == {}
    browser.visit()
    assert browser.messages == {}


def test_a_flood_is_held_back_and_told_once(tmp_path: Path) -> None:
    limiter = Limiter(many=5)

    async def gathered() -> None:
        """Until all eight have been looked at."""
        while limiter.dropped(f"web:{user}") < 3:
            await asyncio.sleep(0.01)

    with open_house(config(tmp_path), BEGIN, limiter=limiter, gathered=gathered) as house:
        browser = house.browser()
        browser.says("今日")
        user = user_of(house)
        answers: list[dict] = []
        bodies = [browser.body(f"/term {n}") for n in range(7)]
        threads = [
            threading.Thread(target=lambda body=body: answers.append(browser.post("/api/say", body).json()))
            for body in bodies
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        loose = [each["loose"][0]["text"][0][0] for each in answers if each["loose"]]
        assert loose == ["发得有点快，20 秒后再继续。刚才的 3 条没有处理。"]
        browser.visit()
        assert len(browser.entries) == 5
        assert browser.says("今日") == []  # within the 20 seconds: silence
        other = house.browser()
        assert other.says("今日")  # nobody else is held back


def test_a_restart_changes_nothing(house: WebHouse, browser: Browser) -> None:
    browser.says("订阅 07:52")
    before = [each.text for each in browser.messages.values()]
    house.stop()
    house.now += timedelta(hours=1)
    house.start()
    browser.move(house.address)
    browser.visit()
    assert [each.text for each in browser.messages.values()] == before
    assert browser.presses("改时间")
