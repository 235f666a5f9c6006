"""The dialogue moves along the script, jumps when the client does, and comes back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from candor.common.llm import MessageAnalysis, Strategy
from candor.sales.parsing import accepted, parse_script
from candor.sales.script_records import Script
from candor.sales.stepping import Position, Reply, go_to, next_move, position_in, way_key

READ = MessageAnalysis(
    main_idea="", keywords=(), tone="neutral", script_fit_score=0.9, step=None, triggers=(), language="ru"
)  # fmt: skip


def reply(
    strategy: Strategy = "script_80",
    text: str = "для работы",
    *,
    analysis: MessageAnalysis = READ,
    conditions: dict[str, bool] | None = None,
) -> Reply:
    return Reply(text, analysis, strategy, conditions or {})


@pytest.mark.parametrize("strategy", ["script_80", "free_20"])
def test_that_the_first_message_enters_the_first_step(script: Script, strategy: Strategy) -> None:
    move = next_move(script.document, Position(), reply(strategy))
    assert (move.position.stage, move.reason) == ("greeting", "first_message")


def test_that_a_fitting_reply_moves_along_next(script: Script) -> None:
    assert next_move(script.document, Position("greeting"), reply()).position.stage == "need"


def test_that_a_short_answer_to_the_next_question_in_the_same_breath_is_not_asked_for(
    script: Script,
) -> None:
    said = reply(text="для работы, почти ноль, вечером")
    assert next_move(script.document, Position("greeting"), said).position.stage == "invite"
    alone = reply(text="для работы")
    assert next_move(script.document, Position("greeting"), alone).position.stage == "need"


def test_that_other_replies_lead_back_to_the_same_step(script: Script) -> None:
    move = next_move(script.document, Position("greeting"), reply("free_20", "какая погода?"))
    assert (move.step.key, move.position.stage, move.reason) == (
        "greeting",
        "greeting",
        "lead_back",
    )


def test_that_a_step_with_too_few_examples_goes_its_default_way(script: Script) -> None:
    unjudged = replace(READ, is_calibrated=False)
    told = reply("free_20", "хочу для работы", analysis=unjudged)
    assert next_move(script.document, Position("greeting"), told).position.stage == "need"
    # A yes or none: either way it goes on. A no that was nearly heard is answered first.
    unsure = reply("free_20", "хочу для работы", analysis=replace(unjudged, is_sure=False))
    assert next_move(script.document, Position("greeting"), unsure).position.stage == "need"
    nearly = reply("free_20", "ну не знаю", analysis=replace(unjudged, open_intents=("refusal",)))
    assert next_move(script.document, Position("greeting"), nearly).reason == "lead_back"
    asked = reply("free_20", "кто вы?", analysis=replace(unjudged, intents=("question",)))
    assert next_move(script.document, Position("greeting"), asked).reason == "lead_back"


def test_that_examples_and_conditions_choose_the_way_on(script: Script) -> None:
    taught = replace(READ, triggers=(way_key("need", 0),))
    assert (
        next_move(script.document, Position("need"), reply(analysis=taught)).step.key == "teacher"
    )
    sad = reply(conditions={way_key("need", 1): True})
    assert next_move(script.document, Position("need"), sad).step.key == "comfort"
    assert next_move(script.document, Position("need"), reply()).step.key == "invite"


def test_that_a_jump_is_followed_by_a_return(script: Script) -> None:
    jump = go_to(script.document, Position("need"), "price")
    assert jump is not None
    assert jump.position == Position("price", "need")
    back = next_move(script.document, jump.position, reply(text="понятно"))
    assert (back.step.key, back.position, back.reason) == ("need", Position("need"), "return")


def test_that_several_jumps_return_to_the_step_that_was_left_first(script: Script) -> None:
    first = go_to(script.document, Position("need"), "price")
    assert first is not None
    second = go_to(script.document, first.position, "comfort")
    assert second is not None
    assert second.position.return_stage == "need"


def test_that_similarity_alone_never_jumps(script: Script) -> None:
    near = replace(READ, step="need", script_fit_score=0.3)
    stays = next_move(
        script.document, Position("greeting"), reply("free_20", "ну да", analysis=near)
    )
    assert stays.position.stage == "greeting"


def test_that_an_answer_to_a_later_question_skips_it_and_comes_back(script: Script) -> None:
    near = replace(READ, step="need", script_fit_score=0.3)
    answered = reply("free_20", "у меня начальный уровень", analysis=near)
    move = next_move(script.document, Position("greeting"), answered)
    assert (move.step.key, move.position) == ("invite", Position("invite", "greeting"))


def test_that_the_question_that_was_left_open_may_be_answered_late(script: Script) -> None:
    late = replace(READ, step="need", script_fit_score=0.3)
    answered = reply("free_20", "у меня начальный уровень", analysis=late)
    move = next_move(script.document, Position("price", "need"), answered)
    assert move.position == Position("invite")


def test_that_a_jump_before_the_first_step_returns_to_it(script: Script) -> None:
    jump = go_to(script.document, Position(), "price")
    assert jump is not None
    assert jump.position == Position("price", "greeting")


def test_that_questions_answered_in_the_same_breath_are_skipped(script: Script) -> None:
    move = next_move(
        script.document, Position("greeting"), reply(text="для работы, начальный уровень")
    )
    assert move.step.key == "invite"


def test_that_a_models_word_is_enough_for_a_jump(script: Script) -> None:
    told = replace(READ, step="need", script_fit_score=0.3, source="model", is_sure=True)
    move = next_move(script.document, Position("greeting"), reply("free_20", "ноль", analysis=told))
    assert move.step.key == "invite"


def test_that_steps_already_said_are_passed_by(script: Script) -> None:
    move = next_move(script.document, Position("greeting"), reply(), said={"greeting", "need"})
    assert move.step.key == "invite"


def test_that_the_last_step_stays_the_last(script: Script) -> None:
    move = next_move(script.document, Position("invite"), reply())
    assert (move.position.stage, move.reason) == ("invite", "end")


def test_that_a_new_version_is_taken_over_by_its_policy(script: Script) -> None:
    here = Position("comfort", "need")
    order = tuple(step.key for step in script.document.steps)
    kept = script.document
    without = kept.model_copy(
        update={"steps": tuple(step for step in kept.steps if step.key != "comfort")}
    )
    carried = position_in(without, here, policy="next_step", is_other_version=True, old_order=order)
    assert carried == Position("teacher", "need")
    assert position_in(kept, here, policy="restart", is_other_version=True) == Position()
    assert position_in(kept, here, policy="restart", is_other_version=False) == here
    unknown = position_in(kept, Position("gone"), policy="next_step", is_other_version=True)
    assert unknown == Position()


STAGES = some.none() | some.sampled_from(["greeting", "need", "teacher", "comfort", "invite", "price", "gone"])  # fmt: skip
WAYS = some.sampled_from([way_key("need", 0), "agrees", "asks_price"])


@given(
    stage=STAGES,
    back=STAGES,
    strategy=some.sampled_from(["script_80", "free_20"]),
    step=STAGES,
    triggers=some.lists(WAYS, max_size=3),
    said=some.frozensets(STAGES.filter(bool), max_size=6),
    text=some.sampled_from(["да", "начальный уровень", "", "для работы"]),
    negative=some.booleans(),
)
def test_that_every_message_leads_to_a_step_of_the_script(
    stage: str | None,
    back: str | None,
    strategy: Strategy,
    step: str | None,
    triggers: list[str],
    said: frozenset[str],
    text: str,
    negative: bool,
) -> None:
    analysis = replace(READ, step=step, triggers=tuple(triggers))
    told = reply(strategy, text, analysis=analysis, conditions={way_key("need", 1): negative})
    move = next_move(DOCUMENT, Position(stage, back), told, said=said)
    assert DOCUMENT.step(move.step.key) is not None
    assert move.position.stage is not None
    assert move.position.return_stage != move.position.stage or move.reason == "lead_back"


DOCUMENT = accepted(
    parse_script(
        """
key: k
kind: sales
title: t
language: ru
steps:
  - {key: greeting, say: a, fits: [для работы], next: [{when: default, to: need}]}
  - key: need
    say: b
    fits: [начальный уровень]
    next: [{fits: [учу], to: teacher}, {when: "reply.tone == 'negative'", to: comfort}, {to: invite}]
  - {key: teacher, say: c, next: [{to: greeting}]}
  - {key: comfort, say: d, next: [{to: invite}]}
  - {key: invite, say: e}
  - {key: price, say: f}
triggers:
  - {key: asks_price, fits: [цена], action: go_to, step: price}
"""
    )
)
