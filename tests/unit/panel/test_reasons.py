"""Why the AI said it is told in the reader's language: the words of every reason are known."""

import re
from typing import get_args

import pytest
from flask import Flask, g

from candor.commenting import recheck, sending, verifying
from candor.commenting.sensitive import Matter
from candor.common.llm import DraftReply, Intent, Step
from candor.disclosure.claims import Claim, Proof
from candor.disclosure.claims import Reason as Stopped
from candor.disclosure.vulnerable import Cue, reason_of
from candor.llm.answers import REFUSED_BY_FILTER
from candor.panel.i18n import catalogue, translate_message
from candor.sales.document import Action
from candor.sales.drafts import MAX_TEXT, Bar, complaints
from candor.sales.stepping import Reason

FIGURE = re.compile(r"0\.\d\d")
CYRILLIC = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
SAID = (
    "Fit with step need: 0.93, above 0.7.",
    "Fit with step need: 0.33, not above 0.7 (not calibrated: too few examples).",
    "script_80: score 0.93 > 0.7",
    "free_20: score 0.33 ≤ 0.7",
    "The client greets: the first step answers.",
    "Trigger agrees: the client agrees.",
    "Trigger agrees: like its examples (0.81).",
    "The model settled it: fits is true.",
    *(
        f"Trigger agrees is silent: {why}."
        for why in (
            "its `unless` stands in the message word for word",
            "the client says yes, and it closes the dialogue",
            "too unlike its examples (0.41; it fires from 0.62 on)",
            "as like its `unless` (0.71) as its examples (0.70)",
            "more like its `unless` (0.71) than its examples (0.30)",
            "it waits for a yes, and the client asks",
            "it waits for a yes, and none is heard",
            "a yes, but not a word of paying",
            "it listens only at offer, price",
            "it was not heard",
            "the dialogue is at its step already, and nothing is asked",
            "the same message hesitates or refuses",
            "the message names a sum that the script doesn't name",
            "a yes to something else: nothing of what it does has been offered at this step",
            "code answered before the script was read",
            "pays comes before it",
        )
    ),
    "answered by code, no engine was asked",
    # Causes on a client's time line.
    "script_80",
    "free_20",
    "trigger:agrees_to_group",
    "joined",
    "agreement",
    "chat:5000000006 message:1",
    *(f"step need: {reason}" for reason in get_args(Reason)),
    *(f"trigger agrees: {action}" for action in get_args(Action)),
    *(f"{intent}: 0.97" for intent in get_args(Intent)),
)


COMMENTING = (
    recheck.NO_PERMISSION,
    recheck.NO_RIGHTS,
    recheck.POST_EDITED,
    recheck.POST_DELETED,
    recheck.NOT_APPROVED,
    recheck.TOO_LATE,
    recheck.CHANNEL_PAUSED,
    recheck.ACCOUNT_STOPPED,
    recheck.MODE_FORBIDS,
    recheck.LINK_FORBIDDEN,
    sending.GONE,
    sending.NOT_ITS_TURN,
    sending.QUIET,
    verifying.CLOSED,
    "a reader complained",
    "nobody acted in time",
    "the channel was taken out",
    "The channel is paused: paused in the panel.",
    "The channel is paused: the channel was paused after a refusal.",
    "the channel is paused: paused in the panel",
    f"{recheck.NO_PERMISSION}: withdrawn in the panel",
    f"{recheck.NO_PERMISSION}: our account was removed",
    "Touches a sensitive matter: health, minors.",
    *(reason_of(cue) for cue in get_args(Cue)),
)
WEBHOOKS = (
    "answered 500",
    "answered 302 (redirects are not followed)",
    "no answer within 15 seconds",
    "its certificate is not valid",
    "the name leads into a private network",
)
ABOUT_MODEL = (
    REFUSED_BY_FILTER,
    "The model asked for a tool instead of answering.",
    "The model's answer was cut off at the length limit.",
    "The model's answer could not be used. The log has the details.",
    "The model sent an empty answer.",
    "The request is longer than this model can read. Choose one with a longer context.",
    "The model server refused the request (HTTP 422).",
    "The model server redirects elsewhere. Check OPENAI_BASE_URL.",
    "The model server's certificate is not trusted. Check OPENAI_BASE_URL and the certificates of "
    "this machine.",
    "No encrypted connection to the model server comes about. Check whether OPENAI_BASE_URL begins "
    "with https or http.",
    "The model server broke off in the middle of its answer.",
    "What answers at OPENAI_BASE_URL does not speak HTTP properly.",
    "OPENAI_BASE_URL holds a password beside OPENAI_API_KEY. Take one of them out.",
    "The model call failed. The log has the details.",
    "The server is too slow.",
    "This client's budget of $0.5 a day is used up.",
    "This client's 150 calls a day are used up.",
    "The day's budget of $2.50 is used up.",
)
LATIN = re.compile(r"[a-z]{3,}", re.IGNORECASE)
SENTENCE = "Курс стоит 100 ₽, и это всё."
STOPPED = [
    Claim(reason, 0, 0, SENTENCE, detail).explanation
    for reason in Stopped
    for detail in ("", "100 ₽")
]
BAR = Bar(
    "script_80", Step("need", "Да?", ("вопрос о цели", "уровень")), Proof(), ("Какая у вас цель?",)
)
COMPLAINED = [
    *complaints(DraftReply(text="", source="model"), BAR),
    *complaints(DraftReply(text="Да? " * MAX_TEXT, source="model"), BAR),
    *complaints(DraftReply(text="Какая у вас цель?", source="model"), BAR),
    f"“{SENTENCE}” is what the client says, and the answer agrees; no fact carries it.",
]


