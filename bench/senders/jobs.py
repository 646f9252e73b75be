"""python-telegram-bot as its manual has it: AIORateLimiter, and a JobQueue job for every subscriber.

Generous: five retries, where the default is none and every 429 would lose a message.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from telegram.ext import AIORateLimiter, ApplicationBuilder, CommandHandler

TEXT = "学" * 300


async def today(update, _context):
    await update.message.reply_text(TEXT)


async def push(context):
    await context.bot.send_message(context.job.chat_id, TEXT)


async def main(_folder, url, token, first, count):
    limiter = AIORateLimiter(max_retries=5)
    app = ApplicationBuilder().token(token).base_url(f"{url}/bot").rate_limiter(limiter).build()
    app.add_handler(CommandHandler("today", today))
    async with app:
        await app.start()
        await app.updater.start_polling()
        print("ready", flush=True)
        line = await asyncio.to_thread(sys.stdin.readline)
        # As a bot does that reads its subscribers at the start: the slot is `line` seconds away (Unix time), and
        # what has gone by is tomorrow's.
        at = datetime.fromtimestamp(float(line), UTC)
        if at < datetime.now(UTC):
            at += timedelta(days=1)
        for n in range(int(count)):
            # Without misfire_grace_time most of them would be dropped (see the queue's own warning).
            app.job_queue.run_once(push, at, chat_id=int(first) + n, job_kwargs={"misfire_grace_time": None})
        await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
