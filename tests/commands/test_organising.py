"""Organisers, invitations, announcements, packs: who may, and what the others see."""

from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, SHIPPED, Talk, Write
from hypothesis import given
from hypothesis import strategies as st

from bot.app.notices import Notices
from bot.commands import desk
from bot.commands.base import Settings
from bot.messages import Incoming, Reply, bare, row, say
from bot.store import Store, housekeeping, members, outbox
from bot.study import shelf

UNKNOWN = "没有“{}”这个命令。想知道能做什么，请发：帮助"
CODE = "4F7Q-92KD"


def text(replies: list[Reply]) -> str:
    return bare(replies[0].text)


def organiser(store: Store, name: str = "王老师") -> Talk:
    talk = Talk(store, NOW, name)
    members.put_code(store, "claim", CODE, 0, NOW + timedelta(hours=24))
    assert text(talk.replies(f"/claim {CODE}")) == "你现在是组织者。口令已失效，不能再用。"
    return talk


def test_for_everybody_else_the_commands_do_not_exist(talk: Talk) -> None:
    for command in ("/invite", "/announce 你好"):
        assert text(talk.replies(command)) == UNKNOWN.format(command.split()[0])
    assert text(talk.replies("公告 明晚七点讨论")) == "没找到相关内容。想看今天的卡片，请发：今日"
    assert "公告" not in talk.says("帮助")
    teacher = organiser(talk.store)
    assert "组织者：公告 字、邀请" in teacher.says("帮助")


def test_every_code_that_is_shown_is_good_until_one_is_claimed(talk: Talk) -> None:
    for code in ("AAAA-AAAA", "BBBB-BBBB"):  # doctor shows one, run another
        members.put_code(talk.store, "claim", code, 0, NOW + timedelta(hours=24))
    assert text(talk.replies("/claim AAAA-AAAA")).startswith("你现在是组织者")
    said = text(Talk(talk.store, NOW, "小张").replies("/claim BBBB-BBBB"))
    assert said == (
        "这个口令不能用：已经有组织者了，不再发新的。请在服务器的配置里加上自己，"
        '例如：[organisers] members = ["terminal:小张"]'
    )
    for n in range(4):
        Talk(talk.store, NOW, "小张").replies(f"/claim {n}")
    said = text(Talk(talk.store, NOW, "小张").replies("/claim 0000-0000"))
    assert said.startswith("试得太多了，10 分钟后再来。请在服务器的配置里加上自己，例如：")
    for n in range(9):
        members.put_code(talk.store, "claim", f"{n}{n}{n}{n}-0000", 0, NOW + timedelta(hours=24 + n))
    assert len(talk.store.rows("SELECT * FROM codes WHERE kind = 'claim'")) == 5  # old ones give way


def test_claim_is_good_once_for_a_day_and_five_tries(talk: Talk) -> None:
    wrong = "这个口令不能用：不对、用过或过期了。请在服务器上看新的口令，例如：python -m bot doctor"
    assert text(talk.replies("/claim 0000-0000")) == wrong
    members.put_code(talk.store, "claim", "AAAA-AAAA", 0, NOW + timedelta(hours=24))
    assert text(talk.later(hours=25).replies("/claim AAAA-AAAA")) == wrong
    for _ in range(4):
        talk.replies("/claim 1111-1111")
    assert text(talk.replies("/claim 1111-1111")).startswith("试得太多了，10 分钟后再来。")
    members.put_code(talk.store, "claim", "BBBB-BBBB", 0, talk.now + timedelta(hours=24))
    assert text(talk.later(minutes=11).replies("/claim bbbb-bbbb")).startswith("你现在是组织者")
    other = Talk(talk.store, talk.now, "小张")
    assert text(other.replies("/claim bbbb-bbbb")).startswith("这个口令不能用：已经有组织者了")


def test_a_code_shown_in_a_group_is_void(talk: Talk) -> None:
    members.put_code(talk.store, "claim", CODE, 0, NOW + timedelta(hours=24))
    assert text(talk.in_group(f"/claim {CODE}")).startswith("口令请私聊发给我。刚才那个已作废，请换一个新的")
    assert not members.has_code(talk.store, "claim", CODE, NOW)
    assert talk.store.rows("SELECT * FROM organisers") == []


def test_in_a_group_a_wrong_code_is_neither_counted_nor_called_void(talk: Talk) -> None:
    members.put_code(talk.store, "claim", CODE, 0, NOW + timedelta(hours=24))
    for typed in ("/claim 1111-1111",) * 7 + ("/claim",):
        assert text(talk.in_group(typed)) == "口令请私聊发给我，群里发的不算，例如：先点我的头像，再发口令"
    private = talk.replies(f"/claim {CODE}", channel="telegram")
    assert text(private).startswith("你现在是组织者。")


