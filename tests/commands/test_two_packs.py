"""Changing the pack by every door: what is said is what happens, and the day numbers are those of the cards."""

import pytest
from conftest import FILES, SHIPPED, Talk, Write

from bot.messages import bare
from bot.study import shelf

OLD, NEW = "《新质生产力：五篇材料三十天》", "《种菜三课》"
SECOND = (
    "\n\n## c02 底肥怎么给\n文章: a1\n\n底肥一次给足，追肥少量多次。底肥埋在根下，追肥撒在行间，都别挨着苗。"
    "肥料一挨着嫩根就要烧苗，撒完浇一遍水，让它慢慢化开，再过几天看叶子的颜色定下一次。\n"
)


@pytest.fixture
def two(xiaolin: Talk, write_pack: Write) -> Talk:
    """小林, day 7 given today, and a second pack of two days."""
    folder = write_pack({"cards.md": FILES["cards.md"] + SECOND})
    shelf.refresh(xiaolin.store, SHIPPED, folder.parent)
    return xiaolin


def text(talk: Talk, says: str) -> str:
    return bare(talk.replies(says)[0].text)


def texts(talk: Talk, says: str) -> list[str]:
    return [bare(reply.text) for reply in talk.replies(says)]


def test_a_subscriber_who_subscribes_to_another_pack_is_told_that_it_changed(two: Talk) -> None:
    changed = f"已换成{NEW}，从第 1 天开始。今天的卡片已经给了，下一张起换新的。原来的进度留着，随时换回。"
    assert texts(two, "/subscribe zhongcai") == [changed]
    assert "2 《新质生产力：五篇材料三十天》30 天（第 7 天）" in two.says(
        "资料"
    )  # the old one stays in sight
    assert text(two, "/subscribe zhongcai") == (
        "已经是：每天 07:52（Asia/Shanghai）。下一次明天（11 月 24 日 周二），没有改动。"
    )
    two.says("/subscribe xinzhi-shengchanli")
    assert texts(two, "/subscribe zhongcai 08:30") == [
        changed,
        "已改为：每天 08:30（Asia/Shanghai）。今天的已在 07:52 送达，明天起按新时间。",
    ]
    assert "种菜三课 › 第 1/2 天" in bare(two.at("2026-11-24", "08:30").beat()[0].text)


def test_what_is_refused_changes_nothing(two: Talk) -> None:
    assert text(two, "/subscribe zhongcai 25:61").startswith("“25:61”不是一天里的时间。")
    assert f"内容：{OLD}第 7/30 天" in two.says("设置")


def test_one_who_comes_back_with_another_pack_hears_whose_card_today_is(two: Talk) -> None:
    two.says("退订")
    confirmed, card = texts(two, "/subscribe zhongcai")
    assert confirmed == (
        "已订阅：每天 07:52（Asia/Shanghai）。明天起送达，现在先看今天的一段。\n"
        f"今天的卡片已经给了，下一张起是{NEW}。"
    )
    assert card.startswith("新质生产力：五篇材料三十天 › 第 7/30 天")


def test_links_and_changes_tell_the_day_that_comes_next(two: Talk) -> None:
    assert text(two, "/start zhongcai") == (
        f"你正在学{OLD}，第 7/30 天。\n换成{NEW}会从第 1 天开始；原来的进度留着，随时换回。"
    )
    two.says("/pack zhongcai")
    assert text(two, "/start xinzhi-shengchanli") == (
        f"你现在的内容是{NEW}，还没开始。\n换成{OLD}会从第 8 天接着学；原来的进度留着，随时换回。"
    )
    two.pushed("2026-11-24")
    assert text(two, "/pack xinzhi-shengchanli").startswith(f"已换成{OLD}，从第 8 天接着学。")
    two.pushed("2026-11-25")
    assert text(two, "/start zhongcai") == (
        f"你正在学{OLD}，第 8/30 天。\n换成{NEW}会从第 2 天接着学；原来的进度留着，随时换回。"
    )
    two.says("/pack zhongcai")
    two.pushed("2026-11-26", "2026-11-27")
    two.says("/pack xinzhi-shengchanli")
    assert f"换成{NEW}会接着温故；" in text(two, "/start zhongcai")
    assert text(two, "/pack zhongcai").startswith(f"已换成{NEW}，接着温故。")


def test_a_link_to_what_one_has_begun_goes_on_with_it(two: Talk) -> None:
    two.says("退订")
    link = two.replies("/start xinzhi-shengchanli")[0]
    assert bare(link.text) == (
        f"你好，我是每日一学。这个链接对应{OLD}，5 篇，30 天。\n"
        "订阅后每天 07:52（Asia/Shanghai）送一段，从第 8 天接着学。"
    )
    assert [b.label for b in link.buttons] == ["订阅这个内容", "今日学习"]


def test_the_day_of_a_change_still_has_the_number_of_its_card(two: Talk) -> None:
    two.says("/pack zhongcai")
    assert text(two, "你好").startswith("欢迎回来。今天是第 7/30 天，卡片还没读。")
    assert text(two, "没收到") == (
        "今天的已送达：07:52（Asia/Shanghai），第 7 天。往上翻能看到。下一次明天 07:52。"
    )
    assert "还没开始" in text(two, "/start zhongcai") + two.says("设置")
