"""The shapes of `/api/scripts`: the document of the script format plus id, version and time."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from candor.panel.schemas.common import Body, Moment, PageQuery, Query, Schema

Version = Annotated[int, Field(ge=1, le=2_000_000_000)]


class ScriptQuery(PageQuery):
    kind: Literal["sales", "education"] | None = None
    q: Annotated[str, Field(max_length=200, description="Looks in titles and keys.")] = ""


class VersionQuery(Query):
    version: Version | None = None


class DiffQuery(Query):
    model_config = ConfigDict(populate_by_name=True, extra="ignore")

    from_version: Annotated[Version, Field(alias="from")]
    to_version: Annotated[Version, Field(alias="to")]


class ScriptItem(Schema):
    id: int
    key: str
    kind: Literal["sales", "education"]
    title: str
    language: Literal["ru", "en"]
    version: int
    created_at: Moment
    updated_at: Moment


class Warned(Schema):
    path: str
    message: str
    mend: str = ""
    line: int | None = None


class ScriptAnswer(Schema):
    """The whole script document (section 5 of the contract) with these beside it."""

    model_config = ConfigDict(extra="allow", from_attributes=True)

    id: int
    version: int
    updated_at: Moment
    is_newest: bool = True
    key: str
    kind: Literal["sales", "education"]
    title: str
    language: Literal["ru", "en"]
    steps: list[dict[str, Any]]
    warnings: list[Warned] = Field(default_factory=list)


class ScriptBody(Body):
    """A script document as JSON (or YAML, with Content-Type: application/yaml)."""

    model_config = ConfigDict(extra="allow")

    key: Annotated[str, Field(max_length=64)]
    kind: Annotated[str, Field(max_length=20)]
    title: Annotated[str, Field(max_length=200)]
    language: Annotated[str, Field(max_length=2)]
    steps: list[dict[str, Any]]


class VersionItem(Schema):
    version: int
    created_at: Moment
    author: str
    note: str


class ChangeItem(Schema):
    part: Literal["step", "trigger", "fact", "script"]
    key: str
    kind: Literal["added", "removed", "changed", "moved"]
    fields: list[str]


class DiffAnswer(Schema):
    from_version: int
    to_version: int
    unified: str
    changes: list[ChangeItem]


class RollbackBody(Body):
    version: Version


class TryBody(Body):
    messages: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=4096)]],
        Field(min_length=1, max_length=50),
    ]
    version: Version | None = None
    source: Annotated[
        str | None,
        Field(max_length=1_000_000, description="Unsaved YAML to try instead of a version."),
    ] = None
    first_name: Annotated[str, Field(max_length=64)] = ""
    diagnosis: Annotated[
        dict[str, str | int | float | dict[str, str]],
        Field(
            default_factory=dict,
            max_length=50,
            description="What a questionnaire has told of the invented client: `client.diagnosis`.",
        ),
    ]


class CheckBody(Body):
    source: Annotated[str, Field(max_length=1_000_000)]


class TakeBody(CheckBody):
    """`says`: the client's turns as the test shall have them; missing: as the correction has them."""

    says: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=4000)]] | None, Field(max_length=50)
    ] = None


class DraftBody(Body):
    source: Annotated[str, Field(max_length=1_000_000)]
    base_version: Annotated[int, Field(ge=0, le=2_000_000_000)] = 0


class DraftAnswer(Schema):
    source: str
    base_version: Annotated[int, Field(description="The version that it began from; 0: none.")]
    updated_at: Moment


class RunningStep(Schema):
    step: Annotated[str, Field(description="Empty: before the first one.")]
    dialogues: int


class RunningAnswer(Schema):
    total: Annotated[int, Field(description="Counted to 10,000.")]
    steps: list[RunningStep]


class CorrectionItem(Schema):
    id: int
    conversation_id: int
    message: int
    author: str
    said: Annotated[
        list[list[str]], Field(description="The client's turns, each with the step that answered.")
    ]
    expected: Mapping[str, str]
    better: str
    created_at: Moment


class FormatBody(Body):
    document: dict[str, Any]


class FormatAnswer(Schema):
    source: str


class CheckAnswer(Schema):
    is_valid: bool
    problems: list[Warned]
    warnings: list[Warned]
    document: dict[str, Any] | None


class ReplyAnswer(Schema):
    message: str
    text: str
    answer: str
    stage: str | None
    strategy: Literal["script_80", "free_20"]
    script_fit_score: float
    trigger: str | None
    action: str | None
    reasons: list[str]
    is_calibrated: bool
    source: str


class TryAnswer(Schema):
    replies: list[ReplyAnswer]


class MissAnswer(Schema):
    message: str
    field: str
    expected: str
    found: str
    reasons: list[str]


class CaseAnswer(Schema):
    name: str
    passed: bool
    passes: int
    """In how many of `runs` it passed: with a model each test runs three times, two must pass."""
    runs: int
    misses: list[MissAnswer]


class TestsAnswer(Schema):
    passed: int
    failed: int
    cases: list[CaseAnswer]


class ScriptChoiceAnswer(Schema):
    """`script_id`: what the owner chose, null for none; `used`: what a new dialogue follows now."""

    language: Literal["ru", "en"]
    script_id: int | None = Field(validation_alias="chosen")
    used: ScriptItem | None


class ScriptChoiceBody(Body):
    """`script_id`: null takes the choice back; then the oldest sales script of the language is used."""

    language: Literal["ru", "en"]
    script_id: Annotated[int | None, Field(ge=1, le=2**63 - 1)]
