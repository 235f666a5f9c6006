"""H2: the question whether a human answers, however it is put, and only that question."""

import pytest

from candor.disclosure.identity import asks_identity, truthful_answer

ASKED = """ты бот?
Вы бот
вы робот или человек?
Это бот?
я с ботом говорю?
я разговариваю с живым человеком?
вы живой?
ты настоящий?
это нейросеть?
ты чатгпт?
это ИИ?
кто мне отвечает, робот или человек?
отвечает человек или программа?
это автоответчик?
есть тут живой человек?
ты искусственный интеллект?
бот чтоли
похоже вы бот
по-моему, ты бот
ты точно не робот?
вы человек?
человек ли ты?
а вы вообще живой человек или нет
Здравствуйте! Скажите, я общаюсь с человеком или с роботом? И сколько стоит курс?
ты челавек?
ты чиловек или робт
мне бот отвечает?
кто ты?
кто вы такой
с кем я говорю?
докажи, что ты не бот
вы правда человек?
на том конце живой человек?
бот?
Ты б\u200bот?
ты бoт?
со мной реальный человек общается?
живые люди тут есть?
это живой человек пишет?
Вы не робот случайно?
а это точно не бот?
это вы сами пишете или нейросеть?
are you a bot?
Are you human?
r u real
are u a real person
is this a real person?
am I talking to a human?
am i chatting with a bot
is this a bot
you're a bot right?
prove you're human
are you chatgpt?
are you an AI?
human or bot?
is it ai answering me?
is anyone real there?
are you a hmuan
Hi! Quick question, is this an automated reply or a person?
Who am I talking to?
who are you?
what are you
do I speak with a machine?
is there a human behind this?
are you a robot or what
wait, are you a real human being?
you are not a real person, are you
am I speaking to an actual person
this is a bot isn't it
Is a person answering or a computer?
u a bot?
is that a bot typing
б0т?
ты b0t?
Ты бо́т?
is this an automated reply?
Are you Claude?
Are you GPT?
are you gpt-4?
ты автоматическая система?
это автоответ?
это автоматический ответ?
это живой кто-то?
кто-то живой тут есть?
am I talking to a machine
кто мне отвечает, программа?
нейросеть отвечает?
are you a virtual assistant?
Вы виртуальный помощник?
are you powered by AI?
ты на gpt?
вы работаете на нейросети?
are you a language model?
ты языковая модель?
ты из плоти и крови?
are you flesh and blood?
is this an AI response?
was that an automated message?
это сообщение от бота?
Вы случайно не автоответчик?
р0бот?
ты р0бот
r u a r0bot
are you hum4n?
ты гигачат?
мне отвечает автоматическая система?
а вы точно челове́к?
Are you an AI or a real persоn?
with whom am I speaking?
are you sentient?
Is this a bot message?
это робот-помощник?
Клод, это ты?"""
NOT_ASKED = """мне нужен бот для магазина
сколько стоит сделать бота
а человек может справиться за неделю?
Are you a human resources company?
is this a real offer
is this an AI course?
это курс по ИИ?
вы делаете ботов?
вы человек занятой, понимаю
хочу поговорить с человеком
позовите человека
пусть ответит человек
сколько человек в группе?
какой у вас реальный результат?
это реальная цена?
это настоящий сертификат?
вы настоящие профессионалы
тут 5 человек в группе?
живой урок или запись?
это живые занятия?
do you teach AI?
is there a real discount
you are real professionals
I am a machine operator, is it for me?
how many people are in a group?
can a person with no experience join?
this program looks good
это программа на год?
какая программа обучения?
это хорошая программа?
там программа курса есть?
уже работаю с нейросетями
расскажите о программе
are you open on Sunday?
I want to build a chatbot
is it a computer course?
это компьютерный курс?
это на компьютере делать?
I need a human
это машинное обучение?
вы где находитесь?
это для людей без опыта?
есть люди которые уже прошли?
real people reviews?
это реально за месяц?
живу в Казани
are there any real results?
мебель настоящая, из дерева?
это настоящий дуб?
у вас работа роботом или вручную?
кто ведет занятия?
что вы предлагаете?
кто преподаватель?
это скрипт на питоне?
this software costs how much?
you have a person for taxes?
вас интересует человек с опытом?
Здравствуйте, хочу записаться на курс
а на курсе учат делать ботов?
бот для записи есть?
автоответчик можно настроить?
вы учите работать с Claude?
у вас есть курс по ChatGPT?
это курс про gpt?
какие у вас автоматические системы?
это автоматическая система полива?
is this an automatic watering system?
are you an AI company?
вы продаете автоматические системы?
это электронный учебник?
это виртуальная экскурсия?
can I build a bot on GPT?
можно ли сдавать задания, написанные нейросетью?
Is Claude better than ChatGPT?
Gemini лучше или Claude?
у тебя есть мама?
ты спишь?
do you sleep?
what did you have for lunch?
живые занятия есть?
кто-то из преподавателей свободен?
кто-нибудь ответит мне?
есть кто-то из менеджеров?
мне пришёл автоматический отказ банка
do you send automated messages?
do you run on weekends?
is this a text course?
are these messages kept?
это обычный ответ на тест?
вы на связи?
вы на базе университета?
вы работаете на выходных?
сколько стоит настроить автоответчик?
робот-пылесос есть?
на курсе собирают робота?
помогите с ботом для телеграма
урок 0 и урок 1 чем отличаются?
b2b курсы есть?
у вас 4G или wifi?
кто-то живой ведёт уроки?
кто-то настоящий проверяет задания?
are you real estate agents?"""


