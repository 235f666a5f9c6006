"""Scripts: the list, and the studio where one is written, tried, compared and published."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from candor.accounts.account import Account
from candor.common.errors import CandorError
from candor.common.ids import AccountId, ScriptId
from candor.panel.access import current_actor, needs
from candor.panel.api.script_choices import choose
from candor.panel.api.scripts_desk import my_draft, open_corrections
from candor.panel.errors import status_of
from candor.panel.forms import whole_number
from candor.panel.i18n import current_language
from candor.panel.inward import run, services
from candor.panel.reading import running_dialogues
from candor.sales.script_records import Script

PER_PAGE = 50
MAX_VERSION = 2_000_000_000
KINDS = ("sales", "education")
blueprint = Blueprint("scripts", __name__, url_prefix="/scripts")

FIRST = {
    "ru": """\
key: my-script
kind: sales
title: Мой первый скрипт
language: ru
variables: {product: Название, price: 0 ₽}
facts: []
steps:
  - key: greeting
    say: "{{ client.first_name }}, здравствуйте! Расскажите, что вам важно?"
    must_say: [кто пишет, вопрос о цели]
    fits: ["хочу узнать подробнее", "расскажите"]
    next: [{when: default, to: offer}]
  - key: offer
    say: "Спасибо! Подробно рассказать о {{ product }}?"
triggers:
  - key: wants_person
    fits: ["позовите человека"]
    action: hand_off
tests: []
""",
    "en": """\
key: my-script
kind: sales
title: My first script
language: en
variables: {product: Name, price: 0 EUR}
facts: []
steps:
  - key: greeting
    say: "Hello {{ client.first_name }}! What matters most to you?"
    must_say: [who is writing, question about the goal]
    fits: ["I want to know more", "tell me"]
    next: [{when: default, to: offer}]
  - key: offer
    say: "Thank you! Shall I tell you more about {{ product }}?"
triggers:
  - key: wants_person
    fits: ["let me talk to a person"]
    action: hand_off
tests: []
""",
}


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    q, kind = request.args.get("q", "").strip()[:200], request.args.get("kind", "")
    wanted = request.args.get("page", "1")
    page = max(whole_number(wanted) or 1, 1) if len(wanted) < 6 else 1
    found = run(
        services().scripts.list_scripts(
            kind=kind if kind in KINDS else None,  # type: ignore[arg-type]
            query=q,
            page=page,
            per_page=PER_PAGE,
        )
    )
    return render_template("scripts/index.html", found=found, q=q, kind=kind, kinds=KINDS)


@blueprint.route("/new", methods=["GET", "POST"])
@needs("owner")
def new() -> AnyResponse:
    """An empty studio, or a file that is imported."""
    error: CandorError | None = None
    source = FIRST[current_language()]
    if request.method == "POST":
        source = _given_source()
        try:
            saved = run(
                services().scripts.create(
                    source, author=current_actor().name, language=current_language()
                )
            )
            return redirect(
                url_for("scripts.show", script_id=saved.script.id, notice="script_created"), 303
            )
        except CandorError as problem:
            error = problem
    page = render_template(
        "scripts/studio.html",
        script=None,
        source=source,
        error=error,
        versions=(),
        running=0,
        draft=None if error else my_draft(),
        corrections=(),
        users=(),
    )
    return Response(page, 200 if error is None else status_of(error))


def _given_source() -> str:
    """Of the file if one was chosen, else of the text field."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        return upload.stream.read(2_000_000).decode("utf-8", "replace").replace("\x00", "")
    return request.form.get("source", "").replace("\r\n", "\n")


@blueprint.get("/<id:script_id>")
@needs("viewer")
def show(script_id: int) -> str:
    return _studio(script_id, _version())


def _version() -> int | None:
    wanted = whole_number(request.args.get("version", ""))
    return wanted if wanted and wanted <= MAX_VERSION else None


def _studio(
    script_id: int, version: int | None, *, error: CandorError | None = None, source: str = ""
) -> str:
    known, number = services().scripts, ScriptId(script_id)
    script = run(known.load_script(number, version=version))
    return render_template(
        "scripts/studio.html",
        script=script,
        source=source or run(known.export(number, version=version)),
        error=error,
        versions=run(known.versions(number)),
        running=sum(run(running_dialogues(services().units, script_id)).values()),
        draft=my_draft(number) if version is None and not source else None,
        corrections=open_corrections(number) if version is None else (),
        users=_users(script) if script.is_newest else (),
    )


def _users(script: Script) -> tuple[tuple[Account, bool], ...]:
    """The accounts that sell, and whether their new dialogues in its language follow the script."""
    if script.document.kind != "sales":
        return ()
    choices = services().scripts.choices
    found = []
    for account in run(services().accounts.list_accounts()):
        if account.role == "sales" and account.status != "logged_out":
            used = run(choices.used(account.id, script.document.language))
            found.append((account, used is not None and used.id == script.id))
    return tuple(found)


@blueprint.post("/<id:script_id>/use")
@needs("owner")
def use(script_id: int) -> AnyResponse:
    """New dialogues of the account, in the script's language, follow it from now on."""
    number = ScriptId(script_id)
    script = run(services().scripts.load_script(number))
    account = AccountId(whole_number(request.form.get("account", "")) or 0)
    try:
        choose(account, script.document.language, number)
    except CandorError as error:
        return Response(_studio(script_id, None, error=error), status_of(error))
    return redirect(url_for("scripts.show", script_id=script_id, notice="script_chosen"), 303)


@blueprint.post("/<id:script_id>")
@needs("owner")
def save(script_id: int) -> AnyResponse:
    """Without JavaScript; the studio itself saves through the API."""
    expected = request.form.get("version", "")
    source = _given_source()
    try:
        run(
            services().scripts.update(
                ScriptId(script_id),
                source,
                author=current_actor().name,
                expected_version=whole_number(expected),
                language=current_language(),
            )
        )
    except CandorError as error:
        return Response(_studio(script_id, None, error=error, source=source), status_of(error))
    return redirect(url_for("scripts.show", script_id=script_id, notice="script_saved"), 303)


@blueprint.post("/<id:script_id>/rollback")
@needs("owner")
def rollback(script_id: int) -> AnyResponse:
    version = min(whole_number(request.form.get("to", "")) or 0, MAX_VERSION)
    run(
        services().scripts.rollback(
            ScriptId(script_id), version=version, author=current_actor().name
        )
    )
    return redirect(url_for("scripts.show", script_id=script_id, notice="rolled_back"), 303)


@blueprint.post("/<id:script_id>/delete")
@needs("owner")
def delete(script_id: int) -> AnyResponse:
    run(services().scripts.delete(ScriptId(script_id)))
    return redirect(url_for("scripts.index", notice="script_deleted"), 303)
