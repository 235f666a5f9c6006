"""The shapes of `/api/conversations`."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from candor.common.ids import OperatorId
from candor.messaging.conversation import Conversation, ConversationMessage
from candor.messaging.desk import MAX_NOTE
from candor.messaging.reading import ConversationDetail, ConversationFilter, ConversationLine
from candor.panel.schemas.common import Body, Moment, PageQuery, RowId, Schema

Handling = Literal["ai", "human", "paused", "opted_out", "closed"]
StrategyName = Literal["script_80", "free_20"]
MAX_MESSAGE = 4096


class ConversationQuery(PageQuery):
    stage: Annotated[str | None, Field(max_length=64)] = None
    strategy: StrategyName | None = None
    handling: Handling | None = None
    assigned: Annotated[
        Literal["me", "nobody"] | None, Field(description="`me`: of the person who asks.")
    ] = None
    q: Annotated[
        str, Field(max_length=200, description="Looks in names, usernames and messages.")
    ] = ""
    after: Annotated[
        str,
        Field(
            max_length=60,
            description="The `next` of the page before: as fast at any depth; `page` says nothing.",
        ),
    ] = ""


class DetailQuery(PageQuery):
    """Of the messages only."""

    before: Annotated[RowId | None, Field(description="Messages older than this one.")] = None
    per_page: Annotated[int, Field(ge=1, le=200)] = 200


class NewMessage(Body):
    text: Annotated[str, Field(min_length=1, max_length=MAX_MESSAGE)]


class NewNote(Body):
    text: Annotated[str, Field(min_length=1, max_length=MAX_NOTE)]


class Assignment(Body):
    operator_id: Annotated[RowId | None, Field(description="null: nobody's.")]


class ExpectedAnswer(Body):
    """What the answer should have shown; at least one."""

    stage: Annotated[str, Field(max_length=64)] = ""
    trigger: Annotated[str, Field(max_length=64)] = ""
    contains: Annotated[str, Field(max_length=500)] = ""


class NewCorrection(Body):
    message_id: Annotated[RowId, Field(description="An answer of the AI in this dialogue.")]
    expected: ExpectedAnswer
    better: Annotated[str, Field(max_length=4000, description="How you would have answered.")] = ""


class NoteAnswer(Schema):
    id: int
    author: str
    text: str
    created_at: Moment


class CorrectionAnswer(Schema):
    id: int
    script_id: int
    conversation_id: int
    message: int
    author: str
    expected: Mapping[str, str]
    better: str
    created_at: Moment


class ClientAnswer(Schema):
    id: int
    name: str
    username: str | None


class MessageAnswer(Schema):
    id: int
    direction: Literal["in", "out"]
    author: Literal["client", "ai", "human"]
    text: str
    kind: str
    created_at: Moment
    edited_at: Moment | None
    analysis: Mapping[str, Any] | None
    strategy: StrategyName | None
    stage: str | None
    trigger: str | None
    delivery: str | None
    provenance: Mapping[str, Any]


class ConversationAnswer(Schema):
    id: int
    client: ClientAnswer
    account_id: int
    script_id: int | None
    script_version: int | None
    stage: str | None
    strategy: StrategyName | None
    script_fit_score: float | None
    handling: Handling
    operator_id: int | None
    assigned_to: int | None
    origin: str | None
    created_at: Moment
    last_in_at: Moment | None
    last_out_at: Moment | None


class ConversationItem(ConversationAnswer):
    last_text: str
    last_author: str


class FollowUpAnswer(Schema):
    """The reminder of a dialogue that went quiet: planned, on its way, sent or cancelled."""

    status: Literal["planned", "queued", "sent", "cancelled"]
    due_at: Moment
    settled_at: Moment | None = None
    reason: str = ""


class ConversationWithMessages(ConversationAnswer):
    messages: list[MessageAnswer]
    has_earlier: bool
    is_reachable: bool
    notes: list[NoteAnswer]
    follow_up: FollowUpAnswer | None = None


class Sent(Schema):
    """Accepted for delivery."""

    outbox_id: int
    delivery: Literal["queued"] = "queued"


def filter_of(query: ConversationQuery, *, me: OperatorId) -> ConversationFilter:
    """The filter of a list; `me` is who asks."""
    return ConversationFilter(
        stage=query.stage,
        strategy=query.strategy,
        handling=query.handling,
        assigned_to=me if query.assigned == "me" else None,
        is_unassigned=query.assigned == "nobody",
        q=query.q,
    )


def conversation_fields(conversation: Conversation) -> dict[str, Any]:
    """All fields but the client."""
    names = ConversationAnswer.model_fields.keys() - {"client"}
    return {name: getattr(conversation, name) for name in names}


def message_answer(message: ConversationMessage) -> MessageAnswer:
    return MessageAnswer.model_validate(message)


def line_answer(line: ConversationLine) -> ConversationItem:
    return ConversationItem(
        **conversation_fields(line.conversation),
        client=ClientAnswer.model_validate(line.client),
        last_text=line.last_text,
        last_author=line.last_author,
    )


def detail_answer(detail: ConversationDetail) -> ConversationWithMessages:
    return ConversationWithMessages(
        **conversation_fields(detail.conversation),
        client=ClientAnswer.model_validate(detail.client),
        messages=[message_answer(message) for message in detail.messages],
        has_earlier=detail.has_earlier,
        is_reachable=detail.is_reachable,
        notes=[NoteAnswer.model_validate(note) for note in detail.notes],
        follow_up=None
        if detail.follow_up is None
        else FollowUpAnswer.model_validate(detail.follow_up),
    )
