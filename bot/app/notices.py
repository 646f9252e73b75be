"""What organisers are told of: a slot that failed for several, a broken pack, how an announcement went.

Invariant: each is said once, through the ledger like any other message; never one for every member.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.days import Calendar, clock, local_day
from bot.messages import Address
from bot.model import Problem
from bot.store import Store, announcements, housekeeping, members, outbox, subscriptions
from bot.store.members import Member
from bot.store.outbox import Delivery
from bot.store.subscriptions import Subscription

LASTS = timedelta(hours=24)
FEW = 3  # failures of one slot from which it is worth a message


@dataclass
class Notices:
    """For the organisers of one bot; `named` are those of the configuration."""

    store: Store
    named: Sequence[str]
    _told: dict[str, str] = field(default_factory=dict)

    def look(self, now: datetime) -> None:
        """On the database thread, at every tick."""
        for each in announcements.open_ones(self.store):
            outcome = announcements.outcome(self.store, each.id)
            if outcome is None:
                continue
            with self.store.writing():
                announcements.told(self.store, each.id)
                to = subscriptions.get(self.store, each.chat)
                if to:
                    self._send(to, f"announced-{each.id}", announced(outcome, each.made), now)
        for slot in outbox.failed_slots(self.store, (now - LASTS).timestamp(), FEW):
            with self.store.writing():
                self._tell(f"slot-{int(slot.due)}", partial(failed, slot), now)
        year = local_day(now, "Asia/Shanghai")
        if year.month == 12 and subscriptions.on_workdays(self.store):
            self._no_table(year.year + 1, now)

    def _no_table(self, year: int, now: datetime) -> None:
        if not Calendar().has_table(year):
            text = (
                f"⚠️ {year} 年的放假安排还没有，工作日推送届时先按周一到周五。\n"
                "请升级程序，或在数据目录的 holidays.txt 里写上，例如：2027-02-05 休"
            )
            with self.store.writing():
                self._tell(f"holidays-{year}", same(text), now)

    def broken(self, wrong: dict[str, tuple[Problem, ...]], now: datetime) -> None:
        """Packs that cannot be read: once for each state of their files."""
        for name, problems in wrong.items():
            errors = [problem for problem in problems if problem.error]
            if not errors:
                continue
            what = str(errors[0])
            if self._told.get(name) == what:
                continue
            self._told[name] = what
            more = f"\n另有 {len(errors) - 1} 处。" if len(errors) > 1 else ""
            text = f"⚠️ 内容“{name}”改坏了，还用原来的。\n{what}{more}\n改好后一分钟内自动换上。"
            with self.store.writing():
                self._tell(
                    f"pack-{name}-{hashlib.sha256(what.encode()).hexdigest()[:8]}",
                    same(text),
                    now,
                )

    def _tell(self, kind: str, text: Callable[[Member], str], now: datetime) -> None:
        """To every organiser's private chat, once (the ledger's unique key)."""
        if housekeeping.fact(self.store, f"told {kind}"):
            return
        for who in members.organisers(self.store, self.named):
            sub = subscriptions.of_chat(self.store, Address(who.channel, who.user))
            if sub:
                self._send(sub, kind, text(who), now)
                housekeeping.put_fact(self.store, f"told {kind}", now.isoformat())

    def _send(self, to: Subscription, kind: str, text: str, now: datetime) -> None:
        at = now.timestamp()
        row = Delivery(
            *(0, to.id, local_day(now, to.zone), kind, to.address.channel, "queued", at),
            expires=at + LASTS.total_seconds(),
            not_before=at,
            body=text,
        )
        outbox.note(self.store, row)


def same(text: str) -> Callable[[Member], str]:
    """A text that is the same for everybody."""
    return lambda _: text


def announced(outcome: announcements.Outcome, began: datetime) -> str:
    """How an announcement went."""
    names = "、".join(f"{name}，{reason(why)}" for name, why in outcome.failed[:5])
    bad = f"，失败 {len(outcome.failed)}（{names}{'等' if len(outcome.failed) > 5 else ''}）" if names else ""
    if not outcome.sent:
        return f"发完了：送达 0{bad}。"
    took = max(round(outcome.until - began.timestamp()), 1) if outcome.until else 0
    span = f"{took} 秒" if took < 120 else f"{round(took / 60)} 分钟"
    return f"发完了：送达 {outcome.sent}{bad}。用时 {span}。"


def reason(error: str) -> str:
    """Why a message did not arrive, in a word."""
    if error == "gone":
        return "收不到消息"
    if error == "left":
        return "已退订"
    if error.startswith("rejected"):
        return "消息被拒收"
    return "没有回执" if error.startswith("doubt") or error == "interrupted" else "没送成"


def failed(slot: outbox.Slot, who: Member) -> str:
    """One message for a slot that failed for several."""
    at = clock(datetime.fromtimestamp(slot.due, UTC), who.zone)
    doubt = f"，没有回执 {slot.unknown}" if slot.unknown else ""
    head = (
        f"⚠️ 今天 {at}（{who.zone}）这一批：应送 {slot.total}，送达 {slot.sent}，失败 {slot.failed}{doubt}。"
    )
    if slot.stopped:
        return (
            f"{head}\n主要原因：平台拒绝了卡片 {slot.stopped} 的格式。已停送这一张，其余照常；没有人因此被退订。\n"
            "改好内容后会自动换上，明天照常送。"
        )
    why = {
        "gone": "这些人屏蔽了机器人或注销了账号，订阅已关掉",
        "rejected": "平台拒收",
        "doubt": "平台没有应答，没有回执的可能已到",
    }.get(slot.main.split(":")[0], "网络或平台故障")
    return f"{head}\n主要原因：{why}。每个人的去向，他自己发“没收到”能查到。"
