"""Who answers a message in a group, what code answers by itself, and the reason that is kept."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.integration.education.conftest import (
    BORIS,
    BUSINESS,
    PARTNERS,
    STEPS,
    STRANGER_BOT,
    TEACHER,
    VERA,
    Stage,
)

from candor.disclosure.labels import LabelKind, is_labelled
from candor.disclosure.vulnerable import hand_over_text
from candor.education.lesson import DoneRule
from candor.education.ports import NewGroupMessage

SOON = timedelta(seconds=10)
CURIOUS = PARTNERS[0]


async def new(stage: Stage, before: int) -> list[Any]:
    return stage.telegram.sent[before:]


async def test_that_a_question_is_answered_by_the_teacher_as_a_reply(stage: Stage) -> None:
    await stage.at_task()
    before = len(stage.telegram.sent)
    await stage.say("Можно прислать голосовое?")
    await stage.pass_time(SOON)

    (answer,) = await new(stage, before)
    assert answer.account == TEACHER
    assert "Голосовое можно записать" in answer.text
    assert answer.reply_to == stage.numbers
    assert await stage.why("голосовое") == ("teacher", "a question to the lesson")


@pytest.mark.parametrize("how", ["name", "username", "reply"])
async def test_that_a_partner_who_is_asked_answers_with_its_label(stage: Stage, how: str) -> None:
    await stage.at_task()
    said = next(one for one in stage.telegram.sent if one.account == CURIOUS.account_id)
    before = len(stage.telegram.sent)
    words, more = {
        "name": ("Почемучка, а как спросить иначе?", {}),
        "username": ("@mayak_curious_bot а как спросить иначе?", {}),
        "reply": ("а как спросить иначе?", {"reply_to": said.message_id}),
    }[how]
    await stage.say(words, **more)
    await stage.pass_time(SOON)

    (answer,) = await new(stage, before)
    assert answer.account == CURIOUS.account_id
    assert is_labelled(
        answer.text, LabelKind.PARTNER, business=BUSINESS, language="ru", partner_name=CURIOUS.name
    )
    assert await stage.why("иначе") == (CURIOUS.name, "a partner was asked")


async def test_that_a_partner_asked_for_its_own_experience_is_honest(stage: Stage) -> None:
    await stage.at_task()
    stage.model.answer = "Да, мне очень помогло, я выучил язык за месяц!"
    before = len(stage.telegram.sent)
    await stage.say("Шаг за шагом, тебе это правда помогло?")
    await stage.pass_time(SOON)

    (answer,) = await new(stage, before)
    assert "Я ИИ-напарник, не человек" in answer.text
    assert "My name is Olga" in answer.text
    assert stage.model.asked == []


async def test_that_an_invented_experience_of_the_model_is_never_sent(stage: Stage) -> None:
    await stage.at_task()
    stage.model.answer = "Я сам учился на этом курсе и выучил язык за месяц."
    before = len(stage.telegram.sent)
    await stage.say("А долго ли учиться?")
    await stage.pass_time(SOON)

    (answer,) = await new(stage, before)
    assert "лучше ответит человек" in answer.text
    assert (await stage.group()).trouble == "A question waits for a person."


@pytest.mark.parametrize(
    ("words", "account"),
    [("Вы человек или бот?", TEACHER), ("Почемучка, ты человек?", CURIOUS.account_id)],
)
async def test_that_identity_is_told_by_code(stage: Stage, words: str, account: int) -> None:
    await stage.at_task()
    before = len(stage.telegram.sent)
    await stage.say(words)
    await stage.pass_time(SOON)
    (answer,) = await new(stage, before)
    assert answer.account == account
    assert "ИИ" in answer.text.split("\n", 1)[-1]
    assert stage.model.asked == []


async def test_that_small_talk_needs_no_answer_and_says_why(stage: Stage) -> None:
    await stage.at_task()
    before = len(stage.telegram.sent)
    await stage.say("ясно")
    await stage.pass_time(SOON)
    assert await new(stage, before) == []
    assert await stage.why("ясно") == ("nobody", "nothing was asked")


async def test_that_a_wish_for_a_person_silences_us_until_it_is_given_back(stage: Stage) -> None:
    group = await stage.at_task()
    before = len(stage.telegram.sent)
    await stage.say("позовите, пожалуйста, администратора")
    await stage.pass_time(SOON)
    assert await stage.why("позовите") == ("human", "a wish for a person or a complaint")
    (notice,) = await new(stage, before)
    assert "Позвал человека" in notice.text

    await stage.say("Можно прислать голосовое?")
    await stage.pass_time(timedelta(days=2))
    assert len(stage.telegram.sent) == before + 1
    assert (await stage.why("голосовое"))[0] == "nobody"

    await stage.steering.pause(group.id, is_paused=False)
    await stage.say("А сколько фраз нужно?")
    await stage.pass_time(SOON)
    assert len(stage.telegram.sent) > before + 1


async def test_that_the_command_human_is_obeyed_at_once(stage: Stage) -> None:
    await stage.at_task()
    before = len(stage.telegram.sent)
    await stage.say("/human")
    await stage.run()
    assert (await stage.group()).handed_off_at is not None
    (notice,) = await new(stage, before)
    assert "Позвал человека" in notice.text


async def test_that_quiet_silences_the_partners_only(stage: Stage) -> None:
    await stage.active()
    await stage.say("/quiet")
    await stage.pass_time(timedelta(minutes=10))
    assert {one.account for one in stage.telegram.sent} == {TEACHER}
    assert any("напарники помолчат" in text for text in await stage.in_group())
    assert (await stage.group()).step == "hello"

    await stage.say("Почемучка, а как спросить иначе?")
    await stage.pass_time(SOON)
    assert (await stage.why("иначе"))[0] == "teacher"


async def test_that_quiet_withdraws_what_partners_were_about_to_say(stage: Stage) -> None:
    await stage.active()
    await stage.pass_time(timedelta(seconds=61))
    assert any("три фразы" in text for text in await stage.in_group())
    await stage.say("/quiet")
    await stage.pass_time(timedelta(minutes=10))
    assert {one.account for one in stage.telegram.sent} == {TEACHER}


@pytest.mark.parametrize("words", ["/stop", "стоп", "/stop@mayak_curious_bot"])
async def test_that_stop_ends_everything_and_hands_nothing_in(stage: Stage, words: str) -> None:
    any_answer = replace(STEPS[1], done_when=DoneRule())
    stage.lessons.script = replace(stage.lessons.script, steps=(STEPS[0], any_answer, STEPS[2]))
    await stage.at_task()
    before = len(stage.telegram.sent)
    await stage.say(words)
    await stage.pass_time(timedelta(days=5))

    group = await stage.group()
    assert group.is_paused
    assert group.task_done_at is None
    assert len(await new(stage, before)) == 1
    assert "Получено" not in (await stage.in_group())[-1]
    assert await stage.why(words) == ("code", "/stop")


async def test_that_a_command_is_answered_once_though_all_our_bots_see_it(stage: Stage) -> None:
    await stage.at_task()
    before = len(stage.telegram.sent)
    await stage.say("/privacy")
    await stage.pass_time(SOON)
    (answer,) = await new(stage, before)
    assert answer.account == TEACHER
    assert (await stage.group()).task_done_at is None


async def test_that_stop_in_the_dialogue_stops_the_group_too(stage: Stage) -> None:
    await stage.at_task()
    before = len(await stage.in_group())
    await stage.inbox.receive(stage._message("/stop", by=VERA, chat=int(VERA)))
    await stage.pass_time(timedelta(days=5))
    assert (await stage.group()).is_paused
    assert len(await stage.in_group()) == before


async def test_that_a_bot_is_never_answered(stage: Stage) -> None:
    await stage.at_task()
    before = len(stage.telegram.sent)
    for number in range(5):
        await stage.say(f"А что дальше, вопрос {number}?", by=STRANGER_BOT, is_bot=True)
    await stage.pass_time(timedelta(hours=1))
    assert await new(stage, before) == []


async def test_that_a_partners_message_seen_by_the_teacher_harms_nothing(stage: Stage) -> None:
    """Newer Bot API versions show bots each other's messages, even before our own send returns."""
    await stage.active()

    async def seen(message_id: int) -> None:
        group = await stage.group()
        async with stage.units() as unit:
            await unit.group_messages.add(
                NewGroupMessage(
                    group_id=group.id,
                    sender_type="other_bot",
                    sender_name="Почемучка",
                    text="...",
                    created_at=stage.clock.now(),
                    message_id=message_id,  # type: ignore[arg-type]
                    sender_id=STRANGER_BOT,
                    answered_at=stage.clock.now(),
                )
            )

    await seen(5000 + len(stage.telegram.sent))
    await stage.pass_time(timedelta(minutes=6))

    assert (await stage.group()).step == "hello"
    rows = await stage.rows("SELECT DISTINCT status FROM outbox WHERE purpose = 'group'")
    assert [row["status"] for row in rows] == ["sent"]


