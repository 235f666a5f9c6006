"""The language a client evidently writes in: told from the words alone, or not at all."""

import re
from typing import Final

from candor.common.llm import Language
from candor.disclosure.identity_words import listed
from candor.disclosure.visible_text import without_hidden

_CYRILLIC: Final = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN: Final = re.compile(r"[a-z]", re.IGNORECASE)
_ENGLISH: Final = listed(
    "i i'm i'd you your we the a an is are was do does did can could would will hello hi hey what how when where "
    "who why which my me want need like please thanks thank yes no not and or to for of in on with it's it that this "
    "have has much many learn know tell about good morning evening"
)
"""Common words: a brand or a nickname in Latin letters makes no message English."""
_MIN_LETTERS: Final = 3


def evident_language(text: str) -> Language | None:
    """None for what tells nothing: a sign, a number, a name, a message in two languages."""
    seen = without_hidden(text).lower()
    cyrillic, latin = len(_CYRILLIC.findall(seen)), len(_LATIN.findall(seen))
    if cyrillic >= _MIN_LETTERS and cyrillic > latin:
        return "ru"
    if cyrillic:
        return None
    words = set(re.findall(r"[a-z]+(?:'[a-z]+)?", seen))
    return "en" if words & _ENGLISH and latin >= _MIN_LETTERS else None
