"""The client's record as people of the business see it: a line in the list, the page, the time line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, Protocol

from candor.clients.consent import ConsentPurpose
from candor.clients.journey import Milestone, Source
from candor.common.ids import ClientId, OperatorId, TelegramUserId
from candor.common.llm import Language
from candor.common.paging import Cut, Part

MOST_COUNTED: Final = 10_000
CLIENT_KEYS: Final = 2
"""Keys of a place in the list of clients: the day they were last seen on, the number."""
TimelineKind = Literal["milestone", "stage", "visit", "consent", "note", "diagnosis", "event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRecord:
    """One person with what is known, over all their accounts and chats."""

    id: ClientId
    telegram_user_id: TelegramUserId
    name: str
    username: str | None
    language: Language
    time_zone: str | None
    source: Source
    source_details: Mapping[str, object]
    milestone: Milestone
    tags: tuple[str, ...]
    owner_id: OperatorId | None
    owner: str | None
    """The responsible operator's e-mail."""
    created_at: datetime
    last_seen_at: datetime
    opted_out_at: datetime | None
    conversations: int = 0
    consents: tuple[ConsentPurpose, ...] = ()
    """Those that stand."""


def counted_to(last: int) -> int:
    """How far a list counts whose page ends at the row `last`: on to the next thousand, never past
    ten thousand. To count a million for a page of fifty would cost more than the page."""
    return min(last // 1000 * 1000 + 1000, MOST_COUNTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFilter:
    """A segment; None and empty mean any."""

    q: str = ""
    """Beginnings of words in names and usernames."""
    milestone: Milestone | None = None
    source: Source | None = None
    tag: str = ""
    owner_id: OperatorId | None = None
    language: Language | None = None
    consent: ConsentPurpose | None = None
    """Only those whose consent for this purpose stands."""
    opted_out: bool | None = None
    active_since: datetime | None = None
    """Was seen since."""
    quiet_since: datetime | None = None
    """Was not seen since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientNote:
    """What somebody of the business wrote down; the client gets it with an export."""

    id: int
    client_id: ClientId
    author: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened, newest first. No message bodies."""

    at: datetime
    kind: TimelineKind
    name: str
    """What: a milestone, a stage, a purpose, the kind of an event."""
    cause: str = ""
    until: datetime | None = None
    """When the stage was left, the visit ended, the consent was taken back."""
    conversation_id: int | None = None
    group_id: int | None = None
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAccount:
    """A Telegram account of the person."""

    telegram_user_id: TelegramUserId
    name: str
    username: str | None
    is_main: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientChat:
    """A chat with the person through one of our accounts."""

    chat: int
    account_id: int
    account: str
    account_kind: str
    type: str
    conversation_id: int | None
    handling: str | None
    last_in_at: datetime | None
    blocked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientChange:
    """What an operator changes; None leaves it as it is."""

    tags: tuple[str, ...] | None = None
    owner_id: OperatorId | None = None
    clears_owner: bool = False
    language: Language | None = None
    time_zone: str | None = None
    """IANA name; empty: forget it."""


class ClientRecords(Protocol):
    """Reads and changes records; a person who was merged away is found under the kept number."""

    async def page(self, wanted: ClientFilter, cut: Cut) -> Part[ClientRecord]:
        """Newest first, and how many there are (counted no further than `counted_to`)."""
        ...

    async def batch(
        self, wanted: ClientFilter, *, before: ClientId | None, limit: int
    ) -> Sequence[ClientRecord]:
        """For exports: newest first, those with a smaller number than `before`."""
        ...

    async def count(self, wanted: ClientFilter) -> int:
        """Exactly how many are in the segment."""
        ...

    async def get(self, client_id: ClientId) -> ClientRecord | None:
        """The record; of a merged one, the record it was merged into."""
        ...

    async def change(self, client_id: ClientId, change: ClientChange) -> None: ...

    async def tags(self, *, limit: int = 50) -> Sequence[tuple[str, int]]:
        """Tags in use, the most frequent first, read from a sample of the newest clients."""
        ...

    async def accounts_of(self, client_id: ClientId) -> Sequence[ClientAccount]: ...

    async def chats_of(self, client_id: ClientId) -> Sequence[ClientChat]: ...

    async def add_note(
        self, client_id: ClientId, text: str, *, author: str, now: datetime
    ) -> ClientNote: ...

    async def notes_of(self, client_id: ClientId, *, limit: int = 100) -> Sequence[ClientNote]:
        """Newest first."""
        ...

    async def remove_note(self, client_id: ClientId, note_id: int) -> bool: ...

    async def timeline(
        self, client_id: ClientId, *, before: datetime | None = None, limit: int = 100
    ) -> Sequence[TimelineEntry]:
        """Everything that is known to have happened, newest first, messages apart."""
        ...

    async def merge(self, kept: ClientId, other: ClientId, *, now: datetime) -> None:
        """All of `other` goes to `kept`. Raises NotFoundError, ConflictError."""
        ...
