"""The double's answers about signing in, oneself, and how far updates were read."""

import hashlib
import os
import secrets
from typing import Any, Final

from telethon import functions, types
from telethon.password import compute_hash

from candor.telegram.user.double import render
from candor.telegram.user.double.desk import (
    Caller,
    PhoneAccount,
    TlDesk,
    answers,
    find_phone,
    new_code,
)
from candor.telegram.user.double.wire import Refused

CODE_LENGTH: Final = 5
TOKEN_SECONDS: Final = 30
_PRIME: Final = bytes.fromhex(
    "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f"
    "48198a0aa7c14058229493d22530f4dbfa336f6e0ac925139543aed44cce7c37"
    "20fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f64"
    "2477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4"
    "a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754"
    "fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4"
    "e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f"
    "0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b"
)
"""The prime that Telegram publishes for its password proof."""


@answers(functions.help.GetConfigRequest, needs_sign_in=False)
def get_config(desk: TlDesk, request: Any, caller: Caller) -> Any:
    return None


@answers(functions.auth.SendCodeRequest, needs_sign_in=False)
def send_code(desk: TlDesk, request: Any, caller: Caller) -> Any:
    account = find_phone(desk, request.phone_number)
    code_hash = secrets.token_hex(8)
    desk.last_code = new_code()
    desk.codes[code_hash] = (request.phone_number, desk.last_code)
    desk.world.tell(account.user_id, f"Login code: {desk.last_code}. Do not give it to anyone.")
    return types.auth.SentCode(types.auth.SentCodeTypeApp(CODE_LENGTH), code_hash)


@answers(functions.auth.SignInRequest, needs_sign_in=False)
def sign_in(desk: TlDesk, request: Any, caller: Caller) -> Any:
    known = desk.codes.get(request.phone_code_hash)
    if known is None:
        raise Refused(400, "PHONE_CODE_EXPIRED")
    if known[1] != request.phone_code:
        raise Refused(400, "PHONE_CODE_INVALID")
    del desk.codes[request.phone_code_hash]
    account = find_phone(desk, request.phone_number)
    if account.password:
        desk.waits_for_password[caller.key] = account.user_id
        raise Refused(401, "SESSION_PASSWORD_NEEDED")
    return _authorise(desk, caller, account.user_id)


@answers(functions.account.GetPasswordRequest, needs_sign_in=False)
def get_password(desk: TlDesk, request: Any, caller: Caller) -> Any:
    """An SRP challenge: the password itself is never sent."""
    account = _of(desk, desk.waits_for_password.get(caller.key, caller.user_id))
    unknown = types.PasswordKdfAlgoUnknown()
    answer = types.account.Password(unknown, types.SecurePasswordKdfAlgoUnknown(), os.urandom(8))
    if account is None or not account.password:
        return answer
    challenge = _Challenge(account.password)
    desk.passwords[caller.key] = challenge
    answer.has_password = True
    answer.current_algo, answer.hint = challenge.algo, "test"
    answer.srp_B, answer.srp_id = challenge.public, 1
    return answer


@answers(functions.auth.CheckPasswordRequest, needs_sign_in=False)
def check_password(desk: TlDesk, request: Any, caller: Caller) -> Any:
    challenge = desk.passwords.pop(caller.key, None)
    user_id = desk.waits_for_password.get(caller.key)
    if challenge is None or user_id is None:
        raise Refused(400, "SRP_ID_INVALID")
    if not challenge.is_met(request.password):
        raise Refused(400, "PASSWORD_HASH_INVALID")
    del desk.waits_for_password[caller.key]
    return _authorise(desk, caller, user_id)


@answers(functions.auth.ExportLoginTokenRequest, needs_sign_in=False)
def export_login_token(desk: TlDesk, request: Any, caller: Caller) -> Any:
    if caller.user_id:
        return types.auth.LoginTokenSuccess(_authorise(desk, caller, caller.user_id))
    token = os.urandom(16)
    desk.tokens[token] = caller.key
    return types.auth.LoginToken(render.when(desk.world.now() + TOKEN_SECONDS), token)


@answers(functions.auth.LogOutRequest)
def log_out(desk: TlDesk, request: Any, caller: Caller) -> Any:
    desk.sign_out(caller.key)
    return types.auth.LoggedOut()


@answers(functions.users.GetUsersRequest)
def get_users(desk: TlDesk, request: Any, caller: Caller) -> Any:
    found = []
    for asked in request.id:
        number = caller.user_id if isinstance(asked, types.InputUserSelf) else asked.user_id
        person = desk.world.user(number)
        is_known = number == caller.user_id or asked.access_hash == render.access_hash(number)
        if person is not None and is_known:
            found.append(render.user(person, viewer=caller.user_id))
    return found


