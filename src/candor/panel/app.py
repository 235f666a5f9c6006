"""`create_app`: the Flask application of the panel."""

from flask import Flask
from werkzeug.routing import BaseConverter

from candor.panel import access, assets, errors, headers, health, i18n, live
from candor.panel.api.areas import make_api
from candor.panel.pages.sections import register_pages
from candor.panel.ports import PanelServices, PanelSettings
from candor.panel.schemas.common import MAX_ID

MAX_BODY_BYTES = 4 * 1024 * 1024


def create_app(services: PanelServices, settings: PanelSettings) -> Flask:
    """Make the application; nothing is started and no connection is made."""
    app = Flask("candor.panel", static_folder=None)
    app.extensions["candor"] = services
    app.extensions["candor_settings"] = settings
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY_BYTES
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.url_map.converters["id"] = RowIdConverter
    app.url_map.converters["chat"] = ChatIdConverter
    app.url_map.strict_slashes = False
    # Order matters: request id, clock, then who it is and whether they may.
    headers.register(app)
    health.register(app)
    i18n.register(app)
    errors.register(app)
    access.register(app)
    assets.register(app)
    live.register(app)
    api = make_api()
    app.extensions["candor_api"] = api
    app.register_blueprint(api.blueprint)
    register_pages(app)
    return app


class RowIdConverter(BaseConverter):
    """A row id. What no `bigint` holds becomes the largest one, which is not there (404).

    A converter that refuses would turn the 404 into a 405 wherever a path has several methods.
    """

    regex = r"[1-9]\d{0,18}"

    def to_python(self, value: str) -> int:
        return min(int(value), MAX_ID)

    def to_url(self, value: int) -> str:
        return str(value)


class ChatIdConverter(BaseConverter):
    """A Telegram chat id: groups are negative."""

    regex = r"-?\d{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
