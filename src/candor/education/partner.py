"""`StudentBotService`: the AI study partners. Labelled bots that ask, show examples and encourage.

What they say is planned per task by the script's author; they never report results of their own and
never grade (H8). They answer only when they are asked, and fall silent on request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from candor.common.ids import AccountId
from candor.common.llm import Language
from candor.disclosure.claims import Proof, Reason, find_claims
from candor.education.lesson import REACTION_GAP, LessonStep, PartnerRole, Reaction

_AUTHORS_OWN = frozenset({Reason.UNPROVEN, Reason.TERMS})
"""What a model may not say without a fact, but the script's author may: it is the business's word."""
_EXAMPLE: dict[Language, str] = {"ru": "Учебный пример.", "en": "A worked example."}


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner bot of this business."""

    account_id: AccountId
    name: str
    username: str
    role: PartnerRole


@dataclass(frozen=True, slots=True)
class PlannedReaction:
    partner: Partner
    text: str
    at: datetime


class StudentBotService:
    """Plans what the partners of a group say about a task, and in which order."""

    def plan(
        self,
        step: LessonStep,
        *,
        partners: Sequence[Partner],
        language: Language,
        proof: Proof,
        after: datetime,
        is_quiet: bool,
    ) -> tuple[PlannedReaction, ...]:
        """The script's reactions to this task, one speaker at a time; none while silence is asked for.

        A reaction whose partner is not in the group is left out, and so is one that claims an
        experience or a grade.
        """
        if is_quiet:
            return ()
        by_role: dict[str, Partner] = {partner.role: partner for partner in partners}
        planned = []
        at = after
        for reaction in step.reactions:
            partner = by_role.get(reaction.partner)
            if partner is None or not reaction.text:
                continue
            if not self.may_say(reaction.text, proof):
                continue
            at += REACTION_GAP
            planned.append(PlannedReaction(partner, worded(reaction, language), at))
        return tuple(planned)

    def may_say(self, text: str, proof: Proof) -> bool:
        """The gate for what an author lets a partner say (H3, H8)."""
        return may_say(text, proof)


def may_say(text: str, proof: Proof) -> bool:
    """No own experience, no results, no grades, no figures without a fact.

    A plain statement needs no other source than its author: lessons explain things no fact holds.
    """
    return all(claim.reason in _AUTHORS_OWN for claim in find_claims(text, proof))


def worded(reaction: Reaction, language: Language) -> str:
    """What is sent of it: a worked example is called one, whatever its author wrote."""
    opening = _EXAMPLE[language]
    if reaction.kind != "worked_example" or reaction.text.startswith(opening):
        return reaction.text
    return f"{opening} {reaction.text}"
