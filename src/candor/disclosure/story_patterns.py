"""The patterns of told stories: what crowds do, what third persons did, what only a person could say of
itself. They match visible text (see `visible_text`)."""

import re
from typing import Final

from candor.disclosure.claim_patterns import CUSTOMER_RU, compiled

_PEOPLE_RU: Final = (
    rf"(?:{CUSTOMER_RU[3:-1]}|невест\w*|жених\w*|пар[аы]|мамы|папы|родители|взрослые|дети|новички|водител\w+|таксист\w*|владельцы|хозяева|хозяйки|люди|женщины|мужчины|девушки|парни|семьи|"
    r"предпринимател\w+|пенсионер\w*|школьник\w*|жители|соседи|компании|инвесторы|мастера|врачи|тренеры|преподаватели|специалисты)"
)
_NEUTRAL_RU: Final = r"(?:могут|хотят|волну\w+|бо[ия]тся|спрашива\w+|бывают|начина\w+|дума\w+|пережива\w+|сомнева\w+|ищут|помогают|работают|ведут|отвеча\w+|объясня\w+|занима\w+|учатся|пишут вам|решают|ставят цел\w+|идут|будут|есть)"
CROWDS: Final = compiled(
    rf"(?<!\w){_PEOPLE_RU}(?: (?:\w+ )?(?:от|к|с|из|у|со|ко) \w+)?(?: (?:часто|всегда|обычно|даже|потом|уже|сами|у нас|к нам))* (?!{_NEUTRAL_RU}(?!\w))\w+(?:ют|ут|ят|ат)(?:ся)?(?!\w)",
    r"(?<!\w)к нам (?:\w+ )?(?:едут|приезжают|идут|обращаются|возвращаются|приходят|записываются)",
    r"(?<!\w)(?:brides|grooms|couples|drivers|owners|women|men|families|moms|mothers|parents|kids|children|beginners|companies|businesses|people|everyone|everybody|locals|neighbou?rs|clients|customers|students|members|patients|guests)"
    r"(?: (?:often|always|usually|even|who \w+(?: \w+){0,3}))* (?!can|may|might|want|wish|prefer|ask|need|are\b|will|would|should|have to|do\b|don't|who|with|in\b|at\b|on\b|and|or\b|of\b|from|for|to\b|is\b|has\b|have\b|under|over|like to|feel nervous|worry|start|begin|begin|learn at|differ|choose between)"
    r"(?:cry|cries|come|comes|love|loves|laugh|rave|drive|travel|return|say|says|tell|tells|recommend|smile|thank|notice|forget|see|lose|earn|find|get|gets|buy|order|bring|book|wait|queue|praise|call|keep|speak|trust|enjoy|write|send|stay|swear|prefer us|choose us|\w+ed)(?!\w)",
)
"""What crowds of people are said to do: a review in disguise."""
TOLD_RU: Final = re.compile(
    r"(?<!\w)(?P<verb>\w{2,}(?:ал|ил|ел|ыл|ул|ял|шел|ала|ила|ела|ула|яла|шла|ыла|али|или|ели|ули|яли|ыли|шли)(?:ся|ась|ись)?)(?!\w)"
)
NOT_TOLD: Final = re.compile(
    r"(?:акварел[ьи]|прибыл[ьи]|газел[ьи]|педал[ьи]|чернил\w*|развал\w*|байкал\w*|если|или|канал\w*|материал\w*|отдел\w*|раздел\w*|модел[ьи]|недел[ьи]|цел[ьи]|цели|мебел[ьи]|детал[ьи]|журнал\w*|портал\w*|зал|зала|предел|апрел[ьи]|стил[ьи]|стил|профил[ьи]|автомобил[ьи]|печал[ьи]|дал[иь]|боли|роли|соли|были бы|мал|мала|пал|вокзал|потенциал|идеал|сигнал|персонал|оригинал|финал|филиал|квартал|интервал|процентил[ьи]|"
    r"школа|шкала|начала|сначала|вначале|договорил\w+|дела|тела|мыла|зеркала|одеяла|правила|сила|стили|мотели|отели|отел|туннел[ьи]|артикул|стимул|титул|модул[ьи]?|стул|пыли|жил[ье]|ноутбук|метал|металл|металла|капитал\w*|функционал\w*|профессионал\w*|специал\w*|универсал\w*|актуал\w*|ритуал\w*|терминал\w*|регионал\w*|сериал\w*|интеграл\w*|чили|пастели|постели|параллели|карусели|скандал\w*|обвал\w*|привал\w*|подвал\w*|перевал\w*|овал\w*|провал\w*|штурвал\w*|карнавал\w*|фестивал[ьи])"
)
"""Nouns and conjunctions that end like a verb of the past."""
TOLD_EN: Final = re.compile(
    r"(?<!\w)(?:the |our |a |an |this |that |his |her |their )?(?:\w+ )?(?:teachers?|photographers?|coach(?:es)?|trainers?|doctors?|mechanics?|drivers?|designers?|founders?|owners?|masters?|experts?|team|company|studio|school|clinic|"
    r"brides?|couples?|families|women|woman|man|men|girl|guy|boy|mother|father|celebrit\w+|actors?|stars?|students?|graduates?|customers?|clients?|members?|patients?|guests?|everyone|everybody|someone|people|person|neighbou?rs?)"
    r"(?: who \w+(?: \w+){0,4}?)?(?: (?:in|from|of|at) \w+(?: \w+){0,2})? (?:(?:has|have|had|once|already|recently|also|really|even|just|never|finally|quickly) )*(?:shot|lived|won|got|found|lost|came|made|built|sold|saved|went|took|became|moved|worked|studied|trained|graduated|learned|"
    r"started|passed|changed|opened|bought|gave|left|cried|loved|said|told|wrote|earned|paid|returned|helped|cured|fixed|treated|taught|wanted|managed|received|achieved|reached|increased|doubled|improved|posed|bragged|noticed)(?!\w)"
)
ALLOWS_TOLD: Final = re.compile(
    r"(?<!\w)(?:вы|ты|вам|спасибо|бы|чтобы|хотел\w*|могл[иа]|мог|если|когда вы|раньше вы|you|if|would)(?!\w)"
    r"|(?<!\w)(?:здорово|жаль|приятно|сочувствую|ура),? что (?!наш|у нас|все )"
    r"|(?<!\w)(?:рад[аы]?|хорошо|отлично|класс|супер|умничка|молодец|молодцы|прекрасно|замечательно|благодарю),? (?:вас )?(?:что|за) (?:\w+ )?\w+(?:ли|лись|ы|ие)(?!\w)"
    r"|^(?:напишите|расскажите|скажите|подскажите|пришлите),? (?:что|какой|какую|какие|какое|где|когда|как)(?!\w)"
)
ASSISTANTS_PRESENT: Final = re.compile(
    r"(?:выясн|поинтерес|отправ|предлож|оформ|сразу|занесу|внесу|переда|понима|передам|передаю|уточн|спрош|спрашива|зову|позов|помог|расска|подска|объясн|отвеч|отвеч|напиш|пиш|пришл|присл|верн|записыва|запиш|отмеч|отмет|уч[тту]|вижу|знаю|дума|предлаг|совет|могу|хочу|буду|рад|готов|не|надеюсь|прошу|сообщ|свяж|перед|предпоч|узна|повтор|уточ|слуша|слыш|веду|провер|покаж|добав|постара|нахож|говор|бер|выдумыва|ошиба|работаю (?:здесь|только)|задам|назов|назыв|приглаш|приш|благодар|соглас|извин|попроб|счита|ставлю (?:вопрос|задач)|ищу|найду|поищу|приведу|дам|даю|сдела|храню|сохран|прикин|посчита|рассчита|подсчита|ночью|осенью|вникну|составлю|перешл|оставл|забронир|жду|подожд|напомин|напомн|здесь|и|а|тоже|только|лишь|сам|сама|же|всегда|вас|вам|тут|очень|уже|сейчас|лучше|бы)"
)
OWN_PRESENT: Final = re.compile(r"(?<!\w)я (?P<verb>\w+(?:у|ю|усь|юсь))(?!\w)")
OWN_PRESENT_EN: Final = re.compile(
    r"(?<![\w'])i (?:(?:also|really|just|even|never|always|personally|actually|still|often|usually|too|will|can|shall|certainly|gladly|happily|totally|completely|fully|entirely|truly|quite|so) )*(?P<verb>[a-z]+(?:'[a-z]+)?)(?!\w)"
)
ASSISTANTS_VERBS: Final = frozenset(
    [
        "set",
        "sympathise",
        "sympathize",
        "ought",
        "love",
        "says",
        "slip",
        "realise",
        "realize",
        "arrange",
        "sign",
        "predict",
        "honestly",
        "answered",
        "misread",
        "muddled",
        "promised",
        "gather",
        "imagine",
        "feel",
        "am",
        "can",
        "will",
        "would",
        "could",
        "may",
        "might",
        "should",
        "must",
        "do",
        "did",
        "don't",
        "cannot",
        "have",
        "has",
        "had",
        "see",
        "understand",
        "know",
        "hope",
        "think",
        "suggest",
        "mean",
        "pass",
        "ask",
        "answer",
        "help",
        "tell",
        "say",
        "need",
        "offer",
        "wish",
        "write",
        "send",
        "note",
        "wonder",
        "apologise",
        "apologize",
        "appreciate",
        "agree",
        "guess",
        "believe",
        "assume",
        "recommend",
        "want",
        "try",
        "check",
        "look",
        "find",
        "get",
        "give",
        "hear",
        "read",
        "take",
        "call",
        "forward",
        "invite",
        "remember",
        "repeat",
        "explain",
        "list",
        "add",
        "keep",
        "leave",
        "put",
        "let",
        "show",
        "stop",
        "wait",
        "speak",
        "talk",
        "work",
        "make",
        "like",
        "come",
        "go",
        "not",
        "only",
        "ai",
        "be",
        "ll",
        "and",
        "or",
        "to",
        "won't",
        "can't",
        "doesn't",
        "didn't",
        "haven't",
        "wouldn't",
        "couldn't",
        "shouldn't",
        "already",
        "promise",
        "guarantee",
        "invent",
        "claim",
        "confirm",
        "book",
        "grade",
        "rate",
        "judge",
        "store",
        "delete",
        "learn",
        "was",
        "were",
        "understood",
        "noted",
        "passed",
        "asked",
        "added",
        "sent",
        "wrote",
        "quote",
        "state",
        "count",
    ]
)
"""What an assistant may say of itself; anything else behind "I" is somebody's life."""
OFFERED_VERBS: Final = frozenset(
    ("hand", "start", "stick", "point", "pop", "jot", "pencil", "reserve", "prepare", "draft", "estimate", "calculate", "compare", "connect", "share", "mention", "hold", "arrange", "walk", "open")
)  # fmt: skip
"""What it may offer behind "I can" or "I will": "I can hand you to a person"."""