async def test_that_two_people_who_talk_are_left_alone_but_a_question_to_us_is_answered(
    stage: Stage,
) -> None:
    await stage.at_task()
    await stage.join(BORIS, "Борис")
    await stage.pass_time(timedelta(minutes=1))
    before = len(stage.telegram.sent)
    await stage.say("Вера, а ты где живёшь?", by=BORIS)
    stage.clock.advance(timedelta(seconds=5))
    await stage.say("в Твери, а ты где?")
    await stage.pass_time(SOON)
    assert await new(stage, before) == []
    assert (await stage.why("в Твери"))[0] == "nobody"

    said = next(one for one in stage.telegram.sent if "Напишите три фразы" in one.text)
    await stage.say("а сколько фраз?", by=BORIS, reply_to=said.message_id)
    await stage.pass_time(SOON)
    assert (await stage.why("сколько фраз"))[0] == "teacher"


async def test_that_a_question_beside_a_task_that_is_handed_in_is_answered_too(
    stage: Stage,
) -> None:
    await stage.at_task()
    before = len(stage.telegram.sent)
    await stage.say("Меня зовут Вера, я из Твери")
    await stage.say("А можно прислать голосовое?")
    await stage.pass_time(SOON)

    received, answer = await new(stage, before)
    assert (received.account, answer.account) == (TEACHER, TEACHER)
    assert "Получено, спасибо" in received.text
    assert "Голосовое можно записать" in answer.text
    assert answer.reply_to == stage.numbers
    assert await stage.why("голосовое") == ("teacher", "a question to the lesson")


