"""Readers who wait for news leave the panel its threads."""

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from tests.integration.panel.conftest import RunningPanel

from candor.panel.api.sandbox import MOST_WAITING
from candor.panel.app import create_app
from candor.panel.server import THREADS, PanelServer

LONG = 20.0
TABS = THREADS * 2


class SlowFeed:
    """Makes whoever asks for news wait as long as the query says, or until it is let go."""

    def __init__(self) -> None:
        self.waiting = 0
        self.most = 0
        self.news = asyncio.Event()

    async def control(
        self, method: str, path: str, body: object, query: Mapping[str, str]
    ) -> tuple[int, object]:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        try:
            await asyncio.wait_for(self.news.wait(), float(query.get("timeout", 0)) or 0.001)
        except TimeoutError:
            pass
        finally:
            self.waiting -= 1
        return 200, {"last": 0, "reset": False, "events": []}


@pytest.fixture
def feed() -> SlowFeed:
    return SlowFeed()


@pytest.fixture
def address(panel: RunningPanel, feed: SlowFeed, tmp_path: Path) -> Iterator[str]:
    app = create_app(replace(panel.services, sandbox=feed), panel.settings)
    server = PanelServer(app, "127.0.0.1", 0)
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    panel.portal.run(_let_go(feed))
    server.stop()


async def _let_go(feed: SlowFeed) -> None:
    feed.news.set()


def test_that_many_open_sandbox_tabs_leave_the_panel_usable(
    panel: RunningPanel, feed: SlowFeed, address: str
) -> None:
    token = {"Authorization": f"Bearer {panel.token()}"}

    def wait_for_news() -> None:
        with httpx.Client(base_url=address, headers=token, timeout=LONG * 2) as tab:
            tab.get("/api/sandbox/events", params={"after": 0, "timeout": LONG})

    tabs = [threading.Thread(target=wait_for_news, daemon=True) for _ in range(TABS)]
    for tab in tabs:
        tab.start()
    _until(lambda: feed.waiting == MOST_WAITING and sum(t.is_alive() for t in tabs) == MOST_WAITING)
    # All others had their answer; the panel answers while some still wait.
    with httpx.Client(base_url=address, timeout=LONG / 2) as visitor:
        assert visitor.get("/sign-in").status_code == 200
    assert feed.waiting == MOST_WAITING
    panel.portal.run(_let_go(feed))
    for tab in tabs:
        tab.join(LONG)
    assert not any(tab.is_alive() for tab in tabs)


def _until(is_so: object, *, within: float = LONG / 2) -> None:
    deadline = time.monotonic() + within
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < deadline, "The other tabs had to wait as well."
        time.sleep(0.02)
