"""The main idea and the keywords of a text, taken from its own words."""

import re
from collections import Counter
from typing import Final

from candor.disclosure.visible_text import shorten, visible, without_hidden

MAX_KEYWORDS: Final = 6
IDEA_LENGTH: Final = 160
_SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?]*")
_WORD: Final = re.compile(r"[^\W\d_]{3,}(?:-[^\W\d_]+)*")
_GREETING: Final = re.compile(
    r"^[\s,.!]*(?:здравствуй(?:те)?|добрый (?:день|вечер)|доброе утро|привет(?:ствую|ик)?|доброго \w+|хай|салют|"
    r"hello|hi|hey|good (?:morning|afternoon|evening|day)|greetings)(?:\s+(?:there|всем|вам))?[\s,.!)]*",
    re.IGNORECASE,
)
_START: Final = re.compile(
    r"^[ \t]*/start(?:@\w+)?(?:[ \t]+[a-z0-9_-]{1,64})?[ \t]*$\n?", re.IGNORECASE | re.MULTILINE
)
_STOP: Final = frozenset(
    [
        "это",
        "как",
        "что",
        "для",
        "или",
        "его",
        "она",
        "они",
        "все",
        "вот",
        "так",
        "уже",
        "там",
        "тут",
        "еще",
        "меня",
        "мне",
        "вас",
        "вам",
        "вы",
        "мы",
        "нас",
        "нам",
        "наш",
        "ваш",
        "ваши",
        "мой",
        "моя",
        "мои",
        "при",
        "про",
        "над",
        "под",
        "без",
        "был",
        "была",
        "было",
        "были",
        "есть",
        "быть",
        "будет",
        "если",
        "чтобы",
        "тоже",
        "только",
        "очень",
        "можно",
        "нужно",
        "надо",
        "хочу",
        "хотел",
        "хотела",
        "хотелось",
        "бы",
        "пожалуйста",
        "здравствуйте",
        "привет",
        "добрый",
        "день",
        "вечер",
        "спасибо",
        "ладно",
        "хорошо",
        "просто",
        "когда",
        "где",
        "кто",
        "какой",
        "какая",
        "какие",
        "который",
        "которая",
        "которые",
        "этот",
        "эта",
        "эти",
        "того",
        "тому",
        "том",
        "тем",
        "сейчас",
        "потом",
        "всего",
        "себя",
        "свой",
        "свои",
        "один",
        "подскажите",
        "скажите",
        "расскажите",
        "может",
        "могу",
        "можете",
        "нет",
        "давайте",
        "ничего",
        "очень",
        "раз",
        "два",
        "через",
        "после",
        "перед",
        "чем",
        "даже",
        "the",
        "and",
        "for",
        "you",
        "your",
        "are",
        "was",
        "were",
        "have",
        "has",
        "had",
        "with",
        "this",
        "that",
        "what",
        "how",
        "can",
        "could",
        "would",
        "like",
        "want",
        "need",
        "please",
        "hello",
        "there",
        "from",
        "they",
        "them",
        "our",
        "its",
        "not",
        "but",
        "all",
        "any",
        "just",
        "about",
        "into",
        "than",
        "then",
        "when",
        "where",
        "who",
        "which",
        "will",
        "i'm",
        "it's",
        "some",
        "more",
        "very",
        "get",
        "got",
        "let",
        "tell",
        "know",
        "does",
        "did",
        "been",
        "being",
        "out",
        "one",
        "also",
        "only",
        "too",
        "yes",
        "thanks",
        "thank",
    ]
)


def without_start(text: str) -> str:
    """The message without a `/start` and what its link carried: neither is the client's own word."""
    return _START.sub("", without_hidden(text))


def without_greeting(text: str) -> str:
    """The message without its opening greeting; empty when it is nothing else."""
    plain = without_start(text)
    return _GREETING.sub("", plain).strip(" ,.!)\n")


def encoded_part(text: str) -> str:
    """What is encoded of a message: without its greeting and without dots, commas and brackets at its ends,
    which move a vector further than they mean; a bare greeting as it stands."""
    return without_greeting(text) or text


def is_greeting(text: str) -> bool:
    """Whether the message is a greeting (or /start) and nothing more."""
    plain = without_start(text).strip()
    return not plain or (bool(_GREETING.match(plain)) and not without_greeting(text))


def sentences(text: str) -> list[str]:
    """The sentences of a text that hold at least two words."""
    found = (part.strip() for part in _SENTENCE.findall(without_hidden(text)))
    return [part for part in found if len(_WORD.findall(part)) >= 2]


def main_idea(text: str) -> str:
    """The sentence that says most, without its greeting; a question counts before a statement."""
    body = without_greeting(text) or without_hidden(text).strip()
    parts = sentences(body) or [body]
    counts = Counter(word for part in parts for word in keywords(part))

    def weight(part: str) -> float:
        words = keywords(part)
        value = sum(counts[word] for word in words) / (1 + 0.05 * len(words))
        return value + (1.0 if part.endswith("?") else 0.0)

    best = max(parts, key=weight)
    return shorten(" ".join(best.split()), IDEA_LENGTH)


def keywords(text: str, *, limit: int = MAX_KEYWORDS) -> tuple[str, ...]:
    """Content words by frequency and place, small letters, no filler words."""
    words = [word for word in _WORD.findall(visible(text)) if word not in _STOP]
    counts = Counter(words)
    order = {word: at for at, word in reversed(list(enumerate(words)))}
    ranked = sorted(counts, key=lambda word: (-counts[word], -min(len(word), 9), order[word]))
    return tuple(sorted(ranked[:limit], key=order.__getitem__))
