"""A pack's folder read into one value, or refused whole with every mistake at once.

Invariant: content never makes this raise; a pack with an error is None, one with warnings is a pack.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from bot.model import Article, Card, Pack, Problem, Term
from bot.packs.header import fold, key_line, sections, unknown_key
from bot.packs.markdown import blocks
from bot.packs.quiz import read_quiz

PACK_ID = re.compile(r"[a-z][a-z0-9-]{0,31}")
FILE_BYTES = 2_000_000
PACK_KEYS = ("语言", "版本", "节奏", "说明")
ARTICLE_KEYS = ("编号", "标题", "副题", "出处", "作者", "日期", "链接", "原文")
CARD_KEYS = ("文章", "小标题", "标签", "日期说明")
TERM_KEYS = ("编号", "又名", "类别", "文章", "卡片")
CARD_LENGTH = (60, 220)  # 汉字; what reads well in one screen of a phone


def find_packs(*roots: Path) -> tuple[dict[str, Path], tuple[Problem, ...]]:
    """Pack folders by id. An id that stands in two roots is refused in the second."""
    found: dict[str, Path] = {}
    problems: list[Problem] = []
    for root in roots:
        for folder in sorted(p.parent for p in root.glob("*/pack.md")):
            if folder.name.startswith((".", "_")):
                continue
            if not PACK_ID.fullmatch(folder.name):
                problems.append(
                    Problem(folder.name, 0, "内容的目录名只能用小写字母、数字和连字符，例如：my-course")
                )
            elif folder.name in found:
                problems.append(Problem(folder.name, 0, f"“{folder.name}”有两份。请把其中一份改名。"))
            else:
                found[folder.name] = folder
    return found, tuple(problems)


def fingerprint(folder: Path) -> str:
    """Names, sizes and change times of a pack's files: cheap, and different after any edit."""
    parts = []
    for path in sorted(folder.rglob("*.md")):
        status = path.stat()
        parts.append(f"{path.relative_to(folder).as_posix()}|{status.st_size}|{status.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def read_pack(folder: Path) -> tuple[Pack | None, tuple[Problem, ...]]:
    """The pack in `folder` and everything that is wrong with it, sorted by file and line."""
    problems: list[Problem] = []
    hashed = hashlib.sha256()

    def lines(path: Path) -> list[str]:
        name = path.relative_to(folder).as_posix()
        data = b""
        try:
            if not path.resolve().is_relative_to(folder.resolve()):
                problems.append(Problem(name, 0, "这个文件指到内容目录外面去了。请把文件放进目录里。"))
            elif path.stat().st_size > FILE_BYTES:
                problems.append(Problem(name, 0, f"文件超过 {FILE_BYTES // 1_000_000} MB。请分成几个内容。"))
            else:
                data = path.read_bytes()
        except OSError:
            problems.append(Problem(name, 0, "文件读不了。请检查权限。"))
        hashed.update(f"{name}\0{len(data)}\0".encode() + data)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            problems.append(Problem(name, 0, "文件不是 UTF-8 编码。请另存为 UTF-8 再放进来。"))
            return []
        if "\0" in text:
            problems.append(Problem(name, 0, "文件里有二进制内容。请换成文字文件。"))
            return []
        return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def optional(name: str) -> list[str]:
        path = folder / name
        return lines(path) if path.is_file() or path.is_symlink() else []

    if not (folder / "pack.md").is_file():
        return None, (Problem("pack.md", 0, "没有这个文件。请新建，第一行写“# 标题”。"),)
    title, keys = _pack_md(lines(folder / "pack.md"), problems)
    articles: dict[str, Article] = {}
    for path in sorted((folder / "articles").glob("*.md")):
        article = _article(path.relative_to(folder).as_posix(), lines(path), len(articles) + 1, problems)
        if article and article.id in articles:
            problems.append(
                Problem(path.relative_to(folder).as_posix(), 2, f"编号“{article.id}”用过了。请换一个。")
            )
        elif article:
            articles[article.id] = article
    if not articles and not problems:
        problems.append(Problem("articles", 0, "一篇文章也没有。请放进至少一篇，例如：articles/01-shouye.md"))
    cards = _cards(optional("cards.md"), articles, problems)
    terms = _terms(optional("glossary.md"), articles, cards, problems)
    questions = read_quiz(optional("quiz.md"), articles, cards, problems)
    problems.sort(key=lambda problem: (problem.file, problem.line))
    if any(problem.error for problem in problems):
        return None, tuple(problems)
    pack = Pack(
        id=folder.name,
        title=title,
        articles=tuple(articles.values()),
        cards=tuple(cards.values()),
        terms=terms,
        questions=questions,
        language=keys.get("语言", "zh-Hans"),
        version=keys.get("版本", ""),
        rhythm=keys.get("节奏", ""),
        about=keys.get("说明", ""),
        digest=hashed.hexdigest(),
    )
    return pack, tuple(problems)


def _pack_md(lines: list[str], problems: list[Problem]) -> tuple[str, dict[str, str]]:
    title, keys = "", {}
    for number, line in enumerate(lines, 1):
        if line.startswith("# ") and not title:
            title = line[2:].strip()
        elif pair := key_line(line):
            if pair[0] in PACK_KEYS:
                keys[pair[0]] = pair[1]
            else:
                problems.append(unknown_key("pack.md", number, pair[0], PACK_KEYS))
    if not title:
        problems.append(Problem("pack.md", 1, "没有标题。请在第一行写，例如：# 入门三十天"))
    return title, keys


def _article(file: str, lines: list[str], number: int, problems: list[Problem]) -> Article | None:
    if not lines:
        return None
    if not any(line.strip() for line in lines):
        problems.append(Problem(file, 0, "文件是空的。请写上内容，或删掉它。"))
        return None
    if lines[0].strip() != "---":
        problems.append(Problem(file, 1, "开头没有“---”。请先写一行“---”，再写编号和标题，再写一行“---”。"))
        return None
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
    if not end:
        problems.append(Problem(file, 1, "开头的“---”没有结束。请在最后一个键后面再写一行“---”。"))
        return None
    keys: dict[str, str] = {}
    for line_number, line in enumerate(lines[1:end], 2):
        pair = key_line(line)
        if pair and pair[0] in ARTICLE_KEYS:
            keys[pair[0]] = pair[1]
        elif pair:
            problems.append(unknown_key(file, line_number, pair[0], ARTICLE_KEYS))
        elif line.strip():
            problems.append(
                Problem(file, line_number, f"看不懂这一行：“{line.strip()[:20]}”。请写成“键: 值”。")
            )
    key = fold(keys.get("编号", ""))
    if not PACK_ID.fullmatch(key):
        problems.append(Problem(file, 1, "没有编号，或编号不对。请加一行，例如：编号: a1"))
    if not keys.get("标题"):
        problems.append(Problem(file, 1, "没有标题。请加一行，例如：标题: 第一课"))
    body = blocks(lines[end + 1 :])
    if not any(block.kind != "head" for block in body):
        problems.append(Problem(file, end + 1, "文章没有正文。请写上内容，或删掉这个文件。"))
    if not PACK_ID.fullmatch(key):
        return None
    return Article(
        id=key,
        number=number,
        title=keys.get("标题", ""),
        blocks=body,
        subtitle=keys.get("副题", ""),
        source=keys.get("出处", ""),
        author=keys.get("作者", ""),
        date=keys.get("日期", ""),
        link=keys.get("链接", ""),
        original=keys.get("原文", ""),
    )


def _cards(lines: list[str], articles: dict[str, Article], problems: list[Problem]) -> dict[str, Card]:
    file, found = "cards.md", dict[str, Card]()
    for section in sections(lines, file, CARD_KEYS, problems, everywhere=("想一想",)):
        key, _, title = section.head.partition(" ")
        key = fold(key)
        if not PACK_ID.fullmatch(key) or not title.strip():
            problems.append(
                Problem(file, section.line, f"“{section.head}”要写成“编号 标题”，例如：## c01 开头的话")
            )
            continue
        if key in found:
            problems.append(Problem(file, section.line, f"卡片编号“{key}”用过了。请换一个。"))
            continue
        article = articles.get(fold(section.get("文章")))
        if article is None:
            named = section.get("文章")
            what = f"没有编号为“{named}”的文章" if named else f"卡片 {key} 没写出自哪篇文章"
            problems.append(
                Problem(file, section.place("文章"), f"{what}。请写 articles 里有的编号，例如：文章: a1")
            )
            continue
        heads = [block.text for block in article.blocks if block.kind == "head"]
        if section.get("小标题") and section.get("小标题") not in heads:
            problems.append(
                Problem(
                    file,
                    section.place("小标题"),
                    f"文章 {article.id} 没有小标题“{section.get('小标题')}”。请照抄一个。",
                )
            )
        text = "\n".join(_paragraphs(section.body))
        if not text:
            problems.append(Problem(file, section.line, f"卡片 {key} 没有正文。请写 60 到 220 字。"))
        count = len(re.findall(r"[一-鿿]", text))
        if text and not CARD_LENGTH[0] <= count <= CARD_LENGTH[1]:
            problems.append(
                Problem(file, section.line, f"卡片 {key} 有 {count} 字，60 到 220 字最好读。", error=False)
            )
        card = Card(
            id=key,
            rank=len(found) + 1,
            title=title.strip(),
            text=text,
            article=article.id,
            section=section.get("小标题"),
            tags=tuple(tag.strip() for tag in re.split(r"[,，、]", section.get("标签")) if tag.strip()),
            date_note=section.get("日期说明"),
            think=section.get("想一想"),
        )
        found[key] = anchored(card, article)
    return found


def _terms(
    lines: list[str], articles: dict[str, Article], cards: dict[str, Card], problems: list[Problem]
) -> tuple[Term, ...]:
    file, found = "glossary.md", dict[str, Term]()
    for section in sections(lines, file, TERM_KEYS, problems, everywhere=("例", "易混")):
        key = fold(section.get("编号")) or section.head
        if key in found:
            problems.append(Problem(file, section.place("编号"), f"术语编号“{key}”用过了。请换一个。"))
            continue
        article, card = fold(section.get("文章")), fold(section.get("卡片"))
        if article and article not in articles:
            problems.append(Problem(file, section.place("文章"), f"没有编号为“{article}”的文章。"))
        if card and card not in cards:
            problems.append(Problem(file, section.place("卡片"), f"没有编号为“{card}”的卡片。"))
        text = "\n".join(_paragraphs(section.body))
        if not text:
            problems.append(Problem(file, section.line, f"术语“{section.head}”没有解释。请写一两句。"))
        found[key] = Term(
            id=key,
            rank=len(found) + 1,
            name=section.head,
            text=text,
            aliases=tuple(each.strip() for each in re.split(r"[,，]", section.get("又名")) if each.strip()),
            category=section.get("类别"),
            article=article,
            card=card,
            example=section.get("例"),
            confusable=section.get("易混"),
        )
    return tuple(found.values())


def _paragraphs(body: Iterable[tuple[int, str]]) -> list[str]:
    return [block.text for block in blocks([line for _, line in body if not line.startswith("<!--")])]


def _grams(text: str) -> set[str]:
    letters = re.sub(r"[\W_]+", "", text)
    return {letters[i : i + 4] for i in range(max(len(letters) - 3, 1))}


def anchored(card: Card, article: Article) -> Card:
    """The card with the paragraph it stands for: the one that shares most of its four-letter runs."""
    mine = _grams(card.text)
    best, anchor, section, head = 0.0, -1, "", ""
    for n, block in enumerate(article.blocks):
        if block.kind == "head":
            head = block.text
            continue
        if card.section and head != card.section:
            continue
        share = len(mine & _grams(block.text)) / max(len(mine), 1)
        if share > best:
            best, anchor, section = share, n, head
    if best < 0.1:  # below this the likeness is chance: two texts on one subject share that much
        return card
    return replace(card, anchor=anchor, section=card.section or section)
