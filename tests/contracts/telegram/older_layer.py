"""Lets the pinned Telethon speak to an MTProto server that knows only an older layer.

Telegram answers in the layer that a client names. A server that always answers in its own sends
constructors that a newer Telethon can't read. `CANDOR_TEST_OLDER_TELETHON` is a folder with a Telethon
of that server's layer (`pip install --no-deps --target FOLDER telethon==1.39.0`): its constructors are
used on the wire, the pinned Telethon's everywhere else.
"""

import importlib.util
import inspect
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from telethon.client import telegrambaseclient
from telethon.extensions import BinaryReader
from telethon.tl import alltlobjects
from telethon.tl.tlobject import TLObject

FOLDER = "CANDOR_TEST_OLDER_TELETHON"
_NAME = "older_telethon"


def speak_older_layer() -> None:
    """Once per process, when the environment names the folder."""
    folder = os.environ.get(FOLDER)
    if not folder or _NAME in sys.modules:
        return
    older = _tlobjects(Path(folder))
    ours = {_key(made): made for made in alltlobjects.tlobjects.values()}
    known = set(older.tlobjects)
    for theirs in older.tlobjects.values():
        mine = ours.get(_key(theirs))
        if mine is None:
            continue
        alltlobjects.tlobjects.setdefault(theirs.CONSTRUCTOR_ID, _reads(theirs, mine))
        if mine.CONSTRUCTOR_ID not in known:
            mine._bytes = _writes(theirs, mine)
    telegrambaseclient.LAYER = older.LAYER


def _tlobjects(folder: Path) -> Any:
    """`alltlobjects` of the Telethon in the folder, beside the pinned one and under another name."""
    spec = importlib.util.spec_from_file_location(
        _NAME, folder / "telethon" / "__init__.py",
        submodule_search_locations=[str(folder / "telethon")],
    )  # fmt: skip
    assert spec is not None
    sys.modules[_NAME] = ModuleType(_NAME)
    sys.modules[_NAME].__spec__ = spec
    sys.modules[_NAME].__path__ = list(spec.submodule_search_locations or ())
    return importlib.import_module(f"{_NAME}.tl.alltlobjects")


def _key(made: type) -> tuple[str, str]:
    """A constructor's name: `tl.types.messages`, `Messages`; Telethon's messages are of its own kind."""
    module = made.__module__.split(".", 1)[1]
    return "tl.types" if module == "tl.patched" else module, made.__name__


def _reads(theirs: Any, mine: type) -> Any:
    wanted = _fields(mine)

    class Read:
        @staticmethod
        def from_reader(reader: BinaryReader) -> TLObject:
            found = theirs.from_reader(reader)
            return mine(**{name: getattr(found, name, None) for name in wanted})

    return Read


def _writes(theirs: Any, mine: type) -> Any:
    wanted = [name for name in _fields(theirs) if name in _fields(mine)]

    def _bytes(self: TLObject) -> bytes:
        return theirs(**{name: getattr(self, name) for name in wanted})._bytes()

    return _bytes


def _fields(made: type) -> list[str]:
    return list(inspect.signature(made).parameters)
