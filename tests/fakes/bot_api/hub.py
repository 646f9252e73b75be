"""The queue of updates and the two ways to the bot: long polling and webhook.

Invariant: an update leaves the queue only when a later offset confirms it or the webhook answered 2xx.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import deque
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from .errors import OTHER_POLLER, WEBHOOK_ON, ApiError, bad
from .world import Bell, Json

ON_REQUEST_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class Hub:
    """All updates of one bot. `retry_pause` seconds lie between two tries of a webhook, doubling to 1 s."""

    def __init__(self, retry_pause: float = 0.02) -> None:
        self.queue: deque[Json] = deque()
        self.sent: list[Json] = []  # every update ever made, for `again`
        self.bell = Bell()
        self.allowed: frozenset[str] | None = None
        self.url = ""
        self.secret = ""
        self.max_connections = 40
        self.conflicts = 0
        self.retry_pause = retry_pause
        self.last_error: tuple[int, str] | None = None
        self.polling = False  # a poll is waiting at this moment
        self._ids = itertools.count(1001)
        self._poll: asyncio.Future[str] | None = None
        self._lanes: dict[Any, deque[Json]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(40)
        self._session: aiohttp.ClientSession | None = None

    def put(self, kind: str, payload: Json) -> Json | None:
        """Queue an update, unless the bot did not ask for its kind. Returns the update."""
        if kind in ON_REQUEST_ONLY if self.allowed is None else kind not in self.allowed:
            return None
        return self._queue({"update_id": next(self._ids), kind: payload})

    def again(self, update: Json) -> None:
        """Deliver an update a second time under its old id, as after a lost confirmation."""
        self._queue(update, new=False)

    def _queue(self, update: Json, new: bool = True) -> Json:
        self.queue.append(update)
        if new:
            self.sent.append(update)
        if self.url:
            self._line_up(update)
        elif self._poll is not None and not self._poll.done():
            self._poll.set_result("update")
        self.bell.ring()
        return update

    async def confirmed(self, timeout: float = 5.0) -> None:
        """Return once every update was confirmed (polling) or accepted (webhook)."""
        await self.bell.until(lambda: not self.queue, timeout, "the bot to confirm all updates")

    async def polled(self, timeout: float = 5.0) -> None:
        """Return once a long poll is waiting."""
        await self.bell.until(lambda: self.polling, timeout, "the bot to poll")

    async def get_updates(self, params: Json) -> list[Json]:
        """getUpdates: waits up to `timeout` seconds (at most 50) for the first update."""
        if self.url:
            raise ApiError(409, f"Conflict: {WEBHOOK_ON}")
        if self._poll is not None and not self._poll.done():
            self.conflicts += 1
            self._poll.set_result("conflict")
        self._allow(params)
        offset, limit = params.get("offset", 0), params.get("limit", 100)
        if offset < 0:
            while len(self.queue) > -offset:
                self.queue.popleft()
        elif offset:
            self.queue = deque(update for update in self.queue if update["update_id"] >= offset)
        self.bell.ring()
        if not self.queue and (timeout := min(50, params.get("timeout", 0))) > 0:
            self._poll = poll = asyncio.get_running_loop().create_future()
            self.polling = True
            self.bell.ring()
            try:
                why = await asyncio.wait_for(poll, timeout)
                if why == "conflict":
                    raise ApiError(409, f"Conflict: {OTHER_POLLER}")
                if why == "webhook":
                    raise ApiError(409, "Conflict: terminated by setWebhook request")
            except TimeoutError:
                return []
            finally:
                if self._poll is poll:
                    self.polling = False
                    self._poll = None
        return list(itertools.islice(self.queue, limit))

    def _allow(self, params: Json) -> None:
        if (kinds := params.get("allowed_updates")) is not None:
            self.allowed = frozenset(kinds) if kinds else None

    def set_webhook(self, params: Json) -> bool:
        """setWebhook; an empty url removes it. http is accepted on loopback only, any port there."""
        url = params.get("url", "")
        if not url:
            return self.delete_webhook(params)
        parts = urlsplit(url)
        local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
        if parts.scheme != "https" and not (local and parts.scheme == "http"):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if not local and parts.port not in {None, 80, 88, 443, 8443}:
            raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        if params.get("drop_pending_updates"):
            self.queue.clear()
        self._allow(params)
        self._stop_lanes()
        self.url, self.secret = url, params.get("secret_token", "")
        self.max_connections = params.get("max_connections", 40)
        self._slots = asyncio.Semaphore(self.max_connections)
        if self._poll is not None and not self._poll.done():
            self._poll.set_result("webhook")
        for update in self.queue:
            self._line_up(update)
        return True

    def delete_webhook(self, params: Json) -> bool:
        """deleteWebhook; pending updates stay for getUpdates unless they are dropped."""
        self.url = self.secret = ""
        self._stop_lanes()
        if params.get("drop_pending_updates"):
            self.queue.clear()
        self.bell.ring()
        return True

    def webhook_info(self) -> Json:
        """getWebhookInfo."""
        info: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.queue),
        }
        if self.url:
            info["max_connections"] = self.max_connections
        if self.last_error is not None and self.url:
            info["last_error_date"], info["last_error_message"] = self.last_error
        if self.allowed is not None:
            info["allowed_updates"] = sorted(self.allowed)
        return info

    def _line_up(self, update: Json) -> None:
        """One lane per chat keeps the order inside a chat; the lanes run side by side."""
        lane = _lane(update)
        if lane in self._lanes:
            self._lanes[lane].append(update)
            return
        self._lanes[lane] = deque([update])
        task = asyncio.ensure_future(self._run(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, lane: Any) -> None:
        waiting = self._lanes[lane]
        while waiting:
            await self._deliver(waiting[0])
            done = waiting.popleft()
            with contextlib.suppress(ValueError):
                self.queue.remove(done)
            self.bell.ring()
        if self._lanes.get(lane) is waiting:
            del self._lanes[lane]

    async def _deliver(self, update: Json) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        pause = self.retry_pause
        while True:
            try:
                async with (
                    self._slots,
                    self._session.post(
                        self.url, json=update, headers=headers, allow_redirects=False
                    ) as answer,
                ):
                    await answer.read()
                    if 200 <= answer.status < 300:
                        return
                    what = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                what = f"Connection failed: {type(error).__name__}"
            self.last_error = (int(time.time()), what)
            self.bell.ring()
            await asyncio.sleep(pause)
            pause = min(1.0, pause * 2)

    def _stop_lanes(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._lanes = {}

    async def close(self) -> None:
        """Stop delivering."""
        tasks = list(self._tasks)
        self._stop_lanes()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


def _lane(update: Json) -> Any:
    for payload in update.values():
        if isinstance(payload, dict):
            place = payload.get("chat") or payload.get("message", {}).get("chat") or payload.get("user")
            if place:
                return place["id"]
    return 0
