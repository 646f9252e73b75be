"""The operator's commands, as another program would call them."""

import json
from pathlib import Path

from click.testing import CliRunner
from conftest import FILES, Write

from bot.cli import main


def test_check_says_what_is_good_and_what_is_not(write_pack: Write, tmp_path: Path) -> None:
    good = CliRunner().invoke(main, ["--data", str(tmp_path), "check"])
    assert (good.exit_code, good.output) == (
        0,
        "《新质生产力：五篇材料三十天》可用：5 篇，30 张，72 题，30 条术语；提醒 0 处。\n",
    )
    folder = write_pack({"quiz.md": FILES["quiz.md"].replace("[x]", "[ ]")})
    bad = CliRunner().invoke(main, ["--data", str(tmp_path), "check", str(folder)])
    assert bad.exit_code == 1
    assert "zhongcai/quiz.md:3: 错误：题 q001 没有正确选项" in bad.output


def test_search_json(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["--data", str(tmp_path), "search", "--json", "--", "科技自立自强"])
    found = json.loads(ran.output)
    assert (found["mode"], found["guess"], found["total"]) == ("exact", None, 3)
    hit = found["hits"][2]
    begin, end = hit["spans"][0]
    assert (hit["article"], hit["text"][begin:end]) == ("壮大新质生产力的超强机遇", "科技自立自强")


def test_search_in_an_unknown_pack(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["--data", str(tmp_path), "search", "--pack", "abc", "新"])
    assert ran.exit_code == 2
    assert "没有编号为“abc”的内容" in ran.output
