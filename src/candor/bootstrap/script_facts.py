"""What the business can prove and has written itself, for comments: of its scripts as they stand now."""

from candor.common.llm import Fact
from candor.sales.document import Kind
from candor.sales.script import ScriptService
from candor.sales.views import fact_views

MAX_SCRIPTS = 50
MAX_FACTS = 100


class ScriptFacts:
    """`commenting.checking.FactSource`. Scripts come out of the cache; a new version counts at once."""

    def __init__(self, scripts: ScriptService) -> None:
        self._scripts = scripts

    async def __call__(self) -> tuple[Fact, ...]:
        found: dict[str, Fact] = {}
        for script in await self._scripts.newest(kind="sales", most=MAX_SCRIPTS):
            for fact in fact_views(script.document):
                known = Fact(f"{script.document.key}.{fact.id}", fact.text, fact.evidence)
                found.setdefault(fact.text, known)
        return tuple(found.values())[:MAX_FACTS]


class ScriptKnowledge:
    """`commenting.checking.KnowledgeSource`: the knowledge of all scripts."""

    def __init__(self, scripts: ScriptService) -> None:
        self._scripts = scripts

    async def __call__(self) -> tuple[str, ...]:
        kinds: tuple[Kind, ...] = ("sales", "education")
        told = [
            text
            for kind in kinds
            for script in await self._scripts.newest(kind=kind, most=MAX_SCRIPTS)
            for text in script.document.knowledge
        ]
        return tuple(dict.fromkeys(told))[:MAX_FACTS]
