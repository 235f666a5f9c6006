"""The event loop of a serving process: uvloop where it is installed, else the standard one.

Waiting for the database and for Telegram is a third of a turn's CPU; uvloop takes an eighth off the
whole turn. It does not exist for Windows.
"""

import asyncio
from importlib import import_module


def new_event_loop() -> asyncio.AbstractEventLoop:
    """For `asyncio.Runner(loop_factory=...)`."""
    try:
        uvloop = import_module("uvloop")
    except ImportError:
        return asyncio.new_event_loop()
    made: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return made
