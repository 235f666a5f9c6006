"""Serves the panel: waitress in a thread of the one process."""

import socket
import threading
from typing import Any

from flask import Flask
from waitress.server import create_server

from candor.common.errors import ConfigurationError

THREADS = 16
MAX_BODY_BYTES = 12 * 1024 * 1024


class PanelServer:
    """`start` binds and serves in a thread, `stop` closes; `port` 0 takes a free one."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self._app = app
        self._host = host
        self._port = port
        # waitress' stubs know neither its trigger nor its channels.
        self._server: Any = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port in use; the asked one before `start`."""
        return self._port

    def start(self) -> None:
        """Raises ConfigurationError when the port is taken or not allowed."""
        listener = self._listen()
        self._port = int(listener.getsockname()[1])
        server = create_server(
            self._app,
            sockets=[listener],
            threads=THREADS,
            ident=None,
            max_request_body_size=MAX_BODY_BYTES,
            channel_timeout=120,
            clear_untrusted_proxy_headers=True,
        )
        self._server = server
        self._thread = threading.Thread(target=server.run, name="panel", daemon=True)
        self._thread.start()

    def stop(self, *, within: float = 5.0) -> None:
        """Stop accepting and wait up to `within` seconds for the thread to end."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is None or thread is None:
            return
        # In the server's own thread: closing a socket under a waiting poll is an error there. Under the
        # lock: woken by somebody else, that thread would close the trigger that is about to be pulled.
        with server.trigger.lock:
            server.trigger.thunks.append(lambda: _close(server))
            server.trigger.pull_trigger()
        thread.join(within)
        server.task_dispatcher.shutdown(timeout=int(within))

    def _listen(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self._host, self._port))
            listener.listen(128)
        except (OSError, OverflowError) as error:
            listener.close()
            raise ConfigurationError(
                f"The panel can't listen on {self._host}:{self._port} ({error}). Another program uses "
                "this address, or it is not allowed. Choose another one with --port."
            ) from error
        return listener


def _close(server: Any) -> None:
    """Nothing stays in the server's map, so its loop ends."""
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.close()
