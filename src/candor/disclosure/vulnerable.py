"""Cues that a client is ill, in debt, under age or in danger: then no selling, a person is called.

Rules only, so that they hold with the model down. `find_cue` says what was noticed; `hand_over_text`
is what the client reads. For self-harm the text names help first.
"""

import re
from collections.abc import Sequence
from typing import Final, Literal

from candor.common.llm import Language
from candor.disclosure.visible_text import visible

Cue = Literal["self_harm", "minor", "illness", "debt"]

_NOT_ME: Final = re.compile(
    r"(?<!\w)(?:для (?:ребенка|сына|дочки|дочери|внука|внучки)|(?:my|for my|for a) (?:son|daughter|kid|child)|моему (?:сыну|ребенку)|моей (?:дочери|дочке)|"
    r"(?:сыну|дочке|дочери|ребенку|внуку|внучке) (?:\d|уже|скоро))"
)
_SELF_HARM: Final = (
    r"(?:хочу|хочется|лучше|думаю|решил\w*|собираюсь) (?:\w+ ){0,2}?(?:умереть|сдохнуть|повеситься|покончить|убить себя|не жить|выпилиться|уйти из жизни|прыгнуть)",
    r"не хочу (?:больше )?(?:жить|просыпаться|быть здесь)", r"(?:нет|не вижу) (?:больше )?смысла жить", r"жить (?:больше )?не хоч\w+",
    r"поконч\w+ с собой", r"суицид\w*", r"самоуби\w+", r"реж[уе]\w* себя|порез\w+ себе вены|причин\w+ себе вред|наложить на себя руки|свести счеты с жизнью",
    r"(?:want|going|wish|ready|rather) (?:to )?(?:\w+ )?(?:die|be dead|kill myself|end it all|end my life|disappear forever)", r"kill(?:ing)? myself", r"suicid\w+", r"self[- ]harm\w*",
    r"(?:don't|do not|no longer) want to (?:live|be alive|wake up)", r"(?:cut|hurt|hurting|cutting) myself(?! off)", r"no (?:reason|point) (?:to|in) liv\w+", r"better off (?:dead|without me)",
    r"end my (?:own )?life",
)  # fmt: skip
_MINOR: Final = (
    r"мне (?:всего |только |пока |еще |скоро )?(?:[6-9]|1[0-7])(?: лет|\b(?! ?(?:тыс|руб|час|мин|дн|нед|мес|раз|%|процент|кг|000|:)))",
    r"(?:я|учусь) (?:еще )?(?:в|во) (?:[1-9]|1[01]|перв\w+|втор\w+|треть\w+|четверт\w+|пят\w+|шест\w+|седьм\w+|восьм\w+|девят\w+|десят\w+|одиннадцат\w+)[ -]?(?:м|ом|й)? классе",
    r"(?<!не )(?:я|мне)(?: \w+)? (?:несовершеннолетн\w+|школьни\w+)", r"я (?:еще )?(?:ребенок|подросток|несовершеннолетн\w+)",
    r"(?:мне )?(?:нет|не исполнилось) (?:еще )?(?:18|восемнадцат\w+)", r"(?:мама|папа|родители) (?:не )?(?:разреш\w+|знают|против|оплат\w+|дадут|даст)",
    r"мне (?:всего |только )?(?:десять|одиннадцать|двенадцать|тринадцать|четырнадцать|пятнадцать|шестнадцать|семнадцать)(?: лет| годиков|$|[.,!])",
    r"i(?:'m| am) (?:only |just |still |almost |turning )*(?:[6-9]|1[0-7]|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)(?: years? old| yo| y/o|$|[.,!]| and\b| but\b)",
    r"i(?:'m| am) (?:a |still a |only a |just a )(?:minor|kid|child|teenager|teen|schoolboy|schoolgirl|middle schooler|high schooler)", r"i(?:'m| am) (?:under ?age|underage|under (?:18|eighteen)|not (?:yet )?18)",
    r"(?:i'm|i am|im) in (?:the )?(?:[1-9]|1[01])(?:st|nd|rd|th) grade", r"my (?:mom|mum|mother|dad|father|parents) (?:won't|will not|don't|doesn't|do not|has to|have to|must|would) (?:let|allow|know|pay|agree|approve)",
    r"(?:im|i'm|i am) (?:in )?(?:middle|primary|elementary) school",
)  # fmt: skip
_ILLNESS: Final = (
    r"(?:у меня|мне поставили|нашли|диагностировали|болею|болен|больна|лечусь от|борюсь с)(?: \w+){0,3}? (?:рак\b|раком|рака|онколог\w*|опухол\w*|депресс\w*|диабет\w*|инсульт\w*|инфаркт\w*|вич\b|гепатит\w*|шизофрен\w*|биполяр\w*|анорекс\w*|булими\w*|зависимост\w*|паническ\w*|эпилепс\w*|туберкулез\w*|лейкоз\w*|цирроз\w*|алкоголизм\w*|деменц\w*)",
    r"(?:прохожу|после|делаю|начинаю) (?:курс )?(?:химиотерап\w*|химию\b|химии\b|лучев\w+ терап\w*|диализ\w*)", r"(?:лежу|попал\w*|нахожусь|выписали) (?:сейчас )?(?:в больниц\w+|в реанимац\w+|в стационар\w*|из больницы)",
    r"я (?:тяжело |серьезно |смертельно |сильно )(?:болею|болен|больна|заболел\w*)", r"(?:мне|у меня) (?:дали )?(?:инвалидност\w+|группа инвалидности)", r"(?:я|очень) (?:в депрессии|в глубокой депрессии)", r"смертельн\w+ (?:болен|больна|болезн\w+|диагноз\w*)",
    r"(?:i have|i've got|i've been|i was|i am|i'm|diagnosed|battling|fighting|suffer\w*|treated)(?: \w+){0,4}? (?:cancer|tumou?r|depression|diabetes|a stroke|hiv|hepatitis|schizophrenia|bipolar|anorexia|bulimia|addiction|panic attacks|epilepsy|leuk\w+|dementia|alcoholi\w+|terminally ill|seriously ill|very ill|severely ill|clinically depressed|chronically ill)",
    r"(?:chemo(?:therapy)?|radiation therapy|dialysis)(?!\w)", r"i(?:'m| am) (?:in|at) (?:the )?(?:hospital|intensive care|icu|hospice)", r"i(?:'m| am) (?:so |very |really |deeply |severely )?(?:depressed|dying|disabled)",
)  # fmt: skip
_DEBT: Final = (
    r"(?:я |мы |сижу |весь |вся |по уши |погряз\w* |живу )(?:\w+ )?в (?:\w+ )?(?:долгах|кредитах|микрозаймах)", r"(?:у меня|на мне|осталось|накопил\w+)(?: \w+){0,3}? (?:долг\w*|просрочк\w*|коллектор\w*|микрозайм\w*|задолженност\w*|ипотек\w+ просроч\w*)(?! по учеб| по англ)",
    r"(?:коллектор\w+) (?:\w+ )?(?:звон\w+|достали|приход\w+|угрож\w+)", r"(?:взять|возьму|взял\w*|беру|оформ\w+|придется взять|занять|займу|залезть)(?: \w+){0,2}? (?:кредит\w*|микрозайм\w*|займ\w*|в долг\w*|денег у|у знакомых)", r"(?:банкрот\w*|приставы|нечем платить|нечем кормить|не на что жить|нет денег (?:на еду|даже на|совсем)|последние деньги|потерял\w* работу|меня уволили|остал\w+ без (?:работы|денег|средств))",
    r"(?:last|no) money (?:for|left|to (?:eat|live))", r"(?:i'm|i am|we're|we are|drowning|deep|up to my (?:ears|neck))(?: \w+){0,3}? in (?:\w+ )?debt", r"(?:i have|i've got|i owe)(?: \w+){0,4}? (?:debts?|loans? i can't|overdue|arrears|payday loans?|collectors)", r"(?:debt collectors?|bailiffs?|bankrupt\w*|payday loan|eviction|evicted)",
    r"(?:take|get|took|taking) (?:out )?(?:a|another|one more) (?:\w+ )?(?:loan|credit)", r"(?:lost my job|got fired|can't afford (?:food|rent|to eat)|can't pay (?:my )?(?:rent|bills|loan\w*)|broke and|borrow (?:the )?money|last savings)",
)  # fmt: skip


