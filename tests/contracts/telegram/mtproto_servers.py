"""MTProto servers under the contract: the double always, another one when the environment names it.

`TELEGRAM_MTPROTO_SERVER`, `TELEGRAM_MTPROTO_PUBLIC_KEY`, `TELEGRAM_MTPROTO_DC`, `TELEGRAM_API_ID` and
`TELEGRAM_API_HASH` say where it is. On it there must be two numbers that are registered,
`CANDOR_TEST_PHONE` and `CANDOR_TEST_CLIENT_PHONE`, and `CANDOR_TEST_CODE`: a command that prints the
newest code of the number given to it (`echo 22222` on Telegram's test servers). A server that answers
in an older layer than the pinned Telethon's needs `older_layer` too.
"""

import asyncio
import os
import secrets
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from telethon import functions
from tests.contracts.telegram.older_layer import speak_older_layer

from candor.accounts.ports import SignedIn
from candor.common.clock import MovableClock
from candor.common.ids import AccountId
from candor.messaging.gateway import Gateway
from candor.sandbox.server import SandboxServer
from candor.sandbox.tl.phone import Phone
from candor.sandbox.world import people
from candor.telegram.user.chats import UserChats
from candor.telegram.user.connections import UserConnections, UserServer, connect, user_server
from candor.telegram.user.directory import UserDirectory
from candor.telegram.user.double import TlDesk
from candor.telegram.user.gateway import TelethonGateway
from candor.telegram.user.sign_in import TelethonSignIn

DOUBLE = "double"
NAMED = (
    "TELEGRAM_MTPROTO_SERVER",
    "TELEGRAM_MTPROTO_PUBLIC_KEY",
    "CANDOR_TEST_PHONE",
    "CANDOR_TEST_CLIENT_PHONE",
    "CANDOR_TEST_CODE",
)
USER_SERVERS = [
    DOUBLE,
    *(["named MTProto server"] if all(os.environ.get(name) for name in NAMED) else []),
]
ACCOUNT = AccountId(1)


class Everywhere:
    """The owner lets the account read and write wherever it is."""

    async def are_ours(self, account_id: int, chat_id: int) -> bool:
        return True

    async def may_act(self, account_id: int, chat_id: int) -> bool:
        return True


@dataclass
class UserServerUnderTest:
    """The owner signs in with `phone`; `client_id` is a person who has written to the owner."""

    connections: UserConnections
    phone: SecretStr
    client_phone: SecretStr
    is_double: bool
    client_id: int = 0
    desk: TlDesk | None = None
    session: SecretStr | None = None
    open_clients: list[Any] = field(default_factory=list)

    @property
    def sign_in(self) -> TelethonSignIn:
        return TelethonSignIn(self.connections)

    async def code_of(self, phone: SecretStr) -> SecretStr:
        """What the person reads in Telegram."""
        if self.desk is not None:
            return SecretStr(self.desk.last_code)
        command = [*shlex.split(os.environ["CANDOR_TEST_CODE"]), phone.get_secret_value()]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        return SecretStr(output.decode().strip())

    async def signed_in(self, phone: SecretStr) -> SignedIn:
        sent = await self.sign_in.send_code(phone)
        done = await self.sign_in.enter_code(
            phone, await self.code_of(phone), code_hash=sent.code_hash, session=sent.session
        )
        assert isinstance(done, SignedIn), done
        return done

    async def client(self, session: SecretStr) -> Any:
        made = self.connections.client(session, with_updates=True)
        await connect(made)
        self.open_clients.append(made)
        return made

    async def gateway(self) -> Gateway:
        client = await self.client(self.session)
        return TelethonGateway(client, account_id=ACCOUNT, our_chats=Everywhere())

    async def chats(self) -> tuple[UserChats, UserDirectory]:
        client = await self.client(self.session)

        async def client_of(account_id: AccountId) -> Any:
            return client

        return UserChats(client_of), UserDirectory(client_of)

    async def close(self) -> None:
        for client in self.open_clients:
            await client.disconnect()


@asynccontextmanager
async def user_server_of(where: str) -> AsyncIterator[UserServerUnderTest]:
    """The server, with both people signed in and acquainted."""
    server = _double() if where == DOUBLE else _named()
    try:
        owner = await server.signed_in(server.phone)
        client = await server.signed_in(server.client_phone)
        server.client_id = client.telegram_id
        server.session = owner.session
        await _acquaint(server, owner, client)
        yield server
    finally:
        await server.close()


async def _acquaint(server: UserServerUnderTest, owner: SignedIn, client: SignedIn) -> None:
    """The client writes first, as everybody who is ever answered (H5), and the owner hears it."""
    ours = await server.client(owner.session)
    if server.desk is not None:
        world = server.desk.world
        chat = world.dialogue(client.telegram_id, owner.telegram_id)
        world.send(client.telegram_id, chat.id, "здравствуйте", reply_to=None)
    else:
        await _write_to_owner(server, owner, client)
    async with asyncio.timeout(20):
        while not _knows(ours, client.telegram_id):
            await asyncio.sleep(0.05)
            if server.desk is None:
                await ours.get_dialogs()
    server.session = ours.session.dump()


async def _write_to_owner(server: UserServerUnderTest, owner: SignedIn, client: SignedIn) -> None:
    """By the owner's @username, which a named server's account must have or is given here."""
    name = owner.username or f"candor_{secrets.token_hex(5)}"
    if owner.username is None:
        await server.open_clients[0](functions.account.UpdateUsernameRequest(name))
    theirs = await server.client(client.session)
    await theirs.send_message(name, "здравствуйте")


def _knows(client: Any, user_id: int) -> bool:
    try:
        client.session.get_input_entity(user_id)
    except ValueError:
        return False
    return True


def _double() -> UserServerUnderTest:
    clock = MovableClock()
    world = SandboxServer(clock).world
    olga = people.add_person(world, first_name="Ольга", username="olga")
    anna = people.add_person(world, first_name="Анна", username="anna")
    desk = TlDesk(Phone(world))
    desk.add_phone("+79001234567", olga.id)
    desk.add_phone("+79007654321", anna.id)
    return UserServerUnderTest(
        connections=UserConnections(UserServer(1, SecretStr("hash")), wire=desk.wire),
        phone=SecretStr("+79001234567"),
        client_phone=SecretStr("+79007654321"),
        is_double=True,
        desk=desk,
    )


def _named() -> UserServerUnderTest:
    speak_older_layer()
    dc = os.environ.get("TELEGRAM_MTPROTO_DC")
    server = user_server(
        api_id=int(os.environ.get("TELEGRAM_API_ID", "1")),
        api_hash=SecretStr(os.environ.get("TELEGRAM_API_HASH", "hash")),
        server=os.environ["TELEGRAM_MTPROTO_SERVER"],
        public_key=Path(os.environ["TELEGRAM_MTPROTO_PUBLIC_KEY"]),
        dc=int(dc) if dc else None,
    )
    return UserServerUnderTest(
        connections=UserConnections(server),
        phone=SecretStr(os.environ["CANDOR_TEST_PHONE"]),
        client_phone=SecretStr(os.environ["CANDOR_TEST_CLIENT_PHONE"]),
        is_double=False,
    )
