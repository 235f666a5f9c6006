"""Webhooks over a real database: a receiver that is told how to behave, lanes run by hand."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.accounts.keys import load_keys
from candor.accounts.security import AccountSecurityService
from candor.common.clock import FrozenClock
from candor.common.events import BusinessEvent, EventKind
from candor.common.lanes import Lane
from candor.storage.unit_of_work import Units
from candor.webhooks.administration import EndpointDraft, WebhookAdministration
from candor.webhooks.delivery import Posted, WebhookDelivery
from candor.webhooks.endpoint import Endpoint
from candor.webhooks.lanes import DELIVER_WEBHOOKS
from candor.webhooks.targets import Targets

KINDS: tuple[EventKind, ...] = ("client.agreed", "conversation.handed_off", "task.done")


@dataclass
class Receiver:
    """Keeps every request; answers as told, and with 200 when nothing is said."""

    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[Posted] = field(default_factory=list)
    is_down: bool = False

    async def post(self, url: str, *, body: bytes, headers: dict[str, str]) -> Posted:
        self.requests.append((url, dict(headers), body))
        if self.answers:
            return self.answers.pop(0)
        return Posted(None, "connection refused") if self.is_down else Posted(200, "", 3)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _, headers, _ in self.requests]

    @property
    def numbers(self) -> list[int]:
        """Which events came, by the number that the tests give them."""
        return [json.loads(body)["data"]["n"] for _, _, body in self.requests]


@dataclass
class Hooks:
    engine: AsyncEngine
    units: Units
    clock: FrozenClock
    receiver: Receiver
    administration: WebhookAdministration
    delivery: WebhookDelivery
    security: AccountSecurityService
    told: list[tuple[str, str]] = field(default_factory=list)

    async def add(self, *kinds: EventKind, title: str = "CRM") -> tuple[Endpoint, SecretStr]:
        return await self.administration.add(
            EndpointDraft(title=title, url="https://example.org/hook", events=kinds or KINDS),
            actor="owner@example.org",
        )

    async def publish(self, number: int, kind: EventKind = "client.agreed") -> None:
        async with self.units() as unit:
            await unit.events.publish(
                BusinessEvent(kind=kind, at=self.clock.now(), client_id=None, data={"n": number})
            )

    async def next_due(self) -> datetime | None:
        async with self.engine.connect() as connection:
            found: datetime | None = await connection.scalar(
                text("SELECT min(due_at) FROM lanes WHERE status = 'waiting'")
            )
            return found

    async def run(self, *, until: datetime | None = None) -> None:
        """Run the lanes that are due, moving the clock to each, up to a moment."""
        end = until or self.clock.now()
        while (due := await self.next_due()) is not None and due <= end:
            if due > self.clock.now():
                self.clock.advance(due - self.clock.now())
            async with self.engine.begin() as connection:
                rows = await connection.execute(
                    text("DELETE FROM lanes WHERE due_at <= :now RETURNING kind, key"),
                    {"now": self.clock.now()},
                )
                lanes = rows.all()
            for row in lanes:
                again = await self.delivery.deliver(Lane(row.kind, row.key, 0))
                if again is not None:
                    async with self.units() as unit:
                        await unit.lanes.wake(DELIVER_WEBHOOKS, row.key, at=again)
        if until is not None and until > self.clock.now():
            self.clock.advance(until - self.clock.now())

    async def rows(self, statement: str) -> list[Any]:
        async with self.engine.connect() as connection:
            return list((await connection.execute(text(statement))).mappings())


@pytest.fixture
def hooks(engine: AsyncEngine, units: Units, clock: FrozenClock, tmp_path: Any) -> Hooks:
    security = AccountSecurityService(
        keys=load_keys(tmp_path),
        units=units,
        clock=clock,
        sealed_columns=lambda unit: (unit.webhooks,),  # type: ignore[attr-defined]
    )
    receiver = Receiver()
    told: list[tuple[str, str]] = []

    async def tell(kind: str, words: str) -> None:
        told.append((kind, words))

    return Hooks(
        engine,
        units,
        clock,
        receiver,
        WebhookAdministration(units=units, clock=clock, sealer=security, targets=Targets()),
        WebhookDelivery(units=units, clock=clock, poster=receiver, secrets=security, tell=tell),
        security,
        told,
    )
