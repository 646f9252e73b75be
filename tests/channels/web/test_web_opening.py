"""The address: had, taken by somebody else, impossible; and the page as `run` opens it."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from channels.web.visitor import config
from journeys.house import House
from journeys.people import Idle
from journeys.two_weeks import BEGIN

from bot.app.service import Service
from bot.channels.web import bound, placed
from bot.cli.webbing import page
from bot.messages import Incoming, Listener, Stopped


def test_a_port_that_is_taken_stops_only_the_page(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = config(tmp_path, port=port)
        told: list[str] = []

        def channels(service: Service) -> list[Listener]:
            service.tell = told.append
            return [Idle(), page(service, settings.web, say=False)]

        house = House(settings, channels, now=BEGIN)
        house.start()
        try:
            answer = house.do(house.service.answer(Incoming("terminal", "me", "me", "今日", admin=True)))
            assert answer
            house.do(until(lambda: told))
        finally:
            house.stop()
    assert told == [
        f"网页没有打开：端口 {port} 已经有别的程序在用。请在 config.toml 的 [web] port 换一个，例如"
        f" {port + 1 if port < 65535 else port - 1}；写 0 就自动选一个"
    ]
    assert told[0] in caplog.text


async def until(true: object) -> None:
    while not true():  # type: ignore[operator]
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "", "\udcff"])
def test_hosts_that_cannot_be_had(host: str) -> None:
    with pytest.raises(Stopped, match="host"):
        bound(host, 0)


@pytest.mark.parametrize(
    ("host", "loopback", "address"),
    [
        ("127.0.0.1", True, "127.0.0.1"),
        ("localhost", True, "127.0.0.1"),
        ("0.0.0.0", False, "127.0.0.1"),
        ("::1", True, "[::1]"),
    ],
)
def test_what_is_bound_and_what_people_type(host: str, loopback: bool, address: str) -> None:
    try:
        listening = bound(host, 0)
    except Stopped:
        pytest.skip(f"no {host} here")
    with listening:
        place = placed(host, listening, "")
        assert place.loopback == loopback
        if host == "localhost" and "::" in listening.getsockname()[0]:
            address = "[::1]"
        assert place.address == f"http://{address}:{listening.getsockname()[1]}/"
        assert {"localhost", "127.0.0.1", "[::1]"} <= place.names
        assert "0.0.0.0" not in place.names


@pytest.mark.slow
def test_run_without_a_terminal_lives_by_the_page_alone(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[web]\nport = 0\n")
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "--config", str(tmp_path / "config.toml")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        text=True,
    ) as running:
        assert running.stdout
        address = next(found[1] for line in running.stdout if (found := re.match("网页：(.*)", line)))
        assert httpx.get(f"{address}healthz").text == "ok\n"
        found = httpx.get(address)
        assert "每日一学" in found.text
        running.send_signal(signal.SIGTERM)
        _, errors = running.communicate(timeout=20)
    assert running.returncode == 0
    assert "Traceback" not in errors


@pytest.mark.slow
def test_the_wheel_carries_the_page(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    made = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
        str(root),
    ]
    subprocess.run(made, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    import zipfile

    names = set(zipfile.ZipFile(wheel).namelist())
    static = root / "bot/channels/web/static"
    expected = {f"bot/channels/web/static/{path.name}" for path in static.iterdir() if path.is_file()}
    assert expected <= names
    assert len(expected) >= 7
