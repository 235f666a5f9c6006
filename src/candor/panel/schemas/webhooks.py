"""The shapes of `/api/webhooks`."""

from typing import Annotated, Literal

from pydantic import Field

from candor.common.events import EventKind
from candor.panel.schemas.common import Body, Moment, Schema
from candor.webhooks.administration import EndpointDraft

StatusName = Literal["active", "paused", "auto_paused"]


class WebhookAnswer(Schema):
    id: int
    title: str
    url: str
    events: list[EventKind]
    status: Annotated[
        StatusName, Field(description="`auto_paused`: nothing came through for days.")
    ]
    status_at: Moment
    waiting: Annotated[int, Field(description="Events that wait to be delivered, in order.")]
    failing_since: Moment | None
    last_success_at: Moment | None
    created_by: str
    created_at: Moment


class WebhookBody(Body):
    title: Annotated[str, Field(min_length=1, max_length=80)]
    url: Annotated[str, Field(min_length=1, max_length=2000, description="https://…")]
    events: Annotated[list[EventKind], Field(min_length=1, max_length=40)]

    def as_draft(self) -> EndpointDraft:
        return EndpointDraft(title=self.title, url=self.url, events=tuple(self.events))


class WebhookChange(WebhookBody):
    status: Annotated[
        StatusName | None,
        Field(description="`paused` or `active`; what has gathered goes out when it is active."),
    ] = None


class WebhookMade(WebhookAnswer):
    secret: Annotated[str, Field(description="Signs every request; shown this once.")]


class SecretAnswer(Schema):
    secret: Annotated[str, Field(description="The new secret; shown this once.")]


class TestAnswer(Schema):
    event_id: str


class DeliveryAnswer(Schema):
    id: int
    event_id: Annotated[str, Field(description="The same at every attempt: tell repeats by it.")]
    kind: str
    status: Literal["pending", "delivered", "dropped"]
    attempts: int
    created_at: Moment
    attempted_at: Moment | None
    next_at: Moment | None
    settled_at: Moment | None
    answer_status: int | None
    error: str
    milliseconds: int | None
