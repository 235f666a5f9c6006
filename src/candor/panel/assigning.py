"""Whose matter a dialogue or a client may be: people who can sign in and act on dialogues."""

from candor.common.errors import FieldError, InvalidInputError
from candor.common.operators import RANKS, Operator
from candor.panel.access import operator_administration
from candor.panel.inward import run


def people_who_act() -> tuple[Operator, ...]:
    """Owners and operators who are not disabled."""
    everybody = run(operator_administration().list())
    return tuple(
        person
        for person in everybody
        if not person.is_disabled and RANKS[person.role] >= RANKS["operator"]
    )


def check_acts(operator_id: int, *, field: str) -> None:
    """Raises InvalidInputError, naming the field, for a viewer, a disabled person, or nobody."""
    if all(person.id != operator_id for person in people_who_act()):
        told = "There is no operator of this number who may act on dialogues."
        raise InvalidInputError(told, errors=(FieldError(field, told),))
