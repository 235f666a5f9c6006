"""H1 in delivery: the label that a text needs now, put in front and verified on the final text."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from candor.common.errors import CandorError
from candor.disclosure.labels import (
    SILENCE,
    LabelForm,
    LabelKind,
    compose,
    is_labelled,
    label_due,
)
from candor.messaging.chat import Chat
from candor.messaging.outgoing import OutboxItem

_LONGER_THAN_SILENCE = SILENCE + timedelta(seconds=1)


class LabelError(CandorError):
    """The label could not be verified on the final text; the text is never sent."""

    code = "label_not_verified"
    default_message = "The AI label could not be verified on this text, so it was not sent."


@dataclass(frozen=True, slots=True)
class FinalText:
    """What goes out; `is_labelled`: it opens with a verified label."""

    text: str
    is_labelled: bool


def due_label(item: OutboxItem, chat: Chat, *, now: datetime) -> LabelKind | None:
    """Which label this text needs in this chat now. A repeated /start counts as a first contact.

    In a group several speak, so the label stands on each text: the last one may be far above.
    """
    form: LabelForm = item.label
    if form == "dialogue" and chat.business_connection_id is not None:
        form = "business_chat"
    is_silent = chat.label_due == "silence"
    due = label_due(
        form=form,
        disclosed_at=None if chat.label_due == "start" else chat.disclosed_at,
        last_out_at=chat.last_out_at,
        last_in_at=now - _LONGER_THAN_SILENCE if is_silent else chat.last_in_at,
        returned_from_human=chat.label_due == "return",
        now=now,
    )
    return LabelKind.COMMENT if due is None and form == "dialogue" and chat.is_group else due


def final_text(item: OutboxItem, chat: Chat, *, business: str, now: datetime) -> FinalText:
    """The text as it is sent; raises LabelError when the label is not there after all."""
    kind = due_label(item, chat, now=now)
    try:
        composed = compose(
            item.text,
            kind,
            business=business,
            language=item.language,
            partner_name=item.partner_name,
        )
    except ValueError as error:
        raise LabelError(f"This text can't be sent: {error}") from error
    is_verified = kind is not None and is_labelled(
        composed.text,
        kind,
        business=business,
        language=item.language,
        partner_name=item.partner_name,
    )
    if kind is not None and not is_verified:
        raise LabelError
    return FinalText(composed.text, is_verified)
