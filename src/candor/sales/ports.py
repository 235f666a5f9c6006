"""What sales needs of the outside: storage for scripts and the slices of a unit of work."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from candor.common.hot_reload import Announcements
from candor.common.ids import AccountId, ScriptId
from candor.common.llm import Language
from candor.sales.document import Kind
from candor.sales.script_records import NewVersion, ScriptInfo, StoredVersion, VersionInfo


class ScriptRepository(Protocol):
    """Scripts, their immutable versions and each version's triggers."""

    async def add(self, new: NewVersion, *, now: datetime) -> ScriptInfo | None:
        """A new script with version 1; None when a living script has this key.
        An archived one of the same key comes back to life with its next version."""
        ...

    async def add_version(
        self, script_id: ScriptId, new: NewVersion, *, now: datetime
    ) -> ScriptInfo:
        """The next version of a script that `get` with `for_update` has locked."""
        ...

    async def get(self, script_id: ScriptId, *, for_update: bool = False) -> ScriptInfo | None: ...

    async def by_key(self, key: str, *, for_update: bool = False) -> ScriptInfo | None: ...

    async def version(self, script_id: ScriptId, version: int) -> StoredVersion | None: ...

    async def versions(self, script_id: ScriptId) -> tuple[VersionInfo, ...]:
        """Newest first."""
        ...

    async def listed(
        self, *, kind: Kind | None, query: str, page: int, per_page: int
    ) -> tuple[tuple[ScriptInfo, ...], int]:
        """Living scripts by title, and how many there are in all."""
        ...

    async def archive(self, script_id: ScriptId, *, now: datetime) -> bool:
        """Take it out of all lists; running dialogues keep their version. False: not there."""
        ...

    async def chosen_for(self, account_id: AccountId, language: Language) -> ScriptInfo | None:
        """The sales script a new dialogue gets: the account's own for the language, then the
        account's own in any language, then the oldest in the language, then the oldest."""
        ...

    async def assign(
        self, script_id: ScriptId, *, account_id: AccountId, language: Language, now: datetime
    ) -> None: ...

    async def choices_of(self, account_id: AccountId) -> Mapping[Language, ScriptId]:
        """What was assigned to the account, by language; archived scripts are left out."""
        ...

    async def release(self, account_id: AccountId, language: Language) -> ScriptId | None:
        """Take the assignment back; answers what it was."""
        ...


class QuestionnaireKeys(Protocol):
    """Which questionnaires there are, for steps that name one."""

    async def is_there(self, key: str) -> bool: ...


class ScriptUnit(Protocol):
    """The slice of a unit of work that scripts need."""

    @property
    def questionnaires(self) -> QuestionnaireKeys: ...

    @property
    def scripts(self) -> ScriptRepository: ...

    @property
    def announcements(self) -> Announcements: ...


class ScriptUnits(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[ScriptUnit]: ...
