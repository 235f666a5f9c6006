"""Endpoints of outgoing webhooks, what is on its way to them, and the events that a unit publishes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, TextClause, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.accounts.ports import SealedValue
from candor.common.events import BusinessEvent
from candor.storage.lanes import PgLanes
from candor.storage.lean import lean
from candor.storage.tables.webhooks import webhook_deliveries, webhook_endpoints
from candor.webhooks.delivery import secret_place
from candor.webhooks.endpoint import (
    Attempt,
    Delivery,
    Endpoint,
    EndpointId,
    EndpointStatus,
    NewEndpoint,
)
from candor.webhooks.lanes import DELIVER_WEBHOOKS
from candor.webhooks.message import body_of, new_event_id

COUNTED_AT_MOST: Final = 10_000


class PgEvents:
    """`candor.common.events.Events`: gathered, and written as the last but the lanes' wake-ups.

    The endpoints' rows are locked before a delivery gets its number, so that numbers are in the order
    of the commits. Being the last locks of a unit, they can't be part of a deadlock.
    """

    def __init__(self, connection: AsyncConnection, lanes: PgLanes) -> None:
        self._connection = connection
        self._lanes = lanes
        self._published: list[BusinessEvent] = []

    async def publish(self, event: BusinessEvent) -> None:
        self._published.append(event)

    async def flush(self) -> None:
        """Store what was published, for each endpoint that wants it, and wake its lane."""
        events, self._published = self._published, []
        if not events:
            return
        wanted = await self._connection.execute(
            _WANTED, {"kinds": sorted({event.kind for event in events})}
        )
        for endpoint in wanted.mappings().all():
            rows = [
                _delivery_values(endpoint["id"], event)
                for event in events
                if event.kind in endpoint["events"]
            ]
            await self._connection.execute(insert(webhook_deliveries), rows)
            if endpoint["status"] == "active":
                await self._lanes.wake(DELIVER_WEBHOOKS, endpoint["id"], at=events[-1].at)


_WANTED: Final = lean(
    text(
        """
    SELECT id, events, status FROM webhook_endpoints
    WHERE events && CAST(:kinds AS text[]) ORDER BY id FOR NO KEY UPDATE
    """
    )
)


def _delivery_values(endpoint_id: int, event: BusinessEvent) -> dict[str, object]:
    whose = {} if event.client_id is None else {"client_id": event.client_id}
    data = {**whose, **event.data}
    return {
        "endpoint_id": endpoint_id,
        "event_id": new_event_id(),
        "kind": event.kind,
        "client_id": event.client_id,
        "body": body_of(event.kind, event.at, data),
        "created_at": event.at,
        "next_at": event.at,
    }


class PgWebhookRepository:
    """`candor.webhooks.endpoint.WebhookRepository`, and the sealed secrets for `keys rotate`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def next_id(self) -> EndpointId:
        number = await self._connection.scalar(
            text("SELECT nextval(pg_get_serial_sequence('webhook_endpoints', 'id'))")
        )
        return EndpointId(int(number or 0))

    async def add(self, new: NewEndpoint) -> None:
        await self._connection.execute(
            text(
                """
                INSERT INTO webhook_endpoints
                    (id, title, url, events, secret, status_at, created_by, created_at)
                OVERRIDING SYSTEM VALUE
                VALUES (:id, :title, :url, :events, :secret, :created_at, :created_by, :created_at)
                """
            ),
            {
                "id": new.id,
                "title": new.title,
                "url": new.url,
                "events": list(new.events),
                "secret": new.secret,
                "created_at": new.created_at,
                "created_by": new.created_by,
            },
        )

    async def get(self, endpoint_id: EndpointId) -> Endpoint | None:
        found = await self._read("WHERE e.id = :id", {"id": endpoint_id})
        return found[0] if found else None

    async def all(self) -> Sequence[Endpoint]:
        return await self._read("", {})

    async def _read(self, where: str, values: dict[str, object]) -> Sequence[Endpoint]:
        rows = await self._connection.execute(_ENDPOINTS[where], values)
        return tuple(_endpoint(row) for row in rows.mappings())

    async def update(
        self, endpoint_id: EndpointId, *, title: str, url: str, events: Sequence[str]
    ) -> None:
        await self._set(endpoint_id, title=title, url=url, events=list(events))

    async def set_status(
        self, endpoint_id: EndpointId, status: EndpointStatus, *, now: datetime
    ) -> None:
        await self._set(endpoint_id, status=status, status_at=now)
        if status == "active":
            await self._set(endpoint_id, failing_since=None)

    async def set_secret(self, endpoint_id: EndpointId, secret: bytes) -> None:
        await self._set(endpoint_id, secret=secret)

    async def _set(self, endpoint_id: EndpointId, **values: object) -> None:
        table = webhook_endpoints
        await self._connection.execute(
            update(table).where(table.c.id == endpoint_id).values(values)
        )

    async def remove(self, endpoint_id: EndpointId) -> bool:
        table = webhook_endpoints
        gone = await self._connection.execute(table.delete().where(table.c.id == endpoint_id))
        return gone.rowcount > 0

    async def sealed_secret(self, endpoint_id: EndpointId) -> bytes | None:
        table = webhook_endpoints
        found = await self._connection.scalar(
            select(table.c.secret).where(table.c.id == endpoint_id)
        )
        return bytes(found) if found is not None else None

    async def first_pending(self, endpoint_id: EndpointId) -> Delivery | None:
        table = webhook_deliveries
        found = await self._connection.execute(
            select(table)
            .where(table.c.endpoint_id == endpoint_id, table.c.status == "pending")
            .order_by(table.c.id)
            .limit(1)
        )
        row = found.mappings().first()
        return _delivery(row) if row else None

    async def settle(self, delivery: Delivery, attempt: Attempt) -> None:
        status = "delivered" if attempt.is_delivered else "dropped"
        is_over = attempt.is_delivered or attempt.is_dropped
        table = webhook_deliveries
        await self._connection.execute(
            update(table)
            .where(table.c.id == delivery.id, table.c.status == "pending")
            .values(
                status=status if is_over else "pending",
                attempts=table.c.attempts + 1,
                next_at=attempt.next_at,
                attempted_at=attempt.at,
                settled_at=attempt.at if is_over else None,
                answer_status=attempt.answer_status,
                error=attempt.error,
                milliseconds=attempt.milliseconds,
            )
        )
        if attempt.is_delivered:
            await self._set(delivery.endpoint_id, failing_since=None, last_success_at=attempt.at)
        else:
            since = func.coalesce(webhook_endpoints.c.failing_since, attempt.at)
            await self._set(delivery.endpoint_id, failing_since=since)

    async def retry_now(self, endpoint_id: EndpointId, *, now: datetime) -> None:
        table = webhook_deliveries
        await self._connection.execute(
            update(table)
            .where(table.c.endpoint_id == endpoint_id, table.c.status == "pending")
            .values(next_at=now)
        )

    async def enqueue(
        self, endpoint_id: EndpointId, *, event_id: str, kind: str, body: str, now: datetime
    ) -> None:
        await self._connection.execute(
            insert(webhook_deliveries).values(
                endpoint_id=endpoint_id,
                event_id=event_id,
                kind=kind,
                body=body,
                created_at=now,
                next_at=now,
            )
        )

    async def deliveries(
        self, endpoint_id: EndpointId, *, limit: int, offset: int
    ) -> tuple[Sequence[Delivery], int]:
        table = webhook_deliveries
        mine = table.c.endpoint_id == endpoint_id
        rows = await self._connection.execute(
            select(table).where(mine).order_by(table.c.id.desc()).limit(limit).offset(offset)
        )
        counted = select(table.c.id).where(mine).limit(COUNTED_AT_MOST).subquery()
        total = await self._connection.scalar(select(func.count()).select_from(counted))
        return tuple(_delivery(row) for row in rows.mappings()), int(total or 0)

    # --- sealed columns

    async def outdated(self, *, key_id: bytes, limit: int) -> Sequence[SealedValue]:
        table = webhook_endpoints
        rows = await self._connection.execute(
            select(table.c.id, table.c.secret)
            .where(func.substring(table.c.secret, 2, 4) != key_id)
            .order_by(table.c.id)
            .limit(limit)
        )
        return tuple(SealedValue(secret_place(row.id), bytes(row.secret)) for row in rows)

    async def replace(self, value: SealedValue, *, sealed: bytes, lookup: bytes | None) -> bool:
        del lookup
        table = webhook_endpoints
        done = await self._connection.execute(
            update(table)
            .where(table.c.id == value.place.row, table.c.secret == value.sealed)
            .values(secret=sealed)
        )
        return done.rowcount > 0


def _endpoints(where: str) -> TextClause:
    return text(
        f"""
        SELECT e.id, e.title, e.url, e.events, e.status, e.status_at, e.failing_since,
            e.last_success_at, e.created_by, e.created_at, (SELECT count(*) FROM
                webhook_deliveries d WHERE d.endpoint_id = e.id AND d.status = 'pending') AS waiting
        FROM webhook_endpoints e {where} ORDER BY e.id
        """
    )


_ENDPOINTS: Final = {where: _endpoints(where) for where in ("", "WHERE e.id = :id")}


def _endpoint(row: RowMapping) -> Endpoint:
    values: dict[str, Any] = dict(row)
    return Endpoint(**{**values, "events": tuple(row["events"])})


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(**row)
