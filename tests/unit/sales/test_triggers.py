"""One trigger at most, the weightiest, and nobody is committed who hesitates."""

from dataclasses import replace

import pytest

from candor.common.llm import Intent, MessageAnalysis
from candor.sales.document import Invoice, ScriptDocument
from candor.sales.script_records import Script
from candor.sales.triggers import fired, listening, plan_by_intent, plan_of

READ = MessageAnalysis(
    main_idea="", keywords=(), tone="neutral", script_fit_score=0.9, step=None, triggers=(), language="ru"
)  # fmt: skip


def read(*triggers: str, intents: tuple[Intent, ...] = ()) -> MessageAnalysis:
    return replace(READ, triggers=triggers, intents=intents)


def key(
    document: ScriptDocument, analysis: MessageAnalysis, text: str = "ну добавляйте"
) -> str | None:
    found = fired(document, analysis, "need", text)
    return found.key if found else None


def test_that_the_weightiest_trigger_wins(script: Script) -> None:
    assert key(script.document, read("asks_price", "agrees")) == "agrees"
    assert key(script.document, read("agrees", "person")) == "person"
    assert key(script.document, read()) is None


@pytest.mark.parametrize(
    ("intents", "expected"),
    [
        (("agreement",), "agrees"),
        (("agreement", "postponement"), None),
        (("refusal",), None),
        (("refusal", "agreement"), "agrees"),
        (("opt_out", "agreement"), None),
    ],
)
def test_that_hesitation_commits_nobody(
    script: Script, intents: tuple[Intent, ...], expected: str | None
) -> None:
    assert key(script.document, read("agrees", intents=intents)) == expected


def test_that_expensive_but_lets_go_is_an_agreement(script: Script) -> None:
    found = read("asks_price", "refuses", "agrees", intents=("agreement", "refusal"))
    assert key(script.document, found) == "agrees"


def test_that_a_trigger_counts_at_its_stages_only(script: Script) -> None:
    agrees = script.document.triggers[0].model_copy(update={"at": ("invite",)})
    document = script.document.model_copy(update={"triggers": (agrees,)})
    assert listening(document, "need") == ()
    assert fired(document, read("agrees"), "invite", "да") == agrees


def test_that_a_yes_to_the_steps_own_question_is_no_yes_to_the_group(script: Script) -> None:
    yes = read("agrees", intents=("agreement",))
    assert key(script.document, yes, "да, начальный уровень") is None
    assert key(script.document, yes, "да, и добавляйте в группу") == "agrees"
    assert key(script.document, replace(yes, script_fit_score=0.4), "ну а почему нет") == "agrees"
    assert fired(script.document, yes, "invite", "да") is not None
    assert fired(script.document, yes, None, "хочу учить английский") is None


def test_that_an_example_said_word_for_word_always_counts(script: Script) -> None:
    assert key(script.document, read(), "Добавляйте!") == "agrees"
    assert key(script.document, read(), "не сейчас") is None


def test_that_any_yes_counts_where_the_script_invites(script: Script) -> None:
    trigger = script.document.triggers[0].model_copy(update={"invited_at": ("need",)})
    document = script.document.model_copy(update={"triggers": (trigger,)})
    yes = read("agrees", intents=("agreement",))
    assert key(document, yes, "да, конечно") == "agrees"
    assert fired(document, yes, "greeting", "да, для работы") is None


def test_that_a_bare_yes_opens_no_group_before_one_was_offered(script: Script) -> None:
    trigger = script.document.triggers[0].model_copy(update={"invited_at": ("invite",)})
    document = script.document.model_copy(update={"triggers": (trigger,)})
    yes = replace(read("agrees", intents=("agreement",)), script_fit_score=0.3)
    assert key(document, yes, "ок") is None
    assert key(document, yes, "ок, добавляйте") == "agrees"
    assert fired(document, yes, "invite", "ок") == trigger


def test_that_a_late_answer_is_no_yes_to_the_offer(script: Script) -> None:
    trigger = script.document.triggers[0].model_copy(update={"invited_at": ("invite",)})
    document = script.document.model_copy(update={"triggers": (trigger,)})
    yes = read("agrees", intents=("agreement",))
    assert fired(document, yes, "invite", "хочу для поездок") is None
    assert fired(document, yes, "invite", "ну да") == trigger


def test_that_a_jump_to_where_one_is_needs_a_question(script: Script) -> None:
    said = read("asks_price")
    assert fired(script.document, said, "price", "хорошая цена") is None
    asked = read("asks_price", intents=("question",))
    assert fired(script.document, asked, "price", "а цена какая?") is not None


def test_that_a_plan_says_what_is_to_be_done(script: Script) -> None:
    plan = plan_of(script.document.triggers[0])
    assert (plan.action, plan.script, plan.trigger) == (
        "open_group",
        "onboarding-lessons",
        "agrees",
    )


@pytest.mark.parametrize(
    ("intent", "action"),
    [("wish_for_person", "hand_off"), ("complaint", "hand_off"), ("opt_out", "close")],
)
def test_that_some_wishes_need_no_trigger(intent: Intent, action: str) -> None:
    plan = plan_by_intent(read(intents=(intent,)))
    assert plan is not None
    assert plan.action == action
    assert plan_by_intent(read(intents=("agreement",))) is None


def test_that_a_yes_to_what_is_sold_is_no_order_to_pay(script: Script) -> None:
    invoice = Invoice(title="Курс «Маяк»", description="Курс английского", stars=2500)
    pays = script.document.triggers[0].model_copy(
        update={
            "key": "pays",
            "action": "send_invoice",
            "invoice": invoice,
            "fits": ("хочу оплатить курс", "добавляйте счёт"),
        }
    )
    document = script.document.model_copy(update={"triggers": (pays, *script.document.triggers)})
    yes = read("pays", intents=("agreement",))
    assert key(document, yes, "да, курс подходит, добавляйте") is None
    assert key(document, yes, "да, курс оплатила бы сразу") == "pays"


def test_that_a_fault_named_for_the_repair_is_no_complaint() -> None:
    heard = replace(READ, intents=("complaint",), open_intents=("complaint",))
    assert plan_by_intent(heard) is None
    aside = plan_by_intent(replace(heard, script_fit_score=0.3))
    assert aside is not None
    assert aside.cause == "complaint"
