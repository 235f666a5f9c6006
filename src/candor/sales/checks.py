"""Checks across a whole script: references, reachability, templates, tests. All of them, each time."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from urllib.parse import urlsplit

from candor.common.errors import Problem
from candor.common.llm import Language
from candor.disclosure.claims import Proof, find_claims
from candor.messaging.follow_up import hours_of, silence_of
from candor.sales.document import NextRule, ScriptDocument, ScriptStep, ScriptTest, ScriptTrigger
from candor.sales.drafts import proof_for
from candor.sales.send_at import canonical_send_at
from candor.sales.source import Path, Source, dotted
from candor.sales.templates import TemplateProblem, check_condition, check_template
from candor.sales.wording import hint, problem

CALIBRATED_FROM = 5
"""Example replies per step from which the fit score is calibrated."""
_MARKUP = re.compile(r"\{[%{#].*?[%}#]\}", re.DOTALL)
"""What a template holds beside words."""
_EDUCATION_KEYS = ("task", "reactions", "done_when", "send_at")
_EXTRAS_BY_ACTION = {"script": "open_group", "step": "go_to", "invoice": "send_invoice"}


def check_document(
    document: ScriptDocument, source: Source, language: Language
) -> Iterator[Problem]:
    """All mistakes that no single value shows."""
    return _Checker(document, source, language).all()


def warn_about(document: ScriptDocument, source: Source, language: Language) -> Iterator[Problem]:
    """What makes the script work less well, without stopping it."""
    yield from _claims(document, source, language)
    yield from _unexpected(document, source, language)
    if document.kind != "sales":
        return
    for place, step in enumerate(document.steps):
        if step.next and not step.questionnaire and len(step.fits) < CALIBRATED_FROM:
            path: Path = ("steps", place, "fits")
            yield problem(
                "few_fits",
                language,
                line=source.line_of(path),
                path=dotted(path),
                name=step.key,
                count=len(step.fits),
            )


def _unexpected(document: ScriptDocument, source: Source, language: Language) -> Iterator[Problem]:
    """Messages of a test after which nothing is looked at, so that it passes whatever comes."""
    for place, test in enumerate(document.tests):
        says, expects = len(test.says), len(test.expects)
        if expects < says:
            path: Path = ("tests", place, "expects")
            line = source.line_of(path)
            yield problem(
                "fewer_expected",
                language,
                line=line,
                path=dotted(path),
                name=test.name,
                says=says,
                expects=expects,
            )


def _claims(document: ScriptDocument, source: Source, language: Language) -> Iterator[Problem]:
    """The author's own words that the claims gate will stop: invented experience, promises."""
    spoken = [(path, _MARKUP.sub(" ", words)) for path, words in _spoken(document)]
    known = proof_for(document, document.variables, ())
    approved = (*known.approved, *(words for _, words in spoken if words))
    proof = Proof(facts=known.facts, approved=approved, allowed_links=known.allowed_links)
    for path, words in spoken:
        for claim in find_claims(words, proof):
            yield problem(
                "claim",
                language,
                line=source.line_of(path),
                path=dotted(path),
                value=claim.text,
                why=claim.reason.value,
            )


def _spoken(document: ScriptDocument) -> Iterator[tuple[Path, str]]:
    for place, step in enumerate(document.steps):
        path: Path = ("steps", place)
        yield (*path, "say"), step.say or ""
        yield (*path, "task"), step.task or ""
        for number, words in enumerate(step.alternatives):
            yield (*path, "alternatives", number), words
    for place, trigger in enumerate(document.triggers):
        yield ("triggers", place, "say"), trigger.say or ""
    if document.follow_up is not None:
        yield ("follow_up", "say"), document.follow_up.say


def reachable_steps(document: ScriptDocument) -> frozenset[str]:
    """Keys of all steps that `next` from the first step, or a trigger's go_to, leads to. In an
    education script the lesson after one without `next` is the one written below it."""
    waiting = [document.steps[0].key]
    waiting += [trigger.step for trigger in document.triggers if trigger.step]
    reached: set[str] = set()
    while waiting:
        step = document.step(waiting.pop())
        if step is not None and step.key not in reached:
            reached.add(step.key)
            waiting += [rule.to for rule in step.next]
            if document.kind == "education" and not step.next:
                waiting += _below(document, step.key)
    return frozenset(reached)


