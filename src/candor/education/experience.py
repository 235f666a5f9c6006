"""Recognises "did this work for you?" asked of an AI partner, and answers it truthfully by code (H3).

A partner has no experience: it says that it is AI and shows a worked example of this lesson instead.
"""

import re
from typing import Final

from candor.common.llm import Language
from candor.disclosure.claims import Proof
from candor.disclosure.visible_text import visible
from candor.education import welcome
from candor.education.lesson import LessonStep
from candor.education.partner import may_say, worded

_ASKED: Final = re.compile(
    r"""
    \b(?:ты|вы)\b[^.!?\n]{0,40}\b(?:сам|сама|сами|самому|самой|уже|тоже|раньше)?[^.!?\n]{0,25}
        \b(?:учил\w*|выучил\w*|проходил\w*|прош[её]л|прошла|прошли|занимал\w*|пробовал\w*|заработал\w*|
        добил\w*|справил\w*|начинал\w*|покупал\w*|получил\w*)\b
    | \b(?:тебе|вам)\b[^.!?\n]{0,25}\b(?:помог\w*|пригодил\w*|понравил\w*|сработал\w*)\b
    | \b(?:помогл[оаи]|сработал[оаи])\s+(?:ли\s+)?(?:тебе|вам)\b
    | \b(?:тво[йяеи]\w*|ваш[аеи]?|ваши)\s+(?:результат\w*|опыт\w*|успех\w*|оценк\w*)\b
    | \b(?:did|does|has|have)\s+(?:it|this|that|the\s+course)\b[^.!?\n]{0,30}
        \b(?:work|worked|help|helped)\b[^.!?\n]{0,15}\b(?:you)\b
    | \b(?:did|have|do)\s+you\b[^.!?\n]{0,25}
        \b(?:learn|learned|learnt|study|studied|take|taken|try|tried|earn|earned|finish|finished|buy|bought)\b
    | \byour\s+(?:own\s+)?(?:results?|experience|success|progress|grade)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def asks_experience(text: str) -> bool:
    """Whether the message asks an AI for results, learning or feelings of its own."""
    return _ASKED.search(visible(text)) is not None


def honest_answer(
    step: LessonStep | None, *, language: Language, proof: Proof | None = None
) -> str:
    """That it is AI and has no results; then the author's worked example of this step, if any."""
    words = welcome.plain("partner_identity", language=language)
    examples = (
        worded(reaction, language)
        for reaction in (step.reactions if step else ())
        if reaction.kind == "worked_example"
        and reaction.text
        and may_say(reaction.text, proof or Proof())
    )
    example = next(examples, "")
    return f"{words}\n\n{example}" if example else words
