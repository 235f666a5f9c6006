"""What a turn decides: the words, where the dialogue then stands, what is to be done, and why."""

from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Final

from candor.common.llm import DraftReply, Language, MessageAnalysis, Strategy, Usage
from candor.messaging.conversation import Provenance
from candor.sales.script_records import Script
from candor.sales.stepping import Position
from candor.sales.triggers import ActionPlan

CODE_ANALYSIS: Final = MessageAnalysis(
    main_idea="",
    keywords=(),
    tone="neutral",
    script_fit_score=0.0,
    step=None,
    triggers=(),
    language="ru",
    reasons=("answered by code, no engine was asked",),
)


LED_ANALYSIS: Final = replace(
    CODE_ANALYSIS, script_fit_score=1.0, reasons=("a questionnaire has ended, no engine was asked",)
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision: what to say, where the dialogue then stands, and what is to be done."""

    text: str
    """Empty only with a hand-off, whose notice says enough."""
    language: Language
    position: Position
    strategy: Strategy
    analysis: MessageAnalysis
    provenance: Provenance
    plan: ActionPlan | None = None
    reasons: tuple[str, ...] = ()
    """Why this step, why these words: short sentences for the conversation page."""
    summary: str | None = None
    summary_up_to: int | None = None

    @property
    def trigger(self) -> str | None:
        return self.plan.trigger if self.plan else None

    @property
    def score(self) -> float:
        return self.analysis.script_fit_score

    def analysis_data(self) -> dict[str, object]:
        """The analysis as JSON values, with what stepping added."""
        data = asdict(self.analysis)
        del data["silent"]
        usage = data.pop("usage")
        if usage is not None:
            data["usage"] = {
                name: str(value) if isinstance(value, Decimal) else value
                for name, value in usage.items()
            }
        data["reasons"] = [*self.analysis.reasons, *self.reasons]
        if self.plan is not None:
            data["action"] = {"action": self.plan.action, "cause": self.plan.cause}
        if self.summary_up_to is not None:
            data["summary_up_to"] = self.summary_up_to
        return data


@dataclass(slots=True)
class Spent:
    """Model calls of this turn."""

    usages: list[Usage] = field(default_factory=list)
    calls: int = 0

    def write(self, draft: DraftReply) -> None:
        """What a draft has cost."""
        self.calls += draft.calls
        self.add(draft.usage)

    def add(self, *usages: Usage | None) -> None:
        self.usages += [usage for usage in usages if usage is not None]

    @property
    def cost(self) -> str | None:
        known = [usage.cost for usage in self.usages if usage.cost is not None]
        return format(sum(known, Decimal()), "f") if known else None


def provenance_of(
    script: Script,
    *,
    draft: DraftReply | None = None,
    written_by: str = "",
    cost: str | None = None,
) -> Provenance:
    source = written_by or (draft.source if draft is not None else "code")
    by_engine = "model" if draft is not None and draft.engine == "model" else "code"
    known = source if source in ("model", "script", "knowledge", "code") else by_engine
    return Provenance(
        written_by=known,  # type: ignore[arg-type]
        model=draft.model if draft else "",
        prompt_version=draft.prompt_version if draft else "",
        script_key=script.key,
        script_version=script.version,
        cost=cost,
        fact_ids=draft.fact_ids if draft else (),
        note=draft.note if draft else "",
    )
