"""The rules of the claims gate for conduct: pressure, insults, secrets, harm, and deeds nobody has done.

Whether a sentence is a question changes nothing for most of them, and no fact makes them right; only a
deed may be told where a source tells it.
"""

import re
from collections.abc import Iterator

from candor.disclosure import conduct_patterns as conduct
from candor.disclosure.claim_patterns import Patterns
from candor.disclosure.proof import Proof, is_supported


def harm(seen: str) -> str:
    """A secret that is asked of the client (a card's code, a password), or advice that harms."""
    for found in _not_denied(conduct.ASKED_SECRETS, seen):
        is_for_elsewhere = conduct.ELSEWHERE.search(seen) is not None
        if not (is_for_elsewhere and conduct.CARD_OR_PASSPORT.search(found)):
            return found
    return next(_not_denied(conduct.HARMS, seen), "")


def warns(seen: str) -> bool:
    """ "Never share your CVV", "be careful with scammers"."""
    return conduct.WARNS.search(seen) is not None and not harm(seen)


def pressure(seen: str, is_question: bool, proof: Proof) -> str:
    return next(_not_denied(conduct.PRESSURE, seen), "")


def insult(seen: str, is_question: bool, proof: Proof) -> str:
    """Abuse of the client or of somebody else, or an accusation; advice about rogues is neither."""
    if conduct.SPEAKS_OF_ROGUES.search(seen):
        return ""
    return next(_found(conduct.INSULTS, seen), "")


def deed(seen: str, is_question: bool, proof: Proof) -> str:
    """Something told as done that the AI can neither do nor see: a payment, a contract, a booking."""
    if is_question or conduct.NOT_DONE.search(seen) or is_supported(seen, proof):
        return ""
    return next(_found(conduct.DEEDS, seen), "")


def _not_denied(patterns: Patterns, seen: str) -> Iterator[str]:
    for pattern in patterns:
        for found in pattern.finditer(seen):
            if not conduct.NOT_ASKED.search(seen[: found.start()]):
                yield found.group().strip()


def _found(patterns: Patterns, seen: str) -> Iterator[str]:
    found: Iterator[re.Match[str] | None] = (pattern.search(seen) for pattern in patterns)
    return (one.group().strip() for one in found if one is not None)
