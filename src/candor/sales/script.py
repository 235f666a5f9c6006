"""`ScriptService`: keeps scripts in immutable versions and hands them out fast.

A version never changes, so its copies (parsed in this process, as JSON in the cache) never grow
stale. Only the pointer "which version is the newest" can; every process drops its pointer on the
announcement that the saving unit makes, and the next use reads it anew.
"""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError

from candor.common.cache import SCRIPT_TTL, Cache
from candor.common.clock import Clock
from candor.common.errors import ConflictError, InvalidInputError, NotFoundError, Problem
from candor.common.hot_reload import Change, HotReloadService
from candor.common.ids import AccountId, ScriptId
from candor.common.llm import Language
from candor.sales.comparison import compare
from candor.sales.document import Kind, ScriptDocument
from candor.sales.export import as_data, as_text
from candor.sales.parsing import CheckReport, accepted, parse_script, parse_script_data
from candor.sales.ports import ScriptUnit, ScriptUnits
from candor.sales.script_choice import TOPIC, ScriptChoices
from candor.sales.script_records import (
    Format,
    NewVersion,
    SavedScript,
    Script,
    ScriptDiff,
    ScriptInfo,
    ScriptPage,
    VersionInfo,
)
from candor.sales.wording import problem

SourceText = str | Mapping[str, object]
"""A script as YAML or JSON text, or as the data of an API body."""
_COPIES = 256


