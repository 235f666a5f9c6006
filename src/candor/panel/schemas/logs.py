"""The shapes of `/api/logs`."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from candor.panel.schemas.common import Moment, PageQuery, RowId, Schema

LogKind = Literal["activity", "security", "system"]
LogLevel = Literal["info", "warning", "error"]


class LogQuery(PageQuery):
    kind: LogKind | None = None
    account_id: RowId | None = None
    level: LogLevel | None = None
    q: Annotated[str, Field(max_length=200, description="Looks in event, actor and subject.")] = ""


class LogAnswer(Schema):
    id: str
    at: Moment
    kind: LogKind
    level: LogLevel
    event: str
    actor: str
    subject: str
    account_id: int | None
    details: Mapping[str, Any]
