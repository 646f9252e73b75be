"""What people say around an answer, and instead of one: 我觉得是B吧, 答B, 不知道啊, 太难了.

Invariant: only whole texts are judged, in either writing; what is left of a text is never made up.
"""

import re

from bot.fold import fold

LONGEST = 60  # characters of anything that is looked at here
SOFT = "啊呀呢哦诶啦嘛哎唉的呜了"
STOPS = r"\s，,、。.！!～~？?…：:"
DOUBT = "对吗|对吧|对不对|是吗|是吧|是不是|没错吧|行吗|可以吗"
CHOOSING = "(?:觉得|认为|感觉|猜|想)?(?:应该|可能|大概|也许|好像|肯定|就)*"

# 我真不知道啊, 这题太难了, 告诉我答案: the answer is wanted, and none is given.
LOSS = re.compile(
    rf"(?:[{STOPS}嗯额呃哎唉]|我|真的?|实在|完全|根本|还是|一点|也|都|好像|先|那|这[道个]?题)*"
    r"(?:不(?:太|大)?(?:知道|会[做答选填]?|清楚|懂|确定|晓得|记得)|答不[上出]来?|选不出来?|忘[了记]|没印象|想不[起出]来?"
    r"|看不懂|猜不[出到]来?|没[学看读]过|(?:太|好|很|真|有点|这么)难|难死|跳过(?:这[道个]?题)?吧?|过吧?|放弃吧?"
    rf"|(?:请|直接|快)*(?:看|告诉我|公布|揭晓|给我|显示)?(?:一下)?(?:正确)?答案(?:是(?:什么|啥|多少))?)[{SOFT}{STOPS}]*"
)
UNREADY = re.compile(
    rf"(?:(?:等一?[下等会]|待会|晚点|一会)儿?(?:再[说答做看填])?|稍等|(?:让|容)?我?再?想一?想|我再想一下|再想)[{SOFT}儿吧{STOPS}]*"
)
# 不答了, 结束吧, 今天先到这里.
ENOUGH = re.compile(
    rf"(?:[{STOPS}]|算了|我|那|好|行|先|就|还是|今天|今晚|暂时|都)*"
    r"(?:不想?再?(?:答|做|玩|考|练|填)(?:这?题)?了?(?:题|下去)?|不继续|(?:结束|停)(?:答题)?|到(?:这|此)(?:里|儿|为止)?)"
    rf"[吧{SOFT}{STOPS}]*"
)
HINTING = re.compile(
    rf"(?:我|请|再|能不能|能|可以|可不可以|给|来|想|要|看|有没有|有|求)*(?:一?[点个些])?提示(?:一?下)?[吗吧么{SOFT}{STOPS}]*"
)
# 可以吗, 为什么, 好了, 哈哈: said beside a question, and no word for a blank.
BESIDE = re.compile(
    rf"(?:(?:{DOUBT}|真的?|为[什甚]么|怎么回事|[什甚]么意思|啥意思|[什甚]么|啥|对不起|不好意思)[吗{SOFT}{STOPS}]*|[嗯额呃啊哦哎唉哈嘿][嗯额呃啊哦哎唉哈嘿{STOPS}]*"
    rf"|(?:好|行|够|可以)了[{SOFT}{STOPS}]*)"
)
ANOTHER = re.compile(
    rf"(?:我|想|要|请|帮|给|再|能不能|可以|能|可不可以)*(?:换(?:一|另)?[个道]?(?:别的)?(?:题目?|问题)|换一[个道]|下一?[个道]题?)[吧吗{SOFT}{STOPS}]*"
)
LONE = re.compile(
    rf"(?:我?{CHOOSING}(?:的?答案)?(?:应该|可能|大概)*(?:是不是|就是|是|为|选择|选|答)?(?:选项)?[{STOPS}]*)"
    rf"([a-h])(?:选项|项)?(?:是?(?:对|正确|没错)的?)?(?:{DOUBT}|[吧吗{SOFT}{STOPS}])*"
)
# Before the word for a blank. FIRM: said by nobody who means it as a part of the word.
LEAD = re.compile(
    rf"(?:(?:那|嗯+|呃|额)[{STOPS}]*)?(?:(?:我[填答写的]*|正确的?|这[道个]?[题空]的?|空里的?)?答案(?:应该|可能|大概|就)*(?:是不是|是|为)?"
    rf"|我?[填答写选](?:的是|的|择)?|我?{CHOOSING}(?:的?答案)?(?:应该|可能|大概|就)*(?:是不是|会不会是|是|为|填的?是?|选择?)?)[{STOPS}]*"
)
FIRM = re.compile(
    rf"(?:.*(?:觉得|认为|感觉|应该|可能|大概|也许|好像|答案).*(?:是|为)|.*我(?:觉得|认为|感觉|猜|想|填|答|写).*|是不是|.*[：:])[{STOPS}]*"
)
TAIL = re.compile(rf"(?:{DOUBT}|[吧吗呢啊呀{STOPS}])+")


