"""`ControlDesk`: takes a control call to its handler and words every failure."""

import inspect
from collections.abc import Mapping
from urllib.parse import unquote

from candor.common.clock import MovableClock
from candor.sandbox.botapi.api import BotApi
from candor.sandbox.botapi.errors import ApiError
from candor.sandbox.control import routes
from candor.sandbox.control.errors import ControlError, translate, wrong_field
from candor.sandbox.control.feed import Feed
from candor.sandbox.control.fields import Fields
from candor.sandbox.control.reporting import FeedReporter
from candor.sandbox.control.routing import Answer, Request, matching
from candor.sandbox.control.snapshots import Snapshots
from candor.sandbox.world.refusals import Refusal
from candor.sandbox.world.world import World

routes.load()


class ControlDesk:
    """The control API over one world."""

    def __init__(self, world: World, api: BotApi, clock: MovableClock) -> None:
        self.world = world
        self.api = api
        self.clock = clock
        self.feed = Feed()
        self.snapshots = Snapshots(world, api)
        world.subscribe(FeedReporter(world, self.feed))

    async def handle(self, verb: str, path: str, body: object, query: Mapping[str, str]) -> Answer:
        """Status and JSON value; bad input gives 4xx with `{code, message, errors}`."""
        try:
            return await self._handle(verb.upper(), "/" + path.strip("/"), body, query)
        except Refusal as refusal:
            error = translate(refusal)
        except ApiError as refused:
            error = wrong_field("text", refused.message)
        except ControlError as refused:
            error = refused
        return error.status, error.body()

    async def _handle(self, verb: str, path: str, body: object, query: Mapping[str, str]) -> Answer:
        candidates = matching(path)
        if not candidates:
            raise ControlError(404, "not_found", "There is nothing under this address.")
        for entry, parts in candidates:
            if entry.verb == verb:
                decoded = {name: unquote(value) for name, value in parts.items()}
                request = Request(self, Fields(body), Fields(dict(query)), decoded)
                result = entry.handler(request)
                return await result if inspect.isawaitable(result) else result
        raise ControlError(405, "method_not_allowed", f"{verb} is not served here.")
