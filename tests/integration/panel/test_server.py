"""The panel's server ends as it was asked to, whatever else goes on in it."""

import os
import threading

import pytest
from flask import Flask

from candor.panel.server import PanelServer


def test_that_stopping_while_an_answer_wakes_the_server_is_no_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Regression: the server's thread, woken at that moment, closed the trigger before it was pulled."""
    served = PanelServer(Flask(__name__), "127.0.0.1", 0)
    served.start()
    server, thread = served._server, served._thread
    assert thread is not None
    pulled, write = threading.Event(), os.write

    def late(descriptor: int, data: bytes) -> int:
        if descriptor == server.trigger.trigger and not pulled.is_set():
            pulled.set()
            write(descriptor, data)
            thread.join(0.3)
        return write(descriptor, data)

    monkeypatch.setattr("waitress.trigger.os.write", late)
    served.stop()
    assert pulled.is_set()
    assert not thread.is_alive()
