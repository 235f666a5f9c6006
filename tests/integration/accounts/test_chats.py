"""Which groups and channels a user account may read, and where it may write."""

import pytest
from pydantic import SecretStr

from candor.accounts.chats import AccountChats, SeenChat
from candor.common.errors import ForbiddenError, InvalidInputError, NotFoundError
from candor.common.ids import AccountId, TelegramChatId

PHONE = SecretStr("+7 900 123-45-67")
CODE = SecretStr("12345")
TOKEN = SecretStr("700001:AAFakeTokenForTests_0123456789abcdef")
OWN = SeenChat(TelegramChatId(-1001), "channel", "Мой канал", "mine", is_own=True)
FOREIGN = SeenChat(TelegramChatId(-1002), "channel", "Чужой канал", "foreign")
NEIGHBOURS = SeenChat(TelegramChatId(-1003), "group", "Соседи", "neighbours")


class Directory:
    async def own_chats(self, account_id: AccountId) -> tuple[SeenChat, ...]:
        return (OWN,)

    async def find_chat(self, account_id: AccountId, username: str) -> SeenChat | None:
        known = {chat.username: chat for chat in (OWN, FOREIGN, NEIGHBOURS)}
        return known.get(username)


class Permissions:
    def __init__(self) -> None:
        self.granted: set[int] = set()

    async def may_read(self, chat_id: TelegramChatId) -> bool:
        return chat_id in self.granted


@pytest.fixture
def permissions() -> Permissions:
    return Permissions()


@pytest.fixture
def chats(tools, units, permissions) -> AccountChats:
    return AccountChats(tools, units, permissions, Directory())


@pytest.fixture
async def account(sign_in) -> AccountId:
    view = await sign_in.start_with_phone(PHONE, title="Анна", actor="cli")
    return (await sign_in.enter_code(view.account.id, CODE, actor="cli")).account.id


async def test_that_nothing_is_read_until_the_owner_says_so(chats, account):
    assert not await chats.are_ours(account, OWN.chat_id)
    assert [chat.title for chat in await chats.offered(account)] == ["Мой канал"]

    await chats.allow(account, "@mine", actor="operator:1")

    assert await chats.are_ours(account, OWN.chat_id)
    assert not await chats.may_act(account, OWN.chat_id)
    assert await chats.offered(account) == ()


async def test_that_the_account_writes_only_where_it_may(chats, account):
    await chats.allow(account, str(OWN.chat_id), may_act=True, actor="operator:1")
    assert await chats.may_act(account, OWN.chat_id)


async def test_that_somebody_elses_chat_needs_its_owners_permission(chats, account, permissions):
    for name in ("@foreign", "https://t.me/neighbours"):
        with pytest.raises(ForbiddenError):
            await chats.allow(account, name, actor="operator:1")
    permissions.granted = {FOREIGN.chat_id, NEIGHBOURS.chat_id}
    with pytest.raises(ForbiddenError):
        await chats.allow(account, "@foreign", may_act=True, actor="operator:1")
    with pytest.raises(ForbiddenError):
        await chats.allow(account, "@neighbours", actor="operator:1")
    await chats.allow(account, "@foreign", actor="operator:1")
    assert await chats.are_ours(account, FOREIGN.chat_id)

    permissions.granted = set()
    assert not await chats.are_ours(account, FOREIGN.chat_id)


async def test_that_a_withdrawn_chat_is_unread_again_and_the_log_knows(chats, account, units):
    await chats.allow(account, "@mine", actor="operator:1")
    await chats.withdraw(account, OWN.chat_id, actor="operator:2")
    assert not await chats.are_ours(account, OWN.chat_id)
    with pytest.raises(NotFoundError):
        await chats.withdraw(account, OWN.chat_id, actor="operator:2")
    async with units() as unit:
        lines = await unit.account_security_logs.recent(account_id=account, limit=2)
    assert [line.event.event for line in lines] == ["chat_withdrawn", "chat_allowed"]


async def test_that_a_wrong_name_and_a_bot_are_told(chats, account, management):
    for name in ("@nobody_here", "-100999", "", "@"):
        with pytest.raises(InvalidInputError):
            await chats.allow(account, name, actor="operator:1")
    bot = await management.add_bot(TOKEN, role="sales", title="x", actor="cli")
    with pytest.raises(InvalidInputError):
        await chats.allow(bot.id, "@mine", actor="operator:1")
