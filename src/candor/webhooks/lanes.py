"""The lane of this area: one per endpoint, so that its events go out one after the other."""

DELIVER_WEBHOOKS = "webhooks.deliver"
