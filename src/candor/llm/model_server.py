"""One OpenAI-compatible server over HTTP: the key, the connections, and its errors as ours.

Plain aiohttp, since a call through the official SDK costs four times the CPU (ADR 13). Every call has
a deadline for the whole answer and a length beyond which no body is read, so an endless one ends.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from math import isnan
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import structlog
from yarl import URL

from candor.llm.chat_model import ModelDownError
from candor.llm.completions import read_json

log = structlog.get_logger(__name__)

OPENAI_URL: Final = "https://api.openai.com/v1"
CONNECT_SECONDS: Final = 5.0
MAX_ANSWER: Final = 400_000
"""Bytes of a response body beyond which it is taken for broken."""
_KEEP_SECONDS: Final = 4.0
"""For an idle connection: common servers close theirs after five, and a call on a closed one fails."""
_REFUSED: Final = (400, 422)
"""Which of the two a server answers to a field that it does not know is a matter of its framework."""
_UNREACHABLE: Final = "The model server can't be reached."
_NOT_REACHED: Final = (
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientConnectionError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)


class RefusedError(Exception):
    """The server refuses the request for its form or words; the message is the server's own."""

    def __init__(self, told: str, *, status: int) -> None:
        super().__init__(told)
        self.status = status


class ModelServer:
    """The connections are opened at first use, in the event loop that uses them."""

    def __init__(self, *, base_url: str | None, api_key: str | None, call_seconds: float) -> None:
        """`call_seconds`: for one call as a whole, from connecting to the last byte."""
        self._base_url = (base_url or OPENAI_URL).rstrip("/")
        self._headers = {"Content-Type": "application/json", "User-Agent": "candor"}
        if api_key:
            self._headers["Authorization"] = f"Bearer {api_key}"
        self._seconds = call_seconds
        self._has_two_keys = bool(api_key and "@" in urlsplit(self._base_url).netloc)

    @property
    def is_openai(self) -> bool:
        return "api.openai.com" in self._base_url

    @cached_property
    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_SECONDS),
            timeout=aiohttp.ClientTimeout(total=self._seconds, sock_connect=CONNECT_SECONDS),
            headers=self._headers,
            **_proxy_for(self._base_url),
        )

    async def close(self) -> None:
        session = self.__dict__.pop("_session", None)
        if session is not None:
            await session.close()

    async def get(self, path: str) -> bytes:
        """Raises RefusedError or ModelDownError."""
        return await self._ask("GET", path, None)

    async def post(self, path: str, body: dict[str, object]) -> bytes:
        """Raises RefusedError or ModelDownError."""
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return await self._ask("POST", path, text.encode())

    async def _ask(self, method: str, path: str, body: bytes | None) -> bytes:
        if self._has_two_keys:
            reason = "OPENAI_BASE_URL holds a password beside OPENAI_API_KEY. Take one of them out."
            raise ModelDownError(reason, is_lasting=True)
        address = self._base_url + path
        try:
            # A redirect would carry the client's words to a host that nobody named.
            async with self._session.request(
                method, address, data=body, allow_redirects=False
            ) as response:
                answer = await _read(response)
        except TimeoutError as error:
            if isinstance(error, _NOT_REACHED):
                raise ModelDownError(_UNREACHABLE) from error
            seconds = f"{self._seconds:g}"
            raise ModelDownError(f"The model did not answer within {seconds} s.") from error
        except (aiohttp.ClientError, ValueError, RuntimeError) as error:
            raise _down_by_error(error) from error
        if response.status in _REFUSED:
            raise RefusedError(_told(answer), status=response.status)
        if response.status >= 300:
            raise _down_by_status(response.status, _pause(response.headers))
        return answer


def _told(refusal: bytes) -> str:
    """The server's words without JSON's escapes, so that field names in them are found."""
    try:
        return str(read_json(refusal))
    except ValueError:
        return refusal.decode(errors="replace")


def _proxy_for(address: str) -> dict[str, Any]:
    """HTTPS_PROXY and its kin, looked up once: aiohttp would ask files and a thread at each call."""
    parts = urlsplit(address)
    known = getproxies()
    found = known.get(parts.scheme) or known.get("all")
    if not found or proxy_bypass(parts.hostname or ""):
        return {}
    proxy = URL(found if "://" in found else f"http://{found}")
    return {"proxy": proxy.with_user(None), "proxy_auth": aiohttp.BasicAuth.from_url(proxy)}


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > MAX_ANSWER:
            raise ModelDownError("The model server sent far too long an answer.")
    return bytes(body)


def _down_by_error(error: Exception) -> ModelDownError:
    """Why no answer came, in words for the owner; the log has the error itself."""
    if isinstance(
        error, (aiohttp.ClientConnectorCertificateError, aiohttp.ServerFingerprintMismatch)
    ):
        return ModelDownError(
            "The model server's certificate is not trusted. Check OPENAI_BASE_URL and the "
            "certificates of this machine.",
            is_lasting=True,
        )
    if isinstance(error, aiohttp.ClientSSLError):
        return ModelDownError(
            "No encrypted connection to the model server comes about. Check whether OPENAI_BASE_URL "
            "begins with https or http."
        )
    if isinstance(error, _NOT_REACHED):
        return ModelDownError(_UNREACHABLE)
    if isinstance(error, aiohttp.ClientPayloadError):
        return ModelDownError("The model server broke off in the middle of its answer.")
    if isinstance(error, aiohttp.ClientResponseError):
        return ModelDownError("What answers at OPENAI_BASE_URL does not speak HTTP properly.")
    log.warning("model_call_failed", error=repr(error))
    return ModelDownError("The model call failed. The log has the details.")


def _down_by_status(status: int, retry_after: timedelta | None) -> ModelDownError:
    """The words are for the owner and hold no key."""
    if status < 400:
        return ModelDownError(
            "The model server redirects elsewhere. Check OPENAI_BASE_URL.", is_lasting=True
        )
    if status in (401, 403):
        return wrong_key(status)
    if status == 404:
        return wrong_model(status)
    if status == 429:
        return ModelDownError(
            "The model server limits us or the credit is used up (HTTP 429).",
            retry_after=retry_after,
            may_try_other=True,
        )
    if status >= 500:
        return ModelDownError(
            f"The model server has an error (HTTP {status}).",
            # Whoever names a time is not asked again before it.
            may_repeat=retry_after is None,
            may_try_other=True,
            retry_after=retry_after,
        )
    too_large = status == 413
    return ModelDownError(
        f"The model server refused the request (HTTP {status}).",
        is_lasting=not too_large,
        is_of_request=too_large,
    )


def wrong_key(status: int) -> ModelDownError:
    return ModelDownError(
        f"The model server refuses the key (HTTP {status}). Check OPENAI_API_KEY.", is_lasting=True
    )


def wrong_model(status: int) -> ModelDownError:
    return ModelDownError(
        f"The model server knows no such model or address (HTTP {status}). Check CANDOR_LLM_MODEL "
        "and OPENAI_BASE_URL.",
        is_lasting=True,
        may_try_other=True,
    )


def _pause(headers: Mapping[str, str]) -> timedelta | None:
    """`Retry-After` in seconds or as a date, which is measured by the server's own clock."""
    told = headers.get("Retry-After", "")
    try:
        seconds = float(told)
    except ValueError:
        try:
            until, now = parsedate_to_datetime(told), parsedate_to_datetime(headers.get("Date", ""))
            seconds = (until - now).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return timedelta(seconds=min(max(seconds, 1.0), 3_600.0)) if not isnan(seconds) else None
