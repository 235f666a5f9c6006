"""Positive, neutral or negative: complaints by rule, signs, then ten examples a class."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from candor.common.llm import Encoder, Intent, Tone, Vectors
from candor.disclosure.visible_text import visible
from candor.llm.reading.examples import phrases

_SURE: Final = 0.05
_GOOD: Final = re.compile(
    r"(?<!\w)(?:спасибо|благодар\w+|отлично|супер|здорово|классно|прекрасно|замечательно|рад[аы]?|ура|люблю|"
    r"great|thank\w*|awesome|wonderful|love|perfect|amazing|glad|happy)(?!\w)|[😊😍🔥❤👍🎉🥰😀😁]"
)
_BAD: Final = re.compile(
    r"(?<!\w)(?:ужас\w*|плохо|отврат\w+|надоел\w*|бесит|злюсь|кошмар\w*|дурак\w*|идиот\w*|тупой|страшно|обидно|"
    r"awful|terrible|hate|stupid|idiot|angry|annoy\w+|horrible|worst|scared|bad)(?!\w)|[😡🤬👎😠😢😭]"
)


async def tone_of(
    text: str, encoder: Encoder, *, vector: Vectors | None = None, intents: Sequence[Intent] = ()
) -> Tone:
    """The tone of a message. A complaint or a wish for no more messages is negative by rule."""
    if "complaint" in intents or "opt_out" in intents:
        return "negative"
    seen = visible(text)
    good, bad = bool(_GOOD.search(seen)), bool(_BAD.search(seen))
    if good != bad and not re.search(r"(?<!\w)(?:не|not|no)(?!\w)", seen):
        return "positive" if good else "negative"
    row = vector if vector is not None else await encoder.encode((text,))
    classes = phrases("tones")
    rows = await encoder.encode(tuple(line for lines in classes.values() for line in lines))
    likeness = iter((rows @ row[0]).tolist())
    scores: dict[str, float] = {}
    for name, lines in classes.items():
        near = sorted(islice(likeness, len(lines)))[-3:]
        scores[name] = sum(near) / len(near)
    if scores["positive"] > max(scores["neutral"], scores["negative"]) + _SURE:
        return "positive"
    if scores["negative"] > max(scores["neutral"], scores["positive"]) + _SURE:
        return "negative"
    return "neutral"
