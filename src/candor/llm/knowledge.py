"""Finds the fact or knowledge passage that answers a question: by meaning, words and kind of figure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from candor.common.llm import Encoder, Fact
from candor.disclosure.figures import figures
from candor.disclosure.visible_text import visible
from candor.llm.reading.keywords import keywords

ENOUGH: Final = 0.5
"""Rank from which a passage is taken for an answer."""
MAX_PASSAGE: Final = 500
_WORD_SHARE: Final = 0.35
_KIND_BONUS: Final = 0.45
_OBJECTION: Final = re.compile(
    r"(?<!\w)(?:дорог(?:о|овато)|многовато|накладно|не по карману|expensive|pricey|too much)(?!\w)"
)
_CHEAPER: Final = re.compile(
    r"рассрочк|частями|скидк|бесплатн|пробн|instal?lment|in parts|discount|free|trial"
)

_ASKED: Final[tuple[tuple[re.Pattern[str], re.Pattern[str], frozenset[str]], ...]] = (
    (
        re.compile(r"сертификат|диплом|справк|certificate|diploma"),
        re.compile(r"сертификат|диплом|справк|certificate|diploma"),
        frozenset(),
    ),
    (
        re.compile(r"устан(?:ов|авл)\w*|скач(?:а|ив)\w*|(?:программ\w+|приложени\w+) (?:\w+ )?(?:став\w+|кача\w+|нуж\w+)|install|download"),
        re.compile(r"ставить|устан(?:ов|авл)|скач|install|download"),
        frozenset(),
    ),
    (
        re.compile(r"домашк\w*|домашн\w+ (?:задани|работ)\w*|homework"),
        re.compile(r"домаш[нк]|homework"),
        frozenset(),
    ),
    (
        re.compile(r"есть (?:ли )?запис[иь]|запис[иь] (?:\w+ )?(?:есть|будут|будет|занят\w+|урок\w*)|recordings?"),
        re.compile(r"запис[иь](?!\w)|recording"),
        frozenset(),
    ),
    (
        re.compile(r"сколько (?:\w+ )?стоит|цен[ауые]|стоимост|почем|тариф|дорого|дешевле|прайс|сколько (?:\w+ )?плат|how much|price|cost|fee|pricey|expensive|cheaper|charge"),
        re.compile(r"цен|сто[ия]|тариф|оплат|руб|₽|price|cost|fee|\$|€|pay"),
        frozenset({"rub", "usd", "eur", "gbp"}),
    ),
    (
        re.compile(r"сколько (?:\w+ )?(?:длит|идет|занимает|времени)|как долго|длительност|продолжительност|срок|how long|duration|take long|how many (?:weeks|months|hours|days)|сколько (?:недель|месяцев|часов|дней|занятий|уроков)"),
        re.compile(r"длит|идет|занимает|недел|месяц|час|минут|срок|дн[еяй]|last|week|month|hour|minute|day|take"),
        frozenset({"days", "months", "minutes", "workdays"}),
    ),
    (
        re.compile(r"когда|во сколько|расписани|по каким дням|график|начало|старт|как часто|сколько раз|when|what time|schedule|timetable|start|how often|opening hours|open"),
        re.compile(r"начал|старт|раз в|понедел|вторн|сред|четверг|пятниц|суббот|воскрес|открыт|расписан|start|begin|open|schedule|a week|twice|monday|tuesday|wednesday|thursday|friday"),
        frozenset({"date", "clock", "per_week", "per_month", "per_day"}),
    ),
    (
        re.compile(r"сколько (?:\w+ )?(?:человек|людей|учеников)|большая группа|размер группы|how many people|group size|big is the group"),
        re.compile(r"человек|групп|people|group"),
        frozenset({"people"}),
    ),
    (
        re.compile(r"рассрочк|частями|в кредит|instal?lment|in parts|monthly payment"),
        re.compile(r"рассрочк|частями|instal?lment|in parts"),
        frozenset(),
    ),
    (
        re.compile(r"где (?:вы|находит|проход)|адрес|онлайн|офлайн|где занят|where|address|online|offline|location"),
        re.compile(r"онлайн|офлайн|адрес|улиц|город|zoom|online|offline|address|street|located"),
        frozenset(),
    ),
    (
        re.compile(r"бесплатн|пробн|скидк|free|trial|discount"),
        re.compile(r"бесплатн|пробн|скидк|free|trial|discount"),
        frozenset(),
    ),
    (
        re.compile(r"вернут|возврат|верн[её]те|refund|money back|cancel"),
        re.compile(r"вернут|возврат|возвращ|верн|refund|money back|cancel|returned"),
        frozenset(),
    ),
    (
        re.compile(r"кто (?:\w+ )?(?:будет )?в (?:\w+ )?групп|в группе кто|who(?:'s| is| are| will be| else is) (?:also )?in the (?:\w+ )?group"),
        re.compile(r"в (?:\w+ )?группе (?:вы|с вами|есть)|участник|in the (?:\w+ )?group (?:there are|you)|members|participants"),
        frozenset(),
    ),
    (
        re.compile(r"кто (?:вед|препод|учит|будет (?:вести|учить|препод))|преподавател|тренер|врач|who teach|teacher|trainer|doctor|instructor"),
        re.compile(r"преподавател|вед[её]т|тренер|врач|teacher|taught|trainer|doctor|instructor|led by"),
        frozenset(),
    ),
)  # fmt: skip


_PLAIN: Final = frozenset(
    (
        "стои",
        "будет",
        "буде",
        "долж",
        "сейч",
        "ваш",
        "вооб",
        "прим",
        "имен",
        "обуч",
        "you",
        "work",
        "cost",
        "выда",
        "дают",
        "дает",
        "мног",
        "боль",
        "что-",
        "anyt",
        "some",
        "much",
        "she",
    )
)


@dataclass(frozen=True, slots=True)
class Passage:
    """Something that may be said as it stands."""

    text: str
    fact_id: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    passage: Passage
    rank: float
    question: str

    @property
    def is_answer(self) -> bool:
        return self.rank >= ENOUGH


def passages(facts: Sequence[Fact], knowledge: Sequence[str]) -> tuple[Passage, ...]:
    """Facts as they are; knowledge texts cut into passages at empty lines and long sentences."""
    cut = [passage for text in knowledge for passage in _cut(text)]
    return (*(Passage(fact.text.strip(), fact.id) for fact in facts), *cut)


async def search(question: str, among: Sequence[Passage], encoder: Encoder) -> tuple[Found, ...]:
    """The passages by rank, best first."""
    if not among:
        return ()
    asked = await encoder.encode((question,))
    near = await encoder.encode(tuple(passage.text for passage in among)) @ asked[0]
    wanted = _wanted(visible(question))
    ranked = [
        Found(passage, float(value) + _bonus(wanted, passage.text), question)
        for passage, value in zip(among, np.asarray(near), strict=True)
    ]
    return tuple(sorted(ranked, key=lambda found: -found.rank))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a question asks for, found out once for all passages."""

    is_price_objection: bool
    stems: tuple[str, ...]
    tells: re.Pattern[str] | None
    units: frozenset[str]


