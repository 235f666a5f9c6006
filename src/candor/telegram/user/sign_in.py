"""`UserSignIn` over MTProto: code, 2-step password by SRP, or a scanned picture."""

import base64
from datetime import UTC
from typing import Any, Final, Literal

from pydantic import SecretStr
from telethon import errors, functions, types

from candor.accounts.errors import CodeWrongError, PasswordWrongError
from candor.accounts.ports import CodeSent, PasswordNeeded, QrShown, SignedIn
from candor.common.ids import AccountId, TelegramUserId
from candor.disclosure.profile import AccountProfile
from candor.telegram.user.connections import UserConnections
from candor.telegram.user.held import log_out, read_profile, write_profile
from candor.telegram.user.session import KeptSession

_WAYS: Final[dict[type, Literal["app", "sms", "call", "email"]]] = {
    types.auth.SentCodeTypeApp: "app",
    types.auth.SentCodeTypeSms: "sms",
    types.auth.SentCodeTypeSmsWord: "sms",
    types.auth.SentCodeTypeSmsPhrase: "sms",
    types.auth.SentCodeTypeFragmentSms: "sms",
    types.auth.SentCodeTypeCall: "call",
    types.auth.SentCodeTypeFlashCall: "call",
    types.auth.SentCodeTypeMissedCall: "call",
    types.auth.SentCodeTypeEmailCode: "email",
}


class TelethonSignIn:
    """`candor.accounts.ports.UserSignIn`. Each step connects anew from the session given to it."""

    def __init__(self, connections: UserConnections) -> None:
        self._connections = connections

    async def send_code(self, phone: SecretStr, *, session: SecretStr | None = None) -> CodeSent:
        async with self._connections.visiting(session) as client:
            sent = await client.send_code_request(phone.get_secret_value())
            return CodeSent(
                session=_session(client),
                code_hash=SecretStr(sent.phone_code_hash),
                where=_WAYS.get(type(sent.type), "other"),
                length=int(getattr(sent.type, "length", 0) or 0),
                expires_at=None,
            )

    async def enter_code(
        self, phone: SecretStr, code: SecretStr, *, code_hash: SecretStr, session: SecretStr
    ) -> SignedIn | PasswordNeeded:
        if not code.get_secret_value():
            # Telethon takes "no code" as a wish for another one, which would void the one that is there.
            raise CodeWrongError
        async with self._connections.visiting(session) as client:
            try:
                me = await client.sign_in(
                    phone=phone.get_secret_value(),
                    code=code.get_secret_value(),
                    phone_code_hash=code_hash.get_secret_value(),
                )
            except errors.SessionPasswordNeededError:
                return await _password_needed(client)
            return _signed_in(client, me)

    async def enter_password(self, password: SecretStr, *, session: SecretStr) -> SignedIn:
        if not password.get_secret_value():
            raise PasswordWrongError
        async with self._connections.visiting(session) as client:
            me = await client.sign_in(password=password.get_secret_value())
            return _signed_in(client, me)

    async def show_qr(
        self, *, session: SecretStr | None = None
    ) -> QrShown | SignedIn | PasswordNeeded:
        async with self._connections.visiting(session) as client:
            try:
                answer = await self._login_token(client)
            except errors.SessionPasswordNeededError:
                return await _password_needed(client)
            if isinstance(answer, types.auth.LoginTokenSuccess):
                return _signed_in(client, await client.get_me())
            token = base64.urlsafe_b64encode(answer.token).decode().rstrip("=")
            return QrShown(
                session=_session(client),
                url=f"tg://login?token={token}",
                expires_at=answer.expires.astimezone(UTC),
            )

    # --- a session that no process holds; `UserSessions` sees to that

    async def log_out(self, account_id: AccountId, session: SecretStr) -> None:
        async with self._connections.visiting(session) as client:
            await log_out(client)

    async def write_profile(
        self, account_id: AccountId, session: SecretStr, profile: AccountProfile
    ) -> None:
        async with self._connections.visiting(session) as client:
            await write_profile(client, name=profile.name, about=profile.description)

    async def read_profile(self, account_id: AccountId, session: SecretStr) -> AccountProfile:
        async with self._connections.visiting(session) as client:
            return await read_profile(client)

    async def _login_token(self, client: Any) -> Any:
        answer = await client(
            functions.auth.ExportLoginTokenRequest(
                api_id=self._connections.api_id,
                api_hash=self._connections.api_hash.get_secret_value(),
                except_ids=[],
            )
        )
        if isinstance(answer, types.auth.LoginTokenMigrateTo):
            await client._switch_dc(answer.dc_id)
            answer = await client(functions.auth.ImportLoginTokenRequest(answer.token))
        return answer


async def _password_needed(client: Any) -> PasswordNeeded:
    password = await client(functions.account.GetPasswordRequest())
    return PasswordNeeded(_session(client), hint=password.hint or "")


def _signed_in(client: Any, me: Any) -> SignedIn:
    name = " ".join(part for part in (me.first_name, me.last_name) if part)
    return SignedIn(_session(client), TelegramUserId(me.id), me.username, name)


def _session(client: Any) -> SecretStr:
    session = client.session
    return session.dump() if isinstance(session, KeptSession) else SecretStr(session.save())
