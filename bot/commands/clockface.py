"""A time of day as people say it: 07:52, 0752, 8点半, 晚上九点, 下午3点一刻, 零点.

Invariant: a minute between 0 and 1439 or nothing; what looks like a time and is none is named, not bent.
"""

import re

_DIGIT = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN = "[零〇一二两三四五六七八九十]"
_PERIOD = re.compile(
    "早上|早晨|清晨|清早|凌晨|上午|中午|正午|午后|下午|傍晚|黄昏|晚上|晚间|夜里|夜晚|夜间|深夜|半夜|午夜|早|晚|夜"
    r"|(?P<half>[ap])\.?m\.?(?![a-z])"
)
_HALF = re.compile(r" *(?P<half>[ap])\.?m\.?(?![a-z])")
_ALONE = {"中午": 720, "正午": 720, "半夜": 0, "午夜": 0}
_WORD = re.compile(r"(noon|midnight)(?![a-z])")
_COLON = re.compile(r"(\d{1,4}) *[:∶] *(\d{1,4})(?: *[:∶] *(\d{1,4}))?(?: *分)?")
_DOT = re.compile(r"(\d{1,2})\.(\d{2})(?![\d.])")
_POINT = re.compile(rf"(\d{{1,3}}|{_HAN}{{1,3}}) *[点时](?![区间])(?:钟|整|正)?")
_QUARTER = re.compile(r" *过?(?:(半)钟?|([一二两三123]) *刻钟?)")
_MINUTE = re.compile(rf" *过?(\d{{1,4}}|{_HAN}{{1,3}})(?!\d|{_HAN}| *[点时刻:∶])( *分(?:钟|整)?)?")
_PACKED = re.compile(r"(\d{1,2})(\d{2})(?![\d.])")
_BARE = re.compile(r"(\d{1,2})(?![\d.])")
_ALONE_BARE = re.compile(r"(?<!\d)([0-9]{1,2})(?=[\s,、。;()!~]|\Z)")


class TimeUnclear(Exception):
    """It looks like a time and is none, from where it was asked for up to `end`."""

    def __init__(self, end: int) -> None:
        super().__init__(end)
        self.end = end


def number(text: str) -> int | None:
    """A number below 100 in digits or in Chinese.

    >>> number("五十二"), number("十"), number("零五"), number("52"), number("五二")
    (52, 10, 5, 52, None)
    """
    if text.isascii():
        return int(text) if text.isdigit() else None
    tens, ten, ones = text.partition("十")
    if not ten:
        if len(text) == 2 and text[0] in "零〇":
            text = text[1]
        return _DIGIT.get(text)
    head = _DIGIT.get(tens) if tens else 1
    tail = _DIGIT.get(ones) if ones else 0
    return head * 10 + tail if head and tail is not None and ones not in ("零", "〇") else None


def time_at(text: str, at: int) -> tuple[int, int] | None:
    """The minute of day that begins at `at` of a folded text, and where it ends; None if no time begins here.

    A lone number ("8") is none: see `hour_at`. TimeUnclear for 25:61 or 早上13点.

    >>> time_at("下午3点一刻", 0), time_at("晚上12点", 0), time_at("24:00", 0), time_at("隔天", 0)
    ((915, 6), (0, 5), (0, 5), None)
    """
    if word := _WORD.match(text, at):
        return (720 if word[1] == "noon" else 0), word.end()
    begin = at
    period = ""
    if found := _PERIOD.match(text, at):
        period = found["half"] or found[0]
        begin = found.end()
        while text.startswith((" ", "的"), begin):
            begin += 1
    read = _face(text, begin, bool(period))
    if read is None:
        return (_ALONE[period], found.end()) if found and period in _ALONE else None
    said, minute, end = read
    if period in {"早", "晚"} and text[begin:end] == "一点":
        return None  # 早一点, 晚一点 mean earlier and later
    if not period and (half := _HALF.match(text, end)):
        period, end = half["half"], half.end()
    hour = _of_day(period, said)
    if hour is None or minute is None or minute > 59 or (hour == 24 and minute):
        raise TimeUnclear(end)
    return hour % 24 * 60 + minute, end


def hour_at(text: str, at: int) -> tuple[int, int] | None:
    """A lone number that may be meant for an hour, and where it ends: early or late, or no hour at all.

    TimeUnclear where no clock has it.

    >>> hour_at("8", 0), hour_at("8点", 0), hour_at("230", 1)
    ((8, 1), None, None)
    """
    found = _ALONE_BARE.match(text, at)
    if found and int(found[1]) > 24:
        raise TimeUnclear(found.end())
    return (int(found[1]), found.end()) if found else None


def _face(text: str, at: int, bare: bool) -> tuple[int, int | None, int] | None:
    """Hour and minute as written (None: no minute of a clock) and the end. `bare`: a lone number is an hour."""
    if found := _COLON.match(text, at):
        right = len(found[1]) <= 2 and len(found[2]) == 2 and found[3] in {None, "00"}
        return int(found[1]), int(found[2]) if right else None, found.end()
    if found := _DOT.match(text, at):
        return int(found[1]), int(found[2]), found.end()
    if found := _POINT.match(text, at):
        hour = number(found[1])
        return None if hour is None else _after_hour(text, hour, found.end())
    if found := _PACKED.match(text, at):
        return int(found[1]), int(found[2]), found.end()
    if found := _BARE.match(text, at):
        following = text[found.end() : found.end() + 1]
        if _HALF.match(text, found.end()) or (bare and not following.isalnum()):
            return int(found[1]), 0, found.end()
    return None


def _after_hour(text: str, hour: int, at: int) -> tuple[int, int | None, int]:
    if found := _QUARTER.match(text, at):
        return hour, 30 if found[1] else 15 * (number(found[2]) or 0), found.end()
    if found := _MINUTE.match(text, at):
        minute = number(found[1])
        single = len(found[1]) == 1 and found[1] != "十"
        if minute is not None and not (single and not found[2]):
            return hour, minute if len(found[1]) <= 3 else None, found.end()
        if single and text[at : found.end()].strip() == text[at : found.end()]:
            return hour, None, found.end()  # 7点5: five past or half past, nobody knows
    return hour, 0, at


def _of_day(period: str, hour: int) -> int | None:
    """The hour 0–24 that is meant; None where period and hour contradict each other."""
    if hour > 24:
        return None
    if period in {"", "a", "p"}:
        if period and not 1 <= hour <= 12:
            return hour if period == "p" and 12 < hour < 24 else None
        return hour % 12 + (12 if period == "p" else 0) if period else hour
    if period in {"早上", "早晨", "清晨", "清早", "早", "上午"}:
        return hour if hour <= 12 else None
    if period in {"中午", "正午"}:
        return hour + 12 if 1 <= hour <= 3 else hour if 10 <= hour <= 15 else None
    if period in {"下午", "午后", "傍晚", "黄昏"}:
        return hour + 12 if 1 <= hour <= 11 else hour if 12 <= hour <= 23 else None
    if hour in {0, 12, 24}:  # 晚上12点, 半夜12点, 凌晨12点: midnight
        return 0
    if period == "凌晨":
        return hour if hour < 12 else None
    if hour <= 4:  # 晚上一点 is after midnight
        return hour
    return hour + 12 if hour <= 11 else hour if hour >= 17 else None
