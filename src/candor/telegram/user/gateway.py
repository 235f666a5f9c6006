"""`TelethonGateway`: the owner's own account behind messaging's port.

A repeat with the same `random_id` is the same message for Telegram, so a lost answer may be repeated
here. Typing and read state are the owner's own and are not touched.
"""

import mimetypes
from collections.abc import Awaitable, Sequence
from typing import Any, Final, TypeVar

from telethon import errors, functions, types

from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId
from candor.common.unit_guard import assert_no_open_unit
from candor.messaging.gateway import (
    AccountRestrictedError,
    ChatClosedError,
    Keyboard,
    RejectedError,
    SendText,
    SentMessage,
    UnconfirmedError,
)
from candor.telegram.flags import OnRestricted, signal_of
from candor.telegram.user.listeners import OurChats
from candor.telegram.user.refusals import has_code, translated

T = TypeVar("T")
_LOOK_BACK: Final = 50
"""Own messages read to find the number of one that was sent before."""


class TelethonGateway:
    """One user session's way out. `client` is connected and stays so while the account is held."""

    def __init__(
        self,
        client: Any,
        *,
        account_id: AccountId,
        on_restricted: OnRestricted | None = None,
        our_chats: OurChats | None = None,
    ) -> None:
        """`our_chats` None: no group or channel is written to."""
        self._client = client
        self._account_id = account_id
        self._on_restricted = on_restricted
        self._our_chats = our_chats

    @property
    def is_idempotent(self) -> bool:
        return True

    async def send_text(self, message: SendText) -> SentMessage:
        """Buttons are for bots: a person's account sends the text alone."""
        return await self._watched(self._send_text(message))

    async def find_own(
        self,
        chat_id: TelegramChatId,
        candidates: Sequence[TelegramMessageId],
        keyboard: Keyboard,
    ) -> TelegramMessageId | None:
        """Never needed: a repeat with the same `random_id` is the same message."""
        raise UnconfirmedError("A user session repeats instead of asking.")

    async def edit_text(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId, text: str
    ) -> None:
        await self._watched(self._edit_text(chat_id, message_id, text))

    async def delete_message(self, chat_id: TelegramChatId, message_id: TelegramMessageId) -> None:
        await self._watched(self._delete(chat_id, message_id))

    async def show_typing(
        self, chat_id: TelegramChatId, *, business_connection_id: str | None = None
    ) -> None:
        """Nothing: an account of a person shows typing when that person types."""

    async def send_file(
        self,
        chat_id: TelegramChatId,
        *,
        name: str,
        content: bytes,
        caption: str,
        random_id: int,
    ) -> SentMessage:
        return await self._watched(self._send_file(chat_id, name, content, caption, random_id))

    # --- parts

    async def _watched(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except AccountRestrictedError as error:
            if self._on_restricted is not None:
                await self._on_restricted(self._account_id, signal_of(error))
            raise

    async def _send_text(self, message: SendText) -> SentMessage:
        assert_no_open_unit("Telegram (a user session)")
        reply_to = (
            None
            if message.reply_to is None
            else types.InputReplyToMessage(reply_to_msg_id=message.reply_to)
        )
        await self._check_place(message.chat_id)
        with translated(is_repeatable=True):
            request = functions.messages.SendMessageRequest(
                peer=await self._peer(message.chat_id),
                message=message.text,
                random_id=message.random_id,
                no_webpage=True,
                reply_to=reply_to,
            )
            try:
                answer = await self._client(request)
            except errors.RPCError as error:
                if not has_code(error, "RANDOM_ID_DUPLICATE"):
                    raise
                return SentMessage(await self._sent_before(message.chat_id, message.text))
        return SentMessage(message_id_of(answer, message.random_id))

    async def _sent_before(self, chat_id: TelegramChatId, text: str) -> TelegramMessageId:
        """Telegram has it already: find the number of our own message with this very text."""
        history = await self._client(
            functions.messages.GetHistoryRequest(
                peer=await self._peer(chat_id),
                offset_id=0,
                offset_date=None,
                add_offset=0,
                limit=_LOOK_BACK,
                max_id=0,
                min_id=0,
                hash=0,
            )
        )
        for found in history.messages:
            if getattr(found, "out", False) and getattr(found, "message", "") == text:
                return TelegramMessageId(found.id)
        raise UnconfirmedError("Telegram has this message already, but no longer shows it.")

    async def _edit_text(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId, text: str
    ) -> None:
        assert_no_open_unit("Telegram (a user session)")
        with translated(is_repeatable=True):
            request = functions.messages.EditMessageRequest(
                peer=await self._peer(chat_id), id=message_id, message=text, no_webpage=True
            )
            try:
                await self._client(request)
            except errors.MessageNotModifiedError:
                return

    async def _delete(self, chat_id: TelegramChatId, message_id: TelegramMessageId) -> None:
        assert_no_open_unit("Telegram (a user session)")
        with translated(is_repeatable=True):
            peer = await self._peer(chat_id)
            if isinstance(peer, types.InputPeerChannel):
                channel = types.InputChannel(peer.channel_id, peer.access_hash)
                await self._client(functions.channels.DeleteMessagesRequest(channel, [message_id]))
                return
            await self._client(functions.messages.DeleteMessagesRequest([message_id], revoke=True))

    async def _send_file(
        self, chat_id: TelegramChatId, name: str, content: bytes, caption: str, random_id: int
    ) -> SentMessage:
        """The upload may be repeated at will; only the message itself carries the `random_id`."""
        assert_no_open_unit("Telegram (a user session)")
        with translated(is_repeatable=True):
            peer = await self._peer(chat_id)
            uploaded = await self._client.upload_file(content, file_name=name)
            request = functions.messages.SendMediaRequest(
                peer=peer,
                media=types.InputMediaUploadedDocument(
                    file=uploaded,
                    mime_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
                    attributes=[types.DocumentAttributeFilename(name)],
                    force_file=True,
                ),
                message=caption,
                random_id=random_id,
            )
            try:
                answer = await self._client(request)
            except errors.RPCError as error:
                if not has_code(error, "RANDOM_ID_DUPLICATE"):
                    raise
                return SentMessage(await self._sent_before(chat_id, caption))
        return SentMessage(message_id_of(answer, random_id))

    async def _check_place(self, chat_id: TelegramChatId) -> None:
        """In groups and channels only where the owner lets this account write."""
        if chat_id > 0:
            return
        if self._our_chats is None or not await self._our_chats.may_act(self._account_id, chat_id):
            raise RejectedError(
                "This account may not write in that chat. Allow it on the account's page."
            )

    async def _peer(self, chat_id: TelegramChatId) -> Any:
        return await known_peer(self._client, chat_id)


async def known_peer(client: Any, chat_id: int) -> Any:
    """A person or chat that the account knows; nobody else can be addressed (H5).

    Raises ChatClosedError. Never asks Telegram to look a stranger up.
    """
    try:
        return client.session.get_input_entity(chat_id)
    except ValueError:
        pass
    with translated(is_repeatable=True):
        try:
            return await client.get_input_entity(chat_id)
        except (ValueError, IndexError):  # Telethon takes the first of no channels
            raise ChatClosedError("This chat is not known to the account.") from None


def message_id_of(answer: Any, random_id: int) -> TelegramMessageId:
    """The number that Telegram gave to what was sent."""
    if isinstance(answer, types.UpdateShortSentMessage):
        return TelegramMessageId(answer.id)
    for update in getattr(answer, "updates", ()):
        if isinstance(update, types.UpdateMessageID) and update.random_id == random_id:
            return TelegramMessageId(update.id)
    raise UnconfirmedError("Telegram's answer names no message. It may have been sent.")
