"""`create_app`: the Flask application of the panel."""

from flask import Flask

from candor.panel.ports import PanelServices, PanelSettings


def create_app(services: PanelServices, settings: PanelSettings) -> Flask:
    """Make the application; nothing is started and no connection is made."""
    app = Flask("candor.panel", static_folder=None)
    app.extensions["candor"] = services
    app.extensions["candor_settings"] = settings
    return app
