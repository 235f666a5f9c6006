"""People who say that they are ill, in debt, under age or in danger are handed to a person."""

import time
from typing import get_args

import pytest

from candor.disclosure.vulnerable import Cue, find_cue, hand_over_text, reason_of

TOLD: dict[Cue, list[str]] = {
    "self_harm": [
        "хочу умереть, не вижу смысла жить", "хочу умере́ть", "хочу у м е р е т ь", "не хочу больше жить", "повешусь", "вскроюсь сегодня",
        "выпилюсь", "устал жить", "Жить надоело.", "Мне незачем жить.", "Всем будет лучше без меня.", "Наглотаюсь таблеток и всё.",
        "хочу роскомнадзорнуться", "думаю о самоубийстве", "у меня мысли о суициде", "Хочу исчезнуть навсегда.", "Хочу уснуть и не проснуться",
        "Я больше не могу, хочу всё закончить.", "режу себя", "I want to kill myself", "I wanna die", "kms", "im gonna kms", "unalive myself",
        "I'm tired of living.", "I took all my pills", "I can't go on anymore.", "i cant go on", "Everyone would be better off without me",
        "life is not worth living", "I'll jump off the bridge tonight", "I don't want to be alive anymore", "I've been thinking about suicide",
        "i keep cutting myself", "I wish I was dead", "я не хочу так больше жить, хочу умереть", "мне хочется сдохнуть", "хочу умереть лол",
        "Скоро я покончу с собой", "лучше бы мне не жить", "нет смысла жить дальше", "у меня была попытка суицида", "я подумываю о самоубийстве",
        "сегодня ночью я выпила все таблетки", "я хочу себя убить", "хочу убить себя", "хочется прыгнуть с крыши", "жить больше не хочется",
        "я никому не нужна, всем станет легче без меня", "I want to die", "i dont want to live anymore", "I don't wanna be here anymore",
        "I'm going to kill myself tonight", "thinking about killing myself", "I'm suicidal", "I feel suicidal",
        "my family would be better off without me", "there is no reason to live", "nothing to live for", "I'm done with life",
        "I can't keep going anymore", "ready to end it all", "I swallowed a bottle of pills", "I self-harm",
    ],
    "grief": [
        "У меня вчера умер муж.", "Похоронила маму на прошлой неделе.", "Сын погиб, мне сейчас не до учёбы.", "Я потеряла ребёнка.", "потеряла маму",
        "У нас траур в семье.", "Сегодня сорок дней как не стало отца.", "мама умерла", "муж умер, я сейчас не могу", "мой брат покончил с собой",
        "завтра еду на похороны", "мама при смерти", "У меня случился выкидыш", "после смерти мужа ничего не хочется", "My husband died yesterday.",
        "I just lost my mother.", "We buried my dad last week.", "I'm grieving, my son passed away.", "I had a miscarriage.",
        "my brother committed suicide", "my mom is dying", "I lost my best friend last month", "у меня мама умерла неделю назад",
        "моя бабушка умерла вчера, не смогу заниматься", "Мы похоронили папу в субботу", "на той неделе похоронили отца", "Папы не стало",
        "У меня горе, умер сын", "муж погиб в аварии", "умер папа", "мужа убили", "my father passed away last night", "my dog walker friend died",
        "my grandmother just died", "we lost our baby", "I'm at my mother's funeral", "my wife died", "Sorry, my dad died on Monday",
        "my sister is dead",
    ],
    "minor": [
        "мне 14 лет, можно записаться?", "Мне 12 лет, а можно?", "Мне 12.", "мне 12)))", "Мне тринадцать", "мне четырнадцать годиков", "12 лет мне",
        "Я в 9 классе учусь", "Я в 7 классе", "в седьмом классе учусь", "учусь в школе, 8 класс", "я семиклассник", "семиклассник",
        "Восьмиклассница я", "я девятиклассница, хочу к вам", "Я школьник", "Я школьник, мне 12", "мне ещё нет 18", "я 2013 года рождения",
        "2013 года рождения", "родился в 2012", "Скоро ЕГЭ, я из одиннадцатого", "мама не разрешает платить", "I'm 15, can I join?", "I'm 13",
        "I'm 13 lol", "im 12 yo", "I am thirteen years old", "13 here", "12 y.o. girl", "7th grader here", "I'm a 7th grader",
        "I'm in seventh grade", "in seventh grade", "born in 2013", "I was born in 2013", "my age is 12", "i turn 15 next month",
        "my parents won't let me pay", "mommy lets me use her card", "I'm in high school", "I'm under 18", "мне всего 13",
        "мне 11 годиков, я хочу на курс", "мне скоро 15", "мне 16 лет и я хочу записаться", "Здравствуйте! Мне 13 лет. Можно к вам?",
        "Меня зовут Петя, мне 10", "Меня зовут Петя, мне 10 лет, учусь в 4 классе", "я учусь в восьмом классе", "ученик 7 класса",
        "я ученица 8 класса", "я в шестом классе, возьмёте?", "я несовершеннолетняя", "мне 17, через месяц 18", "родители не разрешат", "hi im 14",
        "I'm 16 and I want to join", "i am 12 years old", "i'm a 14 year old girl", "I'm in 8th grade", "I'm only 11", "My mom has to approve it",
        "I'm a teenager", "14yo here", "i'm in middle school", "I'm fifteen",
    ],
    "illness": [
        "У меня рак, что мне делать?", "у меня рак, прохожу химиотерапию", "мне поставили рак", "Диагноз: рассеянный склероз",
        "у меня рассеянный склероз", "у меня СПИД", "у меня ВИЧ", "лежу под капельницей", "Я на химии", "Я на химии, сил нет", "У меня онкология",
        "Я инвалид первой группы", "У меня паническая атака", "Я после инсульта", "после инсульта плохо говорю", "недавно перенёс инсульт",
        "лежу в больнице", "у меня депрессия", "беременность с угрозой, лежу на сохранении", "I have MS", "I have AIDS", "I have Parkinson's",
        "I'm in chemo", "I was diagnosed with cancer last month", "I've been diagnosed with lupus", "I have breast cancer", "I am terminally ill",
        "I'm disabled", "I'm so depressed", "I'm having a panic attack", "I had a stroke last year", "I'm in the hospital", "I'm HIV positive",
        "у меня обнаружили рак груди", "я болею раком", "у меня диабет первого типа", "у меня тяжёлая депрессия", "я в депрессии",
        "я сейчас прохожу химиотерапию", "у меня шизофрения", "я попала в больницу", "меня положили в больницу", "у меня эпилепсия",
        "у меня рассеянный склероз, руки не слушаются", "мне диагностировали биполярное расстройство", "I have cancer", "I've got HIV",
        "I have stage 4 cancer", "i was just diagnosed with MS", "I suffer from depression", "i have severe depression", "I'm going through chemo",
        "I'm in hospital after surgery", "I have terminal cancer", "I'm battling leukemia", "I have type 1 diabetes", "i have epilepsy",
    ],
    "debt": [
        "я в долгах, придётся взять кредит", "Я в долгах, коллекторы звонят", "У меня долги", "У меня куча долгов", "Кредитов полно, не вытягиваю",
        "Должен миллион банку", "Коллекторы звонят", "Меня уволили", "Сижу без работы с ребёнком", "Живём на пособие", "Денег нет даже на хлеб",
        "нет даже на хлеб", "Придётся занимать у сестры", "Возьму микрозайм", "Ради этого возьму кредит", "Заложу квартиру", "мне не на что жить",
        "приставы арестовали карту", "I'm broke", "I am in debt", "I lost my job and I'm deep in debt", "I'm drowning in loans",
        "I'll take out a loan for this", "I'll max out my credit card", "I maxed out my credit cards", "I live on benefits",
        "I can barely feed my kids", "I'd have to borrow from my sister", "behind on rent", "debt collectors keep calling me",
        "we are being evicted", "я по уши в долгах", "у меня долги по кредитам", "у меня огромный долг перед банком", "я весь в кредитах",
        "мне звонят коллекторы", "я потеряла работу", "у меня просрочка по ипотеке", "денег на еду не хватает", "займу у подруги", "возьму кредит",
        "придётся взять микрозайм", "последние деньги отдам", "я банкрот", "I have a lot of debt", "we're drowning in debt", "I can't pay my rent",
        "I got laid off last week", "I'm completely broke", "I'll have to take a loan", "I'd need to borrow money", "I can't afford food",
        "these are my last savings", "I filed for bankruptcy",
    ],
}  # fmt: skip
ORDINARY = [
    "Хочу выучить английский для работы", "Мне 30 лет", "Мне 45, учил в школе", "мне 35 лет", "мне 15 минут до работы", "мне 10 тысяч хватит?",
    "хочу курс для сына, ему 14 лет", "моей дочери 12 лет, есть группа?", "болит зуб", "дорого для меня", "I'm 30 and want to learn",
    "can my son, 14, join?", "сколько стоит рассрочка", "привет", "Мне 10 минут хватит", "Мне 15 занятий хватит?", "Я в 5 минутах от вас",
    "У меня нет денег сейчас", "Английский убивает меня, хочу умереть от этих времён", "умираю как хочу заговорить", "Я мама школьника, ему 12",
    "Для сына, 10 лет", "My son is 12", "моему сыну 12 лет, он семиклассник", "дочь восьмиклассница, подтянуть бы математику",
    "у меня сын семиклассник", "Я учу школьников, мне нужен курс", "сын в 7 классе, английский хромает", "I'm 17 weeks pregnant",
    "I am 10 minutes late", "I'm in 3 groups already", "I'm 6.5 km away", "I'm 12, maybe 15 minutes away", "Я учитель в 7 классе",
    "Я преподаю в 5 классе", "Работаю врачом-онкологом", "я онколог, нужен медицинский английский", "I work in a hospital",
    "I'm at the hospital where I work as a nurse", "I'm in the hospital business", "I take credit for that", "после кризиса меня повысили",
    "Мои родители против онлайна, а я за", "мама не знает английского", "Я подросткам преподаю", "Мне 16 тысяч зарплаты хватает",
    "есть ли рассрочка или кредит?", "есть рассрочка или кредит?", "можно взять в кредит?", "можно взять курс в кредит?",
    "I want to take a credit course", "Do you take credit cards?", "Мне было 12, когда начал учить", "мне 12 лет назад ставили имплант",
    "учил в 5 классе, всё забыл", "я в 9 классе бросил английский, сейчас 40", "когда мне 15 лет исполнилось, я бросил",
    "бизнес по банкротству, нужен английский юристу", "суицидология, пишу статью на английском", "перевожу статью о самоубийстве",
    "умираю от любопытства", "умираю от смеха", "умереть можно со смеху", "I'm dying to know", "I'm dying laughing", "I'm dying 😂",
    "I'm dying for a coffee", "убийственно скучно", "этот дедлайн меня убьёт", "я повешусь с этой грамматикой",
    "лучше умереть, чем учить неправильные глаголы", "устал жить в Москве, хочу переехать", "надоело жить с родителями", "не хочу жить с родителями",
    "не хочу просыпаться рано", "не могу жить без кофе", "не вижу смысла платить", "хочу всё закончить до пятницы", "химия в школе",
    "я на химии (урок)", "я на химии, потом физика, урок до трёх", "делаю химию на волосы", "у меня экзамен по химии", "дочь сдаёт химию",
    "у меня долго не грузится страница", "у меня долг по английскому за семестр", "я не в долгах, просто экономлю",
    "у меня нет рака, просто спросил", "у меня сегодня доклад про диабет", "у меня пациенты с депрессией", "я рак по гороскопу",
    "у меня зависимость от сериалов", "спидометр на велосипеде не работает", "у меня на велосипеде спидометр сломан",
    "боюсь, что убьюсь на велосипеде", "мне 26, дюймы велосипеда подходят?", "нужен велосипед на 12 лет", "мне 10, пожалуйста",
    "мне 10 и 12 числа удобно", "мне 9, 10 или 11 января подходит", "Мне 8 уроков в месяц", "Мне 7 дней подумать", "до 18 часов нет мест?",
    "в группе нет 18 человек", "учусь в школе программирования", "я учусь в школе танцев", "мой дед погиб на войне",
    "отец умер, когда мне было пять", "дед умер 20 лет назад", "у меня умер ноутбук", "телефон умер, напишу позже",
    "муж умер от смеха с вашего видео", "мать героини умерла в начале фильма", "потеряла телефон", "потерял нить разговора",
    "я потеряла друга в чате, где он?", "муж против, дорого", "у меня горе-ученик", "не хочу кредит", "возьму в рассрочку", "займу у вас пять минут",
    "займу место в группе", "взял кредит на машину, теперь хочу учиться водить", "работаю с коллекторами, нужен английский",
    "работаю в микрозаймах, нужен английский", "я в кредитах не разбираюсь", "хочу пройти в отборе", "лучше без меня, я опоздаю",
    "без меня начинайте", "у меня ипотека, поэтому считаю деньги", "я должен сходить в банк", "скидка пенсионерам есть?", "5 kms away from you",
    "how many kms does this bike do?", "my phone is going to die", "my battery is dying", "this deadline is killing me", "this course is to die for",
    "I'd rather die than study grammar", "I nearly killed myself on that bike", "I don't want to kill myself on a bike",
    "I hurt myself at the gym, can I come tomorrow?", "I cut myself shaving", "I'm afraid to hurt myself on a bicycle", "I can't go on Tuesday",
    "I can't go on with the task, the link is broken", "I'm tired of living in London", "sick of life in the office",
    "I don't want to live in Moscow", "I don't want to wake up early", "start without me", "you are better off without me in the group today",
    "is it worth living in Berlin?", "is it worth it?", "there's no point in living abroad without English",
    "I want to end it, how do I cancel the subscription?", "My dog is 13", "my 7th grader needs help", "I teach seventh grade",
    "When I was in seventh grade I quit", "I'm a high school teacher", "my parents don't know English", "my mother must pay for her own implant",
    "I'm a kid at heart", "I'm a child psychologist", "I'm a minor shareholder", "I'm 8 and a half months pregnant", "I'll be 10 minutes late",
    "there are 13 here already", "We are 10 people", "I was born in 1983", "the company was born in 2013", "I'm writing about depression",
    "I have a friend who studies cancer", "I have MS Office", "I have hearing aids", "I don't have cancer", "I'm not in debt",
    "I'm interested in technical debt", "I am in your debt, thank you!", "I almost had a heart attack when I saw the price",
    "I had a stroke of luck", "I'm very ill today, can we move the lesson?", "I'm addicted to coffee", "I have an addiction to chocolate",
    "my father is a doctor", "my dad died 20 years ago", "my friend died laughing", "I lost my mother's number", "I lost my dad in the crowd",
    "my bike died", "my laptop is dead", "The bike broke and I need a new one", "my tooth broke", "I'm broke until payday lol",
    "I have no money for this course", "I have an overdue library book", "I can borrow a bike from my friend",
    "Can I pay in installments or take credit?", "do you offer a loan?", "I work with debt collectors", "I got fired up by your course",
    "I owe you one", "«Хочу умереть» это песня?", "Он сказал: «мне 12 лет»", "как по-английски «у меня рак»?",
    "How do you say I want to die in Russian?", "мне 12 лет, это про сына: ему 12 лет, для сына", "сколько вам лет? мне 52", "мне 17:30 подходит",
    "мне 11-го удобно", "умирающий лебедь, разучиваю танец", "я уже 10 лет работаю стоматологом", "боюсь стоматологов до смерти",
    "до смерти надоел английский", "у меня смертельно скучная работа", "устал от жизни в офисе", "I could kill for a coffee",
    "he wants to die his hair", "my son, 7, is in second grade", "I'm stage manager 4", "мне 16 размер", "мне 5 звёзд не жалко",
    "мы в 5 классе, нужна математика", "ребёнок в 6 классе, ищем репетитора", "ребёнок 2013 года рождения", "сын родился в 2012",
    "он родился в 2013", "велосипед 2013 года", "моя мама оплатила курс ещё в мае", "Здравствуйте, мне нужен имплант, сколько стоит?",
    "у меня болит зуб мудрости, щека опухла", "у меня опухла десна", "удаление зуба больно? я боюсь до обморока", "можно в рассрочку на 12 месяцев?",
    "мне 12 месяцев рассрочки мало", "у меня аллергия на анестезию", "у меня беременность, можно лечить зубы?",
    "жена в декрете, хотим курс на двоих", "мы с мужем в 10 классе познакомились", "моя дочь в 10 классе, готовится к ЕГЭ",
    "готовлю детей к ОГЭ, хочу курс методики", "я репетитор, у меня ученик 7 класса", "ученик 7 класса потянет программу?",
    "Подойдёт ли курс школьнику?", "велосипед для подростка 14 лет", "рама на рост 160, мне 14 дюймов мало?", "сколько передач, мне 7 хватит",
    "мне 16-дюймовые колёса", "убили мой велосипед курьеры", "умерла батарея на самокате", "цепь сдохла, почините?",
    "хочу сдохнуть от жары, есть кондиционер?", "хочу повеситься на турник, есть зал?", "хочу прыгнуть с парашютом", "думаю уйти из компании",
    "решил бросить курить", "не хочу жить прошлым", "я за жизнь, но дорого", "вам не надоело?", "надоело учить слова",
    "устала от работы, хочу сменить профессию", "устал как собака", "смертельно устала", "смертельно хочу спать", "умереть не встать, какие цены!",
    "цены убийственные", "смерть как хочу на курс", "меня убивает грамматика", "мой брат врач", "мой муж ушёл в рейс", "муж потерял ключи",
    "потеряла мужа в торговом центре", "мама против, но мне 34", "мне 40, дети в школе", "спасибо маме, она нашла вас", "папа подарил сертификат",
    "мой папа умеет играть на гитаре", "мой сын умеет читать", "мама умела шить", "друг погибает от любопытства", "сын увлёкся физикой",
    "у нас похороны старого логотипа", "больничный закончился, готов учиться", "я на больничном, могу заниматься больше",
    "был в больнице у мамы, не мог ответить", "работаю медсестрой в больнице", "попала в больницу на практику, я студентка-медик",
    "я психолог, работаю с депрессией", "я ментор для людей с зависимостями", "учусь на онколога", "у меня кредитная карта, можно оплатить?",
    "у меня карта не работает, нечем платить", "можно оплатить кредиткой", "беру кредит на обучение у вас, как оформить?", "вы даёте кредит?",
    "какой процент по рассрочке?", "не люблю быть в долгу", "я у вас в долгу, спасибо!", "за мной должок", "долг платежом красен",
    "должен признаться, мне нравится", "я должна завтра 5000 за курс", "сколько я вам должен?", "у меня долгий опыт",
    "у меня задолженность по домашке", "меня уволок кот", "денег нет, но вы держитесь", "дороговато, денег пока нет", "жду зарплату",
    "банкротство физлиц, нужен маркетинг для юристов", "продаю квартиру, поэтому занят", "заложил фундамент дома", "can my 12 year old join?",
    "do you have courses for 12 year olds?", "my daughter is in 7th grade", "my daughter is a 7th grader", "I have two kids, 8 and 12",
    "I'm a mother of a 13 year old", "I'm 13 minutes away", "I'm 5 feet tall", "I'm 10 lessons in", "I am seven lessons behind",
    "I turn 40 next month", "I'm 16 weeks along", "I'm under 18 minutes for 5k", "I'm not 18 anymore", "I was 15 when I moved here",
    "my parents are visiting", "my mom won't let me forget it", "my dad passed the exam", "my son passed his exam", "my brother passed on the offer",
    "my friend lost his job at the hospital", "my grandma is 90", "my wife is dying to try it", "my husband would kill me",
    "this price is killing me", "I'd kill for that discount", "I could die of boredom", "my phone died, sorry", "the call died", "I'm dead tired",
    "I'm dead serious", "you're a lifesaver", "I can't live without coffee", "live long and prosper", "I went on a bike trip",
    "I can't go on a diet", "I can't go on holiday then", "I hurt my back", "I cut my hair", "I took a pill for my toothache",
    "I took two painkillers, still hurts", "my dentist gave me antibiotics", "I have a toothache", "I have a cold", "I have a headache",
    "I'm sick today", "I'm a nurse at a cancer center", "I work with HIV patients", "I'm a doctor, I treat depression", "my job is chemo nursing",
    "I'm studying dialysis technology", "does insurance cover diabetes patients?", "MS Word is required?", "I have MS in physics",
    "I have an MS degree", "I'm in the hospital parking lot, be there soon", "visiting a friend in hospital",
    "I'm broken-hearted about the price", "I broke my arm last year", "my chain broke", "I'm going for broke", "I took a loan officer course",
    "loan words in English are hard", "student loans are confusing vocabulary", "I'll borrow your pen", "can I get a credit for the missed lesson?",
    "I owe you an apology", "I have a debt of gratitude", "I lost my job offer letter, resend please", "I got fired up", "evicted is a hard word",
    "how much is it? I'm not rich", "I'm on a budget", "too expensive for me", "I'm a student, any discount?",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("мне 14 лет, можно записаться?", "minor"),
        ("Я в 9 классе учусь", "minor"),
        ("I'm 15, can I join?", "minor"),
        ("my parents won't let me pay", "minor"),
        ("у меня рак, прохожу химиотерапию", "illness"),
        ("I was diagnosed with cancer last month", "illness"),
        ("я в долгах, придётся взять кредит", "debt"),
        ("I lost my job and I'm deep in debt", "debt"),
        ("не хочу больше жить", "self_harm"),
        ("I want to kill myself", "self_harm"),
    ],
)
def test_that_the_cue_is_noticed(text: str, cue: Cue) -> None:
    assert find_cue(text) == cue
    assert hand_over_text(cue, language="ru")


