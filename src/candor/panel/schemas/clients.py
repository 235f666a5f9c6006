"""The shapes of `/api/clients`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from candor.clients.record import ClientChange, ClientFilter
from candor.common.ids import OperatorId
from candor.panel.schemas.common import Body, Moment, PageQuery, Query, RowId, Schema

MilestoneName = Literal["first_touch", "dialogue", "agreed", "group", "task_done", "completed"]
SourceName = Literal["direct", "comment", "channel", "utm", "deep_link", "group", "import"]
PurposeName = Literal["dialogue", "marketing", "study_group", "model_provider"]
LanguageName = Literal["ru", "en"]
LONGEST_DAYS = 3650


class Segment(Query):
    """Which clients; what is left out means any."""

    q: Annotated[str, Field(max_length=200, description="Beginnings of names and usernames.")] = ""
    milestone: Annotated[
        MilestoneName | None, Field(description="How far the client has come.")
    ] = None
    source: Annotated[SourceName | None, Field(description="Where they came from first.")] = None
    tag: Annotated[str, Field(max_length=40)] = ""
    owner_id: Annotated[RowId | None, Field(description="The responsible operator.")] = None
    language: LanguageName | None = None
    consent: Annotated[
        PurposeName | None, Field(description="Only those whose consent for it stands.")
    ] = None
    opted_out: Annotated[bool | None, Field(description="Said /stop, or did not.")] = None
    active_days: Annotated[
        int | None, Field(ge=1, le=LONGEST_DAYS, description="Wrote within so many days.")
    ] = None
    quiet_days: Annotated[
        int | None, Field(ge=1, le=LONGEST_DAYS, description="Not seen for so many days.")
    ] = None

    def as_filter(self, now: datetime) -> ClientFilter:
        def since(days: int | None) -> datetime | None:
            return None if days is None else now - timedelta(days=days)

        return ClientFilter(
            q=self.q,
            milestone=self.milestone,
            source=self.source,
            tag=self.tag.strip().lower(),
            owner_id=None if self.owner_id is None else OperatorId(self.owner_id),
            language=self.language,
            consent=self.consent,
            opted_out=self.opted_out,
            active_since=since(self.active_days),
            quiet_since=since(self.quiet_days),
        )


class ClientQuery(PageQuery, Segment):
    """A segment, page by page."""


class CountAnswer(Schema):
    count: Annotated[int, Field(description="Exactly how many are in the segment.")]


class ClientAnswer(Schema):
    id: int
    telegram_user_id: int
    name: str
    username: str | None
    language: LanguageName
    time_zone: str | None
    source: SourceName
    source_details: Mapping[str, Any]
    milestone: MilestoneName
    tags: list[str]
    owner_id: int | None
    owner: Annotated[str | None, Field(description="The responsible operator's e-mail.")]
    conversations: int
    consents: Annotated[list[PurposeName], Field(description="Those that stand.")]
    created_at: Moment
    last_seen_at: Moment
    opted_out_at: Moment | None


class ConsentAnswer(Schema):
    purpose: PurposeName
    basis: Literal["consent", "request", "existing_customer"]
    text_version: str
    text: str
    source: str
    granted_at: Moment
    withdrawn_at: Moment | None


class NoteAnswer(Schema):
    id: int
    author: str
    text: str
    created_at: Moment


class AccountOfClient(Schema):
    telegram_user_id: int
    name: str
    username: str | None
    is_main: Annotated[bool, Field(description="False: merged into this client.")]


class ChatOfClient(Schema):
    account_id: int
    account: str
    type: str
    conversation_id: int | None
    handling: str | None
    last_in_at: Moment | None
    blocked_at: Moment | None


class ClientDetailAnswer(ClientAnswer):
    accounts: list[AccountOfClient]
    chats: list[ChatOfClient]
    consent_history: list[ConsentAnswer]
    notes: list[NoteAnswer]


class TimelineAnswer(Schema):
    at: Moment
    kind: Literal["milestone", "stage", "visit", "consent", "note", "diagnosis", "event"]
    name: str
    cause: str
    until: Moment | None
    conversation_id: int | None
    group_id: int | None
    details: Mapping[str, Any]


class TimelineQuery(Query):
    before: Annotated[
        Moment | None, Field(description="Go on from the oldest entry of the last answer.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class TimelinePage(Schema):
    items: Annotated[list[TimelineAnswer], Field(description="Newest first.")]


class ClientChangeBody(Body):
    """What is left out stays as it is."""

    tags: Annotated[list[Annotated[str, Field(max_length=60)]] | None, Field(max_length=40)] = None
    owner_id: Annotated[
        RowId | None, Field(description="The responsible operator; null: nobody.")
    ] = None
    language: LanguageName | None = None
    time_zone: Annotated[
        str | None, Field(max_length=60, description="Like Europe/Moscow; empty forgets it.")
    ] = None

    def as_change(self) -> ClientChange:
        names_owner = "owner_id" in self.model_fields_set
        return ClientChange(
            tags=None if self.tags is None else tuple(self.tags),
            owner_id=None if self.owner_id is None else OperatorId(self.owner_id),
            clears_owner=names_owner and self.owner_id is None,
            language=self.language,
            time_zone=self.time_zone,
        )


class NoteBody(Body):
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class MergeBody(Body):
    other_id: Annotated[RowId, Field(description="Everything of this record goes to the first.")]


class ConsentBody(Body):
    """A consent that was given elsewhere and can be proved."""

    purpose: Literal["marketing", "model_provider"]
    text: Annotated[str, Field(min_length=1, max_length=4000, description="What was agreed to.")]
    source: Annotated[
        str, Field(min_length=1, max_length=400, description="Where it can be looked up.")
    ]


class ImportQuery(Query):
    list: Annotated[str, Field(max_length=100, description="What to call the list.")] = "CSV"


class ImportBody(Body):
    """A contact list as text; it may also be sent as `text/csv` with `?list=`."""

    list: Annotated[str, Field(max_length=100)] = "CSV"
    csv: Annotated[str, Field(max_length=100_000)]


class BrokenRowAnswer(Schema):
    line: int
    reason: str


class ImportAnswer(Schema):
    added: int
    updated: int
    matched: Annotated[int, Field(description="Clients already.")]
    refused: Annotated[int, Field(description="Asked never to be written to; nothing is kept.")]
    broken: Annotated[list[BrokenRowAnswer], Field(description="Left out, each with its reason.")]
    ignored_columns: list[str]
