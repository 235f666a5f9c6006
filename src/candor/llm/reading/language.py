"""Russian or English: told by the letters of a message, by the dialogue when it has none."""

import re
from collections.abc import Sequence

from candor.common.llm import Language, Line
from candor.disclosure.visible_text import without_hidden

_CYRILLIC = re.compile("[а-яёА-ЯЁіїєўІЇЄЎ]")
_LATIN = re.compile("[a-zA-Z]")
_ADDRESS = re.compile(r"https?://\S+|[@/]\w+|\S+@\S+")


def language_of(text: str, *, history: Sequence[Line] = (), default: Language = "ru") -> Language:
    """The client's language. Links, commands and names with @ don't count; "ok" tells nothing."""
    plain = _ADDRESS.sub(" ", without_hidden(text))
    cyrillic, latin = len(_CYRILLIC.findall(plain)), len(_LATIN.findall(plain))
    if cyrillic + latin >= 3 or (cyrillic and not latin):
        return "ru" if cyrillic * 1.5 >= latin else "en"
    for line in reversed(history):
        if line.author == "client" and len(_CYRILLIC.findall(line.text)) >= 3:
            return "ru"
        if line.author == "client" and len(_LATIN.findall(line.text)) >= 3:
            return "en"
    return default


def is_in(text: str, language: Language) -> bool:
    """Whether a draft is written in this language (names and figures may be in the other)."""
    plain = _ADDRESS.sub(" ", without_hidden(text))
    letters = sum(character.isalpha() for character in plain)
    own = len((_CYRILLIC if language == "ru" else _LATIN).findall(plain))
    return letters < 4 or own >= 0.5 * letters
