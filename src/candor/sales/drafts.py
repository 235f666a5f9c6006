"""What a draft must be before it may go out: honest, short enough, on script, and not said before.

Each complaint is a sentence for the model that is asked again and for the conversation page.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from candor.common.llm import DraftReply, Step, Strategy
from candor.disclosure.claims import Claim, Proof, Reason, find_claims
from candor.disclosure.figures import figures
from candor.disclosure.links import addresses
from candor.disclosure.proof import MONEY, sentences
from candor.sales.document import ScriptDocument
from candor.sales.views import (
    CommonValues,
    ScriptValues,
    Values,
    filled,
    is_personal,
    nameless,
    names_client,
)

MAX_TEXT: Final = 3_500
"""Characters of an answer; Telegram takes 4096, and the label stands in front."""
MUST_CARRY: Final = 0.8
"""Share of the step's points that a reply by script carries."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What this answer is measured by."""

    strategy: Strategy
    step: Step | None
    proof: Proof
    heard: tuple[str, ...]
    """What we said last, newest first."""


def complaints(draft: DraftReply, bar: Bar) -> Iterator[str]:
    """Everything that stands against sending the draft; empty when it may go."""
    text = draft.text.strip()
    if not text:
        yield "The answer is empty."
        return
    if len(text) > MAX_TEXT:
        yield f"The answer is longer than {MAX_TEXT} characters; a few sentences are enough."
    for claim in find_claims(text, bar.proof):
        yield claim.explanation
    yield from confirmed(text, bar.proof)
    if draft.source == "model":
        yield from missing_points(draft, bar)
    if is_repeated(text, bar.heard):
        yield "The last answer had the very same words; say it differently."


def confirmed(text: str, proof: Proof) -> Iterator[str]:
    """A bare yes makes the client's words ours: "so you guarantee it?" - "I confirm"."""
    if not any(_AGREES.match(line) and not _DENIES.search(line) for line in sentences(text)):
        return
    ours = replace(proof, client_said=())
    for line in proof.client_said:
        for claim in find_claims(line.replace("?", "."), ours):
            if _is_ours_to_keep(claim):
                yield f"“{claim.text}” is what the client says, and the answer agrees; no fact carries it."


def _is_ours_to_keep(claim: Claim) -> bool:
    """What would bind the business; how long a client has learnt and when he is free, he knows himself."""
    if claim.reason in (Reason.OFFER, Reason.GUARANTEE):
        return True
    prices = (*MONEY, "percent")
    return claim.reason is Reason.FIGURE and any(
        one.unit in prices for one in figures(claim.detail)
    )


_AGREES: Final = re.compile(
    r"\W*(?:да|верно|именно|договорились|подтверждаю|согласн?[аы]?|по рукам|так и есть|конечно|"
    r"yes|yeah|yep|correct|exactly|agreed|deal|confirmed|i confirm|that's right|sure|of course)(?!\w)",
    re.IGNORECASE,
)
_DENIES: Final = re.compile(r"(?<!\w)(?:не|нет|ни|no|not|never|\w+n't|cannot)(?!\w)", re.IGNORECASE)


def missing_points(draft: DraftReply, bar: Bar) -> Iterator[str]:
    """Complains when fewer than 80 % of the step's points are carried."""
    points = bar.step.must_say if bar.step is not None and bar.strategy == "script_80" else ()
    missing = [point for point in points if point not in draft.covered_points]
    if points and 1 - len(missing) / len(points) < MUST_CARRY:
        yield "These points are missing: " + "; ".join(missing) + "."


def is_repeated(text: str, heard: Sequence[str]) -> bool:
    return bool(heard) and _plain(text) == _plain(heard[0])


@dataclass(frozen=True, slots=True)
class _ScriptProof:
    """What a script may state whoever hears it, and the templates that are others for each client."""

    approved: tuple[str, ...]
    personal: tuple[str, ...]
    named: tuple[str, ...]
    facts: tuple[str, ...]
    links: tuple[str, ...]


def proof_for(document: ScriptDocument, values: Values, client_said: Sequence[str]) -> Proof:
    """What may be stated: facts, the owner's own lines, and what the client said himself."""
    if isinstance(values, ScriptValues):
        script = _kept_script_proof(values.common)
    else:
        script = _script_proof(document, values)
    return Proof(
        facts=script.facts,
        approved=script.approved,
        personal=tuple(filled(words, values) for words in script.personal),
        addressed=tuple(filled(words, values) for words in script.named),
        names=_names(values),
        client_said=tuple(client_said),
        allowed_links=script.links,
    )


@lru_cache(maxsize=128)
def _kept_script_proof(common: CommonValues) -> _ScriptProof:
    return _script_proof(common.document, common.values)


def _script_proof(document: ScriptDocument, values: Values) -> _ScriptProof:
    templates = tuple(_templates(document))
    personal = tuple(words for words in templates if is_personal(words))
    named = tuple(w for w in templates if names_client(w) and not is_personal(w))
    approved = (
        *document.variables.values(),
        *document.knowledge,
        *(filled(words, values) for words in templates if not names_client(words)),
        *(nameless(words, values) for words in named),
    )
    return _ScriptProof(
        approved=tuple(line for line in approved if line),
        personal=personal,
        named=named,
        facts=tuple(fact.text for fact in document.facts),
        links=_allowed_links(document, (*approved, *personal)),
    )


def _templates(document: ScriptDocument) -> Iterator[str]:
    """All that the owner lets the script say, not yet filled in."""
    for step in document.steps:
        yield from filter(None, (step.say, step.task, *step.alternatives, *step.must_say))
    yield from filter(None, (trigger.say for trigger in document.triggers))
    yield from filter(None, (reminder_of(document),))


def _names(values: Values) -> tuple[str, ...]:
    client = values.get("client")
    known = client if isinstance(client, Mapping) else {}
    return tuple(str(known[part]) for part in ("first_name", "last_name") if known.get(part))


def _allowed_links(document: ScriptDocument, own: Sequence[str]) -> tuple[str, ...]:
    """The script's allow-list, the evidence of its facts, and every address in the owner's `own` lines."""
    written = [link for line in own for link in _addresses(line)]
    evidence = [fact.evidence for fact in document.facts]
    return tuple(dict.fromkeys([*document.links, *evidence, *written]))


def reminder_of(document: ScriptDocument) -> str:
    """The template of the reminder; empty when the script has none."""
    return document.follow_up.say if document.follow_up is not None else ""


def shortened(text: str, limit: int = MAX_TEXT) -> str:
    """The text cut at the end of a sentence."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    end = max(cut.rfind(mark) for mark in (". ", "! ", "? ", ".\n", "\n"))
    return cut[: end + 1].rstrip() if end > limit // 2 else cut.rstrip()


@lru_cache(maxsize=2048)
def _addresses(line: str) -> tuple[str, ...]:
    return tuple(addresses(line))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
