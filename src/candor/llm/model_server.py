"""HTTP to one OpenAI-compatible server: an address, a key, two verbs, and every failure as ours.

By hand over aiohttp, and not by the vendor's SDK: of its work we need one POST, and its layers take
five times the CPU of this call, half as much as all the rest of a turn.
"""

import json
import os
import ssl
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import aiohttp
import certifi

from candor.llm.chat_model import ModelDownError

OPENAI: Final = "https://api.openai.com/v1"
CONNECT_SECONDS: Final = 5.0
MAX_ANSWER: Final = 400_000
"""Bytes of a response body beyond which it is taken for broken."""


class RefusedError(Exception):
    """HTTP 400: the server won't take the request in this form; `said` are its words."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class ModelServer:
    """Opened at the first call, closed by `close`. Deadlines are the caller's."""

    def __init__(self, base_url: str | None, api_key: str) -> None:
        self._address = (base_url or OPENAI).rstrip("/")
        self._headers = {
            "authorization": f"Bearer {api_key}",
            "content-type": "application/json",
            "accept": "application/json",
            "user-agent": "Candor",
        }
        self._session: aiohttp.ClientSession | None = None

    async def post(self, path: str, body: Mapping[str, object]) -> str:
        """The answer's body; raises RefusedError or ModelDownError. Cyrillic goes out literally."""
        return await self._call("POST", path, json.dumps(body, ensure_ascii=False).encode())

    async def get(self, path: str) -> str:
        return await self._call("GET", path, None)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _call(self, method: str, path: str, body: bytes | None) -> str:
        try:
            async with self._opened().request(method, self._address + path, data=body) as response:
                text = await _text_of(response)
                if response.status >= 400:
                    raise _refused(response, text)
                return text
        except aiohttp.ServerTimeoutError as error:
            raise ModelDownError("The model server did not answer in time.") from error
        except aiohttp.ClientError as error:
            raise ModelDownError("The model server can't be reached.") from error

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            trusted = os.environ.get("SSL_CERT_FILE") or certifi.where()
            connector = aiohttp.TCPConnector(
                limit=0, ssl=ssl.create_default_context(cafile=trusted)
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=True,
            )
        return self._session


async def _text_of(response: aiohttp.ClientResponse) -> str:
    """The body, which must be readable text of a sensible length."""
    parts: list[bytes] = []
    length = 0
    async for part in response.content.iter_any():
        length += len(part)
        if length > MAX_ANSWER:
            raise ModelDownError("The model server sent far too long an answer.")
        parts.append(part)
    try:
        return b"".join(parts).decode()
    except UnicodeDecodeError as error:
        raise ModelDownError("The model server sent no readable text.") from error


def _refused(response: aiohttp.ClientResponse, text: str) -> Exception:
    """A status of failure as ours; the words are for the owner and hold no key."""
    status = response.status
    if status == 400:
        return RefusedError(text)
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
            retry_after=_retry_after(response),
            may_try_other=True,
        )
    if status >= 500:
        return ModelDownError(f"The model server has an error (HTTP {status}).", may_repeat=True)
    return ModelDownError(f"The model server refused the request (HTTP {status}).", is_lasting=True)


def _retry_after(response: aiohttp.ClientResponse) -> timedelta | None:
    try:
        seconds = float(response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return timedelta(seconds=min(max(seconds, 1.0), 3_600.0))
