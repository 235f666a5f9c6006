"""What differs between two versions of a script: line by line, and part by part."""

from collections.abc import Iterator, Mapping
from difflib import unified_diff

from pydantic import BaseModel

from candor.sales.document import ScriptDocument
from candor.sales.export import export_script
from candor.sales.script_records import Script, ScriptDiff, StepChange

_PARTS_OF_THEIR_OWN = ("steps", "triggers", "facts")


def compare(old: Script, new: Script) -> ScriptDiff:
    lines = unified_diff(
        export_script(old.document).splitlines(keepends=True),
        export_script(new.document).splitlines(keepends=True),
        fromfile=f"{old.key} {old.version}",
        tofile=f"{new.key} {new.version}",
    )
    changes = tuple(_changes(old.document, new.document))
    return ScriptDiff(old.version, new.version, "".join(lines), changes)


def _changes(old: ScriptDocument, new: ScriptDocument) -> Iterator[StepChange]:
    names = tuple(
        name
        for name in ScriptDocument.model_fields
        if name not in _PARTS_OF_THEIR_OWN and getattr(old, name) != getattr(new, name)
    )
    if names:
        yield StepChange("script", new.key, "changed", names)
    yield from _part_changes("step", _by_key(old.steps), _by_key(new.steps))
    yield from _part_changes("trigger", _by_key(old.triggers), _by_key(new.triggers))
    facts = ({fact.id: fact for fact in old.facts}, {fact.id: fact for fact in new.facts})
    yield from _part_changes("fact", *facts)


def _by_key(parts: tuple[BaseModel, ...]) -> dict[str, BaseModel]:
    return {str(getattr(part, "key", "")): part for part in parts}


def _part_changes(
    part: str, old: Mapping[str, BaseModel], new: Mapping[str, BaseModel]
) -> Iterator[StepChange]:
    for key in old.keys() - new.keys():
        yield StepChange(part, key, "removed")  # type: ignore[arg-type]
    order_before = [key for key in old if key in new]
    order_after = [key for key in new if key in old]
    for key, item in new.items():
        if key not in old:
            yield StepChange(part, key, "added")  # type: ignore[arg-type]
            continue
        fields = tuple(
            name
            for name in type(item).model_fields
            if getattr(item, name) != getattr(old[key], name)
        )
        if fields:
            yield StepChange(part, key, "changed", fields)  # type: ignore[arg-type]
        elif order_before.index(key) != order_after.index(key):
            yield StepChange(part, key, "moved")  # type: ignore[arg-type]
