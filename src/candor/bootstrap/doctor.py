"""`candor doctor`: one check per dependency, each with the mend when it fails."""

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Literal

import aiohttp
import psutil
from sqlalchemy import text

from candor.accounts.errors import SecretUnreadableError
from candor.accounts.security import AccountSecurityService
from candor.bootstrap.areas import sealed_columns
from candor.bootstrap.container import Container
from candor.bootstrap.demo import STATE_FILE
from candor.bootstrap.foundation import NO_KEY
from candor.common.errors import CandorError
from candor.common.settings import without_password
from candor.storage import migrations
from candor.storage.unit_of_work import Units

LOW_DISK_GIB = 1.0
CLOCK_DRIFT = timedelta(seconds=30)
MOST_SECRETS = 1000
_TIMEOUT = aiohttp.ClientTimeout(total=5)

State = Literal["ok", "off", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `off` is a part that is not configured, which is no failure."""

    name: str
    state: State
    detail: str
    mend: str = ""


async def examine(container: Container) -> tuple[Finding, ...]:
    """All checks, one after another; a check that breaks is a failed line, never a crash."""
    checks: dict[str, Callable[[Container], Awaitable[Finding]]] = {
        "database": _database,
        "schema": _schema,
        "cache": _cache,
        "keys": _keys,
        "security log": _security_log,
        "telegram": _telegram,
        "accounts": _accounts,
        "model": _model,
        "clock": _clock,
        "disk": _disk,
        "memory": _memory,
        "web assets": _assets,
    }
    found = []
    for name, check in checks.items():
        try:
            found.append(await check(container))
        except (CandorError, OSError) as error:
            message = error.message if isinstance(error, CandorError) else str(error)
            found.append(Finding(name, "failed", message, "See the log for details."))
    return tuple(found)


async def _database(container: Container) -> Finding:
    async with container.engine.connect() as connection:
        version = (await connection.execute(text("SHOW server_version"))).scalar_one()
    where = "embedded" if container.foundation.database.is_embedded else "DATABASE_URL"
    return Finding("database", "ok", f"PostgreSQL {version} ({where})")


async def _schema(container: Container) -> Finding:
    address = container.foundation.database.address.get_secret_value()
    found, wanted = await migrations.current(address), migrations.newest()
    if found == wanted:
        return Finding("schema", "ok", f"version {found}")
    return Finding(
        "schema", "failed", f"version {found}, this Candor needs {wanted}", "Run: candor db upgrade"
    )


async def _cache(container: Container) -> Finding:
    if container.settings.redis_url is None:
        return Finding("cache", "off", "in this process's memory; REDIS_URL is not set")
    if await container.foundation.cache.is_reachable():
        return Finding("cache", "ok", "Redis answers")
    return Finding(
        "cache",
        "failed",
        "Redis does not answer; Candor works without it, only slower",
        "Start Redis, or take REDIS_URL away.",
    )


async def _keys(container: Container) -> Finding:
    keys = container.foundation.keys
    lost = await unreadable_secrets(container.foundation.units, container.security)
    if lost:
        return Finding(
            "keys",
            "failed",
            f"{lost} stored secret(s) can't be opened: sealed with a key that is not in "
            f"{keys.path or keys.source}, altered, or moved from another row",
            "Put the old key back, or enter the bots' tokens and sign in to the accounts again.",
        )
    return Finding(
        "keys", "ok", f"{len(keys.all)} key(s) from {keys.source}, apart from the database"
    )


async def unreadable_secrets(units: Units, security: AccountSecurityService) -> int:
    """How many stored secrets can't be opened; each kind is counted up to a thousand."""
    lost = 0
    async with units() as unit:
        for columns in sealed_columns(unit):
            for value in await columns.outdated(key_id=NO_KEY, limit=MOST_SECRETS):
                try:
                    security.open(value.sealed, place=value.place)
                except SecretUnreadableError:
                    lost += 1
    return lost


async def _security_log(container: Container) -> Finding:
    report = await container.security.verify_chain()
    if report.is_whole:
        return Finding("security log", "ok", f"{report.checked} entries, the chain is whole")
    return Finding(
        "security log",
        "failed",
        f"the chain breaks at entry {report.broken_at}",
        "Somebody changed the table. Compare it with a backup.",
    )


async def _telegram(container: Container) -> Finding:
    address = container.telegram_api_url
    shown = without_password(address)
    if (container.foundation.data_dir / STATE_FILE).exists():
        return Finding("telegram", "off", "a demo's data folder: the sandbox stands in for it")
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session, session.get(address) as got:
            return Finding("telegram", "ok", f"{shown} answers ({got.status})")
    except (aiohttp.ClientError, TimeoutError) as error:
        return Finding(
            "telegram",
            "failed",
            f"{shown} does not answer ({type(error).__name__})",
            "Check the network, or TELEGRAM_BOT_API_URL.",
        )


async def _accounts(container: Container) -> Finding:
    accounts = await container.accounts.list_accounts()
    stopped = [a for a in accounts if a.status in ("unlabelled", "restricted")]
    begun = sum(a.status == "signing_in" for a in accounts)
    if not accounts:
        return Finding(
            "accounts", "off", "none yet; add a bot in the panel or with account add-bot"
        )
    if stopped:
        names = ", ".join(f"{a.title or a.phone_masked or a.id} ({a.status})" for a in stopped)
        return Finding("accounts", "failed", names, "Look at them in the panel under Accounts.")
    waiting = f", {begun} sign-in(s) begun: finish or delete them under Accounts" if begun else ""
    return Finding("accounts", "ok", f"{len(accounts) - begun} account(s){waiting}")


async def _model(container: Container) -> Finding:
    if not container.settings.has_model:
        return Finding("model", "off", "none configured; the offline engine answers by script")
    report = await container.language.connection_test()
    if report.is_ok:
        return Finding("model", "ok", report.message)
    return Finding("model", "failed", report.message, report.mend)


async def _clock(container: Container) -> Finding:
    async with container.engine.connect() as connection:
        there = (await connection.execute(text("SELECT now()"))).scalar_one()
    drift = abs(there - container.clock.now())
    if drift <= CLOCK_DRIFT:
        return Finding("clock", "ok", f"{drift.total_seconds():.1f} s from the database's")
    return Finding(
        "clock",
        "failed",
        f"{drift.total_seconds():.0f} s from the database's",
        "Let both machines keep time by NTP.",
    )


async def _disk(container: Container) -> Finding:
    free = shutil.disk_usage(container.foundation.data_dir).free / 2**30
    if free >= LOW_DISK_GIB:
        return Finding("disk", "ok", f"{free:.1f} GiB free")
    return Finding("disk", "failed", f"only {free:.2f} GiB free", "Make room in the data folder.")


async def _memory(container: Container) -> Finding:
    del container
    free = psutil.virtual_memory().available / 2**30
    state: State = "ok" if free > 0.3 else "failed"
    mend = "" if state == "ok" else "Candor needs about 400 MB. Stop something else."
    return Finding("memory", state, f"{free:.1f} GiB available", mend)


async def _assets(container: Container) -> Finding:
    del container
    if (Path(str(files("candor.panel"))) / "static" / "vendor").is_dir():
        return Finding("web assets", "ok", "built")
    return Finding("web assets", "failed", "not built, pages will look bare", "Run: make assets")
