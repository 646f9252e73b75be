"""articles/NN-….md: a header between --- lines, then the text."""

import re

from bot.model import Article
from bot.packs.files import Files, natural
from bot.packs.header import ID, Keys, Section, ident, key_of, read_keys
from bot.packs.index import Index
from bot.packs.markdown import IMAGE, blocks

KEYS = Keys(("编号", "标题", "副题", "出处", "作者", "日期", "链接", "原文"), strict=True)
_FENCE = re.compile(r"[-－—]{3,}")
_MOST = 500  # files; a collection of more is several packs


def read_articles(files: Files, index: Index) -> None:
    """Puts all articles into the index, in the order of their files' names (2- before 10-)."""
    for name in _names(files):
        lines = files.lines(name)
        article = _article(files, name, lines, len(index.articles) + 1) if lines is not None else None
        if article is None:
            index.lost_articles = True
        elif article.id in index.articles:
            where = index.articles[article.id][1]
            files.wrong(name, f"编号“{article.id}”用过了，在 {where} 里。请换一个。", _id_line(lines))
        else:
            index.articles[article.id] = (article, name)
    index.lost_articles |= not index.articles


def _id_line(lines: list[str] | None) -> int:
    return next((n for n, line in enumerate(lines or (), 1) if (key_of(line) or ("",))[0] == "编号"), 1)


def _names(files: Files) -> list[str]:
    folder = files.root / "articles"
    if not files.inside(folder):
        files.wrong("articles", "这个文件夹指到内容目录外面去了。请把文章放进目录里。")
        return []
    try:
        entries = sorted((entry.name for entry in folder.iterdir()), key=natural) if folder.is_dir() else []
    except OSError:
        files.wrong("articles", "没有权限读这个文件夹。请改一下它的权限。")
        return []
    names = []
    for entry in entries:
        if entry.startswith((".", "~", "_")) or entry.lower() in {"thumbs.db", "desktop.ini", "images"}:
            continue
        if entry.lower().endswith(".md"):
            names.append(f"articles/{entry}")
        else:
            files.wrong(f"articles/{entry}", "文章要用 .md 文件，这个没有读。请改名，或移走。", error=False)
    if len(names) > _MOST:
        files.wrong("articles", f"文章有 {len(names)} 篇，最多 {_MOST} 篇。请分成几个内容。")
    elif not names:
        files.wrong("articles", "一篇文章也没有。请放进至少一篇，例如：articles/01-shouye.md")
    return names[:_MOST]


def _article(files: Files, name: str, lines: list[str], number: int) -> Article | None:
    first = next(n for n, line in enumerate([*lines, "-"]) if line.strip())
    if first == len(lines) or not _FENCE.fullmatch(lines[first].strip()):
        files.wrong(
            name,
            "开头没有“---”。请先写一行“---”，再写编号和标题，再写一行“---”。",
            min(first + 1, len(lines)),
        )
        return None
    end = next((n for n, line in enumerate(lines) if n > first and _FENCE.fullmatch(line.strip())), 0)
    if not end:
        files.wrong(name, "开头的“---”没有结束。请在最后一个键后面再写一行“---”。", first + 1)
        return None
    header = Section("", first + 1)
    read_keys(list(enumerate(lines[first + 1 : end], first + 2)), header, KEYS, name, files.problems)
    key = ident(header.get("编号"))
    sound = ID.fullmatch(key) is not None
    if not key:
        files.wrong(name, "没有编号。请加一行，例如：编号: a1", first + 1)
    elif not sound:
        files.wrong(
            name,
            f"编号“{key[:40]}”要用小写字母开头，只含小写字母、数字和连字符，例如：a1",
            header.place("编号"),
        )
    if not header.get("标题"):
        files.wrong(name, "没有标题。请加一行，例如：标题: 第一课", header.place("标题"))
    link = header.get("链接")
    if link and not re.match(r"https?://[^\s/]+", link):
        files.wrong(
            name, "链接要以 https:// 开头。请写完整的网址，或删掉这一行。", header.place("链接"), False
        )
    body = lines[end + 1 :]
    found = blocks(body, lambda n, target: files.image(name, end + 2 + n, target))
    for n, line in enumerate(body, end + 2):
        if re.match(r"\s*[#＃](?![#＃])\s", line):
            files.wrong(name, "“# ”是整篇的标题，已经在开头写过。请把它改成小标题“## ”。", n, False)
        elif re.fullmatch(r"\s*[#＃]{2,}\s*", line):
            files.wrong(name, "小标题是空的。请写上文字，或删掉这一行。", n)
        elif "![" in line and IMAGE.search(line.strip(), 1) and not line.strip().startswith("!["):
            files.wrong(name, "文字中间的图片会照原样显示。请让它自己占一行。", n, False)
        elif re.search(r"\*\*[^*]{1,200}\*\*|__[^_]{1,200}__", line):
            files.wrong(name, "“**”和“__”会照原样显示。请把它们删掉。", n, False)
    if not any(block.kind != "head" for block in found):
        files.wrong(name, "文章没有正文。请写上内容，或删掉这个文件。", end + 1)
    if not sound:
        return None
    return Article(
        id=key,
        number=number,
        title=header.get("标题"),
        blocks=found,
        subtitle=header.get("副题"),
        source=header.get("出处"),
        author=header.get("作者"),
        date=header.get("日期"),
        link=link,
        original=header.get("原文"),
    )