def _below(document: ScriptDocument, key: str) -> list[str]:
    keys = [step.key for step in document.steps]
    return keys[keys.index(key) + 1 :][:1]


class _Checker:
    def __init__(self, document: ScriptDocument, source: Source, language: Language) -> None:
        self._document = document
        self._source = source
        self._language = language
        self._steps = tuple(step.key for step in document.steps)
        self._variables = frozenset(document.variables)

    def all(self) -> Iterator[Problem]:
        document = self._document
        yield from self._repeated("steps", self._steps)
        yield from self._repeated("triggers", tuple(item.key for item in document.triggers))
        yield from self._repeated("facts", tuple(item.id for item in document.facts), name="id")
        for place, step in enumerate(document.steps):
            yield from self._step(step, ("steps", place))
        for place, trigger in enumerate(document.triggers):
            yield from self._trigger(trigger, ("triggers", place))
        for place, test in enumerate(document.tests):
            yield from self._test(test, ("tests", place))
        yield from self._follow_up()
        yield from self._links()
        yield from self._unreachable()

    def _problem(self, code: str, path: Path, **context: object) -> Problem:
        line = self._source.line_of(path)
        return problem(code, self._language, line=line, path=dotted(path), **context)

    def _repeated(self, part: str, keys: tuple[str, ...], name: str = "key") -> Iterator[Problem]:
        first: dict[str, int] = {}
        for place, key in enumerate(keys):
            if key in first:
                line = self._source.line_of((part, first[key], name))
                yield self._problem("repeated", (part, place, name), name=key, first=line)
            first.setdefault(key, place)

    def _step(self, step: ScriptStep, path: Path) -> Iterator[Problem]:
        is_education = self._document.kind == "education"
        if step.say is None and not (is_education and step.task):
            yield self._problem("say_missing", path, name=step.key)
        if not is_education:
            for name in _EDUCATION_KEYS:
                if getattr(step, name):
                    yield self._problem("education_only", (*path, name), name=name)
        elif step.questionnaire:
            yield self._problem("sales_only", (*path, "questionnaire"), name="questionnaire")
        yield from self._words(step, path)
        yield from self._ways_on(step.next, (*path, "next"))
        if step.send_at is not None and canonical_send_at(step.send_at) is None:
            yield self._problem("bad_send_at", (*path, "send_at"), value=step.send_at)

    def _words(self, step: ScriptStep, path: Path) -> Iterator[Problem]:
        yield from self._template(step.say, (*path, "say"))
        yield from self._template(step.task, (*path, "task"))
        for place, words in enumerate(step.alternatives):
            yield from self._template(words, (*path, "alternatives", place))
        for place, point in enumerate(step.must_say):
            yield from self._template(point, (*path, "must_say", place))
        for place, reaction in enumerate(step.reactions):
            yield from self._template(reaction.text, (*path, "reactions", place, "text"))

    def _ways_on(self, rules: tuple[NextRule, ...], path: Path) -> Iterator[Problem]:
        has_default = False
        for place, rule in enumerate(rules):
            here = (*path, place)
            if has_default:
                yield self._problem("two_defaults" if rule.is_default else "after_default", here)
            has_default = has_default or rule.is_default
            yield from self._step_named(rule.to, (*here, "to"))
            if rule.when and rule.fits:
                yield self._problem("when_and_fits", here)
            elif rule.when and not rule.is_default:
                found = check_condition(rule.when, variables=self._variables)
                yield from self._template_problems(found, (*here, "when"))

    def _trigger(self, trigger: ScriptTrigger, path: Path) -> Iterator[Problem]:
        if trigger.action == "open_group" and not trigger.script:
            yield self._problem("trigger_script", path)
        if trigger.action == "go_to" and not trigger.step:
            yield self._problem("trigger_step", path)
        if not trigger.fits:
            yield self._problem("trigger_fits", path)
        for name, action in _EXTRAS_BY_ACTION.items():
            if getattr(trigger, name) and trigger.action != action:
                yield self._problem(
                    "trigger_extra", (*path, name), name=name, action=trigger.action
                )
        yield from self._stages_named(trigger, path)
        said = {words.casefold() for words in trigger.fits}
        for place, words in enumerate(trigger.unless):
            if words.casefold() in said:
                yield self._problem("unless_same", (*path, "unless", place), value=words)
        yield from self._template(trigger.say, (*path, "say"))

    def _stages_named(self, trigger: ScriptTrigger, path: Path) -> Iterator[Problem]:
        for name in ("at", "invited_at"):
            for place, stage in enumerate(getattr(trigger, name)):
                yield from self._step_named(stage, (*path, name, place))
        if trigger.step:
            yield from self._step_named(trigger.step, (*path, "step"))

    def _test(self, test: ScriptTest, path: Path) -> Iterator[Problem]:
        if len(test.expects) > len(test.says):
            yield self._problem("more_expected", (*path, "expects"))
        triggers = tuple(trigger.key for trigger in self._document.triggers)
        for place, expected in enumerate(test.expects):
            here = (*path, "expects", place)
            if not expected.model_dump(exclude_none=True):
                yield self._problem("empty_expectation", here)
            if expected.stage:
                yield from self._step_named(expected.stage, (*here, "stage"))
            if expected.trigger and expected.trigger not in triggers:
                tip = self._hint(expected.trigger, triggers)
                yield self._problem(
                    "unknown_trigger", (*here, "trigger"), name=expected.trigger, hint=tip
                )

    def _step_named(self, key: str, path: Path) -> Iterator[Problem]:
        if key not in self._steps:
            tip = self._hint(key, self._steps)
            yield self._problem("unknown_step", path, name=key, hint=tip)

    def _hint(self, name: str, allowed: tuple[str, ...]) -> str:
        near = next(iter(get_close_matches(name, allowed, n=1, cutoff=0.6)), None)
        return hint(self._language, near=near, allowed=allowed)

    def _follow_up(self) -> Iterator[Problem]:
        wanted = self._document.follow_up
        if wanted is None:
            return
        if self._document.kind != "sales":
            yield self._problem("sales_only", ("follow_up",), name="follow_up")
        if silence_of(wanted.after) is None:
            yield self._problem("bad_after", ("follow_up", "after"), value=wanted.after)
        if hours_of(wanted.hours) is None:
            yield self._problem("bad_hours", ("follow_up", "hours"), value=wanted.hours)
        for place, stage in enumerate(wanted.at):
            yield from self._step_named(stage, ("follow_up", "at", place))
        yield from self._template(wanted.say, ("follow_up", "say"))

    def _links(self) -> Iterator[Problem]:
        for place, link in enumerate(self._document.links):
            if not is_address(link):
                yield self._problem("bad_link", ("links", place), value=link)

    def _unreachable(self) -> Iterator[Problem]:
        reached = reachable_steps(self._document)
        for place, key in enumerate(self._steps):
            if key not in reached:
                yield self._problem("unreachable", ("steps", place), name=key)

    def _template(self, words: str | None, path: Path) -> Iterator[Problem]:
        if words is not None:
            found = check_template(words, variables=self._variables)
            yield from self._template_problems(found, path)

    def _template_problems(
        self, found: tuple[TemplateProblem, ...], path: Path
    ) -> Iterator[Problem]:
        first = self._source.line_of(path)
        is_block = path in self._source.blocks
        for wrong in found:
            line = first + wrong.line if first is not None and is_block else first
            tip = self._hint(wrong.subject, wrong.known) if wrong.known else ""
            allowed = ", ".join(sorted(wrong.known))
            yield problem(
                wrong.code,
                self._language,
                line=line,
                path=dotted(path),
                value=wrong.subject,
                hint=tip,
                allowed=allowed,
            )


def is_address(link: str) -> bool:
    """Whether it is an absolute https, http or tg address without spaces."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return (
        parts.scheme in ("https", "http", "tg")
        and bool(parts.netloc)
        and not any(char.isspace() for char in link)
    )
