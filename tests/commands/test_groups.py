"""Groups: who may set the push, whose card it is, and what never stands in front of everybody."""

from conftest import SHIPPED, Talk, Write, engine

from bot.commands import COMMANDS
from bot.commands.base import Settings
from bot.messages import Address, Reply, Rows, bare
from bot.store import outbox, subscriptions
from bot.study import shelf

DOOR = "https://t.me/daily_study_bot?start="


def text(replies: list[Reply]) -> str:
    return bare(replies[0].text)


def with_door(talk: Talk) -> Talk:
    shelf.refresh(talk.store, SHIPPED)
    talk.settings.doors["telegram"] = DOOR
    return talk


def test_added_to_a_group_it_says_what_to_do(talk: Talk) -> None:
    (hello,) = with_door(talk).in_group("", event="added")
    assert bare(hello.text) == (
        "大家好，我是每日一学：每天在群里送一段。\n"
        "内容：《新质生产力：五篇材料三十天》，30 天。本群还没有订阅。\n"
        "请群管理员点“订阅”，或发时间，例如：/subscribe@daily_study_bot 07:52"
    )
    assert [(b.label, b.says) for b in hello.buttons] == [
        ("订阅 07:52", "/subscribe 07:52"),
        ("私聊我", DOOR + "g"),
    ]


def test_only_administrators_set_the_push(talk: Talk) -> None:
    (no,) = with_door(talk).in_group("/subscribe 07:52")
    assert bare(no.text) == "本群的推送由群管理员设置。想自己收，可以私聊我订阅，例如：订阅 07:52"
    assert [(b.label, b.says) for b in no.buttons] == [("私聊我", DOOR + "g")]
    for command in (
        "/unsubscribe",
        "/time 08:00",
        "/pause 3",
        "/pack xinzhi-shengchanli",
        "/settings",
        "/resume",
    ):
        assert text(talk.in_group(command)).startswith("本群的推送由群管理员设置"), command
    (yes,) = talk.in_group("/subscribe 工作日 07:52", admin=True)
    assert bare(yes.text) == (
        "本群已订阅：工作日 07:52（Asia/Shanghai），随调休。明天（11 月 24 日 周二）送第 1 天。\n"
        "每张卡片下有“已读”，各点各的，只有自己看得到结果。"
    )


def test_the_groups_card_is_one_and_its_readers_are_many(talk: Talk) -> None:
    with_door(talk).in_group("/subscribe 07:52", admin=True)
    talk.at("2026-11-24", "07:52")
    beat = engine(talk.bot, talk.now)
    beat.start("test")
    beat._note()
    ((found, address),) = outbox.claim(talk.store, "telegram", talk.now.timestamp(), 8)
    card = talk.bot.push(found, address, talk.now)
    assert card is not None
    assert "› 第 1/30 天" in bare(card.text)
    assert [(b.label, b.says) for b in card.buttons] == [
        ("✅ 已读", "/read c01"),
        ("📖 读全文", DOOR + "a1-c01"),
        ("📝 答一题", DOOR + "q-c01"),
        ("⭐ 收藏", "/fav c01"),
    ]
    assert "› 第 1/30 天" in text(talk.in_group("/today"))
    (read,) = talk.in_group("/read c01", pressed="17")
    assert (bare(read.text), read.toast) == ("", "小林，已读；连续学习 1 天")
    other = Talk(talk.store, talk.now, "小张")
    assert other.in_group("/read c01", pressed="17")[0].toast.startswith("小张，已读")
    assert "已经记过" in other.in_group("/read c01", pressed="17")[0].toast


def test_personal_output_goes_to_the_private_chat_or_a_hint(talk: Talk) -> None:
    with_door(talk)
    (hint,) = talk.in_group("/fav")
    assert bare(hint.text) == "这条只发给你自己。请先私聊我一次，再来一遍。"
    assert not hint.private
    talk.replies("你好", channel="telegram", chat="小林")
    (mine,) = talk.in_group("/fav")
    assert mine.private


def test_a_group_that_moved_keeps_its_subscription(talk: Talk) -> None:
    with_door(talk).in_group("/subscribe 07:52", admin=True)
    assert talk.in_group("-200", event="moved") == []
    assert subscriptions.of_chat(talk.store, Address("telegram", "-100")) is None
    moved = subscriptions.of_chat(talk.store, Address("telegram", "-200"))
    assert moved is not None
    assert moved.active


def test_kicked_it_is_silent_and_pushes_no_more(talk: Talk) -> None:
    with_door(talk).in_group("/subscribe 07:52", admin=True)
    assert talk.in_group("kicked", event="gone") == []
    gone = subscriptions.of_chat(talk.store, Address("telegram", "-100"))
    assert gone is not None
    assert (gone.active, gone.ended, gone.ended_why) == (False, "gone", "kicked")
    (back,) = talk.in_group("", event="added")
    assert bare(back.text).startswith("大家好，我是每日一学。本群的推送：每天 07:52（Asia/Shanghai）。")


