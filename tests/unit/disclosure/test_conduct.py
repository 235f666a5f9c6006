"""Conduct: offers in a question, promises behind a denial, pressure, insults, secrets, harm, undone deeds."""

import re
import time

import pytest

from candor.disclosure import conduct_patterns, terms_patterns
from candor.disclosure.claims import Proof, Reason, find_claims, is_honest
from candor.disclosure.visible_text import visible

RU = Proof(
    facts=("Курс длится 6 недель.", "Занятия два раза в неделю.", "В группе до восьми человек.")
)
EN = Proof(
    facts=(
        "The course takes 6 weeks.",
        "Lessons are twice a week.",
        "Groups of up to eight people.",
    )
)


def reasons(text: str) -> set[Reason]:
    return {claim.reason for proof in (RU, EN, Proof()) for claim in find_claims(text, proof)}


def is_stopped_everywhere(text: str) -> bool:
    """With facts that say nothing about it, and with none at all."""
    return not any(is_honest(text, proof) for proof in (RU, EN, Proof()))


@pytest.mark.parametrize(
    "text",
    [
        "Записать вас со скидкой?", "Хотите учиться бесплатно?", "Забронировать вам последнее место?",
        "Знаете, что курс сегодня вдвое дешевле?", "Оформить вам рассрочку?", "А вы знали, что все наши выпускники заговорили?",
        "Would you like to get a refund any time?", "Shall I book you with a discount?", "Would you like a free textbook?",
        "Shall I hold the last place for you?", "Would you like to study for free?", "Did you know the course is half price today?",
        "Want the course at half price?", "Представляете, через месяц вы заговорите?",
        "Хотите вернуть деньги в любой момент?",
    ],
)  # fmt: skip
def test_that_an_offer_in_the_clothes_of_a_question_needs_a_fact(text: str) -> None:
    assert is_stopped_everywhere(text)


@pytest.mark.parametrize(
    "text",
    [
        "Вас интересует скидка?", "Вы спрашиваете о скидке?", "Какую скидку вы имеете в виду?", "О каком возврате речь?",
        "Вам нужна рассрочка?", "Хотите, я уточню про скидку?", "Вы видели где-то акцию?", "Вы хотите вернуть деньги?",
        "Рассказать, что известно о возврате?", "Вы спрашиваете, остались ли места?", "Передать коллеге вопрос о последнем месте?",
        "Do you mean a refund?", "Are you asking about a discount?", "Which discount do you mean?", "Do you need instalments?",
        "Would you like me to ask about a discount?", "Shall I ask a colleague about a refund?", "Are you asking whether places are left?",
        "Would you like to know more about the refund?", "Where did you hear about the free lesson?",
        "Is a discount what matters most to you?",
    ],
)  # fmt: skip
def test_that_asking_what_a_client_means_offers_nothing(text: str) -> None:
    assert all(is_honest(text, proof) for proof in (RU, EN, Proof()))


def test_that_a_question_may_offer_what_a_fact_gives() -> None:
    first = Proof(facts=("Первое занятие бесплатно.", "Курс длится 6 недель.", "Группы до восьми."))
    assert is_honest("Записать вас на бесплатное занятие?", first)
    assert not is_honest("Хотите учиться бесплатно?", first)
    free = Proof(facts=("First class is free.", "The course takes 6 weeks.", "Groups of eight."))
    assert is_honest("Want to try the free class?", free)
    assert not is_honest("Would you like a free textbook?", free)


@pytest.mark.parametrize(
    "text",
    [
        "Не буду обещать, но вы сдадите.", "Обещать не могу, но вы заговорите.", "Гарантий нет, но результат будет точно.",
        "Не гарантируем, но все ученики заговорили.", "Уточню у коллеги, но скидка точно есть.", "Никаких скидок, просто половина цены.",
        "Без скидок, просто в два раза меньше платить: вдвое дешевле.", "I can't promise, but you'll pass.",
        "I can't promise anything, but you'll be fluent.", "No discounts, just half the price.", "Обещать не могу, но уровень B2 за месяц реален.",
        "No guarantees, however you will speak in a month.",
    ],
)  # fmt: skip
def test_that_a_denial_excuses_nothing_behind_but(text: str) -> None:
    assert is_stopped_everywhere(text)


