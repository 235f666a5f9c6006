"""Which statements need no proof: those that say nothing about the business, its people or results.

The claims gate stops what it knows as a claim; for the rest it asks here. A clause is harmless when it
is about the talk itself ("tell me", "I'll ask a colleague"), about what the client said, wants or feels,
or when it only says that something is open. That "you" or "can" stands in it makes no clause harmless:
"you can pay in parts" is a term of the business and needs a source.
"""

import re
from typing import Final

_STAFF_RU = (
    r"(?:человек|коллег\w+|преподавател\w+|учител\w+|тренер\w*|врач\w*|доктор\w*|администратор\w*|менеджер\w*|мастер\w*|дизайнер\w*|консультант\w*|"
    r"специалист\w*|юрист\w*|адвокат\w*|бухгалтер\w*|фотограф\w*|оператор\w*|замерщик\w*|куратор\w*|люди|налоговая|сотрудник\w*|инструктор\w*|флорист\w*|гид\w*|суд)"
)
_STAFF_EN = (
    r"(?:person|people|colleagues?|teachers?|coach(?:es)?|trainers?|doctors?|dentists?|receptionists?|managers?|mechanics?|technicians?|designers?|consultants?|instructors?|"
    r"advisers?|advisors?|specialists?|lawyers?|accountants?|photographers?|florists?|guides?|operators?|staff|tax office|team|front desk|court)"
)
_SAYS_RU = r"(?:ответ|подска|расска|объясн|уточн|подтверд|назов|назыв|реш|определ|оцен|посмотр|подбер|подбир|подобр|поможе|помога|поста[вн]|счита|посчита|рассчит|напиш|свяж|выбер|выбир|принимает реш|решени|знае|пришл|представ|сказа|скаж)\w*"
_ASKS_EN = r"(?:look|make a diagnosis|decide|choose|name|know|help|answer|give|explain|works? (?:\w+ )?out|confirm|send|tell|say|introduce|check|write|reply|contact|get back|quote|advise|see)\w*"
_STATE_RU = r"(?:хот|хоч|нужн|важн|ближе|удоб|интерес|писал|пишет|напис|напиш|сказ|скаж|говор|упом|назв|дума|подум|реш|нрав|волн|бо[ия]|пон[ия]|задал|спро|спра|ищ|жал|планир|мечта|счита|предпоч|готов|знае|помн|опис|указ|отмет|расска|просил|просите|прислал|ответ|обрат|выб[еир]|сомнева|пережива|беспоко|болит|начина|начат|правы|смотр|посмотр|познаком|забот|трудн|сложн|страшн|тревож|скольк)"
_TALK_RU = r"(?:написать|ответить|рассказать|задать|спросить|прислать|сказать|выбрать|подумать|посмотреть|начать|начинать|обсудить|решить|отказаться|продолжить|уточнить|узнать|познакомиться|посоветоваться|позвать|описать|отправить|определить|назвать|обещать|записаться|сравнить|принести|привезти|взять с собой|подъехать|прийти|остановиться|рассказать|объяснить|показать|подсказать|помочь)"
_TALK_EN = r"(?:write|ask|tell|say|choose|think|answer|send|reply|look|have a look|see|start|begin|decide|skip|describe|share|mention|type|continue|compare|talk|call|bring|come|book|note|take your time|try|name|let me know|read|stop|click|tap|follow)"
_HARMLESS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # the assistant itself (its life and habits are judged by rules of their own)
        r"(?<!\w)(?:я|мне|меня|мной)(?!\w)",
        r"(?<!\w)(?:понимаю|понял\w*|переда[мю]\w*|передаем|уточн[юи]\w*|уточним|спрошу|зову|позову|помогу|поможем|расскажу|подскажу|объясню|отвечу|напишу|пришлю|вернусь|запишу|отмечу|учту|вижу|думаю|предлагаю|советую|давай\w*|узна[юе]\w*|проверю|покажу|добавлю|приглаш\w+|благодарю|извин\w+|запомнил\w*|жду|ждем|назову|слышу|сочувствую|ищу)(?!\w)",
        r"(?:^|[,.!;:–—-] ?|(?<!\w)(?:буду|очень|был\w*) )(?:спасибо|пожалуйста|здравствуйте|привет|добр\w+ (?:день|вечер|утро)|жаль|рад[аы]?|добро пожаловать|звучит|ой|ох|бедн\w+|хорошо|не тороп\w+|отлично|ясно|понятно|конечно|договорились|поздравля\w+|удачи|приятно|кстати|итак)(?!\w)",
        # what the client said, wants, feels; what is asked of the client
        rf"(?<!\w)(?:вы|вам|вас|вами|ваш\w*|ты|тебе|тебя|твой|твоя)(?: \w+){{0,3}} {_STATE_RU}\w*",
        rf"(?<!\w){_STATE_RU}\w*(?: \w+){{0,2}} (?:вы|вам|вас|вами|ваш\w*|ты|тебе)(?!\w)",
        r"(?:^|[,;:–—-] )(?:(?:и|а|но|тогда|пожалуйста|лучше|просто|сначала|потом|не|можно|если можно|для начала|заранее|сегодня|вы|коротко|хорошо),? ){0,2}(?!плати|получ|забуд|экономь|наслажд|пользуй|забир|возвращ|убед|довер)\w+(?:йте|ите|ьте|йтесь|итесь|ьтесь)(?!\w)",
        rf"(?<!\w)(?:можно|можете|сможете|лучше|важно|нужно|надо|стоит)(?: \w+){{0,3}} {_TALK_RU}(?!\w)",
        rf"(?<!\w){_TALK_RU} (?:\w+ )?(?:можно|можете|лучше|важно|нужно|надо)(?!\w)",
        r"(?<!\w)лучше (?:\w+ ){0,2}?(?:не )?\w+(?:ть|ться|йте|ите|йтесь|итесь)(?!\w)|(?<!\w)(?:посоветуйтесь|обратитесь|позвоните|напишите|скажите|приходите|продолжим|начнем|обсудим|сделайте|возьмите)(?!\w)",
        r"(?<!не )(?<!\w)(?:нужен|нужна|нужны|нужно|понадоб\w+)(?!\w)|(?<!\w)для начала (?:хватит|достаточно)|(?<!\w)только (?:врач|суд|юрист|ветеринар|специалист)(?!\w)|(?<!\w)это (?:нормально|естественно|бывает)(?!\w)",
        r"(?<!\w)(?:вариант\w*|options?|two ways|(?<!домашн.. )(?:задани\w+|упражнени\w+)|tasks?|exercises?)(?!\w)|(?<!\w)(?:урок\w*|заняти\w+|lessons?|classes)(?: \w+){0,2} (?:онлайн|online)(?!\w)",
        r"(?<!\w)(?:хорош|отличн|прекрасн|замечательн|важн|интересн)\w+ (?:цель|вопрос|иде[яю]|выбор|план|мысль|мечта|начало|повод|причина|мотив)(?!\w)|(?<!\w)(?:good|great|nice|lovely|wonderful|excellent|fair) (?:goal|question|idea|choice|plan|point|start|reason|thought|to meet)(?!\w)",
        r"(?<!\w)(?:знакомо|волну[юе]тся|боятся|стесняются|сомневаются|переживают)(?!\w)|(?<!\w)(?:many|some|lots of)(?: \w+){0,2} (?:feel|worry|are (?:nervous|shy|afraid|worried))(?!\w)",
        # what is open or depends
        r"(?<!\w)(?:завис\w+|по-разному|неизвестно|не знаю|нет (?:данных|сведени\w+|информаци\w+|ответа|возможности ответить)|ничего не (?:знаю|известно)|бывает (?:страшно|трудно|тяжело|сложно|нелегко|обидно|разн\w+|и так)|бывают (?:разн\w+|\w+ и)|иногда|если (?:\w+ )?набер\w+|кому-то|например|пример\w*|допустим|скажем)(?!\w)",
        r"(?<!\w)(?:нельзя|не могу|не можем|не буду|не стану|не берусь|не скажу|не подскажу|не знаю|не обещ\w+|не гарантир\w+|не даем|не да[юе]\w*|не делаем|не занимаемся|не предусмотр\w+|никто не (?:может|обещ\w+|гарант\w+|знает))(?!\w)",
        rf"(?<!\w){_STAFF_RU}(?!\w)(?! [–—-])(?: \S+){{0,3}} (?:не )?{_SAYS_RU}",
        rf"(?<!\w){_SAYS_RU} (?:\w+ )?(?:только )?{_STAFF_RU}(?!\w)(?! [–—-])",
        r"(?<!\w)(?:ссылк\w+|приглашени\w+|сообщени\w+|вопрос\w*|ответ\w*|ии|искусственн\w+|шаг)(?!\w)",
        r"^(?:[^,]{0,60}, )?(?:hello,? |hi,? )?this is [^,.!?]{2,40},|^(?:[^,]{0,60}, )?(?:здравствуйте,? )?это [«\"][^»\"]{2,40}[»\"]",
        # English
        r"(?<![\w'])(?:i|i'm|i'll|i've|i'd|me|let's|let)(?!\w)",
        r"(?<![\w'])you(?:'re|'ve|'d| have| are)?(?: (?!can|could|may|will|won't|get|gain|never)\w+){0,2} (?:want|need|like|prefer|said|say|wrote|write|mention\w*|told|tell|asked|ask|feel|think|know|see|decide\w*|plan\w*|worr\w+|mean|looking|dreaming|interested|right|described?|choose|chose|started|tried|remember|here|wonder\w*|hope|care|live|work\w*|studied)(?!\w)",
        rf"(?<![\w'])(?:you (?:can|could|may|might)|one can|can|feel free to|it's best to|better to|better not|no need to)(?: (?:also|always|first|just|simply|then|begin|start))* {_TALK_EN}(?!\w)",
        r"(?<!\w)(?:matters?|important|closer|clear|easier|interesting|hard|difficult|scary|stressful) (?:to|for) you(?!\w)|(?<!\w)(?:suits? you|interest you)(?!\w)",
        rf"(?:^|[,;:–—-] )(?:(?:and|but|so|then|please|first|just|also|perhaps|maybe|well|ok|okay|now|simply|always|do),? ){{0,2}}?(?:don't )?{_TALK_EN}(?!\w)|(?<!\w)please(?!\w)",
        r"(?:^|[,;:–—-] )(?:and |so |then |please )?(?:bring|come|take|try|wear|imagine|remember|use|drink|give|listen|put|have your|make sure|keep)(?!\w)",
        r"(?<!\w)(?:^|[,;:–—-] )(?:please )?don't \w+|(?<!\w)(?:there's no telling|hard to (?:say|tell)|не угадаешь|трудно сказать|по порядку|in order)(?!\w)|better (?:not )?(?:\w+ )?(?:see|drive|call|wait|ask|go|rest|check)(?!\w)|(?<!\w)(?:is|are|will be) (?:enough to (?:begin|start)|needed|required)(?!\w)|(?<!\w)that's (?:normal|natural|okay|fine|all right)(?!\w)|(?<!\w)(?:we|i) (?:don't|do not|can't|cannot) (?!make|fail|lose|charge|ask|take|let|stop|rest|miss|refuse)\w+|(?<!\w)only (?:a|the) (?:doctor|court|lawyer|vet|specialist|dentist)(?!\w)",
        r"(?<!\w)your (?:question|message|words|goal|plan|idea|interest|trust|patience|situation|answer|reply|name|choice|decision|concern|worry|pace|request|doctor|attitude)(?!\w)",
        r"(?<!\w)(?:depends?|maybe|perhaps|sometimes|goes ahead if|some (?:people|prefer|like)|for instance|for example|example)(?!\w)",
        r"(?:^|[,.!;:–—-] ?)(?:and |oh |yes |no )?(?:thanks|thank|hello|hi|good (?:morning|afternoon|evening|day|question|luck)|sorry|glad|happy (?:to|birthday|new)|great|welcome|that's right|all right|right(?=[,.!])|okay|ok|sure|congratulations|noted|understood|agreed|got it|sounds|oh|ouch|dear|poor thing|no (?:problem|hurry|rush|worries))(?!\w)",
        r"(?<!\w)(?:don't know|not know|(?:i|we|it|that|this|nobody|no one) (?:can't|cannot|won't|can not)|isn't (?:known|clear)|not (?:known|sure|clear)|unknown|nothing about|nobody (?:can|knows)|don't (?:guarantee|promise|give|offer|have))(?!\w)",
        rf"(?<!\w)(?:a |the |our |your )?{_STAFF_EN} (?:will |can |may |'ll |is able to )?(?:\w+ly )?{_ASKS_EN}(?!\w)",
        rf"(?<!\w)(?:by|ask) (?:a |the |your |our )?{_STAFF_EN}(?!\w)",
        r"(?<!\w)(?:link|invitation|message|question|answer|ai|word|sentence|phrase|step)(?!\w)",
    )
)  # fmt: skip
_NEVER: Final = re.compile(
    r"(?<!\w)(?:(?:на|в|к|со?|уже|on|in|by|from) (?:уже )?(?:the |your |its )?(?:втор|треть|четверт|пят|перв|second|third|fourth|fifth|first)\w* (?:ден[ья]|дня|недел\w+|месяц\w*|год\w*|урок\w*|заняти\w+|day|week|month|year|lesson|class|session)|(?:nothing|nobody|no one)(?: \w+){0,4} ever|кажд\w+ (?:втор|трет|перв|десят)\w+|every (?:second|third|other|tenth)|two thirds|больше половины|the majority|вдвое|втрое|в \w+ раза? (?:больше|быстрее|меньше|лучше|легче)|(?:twice|(?:three|four|five|ten|several|many) times) (?:as|more|faster|better|the)|нас (?:\w+ )?(?:рекоменд|хвал|выбира|люб|совету|цен|знаю)\w+|(?:recommends?|loves?|chooses?|praises?|trusts?|knows?) us|with our method|по нашей методике|never|никогда|always|всегда|half of|половина|most of|большинство|famous|известн(?:ый|ая|ые|ых|ого|ым|ыми)|чемпион\w*|champion\w*|сборн\w+|queue|очеред\w+|included|включ[её]н\w*|входит|входят|внутри цены|known for|славится|знаменит\w*)(?!\w)"
)
"""Words that make a statement a claim, however harmless its other words are."""


