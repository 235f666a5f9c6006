"""Channels through aiogram: posts, discussion groups, comments, direct messages."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import MessageOriginChannel, ReplyParameters
from tests.integration.sandbox.conftest import Sandbox, drain


async def channel(sandbox: Sandbox, **more: object) -> dict[str, int]:
    owner = await sandbox.person("Олег")
    made = await sandbox.post("/channels", username="mayak", title="Маяк", owner_id=owner, **more)
    return {"id": made["id"], "group": made["discussion_chat_id"], "owner": owner}


async def commentator(sandbox: Sandbox, group: int) -> Bot:
    bot = await sandbox.bot("comment_bot")
    await sandbox.post(f"/chats/{group}/members", username="comment_bot", **{"as": "admin"})
    await drain(bot)
    return bot


async def test_that_a_post_arrives_in_the_discussion_group(sandbox: Sandbox) -> None:
    made = await channel(sandbox)
    bot = await commentator(sandbox, made["group"])
    post = await sandbox.post("/channels/mayak/posts", text="Пять способов")
    (update,) = await drain(bot)
    message = update.message
    assert message is not None
    assert message.is_automatic_forward
    assert message.from_user is not None
    assert message.from_user.id == 777000
    assert message.sender_chat is not None
    assert message.sender_chat.id == made["id"]
    assert isinstance(message.forward_origin, MessageOriginChannel)
    assert message.forward_origin.message_id == post["message_id"]
    assert message.message_id == post["discussion_message_id"]
    assert message.chat.id == post["discussion_chat_id"]


async def test_that_a_reply_to_the_forward_is_a_comment(sandbox: Sandbox) -> None:
    made = await channel(sandbox)
    bot = await commentator(sandbox, made["group"])
    post = await sandbox.post("/channels/mayak/posts", text="Пять способов")
    root = post["discussion_message_id"]
    sent = await bot.send_message(
        made["group"], "ИИ · Маяк\nСпасибо!", reply_parameters=ReplyParameters(message_id=root)
    )
    assert sent.message_thread_id == root
    reader = await sandbox.person("Анна")
    answer = await sandbox.write(reader, made["group"], "А пример?", reply_to=sent.message_id)
    found = [u.message for u in await drain(bot) if u.message]
    assert found[-1].message_thread_id == root
    assert found[-1].reply_to_message is not None
    assert found[-1].reply_to_message.message_id == sent.message_id
    (shown,) = await sandbox.get("/channels/mayak/posts")
    assert shown["comments"] == 2
    thread = await sandbox.get(f"/chats/{made['group']}/messages", thread_id=root)
    assert [item["message_id"] for item in thread] == [root, sent.message_id, answer["message_id"]]


async def test_that_an_edited_post_is_edited_in_the_group(sandbox: Sandbox) -> None:
    made = await channel(sandbox)
    bot = await commentator(sandbox, made["group"])
    post = await sandbox.post("/channels/mayak/posts", text="Черновик")
    await sandbox.put(
        f"/chats/{made['id']}/messages/{post['message_id']}",
        user_id=made["owner"],
        text="Чистовик",
    )
    update = (await drain(bot))[-1]
    assert update.edited_message is not None
    assert update.edited_message.text == "Чистовик"


async def test_that_only_administrators_post(sandbox: Sandbox) -> None:
    made = await channel(sandbox)
    reader = await sandbox.person("Анна")
    await sandbox.post(f"/chats/{made['id']}/join", user_id=reader)
    await sandbox.post("/messages", 403, **{"from": reader, "to": "@mayak", "text": "и я хочу"})
    bot = await sandbox.bot()
    with pytest.raises(TelegramForbiddenError, match="not a member of the channel chat"):
        await bot.send_message("@mayak", "и я")
    await sandbox.post(f"/chats/{made['id']}/members", 400, username="school_bot")
    await sandbox.post(f"/chats/{made['id']}/members", username="school_bot", **{"as": "admin"})
    posted = await bot.send_message("@mayak", "запись")
    assert posted.chat.type == "channel"
    assert posted.sender_chat is not None
    await sandbox.post("/channels/mayak/posts", text="от владельца")
    update = (await drain(bot))[-1]
    assert update.channel_post is not None
    assert update.channel_post.text == "от владельца"


async def test_that_a_bot_reads_the_link_between_channel_and_group(sandbox: Sandbox) -> None:
    made = await channel(sandbox)
    bot = await commentator(sandbox, made["group"])
    full = await bot.get_chat(made["group"])
    assert full.linked_chat_id == made["id"]
    seen = await bot.get_chat("@mayak")
    assert (seen.title, seen.linked_chat_id) == ("Маяк", made["group"])
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.get_chat("@nobody_here")


async def test_that_readers_write_to_the_channel_directly(sandbox: Sandbox) -> None:
    made = await channel(sandbox, direct_messages=True)
    direct = (await sandbox.get("/chats/@mayak"))["direct_chat_id"]
    bot = await sandbox.bot()
    await sandbox.post(
        f"/chats/{made['id']}/members",
        username="school_bot",
        **{"as": "admin", "rights": ["can_post_messages", "can_manage_direct_messages"]},
    )
    await drain(bot)
    reader = await sandbox.person("Анна")
    await sandbox.write(reader, direct, "Можно вопрос?")
    (update,) = await drain(bot)
    assert update.message is not None
    assert update.message.chat.is_direct_messages
    topic = update.message.direct_messages_topic
    assert topic is not None
    assert topic.user is not None
    assert topic.user.id == reader
    with pytest.raises(TelegramBadRequest, match="channel direct messages topic must be specified"):
        await bot.send_message(direct, "кому?")
    await bot.send_message(direct, "Да, конечно", direct_messages_topic_id=topic.topic_id)
    assert await sandbox.texts(direct, user_id=reader) == ["Можно вопрос?", "Да, конечно"]
    other = await sandbox.person("Мила")
    assert await sandbox.texts(direct, user_id=other) == []
    assert (await bot.get_chat(direct)).parent_chat is not None
