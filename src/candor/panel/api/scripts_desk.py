"""Drafts of scripts and corrections from dialogues, as the studio uses them."""

from candor.common.errors import ForbiddenError, NotFoundError
from candor.common.ids import OperatorId, ScriptId
from candor.panel.access import current_actor
from candor.panel.api.contract import Api
from candor.panel.inward import run, services
from candor.panel.reading import running_dialogues
from candor.panel.schemas.scripts import (
    CorrectionItem,
    DraftAnswer,
    DraftBody,
    FormatAnswer,
    RunningAnswer,
    RunningStep,
    TakeBody,
)
from candor.sales.test_cases import with_case
from candor.sales.workbench import NEW_SCRIPT, Correction, CorrectionId, ScriptDraft

TAG = "Scripts"


def add_to(api: Api) -> None:
    for path, name in (("/scripts/<id:script_id>/draft", ""), ("/scripts/draft", "_of_new")):
        _add_drafts(api, path, name)
    _add_corrections(api)
    _add_running(api)


def my_draft(script: ScriptId = NEW_SCRIPT) -> ScriptDraft | None:
    """The signed-in person's own; programs have none."""
    actor = current_actor()
    if actor.operator is None:
        return None
    return run(services().workbench.draft(actor.operator.id, script))


def open_corrections(script: ScriptId) -> tuple[Correction, ...]:
    return run(services().workbench.corrections(script))


def _person() -> OperatorId:
    actor = current_actor()
    if actor.operator is None:
        raise ForbiddenError("Drafts belong to people who are signed in; a token has none.")
    return actor.operator.id


def _add_drafts(api: Api, path: str, name: str) -> None:
    @api.get(path, tag=TAG, summary="Your unfinished text", role="owner", name=f"get_draft{name}")
    def get_draft(script_id: int = 0) -> DraftAnswer:
        _person()
        found = my_draft(ScriptId(script_id))
        if found is None:
            raise NotFoundError("You have no draft of this script.")
        return DraftAnswer.model_validate(found)

    @api.put(
        path,
        tag=TAG,
        summary="Keep your unfinished text, with all its mistakes",
        role="owner",
        name=f"keep_draft{name}",
        audited=False,
    )
    def keep_draft(body: DraftBody, script_id: int = 0) -> DraftAnswer:
        person = _person()
        if script_id:
            run(services().scripts.load_script(ScriptId(script_id)))
        kept = services().workbench.keep(
            person, ScriptId(script_id), source=body.source, base_version=body.base_version
        )
        return DraftAnswer.model_validate(run(kept))

    @api.delete(
        path,
        tag=TAG,
        summary="Throw your unfinished text away",
        role="owner",
        name=f"drop_draft{name}",
        audited=False,
    )
    def drop_draft(script_id: int = 0) -> None:
        run(services().workbench.drop(_person(), ScriptId(script_id)))


def _add_running(api: Api) -> None:
    @api.get(
        "/scripts/<id:script_id>/running",
        tag=TAG,
        summary="Dialogues that a new version concerns, by step",
    )
    def running(script_id: int) -> RunningAnswer:
        run(services().scripts.load_script(ScriptId(script_id)))
        found = run(running_dialogues(services().units, script_id))
        steps = [RunningStep(step=step, dialogues=count) for step, count in sorted(found.items())]
        return RunningAnswer(total=sum(found.values()), steps=steps)


def _add_corrections(api: Api) -> None:
    @api.get(
        "/scripts/<id:script_id>/corrections",
        tag=TAG,
        summary="Answers that people corrected in dialogues, not yet test cases",
    )
    def list_corrections(script_id: int) -> list[CorrectionItem]:
        found = open_corrections(ScriptId(script_id))
        return [CorrectionItem.model_validate(item) for item in found]

    @api.post(
        "/scripts/<id:script_id>/corrections/<id:correction_id>/take",
        tag=TAG,
        summary="The given text with the correction as one more test case; nothing is published",
        role="owner",
    )
    def take_correction(script_id: int, correction_id: int, body: TakeBody) -> FormatAnswer:
        number = CorrectionId(correction_id)
        taken = services().workbench.take(number, of=ScriptId(script_id), says=body.says)
        found = run(taken)
        return FormatAnswer(source=with_case(body.source, found.as_case()))

    @api.delete(
        "/scripts/<id:script_id>/corrections/<id:correction_id>",
        tag=TAG,
        summary="Turn a correction down",
        role="owner",
    )
    def drop_correction(script_id: int, correction_id: int) -> None:
        run(services().workbench.take(CorrectionId(correction_id), of=ScriptId(script_id)))