def test_who_tried_too_often_does_not_begin_anew_by_erasing_himself(talk: Talk) -> None:
    members.put_code(talk.store, "claim", CODE, 0, NOW + timedelta(hours=24))
    for n in range(5):
        talk.replies("/claim 1111-1111")
        if n == 2:
            assert talk.says("清除数据")
            assert talk.says("全部删除").startswith("已全部删除。")
    assert text(talk.replies(f"/claim {CODE}")).startswith("试得太多了，10 分钟后再来。")
    talk.says("清除数据")
    talk.says("全部删除")
    assert text(talk.replies(f"/claim {CODE}")).startswith("试得太多了，10 分钟后再来。")
    assert text(Talk(talk.store, NOW, "小张").replies("/claim 1111-1111")).startswith("这个口令不能用")
    kept = str(talk.store.rows("SELECT * FROM misses"))
    assert "小林" not in kept
    assert "terminal" not in kept
    talk.later(minutes=11)
    housekeeping.forget_updates(talk.store, talk.now)
    assert talk.store.rows("SELECT * FROM misses") == []
    assert text(talk.replies(f"/claim {CODE}")).startswith("你现在是组织者")


def test_a_claim_is_kept_as_a_hash(talk: Talk) -> None:
    members.put_code(talk.store, "claim", CODE, 0, NOW + timedelta(hours=24))
    assert CODE not in str(talk.store.rows("SELECT * FROM codes"))


def test_organisers_by_configuration(talk: Talk) -> None:
    talk.settings = Settings(organisers=("terminal:小林",))
    assert "邀请码 " in text(talk.replies("/invite"))


def test_invited_people_only(store: Store) -> None:
    shelf.refresh(store, SHIPPED)
    teacher = organiser(store)
    teacher.settings = Settings(access="invite")
    stranger = Talk(store)
    stranger.settings = Settings(access="invite")
    polite = "这里只对受邀的人开放。请向组织者要一个邀请码，再发给我，例如：/start 邀请码"
    assert stranger.says("今日").startswith(polite)
    assert text(stranger.replies("/start WRONG")).startswith("这个邀请码不能用：不对或过期了。")
    code = text(teacher.replies("邀请")).split("邀请码 ")[1].split("，")[0]
    assert "› 第 1/30 天" not in stranger.says("今日")
    assert "这里只对受邀" not in stranger.says(f"/start {code}")
    assert "› 第 1/30 天" in stranger.says("今日")
    assert "这里只对受邀" not in teacher.says("今日")


def test_members_of_an_admitted_group_are_served(store: Store) -> None:
    shelf.refresh(store, SHIPPED)
    teacher = organiser(store)
    teacher.settings = Settings(access="invite", organisers=("telegram:王老师",))
    member = Talk(store, NOW, "小张")
    member.settings = teacher.settings
    assert text(member.in_group("/today")).startswith("这里只对受邀的人开放")
    teacher.in_group("", event="added")
    assert "› 第 1/30 天" in text(member.in_group("/today"))
    private = member.replies("今日", channel="telegram", chat="小张", user="小张")
    assert "› 第 1/30 天" in text(private)


# ---------------------------------------------------------------- announcements


def test_announce_with_preview_count_and_confirmation(xiaolin: Talk) -> None:
    teacher = organiser(xiaolin.store)
    (preview,) = teacher.replies("公告 明晚七点在 301 讨论第二篇，请先读完。")
    assert bare(preview.text) == (
        "预览：\n明晚七点在 301 讨论第二篇，请先读完。\n\n将发给 1 人：终端 1。发出后不能收回。"
    )
    assert [b.label for b in preview.buttons] == ["发给 1 人", "改内容", "取消"]
    assert text(teacher.replies("/announce")) == "请写公告内容，例如：/announce 明晚七点讨论第二篇"
    (asked,) = teacher.replies("明晚七点在 301 讨论")  # the text alone is the answer
    assert text([asked]).startswith("预览：\n明晚七点在 301 讨论\n")
    assert text(teacher.replies(preview.buttons[0].says)) == "正在发：0/1"
    assert text(teacher.replies(preview.buttons[0].says)).startswith("这条公告已经发出了。")
    assert [bare(r.text) for r in xiaolin.beat()] == ["明晚七点在 301 讨论第二篇，请先读完。"]
    Notices(teacher.store, ()).look(teacher.now)
    Notices(teacher.store, ()).look(teacher.now)
    assert [bare(r.text) for r in teacher.beat()] == ["发完了：送达 1。用时 1 秒。"]


