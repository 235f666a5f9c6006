"""The poster over real sockets: it connects only to what was judged, and follows no redirect."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from candor.outbound.web_poster import WebPoster
from candor.webhooks.targets import Targets, networks_of


@asynccontextmanager
async def receiver(seen: list[str], *, status: int = 204, location: str = "") -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        body = await request.text()
        seen.append(f"{request.path} {request.headers['content-type']} {body}")
        headers = {"location": location} if location else {}
        return web.Response(status=status, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    yield f"http://127.0.0.1:{port}/hook"
    await runner.cleanup()


@asynccontextmanager
async def poster(networks: str) -> AsyncIterator[WebPoster]:
    made = WebPoster(Targets(networks_of(networks)))
    yield made
    await made.close()


async def test_that_an_allowed_address_is_posted_to() -> None:
    seen: list[str] = []
    async with receiver(seen) as url, poster("127.0.0.1") as made:
        posted = await made.post(url, body='{"a":"я"}'.encode(), headers={"webhook-id": "evt_1"})

    assert (posted.status, posted.is_accepted) == (204, True)
    assert seen == ['/hook application/json {"a":"я"}']


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001"])
async def test_that_no_spelling_of_this_machine_is_reached(host: str) -> None:
    """The network 10.0.0.0/8 is allowed, so that plain http is too; this machine is not in it."""
    seen: list[str] = []
    async with receiver(seen) as url, poster("10.0.0.0/8") as made:
        posted = await made.post(url.replace("127.0.0.1", host), body=b"{}", headers={})

    assert posted.status is None
    assert "private network" in posted.error or "canonical" in posted.error
    assert seen == []


async def test_that_a_redirect_is_not_followed() -> None:
    seen: list[str] = []
    away = "http://127.0.0.1:1/secret"
    async with receiver(seen, status=302, location=away) as url, poster("127.0.0.1") as made:
        posted = await made.post(url, body=b"{}", headers={})

    assert (posted.status, posted.is_accepted) == (302, False)
    assert "redirects are not followed" in posted.error
    assert len(seen) == 1


async def test_that_nobody_listening_is_an_outcome_and_no_failure() -> None:
    async with poster("127.0.0.1") as made:
        posted = await made.post("http://127.0.0.1:1/", body=b"{}", headers={})

    assert posted.status is None
    assert posted.error.startswith("not reached")
