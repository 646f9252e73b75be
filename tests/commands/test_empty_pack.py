"""While there is nothing to learn: wishes are kept, and only what comes true is promised."""

import pytest
from conftest import FILES, NOW, Talk, Write

from bot.messages import bare
from bot.store import Store, members, outbox, subscriptions
from bot.study import shelf

EMPTY = "现在没有可学的内容，组织者正在准备。"


@pytest.fixture(params=["no pack", "no cards"])
def waiting(request: pytest.FixtureRequest, store: Store, write_pack: Write) -> Talk:
    if request.param == "no cards":
        folder = write_pack()
        (folder / "cards.md").unlink()
        (folder / "quiz.md").unlink()
        shelf.refresh(store, folder.parent)
        assert [len(pack.cards) for pack in shelf.packs(store).values()] == [0]
    return Talk(store)


def filled(talk: Talk, write_pack: Write) -> None:
    assert not any(
        problem.error
        for each in shelf.refresh(talk.store, write_pack(FILES).parent).values()
        for problem in each
    )


def test_who_subscribes_stays_subscribed_and_gets_the_first_card(waiting: Talk, write_pack: Write) -> None:
    (said,) = waiting.replies("订阅 8点")
    assert bare(said.text) == EMPTY + "上好后会按 08:00（Asia/Shanghai）推送。"
    (sub,) = subscriptions.all_active(waiting.store)
    assert sub.minute == 8 * 60
    assert waiting.says("没收到").startswith(EMPTY + "上好后会按 08:00（Asia/Shanghai）推送。")
    assert waiting.at("2026-11-24", "08:00").beat() == []
    filled(waiting, write_pack)
    (card,) = waiting.at("2026-11-25", "08:00").beat()
    assert bare(card.text).startswith("种菜三课 › 第 1/1 天")


def test_who_has_not_subscribed_is_promised_nothing(waiting: Talk) -> None:
    assert bare(waiting.replies("今日")[0].text) == EMPTY + "过些时候再来看，例如：/today"
    waiting.says("订阅")
    assert bare(waiting.replies("今日")[0].text) == EMPTY + "上好后会按 07:52（Asia/Shanghai）推送。"
    waiting.says("退订")
    assert "推送" not in bare(waiting.replies("今日")[0].text)


def test_another_time_is_kept_and_so_is_the_end_of_a_pause(waiting: Talk) -> None:
    waiting.says("订阅 20:00")
    waiting.later(days=1)  # today's has not gone, and the new time is past
    assert waiting.says("时间 07:00").startswith(
        f"已改为：每天 07:00（Asia/Shanghai）。{EMPTY}上好后按新时间送达。"
    )
    assert [sub.minute for sub in subscriptions.all_active(waiting.store)] == [7 * 60]
    waiting.says("暂停 3")
    assert waiting.says("恢复").startswith(f"已恢复：每天 07:00（Asia/Shanghai）。{EMPTY}")
    assert [sub.paused_until for sub in subscriptions.all_active(waiting.store)] == [None]
    assert outbox.on_day(waiting.store, 1, NOW.date()) is None  # nothing is said to have gone


def test_a_group_subscribes_too(waiting: Talk) -> None:
    (said,) = waiting.in_group("/subscribe 8:00", admin=True)
    assert bare(said.text) == EMPTY + "上好后会按 08:00（Asia/Shanghai）推送。"
    assert [sub.group for sub in subscriptions.all_active(waiting.store)] == [True]


def test_who_comes_back_is_back(waiting: Talk) -> None:
    waiting.says("订阅")
    waiting.replies("blocked", event="gone")
    assert bare(waiting.replies("/start")[0].text) == EMPTY + "上好后会按 07:52（Asia/Shanghai）推送。"
    assert len(subscriptions.all_active(waiting.store)) == 1


def test_a_pack_without_terms(store: Store, write_pack: Write) -> None:
    folder = write_pack()
    (folder / "glossary.md").unlink()
    shelf.refresh(store, folder.parent)
    (said,) = Talk(store).replies("术语表")
    assert bare(said.text) == "这个内容还没有术语。"
    assert [b.label for b in said.buttons] == ["文章目录", "今日学习"]
    (said,) = Talk(store).replies("术语 底肥")
    assert bare(said.text) == "这个内容还没有术语。"