def test_announce_asks_again_when_the_count_has_changed(xiaolin: Talk) -> None:
    teacher = organiser(xiaolin.store)
    (preview,) = teacher.replies("/announce 讨论第二篇")
    Talk(xiaolin.store, NOW, "小张").says("订阅")
    (again,) = teacher.replies(preview.buttons[0].says)
    assert bare(again.text).startswith("人数从 1 变成 2，请再确认一次。\n讨论第二篇\n\n将发给 2 人")
    late = teacher.later(minutes=11).replies(again.buttons[0].says)
    assert text(late).startswith("隔得有点久了，请再确认一次。")
    xiaolin.says("退订")
    (third,) = teacher.replies("/announce 讨论")
    assert "将发给 1 人：终端 1；另有 1 人暂停或退订，不发。发出后不能收回。" in bare(third.text)


def test_nobody_else_can_confirm(xiaolin: Talk) -> None:
    teacher = organiser(xiaolin.store)
    (preview,) = teacher.replies("/announce 讨论第二篇")
    other = organiser(xiaolin.store, "李老师")
    assert text(other.replies(preview.buttons[0].says)).startswith("这个按钮过期了。")
    assert text(teacher.replies("/announce ok 1 zzzzzz")).startswith("这个按钮过期了。")
    assert outbox.queue(xiaolin.store)[0] == 0


# ---------------------------------------------------------------- packs


def test_packs_and_who_sees_them(store: Store, write_pack: Write) -> None:
    shelf.refresh(store, SHIPPED, write_pack().parent)
    talk = Talk(store)
    talk.settings = Settings(pack="xinzhi-shengchanli")
    assert talk.says("资料").startswith(
        "学习资料：1 份\n1 《新质生产力：五篇材料三十天》30 天（在学，还没开始）"
    )
    teacher = organiser(store)
    teacher.settings = talk.settings
    assert "2 《种菜三课》1 天" in teacher.says("资料")
    assert text(talk.replies("/pack abc")) == "没有叫“abc”的资料。请从列表里选，例如：/packs"
    assert text(talk.replies("/pack zhongcai default")).startswith("已换成《种菜三课》")
    assert "2 《新质生产力：五篇材料三十天》30 天" in talk.says("资料")
    assert text(teacher.replies("/pack zhongcai default")) == (
        "已设为默认：《种菜三课》。新订阅学它，现有订阅不变。"
    )
    assert "现在的内容：《种菜三课》，1 篇，1 天。" in Talk(store, NOW, "新来的").says("你好")


def test_the_default_reaches_who_has_not_begun_and_nobody_else(store: Store, write_pack: Write) -> None:
    shelf.refresh(store, SHIPPED, write_pack().parent)
    settings = Settings(pack="xinzhi-shengchanli", organisers=("terminal:王老师",))
    looked, began, teacher = (Talk(store, NOW, name) for name in ("看看", "已学", "王老师"))
    for each in (looked, began, teacher):
        each.settings = settings
    looked.says("帮助")
    began.says("订阅")
    teacher.says("/pack zhongcai default")
    assert "种菜三课 › 第 1/1 天" in looked.says("今日")
    assert "新质生产力：五篇材料三十天 › 第 1/30 天" in began.says("今日")


def test_organisers_are_told_of_a_broken_pack_once(store: Store, tmp_path: Path, write_pack: Write) -> None:
    folder = write_pack()
    shelf.refresh(store, SHIPPED, folder.parent)
    teacher = organiser(store)
    (folder / "cards.md").write_text("## c01 坏了\n", "utf-8")
    _, wrong = shelf.changed({}, folder.parent)
    notices = Notices(store, ())
    notices.broken(wrong, NOW)
    notices.broken(wrong, NOW)
    (told,) = teacher.beat()
    assert bare(told.text).startswith("⚠️ 内容“zhongcai”改坏了，还用原来的。\ncards.md:")
    assert "种菜三课" in teacher.says("资料")


# ---------------------------------------------------------------- without an invitation


POLITE = "这里只对受邀的人开放。请向组织者要一个邀请码，再发给我，例如：/start 邀请码"


def uninvited(store: Store) -> Talk:
    shelf.refresh(store, SHIPPED)
    talk = Talk(store)
    talk.settings = Settings(access="invite")
    return talk


