"""Groups through aiogram: who sees what, who may do what, joining, topics, growing."""

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)
from aiogram.types import (
    ChatAdministratorRights,
    ChatMemberAdministrator,
    ChatPermissions,
    KeyboardButton,
    KeyboardButtonRequestChat,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from tests.integration.sandbox.conftest import Sandbox, drain


def texts(updates: list[Update]) -> list[str | None]:
    return [update.message.text for update in updates if update.message]


async def group(sandbox: Sandbox, bot: Bot, **more: object) -> tuple[int, int, int]:
    """A supergroup with its owner, a member and the bot in it; updates so far are drained."""
    owner, member = await sandbox.person("Олег"), await sandbox.person("Анна", username="anna")
    kind = more.pop("type", "supergroup")
    chat = await sandbox.post(
        "/chats", type=kind, title="Группа", owner_id=owner, members=[member, bot.id], **more
    )
    await drain(bot)
    return chat["id"], owner, member


async def admin(sandbox: Sandbox, chat: int, bot: Bot) -> None:
    await sandbox.put(f"/chats/{chat}/members/{bot.id}", **{"as": "admin"})
    await drain(bot)


async def test_that_being_added_is_told_twice(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    owner = await sandbox.person("Олег")
    chat = await sandbox.post("/chats", type="group", title="Г", owner_id=owner)
    await sandbox.post(f"/chats/{chat['id']}/members", username="school_bot")
    member, message = await drain(bot)
    assert member.my_chat_member is not None
    assert member.my_chat_member.old_chat_member.status == "left"
    assert member.my_chat_member.new_chat_member.status == "member"
    assert message.message is not None
    assert message.message.new_chat_members is not None
    assert message.message.new_chat_members[0].id == bot.id


async def test_that_privacy_mode_hides_what_is_not_addressed_to_the_bot(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    chat, owner, member = await group(sandbox, bot)
    spoken = await bot.send_message(chat, "Здравствуйте")
    await sandbox.write(owner, chat, "между нами")
    await sandbox.write(owner, chat, "/help")
    await sandbox.write(owner, chat, "/help@school_bot")
    await sandbox.write(owner, chat, "/help@other_bot")
    await sandbox.write(member, chat, "эй @school_bot, ответь")
    await sandbox.write(member, chat, "это тебе", reply_to=spoken.message_id)
    assert texts(await drain(bot)) == [
        "/help",
        "/help@school_bot",
        "эй @school_bot, ответь",
        "это тебе",
    ]
    await admin(sandbox, chat, bot)
    await sandbox.write(owner, chat, "теперь видно")
    assert texts(await drain(bot)) == ["теперь видно"]


async def test_that_bots_see_each_other_only_in_bot_to_bot_mode(sandbox: Sandbox) -> None:
    teacher = await sandbox.bot("teacher_bot", privacy_mode=False)
    partner = await sandbox.bot("partner_bot", privacy_mode=False)
    chat, _, _ = await group(sandbox, teacher)
    await sandbox.post(f"/chats/{chat}/members", username="partner_bot")
    await drain(teacher), await drain(partner)
    await partner.send_message(chat, "первое")
    assert await drain(teacher) == []
    await sandbox.put("/bots/teacher_bot", bot_to_bot=True)
    said = await partner.send_message(chat, "второе")
    assert texts(await drain(teacher)) == ["второе"]
    await teacher.send_message(
        chat, "ответ", reply_parameters=ReplyParameters(message_id=said.message_id)
    )
    await teacher.send_message(chat, "без ответа")
    assert texts(await drain(partner)) == ["ответ"]


async def test_that_rights_are_shown_and_demanded(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    chat, owner, member = await group(sandbox, bot)
    with pytest.raises(TelegramBadRequest, match="not enough rights to restrict"):
        await bot.ban_chat_member(chat, member)
    await admin(sandbox, chat, bot)
    await bot.get_updates(allowed_updates=["chat_member", "message"])
    own = await bot.get_chat_member(chat, bot.id)
    assert own.status == "administrator"
    admins = await bot.get_chat_administrators(chat)
    assert {a.user.id for a in admins} == {owner, bot.id}
    await bot.restrict_chat_member(chat, member, ChatPermissions(can_send_messages=False))
    restricted = await bot.get_chat_member(chat, member)
    assert restricted.status == "restricted"
    await sandbox.call(
        "POST", "/messages", {"from": member, "to": chat, "text": "можно?"}, expect=403
    )
    await bot.ban_chat_member(chat, member)
    assert (await bot.get_chat_member(chat, member)).status == "kicked"
    assert await bot.get_chat_member_count(chat) == 2
    kinds = [
        next(iter(u.model_dump(exclude_none=True, exclude={"update_id"}))) for u in await drain(bot)
    ]
    assert kinds == ["chat_member", "chat_member"]
    with pytest.raises(TelegramBadRequest, match="can't remove chat owner"):
        await bot.ban_chat_member(chat, owner)
    await bot.unban_chat_member(chat, member, only_if_banned=True)
    assert (await bot.get_chat_member(chat, member)).status == "left"


async def test_that_a_removed_bot_may_not_write(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    chat, owner, _ = await group(sandbox, bot)
    await sandbox.call("DELETE", f"/chats/{chat}/members/{bot.id}", {"by": owner})
    (update,) = [u for u in await drain(bot) if u.my_chat_member]
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(TelegramForbiddenError, match="bot was kicked from the supergroup chat"):
        await bot.send_message(chat, "Ау")


async def test_that_a_join_request_waits_for_the_bot(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    chat, _, _ = await group(sandbox, bot)
    await admin(sandbox, chat, bot)
    mila, vera = await sandbox.person("Мила"), await sandbox.person("Вера")
    link = await bot.create_chat_invite_link(chat, name="Личная", creates_join_request=True)
    for person in (mila, vera):
        joined = await sandbox.post(
            f"/chats/{chat}/join", user_id=person, invite_link=link.invite_link
        )
        assert joined["status"] == "requested"
    first, _ = await drain(bot)
    assert first.chat_join_request is not None
    assert first.chat_join_request.from_user.id == mila
    assert first.chat_join_request.invite_link is not None
    assert first.chat_join_request.invite_link.name == "Личная"
    await bot.send_message(first.chat_join_request.user_chat_id, "Согласны с правилами?")
    await bot.approve_chat_join_request(chat, mila)
    await bot.decline_chat_join_request(chat, vera)
    assert (await bot.get_chat_member(chat, mila)).status == "member"
    assert (await bot.get_chat_member(chat, vera)).status == "left"
    with pytest.raises(TelegramBadRequest, match="HIDE_REQUESTER_MISSING"):
        await bot.approve_chat_join_request(chat, vera)


async def test_that_invite_links_end(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    chat, _, _ = await group(sandbox, bot)
    await admin(sandbox, chat, bot)
    one, two, three = [await sandbox.person(name) for name in ("А", "Б", "В")]
    limited = await bot.create_chat_invite_link(chat, member_limit=1)
    await sandbox.post(f"/chats/{chat}/join", user_id=one, invite_link=limited.invite_link)
    await sandbox.post(f"/chats/{chat}/join", 404, user_id=two, invite_link=limited.invite_link)
    primary = await bot.export_chat_invite_link(chat)
    await sandbox.post(f"/chats/{chat}/join", user_id=two, invite_link=primary)
    newer = await bot.export_chat_invite_link(chat)
    await sandbox.post(f"/chats/{chat}/join", 404, user_id=three, invite_link=primary)
    revoked = await bot.revoke_chat_invite_link(chat, newer)
    assert revoked.is_revoked
    edited = await bot.edit_chat_invite_link(chat, limited.invite_link, member_limit=5)
    assert edited.member_limit == 5


async def test_that_a_start_link_carries_its_payload(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    person = await sandbox.person()
    await sandbox.post("/open", user_id=person, link="https://t.me/school_bot?start=c_42")
    (update,) = await drain(bot)
    assert texts([update]) == ["/start c_42"]
    owner = await sandbox.person("Олег")
    chat = (await sandbox.post("/chats", type="supergroup", title="Г", owner_id=owner))["id"]
    link = "https://t.me/school_bot?startgroup=g_7&admin=invite_users+delete_messages"
    assert (await sandbox.post("/open", user_id=owner, link=link))["kind"] == "choose"
    await sandbox.post("/open", user_id=owner, link=link, chat_id=chat)
    assert texts(await drain(bot))[-1] == "/start@school_bot g_7"
    own = await bot.get_chat_member(chat, bot.id)
    assert isinstance(own, ChatMemberAdministrator)
    assert own.can_invite_users
    assert own.can_delete_messages
    assert not own.can_restrict_members


async def test_that_a_person_shares_a_chat_on_request(sandbox: Sandbox) -> None:
    bot, person, dialogue = await sandbox.dialogue()
    chat = (await sandbox.post("/chats", type="supergroup", title="Моя", owner_id=person))["id"]
    wanted = KeyboardButtonRequestChat(
        request_id=5,
        chat_is_channel=False,
        bot_is_member=True,
        request_title=True,
        bot_administrator_rights=None,
    )
    await bot.send_message(
        person,
        "Выберите группу",
        reply_markup=ReplyKeyboardMarkup(
            keyboard=[[KeyboardButton(text="Выбрать", request_chat=wanted)]]
        ),
    )
    await sandbox.post(
        "/share-chat", user_id=person, chat_id=dialogue, request_id=5, shared_chat_id=chat
    )
    shared = [
        u.message.chat_shared for u in await drain(bot) if u.message and u.message.chat_shared
    ]
    assert [(s.request_id, s.chat_id, s.title) for s in shared] == [(5, chat, "Моя")]
    assert (await bot.get_chat_member(chat, bot.id)).status == "member"


async def test_that_a_group_grows_into_a_supergroup(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    old, owner, _ = await group(sandbox, bot, type="group")
    new = (await sandbox.post(f"/chats/{old}/migrate"))["id"]
    updates = await drain(bot)
    assert any(u.message and u.message.migrate_to_chat_id == new for u in updates)
    assert any(u.message and u.message.migrate_from_chat_id == old for u in updates)
    with pytest.raises(TelegramMigrateToChat) as raised:
        await bot.send_message(old, "сюда?")
    assert raised.value.migrate_to_chat_id == new
    await bot.send_message(new, "сюда")
    await sandbox.write(owner, new, "да")


async def test_that_topics_part_a_forum(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    chat, owner, _ = await group(sandbox, bot, is_forum=True)
    await admin(sandbox, chat, bot)
    await sandbox.put(
        f"/chats/{chat}/members/{bot.id}",
        **{"as": "admin", "rights": ["can_manage_topics", "can_delete_messages"]},
    )
    topic = await bot.create_forum_topic(chat, "Клиент: Анна")
    said = await bot.send_message(chat, "начнём", message_thread_id=topic.message_thread_id)
    assert (said.is_topic_message, said.message_thread_id) == (True, topic.message_thread_id)
    await drain(bot)
    await sandbox.write(owner, chat, "ответ", thread_id=topic.message_thread_id)
    (update,) = await drain(bot)
    assert update.message is not None
    assert update.message.message_thread_id == topic.message_thread_id
    await bot.close_forum_topic(chat, topic.message_thread_id)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(chat, "мимо", message_thread_id=9999)
    await bot.edit_forum_topic(chat, topic.message_thread_id, name="Анна · оплачено")
    await bot.delete_forum_topic(chat, topic.message_thread_id)


async def test_that_groups_are_limited_to_twenty_a_minute(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    chat, _, _ = await group(sandbox, bot)
    for number in range(20):
        await bot.send_message(chat, f"{number}")
        await sandbox.post("/clock", advance_seconds=1)
    with pytest.raises(TelegramRetryAfter) as raised:
        await bot.send_message(chat, "21")
    assert 30 <= raised.value.retry_after <= 60
    await sandbox.post("/clock", advance_seconds=60)
    await bot.send_message(chat, "21")


async def test_that_pins_and_reactions_are_told(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    chat, owner, _ = await group(sandbox, bot)
    await admin(sandbox, chat, bot)
    await bot.get_updates(allowed_updates=["message", "message_reaction"])
    said = await bot.send_message(chat, "Правила группы")
    await bot.pin_chat_message(chat, said.message_id)
    await sandbox.post(
        "/reactions", user_id=owner, chat_id=chat, message_id=said.message_id, emoji="👍"
    )
    (update,) = [u for u in await drain(bot) if u.message_reaction]
    assert update.message_reaction is not None
    assert update.message_reaction.new_reaction[0].emoji == "👍"  # type: ignore[union-attr]
    full = await bot.get_chat(chat)
    assert full.pinned_message is not None
    assert full.pinned_message.message_id == said.message_id
    await bot.unpin_chat_message(chat)
    assert (await bot.get_chat(chat)).pinned_message is None
    await bot.set_message_reaction(chat, said.message_id, [])


async def test_that_the_bot_changes_title_description_and_permissions(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    chat, _, _ = await group(sandbox, bot)
    await admin(sandbox, chat, bot)
    await bot.set_chat_title(chat, "Новое")
    await bot.set_chat_description(chat, "О чём мы")
    await bot.set_chat_permissions(chat, ChatPermissions(can_send_messages=True))
    full = await bot.get_chat(chat)
    assert (full.title, full.description) == ("Новое", "О чём мы")
    assert full.permissions is not None
    assert not full.permissions.can_send_photos
    with pytest.raises(TelegramBadRequest, match="chat title is not modified"):
        await bot.set_chat_title(chat, "Новое")
    rights = ChatAdministratorRights.model_validate(
        dict.fromkeys(
            [
                "is_anonymous",
                "can_manage_chat",
                "can_delete_messages",
                "can_manage_video_chats",
                "can_restrict_members",
                "can_promote_members",
                "can_change_info",
                "can_invite_users",
                "can_post_stories",
                "can_edit_stories",
                "can_delete_stories",
                "can_send_welcome_messages",
            ],
            True,
        )
    )
    await bot.set_my_default_administrator_rights(rights)
    assert (await bot.get_my_default_administrator_rights()).can_invite_users
    await bot.leave_chat(chat)
    with pytest.raises(TelegramForbiddenError):
        await bot.get_chat(chat)