def _compiled(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w)(?:{pattern})") for pattern in patterns)


_CUES: Final[tuple[tuple[Cue, tuple[re.Pattern[str], ...]], ...]] = (
    ("self_harm", _compiled(_SELF_HARM)),
    ("minor", _compiled(_MINOR)),
    ("illness", _compiled(_ILLNESS)),
    ("debt", _compiled(_DEBT)),
)


def find_cue(text: str) -> Cue | None:
    """The gravest cue in a client's message, or None."""
    seen = visible(text)
    for cue, patterns in _CUES:
        if any(pattern.search(seen) for pattern in patterns) and not (
            cue == "minor" and _NOT_ME.search(seen)
        ):
            return cue
    return None


_TEXTS: Final[dict[Cue, dict[Language, str]]] = {
    "self_harm": {
        "ru": "Мне очень жаль, что вам так тяжело. Я ИИ и не могу помочь так, как человек. Если вы в опасности, "
        "позвоните 112. Поговорить можно круглосуточно и бесплатно: 8-800-2000-122 (Россия) или по местной "
        "линии помощи: findahelpline.com. Я уже зову человека.",
        "en": "I'm very sorry that it is so hard for you. I am an AI and can't help the way a person can. If you are in "
        "danger, call 112 or your local emergency number. You can talk to someone free of charge: "
        "findahelpline.com lists lines by country. I am calling a person now.",
    },
    "minor": {
        "ru": "Спасибо, что сказали. О записи и оплате я говорю только со взрослыми, поэтому зову человека. "
        "Пожалуйста, покажите этот разговор родителям.",
        "en": "Thank you for telling me. I talk about enrolling and paying with adults only, so I am calling a person. "
        "Please show this conversation to your parents.",
    },
    "illness": {
        "ru": "Спасибо, что поделились, и желаю вам сил. Здесь лучше ответит человек, я уже зову его. Решать ничего не нужно.",
        "en": "Thank you for telling me, I wish you strength. A person should answer here, and I am calling one. "
        "There is nothing you need to decide.",
    },
    "debt": {
        "ru": "Спасибо, что сказали прямо. Предлагать покупку сейчас было бы неправильно: зову человека. Решать ничего не нужно.",
        "en": "Thank you for saying it openly. It would be wrong to offer you anything to buy now, so I am calling a person. "
        "There is nothing you need to decide.",
    },
}


def hand_over_text(cue: Cue, *, language: Language) -> str:
    """What the client reads when a person is called because of the cue."""
    return _TEXTS[cue][language]
