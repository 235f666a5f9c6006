"""The shapes of `/api/accounts`. Tokens, phones and session data go in and never come out."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from candor.panel.schemas.common import Body, Moment, PageQuery, Schema

Kind = Literal["bot", "user", "business"]
AccountRoleName = Literal["sales", "commentator", "partner"]
Status = Literal["signing_in", "unlabelled", "active", "paused", "restricted", "logged_out"]
Words = Annotated[str, Field(max_length=400)]
ListedWords = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=40)]


class PersonalityFields(Schema):
    name: str = ""
    style: str = ""
    tone: str = ""
    interests: list[str] = Field(default_factory=list)
    vocabulary: list[str] = Field(default_factory=list)
    phrases: list[str] = Field(default_factory=list)


class PersonalityBody(Body):
    name: Words = ""
    style: Words = ""
    tone: Words = ""
    interests: ListedWords = Field(default_factory=list)
    vocabulary: ListedWords = Field(default_factory=list)
    phrases: ListedWords = Field(default_factory=list)


class AccountAnswer(Schema):
    id: int
    kind: Kind
    role: AccountRoleName
    title: str
    username: str | None
    status: Status
    disclosed_at: Moment | None
    phone_masked: str | None
    personality: PersonalityFields
    pause_reason: str | None
    login_step: Literal["code", "password", "qr"] | None
    login_expires_at: Moment | None
    via_account_id: int | None
    can_reply: bool
    created_at: Moment


class AccountQuery(PageQuery):
    kind: Kind | None = None
    role: AccountRoleName | None = None
    status: Status | None = None
    q: Annotated[str, Field(max_length=200, description="Looks in titles and usernames.")] = ""


class NewAccountBody(Body):
    """A bot with its token; user accounts are signed in by `/api/accounts/login`, a business
    connection appears by itself when the owner connects the bot in Telegram."""

    kind: Literal["bot"] = "bot"
    role: AccountRoleName
    token: Annotated[SecretStr, Field(min_length=10, max_length=200)]
    title: Annotated[str, Field(max_length=64)] = ""
    personality: PersonalityBody | None = None


class AccountChange(Body):
    """Only what is named is changed. `status`: `active` resumes, `paused` pauses."""

    title: Annotated[str | None, Field(min_length=1, max_length=64)] = None
    role: AccountRoleName | None = None
    status: Literal["active", "paused", "logged_out"] | None = None
    token: Annotated[SecretStr | None, Field(min_length=10, max_length=200)] = None
    personality: PersonalityBody | None = None


class AllowedChatAnswer(Schema):
    """`basis`: `own` (creator or administrator) or `permitted` (its owner recorded a permission)."""

    chat_id: int
    kind: Literal["group", "channel"]
    basis: Literal["own", "permitted"]
    title: str
    username: str | None
    may_act: bool
    allowed_by: str
    allowed_at: Moment


class OfferedChatAnswer(Schema):
    chat_id: int
    kind: Literal["group", "channel"]
    title: str
    username: str | None
    is_own: bool


class NewAllowedChat(Body):
    """`chat`: an @username, or the number of one of the account's own chats."""

    chat: Annotated[str, Field(min_length=1, max_length=200)]
    may_act: bool = False


class LoginStart(Body):
    """`by: phone` sends a code to the Telegram app; `by: qr` shows a picture to scan."""

    by: Literal["phone", "qr"] = "phone"
    phone: Annotated[SecretStr | None, Field(min_length=5, max_length=32)] = None
    role: AccountRoleName = "sales"
    title: Annotated[str, Field(max_length=64)] = ""


class LoginCode(Body):
    code: Annotated[SecretStr, Field(min_length=1, max_length=32)]


class LoginPassword(Body):
    password: Annotated[SecretStr, Field(min_length=1, max_length=256)]


class LoginAnswer(Schema):
    """`step` tells what comes next; null: the sign-in is done, see `account.status`."""

    id: int
    step: Literal["code", "password", "qr"] | None
    where: str
    code_length: int
    hint: str
    qr_url: str
    expires_at: Moment | None
    problem: str
    account: AccountAnswer
