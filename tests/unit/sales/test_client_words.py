"""Nobody reads the same sentence of code twice in a row."""

from itertools import pairwise

import pytest

from candor.common.llm import Language
from candor.sales.client_words import words_for


@pytest.mark.parametrize("language", ["ru", "en"])
def test_that_voice_then_photo_then_voice_are_answered_in_turn(language: Language) -> None:
    heard: tuple[str, ...] = ()
    for _ in range(6):
        heard = (words_for("only_text", language, heard=heard[:3]), *heard)
    assert all(one != next_ for one, next_ in pairwise(heard))


def test_that_a_wording_that_was_not_heard_goes_first() -> None:
    first = words_for("once_more", "ru", text="Когда удобно?")
    second = words_for("once_more", "ru", text="Когда удобно?", heard=(first,))
    third = words_for("once_more", "ru", text="Когда удобно?", heard=(second, first))
    assert len({first, second, third}) == 3


def test_that_the_only_wording_there_is_is_said_again() -> None:
    only = words_for("other_language", "en")
    assert words_for("other_language", "en", heard=(only,)) == only
