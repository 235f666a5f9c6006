"""`/api/webhooks`: where the business's own tools are told of events."""

from candor.common.errors import InvalidInputError, NotFoundError
from candor.panel.access import current_actor
from candor.panel.api.contract import Api, answer_header
from candor.panel.inward import run, services
from candor.panel.schemas.common import Page, PageQuery
from candor.panel.schemas.webhooks import (
    DeliveryAnswer,
    SecretAnswer,
    TestAnswer,
    WebhookAnswer,
    WebhookBody,
    WebhookChange,
    WebhookMade,
)
from candor.webhooks.administration import WebhookAdministration
from candor.webhooks.endpoint import Endpoint, EndpointId

TAG = "Webhooks"


def administration() -> WebhookAdministration:
    """Raises NotFoundError where this process has no webhooks (a test of another part)."""
    found = services().webhooks
    if found is None:
        raise NotFoundError
    return found


def add_to(api: Api) -> None:
    _add_endpoints(api)
    _add_work(api)


def _add_endpoints(api: Api) -> None:
    @api.get("/webhooks", tag=TAG, summary="List webhooks", role="owner")
    def list_webhooks(query: PageQuery) -> Page[WebhookAnswer]:
        found = run(administration().all())
        shown = found[query.offset : query.offset + query.per_page]
        return Page(
            items=[WebhookAnswer.model_validate(endpoint) for endpoint in shown],
            page=query.page,
            per_page=query.per_page,
            total=len(found),
        )

    @api.post(
        "/webhooks",
        tag=TAG,
        summary="Add a webhook; the answer holds its secret, once",
        description=(
            "Requests are signed as Standard Webhooks: webhook-id, webhook-timestamp and "
            "webhook-signature (HMAC-SHA256 over id, timestamp and body, joined with dots)."
        ),
        role="owner",
        status=201,
    )
    def add_webhook(body: WebhookBody) -> WebhookMade:
        made, secret = run(administration().add(body.as_draft(), actor=current_actor().name))
        answer_header("Cache-Control", "no-store")
        shown = WebhookAnswer.model_validate(made).model_dump()
        return WebhookMade(**shown, secret=secret.get_secret_value())

    @api.get("/webhooks/<id:webhook_id>", tag=TAG, summary="One webhook", role="owner")
    def get_webhook(webhook_id: int) -> WebhookAnswer:
        return WebhookAnswer.model_validate(run(administration().get(EndpointId(webhook_id))))

    @api.put(
        "/webhooks/<id:webhook_id>",
        tag=TAG,
        summary="Change, pause or switch on a webhook",
        role="owner",
    )
    def change_webhook(webhook_id: int, body: WebhookChange) -> WebhookAnswer:
        return WebhookAnswer.model_validate(change(EndpointId(webhook_id), body))

    @api.delete(
        "/webhooks/<id:webhook_id>",
        tag=TAG,
        summary="Remove a webhook with what waits for it",
        role="owner",
    )
    def remove_webhook(webhook_id: int) -> None:
        run(administration().remove(EndpointId(webhook_id)))


def _add_work(api: Api) -> None:
    @api.post(
        "/webhooks/<id:webhook_id>/test",
        tag=TAG,
        summary="Send a test event, after what waits already",
        role="owner",
        status=202,
    )
    def test_webhook(webhook_id: int) -> TestAnswer:
        return TestAnswer(event_id=run(administration().test(EndpointId(webhook_id))))

    @api.post(
        "/webhooks/<id:webhook_id>/secret",
        tag=TAG,
        summary="Replace the secret; the new one signs from the next attempt on",
        role="owner",
    )
    def replace_secret(webhook_id: int) -> SecretAnswer:
        secret = run(administration().replace_secret(EndpointId(webhook_id)))
        answer_header("Cache-Control", "no-store")
        return SecretAnswer(secret=secret.get_secret_value())

    @api.get(
        "/webhooks/<id:webhook_id>/deliveries",
        tag=TAG,
        summary="What went out and what waits, newest first",
        role="owner",
    )
    def list_deliveries(webhook_id: int, query: PageQuery) -> Page[DeliveryAnswer]:
        found, total = run(
            administration().deliveries(
                EndpointId(webhook_id), limit=query.per_page, offset=query.offset
            )
        )
        return Page(
            items=[DeliveryAnswer.model_validate(delivery) for delivery in found],
            page=query.page,
            per_page=query.per_page,
            total=total,
        )


def change(endpoint_id: EndpointId, body: WebhookChange) -> Endpoint:
    """Raises InvalidInputError for a status that only Candor sets."""
    known = run(administration().get(endpoint_id))
    if body.status == "auto_paused" and known.status != "auto_paused":
        raise InvalidInputError("A webhook is set to active or paused.")
    changed = run(administration().change(endpoint_id, body.as_draft()))
    if body.status == "active" and changed.status != "active":
        changed = run(administration().resume(endpoint_id))
    elif body.status == "paused" and changed.status != "paused":
        changed = run(administration().pause(endpoint_id))
    return changed
