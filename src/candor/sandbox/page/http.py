"""Serves the chat page of a sandbox that stands alone, under `/sandbox`."""

from aiohttp import web

from candor.sandbox.page import FOLDER, STANDALONE

POLICY = "default-src 'self'; img-src 'self' data:; media-src 'self' data:; frame-ancestors 'none'"


async def _page(request: web.Request) -> web.Response:
    russian = request.headers.get("Accept-Language", "").lower().startswith("ru")
    language = request.query.get("lang") or ("ru" if russian else "en")
    html = STANDALONE.format(language="ru" if language == "ru" else "en")
    return web.Response(
        text=html, content_type="text/html", headers={"Content-Security-Policy": POLICY}
    )


async def _home(request: web.Request) -> web.Response:
    raise web.HTTPFound("/sandbox")


def add_to(app: web.Application) -> None:
    """Register the page and its files."""
    app.router.add_get("/", _home)
    app.router.add_get("/sandbox", _page)
    app.router.add_static("/sandbox/static", FOLDER)
