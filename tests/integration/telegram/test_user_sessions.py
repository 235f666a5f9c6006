"""User sessions: the real Telethon client against the double on the sandbox's world."""

import random
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from candor.accounts.errors import (
    CodeExpiredError,
    CodeWrongError,
    PasswordWrongError,
    PhoneBannedError,
    PhoneNotRegisteredError,
    SessionUnreadableError,
)
from candor.accounts.labelling import AccountLabels
from candor.accounts.management import AccountManagementService
from candor.accounts.sessions import AccountSessionManager
from candor.accounts.sign_in import AccountSignIn
from candor.messaging.gateway import (
    AccountRestrictedError,
    ChatClosedError,
    NotReachedError,
    RateLimitedError,
    RejectedError,
    SendText,
)
from candor.sandbox.tl.phone import Phone
from candor.storage.account_holds import PgAccountHolds
from candor.telegram.bot.profile import BotApiProfiles
from candor.telegram.parking import DatabaseParking
from candor.telegram.ports import Listeners
from candor.telegram.user.chats import UserChats
from candor.telegram.user.connections import UserConnections, UserServer
from candor.telegram.user.double import TlDesk
from candor.telegram.user.runtime import UserRuntime
from candor.telegram.user.session import KeptSession
from candor.telegram.user.sign_in import TelethonSignIn

PHONE = SecretStr("+79001234567")


class Owner:
    """The owner's account beside a station: its phone, its sign-in, its runtime."""

    def __init__(self, station: Any, database_url: str, desk: TlDesk, user_id: int) -> None:
        self.station, self.desk, self.user_id = station, desk, user_id
        self._database_url = database_url
        server = UserServer(1, SecretStr("hash"))
        self.connections = UserConnections(server, wire=desk.wire)
        self.users = TelethonSignIn(self.connections)
        labels = AccountLabels(
            business="Школа «Маяк»",
            language="ru",
            bots=BotApiProfiles(station.connections),
            users=self.users,
        )
        self.tools = replace(station.tools, labels=labels)
        self.management = AccountManagementService(self.tools)
        self.sign_in = AccountSignIn(self.tools, self.management)
        self.our_chats: set[int] = set()
        self.start_process()

    def start_process(self) -> None:
        self.runtime = UserRuntime(
            connections=self.connections,
            listeners=Listeners(
                sales=self.station.recorder,
                parked=DatabaseParking(self.station.units),
                groups=self.station.recorder,
                discussions=self.station.recorder,
            ),
            clock=self.station.clock,
            on_restricted=self.on_restricted,
            our_chats=self,
            keep_every=0.05,
            reconnect=(0.05,),
        )
        self.sessions = AccountSessionManager(
            units=self.station.units,
            security=self.station.security,
            holds=PgAccountHolds(self._database_url),
            runners={"user": self.runtime},
            look_every=timedelta(milliseconds=50),
        )
        self.runtime.keeper = self.sessions
        self.chats = UserChats(self.runtime.client_of)

    async def are_ours(self, account_id: int, chat_id: int) -> bool:
        return chat_id in self.our_chats

    async def may_act(self, account_id: int, chat_id: int) -> bool:
        return chat_id in self.our_chats

    async def on_restricted(self, account_id: Any, signal: Any) -> None:
        await self.management.stop_for(account_id, signal, actor="telegram")

    async def signed_in(self) -> Any:
        view = await self.sign_in.start_with_phone(PHONE, title="Ольга", actor="cli")
        code = SecretStr(self.desk.last_code)
        return (await self.sign_in.enter_code(view.account.id, code, actor="cli")).account


@pytest.fixture
async def owner(station: Any, database_url: str) -> AsyncIterator[Owner]:
    desk = TlDesk(Phone(station.server.world))
    olga = await station.person("Ольга", username="olga")
    desk.add_phone(PHONE.get_secret_value(), olga)
    made = Owner(station, database_url, desk, olga)
    yield made
    await made.sessions.close()


