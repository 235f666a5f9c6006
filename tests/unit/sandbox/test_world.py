"""The world by itself: records to JSON and back, rights, and that it knows no door."""

import ast
import json
from datetime import timedelta
from pathlib import Path

import pytest

import candor.sandbox.world
from candor.common.clock import MovableClock
from candor.sandbox.world import chats, invites, membership, people, posting
from candor.sandbox.world.codec import decode, encode
from candor.sandbox.world.model import Message, Status
from candor.sandbox.world.posting import Draft
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import Tables, World

ROOM = Path(candor.sandbox.world.__file__).parent


@pytest.fixture
def world() -> World:
    return World(MovableClock())


def say(world: World, chat_id: int, sender_id: int, text: str) -> Message:
    return posting.post(world, Draft(chat_id=chat_id, sender_id=sender_id, content={"text": text}))


def test_that_a_world_survives_json(world: World) -> None:
    owner = people.add_person(world, first_name="Олег", username="oleg")
    bot = people.add_bot(world, username="school_bot", name="Школа")
    channel = chats.create_channel(world, title="Маяк", owner_id=owner.id, username="mayak")
    chats.open_direct_messages(world, channel)
    membership.promote(world, channel, user_id=bot.id, by=owner.id, asked=None)
    message = say(world, channel.id, owner.id, "Запись")
    invites.create(world, channel, creator_id=owner.id)
    message.reactions[owner.id] = [{"type": "emoji", "emoji": "👍"}]
    document = json.loads(json.dumps(encode(world.tables)))
    again = decode(Tables, document)
    assert again == world.tables
    restored = World(MovableClock())
    restored.tables = again
    restored.reindex()
    assert restored.by_username("@MAYAK") == channel
    assert restored.chats_of_user == world.chats_of_user


def test_that_the_world_knows_no_door() -> None:
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith(("aiohttp", "candor.sandbox.botapi")), path
                assert not name.startswith("candor.sandbox.control"), path


def test_that_names_are_unique_in_any_case(world: World) -> None:
    people.add_person(world, first_name="А", username="anna")
    with pytest.raises(Refusal) as raised:
        people.add_person(world, first_name="Б", username="Anna")
    assert raised.value.reason is Reason.USERNAME_TAKEN
    with pytest.raises(Refusal) as raised:
        people.add_bot(world, username="school", name="Школа")
    assert raised.value.reason is Reason.USERNAME_INVALID


def test_that_bans_end_when_their_time_is_over() -> None:
    clock = MovableClock()
    world = World(clock)
    owner, member = (people.add_person(world, first_name=name) for name in "АБ")
    group = chats.create(world, kind="supergroup", title="Г", owner_id=owner.id)
    membership.add(world, group, user_id=member.id, by=owner.id)
    membership.ban(world, group, user_id=member.id, by=owner.id, until=world.now() + 60)
    clock.advance(timedelta(seconds=61))
    membership.lift_expired(world, group)
    assert group.members[member.id].status is Status.LEFT


def test_that_a_comment_needs_no_membership_but_a_message_does(world: World) -> None:
    owner = people.add_person(world, first_name="Олег")
    reader = people.add_person(world, first_name="Анна")
    channel = chats.create_channel(world, title="М", owner_id=owner.id, username="mayak")
    post = say(world, channel.id, owner.id, "Запись")
    root = posting.discussion_root(world, channel.id, post.id)
    assert root
    comment = Draft(
        chat_id=root.chat_id,
        sender_id=reader.id,
        content={"text": "Вопрос"},
        reply=posting.Reply(root.id),
    )
    assert posting.post(world, comment).thread_id == root.id
    with pytest.raises(Refusal) as raised:
        say(world, root.chat_id, reader.id, "просто так")
    assert raised.value.reason is Reason.NOT_A_MEMBER
