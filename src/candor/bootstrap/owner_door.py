"""Before the inbox: a linked owner's words are no client's, and a reader's keep their origin."""

from candor.commenting.owner_approval import OwnerApproval
from candor.commenting.ports import Unit
from candor.commenting.private import PrivateMessageService
from candor.common.ids import AccountId, TelegramChatId
from candor.messaging.incoming import IncomingMessage, IncomingPress, PressAnswer
from candor.messaging.owner_chats import OwnerChats, code_of
from candor.telegram.ports import SalesInbox


class OwnerDoor:
    """`telegram.ports.SalesInbox`: codes, cards and replies to them; all else goes on."""

    def __init__(
        self,
        inbox: SalesInbox,
        chats: OwnerChats[Unit],
        approval: OwnerApproval,
        private: PrivateMessageService,
    ) -> None:
        self._inbox = inbox
        self._private = private
        self._chats = chats
        self._approval = approval

    async def receive(self, incoming: IncomingMessage) -> object:
        if code_of(incoming) is not None:
            if await self._chats.link(incoming) is not None:
                await self._approval.offer_all()
            return None
        if incoming.reply_to is not None and await self._approval.hear(incoming):
            return None
        return await self._inbox.receive(await self._private.trace(incoming))

    async def receive_press(self, press: IncomingPress) -> PressAnswer:
        answer = await self._approval.press(press)
        return answer if answer.is_handled else await self._inbox.receive_press(press)

    async def chat_blocked(self, account_id: AccountId, chat_id: TelegramChatId) -> None:
        await self._inbox.chat_blocked(account_id, chat_id)

    async def chat_unblocked(self, account_id: AccountId, chat_id: TelegramChatId) -> None:
        await self._inbox.chat_unblocked(account_id, chat_id)
