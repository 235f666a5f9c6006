"""Delivery: one lane per chat sends what the outbox holds, labelled, in order, within the limits.

Each text goes through two units with the call to Telegram between them: the first decides and stores
the intent (`sending`, with the final text), the second stores the outcome. A crash between the two
leaves the intent, which a later run resolves without ever repeating what may have been sent.
"""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, Literal

import structlog

from candor.accounts.limits import PAUSE_REASONS, Signal
from candor.common.clock import Clock
from candor.common.errors import CandorError
from candor.common.ids import AccountId, ChatRowId, TelegramMessageId
from candor.common.lanes import Lane
from candor.common.units import Units
from candor.messaging.business_window import REASONS as BUSINESS_REASONS
from candor.messaging.business_window import business_refusal, call_a_person
from candor.messaging.gateway import (
    DEFAULT_PAUSE,
    AccountRestrictedError,
    ChatClosedError,
    Gateway,
    Gateways,
    NotReachedError,
    RateLimitedError,
    RejectedError,
    SendText,
    SentMessage,
    UnconfirmedError,
)
from candor.messaging.labelling import FinalText, LabelError, due_label, final_text
from candor.messaging.lanes import ANSWER_CLIENT
from candor.messaging.outgoing import Cancel, Outcome, Postpone, Purpose, Send, Verdict
from candor.messaging.own_pace import OwnPace
from candor.messaging.pacing import DEFAULT_PACE, Pace, retry_at
from candor.messaging.ports import AccountRestrictions, Due, U
from candor.messaging.rules import (
    CLOSED_TO_US,
    NEVER_WROTE,
    NEWER_MESSAGE,
    ConversationRule,
    NoticeRule,
    PurposeRule,
)

log = structlog.get_logger(__name__)

