"""What messaging may rely on, whichever gateway it speaks through."""

import random
import secrets
from collections import Counter
from datetime import timedelta

import pytest
from pydantic import SecretStr

from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId
from candor.messaging.gateway import (
    AccountRestrictedError,
    Button,
    ChatClosedError,
    NotReachedError,
    RateLimitedError,
    RejectedError,
    SendText,
    UnconfirmedError,
)
from candor.telegram.bot.client import BotConnections
from candor.telegram.bot.gateway import BotGateway


def fresh() -> int:
    """A `random_id` that no server has seen."""
    return secrets.randbits(62)


async def test_that_a_text_is_sent_as_it_is(anywhere):
    gateway, chat_id = anywhere
    text = "ИИ · *звёзды* <i>и</i> _черта_ 😀"
    sent = await gateway.send_text(SendText(chat_id, text, fresh()))
    assert sent.message_id > 0


async def test_that_a_repeat_is_the_same_message_where_the_gateway_says_so(anywhere):
    gateway, chat_id = anywhere
    message = SendText(chat_id, "один раз", fresh())
    first = await gateway.send_text(message)
    again = await gateway.send_text(message)
    assert (again.message_id == first.message_id) is gateway.is_idempotent


async def test_that_a_repeated_file_is_the_same_message_where_the_gateway_says_so(anywhere):
    gateway, chat_id = anywhere
    what = {"name": "candor.json", "content": b"{}" * 700_000, "caption": "Всё о вас"}
    random_id = fresh()
    first = await gateway.send_file(chat_id, **what, random_id=random_id)
    again = await gateway.send_file(chat_id, **what, random_id=random_id)
    assert (again.message_id == first.message_id) is gateway.is_idempotent


async def test_that_a_reply_a_keyboard_an_edit_and_a_deletion_work(anywhere):
    gateway, chat_id = anywhere
    first = await gateway.send_text(SendText(chat_id, "раз", fresh()))
    keyboard = [[Button("Да", data="yes"), Button("Сайт", url="https://example.org")]]
    second = await gateway.send_text(
        SendText(chat_id, "два", fresh(), reply_to=first.message_id, keyboard=keyboard)
    )
    await gateway.edit_text(chat_id, second.message_id, "два с половиной")
    await gateway.show_typing(chat_id)
    await gateway.delete_message(chat_id, first.message_id)


async def test_that_an_empty_and_a_too_long_text_are_rejected(anywhere):
    gateway, chat_id = anywhere
    for text in ("", "я" * 4097):
        with pytest.raises(RejectedError):
            await gateway.send_text(SendText(chat_id, text, fresh()))


async def test_that_a_stranger_can_not_be_written_to(anywhere):
    gateway, _ = anywhere
    with pytest.raises((ChatClosedError, RejectedError)):
        await gateway.send_text(SendText(TelegramChatId(999_999_999_9), "привет", 1))


async def test_that_an_own_message_is_found_among_numbers_and_left_as_it_is(bot_anywhere):
    gateway, chat_id = bot_anywhere
    keyboard = [[Button("Да", data="yes")]]
    plain = await gateway.send_text(SendText(chat_id, "раз", 1))
    with_buttons = await gateway.send_text(SendText(chat_id, "два", 2, keyboard=keyboard))

    assert await gateway.find_own(chat_id, [plain.message_id], ()) == plain.message_id
    found = await gateway.find_own(chat_id, [with_buttons.message_id], keyboard)
    assert found == with_buttons.message_id


async def test_that_numbers_of_others_and_of_nobody_are_not_taken_for_own(peer):
    theirs = await peer.post(
        "/messages", **{"from": peer.chat_id, "to": "school_bot", "text": "привет"}
    )
    candidates = [TelegramMessageId(theirs["message_id"]), TelegramMessageId(987_654)]
    assert await peer.gateway.find_own(peer.chat_id, candidates, ()) is None
    assert await peer.texts() == []


# --- faults, injected in the sandbox


async def test_that_nothing_is_markup_and_no_preview_is_shown(peer):
    await peer.gateway.send_text(SendText(peer.chat_id, "<b>a</b> https://example.org", 1))
    assert await peer.texts() == ["<b>a</b> https://example.org"]


