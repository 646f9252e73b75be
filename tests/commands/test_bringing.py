"""An organiser sends a document to the bot: what is said, who sees it, what is written and what is not."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import NOW, SHIPPED, Talk, Write
from journeys.house import House
from journeys.people import AtTerminal
from making.docx import docx, p

from bot.channels.terminal import incoming
from bot.config import BotSettings, Config, OrganiserSettings
from bot.messages import Reply, bare
from bot.store import Store, members
from bot.study import shelf

A = "翻土要在雨后两三天，土不粘锹的时候。等土面发白、一捏就散再下锹，翻得深，根扎得稳，出苗也齐。雨刚停就踩进地里，土会结成硬块。"
B = "浇水看天，也看土。早上浇一遍，中午不浇，傍晚再看叶子。叶子打卷了才补一次，补的时候浇根不浇叶，水要慢慢渗下去，才到得了根。"
C = "底肥一次给足，追肥少量多次。给多了叶子疯长，果子反而小；给少了苗黄，秋后补也来不及。看叶色下手，比照着日历下手稳当得多。"
HEAD = "<w:outlineLvl w:val='0'/>"


@pytest.fixture
def teacher(store: Store, tmp_path: Path) -> Talk:
    talk = Talk(store, NOW, "王老师")
    object.__setattr__(talk.settings, "data", tmp_path / "data")
    members.put_code(store, "claim", "AAAA-AAAA", 0, NOW.replace(year=2030))
    talk.replies("/claim AAAA-AAAA")
    return talk


@pytest.fixture
def file(tmp_path: Path) -> Path:
    body = "".join(p(title, HEAD) + p(text) for title, text in (("土要松", A), ("水要匀", B), ("肥要慢", C)))
    path = tmp_path / "种菜讲义.docx"
    path.write_bytes(docx(body))
    return path


def sends(talk: Talk, *files: Path, **more: object) -> Reply:
    return talk.replies("", event="other", files=tuple(map(str, files)), **more)[0]


def pressed(talk: Talk, reply: Reply, label: str) -> Reply:
    return talk.replies(next(b.says for b in reply.buttons if b.label == label))[0]


def packs(tmp_path: Path) -> list[str]:
    folder = tmp_path / "data" / "packs"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_a_file_its_preview_and_its_adoption(teacher: Talk, file: Path, tmp_path: Path) -> None:
    shown = sends(teacher, file)
    assert bare(shown.text) == (
        "读完了：3 篇 → 3 天；工作日推送，到 2026-11-26\n1 土要松 · 无日期 · 62 字\n2 水要匀 · 无日期 · 61 字\n"
        "… 另 1 篇，发“更多”\n日期 3 篇都没写。"
    )
    assert [b.label for b in shown.buttons] == ["采用", "改标题", "取消", "看卡片", "更多"]
    assert file.exists()  # a person's own file is his
    assert packs(tmp_path) == []
    assert "3 肥要慢 · 无日期 · 60 字" in bare(pressed(teacher, shown, "更多").text)
    cards = bare(pressed(teacher, shown, "看卡片").text)
    assert f"\n{A}\n——《土要松》\n\n2/3 " in cards
    done = pressed(teacher, shown, "采用")
    assert (
        bare(done.text)
        == "已采用《种菜讲义》。还没推送给任何人。\n编号 zhong-cai-jiang-yi，可以直接改 zhong-cai-jiang-yi 目录里的文字。"
        "\n其他提醒 3 处，在服务器上看，例如：python -m bot check zhong-cai-jiang-yi"
    )
    assert packs(tmp_path) == ["zhong-cai-jiang-yi"]
    assert list((tmp_path / "data" / "imports").iterdir()) == []
    gone = "这份草稿不在了：采用过、取消过，或放了 7 天。请再发一次文件，例如：讲义.docx"
    assert bare(pressed(teacher, shown, "采用").text) == gone
    wrong = shelf.refresh(teacher.store, tmp_path / "data" / "packs")
    assert not any(problem.error for each in wrong.values() for problem in each)
    assert "《种菜讲义》" in teacher.says("/packs")


def test_what_check_would_warn_of_is_said_on_adopting(teacher: Talk, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        f"# 土要松\n\n今年{A}\n\n# 水要匀\n\n此次{B}\n\n# 肥要慢\n\n{C}\n\n# 肥也要慢\n\n{C}\n",
        encoding="utf-8",
    )
    done = bare(pressed(teacher, sends(teacher, tmp_path / "a.md"), "采用").text)
    assert done.split("\n")[-2:] == [
        "2 张写了“今年、此次”，文章没有日期。可以在文章开头补上，例如：日期: 2024 年 3 月",
        "其他提醒 3 处，在服务器上看，例如：python -m bot check a",
    ]


def test_a_title_that_was_begun_can_be_left(teacher: Talk, file: Path) -> None:
    pressed(teacher, sends(teacher, file), "改标题")
    (left,) = teacher.replies("取消")
    assert bare(left.text) == "好，标题没有改。《种菜讲义.docx》还没有采用。"
    assert [b.label for b in left.buttons] == ["采用", "返回预览", "取消"]
    assert "土要松" in bare(pressed(teacher, left, "返回预览").text)


def test_at_the_title_one_can_go_back_and_on(teacher: Talk, file: Path) -> None:
    asked = pressed(teacher, sends(teacher, file), "改标题")
    assert [b.label for b in asked.buttons] == ["返回预览"]
    teacher.replies("种菜三课")
    teacher.later(hours=1)
    pressed(teacher, teacher.replies("导入")[0], "看预览")
    pressed(teacher, teacher.replies("导入")[0], "采用")


def test_asked_for_a_file_it_names_what_waits(teacher: Talk, file: Path, tmp_path: Path) -> None:
    ask = "这里收不到文件，网址可以直接发。"
    (said,) = teacher.replies("导入")
    assert bare(said.text).startswith(ask)
    assert [b.label for b in said.buttons] == ["使用帮助"]
    sends(teacher, file)
    (said,) = teacher.replies("导入")
    assert bare(said.text).startswith(f"《种菜讲义.docx》还没有采用。\n{ask}")
    assert [b.label for b in said.buttons] == ["看预览", "采用"]
    assert bare(teacher.replies("算了")[0].text) == "好，先不导入。"  # and the draft is still there
    (tmp_path / "空.md").write_text("# 土要松\n\n短。\n", encoding="utf-8")
    sends(teacher, tmp_path / "空.md")
    (said,) = teacher.replies("导入")
    lines = bare(said.text).split("\n")
    assert lines[0] == "还有 2 份没有采用："
    assert sorted(line[2:] for line in lines[1:3]) == ["《种菜讲义.docx》", "《空.md》"]
    assert lines[3] == "回复序号看预览。"
    assert {b.label for b in said.buttons} == {"1", "2"}
    assert bare(pressed(teacher, said, "1").text).startswith("读完了：")
    pressed(teacher, teacher.replies("导入")[0], "1" if "讲义" in lines[1] else "2")
    teacher.replies("取消")
    (said,) = teacher.replies("导入")
    assert [b.label for b in said.buttons] == ["看预览"]  # what has no card cannot be adopted
    other = Talk(teacher.store, NOW, "李老师")
    object.__setattr__(other.settings, "data", teacher.settings.data)
    members.put_code(other.store, "claim", "BBBB-BBBB", 0, NOW.replace(year=2030))
    other.replies("/claim BBBB-BBBB")
    assert bare(other.replies("导入")[0].text).startswith(ask)


def test_the_title_is_asked_for(teacher: Talk, file: Path, tmp_path: Path) -> None:
    asked = pressed(teacher, sends(teacher, file), "改标题")
    assert bare(asked.text) == "请发新的标题，例如：2026 年冬季学习"
    shown = teacher.replies("种菜三课")[0]
    assert bare(shown.text).startswith("标题改成《种菜三课》。\n读完了：3 篇")
    assert bare(pressed(teacher, shown, "采用").text).startswith("已采用《种菜三课》。")
    assert "# 种菜三课" in (tmp_path / "data" / "packs" / "zhong-cai-jiang-yi" / "pack.md").read_text()


def test_titles_inside_title_marks_have_single_ones(teacher: Talk, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"# 学《土要松》\n\n来源：农技站\n\n{A}\n\n{B}\n", encoding="utf-8")
    pressed(teacher, sends(teacher, tmp_path / "a.md"), "改标题")
    shown = teacher.replies("<b>A</b> & 《引号》")[0]
    assert bare(shown.text).startswith("标题改成《<b>A</b> & 〈引号〉》。\n")
    assert bare(pressed(teacher, shown, "采用").text).startswith("已采用《<b>A</b> & 〈引号〉》。")
    shelf.refresh(teacher.store, tmp_path / "data" / "packs")
    teacher.says("/pack a")
    assert "\n出处：《学〈土要松〉》\n" in teacher.says("今日")
    assert teacher.says("文章 1").startswith("《学〈土要松〉》1/1")
    assert "《学〈「土要松」〉》" in teacher.says("土要松")
    assert "1 学《土要松》" in teacher.says("目录")  # no marks round it


def test_cancelled_is_deleted(teacher: Talk, file: Path, tmp_path: Path) -> None:
    inside = tmp_path / "data" / "received" / file.name
    inside.parent.mkdir(parents=True)
    file.rename(inside)
    shown = sends(teacher, inside)
    assert not inside.exists()  # what the channel had stored for us
    assert bare(pressed(teacher, shown, "取消").text) == "已取消，文件和草稿都删了。"
    assert list((tmp_path / "data" / "imports").iterdir()) == []
    assert packs(tmp_path) == []


def test_sent_again_after_an_edit(teacher: Talk, file: Path, tmp_path: Path) -> None:
    pressed(teacher, sends(teacher, file), "采用")
    shelf.refresh(teacher.store, tmp_path / "data" / "packs")
    file.write_bytes(docx("".join(p(t, HEAD) + p(x) for t, x in (("土要松", A + "急不得。"), ("水要匀", B)))))
    shown = sends(teacher, file)
    assert "与上次比：改 1 张，增 0 张，删 1 张。每个人的进度不变。" in bare(shown.text)
    pressed(teacher, shown, "采用")
    assert packs(tmp_path) == ["zhong-cai-jiang-yi"]


def test_nobody_else_sees_or_touches_a_draft(teacher: Talk, file: Path) -> None:
    shown = sends(teacher, file)
    says = next(b.says for b in shown.buttons if b.label == "采用")
    member = Talk(teacher.store, NOW, "小林")
    object.__setattr__(member.settings, "data", teacher.settings.data)
    assert bare(member.replies(says)[0].text).startswith("没有“/import”这个命令")
    assert bare(sends(member, file).text) == "我只看得懂文字。要找内容，请发关键词，例如：新三样"
    members.make_organiser(
        teacher.store,
        members.member(teacher.store, "terminal", "小林", "小林", "Asia/Shanghai", NOW)[0].id,
        NOW,
    )
    assert bare(member.replies(says)[0].text).startswith("这份草稿不在了")
    assert "读完了" in bare(teacher.replies(says.replace("ok", "show"))[0].text)


def test_a_file_in_a_group_is_asked_for_in_private(teacher: Talk, file: Path) -> None:
    members.make_organiser(
        teacher.store,
        members.member(teacher.store, "telegram", "王老师", "王老师", "Asia/Shanghai", NOW)[0].id,
        NOW,
    )
    ask = "请把文件或网址发给我：.docx、.pdf、.html、.md、.txt 或 .zip，例如：https://example.com/a"
    for text in ("导入", "/import", "/import 你好"):
        assert bare(teacher.replies(text, channel="telegram")[0].text) == ask
    said = teacher.in_group("", event="other", files=(str(file),), addressed=True)
    assert bare(said[0].text) == "文件请私聊发给我，例如：先点我的头像，再发文件"


def test_what_cannot_be_read_is_said(teacher: Talk, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04")
    said = bare(sends(teacher, tmp_path / "a.docx").text)
    assert said == "《a.docx》不完整或不是 Word 文件，读不了。请重新导出再发，例如：另存为 .docx"
    private = "这个网址不能读，只支持公开的网页。请发 http 或 https 的公开地址，例如：https://example.com/a"
    for text in ("http://127.0.0.1:1/a", "/import http://127.0.0.1:1/a", "导入 http://127.0.0.1:1/a"):
        assert bare(teacher.replies(text)[0].text) == private
    ask = "这里收不到文件，网址可以直接发。文件请在服务器的命令行里导入，例如：python -m bot import 讲义.docx"
    for text in ("导入", "/import", "/import abc"):
        assert bare(teacher.replies(text)[0].text) == ask
    named = "这里收不到文件，网址可以直接发。文件请在服务器的命令行里导入，例如：python -m bot import '我的 讲义.pdf'"
    assert bare(teacher.replies("导入 我的 讲义.pdf")[0].text) == named
    assert bare(teacher.replies("/import ok ../../etc")[0].text).startswith("这份草稿不在了")


def test_what_is_no_document_is_refused_by_its_name(teacher: Talk, tmp_path: Path) -> None:
    (tmp_path / "短.exe").write_text("很短", encoding="utf-8")
    said = bare(sends(teacher, tmp_path / "短.exe").text)
    assert said == "《短.exe》不是能读的格式。请发 .docx、.pdf、.html、.md、.txt 或 .zip，例如：讲义.docx"


def test_nothing_without_a_card_is_adopted_or_made_the_default(
    teacher: Talk, tmp_path: Path, write_pack: Write
) -> None:
    (tmp_path / "短.txt").write_text("很短", encoding="utf-8")
    shown = sends(teacher, tmp_path / "短.txt")
    assert bare(shown.text).split("\n")[:2] == [
        "读完了：1 篇 → 0 天。没有目录和标题样式，以下是猜的，请核对。",
        "没有一段能做成卡片，所以不能采用。请补上正文再发，例如：讲义.docx",
    ]
    assert [b.label for b in shown.buttons] == ["改标题", "取消"]
    stamp = shown.buttons[0].says.split()[-1]
    said = bare(teacher.replies(f"/import ok {stamp}")[0].text)
    assert said == "没有一段能做成卡片，所以不能采用。请补上正文再发，例如：讲义.docx"
    assert packs(tmp_path) == []
    assert bare(teacher.replies(f"/import cards {stamp}")[0].text) == "没有卡片。"
    folder = write_pack()
    (folder / "cards.md").unlink()
    (folder / "quiz.md").unlink()
    shelf.refresh(teacher.store, folder.parent)
    said = bare(teacher.replies("/pack zhongcai default")[0].text)
    assert said == "《种菜三课》还没有卡片，不能设为默认。请先写几张，例如：python -m bot check zhongcai"
    shelf.refresh(teacher.store, SHIPPED)
    assert teacher.bot.default == "xinzhi-shengchanli"  # an empty pack is nobody's beginning


def test_guessed_boundaries_are_said_in_the_first_line(teacher: Talk, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"土要松\n{A}\n{C}\n水要匀\n{B}\n{A[::-1]}。\n", encoding="utf-8")
    first = bare(sends(teacher, tmp_path / "a.txt").text).split("\n")[0]
    assert first == "读完了：2 篇 → 3 天；工作日推送，到 2026-11-26。没有目录和标题样式，以下是猜的，请核对。"


def test_the_original_beside_its_digest(teacher: Talk, tmp_path: Path) -> None:
    shelf.refresh(teacher.store, SHIPPED)
    pack = next(iter(shelf.packs(teacher.store).values()))
    digest = next(article for article in pack.articles if article.original)
    assert "原文" not in [b.label for b in teacher.replies(f"/article {digest.number}")[0].buttons]
    assert bare(teacher.replies(f"/original {digest.id}")[0].text).startswith("这篇没有原文可看。")
    file = tmp_path / "原件.md"
    file.write_text(f"# {digest.original}\n\n来源：农技站\n\n" + "\n\n".join([A, B, C] * 6), encoding="utf-8")
    pressed(teacher, sends(teacher, file), "采用")
    shelf.refresh(teacher.store, tmp_path / "data" / "packs")
    reader = Talk(teacher.store, NOW, "小林")
    page = reader.replies(f"/article {digest.number}")[0]
    first = pressed(reader, page, "原文")
    assert bare(first.text).startswith(f"原文《{digest.original.split('——')[0]}》1/")
    assert "\n农技站\n" in bare(first.text)
    assert A in bare(first.text)
    second = pressed(reader, first, "下一页 ➡")
    assert "》2/" in bare(second.text)
    assert bare(pressed(reader, second, "返回").text).startswith(f"《{digest.title}》")


def test_in_the_running_program_an_approved_pack_is_live_at_once(file: Path, tmp_path: Path) -> None:
    config = replace(
        Config(), bot=BotSettings(data=tmp_path / "run"), organisers=OrganiserSettings(("terminal:王老师",))
    )
    house = House(config, AtTerminal.channels)
    house.start()
    try:

        def says(text: str, **more: object) -> Reply:
            return house.do(house.service.answer(replace(incoming("王老师", text), **more)))[0]

        shown = says("", event="other", files=(str(file),))
        assert bare(shown.text).startswith("读完了：3 篇 → 3 天；")
        done = says(shown.buttons[0].says)
        assert bare(done.text).startswith("已采用《种菜讲义》。还没推送给任何人。")
        assert "已设为默认：《种菜讲义》" in bare(says("/pack zhong-cai-jiang-yi default").text)
    finally:
        house.stop()


def test_a_text_under_the_name_of_a_word_file_is_named(teacher: Talk, tmp_path: Path) -> None:
    (tmp_path / "讲义.doc").write_text(f"# 土要松\n\n{A}\n", encoding="utf-8")
    lines = bare(sends(teacher, tmp_path / "讲义.doc").text).split("\n")
    assert lines[1] == "《讲义.doc》其实是纯文字，按文字读了。"
    (tmp_path / "旧.doc").write_bytes(bytes(range(256)) * 8)
    assert bare(sends(teacher, tmp_path / "旧.doc").text).startswith("服务器上不能读 .doc。")


@pytest.mark.parametrize("said", ["算了", "不用", "先不采用", "不要", "下次再说"])
def test_a_vague_no_deletes_no_draft(teacher: Talk, file: Path, tmp_path: Path, said: str) -> None:
    """Only 取消, the word on the button, does."""
    (tmp_path / "空.md").write_text("# 土要松\n\n短。\n", encoding="utf-8")
    for document, labels in (
        (file, ["采用", "返回预览", "取消"]),
        (tmp_path / "空.md", ["返回预览", "取消"]),
    ):
        sends(teacher, document)
        for _ in range(2):  # what is put aside stays so
            (left,) = teacher.replies(said)
            assert bare(left.text) == f"好，先放着。《{document.name}》最多留 7 天，再看请发：导入"
            assert [b.label for b in left.buttons] == labels
    sends(teacher, file)
    teacher.replies("改标题")
    assert bare(teacher.replies(said)[0].text) == "好，标题没有改。《种菜讲义.docx》还没有采用。"
    assert bare(teacher.replies(said)[0].text).startswith("好，先放着。")
    assert len(list((tmp_path / "data" / "imports").iterdir())) == 3
    assert bare(teacher.replies("取消")[0].text) == "已取消，文件和草稿都删了。"
    assert len(list((tmp_path / "data" / "imports").iterdir())) == 2


def test_a_preview_takes_yes_and_no(teacher: Talk, file: Path, tmp_path: Path) -> None:
    sends(teacher, file)
    assert bare(teacher.replies("不用了")[0].text).startswith("好，先放着。")
    sends(teacher, file)
    assert bare(teacher.replies("好的")[0].text).startswith("已采用《种菜讲义》。还没推送给任何人。")
    assert packs(tmp_path) == ["zhong-cai-jiang-yi"]