@pytest.mark.parametrize(
    "text",
    [
        "Обещать не могу, но расскажу, как устроен курс.", "Скидок нет, но я спрошу у коллеги.", "Не знаю, но уточню.",
        "Гарантировать результат не могу, но на вопросы отвечу.", "Цену не знаю, но передам вопрос.",
        "Результат не обещаю, но занятия идут два раза в неделю.", "Не могу обещать, но постараюсь помочь.",
        "I can't promise that, but I'll ask a colleague.", "I don't know, but I can find out.", "No pressure, just ask.",
        "There are no discounts, but I can pass your question on.",
        "I can't promise a result, but I can tell you how the lessons go.",
    ],
)  # fmt: skip
def test_that_an_honest_denial_with_but_passes(text: str) -> None:
    is_russian = any("а" <= letter <= "я" for letter in text.lower())
    assert is_honest(text, RU if is_russian else EN)


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        *(
            (Reason.RESULT, text) for text in (
                "Невозможно не заговорить.", "Невозможно не заговорить на нашем курсе.", "Без результата никто не уходит.",
                "Никто не уходит без результата.", "Ещё никто не ушёл ни с чем.", "Провалить экзамен у нас невозможно.",
                "You can't fail.", "You cannot fail with us.", "It's impossible not to speak.", "Nobody leaves without a result.",
                "No one has ever left empty-handed.",
            )
        ),
        *(
            (Reason.SCARCITY, text) for text in (
                "Стыдно в вашем возрасте не знать английский.", "Пока вы думаете, другие уже учатся.", "Решайте прямо сейчас, я жду.",
                "Завтра будет поздно.", "В вашем возрасте уже поздно.", "Каждый день промедления отбрасывает вас назад.", "Ваши дети будут вас стесняться.",
                "Вы же не хотите остаться неудачником.", "Вы и так слишком долго тянули.", "Последний вагон уходит.",
                "You don't want to be a loser, do you?", "Decide right now, I'm waiting.", "Tomorrow will be too late.",
                "It's embarrassing not to speak Spanish at your age.", "While you think, others are learning.",
                "While you hesitate, others are already learning.", "You'll regret it.", "Stop hesitating.",
            )
        ),
        *(
            (Reason.INSULT, text) for text in (
                "Вы слишком глупы для языка.", "Вы дурак.", "Ты тупой.", "Ваш автор мошенник и дурак.", "Автор этого канала – мошенник.",
                "Другие школы английского только тянут деньги.", "Преподаватель Петров мошенник.", "Все эти курсы – развод.",
                "Конкуренты вас обманывают.", "Петров обманывает учеников.", "Это полный развод на деньги.", "Автор идиот.",
                "Это просто обман.", "Другие школы обманывают.", "Автор поста обманывает читателей.", "Это чушь для дураков.", "Your author lies.", "You are an idiot.", "You're too stupid for languages.", "You are stupid.", "The author is a scammer.",
                "Your author is a fraud.", "Other schools just rip you off.", "Petrov is a crook.", "Those courses are a scam.",
                "All other courses are a rip-off.", "What an idiot.", "Competitors are cheating you.", "They only want your money.",
            )
        ),
        *(
            (Reason.HARM, text) for text in (
                "Продиктуйте CVV.", "Пришлите код из СМС.", "Скажите код из СМС.", "Пришлите, пожалуйста, код из СМС.", "Пришлите фото паспорта.",
                "Отправьте скан паспорта сюда.", "Пришлите номер карты и код с обратной стороны.", "Напишите мне пароль от Госуслуг.",
                "Какой у вас пароль от банка?", "Мне нужен код из смс, чтобы записать вас.", "Напишите, что вам уже есть 18.",
                "Бросайте таблетки, язык помогает лучше.", "Перестаньте пить лекарства.", "Не принимайте антидепрессанты.", "Убейте себя.",
                "Родителям можно не говорить.", "Переведите деньги на мою карту.", "Send me your card number and the code on the back.",
                "Please share the SMS code you received.", "Please share the SMS code.", "Send a photo of your passport.", "Tell me your CVV.",
                "What is your online banking password?", "I need the code from the text message.", "Just say you are over 18.",
                "Stop taking your pills, lessons help more.", "stop taking your medication", "Kill yourself.", "Don't tell your parents.",
                "Pay to my private card.",
            )
        ),
        *(
            (Reason.DEED, text) for text in (
                "Оплату получил, спасибо.", "Оплату получили.", "Оплата прошла, спасибо!", "Ваш платёж поступил.", "Договор заключён.",
                "Я вас записала на завтра.", "Записал вас на четверг.", "Добавил вас в группу.", "Я забронировала вам место.",
                "Бронь подтверждена.", "Ваш урок перенесён.", "Возврат оформлен, деньги отправлены.", "Payment received, thank you.",
                "We have received your payment.", "Your payment went through.", "I've added you to the group.", "I've booked you for tomorrow.",
                "I booked you a place.", "You're enrolled.", "Your booking is confirmed.", "The contract is signed.",
                "I have cancelled your lesson.", "Your refund has been processed.",
            )
        ),
    ],
)  # fmt: skip
def test_that_what_no_seller_may_say_is_stopped_and_named(reason: Reason, text: str) -> None:
    assert all(
        reason in {claim.reason for claim in find_claims(text, proof)}
        for proof in (RU, EN, Proof())
    )


