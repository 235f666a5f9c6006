"""Approval in the owner's Telegram: the chat is linked by a code, a button binds to an exact text."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.integration.commenting.conftest import APPROVER, DRAFTS, POST_TEXT, Stage
from tests.integration.commenting.owner_phone import ANNA, STRANGER, Phone, add_operator, waiting

from candor.commenting.lanes import CONSIDER_POSTS
from candor.common.ids import OperatorId


@pytest.fixture
async def phone(stage: Stage) -> Phone:
    await add_operator(stage)
    _, account = await stage.scripted(daily_cap=3)
    return Phone(stage, account)


async def test_that_the_code_links_the_chat_once(phone: Phone) -> None:
    code, _until = await phone.stage.owner_chats.make_code(OperatorId(1))
    await phone.write(f"/start {code}")
    assert "связан с панелью (anna@example.org)" in phone.seen[-1].text
    await phone.write(f"/start {code}", by=STRANGER)
    told = phone.stage.telegram.sent[-1]
    assert (told.chat_id, "уже использован" in told.text) == (STRANGER, True)
    (linked,) = await phone.stage.owner_chats.linked()
    assert (linked.user_id, linked.operator_id) == (ANNA, 1)
    assert phone.clients.messages == []


async def test_that_a_code_runs_out(phone: Phone) -> None:
    code, _until = await phone.stage.owner_chats.make_code(OperatorId(1))
    phone.stage.clock.advance(timedelta(minutes=15))
    await phone.write(f"/start {code}")
    assert await phone.stage.owner_chats.linked() == ()


async def test_that_a_newer_code_voids_the_older(phone: Phone) -> None:
    code, _until = await phone.stage.owner_chats.make_code(OperatorId(1))
    await phone.stage.owner_chats.make_code(OperatorId(1))
    await phone.write(f"/start {code}")
    assert await phone.stage.owner_chats.linked() == ()


async def test_that_the_card_shows_every_text_whole_and_once(phone: Phone) -> None:
    comment = await waiting(phone)
    (card,) = phone.cards
    for draft in DRAFTS:
        assert draft in card.text
    assert "«Слова»" in card.text
    await phone.stage.owner_approval.offer_all()
    await phone.settle()
    assert phone.cards == [card]
    assert (await phone.stage.comment(comment.id)).status == "pending"


async def test_that_a_button_approves_exactly_the_text_of_its_variant(phone: Phone) -> None:
    comment = await waiting(phone)
    answer = await phone.press(phone.cards[0], "Вариант 2")
    assert answer.startswith("Одобрено. Выйдет")
    approved = await phone.stage.comment(comment.id)
    assert approved.text == comment.variants[1]
    assert (approved.approved_by, approved.approver) == (1, "anna@example.org (Telegram)")
    await phone.stage.run_lanes()
    posted = [one for one in phone.stage.telegram.sent if one.chat_id != ANNA]
    assert len(posted) == 1
    assert DRAFTS[1] in posted[0].text


async def test_that_a_click_in_the_panel_and_one_in_telegram_send_once(phone: Phone) -> None:
    comment = await waiting(phone)
    await phone.stage.approval.approve(comment.id, comment.text, APPROVER)
    assert await phone.press(phone.cards[0], "Вариант 3") == "Уже одобрено."
    await phone.stage.run_lanes()
    assert await phone.press(phone.cards[0], "Вариант 1") == "Уже опубликовано."
    await phone.stage.run_lanes()
    posted = [one for one in phone.stage.telegram.sent if one.chat_id != ANNA]
    assert len(posted) == 1
    assert DRAFTS[0] in posted[0].text
    assert (await phone.stage.comment(comment.id)).approver == APPROVER.name


async def test_that_nobody_else_can_press(phone: Phone) -> None:
    comment = await waiting(phone)
    card = phone.cards[0]
    for chat in (STRANGER, ANNA):
        answer = await phone.press(card, "Вариант 1", by=STRANGER, chat=chat)
        assert "только для владельца" in answer
    (linked,) = await phone.stage.owner_chats.linked()
    await phone.stage.owner_chats.unlink(linked.id, by="operator:1")
    assert "только для владельца" in await phone.press(card, "Вариант 1")
    assert (await phone.stage.comment(comment.id)).status == "pending"


@pytest.mark.parametrize("change", ["is_disabled = true", "role = 'viewer'"])
async def test_that_who_may_not_approve_in_the_panel_may_not_in_telegram(
    phone: Phone, change: str
) -> None:
    comment = await waiting(phone)
    async with phone.stage.engine.begin() as connection:
        await connection.execute(text(f"UPDATE operators SET {change}"))
    assert "только для владельца" in await phone.press(phone.cards[0], "Вариант 1")
    assert (await phone.stage.comment(comment.id)).status == "pending"


async def test_that_a_button_of_an_older_text_approves_nothing(phone: Phone) -> None:
    comment = await waiting(phone)
    old = phone.cards[0]
    own = "Карточки и заметки удобно соединить: слово, пример из жизни, повторение вечером."
    await phone.write(own, to=old)
    newer = phone.cards[-1]
    assert own in newer.text
    assert DRAFTS[0] not in newer.text
    async with phone.stage.engine.begin() as connection:
        await connection.execute(text("UPDATE generated_comments SET variants = '[]'"))
    assert "изменился" in await phone.press(old, "Вариант 1")
    assert (await phone.stage.comment(comment.id)).status == "pending"
    assert (await phone.press(newer, "Одобрить")).startswith("Одобрено")
    assert (await phone.stage.comment(comment.id)).text == own


async def test_that_another_wording_is_checked_like_any_draft(phone: Phone) -> None:
    comment = await waiting(phone)
    await phone.write("Я сама выучила так 500 слов за неделю, карточки помогли.", to=phone.cards[0])
    assert "нельзя опубликовать" in phone.seen[-1].text
    assert (await phone.stage.comment(comment.id)).text == comment.text
    assert len(phone.cards) == 1


async def test_that_a_rejection_asks_for_the_reason_and_passes_it_on(phone: Phone) -> None:
    comment = await waiting(phone)
    await phone.press(phone.cards[0], "Отклонить")
    asked = phone.seen[-1]
    assert asked.text.startswith("Почему нет?")
    await phone.write("слишком учительский тон", to=asked)
    rejected = await phone.stage.comment(comment.id)
    assert (rejected.status, rejected.reason) == ("rejected", "слишком учительский тон")
    await phone.stage.monitor.record_post(phone.stage.arrived(2, POST_TEXT + " Напишите ниже."))
    await phone.stage.run_lanes(CONSIDER_POSTS)
    assert phone.stage.model.requests[-1].guidance == ("слишком учительский тон",)


async def test_that_a_ready_reason_rejects_with_one_press(phone: Phone) -> None:
    comment = await waiting(phone)
    await phone.press(phone.cards[0], "Отклонить")
    assert "Не наш тон" in await phone.press(phone.seen[-1], "Не наш тон")
    assert (await phone.stage.comment(comment.id)).reason == "Не наш тон"
    assert await phone.press(phone.cards[0], "Вариант 1") == "Уже отклонено."


async def test_that_a_snoozed_card_comes_again(phone: Phone) -> None:
    await waiting(phone)
    await phone.press(phone.cards[0], "Через 2 часа")
    assert len(phone.cards) == 1
    await phone.stage.pass_time(timedelta(hours=2))
    assert len(phone.cards) == 2


async def test_that_a_withdrawn_permission_voids_the_card(phone: Phone) -> None:
    comment = await waiting(phone)
    await phone.stage.permissions.revoke(comment.channel_id, by="Ольга", reason="передумала")
    assert "недействительно" in await phone.press(phone.cards[0], "Вариант 1")
    await phone.stage.run_lanes()
    assert [one for one in phone.stage.telegram.sent if one.chat_id != ANNA] == []


async def test_that_an_expired_card_approves_nothing(phone: Phone) -> None:
    comment = await waiting(phone)
    phone.stage.clock.advance(timedelta(hours=25))
    assert "Одобрено" not in await phone.press(phone.cards[0], "Вариант 1")
    await phone.stage.run_lanes()
    assert (await phone.stage.comment(comment.id)).status == "expired"


async def test_that_drafts_that_can_never_be_sent_make_no_card(stage: Stage) -> None:
    await add_operator(stage)
    _, account = await stage.scripted(comment_mode="draft")
    phone = Phone(stage, account)
    await waiting(phone)
    assert phone.cards == []


async def test_that_other_words_of_the_owner_are_a_clients(phone: Phone) -> None:
    await waiting(phone)
    await phone.write("Здравствуйте!")
    await phone.write("И ответ на другое", to=phone.seen[0])
    assert len(phone.clients.messages) == 2


async def test_that_the_owner_is_told_when_a_reader_wants_us_gone(phone: Phone) -> None:
    comment = await waiting(phone)
    await phone.stage.approval.approve(comment.id, comment.text, APPROVER)
    await phone.stage.run_lanes()
    sent = await phone.stage.comment(comment.id)
    said = phone.stage.heard("Не пишите здесь больше", by=STRANGER, reply_to=sent.message_id)
    await phone.stage.discussion.hear(said)
    await phone.settle()
    assert "Канал «Слова» на паузе" in phone.seen[-1].text
