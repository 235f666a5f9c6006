"""Questionnaires: the list, and the editor where one is written, checked and published."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from candor.common.errors import CandorError
from candor.common.ids import QuestionnaireId
from candor.panel.access import current_actor, needs
from candor.panel.errors import status_of
from candor.panel.forms import whole_number
from candor.panel.i18n import current_language
from candor.panel.inward import run, services
from candor.panel.pages.scripts import MAX_VERSION

PER_PAGE = 50
blueprint = Blueprint("questionnaires", __name__, url_prefix="/questionnaires")

FIRST = {
    "ru": """\
key: my-questions
title: Мой первый опрос
language: ru
intro: "{{ client.first_name }}, здравствуйте! Два коротких вопроса, чтобы не советовать наугад."
questions:
  - key: level
    ask: С чего начинаем?
    options:
      - {label: С нуля, value: zero}
      - {label: Опыт есть, value: some}
  - key: budget
    ask: Какой бюджет вам удобен в месяц?
    number: {min: 0, max: 100000, unit: ₽}
    optional: true
results:
  - when: answers.level == 'zero'
    set: {path: мягкий старт}
finish: Спасибо, теперь понятно, с чего начать.
""",
    "en": """\
key: my-questions
title: My first questionnaire
language: en
intro: "Hello {{ client.first_name }}! Two short questions, so that I don't advise at random."
questions:
  - key: level
    ask: Where do we start?
    options:
      - {label: From zero, value: zero}
      - {label: I know something, value: some}
  - key: budget
    ask: What can you spend in a month?
    number: {min: 0, max: 5000, unit: EUR}
    optional: true
results:
  - when: answers.level == 'zero'
    set: {path: a gentle start}
finish: Thank you, now I know where to begin.
""",
}


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    q = request.args.get("q", "").strip()[:200]
    wanted = request.args.get("page", "1")
    page = max(whole_number(wanted) or 1, 1) if len(wanted) < 6 else 1
    found = run(services().questionnaires.listed(query=q, page=page, per_page=PER_PAGE))
    return render_template(
        "questionnaires/index.html", found=found, q=q, page=page, per_page=PER_PAGE
    )


@blueprint.route("/new", methods=["GET", "POST"])
@needs("owner")
def new() -> AnyResponse:
    """An empty editor, or a file that is imported."""
    error: CandorError | None = None
    source = FIRST[current_language()]
    if request.method == "POST":
        source = _given_source()
        try:
            saved = run(
                services().questionnaires.create(
                    source, author=current_actor().name, language=current_language()
                )
            )
            return _saved(saved.questionnaire.id)
        except CandorError as problem:
            error = problem
    page = render_template(
        "questionnaires/editor.html", questionnaire=None, source=source, error=error, versions=()
    )
    return Response(page, 200 if error is None else status_of(error))


@blueprint.get("/<id:questionnaire_id>")
@needs("viewer")
def show(questionnaire_id: int) -> str:
    wanted = whole_number(request.args.get("version", ""))
    version = wanted if wanted and wanted <= MAX_VERSION else None
    return _editor(questionnaire_id, version)


@blueprint.post("/<id:questionnaire_id>")
@needs("owner")
def save(questionnaire_id: int) -> AnyResponse:
    """Without JavaScript; the editor itself saves through the API."""
    expected = request.form.get("version", "")
    source = _given_source()
    try:
        run(
            services().questionnaires.update(
                QuestionnaireId(questionnaire_id),
                source,
                author=current_actor().name,
                expected_version=whole_number(expected),
                language=current_language(),
            )
        )
    except CandorError as error:
        page = _editor(questionnaire_id, None, error=error, source=source)
        return Response(page, status_of(error))
    return _saved(questionnaire_id)


@blueprint.post("/<id:questionnaire_id>/rollback")
@needs("owner")
def rollback(questionnaire_id: int) -> AnyResponse:
    version = min(whole_number(request.form.get("to", "")) or 0, MAX_VERSION)
    run(
        services().questionnaires.rollback(
            QuestionnaireId(questionnaire_id), version=version, author=current_actor().name
        )
    )
    return _saved(questionnaire_id, "rolled_back")


@blueprint.post("/<id:questionnaire_id>/delete")
@needs("owner")
def delete(questionnaire_id: int) -> AnyResponse:
    run(services().questionnaires.delete(QuestionnaireId(questionnaire_id)))
    return redirect(url_for("questionnaires.index", notice="removed"), 303)


def _editor(
    questionnaire_id: int,
    version: int | None,
    *,
    error: CandorError | None = None,
    source: str = "",
) -> str:
    known, number = services().questionnaires, QuestionnaireId(questionnaire_id)
    found = run(known.load(number, version=version))
    return render_template(
        "questionnaires/editor.html",
        questionnaire=found,
        source=source or run(known.export(number, version=version)),
        error=error,
        versions=run(known.versions(number)),
    )


def _given_source() -> str:
    """Of the file if one was chosen, else of the text field."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        return upload.stream.read(2_000_000).decode("utf-8", "replace").replace("\x00", "")
    return request.form.get("source", "").replace("\r\n", "\n")


def _saved(questionnaire_id: int, notice: str = "questionnaire_saved") -> AnyResponse:
    address = url_for("questionnaires.show", questionnaire_id=questionnaire_id, notice=notice)
    return redirect(address, 303)
