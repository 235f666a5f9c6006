"""Ports for servers of these tests' own."""

import socket

import pytest


@pytest.fixture
def unused_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
