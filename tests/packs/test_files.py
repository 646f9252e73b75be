"""The folder as such: marks of change, finding packs, and content made to break the reader."""

import os
import tempfile
import time
from pathlib import Path

import pytest
from conftest import FILES, Write
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.packs.files import fingerprint
from bot.packs.find import find_packs
from bot.packs.read import read_pack


def test_the_digest_follows_the_bytes_alone(write_pack: Write) -> None:
    folder = write_pack()
    first, _ = read_pack(folder)
    os.utime(folder / "cards.md", (1, 1))
    same, _ = read_pack(folder)
    (folder / "cards.md").write_text(FILES["cards.md"].replace("翻得深", "锄得深"))
    other, _ = read_pack(folder)
    assert first is not None
    assert same is not None
    assert other is not None
    assert first == same
    assert first.digest != other.digest


def test_the_fingerprint_sees_times_sizes_names_and_images(write_pack: Write) -> None:
    folder = write_pack({"images/a.png": b"x"})
    seen = {fingerprint(folder)}
    os.utime(folder / "cards.md", ns=(1, 1))
    seen.add(fingerprint(folder))
    (folder / "images/a.png").write_bytes(b"xy")
    seen.add(fingerprint(folder))
    (folder / "images/a.png").rename(folder / "images/b.png")
    seen.add(fingerprint(folder))
    assert len(seen) == 4
    assert fingerprint(folder) in seen
    (folder / ".cards.md.swp").write_text("an editor's own")
    assert fingerprint(folder) in seen
    (folder / "gone.md").symlink_to("nowhere")
    assert fingerprint(folder) not in seen
    assert fingerprint(folder / "none") == ""


def test_finding_packs_and_what_is_none(write_pack: Write, tmp_path: Path) -> None:
    good = write_pack()
    root = good.parent
    for name in ("_drafts", ".git", "half", "x" * 33, "Ab"):
        (root / name).mkdir()
    for name in ("_drafts", "x" * 33, "Ab"):
        (root / name / "pack.md").write_text("# 甲\n")
    (root / "README.md").write_text("说明")
    other = tmp_path / "other"
    (other / "zhongcai").mkdir(parents=True)
    (other / "zhongcai" / "pack.md").write_text("# 乙\n")
    found, problems = find_packs(root, other, tmp_path / "none")
    assert found == {"zhongcai": good}
    said = [(p.file, p.error, p.text) for p in problems]
    assert said == [
        ("Ab", True, "内容的目录名只能用小写字母、数字和连字符，例如：my-course"),
        ("half", False, "这个目录里没有 pack.md，没有当作内容。请补上，或在目录名前加“_”。"),
        ("x" * 33, True, "内容的目录名只能用小写字母、数字和连字符，例如：my-course"),
        ("zhongcai", True, f"“zhongcai”有两份：{root} 和 {other}。请把其中一份改名。"),
    ]


def test_a_linked_folder_is_called_by_the_link(
    write_pack: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_pack()
    (tmp_path / "other-name").symlink_to(folder)
    monkeypatch.chdir(folder)
    found = [read_pack(place)[0] for place in (folder, tmp_path / "other-name", Path())]
    assert [pack and pack.id for pack in found] == ["zhongcai", "other-name", "zhongcai"]


NAMES = st.sampled_from([*sorted(FILES), "articles/02-x.md", "articles/y.txt", "notes.md"])
SYNTAX = "## # --- <!-- --> : ： - [x] [ ] 1. 2. = | ____ > ![](../a) \\ “ ” ' \" 题 答 文章 卡片 编号 a1 c01 q001 排序: 配对: 依据: 标题: 停用: \n \n\n \t \r \x0b \u2028 \ufeff 字 x"
SOUP = st.lists(st.sampled_from(SYNTAX.split(" ")), max_size=60).map("".join)
CONTENT = st.one_of(
    st.binary(max_size=300),
    SOUP.map(str.encode),
    st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace")),
)


@settings(max_examples=250, deadline=None)
@given(st.dictionaries(NAMES, CONTENT, max_size=4), st.booleans())
def test_nothing_makes_the_reader_raise(changed: dict[str, bytes], added: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "any"
        for path, text in {**{k: v.encode() for k, v in FILES.items()}, **changed}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            before = FILES.get(path, "").encode() if added else b""
            (folder / path).write_bytes(before + text)
        pack, problems = read_pack(folder)
        assert (pack is None) == any(problem.error for problem in problems)
        assert list(problems) == sorted(problems, key=lambda p: (p.file, p.line, not p.error))
        assert all(p.text and "\n" not in p.text and p.text[-1] != " " for p in problems)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", [" ", "　", "- ", "> ", "____", "[", "<!--", "a:", "## ", "| ", "“", "![", "1. ", "\\", "\n##"]
)
def test_half_a_megabyte_of_one_thing_does_not_hang(write_pack: Write, unit: str) -> None:
    junk = unit * (500_000 // len(unit.encode()))
    folder = write_pack({name: text + "\n" + junk for name, text in FILES.items()})
    begun = time.process_time()
    read_pack(folder)
    assert (
        time.process_time() - begun < 60
    )  # a hang guard, no measure of speed: it is 7 s, a bad regex took 230
