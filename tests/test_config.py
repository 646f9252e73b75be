"""The configuration: what is refused, with file, table, key and what is allowed; secrets never shown."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import CHECKS, TABLES, Config, load
from bot.model import Refused

EXAMPLE = Path(__file__).resolve().parent.parent / "config.example.toml"
TOKEN = "123456789:AAExample-not-a-real-token-000000"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    return path


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(Refused) as caught:
        load(written(tmp_path, text), None, {})
    return str(caught.value).replace(str(tmp_path), "…")


def test_without_a_file_everything_has_a_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(None, None, {}) == Config()
    assert load(None, Path("x"), {}).bot.data == Path("x")


def test_the_example_has_every_key_and_every_example_is_good(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8")
    for table, settings in TABLES.items():
        part = text.split(f"[{table}]")[1].split("\n[")[0]
        named = set(re.findall(r"^# ([a-z_]+) = ", part, re.M))
        assert named == {each.name for each in fields(settings)}, table
    load(written(tmp_path, re.sub(r"^# ([a-z_]+ = )", r"\1", text, flags=re.M)), None, {})
    assert {f"{table}.{each.name}" for table, kind in TABLES.items() for each in fields(kind)} == set(CHECKS)


def test_the_examples_are_the_defaults(tmp_path: Path) -> None:
    text = re.sub(r"^# ([a-z_]+ = )", r"\1", EXAMPLE.read_text("utf-8"), flags=re.M)
    loaded, plain = load(written(tmp_path, text), None, {}), Config()
    for table, key in (("bot", "zone"), ("bot", "time"), ("bot", "access"), ("web", "port"), ("web", "host")):
        assert getattr(getattr(loaded, table), key) == getattr(getattr(plain, table), key)
    assert loaded.delivery == plain.delivery


def test_relative_paths_count_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    path = written(tmp_path / "a", '[bot]\ndata = "d"\ncontent = "../c"\n')
    loaded = load(path, None, {})
    assert loaded.bot.data == tmp_path / "a" / "d"
    assert loaded.bot.content == tmp_path / "a" / "../c"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[bot]\nzon = 'Asia/Shanghai'", "…/config.toml 里 [bot] 没有 zon 这一项。是不是想写 zone？"),
        ("[boot]\n", "…/config.toml 里没有 [boot] 这一节。是不是想写 bot？"),
        ("[xyz]\n", "…/config.toml 里没有 [xyz] 这一节。可以写的有：bot、delivery、organisers、telegram、web。"),
        ("bot = 3", "…/config.toml 里 bot 应该是一节，写作 [bot]。"),
        ("[bot]\nzone = 'Mars'", '…/config.toml 里 [bot] zone 不对：请写标准时区名，例如 "Asia/Shanghai"。'),
        ("[bot]\ntime = 752", '…/config.toml 里 [bot] time 不对：请写 "00:00" 到 "23:59"，例如 "07:52"。'),
        ("[bot]\naccess = 'all'", '…/config.toml 里 [bot] access 不对：只能是 "open" 或 "invite"。'),
        ("[web]\nport = 70000", "…/config.toml 里 [web] port 不对：请写 0 到 65535 的整数。"),
        ("[web]\nport = true", "…/config.toml 里 [web] port 不对：请写 0 到 65535 的整数。"),
        ("[web]\nmetrics = 1", "…/config.toml 里 [web] metrics 不对：只能是 true 或 false。"),
        ("[delivery]\nin_flight = 0", "…/config.toml 里 [delivery] in_flight 不对：请写 1 到 256 的整数。"),
        ("[organisers]\nmembers = ['me']", '…/config.toml 里 [organisers] members 不对：请写成一列“渠道:编号”，例如 ["telegram:123", "terminal:me"]。'),
        ("[bot\nzone = 1", "…/config.toml 不是正确的 TOML：第 1 行第 5 列。请对照 config.example.toml 改一下。"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert refused(tmp_path, text) == said


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="配置文件读不了"):
        load(tmp_path / "none.toml", None, {})
    (tmp_path / "config.toml").write_bytes("[bot]\n# 中文".encode("gbk"))
    with pytest.raises(Refused, match="不是 UTF-8 文字"):
        load(tmp_path / "config.toml", None, {})


def test_a_token_is_never_shown(tmp_path: Path) -> None:
    secret = "123456789:secret secret secret"
    assert "secret" not in refused(tmp_path, f"[telegram]\ntoken = '{secret}'")
    with pytest.raises(Refused) as caught:
        load(None, tmp_path, {"TELEGRAM_BOT_TOKEN": secret})
    assert "secret" not in str(caught.value)
    assert TOKEN not in repr(load(None, tmp_path, {"TELEGRAM_BOT_TOKEN": TOKEN}))


@given(
    st.dictionaries(
        st.sampled_from(sorted(CHECKS)),
        st.one_of(st.text(), st.integers(), st.booleans(), st.lists(st.text())),
    )
)
def test_any_value_is_taken_or_refused(values: dict[str, object]) -> None:
    from bot.config import _Wrong

    for key, value in values.items():
        try:
            CHECKS[key](value)
        except _Wrong as wrong:
            assert str(wrong)
