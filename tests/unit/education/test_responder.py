from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.education.responder import (
    MAX_ANSWERS_PER_HOUR,
    GroupMoment,
    choose_responder,
    is_conversation_of_people,
)

QUESTION = GroupMoment(
    sender="client",
    is_question=True,
    is_submission=False,
    intents=(),
    addressed_to="nobody",
    asks_identity=False,
    is_handed_off=False,
    is_paused=False,
    is_quiet=False,
    our_answers_last_hour=0,
    people_talk_among_themselves=False,
)


def test_that_the_teacher_answers_a_question() -> None:
    assert choose_responder(QUESTION).speaker == "teacher"


def test_that_a_partner_answers_when_it_was_asked() -> None:
    assert choose_responder(replace(QUESTION, addressed_to="partner")).speaker == "partner"


def test_that_a_quiet_partner_leaves_the_answer_to_the_teacher() -> None:
    moment = replace(QUESTION, addressed_to="partner", is_quiet=True)
    assert choose_responder(moment).speaker == "teacher"


def test_that_a_wish_for_a_person_calls_one() -> None:
    assert choose_responder(replace(QUESTION, intents=("wish_for_person",))).speaker == "human"


def test_that_a_remark_is_left_alone() -> None:
    assert choose_responder(replace(QUESTION, is_question=False)).speaker == "nobody"


def test_that_people_may_talk_to_each_other() -> None:
    moment = replace(QUESTION, people_talk_among_themselves=True)
    assert choose_responder(moment).speaker == "nobody"


moments = st.builds(
    GroupMoment,
    sender=st.sampled_from(["client", "member", "operator", "teacher", "partner", "other_bot"]),
    is_question=st.booleans(),
    is_submission=st.booleans(),
    intents=st.lists(
        st.sampled_from(["agreement", "complaint", "wish_for_person", "question"]), max_size=3
    ).map(tuple),
    addressed_to=st.sampled_from(["teacher", "partner", "person", "nobody"]),
    asks_identity=st.booleans(),
    is_handed_off=st.booleans(),
    is_paused=st.booleans(),
    is_quiet=st.booleans(),
    our_answers_last_hour=st.integers(0, MAX_ANSWERS_PER_HOUR + 5),
    people_talk_among_themselves=st.booleans(),
)


@given(moments)
def test_that_a_bot_is_never_answered(moment: GroupMoment) -> None:
    for sender in ("teacher", "partner", "other_bot"):
        assert choose_responder(replace(moment, sender=sender)).speaker == "nobody"


@given(moments)
def test_that_the_ai_is_silent_while_a_person_leads(moment: GroupMoment) -> None:
    assert choose_responder(replace(moment, is_handed_off=True)).speaker == "nobody"


@given(moments)
def test_that_every_choice_has_a_reason(moment: GroupMoment) -> None:
    assert choose_responder(moment).reason


@given(moments)
def test_that_a_paused_group_hears_nothing_of_us(moment: GroupMoment) -> None:
    assert choose_responder(replace(moment, is_paused=True)).speaker == "nobody"


@given(moments)
def test_that_a_flood_is_never_answered_by_us(moment: GroupMoment) -> None:
    flooded = replace(moment, our_answers_last_hour=MAX_ANSWERS_PER_HOUR)
    assert choose_responder(flooded).speaker in {"nobody", "human"}


@pytest.mark.parametrize(("senders", "expected"), [((1, 2, 1), True), ((1, 1), False), ((), False)])
def test_that_people_in_turn_are_a_conversation(senders: tuple[int, ...], expected: bool) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    recent = tuple(now - timedelta(seconds=30) for _ in senders)
    assert is_conversation_of_people(senders=senders, moments=recent, now=now) is expected
    old = tuple(now - timedelta(minutes=5) for _ in senders)
    assert not is_conversation_of_people(senders=senders, moments=old, now=now)


def test_that_need_calls_a_person_whatever_else_is_asked() -> None:
    for change in ({}, {"is_submission": True}, {"asks_identity": True}, {"is_paused": True}):
        moment = replace(QUESTION, cue="self_harm", **change)
        assert choose_responder(moment).speaker == "human"


def test_that_a_person_who_leads_already_is_not_called_again() -> None:
    moment = replace(QUESTION, cue="grief", is_handed_off=True)
    assert choose_responder(moment).speaker == "nobody"