def test_a_group_with_topics_has_one_subscription_and_the_topic_is_where_it_goes(talk: Talk) -> None:
    assert "本群还没有订阅" in text(with_door(talk).in_group("/start"))
    said = text(talk.in_group("/subscribe 07:52", admin=True, thread="5"))
    assert said.startswith("本群已订阅：每天 07:52（Asia/Shanghai）。")
    assert "每天 07:52" in text(talk.in_group("/start", thread="9"))
    said = text(talk.in_group("/subscribe", admin=True, thread="9"))
    assert said == "以后发在这个话题里：每天 07:52（Asia/Shanghai）。下一次明天（11 月 24 日 周二）。"
    said = text(talk.in_group("/subscribe 08:30", admin=True))
    assert said.startswith("已改为：每天 08:30（Asia/Shanghai）。")
    assert said.endswith("以后发在这个话题里。")
    said = text(talk.in_group("/subscribe 08:30", admin=True))
    assert said.startswith("已经是：每天 08:30")
    assert subscriptions.counts(talk.store)["telegram"][0] == 1
    found = subscriptions.of_chat(talk.store, Address("telegram", "-100", "5"))
    assert found is not None
    assert (found.active, found.address.thread) == (True, "")


def test_nobodys_reading_place_stands_in_a_group(talk: Talk) -> None:
    """Where somebody stopped reading is his own business, in private and in the group."""
    private = {"channel": "telegram", "chat": "小林"}
    with_door(talk).replies("/article 3 p2", **private)
    assert "上次读到第 3 篇" in text(talk.replies("/articles", **private))
    (listed,) = talk.in_group("/articles")
    assert bare(listed.text).endswith("\n回复这条消息写序号就能读。")
    assert [b.label for b in listed.buttons] == ["1", "2", "3", "4", "5", "搜索"]
    assert bare(talk.in_group("/article")[0].text) == bare(listed.text)
    assert "读到这里" in text(talk.replies("/heads 3", **private))
    assert "读到这里" not in text(talk.in_group("/heads 3"))
    talk.in_group("/article 5 p2", pressed="17")  # a page that all look at moves nobody's own place
    assert "上次读到第 3 篇" in text(talk.replies("/articles", **private))


# ---------------------------------------------------------------- typed in front of everybody


def test_what_is_typed_in_a_group_is_done_and_says_nothing_of_the_person(talk: Talk) -> None:
    with_door(talk).in_group("/subscribe 07:52", admin=True)
    talk.in_group("/today")
    quiet = "下次点卡片下的“{}”，只有自己看得到。"
    for said, button, answer in (
        ("/read c01", "已读", "已读记下了。"),
        ("/read", "已读", "已经记过。"),
        ("/fav c01", "收藏", "收藏好了。"),
        ("/fav -c01", "收藏", "已取消收藏。"),
    ):
        (reply,) = talk.in_group(said)
        assert (bare(reply.text), reply.toast, reply.rows) == (answer + quiet.format(button), "", ())
    assert talk.store.rows("SELECT card FROM reads") == [{"card": "c01"}]


def test_another_bots_command_is_met_with_silence(talk: Talk) -> None:
    with_door(talk)
    for said in ("/foo", "/foo bar", "／foo", "/announce 你好", "/foo\nbar"):
        assert talk.in_group(said) == [], said
    unknown = "没有“/foo”这个命令。想知道能做什么，请发：/help@daily_study_bot"
    assert text(talk.in_group("/foo@daily_study_bot")) == unknown
    assert text(talk.in_group("/foo@daily_study_bot bar@x")) == unknown
    assert text(talk.in_group("/foo", reply_to="17")) == unknown
    assert (
        text(talk.in_group("/foo x7", pressed="17"))
        == "这个按钮过期了。请重新打开，例如：/today@daily_study_bot"
    )
    talk.settings = Settings(access="invite")
    assert talk.in_group("/foo") == []


# ---------------------------------------------------------------- replies to a message of the bot's


def answers(message: Reply) -> dict[str, object]:
    """What a channel tells of a reply to this message."""
    return {"reply_to": "17", "offered": message.rows}


def test_a_number_means_the_message_it_is_a_reply_to(talk: Talk) -> None:
    with_door(talk)
    wang = Talk(talk.store, talk.now, "小王")
    (listed,) = talk.in_group("/search 全要素生产率")
    wang.in_group("/today")
    assert text(wang.in_group("1", **answers(listed))).startswith(
        "《以新质生产力为高质量发展注入强大动力》2/2"
    )
    assert talk.store.rows("SELECT card FROM reads") == []
    (directory,) = talk.in_group("/articles")
    talk.in_group("/search 科技自立自强")
    for _ in ("his own older one", "one that has expired"):
        assert text(talk.in_group("3", **answers(directory))).startswith("《习近平总书记首次提到")
        talk.later(hours=2)
    assert text(wang.in_group("9", **answers(directory))).startswith("没有第 9 项。")


