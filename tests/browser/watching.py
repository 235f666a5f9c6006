"""How old an open page is when it shows what has just happened."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import expect
from tests.browser.conftest import Demo, Tab

PATIENCE = 60_000
MOST_SECONDS = 2.0
"""Of age, beyond what this machine needs for the page itself."""


@dataclass
class Watch:
    """Opens a page, lets something happen and waits until the page shows it."""

    tab: Tab
    demo: Demo

    def sees(self, path: str, happens: Callable[[], object], part: str, words: str) -> None:
        self.tab.open(path)
        shown = self.tab.page.locator(part)
        expect(shown).not_to_contain_text(words, timeout=PATIENCE)
        happens()
        began = time.monotonic()
        expect(shown).to_contain_text(words, timeout=PATIENCE)
        age = time.monotonic() - began
        assert age < MOST_SECONDS + 3 * self.one_look(path), f"{path}: {age:.1f} s old"

    def one_look(self, path: str) -> float:
        began = time.monotonic()
        assert self.demo.get(path).status_code == 200
        return time.monotonic() - began

    def press(self, path: str) -> None:
        """A button that somebody else presses in a browser of their own."""
        answer = self.demo.http.post(path, data={"csrf_token": self.demo.csrf})
        assert answer.status_code == 303, answer.text
