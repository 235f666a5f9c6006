"""The breaker spares a dead server, and nobody goes without the model for another client's words."""

from datetime import UTC, datetime, timedelta

import pytest

from candor.common.clock import FrozenClock
from candor.llm.breaker import CLIENTS, FIRST_PAUSE, LONGEST_PAUSE, CircuitBreaker


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture
def breaker(clock: FrozenClock) -> CircuitBreaker:
    return CircuitBreaker(clock=clock)


def test_that_one_client_can_not_take_the_model_from_others(breaker: CircuitBreaker) -> None:
    for _ in range(20):
        breaker.failed_for("7", "refused")
    assert breaker.refusal() == ""
    assert not breaker.is_open


def test_that_several_clients_in_a_row_point_to_the_server(breaker: CircuitBreaker) -> None:
    for client in range(CLIENTS):
        assert breaker.refusal() == ""
        breaker.failed_for(str(client), "another form")
    assert breaker.refusal() == "another form"


def test_that_an_answer_in_between_is_no_row(breaker: CircuitBreaker) -> None:
    for client in range(CLIENTS * 3):
        breaker.failed_for(str(client), "another form")
        if client % 2:
            breaker.succeeded()
    assert not breaker.is_open


def test_that_a_trial_which_one_clients_words_spoil_is_given_back(
    breaker: CircuitBreaker, clock: FrozenClock
) -> None:
    breaker.failed("wrong key", is_lasting=True)
    clock.advance(LONGEST_PAUSE)
    assert breaker.refusal() == ""
    assert breaker.refusal() == "wrong key"
    breaker.failed_for("7", "refused")
    assert breaker.refusal() == ""
    breaker.succeeded()
    assert not breaker.is_open


def test_that_a_server_of_bad_answers_is_tried_again_ever_more_seldom(
    breaker: CircuitBreaker, clock: FrozenClock
) -> None:
    for client in range(CLIENTS):
        breaker.failed_for(str(client), "another form")
    clock.advance(FIRST_PAUSE)
    assert breaker.refusal() == ""
    breaker.failed_for("0", "another form")
    clock.advance(FIRST_PAUSE)
    assert breaker.refusal() == "another form"
    clock.advance(timedelta(seconds=15))
    assert breaker.refusal() == ""


@pytest.mark.parametrize("kind", ["three", "lasting", "told"])
def test_that_the_servers_own_faults_open_it_as_ever(breaker: CircuitBreaker, kind: str) -> None:
    for _ in range(3 if kind == "three" else 1):
        breaker.failed(
            "down",
            is_lasting=kind == "lasting",
            retry_after=timedelta(seconds=30) if kind == "told" else None,
        )
    assert breaker.refusal() == "down"


def test_that_calls_which_fail_together_are_one_outage(
    breaker: CircuitBreaker, clock: FrozenClock
) -> None:
    for _ in range(50):
        breaker.failed("too slow")
    clock.advance(FIRST_PAUSE)
    assert breaker.refusal() == ""
