"""`AccountSecurityService`: secrets sealed for their place, keyed look-ups, rotation, the log."""

import asyncio
import hashlib
import hmac
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from candor.accounts.account import SecurityEvent
from candor.accounts.errors import SecretAlteredError, SecretUnreadableError
from candor.accounts.keys import KeyRing, SecretKey
from candor.accounts.ports import AccountUnit, AccountUnits, Place, SealedColumns, SealedValue
from candor.accounts.security_log import GENESIS, ChainReport, first_break
from candor.common.clock import Clock
from candor.common.hot_reload import Change
from candor.common.ids import AccountId

FORMAT: Final = b"\x01"
_KEY_ID: Final = slice(1, 5)
_NONCE: Final = slice(5, 17)
_SHORTEST: Final = 17 + 16
ROTATION_BATCH: Final = 100
CHAIN_BATCH: Final = 1000
SETTLING: Final = timedelta(seconds=3)
"""Longer than any unit of work is open."""


@dataclass(frozen=True, slots=True)
class RotationReport:
    """`values` were sealed anew; `unreadable` name places that no listed key opens."""

    values: int
    unreadable: tuple[Place, ...] = ()


class AccountSecurityService:
    """Seals and opens the secrets of accounts, and keeps the hash-chained security log.

    Plain secrets are `SecretStr` everywhere: they show in no repr, log or error. `sealed_columns`
    names the repositories that `rotate` walks; bootstrap adds those of other rooms.
    """

    def __init__(
        self,
        *,
        keys: KeyRing,
        units: AccountUnits,
        clock: Clock,
        sealed_columns: Callable[[AccountUnit], Sequence[SealedColumns]] = lambda unit: (
            unit.accounts,
        ),
        settling: timedelta = SETTLING,
    ) -> None:
        """`settling`: how long a rotation waits for units that sealed under the old key and have not
        committed yet."""
        self._keys = keys
        self._units = units
        self._clock = clock
        self._sealed_columns = sealed_columns
        self._settling = settling

    # --- sealing

    def seal(self, secret: SecretStr, *, place: Place) -> bytes:
        """Encrypt under the newest key, bound to `place` (AES-256-GCM)."""
        return _seal(self._keys.newest, secret, place)

    def open(self, sealed: bytes, *, place: Place) -> SecretStr:
        """Decrypt what was sealed for `place`; raises SecretUnreadableError, which names no secret.

        SecretAlteredError among them: the key is known, the ciphertext is not what lay here."""
        if len(sealed) < _SHORTEST or sealed[:1] != FORMAT:
            raise SecretAlteredError(details=_where(place))
        key = self._keys.find(bytes(sealed[_KEY_ID]))
        if key is None:
            raise SecretUnreadableError(details=_where(place))
        try:
            plain = _cipher(key).decrypt(sealed[_NONCE], sealed[17:], _bound_to(key, place))
        except InvalidTag:
            raise SecretAlteredError(details=_where(place)) from None
        return SecretStr(plain.decode())

    def lookup_hash(self, value: SecretStr) -> bytes:
        """The keyed hash to store beside a sealed value."""
        return _hash(self._keys.newest, value)

    def lookup_hashes(self, value: SecretStr) -> tuple[bytes, ...]:
        """All hashes under which it may be stored while a rotation is under way."""
        return tuple(_hash(key, value) for key in self._keys.all)

    def webhook_secrets(self, account_id: AccountId) -> tuple[SecretStr, ...]:
        """What Telegram sends in the secret header, newest first; older ones stay good meanwhile."""
        about = SecretStr(f"webhook:{account_id}")
        return tuple(SecretStr(_hash(key, about).hex()) for key in self._keys.all)

    # --- the log

    async def record(
        self,
        unit: AccountUnit,
        event: str,
        *,
        account_id: AccountId | None,
        actor: str,
        details: Mapping[str, str] | None = None,
    ) -> None:
        """Write a line in the caller's unit: it stands if and only if the change does."""
        line = SecurityEvent(
            account_id=account_id,
            event=event,
            actor=actor,
            at=self._clock.now(),
            details=dict(details or {}),
        )
        await unit.account_security_logs.append(line)

    async def verify_chain(self) -> ChainReport:
        """Read the whole log and check every link."""
        number, previous = 0, GENESIS
        while True:
            async with self._units() as unit:
                lines = await unit.account_security_logs.after(number, limit=CHAIN_BATCH)
            if not lines:
                return ChainReport(number)
            broken = first_break(lines, number=number, previous=previous)
            if broken is not None:
                return ChainReport(broken - 1, broken)
            number, previous = lines[-1].number, lines[-1].digest

    # --- rotation

    async def rotate(self, *, actor: str, drop_old: bool = False) -> RotationReport:
        """Make a new key (if the keys lie in a file) and seal everything anew, batch by batch.

        Other processes go on: they seal under the new key as soon as its file has it. `drop_old`
        removes the older keys at the end; without it they stay listed, so that backups open.
        """
        if self._keys.path is not None:
            self._keys.add_new()
        async with self._units() as unit:
            await self.record(unit, "rotation_started", account_id=None, actor=actor)
            await unit.announcements.announce(Change("keys", "*"))
        report = await self._seal_anew()
        await asyncio.sleep(self._settling.total_seconds())
        late = await self._seal_anew()
        report = RotationReport(report.values + late.values, late.unreadable)
        async with self._units() as unit:
            await self.record(
                unit,
                "rotation_ended",
                account_id=None,
                actor=actor,
                details={"values": str(report.values), "unreadable": str(len(report.unreadable))},
            )
            await unit.announcements.announce(Change("keys", "*"))
        if drop_old and not report.unreadable:
            self._keys.drop_old()
        return report

    async def _seal_anew(self) -> RotationReport:
        done, unreadable = 0, dict[Place, None]()
        while True:
            moved, failed = await self._seal_batch(ROTATION_BATCH + len(unreadable))
            done += moved
            fresh = [place for place in failed if place not in unreadable]
            unreadable |= dict.fromkeys(fresh)
            if not moved and not fresh:
                return RotationReport(done, tuple(unreadable))

    async def _seal_batch(self, limit: int) -> tuple[int, list[Place]]:
        moved, failed = 0, list[Place]()
        async with self._units() as unit:
            for columns in self._sealed_columns(unit):
                for value in await columns.outdated(key_id=self._keys.newest.id, limit=limit):
                    try:
                        moved += await self._move(columns, value)
                    except SecretUnreadableError:
                        failed.append(value.place)
        return moved, failed

    async def _move(self, columns: SealedColumns, value: SealedValue) -> bool:
        plain = self.open(value.sealed, place=value.place)
        return await columns.replace(
            value,
            sealed=self.seal(plain, place=value.place),
            lookup=self.lookup_hash(plain) if value.has_lookup else None,
        )


