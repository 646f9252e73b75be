"""What the operator types. Answers go to stdout, everything else to stderr; 2 = refused, 1 = something is wrong."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.messages import Incoming, Reply, plain
from bot.model import Complaint, Refused

if TYPE_CHECKING:
    from bot.model import Pack
    from bot.store import Store

SHIPPED = Path(__file__).resolve().parent / "_content"


def shipped_content() -> Path:
    """Where the shipped packs lie: inside the wheel, or beside the package in a checkout."""
    return SHIPPED if SHIPPED.is_dir() else SHIPPED.parent.parent / "content"


@click.group()
@click.option("--data", type=click.Path(path_type=Path), default=Path("data"), help="数据目录（默认 ./data）")
@click.pass_context
def main(context: click.Context, data: Path) -> None:
    """每日一学：把学习材料变成每天的习惯。"""
    context.obj = data


@main.command()
@click.argument("pack", required=False)
@click.pass_obj
def check(data: Path, pack: str | None) -> None:
    """检查内容（PACK 是编号或目录；不写就查全部）。"""
    from bot.packs import find_packs, read_pack

    folders, problems = find_packs(shipped_content(), data / "packs")
    if pack:
        folder = folders.get(pack, Path(pack))
        folders, problems = {folder.name: folder}, ()
    errors = sum(problem.error for problem in problems)
    for problem in problems:
        click.echo(str(problem))
    for pack_id, folder in folders.items():
        found, wrong = read_pack(folder)
        for problem in wrong:
            click.echo(f"{pack_id}/{problem}")
        bad = sum(problem.error for problem in wrong)
        errors += bad
        if found:
            size = f"{len(found.articles)} 篇，{len(found.cards)} 张，{len(found.questions)} 题，{len(found.terms)} 条术语"
            click.echo(f"《{found.title}》可用：{size}；提醒 {len(wrong)} 处。")
        else:
            click.echo(f"{pack_id} 不能用：错误 {bad} 处，提醒 {len(wrong) - bad} 处。")
    sys.exit(1 if errors else 0)


def opened(data: Path) -> "tuple[Store, dict[str, Pack]]":
    """The store with the packs on disk read into it. Ends the program with 2 when it cannot be used."""
    from bot.store import open_store
    from bot.study import shelf

    try:
        store = open_store(data, datetime.now(UTC))
    except Refused as refused:
        click.echo(str(refused), err=True)
        sys.exit(2)
    for pack_id, problems in shelf.refresh(store, shipped_content(), data / "packs").items():
        for problem in problems:
            click.echo(f"{pack_id}/{problem}", err=True)
    return store, shelf.packs(store)


@main.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--pack", help="只在这个内容里找")
@click.pass_obj
def search(data: Path, words: tuple[str, ...], as_json: bool, pack: str | None) -> None:
    """在文章和卡片里找词。"""
    from bot.study import finding

    store, packs = opened(data)
    if pack is not None and pack not in packs:
        click.echo(f"没有编号为“{pack}”的内容。现有：{'、'.join(packs)}", err=True)
        sys.exit(2)
    found = finding.find(store, {pack: packs[pack]} if pack else packs, " ".join(words))
    store.close()
    if as_json:
        hits = [
            {
                "pack": hit.pack,
                "article": hit.title,
                "card": hit.card or None,
                "text": hit.text,
                "spans": [list(span) for span in hit.spans],
            }
            for hit in found.hits[:80]
        ]
        shown = {"mode": found.mode, "guess": found.guess, "total": found.total, "hits": hits}
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    if found.mode == "none":
        click.echo(f"没找到“{' '.join(words)}”。请换个词，例如：核心标志")
    for hit in found.hits[:20]:
        click.echo(f"《{hit.title}》{hit.text}")


@main.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--pack", default="", help="新内容的编号，例如：my-course")
@click.option("--title", default="", help="新内容的名字")
@click.option("--yes", is_flag=True, help="不问，直接采用")
@click.pass_obj
def import_(data: Path, file: Path, pack: str, title: str, yes: bool) -> None:
    """把一份 .txt 材料变成内容：先看识别出了什么，再采用。"""
    from bot.packs import find_packs, read_pack, write_pack
    from bot.packs.draft import decode, read_text, to_pack
    from bot.packs.read import PACK_ID

    pack = pack or "my-pack"
    if not PACK_ID.fullmatch(pack):
        click.echo(f"编号“{pack}”不能用，只能是小写字母、数字和连字符，例如：--pack my-course", err=True)
        sys.exit(2)
    if file.suffix.lower() not in {".txt", ".md"}:
        click.echo(f"现在只能读 .txt 和 .md。请把《{file.name}》另存为 .txt 再来。", err=True)
        sys.exit(2)
    if pack in find_packs(shipped_content(), data / "packs")[0]:
        click.echo(f"“{pack}”已经有了。请换一个编号，例如：--pack {pack}-2", err=True)
        sys.exit(2)
    try:
        draft = read_text(decode(file.read_bytes()))
        made = to_pack(draft, pack, title or draft.title or file.stem)
        click.echo(f"读完了：{len(made.articles)} 篇 → {len(made.cards)} 天。")
        for article in made.articles:
            length = sum(len(block.text) for block in article.blocks)
            parts = (article.title, article.by, article.date or "无日期", f"{length} 字")
            click.echo(f"{article.number} {' · '.join(filter(None, parts))}")
        for doubt in draft.damage:
            click.echo(f"存疑：{doubt}")
        for left in draft.left_out:
            click.echo(f"没收：{left.why}，“{left.text[:20]}”")
        if not yes and not click.confirm("采用吗？"):
            click.echo("已取消，什么都没写。")
            return
        folder = data / "packs" / pack
        write_pack(made, folder)
    except Complaint as complaint:
        click.echo(str(complaint), err=True)
        sys.exit(2)
    _, problems = read_pack(folder)
    errors = [problem for problem in problems if problem.error]
    for problem in errors:
        click.echo(str(problem))
    click.echo(
        f"已写到 {folder}，可以直接改里面的文字。提醒 {len(problems) - len(errors)} 处，错误 {len(errors)} 处。"
    )
    sys.exit(1 if errors else 0)


@main.command()
@click.option("--as", "name", default="me", help="以谁的名义说话（默认 me）")
@click.option("--json", "as_json", is_flag=True, help="每行一条消息进，每行一个 JSON 对象出")
@click.pass_obj
def chat(data: Path, name: str, as_json: bool) -> None:
    """在终端里和机器人说话；输入结束就退出。"""
    from bot.app import Bot
    from bot.channels.terminal import printed

    store, packs = opened(data)
    bot = Bot(store, packs)
    greeting = sys.stdin.isatty() and not as_json
    if greeting:
        click.echo("每日一学。发“开始”看看有什么，Ctrl-D 结束。")
    while True:
        if greeting:
            click.echo("> ", nl=False)
        line = sys.stdin.buffer.readline()
        if not line:
            break
        text = line.decode("utf-8", "replace").strip("\r\n")
        if not text.strip():
            continue
        incoming = Incoming("terminal", name, name, text, name=name, admin=True)
        for reply in bot.answer(incoming, datetime.now(UTC)):
            click.echo(as_object(text, reply) if as_json else printed(reply))
        sys.stdout.flush()
    store.close()


def as_object(said: str, reply: Reply) -> str:
    """One reply as a line of JSON; the choices are in `buttons`, not in `text`."""
    return json.dumps(
        {
            "in": said,
            "text": plain(reply.text),
            "buttons": [{"label": button.label, "says": button.says} for button in reply.buttons],
            "images": list(reply.images),
            "documents": list(reply.documents),
            "edits": reply.edits,
        },
        ensure_ascii=False,
    )
