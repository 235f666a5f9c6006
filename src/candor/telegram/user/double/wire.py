"""The double's wire: what stands where Telethon's MTProto sender stands."""

import asyncio
import os
from typing import Any, Protocol

from telethon import functions, types
from telethon.crypto import AuthKey
from telethon.errors import rpc_message_to_error
from telethon.extensions import BinaryReader

from candor.common.tasks import spawn


class Cut(Exception):
    """The connection broke. `is_final`: it does not come back by itself."""

    def __init__(self, *, is_final: bool) -> None:
        self.is_final = is_final
        super().__init__("cut")


class Refused(Exception):
    """Telegram's error answer: `Refused(420, "FLOOD_WAIT_5")`."""

    def __init__(self, status: int, code: str) -> None:
        self.status, self.code = status, code
        super().__init__(code)


class Server(Protocol):
    """Who answers: see `desk`."""

    def join(self, wire: "Wire") -> None: ...

    def leave(self, wire: "Wire") -> None: ...

    def handle(self, request: Any, *, key: bytes) -> Any: ...


_WRAPPERS = (
    functions.InvokeWithLayerRequest,
    functions.InvokeWithoutUpdatesRequest,
    functions.InitConnectionRequest,
)


class Wire:
    """The part of `MTProtoSender` that a client uses, answered by a server in this process."""

    def __init__(self, client: Any, server: Server) -> None:
        self._client = client
        self._server = server
        self.auth_key = AuthKey(None)
        if client.session.auth_key is not None:
            self.auth_key = client.session.auth_key
        self.wants_updates = not client._no_updates
        self._is_connected = False
        self._disconnected: asyncio.Future[None] | None = None

    async def connect(self, connection: Any) -> bool:
        if self._is_connected:
            return False
        self._disconnected = asyncio.get_running_loop().create_future()
        if not self.auth_key or self.auth_key.key is None:
            self.auth_key = AuthKey(os.urandom(256))
        self._is_connected = True
        self._server.join(self)
        return True

    def is_connected(self) -> bool:
        return self._is_connected

    def _transport_connected(self) -> bool:
        return self._is_connected

    def _keepalive_ping(self, number: int) -> None:
        return None

    async def disconnect(self) -> None:
        self.break_off(None)

    @property
    def disconnected(self) -> "asyncio.Future[None]":
        if self._disconnected is None:
            self._disconnected = asyncio.get_running_loop().create_future()
            self._disconnected.set_result(None)
        return asyncio.shield(self._disconnected)

    def break_off(self, error: BaseException | None) -> None:
        """End the connection; `error` is what the client's owner is told."""
        if not self._is_connected:
            return
        self._is_connected = False
        self._server.leave(self)
        if self._disconnected is not None and not self._disconnected.done():
            if error is None:
                self._disconnected.set_result(None)
            else:
                self._disconnected.set_exception(error)
                self._disconnected.exception()

    def send(self, request: Any, ordered: bool = False) -> Any:
        """As MTProtoSender.send: a future, or a list of them for a list of requests."""
        if not self._is_connected:
            raise ConnectionError("Cannot send requests while disconnected")
        if isinstance(request, list):
            return [self.send(one, ordered=ordered) for one in request]
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        spawn(self._answer(request, answer), name="double answer")
        return answer

    def push(self, updates: Any) -> None:
        """Deliver updates, through bytes as over a real wire."""
        if self._is_connected and self.wants_updates:
            self._client._updates_queue.put_nowait(through_bytes(updates))

    async def _answer(self, request: Any, answer: "asyncio.Future[Any]") -> None:
        inner = request
        while isinstance(inner, _WRAPPERS):
            inner = inner.query
        try:
            result = self._ask(inner)
        except Refused as refusal:
            answer.set_exception(
                rpc_message_to_error(types.RpcError(refusal.status, refusal.code), inner)
            )
        except Cut:
            answer.set_exception(ConnectionError("Connection to Telegram failed"))
            self.break_off(ConnectionError("Connection to Telegram failed"))
        except Exception as mistake:  # of the double itself: nobody may wait for ever
            answer.set_exception(mistake)
        else:
            self._store_own_updates(result)
            answer.set_result(result)

    def _ask(self, inner: Any) -> Any:
        asked = through_bytes(inner)
        key = self.auth_key.key
        try:
            return _read_back(self._server.handle(asked, key=key))
        except Cut as cut:
            if cut.is_final:
                raise
            # The real sender reconnects and sends what was not answered once more, as it was.
            return _read_back(self._server.handle(asked, key=key))

    def _store_own_updates(self, result: Any) -> None:
        if isinstance(result, types.Updates) and self.wants_updates:
            result._self_outgoing = True
            self._client._updates_queue.put_nowait(result)


def through_bytes(thing: Any) -> Any:
    """Write a TL object and read it again: what can't be written can't be sent."""
    reader = BinaryReader(bytes(thing))
    try:
        return reader.tgread_object()
    finally:
        reader.close()


def _read_back(result: Any) -> Any:
    if isinstance(result, list):
        return [through_bytes(one) for one in result]
    return through_bytes(result) if hasattr(result, "CONSTRUCTOR_ID") else result
