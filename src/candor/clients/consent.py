"""Consents: one purpose each, provable (text, version, time, source), and taken back at any time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from candor.common.ids import ClientId

ConsentPurpose = Literal["marketing", "data_processing", "model_provider", "study_group"]
CONSENT_PURPOSES: tuple[ConsentPurpose, ...] = (
    "marketing",
    "data_processing",
    "model_provider",
    "study_group",
)
ConsentBasis = Literal["consent", "existing_customer"]


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