_DEPENDS: Final = re.compile(
    r"^(?:и |а |но |and |but |so )?(?:что|чтобы|если|когда|пока|как|сколько|как\w+|где|куда|кто|почему|поэтому|так что|\w+ ли|ведь|чей|котор\w+|whether|if|when|that|because|so|what|how|who|which|where|why|since|while|until)(?!\w)"
)
"""A clause that hangs on another one."""
_ASSERTS: Final = re.compile(
    r"(?<!\w)(?:мы|наш\w*|у нас|(?!всем|тем|чем|ним|этим|своим|одним|таким|каким|самим|любим)\w{2,}(?:ем|им)|\w{2,}(?:ет|ит|ут|ют|ят)(?:ся)?)(?!\w)"
    r"|(?<!\w)(?:we|we'll|we're|we've|our|it'll|it's|they|they're|they'll|there's|there are)(?!\w)|^(?:and |but )?(?:the|our|all|every|each|this) (?:\w+ ){1,2}?(?:is|are|will|has|have|was|were|can|\w+s)(?!\w)"
)
_REPEATS: Final = re.compile(
    r"^(?:хорошо |ага |ой |итак )?(?:понял\w*|понимаю|значит|то есть|запомнил\w*|судя по|по вашим словам|записал\w*|got it|noted|i see|i understand|understood|so you|from what you)(?!\w)"
)


_OWN: Final = re.compile(r"(?<!\w)(?:мы|нас|нам|наш\w*|we|us|our|ours)(?!\w)")


def needs_proof(seen: str) -> bool:
    """Whether a visible sentence states something that only a source can carry."""
    if repeats_client(seen) and not _OWN.search(seen):
        return False
    return boasts(seen) or not any(pattern.search(seen) for pattern in _HARMLESS)


def asserts(clause: str) -> bool:
    """Whether a clause states something by itself, with the business or a thing as its subject."""
    clause = clause.strip()
    return not _DEPENDS.search(clause) and _ASSERTS.search(clause) is not None


def repeats_client(seen: str) -> bool:
    """Whether the sentence says back what the client told: "got it, the phone fell into water"."""
    return _REPEATS.search(seen) is not None


def boasts(seen: str) -> bool:
    """Whether it holds a word that makes any statement a claim."""
    return _NEVER.search(seen) is not None
