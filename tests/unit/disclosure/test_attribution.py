"""Whose price it is: a figure that a fact gives to one item may not be moved to another unnoticed."""

import pytest

from candor.disclosure import claims
from candor.disclosure.attribution import attribution
from candor.disclosure.claims import Proof, is_honest
from candor.disclosure.figure_proof import standings
from candor.disclosure.visible_text import visible

FACTS = ("Interim service £129, full service £189.", "We are open from Monday to Friday.")
LESSONS = (
    "Разовое занятие — 900 рублей, восемь занятий — 6400 рублей.",
    "Урок для взрослых длится 60 минут, детский — 30 минут.",
    "Занятия по вторникам и четвергам.",
)


def test_that_a_figure_of_another_item_is_noticed() -> None:
    seen, proof = visible("A full service is £129."), Proof(facts=FACTS)
    found = attribution(seen, proof.parts, has_figures=True)
    assert found["moved wholly"] == 1.0
    assert found["moved"] > 0.0


@pytest.mark.parametrize("text", ["The full service is £189.", "The interim service is £129."])
def test_that_a_figure_of_its_own_item_is_in_place(text: str) -> None:
    found = attribution(visible(text), Proof(facts=FACTS).parts, has_figures=True)
    assert not any(value for name, value in found.items() if name.startswith("moved"))


@pytest.mark.parametrize(
    "text",
    [
        "Я передам ей ваш вопрос.",
        "Не берусь сказать, но я непременно спрошу у коллег.",
        "Shall I hold a place for you?",
    ],
)
def test_that_an_errand_is_no_experience(text: str) -> None:
    assert is_honest(text, Proof(facts=LESSONS))


@pytest.mark.parametrize("text", ["Я сам вырос здесь.", "I hold every record of the club."])
def test_that_a_life_stays_one(text: str) -> None:
    assert not is_honest(text, Proof(facts=LESSONS))


def test_that_a_difference_of_two_given_durations_is_counted_and_another_one_is_not() -> None:
    proof = Proof(facts=LESSONS)
    right = standings(visible("Взрослый урок на полчаса дольше детского."), proof)
    wrong = standings(visible("Взрослый урок на 45 минут дольше детского."), proof)
    assert [one.is_proven for one in right] == [True]
    assert [one.is_proven for one in wrong] == [False]


@pytest.mark.parametrize(("sum_", "is_stopped"), [("800", False), ("1500", True)])
def test_that_cheaper_is_an_offer_unless_the_difference_follows(
    sum_: str, *, is_stopped: bool
) -> None:
    proof = Proof(facts=LESSONS)
    seen = visible(f"Восемь занятий сразу на {sum_} рублей дешевле, чем разовые.")
    assert claims.is_stopped_by_rules(claims.by_rules(seen, proof), proof) is is_stopped
