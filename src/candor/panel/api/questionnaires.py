"""`/api/questionnaires`: read, write, check and roll back questionnaires, in the manner of scripts."""

from collections.abc import Coroutine
from typing import Any

from flask import Response, request
from pydantic import ValidationError

from candor.common.errors import ConflictError, NotFoundError, Problem
from candor.common.ids import QuestionnaireId
from candor.panel.access import current_actor
from candor.panel.api.contract import Api, answer_header, read_json
from candor.panel.api.scripts import (
    BODY_MEDIA,
    IF_MATCH,
    MAX_VERSION,
    YAML,
    expected_version,
    warned,
)
from candor.panel.errors import BadRequestError
from candor.panel.i18n import current_language
from candor.panel.inward import run, services
from candor.panel.schemas.common import Page, PageQuery
from candor.panel.schemas.questionnaires import (
    QuestionnaireAnswer,
    QuestionnaireBody,
    QuestionnaireCheckAnswer,
    QuestionnaireItem,
    QuestionnaireQuery,
)
from candor.panel.schemas.scripts import CheckBody, RollbackBody, VersionItem, VersionQuery
from candor.sales.questionnaires.keeping import SourceText
from candor.sales.questionnaires.records import Questionnaire, SavedQuestionnaire

TAG = "Questionnaires"


def add_to(api: Api) -> None:
    _add_reading(api)
    _add_writing(api)
    _add_history(api)


def questionnaire_answer(
    found: Questionnaire, warnings: tuple[Problem, ...] = ()
) -> QuestionnaireAnswer:
    document = found.document.model_dump(mode="json", exclude_defaults=True)
    return QuestionnaireAnswer(
        **document,
        id=found.id,
        version=found.version,
        updated_at=found.updated_at,
        is_newest=found.is_newest,
        warnings=[warned(item) for item in warnings],
    )


def _source() -> SourceText:
    """YAML text, or the JSON object of the body; its shape is checked by the room, which names every
    mistake at once."""
    if request.mimetype in YAML:
        return request.get_data(as_text=True)
    raw = read_json()
    try:
        return QuestionnaireBody.model_validate_json(raw).model_dump(mode="json")
    except ValidationError:
        if raw.lstrip()[:1] == b"{":
            return raw.decode("utf-8", "replace")
        raise BadRequestError("A questionnaire is a JSON object or YAML text.") from None


def _saved(saved: SavedQuestionnaire) -> QuestionnaireAnswer:
    answer_header("ETag", f'"{saved.questionnaire.version}"')
    return questionnaire_answer(saved.questionnaire, saved.warnings)


def _with_the_current_one(
    number: int, saving: Coroutine[Any, Any, SavedQuestionnaire]
) -> SavedQuestionnaire:
    """A stale save is refused together with the questionnaire as it stands now."""
    try:
        return run(saving)
    except ConflictError as error:
        if "current_version" not in error.details:
            raise
        now = questionnaire_answer(run(services().questionnaires.load(QuestionnaireId(number))))
        current = now.model_dump(mode="json")
        raise ConflictError(error.message, details={**error.details, "current": current}) from error


def _add_reading(api: Api) -> None:
    @api.get("/questionnaires", tag=TAG, summary="List questionnaires")
    def list_questionnaires(query: QuestionnaireQuery) -> Page[QuestionnaireItem]:
        found = run(
            services().questionnaires.listed(
                query=query.q, page=query.page, per_page=query.per_page
            )
        )
        return Page(
            items=[QuestionnaireItem.model_validate(item) for item in found.items],
            page=query.page,
            per_page=query.per_page,
            total=found.total,
        )

    @api.get("/questionnaires/<id:questionnaire_id>", tag=TAG, summary="One questionnaire")
    def get_questionnaire(questionnaire_id: int, query: VersionQuery) -> QuestionnaireAnswer:
        found = run(
            services().questionnaires.load(QuestionnaireId(questionnaire_id), version=query.version)
        )
        answer_header("ETag", f'"{found.version}"')
        return questionnaire_answer(found)

    @api.get(
        "/questionnaires/<id:questionnaire_id>/export",
        tag=TAG,
        summary="The questionnaire as YAML, with its author's comments",
        answer_media="application/yaml",
    )
    def export_questionnaire(questionnaire_id: int, query: VersionQuery) -> Response:
        text = run(
            services().questionnaires.export(
                QuestionnaireId(questionnaire_id), version=query.version
            )
        )
        return Response(text, content_type="application/yaml; charset=utf-8")

    @api.post(
        "/questionnaires/check",
        tag=TAG,
        summary="Every mistake of a questionnaire's text; nothing is saved",
        audited=False,
    )
    def check_questionnaire(body: CheckBody) -> QuestionnaireCheckAnswer:
        report = run(services().questionnaires.check(body.source, language=current_language()))
        document = report.document
        return QuestionnaireCheckAnswer(
            is_valid=document is not None,
            problems=[warned(item) for item in report.problems],
            document=None
            if document is None
            else document.model_dump(mode="json", exclude_defaults=True),
        )


