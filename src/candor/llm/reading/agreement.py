"""Does the client agree? Negation rules first, clause by clause; the encoder is asked only after them.

"Не против" and "can't say no" are yes, "да нет, наверное" and "yeah, no" are no; what stands behind
"but" weighs more than what stands before it; a postponement is not an agreement.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from candor.disclosure.visible_text import visible
from candor.llm.reading import polarity_words as say
from candor.llm.reading.keywords import without_start

Polarity = Literal["yes", "no", "later", "question"]
_CLAUSES: Final = re.compile(r"[,.;!\n:()…]+| - |[–—]+|(?<=\?)")
_MAX_READ: Final = 600
SHORT: Final = 8
HEAD: Final = 3
"""Words: how long a clause may be for a yes anywhere in it, and how far in it may stand otherwise."""


@dataclass(frozen=True, slots=True)
class Stance:
    """What the rules say. `polarity` None: they are silent and the encoder may speak.

    `has_yes` / `has_no` / `has_later`: such a clause stands anywhere in the message.
    """

    polarity: Polarity | None
    has_yes: bool = False
    has_no: bool = False
    has_later: bool = False
    is_idiom: bool = False
    """A yes that is said by a "no" or a "not" ("I don't mind")."""


def stance(text: str) -> Stance:
    """Read a message's yes or no by rules alone."""
    seen = visible(without_start(text[:_MAX_READ])).replace("?", "? ")
    if say.NO_SIGNS.search(seen) and not say.YES_SIGNS.search(seen):
        return Stance("no", has_no=True)
    if re.fullmatch(say.YES_SIGNS, seen.strip()) or _is_sign(seen):
        return Stance("yes", has_yes=True)
    if _only_asks(seen):
        return Stance("question")
    whole = _idioms(seen)
    parts = [_polarity(clause) for clause in _clauses(whole)]
    known = [part for part in parts if part]
    polarity = _decide(whole, known)
    return Stance(
        polarity,
        has_yes="yes" in known,
        has_no="no" in known,
        has_later="later" in known,
        is_idiom=polarity == "yes" and "<yes>" in whole,
    )


def _only_asks(seen: str) -> bool:
    """ "What's the weather tomorrow?", "if I fall ill, is the lesson lost?": a day or an "if" in a
    question puts nothing off."""
    is_one = (
        seen.count("?") == 1 and seen.strip().endswith("?") and "." not in seen and "!" not in seen
    )
    return is_one and say.ASKS_ABOUT.search(seen.strip()) is not None and not _is_asking_in(seen)


def _is_sign(seen: str) -> bool:
    bare = re.sub(r"[\s!.,)]+", "", seen)
    return bool(bare) and re.fullmatch(r"[+👍👌✅🙏🔥❤😊💪🤝🙌👏🎉😍]+", bare) is not None


def _idioms(seen: str) -> str:
    """Idioms that cross a comma or hide a "not" become one mark each."""
    joined = re.sub(r"\s*,\s*", ", ", seen)
    joined = say.READS_AFTERWARDS.sub(r"\1\2", joined)
    joined = say.NOT_REALLY_NO.sub(" ", joined)
    joined = say.YES_IDIOMS.sub(" <yes> ", joined)
    return say.NO_IDIOMS.sub(" <no> ", joined)


def _clauses(marked: str) -> list[str]:
    clauses: list[str] = []
    for piece in _CLAUSES.split(marked):
        parts = say.CONTRAST.split(piece)
        clauses += [say.EXPLAINS.sub("", part) for part in parts]
    return [clause.strip() for clause in clauses if clause.strip()]


def _polarity(clause: str) -> Polarity | None:
    is_question = bool(say.ASKS.search(clause))
    if "<no>" in clause:
        return "no"
    if say.LATER.search(clause) and "<yes>" not in clause:
        return "later"
    if "<yes>" in clause:
        return "yes"
    if say.NO_WORDS.search(clause):
        return "question" if is_question else "no"
    if _says_yes(clause):
        return "question" if is_question and not _is_asking_in(clause) else "yes"
    return "question" if is_question else None


def _says_yes(clause: str) -> bool:
    """A yes in a short clause, or at the head of a long one: further on it agrees to nothing."""
    found = say.YES_WORDS.search(clause)
    if found is None:
        return False
    return len(clause.split()) <= SHORT or len(clause[: found.start()].split()) <= HEAD


def _is_asking_in(clause: str) -> bool:
    """ "how do I join?", "куда оплатить?": a question that only someone who agrees asks."""
    return bool(
        re.search(
            r"(?:как|куда|где) (?:\w+ )?(?:вступить|оплатить|платить|записаться|присоединиться|нажать|перевести)"
            r"|(?:how|where) (?:do|can|should) i (?:join|pay|sign|start|register|enrol|click|get in)"
            r"|(?:can|may|could) (?:i|we) (?:join|try|start|sign up|come too)|(?:can|could) you (?:please )?add me"
            r"|(?:можно|а) (?:и |а |мне )?(?:мне |меня )?(?:вступить|присоединиться|записаться|добавить|к вам)|можно (?:и )?мне(?: тоже)? *\?"
            r"|добавите|запишете|пришлете|when (?:do|can) we start|когда начинаем",
            clause,
        )
    )


def _decide(marked: str, known: list[Polarity]) -> Polarity | None:
    if not known:
        return None
    after = say.CONTRAST.split(marked)
    if len(after) > 1:
        weighty = [p for clause in _clauses(after[-1]) if (p := _polarity(clause))]
        if weighty:
            return _last_word(weighty)
    return _last_word(known)


def _last_word(known: list[Polarity]) -> Polarity:
    """Postponement and refusal outweigh an opening "yes"; a yes behind a no takes it back."""
    spoken = [part for part in known if part != "question"]
    if not spoken:
        return "question"
    if "later" in spoken and spoken[-1] != "yes":
        return "later"
    return spoken[-1]
