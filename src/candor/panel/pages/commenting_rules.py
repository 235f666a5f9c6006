"""Comments: who is asked in Telegram, the accounts' day, and the legal sign-off."""

from datetime import timedelta
from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from candor.commenting.channel import LegalSignOff
from candor.common.errors import CandorError
from candor.common.ids import AccountId
from candor.panel.access import current_actor, needs
from candor.panel.api.commenting import desk
from candor.panel.api.commenting_owner import demand_own_chat, links_of, make_code
from candor.panel.errors import status_of
from candor.panel.forms import checked
from candor.panel.inward import run, services
from candor.panel.schemas.commenting import CommentatorBody, SignOffForm
from candor.panel.schemas.commenting_owner import CodeAnswer

AUDIENCE: Final = "RU"


def add_to(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/telegram", "telegram", telegram, methods=["GET"])
    blueprint.add_url_rule("/telegram/code", "telegram_code", code, methods=["POST"])
    blueprint.add_url_rule(
        "/telegram/<id:owner_chat_id>/unlink", "telegram_unlink", unlink, methods=["POST"]
    )
    blueprint.add_url_rule("/rules", "rules", rules, methods=["GET"])
    blueprint.add_url_rule("/rules/<id:account_id>", "rules_account", account, methods=["POST"])
    blueprint.add_url_rule("/rules/sign-off", "sign_off", sign_off, methods=["POST"])
    blueprint.add_url_rule(
        "/rules/sign-off/withdraw", "sign_off_withdraw", withdraw, methods=["POST"]
    )


@needs("operator")
def telegram() -> str:
    """The linked chats."""
    return _telegram()


def _telegram(made: CodeAnswer | None = None, error: CandorError | None = None) -> str:
    return render_template(
        "commenting/telegram.html",
        chats=run(desk().owner_chats.linked()),
        me=current_actor(),
        made=made,
        has_bot=bool(links_of("")),
        error=error,
    )


@needs("operator")
def code() -> AnyResponse:
    """A fresh one-time code, shown once on the page that answers."""
    try:
        return Response(_telegram(make_code()))
    except CandorError as error:
        return Response(_telegram(error=error), status_of(error))


@needs("operator")
def unlink(owner_chat_id: int) -> AnyResponse:
    try:
        demand_own_chat(owner_chat_id)
        run(desk().owner_chats.unlink(owner_chat_id, by=current_actor().label))
    except CandorError as error:
        return Response(_telegram(error=error), status_of(error))
    return redirect(url_for("comments.telegram", notice="removed"), 303)


@needs("viewer")
def rules() -> str:
    """The accounts' caps and the legal sign-off."""
    return _rules()


def _rules(error: CandorError | None = None) -> str:
    return render_template(
        "commenting/rules.html",
        commentators=run(desk().register.commentators()),
        sign_off=run(desk().register.standing_sign_off(AUDIENCE)),
        form=request.form,
        error=error,
    )


@needs("owner")
def account(account_id: int) -> AnyResponse:
    try:
        body = checked(CommentatorBody, request.form)
        known = run(services().accounts.get(AccountId(account_id)))
        is_active = request.form.get("is_active") == "on"
        run(desk().register.account_caps(known.id, daily_cap=body.daily_cap, is_active=is_active))
    except CandorError as error:
        return Response(_rules(error), status_of(error))
    return redirect(url_for("comments.rules", notice="saved"), 303)


@needs("owner")
def sign_off() -> AnyResponse:
    """A named person answers for publishing to an audience in Russia."""
    now = services().clock.now()
    try:
        form = checked(SignOffForm, request.form)
        made = LegalSignOff(
            audience=AUDIENCE,
            **form.model_dump(exclude={"days"}),
            signed_at=now,
            expires_at=now + timedelta(days=form.days),
            operator_id=current_actor().operator_id,
        )
        run(desk().register.sign_off(made))
    except CandorError as error:
        return Response(_rules(error), status_of(error))
    return redirect(url_for("comments.rules", notice="saved"), 303)


@needs("owner")
def withdraw() -> AnyResponse:
    run(desk().register.withdraw_sign_off(AUDIENCE))
    return redirect(url_for("comments.rules", notice="removed"), 303)