def mask_phone(phone: SecretStr) -> str:
    """`+7 ••• 45 67`: enough to recognise one's own number, too little to call it."""
    digits = re.sub(r"\D", "", phone.get_secret_value())
    return f"+{digits[:1]} ••• {digits[-4:-2]} {digits[-2:]}" if len(digits) >= 7 else "•••"


def _seal(key: SecretKey, secret: SecretStr, place: Place) -> bytes:
    nonce = os.urandom(12)
    plain = secret.get_secret_value().encode()
    return FORMAT + key.id + nonce + _cipher(key).encrypt(nonce, plain, _bound_to(key, place))


def _cipher(key: SecretKey) -> AESGCM:
    return AESGCM(bytes.fromhex(key.seal.get_secret_value()))


def _bound_to(key: SecretKey, place: Place) -> bytes:
    return b"\0".join(
        (b"candor", key.id, place.table.encode(), str(place.row).encode(), place.column.encode())
    )


def _hash(key: SecretKey, value: SecretStr) -> bytes:
    lookup = bytes.fromhex(key.lookup.get_secret_value())
    return hmac.new(lookup, value.get_secret_value().encode(), hashlib.sha256).digest()


def _where(place: Place) -> dict[str, object]:
    return {"table": place.table, "row": place.row, "column": place.column}
