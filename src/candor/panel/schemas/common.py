"""Shapes that all areas share."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

Item = TypeVar("Item")
MAX_PER_PAGE = 200
MAX_PAGE = 100_000
MAX_ID = 2**63 - 1

RowId = Annotated[int, Field(ge=1, le=MAX_ID)]


def _as_utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


Moment = Annotated[
    datetime, AfterValidator(_aware), PlainSerializer(_as_utc, return_type=str, when_used="json")
]
"""ISO 8601; a time without a zone is read as UTC, answers are always UTC."""


def _plain(value: Decimal) -> str:
    """Without an exponent, so that every reader takes it for a number."""
    return format(value.normalize(), "f")


Money = Annotated[Decimal, PlainSerializer(_plain, return_type=str, when_used="json")]
"""US dollars."""


class Schema(BaseModel):
    """What comes out."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)


class Body(BaseModel):
    """What comes in; a field that it does not know is an error, so that no slip is taken for done.

    What was read may be sent back: at the top, read-only fields of the answer are left out before.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True, str_max_length=100_000)


class Query(BaseModel):
    """Filters; an empty value is the same as none."""

    model_config = ConfigDict(extra="ignore", defer_build=True, str_max_length=500)


class PageQuery(Query):
    page: Annotated[int, Field(ge=1, le=MAX_PAGE, description="Counted from 1.")] = 1
    per_page: Annotated[int, Field(ge=1, le=MAX_PER_PAGE)] = 50

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


class Page(Schema, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    page: int
    per_page: int
    total: int


class EndlessPage(Page[Item], Generic[Item]):
    """A list that may be long. `next`: give it as `after` for what follows; null: nothing does."""

    next: str | None


class ProblemField(Schema):
    path: str
    message: str
    line: int | None = None


class ProblemAnswer(Schema):
    """RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    code: Annotated[str, Field(description="Stable; made for programs.")]
    detail: Annotated[str, Field(description="What happened and what to do, for people.")]
    errors: list[ProblemField] = Field(default_factory=list)
    request_id: str = ""
