"""The control API over HTTP under `/control`, for a sandbox that stands alone."""

import json

from aiohttp import web

from candor.sandbox.control.desk import ControlDesk


class ControlRoutes:
    """Serves `/control/*`. Loopback only, like the whole room; the panel asks for an owner instead."""

    def __init__(self, desk: ControlDesk) -> None:
        self._desk = desk

    def add_to(self, app: web.Application) -> None:
        app.router.add_route("*", "/control/{path:.*}", self.handle)

    async def handle(self, request: web.Request) -> web.Response:
        """One control call; a body that is no JSON is a 400."""
        body: object = None
        if request.can_read_body:
            try:
                body = json.loads(await request.read())
            except web.HTTPRequestEntityTooLarge:
                return _json(413, {"code": "too_large", "message": "Too large.", "errors": []})
            except (ValueError, RecursionError):
                return _json(400, {"code": "invalid_json", "message": "No JSON.", "errors": []})
        status, answer = await self._desk.handle(
            request.method, request.match_info["path"], body, dict(request.query)
        )
        return _json(status, answer)


def _json(status: int, body: object) -> web.Response:
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return web.Response(status=status, body=content, content_type="application/json")
