"""Both languages are complete: every text of templates and views has its Russian."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask, g

from candor.panel.i18n import catalogue, translate_message

PANEL = Path(__file__).parents[3] / "src" / "candor" / "panel"
FILES = [*PANEL.rglob("*.html"), *PANEL.rglob("*.py")]
ROOMS = ("commenting", "clients", "webhooks")
"""What goes wrong in them is shown on pages as it was raised."""
SHOWN = {"InvalidInputError": 0, "ConflictError": 0, "NotFoundError": 0, "FieldError": 1}
"""Errors and which of their arguments is the sentence."""
CALL = re.compile(r"""\b_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*([,)~])""")
PLURAL = re.compile(r'plural\([^,]+?,\s*"([^"]+)",\s*"([^"]+)"\)')
FIELD = re.compile(r"\{\w+\}")


def texts() -> set[str]:
    found = set()
    for path in FILES:
        source = path.read_text(encoding="utf-8")
        for double, single, end in CALL.findall(source):
            if end != "~":
                found.add((double or single).replace('\\"', '"'))
        found |= {many for _, many in PLURAL.findall(source)}
    return found - {"English text"}


def test_that_every_text_has_its_russian() -> None:
    missing = sorted(text for text in texts() if text not in catalogue("ru"))
    assert missing == []


def test_that_every_named_code_has_a_name_in_both_languages() -> None:
    codes = {key for key in catalogue("ru") if re.fullmatch(r"[a-z]+(?:-[a-z]+)*-\w+", key)}
    missing = sorted(code for code in codes if code not in catalogue("en"))
    assert [code for code in missing if not code.startswith("2-step")] == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_that_translations_keep_the_fields_of_their_texts(language: str) -> None:
    for text, words in catalogue(language).items():
        for form in words.split("|"):
            assert set(FIELD.findall(form)) <= set(FIELD.findall(text)), text


def sentences() -> dict[str, str]:
    """What is raised for people to read, with where it is; a value inside is shown as 7."""
    found = {}
    for path in (path for room in ROOMS for path in (PANEL.parent / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = (
                node.func.id
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                else ""
            )
            if name in SHOWN and isinstance(node, ast.Call) and len(node.args) > SHOWN[name]:
                said = node.args[SHOWN[name]]
                parts = said.values if isinstance(said, ast.JoinedStr) else [said]
                text = "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts
                )
                if " " in text:
                    found[text] = f"{path.name}:{node.lineno}"
    return found


def test_that_what_goes_wrong_is_said_in_russian() -> None:
    assert len(sentences()) > 30
    with Flask(__name__).test_request_context():
        g.language = "ru"
        missing = {
            text: place for text, place in sentences().items() if translate_message(text) == text
        }
    assert missing == {}
