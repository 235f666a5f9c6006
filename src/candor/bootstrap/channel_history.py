"""What a user session reads of a permitted channel, for commenting's catch-up."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from candor.accounts.chats import AccountChats
from candor.bootstrap.discussions import arrived_post
from candor.commenting.post import ArrivedPost
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId
from candor.messaging.gateway import ChatClosedError, RejectedError
from candor.storage.unit_of_work import Units
from candor.telegram.ports import ArrivedPost as SeenPost

LOOKED_UP = 20
"""Places of threads that are asked for at one reading: the rest follows at the next."""
REMEMBERED = 5_000

Place = tuple[TelegramChatId, TelegramMessageId] | None


class Sessions(Protocol):
    """The user sessions, wherever they are held."""

    async def history(
        self,
        account_id: AccountId,
        channel_id: TelegramChatId,
        *,
        after: TelegramMessageId | None = None,
    ) -> Sequence[SeenPost]: ...

    async def discussion_of(
        self, account_id: AccountId, channel_id: TelegramChatId, message_id: TelegramMessageId
    ) -> Place: ...


class UserHistory:
    """`commenting.catching_up.HistorySource`: by an account whose list names the channel (H7)."""

    def __init__(self, units: Units, sessions: Sessions, chats: AccountChats) -> None:
        self._units = units
        self._sessions = sessions
        self._chats = chats
        self._places: OrderedDict[tuple[TelegramChatId, TelegramMessageId], Place] = OrderedDict()

    async def read(
        self, channel_id: TelegramChatId, *, after: TelegramMessageId | None
    ) -> Sequence[ArrivedPost] | None:
        account_id = await self._reader(channel_id)
        if account_id is None:
            return None
        try:
            seen = await self._sessions.history(account_id, channel_id, after=after)
            await self._look_up(account_id, channel_id, [post.message_id for post in seen])
        except (ChatClosedError, RejectedError):
            return None
        return [self._placed(channel_id, arrived_post(post)) for post in seen]

    async def _reader(self, channel_id: TelegramChatId) -> AccountId | None:
        async with self._units() as unit:
            accounts = await unit.accounts.list_all()
        for account in accounts:
            is_at_work = account.kind == "user" and account.is_working
            if is_at_work and await self._chats.are_ours(account.id, channel_id):
                return account.id
        return None

    async def _look_up(
        self,
        account_id: AccountId,
        channel_id: TelegramChatId,
        numbers: Sequence[TelegramMessageId],
    ) -> None:
        """Each post's thread is asked for once, the newest first."""
        unknown = [number for number in numbers if (channel_id, number) not in self._places]
        for number in sorted(unknown, reverse=True)[:LOOKED_UP]:
            place = await self._sessions.discussion_of(account_id, channel_id, number)
            self._places[channel_id, number] = place
        while len(self._places) > REMEMBERED:
            self._places.popitem(last=False)

    def _placed(self, channel_id: TelegramChatId, post: ArrivedPost) -> ArrivedPost:
        place = self._places.get((channel_id, post.message_id))
        if place is None:
            return post
        return replace(post, discussion_chat_id=place[0], discussion_message_id=place[1])
