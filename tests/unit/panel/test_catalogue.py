"""Both languages are complete: every text of templates and views has its Russian."""

import re
from pathlib import Path

import pytest

from candor.panel.i18n import catalogue

PANEL = Path(__file__).parents[3] / "src" / "candor" / "panel"
FILES = [*PANEL.rglob("*.html"), *PANEL.rglob("*.py")]
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
