"""What an owner does with webhooks: add, change, pause, test, look at what went out."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from pydantic import SecretStr

from candor.accounts.ports import Place
from candor.common.clock import Clock
from candor.common.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from candor.common.events import EVENT_KINDS
from candor.common.lanes import Lanes
from candor.webhooks.delivery import secret_place
from candor.webhooks.endpoint import (
    Delivery,
    Endpoint,
    EndpointId,
    NewEndpoint,
    WebhookRepository,
)
from candor.webhooks.lanes import DELIVER_WEBHOOKS
from candor.webhooks.message import body_of, new_event_id
from candor.webhooks.signing import new_secret
from candor.webhooks.targets import Targets

MOST_ENDPOINTS: Final = 20
MAX_TITLE: Final = 80
TEST_KIND: Final = "webhook.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointDraft:
    """What an owner fills in."""

    title: str
    url: str
    events: tuple[str, ...]


class SecretSealer(Protocol):
    """`AccountSecurityService` fulfils it."""

    def seal(self, secret: SecretStr, *, place: Place) -> bytes: ...


class AdministrationUnit(Protocol):
    @property
    def webhooks(self) -> WebhookRepository: ...

    @property
    def lanes(self) -> Lanes: ...


class WebhookAdministration:
    """Called by the panel and its API; whoever calls has checked the role."""

    def __init__(
        self,
        *,
        units: Callable[[], AbstractAsyncContextManager[AdministrationUnit]],
        clock: Clock,
        sealer: SecretSealer,
        targets: Targets,
    ) -> None:
        self._units = units
        self._clock = clock
        self._sealer = sealer
        self._targets = targets

    async def all(self) -> Sequence[Endpoint]:
        async with self._units() as unit:
            return await unit.webhooks.all()

    async def get(self, endpoint_id: EndpointId) -> Endpoint:
        """Raises NotFoundError."""
        async with self._units() as unit:
            return await _existing(unit, endpoint_id)

    async def add(self, draft: EndpointDraft, *, actor: str) -> tuple[Endpoint, SecretStr]:
        """The endpoint and its secret, which is shown this once. Raises InvalidInputError."""
        draft = self._checked(draft)
        secret = new_secret()
        async with self._units() as unit:
            if len(await unit.webhooks.all()) >= MOST_ENDPOINTS:
                raise ConflictError(
                    f"There are {MOST_ENDPOINTS} webhooks already. Remove one first."
                )
            number = await unit.webhooks.next_id()
            await unit.webhooks.add(
                NewEndpoint(
                    id=number,
                    title=draft.title,
                    url=draft.url,
                    events=draft.events,
                    secret=self._sealer.seal(secret, place=secret_place(number)),
                    created_at=self._clock.now(),
                    created_by=actor,
                )
            )
            return await _existing(unit, number), secret

    async def change(self, endpoint_id: EndpointId, draft: EndpointDraft) -> Endpoint:
        """Events that wait go to the new address. Raises NotFoundError, InvalidInputError."""
        draft = self._checked(draft)
        async with self._units() as unit:
            await _existing(unit, endpoint_id)
            await unit.webhooks.update(
                endpoint_id, title=draft.title, url=draft.url, events=draft.events
            )
            return await _existing(unit, endpoint_id)

    async def pause(self, endpoint_id: EndpointId) -> Endpoint:
        """Events are kept meanwhile."""
        async with self._units() as unit:
            await _existing(unit, endpoint_id)
            await unit.webhooks.set_status(endpoint_id, "paused", now=self._clock.now())
            return await _existing(unit, endpoint_id)

    async def resume(self, endpoint_id: EndpointId) -> Endpoint:
        """What has gathered goes out in order, at once."""
        now = self._clock.now()
        async with self._units() as unit:
            await _existing(unit, endpoint_id)
            await unit.webhooks.set_status(endpoint_id, "active", now=now)
            await unit.webhooks.retry_now(endpoint_id, now=now)
            await unit.lanes.wake(DELIVER_WEBHOOKS, endpoint_id, at=now)
            return await _existing(unit, endpoint_id)

    async def remove(self, endpoint_id: EndpointId) -> None:
        async with self._units() as unit:
            if not await unit.webhooks.remove(endpoint_id):
                raise NotFoundError("There is no such webhook.")
            await unit.lanes.drop(DELIVER_WEBHOOKS, endpoint_id)

    async def replace_secret(self, endpoint_id: EndpointId) -> SecretStr:
        """The new secret signs from the next attempt on; it is shown this once."""
        secret = new_secret()
        async with self._units() as unit:
            await _existing(unit, endpoint_id)
            sealed = self._sealer.seal(secret, place=secret_place(endpoint_id))
            await unit.webhooks.set_secret(endpoint_id, sealed)
        return secret

    async def test(self, endpoint_id: EndpointId) -> str:
        """Send a harmless event after what waits already; answers its id.

        Raises ConflictError while the endpoint is paused.
        """
        now = self._clock.now()
        async with self._units() as unit:
            endpoint = await _existing(unit, endpoint_id)
            if endpoint.status != "active":
                raise ConflictError("The webhook is paused. Switch it on, then test it.")
            event_id = new_event_id()
            body = body_of(TEST_KIND, now, {"webhook": endpoint.title})
            await unit.webhooks.enqueue(
                endpoint_id, event_id=event_id, kind=TEST_KIND, body=body, now=now
            )
            await unit.lanes.wake(DELIVER_WEBHOOKS, endpoint_id, at=now)
        return event_id

    async def deliveries(
        self, endpoint_id: EndpointId, *, limit: int, offset: int = 0
    ) -> tuple[Sequence[Delivery], int]:
        """Newest first. Raises NotFoundError."""
        async with self._units() as unit:
            await _existing(unit, endpoint_id)
            return await unit.webhooks.deliveries(endpoint_id, limit=limit, offset=offset)

    def _checked(self, draft: EndpointDraft) -> EndpointDraft:
        wrong: list[FieldError] = []
        title = " ".join(draft.title.split())
        if not title or len(title) > MAX_TITLE:
            wrong.append(FieldError("title", f"Give it a name of at most {MAX_TITLE} characters."))
        url = draft.url
        try:
            url = self._targets.check_url(draft.url)
        except InvalidInputError as error:
            wrong.append(FieldError("url", error.message))
        unknown = sorted(set(draft.events) - set(EVENT_KINDS))
        if unknown:
            wrong.append(FieldError("events", f"Unknown events: {', '.join(unknown)}."))
        elif not draft.events:
            wrong.append(FieldError("events", "Choose at least one event."))
        if wrong:
            raise InvalidInputError(errors=tuple(wrong))
        events = tuple(kind for kind in EVENT_KINDS if kind in draft.events)
        return EndpointDraft(title=title, url=url, events=events)


async def _existing(unit: AdministrationUnit, endpoint_id: EndpointId) -> Endpoint:
    found = await unit.webhooks.get(endpoint_id)
    if found is None:
        raise NotFoundError("There is no such webhook.")
    return found
