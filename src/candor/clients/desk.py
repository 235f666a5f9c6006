"""`ClientDesk`: what people of the business do with records. Reading, segments, tags, notes, merging,
consents on a client's behalf, contact lists."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from candor.clients.activity import Activity, ActivityLog
from candor.clients.consent import Consent, ConsentPurpose, ConsentRepository
from candor.clients.contacts import ContactRepository, ImportReport, read_contacts, tags_of
from candor.clients.erasure import opt_out_hash
from candor.clients.journey import JourneyRepository
from candor.clients.profile import UserRepository, checked_time_zone
from candor.clients.record import (
    ClientAccount,
    ClientChange,
    ClientChat,
    ClientFilter,
    ClientNote,
    ClientRecord,
    ClientRecords,
    TimelineEntry,
)
from candor.common.clock import Clock
from candor.common.errors import FieldError, InvalidInputError, NotFoundError
from candor.common.ids import ClientId
from candor.common.paging import Cut, Part

MAX_NOTE: Final = 4000
EXPORT_BATCH: Final = 2000
PUT_BATCH: Final = 500


class ClientStates(Protocol):
    async def opt_out(
        self, client_id: ClientId, *, hashes: Sequence[bytes], now: datetime
    ) -> bool: ...


class DeskUnit(Protocol):
    """The slice of a unit of work that this needs."""

    @property
    def client_records(self) -> ClientRecords: ...

    @property
    def users(self) -> UserRepository: ...

    @property
    def client_states(self) -> ClientStates: ...

    @property
    def consents(self) -> ConsentRepository: ...

    @property
    def contacts(self) -> ContactRepository: ...

    @property
    def journey(self) -> JourneyRepository: ...

    @property
    def activity(self) -> ActivityLog: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPage:
    """Everything on one client's page."""

    client: ClientRecord
    accounts: Sequence[ClientAccount]
    chats: Sequence[ClientChat]
    consents: Sequence[Consent]
    notes: Sequence[ClientNote]
    timeline: Sequence[TimelineEntry]


