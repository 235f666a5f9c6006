"""`/api/settings`: the business and how long data is kept."""

from dataclasses import asdict

from candor.accounts.own_limits import OwnLimits, own_limits, slower_of
from candor.clients.retention import RetentionPeriods, RetentionService
from candor.common.business import business_settings
from candor.common.errors import NotFoundError
from candor.panel.access import current_actor
from candor.panel.api.contract import Api
from candor.panel.business_settings import BusinessNow, read_business, save_business
from candor.panel.inward import run, services
from candor.panel.schemas.settings import (
    BusinessAnswer,
    BusinessBody,
    HeldLimits,
    LimitsAnswer,
    LimitsBody,
    RetentionAnswer,
    RetentionBody,
)
from candor.panel.sending_limits import read_limits, save_limits

TAG = "Settings"


def add_to(api: Api) -> None:
    @api.get("/settings/business", tag=TAG, summary="Name, language, time zone and hours")
    def get_business() -> BusinessAnswer:
        return _business(read_business())

    @api.put(
        "/settings/business",
        tag=TAG,
        summary="Set them; name, language and time zone hold from the next start on",
        role="owner",
    )
    def put_business(body: BusinessBody) -> BusinessAnswer:
        chosen = business_settings(**body.model_dump())
        return _business(save_business(chosen, actor=current_actor().name))

    @api.get("/settings/limits", tag=TAG, summary="How fast Candor sends")
    def get_limits() -> LimitsAnswer:
        return _limits(read_limits())

    @api.put(
        "/settings/limits",
        tag=TAG,
        summary="Send slower than Telegram allows; used from the next message on",
        role="owner",
    )
    def put_limits(body: LimitsBody) -> LimitsAnswer:
        chosen = own_limits(**body.model_dump())
        return _limits(save_limits(chosen, actor=current_actor().name))

    @api.get("/settings/retention", tag=TAG, summary="How long data is kept, in days")
    def get_retention() -> RetentionAnswer:
        return RetentionAnswer.model_validate(run(_retention().periods()))

    @api.put(
        "/settings/retention",
        tag=TAG,
        summary="Set how long data is kept; the nightly purge goes by it",
        role="owner",
    )
    def put_retention(body: RetentionBody) -> RetentionAnswer:
        periods = RetentionPeriods(**body.model_dump())
        saved = run(_retention().save(periods, actor=current_actor().name))
        return RetentionAnswer.model_validate(saved)


def _limits(own: OwnLimits) -> LimitsAnswer:
    held = slower_of(own)
    return LimitsAnswer(
        **asdict(own),
        held=HeldLimits(
            account_per_second=int(held.per_account_per_second),
            chat_gap_seconds=int(held.per_chat_interval.total_seconds()),
            group_per_minute=held.per_group_per_minute,
        ),
    )


def _retention() -> RetentionService:
    service = services().retention
    if service is None:
        raise NotFoundError
    return service


def _business(now: BusinessNow) -> BusinessAnswer:
    chosen, hours = now.chosen, now.chosen.hours
    return BusinessAnswer(
        name=chosen.name,
        language=chosen.language,
        timezone=chosen.timezone,
        opens=f"{hours.opens:%H:%M}" if hours else None,
        closes=f"{hours.closes:%H:%M}" if hours else None,
        days=list(hours.days) if hours else [],
        name_now=now.name,
        language_now=now.language,
        timezone_now=now.timezone,
        waits_for_restart=now.waits_for_restart,
    )