async def test_that_signing_in_labels_the_account_and_hides_the_session(owner, engine):
    account = await owner.signed_in()
    assert (account.status, account.username, account.kind) == ("active", "olga", "user")
    user = owner.station.server.world.user(owner.user_id)
    assert user.first_name == "Ольга · ИИ Школа «Маяк»"
    assert "ИИ" in user.bio
    async with engine.connect() as connection:
        rows = await connection.exec_driver_sql("SELECT secret FROM telegram_account_sessions")
        assert b"candor-session" not in bytes(rows.scalar_one())


async def test_that_the_two_step_password_is_proven_by_srp(owner):
    owner.desk.add_phone(PHONE.get_secret_value(), owner.user_id, password="Пароль!")
    view = await owner.sign_in.start_with_phone(PHONE, actor="cli")
    code = SecretStr(owner.desk.last_code)
    view = await owner.sign_in.enter_code(view.account.id, code, actor="cli")
    assert (view.step, view.hint) == ("password", "test")
    with pytest.raises(PasswordWrongError):
        await owner.sign_in.enter_password(view.account.id, SecretStr("guess"), actor="cli")
    done = await owner.sign_in.enter_password(view.account.id, SecretStr("Пароль!"), actor="cli")
    assert done.account.status == "active"


async def test_that_a_scanned_picture_signs_in(owner):
    view = await owner.sign_in.start_with_qr(actor="cli")
    assert view.qr_url.startswith("tg://login?token=")
    (token,) = owner.desk.tokens
    owner.desk.scan(token, owner.user_id)
    view = await owner.sign_in.look_at_qr(view.account.id, actor="cli")
    assert (view.step, view.account.status) == (None, "active")


async def test_that_each_wrong_step_has_its_own_error(owner):
    with pytest.raises(PhoneNotRegisteredError):
        await owner.users.send_code(SecretStr("+79990000000"))
    sent = await owner.users.send_code(PHONE)
    with pytest.raises(CodeWrongError):
        await owner.users.enter_code(
            PHONE, SecretStr("00000"), code_hash=sent.code_hash, session=sent.session
        )
    with pytest.raises(CodeExpiredError):
        await owner.users.enter_code(
            PHONE, SecretStr("1"), code_hash=SecretStr("old"), session=sent.session
        )
    owner.desk.phones["79001234567"].is_banned = True
    with pytest.raises(PhoneBannedError):
        await owner.users.send_code(PHONE)


@pytest.mark.parametrize(
    "text", ['{"kind": "candor-session", "version": 99}', "{", "1nonsense", '{"kind": 5}']
)
def test_that_an_unreadable_session_is_named_and_not_echoed(text):
    with pytest.raises(SessionUnreadableError) as raised:
        KeptSession.load(SecretStr(text))
    assert text not in str(raised.value)


async def test_that_a_private_message_is_heard_and_answered(owner, until):
    account = await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    anna = await owner.station.person("Анна", username="anna")
    await owner.station.write(anna, "olga", "здравствуйте")
    await until(lambda: owner.station.recorder.messages)
    (heard,) = owner.station.recorder.messages
    assert (heard.text, heard.sender_id, heard.username) == ("здравствуйте", anna, "anna")
    assert heard.is_from_owner is False

    gateway = await owner.runtime.of(account.id)
    sent = await gateway.send_text(SendText(heard.chat_id, "добрый день", 77))
    again = await gateway.send_text(SendText(heard.chat_id, "добрый день", 77))
    assert again.message_id == sent.message_id
    await gateway.edit_text(heard.chat_id, sent.message_id, "добрый вечер")
    await gateway.delete_message(heard.chat_id, sent.message_id)


async def test_that_the_owners_own_words_are_told_as_such(owner, until):
    await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    anna = await owner.station.person("Анна", username="anna")
    await owner.station.write(anna, "olga", "здравствуйте")
    await owner.station.write(owner.user_id, "anna", "отвечу сама")
    await until(lambda: len(owner.station.recorder.messages) == 2)
    assert [m.is_from_owner for m in owner.station.recorder.messages] == [False, True]


