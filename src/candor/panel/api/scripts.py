"""`/api/scripts`: read, write and compare scripts, and try them without touching a client."""

import re
from collections.abc import Coroutine
from typing import Any

from flask import Response, request
from pydantic import ValidationError

from candor.common.errors import (
    ConflictError,
    FieldError,
    InvalidInputError,
    NotFoundError,
    Problem,
)
from candor.common.ids import ScriptId
from candor.common.llm import Language
from candor.panel.access import current_actor
from candor.panel.api.contract import Api, answer_header, read_json
from candor.panel.errors import BadRequestError, PreconditionError
from candor.panel.i18n import current_language, translate_message
from candor.panel.inward import run, services
from candor.panel.schemas.common import Page, PageQuery
from candor.panel.schemas.scripts import (
    CaseAnswer,
    ChangeItem,
    CheckAnswer,
    CheckBody,
    DiffAnswer,
    DiffQuery,
    FormatAnswer,
    FormatBody,
    ReplyAnswer,
    RollbackBody,
    ScriptAnswer,
    ScriptBody,
    ScriptItem,
    ScriptQuery,
    TestsAnswer,
    TryAnswer,
    TryBody,
    VersionItem,
    VersionQuery,
    Warned,
)
from candor.sales.document import ScriptDocument
from candor.sales.export import as_data, as_text
from candor.sales.parsing import accepted
from candor.sales.rehearsal import MODEL_RUNS, CaseOutcome, RehearsedReply, script_for_rehearsal
from candor.sales.script import SourceText
from candor.sales.script_records import SavedScript, Script

TAG = "Scripts"
YAML = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")
BODY_MEDIA = ("application/json", "application/yaml")
IF_MATCH = {"If-Match": 'The version you have, as "3": a stale one is refused with 409.'}
_VERSION = re.compile(r'(?:W/)?"?(\d{1,9})"?')
"""Rehearsals read with the encoder or a model: longer than other calls."""
TRY_SECONDS = 60.0
MAX_VERSION = 2_000_000_000
OUR_FIELDS = ("is_newest", "warnings")
"""Stand in an answer beside the document; taken back without a word, as id and version are."""


def add_to(api: Api) -> None:
    _add_reading(api)
    _add_writing(api)
    _add_history(api)
    _add_trying(api)
    _add_rehearsals(api)


# --- shared with the pages


def script_answer(script: Script, warnings: tuple[Problem, ...] = ()) -> ScriptAnswer:
    return ScriptAnswer(
        **whole_document(script.document),
        id=script.id,
        version=script.version,
        updated_at=script.updated_at,
        is_newest=script.is_newest,
        warnings=[warned(item) for item in warnings],
    )


def whole_document(document: ScriptDocument) -> dict[str, Any]:
    """As data, with the lists that the public interface names also where they are empty."""
    data: dict[str, Any] = {"variables": {}, "facts": [], "triggers": [], "tests": []}
    data |= as_data(document)
    data.setdefault("policy", document.policy)
    for step in data["steps"]:
        for name in ("must_say", "fits", "next"):
            step.setdefault(name, [])
    return data


def warned(problem: Problem) -> Warned:
    return Warned(path=problem.path, message=problem.message, mend=problem.mend, line=problem.line)


def source_of_request() -> SourceText:
    """YAML text, or the JSON object of the body."""
    if request.mimetype in YAML:
        return request.get_data(as_text=True)
    raw = read_json()
    try:
        # The shape is checked by the script room, which names every mistake at once.
        value = ScriptBody.model_validate_json(raw)
    except ValidationError:
        return raw.decode("utf-8", "replace") if raw.lstrip()[:1] == b"{" else _no_object()
    return {
        name: item for name, item in value.model_dump(mode="json").items() if name not in OUR_FIELDS
    }


def _no_object() -> SourceText:
    raise BadRequestError("A script is a JSON object or YAML text.")


def expected_version() -> int | None:
    """Of `If-Match`; None without the header or with `*`."""
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return None
    found = _VERSION.fullmatch(header)
    if found is None:
        message = 'If-Match holds a version in quotes, as "3".'
        raise InvalidInputError(message, errors=(FieldError("If-Match", message),))
    return int(found[1])


def _with_the_current_one(script_id: int, saving: Coroutine[Any, Any, SavedScript]) -> SavedScript:
    """A stale save is refused together with the script as it stands now."""
    try:
        return run(saving)
    except ConflictError as error:
        if "current_version" not in error.details:
            raise
        now = script_answer(run(services().scripts.load_script(ScriptId(script_id))))
        current = now.model_dump(mode="json")
        raise ConflictError(error.message, details={**error.details, "current": current}) from error


