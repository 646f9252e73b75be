"""题目有误, and what the organiser makes of it (CONVERSATIONS.md §8)."""

from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner
from conftest import NOW, SHIPPED, Talk

from bot.app import Bot
from bot.cli import main
from bot.messages import Reply, plain
from bot.store import open_store
from bot.study import shelf


def organiser(talk: Talk) -> Talk:
    """Somebody with the rights, in his own private chat."""
    chief = Talk(talk.store, talk.now, "组织者")
    chief.settings = replace(talk.settings, organisers=("terminal:组织者",))
    talk.settings = chief.settings
    chief.says("今日")
    return chief


def pairs(reply: Reply) -> list[list[tuple[str, str]]]:
    return [[(b.label, b.says) for b in row] for row in reply.rows]


def test_quiz_flag(talk: Talk) -> None:
    talk.says("/quiz q031")
    talk.says("C")
    (asked,) = talk.replies("/flag q031", pressed="1")
    assert plain(asked.text) == "这题哪里不对？"
    assert pairs(asked) == [
        [("答案不对", "/flag q031 key"), ("题意不清", "/flag q031 stem")],
        [("与原文不符", "/flag q031 quote"), ("别的问题", "/flag q031 other")],
    ]
    (done,) = talk.replies("/flag q031 key", pressed="1")
    assert (done.edits, plain(done.text)) == (
        True,
        "已转给组织者，附上了题目、答案和依据。处理后告诉你结果。",
    )
    assert pairs(done) == [[("下一题", "/quiz next"), ("结束", "/quiz end")]]
    assert talk.says("题目有误").startswith("这题你报过，组织者还在看。")


def test_with_a_sentence_of_his_own(talk: Talk) -> None:
    chief = organiser(talk)
    talk.says("/flag q064 other")
    assert talk.says("C 也有人这么说").startswith("已转给组织者")
    (told,) = chief.beat()
    assert plain(told.text) == (
        "⚠️ 有人报《新质生产力：五篇材料三十天》q064 别的问题，他说：C 也有人这么说。\n"
        "题（多选）：丁奎岭建议大学的三种“跑”，是哪几项？\nA 跟跑\nB 并跑\nC 陪跑\nD 领跑\n答案：A B D\n"
        "解析：三种“跑”分别对着投入、校企合作和制高点。\n"
        "依据：“资源投入要“跟跑”，校企合作要“并跑”，科技制高点要“领跑””——第 5 篇\n"
        "看了请定去留，发：/reported"
    )


def test_retired_and_told(talk: Talk) -> None:
    chief = organiser(talk)
    assert talk.says("/reported").startswith("没有“/reported”这个命令。")
    assert chief.says("/reported").startswith("没有要看的题")
    talk.says("/quiz q031")
    talk.says("/flag q031 key")
    (case,) = chief.replies("报错的题")
    assert plain(case.text).startswith(
        "待看 1/1 · 《新质生产力：五篇材料三十天》q031\n题（单选）：学习材料把"
    )
    assert plain(case.text).endswith("报错 1 次：答案不对 1；答过 0 次，对 0 次。")
    assert [b.label for b in case.buttons] == ["停用", "保留"]
    off = case.buttons[0].says
    assert talk.replies(off)[0].rows != ()  # for others there is no such command
    (done,) = chief.replies(off)
    assert (
        plain(done.text)
        == "已停用 q031，不再抽到；文件没有动，改好题目后自动恢复，1 位报错的人会收到结果。没有别的题要看了。"
    )
    (told,) = talk.beat()
    assert plain(told.text) == "q031 有误，已停用。谢谢你指出来。"
    assert talk.says("B").startswith("这题刚停用，不算。")
    assert talk.says("/quiz c07").startswith("这张卡片还没有题目。")
    assert Bot(talk.store).packs["xinzhi-shengchanli"].questions  # the pack itself is as it was


def test_kept_and_told(talk: Talk) -> None:
    chief = organiser(talk)
    talk.says("/flag q031 quote")
    (case,) = chief.replies("/reported")
    (done,) = chief.replies(case.buttons[1].says)
    assert plain(done.text) == "已保留 q031，1 位报错的人会收到结果。没有别的题要看了。"
    (told,) = talk.beat()
    assert plain(told.text) == "你报的 q031 看过了，答案不变。依据：“核心标志是全要素生产率大幅提高”"


def test_what_most_get_wrong_is_shown(talk: Talk) -> None:
    chief = organiser(talk)
    for n in range(5):
        other = Talk(talk.store, talk.now, f"人{n}")
        other.says("/quiz q031")
        other.says("C" if n else "B")
    (case,) = chief.replies("/reported")
    assert plain(case.text).endswith("答过 5 次，对 1 次。")
    chief.replies(case.buttons[1].says)
    assert chief.says("/reported").startswith("没有要看的题")


def test_quiz_stats(tmp_path: Path) -> None:
    store = open_store(tmp_path, NOW)
    shelf.refresh(store, SHIPPED)
    talk = Talk(store)
    for answer in ("B", "不知道"):
        talk.later(days=1).says("/quiz q031")
        talk.says(answer)
    talk.says("/flag q031 key")
    store.close()
    ran = CliRunner().invoke(main, ["--data", str(tmp_path), "quiz-stats", "xinzhi-shengchanli"])
    assert ran.exit_code == 0
    lines = ran.stdout.split("\n")
    assert lines[0] == "《新质生产力：五篇材料三十天》72 题，答过 1 题，共 2 次，对 50%"
    at = next(n for n, line in enumerate(lines) if line.startswith("q031\t"))
    assert lines[at].split("\t")[1:4] == ["2", "50%", "1"]
    assert lines[at + 1] == "\t依据：核心标志是全要素生产率大幅提高"
    assert CliRunner().invoke(main, ["--data", str(tmp_path), "quiz-stats", "abc"]).exit_code == 2
