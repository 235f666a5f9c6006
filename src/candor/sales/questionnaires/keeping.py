"""`QuestionnaireService`: keeps questionnaires in immutable versions, exactly as scripts are kept.

Every process drops its pointer to the newest version on the announcement that the saving unit makes;
who is answering a questionnaire stays with the version they began.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping

from pydantic import ValidationError

from candor.common.clock import Clock
from candor.common.errors import ConflictError, InvalidInputError, NotFoundError, Problem
from candor.common.hot_reload import Change, HotReloadService
from candor.common.ids import QuestionnaireId
from candor.common.llm import Language
from candor.sales.export import as_text
from candor.sales.questionnaires.document import QuestionnaireDocument
from candor.sales.questionnaires.ports import (
    AskingUnit,
    QuestionnaireRepository,
    QuestionnaireUnit,
    QuestionnaireUnits,
)
from candor.sales.questionnaires.reading import (
    QuestionnaireReport,
    accepted,
    parse_questionnaire,
    parse_questionnaire_data,
)
from candor.sales.questionnaires.records import (
    NewQuestionnaire,
    Questionnaire,
    QuestionnaireInfo,
    QuestionnairePage,
    QuestionnaireVersionInfo,
    SavedQuestionnaire,
    StoredQuestionnaire,
)
from candor.sales.wording import problem

TOPIC = "questionnaire"
SourceText = str | Mapping[str, object]
_COPIES = 128


class QuestionnaireService:
    """Errors: InvalidInputError with every mistake, ConflictError with the current version in
    `details`, NotFoundError."""

    def __init__(
        self, *, units: QuestionnaireUnits, hot_reload: HotReloadService, clock: Clock
    ) -> None:
        self._units = units
        self._clock = clock
        self._newest: dict[str, QuestionnaireInfo] = {}
        self._copies: OrderedDict[tuple[QuestionnaireId, int], Questionnaire] = OrderedDict()
        self._generation = 0
        hot_reload.on_change(TOPIC, self._forget)

    # --- asking: in the caller's unit

    async def newest(self, unit: AskingUnit, key: str) -> Questionnaire | None:
        """The living questionnaire of that key, for a run that begins now."""
        info = self._newest.get(key)
        if info is None:
            generation = self._generation
            info = await unit.questionnaires.by_key(key)
            if info is None or info.archived_at is not None:
                return None
            if generation == self._generation:
                self._newest[key] = info
        return await self.version(unit, info.id, info.version)

    async def version(
        self, unit: AskingUnit, questionnaire_id: QuestionnaireId, version: int
    ) -> Questionnaire | None:
        """A version never changes, so a copy never grows stale."""
        known = self._copies.get((questionnaire_id, version))
        if known is None:
            stored = await unit.questionnaires.version(questionnaire_id, version)
            if stored is None:
                return None
            known = _ready(questionnaire_id, stored, is_newest=True)
            self._copies[questionnaire_id, version] = known
            while len(self._copies) > _COPIES:
                self._copies.popitem(last=False)
        else:
            self._copies.move_to_end((questionnaire_id, version))
        return known

    # --- looking

    async def check(
        self, source: SourceText, *, language: Language | None = None
    ) -> QuestionnaireReport:
        """All mistakes, nothing saved; `language` is that of the messages."""
        if isinstance(source, str):
            return await asyncio.to_thread(parse_questionnaire, source, language=language)
        return await asyncio.to_thread(parse_questionnaire_data, source, language=language)

    async def listed(
        self, *, query: str = "", page: int = 1, per_page: int = 50
    ) -> QuestionnairePage:
        async with self._units() as unit:
            items, total = await unit.questionnaires.listed(
                query=query, page=page, per_page=per_page
            )
        return QuestionnairePage(items, total)

    async def load(
        self, questionnaire_id: QuestionnaireId, *, version: int | None = None
    ) -> Questionnaire:
        info, stored = await self._stored(questionnaire_id, version)
        return _ready(info.id, stored, is_newest=stored.info.version == info.version)

    async def versions(
        self, questionnaire_id: QuestionnaireId
    ) -> tuple[QuestionnaireVersionInfo, ...]:
        """Newest first."""
        async with self._units() as unit:
            found = await unit.questionnaires.versions(questionnaire_id)
        if not found:
            raise _unknown(questionnaire_id)
        return found

    async def export(self, name: str | QuestionnaireId, *, version: int | None = None) -> str:
        """As a file: the author's own YAML with its comments where there is one."""
        _, stored = await self._stored(name, version)
        return stored.source or as_text(stored.document, "yaml")

    # --- changing

    async def create(
        self, source: SourceText, *, author: str, language: Language | None = None
    ) -> SavedQuestionnaire:
        """A new one. ConflictError when its key is taken."""
        new = await self._new(source, author=author, note="", language=language)
        async with self._units() as unit:
            info = await unit.questionnaires.add(new, now=self._clock.now())
            if info is None:
                raise _key_taken(new, await unit.questionnaires.by_key(new.document.key))
            saved = await self._saved(unit, info, new.document, language)
        return self._fresh(saved)

    async def update(
        self,
        questionnaire_id: QuestionnaireId,
        source: SourceText,
        *,
        author: str,
        expected_version: int | None = None,
        note: str = "",
        language: Language | None = None,
    ) -> SavedQuestionnaire:
        """A new version. ConflictError when `expected_version` (If-Match) is not the newest."""
        new = await self._new(source, author=author, note=note, language=language)
        async with self._units() as unit:
            info = await _locked(unit.questionnaires, questionnaire_id, expected_version)
            if info.key != new.document.key:
                _refuse_new_key(info, new.document, language)
            info = await unit.questionnaires.add_version(info.id, new, now=self._clock.now())
            saved = await self._saved(unit, info, new.document, language)
        return self._fresh(saved)

    async def import_(
        self, source: SourceText, *, author: str, language: Language | None = None
    ) -> SavedQuestionnaire:
        """Create it, or make a new version of the one with that key; the same again is left."""
        new = await self._new(source, author=author, note="import", language=language)
        now = self._clock.now()
        async with self._units() as unit:
            info = await unit.questionnaires.add(new, now=now)
            if info is None:
                info = await unit.questionnaires.by_key(new.document.key, for_update=True)
                if info is None:
                    raise ConflictError
                stored = await unit.questionnaires.version(info.id, info.version)
                if stored is not None and dict(stored.document) == dict(new.data):
                    same = _ready(info.id, stored, is_newest=True)
                    return SavedQuestionnaire(same, is_new_version=False)
                info = await unit.questionnaires.add_version(info.id, new, now=now)
            saved = await self._saved(unit, info, new.document, language)
        return self._fresh(saved)

    async def rollback(
        self,
        questionnaire_id: QuestionnaireId,
        *,
        version: int,
        author: str,
        expected_version: int | None = None,
    ) -> SavedQuestionnaire:
        """An older version's questions as the newest version."""
        async with self._units() as unit:
            info = await _locked(unit.questionnaires, questionnaire_id, expected_version)
            stored = await unit.questionnaires.version(info.id, version)
            if stored is None:
                raise NotFoundError(f"The questionnaire has no version {version}.")
            document = _document(stored.document)
            note = f"rollback to {version}"
            new = NewQuestionnaire(document, dict(stored.document), stored.source, author, note)
            info = await unit.questionnaires.add_version(info.id, new, now=self._clock.now())
            saved = await self._saved(unit, info, document, None)
        return self._fresh(saved)

    async def delete(
        self, questionnaire_id: QuestionnaireId, *, expected_version: int | None = None
    ) -> None:
        """Archive it: gone from lists and new dialogues; who is answering it may finish."""
        async with self._units() as unit:
            info = await _locked(unit.questionnaires, questionnaire_id, expected_version)
            await unit.questionnaires.archive(info.id, now=self._clock.now())
            await unit.announcements.announce(Change(TOPIC, str(info.id)))
        self._forget(Change(TOPIC, str(info.id)))

    # --- within

    async def _new(
        self, source: SourceText, *, author: str, note: str, language: Language | None
    ) -> NewQuestionnaire:
        document = accepted(await self.check(source, language=language))
        is_yaml = isinstance(source, str) and source.lstrip()[:1] != "{"
        text = source if is_yaml and isinstance(source, str) else ""
        data = document.model_dump(mode="json", exclude_defaults=True)
        return NewQuestionnaire(document, data, text, author, note)

    async def _stored(
        self, name: str | QuestionnaireId, version: int | None
    ) -> tuple[QuestionnaireInfo, StoredQuestionnaire]:
        async with self._units() as unit:
            known = unit.questionnaires
            info = await (known.by_key(name) if isinstance(name, str) else known.get(name))
            if info is None or (info.archived_at is not None and version is None):
                raise _unknown(name)
            stored = await known.version(info.id, version or info.version)
        if stored is None:
            raise NotFoundError(f"The questionnaire has no version {version}.")
        return info, stored

    async def _saved(
        self,
        unit: QuestionnaireUnit,
        info: QuestionnaireInfo,
        document: QuestionnaireDocument,
        language: Language | None,
    ) -> SavedQuestionnaire:
        await unit.announcements.announce(Change(TOPIC, str(info.id)))
        made = Questionnaire(info.id, info.version, info.updated_at, document)
        warnings = await _missing_scripts(unit, document, language or document.language)
        return SavedQuestionnaire(made, warnings=warnings)

    def _fresh(self, saved: SavedQuestionnaire) -> SavedQuestionnaire:
        """After the commit this process need not wait for the announcement."""
        self._forget(Change(TOPIC, str(saved.questionnaire.id)))
        return saved

    def _forget(self, change: Change) -> None:
        """Drop the pointers to newest versions; versions themselves never change."""
        del change
        self._generation += 1
        self._newest.clear()