class ScriptService:
    """The outline's ScriptService. Errors: InvalidInputError with every mistake, ConflictError with
    the current version in `details`, NotFoundError."""

    def __init__(
        self, *, units: ScriptUnits, cache: Cache, hot_reload: HotReloadService, clock: Clock
    ) -> None:
        self._units = units
        self._cache = cache
        self._clock = clock
        self._newest: dict[str | ScriptId, ScriptInfo] = {}
        self._copies: OrderedDict[tuple[ScriptId, int], Script] = OrderedDict()
        self._generation = 0
        self.choices = ScriptChoices(units, clock)
        hot_reload.on_change(TOPIC, self._forget)

    # --- using scripts

    async def load_script(
        self, name: str | ScriptId, *, version: int | None = None, is_running: bool = False
    ) -> Script:
        """The script of that key or id, in its newest version unless one is named.

        A deleted script is found by running dialogues (`is_running`) and by version only.
        """
        info = await self._info(name)
        if info.archived_at is not None and version is None and not is_running:
            raise NotFoundError(f"There is no script {name}.")
        return await self._copy(info, version or info.version)

    async def choose_script(self, account_id: AccountId, language: Language) -> Script | None:
        """The sales script for a new dialogue, or None when there is none at all."""
        info = await self.choices.used(account_id, language)
        return None if info is None else await self._copy(info, info.version)

    # --- looking at scripts

    async def check(self, source: SourceText, *, language: Language | None = None) -> CheckReport:
        """All mistakes and warnings, nothing saved; `language` is that of the messages."""
        if isinstance(source, str):
            return await asyncio.to_thread(parse_script, source, language=language)
        return await asyncio.to_thread(parse_script_data, source, language=language)

    async def list_scripts(
        self, *, kind: Kind | None = None, query: str = "", page: int = 1, per_page: int = 50
    ) -> ScriptPage:
        async with self._units() as unit:
            items, total = await unit.scripts.listed(
                kind=kind, query=query, page=page, per_page=per_page
            )
        return ScriptPage(items, page, per_page, total)

    async def newest(self, *, kind: Kind, most: int) -> tuple[Script, ...]:
        """The scripts of that kind, each in its newest version; the words come out of the cache."""
        page = await self.list_scripts(kind=kind, per_page=most)
        return tuple([await self._copy(info, info.version) for info in page.items])

    async def versions(self, name: str | ScriptId) -> tuple[VersionInfo, ...]:
        """Newest first."""
        info = await self._info(name)
        async with self._units() as unit:
            return await unit.scripts.versions(info.id)

    async def diff(self, name: str | ScriptId, *, old: int, new: int) -> ScriptDiff:
        before = await self.load_script(name, version=old)
        after = await self.load_script(name, version=new)
        return compare(before, after)

    async def export(
        self, name: str | ScriptId, *, version: int | None = None, form: Format = "yaml"
    ) -> str:
        """The script as a file: the author's own YAML with its comments where there is one."""
        info = await self._info(name)
        async with self._units() as unit:
            stored = await unit.scripts.version(info.id, version or info.version)
        if stored is None:
            raise NotFoundError(f"The script has no version {version}.")
        return stored.source if stored.source and form == "yaml" else as_text(stored.document, form)

    # --- changing scripts

    async def create(
        self,
        source: SourceText,
        *,
        author: str,
        note: str = "",
        language: Language | None = None,
    ) -> SavedScript:
        """A new script. ConflictError when its key is taken."""
        report = await self.check(source, language=language)
        new = _new_version(report, source, author=author, note=note)
        async with self._units() as unit:
            info = await unit.scripts.add(new, now=self._clock.now())
            if info is None:
                taken = await unit.scripts.by_key(new.document.key)
                raise _key_taken(new.document.key, taken)
            saved = await self._saved(unit, info, report, language)
        return self._fresh(saved)

    async def update(
        self,
        name: str | ScriptId,
        source: SourceText,
        *,
        author: str,
        expected_version: int | None = None,
        note: str = "",
        language: Language | None = None,
    ) -> SavedScript:
        """A new version. ConflictError when `expected_version` (If-Match) is not the newest."""
        report = await self.check(source, language=language)
        new = _new_version(report, source, author=author, note=note)
        async with self._units() as unit:
            info = await self._locked(unit, name, expected_version)
            if info.key != new.document.key:
                _refuse_new_key(info, new.document, language)
            info = await unit.scripts.add_version(info.id, new, now=self._clock.now())
            saved = await self._saved(unit, info, report, language)
        return self._fresh(saved)

    async def import_script(
        self, source: SourceText, *, author: str, language: Language | None = None
    ) -> SavedScript:
        """Create it, or make a new version of the script with that key; the same again is left."""
        report = await self.check(source, language=language)
        new = _new_version(report, source, author=author, note="import")
        async with self._units() as unit:
            info = await unit.scripts.add(new, now=self._clock.now())
            if info is None:
                info = await unit.scripts.by_key(new.document.key, for_update=True)
                if info is None:
                    raise ConflictError
                stored = await unit.scripts.version(info.id, info.version)
                if stored is not None and dict(stored.document) == dict(new.data):
                    same = _script(info, info.version, new.document, info.updated_at)
                    return SavedScript(same, is_new_version=False)
                info = await unit.scripts.add_version(info.id, new, now=self._clock.now())
            saved = await self._saved(unit, info, report, language)
        return self._fresh(saved)

    async def rollback(
        self,
        name: str | ScriptId,
        *,
        version: int,
        author: str,
        expected_version: int | None = None,
    ) -> SavedScript:
        """An older version's words as the newest version. Nothing is lost on the way."""
        async with self._units() as unit:
            info = await self._locked(unit, name, expected_version)
            stored = await unit.scripts.version(info.id, version)
            if stored is None:
                raise NotFoundError(f"The script has no version {version}.")
            document = _document(stored.document)
            note = f"rollback to {version}"
            new = NewVersion(document, dict(stored.document), stored.source, author, note)
            info = await unit.scripts.add_version(info.id, new, now=self._clock.now())
            saved = await self._saved(unit, info, CheckReport(document), None)
        return self._fresh(saved)

    async def delete(self, name: str | ScriptId) -> None:
        """Archive it: gone from lists and new dialogues, running ones keep their version."""
        info = await self._info(name)
        async with self._units() as unit:
            await unit.scripts.archive(info.id, now=self._clock.now())
            await unit.announcements.announce(Change(TOPIC, str(info.id)))
        self._forget(Change(TOPIC, str(info.id)))

    # --- within

    async def _locked(
        self, unit: ScriptUnit, name: str | ScriptId, expected: int | None
    ) -> ScriptInfo:
        if isinstance(name, str):
            info = await unit.scripts.by_key(name, for_update=True)
        else:
            info = await unit.scripts.get(name, for_update=True)
        if info is None or info.archived_at is not None:
            raise NotFoundError(f"There is no script {name}.")
        if expected is not None and expected != info.version:
            raise ConflictError(
                f"The script has changed: version {info.version} is the newest now, yours is "
                f"{expected}. Load it again, or compare the two.",
                details={"current_version": info.version, "your_version": expected},
            )
        return info

    async def _saved(
        self, unit: ScriptUnit, info: ScriptInfo, report: CheckReport, language: Language | None
    ) -> SavedScript:
        await unit.announcements.announce(Change(TOPIC, str(info.id)))
        document = accepted(report)
        warnings = (*report.warnings, *await _missing_scripts(unit, document, language))
        return SavedScript(_script(info, info.version, document, info.updated_at), True, warnings)

    def _fresh(self, saved: SavedScript) -> SavedScript:
        """After the commit this process need not wait for the announcement."""
        self._forget(Change(TOPIC, str(saved.script.id)))
        return saved

    async def _info(self, name: str | ScriptId) -> ScriptInfo:
        known = self._newest.get(name)
        if known is not None:
            return known
        generation = self._generation
        async with self._units() as unit:
            repository = unit.scripts
            info = await (
                repository.by_key(name) if isinstance(name, str) else repository.get(name)
            )
        if info is None:
            raise NotFoundError(f"There is no script {name}.")
        if generation == self._generation:
            self._newest[name] = info
        return info

    async def _copy(self, info: ScriptInfo, version: int) -> Script:
        known = self._copies.get((info.id, version))
        if known is None:
            known = await self._load_copy(info, version)
            self._copies[info.id, version] = known
            while len(self._copies) > _COPIES:
                self._copies.popitem(last=False)
        else:
            self._copies.move_to_end((info.id, version))
        if known.is_newest != (version == info.version):
            known = _script(info, version, known.document, known.updated_at)
            self._copies[info.id, version] = known
        return known

    async def _load_copy(self, info: ScriptInfo, version: int) -> Script:
        key = f"script:{info.id}:{version}"
        cached = await self._cache.get(key)
        if cached is not None:
            script = _from_cache(info, version, cached)
            if script is not None:
                return script
        async with self._units() as unit:
            stored = await unit.scripts.version(info.id, version)
        if stored is None:
            raise NotFoundError(f"The script {info.key} has no version {version}.")
        created_at = stored.info.created_at
        value = {"at": created_at.isoformat(), "document": dict(stored.document)}
        await self._cache.put(key, json.dumps(value).encode(), ttl=SCRIPT_TTL)
        return _script(info, version, _document(stored.document), created_at)

    def _forget(self, change: Change) -> None:
        """Drop the pointers to newest versions; versions themselves never change."""
        self._generation += 1
        self.choices.forget()
        if change.key == "*":
            self._newest.clear()
            return
        gone = [name for name, info in self._newest.items() if str(info.id) == change.key]
        for name in gone:
            del self._newest[name]


