"""What reads badly is a warning with file and line, and the pack goes live all the same."""

import pytest
from conftest import FILES, Write

from bot.packs.read import read_pack

ARTICLE, CARDS, GLOSSARY, QUIZ = (
    FILES[name] for name in ("articles/01-tu.md", "cards.md", "glossary.md", "quiz.md")
)
A = "articles/01-tu.md"
UNDATED = ARTICLE.replace("日期: 2025 年 4 月\n", "")
SINGLE = "## q{0:03}\n文章: a1\n题: 第 {0} 问？\n- [{1}] 雨后两三天\n- [{2}] 雨刚停\n依据: 雨后两三天\n\n"


@pytest.mark.parametrize(
    ("file", "text", "line", "sentence"),
    [
        (A, ARTICLE.replace("日期", "链接: www.x.example\n日期"), 5, "链接要以 https:// 开头。请写完整的网址，或删掉这一行。"),
        (A, ARTICLE + "\n# 大标题\n", 16, "“# ”是整篇的标题，已经在开头写过。请把它改成小标题“## ”。"),
        (A, ARTICLE + "\n要**松**。\n", 16, "“**”和“__”会照原样显示。请把它们删掉。"),
        (A, ARTICLE + "\n看图![锹](images/a.png)。\n", 16, "文字中间的图片会照原样显示。请让它自己占一行。"),
        ("articles/02.txt", "第二篇", 0, "文章要用 .md 文件，这个没有读。请改名，或移走。"),
        ("card.md", "x", 0, "不认识这个文件，没有读。是不是想写“cards.md”？"),
        ("cards.md", "## c01 短\n文章: a1\n\n太短了。\n", 1, "卡片 c01 有 3 字，60 到 220 字最好读。"),
        ("cards.md", CARDS.replace("稳", "稳" * 200), 1, "卡片 c01 有 260 字，60 到 220 字最好读。"),
        ("cards.md", CARDS + CARDS.replace("c01", "c02").replace("雨刚停", "雨一停"), 7, "卡片 c02 和 c01 几乎一样。请删掉一张，或改写一张。"),
        ("glossary.md", GLOSSARY + "\n## 基肥\n\n就是底肥。\n", 3, "又名“基肥”已经是另一条术语。请删掉这个又名，或把两条合成一条。"),
        ("quiz.md", QUIZ.replace("翻土挑", "翻" * 280), 3, "题 q001 的题干有 285 字，超过 280 字只能用按钮作答。请写短一些。"),
        ("quiz.md", QUIZ.replace("雨刚停", "雨" * 91), 3, "题 q001 有一项超过 90 字，只能用按钮作答。请写短一些。"),
        ("quiz.md", QUIZ.replace("土不粘锹", "土" * 201), 6, "题 q001 的解析有 202 字，超过 200 字会另发一条。请写短一些。"),
        ("quiz.md", QUIZ.replace("挑什么时候", "在雨后 两三天吗"), 3, "题 q001 的题干里看得到答案“雨后两三天”。请改题干。"),
        ("quiz.md", QUIZ.replace("追肥要少量多次。\n答: 对", "追肥少量____，要少量多次。\n答: 多次"), 11, "题 q002 的题干里看得到答案“多次”。请改题干。"),
        ("quiz.md", QUIZ.replace("[x] 雨后", "[x] 一场透雨以后再等"), 3, "题 q001 的正确选项“一场透雨以后再等两三天”比其他选项长得多。请改得一样长。"),
        ("quiz.md", QUIZ.replace("雨刚停", "以上都不是"), 3, "题 q001 有“以上都对”一类的选项，选项换了次序就说不通。请换成具体的内容。"),
        ("quiz.md", QUIZ.replace("翻土挑什么时候", "哪个时候不是不能翻土"), 3, "题 q001 的题干有两重否定。请改成正面的说法。"),
        ("quiz.md", QUIZ.replace("翻土挑", "今年翻土挑"), 3, "题 q001 写了“今年”，过后读不懂。请写年份或日期。"),
        ("quiz.md", QUIZ.replace("土不粘锹", "近日不粘锹"), 6, "题 q001 写了“近日”，过后读不懂。请写年份或日期。"),
        ("quiz.md", "".join(SINGLE.format(n, "x", " ") for n in range(5)), 0, "5 道里有 5 道单选题的正确选项在同一个位置。请调换一些。"),
        ("pack.md", "# 甲\n节奏: 隔天\n", 2, "看不懂节奏“隔天”，先按每天。可以写：每天、工作日、周一到周五、周二周四。"),
        ("quiz.md", QUIZ.replace("追肥要少量多次。", "追肥不是不要少量多次。"), 11, "题 q002 的题干有两重否定。请改成正面的说法。"),
    ],
    ids=range(23),
)  # fmt: skip
def test_warnings(write_pack: Write, file: str, text: str, line: int, sentence: str) -> None:
    pack, problems = read_pack(write_pack({file: text}))
    assert pack is not None
    assert [(p.file, p.line, p.text, p.error) for p in problems] == [(file, line, sentence, False)]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("quiz.md", QUIZ.replace("翻土挑什么时候", "雨刚停和雨后两三天，翻土该选哪个")),  # both are offered
        ("quiz.md", QUIZ.replace("翻土挑什么时候", "哪个时候不是翻土的好时候")),
        ("quiz.md", QUIZ.replace("翻土挑什么时候", "除了无人机，不断翻土要等到什么时候")),
        ("quiz.md", QUIZ.replace("翻土挑什么时候", "老周那句“今年不急”，说的是翻土要等多久")),
        ("quiz.md", QUIZ.replace("雨后两三天\n解", "雨后三天\n解").replace("雨刚停", "当天")),  # short ones
        ("quiz.md", "".join(SINGLE.format(n, *("x ", " x")[n % 2]) for n in range(6))),
        ("quiz.md", "".join(SINGLE.format(n, "x", " ") for n in range(4))),
        ("cards.md", CARDS.replace("翻土要在", "今年翻土要在")),  # the article's date stands on the card
        ("README.md", "说明"),
    ],
    ids=range(9),
)
def test_no_false_alarm(write_pack: Write, file: str, text: str) -> None:
    pack, problems = read_pack(write_pack({file: text}))
    assert pack is not None
    assert problems == ()


def test_relative_time_needs_a_date_somewhere(write_pack: Write) -> None:
    cards = CARDS.replace("翻土要在", "今年翻土要在")
    pack, problems = read_pack(write_pack({A: UNDATED, "cards.md": cards}))
    assert pack is not None
    assert [(p.file, p.line, p.text) for p in problems] == [
        ("cards.md", 1, "卡片 c01 写了“今年”，文章没有日期。请加一行，例如：日期说明: 2024 年 3 月的报道")
    ]
    dated = cards.replace("文章: a1", "文章: a1\n日期说明: 2025 年 4 月")
    assert read_pack(write_pack({A: UNDATED, "cards.md": dated}))[1] == ()


def test_no_card_at_all(write_pack: Write) -> None:
    files = {"cards.md": "<!-- 还没写 --><!-- 明天写 -->\n", "quiz.md": FILES["quiz.md"].split("## q002")[1]}
    files["quiz.md"] = "## q002" + files["quiz.md"]
    pack, problems = read_pack(write_pack(files))
    assert pack is not None
    assert [str(problem) for problem in problems] == [
        "cards.md: 提醒：里面没有卡片，每天没有可推送的。请写上，例如：## c01 开头的话"
    ]
