"""`/api/accounts`: connect, label, pause, personalities; a user session's sign-in in steps."""

from pydantic import SecretStr

from candor.accounts.account import Account
from candor.accounts.sign_in import LoginView
from candor.common.errors import FieldError, InvalidInputError
from candor.common.ids import AccountId, TelegramChatId
from candor.panel.access import current_actor
from candor.panel.api.contract import Api
from candor.panel.inward import run, services
from candor.panel.schemas.accounts import (
    AccountAnswer,
    AccountChange,
    AccountQuery,
    AllowedChatAnswer,
    LoginAnswer,
    LoginCode,
    LoginPassword,
    LoginStart,
    NewAccountBody,
    NewAllowedChat,
    OfferedChatAnswer,
)
from candor.panel.schemas.common import Page, PageQuery

TAG = "Accounts"


def add_to(api: Api) -> None:
    _add_reading(api)
    _add_changing(api)
    _add_sign_in(api)
    _add_chats(api)


def matching_accounts(query: AccountQuery) -> tuple[Account, ...]:
    """There are tens of accounts, never thousands: filtered here."""
    wanted = query.q.lower().removeprefix("@")
    return tuple(
        account
        for account in run(services().accounts.list_accounts())
        if query.kind in (None, account.kind)
        and query.role in (None, account.role)
        and query.status in (None, account.status)
        and (wanted in account.title.lower() or wanted in (account.username or "").lower())
    )


def change_account(account_id: AccountId, change: AccountChange, *, actor: str) -> Account:
    """Apply what is named, one inward call each; the first failure stops."""
    known = services()
    account = run(known.accounts.get(account_id))
    if change.personality is not None:
        run(known.personalities.save(account_id, change.personality.model_dump(), actor=actor))
    if change.token is not None:
        account = run(known.accounts.replace_token(account_id, change.token, actor=actor))
    if change.title is not None or change.role is not None:
        account = run(
            known.accounts.update(account_id, title=change.title, role=change.role, actor=actor)
        )
    if change.status is not None and change.status != account.status:
        move = {
            "active": known.accounts.resume,
            "paused": known.accounts.pause,
            "logged_out": known.accounts.log_out,
        }[change.status]
        run(move(account_id, actor=actor))
    return run(known.accounts.get(account_id))


def login_answer(view: LoginView) -> LoginAnswer:
    return LoginAnswer(
        id=view.account.id,
        step=view.step,
        where=view.where,
        code_length=view.code_length,
        hint=view.hint,
        qr_url=view.qr_url,
        expires_at=view.expires_at,
        problem=view.problem,
        account=AccountAnswer.model_validate(view.account),
    )


def _add_reading(api: Api) -> None:
    @api.get("/accounts", tag=TAG, summary="List accounts")
    def list_accounts(query: AccountQuery) -> Page[AccountAnswer]:
        found = matching_accounts(query)
        part = found[query.offset : query.offset + query.per_page]
        return Page(
            items=[AccountAnswer.model_validate(account) for account in part],
            page=query.page,
            per_page=query.per_page,
            total=len(found),
        )

    @api.get("/accounts/<id:account_id>", tag=TAG, summary="One account")
    def get_account(account_id: int) -> AccountAnswer:
        return AccountAnswer.model_validate(run(services().accounts.get(AccountId(account_id))))


def _add_changing(api: Api) -> None:
    @api.post(
        "/accounts",
        tag=TAG,
        summary="Connect a bot: its token is checked, the bot is labelled as AI of the business",
        role="owner",
        status=201,
    )
    def add_account(body: NewAccountBody) -> AccountAnswer:
        actor = current_actor().label
        account = run(
            services().accounts.add_bot(body.token, role=body.role, title=body.title, actor=actor)
        )
        if body.personality is not None:
            run(
                services().personalities.save(
                    account.id, body.personality.model_dump(), actor=actor
                )
            )
            account = run(services().accounts.get(account.id))
        return AccountAnswer.model_validate(account)

    @api.put("/accounts/<id:account_id>", tag=TAG, summary="Change an account", role="owner")
    def update_account(account_id: int, body: AccountChange) -> AccountAnswer:
        changed = change_account(AccountId(account_id), body, actor=current_actor().label)
        return AccountAnswer.model_validate(changed)

    @api.delete(
        "/accounts/<id:account_id>",
        tag=TAG,
        summary="Sign out, forget its secrets and remove it",
        role="owner",
    )
    def remove_account(account_id: int) -> None:
        run(services().accounts.remove(AccountId(account_id), actor=current_actor().label))