def _script(info: ScriptInfo, version: int, document: ScriptDocument, at: datetime) -> Script:
    return Script(info.id, version, at, document, is_newest=version == info.version)


def _from_cache(info: ScriptInfo, version: int, cached: bytes) -> Script | None:
    try:
        value = json.loads(cached)
        at = datetime.fromisoformat(value["at"])
        return _script(info, version, ScriptDocument.model_validate(value["document"]), at)
    except (ValueError, KeyError, TypeError, ValidationError):
        return None


def _document(data: Mapping[str, object]) -> ScriptDocument:
    try:
        return ScriptDocument.model_validate(data)
    except ValidationError as error:
        raise InvalidInputError(
            "This version was written for another version of Candor and can't be read."
        ) from error


def _new_version(report: CheckReport, source: SourceText, *, author: str, note: str) -> NewVersion:
    document = accepted(report)
    is_yaml = isinstance(source, str) and source.lstrip()[:1] != "{"
    text = source if is_yaml and isinstance(source, str) else ""
    return NewVersion(document, as_data(document), text, author, note)


def _key_taken(key: str, taken: ScriptInfo | None) -> ConflictError:
    details = {} if taken is None else {"id": taken.id, "current_version": taken.version}
    return ConflictError(
        f"There is a script with the key '{key}' already. Save a new version of it, "
        "or choose another key.",
        details=details,
    )


def _refuse_new_key(info: ScriptInfo, document: ScriptDocument, language: Language | None) -> None:
    found = problem(
        "key_changed",
        language or document.language,
        path="key",
        old=info.key,
        name=document.key,
    )
    accepted(CheckReport(None, (found,)))


async def _missing_scripts(
    unit: ScriptUnit, document: ScriptDocument, language: Language | None
) -> tuple[Problem, ...]:
    """Education scripts and questionnaires that are named and not there (yet)."""
    found: list[Problem] = []
    for place, step in enumerate(document.steps):
        if step.questionnaire and not await unit.questionnaires.is_there(step.questionnaire):
            path = f"steps.{place}.questionnaire"
            spoken = language or document.language
            found.append(
                problem("no_questionnaire_yet", spoken, path=path, name=step.questionnaire)
            )
    for place, trigger in enumerate(document.triggers):
        if trigger.script is None:
            continue
        info = await unit.scripts.by_key(trigger.script)
        if info is None or info.archived_at or info.kind != "education":
            code = "no_script_yet" if info is None or info.archived_at else "wrong_kind"
            path = f"triggers.{place}.script"
            spoken = language or document.language
            found.append(problem(code, spoken, path=path, name=trigger.script))
    return tuple(found)
