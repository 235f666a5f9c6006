"""The API about itself: `/api/openapi.json`, and `/api/docs` to browse and try it."""

import gzip
from typing import cast

from flask import Response, current_app, render_template, request

from candor.panel.api.contract import Api
from candor.panel.api.examples import example_of, shape_of
from candor.panel.api.openapi import Document, make_document
from candor.panel.inward import panel_settings
from candor.panel.rendering import dump_json, etag_of


def document() -> Document:
    """Made once per application."""
    made = current_app.extensions.get("candor_openapi")
    if made is None:
        api = cast(Api, current_app.extensions["candor_api"])
        made = make_document(api.operations, version=panel_settings().version)
        current_app.extensions["candor_openapi"] = made
    return cast(Document, made)


def add_to(api: Api) -> None:
    @api.get(
        "/openapi.json", tag="API", summary="This document", role=None, description="OpenAPI 3.1."
    )
    def openapi() -> Response:
        body = dump_json(document()).encode()
        made = Response(body, content_type="application/json")
        made.headers["ETag"] = etag_of(body)
        made.headers["Cache-Control"] = "no-cache"
        return cast(Response, made.make_conditional(request))

    @api.get(
        "/docs",
        tag="API",
        summary="Browse and try the API",
        description="A page for people.",
        answer_media="text/html",
    )
    def docs() -> Response:
        page = render_template(
            "api_docs.html", document=document(), example_of=example_of, shape_of=shape_of
        ).encode()
        made = Response(page, content_type="text/html; charset=utf-8")
        made.headers["Vary"] = "Accept-Encoding"
        # Long, and it repeats nothing of the request, so its length tells nobody a secret.
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            made.set_data(gzip.compress(page))
            made.headers["Content-Encoding"] = "gzip"
        return made
