"""The only place that starts tasks: an eternal task that ends is logged and, if asked, restarted."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from candor.common.errors import TemporaryError

log = structlog.get_logger(__name__)

_RESTART_DELAYS = (0.1, 0.5, 1.0, 2.0, 5.0)


def spawn(coroutine: Coroutine[Any, Any, object], *, name: str) -> "asyncio.Task[object]":
    """Start a task whose unexpected end is logged with its name; cancelling it is not unexpected."""
    task = asyncio.create_task(coroutine, name=name)
    task.add_done_callback(_report)
    return task


async def keep_running(work: Callable[[], Awaitable[object]], *, name: str) -> None:
    """Run `work` for ever: when it raises, log it and start again after a growing pause (0.1-5 s)."""
    failures = 0
    while True:
        try:
            await work()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            delay = _RESTART_DELAYS[min(failures, len(_RESTART_DELAYS) - 1)]
            failures += 1
            # What passes by itself (the database is away) is told in a line, tried again and again.
            trace = not isinstance(error, TemporaryError)
            log.error("task_failed", task=name, error=repr(error), restart_in=delay, exc_info=trace)
            await asyncio.sleep(delay)
        else:
            return


async def stop(*tasks: "asyncio.Task[object]", within: float = 5.0) -> None:
    """Cancel tasks and wait up to `within` seconds for their end."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=within)


def _report(task: "asyncio.Task[object]") -> None:
    if task.cancelled():
        return
    if error := task.exception():
        log.error("task_ended", task=task.get_name(), error=repr(error), exc_info=error)
