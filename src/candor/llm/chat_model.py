"""The port between prompts and a vendor: one chat completion that answers in JSON, and its errors."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol

from candor.common.errors import TemporaryError

JsonMode = Literal["json_schema", "json_object", "plain"]
LengthField = Literal["max_tokens", "max_completion_tokens"]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer with what it cost in tokens. `text` may be empty: such an answer is paid for too.

    `is_cut`: the length limit ended it. `is_refused`: the provider's filter or the model would not
    answer. `asks_for_tool`: it called a tool, though none was offered.
    """

    text: str
    model: str
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    has_usage: bool = True
    is_cut: bool = False
    is_refused: bool = False
    asks_for_tool: bool = False


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server was seen to do; learned from a probe or from its refusals."""

    json_mode: JsonMode = "json_object"
    has_streaming: bool | None = None
    has_caching: bool | None = None
    length_field: LengthField = "max_tokens"
    has_temperature: bool = True


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """The answer of the connection test, for the settings page and `candor doctor`."""

    is_ok: bool
    model: str
    message: str
    mend: str = ""
    milliseconds: int = 0
    capabilities: Capabilities = field(default_factory=Capabilities)
    models: tuple[str, ...] = ()


class ModelDownError(TemporaryError):
    """The model can't be used for this call; `reason` is for the owner.

    `is_lasting` opens the breaker at once (wrong key, unknown model); `may_repeat` means that the same
    model may do better at once, `may_try_other` that another model of the server may. `is_of_request`:
    the cause may be what this one request holds, so that others need not go without the model.
    """

    code = "model_unavailable"

    def __init__(
        self,
        reason: str,
        *,
        is_lasting: bool = False,
        may_repeat: bool = False,
        may_try_other: bool = False,
        is_of_request: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(reason, retry_after=retry_after)
        self.reason = reason
        self.is_lasting = is_lasting
        self.may_repeat = may_repeat
        self.may_try_other = may_try_other or may_repeat
        self.is_of_request = is_of_request


class ChatModel(Protocol):
    """One model of one server. Raises ModelDownError and nothing of a vendor."""

    @property
    def name(self) -> str: ...

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int,
        temperature: float = 0.4,
        schema: dict[str, object] | None = None,
    ) -> Completion:
        """An answer in JSON (`schema` is used where the server can) or ModelDownError."""
        ...

    async def connection_test(self) -> ConnectionReport: ...
