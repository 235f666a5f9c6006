"""Checked reading of a JSON body or a query."""

from collections.abc import Mapping, Sequence
from typing import Any

from candor.sandbox.botapi.parameters import as_integer
from candor.sandbox.control.errors import wrong_field
from candor.sandbox.world.model import Chat, Json, User
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import World

LONGEST_TEXT = 20_000


class Fields:
    """The fields of one request; a wrong one is a 400 that names it."""

    def __init__(self, body: object) -> None:
        if body is None:
            body = {}
        if not isinstance(body, Mapping):
            raise wrong_field("", "a JSON object is expected")
        self._body: Mapping[str, Any] = body

    def has(self, name: str) -> bool:
        return self._body.get(name) is not None

    def raw(self, name: str) -> Any:
        return self._body.get(name)

    def text(self, name: str, *, longest: int = LONGEST_TEXT) -> str | None:
        value = self._body.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise wrong_field(name, "must be text")
        if len(value) > longest:
            raise wrong_field(name, f"must have at most {longest} characters")
        return value

    def needed_text(self, name: str, *, longest: int = LONGEST_TEXT) -> str:
        value = self.text(name, longest=longest)
        if value is None or not value.strip():
            raise wrong_field(name, "is needed")
        return value

    def integer(
        self, name: str, *, least: int = -(2**53), most: int = 2**53, default: int | None = None
    ) -> int | None:
        value = self._body.get(name)
        if value is None or value == "":
            return default
        number = as_integer(value)
        if number is None:
            raise wrong_field(name, "must be a whole number")
        if not least <= number <= most:
            raise wrong_field(name, f"must lie between {least} and {most}")
        return number

    def needed_integer(self, name: str, *, least: int = -(2**53), most: int = 2**53) -> int:
        value = self.integer(name, least=least, most=most)
        if value is None:
            raise wrong_field(name, "is needed")
        return value

    def number(self, name: str, *, least: float, most: float, default: float) -> float:
        value = self._body.get(name)
        if value is None:
            return default
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError as error:
                raise wrong_field(name, "must be a number") from error
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong_field(name, "must be a number")
        if not least <= value <= most:
            raise wrong_field(name, f"must lie between {least:g} and {most:g}")
        return float(value)

    def boolean(self, name: str, *, default: bool = False) -> bool:
        value = self._body.get(name)
        if value is None:
            return default
        if value in ("true", "false"):
            return bool(value == "true")
        if not isinstance(value, bool):
            raise wrong_field(name, "must be true or false")
        return value

    def one_of(self, name: str, choices: Sequence[str], *, default: str | None = None) -> str:
        value = self.text(name) or default
        if value is None or value not in choices:
            raise wrong_field(name, f"must be one of {', '.join(choices)}")
        return value

    def mapping(self, name: str) -> Json | None:
        value = self._body.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise wrong_field(name, "must be an object")
        return value

    def sequence(self, name: str) -> list[Any]:
        value = self._body.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise wrong_field(name, "must be a list")
        return value

    def user(self, world: World, name: str) -> User:
        """A user by id or username."""
        found = find_user(world, self._body.get(name), name)
        if found is None:
            raise Refusal(Reason.USER_NOT_FOUND)
        return found

    def person(self, world: World, name: str) -> User:
        """A user who is no bot: people act through the control API, bots through theirs."""
        found = self.user(world, name)
        if found.is_bot:
            raise wrong_field(name, "must be a person, not a bot")
        return found


def find_user(world: World, reference: object, name: str) -> User | None:
    """The user an id or username names, None if there is none."""
    if reference is None or reference == "":
        raise wrong_field(name, "is needed")
    number = as_integer(reference)
    if number is not None:
        return world.tables.users.get(number)
    if not isinstance(reference, str):
        raise wrong_field(name, "must be an id or a username")
    found = world.by_username(reference)
    return found if isinstance(found, User) else None


def find_chat(world: World, reference: str, viewer_id: int | None = None) -> Chat:
    """A chat by its id, a public name, or - for a dialogue - the id or name of the other side."""
    number = as_integer(reference)
    if number is not None and number in world.tables.chats:
        return world.tables.chats[number]
    found: User | Chat | None
    found = world.by_username(reference) if number is None else world.tables.users.get(number)
    if isinstance(found, Chat):
        return found
    if found is None:
        raise Refusal(Reason.CHAT_NOT_FOUND)
    return _dialogue(world, found, viewer_id)


def _dialogue(world: World, user: User, viewer_id: int | None) -> Chat:
    if viewer_id is not None:
        chats = [world.dialogue(user.id, viewer_id)]
    else:
        ids = world.chats_of_user.get(user.id, ())
        chats = [world.chat(chat_id) for chat_id in ids if world.chat(chat_id).peers]
    known = [chat for chat in chats if chat is not None]
    if len(known) != 1:
        raise Refusal(Reason.CHAT_NOT_FOUND)
    return known[0]
