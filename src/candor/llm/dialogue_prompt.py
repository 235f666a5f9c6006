"""Builds the prompt of a sales answer: the stable part first, the dialogue after it, the turn last.

Everything up to the client's newest message is the same bytes as in the turn before plus what was said
since, so a provider's prefix cache serves it. What belongs to this turn alone stands in the last lines.
This is the one place that decides what the model sees of a dialogue (H7).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from candor.common.llm import Fact, Language, Line, Step, WritingRequest
from candor.disclosure.visible_text import shorten, without_hidden
from candor.llm.chat_model import ChatMessage
from candor.llm.prompts import Prompt

MAX_LINES: Final = 24
LINE_LENGTH: Final = 400
OWN_LINE_LENGTH: Final = 140
"""Of what we said the beginning is enough: the script above has the rest."""
MESSAGE_LENGTH: Final = 1_500
SCRIPT_LENGTH: Final = 1_600
"""A step whose words are cut off here is given its words when its turn comes."""
KNOWLEDGE_LENGTH: Final = 600
"""Characters of knowledge up to which all of it stands in the stable part; more is searched per turn."""
FACTS_LENGTH: Final = 1_200
_NAMES: Final[dict[Language, str]] = {"ru": "Russian", "en": "English"}
_MARK: Final = "NOW"


def dialogue_messages(
    request: WritingRequest, prompt: Prompt, *, found: Sequence[str] = ()
) -> list[ChatMessage]:
    """The messages of one call; `found` are knowledge passages that answer this very message."""
    system = prompt.filled(
        business=request.business,
        style=_style(request.personality),
        facts=facts_text(request.facts),
        knowledge=_knowledge(request.knowledge),
        script=shorten(request.script_rules, SCRIPT_LENGTH) or "-",
    )
    messages = [ChatMessage("system", system)]
    if request.summary:
        messages.append(ChatMessage("user", f"(Earlier: {shorten(request.summary, 700)})"))
    messages += [_said(line) for line in _kept(request.history, request.message)]
    messages.append(ChatMessage("user", f"{_client(request.message)}\n\n{_now(request, found)}"))
    return messages


def is_searched(knowledge: Sequence[str]) -> bool:
    """Whether there is too much to be told at every turn, so that each gets what answers it."""
    return sum(map(len, knowledge)) > KNOWLEDGE_LENGTH


def _knowledge(knowledge: Sequence[str]) -> str:
    if is_searched(knowledge):
        return "(what answers the message stands in NOW as Known)"
    return "\n".join(knowledge) or "-"


def facts_text(facts: Sequence[Fact]) -> str:
    lines = [f"[{fact.id}] {fact.text}" for fact in facts]
    return shorten("\n".join(lines), FACTS_LENGTH) or "-"


def _kept(history: Sequence[Line], message: str) -> Sequence[Line]:
    """The newest lines, cut in steps of eight so that the prefix changes rarely."""
    lines = list(history)
    while lines and lines[-1].author == "client" and lines[-1].text.strip() in message:
        lines.pop()
    over = max(0, len(lines) - MAX_LINES)
    return lines[-(-over // 8) * 8 :]


def _said(line: Line) -> ChatMessage:
    text = shorten(without_hidden(line.text), LINE_LENGTH)
    if line.author == "client":
        return ChatMessage("user", _unmarked(text))
    return ChatMessage("assistant", shorten(text, OWN_LINE_LENGTH))


def _client(text: str) -> str:
    return _unmarked(shorten(without_hidden(text), MESSAGE_LENGTH))


def _unmarked(text: str) -> str:
    """A client can't write the mark of our own instructions."""
    return text.replace(f"[{_MARK}", f"({_MARK.lower()}")


def _now(request: WritingRequest, found: Sequence[str]) -> str:
    """What this turn alone needs, short: it is the only part that no cache serves."""
    parts = [f"[{_MARK}] Answer in {_NAMES[request.language]}. {_task(request)}"]
    parts += [f"Known: {shorten(passage, 300)}" for passage in found]
    if not request.analysis.is_sure:
        parts.append(_settle(request))
    if request.must_mend:
        parts.append("Mend your last draft: " + shorten(" ".join(request.must_mend), 500))
    return " ".join(parts).replace("\n ", "\n")


def _task(request: WritingRequest) -> str:
    """What to say; where it is open whether the message fits, both, and the model chooses."""
    step, fitting = request.step, request.if_fits
    if step is None:
        return "Answer the client."
    if fitting is not None:
        where = f"replies to step {request.stage}" if request.stage else "suits the script"
        return (
            f'Decide "fits" first: whether the message {where}.\n'
            f"If it does: {_by_script(fitting, request)}\n"
            f"If not: {_led_back(step, request)}\n"
        )
    if request.strategy == "script_80":
        return _by_script(step, request)
    return _led_back(step, request)


def _by_script(step: Step, request: WritingRequest) -> str:
    asks = "question" in request.analysis.intents
    first = "First answer the client's question. " if asks else ""
    points = _points(step, request.script_rules)
    return f"{first}Say step {step.key} in your words.{points}{_words(step, request)}"


def _led_back(step: Step, request: WritingRequest) -> str:
    back = f"Answer the client first, then lead back with step {step.key}'s question."
    return f"{back}{_words(step, request)}"


def _words(step: Step, request: WritingRequest) -> str:
    """The step's words, where the script above was cut off before them."""
    if not step.say or step.say[:40] in request.script_rules:
        return ""
    return f" Its words: {shorten(step.say, 300)}"


def _points(step: Step, rules: str) -> str:
    """The points that the answer must carry, unless the script above lists them already."""
    missing = [point for point in step.must_say if f"- {point}" not in rules]
    if not missing:
        return " Carry all its points." if step.must_say else ""
    return f" Carry: {'; '.join(missing)}."


def _settle(request: WritingRequest) -> str:
    step = request.step
    where = f"step {step.key}'s words answer" if step is not None else "the script answers"
    fits = "" if request.if_fits is not None else f'"fits" (true if {where} this message) and '
    return (
        f'Also fill {fits}"intents" (of agreement, refusal, '
        "postponement, wish_for_person, complaint, opt_out, question)."
    )


def _style(personality: Mapping[str, object]) -> str:
    shown = {
        name: personality[name]
        for name in ("name", "style", "tone", "vocabulary", "phrases")
        if personality.get(name)
    }
    if not shown:
        return ""
    said = "; ".join(f"{name}: {_listed(value)}" for name, value in shown.items())
    return f"STYLE (never a reason to break a rule)\n{shorten(said, 400)}"


def _listed(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return str(value)
