"""`BotRuntime`: the bots at work in this process, by long polling or by webhooks."""

import hmac
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import structlog
from pydantic import SecretStr

from candor.accounts.account import Account
from candor.accounts.security import AccountSecurityService
from candor.accounts.sessions import AccountSessionManager
from candor.common.errors import CandorError
from candor.common.ids import AccountId
from candor.telegram.bot.client import BotConnections
from candor.telegram.bot.polling import BotPolling
from candor.telegram.bot.seat import Seat
from candor.telegram.bot.updates import ALLOWED_UPDATES, TRIES, UpdateDesk
from candor.telegram.flags import OnRestricted

log = structlog.get_logger(__name__)

WEBHOOK_PATH: Final = "/telegram/webhook"
"""Under CANDOR_PUBLIC_URL, followed by the account's number."""
MAX_UPDATE_BYTES: Final = 4 * 1024 * 1024


class BotRuntime:
    """`candor.accounts.ports.AccountRunner` for bots.

    `AccountSessionManager` starts and stops them as accounts are added, paused or taken over; nothing
    needs a restart. With `public_url` Telegram calls `webhooks`, otherwise each bot is polled.
    """

    def __init__(
        self,
        *,
        connections: BotConnections,
        desk: UpdateDesk,
        security: AccountSecurityService,
        on_restricted: OnRestricted | None = None,
        public_url: str | None = None,
    ) -> None:
        self._connections = connections
        self._desk = desk
        self._security = security
        self._on_restricted = on_restricted
        self._public_url = public_url
        self._pollings: dict[AccountId, BotPolling] = {}

    @property
    def running(self) -> frozenset[AccountId]:
        return frozenset(self._pollings)

    async def start(self, account: Account, secret: SecretStr) -> None:
        """Raises a TemporaryError when Telegram can't be reached; then it is tried again."""
        seat = Seat(account, self._connections.client(secret))
        if self._public_url is not None:
            await self._set_webhook(seat)
            return
        polling = BotPolling(seat, self._desk, on_restricted=self._on_restricted)
        await seat.client.call("deleteWebhook", {}, is_repeatable=True)
        self._pollings[account.id] = polling
        polling.start()

    async def stop(self, account_id: AccountId) -> None:
        polling = self._pollings.pop(account_id, None)
        if polling is not None:
            await polling.stop()

    async def _set_webhook(self, seat: Seat) -> None:
        secret = self._security.webhook_secrets(seat.account_id)[0]
        parameters = {
            "url": f"{(self._public_url or '').rstrip('/')}{WEBHOOK_PATH}/{seat.account_id}",
            "secret_token": secret.get_secret_value(),
            "allowed_updates": ALLOWED_UPDATES,
            "max_connections": 20,
        }
        await seat.client.call("setWebhook", parameters, is_repeatable=True)


class BotWebhooks:
    """Takes what Telegram posts. Works in any process, whichever holds the bot.

    Register it with the panel: `POST {WEBHOOK_PATH}/<id>` -> `receive`, its number is the status.
    """

    def __init__(
        self,
        *,
        connections: BotConnections,
        desk: UpdateDesk,
        security: AccountSecurityService,
        sessions: AccountSessionManager,
    ) -> None:
        self._connections = connections
        self._desk = desk
        self._security = security
        self._sessions = sessions
        self._failures: Counter[tuple[AccountId, int]] = Counter()

    async def receive(self, account_id: AccountId, *, secret: str | None, body: bytes) -> int:
        """200: stored. 401: not from Telegram. 404: no such bot at work. 500: try again later."""
        if not self._is_genuine(account_id, secret):
            return 401
        update = _read(body)
        if update is None:
            return 400
        account = await self._sessions.active(account_id)
        if account is None or account.kind != "bot":
            return 404
        try:
            seat = Seat(
                account, self._connections.client(await self._sessions.secret_of(account_id))
            )
        except CandorError:
            return 500
        return await self._take(update, seat)

    async def _take(self, update: Mapping[str, Any], seat: Seat) -> int:
        """Telegram itself repeats what is answered with 500; a poisoned update is parked."""
        key = (seat.account_id, int(update["update_id"]))
        try:
            if self._failures[key] >= TRIES:
                await self._desk.take(update, seat)
            else:
                await self._desk.dispatch(update, seat)
        except Exception as error:
            self._failures[key] += 1
            log.warning("webhook_failed", account_id=seat.account_id, error=type(error).__name__)
            return 500
        self._failures.pop(key, None)
        return 200

    def _is_genuine(self, account_id: AccountId, secret: str | None) -> bool:
        if secret is None:
            return False
        known = self._security.webhook_secrets(account_id)
        given = secret.encode(errors="replace")
        matches = [hmac.compare_digest(one.get_secret_value().encode(), given) for one in known]
        return any(matches)


def _read(body: bytes) -> Mapping[str, Any] | None:
    if len(body) > MAX_UPDATE_BYTES:
        return None
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    is_update = isinstance(update, dict) and isinstance(update.get("update_id"), int)
    return update if is_update else None
