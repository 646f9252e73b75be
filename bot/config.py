"""The settings: one TOML file, every key optional, every value checked before anything starts.

Invariant: an unknown key, a wrong type or an impossible value is refused with file, table and key and what is
allowed; a secret is never part of a message.
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bot.days import Calendar, load_calendar, valid_zone
from bot.model import Problem, Refused

PACK_ID = re.compile(r"[a-z][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class BotSettings:
    data: Path = Path("data")
    content: Path | None = None  # None: the shipped packs
    pack: str = ""  # "": the shipped one
    zone: str = "Asia/Shanghai"
    time: int = 7 * 60 + 52  # minute of day; an odd minute: on :00 and :30 platforms are busiest
    access: str = "open"
    font: Path | None = None  # a TrueType font with 汉字 for pictures


@dataclass(frozen=True, slots=True)
class OrganiserSettings:
    members: tuple[str, ...] = ()  # "telegram:123", "terminal:me"


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    token: str = field(default="", repr=False)
    base_url: str = "https://api.telegram.org"
    proxy: str = field(default="", repr=False)
    webhook_url: str = ""
    webhook_listen: str = "127.0.0.1:8443"
    webhook_path: str = "/telegram"
    webhook_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class WebSettings:
    host: str = "127.0.0.1"
    port: int = 8765
    public_url: str = ""
    metrics: bool = False


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    guarantee: str = "at-least-once"
    rate: float = 30.0  # messages a second of one token
    guard: bool = True  # never more than 30 in any 1.05 s
    in_flight: int = 8
    resend_minutes: int = 30
    catch_up_until: int = 22 * 60  # minute of day


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. `path` is the file they come from; None: the defaults."""

    bot: BotSettings = BotSettings()
    organisers: OrganiserSettings = OrganiserSettings()
    telegram: TelegramSettings = TelegramSettings()
    web: WebSettings = WebSettings()
    delivery: DeliverySettings = DeliverySettings()
    path: Path | None = None


TABLES: dict[str, type] = {
    "bot": BotSettings,
    "organisers": OrganiserSettings,
    "telegram": TelegramSettings,
    "web": WebSettings,
    "delivery": DeliverySettings,
}


class _Wrong(Exception):
    """What is allowed, in Chinese."""


def load(path: Path | None, data: Path | None, environment: Mapping[str, str] = os.environ) -> Config:
    """The settings of a file (None: ./config.toml if there is one), `data` and the environment winning over it.

    Raises Refused. Relative paths count from the file's folder; without a file, from where the program runs.
    """
    if path is None and Path("config.toml").is_file():
        path = Path("config.toml")
    raw: dict[str, Any] = {}
    if path is not None:
        try:
            raw = tomllib.loads(path.read_text("utf-8-sig"))
        except OSError as error:
            raise Refused(
                f"配置文件读不了：{path}（{error.strerror}）。请检查路径，或去掉 --config。"
            ) from error
        except UnicodeDecodeError as error:
            raise Refused(f"{path} 不是 UTF-8 文字。请另存为 UTF-8。") from error
        except tomllib.TOMLDecodeError as error:
            raise Refused(
                f"{path} 不是正确的 TOML：{_where(error)}。请对照 config.example.toml 改一下。"
            ) from error
    values = {name: _table(path, name, raw.pop(name, {})) for name in TABLES}
    if raw:
        raise Refused(_unknown(path, "", next(iter(raw)), TABLES))
    if token := environment.get("TELEGRAM_BOT_TOKEN", "").strip():
        values["telegram"]["token"] = _checked(None, "TELEGRAM_BOT_TOKEN", "telegram.token", token)
    if data is not None:
        values["bot"]["data"] = data
    elif path is not None:
        values["bot"]["data"] = path.parent / values["bot"].get("data", "data")
    if path is not None:
        for key in ("content", "font"):
            if values["bot"].get(key):
                values["bot"][key] = path.parent / values["bot"][key]
    return Config(**{name: TABLES[name](**values[name]) for name in TABLES}, path=path)


def _where(error: tomllib.TOMLDecodeError) -> str:
    found = re.search(r"at line (\d+), column (\d+)", str(error))
    return f"第 {found[1]} 行第 {found[2]} 列" if found else "文件末尾"


def _table(path: Path | None, table: str, raw: object) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise Refused(f"{path} 里 {table} 应该是一节，写作 [{table}]。")
    known = {each.name for each in fields(TABLES[table])}
    values = {}
    for key, value in raw.items():
        if key not in known:
            raise Refused(_unknown(path, table, key, known))
        values[key] = _checked(path, f"[{table}] {key}", f"{table}.{key}", value)
    return values


def _checked(path: Path | None, where: str, key: str, value: object) -> Any:
    try:
        return CHECKS[key](value)
    except _Wrong as wrong:
        raise Refused(f"{path or '环境变量'} 里 {where} 不对：{wrong}。") from None


