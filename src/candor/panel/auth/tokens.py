"""API tokens: made and shown once, known by their hash, revoked by name."""

import re
from datetime import timedelta

from candor.common.clock import Clock
from candor.common.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from candor.common.operators import RANKS, ApiToken, AuditEntry, OperatorRole
from candor.panel.auth.passwords import hash_token, make_token
from candor.panel.ports import PanelUnits

PREFIX = "cdr_"
TOUCH_EVERY = timedelta(seconds=60)
_NAME = re.compile(r"[^\x00-\x1f]{1,60}")


class TokenAdministration:
    def __init__(self, units: PanelUnits, clock: Clock, *, ip: str = "") -> None:
        """`ip`: the address that the changes come from; empty for the command line."""
        self._units = units
        self._clock = clock
        self._ip = ip

    async def create(self, name: str, role: OperatorRole, *, actor: str) -> tuple[ApiToken, str]:
        """Returns the token in the clear, the only time. ConflictError when the name is in use."""
        label = _checked_name(name)
        if role not in RANKS:
            message = "A role is one of viewer, operator, owner."
            raise InvalidInputError(message, errors=(FieldError("role", message),))
        secret = make_token(PREFIX)
        async with self._units() as unit:
            now = self._clock.now()
            token = await unit.api_tokens.add(
                label, role, hash_token(secret), created_by=actor, now=now
            )
            if token is None:
                raise ConflictError(
                    f"There is already a token {label}. Revoke it first or take another name.",
                    errors=(FieldError("name", "This name is in use."),),
                )
            await unit.audit.add(
                AuditEntry(now, actor, "token.create", label, self._ip, {"role": role})
            )
        return token, secret

    async def list(self) -> tuple[ApiToken, ...]:
        async with self._units() as unit:
            return await unit.api_tokens.all()

    async def revoke(self, name: str, *, actor: str) -> None:
        async with self._units() as unit:
            now = self._clock.now()
            if not await unit.api_tokens.revoke(name, now=now):
                raise NotFoundError("There is no token of this name in use.")
            await unit.audit.add(AuditEntry(now, actor, "token.revoke", name, self._ip))

    async def recognise(self, secret: str) -> ApiToken | None:
        """The token in use behind a Bearer value."""
        if not secret.startswith(PREFIX):
            return None
        now = self._clock.now()
        async with self._units() as unit:
            token = await unit.api_tokens.find(hash_token(secret))
            if token and (token.last_used_at is None or now - token.last_used_at > TOUCH_EVERY):
                await unit.api_tokens.touch(token.id, now=now)
        return token


def _checked_name(name: str) -> str:
    label = name.strip()
    if not _NAME.fullmatch(label):
        message = "A token needs a name of 1 to 60 characters."
        raise InvalidInputError(message, errors=(FieldError("name", message),))
    return label
