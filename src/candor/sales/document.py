"""The script document: what an author writes as YAML or JSON, and nothing else.

A document is immutable. `parsing` makes one from text and names every mistake; `export` writes it
back so that reading it again gives an equal document.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from candor.common.llm import Language, Strategy

Kind = Literal["sales", "education"]
Policy = Literal["stay", "next_step", "restart"]
"""What a running dialogue does with a new version: keep its own, go over with the next answer at
the same step, or begin anew."""
Action = Literal["open_group", "hand_off", "send_invoice", "go_to", "close"]
ReactionKind = Literal["question", "worked_example", "encouragement"]

KEY_PATTERN = r"^[a-zа-яё0-9][a-zа-яё0-9_-]*$"
Key = Annotated[str, StringConstraints(strip_whitespace=True, pattern=KEY_PATTERN, max_length=64)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
VariableName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z][a-zA-Z0-9_]*$", max_length=64)]
Told = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Examples = Annotated[tuple[Sentence, ...], Field(max_length=200)]


class Part(BaseModel):
    """Common rules of all parts: immutable, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ScriptFact(Part):
    """A figure or result that the AI may state, with where it can be checked."""

    id: Key
    text: Words
    evidence: Sentence


class NextRule(Part):
    """Where a fitting reply leads. The first rule that holds is taken."""

    when: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    """`default`, or a condition over `client` and `reply`: `reply.tone == 'negative'`."""
    fits: Examples = ()
    """Example replies; the rule holds when the client says something like one of them."""
    to: Key

    @property
    def is_default(self) -> bool:
        return self.when == "default" or not (self.when or self.fits)


class Reaction(Part):
    """What a study partner does at this step (education)."""

    partner: Key
    kind: ReactionKind
    text: Words | None = None
    """The partner's own words as a template; without them the engine writes them."""


class DoneWhen(Part):
    """When a task counts as handed in (education): in words for people, by length, by medium."""

    text: Words | None = None
    min_words: Annotated[int, Field(ge=1, le=1000)] | None = None
    media: tuple[Literal["voice", "photo", "video", "document"], ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _accept_short_form(cls, value: Any) -> Any:
        """`done_when: a sentence` is short for its `text`."""
        return {"text": value} if isinstance(value, str) else value


class ScriptStep(Part):
    key: Key
    title: Sentence | None = None
    say: Words | None = None
    """What is said at this step, as a template; always there in a sales script."""
    alternatives: Annotated[tuple[Words, ...], Field(max_length=20)] = ()
    """Other approved wordings of `say`, so that the same question is not answered twice alike."""
    must_say: Annotated[tuple[Sentence, ...], Field(max_length=12)] = ()
    """The points that a reply by script must carry."""
    fits: Examples = ()
    """Example replies that this step expects of the client. Six or more make a sure score."""
    next: Annotated[tuple[NextRule, ...], Field(max_length=30)] = ()
    task: Words | None = None
    reactions: Annotated[tuple[Reaction, ...], Field(max_length=12)] = ()
    done_when: DoneWhen | None = None
    send_at: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] | None = None
    questionnaire: Key | None = None
    """Sales: the questionnaire that begins with this step's words. The way on is taken when it ends."""


class Invoice(Part):
    """What `send_invoice` asks for; digital goods are sold in Stars."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)]
    description: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)
    ]
    stars: Annotated[int, Field(ge=1, le=100_000)]


class ScriptTrigger(Part):
    key: Key
    fits: Examples = ()
    unless: Examples = ()
    """What looks alike and means something else."""
    at: Annotated[tuple[Key, ...], Field(max_length=200)] = ()
    """Only at these stages; empty: at every stage."""
    invited_at: Annotated[tuple[Key, ...], Field(max_length=200)] = ()
    """Stages whose own question is this offer: there any yes is meant for it. Elsewhere a yes must
    hold a word of `fits` to open a group."""
    action: Action
    script: Key | None = None
    """For `open_group`: the education script."""
    step: Key | None = None
    """For `go_to`: the step to jump to; the dialogue returns afterwards."""
    say: Words | None = None
    """The trigger's own words as a template, instead of the step's."""
    invoice: Invoice | None = None


class Expectation(Part):
    """What one answer of a test must show. Every named field is checked."""

    stage: Key | None = None
    trigger: Key | None = None
    strategy: Strategy | None = None
    contains: Sentence | None = None
    """Words that the reply must hold, upper and lower case alike."""
    score_above: Annotated[float, Field(ge=0, le=1)] | None = None
    score_below: Annotated[float, Field(ge=0, le=1)] | None = None


class ScriptTest(Part):
    name: Sentence
    diagnosis: Annotated[
        dict[VariableName, Told | dict[VariableName, Told]], Field(max_length=50)
    ] = Field(default_factory=dict)
    """What a questionnaire has told of the client: `client.diagnosis`."""
    says: Annotated[tuple[Words, ...], Field(min_length=1, max_length=50)]
    expects: Annotated[tuple[Expectation, ...], Field(min_length=1, max_length=50)]


class FollowUp(Part):
    """One reminder in a dialogue that went quiet (sales)."""

    after: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10)]
    """The silence before it: `20h`, `2d`."""
    say: Words
    """Its words, a template."""
    at: Annotated[tuple[Key, ...], Field(max_length=200)] = ()
    """Only at these steps; empty: at every one."""
    hours: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = "10:00-20:00"
    """When it may come, in the client's time zone."""
    at_most: Annotated[int, Field(ge=1, le=3)] = 1
    """In one dialogue. Each needs words of the client since the one before."""


class ScriptDocument(Part):
    key: Key
    kind: Kind
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    language: Language
    policy: Policy = "next_step"
    variables: Annotated[dict[VariableName, Words], Field(max_length=100)] = Field(
        default_factory=dict
    )
    personality: Annotated[dict[VariableName, Words | tuple[Words, ...]], Field(max_length=20)] = (
        Field(default_factory=dict)
    )
    facts: Annotated[tuple[ScriptFact, ...], Field(max_length=200)] = ()
    knowledge: Annotated[tuple[Words, ...], Field(max_length=200)] = ()
    """Passages to answer questions from, beside the steps."""
    links: Annotated[tuple[Sentence, ...], Field(max_length=50)] = ()
    """Addresses that may stand in an answer; everything else is taken out."""
    steps: Annotated[tuple[ScriptStep, ...], Field(min_length=1, max_length=200)]
    triggers: Annotated[tuple[ScriptTrigger, ...], Field(max_length=100)] = ()
    tests: Annotated[tuple[ScriptTest, ...], Field(max_length=200)] = ()
    follow_up: FollowUp | None = None

    def step(self, key: str | None) -> ScriptStep | None:
        """The step of that key, or None."""
        return next((step for step in self.steps if step.key == key), None)

    def trigger(self, key: str | None) -> ScriptTrigger | None:
        return next((trigger for trigger in self.triggers if trigger.key == key), None)
