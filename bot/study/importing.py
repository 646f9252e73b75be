"""From a document to a pack: read apart, planned, looked at, put in place.

Invariant: nothing is written before `adopt`, and a folder is put in place whole or not at all; what a person
edited by hand since the last import stays.
"""

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from bot.days import Calendar, Days
from bot.messages import inside
from bot.model import Complaint, Pack, Problem
from bot.packs.draft import Draft, to_pack
from bot.packs.draft.again import Change, again, first_files, imported, same_document
from bot.packs.draft.apart import read_apart
from bot.packs.draft.placing import fill, place
from bot.packs.draft.reading import Found
from bot.packs.links import is_link
from bot.packs.read import PACK_ID, read_pack

NAME = 24  # characters of an id made from a name
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What adopting would do. change: what it does to a pack that is there already, None for a new one.

    pack: the pack as it will be; files: the folder as it will be. note: what was odd about the file.
    """

    name: str  # what people call the document
    pack: Pack
    draft: Draft
    files: Mapping[str, bytes]
    change: Change | None = None
    pictures: int = 0
    warnings: tuple[Problem, ...] = ()
    note: str = ""


def document_name(what: str) -> str:
    """What people call a file, a folder or an address."""
    if is_link(what):
        return what
    return Path(what).resolve().name or what


def exists(what: str) -> bool:
    """A web address, or a file or folder that is there."""
    try:
        return is_link(what) or Path(what).exists()
    except (OSError, ValueError):
        return False


def read(what: str, progress: Progress = lambda _done, _of: None) -> Found:
    """The draft of a file, folder or address, read in a process of its own. Raises Complaint."""
    return read_apart(what, progress)


def plan(
    found: Found, name: str, packs: Path, taken: Mapping[str, Path], pack_id: str = "", title: str = ""
) -> Plan:
    """What importing would make of it in the folder `packs`. Raises Complaint.

    taken: the ids that are in use and their folders. pack_id "": made from the name, and a free one unless the
    pack of that name came from (nearly) the same document. title "": the document's own.
    """
    if pack_id and not PACK_ID.fullmatch(pack_id):
        raise Complaint(f"编号“{pack_id[:40]}”不能用，只能是小写字母、数字和连字符，例如：--pack my-course")
    stem = os.path.splitext(name)[0] if not is_link(name) else ""
    own = found.draft.title
    if len(found.draft.articles) > 1 and own == found.draft.articles[0].title:
        own = stem or own  # no cover names the whole; its first article does not either
    title = inside(title.strip() or own or stem)  # it is always shown between 《 and 》
    made = to_pack(found.draft, pack_id or "new", title)
    if found.link:
        made = replace(made, articles=tuple(replace(each, link=found.link) for each in made.articles))
    pack_id = pack_id or _free_id(id_of(stem or title), made, packs, taken)
    folder, made = packs / pack_id, replace(made, id=pack_id)
    if pack_id in taken and (taken[pack_id] != folder or not imported(folder)):
        raise Complaint(f"“{pack_id}”已经有了。请换一个编号，例如：--pack {pack_id}-2")
    images = {f"images/{number:02}{each.suffix}": each.data for number, each in enumerate(found.pictures, 1)}
    change = None
    if pack_id in taken:
        now, problems = read_pack(folder)
        if now is None:
            wrong = sum(each.error for each in problems)
            raise Complaint(
                f"“{pack_id}”现在有 {wrong} 处错误，没有动它。请先改好，例如：python -m bot check {pack_id}"
            )
        files, change = again(made, now, folder)
        files = {**files, **images}
    else:
        files = {**first_files(made), **images}
    checked, problems = _checked(pack_id, files)
    if checked is None:
        first = next((str(each) for each in problems if each.error), "")
        raise Complaint(f"合在一起有错，没有动它：{first} 请改好再导入，例如：python -m bot check {pack_id}")
    return Plan(name, checked, found.draft, files, change, len(images), problems, found.note)


def _free_id(wanted: str, made: Pack, packs: Path, taken: Mapping[str, Path]) -> str:
    """The wanted id, or the first of wanted-2, wanted-3 … that is free or holds this very document."""
    for number in range(1, 100):
        pack_id = wanted if number == 1 else f"{wanted}-{number}"
        if pack_id not in taken or (
            taken[pack_id] == packs / pack_id and same_document(made, packs / pack_id)
        ):
            return pack_id
    raise Complaint(f"“{wanted}”用得太多了。请自己写一个编号，例如：--pack my-course")


def adopt(made: Plan, packs: Path) -> Path:
    """Puts the planned folder in place; returns it. Raises Complaint when it cannot be written."""
    folder = packs / made.pack.id
    place(folder, made.files)
    return folder


def _checked(pack_id: str, files: Mapping[str, bytes]) -> tuple[Pack | None, tuple[Problem, ...]]:
    """The planned folder read as the bot will read it."""
    with tempfile.TemporaryDirectory(prefix="daily-study-") as made:
        folder = Path(made) / pack_id
        folder.mkdir()
        fill(folder, files)
        return read_pack(folder)


def id_of(name: str) -> str:
    """A pack id from a name, in pinyin where it is Chinese.

    >>> id_of("2024 春 Reading List"), id_of("辅导材料（二稿）"), id_of("！？")
    ('p2024-chun-reading-list', 'fu-dao-cai-liao-er-gao', 'my-pack')
    """
    from pypinyin import Style, lazy_pinyin

    parts: list[str] = []
    for piece in re.findall(r"[a-z0-9]+|[\u4e00-\u9fff]", name.lower())[:40]:
        spelled = lazy_pinyin(piece, style=Style.NORMAL)[0].lower() if piece > "\u4e00" else piece
        if spelled.isascii() and len("-".join([*parts, spelled])) <= NAME:
            parts.append(re.sub("[^a-z0-9]", "", spelled))
        elif parts:
            break
    made = "-".join(filter(None, parts))
    if made and not made[0].isalpha():
        made = f"p{made}"[: NAME + 1].rstrip("-")
    return made or "my-pack"


def last_day(cards: int, calendar: Calendar, days: Days, first: date) -> tuple[date | None, tuple[int, ...]]:
    """The day of the last card when the first one comes on the first push day from `first` on, and the years on
    the way whose 放假安排 is not known."""
    day: date | None = first - timedelta(days=1)
    for _ in range(cards):
        day = calendar.next_push_day(days, day) if day else None
    if day is None or not cards:
        return None, ()
    years = range(first.year, day.year + 1)
    return day, tuple(year for year in years if days.workdays and not calendar.has_table(year))
