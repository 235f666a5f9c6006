"""The sections of the sidebar and the pages behind them."""

from dataclasses import dataclass

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from candor.common.operators import RANKS, OperatorRole
from candor.panel.access import needs
from candor.panel.inward import panel_settings, services
from candor.panel.pages import (
    accounts,
    accounts_sign_in,
    clients,
    commenting,
    commenting_channels,
    commenting_public,
    conversations,
    dashboard,
    groups,
    language,
    logs,
    questionnaires,
    sandbox,
    scripts,
    settings,
    settings_owner,
    signing,
    webhooks,
)
from candor.panel.pages.notices import notice_text
from candor.panel.pages.paging import place_address
from candor.panel.statistics import read_standing


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the sidebar."""

    endpoint: str
    title: str
    """English, a key of the catalogue."""
    icon: str
    role: OperatorRole = "viewer"
    only_with_sandbox: bool = False

    @property
    def name(self) -> str:
        return self.endpoint.split(".")[0]


SECTIONS: tuple[Section, ...] = (
    Section("dashboard.index", "Dashboard", "speedometer2"),
    Section("conversations.index", "Conversations", "chat-dots"),
    Section("clients.index", "Clients", "person-lines-fill"),
    Section("scripts.index", "Scripts", "signpost-split"),
    Section("questionnaires.index", "Questionnaires", "question-circle"),
    Section("channels.index", "Channels", "broadcast"),
    Section("comments.index", "Comments", "chat-square-quote"),
    Section("groups.index", "Groups", "people"),
    Section("accounts.index", "Accounts", "robot"),
    Section("model.index", "Model and spend", "cpu"),
    Section("logs.index", "Logs", "journal-text"),
    Section("webhooks.index", "Webhooks", "link-45deg", role="owner"),
    Section("settings.index", "Settings", "gear"),
    Section("sandbox.index", "Sandbox", "box", role="owner", only_with_sandbox=True),
)
PAGES = (
    signing,
    dashboard,
    conversations,
    clients,
    scripts,
    questionnaires,
    commenting_channels,
    commenting,
    commenting_public,
    groups,
    accounts,
    accounts_sign_in,
    language,
    logs,
    webhooks,
    settings,
    settings_owner,
    sandbox,
)
"""Each has a `blueprint`. A new section adds its line here."""


def register_pages(app: Flask) -> None:
    for page in PAGES:
        app.register_blueprint(page.blueprint)
    app.add_url_rule("/", endpoint="home", view_func=home)
    app.context_processor(_frame)
    app.jinja_env.globals["page_address"] = page_address
    app.jinja_env.globals["place_address"] = place_address


@needs("viewer")
def home() -> Response:
    return redirect(url_for(visible_sections()[0].endpoint), 302)


def page_address(page: int) -> str:
    """This list's address with another page number; filters stay."""
    arguments: dict[str, object] = {**request.args.to_dict(), **(request.view_args or {})}
    return url_for(str(request.endpoint), **{**arguments, "page": page})  # type: ignore[arg-type]


def visible_sections() -> tuple[Section, ...]:
    actor = g.get("actor")
    if actor is None:
        return ()
    return tuple(
        section
        for section in SECTIONS
        if section.endpoint in current_app.view_functions
        and RANKS[actor.role] >= RANKS[section.role]
        and (services().sandbox is not None or not section.only_with_sandbox)
    )


def _frame() -> dict[str, object]:
    """What the base template needs on every page."""
    actor = g.get("actor")
    return {
        "sections": visible_sections(),
        "actor": actor,
        "here": (request.endpoint or "").split(".")[0],
        "settings": panel_settings(),
        "theme": signing.current_theme(),
        "waiting": read_standing().waiting_for_person if actor else 0,
        "notice": notice_text(request.args.get("notice", "")),
        "needs_second_factor": bool(
            actor
            and actor.operator
            and actor.role == "owner"
            and not actor.operator.has_second_factor
            and not panel_settings().is_demo
        ),
    }
