"""Posts to addresses that a person typed in: judged when resolved, connected to what was judged."""

import asyncio
import socket
import time
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from candor.webhooks.delivery import Posted
from candor.webhooks.targets import Targets

TIMEOUT_SECONDS: Final = 15
CONNECT_SECONDS: Final = 5
READ_AT_MOST: Final = 64_000
"""Bytes of an answer that are looked at; nothing in it is used."""
AT_ONCE: Final = 20


class BarredAddressError(OSError):
    """The name leads into a private network."""


class CheckedResolver(AbstractResolver):
    """Gives only addresses that may be called; what it gives is what is connected to."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        results = [_result(host, entry) for entry in found]
        if not results or not all(self._targets.may_call(one["host"]) for one in results):
            raise BarredAddressError(None, f"{host} leads into a private network")
        return results

    async def close(self) -> None:
        return None


def _result(host: str, entry: Any) -> ResolveResult:
    family, _, protocol, _, address = entry
    return ResolveResult(
        hostname=host,
        host=address[0],
        port=address[1],
        family=family,
        proto=protocol,
        flags=socket.AI_NUMERICHOST,
    )


class WebPoster:
    """`candor.webhooks.delivery.Poster` over aiohttp. Opened at first use, closed by `close`."""

    def __init__(self, targets: Targets, *, version: str = "") -> None:
        self._targets = targets
        self._agent = f"Candor/{version or '0'} (webhooks)"
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, *, body: bytes, headers: dict[str, str]) -> Posted:
        """Redirects are not followed: they would lead past the check of the address."""
        started = time.monotonic()
        try:
            # Checked again here: numbers in an address never reach the resolver.
            self._targets.check_url(url)
            status = await self._status(url, body, headers)
        except Exception as error:
            return Posted(None, _why(error), _milliseconds(started))
        hint = " (redirects are not followed)" if 300 <= status < 400 else ""
        return Posted(status, f"answered {status}{hint}", _milliseconds(started))

    async def _status(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        sent = {**headers, "content-type": "application/json", "user-agent": self._agent}
        async with self._opened().post(
            url, data=body, headers=sent, allow_redirects=False
        ) as response:
            await response.content.read(READ_AT_MOST)
            return response.status

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=CheckedResolver(self._targets), limit=AT_ONCE, use_dns_cache=False
            )
            timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS, sock_connect=CONNECT_SECONDS)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=timeout,
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def _milliseconds(started: float) -> int:
    return int((time.monotonic() - started) * 1000)


def _why(error: Exception) -> str:
    """One line for the owner; names no header and no body."""
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT_SECONDS} seconds"
    cause = error.__cause__ or error
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not valid"
    if isinstance(cause, BarredAddressError) or isinstance(error, BarredAddressError):
        return "the name leads into a private network"
    return f"not reached: {type(error).__name__}: {error}"[:200]
