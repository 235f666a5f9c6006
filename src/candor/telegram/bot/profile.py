"""`BotProfiles` over the Bot API: who a token belongs to, its labelled profile and its commands."""

from typing import Final

from aiogram.methods import (
    GetMe,
    GetMyDescription,
    GetMyName,
    GetMyShortDescription,
    SetMyCommands,
    SetMyDescription,
    SetMyName,
    SetMyShortDescription,
)
from aiogram.types import BotCommand
from pydantic import SecretStr

from candor.accounts.errors import TokenRefusedError
from candor.accounts.ports import BotIdentity
from candor.common.ids import TelegramUserId
from candor.common.llm import Language
from candor.disclosure.profile import AccountProfile
from candor.messaging.gateway import AccountRestrictedError
from candor.telegram.bot.client import BotClient, BotConnections

COMMANDS: Final[dict[Language, dict[str, str]]] = {
    "ru": {
        "human": "Позвать человека",
        "stop": "Больше не писать мне",
        "privacy": "Что хранится и зачем",
        "export": "Прислать всё, что обо мне хранится",
        "delete": "Удалить всё, что обо мне хранится",
        "paysupport": "Вопрос об оплате",
    },
    "en": {
        "human": "Call a person",
        "stop": "No more messages to me",
        "privacy": "What is kept and why",
        "export": "Send me everything kept about me",
        "delete": "Delete everything kept about me",
        "paysupport": "A question about a payment",
    },
}


class BotApiProfiles:
    """`candor.accounts.ports.BotProfiles`."""

    def __init__(self, connections: BotConnections) -> None:
        self._connections = connections

    async def identify(self, token: SecretStr) -> BotIdentity:
        """getMe; raises TokenRefusedError for a token that Telegram does not know."""
        client = self._connections.client(token)
        try:
            me = await client.do(GetMe(), is_repeatable=True)
        except AccountRestrictedError as error:
            raise TokenRefusedError from error
        return BotIdentity(
            telegram_id=TelegramUserId(me.id),
            username=me.username or "",
            name=me.first_name,
            reads_all_group_messages=bool(me.can_read_all_group_messages),
            can_connect_to_business=bool(me.can_connect_to_business),
        )

    async def write_profile(
        self, token: SecretStr, profile: AccountProfile, *, language: Language, is_default: bool
    ) -> None:
        """Write what differs from what Telegram shows now: names may be set a few times a day."""
        client = self._connections.client(token)
        code = None if is_default else language
        shown = await self._read(client, code)
        if shown.name != profile.name:
            await client.do(SetMyName(name=profile.name, language_code=code), is_repeatable=True)
        if shown.description != profile.description:
            await client.do(
                SetMyDescription(description=profile.description, language_code=code),
                is_repeatable=True,
            )
        if shown.short_description != profile.short_description:
            await client.do(
                SetMyShortDescription(
                    short_description=profile.short_description, language_code=code
                ),
                is_repeatable=True,
            )
        commands = [
            BotCommand(command=name, description=words)
            for name, words in COMMANDS[language].items()
        ]
        await client.do(SetMyCommands(commands=commands, language_code=code), is_repeatable=True)

    async def read_profile(
        self, token: SecretStr, *, language: Language, is_default: bool
    ) -> AccountProfile:
        client = self._connections.client(token)
        return await self._read(client, None if is_default else language)

    async def _read(self, client: BotClient, code: str | None) -> AccountProfile:
        name = await client.do(GetMyName(language_code=code), is_repeatable=True)
        description = await client.do(GetMyDescription(language_code=code), is_repeatable=True)
        short = await client.do(GetMyShortDescription(language_code=code), is_repeatable=True)
        return AccountProfile(name.name, description.description, short.short_description, "")
