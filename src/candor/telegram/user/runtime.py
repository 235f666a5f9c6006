"""`UserRuntime`: the user sessions at work in this process, kept connected and caught up.

Telethon hands over one update after another; how far was read is stored only when nothing is in
hand, so after a crash Telegram delivers the rest again.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, Protocol

import structlog
from pydantic import SecretStr
from telethon import events

from candor.accounts.account import Account
from candor.common.clock import Clock
from candor.common.errors import CandorError
from candor.common.ids import AccountId, TelegramChatId
from candor.common.tasks import keep_running, spawn, stop
from candor.messaging.gateway import AccountRestrictedError, Gateway, NotReachedError
from candor.telegram.flags import OnRestricted, signal_of
from candor.telegram.ports import Listeners, ParkedUpdate
from candor.telegram.user.client import SettledClient
from candor.telegram.user.connections import UserConnections, connect
from candor.telegram.user.gateway import TelethonGateway
from candor.telegram.user.listeners import (
    OurChats,
    forwarded_post,
    group_message,
    post_of,
    private_message,
)
from candor.telegram.user.refusals import from_telethon
from candor.telegram.user.session import KeptSession

log = structlog.get_logger(__name__)

KEEP_EVERY: Final = 5.0
"""Seconds between two looks whether there is something new to store of a session."""
TRIES: Final = 3
_PAUSES: Final = (0.2, 1.0, 2.0, 5.0, 10.0)
_RECONNECT: Final = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0, 60.0)
_STEADY: Final = 60.0
"""A connection that lasted so long (seconds) starts the pauses anew when it breaks."""


class SessionKeeper(Protocol):
    """Fulfilled by `AccountSessionManager`."""

    async def keep_session(self, account_id: AccountId, secret: SecretStr) -> None: ...


@dataclass(slots=True)
class _Session:
    account: Account
    client: SettledClient
    own_id: int
    tasks: list["asyncio.Task[object]"] = field(default_factory=list)


class UserRuntime:
    """`candor.accounts.ports.AccountRunner` for user accounts, and messaging's `Gateways` for them.

    `keeper` is set after construction, since the session manager is made with its runners.
    `our_chats` None: no group or channel is read.
    """

    def __init__(
        self,
        *,
        connections: UserConnections,
        listeners: Listeners,
        clock: Clock,
        on_restricted: OnRestricted | None = None,
        our_chats: OurChats | None = None,
        keep_every: float = KEEP_EVERY,
        reconnect: Sequence[float] = _RECONNECT,
    ) -> None:
        self._connections = connections
        self._listeners = listeners
        self._clock = clock
        self._on_restricted = on_restricted
        self._our_chats = our_chats
        self._keep_every = keep_every
        self._reconnect = reconnect
        self.keeper: SessionKeeper | None = None
        self._sessions: dict[AccountId, _Session] = {}

    @property
    def running(self) -> frozenset[AccountId]:
        return frozenset(self._sessions)

    async def start(self, account: Account, secret: SecretStr) -> None:
        """Connect, see who it is, catch up. A session that was ended restricts the account."""
        client = self._connections.client(secret, with_updates=True)
        session = _Session(account, client, own_id=int(account.telegram_id or 0))
        self._listen(session)
        try:
            await connect(client)
            await self._check(session)
        except AccountRestrictedError as error:
            await self._restricted(account.id, error)
            raise
        except CandorError:
            with suppress(OSError):
                await client.disconnect()
            raise
        self._sessions[account.id] = session
        name = f"session {account.id}"
        session.tasks = [
            spawn(keep_running(lambda: self._stay(session), name=name), name=name),
            spawn(keep_running(lambda: self._keep_on(session), name=name), name=name),
        ]

    async def stop(self, account_id: AccountId) -> None:
        session = self._sessions.pop(account_id, None)
        if session is None:
            return
        await stop(*session.tasks)
        await session.client.note_position()
        with suppress(OSError):
            await session.client.disconnect()
        session.client.go_back()
        try:
            await self._keep(session)
        except Exception as error:
            # The next holder reads from the older position again, which does no harm.
            log.warning("session_not_kept", account_id=account_id, error=type(error).__name__)

    async def of(self, account_id: AccountId) -> Gateway:
        """The way out of a session held here; raises NotReachedError."""
        session = self._session(account_id)
        return TelethonGateway(
            session.client,
            account_id=account_id,
            on_restricted=self._on_restricted,
            our_chats=self._our_chats,
        )

    async def client_of(self, account_id: AccountId) -> Any:
        """The Telethon client, for `chats`; raises NotReachedError."""
        return self._session(account_id).client

    # --- staying connected

    def _session(self, account_id: AccountId) -> _Session:
        session = self._sessions.get(account_id)
        if session is None or not session.client.is_connected():
            raise NotReachedError("This account is paused, or held by another process.")
        return session

    async def _check(self, session: _Session) -> None:
        me = await session.client.get_me()
        if me is None:
            raise AccountRestrictedError(
                "Telegram has ended this session.", details={"signal": "session_revoked"}
            )
        session.own_id = me.id

    async def _stay(self, session: _Session) -> None:
        """Telethon reconnects by itself a few times; when it gives up, go on with longer pauses."""
        clock = asyncio.get_running_loop()
        attempt, since = 0, clock.time()
        while True:
            ended: BaseException | None = None
            try:
                await session.client.disconnected
            except Exception as error:
                ended = error
            mapped = None if ended is None else from_telethon(ended, is_repeatable=True)
            if isinstance(mapped, AccountRestrictedError):
                await self._restricted(session.account.id, mapped)
                return
            # Ends Telethon's own loops: a second one beside them would handle updates out of order.
            with suppress(OSError):
                await session.client.disconnect()
            session.client.go_back()
            attempt = 0 if clock.time() - since > _STEADY else attempt + 1
            pause = self._reconnect[min(attempt, len(self._reconnect) - 1)]
            log.info("session_interrupted", account_id=session.account.id, again_in=pause)
            await asyncio.sleep(pause)
            since = clock.time()
            try:
                await connect(session.client)
                await self._check(session)
            except AccountRestrictedError as error:
                await self._restricted(session.account.id, error)
                return
            except CandorError as error:
                log.info("session_not_reached", account_id=session.account.id, error=error.code)

    async def _keep_on(self, session: _Session) -> None:
        while True:
            await asyncio.sleep(self._keep_every)
            if await session.client.note_position():
                await self._keep(session)

    async def _keep(self, session: _Session) -> None:
        kept = session.client.session
        if self.keeper is not None and isinstance(kept, KeptSession):
            await self.keeper.keep_session(session.account.id, kept.dump())

    async def _restricted(self, account_id: AccountId, error: AccountRestrictedError) -> None:
        if self._on_restricted is not None:
            await self._on_restricted(account_id, signal_of(error))

    # --- updates

    def _listen(self, session: _Session) -> None:
        async def new(event: Any) -> None:
            await self._take(session, event, is_edit=False)

        async def edited(event: Any) -> None:
            await self._take(session, event, is_edit=True)

        async def deleted(event: Any) -> None:
            await self._take_deletion(session, event)

        session.client.add_event_handler(new, events.NewMessage())
        session.client.add_event_handler(deleted, events.MessageDeleted())
        session.client.add_event_handler(edited, events.MessageEdited())

    async def _take(self, session: _Session, event: Any, *, is_edit: bool) -> None:
        """Return when the update is stored or parked; while the database is away it waits here."""
        for attempt in count(1):
            try:
                await self._hand_over(session, event, is_edit=is_edit)
            except Exception as error:
                log.warning(
                    "update_failed",
                    account_id=session.account.id,
                    attempt=attempt,
                    error=type(error).__name__,
                )
                if attempt >= TRIES and await self._park(session, event, error):
                    return
            else:
                return
            await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES)) - 1])

    async def _take_deletion(self, session: _Session, event: Any) -> None:
        """Of channels only: elsewhere Telegram doesn't say which chat it was. What fails is found by
        the next catch-up."""
        discussions, chat_id = self._listeners.discussions, event.chat_id
        if discussions is None or self._our_chats is None or chat_id is None:
            return
        channel_id, numbers = TelegramChatId(chat_id), tuple(event.deleted_ids)
        try:
            if await self._our_chats.are_ours(session.account.id, channel_id):
                await discussions.receive_deletion(channel_id, numbers)
        except Exception as error:
            log.warning("deletion_not_taken", error=type(error).__name__)

    async def _hand_over(self, session: _Session, event: Any, *, is_edit: bool) -> None:
        account = session.account
        if event.is_private:
            heard = await private_message(
                event, account_id=account.id, own_id=session.own_id, is_edit=is_edit
            )
            if heard is not None:
                await self._listeners.sales.receive(heard)
            return
        chat_id = TelegramChatId(event.chat_id)
        if self._our_chats is None or not await self._our_chats.are_ours(account.id, chat_id):
            return
        await self._hand_over_group(session, event, is_edit=is_edit)

    async def _hand_over_group(self, session: _Session, event: Any, *, is_edit: bool) -> None:
        account, discussions = session.account, self._listeners.discussions
        post = forwarded_post(event, account_id=account.id)
        if post is None and event.is_channel and not event.is_group:
            channel = await event.get_chat()
            post = post_of(event.message, account_id=account.id, channel=channel)
        if post is not None:
            if discussions is not None:
                await discussions.receive_post(post)
            return
        told = await group_message(
            event, account_id=account.id, own_id=session.own_id, is_edit=is_edit
        )
        if told is None:
            return
        hears: Callable[[Any], Awaitable[object]] | None = None
        if account.role == "commentator" and discussions is not None:
            hears = discussions.receive_message
        elif self._listeners.groups is not None:
            hears = self._listeners.groups.receive_message
        if hears is not None:
            await hears(told)

    async def _park(self, session: _Session, event: Any, error: Exception) -> bool:
        message = event.message
        parked = ParkedUpdate(
            account_id=session.account.id,
            update_id=(int(event.chat_id or 0) << 31) ^ int(message.id),
            update=json.dumps({"chat_id": event.chat_id, "message_id": message.id}),
            error=type(error).__name__,
            parked_at=self._clock.now(),
        )
        try:
            await self._listeners.parked.park(parked)
        except Exception as trouble:
            log.warning("update_not_parked", error=type(trouble).__name__)
            return False
        return True
