"""The table of control routes and what a handler gets."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from candor.sandbox.control.fields import Fields, find_chat
from candor.sandbox.world.model import Chat
from candor.sandbox.world.world import World

if TYPE_CHECKING:
    from candor.sandbox.control.desk import ControlDesk

Answer = tuple[int, object]
Handler = Callable[["Request"], "Answer | Awaitable[Answer]"]


@dataclass(frozen=True, slots=True)
class Request:
    """One control call."""

    desk: "ControlDesk"
    body: Fields
    query: Fields
    path: Mapping[str, str]

    @property
    def world(self) -> World:
        return self.desk.world

    @property
    def viewer_id(self) -> int | None:
        """Whose eyes: `user_id` of the query, if given."""
        return self.query.user(self.world, "user_id").id if self.query.has("user_id") else None

    def chat(self, name: str = "chat") -> Chat:
        """The chat named in the path."""
        return find_chat(self.world, self.path[name], self.viewer_id)

    def number(self, name: str) -> int:
        """A number of the path."""
        return Fields(self.path).needed_integer(name)


@dataclass(frozen=True, slots=True)
class Route:
    verb: str
    template: str
    pattern: "re.Pattern[str]"
    handler: Handler


ROUTES: list[Route] = []


def route(verb: str, template: str) -> Callable[[Handler], Handler]:
    """Register a handler for `POST`, `/chats/{chat}/messages`."""
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)

    def register(handler: Handler) -> Handler:
        ROUTES.append(Route(verb, template, re.compile(pattern), handler))
        return handler

    return register


def matching(path: str) -> list[tuple[Route, dict[str, Any]]]:
    """The routes that serve this path, with the parts of the path."""
    found = ((entry, entry.pattern.fullmatch(path)) for entry in ROUTES)
    return [(entry, match.groupdict()) for entry, match in found if match]