def _add_writing(api: Api) -> None:
    @api.post(
        "/questionnaires",
        tag=TAG,
        summary="A new questionnaire",
        role="owner",
        status=201,
        media=BODY_MEDIA,
        schema_of=QuestionnaireBody,
    )
    def create_questionnaire() -> QuestionnaireAnswer:
        author = current_actor().name
        return _saved(run(services().questionnaires.create(_source(), author=author)))

    def save_version(questionnaire_id: int) -> QuestionnaireAnswer:
        update = services().questionnaires.update(
            QuestionnaireId(questionnaire_id),
            _source(),
            author=current_actor().name,
            expected_version=expected_version(),
            note=request.headers.get("X-Note", "")[:200],
        )
        return _saved(_with_the_current_one(questionnaire_id, update))

    for verb, name in (
        (api.put, "update_questionnaire"),
        (api.post, "update_questionnaire_by_post"),
    ):
        verb(
            "/questionnaires/<id:questionnaire_id>",
            name=name,
            tag=TAG,
            summary="Save a new version, for everybody who begins from now on",
            role="owner",
            media=BODY_MEDIA,
            headers=IF_MATCH,
            schema_of=QuestionnaireBody,
        )(save_version)

    @api.delete(
        "/questionnaires/<id:questionnaire_id>",
        tag=TAG,
        summary="Archive a questionnaire; who is answering it may finish",
        role="owner",
        headers=IF_MATCH,
    )
    def delete_questionnaire(questionnaire_id: int) -> None:
        run(
            services().questionnaires.delete(
                QuestionnaireId(questionnaire_id), expected_version=expected_version()
            )
        )


def _add_history(api: Api) -> None:
    @api.get(
        "/questionnaires/<id:questionnaire_id>/versions",
        tag=TAG,
        summary="All versions, newest first",
    )
    def list_questionnaire_versions(questionnaire_id: int, query: PageQuery) -> Page[VersionItem]:
        found = run(services().questionnaires.versions(QuestionnaireId(questionnaire_id)))
        part = found[query.offset : query.offset + query.per_page]
        return Page(
            items=[VersionItem.model_validate(item) for item in part],
            page=query.page,
            per_page=query.per_page,
            total=len(found),
        )

    @api.get(
        "/questionnaires/<id:questionnaire_id>/versions/<id:version>",
        tag=TAG,
        summary="One version",
    )
    def get_questionnaire_version(questionnaire_id: int, version: int) -> QuestionnaireAnswer:
        if version > MAX_VERSION:
            raise NotFoundError
        return questionnaire_answer(
            run(services().questionnaires.load(QuestionnaireId(questionnaire_id), version=version))
        )

    @api.post(
        "/questionnaires/<id:questionnaire_id>/rollback",
        tag=TAG,
        summary="Make an older version's questions the newest version",
        role="owner",
        headers=IF_MATCH,
    )
    def rollback_questionnaire(questionnaire_id: int, body: RollbackBody) -> QuestionnaireAnswer:
        return _saved(
            run(
                services().questionnaires.rollback(
                    QuestionnaireId(questionnaire_id),
                    version=body.version,
                    author=current_actor().name,
                    expected_version=expected_version(),
                )
            )
        )
