"""What a sentence leaves open, does not promise or only says back is no claim; what stands beside it still is."""

from time import perf_counter

import pytest

from candor.disclosure.claims import Proof, by_rules, find_claims
from candor.disclosure.not_claimed import claimed
from candor.disclosure.visible_text import visible

SCHOOL = Proof(
    facts=(
        "Курс английского «Мост» стоит 4 900 рублей и длится шесть недель.",
        "Занятия проходят по вторникам в 19:00, урок 45 минут.",
        "Уроки ведёт Марина Ельцова.",
    )
)
LESSONS = Proof(
    facts=(
        "The spring course costs £216 and runs for six weeks.",
        "Lessons are on Tuesdays at 7 pm and last 45 minutes.",
        "Every lesson is taught by Noelle Grant.",
    )
)


def minded(text: str) -> list[str]:
    """What rules that nothing overrules mind in it."""
    proof = LESSONS if text.isascii() else SCHOOL
    return [one.reason.value for one in by_rules(visible(text), proof) if one.is_sure]


@pytest.mark.parametrize(
    "text",
    [
        "Есть ли скидка на двойняшек, я не знаю, уточню.",
        "Про рассрочку не подскажу, в моих данных её нет.",
        "Кто из специалистов работает в пятницу, не знаю, уточню и вернусь.",
        "Whether the evening group has a discount isn't something I've been told.",
        "I don't know how many people usually come on Mondays, I'll ask Noelle.",
        "I'll ask Noelle if she could take a beginner next week.",
        "Гарантировать, что к июню вы сдадите экзамен, не могу.",
        "Что за три месяца накачаетесь, пообещать не могу, честно.",
        "Не возьмусь обещать, что за месяц затанцуете как на видео.",
        "Пятёрку на экзамене обещать нельзя, многое зависит от самого ученика.",
        "I'm not going to promise a flat stomach by summer.",
        "Passing first time isn't something I can promise.",
    ],
)
def test_that_what_is_unknown_or_not_promised_is_no_claim(text: str) -> None:
    assert minded(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Есть ли скидка на двойняшек, не знаю, но для вас будет полцены.",
        "Не буду обещать, но вы сдадите на отлично.",
        "Не могу обещать места, зато скидка будет 50 %.",
        "Скидка 50 %, а рост обещать не могу.",
        "I can't promise a place, but you get half price.",
        "I don't know about Mondays, you'll be fluent in two weeks.",
        "Nobody can promise that, we guarantee a job instead.",
    ],
)
def test_that_what_stands_beside_it_is_still_stopped(text: str) -> None:
    assert find_claims(text, LESSONS if text.isascii() else SCHOOL)


@pytest.mark.parametrize(
    "text",
    [
        "Вы говорили, что соседи уже стучат по батарее.",
        "Ясно: соседи сверху уже дважды заливали.",
        "Понял вас: старый админ уволился месяц назад.",
        "So most people find you by word of mouth, got it.",
        "You said you failed the last test on the parallel parking.",
        "Семьдесят лет, какой юбилей, поздравляю!",
        "Studying after a twelve-hour shift takes real determination.",
        "Не расстраивайтесь, двойка по алгебре — это поправимо.",
        "Рада, что заглянули! Задавайте любые вопросы.",
        "Здорово, что дочка сама захотела английский.",
    ],
)
def test_that_the_clients_own_life_may_be_said_back(text: str) -> None:
    assert minded(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Ясно: наши ученики уже заговорили за месяц.",
        "Поздравляю, наш курс длится три года!",
        "Не расстраивайтесь, за ваш ответ ставлю пятёрку.",
        "So our students passed in a week, got it.",
    ],
)
def test_that_a_claim_of_ours_is_not_said_back(text: str) -> None:
    assert minded(text)


@pytest.mark.parametrize(
    "text",
    [
        "Тексты мне не дали, спрошу у Веры.",
        "I completely understand, tax letters ruin a morning.",
        "Is there a deal for twins? Not that I've been told, but I'll ask.",
        "I can hand you to a person right away.",
        "A dinosaur cake for a five-year-old, I love it already.",
        "Пришлите файл, и я прикину объём.",
    ],
)
def test_that_an_assistants_own_doings_are_no_life(text: str) -> None:
    assert minded(text) == []


@pytest.mark.parametrize(
    "text", ["I love this place.", "I've been here for years.", "I got the job thanks to it."]
)
def test_that_a_life_of_its_own_stays_one(text: str) -> None:
    assert "experience" in minded(text)


@pytest.mark.parametrize(
    "text",
    [
        "есть ли " + "скидка на " * 400,
        "обещать, что " + "вы, вы " * 400,
        "whether " + "you and they " * 400,
        "что " + "мы не " * 400 + "обещать",
    ],
)
def test_that_long_sentences_take_no_time_to_speak_of(text: str) -> None:
    before = perf_counter()
    claimed(text)
    assert perf_counter() - before < 0.5


def test_that_a_denied_offer_is_none_to_tell_in_other_words() -> None:
    denied = Proof(facts=(*SCHOOL.facts, "Рассрочки нет, скидок не даём."))
    assert find_claims("Можно в рассрочку на полгода.", denied)
    assert find_claims("Постоянным ученикам положена скидка.", denied)


@pytest.mark.parametrize(
    "text",
    [
        "Понимаю вас, курс длится три года.",
        "I understand, the course lasts three years.",
        "Often the course takes ten days.",
        "Обещать не буду, за месяц заговорите.",
        "По английскому у вас пятёрка, молодец!",
        "Не переживайте, у вас твёрдая тройка.",
    ],
)
def test_that_sympathy_and_advice_hide_no_figure_or_mark_of_ours(text: str) -> None:
    assert minded(text)
