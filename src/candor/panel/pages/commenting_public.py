"""Two pages without sign-in: what a channel's owner is asked, and every AI comment that went out.

The guided page is found by its code only. The list is public when the owner has switched it on.
"""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from candor.commenting.paging import Page as Part
from candor.common.errors import NotFoundError
from candor.common.operators import SettingOverride
from candor.panel.access import current_actor, may, needs, public
from candor.panel.api.commenting import desk
from candor.panel.inward import panel_settings, run, services
from candor.panel.pages.commenting_forms import number_of
from candor.panel.pages.commenting_words import words
from candor.panel.ports import PanelUnits

PER_PAGE = 50
PUBLIC_LIST = "commenting.public_list"
CODE_LENGTH = 64
blueprint = Blueprint("welcome", __name__)
blueprint.context_processor(words)


@blueprint.get("/welcome/<code>")
@public
def show(code: str) -> str:
    """Three steps for the channel's owner, and what will be published in whose name."""
    if len(code) > CODE_LENGTH:
        raise NotFoundError
    channel = run(desk().register.of_code(code))
    accounts = [
        account
        for account in run(services().accounts.list_accounts())
        if account.role == "commentator" and account.kind == "bot" and account.is_working
    ]
    return render_template(
        "commenting/welcome.html",
        channel=channel,
        accounts=accounts,
        business=panel_settings().business_name,
        has_permission=channel.permission_at(services().clock.now()) is not None,
    )


@blueprint.get("/transparency")
@public
def transparency() -> str:
    """Every AI comment with its approver and permission."""
    is_public = run(_is_public(services().units))
    if not is_public and not may("viewer"):
        raise NotFoundError
    page = number_of(request.args.get("page"))
    lines, total = run(desk().reports.published(Part(page, PER_PAGE)))
    return render_template(
        "commenting/transparency.html",
        lines=lines,
        total=total,
        page=page,
        per_page=PER_PAGE,
        is_public=is_public,
        business=panel_settings().business_name,
    )


@blueprint.post("/transparency")
@needs("owner")
def switch() -> AnyResponse:
    """Open the list to everybody, or close it."""
    known = services()
    override = SettingOverride(
        PUBLIC_LIST,
        request.form.get("is_public") == "yes",
        known.clock.now(),
        current_actor().label,
    )
    run(_store(known.units, override))
    return redirect(url_for("welcome.transparency"), 303)


async def _is_public(units: PanelUnits) -> bool:
    async with units() as unit:
        found = await unit.setting_overrides.get(PUBLIC_LIST)
    return found is not None and found.value is True


async def _store(units: PanelUnits, override: SettingOverride) -> None:
    async with units() as unit:
        await unit.setting_overrides.put(override)