class ClientDesk:
    """Called by the panel and its API; whoever calls has checked the role."""

    def __init__(
        self,
        units: Callable[[], AbstractAsyncContextManager[DeskUnit]],
        clock: Clock,
        *,
        salts: Sequence[bytes],
    ) -> None:
        """`salts`: the installation's secrets for opt-out marks, the one that marks first."""
        self._units = units
        self._clock = clock
        self._salts = tuple(salts)

    # --- reading

    async def page(self, wanted: ClientFilter, cut: Cut) -> Part[ClientRecord]:
        """Newest first, and how many there are (counted no further than `counted_to`)."""
        async with self._units() as unit:
            return await unit.client_records.page(wanted, cut)

    async def batch(
        self, wanted: ClientFilter, *, before: ClientId | None = None
    ) -> Sequence[ClientRecord]:
        """The next part of an export; empty at the end."""
        async with self._units() as unit:
            return await unit.client_records.batch(wanted, before=before, limit=EXPORT_BATCH)

    async def count(self, wanted: ClientFilter) -> int:
        async with self._units() as unit:
            return await unit.client_records.count(wanted)

    async def tags(self) -> Sequence[tuple[str, int]]:
        async with self._units() as unit:
            return await unit.client_records.tags()

    async def get(self, client_id: ClientId) -> ClientRecord:
        """Raises NotFoundError."""
        async with self._units() as unit:
            return await _existing(unit, client_id)

    async def show(self, client_id: ClientId) -> ClientPage:
        """Raises NotFoundError."""
        async with self._units() as unit:
            client = await _existing(unit, client_id)
            records = unit.client_records
            return ClientPage(
                client=client,
                accounts=await records.accounts_of(client.id),
                chats=await records.chats_of(client.id),
                consents=await unit.consents.of_client(client.id),
                notes=await records.notes_of(client.id),
                timeline=await records.timeline(client.id),
            )

    async def timeline(
        self, client_id: ClientId, *, before: datetime | None = None, limit: int = 100
    ) -> Sequence[TimelineEntry]:
        """Raises NotFoundError."""
        async with self._units() as unit:
            client = await _existing(unit, client_id)
            return await unit.client_records.timeline(client.id, before=before, limit=limit)

    # --- changing

    async def change(self, client_id: ClientId, change: ClientChange) -> ClientRecord:
        """Raises NotFoundError, InvalidInputError."""
        change = _checked(change)
        async with self._units() as unit:
            client = await _existing(unit, client_id)
            await unit.client_records.change(client.id, change)
            return await _existing(unit, client.id)

    async def add_note(self, client_id: ClientId, text: str, *, author: str) -> ClientNote:
        """The client sees notes in an export: write what you would say to them."""
        words = text.strip()
        if not words or len(words) > MAX_NOTE:
            message = f"A note has between 1 and {MAX_NOTE} characters."
            raise InvalidInputError(message, errors=(FieldError("text", message),))
        async with self._units() as unit:
            client = await _existing(unit, client_id)
            return await unit.client_records.add_note(
                client.id, words, author=author, now=self._clock.now()
            )

    async def remove_note(self, client_id: ClientId, note_id: int) -> None:
        """Raises NotFoundError."""
        async with self._units() as unit:
            client = await _existing(unit, client_id)
            if not await unit.client_records.remove_note(client.id, note_id):
                raise NotFoundError("There is no such note.")

    async def merge(self, kept: ClientId, other: ClientId, *, actor: str) -> ClientRecord:
        """Two records of one person; can't be undone. A /stop said in either holds for both.

        Raises NotFoundError, ConflictError, InvalidInputError.
        """
        now = self._clock.now()
        async with self._units() as unit:
            await unit.client_records.merge(kept, other, now=now)
            client = await unit.users.get(kept)
            if client is not None and client.opted_out_at is not None:
                accounts = await unit.users.telegram_ids_of(kept)
                marks = tuple(opt_out_hash(account, self._salts[0]) for account in accounts)
                await unit.client_states.opt_out(kept, hashes=marks, now=now)
            await unit.activity.record(
                Activity(
                    kind="client.merged",
                    at=now,
                    client_id=kept,
                    details={"other": other, "actor": actor},
                )
            )
            return await _existing(unit, kept)

    # --- consents

    async def record_consent(
        self, client_id: ClientId, purpose: ConsentPurpose, *, text: str, source: str, actor: str
    ) -> None:
        """A consent given elsewhere (a contract, a form); `text` and `source` are what proves it.

        Only marketing and the model's provider: the others follow from what the person does.
        """
        wrong = [
            FieldError(name, "Say what was agreed to, and where it can be looked up.")
            for name, value in (("text", text), ("source", source))
            if not value.strip() or len(value) > MAX_NOTE
        ]
        if purpose not in ("marketing", "model_provider"):
            wrong.append(FieldError("purpose", "This consent follows from what the person does."))
        if wrong:
            raise InvalidInputError(errors=tuple(wrong))
        async with self._units() as unit:
            client = await _existing(unit, client_id)
            await unit.consents.grant(
                Consent(
                    client_id=client.id,
                    purpose=purpose,
                    text_version="recorded",
                    text=text.strip(),
                    source=f"{actor}: {source.strip()}",
                    granted_at=self._clock.now(),
                )
            )

    async def withdraw_consent(self, client_id: ClientId, purpose: ConsentPurpose) -> bool:
        """On the client's behalf; False when none stood. Raises NotFoundError."""
        async with self._units() as unit:
            client = await _existing(unit, client_id)
            return bool(
                await unit.consents.withdraw(client.id, now=self._clock.now(), purpose=purpose)
            )

    # --- contact lists

    async def waiting_contacts(self) -> int:
        async with self._units() as unit:
            return await unit.contacts.waiting()

    async def import_contacts(self, content: bytes, *, source: str, actor: str) -> ImportReport:
        """Keep the good rows, name the broken ones. Nobody becomes a client by standing on a list.

        Raises InvalidInputError when the file can't be used at all.
        """
        name = " ".join(source.split())[:100] or "CSV"
        listed = read_contacts(content, source=name)
        report = ImportReport(broken=listed.broken, ignored_columns=listed.ignored_columns)
        now = self._clock.now()
        for start in range(0, len(listed.contacts), PUT_BATCH):
            part = listed.contacts[start : start + PUT_BATCH]
            async with self._units() as unit:
                marks = {
                    opt_out_hash(contact.telegram_user_id, salt): contact.telegram_user_id
                    for contact in part
                    if contact.telegram_user_id is not None
                    for salt in self._salts
                }
                refused = await unit.contacts.opted_out(marks)
                kept = [one for one in part if one.telegram_user_id not in refused]
                added, updated, matched = await unit.contacts.put(kept, by=actor, now=now)
            report = replace(
                report,
                added=report.added + added,
                updated=report.updated + updated,
                matched=report.matched + matched,
                refused=report.refused + len(part) - len(kept),
            )
        return report


def _checked(change: ClientChange) -> ClientChange:
    wrong: list[FieldError] = []
    tags, zone = change.tags, change.time_zone
    if tags is not None:
        try:
            tags = tags_of(";".join(tags))
        except ValueError as error:
            wrong.append(FieldError("tags", str(error)))
    if zone:
        try:
            zone = checked_time_zone(zone)
        except ValueError as error:
            wrong.append(FieldError("time_zone", str(error)))
    if wrong:
        raise InvalidInputError(errors=tuple(wrong))
    return replace(change, tags=tags, time_zone=zone)


async def _existing(unit: DeskUnit, client_id: ClientId) -> ClientRecord:
    found = await unit.client_records.get(client_id)
    if found is None:
        raise NotFoundError("There is no such client.")
    return found