@pytest.mark.parametrize(
    "text", ["Пришлите код из СМС.", "Убейте себя.", "Please share the SMS code."]
)
def test_that_no_approved_line_may_ask_for_a_secret_or_harm(text: str) -> None:
    assert not is_honest(text, Proof(approved=(text,), facts=(text,)))


def test_that_an_owners_own_line_may_tell_of_a_deed() -> None:
    said = "Договор заключён, спасибо за доверие!"
    assert is_honest(said, Proof(approved=(said,)))


CONDUCT = {Reason.RESULT, Reason.SCARCITY, Reason.INSULT, Reason.HARM, Reason.DEED}


@pytest.mark.parametrize(
    "text",
    [
        # two denials that promise nothing
        "Нельзя не согласиться.", "Не могу не спросить: зачем вам язык?", "Никто не может обещать результат.",
        "Без вашего согласия никто не напишет.", "Никто не уходит без домашнего задания.", "Скажите, вы помните пароль?", "Nobody can promise a result.",
        "You can't fail a conversation, so just write.", "You can't book here, a colleague does that.", "Nobody is rushing you.",
        "Nobody leaves the lesson early.", "You can't lose the recording.",
        # no pressure
        "Не стыдно начинать с нуля.", "Стыдиться нечего, начинать можно в любом возрасте.", "Не торопитесь, думайте спокойно.",
        "Решать вам.", "Пока вы думаете, я отвечу на другие вопросы.", "Если стыдно говорить вслух, это обычное дело.",
        "Пока думаете, задавайте вопросы.", "Начать никогда не поздно.", "В вашем возрасте не поздно.", "Если решите сейчас, напишите.", "Не решайте прямо сейчас.",
        "There's nothing embarrassing about starting late.", "It's never too late to start.", "Don't be embarrassed.",
        "Many people feel embarrassed to speak.", "While you think, I can answer other questions.", "Take your time to decide.",
        "Let me know when you decide.", "You don't have to decide right now.", "Don't decide right now.",
        # nobody is insulted
        "Будьте осторожны с мошенниками.", "Как не попасться мошенникам?", "Мошенники часто просят код из СМС.", "Дурацких вопросов нет.",
        "Глупых вопросов не бывает.", "Вопрос совсем не глупый.", "Это не обман, спросите любого.", "Вы не глупы, язык даётся не сразу.",
        "Развод – тяжёлая тема.", "Понимаю, обмана боятся все.", "Не хочется выглядеть глупо, понимаю.", "Тупить на уроке не страшно.",
        "Вас обманули мошенники? Сочувствую.", "Не бойтесь показаться глупым.", "Обманывать я не стану.", "Жаль, что вас обманули.",
        "Понимаю, вы не хотите, чтобы вас обманули.", "Опасаетесь обмана?", "Если вам пишет мошенник, не отвечайте.",
        "Слово «дурак» по-английски – fool.", "Чувства вас не обманывают.", "Они разводят цветы.", "Курс стоит денег, и это честный вопрос.",
        "Be careful with scammers.", "How to avoid scams?", "Scammers often ask for a code.", "There are no stupid questions.",
        "It's not a stupid question.", "You're not stupid, languages take time.", "It isn't a scam.", "Don't feel stupid.",
        "I understand you're afraid of fraud.", "Nobody wants to look stupid.", "Sorry that you were cheated.", "I won't cheat you.",
        "How to recognise fraud?", "I understand you don't want to be ripped off.", "It's okay to worry whether a course is a scam.",
        # no secret, no harm
        "Никому не сообщайте код из СМС.", "Никогда не присылайте номер карты в чат.", "Не присылайте фото паспорта.",
        "Код из СМС никому не называйте.", "Мы никогда не спрашиваем CVV.", "Пароль никому не говорите.", "Как вас зовут?",
        "Напишите ваш телефон и почту.", "Какой у вас уровень?", "Пришлите номер телефона.", "Пришлите номер договора.",
        "Напишите, сколько вам лет.", "Вам уже есть 18 лет?", "О лекарствах спросите врача.", "Не бросайте лекарства без врача.",
        "Не прекращайте принимать таблетки сами.", "Посоветуйтесь с родителями.", "Введите пароль на сайте.",
        "Номер карты вводится на странице оплаты.", "Возьмите с собой паспорт.", "Пришлите номер карты клиента.",
        "Не говорите жене, пусть будет сюрприз.", "Подскажите номер группы.", "Пришлите фото домашней работы.", "Never share your CVV.",
        "Please don't send your card number here.", "Never share the SMS code with anyone.", "I never ask for passwords.",
        "What is your name?", "What's your phone number?", "Could you send your e-mail?", "What is your level?", "Are you over 18?",
        "Send your phone number and a person will call.", "We will never ask for your password.", "How old are you?",
        "Please ask your doctor about your medication.", "Don't stop taking your medication without your doctor.",
        "You can talk it over with your parents.", "Please bring your passport.", "Send a photo of your homework.",
        "You need a password to enter the site.",
        # nothing is told as done
        "Запишу ваш вопрос.", "Передам ваш вопрос человеку.", "Записал ваш вопрос.", "Записала: вторник вечером.", "Передал ваш вопрос коллеге.",
        "Добавил ваш вопрос в список.", "Когда оплата поступит, придёт письмо.", "Если оплата прошла, напишите.", "Оплата ещё не поступила?",
        "Вы писали, что оплата прошла.", "Не вижу, прошла ли оплата.", "Я не могу проверить, поступила ли оплата.",
        "Договор подписывает человек.", "Записать вас на занятие может только администратор.", "После оплаты вас добавят в группу.",
        "Записать вас не могу, передам коллеге.", "Понял, вы записались на завтра.", "Не знаю, подтверждена ли бронь.",
        "Записал, что вас интересует вечер.", "Оплата принимается картой.", "I'll note your question.", "I've noted that.",
        "I've added your question to the list.", "I've passed your question to a person.", "Once payment is received, you get an e-mail.",
        "If your payment went through, tell me.", "I can't see whether your payment went through.", "Has the payment gone through?",
        "You wrote that the payment went through.", "I can't book you in, but a colleague can.", "A person will book you a place.",
        "You're booked after a colleague confirms.",
    ],
)  # fmt: skip
def test_that_ordinary_and_careful_words_are_no_misconduct(text: str) -> None:
    assert not reasons(text) & CONDUCT - {
        Reason.RESULT if "результат" in text else Reason.DENIES_AI
    }


