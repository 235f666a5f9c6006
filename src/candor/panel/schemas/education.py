"""The shapes of `/api/groups`."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from candor.education.ports import GroupMessage
from candor.education.reading import GroupView
from candor.panel.schemas.common import Body, Moment, PageQuery, RowId, Schema

GroupStatusName = Literal["preparing", "awaiting_client", "active", "completed", "closed"]


class GroupQuery(PageQuery):
    status: GroupStatusName | None = None
    client_id: RowId | None = None
    is_stuck: Annotated[bool, Field(description="Only groups that wait for a person.")] = False


class PartnerAnswer(Schema):
    account_id: int
    name: str
    username: str
    role: str


class GroupAnswer(Schema):
    id: int
    chat_id: int | None
    client_id: Annotated[int | None, Field(description="None: a prepared group of the pool.")]
    client_name: str
    account_id: int
    conversation_id: int | None
    status: GroupStatusName
    source: str
    title: str
    script_id: Annotated[int | None, Field(description="The education script.")]
    script_key: str | None
    script_version: int | None
    step: str | None
    partners: list[PartnerAnswer]
    consent_at: Moment | None
    consent_version: str | None
    invited_at: Moment | None
    joined_at: Moment | None
    task_sent_at: Moment | None
    task_done_at: Moment | None
    reminders_sent: int
    is_paused: bool
    stopped_at: Annotated[Moment | None, Field(description="The client sent /stop.")]
    handed_off_at: Moment | None
    quiet_until: Moment | None
    trouble: Annotated[str, Field(description="What stops the group; empty when all is well.")]
    stuck_because: Annotated[
        str, Field(description="Why nothing goes on without a person; empty when it does.")
    ]
    created_at: Moment
    completed_at: Moment | None
    closed_at: Moment | None


class NewGroup(Body):
    """A group made by hand, for the pool; the bot's rights in it are checked with Telegram."""

    chat_id: Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
    account_id: Annotated[
        RowId | None, Field(description="The bot that leads it; without it the first sales bot.")
    ] = None


class GroupChange(Body):
    """What a person may change; `is_paused: false` also ends a hand-off and a question's wait for a person.

    The answer of a GET may be sent back. What it says differently is done, or refused by name: the
    fields below `step` can't be changed.
    """

    is_paused: bool | None = None
    status: Annotated[
        GroupStatusName | None,
        Field(description="Only `closed` can be set; the others are reached by what happens."),
    ] = None
    script_id: Annotated[
        RowId | None, Field(description="Another education script, led from its first step.")
    ] = None
    step: Annotated[
        str | None, Field(min_length=1, max_length=64, description="Lead this step next, now.")
    ] = None
    chat_id: int | None = None
    client_id: int | None = None
    account_id: int | None = None
    partners: list[dict[str, Any]] | None = None
    consent_at: Moment | None = None


class StepAnswer(Schema):
    key: str
    has_task: bool
    state: Annotated[
        Literal["done", "open", "ahead", "skipped"], Field(description="How far the client is.")
    ]
    sent_at: Moment | None
    done_at: Moment | None


class PoolAnswer(Schema):
    ready: Annotated[int, Field(description="Prepared groups that may be taken.")]
    waiting: Annotated[int, Field(description="Clients who agreed and wait for a group.")]


class GroupMessageAnswer(Schema):
    id: int
    message_id: int | None
    sender_type: str
    sender_name: str
    text: str
    kind: str
    step: str | None
    reply_to: int | None
    is_submission: bool
    speaker: str | None
    reason: str
    analysis: Mapping[str, Any] | None
    delivery: str | None
    created_at: Moment
    answered_at: Moment | None


def group_answer(view: GroupView, *, script_id: int | None) -> GroupAnswer:
    group = view.group
    shared = {
        name: getattr(group, name)
        for name in GroupAnswer.model_fields
        if name not in {"client_name", "partners", "script_id", "stuck_because"}
    }
    return GroupAnswer(
        **shared,
        client_name=view.client_name,
        script_id=script_id,
        stuck_because=view.stuck_because,
        partners=[PartnerAnswer.model_validate(partner) for partner in view.partners],
    )


def message_answer(message: GroupMessage) -> GroupMessageAnswer:
    return GroupMessageAnswer.model_validate(message)
