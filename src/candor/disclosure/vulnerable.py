"""Cues that a client is bereaved, ill, in debt, under age or in danger: then no selling, a person is called.

Rules only, so that they hold with the model down. `find_cue` says what was noticed; `hand_over_text`
is what the client reads. For self-harm the text names help first.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from candor.common.llm import Language
from candor.disclosure import cue_patterns
from candor.disclosure.visible_text import visible, without_hidden

Cue = Literal["self_harm", "grief", "minor", "illness", "debt"]
_THIS_YEAR: Final = 2026
"""Ages are counted to it where the caller has no clock at hand."""
_ADULT: Final = 18

_QUOTED: Final = re.compile(r"«[^«»]{1,300}»|“[^“”]{1,300}”|\"[^\"\n]{1,300}\"|^>.*$", re.MULTILINE)
_SENTENCE_END: Final = re.compile(r"[.!?…;]+(?=\s|$)|\n(?!\s*[a-zа-яё])")
"""A line that begins small goes on with the sentence of the line before."""
_MARKS: Final = re.compile(r"[\u0300-\u036f]")
_LAUGHTER: Final = re.compile(
    r"[😂🤣😅😆]|\){3}|(?<!\w)(?:lol|lmao|rofl|jk|kidding|haha\w*|лол|а?хах\w*|шучу|шутка)(?!\w)",
    re.IGNORECASE,
)
_DRAWN: Final = re.compile(r"[^\w\s.,:()'/$-]")
_GREETING: Final = re.compile(
    r"^(?:(?:здравствуйте|здрасте|привет|добр(?:ый|ое|ой) (?:день|утро|вечер|ночи)|извините|простите|"
    r"hi|hey|hello|sorry|good (?:morning|evening|day))(?: there| всем)?[ ,:-]+)+"
)
_SPELT_OUT: Final = re.compile(r"(?<!\S)(?:\w ){3,}\w(?!\S)")
_BORN: Final = re.compile(
    r"(?:^|(?<!\w)(?:я|мне),? )(?:-|–)? ?(20\d\d)(?:-?го)? ?(?:года? рожд|г\.? ?р(?!\w))|"
    r"(?:^|(?<!\w)я )родил(?:ся|ась) (?:\w+ ){0,3}?(20\d\d)(?!\d)|"
    r"(?:^|(?<!\w)i was |(?<!\w)i'm )born (?:in|on) (?:\w+,? ){0,3}?(20\d\d)(?!\d)"
)


@dataclass(frozen=True, slots=True)
class _Signs:
    """One cue: what says it in a sentence, and what in the same sentence takes it back."""

    cue: Cue
    says: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]

    def stand_in(self, sentence: str) -> bool:
        if not any(pattern.search(sentence) for pattern in self.says):
            return False
        return not any(pattern.search(sentence) for pattern in self.unless)


def _compiled(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w)(?:{pattern})") for pattern in patterns)


def _signs(cue: Cue, says: Sequence[str], unless: Sequence[str] = ()) -> _Signs:
    return _Signs(cue, _compiled(says), _compiled(unless))


_CUES: Final = (
    _signs("self_harm", cue_patterns.SELF_HARM, cue_patterns.SELF_HARM_UNLESS),
    _signs("grief", cue_patterns.GRIEF, cue_patterns.GRIEF_UNLESS),
    _signs("minor", cue_patterns.MINOR),
    _signs("illness", cue_patterns.ILLNESS, cue_patterns.ILLNESS_UNLESS),
    _signs("debt", cue_patterns.DEBT, cue_patterns.DEBT_UNLESS),
)
_ABOUT_ANOTHER: Final = _compiled(cue_patterns.ABOUT_ANOTHER)


def find_cue(text: str, *, year: int = _THIS_YEAR) -> Cue | None:
    """The gravest cue in what a person writes about themselves, or None; quoted words are another's.

    `year`: the current one, for those who tell the year of their birth.
    """
    sentences = _sentences(text)
    is_of_another = any(p.search(part) for p in _ABOUT_ANOTHER for part in sentences)
    for signs in _CUES:
        if signs.cue == "minor" and is_of_another:
            continue
        if any(signs.stand_in(part) for part in sentences):
            return signs.cue
        if signs.cue == "minor" and any(_is_born_lately(part, year) for part in sentences):
            return "minor"
    return None


def _sentences(text: str) -> tuple[str, ...]:
    plain = _MARKS.sub("", without_hidden(text))
    plain = _QUOTED.sub(" ", plain) if _QUOTED.sub("", plain).strip() else plain
    found = (_as_said(part) for part in _SENTENCE_END.split(_LAUGHTER.sub(", haha ", plain)))
    return tuple(part for part in found if part)


def _as_said(sentence: str) -> str:
    """Small letters without a greeting and drawings; a word that is spelt l i k e this is one."""
    seen = visible(_DRAWN.sub(" ", sentence.replace("’", "'")))
    return _SPELT_OUT.sub(lambda found: found.group().replace(" ", ""), _GREETING.sub("", seen))


def _is_born_lately(sentence: str, year: int) -> bool:
    found = _BORN.search(sentence)
    if found is None:
        return False
    return 0 <= year - int(next(filter(None, found.groups()))) < _ADULT


_TEXTS: Final[dict[Cue, dict[Language, str]]] = {
    "self_harm": {
        "ru": "Мне очень жаль, что вам так тяжело. Я ИИ и не могу помочь так, как человек. Если вы в опасности, "
        "позвоните 112. Поговорить можно круглосуточно и бесплатно: 8-800-2000-122 (Россия) или по местной "
        "линии помощи: findahelpline.com. Я уже зову человека.",
        "en": "I'm very sorry that it is so hard for you. I am an AI and can't help the way a person can. If you are in "
        "danger, call 112 or your local emergency number. You can talk to someone free of charge: "
        "findahelpline.com lists lines by country. I am calling a person now.",
    },
    "grief": {
        "ru": "Примите мои соболезнования. Сейчас ничего не нужно: ни решать, ни отвечать. Я ИИ, поэтому передаю "
        "разговор человеку, он вам напишет.",
        "en": "I am very sorry for your loss. Nothing is needed from you now, no decision and no answer. I am an AI, "
        "so I am passing this on to a person, who will write to you.",
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


_REASONS: Final[dict[Cue, str]] = {
    "self_harm": "in danger: a person is called",
    "grief": "bereaved: a person is called",
    "minor": "under age: a person is called",
    "illness": "gravely ill: a person is called",
    "debt": "in debt: a person is called",
}


def reason_of(cue: Cue) -> str:
    """Why a person is called, as it is stored; the panel's catalogue has it in both languages."""
    return _REASONS[cue]


def hand_over_text(cue: Cue, *, language: Language) -> str:
    """What the client reads when a person is called because of the cue."""
    return _TEXTS[cue][language]