def rehearse(script: Script, body: TryBody) -> tuple[RehearsedReply, ...]:
    work = services().rehearsal.try_messages(
        script, body.messages, first_name=body.first_name, diagnosis=body.diagnosis
    )
    return services().portal.run(work, timeout=TRY_SECONDS)


def unsaved_script(source: str, language: Language | None = None) -> Script:
    """Raises InvalidInputError that names every mistake."""
    report = run(services().scripts.check(source, language=language))
    return script_for_rehearsal(accepted(report), clock=services().clock)


def run_tests(script: Script) -> TestsAnswer:
    runs = MODEL_RUNS if services().model is not None else 1
    work = services().rehearsal.run_tests(script, runs=runs, needed=runs // 2 + 1)
    outcomes = services().portal.run(work, timeout=TRY_SECONDS)
    cases = [_case_answer(outcome) for outcome in outcomes]
    passed = sum(case.passed for case in cases)
    return TestsAnswer(passed=passed, failed=len(cases) - passed, cases=cases)


def _case_answer(outcome: CaseOutcome) -> CaseAnswer:
    answer = CaseAnswer.model_validate(outcome)
    for miss in answer.misses:
        miss.reasons = [translate_message(reason) for reason in miss.reasons]
    return answer


def _saved(saved: SavedScript) -> ScriptAnswer:
    answer_header("ETag", f'"{saved.script.version}"')
    return script_answer(saved.script, saved.warnings)


# --- operations


def _add_reading(api: Api) -> None:
    @api.get("/scripts", tag=TAG, summary="List scripts")
    def list_scripts(query: ScriptQuery) -> Page[ScriptItem]:
        found = run(
            services().scripts.list_scripts(
                kind=query.kind, query=query.q, page=query.page, per_page=query.per_page
            )
        )
        return Page(
            items=[ScriptItem.model_validate(item) for item in found.items],
            page=query.page,
            per_page=query.per_page,
            total=found.total,
        )

    @api.get("/scripts/<id:script_id>", tag=TAG, summary="One script")
    def get_script(script_id: int, query: VersionQuery) -> ScriptAnswer:
        script = run(services().scripts.load_script(ScriptId(script_id), version=query.version))
        answer_header("ETag", f'"{script.version}"')
        return script_answer(script)

    @api.get(
        "/scripts/<id:script_id>/export",
        tag=TAG,
        summary="The script as YAML, with its author's comments",
        answer_media="application/yaml",
    )
    def export_script(script_id: int, query: VersionQuery) -> Response:
        text = run(services().scripts.export(ScriptId(script_id), version=query.version))
        return Response(text, content_type="application/yaml; charset=utf-8")


def _add_writing(api: Api) -> None:
    @api.post(
        "/scripts",
        tag=TAG,
        summary="A new script",
        role="owner",
        status=201,
        media=BODY_MEDIA,
        schema_of=ScriptBody,
    )
    def create_script() -> ScriptAnswer:
        author = current_actor().name
        return _saved(run(services().scripts.create(source_of_request(), author=author)))

    def save_version(script_id: int) -> ScriptAnswer:
        update = services().scripts.update(
            ScriptId(script_id),
            source_of_request(),
            author=current_actor().name,
            expected_version=expected_version(),
            note=request.headers.get("X-Note", "")[:200],
        )
        return _saved(_with_the_current_one(script_id, update))

    for verb, name in ((api.put, "update_script"), (api.post, "update_script_by_post")):
        verb(
            "/scripts/<id:script_id>",
            name=name,
            tag=TAG,
            summary="Save a new version; the next answer of every dialogue uses it",
            role="owner",
            media=BODY_MEDIA,
            headers=IF_MATCH,
            schema_of=ScriptBody,
        )(save_version)

    @api.delete(
        "/scripts/<id:script_id>",
        tag=TAG,
        summary="Archive a script; running dialogues keep their version",
        role="owner",
        headers=IF_MATCH,
    )
    def delete_script(script_id: int) -> None:
        wanted = expected_version()
        script = run(services().scripts.load_script(ScriptId(script_id)))
        if wanted is not None and wanted != script.version:
            raise PreconditionError(details={"current_version": script.version})
        run(services().scripts.delete(ScriptId(script_id)))


def _add_history(api: Api) -> None:
    @api.get("/scripts/<id:script_id>/versions", tag=TAG, summary="All versions, newest first")
    def list_versions(script_id: int, query: PageQuery) -> Page[VersionItem]:
        found = run(services().scripts.versions(ScriptId(script_id)))
        part = found[query.offset : query.offset + query.per_page]
        return Page(
            items=[VersionItem.model_validate(item) for item in part],
            page=query.page,
            per_page=query.per_page,
            total=len(found),
        )

    @api.get("/scripts/<id:script_id>/versions/<id:version>", tag=TAG, summary="One version")
    def get_version(script_id: int, version: int) -> ScriptAnswer:
        if version > MAX_VERSION:
            raise NotFoundError
        return script_answer(
            run(services().scripts.load_script(ScriptId(script_id), version=version))
        )

    @api.get("/scripts/<id:script_id>/diff", tag=TAG, summary="What differs between two versions")
    def diff_versions(script_id: int, query: DiffQuery) -> DiffAnswer:
        found = run(
            services().scripts.diff(
                ScriptId(script_id), old=query.from_version, new=query.to_version
            )
        )
        return DiffAnswer(
            from_version=found.from_version,
            to_version=found.to_version,
            unified=found.unified,
            changes=[ChangeItem.model_validate(item) for item in found.changes],
        )

    @api.post(
        "/scripts/<id:script_id>/rollback",
        tag=TAG,
        summary="Make an older version's words the newest version",
        role="owner",
        headers=IF_MATCH,
    )
    def rollback(script_id: int, body: RollbackBody) -> ScriptAnswer:
        return _saved(
            run(
                services().scripts.rollback(
                    ScriptId(script_id),
                    version=body.version,
                    author=current_actor().name,
                    expected_version=expected_version(),
                )
            )
        )


def _add_trying(api: Api) -> None:
    @api.post(
        "/scripts/check",
        tag=TAG,
        summary="Every mistake and warning of a script text; nothing is saved",
        audited=False,
    )
    def check_script(body: CheckBody) -> CheckAnswer:
        report = run(services().scripts.check(body.source, language=current_language()))
        return CheckAnswer(
            is_valid=report.document is not None and not report.problems,
            problems=[warned(item) for item in report.problems],
            warnings=[warned(item) for item in report.warnings],
            document=None if report.document is None else as_data_of(report.document),
        )

    @api.post(
        "/scripts/format",
        tag=TAG,
        summary="A script document as YAML; nothing is saved or checked",
        audited=False,
    )
    def format_script(body: FormatBody) -> FormatAnswer:
        return FormatAnswer(source=as_text(body.document, "yaml"))


def _add_rehearsals(api: Api) -> None:
    @api.post(
        "/scripts/tests",
        tag=TAG,
        summary="Run the tests written in an unsaved script",
        audited=False,
    )
    def test_source(body: CheckBody) -> TestsAnswer:
        return run_tests(unsaved_script(body.source))

    @api.post(
        "/scripts/try",
        tag=TAG,
        summary="A dry run of an unsaved script",
        audited=False,
    )
    def try_source(body: TryBody) -> TryAnswer:
        if body.source is None:
            message = "Send the script's text as `source`."
            raise InvalidInputError(message, errors=(FieldError("source", message),))
        return _tried(rehearse(unsaved_script(body.source), body))

    @api.post(
        "/scripts/<id:script_id>/try",
        tag=TAG,
        summary="A dry run that touches no client",
        audited=False,
    )
    def try_script(script_id: int, body: TryBody) -> TryAnswer:
        script = run(services().scripts.load_script(ScriptId(script_id), version=body.version))
        if body.source is not None:
            script = unsaved_script(body.source)
        return _tried(rehearse(script, body))

    @api.post(
        "/scripts/<id:script_id>/tests",
        tag=TAG,
        summary="Run the tests written in the script",
        audited=False,
    )
    def test_script(script_id: int) -> TestsAnswer:
        return run_tests(run(services().scripts.load_script(ScriptId(script_id))))


def as_data_of(document: ScriptDocument) -> dict[str, Any]:
    return dict(as_data(document))


def _tried(replies: tuple[RehearsedReply, ...]) -> TryAnswer:
    found = [ReplyAnswer.model_validate(reply) for reply in replies]
    for reply in found:
        reply.reasons = [translate_message(reason) for reason in reply.reasons]
    return TryAnswer(replies=found)
