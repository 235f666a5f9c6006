"""All areas of the API, in the order of the document. A new area adds its line to `AREAS`."""

from candor.panel.api import (
    accounts,
    clients,
    commenting,
    commenting_owner,
    conversations,
    document,
    education,
    language,
    logs,
    questionnaires,
    sandbox,
    script_choices,
    scripts,
    scripts_desk,
    settings,
    stats,
    webhooks,
)
from candor.panel.api.contract import Api

AREAS = (
    accounts,
    script_choices,
    commenting,
    commenting_owner,
    scripts,
    scripts_desk,
    questionnaires,
    conversations,
    clients,
    education,
    stats,
    settings,
    language,
    logs,
    webhooks,
    sandbox,
    document,
)
"""Each has `add_to(api)`."""


def make_api() -> Api:
    """A fresh collection: one per application."""
    api = Api()
    for area in AREAS:
        area.add_to(api)
    return api
