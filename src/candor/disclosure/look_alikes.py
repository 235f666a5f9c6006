"""Letters as a reader takes them: marks gone, look-alikes, digits and spaced-out letters read as letters.

"челове́к", "hum4n", "Ι αm" and "h u m a n" are read by a person as what they mean, so the rules that look
for words read them so too.
"""

import re
import unicodedata
from itertools import pairwise
from typing import Final

_MARKS: Final = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""Marks that combine with the letter before: stress, strike-through, keycaps."""
_OWN_LETTERS: Final = frozenset("йЙёЁ")
"""Letters of the Russian alphabet, though Unicode takes them apart."""
_DRAWN_ALIKE: Final = dict(
    zip(
        "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβγεηικμνορςτυχω" "ΓΛΠΦπφ" "ɑɡɩɪıᴀʙᴄᴅᴇɢʜᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢꜰꜱøØđłŁħŧ" "ѕЅјЈһҺԁԛԝөӨ",
        "ABEZHIKMNOPTYXabyeniкuvopctuxw" "ГЛПФпф" "agiiiabcdeghjklmnoprtuvwyzfsoOdlLht" "sSjJhHdqwоО",
        strict=True,
    )
)  # fmt: skip
_ACCENTED: Final = (range(0xC0, 0x250), range(0x370, 0x530), range(0x1E00, 0x2000))
"""Latin, Greek and Cyrillic letters, those with accents among them."""


def _bare(letter: str) -> str:
    """The letter without its accents, as a Latin or Cyrillic one."""
    base = unicodedata.normalize("NFD", letter)[0]
    return _DRAWN_ALIKE.get(base, base)


_FOLDED: Final = _DRAWN_ALIKE | {
    letter: _bare(letter)
    for letter in (chr(code) for codes in _ACCENTED for code in codes)
    if letter.isalpha() and letter not in _OWN_LETTERS and _bare(letter) != letter
}
_ODD: Final = re.compile(f"[{_MARKS}{''.join(sorted(_FOLDED))}]")
_MARK: Final = re.compile(f"[{_MARKS}]")
_FOLDS: Final = str.maketrans(_FOLDED)
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_LATIN: Final = re.compile("[a-z]")
_TO_CYRILLIC: Final = str.maketrans("aceopxykmhtbuinr", "асеорхукмнтвиипг")
_TO_LATIN: Final = str.maketrans("асеорхукмнтві", "aceopxykmhtbi")
_ALIKE_LATIN: Final = frozenset("aceopxykmhtbi")
_WORD: Final = re.compile(r"\w+")

_DIGIT_BEFORE_LETTER: Final = re.compile("[013-8][a-zа-яё]")
_UNITS: Final = (
    r"руб|шт|кг|мин|час|дн|ден|нед|мес|лет|год|раз|урок|занят|клас|км|см|мм|гб|мб|тыс|чел|[гкмрч](?!\w)|"
    r"min|hour|hr|day|week|month|year|usd|eur|rub|gbp|lesson|class|people|times|kg|km|cm|mm|gb|mb|"
    r"th(?!\w)|[ap]m(?!\w)|[gkmdh](?!\w)"
)
_DIGIT_INSIDE: Final = re.compile(rf"(?<=[a-zа-яё])(?<!gpt)[013-8](?=[a-zа-яё])(?!.(?:{_UNITS}))")
_CYRILLIC_DIGITS: Final = dict(zip("0134678", "оизчбтв", strict=True))
_LATIN_DIGITS: Final = dict(zip("0134578", "oieastb", strict=True))

_SPACED: Final = re.compile(
    r"(?<!\w)(?<!\w['’])([^\W\d_])([ .*_·•-])[^\W\d_](?:\2[^\W\d_]){3,}(?![\w'’])"
)
_SPACED_HINT: Final = re.compile(r"([ .*_·•-])[^\W\d_]\1[^\W\d_]\1[^\W\d_]\1")
_LEAST_SPACED: Final = 5
_WORDS_OF_ONE_LETTER: Final = frozenset("яai")


def bare_letters(text: str) -> str:
    """Marks taken off, accented and foreign letters read as the Latin or Cyrillic ones they look like."""
    if text.isascii() or not _ODD.search(text):
        return text
    return _MARK.sub("", text).translate(_FOLDS)


def joined(text: str) -> str:
    """Small letters that are spaced out, five or more, are a word: "h u m a n". The alphabet is none."""
    return _SPACED.sub(_one_word, text) if _SPACED_HINT.search(text) else text


def letters_for_digits(text: str) -> str:
    """Digits inside a word of small letters are letters: "hum4n", "б0т"; "B2", "10k", "covid19" stay."""
    if not _DIGIT_BEFORE_LETTER.search(text):
        return text
    return _WORD.sub(_without_digits, text)


def one_alphabet(text: str) -> str:
    """A word of small letters that mixes alphabets is read in the one that it has more letters of."""
    if text.isascii() or not (_LATIN.search(text) and _CYRILLIC.search(text)):
        return text
    return _WORD.sub(_unmixed, text)


def _one_word(found: re.Match[str]) -> str:
    letters = found.group()[::2]
    if all(ord(one) < ord(after) for one, after in pairwise(letters)):
        return found.group()
    if letters[0] in _WORDS_OF_ONE_LETTER and len(letters) > _LEAST_SPACED:
        return f"{letters[0]} {letters[1:]}"
    return letters


def _without_digits(found: re.Match[str]) -> str:
    word = found.group()
    if not word[-1].isalpha() or (sum(map(str.isalpha, word)) < 3 and "0" not in word[1:-1]):
        return word
    cyrillic, latin = len(_CYRILLIC.findall(word)), len(_LATIN.findall(word))
    letters = _CYRILLIC_DIGITS if cyrillic >= latin else _LATIN_DIGITS
    return _DIGIT_INSIDE.sub(lambda digit: letters.get(digit.group(), digit.group()), word)


def _unmixed(found: re.Match[str]) -> str:
    word = found.group()
    cyrillic, latin = len(_CYRILLIC.findall(word)), len(_LATIN.findall(word))
    if not cyrillic or not latin:
        return word
    if cyrillic >= latin or set(_LATIN.findall(word)) <= _ALIKE_LATIN:
        return word.translate(_TO_CYRILLIC)
    return word.translate(_TO_LATIN)
