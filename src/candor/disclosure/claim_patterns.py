"""The patterns of the claims gate, Russian and English. All match visible text (see `visible_text`).

They describe kinds of sentences, not the sentences of one trade: a verb of living through something in
the first person, a customer as the hero of a story, a future that is promised to "you".
"""

import re
from collections.abc import Sequence
from typing import Final

from candor.disclosure import denial_patterns

Patterns = Sequence[re.Pattern[str]]


def compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


_ADV_EN = r"(?:(?:also|really|just|even|never|once|already|personally|actually|myself|too|still|finally|first|always) )*"

FIRST_PERSON_PAST: Final = compiled(
    # я прошел, я сама купила, я тоже учился
    r"(?<!\w)я(?: \w+){0,3}? (?P<verb>(?!сначала|вначале)\w{2,}(?:л|ла|лся|лась|ел|ёл|шел|шла|ыл|был|была|рос|мог|лег|нес))(?!\w)",
    # сам проходил, сама боялась
    r"(?<!\w)(?:сам|сама)(?: \w+){0,2}? (?P<verb>\w{3,}(?:л|ла|лся|лась))(?!\w)",
    # прошел я, боялась и я
    r"^(?P<verb>\w{3,}(?:лся|лась|л|ла)) (?:и |тоже )?я(?!\w)",
    rf"(?<![\w'])i(?:'ve| have|'d| had)? {_ADV_EN}(?P<verb>[a-z]{{3,}}ed|did|was(?! (?:so |very |truly )?(?:sorry|sad|happy|glad|pleased) to (?:read|hear|see))|were|been(?! (?:in spirit|told|given|asked|informed)(?!\w))|had|bought|took|made|"
    r"lost|got(?! (?:that right|it right|no|nothing|your|all your)(?!\w))|went|came|began|became|felt|spent|sold|won|earned|learnt|taught|thought|found|ran|lived|saw|"
    r"started|grew|built|paid|used to|chose|quit|kept|left|met|slept|ate|fell|knew|spoke|wore|done|gone)(?![\w'])",
)
NO_VERBS: Final = frozenset(
    ("коллег", "вопрос", "запрос", "опрос", "спрос", "если", "дела", "сила", "угла", "пола", "зала", "стол", "школа", "шкала", "начала", "мела", "детал", "материал",
     "канал", "тел", "дел", "сел", "журнал", "портал", "потенциал", "идеал", "сигнал", "зал", "отдел", "раздел",
     "предел", "модел", "цел", "need", "indeed", "feed", "seed", "speed", "based", "interested", "pleased",
     "excited", "delighted", "honoured", "honored", "supposed", "allowed", "designed", "limited", "trained",
     "programmed", "configured", "created", "labelled", "called", "named")
)  # fmt: skip
SERVICE_VERBS: Final = (
    "понял", "передал", "записал", "отправил", "прислал", "уточнил", "спросил", "позвал", "добавил", "ошибся",
    "ошиблась", "ответил", "рассказал", "написал", "увидел", "прочитал", "прочел", "подготовил", "запомнил",
    "услышал", "отметил", "собрал", "нашел ответ", "неправильно", "перепутал", "сказал", "назвал", "упомянул",
    "хотел", "предложил", "пояснил", "объяснил", "задал", "указал", "привел", "описал", "имел", "мог", "повторил",
    "учел", "учла", "сохранил", "посчитал", "прикинул", "understood", "passed", "noted", "asked", "added", "forwarded", "mentioned", "wanted", "misread",
    "misunderstood", "explained", "listed", "answered", "replied", "saved", "copied", "attached", "called",
    "apologi", "checked with", "confused", "skipped", "missed", "repeated", "described", "included", "shared",
    "suggested", "offered", "promised", "muddled", "made a mistake", "need", "heed",
)  # fmt: skip
"""What an assistant does itself, so its past tense is no invented life."""
NEGATED_BEFORE: Final = re.compile(
    r"(?:(?<!\w)(?:не|ни|never|not)|n't|haven't|didn't) (?:\w+ )?$|курс не $|(?:have|had) not (?:\w+ )?$"
)

