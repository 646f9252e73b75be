"""One reader for days, time and zone in any order, and the same three said back.

Invariant: what is not understood word by word is refused with a sentence that has a working example; nothing
is skipped and guessed. No text raises anything but Complaint.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.commands.cities import zone_at
from bot.commands.clockface import TimeUnclear, hour_at, time_at
from bot.days import DAILY, NAMES, WORKDAYS, Days
from bot.fold import aligned, visible
from bot.model import Complaint

Kind = Literal["time", "hour", "days", "zone", "ambiguous"]
LONGEST = 200  # characters; nobody needs more to say when
_OFFERED = (("上海", "Asia/Shanghai"), ("乌鲁木齐", "Asia/Urumqi"), ("东京", "Asia/Tokyo"))
QUOTED = 20  # characters of his own text that a complaint quotes


@dataclass(frozen=True, slots=True)
class When:
    """What was said; None = not said. minute: of the day, 0–1439. zone: IANA name."""

    days: Days | None = None
    minute: int | None = None
    zone: str | None = None

    def __bool__(self) -> bool:
        return self != When()


class WhenComplaint(Complaint):
    """Not understood; its choices are times, days or zones to pick from."""

    def __init__(
        self, kind: Kind, sentence: str, command: str, choices: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(sentence, *(choices or _choices(kind, command)))
        self.kind = kind
        self.command = command


def _choices(kind: Kind, command: str) -> tuple[tuple[str, str], ...]:
    if kind == "time":
        return tuple((clock, f"{command} {clock}") for clock in ("07:52", "12:22", "20:52"))
    if kind == "days":
        return tuple((f"{days} 07:52", f"{command} {days} 07:52") for days in ("每天", "工作日"))
    if kind == "zone":
        return tuple((city, f"{command} {zone}") for city, zone in _OFFERED)
    cities = (("上海", "Asia/Shanghai"), ("芝加哥", "America/Chicago"))  # the two a CST may be
    return tuple((city, f"{command} {zone}") for city, zone in cities)


def parse_when(text: str, example: str = "/time", wants: Literal["", "zone"] = "") -> When:
    """Days, time and zone of a sentence, in any order; an empty When for a text that names none of them.

    `example`: the command for the example in a complaint. `wants`: "zone" when he was asked for a zone, so that
    an unknown word is called one. WhenComplaint for everything that is not understood.

    >>> parse_when("周一三五 晚上9点 东京")
    When(days=Days(weekdays=(1, 3, 5), workdays=False), minute=1260, zone='Asia/Tokyo')
    >>> parse_when("25:61", "/subscribe")
    Traceback (most recent call last):
    bot.commands.when.WhenComplaint: “25:61”不是一天里的时间。请写 00:00 到 23:59，例如：/subscribe 07:52
    """
    shown = visible(text).rstrip("。！？!?~～ ")
    if len(shown) > LONGEST:
        raise _complaint("days", shown, example)
    plain = [(each, at) for at, c in enumerate(shown) for each in unicodedata.normalize("NFKC", c).lower()]
    try:
        return _Reader(plain, wants == "zone").read()
    except _Unclear as unclear:
        problem = unclear
    simple = list(
        zip(*aligned(shown), strict=True)
    )  # traditional characters: the dictionary is only opened when the plain way failed
    if [c for c, _ in simple if c != " "] != [c for c, _ in plain if c != " "]:
        try:
            return _Reader(simple, wants == "zone").read()
        except _Unclear as unclear:
            problem = unclear
    if problem.kind == "hour":
        raise _which_hour(shown, problem, example)
    raise _complaint(problem.kind, _piece(shown, problem), example)


def _which_hour(shown: str, unclear: "_Unclear", command: str) -> WhenComplaint:
    """8 may be early or late: the same sentence is offered with either."""
    said = _piece(shown, unclear)
    hour = unclear.hour % 24
    hours = (hour, (hour + 12) % 24) if 1 <= hour <= 12 else (hour,)
    times = [clock(each * 60) for each in hours]
    whole = [f"{shown[: unclear.begin]}{each}{shown[unclear.end :]}" for each in times]
    choices = tuple((each, f"{command} {text}") for each, text in zip(times, whole, strict=True))
    sentence = f"“{said}”是几点？请写成几点几分，例如：{command} {times[0]}"
    return WhenComplaint("hour", sentence, command, choices)


def _complaint(kind: "Kind | Literal['times', 'zones']", piece: str, command: str) -> WhenComplaint:
    said = piece if len(piece) <= QUOTED else piece[:QUOTED] + "…"
    if kind == "time":
        sentence = f"“{said}”不是一天里的时间。请写 00:00 到 23:59，例如：{command} 07:52"
    elif kind == "zone":
        sentence = f"没找到时区“{said}”。请写大城市或标准名，例如：{command} Asia/Tokyo"
    elif kind == "ambiguous":
        sentence = f"“{said}”有几种意思。请选一个，或写城市，例如：{command} 上海"
    elif kind == "times":
        return WhenComplaint(
            "time", f"一天只推送一次，这里有两个时间。请写一个，例如：{command} 07:52", command
        )
    elif kind == "zones":
        return WhenComplaint("zone", f"这里有两个时区。请写一个，例如：{command} Asia/Tokyo", command)
    else:
        sentence = f"没看懂“{said}”是什么时候。请写日子或几点，例如：{command} 工作日 07:52"
    return WhenComplaint(kind, sentence, command)


# ---------------------------------------------------------------- reading


class _Unclear(Exception):
    """Where it stopped, as places in the original text; end 0: the whole word around it. hour: for "hour"."""

    def __init__(
        self, kind: "Kind | Literal['times', 'zones']", begin: int, end: int = 0, hour: int = 0
    ) -> None:
        super().__init__(kind)
        self.hour = hour
        self.kind = kind
        self.begin = begin
        self.end = end


def _piece(shown: str, unclear: _Unclear) -> str:
    if unclear.end:
        return shown[unclear.begin : unclear.end].strip()
    left = re.search(r"[^\s，,、。；;（）()]*\Z", shown[: unclear.begin])
    right = re.match(r"[^\s，,、。；;（）()]*", shown[unclear.begin :])
    return (left[0] if left else "") + (right[0] if right else "") or shown


_GAP = re.compile(r"[\s,、。;:()·|!~]+")
_FILLER = re.compile(
    "改成|改为|改到|改回|换成|换到|设为|推送|送达|发给我|提醒我|订阅|当地|标准时间|标准时|时间|时区|日子|准时|只在|只|在|和|及|跟|与|就|的|请|吧"
    r"|(?:at|on|and|in|time)(?![a-z])"
)
_DAILY = re.compile(r"(?:每一?天|每日|天天|日日|every ?day|daily)(?![a-z])")
_WORKDAYS = re.compile(r"(?:每个?)?(?:工作日|上班日)|workdays?(?![a-z])")
_WEEKEND = re.compile(r"(?:每个?)?(?:周末|双休日)|weekends?(?![a-z])")
_WEEKDAYS = re.compile(r"weekdays?(?![a-z])")
_ADJUSTED = re.compile("(不)?随调休")
_PREFIX = re.compile("(?:每个|每逢|每)?(?:周|星期|礼拜)")
_AND = re.compile(r" *(?:[、,/&+]|和|及|跟|与|以及|还有|and(?![a-z]))? *")
_TO = re.compile(r" *(?:到|至|-+|~|[—–−]+|to(?![a-z])|through(?![a-z])) *")
_DIGIT_DAY = re.compile(r"[1-7](?!\d* *[点时:∶.])")
_HOUR_NEXT = re.compile("(?:二十[一二三四]?|[一二三四五六]) *[点时]")  # 周一三点: the 三 belongs to the clock
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ENGLISH = re.compile(
    r"(?:every +)?(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|s|nesday|rsday|rs?|urday)?s?(?![a-z])"
)
_EAST_WEST = re.compile("([东西]) *([0-9]{1,2}|[一二三四五六七八九十]{1,2}) *时?区")
_OFFSET = re.compile(
    r"(?:(?:utc|gmt) *(?:([+\-−])|(?=\d{1,2}(?![\d:.])))|(\+)) *(\d{1,2})(?::?(\d{2}))?(?![\d:.])"
)
_CST = re.compile(r"cst(?![a-z0-9/])")
# Abbreviations that several places share or that are only right half of the year: he is asked for a city.
_ABBREVIATION = re.compile(
    r"(?:[ecmp][sd]t|a[ekc][sd]t|[ecmp]t|bst|ist|msk|nz[sd]t|cest|eest|est5edt)(?![a-z0-9])"
)


class _Reader:
    """Goes through a folded text from left to right; `places` lead back to the original."""

    def __init__(self, folded: list[tuple[str, int]], wants_zone: bool) -> None:
        self.text = "".join(c for c, _ in folded)
        self.places = [place for _, place in folded]
        self.wants_zone = wants_zone
        self.days: Days | None = None
        self.minute: int | None = None
        self.zone: str | None = None

    def read(self) -> When:
        at = 0
        adjusted: re.Match[str] | None = None
        while at < len(self.text):
            if found := _ADJUSTED.match(self.text, at):
                adjusted = found
                at = found.end()
            elif found := _GAP.match(self.text, at):
                at = found.end()
            else:
                at = self._part(at)
        if adjusted:
            self._adjust(adjusted)
        return When(self.days, self.minute, self.zone)

    def _part(self, at: int) -> int:
        """Takes the part that begins here and returns where it ends."""
        if read := self._days_at(at):
            self._take_days(read[0])
            return read[1]
        try:
            clock, hour = time_at(self.text, at), hour_at(self.text, at)
        except TimeUnclear as unclear:
            raise self._unclear("time", at, unclear.end) from None
        if clock:
            if self.minute not in {None, clock[0]}:
                raise self._unclear("times", at)
            self.minute = clock[0]
            return clock[1]
        if hour:
            raise _Unclear("hour", self.places[at], self.places[hour[1] - 1] + 1, hour[0])
        if place := self._zone_at(at):
            if self.zone not in {None, place[0]}:
                raise self._unclear("zones", at)
            self.zone = place[0]
            return place[1]
        if found := _FILLER.match(self.text, at):
            self.wants_zone |= found[0] == "时区"
            return found.end()
        raise self._unclear("zone" if self._like_zone(at) else "days", at)

    def _unclear(self, kind: "Kind | Literal['times', 'zones']", at: int, end: int = 0) -> _Unclear:
        return _Unclear(kind, self.places[at], self.places[end - 1] + 1 if end else 0)

    # ---- days

    def _days_at(self, at: int) -> tuple[Days, int] | None:
        for pattern, days in (
            (_DAILY, DAILY),
            (_WORKDAYS, WORKDAYS),
            (_WEEKEND, Days((6, 7))),
            (_WEEKDAYS, Days((1, 2, 3, 4, 5))),
        ):
            if found := pattern.match(self.text, at):
                return days, found.end()
        prefix = _PREFIX.match(self.text, at)
        first = self._day_at(prefix.end() if prefix else at)
        if not first or (not prefix and first[2] != "english"):
            return None
        chosen: list[int] = []
        day: tuple[int, int, str] | None = first
        end = at
        while day:
            number, end, style = day
            last = self._next_day(_TO, end, style)
            if last:
                span = (last[0] - number) % 7
                chosen += [(number - 1 + step) % 7 + 1 for step in range(span + 1)]
                end = last[1]
            else:
                chosen.append(number)
            day = self._next_day(_AND, end, style)
        return Days(tuple(chosen)), end

    def _next_day(self, link: re.Pattern[str], at: int, style: str) -> tuple[int, int, str] | None:
        found = link.match(self.text, at)
        if not found:
            return None
        prefix = _PREFIX.match(self.text, found.end())
        day = self._day_at(prefix.end() if prefix else found.end())
        if not day or (day[2] != style and not prefix):
            return None
        if style == "digit" and not prefix and found[0].isspace():
            return None  # 周1 3: the 3 may be an hour
        return day

    def _day_at(self, at: int) -> tuple[int, int, str] | None:
        """Weekday (1–7), where it ends, and how it is written."""
        if _DIGIT_DAY.match(self.text, at):
            return int(self.text[at]), at + 1, "digit"
        if english := _ENGLISH.match(self.text, at):
            return _ENGLISH_DAYS.index(english[1]) + 1, english.end(), "english"
        number = "一二三四五六日天".find(self.text[at : at + 1] or "?") + 1
        if not number or _HOUR_NEXT.match(self.text, at) or zone_at(self.text, at):
            return None  # 周六日本: Saturday in Japan
        return min(number, 7), at + 1, "han"

    def _take_days(self, days: Days) -> None:
        if self.days in {None, days}:
            self.days = days
        elif self.days is not None and WORKDAYS not in {self.days, days} and DAILY not in {self.days, days}:
            self.days = Days(self.days.weekdays + days.weekdays)
        else:
            raise self._unclear("days", 0, len(self.text))  # 工作日 and 周六: no rule for both at once

    def _adjust(self, said: re.Match[str]) -> None:
        """“周一到周五，随调休” is 工作日, “工作日，不随调休” is Monday to Friday."""
        plain = Days((1, 2, 3, 4, 5))
        if self.days not in {WORKDAYS, plain}:
            raise self._unclear("days", said.start())
        self.days = plain if said[1] else WORKDAYS

    # ---- zones

    def _zone_at(self, at: int) -> tuple[str, int] | None:
        if found := _CST.match(self.text, at):
            raise self._unclear("ambiguous", at, found.end())
        if (found := _ABBREVIATION.match(self.text, at)) is not None:
            raise self._unclear("zone", at, found.end())
        named = zone_at(self.text, at)
        offset = _OFFSET.match(self.text, at)
        if named and not (offset and offset.end() > named[1]):
            return named
        if offset:
            minus = offset[1] in {"-", "−"}
            eight = not minus and int(offset[3]) == 8 and int(offset[4] or 0) == 0
        elif offset := _EAST_WEST.match(self.text, at):
            eight = offset[1] == "东" and offset[2] in {"8", "08", "八"}
        else:
            return None
        if not eight:
            raise self._unclear("zone", at, offset.end())  # an offset names no summer time: ask for a city
        return "Asia/Shanghai", offset.end()

    def _like_zone(self, at: int) -> bool:
        word = re.match(r"[^\s,、。;()]*", self.text[at:])
        piece = word[0] if word else ""
        return self.wants_zone or bool(re.search("[a-z]/[a-z]|时区|时间$", piece))


# ---------------------------------------------------------------- said back


def clock(minute: int) -> str:
    """Minute of day as people read it.

    >>> clock(472)
    '07:52'
    """
    return f"{minute // 60:02}:{minute % 60:02}"


def describe(days: Days, minute: int, zone: str) -> str:
    """What was understood, for every confirmation.

    >>> describe(WORKDAYS, 420, "Asia/Shanghai")
    '工作日 07:00（Asia/Shanghai）'
    """
    return f"{days.label} {clock(minute)}（{zone}）"


def date_words(day: date, today: date) -> str:
    """A day to come, as people say it; another year is written out.

    >>> date_words(date(2026, 11, 24), date(2026, 11, 23)), date_words(date(2026, 11, 25), date(2026, 11, 23))
    ('明天（11 月 24 日 周二）', '11 月 25 日（周三）')
    >>> date_words(date(2027, 1, 25), date(2026, 11, 23))
    '2027-01-25'
    """
    weekday = NAMES[day.isoweekday() - 1]
    written = f"{day.month} 月 {day.day} 日" if day.year == today.year else day.isoformat()
    near = {today: "今天", today + timedelta(days=1): "明天"}.get(day)
    if near:
        return f"{near}（{written} {weekday}）"
    return f"{written}（{weekday}）" if day.year == today.year else written


def before_han(words: str) -> str:
    """A date before 汉字 or a time: a space after a digit.

    >>> before_han("2027-01-25"), before_han("11 月 25 日（周三）")
    ('2027-01-25 ', '11 月 25 日（周三）')
    """
    return f"{words} " if words[-1:].isdigit() else words


def after_han(words: str) -> str:
    """A date or a time after 汉字: a space before a digit.

    >>> after_han("11 月 25 日（周三）"), after_han("明天")
    (' 11 月 25 日（周三）', '明天')
    """
    return f" {words}" if words[:1].isdigit() else words
