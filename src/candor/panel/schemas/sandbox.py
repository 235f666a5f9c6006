"""The bodies of the sandbox's control API, as the contract names them. The sandbox itself checks."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from candor.panel.schemas.common import Body


class Acting(Body):
    model_config = ConfigDict(extra="allow", populate_by_name=True)


class NewPerson(Acting):
    id: int | None = None
    first_name: str
    username: str | None = None
    language_code: str | None = None


class PersonsMessage(Acting):
    from_: Annotated[int | str, Field(alias="from")]
    to: int | str
    text: str
    reply_to: int | None = None


class NewSandboxChannel(Acting):
    username: str
    title: str
    owner_id: int


class ChannelPost(Acting):
    text: str


class NewMember(Acting):
    user_id: int | None = None
    username: str | None = None
    as_: Annotated[Literal["member", "admin"], Field(alias="as")] = "member"


class JoinByLink(Acting):
    user_id: int
    invite_link: str


class ButtonPress(Acting):
    user_id: int
    chat_id: int
    message_id: int
    button: int | str


class Fault(Acting):
    method: str
    kind: Literal["error_429", "error_500", "timeout_before", "timeout_after", "disconnect"]
    count: int = 1
    retry_after: int | None = None
