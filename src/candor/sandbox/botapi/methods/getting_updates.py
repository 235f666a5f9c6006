"""getUpdates and webhooks."""

import ipaddress
import re
from urllib.parse import urlsplit

from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import ApiError, bad_request
from candor.sandbox.botapi.updates import MAX_BATCH, UPDATE_KINDS
from candor.sandbox.world.model import Json, Webhook

MAX_POLL_SECONDS = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
TERMINATED_BY_WEBHOOK = "Conflict: terminated by setWebhook request"
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


@method("getUpdates")
async def get_updates(call: Call) -> list[Json]:
    if call.bot.webhook:
        raise ApiError(409, _WEBHOOK_ACTIVE)
    parameters, queues = call.parameters, call.api.queues
    offset = parameters.integer("offset") or 0
    limit = parameters.integer("limit")
    count = min(MAX_BATCH, max(1, MAX_BATCH if limit is None else limit))
    seconds = min(MAX_POLL_SECONDS, max(0, parameters.integer("timeout") or 0))
    _set_allowed(call)
    if offset > 0:
        queues.confirm(call.bot.id, before=offset)
    elif offset < 0:
        queues.keep_last(call.bot.id, -offset)
    await queues.wait(call.bot.id, seconds)
    return queues.batch(call.bot.id, count)


def _set_allowed(call: Call) -> None:
    allowed = call.parameters.sequence("allowed_updates")
    if allowed is None:
        return
    kept = [kind for kind in allowed if kind in UPDATE_KINDS]
    if kept != (call.bot.allowed_updates or []):
        call.bot.allowed_updates = kept or None
        call.world.save("bots", call.bot)


@method("setWebhook")
def set_webhook(call: Call) -> tuple[bool, str]:
    url = call.parameters.text("url") or ""
    if not url:
        return _remove_webhook(call)
    _check_url(url)
    secret = call.parameters.text("secret_token") or None
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = call.parameters.integer("max_connections")
    _set_allowed(call)
    _drop_pending(call)
    call.bot.webhook = Webhook(url, secret, min(100, max(1, connections or 40)))
    call.world.save("bots", call.bot)
    call.api.queues.end_poll(call.bot.id, TERMINATED_BY_WEBHOOK)
    call.api.webhooks.refresh()
    return True, "Webhook was set"


@method("deleteWebhook")
def delete_webhook(call: Call) -> tuple[bool, str]:
    return _remove_webhook(call)


def _remove_webhook(call: Call) -> tuple[bool, str]:
    told = "Webhook was deleted" if call.bot.webhook else "Webhook is already deleted"
    _drop_pending(call)
    call.bot.webhook = None
    call.world.save("bots", call.bot)
    call.api.webhooks.refresh()
    return True, told


@method("getWebhookInfo")
def get_webhook_info(call: Call) -> Json:
    hook = call.bot.webhook
    info: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": call.api.queues.pending_count(call.bot.id),
    }
    if hook:
        info |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
        if hook.last_error_date:
            info["last_error_date"] = hook.last_error_date
            info["last_error_message"] = hook.last_error_message
    if call.bot.allowed_updates:
        info["allowed_updates"] = call.bot.allowed_updates
    return info


def _drop_pending(call: Call) -> None:
    if call.parameters.boolean("drop_pending_updates"):
        call.api.queues.clear(call.bot.id)


def _check_url(url: str) -> None:
    """The sandbox reaches loopback only, also over plain HTTP, as a local Bot API server does."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        parts.port  # noqa: B018  raises ValueError for a port that is none
    except ValueError as error:
        raise bad_request("bad webhook: URL host is empty") from error
    if parts.scheme not in ("http", "https"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not host:
        raise bad_request("bad webhook: URL host is empty")
    if host == "localhost":
        return
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise bad_request(
            f"bad webhook: Failed to resolve host: the sandbox reaches loopback only, not {host}"
        )