def _wanted(question: str) -> _Wanted:
    kind = next((kind for kind in _ASKED if kind[0].search(question)), None)
    return _Wanted(
        is_price_objection(question),
        tuple(_stem(word) for word in _subject(question)),
        kind[1] if kind else None,
        kind[2] if kind else frozenset(),
    )


def _bonus(wanted: _Wanted, passage: str) -> float:
    seen = visible(passage)
    if wanted.is_price_objection:
        return _KIND_BONUS if _CHEAPER.search(seen) else -1.0
    asked = wanted.stems
    shared = sum(stem in seen for stem in asked) / len(asked) if asked else 0.0
    kind = _KIND_BONUS if _is_of_kind(wanted, seen) else 0.0
    if kind and asked and not shared:
        kind /= 3
    return _WORD_SHARE * shared + kind


def is_price_objection(text: str) -> bool:
    """ "дорого": an objection, not a question for the price that was just named."""
    return _OBJECTION.search(visible(text)) is not None and "?" not in text


def _subject(question: str) -> list[str]:
    """What is asked about, without the words that only say what kind of answer is wanted."""
    bare = question
    for asks, _, _ in _ASKED:
        bare = asks.sub(" ", bare)
    return [word for word in keywords(bare, limit=12) if word[:4] not in _PLAIN]


def _is_of_kind(wanted: _Wanted, passage: str) -> bool:
    if wanted.units:
        return not wanted.units.isdisjoint(_units(passage))
    return wanted.tells is not None and wanted.tells.search(passage) is not None


@lru_cache(maxsize=2048)
def _units(passage: str) -> frozenset[str]:
    """Kept, since the same passages are searched for every question."""
    return frozenset(figure.unit for figure in figures(passage))


def asks_of_known_kind(question: str) -> bool:
    """Whether the question is of a kind that businesses are asked (price, time, place, ...)."""
    seen = visible(question)
    return any(asks.search(seen) for asks, _, _ in _ASKED)


@lru_cache(maxsize=1024)
def _cut(text: str) -> tuple[Passage, ...]:
    return tuple(map(Passage, _parts(text)))


def _parts(text: str) -> list[str]:
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n", text) if block.strip()]
    parts: list[str] = []
    for block in blocks:
        current = ""
        for sentence in re.findall(r"[^.!?]+[.!?]*", block):
            if current and len(current) + len(sentence) > MAX_PASSAGE:
                parts.append(current.strip())
                current = ""
            current += sentence
        if current.strip():
            parts.append(current.strip()[:MAX_PASSAGE])
    return parts


def _stem(word: str) -> str:
    return word[: max(4, len(word) - 3)] if len(word) > 4 else word
