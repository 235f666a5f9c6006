"""A script as the language engines see it: templates filled in for this client, nothing else of him.

What a template may name is put together here, in one place (H7): the client's name, language and
diagnosis, the script's variables, the business.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from candor.common.llm import Fact, Language, MessageAnalysis, Step, Trigger
from candor.disclosure.links import foreign_links
from candor.sales.document import ScriptDocument, ScriptStep
from candor.sales.script_records import Script
from candor.sales.stepping import way_key
from candor.sales.templates import holds, render
from candor.sales.triggers import is_invited, listening

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BusinessCard:
    """The business that the account speaks for."""

    name: str
    language: Language = "ru"
    timezone: str = "UTC"
    site: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CommonValues:
    """What a script's templates may name that is the same for every client. Equal to itself alone, so
    that what is worked out with it can be kept."""

    document: ScriptDocument
    values: Values


class ScriptValues(dict[str, object]):
    """Values for one client. A template is filled once; one that doesn't name the client, once for
    all of them."""

    def __init__(self, common: CommonValues, client: Mapping[str, object]) -> None:
        super().__init__({**common.values, "client": client})
        self.common = common
        self.client = client
        self._own: dict[str, str] = {}

    def filled(self, template: str) -> str:
        if not names_client(template):
            return _filled_for_all(template, self.common)
        if (known := self._own.get(template)) is None:
            known = self._own[template] = _rendered(template, self)
        return known


class ClientCard(Protocol):
    """What a template may know of a client; `ClientProfile` fits."""

    @property
    def first_name(self) -> str: ...

    @property
    def last_name(self) -> str: ...

    @property
    def username(self) -> str | None: ...

    @property
    def language(self) -> Language: ...


def values_for(
    script: Script,
    client: ClientCard,
    business: BusinessCard,
    *,
    origin: str | None = None,
    diagnosis: Mapping[str, object] | None = None,
) -> ScriptValues:
    """All that this script's templates may name. Braces in a client's name are only text; a name that
    holds an address is left out, as if he had none."""
    first, last = _harmless_name(client.first_name), _harmless_name(client.last_name)
    known: dict[str, object] = {
        "first_name": first,
        "last_name": last,
        "name": f"{first} {last}".strip(),
        "username": client.username or "",
        "language": client.language,
        "origin": origin or "",
        "diagnosis": dict(diagnosis or {}),
    }
    return ScriptValues(_common_values(_Version(script), business), known)


def _harmless_name(name: str) -> str:
    return "" if any(foreign_links(name, ())) else name


class _Version:
    """A script in one version as a key: the object itself, since its contents are long."""

    __slots__ = ("script",)

    def __init__(self, script: Script) -> None:
        self.script = script

    def __hash__(self) -> int:
        return hash((id(self.script.document), self.script.version))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Version)
            and other.script.document is self.script.document
            and other.script.version == self.script.version
        )


@lru_cache(maxsize=128)
def _common_values(version: _Version, business: BusinessCard) -> CommonValues:
    document = version.script.document
    values = {
        **document.variables,
        "variables": document.variables,
        "business": {
            "name": business.name,
            "language": business.language,
            "timezone": business.timezone,
            "site": business.site,
            "contact": business.contact,
        },
        "script": {
            "key": document.key,
            "title": document.title,
            "language": document.language,
            "version": version.script.version,
        },
    }
    return CommonValues(document, values)


def names_client(template: str) -> bool:
    """Whether the words may be others for the next client."""
    return "client" in template


def is_personal(template: str) -> bool:
    """Whether more of the client than his name changes the words: his diagnosis, where he came from."""
    return names_client(_NAMES.sub("", template))


def nameless(template: str, common: Values) -> str:
    """The template's text without the client's name, the same for all; for one that isn't personal."""
    return _rendered(template, {**common, "client": _NOBODY})


_NAMES: Final = re.compile(r"client\.(?:first_name|last_name|name|username)\b")
_NOBODY: Final = {"first_name": "", "last_name": "", "name": "", "username": ""}


def filled(template: str | None, values: Values) -> str:
    """The template's text; empty when there is none or it can't be filled for this client."""
    if template is None:
        return ""
    if "{" not in template:
        return template
    if isinstance(values, ScriptValues):
        return values.filled(template)
    return _rendered(template, values)


@lru_cache(maxsize=4096)
def _filled_for_all(template: str, common: CommonValues) -> str:
    return _rendered(template, common.values)


def _rendered(template: str, values: Values) -> str:
    try:
        return render(template, values)
    except ValueError:
        return ""


def step_view(step: ScriptStep, values: Values) -> Step:
    wordings = (filled(words, values) for words in step.alternatives)
    return Step(
        key=step.key,
        say=filled(step.say, values),
        must_say=tuple(filled(point, values) for point in step.must_say),
        fits=step.fits,
        alternatives=tuple(words for words in wordings if words),
    )


def step_views(document: ScriptDocument, values: Values) -> tuple[Step, ...]:
    return tuple(step_view(step, values) for step in document.steps)


def step_views_of_anyone(values: ScriptValues) -> tuple[Step, ...]:
    """The steps without anything of the client but the language: what a script says whoever hears it."""
    return _views_of_anyone(values.common, values.client["language"])


@lru_cache(maxsize=256)
def _views_of_anyone(common: CommonValues, language: object) -> tuple[Step, ...]:
    anyone = {**_NOBODY, "origin": "", "language": language, "diagnosis": {}}
    return step_views(common.document, ScriptValues(common, anyone))


def trigger_views(document: ScriptDocument, stage: str | None) -> tuple[Trigger, ...]:
    """Triggers that count at this stage, and the example-led ways on of the current step."""
    triggers = [
        Trigger(item.key, item.fits, item.unless, item.action, is_invited(item, stage))
        for item in listening(document, stage)
    ]
    here = document.step(stage)
    for place, rule in enumerate(here.next if here else ()):
        if rule.fits:
            triggers.append(Trigger(way_key(here.key, place), rule.fits, (), "go_to"))  # type: ignore[union-attr]
    return tuple(triggers)


def fact_views(document: ScriptDocument) -> tuple[Fact, ...]:
    return tuple(Fact(fact.id, fact.text, fact.evidence) for fact in document.facts)


def conditions_of(
    step: ScriptStep | None, values: Values, *, text: str, analysis: MessageAnalysis
) -> dict[str, bool]:
    """Every `when` condition of a step's ways on, and whether it holds for this reply."""
    if step is None:
        return {}
    context = {**values, "reply": reply_values(text, analysis)}
    return {
        way_key(step.key, place): holds(rule.when, context)
        for place, rule in enumerate(step.next)
        if rule.when and not rule.is_default
    }


def reply_values(text: str, analysis: MessageAnalysis) -> dict[str, object]:
    return {
        "text": text,
        "words": len(text.split()),
        "tone": analysis.tone,
        "score": analysis.script_fit_score,
        "main_idea": analysis.main_idea,
        "keywords": analysis.keywords,
        "language": analysis.language,
        "step": analysis.step or "",
        "triggers": analysis.triggers,
        "intents": analysis.intents,
    }


def rules_text(document: ScriptDocument) -> str:
    """The stable text of a script for the head of a prompt: the same bytes for every client."""
    lines = [f"# {document.title}"]
    lines += [f"{name} = {value}" for name, value in document.variables.items()]
    for step in document.steps:
        lines.append(f"## {step.key}\n{step.say or ''}".rstrip())
        lines += [f"- {point}" for point in step.must_say]
    return "\n".join(lines)
