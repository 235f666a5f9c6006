"""The demo: a sandbox Telegram with people, bots, a channel and prepared study groups."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from candor.bootstrap.container import Container
from candor.bootstrap.user_sessions import Connect
from candor.common.clock import MovableClock
from candor.common.errors import CandorError, ConflictError
from candor.common.ids import AccountId, TelegramChatId
from candor.common.settings import Settings
from candor.disclosure.profile import AccountRole
from candor.education.lesson import PartnerRole
from candor.education.partner import Partner
from candor.sandbox.server import SandboxServer

if TYPE_CHECKING:
    from candor.telegram.user.connections import UserConnections

STATE_FILE: Final = "sandbox.db"
SESSIONS_FILE: Final = "sandbox-sessions.json"
_COUNTRY: Final = "7999"
ACTOR: Final = "demo"
PREPARED_GROUPS: Final = 5
OWNER: Final = 500_001


@dataclass(frozen=True, slots=True)
class Demo:
    """The sandbox, where its Bot API answers, and the way of user sessions into it."""

    sandbox: SandboxServer
    telegram_api_url: str
    user_sessions: Connect


@dataclass(frozen=True, slots=True)
class _DemoBot:
    username: str
    role: AccountRole
    name: dict[str, str]
    partner: PartnerRole | None = None


_BOTS: Final = (
    _DemoBot("mayak_school_bot", "sales", {"ru": "Маяк", "en": "Lighthouse"}),
    _DemoBot("mayak_comments_bot", "commentator", {"ru": "Смотритель", "en": "Keeper"}),
    _DemoBot("mayak_curious_bot", "partner", {"ru": "Почемучка", "en": "Curious"}, "curious"),
    _DemoBot("mayak_steps_bot", "partner", {"ru": "Шаг за шагом", "en": "Steps"}, "methodical"),
    _DemoBot("mayak_careful_bot", "partner", {"ru": "Уточняшка", "en": "Careful"}, "cautious"),
)
_PEOPLE: Final = (
    (OWNER, "Ольга", "olga_owner", "ru"),
    (500_002, "Анна", "anna_reads", "ru"),
    (500_003, "Борис", "boris_asks", "ru"),
    (500_004, "Kate", "kate_learns", "en"),
)
_CHANNEL: Final = ("mayak_english", "Английский каждый день")


class DemoError(CandorError):
    """The sample world could not be made."""

    code = "demo"


@asynccontextmanager
async def open_demo(settings: Settings, data_dir: Path, clock: MovableClock) -> AsyncIterator[Demo]:
    """Start the sandbox; what happened in it is kept in the data folder."""
    del settings
    sandbox = SandboxServer(clock, state_file=data_dir / STATE_FILE)
    address = await sandbox.start()
    try:
        yield Demo(sandbox, address, _user_sessions(sandbox, data_dir / SESSIONS_FILE))
    finally:
        await sandbox.stop()


def number_of(user_id: int) -> str:
    """The phone number of a person in the sandbox: everybody there has one."""
    return f"+{_COUNTRY}{user_id:07d}"


def _owner_of(digits: str) -> int | None:
    local = digits.removeprefix(_COUNTRY)
    return int(local) if digits.startswith(_COUNTRY) and len(local) == 7 else None


def _user_sessions(sandbox: SandboxServer, state_file: Path) -> Connect:
    """The real Telethon client on a double of Telegram's server: loaded at the first sign-in."""

    def connect() -> "UserConnections":
        from candor.sandbox.tl.phone import Phone  # noqa: PLC0415
        from candor.telegram.user.connections import UserConnections, UserServer  # noqa: PLC0415
        from candor.telegram.user.double import TlDesk  # noqa: PLC0415

        def owner_of(digits: str) -> int | None:
            user_id = _owner_of(digits)
            known = sandbox.world.tables.users.get(user_id or 0)
            return None if known is None or known.is_bot else known.id

        desk = TlDesk(Phone(sandbox.world), state_file=state_file, owner_of=owner_of)
        return UserConnections(UserServer(1, SecretStr("sandbox")), wire=desk.wire)

    return connect


async def prepare_demo(
    container: Container, demo: Demo, *, progress: Callable[[str], None]
) -> None:
    """Make what is missing of the sample world; what is there is left as it is."""
    if await container.accounts.list_accounts():
        return
    progress("making the sample world (once) ...")
    await container.import_samples()
    for number, first_name, username, language in _PEOPLE:
        await _ask(demo, "POST", "/users", {
            "id": number, "first_name": first_name, "username": username,
            "language_code": language,
        })  # fmt: skip
    await _ask(demo, "POST", "/channels", {
        "username": _CHANNEL[0], "title": _CHANNEL[1], "owner_id": OWNER,
    })  # fmt: skip
    sales = await _add_bots(container, demo)
    await _prepare_groups(container, demo, sales)


async def _add_bots(container: Container, demo: Demo) -> AccountId:
    """The accounts of the demo, labelled and verified as real ones are; returns the sales bot's."""
    sales = AccountId(0)
    for bot in _BOTS:
        name = bot.name[container.settings.language]
        made = await _ask(demo, "POST", "/bots", {"username": bot.username, "name": name})
        account = await container.accounts.add_bot(
            SecretStr(str(made["token"])), role=bot.role, title=name, actor=ACTOR
        )
        if bot.role == "sales":
            sales = account.id
        if bot.partner is not None:
            async with container.units() as unit:
                await unit.student_bots.add(
                    Partner(account.id, name, bot.username, bot.partner), now=container.clock.now()
                )
    return sales


async def _prepare_groups(container: Container, demo: Demo, sales: AccountId) -> None:
    """The pool: groups that the owner made, with the teacher and the partners in them."""
    for number in range(1, PREPARED_GROUPS + 1):
        group = await _ask(demo, "POST", "/chats", {
            "type": "supergroup", "title": f"Учебная группа {number}", "owner_id": OWNER,
        })  # fmt: skip
        chat_id = int(str(group["id"]))
        for bot in _BOTS:
            if bot.role == "commentator":
                continue
            as_ = "admin" if bot.role == "sales" else "member"
            await _ask(
                demo, "POST", f"/chats/{chat_id}/members", {"username": bot.username, "as": as_}
            )
        try:
            await container.education.pool.register(
                account_id=sales, chat_id=TelegramChatId(chat_id)
            )
        except ConflictError:
            continue


async def _ask(demo: Demo, method: str, path: str, body: object) -> dict[str, object]:
    status, answer = await demo.sandbox.control(method, path, body, {})
    if status >= 400 or not isinstance(answer, dict):
        raise DemoError(f"The sandbox refused {method} {path}: {answer}")
    return answer