@pytest.mark.parametrize(
    "words",
    ["Did this really work for you? Please tell me more?", "А вы точно не человек, вы бот?"],
)
async def test_that_a_question_about_us_hands_no_task_in(stage: Stage, words: str) -> None:
    await stage.at_task()
    await stage.say(words)
    await stage.pass_time(SOON)
    assert (await stage.group()).task_done_at is None
    assert not any("Получено" in text for text in await stage.in_group())


async def test_that_another_member_hands_no_task_in(stage: Stage) -> None:
    await stage.at_task()
    await stage.join(BORIS, "Борис")
    await stage.say("Меня зовут Борис, я из Перми", by=BORIS)
    await stage.pass_time(SOON)
    assert (await stage.group()).task_done_at is None


async def test_that_another_persons_words_stay_out_of_the_prompt(stage: Stage) -> None:
    await stage.at_task()
    await stage.join(BORIS, "Борис")
    await stage.say("мой номер карты 4276", by=BORIS)
    await stage.pass_time(timedelta(minutes=5))
    await stage.say("Можно прислать голосовое?")
    await stage.pass_time(SOON)
    request = stage.model.asked[-1]
    assert all("4276" not in line.text for line in request.history)


async def test_that_a_flood_is_left_to_a_person(stage: Stage) -> None:
    await stage.at_task()
    for number in range(40):
        await stage.say(f"а вопрос {number}?")
        await stage.pass_time(SOON)
    assert (await stage.group()).handed_off_at is not None
    assert len(stage.telegram.sent) < 50


