"""A process that holds a user session on a double of its own, for tests about other processes.

Run as `python session_holder.py DATABASE_URL DATA_DIR`. It prints one JSON line when the session runs;
then every line on its input is answered with what was said in the client's chat so far.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from candor.accounts.keys import load_keys
from candor.accounts.labelling import AccountLabels
from candor.accounts.management import AccountManagementService, AccountTools
from candor.accounts.security import AccountSecurityService
from candor.accounts.sessions import AccountSessionManager
from candor.accounts.sign_in import AccountSignIn
from candor.common.clock import MovableClock
from candor.common.hot_reload import HotReloadService
from candor.messaging.incoming import IncomingMessage
from candor.sandbox.server import SandboxServer
from candor.sandbox.tl.phone import Phone
from candor.sandbox.world import people
from candor.storage.account_holds import PgAccountHolds
from candor.storage.engine import make_engine
from candor.storage.notifications import PgNotifications, carry_changes
from candor.storage.unit_of_work import Units
from candor.telegram.parking import DatabaseParking
from candor.telegram.ports import Listeners
from candor.telegram.user.chats import UserChats
from candor.telegram.user.connections import UserConnections, UserServer
from candor.telegram.user.double import TlDesk
from candor.telegram.user.errands import ErrandRunner
from candor.telegram.user.held import HeldSessions
from candor.telegram.user.runtime import UserRuntime
from candor.telegram.user.sign_in import TelethonSignIn

PHONE = SecretStr("+79001234567")


class Deaf:
    """Hears everything and answers nothing."""

    async def receive(self, incoming: IncomingMessage) -> None: ...


class Nowhere:
    async def are_ours(self, account_id: int, chat_id: int) -> bool:
        return False

    async def may_act(self, account_id: int, chat_id: int) -> bool:
        return False


async def main(address: str, data_dir: Path) -> None:
    world = SandboxServer(MovableClock()).world
    olga = people.add_person(world, first_name="Ольга", username="olga")
    anna = people.add_person(world, first_name="Анна", username="anna")
    phone = Phone(world)
    desk = TlDesk(phone)
    desk.add_phone(PHONE.get_secret_value(), olga.id)
    units, clock, changes = Units(make_engine(address)), MovableClock(), HotReloadService()
    connections = UserConnections(UserServer(1, SecretStr("hash")), wire=desk.wire)
    security = AccountSecurityService(keys=load_keys(data_dir), units=units, clock=clock)
    nobody: Any = None
    labels = AccountLabels(
        business="«Маяк»", language="ru", bots=nobody, users=TelethonSignIn(connections)
    )
    tools = AccountTools(units, clock, security, labels, "ru")
    sign_in = AccountSignIn(tools, AccountManagementService(tools))
    view = await sign_in.start_with_phone(PHONE, title="Ольга", actor="test")
    code = SecretStr(desk.last_code)
    account = (await sign_in.enter_code(view.account.id, code, actor="test")).account
    deaf: Any = Deaf()
    runtime = UserRuntime(
        connections=connections,
        listeners=Listeners(sales=deaf, parked=DatabaseParking(units)),
        clock=clock,
        our_chats=Nowhere(),
    )
    sessions = AccountSessionManager(
        units=units,
        security=security,
        holds=PgAccountHolds(address),
        runners={"user": runtime},
        look_every=timedelta(milliseconds=100),
    )
    runtime.keeper = sessions
    notifications = PgNotifications(address)
    carry_changes(notifications, changes)
    await notifications.start()
    held = HeldSessions(runtime, UserChats(runtime.client_of))
    runner = ErrandRunner(
        units, clock, changes, held=lambda: runtime.running, carry_out=held.carry_out
    )
    runner.start()
    await sessions.start()
    await _until(lambda: account.id in runtime.running)
    chat = phone.dialogue(anna.id, olga.id)
    phone.send(anna.id, chat.id, "здравствуйте", reply_to=None)
    client = await runtime.client_of(account.id)
    await _until(lambda: _knows(client, anna.id))
    _tell({"account": account.id, "client": anna.id})
    while await asyncio.to_thread(sys.stdin.readline):
        said = [m.text for m in phone.history(chat.id) if m.sender_id == olga.id]
        _tell(said)


def _tell(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


def _knows(client: Any, user_id: int) -> bool:
    try:
        client.session.get_input_entity(user_id)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
