"""User sessions with everything they need, Telethon included: loaded at first use only.

A session is spoken to by the process that holds it: here directly, from elsewhere by an errand. One
that nobody holds (it is being labelled, or ends) is held for as long as a visit takes.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pydantic import SecretStr

from candor.accounts.chats import SeenChat
from candor.accounts.ports import CodeSent, PasswordNeeded, QrShown, SignedIn
from candor.accounts.sessions import AccountSessionManager
from candor.bootstrap.foundation import Foundation
from candor.commenting.comment import Engagement
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId
from candor.disclosure.profile import AccountProfile
from candor.messaging.gateway import Gateway
from candor.storage.account_holds import PgAccountHolds
from candor.telegram.flags import OnRestricted
from candor.telegram.ports import ArrivedPost, Listeners
from candor.telegram.user.away import AwayChats, AwayGateway, AwayProfile
from candor.telegram.user.chats import UserChats, UserEngagement, UserGroupMaker
from candor.telegram.user.connections import UserConnections
from candor.telegram.user.directory import UserDirectory
from candor.telegram.user.errands import ErrandDesk, ErrandRunner
from candor.telegram.user.held import HeldSessions
from candor.telegram.user.listeners import OurChats
from candor.telegram.user.runtime import UserRuntime
from candor.telegram.user.sign_in import TelethonSignIn

Visit = Callable[[], Awaitable[Any]]


class UserEdge:
    """Signing in, speaking and looking, whichever process holds the session."""

    def __init__(self, foundation: Foundation, connections: UserConnections) -> None:
        self._foundation = foundation
        self._connections = connections
        self._visits = TelethonSignIn(connections)
        self._desk = ErrandDesk(foundation.units, foundation.clock, foundation.hot_reload)
        self._away = AwayChats(self._desk)
        self._away_profile = AwayProfile(self._desk)
        self._holds = PgAccountHolds(foundation.database.address.get_secret_value())
        self._held: HeldSessions | None = None
        self._chats: UserChats | None = None
        self._directory: UserDirectory | None = None
        self._runner: ErrandRunner | None = None
        self.runtime: UserRuntime | None = None

    def open(
        self, *, listeners: Listeners, on_restricted: OnRestricted, our_chats: OurChats
    ) -> UserRuntime:
        """Begin to run sessions here (role `telegram`) and to do others' errands with them."""
        runtime = UserRuntime(
            connections=self._connections,
            listeners=listeners,
            clock=self._foundation.clock,
            on_restricted=on_restricted,
            our_chats=our_chats,
        )
        self.runtime, self._chats = runtime, UserChats(runtime.client_of)
        self._directory = UserDirectory(runtime.client_of)
        self._held = HeldSessions(runtime, self._chats)
        self._runner = ErrandRunner(
            self._foundation.units,
            self._foundation.clock,
            self._foundation.hot_reload,
            held=lambda: runtime.running,
            carry_out=self._held.carry_out,
        )
        self._runner.start()
        return runtime

    def kept_by(self, sessions: AccountSessionManager) -> None:
        """Changed sessions are stored by this manager."""
        if self.runtime is not None:
            self.runtime.keeper = sessions

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.close()
        await self._holds.close()

    # --- speaking

    async def of(self, account_id: AccountId) -> Gateway:
        if self.runtime is not None and account_id in self.runtime.running:
            return await self.runtime.of(account_id)
        return AwayGateway(self._desk, account_id)

    # --- chats

    def chats_of(self, account_id: AccountId) -> UserChats | AwayChats:
        """What only a user can do in chats, by this account."""
        return self._chats if self._chats and self._is_here(account_id) else self._away

    async def own_chats(self, account_id: AccountId) -> Sequence[SeenChat]:
        return await self._directory_of(account_id).own_chats(account_id)

    async def find_chat(self, account_id: AccountId, username: str) -> SeenChat | None:
        return await self._directory_of(account_id).find_chat(account_id, username)

    async def make_group(
        self, *, title: str, about: str, bots: Sequence[str]
    ) -> TelegramChatId | None:
        first = await self._first()
        if first is None:
            return None
        maker = UserGroupMaker(self.chats_of(first), self._first)
        return await maker.make_group(title=title, about=about, bots=bots)

    async def look(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> Engagement | None:
        first = await self._first()
        if first is None:
            return None
        return await UserEngagement(self.chats_of(first), self._first).look(chat_id, message_id)

    async def history(
        self, account_id: AccountId, channel_id: TelegramChatId, *, after: TelegramMessageId | None
    ) -> tuple[ArrivedPost, ...]:
        """Posts of a channel that the caller has found permitted, oldest first."""
        return await self.chats_of(account_id).history(account_id, channel_id, after=after)

    async def discussion_of(
        self, account_id: AccountId, channel_id: TelegramChatId, message_id: TelegramMessageId
    ) -> tuple[TelegramChatId, TelegramMessageId] | None:
        return await self.chats_of(account_id).discussion_of(account_id, channel_id, message_id)

    # --- signing in

    async def send_code(self, phone: SecretStr, *, session: SecretStr | None = None) -> CodeSent:
        return await self._visits.send_code(phone, session=session)

    async def enter_code(
        self, phone: SecretStr, code: SecretStr, *, code_hash: SecretStr, session: SecretStr
    ) -> SignedIn | PasswordNeeded:
        return await self._visits.enter_code(phone, code, code_hash=code_hash, session=session)

    async def enter_password(self, password: SecretStr, *, session: SecretStr) -> SignedIn:
        return await self._visits.enter_password(password, session=session)

    async def show_qr(
        self, *, session: SecretStr | None = None
    ) -> QrShown | SignedIn | PasswordNeeded:
        return await self._visits.show_qr(session=session)

    async def log_out(self, account_id: AccountId, session: SecretStr) -> None:
        await self._with_hold(
            account_id,
            lambda: self._visits.log_out(account_id, session),
            lambda: self._away_profile.log_out(account_id),
        )

    async def write_profile(
        self, account_id: AccountId, session: SecretStr, profile: AccountProfile
    ) -> None:
        await self._with_hold(
            account_id,
            lambda: self._visits.write_profile(account_id, session, profile),
            lambda: self._away_profile.write_profile(
                account_id, name=profile.name, about=profile.description
            ),
        )

    async def read_profile(self, account_id: AccountId, session: SecretStr) -> AccountProfile:
        found = await self._with_hold(
            account_id,
            lambda: self._visits.read_profile(account_id, session),
            lambda: self._away_profile.read_profile(account_id),
        )
        if not isinstance(found, AccountProfile):
            raise TypeError("A profile was asked for.")
        return found

    # --- parts

    def _is_here(self, account_id: AccountId) -> bool:
        return self.runtime is not None and account_id in self.runtime.running

    def _directory_of(self, account_id: AccountId) -> UserDirectory | AwayChats:
        return self._directory if self._directory and self._is_here(account_id) else self._away

    async def _with_hold(self, account_id: AccountId, visit: Visit, errand: Visit) -> object:
        """The holder does it; a session that nobody holds is held here meanwhile."""
        if await self._holds.take([account_id]):
            try:
                return await visit()
            finally:
                await self._holds.release(account_id)
        return await errand()

    async def _first(self) -> AccountId | None:
        async with self._foundation.units() as unit:
            accounts = await unit.accounts.list_all()
        working = [a.id for a in accounts if a.kind == "user" and a.is_working]
        return min(working, default=None)
