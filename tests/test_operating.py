"""What the operator types: doctor and backup, beside a running bot and on a broken folder."""

import os
import sqlite3
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import Talk

from bot.cli import main
from bot.store import housekeeping, open_store, subscriptions

ROOT = Path(__file__).resolve().parent.parent


def ran(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), *words])


def test_doctor_on_a_fresh_folder(tmp_path: Path) -> None:
    found = ran(tmp_path / "d", "doctor")
    assert found.exit_code == 0, found.output
    assert "内容：xinzhi-shengchanli《新质生产力：五篇材料三十天》30 天" in found.output
    assert "运行：没有在运行，推送不会送出。请用 run 启动" in found.output
    assert "组织者：还没有。想做组织者，24 小时内发这句：/claim " in found.output
    code = found.output.split("/claim ")[1].split()[0]
    claimed = CliRunner().invoke(main, ["--data", str(tmp_path / "d"), "chat"], input=f"/claim {code}\n")
    assert "你现在是组织者" in claimed.output
    assert "组织者：me（terminal:me）" in ran(tmp_path / "d", "doctor").output


def test_doctor_tells_what_is_due_and_what_is_wrong(tmp_path: Path) -> None:
    CliRunner().invoke(main, ["--data", str(tmp_path), "chat"], input="订阅 12:22\n")
    store = open_store(tmp_path, datetime.now(UTC))
    assert subscriptions.next_due(store) is not None
    housekeeping.stop_channel(store, "telegram", "令牌不对")
    store.close()
    (tmp_path / "holidays.txt").write_text("2027-01-04 半天\n", "utf-8")
    (tmp_path / "packs" / "bad").mkdir(parents=True)
    (tmp_path / "packs" / "bad" / "pack.md").write_text("", "utf-8")
    found = ran(tmp_path, "doctor")
    assert found.exit_code == 1
    assert "12:22（Asia/Shanghai）" in found.output
    assert "渠道：terminal，订阅 1，共 1 个对话" in found.output
    assert "问题：渠道 telegram 停了：令牌不对" in found.output
    assert "问题：holidays.txt：holidays.txt:1: 错误：“2027-01-04 半天”看不懂。" in found.output
    assert "问题：内容 bad：" in found.output


def test_doctor_says_dates_in_the_bots_zone(tmp_path: Path) -> None:
    CliRunner().invoke(main, ["--data", str(tmp_path), "chat"], input="订阅\n")
    store = open_store(tmp_path, datetime.now(UTC))
    evening = datetime(2099, 12, 1, 23, 52, tzinfo=UTC)  # the next morning in Shanghai
    store.do("UPDATE subscriptions SET next_due = ?", int(evening.timestamp()))
    assert "推送：下一次 2099-12-02，07:52（Asia/Shanghai）\n" in ran(tmp_path, "doctor").output
    store.do(
        "UPDATE subscriptions SET next_due = ?", int(datetime(2026, 1, 1, 23, 52, tzinfo=UTC).timestamp())
    )
    store.close()
    assert "推送：2026-01-02，07:52（Asia/Shanghai）的还没送\n" in ran(tmp_path, "doctor").output


def test_doctor_is_not_content_while_people_wait_and_nothing_runs(tmp_path: Path) -> None:
    CliRunner().invoke(main, ["--data", str(tmp_path), "chat"], input="订阅\n")
    found = ran(tmp_path, "doctor")
    assert found.exit_code == 1
    assert "问题：有 1 个订阅在等推送，run 没有在运行。请启动，例如：python -m bot run\n" in found.output
    assert "一切正常" not in found.output
    store = open_store(tmp_path, datetime.now(UTC))
    housekeeping.take_lease(store, "me", datetime.now(UTC).timestamp(), 60)
    assert ran(tmp_path, "doctor").output.endswith("一切正常。\n")
    store.do("UPDATE subscriptions SET active = 0, next_due = NULL")
    store.do("UPDATE lease SET expires = 0")
    store.close()
    found = ran(tmp_path, "doctor")
    assert (found.exit_code, found.output.endswith("一切正常。\n")) == (0, True)


def test_doctor_on_a_broken_database(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_bytes(b"no database" * 200)
    found = ran(tmp_path, "doctor")
    assert found.exit_code == 1
    assert "数据库坏了" in found.output


def test_backup_is_whole_also_while_others_write(tmp_path: Path, talk: Talk) -> None:
    talk.says("订阅")
    folder = talk.store.folder
    with talk.store.writing():
        talk.store.do("UPDATE members SET name = 'half'")
        kept = ran(folder, "backup", "--to", str(tmp_path / "copy.db"))
    assert kept.exit_code == 0, kept.output
    assert kept.output == f"已备份到 {tmp_path / 'copy.db'}\n"
    copy = sqlite3.connect(tmp_path / "copy.db")
    assert copy.execute("SELECT name FROM members").fetchall() == [("小林",)]
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()
    assert ran(folder, "backup", "--to", str(tmp_path / "copy.db")).exit_code == 2
    assert ran(tmp_path / "nothing", "backup").exit_code == 2
    assert ran(folder, "backup").exit_code == 0
    assert len(list((folder / "backup").glob("*.db"))) == 1


def test_a_bad_configuration_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("[bot]\ntime = '25:00'\n", "utf-8")
    found = CliRunner().invoke(main, ["--config", str(tmp_path / "c.toml"), "doctor"])
    assert found.exit_code == 2
    assert "[bot] time 不对" in found.output


@pytest.mark.slow
def test_the_wheel_carries_the_pack_and_runs_from_anywhere(tmp_path: Path) -> None:
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
    ]
    subprocess.run([*pip, str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    said = subprocess.run(
        [sys.executable, "-m", "bot", "--data", str(tmp_path / "d"), "chat", "--json"],
        input="今日\n",
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
    )
    assert "新质生产力：五篇材料三十天 › 第 1/30 天" in said.stdout
    where = subprocess.run(
        [sys.executable, "-c", "import bot; print(bot.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
    )
    assert str(tmp_path / "site") in where.stdout
