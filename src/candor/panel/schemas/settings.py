"""The shapes of `/api/settings`."""

from typing import Annotated, Literal

from pydantic import Field

from candor.common.business import DAYS
from candor.panel.schemas.common import Body, Schema

Days = Annotated[int | None, Field(ge=1, le=3650, description="null: kept.")]
Clock = Annotated[str, Field(max_length=5, description="HH:MM; empty: people answer at any time.")]


class BusinessBody(Body):
    """Empty or missing: as the environment says."""

    name: Annotated[str, Field(max_length=200)] = ""
    language: Literal["", "ru", "en"] = ""
    timezone: Annotated[str, Field(max_length=64)] = ""
    opens: Clock = ""
    closes: Clock = ""
    days: Annotated[
        tuple[Annotated[int, Field(ge=1, le=7)], ...],
        Field(max_length=7, description="Monday is 1."),
    ] = DAYS


class BusinessAnswer(Schema):
    """What was chosen in the panel, and what this process works with now."""

    name: str | None
    language: str | None
    timezone: str | None
    opens: str | None
    closes: str | None
    days: list[int]
    name_now: str
    language_now: str
    timezone_now: str
    waits_for_restart: bool


class RetentionBody(Body):
    """Days after which data goes; null keeps it."""

    messages: Days
    clients: Days
    activity: Days
    contacts: Days
    webhooks: Days
    audit: Days


class RetentionAnswer(Schema):
    messages: int | None
    clients: int | None
    activity: int | None
    contacts: int | None
    webhooks: int | None
    audit: int | None


Own = Annotated[int | None, Field(ge=1, le=10_000, description="null: as fast as Telegram allows.")]


class LimitsBody(Body):
    """Stricter than Telegram's limits; what is looser is refused."""

    account_per_second: Own = None
    chat_gap_seconds: Own = None
    group_per_minute: Own = None


class HeldLimits(Schema):
    account_per_second: int
    chat_gap_seconds: int
    group_per_minute: int


class LimitsAnswer(Schema):
    """What the owner chose, and what is held: the stricter of it and Telegram's."""

    account_per_second: int | None
    chat_gap_seconds: int | None
    group_per_minute: int | None
    held: HeldLimits
