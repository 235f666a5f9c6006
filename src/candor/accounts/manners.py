"""The same answer in several manners, so that personalities can be compared without a model.

A model follows an owner's own words about style and tone; without one they can only be recognised by
their stems. What is said stays the same: a manner changes no fact and no label.
"""

import re
from typing import Final

from candor.accounts.account import Personality
from candor.common.llm import Language
from candor.disclosure.visible_text import visible

PLAIN: Final[dict[Language, str]] = {
    "ru": "Спасибо за вопрос! Расскажу, как устроены занятия.",
    "en": "Thank you for asking! Let me tell you how the lessons work.",
}
_WORD: Final = re.compile(r"\w+")
_MANNERS: Final[tuple[tuple[re.Pattern[str], dict[Language, str]], ...]] = (
    (
        re.compile(r"официальн|формальн|делов|строг|сдержан|business|formal|official|reserved"),
        {
            "ru": "Благодарю за обращение. Сообщаю, как организованы занятия.",
            "en": "Thank you for your enquiry. The lessons are organised as follows.",
        },
    ),
    (
        re.compile(r"кратк|коротк|лаконичн|по делу|brief|short|concise|to the point"),
        {"ru": "Занятия устроены так.", "en": "Here is how the lessons work."},
    ),
    (
        re.compile(r"шут|весел|игрив|юмор|иронич|задорн|play|fun|humou?r|witty|cheer"),
        {
            "ru": "О, хороший вопрос! Занятия без скуки – сейчас покажу, как всё крутится.",
            "en": "Ooh, good one! No yawning in our lessons – here is what makes them tick.",
        },
    ),
    (
        re.compile(r"тепл|дружелюб|забот|мягк|друж|ласков|душевн|warm|friend|kind|caring|gentle"),
        {
            "ru": "Как хорошо, что вы спросили! Сейчас спокойно расскажу, как проходят занятия.",
            "en": "So glad you asked! Let me walk you through the lessons, no rush.",
        },
    ),
    (
        re.compile(r"энерг|бодр|мотив|вдохнов|драйв|energ|lively|motivat|inspir|upbeat"),
        {
            "ru": "Отличный вопрос! Поехали: вот как идут занятия.",
            "en": "Great question! Off we go: this is how the lessons run.",
        },
    ),
    (
        re.compile(
            r"эксперт|учител|подробн|обстоятел|академ|expert|teacher|thorough|academic|detail"
        ),
        {
            "ru": "Спасибо за вопрос. Объясню по порядку: сначала о том, из чего состоит занятие.",
            "en": "Thank you for the question. Step by step: first, what a lesson consists of.",
        },
    ),
)


def in_manner(personality: Personality, language: Language) -> str:
    """The sample answer in the manner that its tone names, else its style; plain when neither is known.

    Stems count at the beginning of a word only: "неформальный" is not formal.
    """
    for wish in (personality.tone, personality.style):
        seen = visible(wish)
        for pattern, texts in _MANNERS:
            if any(pattern.match(seen, word.start()) for word in _WORD.finditer(seen)):
                return texts[language]
    return PLAIN[language]