async def test_that_what_was_missed_while_stopped_is_caught_up(owner, until):
    await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    anna = await owner.station.person("Анна", username="anna")
    await owner.station.write(anna, "olga", "раз")
    await until(lambda: owner.station.recorder.texts == ["раз"])
    await owner.sessions.close()

    await owner.station.write(anna, "olga", "два")
    await owner.station.write(anna, "olga", "три")
    owner.start_process()
    await owner.sessions.start()
    await until(lambda: owner.station.recorder.texts == ["раз", "два", "три"])


async def test_that_a_broken_connection_comes_back_and_catches_up(owner, until):
    await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    anna = await owner.station.person("Анна", username="anna")
    owner.desk.cut_all()
    await owner.station.write(anna, "olga", "привет")
    await until(lambda: owner.station.recorder.texts == ["привет"])


async def test_that_a_revoked_session_stops_the_account(owner, until):
    account = await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    owner.desk.revoke(owner.user_id)
    owner.desk.cut_all()
    await until(lambda: not owner.runtime.running)
    stopped = await owner.management.get(account.id)
    assert (stopped.status, stopped.pause_reason) == ("restricted", "session_revoked")
    with pytest.raises(NotReachedError):
        await owner.runtime.of(account.id)


async def test_that_other_peoples_groups_are_never_read(owner, until):
    await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    anna = await owner.station.person("Анна", username="anna")
    chat = await owner.station.post(
        "/chats", type="supergroup", title="Соседи", owner_id=anna, members=[owner.user_id]
    )
    await owner.station.write(anna, chat["id"], "чужой разговор")
    await owner.station.write(anna, "olga", "личное")
    await until(lambda: owner.station.recorder.texts)
    assert owner.station.recorder.texts == ["личное"]
    assert owner.station.recorder.told == []


async def test_that_a_group_is_made_with_our_bots_and_no_people(owner, until):
    account = await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    await owner.station.token("teacher_bot")
    anna = await owner.station.person("Анна", username="anna")
    chat_id = await owner.chats.make_group(
        account.id, title="Учёба", about="Группа", bots=["teacher_bot", "anna"]
    )
    chat = owner.station.server.world.chat(chat_id)
    assert anna not in chat.members
    assert [m.status for m in chat.members.values()] == ["creator", "administrator"]
    link = await owner.chats.create_join_link(account.id, chat_id, name="Анна")
    await owner.station.post(f"/chats/{chat_id}/join", user_id=anna, invite_link=link)
    assert anna not in chat.members


async def test_that_a_group_is_made_once_however_often_it_is_asked_for(owner, until):
    account = await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    await owner.station.token("teacher_bot")

    async def make(about: str) -> int:
        return await owner.chats.make_group(
            account.id, title="Учёба", about=about, bots=["teacher_bot"]
        )

    first = await make("Школа · candor-7-1")
    assert await make("Школа · candor-7-1") == first
    assert await make("Школа · candor-8-1") != first
    made = [
        chat for chat in owner.station.server.world.tables.chats.values() if chat.title == "Учёба"
    ]
    assert len(made) == 2
    bots = owner.station.server.world.chat(first).members.values()
    assert [member.status for member in bots] == ["creator", "administrator"]


async def test_that_a_lost_answer_leaves_no_second_group_behind(owner, until):
    """The client's library asks again by itself, so Telegram makes two: the empty one is deleted."""
    account = await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    await owner.station.token("teacher_bot")
    world = owner.station.server.world
    other = await owner.chats.make_group(account.id, title="Учёба", about="Другая", bots=[])
    owner.desk.fail("CreateChannelRequest", "lost_answer")

    made = await owner.chats.make_group(
        account.id, title="Учёба", about="Школа · candor-7-1", bots=["teacher_bot"]
    )

    chats = [chat for chat in world.tables.chats.values() if chat.title == "Учёба"]
    assert len(chats) == 3, "the double did not make a second one"
    alive = [chat.id for chat in chats if any(m.is_present for m in chat.members.values())]
    assert sorted(alive) == sorted([other, made])
    again = await owner.chats.make_group(
        account.id, title="Учёба", about="Школа · candor-7-1", bots=["teacher_bot"]
    )
    assert again == made


