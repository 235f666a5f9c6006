"""Checks across a whole questionnaire: ways, loops, missing branches, conditions. All, each time."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from candor.common.errors import Problem
from candor.common.llm import Language
from candor.disclosure.claims import Proof, find_claims
from candor.messaging.follow_up import hours_of, silence_of
from candor.sales.questionnaires.document import (
    END,
    Question,
    QuestionnaireDocument,
    WayOn,
)
from candor.sales.source import Path, Source, dotted
from candor.sales.templates import (
    BUSINESS_FIELDS,
    TemplateProblem,
    check_expression,
)
from candor.sales.wording import hint, problem

ABOUT_THE_CLIENT: Final = frozenset({"first_name", "last_name", "name", "username", "language"})
OURS: Final = frozenset({"labels", "questionnaire", "version", "script"})
"""What stands in a result beside the author's fields."""
SKIPPED: Final[Mapping[Language, str]] = {"ru": "пропустить", "en": "skip"}
OTHERWISE: Final[Mapping[Language, str]] = {"ru": "любой другой", "en": "any other"}
Roots = Mapping[str, frozenset[str] | None]


def check_questionnaire(
    document: QuestionnaireDocument, source: Source, language: Language
) -> Iterator[Problem]:
    """All mistakes that no single value shows."""
    return _Checker(document, source, language).all()


def ways_of(document: QuestionnaireDocument, question: Question) -> dict[Path, str]:
    """Every question that may follow, by the place that says so."""
    place: Path = ("questions", document.questions.index(question))
    ways: dict[Path, str] = {
        (*place, "options", number, "to"): option.to
        for number, option in enumerate(question.options)
        if option.to
    }
    for number, way in enumerate(question.next):
        ways[(*place, "next", number, "to")] = way.to
    if not ways:
        ways[place] = document.below(question)
    return ways


