"""`BotGateway`: messaging's way out through a visible bot, also into a business chat."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from aiogram.methods import SendDocument
from aiogram.types import BufferedInputFile

from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId
from candor.messaging.gateway import (
    AccountRestrictedError,
    Button,
    Keyboard,
    RejectedError,
    SendText,
    SentMessage,
    UnconfirmedError,
)
from candor.telegram.bot.client import BotClient
from candor.telegram.flags import OnRestricted, signal_of

_NOT_MODIFIED: Final = "message is not modified"
_NO_PREVIEW: Final = {"is_disabled": True}


class BotGateway:
    """One bot's way out. Texts are plain: no markup is read and no link preview is shown.

    `business_connection_id`: this gateway speaks in the chats of that connected owner.
    `on_restricted` is told when Telegram says that the account itself is flagged (H9).
    """

    def __init__(
        self,
        client: BotClient,
        *,
        account_id: AccountId,
        on_restricted: OnRestricted | None = None,
        business_connection_id: str | None = None,
    ) -> None:
        self._client = client
        self._account_id = account_id
        self._on_restricted = on_restricted
        self._business = business_connection_id

    @property
    def is_idempotent(self) -> bool:
        """The Bot API has no key against doubling: a lost answer is never repeated."""
        return False

    async def send_text(self, message: SendText) -> SentMessage:
        parameters: dict[str, object] = {
            "chat_id": message.chat_id,
            "text": message.text,
            "link_preview_options": _NO_PREVIEW,
            **self._where(message.business_connection_id, message.direct_messages_topic_id),
        }
        if message.reply_to is not None:
            parameters["reply_parameters"] = reply_parameters(message.chat_id, message.reply_to)
        if message.keyboard:
            parameters["reply_markup"] = keyboard_markup(message.keyboard)
        async with self._watched():
            sent = await self._client.call("sendMessage", parameters, is_repeatable=False)
        return SentMessage(_message_id(sent))

    async def find_own(
        self,
        chat_id: TelegramChatId,
        candidates: Sequence[TelegramMessageId],
        keyboard: Keyboard,
    ) -> TelegramMessageId | None:
        """Asks to give each candidate the keyboard it has already.

        Telegram answers "message is not modified" for a message of ours, which is then found and
        untouched, and "not found" or "can't be edited" for everything else.
        """
        if self._business is not None:
            raise UnconfirmedError("A business chat's numbers tell nothing.")
        for message_id in candidates:
            parameters: dict[str, object] = {"chat_id": chat_id, "message_id": message_id}
            if keyboard:
                parameters["reply_markup"] = keyboard_markup(keyboard)
            try:
                async with self._watched():
                    await self._client.call(
                        "editMessageReplyMarkup", parameters, is_repeatable=True
                    )
            except RejectedError as error:
                if _NOT_MODIFIED in str(error.details.get("description", "")).lower():
                    return message_id
                continue
            return message_id
        return None

    async def edit_text(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId, text: str
    ) -> None:
        parameters = {
            "chat_id": chat_id,
            "message_id": message_id,
            "text": text,
            "link_preview_options": _NO_PREVIEW,
            **self._where(None),
        }
        async with self._watched():
            await self._client.call("editMessageText", parameters, is_repeatable=True)

    async def delete_message(self, chat_id: TelegramChatId, message_id: TelegramMessageId) -> None:
        async with self._watched():
            if self._business is not None:
                parameters: dict[str, object] = {
                    "business_connection_id": self._business,
                    "message_ids": [message_id],
                }
                await self._client.call("deleteBusinessMessages", parameters, is_repeatable=True)
                return
            parameters = {"chat_id": chat_id, "message_id": message_id}
            await self._client.call("deleteMessage", parameters, is_repeatable=True)

    async def show_typing(
        self, chat_id: TelegramChatId, *, business_connection_id: str | None = None
    ) -> None:
        parameters = {
            "chat_id": chat_id,
            "action": "typing",
            **self._where(business_connection_id),
        }
        async with self._watched():
            await self._client.call("sendChatAction", parameters, is_repeatable=True)

    async def send_file(
        self,
        chat_id: TelegramChatId,
        *,
        name: str,
        content: bytes,
        caption: str,
        random_id: int,
    ) -> SentMessage:
        """The Bot API knows no `random_id`: a lost answer stays `unconfirmed`."""
        method = SendDocument(
            chat_id=chat_id,
            document=BufferedInputFile(content, filename=name),
            caption=caption or None,
            parse_mode=None,
            business_connection_id=self._business,
        )
        async with self._watched():
            sent = await self._client.do(method, is_repeatable=False)
        return SentMessage(TelegramMessageId(sent.message_id))

    def _where(
        self, business_connection_id: str | None, topic_id: int | None = None
    ) -> Mapping[str, object]:
        where: dict[str, object] = {}
        connection = business_connection_id or self._business
        if connection is not None:
            where["business_connection_id"] = connection
        if topic_id is not None:
            where["direct_messages_topic_id"] = topic_id
        return where

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        async with watched(self._account_id, self._on_restricted):
            yield


@asynccontextmanager
async def watched(account_id: AccountId, on_restricted: OnRestricted | None) -> AsyncIterator[None]:
    """Tell `on_restricted` of a flag on the account, then let the error go on."""
    try:
        yield
    except AccountRestrictedError as error:
        signal = signal_of(error)
        if on_restricted is not None:
            await on_restricted(account_id, signal)
        raise


def reply_parameters(chat_id: TelegramChatId, reply_to: TelegramMessageId) -> dict[str, object]:
    """In a private chat a deleted original is no reason to stay silent; elsewhere it is, since a
    comment without its post would be a message to everybody."""
    return {"message_id": reply_to, "allow_sending_without_reply": chat_id > 0}


def keyboard_markup(keyboard: Keyboard) -> dict[str, object]:
    return {"inline_keyboard": [[_button(button) for button in row] for row in keyboard]}


def _button(button: Button) -> dict[str, str]:
    if button.url is not None:
        return {"text": button.text, "url": button.url}
    return {"text": button.text, "callback_data": button.data or ""}


def _message_id(sent: Any) -> TelegramMessageId:
    if isinstance(sent, Mapping) and isinstance(sent.get("message_id"), int):
        return TelegramMessageId(sent["message_id"])
    raise UnconfirmedError("Telegram's answer names no message. It may have been sent.")
