"""Operators: who there is, what each may do, and the first owner."""

import asyncio
import re
from dataclasses import replace

from candor.common.clock import Clock
from candor.common.errors import (
    ConflictError,
    FieldError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
)
from candor.common.ids import OperatorId
from candor.common.operators import (
    RANKS,
    AuditEntry,
    NewOperator,
    Operator,
    OperatorRole,
    PanelSession,
)
from candor.panel.auth.passwords import (
    check_new_password,
    hash_password,
    make_password,
    verify_password,
)
from candor.panel.ports import Language, PanelUnit, PanelUnits

FIRST_OWNER = "owner@candor.local"
NAME_LIMIT = 40
"""Characters of the name that clients read."""
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,255}")


class OperatorAdministration:
    """Adds, changes and disables operators. Each change is written to the audit log with its actor."""

    def __init__(self, units: PanelUnits, clock: Clock, *, ip: str = "") -> None:
        """`ip`: the address that the changes come from; empty for the command line."""
        self._units = units
        self._clock = clock
        self._ip = ip

    async def ensure_owner(
        self, *, email: str = FIRST_OWNER, language: Language = "ru", is_demo: bool = False
    ) -> tuple[str, str] | None:
        """Make the first owner when there is nobody yet: e-mail and one-time password, else None.

        Outside the demo the password has to be changed at the first sign-in.
        """
        async with self._units() as unit:
            if await unit.operators.has_any():
                return None
        password = make_password()
        await self.add(
            email,
            "owner",
            password=password,
            language=language,
            must_change_password=not is_demo,
            actor="system",
        )
        return email, password

    async def renew_owner_password(
        self, *, email: str = FIRST_OWNER, is_demo: bool = False
    ) -> tuple[str, str] | None:
        """A fresh one-time password for an owner who has never signed in; None when there is none.

        So a second start can print one again without ever storing the first in the clear.
        """
        password = make_password()
        hashed = await asyncio.to_thread(hash_password, password)
        async with self._units() as unit:
            owner = await unit.operators.find(email)
            if owner is None or (owner.last_sign_in_at is not None and not is_demo):
                return None
            await unit.operators.save(replace(owner, password_hash=hashed))
        return email, password

    async def add(
        self,
        email: str,
        role: OperatorRole,
        *,
        actor: str,
        password: str | None = None,
        language: Language = "ru",
        must_change_password: bool = True,
    ) -> tuple[Operator, str]:
        """Add a person; returns the password too, made here when none was given.

        Raises InvalidInputError for a wrong e-mail, role or password, ConflictError when taken.
        """
        address = _checked_email(email)
        _check_role(role)
        if password is not None:
            check_new_password(password, email=address)
        secret = password or make_password()
        hashed = await asyncio.to_thread(hash_password, secret)
        new = NewOperator(address, role, hashed, language, must_change_password)
        async with self._units() as unit:
            added = await unit.operators.add(new, now=self._clock.now())
            if added is None:
                raise ConflictError(
                    f"There is already an operator {address}.",
                    errors=(FieldError("email", "This e-mail is taken."),),
                )
            await self._note(unit, actor, "operator.add", added, role=role)
        return added, secret

    async def list(self) -> tuple[Operator, ...]:
        async with self._units() as unit:
            return await unit.operators.all()

    async def get(self, operator_id: OperatorId) -> Operator:
        async with self._units() as unit:
            return _found(await unit.operators.get(operator_id))

    async def change(
        self,
        operator_id: OperatorId,
        *,
        actor: str,
        role: OperatorRole | None = None,
        is_disabled: bool | None = None,
    ) -> Operator:
        """Change role or admission; ends the person's sessions when it takes rights away.

        Raises ConflictError when nobody would be left as owner.
        """
        if role is not None:
            _check_role(role)
        async with self._units() as unit:
            owners = await unit.operators.count_active_owners()
            before = _found(await unit.operators.get(operator_id))
            after = replace(
                before,
                role=role or before.role,
                is_disabled=before.is_disabled if is_disabled is None else is_disabled,
            )
            _keep_an_owner(before, after, owners)
            await unit.operators.save(after)
            if after.is_disabled or RANKS[after.role] < RANKS[before.role]:
                await unit.panel_sessions.remove_of_operator(operator_id)
            await self._note(
                unit, actor, "operator.change", after, role=after.role, disabled=after.is_disabled
            )
        return after

    async def disable(self, email: str, *, actor: str) -> Operator:
        """By e-mail, for the command line."""
        async with self._units() as unit:
            operator = _found(await unit.operators.find(email))
        return await self.change(operator.id, actor=actor, is_disabled=True)

    async def reset_password(self, operator_id: OperatorId, *, actor: str) -> str:
        """A new one-time password; the person's sessions end."""
        password = make_password()
        hashed = await asyncio.to_thread(hash_password, password)
        async with self._units() as unit:
            operator = _found(await unit.operators.get(operator_id))
            await unit.operators.save(
                replace(operator, password_hash=hashed, must_change_password=True)
            )
            await unit.panel_sessions.remove_of_operator(operator_id)
            await self._note(unit, actor, "operator.reset_password", operator)
        return password

    async def reset_second_factor(self, email: str, *, actor: str) -> Operator:
        """For somebody who lost phone and recovery codes; the person's sessions end."""
        async with self._units() as unit:
            operator = _found(await unit.operators.find(email))
            after = replace(operator, sealed_totp=None, totp_step=0, recovery_hashes=())
            await unit.operators.save(after)
            await unit.panel_sessions.remove_of_operator(operator.id)
            await self._note(unit, actor, "operator.reset_2fa", operator)
        return after

    async def change_own_password(
        self, operator_id: OperatorId, *, current: str, new: str, keep_session: int
    ) -> None:
        """Raises InvalidInputError when `current` is wrong or `new` too easy; ends other sessions."""
        async with self._units() as unit:
            operator = _found(await unit.operators.get(operator_id))
        if not await asyncio.to_thread(verify_password, current, operator.password_hash):
            message = "The current password is wrong."
            raise InvalidInputError(message, errors=(FieldError("current", message),))
        check_new_password(new, email=operator.email)
        hashed = await asyncio.to_thread(hash_password, new)
        async with self._units() as unit:
            fresh = _found(await unit.operators.get(operator_id))
            await unit.operators.save(
                replace(fresh, password_hash=hashed, must_change_password=False)
            )
            await unit.panel_sessions.remove_of_operator(operator_id, except_for=keep_session)
            await self._note(unit, operator.email, "operator.change_password", operator)

    async def set_language(self, operator_id: OperatorId, language: Language) -> None:
        async with self._units() as unit:
            operator = _found(await unit.operators.get(operator_id))
            await unit.operators.save(replace(operator, language=language))

    async def set_name(self, operator_id: OperatorId, name: str) -> None:
        """What clients read; raises InvalidInputError for what is too long or can't be shown."""
        shown = " ".join(name.split())
        if len(shown) > NAME_LIMIT or not shown.isprintable():
            message = "A name has at most 40 characters, and all of them can be seen."
            raise InvalidInputError(message, errors=(FieldError("name", message),))
        async with self._units() as unit:
            operator = _found(await unit.operators.get(operator_id))
            await unit.operators.save(replace(operator, name=shown))
            await self._note(unit, operator.email, "operator.change_name", operator)

    async def sessions(self, operator_id: OperatorId) -> tuple[PanelSession, ...]:
        async with self._units() as unit:
            return await unit.panel_sessions.of_operator(operator_id)

    async def end_session(self, session_id: int, *, of: OperatorId, is_owner: bool) -> None:
        """A person ends their own sessions, an owner anybody's; others see nothing there."""
        async with self._units() as unit:
            own = {session.id for session in await unit.panel_sessions.of_operator(of)}
            if session_id not in own and not is_owner:
                raise NotFoundError
            if not await unit.panel_sessions.remove(session_id):
                raise NotFoundError("This session has already ended.")

    async def _note(
        self, unit: PanelUnit, actor: str, action: str, subject: Operator, **details: object
    ) -> None:
        await unit.audit.add(
            AuditEntry(self._clock.now(), actor, action, subject.email, self._ip, details)
        )


def _found(operator: Operator | None) -> Operator:
    if operator is None:
        raise NotFoundError("There is no such operator.")
    return operator


def _checked_email(email: str) -> str:
    address = email.strip().lower()
    if not _EMAIL.fullmatch(address):
        message = "This is no e-mail address."
        raise InvalidInputError(message, errors=(FieldError("email", message),))
    return address


def _check_role(role: str) -> None:
    if role not in RANKS:
        message = "A role is one of viewer, operator, owner."
        raise InvalidInputError(message, errors=(FieldError("role", message),))


def _keep_an_owner(before: Operator, after: Operator, owners: int) -> None:
    was = before.role == "owner" and not before.is_disabled
    stays = after.role == "owner" and not after.is_disabled
    if was and not stays and owners <= 1:
        raise ConflictError(
            "This is the only owner. Make somebody else an owner first, else nobody could."
        )


def check_rank(role: OperatorRole, needed: OperatorRole) -> None:
    """Raises ForbiddenError that names the role that is needed."""
    if RANKS[role] < RANKS[needed]:
        raise ForbiddenError(
            f"This needs the role {needed}; yours is {role}.", details={"needs": needed}
        )