class _Checker:
    def __init__(self, document: QuestionnaireDocument, source: Source, language: Language) -> None:
        self._document = document
        self._source = source
        self._language: Language = language
        self._keys = tuple(question.key for question in document.questions)

    def all(self) -> Iterator[Problem]:
        yield from self._names()
        for place, question in enumerate(self._document.questions):
            path: Path = ("questions", place)
            yield from self._kind(question, path)
            yield from self._options(question, path)
            yield from self._targets(question)
            yield from self._branches(question, path)
            yield from self._said(question, place)
        yield from self._results()
        yield from self._follow_up()
        yield from self._circles()
        yield from self._unreachable()

    def _problem(self, code: str, path: Path, **context: object) -> Problem:
        line = self._source.line_of(path)
        return problem(code, self._language, line=line, path=dotted(path), **context)

    def _names(self) -> Iterator[Problem]:
        first: dict[str, int] = {}
        for place, key in enumerate(self._keys):
            path: Path = ("questions", place, "key")
            if key == END or key in OURS:
                yield self._problem("reserved_name", path, name=key)
            if key in first:
                line = self._source.line_of(("questions", first[key], "key"))
                yield self._problem("repeated", path, name=key, first=line)
            first.setdefault(key, place)

    def _kind(self, question: Question, path: Path) -> Iterator[Problem]:
        kinds = [bool(question.options), question.number is not None, question.text is not None]
        if not any(kinds):
            yield self._problem("answer_kind_missing", path, name=question.key)
        if sum(kinds) > 1:
            yield self._problem("answer_kinds_two", path, name=question.key)
        if len(question.options) == 1:
            yield self._problem("few_options", (*path, "options"), name=question.key)

    def _options(self, question: Question, path: Path) -> Iterator[Problem]:
        seen: set[str] = set()
        for place, option in enumerate(question.options):
            words = {option.label.casefold(), *(said.casefold() for said in option.also)}
            if words & seen:
                name = option.label
                yield self._problem("repeated_option", (*path, "options", place), name=name)
            seen |= words

    def _targets(self, question: Question) -> Iterator[Problem]:
        for path, target in ways_of(self._document, question).items():
            if target != END and target not in self._keys:
                tip = self._hint(target, (*self._keys, END))
                yield self._problem("unknown_question", path, name=target, hint=tip)

    def _branches(self, question: Question, path: Path) -> Iterator[Problem]:
        """Where one answer leads somewhere of its own, every answer must lead somewhere."""
        is_branching = any(option.to for option in question.options) or bool(question.next)
        yield from self._order(question.next, path)
        if not is_branching or any(way.is_default for way in question.next):
            return
        open_ends = [
            (("options", place), option.label)
            for place, option in enumerate(question.options)
            if option.to is None
        ]
        for below, label in open_ends:
            yield self._problem("missing_branch", (*path, *below), name=label)
        if not question.options:
            name = OTHERWISE[self._language]
            yield self._problem("missing_branch", (*path, "next"), name=name)
        elif question.optional and not open_ends:
            yield self._problem("missing_branch", path, name=SKIPPED[self._language])

    def _order(self, ways: tuple[WayOn, ...], path: Path) -> Iterator[Problem]:
        has_default = False
        for place, way in enumerate(ways):
            if has_default:
                yield self._problem("after_default", (*path, "next", place))
            has_default = has_default or way.is_default

    def _said(self, question: Question, place: int) -> Iterator[Problem]:
        """Templates and conditions may name what has been asked above."""
        path: Path = ("questions", place)
        before = frozenset(self._keys[:place])
        roots = self._roots(before)
        yield from self._template(question.ask, (*path, "ask"), roots)
        for number, way in enumerate(question.next):
            if not way.is_default:
                here = (*path, "next", number, "when")
                names = {"answers": before | {question.key}}
                yield from self._wrong(check_expression(way.when, roots=names), here)

    def _results(self) -> Iterator[Problem]:
        document = self._document
        answers = {"answers": frozenset(self._keys)}
        fields = frozenset(self._keys) | OURS
        for place, rule in enumerate(document.results):
            path: Path = ("results", place)
            fields |= frozenset(rule.set)
            if not rule.set and rule.script is None:
                yield self._problem("empty_result", path)
            if not rule.is_default:
                found = check_expression(rule.when, roots=answers)
                yield from self._wrong(found, (*path, "when"))
            for name in rule.set.keys() & OURS:
                yield self._problem("reserved_name", (*path, "set", name), name=name)
        if document.intro is not None:
            yield from self._template(document.intro, ("intro",), self._roots(frozenset()))
        if document.finish is not None:
            known = {**self._roots(frozenset(self._keys)), "result": fields}
            yield from self._template(document.finish, ("finish",), known)

    def _follow_up(self) -> Iterator[Problem]:
        """It may come at any question, so it can't count on an answer."""
        wanted = self._document.follow_up
        if wanted is None:
            return
        if silence_of(wanted.after) is None:
            yield self._problem("bad_after", ("follow_up", "after"), value=wanted.after)
        if hours_of(wanted.hours) is None:
            yield self._problem("bad_hours", ("follow_up", "hours"), value=wanted.hours)
        yield from self._template(wanted.say, ("follow_up", "say"), self._roots(frozenset()))

    def _roots(self, answered: frozenset[str]) -> Roots:
        return {"client": ABOUT_THE_CLIENT, "business": BUSINESS_FIELDS, "answers": answered}

    def _template(self, words: str, path: Path, roots: Roots) -> Iterator[Problem]:
        yield from self._wrong(check_expression(words, roots=roots, is_template=True), path)
        for claim in find_claims(words, Proof(approved=(words,))):
            why, value = claim.reason.value, claim.text
            yield self._problem("questionnaire_claim", path, why=why, value=value)

    def _wrong(self, found: tuple[TemplateProblem, ...], path: Path) -> Iterator[Problem]:
        first = self._source.line_of(path)
        is_block = path in self._source.blocks
        for wrong in found:
            line = first + wrong.line if first is not None and is_block else first
            tip = self._hint(wrong.subject, wrong.known) if wrong.known else ""
            yield problem(
                wrong.code,
                self._language,
                line=line,
                path=dotted(path),
                value=wrong.subject,
                hint=tip,
                allowed=", ".join(sorted(wrong.known)),
            )

    def _circles(self) -> Iterator[Problem]:
        """Each way that leads back to a question on the way to it."""
        done: set[str] = set()
        reported: set[Path] = set()

        def walk(key: str, trail: tuple[str, ...]) -> Iterator[Problem]:
            question = self._document.question(key)
            if question is None or key in done:
                return
            for path, target in ways_of(self._document, question).items():
                if target in (*trail, key) and path not in reported:
                    reported.add(path)
                    circle = (*trail, key)[(*trail, key).index(target) :]
                    shown = " → ".join((*circle, target))
                    yield self._problem("loop", path, value=shown)
                elif target not in (*trail, key):
                    yield from walk(target, (*trail, key))
            done.add(key)

        for key in self._keys:
            yield from walk(key, ())

    def _unreachable(self) -> Iterator[Problem]:
        reached: set[str] = set()
        waiting = [self._keys[0]]
        while waiting:
            question = self._document.question(waiting.pop())
            if question is not None and question.key not in reached:
                reached.add(question.key)
                waiting += ways_of(self._document, question).values()
        for place, key in enumerate(self._keys):
            if key not in reached:
                yield self._problem("question_unreachable", ("questions", place), name=key)

    def _hint(self, name: str, allowed: tuple[str, ...]) -> str:
        near = next(iter(get_close_matches(name, allowed, n=1, cutoff=0.6)), None)
        return hint(self._language, near=near, allowed=allowed)
