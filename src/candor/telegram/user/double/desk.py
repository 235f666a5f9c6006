"""The double's server: who is signed in with which key, what fails next, and who is told what."""

import base64
import hashlib
import json
import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from telethon import types

from candor.telegram.user.double import render
from candor.telegram.user.double.wire import Cut, Refused, Wire
from candor.telegram.user.double.world import PhoneWorld

Handler = Callable[["TlDesk", Any, "Caller"], Any]
HANDLERS: Final[dict[type, tuple[Handler, bool]]] = {}
"""Request class -> handler and whether it asks for a signed-in caller."""

_PICTURE: Final = "tg://login?token="

_REFUSALS: Final[dict[str, tuple[int, str]]] = {
    "bot_cannot_join": (400, "BOT_GROUPS_BLOCKED"),
    "chat_not_found": (400, "PEER_ID_INVALID"),
    "join_request_missing": (400, "HIDE_REQUESTER_MISSING"),
    "already_member": (400, "USER_ALREADY_PARTICIPANT"),
    "message_empty": (400, "MESSAGE_EMPTY"),
    "message_not_found": (400, "MESSAGE_ID_INVALID"),
    "message_too_long": (400, "MESSAGE_TOO_LONG"),
    "bot_blocked": (403, "USER_IS_BLOCKED"),
    "cant_edit": (403, "MESSAGE_AUTHOR_REQUIRED"),
    "cant_delete": (403, "MESSAGE_DELETE_FORBIDDEN"),
    "need_admin": (403, "CHAT_ADMIN_REQUIRED"),
    "not_a_member": (403, "CHAT_WRITE_FORBIDDEN"),
    "not_enough_rights": (403, "CHAT_WRITE_FORBIDDEN"),
    "not_modified": (400, "MESSAGE_NOT_MODIFIED"),
    "reply_not_found": (400, "MSG_ID_INVALID"),
    "user_not_found": (400, "PEER_ID_INVALID"),
}