def told(reason: str, language: str) -> str:
    with Flask(__name__).test_request_context():
        g.language = language
        return translate_message(reason)


@pytest.mark.parametrize("reason", SAID)
def test_that_a_reason_is_told_in_russian_with_its_names_and_figures(reason: str) -> None:
    words = told(reason, "ru")
    assert words != reason
    assert CYRILLIC & set(words.casefold())
    assert all(figure.replace(".", ",") in words for figure in FIGURE.findall(reason))


@pytest.mark.parametrize("cause", [*COMMENTING, *WEBHOOKS])
def test_that_a_cause_on_a_page_is_russian_to_its_last_word(cause: str) -> None:
    assert set(LATIN.findall(told(cause, "ru"))) <= {"Telegram"}
    assert told(cause, "en")


@pytest.mark.parametrize("around", ["{}", "The model failed: {}", "The model was not asked: {}"])
@pytest.mark.parametrize("reason", ABOUT_MODEL)
def test_that_why_the_model_did_not_answer_is_russian_to_its_last_word(
    around: str, reason: str
) -> None:
    words = told(around.format(reason), "ru")
    assert set(LATIN.findall(words)) <= {
        "OPENAI",
        "BASE",
        "URL",
        "API",
        "KEY",
        "HTTP",
        "https",
        "http",
    }
    assert told(around.format(reason), "en") == around.format(reason)


@pytest.mark.parametrize(
    "said",
    [
        "The model was not asked: the person has not agreed to an outside provider.",
        "The model stub answers.",
        "The model stub answers (not in the server's list of models).",
    ],
)
def test_that_what_is_said_of_the_model_is_russian(said: str) -> None:
    assert set(LATIN.findall(told(said, "ru"))) <= {"stub"}


def test_that_every_sensitive_matter_has_a_name() -> None:
    for language in ("ru", "en"):
        assert {f"matter-{matter}" for matter in get_args(Matter)} <= catalogue(language).keys()


@pytest.mark.parametrize("intent", get_args(Intent))
def test_that_every_intent_has_a_name(intent: str) -> None:
    for language in ("ru", "en"):
        assert f"intent-{intent}" in catalogue(language)


@pytest.mark.parametrize("wrong", [*STOPPED, *COMPLAINED])
@pytest.mark.parametrize("said", ["Asked again", "Not said"])
def test_that_what_was_stopped_is_told_in_russian_to_its_last_word(said: str, wrong: str) -> None:
    words = told(f"{said}: {wrong}", "ru")
    assert LATIN.findall(words) == []
    assert "одель" not in words
    assert (SENTENCE in words) == (SENTENCE in wrong)


def test_that_all_complaints_of_a_draft_are_among_them() -> None:
    assert [wrong.split()[-1] for wrong in COMPLAINED[:-1]] == [
        "empty.", "enough.", "уровень.", "уровень.", "differently.",
    ]  # fmt: skip


@pytest.mark.parametrize("said", ["Asked again", "Not said"])
def test_that_what_was_stopped_is_told_in_english_without_a_model(said: str) -> None:
    words = told(f"{said}: {STOPPED[0]}", "en")
    assert words.endswith(STOPPED[0])
    assert "model" not in words
    assert said not in words