def _whole(what: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The match of a whole text; of a long one none, and no time is spent on it."""
    return what.fullmatch(fold(text).strip()) if len(text) <= LONGEST else None


def at_a_loss(text: str) -> bool:
    """Whether somebody says that he does not know.

    >>> at_a_loss("我真不知道啊"), at_a_loss("太難了！"), at_a_loss("不会吧"), at_a_loss("难题"), at_a_loss("?")
    (True, True, False, False, True)
    """
    return text.strip("。.！!～~ ") in {"?", "？"} or _whole(LOSS, text) is not None


def unready(text: str) -> bool:
    """Whether somebody asks for time to think."""
    return _whole(UNREADY, text) is not None


def enough(text: str) -> bool:
    """Whether somebody wants no more questions.

    >>> enough("先不做了"), enough("今天就到这里吧"), enough("停"), enough("不做作"), enough("停车"), enough("到这")
    (True, True, True, False, False, True)
    """
    return _whole(ENOUGH, text) is not None


def hinting(text: str) -> bool:
    """Whether somebody asks for a hint: 提示, 给点提示吧."""
    return _whole(HINTING, text) is not None


def aside(text: str) -> bool:
    """Whether a text asks back or is only a sound, and fills no blank: 可以吗, 为什么, 哈哈."""
    return _whole(BESIDE, text) is not None


def another(text: str) -> bool:
    """Whether somebody wants another question."""
    return _whole(ANOTHER, text) is not None


def lone(text: str) -> str:
    """The one letter that a text chooses, whatever is said around it; "" = none.

    >>> lone("我觉得选A吧"), lone("B 对吗？"), lone("AI"), lone("C语言"), lone("不是A")
    ('A', 'B', '', '', '')
    """
    found = _whole(LONE, text)
    return found[1].upper() if found else ""


def doubtless(text: str) -> str:
    """A text without the doubt at its end; one that is nothing else stays as it is.

    >>> doubtless("错了吧"), doubtless("对吗"), doubtless("吗")
    ('错', '对', '吗')
    """
    left = text.rstrip(f"吧吗{SOFT}") if len(text) <= LONGEST else text
    return left or text


def words(text: str) -> tuple[list[str], str]:
    """The words that may be meant for a blank, the likeliest first; and the ones to repeat if none is right.

    >>> words("我觉得是创新吧")[1], words("想象力")[1], words("应该")[1]
    ('创新吧', '想象力', '应该')
    """
    text = text.strip()
    if len(text) > LONGEST:
        return [text], text
    plain = fold(text).strip()
    same = text if len(text) == len(plain) else plain  # in the writing it came in, where that can be told
    begins = [at for at in range(len(plain)) if not at or LEAD.fullmatch(plain, 0, at)]
    ends = [at for at in range(len(plain), 0, -1) if at == len(plain) or TAIL.fullmatch(plain, at)]
    meant = [each[begin:end] for begin in begins for end in ends if begin < end for each in (same, plain)]
    firm = FIRM.fullmatch(plain, 0, begins[-1]) if begins else None
    return list(dict.fromkeys([text, *meant])), same[begins[-1] :] if firm else text
