"""One update from Telegram's JSON to stored: dispatched to its handler, tried again, or parked.

`take` returns only when the update is stored, ignored for good, or parked, so whoever calls it may
acknowledge the update then. While the database is away it keeps trying.
"""

import asyncio
import json
import traceback
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, Final

import structlog
from aiogram import Dispatcher
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from candor.common.clock import Clock
from candor.telegram.bot.routers.commenting import CommentHandler
from candor.telegram.bot.routers.education import EducationGroupHandler
from candor.telegram.bot.routers.payments import PaymentHandler
from candor.telegram.bot.routers.sales import SalesHandler
from candor.telegram.bot.seat import Seat
from candor.telegram.ports import Listeners, ParkedUpdate

log = structlog.get_logger(__name__)

ALLOWED_UPDATES: Final[tuple[str, ...]] = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "callback_query",
    "pre_checkout_query",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "message_reaction",
    "message_reaction_count",
)
TRIES: Final = 3
"""A handler that fails so often has its update parked."""
_PAUSES: Final = (0.2, 1.0, 2.0, 5.0, 10.0)
_NARROW: Final = 8
"""How many chats of one bot are handled at the same time."""


class UpdateDesk:
    """Takes raw updates. One per process, shared by polling and webhooks."""

    def __init__(
        self, listeners: Listeners, clock: Clock, *, pauses: Sequence[float] = _PAUSES
    ) -> None:
        self._parked = listeners.parked
        self._clock = clock
        self._pauses = pauses
        self._dispatcher = _dispatcher(listeners, clock)

    async def take_all(self, updates: Sequence[Mapping[str, Any]], seat: Seat) -> None:
        """Take a batch: in order within a chat, some chats at the same time."""
        lanes: dict[object, list[Mapping[str, Any]]] = {}
        for update in updates:
            lanes.setdefault(_chat_of(update), []).append(update)
        gate = asyncio.Semaphore(_NARROW)
        await asyncio.gather(*(self._take_lane(lane, seat, gate) for lane in lanes.values()))

    async def take(self, raw: Mapping[str, Any], seat: Seat) -> None:
        """Return when the update may be acknowledged."""
        for attempt in count(1):
            try:
                await self.dispatch(raw, seat)
            except (ValidationError, UpdateTypeLookupError) as error:
                log.info("update_not_known", account_id=seat.account_id, kinds=sorted(_kinds(raw)))
                if isinstance(error, UpdateTypeLookupError) or await self._park(raw, seat, error):
                    return
            except Exception as error:
                log.warning(
                    "update_failed",
                    account_id=seat.account_id,
                    update_id=raw.get("update_id"),
                    attempt=attempt,
                    error=type(error).__name__,
                    where=_where(error),
                )
                if attempt >= TRIES and await self._park(raw, seat, error):
                    return
            else:
                return
            await asyncio.sleep(self._pauses[min(attempt, len(self._pauses)) - 1])

    async def dispatch(self, raw: Mapping[str, Any], seat: Seat) -> None:
        """Once, raising what the handler raises."""
        update = Update.model_validate(raw, context={"bot": seat.client.bot})
        await self._dispatcher.feed_update(seat.client.bot, update, seat=seat)

    async def _take_lane(
        self, lane: Sequence[Mapping[str, Any]], seat: Seat, gate: asyncio.Semaphore
    ) -> None:
        async with gate:
            for update in lane:
                await self.take(update, seat)

    async def _park(self, raw: Mapping[str, Any], seat: Seat, error: Exception) -> bool:
        """Set it aside; False when even that fails (the database is away): then it is tried on."""
        parked = ParkedUpdate(
            account_id=seat.account_id,
            update_id=int(raw.get("update_id", 0)),
            update=json.dumps(raw, ensure_ascii=True).replace("\\u0000", ""),
            error=type(error).__name__,
            parked_at=self._clock.now(),
        )
        try:
            await self._parked.park(parked)
        except Exception as trouble:
            log.warning(
                "update_not_parked", account_id=seat.account_id, error=type(trouble).__name__
            )
            return False
        log.error("update_parked", account_id=seat.account_id, update_id=parked.update_id)
        return True


def _dispatcher(listeners: Listeners, clock: Clock) -> Dispatcher:
    dispatcher = Dispatcher(disable_fsm=True)
    if listeners.payments is not None:
        dispatcher.include_router(PaymentHandler(listeners.payments).router())
    sales = SalesHandler(listeners.sales, listeners.business, clock)
    dispatcher.include_router(sales.router())
    if listeners.discussions is not None:
        dispatcher.include_router(CommentHandler(listeners.discussions).router())
    if listeners.groups is not None:
        dispatcher.include_router(EducationGroupHandler(listeners.groups, clock).router())
    return dispatcher


def _where(error: Exception) -> str:
    """The innermost line of the failure; a whole trace would carry message bodies into the log."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""


def _kinds(raw: Mapping[str, Any]) -> set[str]:
    return {name for name in raw if name != "update_id"}


def _chat_of(raw: Mapping[str, Any]) -> object:
    """What keeps its order: the chat, else the person; an update without either stands alone."""
    for name, body in raw.items():
        if name == "update_id" or not isinstance(body, Mapping):
            continue
        message = body.get("message")
        holder = message if isinstance(message, Mapping) else body
        chat = holder.get("chat")
        if isinstance(chat, Mapping):
            return chat.get("id")
        who = body.get("from") or body.get("user")
        if isinstance(who, Mapping):
            return who.get("id")
    return ("update", raw.get("update_id"))
