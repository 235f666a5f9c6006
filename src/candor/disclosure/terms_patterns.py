"""The patterns of terms that a seller invents easily: without limits, without burdens, paid on success.

They describe kinds of terms, not the terms of one trade, and match visible text (see `visible_text`).
A source proves a term when it names the same kind of term about the same thing.
"""

import re
from typing import Final

CLOSED: Final = re.compile(
    r"(?<!\w)(?:не (?:работа|принима|открыт|провод|занима)\w*|закрыт\w*|выходн(?:ой|ые)|shut|(?:поддержки|приема|занятий|уроков) (?:\w+ )?нет|не застать|отдыха\w+|closed|not open|days? off|don't (?:open|work)|(?:no|not|isn't|aren't)(?= (?:\w+ )?(?:on|lessons|classes|visits)(?!\w)))(?!\w)"
)
"""A day is named only to say that nothing happens on it."""
ONE_DAY: Final = re.compile(
    r"(?<!\w)(?:эт\w{1,3}|ближайш\w+|следующ\w+|this|next|coming)(?!\w)|(?<!\w)the \d|\d(?:st|nd|rd|th)(?!\w)"
)
"""One certain day, not a weekday of the timetable."""
SAID_BY_CLIENT: Final = re.compile(
    r"(?<!\w)(?:вы|ты)(?: \w+)? (?:пис|пиш|сказа|говор|упом|указа|отмет|сообщ|рассказ)\w*|(?<!\w)по вашим словам|(?<!\w)you(?:'ve)?(?: \w+)? (?:said|wrote|mention\w*|told|say)(?!\w)"
)
"""The client's own words are said back."""
UNLIMITED: Final = re.compile(
    r"(?<!\w)(?:в любой (?:момент|день|час|срок)|в любое (?:время|удобное)|когда (?:угодно|захотите|пожелаете|вам угодно|хотите)|(?:сколько|сколь|как) (?:угодно|захотите|пожелаете|хотите|вам нужно|душе угодно|потребуется)(?! \w*(?:написать|спросить))|"
    r"неограниченн\w+|(?:без|нет|никаких) (?:\w+ )?(?:ограничени\w+|лимит\w*|срок\w* давности|срока действия)|безлимит\w*|бессрочн\w+|навсегда|навечно|пожизненн\w+|на всю жизнь|всю жизнь|"
    r"(?:любо[ей]|каким угодно) (?:числ\w+|количеств\w+)|на любой срок|в любом количестве|хоть (?:каждый|каждую|сто|десять|весь)|пока не (?:пойм|получ|сда|добь|буд|заговор|устро)\w+|до победного|круглосуточн\w*|круглые сутки|днем и ночью|24 часа в сутки|из любо[йг]о? (?:точки|города|места)|по всей стране|по всему миру|в любо[йме]\w* (?:город\w*|точк\w+|стран\w+|магазин\w*|филиал\w*))(?!\w)"
    r"|(?<!\w)(?:(?:at )?any ?time|whenever|(?:as|so) (?:many|much|often|long|far|frequently)(?: \w+){0,3} as (?:you|they|he|she|it|your)(?! (?:said|wrote|mention))|unlimited|limitless|without (?:any )?(?:limits?|limitations?|restrictions?|time limits?|expiry)|no (?:\w+ )?(?:limits?|limitations?|restrictions?|expiry|deadline)|"
    r"(?:never|doesn't|don't|won't) expires?|indefinitely|forever|for life|for good|lifetime|any number of|no matter (?:how|when|what|where)|until (?:you|he|she|they|your \w+) (?:pass\w*|succeed\w*|gets?|understands?|speaks?|finds?|wins?|(?:is|are) \w+)|around the clock|day and night|day or night|24 hours a day|nationwide|worldwide|anywhere|everywhere|all over the (?:country|world|city))(?!\w)"
)
"""Terms without a limit: in time, number or place."""
TALKS: Final = re.compile(
    r"(?<!\w)(?:пиш\w+|написа\w+|напиш\w+|спраш\w+|спросит\w*|спроси\w*|задава\w+|задать|обращ\w+|ответ\w*|остановит\w*|отпис\w+|отказат\w+|скажите|сказать|вернуться|верн[её]мся|вернитесь|передума\w+|подума\w+|начать|начинать|возраст\w*|"
    r"write|ask|asking|message|messages|text me|tell me|say|answer|stop|unsubscribe|reply|come back|think|decide|begin|start|age)(?!\w)"
)
"""Talking to the assistant is not limited, and it may say so."""
_BURDENS: Final = (
    r"(?:плат\w*|доплат\w*|доплач\w*|переплат\w*|комисси\w+|скрыт\w+|наценк\w*|сбор\w*|очеред\w*|ожида\w+|ждать|предоплат\w*|залог\w*|риск\w*|обязательств\w*|штраф\w*|удержани\w+|подготовк\w+|побочн\w+|противопоказани\w*|бол[иь]\w*|осложнени\w*|справк\w+|виз[аыу]|хлопот\w*|волокит\w*|пробк\w*|потер\w*|теря\w+|поломок|брак\w*|"
    r"wait\w*|queues?|lines?|fees?|charges?|charged|hidden|commissions?|obligations?|commitments?|contracts?|risks?|risky|pain|pains|side effects?|contraindications?|deposits?|prepay\w*|upfront|surcharges?|fines?|penalt\w+|paperwork|hassle|damages?|data loss|downtime|strings attached|visas?|catch|small print|fine print|pay|paying|extra costs?|additional costs?)"
)
UNBURDENED: Final = re.compile(
    rf"(?<!\w)(?:без|нет|никак\w+|ни|не (?:нужн\w+|надо|придется|требу\w+|потребу\w+|бывает|будет|берем|взима\w+)|ничего не|ничего)(?: \w+){{0,3}} {_BURDENS}(?!\w)"
    rf"|(?<!\w){_BURDENS}(?: \w+){{0,2}} (?:нет|не (?:нужн\w+|надо|придется|требу\w+|потребу\w+|бывает|будет))(?!\w)"
    r"|(?<!\w)не (?:платите|доплачиваете|переплачиваете|потеряете|потеряется|потеряются|пропад[уе]т\w*|заметите|почувствуете|ждете|рискуете)(?!\w)"
    rf"|(?<!\w)(?:no|not|without|never|zero|nothing|don't|doesn't|won't|needn't|isn't|aren't)(?: \w+){{0,3}} {_BURDENS}(?!\w)"
    r"|(?<!\w)you(?:'ll| will)? (?:won't|not|never|don't) (?:\w+ )?(?:lose|be charged|notice|feel (?:a|the|any|it)|regret|need (?:a|any|to bring|to pay|to prepare)|have to (?:pay|wait|worry|bring|prepare)|be left|wait|find)(?!\w)"
)
"""A burden that is denied: no queue, no hidden fees, nothing else to pay, no pain."""
PAID_ON_SUCCESS: Final = re.compile(
    r"(?<!\w)(?:плат\w+|оплат\w+|оплач\w+|расплат\w+|рассчит\w+)(?: \w+){0,3}? (?:только|лишь|исключительно|по (?:результат\w+|факт\w+)|после|когда|потом)(?!\w)"
    r"|(?<!\w)(?:платите|оплата|оплачиваете|деньги)(?: \w+){0,2} (?:если|за результат)(?!\w)"
    r"|(?<!\w)no win,? no fee|(?<!\w)(?:only )?pay(?:ment)?(?: \w+){0,2} (?:only|if|when|after|once|later|for results|on success|unless|until|till)(?!\w)|(?<!\w)only pay(?!\w)"
)
"""Payment made to hang on a condition."""
OF_A_CHILD: Final = re.compile(
    r"(?<!\w)(?:ребен\w+|сын\w*|доч\w+|внук\w*|внуч\w+|малыш\w*|крох\w*|мальчик\w*|девоч\w+|son|daughter|grandson|granddaughter|child|toddler|boy|girl|kid)(?!\w)|летн(?:ий|яя|его|юю|ему|ей|им|ему)(?!\w)|[ -]year[ -]olds?(?!\w)"
)
"""Years that are somebody's age, not a term."""
KNOWS_NOT: Final = re.compile(
    r"(?<!\w)(?:не (?:могу|можем|обеща\w+|гарант\w+|знаю|скажу|буду|стану|берусь|уверен\w*)|нельзя|неизвестно|нет (?:данных|сведений|информации|ответа)|уточн\w+|спрошу|узнаю|"
    r"i (?:can't|cannot|won't|don't|couldn't|wouldn't|have no|have nothing|know nothing|am not|will ask|'ll ask)|i'm not|i'll (?:ask|find out|check)|can't (?:promise|say|guarantee)|никто не (?:знает|может|обещ\w+)|(?:nobody|no one) (?:can|knows)|not sure|don't (?:promise|guarantee|know)|we don't|we can't|we do not|unknown)(?!\w)"
)
"""What is denied is knowledge or a promise."""
UNSURE: Final = re.compile(
    r"(?<!\w)(?:не (?:знаю|указан\w*|известно|вижу|скажу|могу сказать)|нет (?:данных|сведений|информации|ответа)|уточн\w+|спрошу|узнаю|передам|"
    r"i (?:don't know|do not know|can't (?:see|say|tell)|couldn't say|need to check|have no|haven't)|i'll (?:ask|find out|check|pass)|not sure|no idea)(?!\w)"
)
"""The sentence says that something isn't known."""
NOT_SAID: Final = re.compile(
    r"(?<!\w)(?:точно|наверняка|однозначно|стопроцентно) (?:\w+ )?не (?:скаж|зна|мог|отвеч|отвеч|подскаж|обещ|назов|помн|буду|стану)\w*"
    r"|(?<!\w)(?:can't|cannot|don't|won't|couldn't) (?:\w+ ){0,3}(?:for sure|for certain|certainly|definitely)"
)
"""Adverbs of certainty that deny certainty: "точно не скажу"."""
CREDENTIALS: Final = re.compile(
    r"(?<!\w)(?:кандидат\w* (?:\w+ )?наук|доктор\w* наук|профессор\w*|академик\w*|эксперт(?:ы|ов|ом|ами)?|авторизован\w+|официальн\w+ (?:дилер\w*|партн\w+|сервис\w*|представител\w+)|парт?н[её]р\w* \w+|бывш\w+|автор\w* (?:\w+ )?(?:учебник\w*|книг\w*|методик\w*|курс\w*)|хит\w* продаж|бестселлер\w*|чаще всего (?:берут|выбирают|заказывают|покупают)|(?:писал\w*|снимал\w*|показывал\w*|рассказывал\w*) (?:\w+ )?(?:газет\w*|журнал\w*|коммерсант\w*|forbes|форбс|телевид\w+|канал\w*)|как (?:родн\w+|нов\w+|с завода))(?!\w)"
    r"|(?<!\w)(?:former|ex-\w+|phd|professor\w*|authori[sz]ed (?:dealer|service|repair|partner)|official (?:dealer|partner|service)|bestsell\w+|best[- ]selling|(?:trained|studied|graduated|educated) (?:at|in|abroad|from)|as seen (?:on|in)|featured (?:in|on)|(?:like|good as|as|brand) new|top seller|crowd favourite|fan favourite|straight a's?|has been on tv)(?!\w)"
)
"""Titles, ranks and fame that only a source can give."""
EXAMPLE: Final = re.compile(
    r"(?<!\w)(?:пример\w*|например|фраз\w+|предложени[ея]|по-английски|по-русски|переведите|перевод|examples?|for instance|sentences?|phrases?|in english|in russian|translate|(?:present|past|future) (?:simple|continuous|perfect))(?: (?!отзыв|истори|ученик|клиент|review|testimon|student|client|customer)[\w-]+){0,3}\W{1,3}"
    r"(?:(?<=[\"'«“„‘])[^\"»”’]{1,80}[\"»”’]|(?=i )[^.!?]{1,60})"
)
"""A sentence of the language that is taught ("example: I cook every day"): nobody's habit."""
NO_OFFER: Final = re.compile(
    r"(?<!\w)(?:скид\w+|акци\w+|рассрочк\w+|подарк\w+|бонус\w*|купон\w*|промокод\w*)(?: \w+){0,2} (?:нет|не (?:бывает|предусмотрен\w*|предлага\w+|да[её]м|делаем))(?!\w)"
    r"|(?<!\w)(?:нет|без|никаких) (?:\w+ )?(?:скид\w+|акци\w+|рассрочк\w+|подарк\w+|бонус\w*|купон\w*|промокод\w*)"
    r"|(?<!\w)(?:no|not any|don't (?:have|give|offer)(?: any)?) (?:\w+ )?(?:discounts?|promotions?|instal?lments?|gifts?|coupons?|vouchers?|promo codes?|special offers?)(?!\w)"
)
"""An advantage that is denied: nothing is promised by it."""
TOO_SOON: Final = re.compile(
    r"(?<!\w)(?:не успе\w+|не получится|не сможем|слишком (?:рано|скоро)|too (?:soon|early|short)|can't|cannot|not possible|impossible)(?!\w)"
)
SCHOOL_MARKS: Final = re.compile(
    r"(?<!\w)(?:четверт[иью]|в школе|в (?:девятом|десятом|одиннадцатом|\d+)(?!\w)|по (?:алгебре|математике|физике|химии|русскому|английскому|геометрии)|"
    r"the last test|your (?:last|first) (?:test|exam)|said you failed|so you failed)(?!\w)"
)
"""Marks of the client's school, told by him or regretted with him."""
MARKS_WORK: Final = re.compile(
    r"(?<!\w)(?:ставлю|поставлю|ставим|у вас|вам|молодец|умница|сегодня|за (?:ответ|задание|работу|это|сочинение|тест)|ваш\w* (?:ответ|работ|задани|сочинен|тест)\w*|your (?:answer|work|task|essay|homework))(?!\w)"
)
EMERGENCY: Final = re.compile(
    r"(?<!\w)(?:112|101|102|103|911|999|988)(?!\w| ?(?:₽|руб|\\$|%|чел|клиент|people|client|dollar))"
)
"""The numbers of emergency services, which anybody may be told."""
NO_PROMISE: Final = re.compile(
    r"(?<!\w)не (?:могу |можем |буду |стану |берусь )?(?:обеща\w+|гарантир\w+)|(?<!\w)(?:can't|cannot|don't|won't|couldn't|do not|will not|would not|wouldn't|shall not|could not) (?:\w+ to )?(?:promise|guarantee)(?!\w)"
    r"|(?<!\w)(?:обещать|гарантировать|поручиться|предсказать|сказать)(?:,? [^.!?]{0,60})?,? (?:не (?:могу|можем|буду|стану|берусь|возьм\w+)|нельзя)(?!\w)"
    r"|(?<!\w)(?:can't|couldn't|can not|could not) say(?!\w)"
)
"""What is said after it is what is not promised."""
CLIENTS_MONEY: Final = re.compile(
    r"(?<!\w)(?:бюджет\w*|потрат\w+|трат\w+|накоп\w+|доход\w*|зарплат\w+|зарабат\w+|рассчитыва\w+|плат(?:ите|или) (?:сейчас|раньше|там)"
    r"|budget|spend|spent|save[ds]?|savings|earn\w*|salary|afford|paid|(?:now|currently) pay\w*)(?!\w)"
)
"""Money that is the client's own, not our price."""
HALF_PRICE: Final = re.compile(r"(?<!\w)половин\w+ (?:от )?(?:цены|стоимости)(?!\w)")
TURNS: Final = re.compile(
    r"(?<!\w)(?:но зато|но|а вот|зато|однако|but|however|yet)(?!\w),? |[,;–—-] (?:а )?(?:просто|just|only) "
)
"""From here on the sentence says the opposite: "no discounts, just half the price"."""
DENIES_BEFORE: Final = re.compile(
    r"(?<!\w)(?:не|нет|нельзя|никак\w+|без|ничего|уточню|спрошу|узнаю|no|not|never|nothing|cannot|without|unable|i'll (?:ask|check))(?!\w)|n't(?!\w)"
)
TELLS: Final = re.compile(
    r"(?<!\w)(?:знаете(?: ли вы)?|знали(?: ли вы)?|слышали|представляете),? (?:ли,? )?(?:вы,? )?что (?!так\w+|вы |вас |вам )|(?<!\w)представляете,|(?<!\w)(?:did you know|have you heard)(?: that)? (?!what|how|why|where|when|whether|if|about)"
)
PROPOSES: Final = re.compile(
    r"(?<!\w)(?:записать|записывать|оформить|оформим|оформляем|забронировать|бронирую|бронируем|придержать|посчитать|применить|начислить|подарить|выслать|прислать|отправить|активировать|"
    r"хотите|желаете|хотели бы|готовы|давайте|почему бы|как насч[её]т|want|would you like|do you want|shall (?:i|we)|should (?:i|we)|may i|can i|could i|ready to|how about|why not|interested in getting)(?!\w)"
)
"""Words of a question that offers something."""
ASKS_BACK: Final = re.compile(
    r"(?<!\w)(?:узнать|услышать|понять|расска\w+|уточн\w+|спрос\w+|спраш\w+|спрошу|узна[юе]\w*|переда\w+|позвать|позову|подска\w+|объясн\w+|интересу\w+|имеете|имели|речь|говорите|посмотреть|сравнить|обсудить|поговорить|вопрос\w*|вы хотите|бывает|есть ли|будет ли|"
    r"mean|asking|ask|check|find out|tell|know|hear|explain|pass|colleague|person|see if|see whether|learn about|talk|discuss|compare|details|question|looking for|hoping)(?!\w)"
)
"""Words of a question about what is meant, or whether something should be found out."""
_GAINS: Final = (
    r"(?:результат\w*|ни с чем|эффект\w*|прогресс\w*|знани\w+|работы|оффера|довол\w+|успех\w*)"
)
DENIED_FAILURE: Final = re.compile(
    r"(?<!\w)(?:невозможно|нельзя|нереально|трудно|не получится|не сможете|не можете) (?:\w+ )?не (?:заговор|выуч|сда|науч|похуд|поня|полюб|влюб|добит|поступ|справ|получи|освои|улучш|запомни)\w+"
    r"|(?<!\w)не (?:заговорить|выучить|сдать|научиться|похудеть|поступить|справиться|освоить)(?: \w+){0,2} (?:просто |здесь |у нас )?невозможно"
    r"|(?<!\w)(?:провалить(?:ся)?|завалить|не сдать)(?: \w+){0,3} (?:просто |у нас )?(?:невозможно|нельзя|нереально)(?!\w)|(?<!\w)(?:невозможно|нереально) (?:провалить|завалить)"
    rf"|(?<!\w)никто(?: \w+){{0,2}} не (?:уходит|уходил|ушел|остался|остается|оставался)(?: \w+)? (?:без {_GAINS}|ни с чем|недовол\w+)"
    rf"|(?<!\w)без {_GAINS} (?:\w+ )?никто(?: \w+){{0,2}} не (?:уходит|уходил|ушел|остался|остается)"
    r"|(?<!\w)(?:you|they|one) (?:simply |just |really )?(?:can't|cannot|can not|won't|couldn't|will not)(?: possibly| ever)? (?:fail|go wrong|lose)(?=[ ,.;!]*$| (?:with us|here|this time|with (?:this|our)|your exam|the exam|it\b))"
    r"|(?<!\w)(?:impossible|not possible) (?:not to (?:speak|learn|pass|succeed|improve|love|understand|lose weight)|to fail(?! (?:a|the|this) (?:test|quiz|survey)))(?!\w)"
    r"|(?<!\w)(?:nobody|no one)(?: \w+){0,2} (?:leaves?|left|goes|went|walks?|walked|finish(?:es|ed)?|stays?)(?: \w+)? (?:without (?:a |any )?(?:results?|progress|success|job|offer)|empty[- ]handed|disappointed|unhappy|dissatisfied)"
    r"|(?<!\w)failure is (?:impossible|not an option|out of the question)"
)
"""Two denials that promise."""