def test_what_needs_no_content_is_reached(waiting: Talk) -> None:
    for said in ("你好", "/start"):
        assert EMPTY in bare(waiting.replies(said)[0].text), said
    assert "导入文件" not in [b.label for b in waiting.replies("/start")[0].buttons]
    settings = bare(waiting.replies("设置")[0].text)
    assert settings.startswith("推送设置\n内容：")
    assert "还没有" in settings
    assert bare(waiting.replies("改时间")[0].text).startswith("还没有订阅；订阅后每天 07:52")
    waiting.says("算了")
    for said, answer in (
        ("设置一下", "推送设置"),
        ("谢谢", "不客气"),
        ("你是谁", "我是每日一学"),
        ("功能", "直接发这些词就行"),
        ("早上八点", "要订阅吗？"),
        ("怎么订阅", "要订阅吗？"),
        ("推送太早了", "没找到相关内容。想改推送时间"),
        ("取消", "好，没有改。"),
        ("取消", "现在没有要取消的。"),
        ("暂停几天", "现在没有订阅"),
        ("更多", "现在没有列表"),
        ("隐私会被你卖掉吗", "没找到相关内容。想知道存了什么"),
    ):
        assert bare(waiting.replies(said)[0].text).startswith(answer), said
    assert waiting.says("帮助").startswith("直接发这些词就行")


def test_what_needs_content_says_that_there_is_none(store: Store) -> None:
    talk = Talk(store)
    for said in (
        "今日",
        "目录",
        "文章 1",
        "搜索",
        "搜索 底肥",
        "底肥",
        "术语表",
        "答题",
        "错题本",
        "资料",
        "第 3 天",
        "读全文",
    ):
        assert bare(talk.replies(said)[0].text) == EMPTY + "过些时候再来看，例如：/today", said
    (hello,) = talk.in_group("/start")
    assert bare(hello.text).startswith(f"大家好，我是每日一学：每天在群里送一段。\n{EMPTY}本群还没有订阅。")


def test_an_organiser_is_told_what_to_do(store: Store) -> None:
    talk = Talk(store)
    members.put_code(store, "claim", "AAAA-AAAA", 0, NOW.replace(year=2030))
    talk.says("/claim AAAA-AAAA")
    (said,) = talk.replies("今日")
    assert bare(said.text) == "现在没有可学的内容。请先导入一份，例如：/import"
    assert [b.says for b in said.buttons] == ["/import"]
    assert bare(talk.replies("订阅")[0].text) == (
        "现在没有可学的内容。上好后会按 07:52（Asia/Shanghai）推送。请先导入一份，例如：/import"
    )
    assert "请先导入一份" in bare(talk.replies("/start")[0].text)


def test_a_pack_with_articles_alone_can_be_read(store: Store, write_pack: Write) -> None:
    folder = write_pack()
    (folder / "cards.md").unlink()
    (folder / "quiz.md").unlink()
    shelf.refresh(store, folder.parent)
    talk = Talk(store)
    assert bare(talk.replies("目录")[0].text).startswith("文章目录：1 篇")
    assert "“追肥”：1 处" in bare(talk.replies("追肥")[0].text)
    assert bare(talk.replies("设置")[0].text).startswith("推送设置\n内容：《种菜三课》还没有卡片\n")


def test_where_another_pack_has_cards_it_is_offered(store: Store, write_pack: Write) -> None:
    full, bare_ = write_pack(), write_pack(name="other")
    (bare_ / "cards.md").unlink()
    (bare_ / "quiz.md").unlink()
    shelf.refresh(store, full.parent)
    talk = Talk(store)
    talk.says("今日")  # of zhongcai, which he keeps in sight
    talk.says("/pack other")
    (said,) = talk.at("2026-11-24").replies("今日")
    assert bare(said.text) == EMPTY + "也可以换一份来学，例如：/packs"
    assert [b.label for b in said.buttons] == ["学习资料", "我的收藏", "学习记录"]
    talk.says("资料")
    assert talk.says("2").startswith("已换成《种菜三课》")
