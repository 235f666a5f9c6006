"""What the offline engine hears in a message beside its analysis: something asked in passing, terms of the
client's own making."""

import re
from typing import Final

from candor.common.llm import WritingRequest
from candor.disclosure.figures import figures
from candor.disclosure.proof import MONEY, proves
from candor.disclosure.visible_text import visible
from candor.llm.reading.polarity_words import ASKS, ASKS_ABOUT

_ASKS_ON: Final = re.compile(r"^(?:а|and|but|what about) ")
"""Begins a question that is asked in passing, often without its mark: "а домашки много"."""
_BARGAIN: Final = re.compile(
    r"\b(?:вы|ты) (?:\w+ ){0,3}обещал|(?<!мы )\bобещали\b|скидк|полцены|discount|half[ -]price|\d ?% off\b"
    r"|\byou(?:'\w+| \w+){0,2} promised|\b(?:was|were|been) promised|\bpromised (?:me|us)\b"
)
_OF_OTHERS: Final = re.compile(
    r"потрат|заплатил|платил|отдал|стоил|зарабат|зарплат|spent|paid|(?:was|were) paying|used to|earn|salary"
)
"""A sum of the past or of the client's own life is no term of ours."""


def may_ask(request: WritingRequest) -> bool:
    """Whether the message looks like a question; only what is surely known is said to it."""
    seen = visible(request.message)
    asking = (ASKS, ASKS_ABOUT, _ASKS_ON)
    return "question" in request.analysis.intents or any(words.search(seen) for words in asking)


def names_terms(request: WritingRequest) -> bool:
    """Whether the client speaks of a promise, a discount or a sum that no fact carries: to thank for that
    would sound like consent."""
    seen = visible(request.message)
    if _BARGAIN.search(seen):
        return True
    sums = [figure for figure in figures(request.message) if figure.unit in MONEY]
    if not sums or _OF_OTHERS.search(seen):
        return False
    own = [*(fact.text for fact in request.facts), *request.knowledge]
    known = [figure for text in own for figure in figures(text)]
    return any(not any(proves(one, said) for one in known) for said in sums)