MOST_CANDIDATES: Final = 250
"""So many questions to Telegram about one interrupted message at most."""
RESTRICTED_PAUSE: Final = timedelta(minutes=5)
"""How often a chat of a stopped account looks whether it works again."""
_FAILURES: Final = (ChatClosedError, RejectedError)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A stored intent: this text, now."""

    due: Due
    final: FinalText


@dataclass(frozen=True, slots=True)
class Interrupted:
    """An intent of another run, without an outcome."""

    due: Due


class DeliveryService(Generic[U]):
    """The handler of the lane `messaging.deliver`."""

    def __init__(
        self,
        units: Units[U],
        clock: Clock,
        gateways: Gateways,
        restrictions: AccountRestrictions,
        *,
        business: str,
        rules: Mapping[Purpose, PurposeRule[U]] | None = None,
        pace: Pace = DEFAULT_PACE,
        own_pace: OwnPace | None = None,
    ) -> None:
        """`rules`: those of the areas (`comment`, `group`); the other two are built in.
        `own_pace`: the owner's; without one `pace` holds."""
        self._units = units
        self._clock = clock
        self._gateways = gateways
        self._restrictions = restrictions
        self._business = business
        self._pace = pace
        self._own_pace = own_pace
        self._rules: dict[Purpose, PurposeRule[U]] = {
            "conversation": ConversationRule(),
            "notice": NoticeRule(),
            **(rules or {}),
        }

    async def deliver(self, lane: Lane) -> datetime | None:
        """Send the chat's next text; returns when to look again, None when nothing is left."""
        chat = ChatRowId(int(lane.key))
        prepared = await self._prepare(chat)
        if isinstance(prepared, Interrupted):
            prepared = await self._resume(chat, prepared.due.item.account_id)
        if not isinstance(prepared, Attempt):
            return prepared
        # Once the request may have left, the outcome is stored even if the worker is stopping.
        return await asyncio.shield(self._send(prepared))

    # --- the first unit: decide, store the intent

    async def _prepare(self, chat: ChatRowId) -> Attempt | Interrupted | datetime | None:
        now = self._clock.now()
        async with self._units.apart() as unit:
            due = await unit.outbox.next_due(chat, now=now)
            if due is None:
                return None
            if due.item.status == "sending":
                return Interrupted(due)
            if (later := _not_yet(due, now)) is not None:
                return later
            if not self._rule(due).has_rows and (claimed := await self._claim_now(unit, due, now)):
                return claimed
        async with self._units() as unit:
            return await self._take_up(unit, due, now)

    async def _claim_now(self, unit: U, due: Due, now: datetime) -> Attempt | datetime | None:
        """Claim what may go out; None for what has to be settled in a transaction. The claim is the
        one write here, and refuses a chat that has changed since it was read."""
        if not isinstance(await self._decide(unit, due, now), Send):
            return None
        with suppress(LabelError):
            return await self._claim(unit, due, self._final(due, now), now)
        return None

    async def _take_up(self, unit: U, due: Due, now: datetime) -> Attempt | datetime | None:
        verdict = await self._decide(unit, due, now)
        if isinstance(verdict, Postpone):
            return max(verdict.at, now + timedelta(milliseconds=1))
        if isinstance(verdict, Cancel):
            return await self._cancel(unit, due, verdict.reason, now)
        try:
            final = self._final(due, now)
        except LabelError as error:
            outcome = Outcome("failed", now, error=error.message)
            return now if await self._settle_in(unit, due, outcome) else None
        return await self._claim(unit, due, final, now)

    async def _claim(
        self, unit: U, due: Due, final: FinalText, now: datetime
    ) -> Attempt | datetime:
        pace = await self._pace_now(unit)
        claimed = await unit.outbox.claim(
            due, text=final.text, labelled=final.is_labelled, pace=pace, now=now
        )
        if claimed is None:
            return now
        return Attempt(due, final) if claimed.is_ours else claimed.slot

    def _final(self, due: Due, now: datetime) -> FinalText:
        return final_text(due.item, due.chat, business=self._business, now=now)

    def _rule(self, due: Due) -> PurposeRule[U]:
        return self._rules[due.item.purpose]

    async def _pace_now(self, unit: U) -> Pace:
        return self._pace if self._own_pace is None else await self._own_pace.read(unit)

    async def _decide(self, unit: U, due: Due, now: datetime) -> Verdict:
        if due.chat.blocked_at is not None:
            return Cancel(CLOSED_TO_US)
        if (refused := business_refusal(due, now)) is not None:
            return refused
        is_to_client = due.item.purpose in ("conversation", "follow_up")
        needs_contact = is_to_client and due.chat.type == "private"
        if needs_contact and due.chat.last_in_at is None:
            return Cancel(NEVER_WROTE)
        return await self._rule(due).decide(unit, due, now=now)

    async def _resume(self, chat: ChatRowId, account: AccountId) -> Attempt | datetime | None:
        """An intent without an outcome: its sender died. Repeated only where that can't double it:
        with a gateway that recognises the repeat, or when Telegram says that it is not there."""
        try:
            gateway = await self._gateways.of(account)
            found = await self._look_for(chat, gateway)
        except NotReachedError:
            return self._clock.now() + DEFAULT_PAUSE
        except RateLimitedError as error:
            return self._clock.now() + (error.retry_after or DEFAULT_PAUSE)
        now = self._clock.now()
        async with self._units() as unit:
            due = await unit.outbox.next_due(chat, now=now)
            if due is None or due.item.status != "sending" or due.item.sent_text is None:
                return now
            if isinstance(found, int):
                outcome = Outcome("sent", now, message_id=found, text=due.item.sent_text)
            elif found == "not_sent" and not gateway.is_idempotent:
                await unit.outbox.requeue(
                    due, not_before=now, error="interrupted", is_limited=False, now=now
                )
                return now
            elif gateway.is_idempotent and await self._may_repeat(unit, due, now):
                final = FinalText(due.item.sent_text, due.item.is_labelled)
                return await self._claim(unit, due, final, now)
            else:
                outcome = Outcome("unconfirmed", now, text=due.item.sent_text, error="interrupted")
            return now if await self._settle_in(unit, due, outcome) else None

    async def _look_for(
        self, chat: ChatRowId, gateway: Gateway
    ) -> TelegramMessageId | Literal["not_sent", "unknown"]:
        """Asks Telegram for a text whose sender died: its number, or that it is certainly not there.

        An idempotent gateway need not ask: repeating is safe there.
        """
        if gateway.is_idempotent:
            return "not_sent"
        async with self._units() as unit:
            due = await unit.outbox.next_due(chat, now=self._clock.now())
            trace = await unit.outbox.trace(due, most=MOST_CANDIDATES) if due else None
        if due is None or trace is None:
            return "unknown"
        try:
            found = await gateway.find_own(due.chat.chat_id, trace.candidates, due.item.keyboard)
        except (UnconfirmedError, RejectedError, ChatClosedError):
            return "unknown"
        return "not_sent" if found is None else found

    async def _may_repeat(self, unit: U, due: Due, now: datetime) -> bool:
        """The stored text still carries the label that is due now, and is still wanted."""
        if due_label(due.item, due.chat, now=now) is not None and not due.item.is_labelled:
            return False
        return isinstance(await self._decide(unit, due, now), Send)

    async def _cancel(self, unit: U, due: Due, reason: str, now: datetime) -> datetime | None:
        """What was answered waits again, unless the client wants nothing more; out of a business
        chat's window it waits for a person."""
        reopen = reason == NEWER_MESSAGE or reason in BUSINESS_REASONS
        has_more = await unit.outbox.cancel(due, reason=reason, now=now, reopen=reopen)
        if reason in BUSINESS_REASONS:
            await call_a_person(unit, due, reason, now)
        if reason == NEWER_MESSAGE and due.item.conversation_id is not None:
            await unit.lanes.wake(ANSWER_CLIENT, due.item.conversation_id, at=now)
        outcome = Outcome("cancelled", now, error=reason)
        await self._rule(due).settled(unit, due, outcome)
        return now if has_more else None

    # --- between the units: the call

    async def _send(self, attempt: Attempt) -> datetime | None:
        due, account = attempt.due, attempt.due.item.account_id
        try:
            gateway = await self._gateways.of(account)
            sent = await self._call(gateway, attempt)
        except RateLimitedError as error:
            again = self._clock.now() + (error.retry_after or DEFAULT_PAUSE)
            return await self._requeue(due, again, error, is_limited=True)
        except NotReachedError as error:
            again = retry_at(self._clock.now(), due.item.attempts)
            if error.retry_after is not None:
                again = self._clock.now() + error.retry_after
            return await self._requeue(due, again, error)
        except AccountRestrictedError as error:
            again = self._clock.now() + RESTRICTED_PAUSE
            await self._requeue(due, again, error)
            await self._restrictions.stop_for(account, _signal(error), actor="messaging")
            return again
        except UnconfirmedError as error:
            return await self._store(attempt, "unconfirmed", error)
        except _FAILURES as error:
            return await self._store(attempt, "failed", error)
        return await self._store_sent(attempt, sent)

    async def _call(self, gateway: Gateway, attempt: Attempt) -> SentMessage:
        item, chat = attempt.due.item, attempt.due.chat
        if item.kind == "file":
            content = await self._export(attempt.due)
            return await gateway.send_file(
                chat.chat_id,
                name="candor-export.json",
                content=content,
                caption=attempt.final.text,
                random_id=item.random_id,
            )
        return await gateway.send_text(
            SendText(
                chat_id=chat.chat_id,
                text=attempt.final.text,
                random_id=item.random_id,
                reply_to=item.reply_to,
                keyboard=item.keyboard,
                business_connection_id=chat.business_connection_id,
                direct_messages_topic_id=item.direct_messages_topic_id
                or chat.direct_messages_topic_id,
            )
        )

    async def _export(self, due: Due) -> bytes:
        if due.chat.client_id is None:
            raise RejectedError("An export belongs to one person; this chat has none.")
        async with self._units() as unit:
            found = await unit.erasure.export(due.chat.client_id)
        return json.dumps(found or {}, ensure_ascii=False, indent=2, default=str).encode()

    # --- the second unit: the outcome

    async def _store_sent(self, attempt: Attempt, sent: SentMessage) -> datetime | None:
        now = self._clock.now()
        outcome = Outcome("sent", now, message_id=sent.message_id, text=attempt.final.text)
        units = self._units if self._rule(attempt.due).has_rows else self._units.apart
        async with units() as unit:
            has_more = await self._settle_in(unit, attempt.due, outcome)
            pace = await self._pace_now(unit)
        gap = pace.gap(is_group=attempt.due.chat.is_group)
        return now + gap if has_more else None

    async def _store(
        self, attempt: Attempt, status: Literal["unconfirmed", "failed"], error: CandorError
    ) -> datetime | None:
        now = self._clock.now()
        due = attempt.due
        log.warning("message_" + status, outbox=due.item.id, error=error.code)
        outcome = Outcome(status, now, text=attempt.final.text, error=error.code)
        async with self._units() as unit:
            has_more = await self._settle_in(unit, due, outcome)
            if isinstance(error, ChatClosedError):
                await self._close_chat(unit, due, now)
                return None
        return now if has_more else None

    async def _settle_in(self, unit: U, due: Due, outcome: Outcome) -> bool:
        has_more = await unit.outbox.settle(due, outcome)
        await self._rule(due).settled(unit, due, outcome)
        return has_more

    async def _close_chat(self, unit: U, due: Due, now: datetime) -> None:
        chat = due.chat
        await unit.chats.set_blocked(chat.account_id, chat.chat_id, blocked_at=now)
        await unit.outbox.cancel_for_chat(chat.id, reason=CLOSED_TO_US, now=now)

    async def _requeue(
        self, due: Due, again: datetime, error: CandorError, *, is_limited: bool = False
    ) -> datetime:
        log.info("message_postponed", outbox=due.item.id, error=error.code, until=again.isoformat())
        async with self._units() as unit:
            await unit.outbox.requeue(
                due,
                not_before=again,
                error=error.code,
                is_limited=is_limited,
                now=self._clock.now(),
            )
        return again


def _not_yet(due: Due, now: datetime) -> datetime | None:
    """The latest of what has to be waited for, None when nothing has."""
    waits = (due.item.not_before, due.chat.free_at, due.paused_until)
    later = [at for at in waits if at is not None and at > now]
    return max(later) if later else None


def _signal(error: AccountRestrictedError) -> Signal:
    named = str(error.details.get("signal", ""))
    return named if named in PAUSE_REASONS else "flagged"
