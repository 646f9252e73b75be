"""aiogram with aiogram-broadcaster, its mailers kept in its file storage so that a restart goes on."""

import asyncio
import sys
import time
from pathlib import Path

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram_broadcaster import Broadcaster
from aiogram_broadcaster.contents import TextContent
from aiogram_broadcaster.intervals import SimpleInterval
from aiogram_broadcaster.storages.file import FileStorage

TEXT = "学" * 300


async def main(folder, url, token, first, count):
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    dispatcher = Dispatcher()
    broadcaster = Broadcaster(bot, storage=FileStorage(Path(folder) / "mailers.json"))
    broadcaster.setup(dispatcher)

    @dispatcher.message(Command("today"))
    async def today(message):
        await message.answer(TEXT)

    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    await asyncio.sleep(0.5)
    print("ready", flush=True)
    line = await asyncio.to_thread(sys.stdin.readline)
    if not list(broadcaster.mailers) and float(line) > time.time() - 1:
        chats = [int(first) + n for n in range(int(count))]
        mailer = await broadcaster.create_mailer(
            chats=chats, content=TextContent(text=TEXT), interval=SimpleInterval(delay=1 / 30)
        )
        mailer.start()
    await polling


asyncio.run(main(*sys.argv[1:]))