@pytest.mark.parametrize(
    ("words", "cue"),
    [
        ("хочу умереть, не вижу смысла жить", "self_harm"),
        ("У меня вчера умер муж, простите", "grief"),
        ("Мне 12 лет, а можно?", "minor"),
        ("У меня рак, что мне делать?", "illness"),
        ("Я в долгах, коллекторы звонят", "debt"),
    ],
)
async def test_that_who_is_in_need_is_met_by_a_person(stage: Stage, words: str, cue: Any) -> None:
    await stage.at_task()
    before, read = len(stage.telegram.sent), len(stage.model.read)
    await stage.say(words)
    await stage.pass_time(SOON)

    (notice,) = await new(stage, before)
    assert hand_over_text(cue, language="ru") in notice.text
    assert notice.reply_to == stage.numbers
    group = await stage.group()
    assert group.handed_off_at is not None
    assert group.task_done_at is None
    assert (await stage.why(words))[0] == "human"
    assert stage.model.asked == []
    assert len(stage.model.read) == read


async def test_that_danger_calls_a_person_although_the_lessons_are_paused(stage: Stage) -> None:
    await stage.at_task()
    await stage.say("/stop")
    await stage.pass_time(SOON)
    before = len(stage.telegram.sent)
    await stage.say("Хочу умереть")
    await stage.pass_time(SOON)
    (notice,) = await new(stage, before)
    assert "112" in notice.text


async def test_that_danger_is_seen_beside_a_task_and_another_person(stage: Stage) -> None:
    await stage.at_task()
    await stage.join(BORIS, "Борис")
    await stage.pass_time(timedelta(minutes=1))
    await stage.say("Меня зовут Вера, я из Твери")
    await stage.say("Почемучка, а как спросить иначе?", by=BORIS)
    before = len(stage.telegram.sent)
    await stage.say("а вообще жить надоело")
    await stage.pass_time(SOON)
    (notice,) = await new(stage, before)
    assert "112" in notice.text
    assert (await stage.why("спросить иначе"))[1] == "a person leads this group now"


@pytest.mark.parametrize(
    "words",
    [
        "Моему сыну 12 лет, он семиклассник",
        "Умираю от любопытства, что дальше",
        "Мне 15 фраз хватит?",
    ],
)
async def test_that_an_ordinary_answer_calls_nobody(stage: Stage, words: str) -> None:
    await stage.at_task()
    await stage.say(words)
    await stage.pass_time(SOON)
    assert (await stage.group()).handed_off_at is None


async def test_that_another_persons_words_are_not_put_before_the_clients(stage: Stage) -> None:
    await stage.at_task()
    await stage.join(BORIS, "Борис")
    await stage.pass_time(timedelta(minutes=1))
    before = len(stage.telegram.sent)
    await stage.say("Это Борис, мой телефон 8 999 000 11 22, жена больна", by=BORIS)
    await stage.say("Почемучка, а как спросить иначе?")
    await stage.pass_time(SOON)

    (request,) = stage.model.asked
    assert request.message == "Почемучка, а как спросить иначе?"
    assert not any("8 999" in words for words in stage.model.read)
    (answer,) = await new(stage, before)
    assert answer.account == CURIOUS.account_id
    assert await stage.why("Это Борис") == ("nobody", "people talk to each other")


async def test_that_two_people_who_ask_at_once_are_both_answered(stage: Stage) -> None:
    await stage.at_task()
    await stage.join(BORIS, "Борис")
    said = next(one for one in stage.telegram.sent if "Напишите три фразы" in one.text)
    await stage.say("а сколько фраз?", by=BORIS, reply_to=said.message_id)
    await stage.say("Почемучка, а как спросить иначе?")
    await stage.pass_time(timedelta(minutes=1))
    assert [request.message for request in stage.model.asked] == [
        "а сколько фраз?",
        "Почемучка, а как спросить иначе?",
    ]
