"""Styles and numbering of a Word document: what a paragraph looks like and which number stands before it.

Invariant: cycles among styles end; what is not understood has no effect.
"""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.packs.draft.xmlsafe import local

if TYPE_CHECKING:
    from lxml.etree import _Element

_OFF = frozenset(("0", "false", "off", "none"))
_HAN = "零一二三四五六七八九十"
_HEADING = re.compile(r"^(?:heading|标题|標題)\s*([1-9])$", re.IGNORECASE)
_TITLE = re.compile(r"^(?:title|标题|文档标题|標題)$", re.IGNORECASE)
_TOC = re.compile(r"^(?:toc|目录|目錄)\s*\d$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Traits:
    """What styles and direct formatting add up to. level: 1 = Title style, heading n = n + 1, 0 = none."""

    size: float = 10.5
    bold: bool = False
    hidden: bool = False
    centred: bool = False
    indent: bool = False
    level: int = 0
    toc: bool = False
    number: tuple[str, int] = ("", 0)  # numbering id and depth


def value(element: "_Element", name: str) -> str:
    """An attribute by its local name, "" when it is missing."""
    for key, found in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(found)
    return ""


def child(element: "_Element | None", name: str) -> "_Element | None":
    return None if element is None else next((each for each in element if local(each) == name), None)


def on(element: "_Element", name: str) -> bool | None:
    """A toggle such as w:b: True, False, or None when it is not given."""
    found = child(element, name)
    return None if found is None else value(found, "val").lower() not in _OFF


def _points(element: "_Element | None") -> float:
    """Half points of w:sz as points, rounded to halves; 0 when not given or absurd."""
    found = child(element, "sz")
    digits = value(found, "val") if found is not None else ""
    return min(int(digits) / 2, 400.0) if digits.isdecimal() and len(digits) < 5 else 0.0


class Styles:
    """The styles part. Missing or broken parts are as if nothing were said."""

    def __init__(self, root: "_Element | None") -> None:
        self._by_id: dict[str, _Element] = {}
        self._default: Traits = Traits()
        self._resolved: dict[str, Traits] = {}
        default = ""
        for each in root if root is not None else ():
            if local(each) == "docDefaults":
                run = child(child(each, "rPrDefault"), "rPr")
                self._default = self.run(run, self._default)
            elif local(each) == "style":
                self._by_id[value(each, "styleId")] = each
                if value(each, "type") == "paragraph" and value(each, "default") in ("1", "true", "on"):
                    default = value(each, "styleId")
        self._normal = default

    def paragraph(self, properties: "_Element | None") -> Traits:
        """The traits of a paragraph with these w:pPr."""
        named = child(properties, "pStyle")
        style = value(named, "val") if named is not None else self._normal
        return self._direct(properties, self._style(style or self._normal))

    def run(self, properties: "_Element | None", traits: Traits) -> Traits:
        """The traits of a run with these w:rPr inside a paragraph of these traits."""
        if properties is None:
            return traits
        named = child(properties, "rStyle")
        if named is not None:
            style = self._by_id.get(value(named, "val"))
            if style is not None and local(style) == "style":
                traits = self._characters(child(style, "rPr"), traits)
        return self._characters(properties, traits)

    def _characters(self, properties: "_Element | None", traits: Traits) -> Traits:
        if properties is None:
            return traits
        bold, hidden = on(properties, "b"), on(properties, "vanish")
        return replace(
            traits,
            size=_points(properties) or traits.size,
            bold=traits.bold if bold is None else bold,
            hidden=traits.hidden if hidden is None else hidden,
        )

    def _direct(self, properties: "_Element | None", traits: Traits) -> Traits:
        if properties is None:
            return traits
        align, indent, outline = (child(properties, name) for name in ("jc", "ind", "outlineLvl"))
        if align is not None:
            traits = replace(traits, centred=value(align, "val") == "center")
        if indent is not None:
            first = value(indent, "firstLine") or value(indent, "firstLineChars")
            traits = replace(traits, indent=first not in ("", "0") or traits.indent)
        if outline is not None and value(outline, "val").isdecimal():
            depth = int(value(outline, "val")[:2])
            traits = replace(traits, level=depth + 2 if depth < 9 else 0)
        numbering = child(properties, "numPr")
        if numbering is not None:
            which, depth_of = child(numbering, "numId"), child(numbering, "ilvl")
            digits = value(depth_of, "val") if depth_of is not None else ""
            depth = int(digits) if digits.isdecimal() and len(digits) < 2 else traits.number[1]
            traits = replace(
                traits, number=(value(which, "val") if which is not None else traits.number[0], depth)
            )
        return traits

    def _style(self, style_id: str) -> Traits:
        if style_id in self._resolved:
            return self._resolved[style_id]
        chain: list[_Element] = []
        current, seen = style_id, set[str]()
        while current in self._by_id and current not in seen:
            seen.add(current)
            chain.append(self._by_id[current])
            based = child(chain[-1], "basedOn")
            current = value(based, "val") if based is not None else ""
        traits = self._default
        for style in reversed(chain):
            traits = self._direct(child(style, "pPr"), self._characters(child(style, "rPr"), traits))
            traits = self._named(style, traits)
        self._resolved[style_id] = traits
        return traits

    def _named(self, style: "_Element", traits: Traits) -> Traits:
        named = child(style, "name")
        name = value(named, "val").strip() if named is not None else ""
        if heading := _HEADING.match(name):
            return replace(traits, level=int(heading[1]) + 1)
        if _TITLE.match(name):
            return replace(traits, level=1)
        if _TOC.match(name):
            return replace(traits, toc=True, level=0)
        if name.lower() in ("toc heading", "subtitle", "副标题", "normal", "正文"):
            return replace(traits, level=0)
        return traits


@dataclass(slots=True)
class _Level:
    format: str = "decimal"
    text: str = "%1."
    start: int = 1
    after: str = "tab"
    legal: bool = False  # all numbers in it are Arabic, whatever the levels above use


class Numbers:
    """Automatic list numbers as text; they are no characters of the document, but what people read."""

    def __init__(self, root: "_Element | None") -> None:
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._of: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        for each in root if root is not None else ():
            if local(each) == "abstractNum":
                levels = {
                    int(value(level, "ilvl")): self._level(level)
                    for level in each
                    if local(level) == "lvl" and value(level, "ilvl").isdecimal()
                }
                self._abstract[value(each, "abstractNumId")] = levels
            elif local(each) == "num":
                target = child(each, "abstractNumId")
                self._of[value(each, "numId")] = value(target, "val") if target is not None else ""

    def _level(self, element: "_Element") -> _Level:
        level = _Level()
        for each in element:
            found = value(each, "val")
            if local(each) == "numFmt":
                level.format = found
            elif local(each) == "lvlText":
                level.text = found
            elif local(each) == "start" and found.isdecimal() and len(found) < 6:
                level.start = int(found)
            elif local(each) == "suff":
                level.after = found
            elif local(each) == "isLgl":
                level.legal = found.lower() not in _OFF
        return level

    def text(self, traits: Traits) -> str:
        """The number of the next paragraph with these traits ("1. ", "一、", "• "), "" without one. Counts it."""
        which, depth = traits.number
        abstract = self._of.get(which, "")
        levels = self._abstract.get(abstract, {})
        level = levels.get(depth)
        if level is None or which in ("", "0"):
            return ""
        counts = self._counts.setdefault(abstract, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if level.format == "bullet":
            return "• "
        if level.format == "none":
            return ""

        def number(match: "re.Match[str]") -> str:
            place = int(match[1]) - 1
            at = levels.get(place, _Level())
            return spelled(counts.get(place, at.start), "decimal" if level.legal else at.format)

        made = re.sub(r"%([1-9])", number, level.text)
        close = made[-1:] in "、）)．。】" or level.after == "nothing"
        return made if close or not made else f"{made} "


def spelled(number: int, style: str) -> str:
    """A number in one of Word's formats.

    >>> spelled(12, "chineseCounting"), spelled(3, "upperRoman"), spelled(28, "lowerLetter"), spelled(3, "decimalEnclosedCircle")
    ('十二', 'III', 'bb', '③')
    """
    if number < 1:
        return str(number)
    if style.startswith(("chinese", "ideograph", "japaneseCounting", "taiwaneseCounting")) and number < 100:
        tens, ones = divmod(number, 10)
        head = "" if tens == 0 else ("" if tens == 1 else _HAN[tens]) + "十"
        return head + (_HAN[ones] if ones else "")
    if style in ("upperRoman", "lowerRoman") and number < 4000:
        signs = zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), ["M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"], strict=True)  # fmt: skip
        out = ""
        for worth, sign in signs:
            out += sign * (number // worth)
            number %= worth
        return out if style == "upperRoman" else out.lower()
    if style in ("upperLetter", "lowerLetter") and number < 1000:
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if style == "upperLetter" else letter.lower()
    if style.startswith("decimalEnclosedCircle") and number <= 20:
        return chr(0x245F + number)
    return str(number)