def _add_sign_in(api: Api) -> None:
    @api.post(
        "/accounts/login",
        tag=TAG,
        summary="Begin a user account's sign-in",
        role="owner",
        status=201,
    )
    def begin_login(body: LoginStart) -> LoginAnswer:
        return login_answer(begin_sign_in(body, actor=current_actor().label))

    @api.post("/accounts/login/<id:login_id>/code", tag=TAG, summary="The code", role="owner")
    def enter_code(login_id: int, body: LoginCode) -> LoginAnswer:
        service, actor = services().account_sign_in, current_actor().label
        return login_answer(run(service.enter_code(AccountId(login_id), body.code, actor=actor)))

    @api.post(
        "/accounts/login/<id:login_id>/password",
        tag=TAG,
        summary="The 2-step password",
        role="owner",
    )
    def enter_password(login_id: int, body: LoginPassword) -> LoginAnswer:
        service, actor = services().account_sign_in, current_actor().label
        return login_answer(
            run(service.enter_password(AccountId(login_id), body.password, actor=actor))
        )

    @api.get(
        "/accounts/login/<id:login_id>", tag=TAG, summary="Where a sign-in stands", role="owner"
    )
    def get_login(login_id: int) -> LoginAnswer:
        return login_answer(run(services().account_sign_in.standing(AccountId(login_id))))

    @api.post(
        "/accounts/login/<id:login_id>/again", tag=TAG, summary="Send a new code", role="owner"
    )
    def send_code_again(login_id: int) -> LoginAnswer:
        service, actor = services().account_sign_in, current_actor().label
        return login_answer(run(service.send_code_again(AccountId(login_id), actor=actor)))

    @api.get(
        "/accounts/login/<id:login_id>/qr",
        tag=TAG,
        summary="The QR picture's address now, or the next step",
        role="owner",
    )
    def look_at_qr(login_id: int) -> LoginAnswer:
        service, actor = services().account_sign_in, current_actor().label
        return login_answer(run(service.look_at_qr(AccountId(login_id), actor=actor)))


def _add_chats(api: Api) -> None:
    @api.get(
        "/accounts/<id:account_id>/chats",
        tag=TAG,
        summary="Groups and channels that a user account may read",
    )
    def list_chats(account_id: int, query: PageQuery) -> Page[AllowedChatAnswer]:
        found = run(services().account_chats.allowed(AccountId(account_id)))
        part = found[query.offset : query.offset + query.per_page]
        return Page(
            items=[AllowedChatAnswer.model_validate(chat) for chat in part],
            page=query.page,
            per_page=query.per_page,
            total=len(found),
        )

    @api.get(
        "/accounts/<id:account_id>/chats/offered",
        tag=TAG,
        summary="The account's own groups and channels that are not on the list",
        role="owner",
    )
    def list_offered_chats(account_id: int) -> list[OfferedChatAnswer]:
        found = run(services().account_chats.offered(AccountId(account_id)))
        return [OfferedChatAnswer.model_validate(chat) for chat in found]

    @api.post(
        "/accounts/<id:account_id>/chats",
        tag=TAG,
        summary="Let a user account read one of its own chats, or a permitted channel",
        role="owner",
        status=201,
    )
    def allow_chat(account_id: int, body: NewAllowedChat) -> AllowedChatAnswer:
        allowed = run(
            services().account_chats.allow(
                AccountId(account_id),
                body.chat,
                may_act=body.may_act,
                actor=current_actor().label,
            )
        )
        return AllowedChatAnswer.model_validate(allowed)

    @api.delete(
        "/accounts/<id:account_id>/chats/<chat:chat_id>",
        tag=TAG,
        summary="Read a chat no longer",
        role="owner",
    )
    def withdraw_chat(account_id: int, chat_id: int) -> None:
        actor = current_actor().label
        run(
            services().account_chats.withdraw(
                AccountId(account_id), TelegramChatId(chat_id), actor=actor
            )
        )


def begin_sign_in(start: LoginStart, *, actor: str) -> LoginView:
    service = services().account_sign_in
    if start.by == "qr":
        return run(service.start_with_qr(role=start.role, title=start.title, actor=actor))
    if start.phone is None:
        message = "Write the phone number with the country code."
        raise InvalidInputError(message, errors=(FieldError("phone", message),))
    phone = SecretStr(start.phone.get_secret_value())
    return run(service.start_with_phone(phone, role=start.role, title=start.title, actor=actor))