@pytest.mark.parametrize(
    "text",
    [
        "мне 35 лет", "мне 15 минут до работы", "мне 10 тысяч хватит?", "хочу курс для сына, ему 14 лет",
        "моей дочери 12 лет, есть группа?", "болит зуб", "дорого для меня", "I'm 30 and want to learn",
        "can my son, 14, join?", "сколько стоит рассрочка", "привет",
    ],
)  # fmt: skip
def test_that_ordinary_messages_are_left_alone(text: str) -> None:
    assert find_cue(text) is None


@pytest.mark.parametrize(("cue", "text"), [(cue, text) for cue in TOLD for text in TOLD[cue]])
def test_that_what_a_person_tells_of_themselves_is_noticed(cue: Cue, text: str) -> None:
    assert find_cue(text, year=2026) == cue
    assert find_cue(f"Здравствуйте! {text}", year=2026) == cue
    assert find_cue(f"Добрый день, {text}", year=2026) == cue


@pytest.mark.parametrize("text", ORDINARY)
def test_that_an_ordinary_line_calls_nobody(text: str) -> None:
    assert find_cue(text, year=2026) is None


def test_that_a_year_of_birth_is_counted_from_the_current_year() -> None:
    assert find_cue("я 2009 года рождения", year=2026) == "minor"
    assert find_cue("я 2009 года рождения", year=2027) is None