def test_a_reply_to_a_message_without_a_list_presses_nothing(talk: Talk) -> None:
    with_door(talk).in_group("/subscribe 07:52", admin=True)
    talk.in_group("/articles")
    plain: Rows = ()
    assert text(talk.in_group("1", reply_to="17", offered=plain)).startswith("这里没有等你选的序号。")
    (card,) = Talk(talk.store, talk.now, "小王").in_group("/today")
    assert text(talk.in_group("1", **answers(card))).startswith("这里没有等你选的序号。")
    assert (
        text(talk.in_group("已读", **answers(card))) == "已读记下了。下次点卡片下的“已读”，只有自己看得到。"
    )


def test_a_label_presses_the_button_with_the_rights_of_who_writes_it(talk: Talk) -> None:
    with_door(talk).in_group("/subscribe 07:52", admin=True)
    (shown,) = talk.in_group("/settings", admin=True)
    wang = Talk(talk.store, talk.now, "小王")
    assert text(wang.in_group("暂停", **answers(shown))).startswith("本群的推送由群管理员设置。")
    assert text(wang.in_group("日子", admin=True, **answers(shown))).startswith("哪几天推送？")


def test_a_prompt_is_answered_by_a_reply_to_it(talk: Talk) -> None:
    with_door(talk).in_group("/subscribe 07:52", admin=True)
    (asked,) = talk.in_group("/pause", admin=True)
    talk.in_group("/today")
    wang = Talk(talk.store, talk.now, "小王")
    other = text(wang.in_group("4", admin=True, **answers(asked)))
    assert other.startswith("这里没有等你选的序号。")  # and not its fourth button, 退订
    assert text(talk.in_group("2", admin=True, **answers(asked))).startswith("已暂停 2 天")


def test_a_groups_greeting_does_not_hide_a_pause(talk: Talk) -> None:
    with_door(talk).in_group("/subscribe 07:52", admin=True)
    talk.in_group("/pause 60", admin=True)
    said = text(talk.in_group("/start"))
    assert said.startswith("大家好，我是每日一学。本群的推送：暂停中，2027-01-23 恢复。\n")


SPOKEN = (
    *(
        "取消",
        "退订吧",
        "9点半",
        "想订阅",
        "停两周吧",
        "推送太早了",
        "恢复推送吗",
        "设置在哪里",
        "换一份资料",
    ),
    *("我想改时间", "时区不对", "谢谢", "更多", "7", "没收到推送", "", "你好呀机器人"),
)


def test_nobody_is_offered_what_would_be_refused(talk: Talk, write_pack: Write) -> None:
    with_door(talk)
    shelf.refresh(talk.store, SHIPPED, write_pack().parent)
    talk.replies("/pack zhongcai", channel="telegram")  # a second pack that he could change to
    managed = {each.name for each in COMMANDS if each.manages}
    assert {"subscribe", "settings", "pause", "pack"} <= managed
    for begun in ("", "/subscribe 07:52", "/pause 3", "/unsubscribe"):
        if begun:
            talk.in_group(begun, admin=True)
        for says in (*(f"/{each.name}" for each in COMMANDS), "/help more", *SPOKEN):
            for reply in talk.in_group(says):
                told = bare(reply.text)
                offered = {b.says[1:].split()[0] for b in reply.buttons if b.says.startswith("/")}
                assert not offered & managed or "请群管理员点“订阅”" in told, (begun, says)
                named = {f"/{name}" for name in managed if f"/{name}" in told.replace("/packs", "")}
                assert not named or "请群管理员" in told, (begun, says, told)


def test_members_of_a_group_are_told_who_sets_what(talk: Talk, write_pack: Write) -> None:
    with_door(talk)
    assert text(talk.in_group("/help")).endswith("\n推送由群管理员设置。")
    assert "/settings" in text(talk.in_group("/help", admin=True))
    assert text(talk.in_group("/why")).endswith("请群管理员发时间，例如：/subscribe@daily_study_bot 07:52")
    assert text(talk.in_group("/packs")).endswith("现在只有这一份。")
    shelf.refresh(talk.store, SHIPPED, write_pack().parent)
    talk.replies("/pack zhongcai", channel="telegram")
    for admin, last in (
        (True, "回复这条消息写序号换一份；换了以后进度都留着。"),
        (False, "学哪一份由群管理员设置。"),
    ):
        assert text(talk.in_group("/packs", admin=admin)).endswith(last)
    talk.in_group("/subscribe", admin=True)
    talk.in_group("/pause 3", admin=True)
    assert [b.label for b in talk.in_group("/why")[0].buttons] == ["今日学习"]
    assert next(b.label for b in talk.in_group("/why", admin=True)[0].buttons) == "现在恢复"
