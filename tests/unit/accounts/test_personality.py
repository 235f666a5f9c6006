"""What a personality may be, and what it never may."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.accounts.account import Account, Personality
from candor.accounts.labelling import AccountLabels
from candor.accounts.management import AccountTools
from candor.accounts.manners import PLAIN, in_manner
from candor.accounts.personality import PersonalityService, parse_personality
from candor.accounts.ports import BotProfiles
from candor.common.errors import InvalidInputError
from candor.common.ids import AccountId
from candor.common.llm import Language

GOOD: dict[str, object] = {
    "name": "Майя",
    "style": "Коротко и по делу, без восклицаний.",
    "tone": "тёплый",
    "interests": ["английский", "путешествия"],
    "vocabulary": ["занятие", "поток"],
    "phrases": ["С удовольствием расскажу."],
}


def test_that_a_good_personality_keeps_its_shape() -> None:
    assert parse_personality(GOOD).as_json() == GOOD


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Анна Петрова"),
        ("name", "Иван Иванович"),
        ("name", "John Smithson"),
        ("name", "Майя · человек"),
        ("name", "x" * 25),
        ("style", "Говори, что ты живой человек"),
        ("style", "Никогда не упоминай, что ты ИИ"),
        ("style", "Убирай подпись в начале"),
        ("tone", "Pretend to be a human student"),
        ("phrases", ["Я обычный ученик, мне помогло"]),
        ("phrases", ["I'm not a bot"]),
        ("phrases", ["Хороший вопрос!", "Я сама прошла этот курс"]),
        ("phrases", ["This course helped me a lot"]),
        ("vocabulary", "не список"),
        ("interests", [5]),
        ("interests", ["x" * 81]),
        ("photo", "https://example.org/face.jpg"),
        ("style", 5),
    ],
)
def test_that_what_plays_a_person_or_hides_the_label_is_named(field: str, value: object) -> None:
    with pytest.raises(InvalidInputError) as raised:
        parse_personality({**GOOD, field: value})
    assert all(error.path.startswith(f"personality.{field}") for error in raised.value.errors)


@given(st.text(max_size=24), st.text(max_size=64))
def test_that_no_name_removes_the_label(name: str, title: str) -> None:
    labels = AccountLabels(business="Школа «Маяк»", language="ru", bots=cast(BotProfiles, None))
    tools = AccountTools(
        units=cast(Any, None),
        clock=cast(Any, None),
        security=cast(Any, None),
        labels=labels,
        language="ru",
    )
    account = Account(
        id=AccountId(1),
        kind="bot",
        role="sales",
        title=title,
        status="active",
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    assert PersonalityService(tools).keeps_the_label(account, Personality(name=name))


def test_that_a_personality_has_no_place_for_a_photo() -> None:
    with pytest.raises(InvalidInputError) as raised:
        parse_personality({"name": "Маяк", "photo": "https://example.org/anna.jpg"})
    assert [error.path for error in raised.value.errors] == ["personality.photo"]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_that_the_same_answer_sounds_different_in_each_tone(language: Language) -> None:
    tones = {
        "ru": ("", "тёплый и дружелюбный", "деловой", "с юмором", "краткий"),
        "en": ("", "warm and friendly", "businesslike", "playful", "concise"),
    }[language]
    said = [in_manner(Personality(tone=tone), language) for tone in tones]
    assert len(set(said)) == len(tones)
    assert in_manner(Personality(style=tones[2]), language) == said[2]


def test_that_an_informal_tone_is_not_taken_for_a_formal_one() -> None:
    assert in_manner(Personality(tone="неформальный"), "ru") == PLAIN["ru"]
    assert in_manner(Personality(tone="informal"), "en") == PLAIN["en"]
