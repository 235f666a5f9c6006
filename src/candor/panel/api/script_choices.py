"""`/api/accounts/{id}/scripts`: which script a new dialogue of an account follows."""

from candor.common.ids import AccountId, ScriptId
from candor.common.llm import Language
from candor.panel.api.contract import Api
from candor.panel.inward import run, services
from candor.panel.schemas.scripts import ScriptChoiceAnswer, ScriptChoiceBody
from candor.sales.script_choice import ScriptChoice

TAG = "Accounts"


def choices_of(account_id: AccountId) -> tuple[ScriptChoice, ...]:
    """NotFoundError for an account that is not there."""
    known = services()
    run(known.accounts.get(account_id))
    return run(known.scripts.choices.of_account(account_id))


def choose(account_id: AccountId, language: Language, script_id: ScriptId | None) -> None:
    """For dialogues that begin from now on; None takes the choice back."""
    known = services()
    run(known.accounts.get(account_id))
    choices = known.scripts.choices
    if script_id is None:
        run(choices.release(account_id, language))
    else:
        run(choices.assign(script_id, account_id=account_id, language=language))


def add_to(api: Api) -> None:
    path = "/accounts/<id:account_id>/scripts"

    @api.get(path, tag=TAG, summary="The script of new dialogues, by the client's language")
    def list_choices(account_id: int) -> list[ScriptChoiceAnswer]:
        found = choices_of(AccountId(account_id))
        return [ScriptChoiceAnswer.model_validate(choice) for choice in found]

    @api.put(path, tag=TAG, summary="Choose the script of new dialogues", role="owner")
    def choose_script(account_id: int, body: ScriptChoiceBody) -> list[ScriptChoiceAnswer]:
        number = AccountId(account_id)
        choose(number, body.language, None if body.script_id is None else ScriptId(body.script_id))
        return list_choices(account_id)