async def test_that_the_extra_of_an_interrupted_making_is_deleted_by_the_next(owner, until):
    """Made twice, and the process ended before it could look."""
    account = await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    await owner.station.token("teacher_bot")
    world = owner.desk.world
    words = {"title": "Учёба · candor-7-1", "about": "Школа · candor-7-1"}
    extras = [world.make_group(owner.user_id, **words, is_channel=False) for _ in range(2)]
    led = world.make_group(owner.user_id, **words, is_channel=False)
    world.promote(owner.user_id, led.id, world.find("teacher_bot").id)

    made = await owner.chats.make_group(account.id, **words, bots=["teacher_bot"])

    assert made == led.id
    assert [world.readers_of(extra.id) for extra in extras] == [[], []]


async def test_that_a_channel_of_the_owner_is_read_and_its_discussion_found(owner, until):
    account = await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    await owner.station.post("/channels", username="mayak", title="М", owner_id=owner.user_id)
    post = await owner.station.post("/channels/mayak/posts", text="Новый поток")
    client = await owner.runtime.client_of(account.id)
    channel = await client.get_entity("mayak")
    chat_id = int(f"-100{channel.id}")
    posts = await owner.chats.history(account.id, chat_id)
    assert [p.text for p in posts] == ["Новый поток"]
    found = await owner.chats.discussion_of(account.id, chat_id, post["message_id"])
    assert found == (post["discussion_chat_id"], post["discussion_message_id"])
    engagement = await owner.chats.look(account.id, chat_id, post["message_id"])
    assert engagement.replies == 0


async def test_that_logging_out_ends_the_session_at_telegram(owner):
    account = await owner.signed_in()
    await owner.management.log_out(account.id, actor="cli")
    assert owner.desk.sessions == {}


async def test_that_a_session_is_held_by_one_process(owner, until, database_url):
    await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    first = owner.runtime
    sessions = owner.sessions
    owner.start_process()
    await owner.sessions.look()
    assert not owner.runtime.running
    await sessions.close()
    await owner.sessions.look()
    assert owner.runtime.running
    assert not first.running


async def test_that_no_update_is_lost_when_connections_break_amid_a_stream(owner, until):
    await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    anna = await owner.station.person("Анна", username="anna")
    for number in range(60):
        await owner.station.write(anna, "olga", str(number))
        if number % 20 == 10:
            await until(lambda: owner.station.recorder.messages)
            owner.desk.cut_all()
    everything = {str(number) for number in range(60)}
    with suppress(TimeoutError):
        await until(lambda: set(owner.station.recorder.texts) >= everything, within=20)
    assert everything - set(owner.station.recorder.texts) == set()


async def test_that_sends_over_a_breaking_line_are_neither_lost_nor_doubled(owner, until):
    account = await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    anna = await owner.station.person("Анна", username="anna")
    chat = (await owner.station.write(anna, "olga", "здравствуйте"))["chat_id"]
    await until(lambda: owner.station.recorder.messages)
    rng = random.Random(7)
    for number in range(1000):
        if rng.random() < 0.3:
            owner.desk.fail("SendMessageRequest", rng.choice(["cut", "lost_answer"]))
        gateway = await owner.runtime.of(account.id)
        await gateway.send_text(SendText(anna, f"ответ {number}", 1000 + number))
    history = owner.station.server.world.history(chat).values()
    said = [m.text for m in history if m.text.startswith("ответ")]
    assert said == [f"ответ {number}" for number in range(1000)]


async def test_that_files_over_a_breaking_line_are_neither_lost_nor_doubled(owner, until):
    gateway, anna = await _dialogue(owner, until)
    for number in range(20):
        owner.desk.fail("SendMediaRequest", "lost_answer" if number % 2 else "cut")
        await gateway.send_file(
            anna, name="a.json", content=b"{}", caption=f"файл {number}", random_id=500 + number
        )
    chat = owner.station.server.world.dialogue(anna, owner.user_id)
    history = owner.station.server.world.history(chat.id).values()
    files = [m.text for m in history if "document" in m.content]
    assert files == [f"файл {number}" for number in range(20)]


