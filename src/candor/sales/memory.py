"""What the engines get to see of a long dialogue: the newest lines and a summary of the rest."""

from dataclasses import dataclass
from typing import Final

from candor.common.llm import Language, Line, LLMService
from candor.messaging.conversation import ConversationMessage
from candor.messaging.reading import Turn

KEPT: Final = 8
"""Lines that stay word for word when older ones are summed up."""
TOO_MANY: Final = 18
"""Lines since the last summary that call for a new one."""
SUMMARY_LENGTH: Final = 650
"""Characters of all that was summed up so far."""
_MARK: Final = "summary_up_to"


@dataclass(frozen=True, slots=True)
class Memory:
    lines: tuple[Line, ...]
    summary: str
    stages: frozenset[str]
    """Steps whose words this dialogue has heard, as far as the history reaches."""
    new_summary: str | None = None
    new_summary_up_to: int | None = None


async def remembered(turn: Turn, llm: LLMService, *, language: Language) -> Memory:
    """The turn's memory. Asks for a new summary only when many lines came since the last one, so
    that the prompt grows at its end and its beginning stays the same between summaries."""
    covered = _covered(turn)
    fresh = tuple(line for line in turn.history if line.id > covered)
    stages = frozenset(
        line.stage for line in turn.history if line.stage and line.direction == "out"
    )
    summary = turn.conversation.summary
    if len(fresh) <= TOO_MANY:
        return Memory(_lines(fresh), summary, stages)
    older, newest = fresh[:-KEPT], fresh[-KEPT:]
    added = await llm.summarize_dialogue(_lines(older), language=language)
    text = _continued(summary, added)
    up_to = int(older[-1].id)
    return Memory(_lines(newest), text, stages, new_summary=text, new_summary_up_to=up_to)


def _continued(summary: str, added: str) -> str:
    """Both summaries in one. What is too much goes from the middle: who the client is and what he wants
    he tells first, and what matters now last."""
    if not summary or not added:
        return summary or added
    opening, mark, said = added.partition(": ")
    earlier = summary.partition(": ")[2].split("; ")
    told = list(dict.fromkeys([*earlier, *said.split("; ")]))
    while len(told) > 2 and len("; ".join(told)) > SUMMARY_LENGTH:
        del told[len(told) // 2]
    return opening + mark + "; ".join(told)


def _covered(turn: Turn) -> int:
    """The id of the last message that the stored summary covers; noted with an analysis."""
    marks = [0]
    for line in turn.history:
        mark = (line.analysis or {}).get(_MARK)
        if isinstance(mark, int):
            marks.append(mark)
    return max(marks)


def _lines(messages: tuple[ConversationMessage, ...]) -> tuple[Line, ...]:
    return tuple(
        Line(message.author, message.text or f"[{message.kind}]", message.created_at)
        for message in messages
    )