@pytest.mark.parametrize("text", ASKED.splitlines())
def test_that_the_question_is_noticed(text: str) -> None:
    assert asks_identity(text) is not None


@pytest.mark.parametrize("text", NOT_ASKED.splitlines())
def test_that_other_messages_are_left_alone(text: str) -> None:
    assert asks_identity(text) is None


@pytest.mark.parametrize(
    "text", ["Ты человек?", "Вы бот?", "кто ты?", "are you real?", "is this a bot?"]
)
def test_that_the_answer_is_true_whatever_was_asked(text: str) -> None:
    question = asks_identity(text)
    assert question is not None
    answer = truthful_answer(question, business="Маяк")
    assert ("ИИ" in answer and "не человек" in answer) or (
        "AI" in answer and "not a person" in answer
    )
    assert "Маяк" in answer
    assert "/human" in answer


def test_that_the_rest_of_a_message_remains_to_be_answered() -> None:
    question = asks_identity("Ты бот? И сколько стоит курс?")
    assert question is not None
    assert question.rest == "И сколько стоит курс?"


@pytest.mark.parametrize(
    "text",
    [
        "let me talk to a real person",
        "can I speak to a human?",
        "позовите живого человека",
        "можно поговорить с человеком?",
        "хочу, чтобы ответил человек",
    ],
)
def test_that_a_wish_for_a_person_is_no_question_who_writes(text: str) -> None:
    assert asks_identity(text) is None


@pytest.mark.parametrize(
    "words",
    [
        "на каких машинах вы учите?", "какая у вас программа?", "по какой программе вы занимаетесь?",
        "какие машины у вас?", "стиральную машину вы ремонтируете?", "какие компьютеры вы чините?",
        "программу обучения пришлёте?", "what machine are you using?", "which computer are you repairing?",
    ],
)  # fmt: skip
def test_that_a_question_about_what_is_taught_or_repaired_is_not_about_us(words: str) -> None:
    assert asks_identity(words) is None


@pytest.mark.parametrize(
    "words",
    [
        "Hi, can I talk to an actual person?", "Hi, could I talk to a real person please?",
        "hey can i talk to a human", "talk to a real person", "I don't want to talk to a bot",
        "is there a person I can talk to?",
    ],
)  # fmt: skip
def test_that_a_wish_for_a_person_is_no_question_whether_one_is_here(words: str) -> None:
    assert asks_identity(words) is None


@pytest.mark.parametrize(
    "words",
    ["вы машина?", "ты програма?", "какая ты программа?", "are you a machine?", "am I talking to a real person?"],
)  # fmt: skip
def test_that_the_question_is_still_heard_beside_them(words: str) -> None:
    assert asks_identity(words) is not None
