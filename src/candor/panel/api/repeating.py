"""Idempotency-Key: a POST that is sent again answers what the first one answered."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

from flask import Response, request

from candor.common.clock import Clock
from candor.common.errors import ConflictError, InvalidInputError
from candor.common.operators import StoredAnswer
from candor.panel.access import REPLAYED_HEADER, current_actor
from candor.panel.inward import run, services
from candor.panel.ports import PanelUnits

HEADER = "Idempotency-Key"
KEEP = timedelta(hours=24)
MAX_KEY = 200


class KeyReusedError(InvalidInputError):
    code = "idempotency_key_reused"
    default_message = "This Idempotency-Key was used for another request."


class StillAtWorkError(ConflictError):
    code = "still_at_work"
    default_message = "The first request with this Idempotency-Key is still at work."


def answer_once(make: Callable[[], Response]) -> Response:
    """Without the header: simply `make`. Failures are not kept: the same key may try again."""
    key = request.headers.get(HEADER, "")
    if not key:
        return make()
    if len(key) > MAX_KEY or not key.isprintable():
        raise InvalidInputError(f"An Idempotency-Key has at most {MAX_KEY} printable characters.")
    scope, known = current_actor().name, services()
    stored = run(_claim(known.units, known.clock, scope, key, _fingerprint()))
    if stored is not None:
        return _repeat(stored)
    try:
        made = make()
    except BaseException:
        run(_release(known.units, scope, key))
        raise
    run(_finish(known.units, scope, key, made))
    return made


def _fingerprint() -> str:
    parts = (request.method, request.full_path, request.get_data(as_text=True))
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def _repeat(stored: StoredAnswer) -> Response:
    if stored.request_hash != _fingerprint():
        raise KeyReusedError
    if stored.status is None:
        raise StillAtWorkError
    kept = json.loads(stored.body)
    headers = {REPLAYED_HEADER: "true", "Content-Type": kept["type"]}
    return Response(kept["body"], stored.status, headers)


async def _claim(
    units: PanelUnits, clock: Clock, scope: str, key: str, fingerprint: str
) -> StoredAnswer | None:
    now = clock.now()
    async with units() as unit:
        await unit.idempotency_keys.remove_older(now - KEEP)
        return await unit.idempotency_keys.claim(scope, key, fingerprint, now=now)


async def _release(units: PanelUnits, scope: str, key: str) -> None:
    async with units() as unit:
        await unit.idempotency_keys.release(scope, key)


async def _finish(units: PanelUnits, scope: str, key: str, made: Response) -> None:
    body = json.dumps({"body": made.get_data(as_text=True), "type": made.content_type})
    async with units() as unit:
        # A secret that is shown once is not kept to be shown again.
        if made.status_code >= 400 or made.headers.get("Cache-Control") == "no-store":
            await unit.idempotency_keys.release(scope, key)
        else:
            await unit.idempotency_keys.store(scope, key, status=made.status_code, body=body)
