"""What the business can prove, for comments: the facts of its sales scripts, as they stand now."""

from candor.common.llm import Fact
from candor.sales.script import ScriptService
from candor.sales.views import fact_views

MAX_SCRIPTS = 50
MAX_FACTS = 100


class ScriptFacts:
    """`commenting.checking.FactSource`. Scripts come out of the cache; a new version counts at once."""

    def __init__(self, scripts: ScriptService) -> None:
        self._scripts = scripts

    async def __call__(self) -> tuple[Fact, ...]:
        page = await self._scripts.list_scripts(kind="sales", per_page=MAX_SCRIPTS)
        found: dict[str, Fact] = {}
        for info in page.items:
            script = await self._scripts.load_script(info.id, version=info.version)
            for fact in fact_views(script.document):
                found.setdefault(fact.text, Fact(f"{info.key}.{fact.id}", fact.text, fact.evidence))
        return tuple(found.values())[:MAX_FACTS]
