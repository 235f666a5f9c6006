"""Questionnaires as they are kept: the newest version's head, a version ready to use, what a save gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from candor.common.errors import Problem
from candor.common.ids import QuestionnaireId
from candor.common.llm import Language
from candor.sales.questionnaires.document import QuestionnaireDocument


@dataclass(frozen=True, slots=True)
class QuestionnaireInfo:
    """What a list shows. `version` is the newest."""

    id: QuestionnaireId
    key: str
    title: str
    language: Language
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """In one version, ready to use."""

    id: QuestionnaireId
    version: int
    updated_at: datetime
    """When this version was made."""
    document: QuestionnaireDocument
    is_newest: bool = True

    @property
    def key(self) -> str:
        return self.document.key


@dataclass(frozen=True, slots=True)
class QuestionnaireVersionInfo:
    version: int
    created_at: datetime
    author: str
    note: str


@dataclass(frozen=True, slots=True)
class StoredQuestionnaire:
    """One version as stored; `source` is the author's own YAML, comments and all, or ""."""

    info: QuestionnaireVersionInfo
    document: Mapping[str, object]
    source: str = ""


@dataclass(frozen=True, slots=True)
class NewQuestionnaire:
    document: QuestionnaireDocument
    data: Mapping[str, object]
    source: str
    author: str
    note: str


@dataclass(frozen=True, slots=True)
class SavedQuestionnaire:
    questionnaire: Questionnaire
    is_new_version: bool = True
    """False: an import that changed nothing."""
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionnairePage:
    items: tuple[QuestionnaireInfo, ...]
    total: int
