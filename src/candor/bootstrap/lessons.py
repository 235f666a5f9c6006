"""Script No. 2 for education: sales keeps all scripts, education leads lessons, and this joins them."""

from collections.abc import Mapping
from dataclasses import dataclass

from candor.common.errors import NotFoundError
from candor.common.llm import Language
from candor.education.lesson import DoneRule, LessonScript, LessonStep, Reaction
from candor.messaging.conversation import Conversation
from candor.sales.document import DoneWhen, ScriptStep
from candor.sales.script import ScriptService
from candor.sales.script_records import Script
from candor.sales.send_at import canonical_send_at
from candor.sales.views import BusinessCard, Values, fact_views, filled, values_for


@dataclass(frozen=True, slots=True)
class _Card:
    """What a lesson's template may know of a client."""

    first_name: str
    last_name: str
    username: str | None
    language: Language


class ScriptedLessons:
    """Fulfils education's `LessonScripts` with the scripts of `ScriptService`."""

    def __init__(self, *, scripts: ScriptService, business: BusinessCard) -> None:
        self._scripts = scripts
        self._business = business

    async def load(
        self, key: str, *, version: int | None, values: Mapping[str, object]
    ) -> LessonScript | None:
        if not key:
            return None
        try:
            script = await self._scripts.load_script(key, version=version)
        except NotFoundError:
            return None
        card = _Card(
            str(values.get("first_name", "")),
            str(values.get("last_name", "")),
            None,
            script.document.language,
        )
        return _lessons(script, values_for(script, card, self._business))

    async def chosen_for(self, conversation: Conversation, language: Language) -> str | None:
        """What the sales script's agreement names, else the language's script that changed last."""
        named = await self._named_by_script(conversation)
        page = await self._scripts.list_scripts(kind="education", per_page=200)
        if any(info.key == named for info in page.items):
            return named
        fitting = [info for info in page.items if info.language == language]
        return max(fitting, key=lambda info: info.updated_at).key if fitting else None

    async def _named_by_script(self, conversation: Conversation) -> str | None:
        if conversation.script_id is None:
            return None
        try:
            script = await self._scripts.load_script(
                conversation.script_id, version=conversation.script_version
            )
        except NotFoundError:
            return None
        opening = (t for t in script.document.triggers if t.action == "open_group")
        return next((trigger.script for trigger in opening if trigger.script), None)


def _lessons(script: Script, values: Values) -> LessonScript:
    document = script.document
    return LessonScript(
        key=document.key,
        version=script.version,
        script_id=script.id,
        title=document.title,
        language=document.language,
        steps=tuple(_step(step, values) for step in document.steps),
        facts=fact_views(document),
        knowledge=document.knowledge,
    )


def _step(step: ScriptStep, values: Values) -> LessonStep:
    way_on = next((rule.to for rule in step.next if rule.is_default), None)
    return LessonStep(
        key=step.key,
        say=filled(step.say, values),
        task=filled(step.task, values),
        reactions=tuple(
            Reaction(reaction.partner, reaction.kind, filled(reaction.text, values))
            for reaction in step.reactions
        ),
        done_when=_done(step.done_when),
        send_at=canonical_send_at(step.send_at or "now") or "",
        next=way_on,
    )


def _done(rule: DoneWhen | None) -> DoneRule:
    if rule is None:
        return DoneRule()
    return DoneRule(min_words=rule.min_words or 0, media=rule.media, text=rule.text or "")
