"""The conversation's rule: every state, both authors, with and without newer words."""

from dataclasses import dataclass
from typing import Any

import pytest

from candor.messaging.outgoing import Cancel, Send
from candor.messaging.rules import HANDED_OVER, NEWER_MESSAGE, OPTED_OUT, conversation_verdict


@dataclass
class Item:
    author: str = "ai"
    answers_up_to: int | None = 5


@dataclass
class State:
    item: Item
    handling: str = "ai"
    newest_in: int | None = None
    is_opted_out: bool = False


def verdict(handling: str = "ai", author: str = "ai", **changes: Any) -> Any:
    return conversation_verdict(State(Item(author), handling, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("handling", ["ai", "closed"])
def test_that_the_ai_speaks_while_it_handles(handling: str) -> None:
    assert verdict(handling) == Send()


@pytest.mark.parametrize("handling", ["human", "paused", None])
def test_that_the_ai_keeps_silent_while_others_handle(handling: str) -> None:
    assert verdict(handling) == Cancel(HANDED_OVER)


@pytest.mark.parametrize("author", ["ai", "human"])
def test_that_nobody_speaks_after_an_opt_out(author: str) -> None:
    assert verdict("opted_out", author) == Cancel(OPTED_OUT)


def test_that_a_person_who_was_asked_for_may_answer_an_opted_out_client() -> None:
    assert verdict("human", "human", is_opted_out=True) == Send()
    assert verdict("ai", "ai", is_opted_out=True) == Cancel(OPTED_OUT)


@pytest.mark.parametrize("handling", ["ai", "human", "paused", "closed"])
def test_that_a_persons_words_pass_in_every_other_state(handling: str) -> None:
    assert verdict(handling, "human") == Send()


def test_that_newer_words_of_the_client_stop_an_answer() -> None:
    assert verdict(newest_in=6) == Cancel(NEWER_MESSAGE)
    assert verdict(newest_in=5) == Send()
    assert verdict(newest_in=None) == Send()
