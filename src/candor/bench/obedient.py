"""The stub model of `turns`: says what the prompt asks for, so that a turn costs one call.

It carries every point of the step that the prompt names, finds that what is left to it fits, and never says
the same twice in a dialogue, as a model that follows its instructions does. The plain stub repeats the
script's words and is asked again.
"""

import re
from typing import Any, Final

from candor.bench.stub_model import StubCall

_STEP: Final = re.compile(r"(?:Say|back with) step ([^\s']+)")
_WORDS: Final = re.compile(
    r"Its words: (.+?)(?=\nIf not: |\s+Known: |\s+Also fill |\s+Mend your |$)", re.DOTALL
)
_POINTS: Final = re.compile(r" Carry: (.+?)\.(?: |$)")
_TEMPLATE: Final = re.compile(r"\{\{.*?\}\}[,.!]?\s*|\{%.*?%\}")
_OPENINGS: Final = (
    "Спасибо, что рассказали.",
    "Хорошо, давайте по порядку.",
    "Понимаю вас, это важный вопрос.",
    "Ясно, тогда отвечу подробнее.",
    "Отлично, спасибо за ответ.",
)


def obey(call: StubCall) -> dict[str, Any]:
    """The step's words and its points, and `fits` where the prompt asks for it."""
    asked = str(call.messages[-1]["content"])
    is_asked = '"fits"' in asked
    return {"fits": True if is_asked else None, "intents": [], "reply": _reply(call, asked)}


def _reply(call: StubCall, asked: str) -> str:
    """Opened in another way at every message of the dialogue."""
    script = str(call.messages[0]["content"])
    opening = _OPENINGS[len(call.messages) // 2 % len(_OPENINGS)]
    step = _STEP.search(asked)
    if step is None:
        return f"{opening} Что для вас сейчас важнее всего?"
    say, points = _step(script, step.group(1))
    if own := _WORDS.search(asked):
        say = own.group(1)
    if named := _POINTS.search(asked):
        points = named.group(1).split("; ")
    if "back with" in step.group(0):
        points = []
    said = " ".join(f"{point[:1].upper()}{point[1:]}." for point in points)
    return f"{opening} {said} {_TEMPLATE.sub('', say).strip()}"


def _step(script: str, key: str) -> tuple[str, list[str]]:
    """The step's words and points as they stand in the script at the head of the prompt."""
    _, found, rest = script.partition(f"## {key}\n")
    if not found:
        return "", []
    body = rest.split("\n## ", 1)[0].split("\n\n", 1)[0]
    lines = body.splitlines()
    points = [line[2:] for line in lines if line.startswith("- ")]
    return " ".join(line for line in lines if not line.startswith("- ")), points
