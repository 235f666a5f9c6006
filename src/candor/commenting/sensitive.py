"""What is never commented, and what in a post isn't meant for its readers. Words, no model."""

import re
import unicodedata
from typing import Final, Literal

Matter = Literal["health", "politics", "disaster", "grief", "minors"]

_STEMS: Final[dict[Matter, str]] = {
    "health": (
        "болезн болен больна больниц врач диагноз здоровь лечен лечит рак\\b онколог опухол инфаркт "
        "инсульт депресси психиатр психотерап лекарств таблетк вакцин прививк беременн инвалид хоспис "
        "disease illness cancer tumou?r hospital doctor diagnos medicin medical therap depress "
        "vaccin pregnan disabilit health"
    ),
    "politics": (
        "политик политич президент депутат госдум парламент правительств санкци митинг протест "
        "мобилизац оппозиц выборы выборах пропаганд войн воен\\w+ фронт арми боевы беженц религи "
        "politic president parliament government sanction protest election propaganda war wars "
        "warfare military army refugee religio"
    ),
    "disaster": (
        "землетряс наводнен пожар катастроф теракт взрыв крушени эвакуац ураган цунами авари "
        "пострадавш обстрел бомб earthquake flood wildfire disaster terror explosion crash evacuat "
        "hurricane tsunami casualt shelling bomb"
    ),
    "grief": (
        "умер умерл умира скончал погиб похорон траур соболезн скорб смерт самоуб суицид "
        "died death dead funeral mourn condolence grief suicid killed passed\\saway"
    ),
    "minors": (
        "ребен ребён дети детей детям детьми детск дочк сынок малыш школьник школьниц подрост "
        "несовершеннолетн child children kid kids teen teens teenager toddler schoolboy schoolgirl "
        "underage"
    ),
}
_WHOLE: Final = {"war", "wars", "kid", "kids", "teen", "teens", "died", "dead", "flood", "crash"}
_INJECTIONS: Final = re.compile(
    r"""
    ignore\s+(?:\w+\s+){0,4}(?:instruction|prompt|rule)s?
    | (?:disregard|forget)\s+(?:\w+\s+){0,4}(?:instruction|prompt|rule|above)
    | system\s+prompt | developer\s+message | jailbreak | <\|?\w+\|?> | \[/?inst\]
    | (?:write|say|comment|reply|pretend|claim)\s+(?:\w+\s+){0,3}that\s+you(?:\s+are|'re|\s+have)
    | you\s+are\s+(?:now\s+)?(?:a|an)\s+\w*\s*(?:student|customer|client|buyer|human|person)
    | (?:dear\s+)?(?:ai|bots?|gpt|chatgpt|llm|assistant)s?\s*[,:]\s+\w+
    | (?:игнорируй|забудь|отмени)\w*\s+(?:\w+\s+){0,4}(?:инструкц|правил|указани|промпт)
    | системн\w+\s+(?:промпт|сообщени|инструкц)
    | (?:напиши|скажи|ответь|прокомментируй|притворись)\w*,?\s+(?:\w+,?\s+){0,4}(?:что|будто)\s+ты
    | (?:представь|притворись|веди\s+себя)\w*,?\s+(?:\w+\s+){0,3}(?:студент|учени|клиент|человек)
    | (?:нейросет\w*|ии|боты?|ассистент|чат-?бот|gpt|chatgpt)\s*[,:]\s+\w+
    | ты\s+(?:теперь\s+)?(?:студент|ученик|ученица|клиент|покупатель|человек)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HIDDEN: Final = re.compile(r"[\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_ADVERTISEMENT: Final = re.compile(
    r"#реклама|#промо\b|\berid\b|на правах рекламы|#ad\b|#sponsored|\bsponsored post\b|"
    r"рекламодатель",
    re.IGNORECASE,
)


def _compiled(stems: str) -> re.Pattern[str]:
    words = "|".join(
        stem if stem in _WHOLE or "\\b" in stem else f"{stem}\\w*" for stem in stems.split()
    )
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


_PATTERNS: Final = {matter: _compiled(stems) for matter, stems in _STEMS.items()}


def sensitive_matters(text: str) -> tuple[Matter, ...]:
    """The matters that the text touches; rather one too many than one too few."""
    plain = unicodedata.normalize("NFKC", text)
    return tuple(matter for matter, pattern in _PATTERNS.items() if pattern.search(plain))


def addresses_a_machine(text: str) -> bool:
    """Whether the post tries to tell an AI what to write (OWASP LLM01), or hides characters."""
    plain = unicodedata.normalize("NFKC", text)
    return bool(_INJECTIONS.search(plain) or len(_HIDDEN.findall(text)) > 2)


def is_advertisement(text: str) -> bool:
    """Whether the post is marked as somebody's advertisement."""
    return _ADVERTISEMENT.search(text) is not None
