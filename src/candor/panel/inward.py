"""The way from a view to what `create_app` was given."""

from collections.abc import Coroutine
from typing import Any, TypeVar, cast

from flask import current_app

from candor.panel.ports import PanelServices, PanelSettings

T = TypeVar("T")


def services() -> PanelServices:
    return cast(PanelServices, current_app.extensions["candor"])


def panel_settings() -> PanelSettings:
    return cast(PanelSettings, current_app.extensions["candor_settings"])


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run on the process's event loop and wait; raises TemporaryError when it takes too long."""
    return services().portal.run(work)
