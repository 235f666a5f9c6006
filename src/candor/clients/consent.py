"""Consents: one purpose each, provable (text, version, time, source), and taken back at any time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from candor.common.ids import ClientId
from candor.common.llm import Language

ConsentPurpose = Literal["dialogue", "marketing", "study_group", "model_provider"]
CONSENT_PURPOSES: tuple[ConsentPurpose, ...] = (
    "dialogue",
    "marketing",
    "study_group",
    "model_provider",
)
ConsentBasis = Literal["consent", "request", "existing_customer"]
"""`request`: the person wrote first and is answered; `consent`: agreed to words that were shown;
`existing_customer`: the narrow exception for those who bought."""
CONSENT_BASES: tuple[ConsentBasis, ...] = ("consent", "request", "existing_customer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """That a client agreed to one thing. `existing_customer` needs the purchase it rests on."""

    client_id: ClientId
    purpose: ConsentPurpose
    text_version: str
    text: str
    """The very words that the client saw."""
    source: str
    """Where it was given: `chat:7 message:120`, `group screen 3`."""
    granted_at: datetime
    basis: ConsentBasis = "consent"
    purchase: str | None = None
    withdrawn_at: datetime | None = None
    id: int = 0

    def __post_init__(self) -> None:
        if self.basis == "existing_customer" and not self.purchase:
            raise ValueError("The basis existing_customer needs the purchase it rests on.")


class ConsentRepository(Protocol):
    async def grant(self, consent: Consent) -> int:
        """Store a consent; one that stands for the same purpose is withdrawn first."""
        ...

    async def withdraw(
        self, client_id: ClientId, *, now: datetime, purpose: ConsentPurpose | None = None
    ) -> int:
        """Take back one purpose, or all; returns how many stood."""
        ...

    async def standing(self, client_id: ClientId, purpose: ConsentPurpose) -> Consent | None: ...

    async def of_client(self, client_id: ClientId) -> Sequence[Consent]:
        """All that were ever given, newest first."""
        ...


TEXT_VERSION: Final = "2026-11"
"""Raised with every change of the words below: a stored consent says what was read then."""


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """What a client reads before agreeing."""

    version: str
    text: str


_WORDS: Final[dict[ConsentPurpose, dict[Language, str]]] = {
    "dialogue": {
        "ru": "Человек написал первым, ему отвечают. Первый ответ говорит, что пишет ИИ "
        "{business}, и как остановить сообщения, увидеть и удалить свои данные.",
        "en": "The person wrote first and is answered. The first answer says that it is the AI of "
        "{business}, and how to stop messages, see and erase the data.",
    },
    "marketing": {
        "ru": "Присылайте мне в этот чат новости и предложения {business}. Отказаться можно в любой "
        "момент: /stop или /privacy.",
        "en": "Send me news and offers of {business} in this chat. I can take this back at any time "
        "with /stop or /privacy.",
    },
    "study_group": {
        "ru": "Я вступаю в учебную группу {business}: там пишут преподаватель-ИИ и ИИ-напарники, "
        "сообщения группы хранятся, выйти можно в любой момент.",
        "en": "I join a study group of {business}: an AI teacher and AI study partners write there, "
        "messages of the group are stored, and I can leave at any time.",
    },
    "model_provider": {
        "ru": "Передавайте мою переписку с {business} языковой модели {provider}, чтобы она писала "
        "ответы. Без этого мне отвечают заготовленными текстами. Отказаться можно в любой момент: "
        "/privacy.",
        "en": "Pass my dialogue with {business} to the language model of {provider}, so that it "
        "writes the answers. Without this I am answered with prepared texts. I can take this back at "
        "any time with /privacy.",
    },
}


def consent_words(
    purpose: ConsentPurpose, language: Language, *, business: str, provider: str = ""
) -> ConsentWords:
    """The words for one purpose; `provider` is the host that a model's texts go to."""
    text = _WORDS[purpose][language]
    return ConsentWords(
        TEXT_VERSION, text.replace("{business}", business).replace("{provider}", provider)
    )


class ConsentUnit(Protocol):
    @property
    def consents(self) -> ConsentRepository: ...


class ModelConsent:
    """Whether a client's words may go to the model: without a consent the script answers.

    A model on the business's own machine or network is nobody else's, so nothing has to be asked.
    """

    def __init__(self, provider: str | None = None) -> None:
        """`provider`: the host of an outside provider; None when no text leaves the business."""
        self.provider = provider

    async def allows(self, unit: ConsentUnit, client_id: ClientId) -> bool:
        if self.provider is None:
            return True
        return await unit.consents.standing(client_id, "model_provider") is not None
