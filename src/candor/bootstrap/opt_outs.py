"""The secret behind opt-out hashes: sealed in the database, so that all machines recognise them.

It is older than the first person who said stop and never changes; `keys rotate` seals it anew. A data
folder that still holds a secret of its own (`opt_out.salt`) hands it in once.
"""

import os
import secrets
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from candor.accounts.errors import SecretUnreadableError
from candor.accounts.security import AccountSecurityService
from candor.bootstrap.foundation import Foundation
from candor.clients.erasure import NO_SALT
from candor.storage.repositories.opt_outs import salt_place
from candor.storage.unit_of_work import PgUnitOfWork

FILE: Final = "opt_out.salt"
_LENGTH: Final = 32


async def opt_out_salts(foundation: Foundation, *, is_serving: bool = True) -> tuple[bytes, ...]:
    """The salts of this installation: the first one marks, all of them recognise.

    Raises SecretUnreadableError when their key is missing: without them nobody who said stop would be
    known. A command that serves nobody (a list, a restored backup looked at) gets `NO_SALT`, with which
    nobody can be marked.
    """
    security = AccountSecurityService(
        keys=foundation.keys, units=foundation.units, clock=foundation.clock
    )
    own = _of_folder(foundation.data_dir / FILE)
    async with foundation.units() as unit:
        await unit.opt_out_salts.lock()
        try:
            known = [
                bytes.fromhex(security.open(item.sealed, place=item.place).get_secret_value())
                for item in await unit.opt_out_salts.all()
            ]
        except SecretUnreadableError:
            if is_serving:
                raise
            return (NO_SALT,)
        if own is not None and own not in known:
            known.append(await _add(unit, security, own, foundation))
        if not known:
            known.append(await _add(unit, security, secrets.token_bytes(_LENGTH), foundation))
    (foundation.data_dir / FILE).unlink(missing_ok=True)
    return tuple(known)


async def _add(
    unit: PgUnitOfWork, security: AccountSecurityService, salt: bytes, foundation: Foundation
) -> bytes:
    row = await unit.opt_out_salts.next_id()
    sealed = security.seal(SecretStr(salt.hex()), place=salt_place(row))
    await unit.opt_out_salts.add(row, sealed, at=foundation.clock.now())
    return salt


def _of_folder(path: Path) -> bytes | None:
    """What an earlier start kept in the data folder."""
    if not path.exists():
        return None
    os.chmod(path, 0o600)
    return path.read_bytes() or None
