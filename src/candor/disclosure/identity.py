"""H2: "are you human?" is recognised and answered truthfully by code, before any model is asked.

`asks_identity` reads a message clause by clause, in Russian and English, and forgives typing errors;
`truthful_answer` gives the words. A message may ask more than that: `rest` is what remains to answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from candor.common.llm import Language
from candor.disclosure.identity_words import (
    ADDRESS,
    BOT_WORDS,
    CERTAIN_WORDS,
    FILLERS,
    HUMAN_QUESTIONS,
    HUMAN_WORDS,
    MACHINE_QUESTIONS,
    NOT_ABOUT_US_AFTER,
    OPEN_QUESTIONS,
    PRESENCE,
    SHARE_FILLERS,
    TAGS,
    TALKING,
    WISHES_PERSON,
    WITH,
    listed,
)
from candor.disclosure.labels import BUSINESS_LIMIT
from candor.disclosure.visible_text import fit_to_send, shorten, visible

_CLAUSE: Final = re.compile(r"[^.!?;\n,()]+[.!?;\n,()]*")
_TOKEN: Final = re.compile(r"[\w]+(?:['-][\w]+)*")
_MAX_READ: Final = 4096

Asked = Literal["human", "machine", "open"]


@dataclass(frozen=True, slots=True)
class IdentityQuestion:
    """`human`: "are you a person?"; `machine`: "are you a bot?"; `open`: "who is this?", "or" """

    asked: Asked
    language: Language
    rest: str
    """The other clauses, empty when the message asked nothing else."""


@lru_cache(maxsize=1024)
def asks_identity(text: str) -> IdentityQuestion | None:
    """The question whether a human or a machine is answering, if the message holds one.

    Kept, since whoever takes a message in and whoever answers it ask the same.
    """
    found: Asked | None = None
    others: list[str] = []
    language: Language = "ru"
    clauses = _CLAUSE.findall(text[:_MAX_READ])
    # "Hi, can I talk to a person?" as a whole looks like the question; its clause tells the wish.
    is_wish = any(WISHES_PERSON.search(visible(clause)) for clause in clauses)
    whole = None if is_wish else _asked_by(visible(text[:_MAX_READ]))
    for clause in clauses:
        asked = _asked_by(visible(clause))
        if asked is None:
            others.append(clause.strip())
            continue
        language = "ru" if re.search("[а-яё]", visible(clause)) else "en"
        found = asked if found in (None, asked) else "open"
    if found is None and whole is not None:
        return IdentityQuestion(whole, _language(text), "")
    if found is None:
        return None
    rest = " ".join(other for other in others if len(_TOKEN.findall(other)) > 1)
    return IdentityQuestion(found, language, rest)


def truthful_answer(question: IdentityQuestion, *, business: str) -> str:
    """Says that it is an AI, of which business, and how to reach a person."""
    name = shorten(" ".join(fit_to_send(business).split()), BUSINESS_LIMIT)
    return _ANSWERS[question.language][question.asked].format(business=name)


_ANSWERS: Final[dict[Language, dict[Asked, str]]] = {
    "ru": {
        "human": "Нет, я не человек: я ИИ-помощник {business}. Могу ошибаться. "
        "Если нужен человек, напишите /human.",
        "machine": "Да, я ИИ-помощник {business}, не человек. Могу ошибаться. "
        "Если нужен человек, напишите /human.",
        "open": "Я ИИ-помощник {business}, не человек. Могу ошибаться. "
        "Если нужен человек, напишите /human.",
    },
    "en": {
        "human": "No, I am not a person: I am an AI assistant of {business}. I may be wrong. "
        "If you want a person, send /human.",
        "machine": "Yes, I am an AI assistant of {business}, not a person. I may be wrong. "
        "If you want a person, send /human.",
        "open": "I am an AI assistant of {business}, not a person. I may be wrong. "
        "If you want a person, send /human.",
    },
}


def _asked_by(clause: str) -> Asked | None:
    tokens = _TOKEN.findall(clause)
    if not tokens or WISHES_PERSON.search(clause):
        return None
    if in_full := _asked_in_full(" ".join(tokens)):
        return in_full
    if _CHOSEN_THING.search(clause):
        return None
    kinds = [_kind(token) for token in tokens]
    if not any(kinds) or set(tokens) & SHARE_FILLERS or not _is_about_us(clause, tokens, kinds):
        return None
    asked = {kind for kind in kinds if kind}
    if len(asked) > 1 or {"not", "не"} & set(tokens):
        return "open"
    return asked.pop()


def _is_about_us(clause: str, tokens: Sequence[str], kinds: Sequence[Asked | None]) -> bool:
    return (
        _is_lone_question(clause, tokens, kinds)
        or _is_choice(tokens, kinds)
        or _is_addressed(tokens, kinds)
        or _is_talk_partner(tokens, kinds)
        or _is_presence(tokens, kinds)
    )


def _is_lone_question(clause: str, tokens: Sequence[str], kinds: Sequence[Asked | None]) -> bool:
    """ "бот?", "живой человек?", "a bot?" """
    allowed = FILLERS | TAGS
    others = [t for t, kind in zip(tokens, kinds, strict=True) if not kind and t not in allowed]
    is_guess = bool(set(tokens) & TAGS) or "что ли" in clause
    return not others and (clause.rstrip().endswith("?") or is_guess)


def _is_choice(tokens: Sequence[str], kinds: Sequence[Asked | None]) -> bool:
    """ "человек или бот", "is it a bot or a person": both kinds around an "or"."""
    for at, token in enumerate(tokens):
        if token not in ("или", "or", "либо", "иль"):
            continue
        before, after = set(kinds[max(0, at - 4) : at]), set(kinds[at + 1 : at + 5])
        if {"human", "machine"} <= (before | after) - {None} and before - {None} and after - {None}:
            return True
    return False


def _is_addressed(tokens: Sequence[str], kinds: Sequence[Asked | None]) -> bool:
    """ "ты бот", "вы точно не робот", "are you human", "живой ли ты": only fillers between."""
    for at, kind in enumerate(kinds):
        if kind is None or _is_about_another_thing(tokens, kinds, at):
            continue
        for other, token in enumerate(tokens):
            if token not in ADDRESS or abs(other - at) > 7:
                continue
            low, high = sorted((at, other))
            if all(tokens[i] in FILLERS or kinds[i] for i in range(low + 1, high)):
                return True
    return False


def _is_talk_partner(tokens: Sequence[str], kinds: Sequence[Asked | None]) -> bool:
    """ "я с ботом говорю", "am I talking to a person", "мне отвечает робот?" """
    for at, kind in enumerate(kinds):
        if kind is None or _is_about_another_thing(tokens, kinds, at):
            continue
        near = range(max(0, at - 6), min(len(tokens), at + 6))
        for other in near:
            if tokens[other] not in TALKING:
                continue
            low, high = sorted((at, other))
            between = tokens[low + 1 : high]
            if all(t in FILLERS or t in WITH or t in ADDRESS or _kind(t) for t in between):
                return True
    return False


def _is_presence(tokens: Sequence[str], kinds: Sequence[Asked | None]) -> bool:
    """ "есть тут живые люди", "anyone real there", "на том конце человек" """
    if "human" not in kinds:
        return False
    line = " ".join(tokens)
    return any(re.search(pattern, line) for pattern in PRESENCE)


def _is_about_another_thing(tokens: Sequence[str], kinds: Sequence[Asked | None], at: int) -> bool:
    """ "бот для магазина", "AI course", "human resources": the word names something else."""
    if at + 1 >= len(tokens) or kinds[at + 1]:
        return False
    following = tokens[at + 1]
    if following in NOT_ABOUT_US_AFTER:
        return True
    is_certain = tokens[at] in CERTAIN_WORDS and not tokens[at].startswith("human")
    return not is_certain and following not in _MAY_FOLLOW


def _asked_in_full(line: str) -> Asked | None:
    """What a line asks that is told by several words together: "who are you", "an automated reply"."""
    for asked, patterns in _IN_FULL:
        if any(pattern.search(line) for pattern in patterns):
            return asked
    return None


def _kind(token: str) -> Asked | None:
    if token in BOT_WORDS:
        return "machine"
    if token in HUMAN_WORDS:
        return "human"
    if len(token) >= 5 and not _THING.fullmatch(token):
        if any(_is_misspelt(token, word) for word in _LONG_BOT):
            return "machine"
        if any(_is_misspelt(token, word) for word in _LONG_HUMAN):
            return "human"
    return None


_IN_FULL: Final[tuple[tuple[Asked, tuple[re.Pattern[str], ...]], ...]] = (
    ("open", tuple(map(re.compile, OPEN_QUESTIONS))),
    ("machine", tuple(map(re.compile, MACHINE_QUESTIONS))),
    ("human", tuple(map(re.compile, HUMAN_QUESTIONS))),
)
_THING: Final = re.compile(
    r"машин(?!а$|ой$)\w+|програм\w+(?<!программа)(?<!програма)(?<!программой)|machines|programs?|programmes?|computers"
)
"""Cars, lessons and washing machines: what is taught, sold or repaired, no misspelt question about us."""
_CHOSEN_THING: Final = re.compile(
    r"\b(?:какая|какой|какую|какие|каких|what|which|стиральн\w+|швейн\w+|посудомоечн\w+)(?: (?:у вас|у тебя|именно))? (?:машин|програм|компьютер|автомат|machine|comput|program)\w*(?!.*(?:are you|ты|вы)$)"
)
_LONG_BOT: Final = (
    "робот", "роботом", "нейросеть", "нейросетью", "автоответчик", "машина", "программа",
    "robot", "chatbot", "machine", "chatgpt", "computer", "чатбот",
)  # fmt: skip
_LONG_HUMAN: Final = ("человек", "человеком", "живой", "настоящий", "human", "person", "реальный")
_NOT_MISSPELT: Final = listed(
    "робота работа работы работе работу ребята роботы работом живо живот живет живут живем настоящее "
    "реально реальные реальное persona persons personal machines computers program программу программы "
    "humans человеку человека человеке mission настоящую настоящие реальную женой живые живых words "
    "humana humane"
)


_MAY_FOLLOW: Final = FILLERS | ADDRESS | TALKING | WITH | TAGS


def _is_misspelt(token: str, word: str) -> bool:
    """One wrong, missing, added or swapped letter; the first letter or the last is right."""
    if token in _NOT_MISSPELT or abs(len(token) - len(word)) > 1:
        return False
    if len(word) < 6 and token[0] != word[0]:
        return False
    return _distance_at_most_one(token, word)


def _distance_at_most_one(a: str, b: str) -> bool:
    if len(a) > len(b):
        a, b = b, a
    at = next((i for i in range(len(a)) if a[i] != b[i]), len(a))
    if len(a) < len(b):
        return a[at:] == b[at + 1 :]
    swapped = a[at + 1 : at + 2] + a[at : at + 1] + a[at + 2 :]
    return a[at + 1 :] == b[at + 1 :] or swapped == b[at:]


def _language(text: str) -> Language:
    return "ru" if re.search("[а-яё]", visible(text)) else "en"