_KIN_RU = (
    r"подруг\w*|друг|друзья|друга|другу|муж\w*|жен[аеуы]|сын\w*|доч\w*|брат\w*|сестр\w*|мам[аеуы]|пап[аеуы]|знаком\w+|"
    r"сосед\w*|ребен\w+|дети|детей|родител\w+|тет[яи]|дяд[яи]|бабушк\w+|свекров\w*|начальник\w*|парень|девушк\w+"
)
_KIN_EN = (
    r"friends?|husband|wife|son|daughter|brother|sister|mother|mom|mum|father|dad|neighbou?rs?|kids?|children|"
    r"parents?|boyfriend|girlfriend|cousin|aunt|uncle|boss|grandmother|grandma|family|partner|roommate"
)
OWN_LIFE: Final = compiled(
    # мой результат, моя подруга, по моему опыту
    rf"(?<!\w)(?:мой|моя|мое|мои|моего|моей|моему|моем|моим|моих|свой|своем|своему|своего)(?: \w+)? (?:результат\w*|опыт\w*|"
    rf"заработ\w*|доход\w*|зарплат\w*|вес\b|уровень|преподавател\w+|учител\w+|тренер\w*|врач\w*|балл\w*|жизн\w+|истори\w+|"
    rf"успех\w*|зуб\w*|кухн\w+|квартир\w*|дом\w*|спин\w*|тел[оа]\b|шкаф\w*|диван\w*|карьер\w*|путь|страх\w*|отзыв\w*|"
    rf"английск\w+|первый урок|первая работа|работодател\w+|{_KIN_RU})",
    rf"(?<!\w)(?:наш\w* )?общ\w+ (?:{_KIN_RU})",
    r"(?<!\w)(?:по|из|на) (?:своему|своем|своего|личному|личном|личного|собственному|собственном) (?:\w+ )?опыт\w+",
    # мне помогло, мне тоже было трудно
    r"(?<!\w)мне(?! (?:пока |еще |этого )?не (?:дал|сообщ|переда))(?: \w+){0,3}? (?:помог\w*|понравил\w+|пригодил\w+|удал[оа]\w*|зашл[ао]|зашел|подош\w+|хватил\w*|дал[оаи]?|"
    r"принес\w*|изменил\w*|стало|было|казал\w+|стоил\w+|пришл\w+|повезло|вылечил\w*|поставил\w*|сделал\w*)(?!\w)",
    r"(?<!\w)(?:помогл?[оаи]?|понравил\w+|подошл\w+|зашл\w+)(?: \w+)? (?:и |именно |лично )?мне(?!\w)",
    r"(?<!\w)мне (?:\w+ )?нравится (?!ваш|что вы|как вы|эта мысл|этот вопрос|подход)",
    # меня научили, у меня тоже получилось
    r"(?<!\w)меня(?: \w+){0,2}? (?:научил\w*|взяли|спас\w*|вылечил\w*|повысил\w*|убедил\w*|вдохновил\w*|поразил\w*|"
    r"впечатлил\w*|приняли|пригласили|удивил\w*)(?!\w)",
    rf"(?<!\w)у меня(?: \w+)?? (?:тоже|дома|было|был|была|были|получил\w+|вышло|бол\w+|результат\w*|такая же|такой же|сам\w*|раньше|"
    rf"стоит|выросл?\w*|ушл\w*|появил\w*|пропал\w*|прош\w+|осталис\w*|диплом|стаж|{_KIN_RU})(?!\w)",
    # я хожу, я зарабатываю, я чувствую
    r"(?<!\w)я(?: \w+){0,2}? (?:хожу|занимаюсь|тренируюсь|учусь|пользуюсь|зарабатываю|живу|чувствую|люблю|обожаю|ощущаю|"
    r"болею|лечусь|плачу|покупаю|заказываю|катаюсь|бегаю|переживаю|боюсь|верю|мечтаю|экономлю|доволен|довольна|"
    r"счастлив\w*|горжусь|выпускни\w+|работаю (?:в|на|програм|разраб|перевод|инжен|юрист))(?!\w*ли)",
    r"(?<!\w)(?:помню|вспоминаю),? (?:как|свой|свою|когда|себя)",
    r"(?<!\w)(?:и )?я (?:тоже|сам|сама) (?:из|через|такой|такая|когда-то|раньше|прошел|была)",
    r"(?<!\w)(?:мы|нам) с (?:мужем|женой|сыном|дочкой|дочерью|друг\w*|подруг\w*|коллегами|семьей|детьми)",
    r"(?<!\w)(?:когда|пока) (?:сам |сама )?(?:учился|училась|проходил|проходила|занимался|занималась|лечил|покупал\w*)",
    r"(?:^|[.,!?] )(?:купил|заказал|попробовал|прошел|прошла|приобрел|взял|оформил|сходил|похудел|выучил|научил)(?:а|ся|ась)? (?!ли|бы)",
    r"(?<!\w)(?:личн\w+ провер\w+|проверен\w* на себе|на себе провер\w+|испытал\w* на себе|знаю по себе|по себе знаю)",
    # English
    rf"(?<!\w)my (?:own |personal |first |best |older |younger |good |old |close )*(?:{_KIN_EN}|results?|experience|life|weight|income|"
    r"salary|level|score|teeth|legs|back|body|kitchen|home|house|teacher|coach|trainer|english|story|success|"
    r"career|fear|job|lesson|lessons|tax|taxes|earnings|money|savings|classmates|journey|tooth|implant|"
    r"million|review|favou?rite|muscles|confidence|skin|pain)(?!\w)",
    r"(?<!\w)(?:helped|taught|saved|cured|hired|changed|worked for|made|cost|gave|inspired|convinced|surprised|impressed) me(?!\w)",
    r"(?<!\w)(?:hard|easy|difficult|scary|true|same|great|good|wonderful|worth it|tough) for me(?!\w)",
    r"(?<!\w)(?:me too|same here|been there(?! in spirit)|speaking from experience|from (?:my )?(?:own |personal )?experience|"
    r"in my experience|i can tell you from|take it from me|trust me|believe me)(?!\w)",
    r"(?<!\w)i (?:also |really |always |still |personally |too |just |often )*(?:feel(?! for you)|love(?! (?:(?:that|how) you|(?:it|that|this)(?: already)?[,.!]|(?:it|that|this) already|(?:the|this|that) idea))|adore|enjoy|earn|train here|use it|use this|live|"
    r"eat|sleep|study|go there|come here|go here|work (?:at|as|in|for)|remember|know (?:exactly )?how (?:it|that|you)|hate|fear|"
    r"dream|attend|own a|own the|have the same|have a (?:friend|similar|kitchen|sofa|degree|diploma)|recommend|swear)(?!\w)",
    r"(?<!\w)i(?:'m| am) (?:also |now |still |so |very |really |totally )*(?:proud|a graduate|a former|a student|a customer|a client|a member|"
    r"a developer|an engineer|living|training|studying|learning|earning|taking|working (?:at|as)|addicted|in love|"
    r"satisfied|thrilled|amazed(?! (?:you|that you))|fluent)(?!\w)",
    r"(?<!\w)as a (?:former |fellow |happy )?(?:student|graduate|customer|client|member|patient|buyer|user|parent|mother|learner)(?!\w)",
    r"(?:^|[.!?] )(?:bought|took|tried|ordered|finished|used|learned|lost|joined) (?:it|this|the|one|\d|here|my)",
    rf"(?<!\w)(?:a|our) (?:friend|{_KIN_EN}) of (?:mine|ours)",
    r"(?<!\w)(?:we|i) (?:both |all )?(?:with|and) my ",
    r"(?<!\w)мне(?: \w+){0,4}? (?:спокойно|легко|хорошо|тяжело|страшно|весело|трудно|радостно|грустно|комфортно|больно|стыдно|лень)(?!\w)",
    r"(?<!\w)\w+(?:ал|ил|ел|ыл|ул|ял|ала|ила|ела|ыла|ула|яла|али|или|ели|ыли|ули|яли) (?<!вы приняли )(?:лично |даже |и |наконец )?(?<!приняли )(?:меня|мне)(?!\w)(?! (?:передать|помочь|отвечать|вопрос))",
    r"(?<!\w)(?:поверьте|доверьтесь) (?:\w+ )?(?:мне|моему|опыту)",
    r"(?<!\w)i(?:'ve| have) (?!no\b|nothing|noted|passed|asked|sent|added|the\b|all\b|an?\b|only|information|details|written|not\b|never\b|been (?:told|given|asked|informed)|got (?:no|nothing|your|it|that|all)\b|read your|heard (?:it |a lot about it )?from you|says\b|forwarded|saved|made a mistake|misunderstood|understood|just|already|facts|to\b|your|that|this)\w+",
    r"(?<!\w)what i(?:'ve| have)? (?:seen|saw|know|learned|learnt|felt|tried|went)|(?<!\w)seen (?:it )?(?:for )?myself",
    r"(?<!\w)(?:rid|freed|relieved|turned|brought|took|got|kept|lifted|pulled) me(?!\w)",
)
OF_ANOTHER: Final = re.compile(
    rf"(?<!\w)(?:{_KIN_RU}|он|она|который|которая)(?: (?:уже|и|тоже|все))* $"
)
"""Somebody else stands in front of "сам": "дочка сама захотела"."""
DENIES_AI: Final = denial_patterns.DENIES_AI
CUSTOMER_RU = (
    r"(?:ученик\w*|учениц\w*|выпускни\w+|клиент\w*|пациент\w*|покупател\w+|студент\w*|заказчик\w*|участни\w+|подписчик\w*|"
    r"пользовател\w+|гост(?:и|ей|ь)|слушател\w+|подопечн\w+)"
)
_CUSTOMER_EN = (
    r"(?:students?|graduates?|customers?|clients?|members?|patients?|buyers?|learners?|users?|guests?|alumni|"
    r"participants?|trainees?|people who|families|parents|readers|subscribers)"
)
_RESULT_PAST_RU = (
    r"(?:заговорил|похудел|сбросил|заработал|нашел|нашла|нашли|переехал|поступил|сдал|устроил|получил|выучил|"
    r"вылечил|сэкономил|увеличил|вырос|удвоил|накачал|научил|избавил|открыл|уволил|окупил|стал|смогл?|добил|"
    r"достиг|повысил|прош[еёл]\w*|прошла|вернул|забыл|сменил|купил|выиграл)\w*"
)
_RESULT_ANY_RU = (
    rf"(?:{_RESULT_PAST_RU}|сда[юе]т|поступа\w+|теря\w+|продлева\w+|зарабатыва\w+|забыва\w+|наход[яи]т\w*|"
    r"говор[яи]т|став[яи]т|довол\w+|выбира\w+|выбрал\w*|доверя\w+|довери\w+|возвраща\w+|рекоменду\w+|хвал\w+|счастлив\w*|"
    r"восторг\w*|жал\w+|благодар\w+|быстро|легко|успешно|достига\w+|худе\w+|отмеча\w+|остал\w+|оста[юе]тся|"
    r"удовлетвор\w+|приход\w+ снова|пишут|замеча\w+|чувству\w+|получа\w+|люб[яи]т|обожа\w+|ценят|трудоустр\w+|"
    r"экономят|становятся|видят результат|устраива\w+)"
)
_RESULT_ANY_EN = (
    r"(?:pass(?:ed|es)?|enter(?:ed|s)?|los[et]s?|renew\w*|earn\w*|forg[eo]t\w*|finds?|found|speaks?|spoke|rates?|"
    r"rated|happy|satisfied|cho(?:ose|se|sen)|trust\w*|return\w*|recommend\w*|love[sd]?|lov(?:e|ing)|complain\w*|thank\w*|"
    r"quickly|easily|successful\w*|reach\w*|achiev\w*|notic\w*|report\w*|moved|got|gets?|became|become|started|"
    r"saved|saves?|improv\w*|succeed\w*|landed|lands?|gain\w*|doubl\w*|won|quit|learned|praise\w*|delighted|glad|"
    r"impressed|thrilled|adore|enjoy\w*|felt|feels?|sees?|saw|say|said|tell|told|wrote|come back|keep coming)"
)
TESTIMONIALS: Final = compiled(
    rf"(?<!\w)(?:наш\w*|все|все наши|многие|большинство|почти все|каждый|каждая|часть|тысячи|сотни|десятки|миллионы|больше половины)"
    rf"(?: \w+){{0,2}}? {CUSTOMER_RU}(?: [\w-]+){{0,6}}? {_RESULT_ANY_RU}(?!\w)",
    rf"(?<!\w){CUSTOMER_RU}(?: [\w-]+){{0,4}}? {_RESULT_ANY_RU}(?!\w)",
    rf"(?<!\w)(?:один|одна|одной|одному|недавн\w+|прошл\w+)(?: из)?(?: \w+){{0,2}}? {CUSTOMER_RU}",
    rf"(?<!\w){_RESULT_ANY_RU} (?:(?:уже|все|даже|более|больше|почти) )*(?:\d[\d ]*|тысяч\w*|сотн\w+|много|многие|сотни) (?:\w+ )?{CUSTOMER_RU}",
    rf"(?<!\w)(?:{_KIN_RU})(?!\w)(?: [\w-]+){{0,4}}? {_RESULT_PAST_RU}",
    rf"(?:^|\W)(?:[а-я]+) (?:из|после) (?:\w+ )?(?:\w+)(?: \w+){{0,3}}? {_RESULT_PAST_RU}",
    r"(?<!\w)(?:доволен|довольна|довольны|счастливы|в восторге) (?:абсолютно )?(?:все|каждый|результат\w+)",
    rf"(?<!\w)(?:our|all(?: our| the)?|many(?: of our)?|most(?: of our)?|every|each|thousands of|hundreds of|millions of|dozens of|nearly all)"
    rf"(?: \w+){{0,2}}? {_CUSTOMER_EN}(?: [\w'-]+){{0,5}}? {_RESULT_ANY_EN}(?!\w)",
    rf"(?:^|[.,;] )(?:\w+ )?{_CUSTOMER_EN} (?:\w+ )?{_RESULT_ANY_EN}(?!\w)",
    rf"(?<!\w)(?:one|some|another) of (?:our|the|my) (?:\w+ )?{_CUSTOMER_EN}",
    rf"(?<!\w)(?:a|an|last year's|our last|our recent|a recent|a former) (?:\w+ )?{_CUSTOMER_EN}(?: of ours)? (?:\w+ )?{_RESULT_ANY_EN}",
    rf"(?<!\w)(?:a|this|that) (?:friend|{_KIN_EN})(?!\w)(?: \w+){{0,3}}? {_RESULT_ANY_EN}",
    r"(?<!\w)(?:chosen|loved|trusted|recommended|praised) by (?:thousands|hundreds|millions|many|all|our|people|everyone)",
    r"(?<!\w)(?:everyone|everybody|people) (?:who \w+ )?(?:\w+ )?(?:loves?|recommends?|is happy|are happy|succeeds?|passes)",
    r"(?<!\w)(?:everyone|everybody|anyone) who(?: \w+){1,6} (?:was|were|is|are|got|found|passed|loved|learned|lost)(?!\w)",
    r"(?<!\w)(?:все|каждый),? кто(?: \w+){1,6},? (?:довол\w+|получил\w*|нашл\w*|сдал\w*|заговорил\w*|остал\w+|в восторге)",
)
RESULTS: Final = compiled(
    r"(?<!\w)(?:через|за) (?:\w+ ){0,2}?(?:час\w*|день|дн\w+|недел\w+|месяц\w*|год\w*|лет|полгода|лето|зиму)(?!\w).*(?<!\w)(?:вы|вас|вам|сам[иа]?)(?!\w)",
    r"(?<!\w)(?:вам|вы)(?: \w+){0,3}? (?:недел\w+|месяц\w*|дн\w+|часов) (?:хват\w+|достаточно|чтобы)|(?:хватит|достаточно)(?: \w+)? (?:недел\w+|месяц\w*|дн\w+|часов)",
    r"(?<!\w)(?:in|within|after|over) (?:a|an|one|two|three|the|\d+|a couple of|a few) (?:first )?(?:hours?|days?|weeks?|months?|years?|summer|winter)(?!\w).*(?<!\w)you(?:'ll|'re| will| won't| are)?(?!\w)",
    # вы заговорите, будете зарабатывать, сбросите
    r"(?<!\w)(?:за)?(?:заговорите|сбросите|похудеете|станете|сдадите|заработаете|сэкономите|выучите|накачаете|забудете|"
    r"избавитесь|вылечите\w*|поступите|увеличите|окупите|поднимете|освоите|научитесь|удвоите|вырастете|добьетесь|"
    r"достигнете|преодолеете|подтянете|улучшите|почувствуете|полюбите|перестанете|устроитесь|повысите|выйдете на|"
    r"почините|помолодеете|преобразитесь|прокачаете|отобьете|окрепнете|поправитесь|поздоровеете|влюбитесь)(?!\w)",
    r"(?<!\w)(?:будете|сможете|начнете|станете)(?: \w+){0,3}? (?:зарабатывать|понимать|говорить|свободно|уверенно|получать|экономить|"
    r"заработать|бегло|жить|работать (?:в|программ|по|за)|читать в оригинале|смотреть|общаться|чувствовать|уволиться|забыть)(?!\w)",
    r"(?<!\w)(?:найдете|получите)(?: \w+){0,3}? (?:работ\w+|оффер\w*|повышени\w+|результат\w*|балл\w*|доход\w*|должност\w+|"
    r"профессию|выгод\w+|прибыл\w+|фигур\w+|здоров\w+|свобод\w+|гражданств\w+|вычет\w*|весь|все деньги|клиентов)",
    r"(?<!\w)(?:работ\w+|оффер\w*|повышение|должность|клиентов|доход)(?: \w+){0,2}? (?:найдете|получите|будет у вас)(?!\w)",
    r"(?<!\w)(?:вернем|вернете)(?: \w+){0,3}? (?:налог\w*|все|деньги|вычет\w*)",
    r"(?<!\w)(?:вес|боль|страх\w*|акцент|проблем\w+|жир|морщин\w+|долг\w*|штраф\w*|болезн\w+|кариес|прыщ\w+) (?:\w+ )?(?:уйдет|уйдут|пропад\w+|исчезн\w+|"
    r"не будет|не вернется|пройдет|снизится|забудется)",
    r"(?<!\w)(?:вылечит|вылечат|исцелит|избавит|избавят|окупится|окупаются|прослужит|прослужат|приживается|приживаются|омолодит|"
    r"изменит (?:вашу|вам|жизнь)|перевернет|решит все|решат все|принесет вам|принесет прибыль)(?!\w)",
    r"(?<!\w)(?:зуб\w*|кожа|тело|спина|фигура|жизнь|доход\w*|зарплата|продажи|прибыль|уровень|бизнес)(?: \w+)? (?:станет|станут|вырастет|вырастут|"
    r"увеличится|удвоится|будет (?:бел|лучш|здоров|идеал)|пойд\w+ вверх|преобразится)",
    r"(?<!\w)(?:без (?:боли|риска|усилий|побочных|осложнений)|безболезненн\w+|навсегда|пожизненн\w+|всю жизнь|с первого раза|"
    r"круглосуточно|моментально|мгновенно|на века|в любое время суток)(?!\w)",
    r"(?<!\w)\d+/7(?!\w)",
    r"(?<!\w)(?:результат (?:уже |будет |виден|придет|заметен|не заставит)|работает (?:на сто|безотказно|для всех)|подходит абсолютно)",
    r"(?<!\w)(?:обеспечи(?:м|т|ваем|вает)|даст|дает|дадут) (?:вам )?(?:быстрый |стабильный |отличный |реальный |заметный )*(?:результат|доход|рост|работ[уы]|прибыль|успех)",
    # English
    r"(?<!\w)you(?:'ll| will| are going to|'re going to|'d| would| can soon| shall)(?: \w+ly| soon| easily| also| even| finally| start to| be able to| quickly| never| all| both| have)*"
    r" (?:speak|understand|lose|earn|make (?:money|\$|up|at|over|from|a profit|back)|become|find (?:a |your )?(?:dream |first |new |good )?(?:job|work|position|love)|"
    r"save|pass|forget|gain|master|double|triple|love|succeed|see (?:results|the results|a difference|changes|progress)|feel|improve|reach|achieve|win|"
    r"get (?:a |the |your |an )?(?:\w+ )?(?:job|result|results|offer|promotion|raise|visa|body|score|money|deduction|tax|everything|rid|fit|rich|slim|stronger|fluent|hired|\d)|"
    r"be (?:\w+er|fluent|speaking|able|earning|rich|slim|fit|a \w+|an \w+|healthy|happy|amazed|confident|hired|pain|free|stronger|ready to work|surprised)|"
    r"learn|overcome|grow|land|build muscle|recover|look|enter|score|know|sleep better|quit|stop|say goodbye|regret)(?!\w)",
    r"(?<!\w)(?:will|is going to|are going to|'ll|can)(?: \w+)? (?:cure|heal|last (?:you )?(?:a|your|for|forever|at|all|\d)|pay off|pay for itself|change your|transform|boost|double|"
    r"increase your|fix your|solve all|eliminate|get rid|make you|bring you|take off|never come back|disappear|"
    r"go away|melt|remove|grow your|be (?:whiter|\w+ shades|healthier|pain)|skyrocket)(?!\w)",
    r"(?<!\w)(?:cures|heals|guaranteed|transforms|works for everyone|pays off|pays for itself|painless\w*|painfree|pain-free|without pain|risk-free|"
    r"no risk|effortless\w*|forever|for life|lifetime|permanent\w*|on the first (?:try|attempt)|(?<!for the )(?<!for the very )first time|around the clock|overnight|"
    r"instantly|instant results|for good|in no time|side effects)(?!\w)",
    r"(?<!\w)(?:we|i)(?:'ll| will)(?: \w+)? (?:get (?:you )?(?:all|back|every|a job)|double|triple|make you|turn you|save you|return all|find you a job|win|cure|fix all)(?!\w)",
    r"(?<!\w)implants? (?:will )?takes?(?!\w)",
    r"(?<!\w)(?:results?|success|progress|improvement) (?:will|is|are|comes?|shows?) (?:\w+ )?(?:come|sure|certain|visible|guaranteed|quick|fast|show|appear|be)(?!\w)",
)
GUARANTEES: Final = compiled(
    r"(?<!\w)гаранти\w+", r"(?<!\w)(?:обеща[юем]\w*|клян\w+сь|ручаюсь|ручаемся|даю слово|отвечаю головой|слово чести)",
    r"(?<!\w)(?:точно(?! (?:не (?:один\w*|одинок\w*)|стоит|можно|нужно))|наверняка|обязательно(?! (?:\w+ )?\w+[йи]те(?:сь)?(?!\w))|непременно(?! (?:нужно|надо|стоит|скажите|сообщите|расскажите)(?!\w))|стопроцентно|безусловно|однозначно|сто процентов|без сомнени\w+|не сомневайтесь|100 ?%)(?!\w)",
    r"(?<!\w)guarante\w+", r"(?<!\w)(?:promise[sd]?|i swear|you have my word|rest assured|mark my words)(?!\w)",
    r"(?<!\w)(?:definitely|certainly(?! not(?!\w))|certain to|that's certain|you can be sure|surely|for sure|without (?:a )?doubt|no doubt|undoubtedly|100 ?%|a hundred percent|absolutely)(?!\w)",
)  # fmt: skip
NEGATES_PROMISE: Final = re.compile(
    r"(?<!\w)(?:не|без|нет|нельзя|никто|никаких|ни|вряд)(?: \w+){0,4} (?:гарант|обеща|обещ|точно|наверняка|обязател|стопроц|ручат)"
    r"|(?:гарант\w*|обеща\w*)(?: \w+){0,4} (?:не |нет|нельзя|никто)"
    r"|(?:can't|cannot|don't|do not|can not|nobody|no one|not|never|won't|no|without|isn't|aren't|unable to|"
    r"doesn't|couldn't|wouldn't|shouldn't|could not|would not|shall not|impossible|wrong|misleading)(?: \w+){0,4} (?:guarante|promise|definitely|certain|sure|absolutely|required)"
    r"|точного ответа|не обязательно|не требуется"
)
SERVICE_PROMISE: Final = re.compile(
    r"(?<!\w)(?:уточню|передам|спрошу|отвечу|напишу|вернусь|подскажу|позову|пришлю|расскажу|помогу|ответит|подскажет|напомню|учту|поможем|"
    r"напишет|расскажет|уточним|свяжется)(?!\w)"
    r"|(?<!\w)(?:i'll|i will|i can|we'll|we will|let me|a person will|a colleague will|someone will)(?: \w+)? (?:ask|pass|find out|check|reply|answer|write|call|"
    r"tell|send|get back|come back|let you know|help|explain|look|remind|note|be happy|be glad)(?!\w)"
    r"|(?<!\w)(?:напишите|спрашивайте|задавайте|приходите|скажите|уточните|посоветуйтесь|сообщите|расскажите|попробуйте|please|make sure|feel free|write to)(?!\w)"
)
OFFERS: Final = compiled(
    r"(?<!\w)скид\w+", r"(?<!\w)(?:акци\w+|распродаж\w+|промокод\w*|купон\w*|кешбэк\w*|кэшбэк\w*|спецпредложени\w+|бонус\w*)",
    r"(?<!\w)бесплатн\w*", r"(?<!\w)даром(?!\w)", r"(?<!\w)(?:в подарок|подар(?:им|ю|ок|ки|ите|яем)|дарим)(?!\w)",
    r"(?<!\w)(?:полцены|за полцены|вдвое|втрое|в два раза|в полтора раза|в три раза|вполовину)(?!\w)(?: \w+)?", r"(?<!\w)дешевле(?!\w)",
    r"(?<!\w)(?:рассрочк\w+|в кредит|без переплат\w*|без процентов|отсрочк\w+|в долг)",
    r"(?<!\w)(?:верн(?:ем|у|ут)|возвра(?:т|щаем|ту|тим)|возмести\w+|компенсир\w+)(?: \w+){0,3}? (?:деньг\w*|денег|стоимост\w+|оплат\w+|средств\w*|полностью|предоплат\w*|половин\w+|разниц\w+|все)",
    r"(?<!\w)(?:discounts?|(?<!your )promo(?:tion|code)?s?|coupons?|cashback|bonus\w*|special offer|on sale|vouchers?|(?<!big )(?<!great )(?<!good )(?<!record )deals?(?! with)(?! of(?!\w)))(?!\w)",
    r"(?<!feel )(?<!\w)(?:for )?free(?: of charge)?(?!\w)(?! (?:to|time|hours|evening|on|at|in|after|place|slot|form|places|slots|[a-z]+days)\b)",
    r"(?<!\w)(?:at no (?:extra )?(?:cost|charge)|no (?:extra )?charge|complimentary|on the house|gratis)(?!\w)",
    r"(?<!\w)(?:as a gift|a gift|gift card|we'll give you|throw in)(?!\w)",
    r"(?<!\w)(?:half (?:the )?price|half-price|(?:\d+(?: ?%| percent| dollars)?|% |percent|half|money|something|pounds|dollars|euros) ?off|twice as cheap|cheaper|price cut|reduced price|cut in half|halved)(?!\w)|(?<!\w)(?:prices?|costs?|цен[аы]|стоимость)(?: \w+){0,3} (?:cut|reduced|lowered|dropped|fallen|снижен\w*|снизил\w*|упал\w*|уменьшен\w*)(?!\w)",
    r"(?<!\w)(?:instal?lments?|no interest|interest-free|on credit|pay later)(?!\w)",
    r"(?<!\w)(?:refund\w*|money[ -]back|your money|reimburs\w+)(?!\w)",
)  # fmt: skip
OFFER_FAMILIES: Final = (
    r"скид|discount|% off|percent off|\boff\b|промокод|promo|купон|coupon|акци|распродаж|sale|дешевле|cheaper|полцены|half",
    r"бесплатн|даром|\bfree\b|no (?:extra )?c(?:ost|harge)|complimentary|gratis|on the house",
    r"подар|дарим|gift|бонус|bonus",
    r"рассрочк|instal?lment|без процентов|no interest|interest-free|кредит|credit|pay later|отсроч",
    r"верн|возвра|refund|money[ -]back|reimburs|компенс|возмест",
    r"гарант|guarante|warrant",
)
"""Words of one family prove each other: "скидка" and "discount", "гарантия" and "warranty"."""
DENIED: Final = re.compile(
    r"(?<!\w)(?:нет|ничего|неизвестно|не известно|не знаю|не даем|не могу|не можем|не бывает|не предусмотрен\w*|не предлага\w+|без скидок|никаких|"
    r"не обещ\w+|уточню|спрошу|узнаю|не делаем|не действу\w+|не проводим|платн\w+|не\b(?= \w*(?:бесплат|лучш|предлаг|действ|гарант))|"
    r"no|not|don't|doesn't|can't|cannot|isn't|aren't|nothing|none|never|find out|ask|know nothing|won't|without)(?!\w)"
)
ASSURANCES: Final = compiled(
    r"(?<!\w)(?:без (?:выходных|перерыв\w*|праздник\w*|очеред\w+|исключени\w+)|ежедневно|каждый день|круглый год)(?!\w)",
    r"(?<!\w)(?:безопасн\w+|безвредн\w+|нет противопоказани\w+|конфиденциальн\w+|анонимн\w+|застрахован\w*|подходит (?:всем|каждому|любому|для всех)|полезно (?:всем|каждому)|проверен\w* временем|надежн\w+|качественн\w+|высочайш\w+|уникальн\w+|непревзойд\w+|доказан\w*|научно|рекомендован\w*|одобрен\w*|признан\w*|клинически)(?!\w)",
    r"(?<!\w)(?:every ?day|daily|seven days a week|all year|year[- ]round|non-?stop|no queues|without exception)(?!\w)",
    r"(?<!\w)(?:(?:is|are|it's|totally|completely|perfectly|quite) safe|harmless|confidential\w*|anonymous\w*|insured|no contraindications|suits everyone|(?:good|right|works|fits|perfect) for (?:everyone|everybody|anyone|all)|time-tested|reliable|high[- ]quality|unique|proven|scientifically|clinically|recommended by|approved by|endorsed|top quality|premium|trusted)(?!\w)",
)
"""General assurances: true only where a source gives them."""
DAILY: Final = re.compile(
    r"ежедневн|каждый день|без выходных|семь дней в неделю|every ?day|daily|(?:seven|7) days a week"
)
""" "Каждый день" is proven by "ежедневно"."""
CONDITION: Final = re.compile(
    r"(?:если|when|if)(?: \w+){0,3}? (?:не |don't |doesn't |do not |aren't |isn't |not )[^,.;!?]*"
)
"""A condition's "not" denies nothing: "a refund if you don't like it"."""
SUPERLATIVES: Final = compiled(
    r"(?<!\w)лучш(?:ий|ая|ее|ие|их|ую|им|ей|ем)(?!\w)(?! (?:для вас|вам|время|момент|друг))(?!,? что (?:бывает|есть))", r"(?<!\w)(?:наилучш|отличнейш|крупнейш|сильнейш|известнейш|величайш)\w*",
    r"(?<!\w)сам(?:ый|ая|ое|ые|ых|ую) (?:сильн|лучш|надежн|популярн|больш|выгодн|эффективн|быстр|дешев|низк|опытн|современн|качествен|известн|крут|востребован|доступн|крупн|старейш)\w+",
    r"(?<!\w)(?:номер один|№ ?1|# ?1|лидер\w* (?:рынка|отрасли|рейтинг\w*|продаж|в)|первое место|топ-?\d*|входим в топ)(?!\w)",
    r"(?<!\w)(?:преми[юяией]\w*|наград\w+|победител\w+|лауреат\w*|призн\w+ лучш\w+|рейтинг\w*)(?!\w)",
    r"(?<!\w)(?:носител\w+|сертифиц\w+|аккредит\w+|лицензир\w+|дипломирован\w+|экспертн\w+ уровн\w+|высшей категории|мирового уровня|сертификат\w* \w+)(?!\w)",
    r"(?<!\w)(?:никто (?:еще )?(?:ни разу )?не (?:жал|пожал|ушел|возвра|отказ|разочар)\w*|ни одн\w+ (?:жалоб|отказ|возврат|недоволь|нарекан|ошибк)\w*|не было (?:ни )?(?:одного|единого)|"
    r"(?:нет|не найдете) (?:равных|аналогов|лучше)|не имеет аналогов|лучше (?:всех|остальных|конкурентов|других))",
    r"(?<!\w)(?:the |our |simply |its )?best (?!time|way|day|for you|of us(?!\w)|of (?:all )?(?:families|people)|thing about|not(?!\w)|avoided|if|regards|to |wishes|of luck|described|moment|suits?|fits?)\w+",
    r"(?<!\w)(?:number one|no\. ?1|top[- ](?:rated|ranked|notch|\d+)|market leaders?|leading (?:school|company|clinic|gym|provider|studio)|industry leader|first place)(?!\w)",
    r"(?<!\w)the (?:strongest|most (?:popular|effective|reliable|advanced|experienced|trusted|affordable|successful|modern|famous)|largest|biggest|fastest|cheapest|oldest|finest|greatest)(?!\w)",
    r"(?<!\w)(?:awards?|award-winning|winner|prize|native speakers|certified|accredited|world-class|licensed|ranked|five-star|5-star|unrivalled|unmatched|second to none)(?!\w)",
    r"(?<!\w)(?:nobody (?:has )?(?:ever )?(?:complain|regret|fail|left|quit|asked)\w*|no one (?:has )?(?:ever )?(?:complain|regret|fail|left|quit)\w*|not a single|hasn't been a|never had a|"
    r"no complaints|better than (?:any|all|other|the rest|everyone|competitors)|not one (?:customer|client|student|patient|member|person|guest|complaint|breakdown)|zero (?:complaints|refunds|failures)|nobody is (?:cheaper|better)|no one is (?:cheaper|better)|не найти|нигде (?:больше )?(?:не|нет))",
    r"(?<!\w)(?:многолетн\w+|огромн\w+|богат\w+) опыт\w*|(?<!\w)(?:years|decades) of experience|(?<!\w)опыт\w* (?:более|свыше|больше)",
)  # fmt: skip
SCARCITY: Final = compiled(
    r"(?<!\w)(?:осталось|остал(?:ся|ась|ись)|остается)(?: \w+){0,3} (?:мест\w*|дн\w+|час\w*|день|экземпляр\w*|штук\w*|урок\w*|возможност\w+)", r"(?<!\w)последн(?:ее|ие|их) (?:мест\w*|дн\w+|шанс\w*|экземпляр\w*)|последний (?:шанс|день)",
    r"(?<!\w)(?:только сегодня|успейте|поторопитесь|(?<!не )торопитесь|(?<!не )спешите|пока не поздно|мест почти|места заканчив\w+|разбирают|упустите|время ограничено|"
    r"предложение ограничено|ограниченн\w+ (?:предложени|количеств|врем)\w+|количество (?:мест )?ограничен\w*|сегодня действует|действует (?:только )?(?:до|сегодня)|"
    r"только (?:до(?! (?:врач|доктор))(?!\w)|для первых|первым|на этой|сейчас))",
    r"(?<!\w)(?:цен\w+|стоимость)(?: \w+)? (?:вырастет|вырастут|поднимется|поднимутся|подорожает|повысится|повышается|станет выше|увеличится)",
    r"(?<!\w)(?:акция|скидка|предложение|набор|запись|регистрация) (?:\w+ )?(?:заканчива\w+|закроется|закрывается|истека\w+|сгор\w+|действует до)",
    r"(?<!\w)(?:если|при) (?:\w+ )?(?:оплат\w+|закаж\w+|куп\w+|заказ\w*|запиш\w+|оформ\w+)(?: \w+)? (?:сегодня|сейчас|прямо сейчас|до конца|в течение)",
    r"(?<!\w)(?:закаж\w+|оплат\w+|куп\w+|оформ\w+) (?:прямо )?(?:сегодня|сейчас)",
    r"(?<!\w)(?:places?|spots?|seats?|days?|hours?|items?|slots?)(?: \w+){0,2} (?:left|remain\w*)|(?<!\w)(?:last|final) (?:chance|places?|spots?|seats?|call|day)",
    r"(?<!\w)(?:today only|only today|hurry|act now|act fast|don't miss|while (?:it|they|stocks?|supplies) lasts?|limited (?:offer|time|places|spots|number)|before it's too late|"
    r"selling (?:out|fast)|filling up|running out|almost (?:full|gone|sold)|now or never)(?!\w)",
    r"(?<!\w)(?:offer|sale|discount|promotion|registration|enrolment|enrollment|deal|booking|sign-?up|entry|list) (?:ends?|expires?|closes|is over|runs out)(?!\w)",
    r"(?<!\w)price\w* (?:\w+ )?(?:goes? up|go up|going up|rises?|increases?|will (?:rise|increase|go up|double))(?!\w)",
    r"(?<!\w)(?:order|buy|pay|book|sign up|enrol|enroll)(?: \w+)? (?:today|now|right now|this week)(?!\w)(?: and|,)",
    r"(?<!\w)if you (?:order|buy|pay|book|sign up|enrol)(?: \w+)? (?:today|now|right now|this week)",
)  # fmt: skip
GRADING: Final = compiled(
    r"(?<!\w)(?:став(?:лю|им)|поставлю|поставил\w*|ставит)(?: \w+){0,3}? (?:\d|пят\w+|четв\w+|трой\w+|двой\w+|отлично|хорошо|зачет|балл\w*|оценк\w+|плюс)",
    r"(?<!\w)(?:пятерк[аиу]|четверк[аиу]|тройк[аиу]|двойк[аиу]|пятерочк\w|твердая пят\w+|пять с плюсом|на отлично|зачтено|незачет|зачет)(?!\w)",
    r"(?<!\w)(?:оценк[аиу]|ваш балл|ваша оценка)(?: \w+)?[ :–—-]+(?:\d|пят|четыр|три|отлич|хорош|удовл)\w*",
    r"(?<!\w)\d+(?:[.,]\d+)? (?:балл\w*|из|очк\w+|points? (?:out )?of|out of|/) ?(?:из )?(?:\d+|100|10|5|пяти|десяти|ста)?(?: |$|[.!,])(?<=\w)(?:.)?(?=.*(?:задани|работ|ответ|тест|task|work|test|answer|you|вы))",
    r"(?<!\w)(?:ваш|твой|у вас|у тебя)(?: \w+)? уровень\W+(?:\w+ ){0,2}(?:[abcавс][12]\b|начальн|средн|продвинут|высок|низк)",
    r"(?<!\w)(?:ваш|твой) уровень (?:уже )?(?:соответствует|равен|это|тянет)",
    r"(?<!\w)(?:вы|ты) (?:сдал|сдала|сдали|прошли|прошел|справил\w+)(?: \w+)? (?:тест|экзамен|зачет|с заданием) на ",
    r"(?<!\w)(?:i (?:give|gave|'d give|would give|'ll give)|i'd give) (?:you |your |it |this )?(?:\w+ )?(?:an? )?(?:[a-f][+-]?|\d+|five|four|ten|top marks?|full marks?)(?!\w)",
    r"(?<!\w)(?:that's|this is|it's|earns?|deserves?|you get|you got|you earned) (?:(?:an? )(?:solid |clear |strong |definite |well-deserved )?[abcdf][+-]?|(?:solid |clear |strong )?(?:[b-df]|[abcdf][+-])|[2-5][+-]?|five|10/10)(?=[ .!,]|$)(?! (?:lot|good|great|bit|few|day|week|month|question|person|small|nice|way))",
    r"(?<!\w)(?:you scored|your (?:score|grade|mark) (?:is|was|:)|grade:|score:|your level is|your level's|you(?:'re| are) at (?:level )?[abc][12]|you passed|you failed|full marks|top marks|\d+ points out of|\d+/\d+ (?:points|correct))",
    r"(?<!\w)(?:your answer|your work|your task) (?:would )?(?:gets?|got|earns?|deserves?) (?:\w+ )?(?:\d+|an? [a-f]\b|points)|you (?:scored|earned) \d|(?:ten|10|nine|nine and a half|five|5) out of (?:ten|10|five|5)(?!\w)",
)  # fmt: skip
_WEEKDAY_RU = (
    r"понедельник\w*|вторник\w*|сред[уыа]м?\b|четверг\w*|пятниц\w+|суббот\w+|воскресень\w+"
)
_WEEKDAY_EN = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
DAYS: Final = compiled(
    r"(?<!\w)(?<!до )(?:послезавтра|завтра)(?!\w)",
    rf"(?<!\w)(?:в|во|по|с|со|до|к|на|ближайш\w+|кажд\w+|следующ\w+) (?:ближайш\w+ |кажд\w+ |следующ\w+ |этот |эту )?(?:{_WEEKDAY_RU})(?!\w)",
    r"(?<!\w)(?:на (?:этой|следующей|той) неделе|в (?:этом|следующем) месяце|через пару дней|в течение (?:дня|суток|недели|месяца|часа)|на днях|в (?:эти )?выходные)(?!\w)",
    r"(?<!\w)(?:tomorrow|the day after tomorrow|tonight)(?!\w)",
    rf"(?<!\w)(?:on |next |this |every |by |until |from )+(?:{_WEEKDAY_EN})(?!\w)",
    r"(?<!\w)(?:к|до|by|before|until) (?:концу |началу |середине |the end of )?(?:январ\w+|феврал\w+|март\w+|апрел\w+|ма[юя]|июн\w+|июл\w+|август\w+|сентябр\w+|октябр\w+|ноябр\w+|декабр\w+|лет[уа]|осени|зим[еы]|весн[еы]|нов\w+ год\w*|january|february|march|april|may|june|july|august|september|october|november|december|summer|autumn|winter|spring|christmas|easter)(?!\w)",
    r"(?<!\w)(?:next|this|within the|by the end of the) (?:week|month|weekend|year|hour|day)(?!\w)",
)
INVITES: Final = re.compile(
    r"(?<!\w)(?:напиши\w*|скажи\w*|приход\w+|давай\w*|выбер\w+|подума\w+|до (?:завтра|понедельника)|если (?:вам |вы )|подскажите|можете|могли бы|вы (?:писали|сказали|говорили|просили)|"
    r"let's|if you|you said|you wrote|you mentioned|write|please|until tomorrow|see you|would you|could you|you can|choose)(?!\w)"
)
QUOTES_CLIENT: Final = re.compile(
    r"(?<!\w)(?:вы|ты|вами|вас|вам)(?: \w+){0,3} (?:пис\w+|написал\w*|пиш\w+|сказа\w+|говор\w+|упомян\w+|назва\w+|назыв\w+|указа\w+|спрос\w+|спраш\w+|хот\w+|просил\w*|рассказ\w+|упоминал\w*|отметил\w*|планиру\w+|ищете)"
    r"|(?<!\w)(?:пишете|говорите|назвали|упомянули|сказали|у вас|вам \d+|ваш\w* (?:бюджет|размер|вес|рост|возраст|цель)|по вашим словам|поняла? вас|верно ли|правильно понял\w*)"
    r"|(?<!\w)you(?:'ve|'d| have)? (?:\w+ )?(?:said|say|wrote|write|mention\w*|told|tell|named|asked|ask|want\w*|need|plan\w*|have|are|were looking|described|'re)(?!\w)"
    r"|(?<!\w)(?:your (?:budget|size|weight|height|age|goal|room|plan|question|idea)|as you (?:say|said|wrote)|did i get|you're)(?!\w)"
)
ASKS_CLIENT: Final = re.compile(
    r"(?<!\w)(?:вы|вам|вас|ваш\w*|хотите|хотели|готовы|удобно|какая|какой|какие|что|когда|как|сколько|есть ли|нужн\w+|интересн\w+|записать|рассказать|прислать|показать|"
    r"you|your|what|which|how|when|would|shall|do|does|did|are|is|have|may i|can i|should i|where|why|want)(?!\w)"
)
NEGATES_RESULT: Final = re.compile(
    r"(?<!\w)(?:не (?:могу|можем|обеща\w+|пообеща\w+|возьмусь|хочу выдум\w+|гарант\w+|знаю|станет|факт|всегда|значит|даст|долж\w+)|нельзя|зависит|никто не|возможно|обещать|"
    r"can't|cannot|don't (?:know|promise|guarantee|give)|won't|depends|nobody|no one|not (?:everyone|always|promise|guarantee|sure)|no guarantee|may or may not|doesn't mean)(?!\w)"
)
EMPTY_STEMS: Final = frozenset(
    {
        "кото",
        "этот",
        "есть",
        "можн",
        "будет",
        "наши",
        "наш",
        "ваши",
        "толь",
        "если",
        "тоже",
        "this",
        "that",
    }
    | {
        "with",
        "have",
        "will",
        "your",
        "from",
        "they",
        "очень",
        "more",
        "than",
        "only",
        "just",
        "всего",
    }
)

IMPERATIVE: Final = re.compile(
    r"^(?:и |а |тогда |пожалуйста |но )?(?:\w+(?:ите|йте|ьте)(?:сь)?|please|bring|come|take|try|write|send|tell|choose|think|read|listen|answer|look|wear|imagine|remember|use|drink|name|give)(?!\w)"
    r"|(?<!\w)(?:пожалуйста|please)(?!\w)"
)
