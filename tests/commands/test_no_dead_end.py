"""No reply ends a path: each has a button, or says what to write next."""

import re
from pathlib import Path

import pytest
from conftest import FILES, NOW, Talk, Write

from bot.commands import COMMANDS
from bot.messages import Reply, bare
from bot.store import Store, members
from bot.study import shelf

ONWARD = re.compile("请发|例如：|发“|直接发|回复|再来|请对方|就恢复|往上翻")
SAID = (
    *(
        "搜索 龘龘龘",
        "搜索 …",
        "龘龘龘",
        "术语 龘龘",
        "术语 底肥",
        "文章 99",
        "文章 龘龘",
        "第 99 天",
        "/day",
        "/heads 99",
    ),
    *(
        "/card zzz",
        "/card c01",
        "/fav c01",
        "/fav -c01",
        "/quiz zzz",
        "/quiz c01",
        "/quiz 0",
        "/quiz end",
        "/quiz wrong",
    ),
    *(
        "/flag zzz",
        "/flag q001",
        "/flag q001 key",
        "/flag q001 key",
        "/hint",
        "/pick",
        "/answer 1 A xxx",
        "/wrong 1",
    ),
    *(
        "更多",
        "7",
        "99",
        "b",
        "对",
        "提示",
        "取消",
        "恢复",
        "暂停 900",
        "暂停 0",
        "时区 火星",
        "/time CST",
        "退订",
        "退订",
    ),
    *(
        "/import no abc",
        "/import ok abc",
        "/pack zzz",
        "/pack zhongcai",
        "/pack zhongcai default",
        "/original a1",
    ),
    *(
        "/start zzz",
        "/start zhongcai",
        "/start a1-c01",
        "/start q-q001",
        "/go abcdef 1",
        "/nix",
        "/reported off zzz x",
    ),
    *(
        "公告 明天讨论",
        "/announce ok 99 abcdef",
        "/announce edit 1 abcdef",
        "/forgetme no",
        "/forgetme ok abcdef",
    ),
    *(
        "/article next",
        "/article back",
        "/article today",
        "/article source",
        "下一页",
        "再来一组",
        "你是谁",
        "9点半",
    ),
)


def leads_on(reply: Reply) -> bool:
    return bool(reply.buttons or reply.prompt or ONWARD.search(bare(reply.text)))


@pytest.mark.parametrize("who", ["member", "subscriber", "organiser"])
@pytest.mark.parametrize("content", ["pack", "bare pack", "nothing"])
def test_every_reply_leads_on(
    store: Store, write_pack: Write, tmp_path: Path, who: str, content: str
) -> None:
    if content == "pack":
        shelf.refresh(store, write_pack().parent)
    if content == "bare pack":
        folder = write_pack({"glossary.md": re.sub("类别: .*\n", "", FILES["glossary.md"])})
        (folder / "quiz.md").unlink()
        shelf.refresh(store, folder.parent)
    talk = Talk(store)
    object.__setattr__(talk.settings, "data", tmp_path / "data")
    if who == "subscriber":
        talk.says("订阅")
    if who == "organiser":
        members.put_code(store, "claim", "AAAA-AAAA", 0, NOW.replace(year=2030))
        talk.says("/claim AAAA-AAAA")
    ends = [
        (said, bare(reply.text))
        for said in (*(f"/{each.name}" for each in COMMANDS), *SAID)
        for reply in talk.replies(said)
        if not leads_on(reply)
    ]
    assert ends == []
