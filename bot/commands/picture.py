"""The calendar as a picture, drawn with Pillow. Without a font that has 汉字 there is none.

Invariant: every text lies inside the picture: what is too wide is shortened, and what a font cannot draw is left
out. `draw` returns the boxes of all texts, so that a test can see it.
"""

import logging
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from bot.study.looking_back import Day, Record

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

    Box = tuple[float, float, float, float]

log = logging.getLogger(__name__)
WIDTH, HEIGHT, EDGE = 640, 400, 24
LEFT, TOP = 56, 92  # of the grid
STEP_X, STEP_Y = 46, 34
CELL_X, CELL_Y = 40, 28
SHADES = ("#eceff1", "#bfdcf0", "#5ea5d8", "#1d6aa5")  # 无 已读 答题 全对
LEGEND = ("无", "已读", "答题", "全对")
INK, PALE, FRAME, HATCH = "#263238", "#607d8b", "#263238", "#b0bec5"
WEEKDAYS = "一二三四五六日"
FONTS = "pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf"  # of the extra `cards`


def font_file(configured: Path | None) -> Path | None:
    """The font to draw with: the configured one, else that of the extra `cards`; None: no pictures."""
    if configured is not None:
        return configured if configured.is_file() else None
    try:
        found = Path(str(resources.files(FONTS[0]).joinpath(FONTS[1])))
    except ModuleNotFoundError:
        return None
    return found if found.is_file() else None


@dataclass
class Canvas:
    """A picture being drawn, and the boxes of its texts."""

    pen: "ImageDraw.ImageDraw"
    font: Path
    boxes: list[tuple[str, "Box"]] = field(default_factory=list)

    def sized(self, size: int) -> "ImageFont.FreeTypeFont":
        from PIL import ImageFont

        return ImageFont.truetype(str(self.font), size)

    def text(
        self, x: float, y: float, text: str, size: int, fill: str, width: float, anchor: str = "la"
    ) -> None:
        """Text at a place, no wider than `width`: what is too long ends with …."""
        font = self.sized(size)
        text = drawable(font, text)
        while text and font.getlength(text) > width:
            text = text[:-2] + "…" if len(text) > 1 else ""
        if text:
            self.pen.text((x, y), text, fill=fill, font=font, anchor=anchor)
            self.boxes.append((text, self.pen.textbbox((x, y), text, font=font, anchor=anchor)))


def drawable(font: "ImageFont.FreeTypeFont", text: str) -> str:
    """The characters of a text that the font has."""
    nothing = bytes(font.getmask("\U0010fffe"))
    return "".join(c for c in text if c == " " or (bytes(font.getmask(c)) not in (nothing, b"")))


def draw(font: Path, name: str, record: Record) -> "tuple[Image.Image, list[tuple[str, Box]]] | None":
    """The picture and where its texts stand; None when the font has no 汉字."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), "#ffffff")
    canvas = Canvas(ImageDraw.Draw(image), font)
    try:
        if len(drawable(canvas.sized(20), "学习记录")) < 4:
            return None
    except OSError:
        log.warning("font cannot be read: %s", font)
        return None
    room = WIDTH - 2 * EDGE
    shown = drawable(canvas.sized(22), name).strip()
    tail = "学习记录"
    while shown and canvas.sized(22).getlength(f"{shown} · {tail}") > room:
        shown = shown[:-2].rstrip() + "…" if len(shown) > 1 else ""
    canvas.text(EDGE, 20, f"{shown} · {tail}" if shown else tail, 22, INK, room)
    for n, weekday in enumerate(WEEKDAYS):
        canvas.text(EDGE, TOP + n * STEP_Y + CELL_Y / 2, weekday, 14, PALE, 24, "lm")
    _months(canvas, record)
    for column, week in enumerate(record.weeks):
        for line, day in enumerate(week):
            _cell(canvas, LEFT + column * STEP_X, TOP + line * STEP_Y, day, day.day == record.day)
    _foot(canvas, record)
    return image, canvas.boxes


def _months(canvas: Canvas, record: Record) -> None:
    """The month above the column in which its first day lies, and above the first column."""
    last = 0.0
    for column, week in enumerate(record.weeks):
        first = next((day.day for day in week if day.day.day == 1), week[0].day if column == 0 else None)
        x = LEFT + column * STEP_X
        if first and x >= last:
            canvas.text(x, TOP - 24, f"{first.month} 月", 14, PALE, WIDTH - EDGE - x)
            last = x + STEP_X


def _cell(canvas: Canvas, x: int, y: int, day: Day, today: bool) -> None:
    box = (x, y, x + CELL_X, y + CELL_Y)
    if day.ahead:
        canvas.pen.rounded_rectangle(box, 5, outline=SHADES[0])
        return
    canvas.pen.rounded_rectangle(box, 5, fill=SHADES[day.level])
    if day.rest:
        for shift in range(6, CELL_X + CELL_Y, 8):
            begin = (x + min(shift, CELL_X), y + max(shift - CELL_X, 0))
            end = (x + max(shift - CELL_Y, 0), y + min(shift, CELL_Y))
            canvas.pen.line((begin, end), fill=HATCH, width=1)
    if day.frozen:
        canvas.text(x + CELL_X / 2, y + CELL_Y / 2, "缓", 16, PALE, CELL_X, "mm")
    if today:
        canvas.pen.rounded_rectangle(
            (x - 2, y - 2, x + CELL_X + 2, y + CELL_Y + 2), 6, outline=FRAME, width=2
        )


def _foot(canvas: Canvas, record: Record) -> None:
    y = TOP + 7 * STEP_Y + 14
    x: float = LEFT
    for shade, word in zip(SHADES, LEGEND, strict=True):
        canvas.pen.rounded_rectangle((x, y, x + 18, y + 18), 4, fill=shade)
        canvas.text(x + 24, y + 9, word, 14, PALE, 60, "lm")
        x += 24 + canvas.sized(14).getlength(word) + 22
    foot = f"连续学习 {record.streak.length} 天 · 本周 {record.this_week} 分"
    canvas.text(WIDTH - EDGE, y + 9, foot, 16, INK, WIDTH - EDGE - x, "rm")
