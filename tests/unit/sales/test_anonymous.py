"""A client's words without who said them."""

import pytest

from candor.sales.anonymous import without_person


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Я Анна Белова, пишите Анне на anna@mail.ru", "Я […] […], пишите […] на […]"),
        ("мой номер +7 (911) 123-45-67", "мой номер […]"),
        ("я @anna_b, вот https://vk.com/anna", "я […], вот […]"),
        ("Курс за 4900 ₽ в 18:30, 6 недель", "Курс за 4900 ₽ в 18:30, 6 недель"),
        ("Аннотация понравилась", "Аннотация понравилась"),
    ],
)
def test_that_what_points_at_a_person_is_left_out(text: str, left: str) -> None:
    assert without_person(text, ("Анна", "Белова", "anna_b")) == left


def test_that_without_a_name_nothing_else_changes() -> None:
    assert without_person("хочу учить английский", ("", "Я")) == "хочу учить английский"
