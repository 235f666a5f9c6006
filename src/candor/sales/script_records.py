"""Scripts as they are kept: the script itself, its immutable versions, and what a save answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from candor.common.errors import Problem
from candor.common.ids import ScriptId
from candor.common.llm import Language
from candor.sales.document import Kind, ScriptDocument

Format = Literal["yaml", "json"]


@dataclass(frozen=True, slots=True)
class ScriptInfo:
    """A script without its words: what a list shows. `version` is the newest."""

    id: ScriptId
    key: str
    kind: Kind
    title: str
    language: Language
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A script in one version, ready to use."""

    id: ScriptId
    version: int
    updated_at: datetime
    """When this version was made."""
    document: ScriptDocument
    is_newest: bool = True

    @property
    def key(self) -> str:
        return self.document.key


@dataclass(frozen=True, slots=True)
class VersionInfo:
    script_id: ScriptId
    version: int
    created_at: datetime
    author: str
    """Who saved it: an operator's e-mail, a token's name, `cli` or `demo`."""
    note: str
    """Why: the author's words, or `rollback to 3`."""


@dataclass(frozen=True, slots=True)
class StoredVersion:
    info: VersionInfo
    document: Mapping[str, object]
    """The document as plain data; `source` is the author's own YAML, comments and all, or ""."""
    source: str = ""


@dataclass(frozen=True, slots=True)
class NewVersion:
    document: ScriptDocument
    data: Mapping[str, object]
    source: str
    author: str
    note: str


@dataclass(frozen=True, slots=True)
class SavedScript:
    script: Script
    is_new_version: bool = True
    """False: an import that changed nothing."""
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptPage:
    items: tuple[ScriptInfo, ...]
    page: int
    per_page: int
    total: int


@dataclass(frozen=True, slots=True)
class StepChange:
    """A step (or trigger, or fact) that differs between two versions."""

    part: Literal["step", "trigger", "fact", "script"]
    key: str
    kind: Literal["added", "removed", "changed", "moved"]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptDiff:
    from_version: int
    to_version: int
    unified: str
    """Both versions as YAML, in the form of `diff -u`."""
    changes: tuple[StepChange, ...]
