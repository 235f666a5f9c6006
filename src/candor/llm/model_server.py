"""One OpenAI-compatible server over HTTP: the key, the connections, and its errors as ours.

Plain aiohttp, since a call through the official SDK costs four times the CPU (ADR 13). Every call has
a deadline for the whole answer and a length beyond which no body is read, so an endless one ends.
"""

import json
from datetime import timedelta
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from candor.llm.chat_model import ModelDownError

OPENAI_URL: Final = "https://api.openai.com/v1"
CONNECT_SECONDS: Final = 5.0
MAX_ANSWER: Final = 400_000
"""Bytes of a response body beyond which it is taken for broken."""
_KEEP_SECONDS: Final = 4.0
"""For an idle connection: common servers close theirs after five, and a call on a closed one fails."""
_REFUSED: Final = 400
_NOT_REACHED: Final = (
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientConnectionError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)


class RefusedError(Exception):
    """The server refuses the form of the request (HTTP 400); the message is the server's own."""


class ModelServer:
    """The connections are opened at first use, in the event loop that uses them."""

    def __init__(self, *, base_url: str | None, api_key: str | None, call_seconds: float) -> None:
        """`call_seconds`: for one call as a whole, from connecting to the last byte."""
        self._base_url = (base_url or OPENAI_URL).rstrip("/")
        self._headers = {"Content-Type": "application/json", "User-Agent": "candor"}
        if api_key:
            self._headers["Authorization"] = f"Bearer {api_key}"
        self._seconds = call_seconds

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
        address = self._base_url + path
        try:
            async with self._session.request(method, address, data=body) as response:
                answer = await _read(response)
        except _NOT_REACHED as error:
            raise ModelDownError("The model server can't be reached.") from error
        except TimeoutError as error:
            seconds = f"{self._seconds:g}"
            raise ModelDownError(f"The model did not answer within {seconds} s.") from error
        except (aiohttp.ClientError, ValueError, RuntimeError) as error:
            reason = f"The model call failed ({type(error).__name__})."
            raise ModelDownError(reason) from error
        if response.status == _REFUSED:
            raise RefusedError(_told(answer))
        if response.status > _REFUSED:
            raise _down_by_status(response.status, response.headers.get("Retry-After", ""))
        return answer


def _told(refusal: bytes) -> str:
    """The server's words without JSON's escapes, so that field names in them are found."""
    try:
        return str(json.loads(refusal))
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


def _down_by_status(status: int, retry_after: str) -> ModelDownError:
    """The words are for the owner and hold no key."""
    if status in (401, 403):
        return ModelDownError(
            f"The model server refuses the key (HTTP {status}). Check OPENAI_API_KEY.",
            is_lasting=True,
        )
    if status == 404:
        return ModelDownError(
            "The model server knows no such model or address (HTTP 404). Check CANDOR_LLM_MODEL "
            "and OPENAI_BASE_URL.",
            is_lasting=True,
            may_try_other=True,
        )
    if status == 429:
        return ModelDownError(
            "The model server limits us or the credit is used up (HTTP 429).",
            retry_after=_seconds(retry_after),
            may_try_other=True,
        )
    if status >= 500:
        return ModelDownError(f"The model server has an error (HTTP {status}).", may_repeat=True)
    return ModelDownError(f"The model server refused the request (HTTP {status}).", is_lasting=True)


def _seconds(retry_after: str) -> timedelta | None:
    try:
        return timedelta(seconds=min(max(float(retry_after), 1.0), 3_600.0))
    except ValueError:
        return None
