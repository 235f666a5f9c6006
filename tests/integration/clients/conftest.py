"""Clients as messaging makes them: the small world of messaging, with a few shortcuts."""

from tests.integration.messaging.conftest import world

__all__ = ["world"]
