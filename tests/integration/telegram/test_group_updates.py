"""Group, channel, membership and payment updates: who is handed what."""

from typing import Any

import pytest

from candor.telegram.bot.seat import Seat
from candor.telegram.ports import ArrivedPost, GroupMessage, JoinRequest, Membership, Reactions

ANNA = {"id": 77, "is_bot": False, "first_name": "Анна"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Учёба"}
CHANNEL = {"id": -1002, "type": "channel", "title": "Маяк", "username": "mayak"}


async def _seat(station: Any, role: str) -> Seat:
    account = await station.management.add_bot(
        await station.token(), role=role, title="x", actor="cli"
    )
    return Seat(account, await station.gateways.client_of(account.id))


def _message(**more: Any) -> dict[str, Any]:
    return {
        "update_id": 1,
        "message": {
            "message_id": 5,
            "date": 1_780_000_000,
            "chat": GROUP,
            "from": ANNA,
            "text": "вопрос @school_bot https://example.org",
            "entities": [{"type": "url", "offset": 19, "length": 19}],
            **more,
        },
    }


async def test_that_a_group_message_says_whether_it_is_for_us(station):
    seat = await _seat(station, "partner")
    await station.desk.take(_message(), seat)
    (told,) = station.recorder.told
    assert isinstance(told, GroupMessage)
    assert told.mentions_us
    assert told.links == ("https://example.org",)
    assert (told.message.chat_type, told.message.chat_title) == ("supergroup", "Учёба")


async def test_that_service_messages_channels_and_anonymous_admins_are_left_out(station):
    seat = await _seat(station, "partner")
    await station.desk.take(_message(text=None, entities=None, new_chat_title="Новая"), seat)
    await station.desk.take(_message(sender_chat=CHANNEL), seat)
    assert station.recorder.told == []


async def test_that_an_automatic_forward_is_a_post_for_any_role(station):
    seat = await _seat(station, "sales")
    origin = {"type": "channel", "chat": CHANNEL, "message_id": 9, "date": 1_780_000_000}
    await station.desk.take(
        _message(sender_chat=CHANNEL, forward_origin=origin, is_automatic_forward=True), seat
    )
    (post,) = station.recorder.told
    assert isinstance(post, ArrivedPost)
    assert (post.channel_id, post.message_id) == (-1002, 9)
    assert (post.discussion_chat_id, post.discussion_message_id) == (-1001, 5)


async def test_that_a_comment_names_its_thread(station):
    seat = await _seat(station, "commentator")
    await station.desk.take(_message(message_thread_id=4), seat)
    (told,) = station.recorder.told
    assert isinstance(told, GroupMessage)
    assert told.thread_of == 4


async def test_that_a_join_request_names_person_and_link(station):
    seat = await _seat(station, "sales")
    link = {
        "invite_link": "https://t.me/+abc",
        "creator": ANNA,
        "creates_join_request": True,
        "is_primary": False,
        "is_revoked": False,
        "name": "c_7",
    }
    update = {
        "update_id": 2,
        "chat_join_request": {
            "chat": GROUP,
            "from": ANNA,
            "user_chat_id": 77,
            "date": 1_780_000_000,
            "invite_link": link,
        },
    }
    await station.desk.take(update, seat)
    (asked,) = station.recorder.told
    assert isinstance(asked, JoinRequest)
    assert (asked.person.id, asked.link_name) == (77, "c_7")


@pytest.mark.parametrize("kind", ["chat_member", "my_chat_member"])
async def test_that_a_change_of_membership_is_told(station, kind):
    seat = await _seat(station, "sales")
    update = {
        "update_id": 3,
        kind: {
            "chat": GROUP,
            "from": ANNA,
            "date": 1_780_000_000,
            "old_chat_member": {"status": "left", "user": ANNA},
            "new_chat_member": {"status": "member", "user": ANNA},
        },
    }
    await station.desk.take(update, seat)
    (change,) = station.recorder.told
    assert isinstance(change, Membership)
    assert (change.before, change.after, change.is_in) == ("left", "member", True)
    assert change.is_us is (kind == "my_chat_member")


async def test_that_a_channel_where_the_bot_was_removed_is_told_to_commenting(station):
    seat = await _seat(station, "sales")
    update = {
        "update_id": 3,
        "my_chat_member": {
            "chat": CHANNEL,
            "from": ANNA,
            "date": 1_780_000_000,
            "old_chat_member": {"status": "member", "user": ANNA},
            "new_chat_member": {"status": "left", "user": ANNA},
        },
    }
    await station.desk.take(update, seat)
    (change,) = station.recorder.told
    assert (change.chat_type, change.is_in) == ("channel", False)


async def test_that_reactions_are_told_as_numbers_without_names(station):
    seat = await _seat(station, "commentator")
    changed = {"chat": GROUP, "message_id": 5, "date": 1_780_000_000}
    heart = {"type": "emoji", "emoji": "❤"}
    one = {**changed, "user": ANNA, "old_reaction": [], "new_reaction": [heart]}
    await station.desk.take({"update_id": 1, "message_reaction": one}, seat)
    counted = {**changed, "reactions": [{"type": heart, "total_count": 7}]}
    await station.desk.take({"update_id": 2, "message_reaction_count": counted}, seat)
    given, all_of_them = station.recorder.told
    assert isinstance(given, Reactions)
    assert (given.difference, given.total) == (1, None)
    assert all_of_them.total == 7
    assert [told.update_id for told in station.recorder.told] == [1, 2]
    assert "Анна" not in repr(station.recorder.told)


async def test_that_reactions_reach_commentators_only(station):
    seat = await _seat(station, "sales")
    counted = {"chat": GROUP, "message_id": 5, "date": 1_780_000_000, "reactions": []}
    await station.desk.take({"update_id": 2, "message_reaction_count": counted}, seat)
    assert station.recorder.told == []
