"""Which sales script a new dialogue of an account follows: the owner's choice, or the oldest one."""

from dataclasses import dataclass
from typing import Final

from candor.common.clock import Clock
from candor.common.errors import FieldError, InvalidInputError, NotFoundError
from candor.common.hot_reload import Change
from candor.common.ids import AccountId, ScriptId
from candor.common.llm import Language
from candor.sales.ports import ScriptUnits
from candor.sales.script_records import ScriptInfo

TOPIC: Final = "script"
LANGUAGES: Final[tuple[Language, ...]] = ("ru", "en")


@dataclass(frozen=True, slots=True)
class ScriptChoice:
    """For clients of one language."""

    language: Language
    chosen: ScriptId | None
    """By the owner for this account and language; None: Candor takes the nearest one."""
    used: ScriptInfo | None
    """What a new dialogue follows now; None: there is no sales script at all."""


class ScriptChoices:
    """Reads are kept until `forget`, which `ScriptService` calls when a script or a choice changes."""

    def __init__(self, units: ScriptUnits, clock: Clock) -> None:
        self._units = units
        self._clock = clock
        self._used: dict[tuple[AccountId, Language], ScriptInfo | None] = {}
        self._generation = 0

    async def used(self, account_id: AccountId, language: Language) -> ScriptInfo | None:
        """The script of a new dialogue; None when there is no sales script."""
        key = (account_id, language)
        if key in self._used:
            return self._used[key]
        generation = self._generation
        async with self._units() as unit:
            info = await unit.scripts.chosen_for(account_id, language)
        if generation == self._generation:
            self._used[key] = info
        return info

    async def of_account(self, account_id: AccountId) -> tuple[ScriptChoice, ...]:
        """One for each language that clients are answered in."""
        async with self._units() as unit:
            own = await unit.scripts.choices_of(account_id)
        return tuple(
            [
                ScriptChoice(language, own.get(language), await self.used(account_id, language))
                for language in LANGUAGES
            ]
        )

    async def assign(
        self, script_id: ScriptId, *, account_id: AccountId, language: Language
    ) -> None:
        """From now on new dialogues of that account in that language follow this script.

        Raises NotFoundError for no living script, InvalidInputError for one that can't sell.
        """
        async with self._units() as unit:
            info = await unit.scripts.get(script_id)
            if info is None or info.archived_at is not None:
                raise NotFoundError("There is no such script.")
            if info.kind != "sales":
                words = "Choose a sales script: lessons begin by themselves after an agreement."
                raise InvalidInputError(words, errors=(FieldError("script_id", words),))
            now = self._clock.now()
            await unit.scripts.assign(script_id, account_id=account_id, language=language, now=now)
            await unit.announcements.announce(Change(TOPIC, str(script_id)))
        self.forget()

    async def release(self, account_id: AccountId, language: Language) -> None:
        """Back to the nearest script; nothing happens when none was chosen."""
        async with self._units() as unit:
            freed = await unit.scripts.release(account_id, language)
            if freed is not None:
                await unit.announcements.announce(Change(TOPIC, str(freed)))
        self.forget()

    def forget(self) -> None:
        self._generation += 1
        self._used.clear()
