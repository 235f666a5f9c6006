"""Which messages are commands: `/stop`, `/stop@our_bot`, and the bare words that mean the same."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from candor.common.llm import Language
from candor.disclosure.visible_text import visible

CommandName = Literal["start", "stop", "human", "privacy", "export", "delete", "help"]

_SLASH: Final = re.compile(r"^/([\w]{1,32})(?:@(\w{1,64}))?(?:\s+(.*))?$", re.DOTALL)
_SLASHED: Final[dict[str, CommandName]] = {
    "start": "start",
    "stop": "stop",
    "стоп": "stop",
    "human": "human",
    "человек": "human",
    "оператор": "human",
    "paysupport": "human",
    "support": "human",
    "privacy": "privacy",
    "export": "export",
    "delete": "delete",
    "help": "help",
    "помощь": "help",
}
_STOP_WORDS: Final = (
    "стоп", "stop", "отписаться", "отпишите", "отпишите меня", "unsubscribe", "не пишите",
    "не пишите мне", "не пишите мне больше", "больше не пишите", "больше не пишите мне",
    "не пиши мне", "не пиши мне больше", "больше не пиши", "хватит писать", "хватит мне писать",
    "перестаньте писать", "перестаньте мне писать", "прекратите писать", "прекратите мне писать",
    "stop messaging me", "stop writing to me", "stop texting me", "no more messages",
    "do not write to me", "don't write to me", "don't message me", "opt out", "stop all",
)  # fmt: skip
_HUMAN_WORDS: Final = (
    "человек", "человека", "оператор", "оператора", "human", "operator", "a human", "a person",
    "позовите человека", "позови человека", "позовите оператора", "позови оператора",
    "позовите менеджера", "позови менеджера", "живого человека", "дайте человека",
    "дайте оператора", "соедините с оператором", "соедините с человеком", "нужен человек",
    "нужен оператор", "нужен живой человек", "хочу поговорить с человеком",
    "хочу говорить с человеком", "хочу общаться с человеком", "переключите на человека",
    "переключите на оператора", "real person", "real human", "human please", "operator please",
    "talk to a human", "talk to a person", "i want a human", "i want a person",
    "i want to talk to a human", "i want to talk to a person", "speak to a human",
    "speak to a person", "call a human", "call a person", "call an operator", "agent please",
)  # fmt: skip
_DELETE_WORDS: Final = (
    "удалите мои данные", "удали мои данные", "удалить мои данные", "удалите все мои данные",
    "сотрите мои данные", "delete my data", "delete all my data", "erase my data",
)  # fmt: skip
_POLITE: Final = re.compile(
    r"^(?:(?:please|пожалуйста|ну|эй|hey|плиз)[\s,]+)+|[\s,]+(?:please|пожалуйста|плиз)$"
)
_WORDS: Final[dict[str, CommandName]] = {
    **{visible(word): "stop" for word in _STOP_WORDS},
    **{visible(word): "human" for word in _HUMAN_WORDS},
    **{visible(word): "delete" for word in _DELETE_WORDS},
}
_LONGEST: Final = 60
_ASKS: Final = re.compile(r"q_([a-z0-9][a-z0-9-]{0,39})(?:_(.+))?")


@dataclass(frozen=True, slots=True)
class Command:
    name: CommandName
    payload: str = ""
    """What followed the command, for `/start` the deep link's payload."""
    language: Language | None = None
    """The language of the word, when it tells one."""


@dataclass(frozen=True, slots=True)
class StartLink:
    """What the payload of a deep link says."""

    questionnaire: str | None = None
    origin: str | None = None


def start_link(payload: str) -> StartLink:
    """`q_level-check` begins that questionnaire; `q_level-check_c_12` does, and the person came by
    comment 12. Anything else is where the person came from."""
    found = _ASKS.fullmatch(payload)
    if found is None:
        return StartLink(origin=payload or None)
    return StartLink(found[1], found[2] or payload)


def parse_command(
    text: str, *, account_username: str | None = None, words_count: bool = True
) -> Command | None:
    """The command that a message is; None for ordinary text and for another bot's command.

    `words_count` False: only slash commands (a group where the message was not addressed to us).
    A question mark keeps a word from being a command: "человек?" asks who is answering.
    """
    stripped = text.strip()
    if stripped.startswith("/"):
        return _slash_command(stripped, account_username)
    if not words_count or len(stripped) > _LONGEST or "?" in stripped:
        return None
    said = _POLITE.sub("", visible(stripped).strip(" .!,…:;)(\"'«»"))
    name = _WORDS.get(said)
    if name is None:
        return None
    return Command(name, language="ru" if re.search("[а-я]", said) else "en")


def _slash_command(text: str, account_username: str | None) -> Command | None:
    found = _SLASH.match(text)
    if found is None:
        return None
    word, addressee, payload = found.groups()
    if addressee and account_username and addressee.casefold() != account_username.casefold():
        return None
    name = _SLASHED.get(word.casefold())
    if name is None:
        return None
    language: Language | None = "ru" if re.search("[а-яё]", word.casefold()) else None
    return Command(name, payload=(payload or "").strip(), language=language)


def is_for_another_bot(text: str, *, account_username: str | None) -> bool:
    """`/anything@another_bot`: not addressed to us."""
    found = _SLASH.match(text.strip())
    addressee = found.group(2) if found else None
    return bool(
        addressee and account_username and addressee.casefold() != account_username.casefold()
    )
