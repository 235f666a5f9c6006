"""The stub model of `turns`: says what the prompt asks for, so that a turn costs one call.

It carries every point of the step that the prompt names and never says the same twice, as a model
that follows its instructions does. The plain stub repeats the script's words and is asked again.
"""

import re
from itertools import count
from typing import Final

from candor.bench.stub_model import StubCall

_STEP: Final = re.compile(r"(?:Say|back with) step ([^\s']+)")
_WORDS: Final = re.compile(r"Its words: (.+?)(?= Known: | Also fill | Mend your |$)", re.DOTALL)
_POINTS: Final = re.compile(r" Carry: (.+?)\.(?: |$)")
_TEMPLATE: Final = re.compile(r"\{\{.*?\}\}[,.!]?\s*|\{%.*?%\}")
_OPENINGS: Final = (
    "Спасибо, что рассказали.",
    "Хорошо, давайте по порядку.",
    "Понимаю вас, это важный вопрос.",
    "Ясно, тогда отвечу подробнее.",
    "Отлично, спасибо за ответ.",
)
_numbers = count()


def obey(call: StubCall) -> str:
    """The step's words and its points, opened in another way every time."""
    asked = str(call.messages[-1]["content"])
    script = str(call.messages[0]["content"])
    opening = _OPENINGS[next(_numbers) % len(_OPENINGS)]
    step = _STEP.search(asked)
    if step is None:
        return f"{opening} Что для вас сейчас важнее всего?"
    say, points = _step(script, step.group(1))
    if own := _WORDS.search(asked):
        say = own.group(1)
    if named := _POINTS.search(asked):
        points = named.group(1).split("; ")
    if asked.startswith("Answer the client first"):
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
