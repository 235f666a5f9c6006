"""A card in the owner's Telegram tells what became of its comment, and then has no buttons."""

from datetime import timedelta

import pytest
from tests.integration.commenting.conftest import APPROVER, DRAFTS, POST_TEXT, Stage
from tests.integration.commenting.owner_phone import Phone, add_operator, waiting

from candor.commenting.comment import Comment
from candor.commenting.lanes import CLOSE_CARDS, SEND_COMMENT
from candor.messaging.gateway import ChatClosedError, NotReachedError, RateLimitedError
from candor.messaging.lanes import DELIVER


@pytest.fixture
async def phone(stage: Stage) -> Phone:
    await add_operator(stage)
    _, account = await stage.scripted(daily_cap=3)
    return Phone(stage, account)


async def open_card(phone: Phone) -> Comment:
    comment = await waiting(phone)
    (card,) = phone.cards
    assert phone.has_buttons(card)
    return comment


async def test_that_a_decision_in_the_panel_takes_the_buttons_away(phone: Phone) -> None:
    comment = await open_card(phone)
    approved = await phone.stage.approval.approve(comment.id, DRAFTS[1], APPROVER)
    await phone.settle()
    (card,) = phone.cards
    said = phone.now_says(card)
    assert not phone.has_buttons(card)
    assert DRAFTS[1] in said
    assert DRAFTS[0] not in said
    assert "Одобрено: Анна (в панели). Выйдет" in said
    assert approved.scheduled_for is not None


async def test_that_a_press_in_telegram_takes_them_away_as_well(phone: Phone) -> None:
    await open_card(phone)
    await phone.press(phone.cards[0], "Вариант 2")
    assert "Одобрено: anna@example.org (в Telegram)" in phone.now_says(phone.cards[0])


async def test_that_the_card_follows_its_comment_to_the_post(phone: Phone) -> None:
    comment = await open_card(phone)
    await phone.stage.approval.approve(comment.id, comment.text, APPROVER)
    await phone.stage.run_lanes()
    said = phone.now_says(phone.cards[0])
    assert "Опубликовано" in said
    assert "https://t.me/slova/1?comment=" in said


async def test_that_a_rejection_tells_who_and_why(phone: Phone) -> None:
    comment = await open_card(phone)
    await phone.press(phone.cards[0], "Отклонить")
    question = phone.seen[-1]
    await phone.stage.approval.reject(comment.id, "Не о сути поста", APPROVER)
    await phone.settle()
    words = "Отклонено: Анна (в панели). Причина: Не о сути поста"
    assert words in phone.now_says(phone.cards[0])
    assert words in phone.now_says(question)


async def test_that_a_card_nobody_answered_says_that_its_time_is_over(phone: Phone) -> None:
    await open_card(phone)
    await phone.stage.pass_time(timedelta(hours=25))
    assert "Больше не действует: никто не решил вовремя." in phone.now_says(phone.cards[0])


@pytest.mark.parametrize("approved", [False, True])
async def test_that_an_edit_of_the_post_voids_the_card(phone: Phone, approved: bool) -> None:
    comment = await open_card(phone)
    if approved:
        await phone.stage.approval.approve(comment.id, comment.text, APPROVER)
        await phone.settle()
    await phone.stage.monitor.record_edit(phone.stage.arrived(1, POST_TEXT + " Исправлено."))
    await phone.settle()
    said = phone.now_says(phone.cards[0])
    assert "пост изменили после того, как комментарий был написан" in said
    assert ("До этого одобрено: Анна (в панели)." in said) is approved


async def test_that_a_withdrawn_permission_voids_the_card(phone: Phone) -> None:
    comment = await open_card(phone)
    await phone.stage.permissions.revoke(comment.channel_id, by="Ольга", reason="передумала")
    await phone.settle()
    said = phone.now_says(phone.cards[0])
    assert "разрешение владельца канала больше не действует" in said


async def test_that_another_text_closes_the_card_of_the_older(phone: Phone) -> None:
    comment = await open_card(phone)
    own = "Карточки и заметки удобно соединить: слово, пример из жизни, повторение вечером."
    await phone.stage.approval.edit(comment.id, own)
    await phone.settle()
    older, newer = phone.cards
    assert phone.now_says(older) == "Текст изменили: его новая карточка ниже."
    assert phone.has_buttons(newer)


async def test_that_a_label_in_front_of_the_card_stays(phone: Phone) -> None:
    await phone.link()
    phone.stage.clock.advance(timedelta(hours=30))
    comment = await phone.stage.pending()
    await phone.settle()
    label = phone.cards[0].text.split("Комментарий на одобрение")[0]
    assert "ИИ" in label
    await phone.stage.approval.approve(comment.id, comment.text, APPROVER)
    await phone.settle()
    assert phone.now_says(phone.cards[0]).startswith(label + "Комментарий ·")


@pytest.mark.parametrize(
    "failure",
    [NotReachedError("away"), RateLimitedError("wait", retry_after=timedelta(seconds=7))],
)
async def test_that_a_card_is_changed_once_telegram_is_there(
    phone: Phone, failure: Exception
) -> None:
    comment = await open_card(phone)
    await phone.stage.approval.reject(comment.id, "Не наш тон", APPROVER)
    phone.stage.telegram.fails = [failure]
    await phone.stage.run_lanes(CLOSE_CARDS)
    assert phone.has_buttons(phone.cards[0])
    phone.stage.clock.advance(timedelta(seconds=30))
    await phone.stage.run_lanes(CLOSE_CARDS)
    assert "Отклонено" in phone.now_says(phone.cards[0])


async def test_that_a_card_which_its_reader_deleted_is_let_be(phone: Phone) -> None:
    comment = await open_card(phone)
    await phone.stage.approval.reject(comment.id, "Не наш тон", APPROVER)
    phone.stage.telegram.fails = [ChatClosedError("gone")]
    await phone.stage.run_lanes(CLOSE_CARDS)
    phone.stage.clock.advance(timedelta(days=1))
    assert await phone.stage.run_lanes(CLOSE_CARDS) == 0
    assert phone.has_buttons(phone.cards[0])


async def test_that_a_card_still_on_its_way_is_changed_when_it_has_arrived(phone: Phone) -> None:
    await phone.link()
    comment = await phone.stage.pending()
    await phone.stage.owner_approval.offer_due(phone.stage.lane("", int(comment.id)))
    await phone.stage.approval.approve(comment.id, comment.text, APPROVER)
    await phone.stage.run_lanes(CLOSE_CARDS, SEND_COMMENT)
    assert phone.cards == []
    phone.stage.clock.advance(timedelta(seconds=2))
    await phone.stage.run_lanes(DELIVER)
    phone.stage.clock.advance(timedelta(seconds=2))
    await phone.stage.run_lanes(CLOSE_CARDS)
    assert "Одобрено: Анна" in phone.now_says(phone.cards[0])