async def test_that_a_file_of_a_client_is_heard_as_what_it_is(owner, until):
    _, anna = await _dialogue(owner, until)
    phone = owner.desk.world
    chat = phone.dialogue(anna, owner.user_id)
    phone.send_file(anna, chat.id, name="cv.pdf", content=b"%PDF", caption="моё резюме")
    await until(lambda: len(owner.station.recorder.messages) == 2)
    heard = owner.station.recorder.messages[-1]
    assert (heard.kind, heard.text) == ("document", "моё резюме")


async def test_that_a_discussion_group_is_linked_to_the_owners_channel(owner, until):
    account = await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    world = owner.desk.world
    channel = world.make_group(owner.user_id, title="М", about="", is_channel=True)
    client = await owner.runtime.client_of(account.id)
    await client.get_dialogs()
    group_id = await owner.chats.make_group(account.id, title="Обсуждение", about="", bots=[])
    await owner.chats.link_discussion(account.id, channel.id, group_id)
    assert world.chat(channel.id).linked_chat_id == group_id


async def test_that_nothing_is_written_in_a_group_that_the_owner_has_not_allowed(owner, until):
    gateway, _ = await _dialogue(owner, until)
    (account,) = [a for a in await owner.management.list_accounts() if a.kind == "user"]
    group_id = await owner.chats.make_group(account.id, title="Моя", about="", bots=[])
    with pytest.raises(RejectedError, match="may not write"):
        await gateway.send_text(SendText(group_id, "x", 1))
    owner.our_chats.add(group_id)
    assert (await gateway.send_text(SendText(group_id, "x", 1))).message_id > 0


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("FLOOD_WAIT_17", RateLimitedError),
        ("USER_IS_BLOCKED", ChatClosedError),
        ("CHAT_WRITE_FORBIDDEN", ChatClosedError),
        ("MESSAGE_TOO_LONG", RejectedError),
        ("SOMETHING_NEW", RejectedError),
    ],
)
async def test_that_telegrams_refusals_have_messagings_names(owner, until, code, error):
    gateway, anna = await _dialogue(owner, until)
    owner.desk.fail("SendMessageRequest", "refuse", code=code)
    with pytest.raises(error) as raised:
        await gateway.send_text(SendText(anna, "x", 1))
    if error is RateLimitedError:
        assert raised.value.retry_after == timedelta(seconds=17)


@pytest.mark.parametrize(
    ("code", "signal"),
    [
        ("PEER_FLOOD", "peer_flood"),
        ("USER_DEACTIVATED_BAN", "account_banned"),
        ("SESSION_REVOKED", "session_revoked"),
        ("FROZEN_METHOD_INVALID", "account_frozen"),
    ],
)
async def test_that_a_flag_on_the_account_stops_it(owner, until, code, signal):
    gateway, anna = await _dialogue(owner, until)
    owner.desk.fail("SendMessageRequest", "refuse", code=code)
    with pytest.raises(AccountRestrictedError):
        await gateway.send_text(SendText(anna, "x", 1))
    (account,) = [a for a in await owner.management.list_accounts() if a.kind == "user"]
    assert (account.status, account.pause_reason) == ("restricted", signal)


async def test_that_a_stranger_can_not_be_addressed(owner, until):
    gateway, _ = await _dialogue(owner, until)
    stranger = await owner.station.person("Борис")
    with pytest.raises(ChatClosedError):
        await gateway.send_text(SendText(stranger, "x", 1))


async def _dialogue(owner: Owner, until: Any) -> tuple[Any, int]:
    account = await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    anna = await owner.station.person("Анна", username="anna")
    await owner.station.write(anna, "olga", "здравствуйте")
    await until(lambda: owner.station.recorder.messages)
    return await owner.runtime.of(account.id), anna