async def test_that_a_limit_names_its_wait(peer):
    await peer.fault("error_429", retry_after=17)
    with pytest.raises(RateLimitedError) as raised:
        await peer.gateway.send_text(SendText(peer.chat_id, "x", 1))
    assert raised.value.retry_after == timedelta(seconds=17)
    assert await peer.texts() == []


@pytest.mark.parametrize("kind", ["error_500", "disconnect", "timeout_before"])
async def test_that_a_lost_answer_is_unconfirmed(peer, kind):
    await peer.fault(kind, seconds=6)
    with pytest.raises(UnconfirmedError):
        await peer.gateway.send_text(SendText(peer.chat_id, "x", 1))


async def test_that_what_was_done_but_not_answered_is_unconfirmed_and_sent_once(peer):
    await peer.fault("timeout_after", seconds=6)
    with pytest.raises(UnconfirmedError):
        await peer.gateway.send_text(SendText(peer.chat_id, "x", 1))
    assert await peer.texts() == ["x"]


async def test_that_a_lost_answer_to_an_edit_may_be_repeated(peer):
    sent = await peer.gateway.send_text(SendText(peer.chat_id, "x", 1))
    await peer.fault("disconnect", method="editMessageText")
    with pytest.raises(NotReachedError):
        await peer.gateway.edit_text(peer.chat_id, sent.message_id, "y")
    await peer.gateway.edit_text(peer.chat_id, sent.message_id, "y")


async def test_that_a_server_that_is_away_is_not_reached():
    connections = BotConnections("http://127.0.0.1:1")
    client = connections.client(SecretStr("1:aaaaaaaaaaaaaaaaaaaaaaaa"))
    gateway = BotGateway(client, account_id=AccountId(1))
    with pytest.raises(NotReachedError):
        await gateway.send_text(SendText(TelegramChatId(1), "x", 1))
    await connections.close()


async def test_that_a_person_who_blocked_us_closes_the_chat(peer):
    await peer.post("/block", user_id=peer.chat_id, peer="school_bot")
    with pytest.raises(ChatClosedError):
        await peer.gateway.send_text(SendText(peer.chat_id, "x", 1))


async def test_that_a_revoked_token_is_told_and_restricts_the_account(peer):
    peer.server.world._tokens.clear()
    with pytest.raises(AccountRestrictedError) as raised:
        await peer.gateway.send_text(SendText(peer.chat_id, "x", 1))
    assert raised.value.details["signal"] == "token_revoked"
    assert peer.restricted == ["token_revoked"]


async def test_that_a_message_that_is_gone_is_rejected(peer):
    with pytest.raises(RejectedError):
        await peer.gateway.edit_text(peer.chat_id, TelegramMessageId(10_000), "y")


async def test_that_a_file_arrives_with_its_name(peer):
    sent = await peer.gateway.send_file(
        peer.chat_id, name="candor.json", content=b"{}", caption="Всё о вас", random_id=1
    )
    assert sent.message_id > 0


async def test_that_no_secret_shows_in_an_error(peer):
    token = peer.gateway._client._token.get_secret_value()
    await peer.fault("disconnect")
    with pytest.raises(UnconfirmedError) as raised:
        await peer.gateway.send_text(SendText(peer.chat_id, "x", 1))
    assert token not in repr(raised.value)
    assert raised.value.__cause__ is None


async def test_that_of_a_thousand_sends_over_a_breaking_line_none_is_doubled(peer):
    """What was confirmed is there once; what was not is `unconfirmed` and there once or never."""
    connections = BotConnections(peer.server_url, answer_seconds=0.05)
    client = connections.client(peer.gateway._client._token)
    gateway = BotGateway(client, account_id=AccountId(1))
    rng, confirmed, unconfirmed = random.Random(7), [], []
    for number in range(1000):
        peer.server.desk.clock.advance(timedelta(seconds=3))
        if rng.random() < 0.1:
            await peer.fault(rng.choice(["timeout_after", "disconnect"]), seconds=0.2)
        try:
            await gateway.send_text(SendText(peer.chat_id, f"ответ {number}", number + 1))
        except UnconfirmedError:
            unconfirmed.append(f"ответ {number}")
        else:
            confirmed.append(f"ответ {number}")
    await connections.close()
    said = Counter(m.text for m in peer.server.world.history(peer.dialogue).values())
    assert len(confirmed) + len(unconfirmed) == 1000
    assert unconfirmed
    assert [text for text in confirmed if said[text] != 1] == []
    assert [text for text in unconfirmed if said[text] > 1] == []
