"""Why the AI said it is told in the reader's language: the words of every reason are known."""

import re
from typing import get_args

import pytest
from flask import Flask, g

from candor.common.llm import Intent
from candor.panel.i18n import catalogue, translate_message
from candor.sales.document import Action
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


def told(reason: str, language: str) -> str:
    with Flask(__name__).test_request_context():
        g.language = language
        return translate_message(reason)


@pytest.mark.parametrize("reason", SAID)
def test_that_a_reason_is_told_in_russian_with_its_names_and_figures(reason: str) -> None:
    words = told(reason, "ru")
    assert words != reason
    assert CYRILLIC & set(words.casefold())
    assert all(figure in words for figure in FIGURE.findall(reason))


@pytest.mark.parametrize("intent", get_args(Intent))
def test_that_every_intent_has_a_name(intent: str) -> None:
    for language in ("ru", "en"):
        assert f"intent-{intent}" in catalogue(language)