def _ready(
    questionnaire_id: QuestionnaireId, stored: StoredQuestionnaire, *, is_newest: bool
) -> Questionnaire:
    document = _document(stored.document)
    info = stored.info
    return Questionnaire(questionnaire_id, info.version, info.created_at, document, is_newest)


def _document(data: Mapping[str, object]) -> QuestionnaireDocument:
    try:
        return QuestionnaireDocument.model_validate(data)
    except ValidationError as error:
        raise InvalidInputError(
            "This version was written for another version of Candor and can't be read."
        ) from error


async def _locked(
    known: QuestionnaireRepository, questionnaire_id: QuestionnaireId, expected: int | None
) -> QuestionnaireInfo:
    info = await known.get(questionnaire_id, for_update=True)
    if info is None or info.archived_at is not None:
        raise _unknown(questionnaire_id)
    if expected is not None and expected != info.version:
        raise ConflictError(
            f"The questionnaire has changed: version {info.version} is the newest now, yours is "
            f"{expected}. Load it again.",
            details={"current_version": info.version, "your_version": expected},
        )
    return info


def _unknown(name: str | int) -> NotFoundError:
    return NotFoundError(f"There is no questionnaire {name}.")


def _key_taken(new: NewQuestionnaire, taken: QuestionnaireInfo | None) -> ConflictError:
    details = {} if taken is None else {"id": taken.id, "current_version": taken.version}
    return ConflictError(
        f"There is a questionnaire with the key '{new.document.key}' already. Save a new version of "
        "it, or choose another key.",
        details=details,
    )


def _refuse_new_key(
    info: QuestionnaireInfo, document: QuestionnaireDocument, language: Language | None
) -> None:
    spoken = language or document.language
    found = problem(
        "questionnaire_key_changed", spoken, path="key", old=info.key, name=document.key
    )
    accepted(QuestionnaireReport(None, (found,)))


async def _missing_scripts(
    unit: QuestionnaireUnit, document: QuestionnaireDocument, language: Language
) -> tuple[Problem, ...]:
    """Sales scripts that results name and that are not there (yet)."""
    found: list[Problem] = []
    for place, rule in enumerate(document.results):
        if rule.script is None:
            continue
        info = await unit.scripts.by_key(rule.script)
        if info is None or info.archived_at or info.kind != "sales":
            path = f"results.{place}.script"
            found.append(problem("no_script_for_result", language, path=path, name=rule.script))
    return tuple(found)
