"""The one table that turns MTProto's errors into messaging's errors and those of a sign-in."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, TypeGuard

from telethon import errors

from candor.accounts.errors import (
    CodeExpiredError,
    CodeWrongError,
    PasswordWrongError,
    PhoneBannedError,
    PhoneNotRegisteredError,
    PhoneRefusedError,
    SessionUnreadableError,
)
from candor.accounts.limits import Signal
from candor.common.errors import CandorError
from candor.messaging.gateway import (
    AccountRestrictedError,
    ChatClosedError,
    NotReachedError,
    RateLimitedError,
    RejectedError,
    UnconfirmedError,
)

_RESTRICTED: Final[dict[str, Signal]] = {
    "PEER_FLOOD": "peer_flood",
    "USER_DEACTIVATED": "account_banned",
    "USER_DEACTIVATED_BAN": "account_banned",
    "AUTH_KEY_UNREGISTERED": "session_revoked",
    "AUTH_KEY_INVALID": "session_revoked",
    "AUTH_KEY_PERM_EMPTY": "session_revoked",
    "SESSION_REVOKED": "session_revoked",
    "SESSION_EXPIRED": "session_revoked",
    "AUTH_KEY_DUPLICATED": "session_used_elsewhere",
    "FROZEN_METHOD_INVALID": "account_frozen",
    "FROZEN_PARTICIPANT_MISSING": "account_frozen",
    "USER_RESTRICTED": "flagged",
}
_CLOSED: Final = frozenset(
    {
        "USER_IS_BLOCKED",
        "YOU_BLOCKED_USER",
        "INPUT_USER_DEACTIVATED",
        "PEER_ID_INVALID",
        "USER_ID_INVALID",
        "CHANNEL_INVALID",
        "CHANNEL_PRIVATE",
        "CHAT_ID_INVALID",
        "CHAT_FORBIDDEN",
        "CHAT_WRITE_FORBIDDEN",
        "CHAT_SEND_PLAIN_FORBIDDEN",
        "CHAT_ADMIN_REQUIRED",
        "CHAT_GUEST_SEND_FORBIDDEN",
        "USER_BANNED_IN_CHANNEL",
        "USER_NOT_PARTICIPANT",
        "PRIVACY_PREMIUM_REQUIRED",
    }
)
_SIGN_IN: Final[dict[str, type[CandorError]]] = {
    "PHONE_CODE_INVALID": CodeWrongError,
    "PHONE_CODE_EMPTY": CodeWrongError,
    "PHONE_CODE_HASH_EMPTY": CodeExpiredError,
    "PHONE_CODE_EXPIRED": CodeExpiredError,
    "AUTH_TOKEN_EXPIRED": CodeExpiredError,
    "AUTH_TOKEN_INVALID": CodeExpiredError,
    "PHONE_NUMBER_INVALID": PhoneRefusedError,
    "PHONE_NUMBER_FLOOD": PhoneRefusedError,
    "PHONE_NUMBER_BANNED": PhoneBannedError,
    "PHONE_NUMBER_UNOCCUPIED": PhoneNotRegisteredError,
    "PASSWORD_HASH_INVALID": PasswordWrongError,
    "SRP_PASSWORD_CHANGED": PasswordWrongError,
    "SRP_ID_INVALID": PasswordWrongError,
}
_LOST: Final = (ConnectionError, TimeoutError, asyncio.IncompleteReadError, OSError)


def from_telethon(error: BaseException, *, is_repeatable: bool) -> CandorError:
    """`is_repeatable`: the same request again does no harm, as it carries the same `random_id`."""
    code = _code(error)
    if code not in _RESTRICTED and (
        isinstance(error, errors.FloodError) or hasattr(error, "seconds")
    ):
        wait = timedelta(seconds=max(1, int(getattr(error, "seconds", 0) or 30)))
        return RateLimitedError(_wait_words(wait), retry_after=wait)
    if isinstance(error, errors.TypeNotFoundError | errors.SecurityError):
        return SessionUnreadableError()
    if isinstance(error, errors.RPCError):
        return _from_code(code, int(error.code or 0), is_repeatable=is_repeatable)
    if isinstance(error, _LOST):
        return _lost(is_repeatable, f"The connection to Telegram broke ({type(error).__name__}).")
    if isinstance(error, ValueError):
        return ChatClosedError("This chat is not known to the account.")
    return RejectedError("Telegram refuses this.", details={"description": type(error).__name__})


def _wait_words(wait: timedelta) -> str:
    """What to do, in the largest unit that does not shorten the wait."""
    seconds = int(wait.total_seconds())
    if seconds < 120:
        amount = f"{seconds} seconds"
    elif seconds < 2 * 3600:
        amount = f"{-(-seconds // 60)} minutes"
    else:
        amount = f"{-(-seconds // 3600)} hours"
    return f"Telegram asks to wait {amount}. Try again after that: earlier tries make it longer."


@contextmanager
def translated(*, is_repeatable: bool) -> Iterator[None]:
    """Let nothing of Telethon out of the block."""
    try:
        yield
    except (errors.RPCError, errors.TypeNotFoundError, errors.SecurityError, ValueError) as error:
        raise from_telethon(error, is_repeatable=is_repeatable) from None
    except _LOST as error:
        raise from_telethon(error, is_repeatable=is_repeatable) from None


def has_code(error: BaseException, code: str) -> bool:
    """Whether Telegram answered with `code`, such as RANDOM_ID_DUPLICATE."""
    return isinstance(error, errors.RPCError) and _code(error) == code


def _from_code(code: str, status: int, *, is_repeatable: bool) -> CandorError:
    if code in _RESTRICTED:
        return AccountRestrictedError(
            f"Telegram has stopped this account: {code}", details={"signal": _RESTRICTED[code]}
        )
    if code in _SIGN_IN:
        return _SIGN_IN[code]()
    if code in _CLOSED:
        return ChatClosedError(f"This chat can't be written to: {code}")
    if status >= 500 or status < 0:
        return _lost(is_repeatable, f"Telegram answered {code or status}.")
    if status == 401:
        return AccountRestrictedError(
            "Telegram has ended this session.", details={"signal": "session_revoked"}
        )
    return RejectedError(f"Telegram refuses this: {code}", details={"description": code})


def _code(error: BaseException | None) -> str:
    """`PEER_FLOOD`: the name that Telegram used, numbers taken off."""
    message = getattr(error, "message", None)
    return _NAMES.get(type(error)) or (message if _is_code(message) else "") or ""


def _is_code(message: object) -> TypeGuard[str]:
    return isinstance(message, str) and message.replace("_", "").isalnum() and message.isupper()


_NAMES: Final[dict[type, str]] = {
    kind: code.split(" ")[0] for code, kind in errors.rpc_errors_dict.items()
}


def _lost(is_repeatable: bool, words: str) -> CandorError:
    if is_repeatable:
        return NotReachedError(f"{words} It is tried again by itself.")
    return UnconfirmedError(f"{words} It may have been carried out or not.")
