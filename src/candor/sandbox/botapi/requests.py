"""Reads an HTTP request the way the Bot API does: query, form, JSON or multipart."""

import json

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_request import FileField

from candor.sandbox.botapi.errors import ApiError, bad_request
from candor.sandbox.botapi.parameters import Parameters, Upload
from candor.sandbox.world.model import Json

MAX_REQUEST_BYTES = 55 * 1024 * 1024
_TOO_LARGE = "Request Entity Too Large"


async def read(request: web.Request) -> Parameters:
    """All parameters of a request; raises `ApiError` for a body that can't be read."""
    values: Json = dict(request.query)
    if not request.can_read_body:
        return Parameters(values)
    if request.content_type == "application/json":
        values.update(await _json_body(request))
        return Parameters(values)
    uploads: dict[str, Upload] = {}
    try:
        form = await request.post()
    except web.HTTPRequestEntityTooLarge as error:
        raise ApiError(413, _TOO_LARGE) from error
    except (ValueError, LookupError, RuntimeError, AssertionError, HttpProcessingError) as error:
        raise bad_request("can't parse the multipart body") from error
    for name, value in form.items():
        if isinstance(value, FileField):
            uploads[name] = Upload(value.filename, value.file.read(), value.content_type)
        else:
            values[name] = (
                value if isinstance(value, str) else bytes(value).decode(errors="replace")
            )
    return Parameters(values, uploads)


async def _json_body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.read())
    except web.HTTPRequestEntityTooLarge as error:
        raise ApiError(413, _TOO_LARGE) from error
    except (ValueError, RecursionError) as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(body, dict):
        raise bad_request("can't parse JSON object")
    return body