def test_that_the_gravest_cue_counts() -> None:
    assert find_cue("Мне 14 лет. Я в долгах и хочу умереть.") == "self_harm"
    assert find_cue("мне 15, у меня вчера умерла мама") == "grief"
    assert find_cue("не смогу прийти, муж умер") == "grief"


def test_that_words_sent_in_pieces_are_read_together() -> None:
    assert find_cue("у меня\nрак") == "illness"
    assert find_cue("Мне\nТоже 15 занятий") is None


@pytest.mark.parametrize("cue", get_args(Cue))
def test_that_every_cue_has_its_words_and_its_reason(cue: Cue) -> None:
    russian, english = hand_over_text(cue, language="ru"), hand_over_text(cue, language="en")
    assert "челов" in russian
    assert "person" in english
    assert "a person is called" in reason_of(cue)


def test_that_who_mourns_is_offered_nothing_and_owes_nothing() -> None:
    assert "соболезнования" in hand_over_text("grief", language="ru")
    assert "sorry for your loss" in hand_over_text("grief", language="en")


@pytest.mark.parametrize(
    "words",
    [
        "у меня ", "мне ещё пока ", "я весь ", "хочу ", "мама вчера ", "в долгах живу ", "i ", "i'm ", "my ", "i just really ",
        "just really ", "12 year old ", "children ", "some родители ", "вич ", "«", "а б в ", "ha", "«а» ", "12 ",
    ],
)  # fmt: skip
def test_that_a_long_message_costs_no_more_than_its_length(words: str) -> None:
    """A pattern that goes back over the words would take minutes here."""
    text = words * (20_000 // len(words))
    began = time.process_time()
    find_cue(text)
    assert time.process_time() - began < 3
