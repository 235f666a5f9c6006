"""Visible bots over the Bot API (aiogram): several at once, added and removed while running.

`runtime` starts and stops bots; `polling` and `webhooks` bring updates in and acknowledge what is
stored; `routers` are the handlers layer; `gateway` and `chats` go out; `refusals` is the one table of
what Telegram refuses. Knows nothing of `telegram.user`.
"""

from candor.telegram.bot.quick_import import import_aiogram

import_aiogram()
