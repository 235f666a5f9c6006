"""Signing in: password, second factor, sessions, and the brake on guessing."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

from pydantic import SecretStr

from candor.accounts.ports import Place
from candor.common.clock import Clock
from candor.common.errors import CandorError, FieldError, InvalidInputError
from candor.common.ids import OperatorId
from candor.common.operators import AuditEntry, Operator, PanelSession
from candor.panel.auth.passwords import hash_token, make_token, verify_password
from candor.panel.auth.second_factor import (
    accepted_step,
    new_recovery_codes,
    new_secret,
    recovery_hash,
)
from candor.panel.ports import PanelUnit, PanelUnits, SecretSealer

FREE_TRIES = {"email": 5, "ip": 20, "code": 5}
"""Failures in a row before waiting begins, per e-mail, per address and per second factor."""
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=24)
TOUCH_EVERY = timedelta(seconds=60)


class WrongCredentialsError(CandorError):
    """One text for a wrong e-mail and a wrong password."""

    code = "wrong_credentials"
    default_message = "The e-mail or the password is wrong."


class WrongCodeError(CandorError):
    code = "wrong_code"
    default_message = "The code is wrong or was used already. Wait for the next one."


class TooManyTriesError(CandorError):
    """`details.retry_after` tells the seconds to wait."""

    code = "too_many_tries"


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a sign-in comes from."""

    ip: str
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The token goes into the cookie and nowhere else."""

    token: str
    session: PanelSession
    operator: Operator


class SignIn:
    """Opens, checks and ends sessions."""

    def __init__(
        self,
        units: PanelUnits,
        clock: Clock,
        sealer: SecretSealer,
        *,
        idle: timedelta,
        lifetime: timedelta,
    ) -> None:
        self._units = units
        self._clock = clock
        self._sealer = sealer
        self._idle = idle
        self._lifetime = lifetime

    async def with_password(self, email: str, password: str, visit: Visit) -> SignedIn:
        """Raises WrongCredentialsError, or TooManyTriesError after many failures."""
        address = email.strip().lower()[:320]
        keys = {"email": f"email:{address}", "ip": f"ip:{visit.ip}"}
        async with self._units() as unit:
            await self._refuse_when_blocked(unit, tuple(keys.values()))
            operator = await unit.operators.find(address)
        stored = None if operator is None or operator.is_disabled else operator.password_hash
        if not await asyncio.to_thread(verify_password, password[:1000], stored) or not operator:
            await self._count_failure(keys, actor=address, visit=visit)
            raise WrongCredentialsError
        async with self._units() as unit:
            await unit.sign_in_guard.clear(keys["email"])
            return await self._open(
                unit, operator, visit, is_complete=not operator.has_second_factor
            )

    async def with_code(self, pending: SignedIn, code: str, visit: Visit) -> SignedIn:
        """The second step: a code of the app, or a recovery code. The session gets a new token."""
        keys = {"code": f"code:{pending.operator.id}"}
        async with self._units() as unit:
            await self._refuse_when_blocked(unit, tuple(keys.values()))
            operator = await unit.operators.get(pending.operator.id)
            accepted = operator and self._after_code(operator, code)
            if accepted is not None:
                await unit.operators.save(accepted)
                await unit.sign_in_guard.clear(keys["code"])
                await unit.panel_sessions.remove(pending.session.id)
                return await self._open(unit, accepted, visit, is_complete=True)
        await self._count_failure(keys, actor=pending.operator.email, visit=visit)
        raise WrongCodeError

    async def resume(self, token: str, *, is_look: bool = False) -> SignedIn | None:
        """The session behind a cookie, None when it has ended, timed out or was killed.

        `is_look`: an open page asked by itself, which does not count as somebody being there.
        """
        now = self._clock.now()
        async with self._units() as unit:
            session = await unit.panel_sessions.find(hash_token(token))
            if session is None:
                return None
            operator = await unit.operators.get(session.operator_id)
            is_stale = (
                now - session.seen_at > self._idle or now - session.created_at > self._lifetime
            )
            if operator is None or operator.is_disabled or is_stale:
                await unit.panel_sessions.remove(session.id)
                return None
            if not is_look and now - session.seen_at > TOUCH_EVERY:
                await unit.panel_sessions.touch(session.id, now=now)
        return SignedIn(token, session, operator)

    async def end(self, session: PanelSession) -> None:
        async with self._units() as unit:
            await unit.panel_sessions.remove(session.id)

    def begin_second_factor(self, operator_id: OperatorId) -> tuple[str, bytes]:
        """A new secret and the same sealed: the page sends the latter back with the first code."""
        secret = new_secret()
        return secret, self._sealer.seal(SecretStr(secret), place=_place(operator_id))

    def open_second_factor(self, operator_id: OperatorId, sealed: bytes) -> str:
        return self._sealer.open(sealed, place=_place(operator_id)).get_secret_value()

    async def enable_second_factor(
        self, operator_id: OperatorId, *, sealed: bytes, code: str, visit: Visit
    ) -> tuple[str, ...]:
        """Returns the recovery codes, to be shown once. Raises InvalidInputError for a wrong code."""
        secret = self.open_second_factor(operator_id, sealed)
        step = accepted_step(secret, code, now=self._clock.now(), last_step=0)
        if step is None:
            message = "The code is wrong. Check that the phone's clock is right."
            raise InvalidInputError(message, errors=(FieldError("code", message),))
        codes = new_recovery_codes()
        async with self._units() as unit:
            operator = await unit.operators.get(operator_id)
            if operator is None:
                raise WrongCredentialsError
            await unit.operators.save(
                replace(
                    operator,
                    sealed_totp=sealed,
                    totp_step=step,
                    recovery_hashes=tuple(recovery_hash(item) for item in codes),
                )
            )
            email = operator.email
            await self._note(unit, email, "operator.enable_2fa", email, visit.ip)
        return codes

    def _after_code(self, operator: Operator, code: str) -> Operator | None:
        if operator.sealed_totp is None:
            return None
        step = accepted_step(
            self.open_second_factor(operator.id, operator.sealed_totp),
            code,
            now=self._clock.now(),
            last_step=operator.totp_step,
        )
        if step is not None:
            return replace(operator, totp_step=step)
        hashed = recovery_hash(code)
        if hashed not in operator.recovery_hashes:
            return None
        left = tuple(item for item in operator.recovery_hashes if item != hashed)
        return replace(operator, recovery_hashes=left)

    async def _open(
        self, unit: PanelUnit, operator: Operator, visit: Visit, *, is_complete: bool
    ) -> SignedIn:
        now = self._clock.now()
        token = make_token("cps_")
        await unit.panel_sessions.remove_stale(
            seen_before=now - self._idle, made_before=now - self._lifetime
        )
        session = await unit.panel_sessions.add(
            PanelSession(
                0,
                operator.id,
                hash_token(token),
                now,
                now,
                visit.ip,
                visit.user_agent[:300],
                is_complete,
            )
        )
        if is_complete:
            await unit.operators.save(replace(operator, last_sign_in_at=now))
            await self._note(unit, operator.email, "session.open", operator.email, visit.ip)
        return SignedIn(token, session, operator)

    async def _refuse_when_blocked(self, unit: PanelUnit, keys: tuple[str, ...]) -> None:
        now = self._clock.now()
        until = [item.blocked_until for item in await unit.sign_in_guard.get(keys)]
        seconds = max(((at - now).total_seconds() for at in until if at), default=0.0)
        if seconds > 0:
            raise TooManyTriesError(
                f"Too many failed tries. Try again in {int(seconds) + 1} seconds.",
                details={"retry_after": int(seconds) + 1},
            )

    async def _count_failure(self, keys: dict[str, str], *, actor: str, visit: Visit) -> None:
        now = self._clock.now()
        async with self._units() as unit:
            for kind, key in keys.items():
                failures = await unit.sign_in_guard.record_failure(
                    key, now=now, forget_after=FORGET_AFTER
                )
                if (wait := waiting_time(failures, free=FREE_TRIES[kind])) > timedelta():
                    await unit.sign_in_guard.block(key, until=now + wait)
            await self._note(unit, actor[:100], "session.refused", "", visit.ip)

    async def _note(self, unit: PanelUnit, actor: str, action: str, subject: str, ip: str) -> None:
        await unit.audit.add(AuditEntry(self._clock.now(), actor, action, subject, ip))


def waiting_time(failures: int, *, free: int) -> timedelta:
    """Nothing for the first `free` failures, then 15 s, doubled each time up to 15 minutes."""
    if failures < free:
        return timedelta()
    doublings: int = min(failures - free, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _place(operator_id: OperatorId) -> Place:
    return Place("operators", operator_id, "sealed_totp")
