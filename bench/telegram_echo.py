"""The bot that bench.telegram compares with: `python -m bench.telegram_echo TOKEN BASE_URL [DATABASE]`.

With a database each answer is preceded by two commits of one row, durable as ours are, on a thread of their own.
"""

import asyncio
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


def main() -> None:
    token, base_url, database = (*sys.argv[1:], "")[:3]
    thread = ThreadPoolExecutor(1)
    connection: Any = None

    def open_() -> None:
        nonlocal connection
        connection = sqlite3.connect(database, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS said (text TEXT)")

    def commit(text: str) -> None:
        for _ in range(2):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO said VALUES (?)", (text,))
            connection.execute("COMMIT")

    async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message
        text = update.message.text or ""
        if database:
            await asyncio.get_running_loop().run_in_executor(thread, commit, text)
        await update.message.reply_text(text)

    if database:
        thread.submit(open_).result()
    application = ApplicationBuilder().token(token).base_url(base_url).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


main()
