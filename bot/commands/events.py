"""The lines about a streak that are said once, with the reply that caused them."""

from datetime import date

from bot.days import in_words
from bot.study.record import Gain


def event_lines(gain: Gain) -> list[str]:
    """Milestone, freeze earned, streak begun anew; usually none."""
    streak = gain.streak
    lines = []
    if gain.milestone and streak.began:
        lines.append(f"连续学习 {gain.milestone} 天，从 {in_words(streak.began, gain.day)}开始。")
    if gain.freeze:
        lines.append("攒到 1 个缓冲日：哪天没空，会自动用上。")
    if gain.restarted:
        lines.append(f"连续学习从今天重新数：1 天。最长 {streak.longest} 天。")
    return lines


def frozen_line(yesterday: date, frozen: tuple[date, ...], length: int, left: int) -> str:
    """On the card of the day after a freeze was used; "" when none was."""
    if not frozen or frozen[-1] != yesterday or not length:
        return ""
    return f"昨天没有记录，用掉 1 个缓冲日；连续学习 {length} 天，还剩 {left} 个。"
