"""What questionnaires need of the outside: their storage, and the slices of a unit of work."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from candor.clients.diagnostics import QuestionnaireRuns
from candor.common.hot_reload import Announcements
from candor.common.ids import QuestionnaireId
from candor.messaging.ports import MessagingUnit
from candor.sales.ports import ScriptRepository
from candor.sales.questionnaires.records import (
    NewQuestionnaire,
    QuestionnaireInfo,
    QuestionnaireVersionInfo,
    StoredQuestionnaire,
)


class QuestionnaireRepository(Protocol):
    """Questionnaires and their immutable versions."""

    async def add(self, new: NewQuestionnaire, *, now: datetime) -> QuestionnaireInfo | None:
        """A new one with version 1; None when a living one has this key.
        An archived one of the same key comes back to life with its next version."""
        ...

    async def add_version(
        self, questionnaire_id: QuestionnaireId, new: NewQuestionnaire, *, now: datetime
    ) -> QuestionnaireInfo:
        """The next version of one that was locked with `for_update`."""
        ...

    async def get(
        self, questionnaire_id: QuestionnaireId, *, for_update: bool = False
    ) -> QuestionnaireInfo | None: ...

    async def by_key(self, key: str, *, for_update: bool = False) -> QuestionnaireInfo | None: ...

    async def version(
        self, questionnaire_id: QuestionnaireId, version: int
    ) -> StoredQuestionnaire | None: ...

    async def versions(
        self, questionnaire_id: QuestionnaireId
    ) -> tuple[QuestionnaireVersionInfo, ...]:
        """Newest first."""
        ...

    async def listed(
        self, *, query: str, page: int, per_page: int
    ) -> tuple[tuple[QuestionnaireInfo, ...], int]:
        """Living ones by title, and how many there are in all."""
        ...

    async def archive(self, questionnaire_id: QuestionnaireId, *, now: datetime) -> bool:
        """Out of lists and new dialogues; whoever is answering it may finish."""
        ...


class QuestionnaireUnit(Protocol):
    """For keeping them."""

    @property
    def questionnaires(self) -> QuestionnaireRepository: ...

    @property
    def scripts(self) -> ScriptRepository: ...

    @property
    def announcements(self) -> Announcements: ...


class QuestionnaireUnits(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[QuestionnaireUnit]: ...


class AskingUnit(MessagingUnit, Protocol):
    """For asking: messaging's unit and the runs."""

    @property
    def questionnaires(self) -> QuestionnaireRepository: ...

    @property
    def questionnaire_runs(self) -> QuestionnaireRuns: ...