@answers(functions.users.GetFullUserRequest)
def get_full_user(desk: TlDesk, request: Any, caller: Caller) -> Any:
    me = desk.world.user(caller.user_id)
    full = types.UserFull(
        id=me.id,
        settings=types.PeerSettings(),
        notify_settings=types.PeerNotifySettings(),
        common_chats_count=0,
        about=me.bio,
    )
    return types.users.UserFull(full, [], [render.user(me, viewer=me.id)])


@answers(functions.account.UpdateProfileRequest)
def update_profile(desk: TlDesk, request: Any, caller: Caller) -> Any:
    if len(request.about or "") > 70:
        raise Refused(400, "ABOUT_TOO_LONG")
    me = desk.world.rename(
        caller.user_id,
        first_name=request.first_name,
        last_name=request.last_name or "",
        about=request.about or "",
    )
    return render.user(me, viewer=me.id)


@answers(functions.updates.GetStateRequest)
def get_state(desk: TlDesk, request: Any, caller: Caller) -> Any:
    return _state(desk, caller)


@answers(functions.updates.GetDifferenceRequest)
def get_difference(desk: TlDesk, request: Any, caller: Caller) -> Any:
    inbox = desk.people[caller.user_id]
    missed = inbox.after(request.pts)
    if request.pts == inbox.pts:
        return types.updates.DifferenceEmpty(render.when(desk.world.now()), 0)
    messages = [said for _, said, _ in missed]
    users, chats = render.around(messages, viewer=caller.user_id, world=desk.world)
    new = [said for _, said, is_edit in missed if not is_edit]
    edits = [entry for entry in missed if entry[2]]
    return types.updates.Difference(
        new_messages=[
            render.message(said, viewer=caller.user_id, world=desk.world) for said in new
        ],
        new_encrypted_messages=[],
        other_updates=[
            desk.update(said, caller.user_id, pts, is_edit=True, is_channel=False)
            for pts, said, _ in edits
        ],
        chats=chats,
        users=users,
        state=_state(desk, caller),
    )


@answers(functions.updates.GetChannelDifferenceRequest)
def get_channel_difference(desk: TlDesk, request: Any, caller: Caller) -> Any:
    chat_id = int(f"-100{request.channel.channel_id}")
    inbox = desk.channels[chat_id]
    missed = [said for _, said, is_edit in inbox.after(request.pts) if not is_edit]
    if not missed:
        return types.updates.ChannelDifferenceEmpty(inbox.pts, final=True)
    users, chats = render.around(missed, viewer=caller.user_id, world=desk.world)
    shown = [render.message(said, viewer=caller.user_id, world=desk.world) for said in missed]
    return types.updates.ChannelDifference(inbox.pts, shown, [], chats, users, final=True)


class _Challenge:
    """The server's side of Telegram's SRP."""

    def __init__(self, password: str) -> None:
        self.algo = types.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow(
            salt1=os.urandom(16), salt2=os.urandom(16), g=3, p=_PRIME
        )
        self._p, self._g = int.from_bytes(_PRIME, "big"), 3
        x = int.from_bytes(compute_hash(self.algo, password), "big")
        self._verifier = pow(self._g, x, self._p)
        self._secret = int.from_bytes(os.urandom(256), "big")
        k = int.from_bytes(_sha(_PRIME, self._padded(self._g)), "big")
        self._public = (k * self._verifier + pow(self._g, self._secret, self._p)) % self._p
        self.public = self._padded(self._public)

    def is_met(self, proof: Any) -> bool:
        a = int.from_bytes(proof.A, "big")
        u = int.from_bytes(_sha(self._padded(a), self.public), "big")
        shared = pow(a * pow(self._verifier, u, self._p), self._secret, self._p)
        key = _sha(self._padded(shared))
        mixed = bytes(
            one ^ two for one, two in zip(_sha(_PRIME), _sha(self._padded(self._g)), strict=True)
        )
        expected = _sha(
            mixed, _sha(self.algo.salt1), _sha(self.algo.salt2), self._padded(a), self.public, key
        )
        return secrets.compare_digest(expected, proof.M1)

    @staticmethod
    def _padded(number: int) -> bytes:
        return number.to_bytes(256, "big")


def _sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def _authorise(desk: TlDesk, caller: Caller, user_id: int) -> Any:
    desk.sign_in(caller.key, user_id)
    return types.auth.Authorization(render.user(desk.world.user(user_id), viewer=user_id))


def _of(desk: TlDesk, user_id: int) -> PhoneAccount | None:
    return next((a for a in desk.phones.values() if a.user_id == user_id), None)


def _state(desk: TlDesk, caller: Caller) -> Any:
    pts = desk.people[caller.user_id].pts
    return types.updates.State(pts, 0, render.when(desk.world.now()), 0, 0)