def _unknown(path: Path | None, table: str, key: str, known: Any) -> str:
    near = get_close_matches(key, list(known), 1)
    hint = f"是不是想写 {near[0]}？" if near else f"可以写的有：{'、'.join(sorted(known))}。"
    return (
        f"{path} 里 [{table}] 没有 {key} 这一项。{hint}" if table else f"{path} 里没有 [{key}] 这一节。{hint}"
    )


# ---------------------------------------------------------------- what each key allows


def _text(what: str = "一段文字，写在引号里") -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str):
            raise _Wrong(what)
        return value.strip()

    return check


def _one_of(*allowed: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if value not in allowed:
            raise _Wrong("只能是 " + " 或 ".join(f'"{each}"' for each in allowed))
        return str(value)

    return check


def _matching(pattern: str, what: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str) or (value and not re.fullmatch(pattern, value)):
            raise _Wrong(what)
        return value

    return check


def _whole(low: int, high: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise _Wrong(f"请写 {low} 到 {high} 的整数")
        return value

    return check


def _number(low: float, high: float) -> Callable[[object], float]:
    def check(value: object) -> float:
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
            raise _Wrong(f"请写 {low:g} 到 {high:g} 的数")
        return float(value)

    return check


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("只能是 true 或 false")
    return value


def _minute(value: object) -> int:
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value) if isinstance(value, str) else None
    if not found:
        raise _Wrong('请写 "00:00" 到 "23:59"，例如 "07:52"')
    return int(found[1]) * 60 + int(found[2])


def _zone(value: object) -> str:
    if not isinstance(value, str) or not valid_zone(value):
        raise _Wrong('请写标准时区名，例如 "Asia/Shanghai"')
    return value


def _path(value: object) -> Path:
    if not isinstance(value, str) or not value.strip():
        raise _Wrong("请写一个路径，写在引号里")
    return Path(value)


def _members(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(
        isinstance(each, str) and re.fullmatch(r"[a-z]+:\S+", each) for each in value
    ):
        raise _Wrong('请写成一列“渠道:编号”，例如 ["telegram:123", "terminal:me"]')
    return tuple(value)


_URL = r"https?://[^\s/]+(/\S*)?"

CHECKS: dict[str, Callable[[object], Any]] = {
    "bot.data": _path,
    "bot.content": _path,
    "bot.pack": _matching(PACK_ID.pattern, "只能是小写字母、数字和连字符，以字母开头"),
    "bot.zone": _zone,
    "bot.time": _minute,
    "bot.access": _one_of("open", "invite"),
    "bot.font": _path,
    "organisers.members": _members,
    "telegram.token": _matching(r"\d+:[A-Za-z0-9_-]{20,}", "令牌的样子是“数字:一串字母”，从 BotFather 复制"),
    "telegram.base_url": _matching(_URL, "请写 http 或 https 的地址"),
    "telegram.proxy": _matching(r"(https?|socks5h?)://\S+", "请写代理地址，例如 socks5://127.0.0.1:1080"),
    "telegram.webhook_url": _matching(r"https?://[^\s/]+(/\S*)?", "请写平台能访问到的 https 地址"),
    "telegram.webhook_listen": _matching(r"[^\s:]+:\d{1,5}|\[[0-9a-f:]+\]:\d{1,5}", "请写成“地址:端口”"),
    "telegram.webhook_path": _matching(r"/[A-Za-z0-9_/-]*", "请写以 / 开头的路径"),
    "telegram.webhook_secret": _matching(r"[A-Za-z0-9_-]{1,256}", "只能是字母、数字、下划线和连字符"),
    "web.host": _text('请写一个地址，例如 "127.0.0.1"'),
    "web.port": _whole(0, 65535),
    "web.public_url": _matching(_URL, "请写别人打开网页用的地址"),
    "web.metrics": _switch,
    "delivery.guarantee": _one_of("at-least-once", "at-most-once"),
    "delivery.rate": _number(0.1, 10_000),
    "delivery.guard": _switch,
    "delivery.in_flight": _whole(1, 256),
    "delivery.resend_minutes": _whole(0, 24 * 60),
    "delivery.catch_up_until": _minute,
}


# ---------------------------------------------------------------- what lies where


def shipped_content() -> Path:
    """Where the shipped packs lie: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "_content"
    return inside if inside.is_dir() else package.parent / "content"


def content_roots(config: Config) -> tuple[Path, Path]:
    """The folders that hold packs: shipped ones (read-only), and those made on this machine."""
    return config.bot.content or shipped_content(), config.bot.data / "packs"


def calendar_of(config: Config) -> tuple[Calendar, tuple[Problem, ...]]:
    """The calendar with the organiser's corrections, and what is wrong in them."""
    return load_calendar(config.bot.data / "holidays.txt")
