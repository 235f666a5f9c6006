"""The one table that turns the Bot API's refusals and lost connections into messaging's errors."""

from datetime import timedelta
from typing import Final

import aiohttp
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from candor.common.errors import CandorError, TemporaryError
from candor.messaging.gateway import (
    DEFAULT_PAUSE,
    AccountRestrictedError,
    ChatClosedError,
    NotReachedError,
    RateLimitedError,
    RejectedError,
    UnconfirmedError,
)

_NEVER_CONNECTED: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_CLOSED: Final = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user is deactivated",
    "chat_write_forbidden",
    "not enough rights to send",
    "have no rights to send",
    "need administrator rights in the channel chat",
    "topic_closed",
    "business_connection_invalid",
    "business_connection_not_allowed",
    "business_peer_usage_missing",
    "business_peer_invalid",
)
_STATUS: Final[tuple[tuple[type[TelegramAPIError], int], ...]] = (
    (TelegramBadRequest, 400),
    (TelegramUnauthorizedError, 401),
    (TelegramForbiddenError, 403),
    (TelegramNotFound, 404),
    (TelegramConflictError, 409),
    (TelegramEntityTooLarge, 413),
    (TelegramServerError, 500),
)


class PolledElsewhereError(TemporaryError):
    """Another program asks for the same bot's updates (HTTP 409)."""

    code = "telegram_polled_elsewhere"
    default_message = (
        "Another program reads this bot's messages with the same token. Stop it, or revoke the "
        "token at @BotFather and enter the new one."
    )


def from_answer(
    status: int,
    description: str,
    *,
    is_repeatable: bool,
    retry_after: float | None = None,
    migrate_to: int | None = None,
) -> CandorError:
    """What an answer that is not `ok` means.

    `is_repeatable`: doing the call twice does no harm (reads, edits), so a lost answer may be
    repeated; otherwise it stays unconfirmed.
    """
    if status == 429 or retry_after:
        pause = timedelta(seconds=retry_after) if retry_after else DEFAULT_PAUSE
        return RateLimitedError(f"Telegram asks to wait {pause}.", retry_after=pause)
    if status >= 500:
        return _lost(is_repeatable, f"Telegram answered {status}.")
    words = description.lower()
    if status == 401 or (status == 404 and "method" not in words):
        return AccountRestrictedError(
            "Telegram does not accept this bot's token any more.",
            details={"signal": "token_revoked"},
        )
    if status == 409:
        return PolledElsewhereError(retry_after=timedelta(seconds=5))
    if status == 403 or any(part in words for part in _CLOSED):
        return ChatClosedError(
            f"This chat can't be written to: {description}", details={"description": description}
        )
    details: dict[str, object] = {"description": description}
    if migrate_to is not None:
        details["migrate_to_chat_id"] = migrate_to
    return RejectedError(f"Telegram refuses this: {description}", details=details)


def from_network(error: BaseException, *, is_repeatable: bool) -> CandorError:
    """What a failed connection means: certainly not sent, or nobody knows."""
    if isinstance(error, _NEVER_CONNECTED):
        return NotReachedError("Telegram can't be reached. It is tried again by itself.")
    return _lost(is_repeatable, f"The connection to Telegram broke ({type(error).__name__}).")


def from_aiogram(error: Exception, *, is_repeatable: bool) -> CandorError:
    """The same table for what aiogram raises."""
    if isinstance(error, TelegramNetworkError) and not isinstance(error, TelegramEntityTooLarge):
        return from_network(error.__cause__ or error, is_repeatable=is_repeatable)
    if isinstance(error, TelegramRetryAfter):
        return from_answer(
            429, error.message, is_repeatable=is_repeatable, retry_after=error.retry_after
        )
    if isinstance(error, TelegramMigrateToChat):
        return from_answer(
            400, error.message, is_repeatable=is_repeatable, migrate_to=error.migrate_to_chat_id
        )
    if isinstance(error, ClientDecodeError):
        return _lost(is_repeatable, "Telegram's answer could not be read.")
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return from_answer(status, error.message, is_repeatable=is_repeatable)
    return RejectedError("Telegram refuses this.", details={"description": str(error)})


def _lost(is_repeatable: bool, words: str) -> CandorError:
    if is_repeatable:
        return NotReachedError(f"{words} It is tried again by itself.")
    return UnconfirmedError(f"{words} It may have been carried out or not.")
