"""People who say that they are ill, in debt, under age or in danger are handed to a person."""

import pytest

from candor.disclosure.vulnerable import Cue, find_cue, hand_over_text


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("мне 14 лет, можно записаться?", "minor"),
        ("Я в 9 классе учусь", "minor"),
        ("I'm 15, can I join?", "minor"),
        ("my parents won't let me pay", "minor"),
        ("у меня рак, прохожу химиотерапию", "illness"),
        ("I was diagnosed with cancer last month", "illness"),
        ("я в долгах, придётся взять кредит", "debt"),
        ("I lost my job and I'm deep in debt", "debt"),
        ("не хочу больше жить", "self_harm"),
        ("I want to kill myself", "self_harm"),
    ],
)
def test_that_the_cue_is_noticed(text: str, cue: Cue) -> None:
    assert find_cue(text) == cue
    assert hand_over_text(cue, language="ru")


@pytest.mark.parametrize(
    "text",
    [
        "мне 35 лет", "мне 15 минут до работы", "мне 10 тысяч хватит?", "хочу курс для сына, ему 14 лет",
        "моей дочери 12 лет, есть группа?", "болит зуб", "дорого для меня", "I'm 30 and want to learn",
        "can my son, 14, join?", "сколько стоит рассрочка", "привет",
    ],
)  # fmt: skip
def test_that_ordinary_messages_are_left_alone(text: str) -> None:
    assert find_cue(text) is None
