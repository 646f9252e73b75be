"""Every way in which a pack can be wrong: one mistake, one complaint, with file, line and the whole sentence."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import FILES, Write

from bot.packs.read import read_pack

ARTICLE, CARDS, GLOSSARY, QUIZ = (
    FILES[name] for name in ("articles/01-tu.md", "cards.md", "glossary.md", "quiz.md")
)
A = "articles/01-tu.md"
FILL = QUIZ.replace("追肥要少量多次。\n答: 对", "追肥要____，要____。\n答: {}")
ORDER = QUIZ.replace("答: 对", "排序:\n1. {}\n2. {}\n3. {}")
MATCH = QUIZ.replace("答: 对", "配对:\n- 春 = 种\n- 夏 = 长\n- {}")


def problems(folder: Path) -> list[tuple[str, int, str]]:
    pack, found = read_pack(folder)
    assert pack is None
    assert all(problem.error for problem in found)
    return [(problem.file, problem.line, problem.text) for problem in found]


ONE = [
    ("pack.md", "", 0, "文件是空的。请写上内容，或删掉这个文件。"),
    ("pack.md", "# 甲\n# 乙\n", 2, "标题写了两次。请只留一行“# ”。"),
    ("pack.md", "# 甲\n难度: 3\n", 2, "不认识的键“难度”。可以写的有：语言、版本、节奏、说明。"),
    ("pack.md", "# 甲\n语言: zh\n语言: en\n", 3, "“语言”写了两次。请只留一行。"),
    ("pack.md", "# 甲\n随便写的话\n", 2, "看不懂这一行：“随便写的话”。请写成“键: 值”，例如：语言: ……"),
    ("pack.md", "# 甲\n<!-- 没写完\n", 2, "注释“<!--”没有结束。请在注释后面加上“-->”。"),
    (A, "\n正文\n", 2, "开头没有“---”。请先写一行“---”，再写编号和标题，再写一行“---”。"),
    (A, "---\n编号: a1\n标题: 甲\n正文\n", 1, "开头的“---”没有结束。请在最后一个键后面再写一行“---”。"),
    (A, ARTICLE.replace("编号: a1\n", ""), 1, "没有编号。请加一行，例如：编号: a1"),
    (
        A,
        ARTICLE.replace("编号: a1", "编号: 第一篇"),
        2,
        "编号“第一篇”要用小写字母开头，只含小写字母、数字和连字符，例如：a1",
    ),
    (A, ARTICLE.replace("标题: 土要松\n", ""), 1, "没有标题。请加一行，例如：标题: 第一课"),
    (A, "---\n编号: a1\n标题: 甲\n---\n\n## 只有小标题\n", 4, "文章没有正文。请写上内容，或删掉这个文件。"),
    (A, ARTICLE + "\n##\n", 16, "小标题是空的。请写上文字，或删掉这一行。"),
    (
        A,
        ARTICLE + "\n![图](images/no.png)\n",
        16,
        "没有图片“images/no.png”。请把它放进内容目录，或删掉这一行。",
    ),
    (
        A,
        ARTICLE + "\n![图](../../secret.png)\n",
        16,
        "图片“../../secret.png”指到内容目录外面。请把它存到 images/ 再引用。",
    ),
    (
        A,
        ARTICLE + "\n![图](/etc/passwd)\n",
        16,
        "图片“/etc/passwd”指到内容目录外面。请把它存到 images/ 再引用。",
    ),
    (
        A,
        ARTICLE + "\n![图](https://x.example/a.png)\n",
        16,
        "图片“https://x.example/a.png”不在内容目录里。请把它存到 images/ 再引用。",
    ),
    (A, ARTICLE.encode("gbk"), 0, "文件不是 UTF-8 编码，像是 GBK。请另存为 UTF-8 再放进来。"),
    (A, ARTICLE.encode("utf-16"), 0, "文件不是 UTF-8 编码，像是 UTF-16。请另存为 UTF-8 再放进来。"),
    (A, bytes(range(256)), 0, "文件不是 UTF-8 编码，或已经损坏。请另存为 UTF-8 再放进来。"),
    (A, b"\x00\x01\x02" * 50, 0, "文件里有二进制内容。请换成文字文件。"),
    (A, b"\x01\x02\x03" * 50, 0, "文件里有二进制内容。请换成文字文件。"),
    (A, "字" * 1_700_000, 0, "文件超过 2 MB。请分成几个内容。"),
    ("cards.md", CARDS.replace("c01 ", ""), 1, "“什么时候翻土”要写成“编号 标题”，例如：## c01 开头的话"),
    (
        "cards.md",
        CARDS.replace("c01 什么时候翻土", "c01"),
        1,
        "“c01”要写成“编号 标题”，例如：## c01 开头的话",
    ),
    ("cards.md", CARDS.replace("文章: a1\n", ""), 1, "卡片 c01 没写出自哪篇文章。请加一行，例如：文章: a1"),
    ("cards.md", CARDS.replace("a1", "a9"), 2, "没有编号为“a9”的文章。请写 articles 里有的编号：a1"),
    (
        "cards.md",
        CARDS.replace("文章: a1", "文章: a1\n小标题: 翻上"),
        3,
        "文章 a1 没有小标题“翻上”。是不是想写“翻土”？",
    ),
    (
        "cards.md",
        CARDS.replace("文章: a1", "文章: a1\n标答: 土"),
        3,
        "不认识的键“标答”，是不是想写“标签”？如果这是正文，请在它上面空一行。",
    ),
    ("cards.md", CARDS.replace("想一想:", "想想:"), 6, "不认识的键“想想”，是不是想写“想一想”？"),
    ("cards.md", "## c01 空的\n文章: a1\n", 1, "卡片 c01 没有正文。请写 60 到 220 字。"),
    (
        "cards.md",
        CARDS.replace("文章: a1", "文章: a1\n段落: 40"),
        3,
        "“40”不是文章 a1 的段落。请删掉这一行，段落会自动去找。",
    ),
    ("cards.md", CARDS + CARDS, 7, "卡片编号“c01”用过了，在第 1 行。请换一个。"),
    ("glossary.md", GLOSSARY.replace("t01", "q001"), 2, None),
    ("glossary.md", GLOSSARY + GLOSSARY, 9, "术语编号“t01”用过了，在第 1 行。请换一个。"),
    (
        "glossary.md",
        GLOSSARY + GLOSSARY.replace("t01", "t02"),
        8,
        "术语“底肥”在第 1 行写过了。请合成一条。",
    ),
    (
        "glossary.md",
        GLOSSARY.replace("t01", "第 1 条"),
        2,
        "术语编号“第 1 条”要用小写字母加数字，例如：t01。也可以不写，名称就是编号。",
    ),
    ("glossary.md", GLOSSARY.replace("a1", "c01"), 5, "没有编号为“c01”的文章。请写 articles 里有的编号：a1"),
    (
        "glossary.md",
        GLOSSARY.replace("文章: a1", "卡片: c9"),
        5,
        "没有编号为“c9”的卡片。请写 cards.md 里有的编号：c01",
    ),
    (
        "glossary.md",
        GLOSSARY.replace("又名", "有名"),
        3,
        "不认识的键“有名”，是不是想写“又名”？如果这是正文，请在它上面空一行。",
    ),
    ("quiz.md", QUIZ.replace("q002", "第二题"), 9, "题号“第二题”要用小写字母加数字，例如：q001"),
    ("quiz.md", QUIZ.replace("q002", "q001"), 9, "题号“q001”在第 1 行用过了。请换一个。"),
    ("quiz.md", QUIZ.replace("q002", "c01"), 9, None),
    ("quiz.md", QUIZ.replace("[x]", "[ ]"), 3, "题 q001 没有正确选项。请在对的那一项写“- [x]”。"),
    ("quiz.md", QUIZ.replace("[ ]", "[x]"), 3, "题 q001 的选项全对。多选题至少要有一项是错的。"),
    (
        "quiz.md",
        QUIZ.replace("- [ ] 雨刚停", "题型: 单选\n- [x] 雨刚停\n- [ ] 晴天"),
        4,
        "题型写的是“单选”，却有 2 个正确选项。请只留一个“[x]”，或把题型改成多选。",
    ),
    (
        "quiz.md",
        QUIZ.replace("卡片: c01", "卡片: c01\n题型: 多选题"),
        3,
        "题型写的是“多选”，却只有 1 个正确选项。请再标一个“[x]”，或把题型改成单选。",
    ),
    (
        "quiz.md",
        QUIZ.replace("卡片: c01", "卡片: c01\n题型: 填空"),
        3,
        "题型写的是“填空”，内容却像单选题。请改题型，或改题的内容。",
    ),
    (
        "quiz.md",
        QUIZ.replace("卡片: c01", "卡片: c01\n题型: 单逸"),
        3,
        "没有“单逸”这种题型。是不是想写“单选”？",
    ),
    ("quiz.md", QUIZ.replace("- [ ] 雨刚停\n", ""), 3, "题 q001 有 1 个选项。请写 2 到 8 个。"),
    (
        "quiz.md",
        QUIZ.replace("- [ ] 雨刚停\n", "".join(f"- [ ] 第 {n} 天\n" for n in range(8))),
        3,
        "题 q001 有 9 个选项。请写 2 到 8 个。",
    ),
    (
        "quiz.md",
        QUIZ.replace("雨刚停", "雨后 ２ 天").replace("雨后两三天\n解", "雨后2天\n解"),
        3,
        "题 q001 有两个选项一样：“雨后2天”。请改掉一个。",
    ),
    ("quiz.md", QUIZ.replace("- [ ] 雨刚停", "- 雨刚停"), 4, None),
    ("quiz.md", QUIZ.replace("- [ ] 雨刚停", "A. 雨刚停"), 4, None),
    (
        "quiz.md",
        QUIZ.replace("解析: 土", "解折: 土"),
        6,
        "不认识的键“解折”，是不是想写“解析”？",
    ),
    (
        "quiz.md",
        QUIZ.replace("题: 翻土挑什么时候？\n", ""),
        1,
        "题 q001 没有题干。请加一行，例如：题: 第一篇讲的是什么？",
    ),
    (
        "quiz.md",
        QUIZ.replace("依据: 雨后两三天\n", ""),
        1,
        "题 q001 没有依据。请从文章里照抄一句，例如：依据: ……",
    ),
    (
        "quiz.md",
        QUIZ.replace("依据: 雨后两三天", "依据: 雪后"),
        7,
        "依据不在文章 a1 里：“雪后”。请照抄原文一句。",
    ),
    (
        "quiz.md",
        QUIZ.replace("依据: 雨后两三天", "依据: 翻土要在雨后两三天,土不粘锹的时候"),
        7,
        "依据不在文章 a1 里：“翻土要在雨后两三天,土不粘锹的时候”。"
        "最像的一句是：“翻土要在雨后两三天，土不粘锹的时候。”。请照抄。",
    ),
    (
        "quiz.md",
        QUIZ.replace("卡片: c01\n", ""),
        1,
        "题 q001 没写“卡片”或“文章”。请写它出自哪里，例如：卡片: c01",
    ),
    (
        "quiz.md",
        QUIZ.replace("文章: a1", "文章: a7"),
        10,
        "没有编号为“a7”的文章。请写 articles 里有的编号：a1",
    ),
    ("quiz.md", QUIZ.replace("c01", "c07"), 2, "没有编号为“c07”的卡片。请写 cards.md 里有的编号：c01"),
    (
        "quiz.md",
        QUIZ.replace("答: 对", "答: 也许"),
        12,
        "题 q002 的答案“也许”不是对或错，题干里也没有空。请写“答: 对”，或在题干里写“____”。",
    ),
    (
        "quiz.md",
        QUIZ.replace("答: 对\n", ""),
        11,
        "题 q002 没有选项，也没有答案。请写“- [x] 选项”，或一行“答: 对”。",
    ),
    (
        "quiz.md",
        QUIZ.replace("解析: 土", "答: B\n解析: 土"),
        6,
        "有选项的题不用写“答”。请在对的选项前写“- [x]”，删掉这一行。",
    ),
    ("quiz.md", QUIZ.replace("答: 对", "答: 对\n停用: 也许"), 13, "“停用”只能写是或否。请改成：停用: 是"),
    (
        "quiz.md",
        FILL.format("少量"),
        12,
        "题 q002 有 2 个空，答案有 1 个。请用“、”隔开每空的答案，同一空的几种写法用“|”隔开。",
    ),
    ("quiz.md", FILL.format("少量、|"), 12, "题 q002 有 2 个空，答案没有写全。请一空写一个，用“、”隔开。"),
    ("quiz.md", ORDER.format("翻土", "施肥", "翻 土"), 11, "题 q002 的排序有两项一样：“翻 土”。请改掉一个。"),
    (
        "quiz.md",
        ORDER.format("一", "二", "三\n4. 四\n5. 五\n6. 六\n7. 七"),
        11,
        "题 q002 的排序有 7 项。请写 3 到 6 项。",
    ),
    (
        "quiz.md",
        ORDER.replace("3. {}\n", "").format("一", "二"),
        11,
        "题 q002 的排序有 2 项。请写 3 到 6 项。",
    ),
    ("quiz.md", MATCH.format("秋 = 种"), 11, "题 q002 的配对右边有两项一样：“种”。请改掉一个。"),
    ("quiz.md", MATCH.format("夏 = 收"), 11, "题 q002 的配对左边有两项一样：“夏”。请改掉一个。"),
]
WHOLE = {
    ("glossary.md", 2): [("quiz.md", 1, "编号“q001”在 glossary.md 第 1 行里用过了。请换一个。")],
    ("quiz.md", 9): [("quiz.md", 9, "编号“c01”在 cards.md 第 1 行里用过了。请换一个。")],
    ("quiz.md", 4): [
        ("quiz.md", 3, "题 q001 有 1 个选项。请写 2 到 8 个。"),
        ("quiz.md", 4, "看不懂这一行：“{}雨刚停”。选项要写成“- [ ] 文字”。"),
    ],
}


@pytest.mark.parametrize(("file", "text", "line", "sentence"), ONE, ids=range(len(ONE)))
def test_one_mistake_one_complaint(
    write_pack: Write, file: str, text: str | bytes, line: int, sentence: str | None
) -> None:
    expected = [(file, line, sentence)] if sentence else WHOLE[(file, line)]
    mark = "A. " if "A. 雨" in str(text) else "- "
    expected = [(where, at, str(what).replace("{}", mark)) for where, at, what in expected]
    assert problems(write_pack({file: text})) == expected


def test_a_quote_from_another_article(write_pack: Write) -> None:
    second = "---\n编号: a2\n标题: 水\n---\n\n浇水要浇透。\n"
    folder = write_pack(
        {"articles/02-shui.md": second, "quiz.md": QUIZ.replace("依据: 追肥少量多次", "依据: 浇水要浇透")}
    )
    assert problems(folder) == [("quiz.md", 13, "依据不在文章 a1 里，在文章 a2 里。请改出处，或换一句依据。")]


def test_a_question_that_contradicts_its_card(write_pack: Write) -> None:
    second = "---\n编号: a2\n标题: 水\n---\n\n雨后两三天浇水。\n"
    quiz = QUIZ.replace("卡片: c01", "卡片: c01\n文章: a2")
    assert problems(write_pack({"articles/02-shui.md": second, "quiz.md": quiz})) == [
        ("quiz.md", 3, "卡片 c01 出自文章 a1，这里写的是 a2。请改成一致，或删掉这一行。")
    ]


def test_two_articles_of_one_id(write_pack: Write) -> None:
    assert problems(write_pack({"articles/02-tu.md": ARTICLE})) == [
        ("articles/02-tu.md", 2, "编号“a1”用过了，在 articles/01-tu.md 里。请换一个。")
    ]


def _remove(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def _link(name: str, target: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)

    return change


def _folder_instead(name: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return change


def _pipe_instead(folder: Path) -> None:
    (folder / "quiz.md").unlink()
    os.mkfifo(folder / "quiz.md")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_remove("pack.md"), ("pack.md", 0, "没有这个文件。请新建，第一行写“# 标题”。")),
        (_remove(A), ("articles", 0, "一篇文章也没有。请放进至少一篇，例如：articles/01-shouye.md")),
        (
            _link("quiz.md", "/etc/hostname"),
            ("quiz.md", 0, "这个文件指到内容目录外面去了。请把文件放进目录里。"),
        ),
        (_link("quiz.md", "quiz.md"), ("quiz.md", 0, "这个链接绕回它自己。请换成文件本身。")),
        (_link("quiz.md", "gone.md"), ("quiz.md", 0, "没有这个文件。请补上，或删掉指向它的链接。")),
        (_folder_instead("quiz.md"), ("quiz.md", 0, "这不是文件。请换成一个文本文件。")),
        (_pipe_instead, ("quiz.md", 0, "这不是文件。请换成一个文本文件。")),
    ],
    ids=range(7),
)
def test_files_that_cannot_be_used(
    write_pack: Write, change: Callable[[Path], object], expected: tuple[str, int, str]
) -> None:
    folder = write_pack()
    change(folder)
    assert problems(folder) == [expected]


def test_a_missing_folder(tmp_path: Path) -> None:
    assert problems(tmp_path / "none") == [("pack.md", 0, "没有这个文件。请新建，第一行写“# 标题”。")]


def test_without_pack_md_the_rest_is_checked_all_the_same(write_pack: Write) -> None:
    folder = write_pack({"quiz.md": QUIZ.replace("[x]", "[ ]")})
    (folder / "pack.md").unlink()
    assert problems(folder) == [
        ("pack.md", 0, "没有这个文件。请新建，第一行写“# 标题”。"),
        ("quiz.md", 3, "题 q001 没有正确选项。请在对的那一项写“- [x]”。"),
    ]


def test_articles_that_lead_out_of_the_pack(write_pack: Write, tmp_path: Path) -> None:
    folder = write_pack()
    (folder / "articles").rename(tmp_path / "elsewhere")
    (folder / "articles").symlink_to(tmp_path / "elsewhere")
    assert problems(folder) == [("articles", 0, "这个文件夹指到内容目录外面去了。请把文章放进目录里。")]


def test_a_file_that_is_wrong_all_over_is_summed_up(write_pack: Write) -> None:
    found = problems(write_pack({"quiz.md": "##\n" * 1000}))
    assert len(found) == 101
    assert found[-1] == ("quiz.md", 101, "后面还有 900 处。请先改好上面的，再检查一次。")