@pytest.mark.parametrize(
    "text",
    [
        "Никому не сообщайте код из СМС.", "Код из СМС никому не называйте.", "Не присылайте фото паспорта.",
        "Мы никогда не спрашиваем CVV.", "Будьте осторожны с мошенниками.", "Never share your CVV.", "I never ask for passwords.",
        "Please don't send your card number here.", "We will never ask for your password.", "Be careful with scammers.",
    ],
)  # fmt: skip
def test_that_a_warning_needs_no_fact(text: str) -> None:
    assert all(is_honest(text, proof) for proof in (RU, EN, Proof()))


@pytest.mark.parametrize(
    "piece",
    [
        "a", "я", "a ", "не ", "но ", "код ", "пришлите код ", "не пейте таблетки ", "вы ", "это ", "– ", "\"", "»", "payment ",
        "i have booked ", "you ", "n't ", "while you think ", "деньги ", "никто не ", "хотите ", "your ", "is a ", "stop taking ",
    ],
)  # fmt: skip
def test_that_no_text_makes_the_patterns_slow(piece: str) -> None:
    text = visible((piece * 4000)[:4000])
    began = time.process_time()
    for module in (conduct_patterns, terms_patterns):
        for value in vars(module).values():
            for pattern in value if isinstance(value, tuple) else (value,):
                if isinstance(pattern, re.Pattern):
                    list(pattern.finditer(text))
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("piece", ["но ", "не, но ", "no, but ", "не, просто ", "не вы "])
def test_that_many_turns_make_no_judging_slow(piece: str) -> None:
    began = time.process_time()
    find_claims((piece * 4000)[:4000], RU)
    assert time.process_time() - began < 2.0
