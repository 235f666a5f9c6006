"""The label that delivery puts on a text, and when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from candor.common.ids import AccountId, ChatRowId, OutboxId, TelegramChatId
from candor.disclosure.labels import LabelKind
from candor.messaging.chat import Chat
from candor.messaging.labelling import LabelError, due_label, final_text
from candor.messaging.outgoing import OutboxItem

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def chat(**changes: Any) -> Chat:
    fields: dict[str, Any] = {"disclosed_at": NOW - HOUR, "last_out_at": NOW - HOUR}
    return Chat(ChatRowId(1), AccountId(1), TelegramChatId(7), "private", **(fields | changes))


def item(words: str = "Добрый день!", **changes: Any) -> OutboxItem:
    fields: dict[str, Any] = {
        "id": OutboxId(1),
        "account_id": AccountId(1),
        "chat": ChatRowId(1),
        "purpose": "conversation",
        "text": words,
        "author": "ai",
        "language": "ru",
        "label": "dialogue",
        "status": "queued",
        "random_id": 5,
        "created_at": NOW,
    }
    return OutboxItem(**(fields | changes))


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (chat(), None),
        (chat(disclosed_at=None), LabelKind.FIRST_CONTACT),
        (chat(label_due="start"), LabelKind.FIRST_CONTACT),
        (chat(label_due="return"), LabelKind.RETURN_FROM_HUMAN),
        (chat(label_due="silence"), LabelKind.AFTER_SILENCE),
        (chat(last_out_at=NOW - 25 * HOUR), LabelKind.AFTER_SILENCE),
        (chat(last_in_at=NOW - 25 * HOUR), LabelKind.AFTER_SILENCE),
        (chat(last_out_at=NOW - 24 * HOUR), None),
        (chat(disclosed_at=NOW + HOUR), LabelKind.FIRST_CONTACT),
        (chat(business_connection_id="b"), LabelKind.BUSINESS_CHAT),
        (chat(business_connection_id="b", label_due="return"), LabelKind.BUSINESS_FIRST),
    ],
)
def test_that_the_state_of_the_chat_decides(state: Chat, kind: LabelKind | None) -> None:
    assert due_label(item(), state, now=NOW) == kind


@pytest.mark.parametrize("form", ["comment", "partner", "teacher"])
def test_that_public_texts_always_carry_theirs(form: Any) -> None:
    final = final_text(item(label=form), chat(), business="Маяк", now=NOW)

    assert final.is_labelled
    assert final.text.startswith("ИИ")
    assert "Маяк" in final.text.splitlines()[0]


def test_that_a_persons_words_stay_as_they_are() -> None:
    final = final_text(
        item(author="human", label="none"), chat(disclosed_at=None), business="М", now=NOW
    )

    assert (final.text, final.is_labelled) == ("Добрый день!", False)


def test_that_a_text_that_says_the_label_itself_does_not_get_it_twice() -> None:
    once = final_text(item(), chat(disclosed_at=None), business="Маяк", now=NOW)
    twice = final_text(item(once.text), chat(disclosed_at=None), business="Маяк", now=NOW)

    assert twice == once


def test_that_a_long_text_keeps_its_label_and_the_limit() -> None:
    final = final_text(item("слово " * 2000), chat(disclosed_at=None), business="Маяк", now=NOW)

    assert final.is_labelled
    assert len(final.text) <= 4096


def test_that_a_label_for_nobody_is_refused() -> None:
    with pytest.raises(LabelError):
        final_text(item(), chat(disclosed_at=None), business=" ", now=NOW)
