"""The bridge from the panel's threads to the process's one event loop."""

import asyncio
import concurrent.futures
from collections.abc import Coroutine
from typing import Any, TypeVar

from candor.common.errors import TemporaryError

T = TypeVar("T")


class Portal:
    """Runs coroutines on a loop that lives in another thread and waits for their outcome."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, timeout: float = 20.0) -> None:
        self._loop = loop
        self._timeout = timeout

    def run(self, work: Coroutine[Any, Any, T], *, timeout: float | None = None) -> T:
        """Run `work` on the loop; raises TemporaryError when it takes longer than `timeout` seconds.

        What was started is cancelled then, so nothing goes on behind the caller's back.
        """
        if self._loop.is_closed() or not self._loop.is_running():
            work.close()
            raise TemporaryError("Candor is stopping. Try again in a moment.")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(self._timeout if timeout is None else timeout)
        except concurrent.futures.TimeoutError as error:
            if future.done() and not future.cancelled():
                raise
            future.cancel()
            raise TemporaryError("The answer took too long. Try again in a moment.") from error
        except concurrent.futures.CancelledError as error:
            raise TemporaryError("Candor is stopping. Try again in a moment.") from error