def answers(request: type, *, needs_sign_in: bool = True) -> Callable[[Handler], Handler]:
    """Register a handler for a TL request."""

    def register(handler: Handler) -> Handler:
        HANDLERS[request] = (handler, needs_sign_in)
        return handler

    return register


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose connection asks; `user_id` 0 before the sign-in."""

    key: bytes
    user_id: int


@dataclass(slots=True)
class PhoneAccount:
    """A number that can sign in; `password` is its 2-step password."""

    user_id: int
    password: str = ""
    is_banned: bool = False


@dataclass(slots=True)
class Fault:
    """What happens to the next `count` calls of `request` (a class name, `*` for any).

    `refuse`: answered with `code` (`FLOOD_WAIT_7`, `PEER_FLOOD`, `SESSION_REVOKED`). `lost_answer`:
    done, the connection breaks and comes back. `cut`: the same, not done. `disconnect` and
    `disconnect_after`: it breaks for good, before or after it was done.
    """

    request: str
    kind: str
    code: str = ""
    status: int = 400
    count: int = 1


@dataclass(slots=True)
class Inbox:
    """What was said to one person, or in one channel, numbered as Telegram numbers it."""

    pts: int
    log: list[tuple[int, Any, bool]] = field(default_factory=list)

    def add(self, message: Any, *, is_edit: bool) -> int:
        self.pts += 1
        self.log.append((self.pts, message, is_edit))
        return self.pts

    def after(self, pts: int) -> list[tuple[int, Any, bool]]:
        return [entry for entry in self.log if entry[0] > pts]


class TlDesk:
    """One server for all clients of a test or demo. `add_phone` says who can sign in.

    `state_file`: keep there who is signed in (hashes of keys only), so that a session outlives a
    restart of the demo as it would at Telegram. `owner_of`: whose a number is, for worlds in which
    everybody has one. A code is told to the person in their chat with Telegram; a picture is scanned
    by sending its address into that chat.
    """

    def __init__(
        self,
        world: PhoneWorld,
        *,
        state_file: Path | None = None,
        owner_of: Callable[[str], int | None] = lambda digits: None,
    ) -> None:
        self.world = world
        self._state_file = state_file
        self._owner_of = owner_of
        self.uploads: dict[int, dict[int, bytes]] = {}
        self.phones: dict[str, PhoneAccount] = {}
        self.codes: dict[str, tuple[str, str]] = {}
        self.tokens: dict[bytes, bytes] = {}
        self.waits_for_password: dict[bytes, int] = {}
        self.passwords: dict[bytes, Any] = {}
        self.sessions: dict[str, int] = _read_sessions(state_file)
        self.sent: dict[tuple[int, int], Any] = {}
        # Numbers grow over restarts too: they begin at the time.
        self.people: defaultdict[int, Inbox] = defaultdict(lambda: Inbox(self.world.now()))
        self.channels: defaultdict[int, Inbox] = defaultdict(lambda: Inbox(self.world.now()))
        self.faults: list[Fault] = []
        self.last_code = ""
        self._wires: list[Wire] = []
        self._caller: Caller | None = None
        self._own: list[Any] = []
        world.on_message(self._hear)

    # --- the world outside the clients

    def wire(self, client: Any) -> None:
        """Put this server behind a client: `UserConnections(wire=desk.wire)`."""
        client._sender = Wire(client, self)

    def add_phone(self, phone: str, user_id: int, *, password: str = "") -> None:
        self.phones[_digits(phone)] = PhoneAccount(user_id, password)

    def fail(self, request: str, kind: str, *, code: str = "", count: int = 1) -> None:
        """Inject a fault; statuses follow from the code."""
        status = 420 if "FLOOD_WAIT" in code or "FROZEN" in code else 400
        status = 401 if code.startswith(("SESSION_", "AUTH_KEY", "USER_DEACTIVATED")) else status
        self.faults.append(Fault(request, kind, code, status, count))

    def revoke(self, user_id: int) -> None:
        """The owner ends all sessions on the phone."""
        for key in [key for key, owner in self.sessions.items() if owner == user_id]:
            del self.sessions[key]
        self._write_sessions()

    def cut_all(self) -> None:
        """Break every connection; clients have to come back."""
        for wire in list(self._wires):
            wire.break_off(ConnectionError("Connection to Telegram failed"))

    def scan(self, token: bytes, user_id: int) -> None:
        """The owner scans the picture with the phone."""
        self.sign_in(self.tokens.pop(token), user_id)

    # --- clients

    def join(self, wire: Wire) -> None:
        self._wires.append(wire)

    def leave(self, wire: Wire) -> None:
        if wire in self._wires:
            self._wires.remove(wire)

    def sign_in(self, key: bytes, user_id: int) -> None:
        self.sessions[_name(key)] = user_id
        self._write_sessions()

    def sign_out(self, key: bytes) -> None:
        self.sessions.pop(_name(key), None)
        self._write_sessions()

    def handle(self, request: Any, *, key: bytes) -> Any:
        """Answer one request, or raise `Refused` or `Cut`."""
        fault = self._take_fault(type(request).__name__)
        if fault is not None and fault.kind == "refuse":
            raise Refused(fault.status, fault.code)
        if fault is not None and fault.kind in ("cut", "disconnect"):
            raise Cut(is_final=fault.kind == "disconnect")
        result = self._dispatch(request, Caller(key, self.sessions.get(_name(key), 0)))
        if fault is not None:
            raise Cut(is_final=fault.kind == "disconnect_after")
        return result

    def own_updates(self, caller: Caller, *updates: Any, about: list[Any]) -> Any:
        """The answer to something said: what it caused for the caller, with who it speaks of."""
        users, chats = render.around(about, viewer=caller.user_id, world=self.world)
        date = render.when(self.world.now())
        return types.Updates([*updates, *self._own], users, chats, date, 0)

    # --- parts

    def _write_sessions(self) -> None:
        if self._state_file is not None:
            self._state_file.write_text(json.dumps(self.sessions), encoding="utf-8")

    def _dispatch(self, request: Any, caller: Caller) -> Any:
        found = HANDLERS.get(type(request))
        if found is None:
            raise Refused(400, "METHOD_INVALID")
        handler, needs_sign_in = found
        if needs_sign_in and not caller.user_id:
            raise Refused(401, "AUTH_KEY_UNREGISTERED")
        self._caller, self._own = caller, []
        try:
            return handler(self, request, caller)
        except Exception as error:
            reason = getattr(error, "reason", None)
            if reason is None:
                raise
            raise Refused(*_REFUSALS.get(str(reason), (400, str(reason).upper()))) from None
        finally:
            self._caller = None

    def _take_fault(self, name: str) -> Fault | None:
        found = next((fault for fault in self.faults if fault.request in ("*", name)), None)
        if found is not None:
            found.count -= 1
            if found.count <= 0:
                self.faults.remove(found)
        return found

    def phone_of(self, digits: str) -> PhoneAccount | None:
        """Who signs in with a number."""
        user_id = self._owner_of(digits)
        if digits not in self.phones and user_id is not None:
            self.phones[digits] = PhoneAccount(user_id)
        return self.phones.get(digits)

    def _scan_told(self, message: Any) -> None:
        """A person sends the address of a picture to Telegram's own chat: that is a scan here."""
        person = self.world.is_told_by(message.chat_id)
        if person is None or message.sender_id != person or _PICTURE not in message.text:
            return
        token = message.text.split(_PICTURE, 1)[1].split()[0]
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        if raw in self.tokens:
            self.scan(raw, person)

    def _hear(self, message: Any, is_edit: bool) -> None:
        self._scan_told(message)
        chat = self.world.chat(message.chat_id)
        is_channel = chat.type in ("supergroup", "channel")
        pts = self.channels[chat.id].add(message, is_edit=is_edit) if is_channel else 0
        for user_id in self.world.readers_of(message.chat_id):
            if user_id in self.sessions.values():
                self._tell(user_id, message, is_edit=is_edit, channel_pts=pts)

    def _tell(self, user_id: int, message: Any, *, is_edit: bool, channel_pts: int) -> None:
        pts = channel_pts or self.people[user_id].add(message, is_edit=is_edit)
        update = self.update(message, user_id, pts, is_edit=is_edit, is_channel=bool(channel_pts))
        acting = self._caller.key if self._caller and self._caller.user_id == user_id else None
        if acting is not None:
            self._own.append(update)
        users, chats = render.around([message], viewer=user_id, world=self.world)
        for wire in list(self._wires):
            key = wire.auth_key.key
            if key is not None and key != acting and self.sessions.get(_name(key)) == user_id:
                date = render.when(message.date)
                wire.push(types.Updates([update], users, chats, date, 0))

    def update(
        self, message: Any, viewer: int, pts: int, *, is_edit: bool, is_channel: bool
    ) -> Any:
        kinds = {
            (False, False): types.UpdateNewMessage,
            (False, True): types.UpdateNewChannelMessage,
            (True, False): types.UpdateEditMessage,
            (True, True): types.UpdateEditChannelMessage,
        }
        shown = render.message(message, viewer=viewer, world=self.world)
        return kinds[(is_edit, is_channel)](shown, pts, 1)


def _read_sessions(path: Path | None) -> dict[str, int]:
    if path is None or not path.exists():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {str(name): int(user_id) for name, user_id in stored.items()}


def new_code() -> str:
    return f"{secrets.randbelow(90_000) + 10_000}"


def _digits(phone: str) -> str:
    return "".join(character for character in phone if character.isdigit())


def _name(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()


def find_phone(desk: TlDesk, phone: str) -> PhoneAccount:
    """The number's account, or Telegram's refusal."""
    digits = _digits(phone)
    if len(digits) < 7:
        raise Refused(406, "PHONE_NUMBER_INVALID")
    account = desk.phone_of(digits)
    if account is not None and account.is_banned:
        raise Refused(400, "PHONE_NUMBER_BANNED")
    if account is None:
        raise Refused(400, "PHONE_NUMBER_UNOCCUPIED")
    return account