@pytest.mark.parametrize(
    "typed", ["你好", "/start", "开始", "hello", "/start g", "今日", "核心标志", "/foo", "7", "B"]
)
def test_who_has_no_invitation_is_told_how_to_get_one(store: Store, typed: str) -> None:
    (reply,) = uninvited(store).replies(typed)
    assert (bare(reply.text), reply.rows) == (POLITE, ())


def test_a_wrong_invitation_is_called_so(store: Store) -> None:
    (reply,) = uninvited(store).replies("/start WRONG")
    assert bare(reply.text) == "这个邀请码不能用：不对或过期了。请向组织者再要一个，例如：/start 邀请码"
    assert reply.rows == ()


@pytest.mark.parametrize("typed", ["1", "全部删除", "", "不删"])
def test_who_has_no_invitation_may_erase_himself(store: Store, typed: str) -> None:
    talk = uninvited(store)
    (ask,) = talk.replies("/forgetme")
    (done,) = talk.replies(typed or ask.buttons[0].says, pressed="" if typed else "9")
    kept = store.rows("SELECT name FROM members")
    if typed == "不删":
        assert bare(done.text) == "好，什么都没删。"
    else:
        assert bare(done.text) == "已全部删除。想重新开始，请发：开始"
        assert kept == []


def test_who_has_no_invitation_gets_no_further_by_a_stored_button(store: Store) -> None:
    talk = uninvited(store)
    talk.says("/forgetme")
    turn = talk.bot._turn(Incoming("terminal", "小林", "小林", ""), talk.now)
    desk().offered(
        turn, [say("看", rows=(row(("看今天的", "/today"), ("长", "/search " + "核心标志" * 9)),))]
    )
    for typed in ("1", "看今天的", "长"):
        assert bare(talk.replies(typed)[0].text) == POLITE


# ---------------------------------------------------------------- the text arrives as written

AS_WRITTEN = "明晚七点，301 室：\n\n1. 讨论第二篇……\n　2. 各自带一个问题（别忘）\tＡ组先讲①"


@pytest.mark.parametrize(
    "head",
    ["公告 ", "公告：", "公告\n", "／公告 ", "/announce ", "/announce\n", "/announce@daily_study_bot "],
)
def test_an_announcement_arrives_as_it_was_written(xiaolin: Talk, head: str) -> None:
    teacher = organiser(xiaolin.store)
    (preview,) = teacher.replies(f"{head}{AS_WRITTEN.replace(chr(10), chr(13) + chr(10))} \n")
    assert bare(preview.text).startswith(f"预览：\n{AS_WRITTEN}\n\n将发给 1 人")
    teacher.replies(preview.buttons[0].says, pressed="1")
    assert [bare(r.text) for r in xiaolin.beat()] == [AS_WRITTEN]


def test_a_changed_announcement_arrives_as_it_was_written_too(xiaolin: Talk) -> None:
    teacher = organiser(xiaolin.store)
    (preview,) = teacher.replies("公告 讨论第二篇")
    assert text(teacher.replies(preview.buttons[1].says, pressed="1")) == "请发新的公告内容。"
    assert text(teacher.replies("长" * 3001)).startswith("公告有 3001 字，太长了。")
    (again,) = teacher.replies(AS_WRITTEN)  # still asked for
    assert bare(again.text).startswith(f"预览：\n{AS_WRITTEN}\n\n将发给 1 人")
    assert text(teacher.replies("取消")) == "已取消，没有发出。"
    assert text(teacher.replies(again.buttons[0].says)).startswith("这个按钮过期了。")
    assert outbox.queue(xiaolin.store)[0] == 0


@pytest.mark.parametrize(
    "written", ["ok", "no 问题", "edit", "OK，明晚见", "no", "ok 1", "edit 2 遍再交", "ok 各位"]
)
def test_no_word_of_an_announcement_is_taken_for_a_button(xiaolin: Talk, written: str) -> None:
    teacher = organiser(xiaolin.store)
    teacher.replies("公告 先前的一条")
    (preview,) = teacher.replies(f"公告 {written}")
    assert bare(preview.text).startswith(f"预览：\n{written}\n\n将发给 1 人")


@given(st.text(alphabet="甲乙 \n。…ＡÅ①ﬁ👍\u3000a", min_size=1, max_size=20).filter(lambda t: t.strip()))
def test_whatever_follows_the_word_is_kept(written: str) -> None:
    found = desk().find(f"公告 {written}")
    assert found is not None
    assert found[0].name == "announce"
    assert found[1] == written.strip()
