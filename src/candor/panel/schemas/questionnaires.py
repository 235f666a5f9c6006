"""The shapes of `/api/questionnaires`: the document plus id, version and time."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from candor.panel.schemas.common import Body, Moment, PageQuery, Schema
from candor.panel.schemas.scripts import Warned


class QuestionnaireQuery(PageQuery):
    q: Annotated[str, Field(max_length=200, description="Looks in titles and keys.")] = ""


class QuestionnaireItem(Schema):
    id: int
    key: str
    title: str
    language: Literal["ru", "en"]
    version: int
    created_at: Moment
    updated_at: Moment


class QuestionnaireAnswer(Schema):
    """The whole questionnaire with these beside it."""

    model_config = ConfigDict(extra="allow", from_attributes=True)

    id: int
    version: int
    updated_at: Moment
    is_newest: bool = True
    key: str
    title: str
    language: Literal["ru", "en"]
    questions: list[dict[str, Any]]
    results: list[dict[str, Any]] = Field(default_factory=list)
    warnings: list[Warned] = Field(default_factory=list)


class QuestionnaireBody(Body):
    """A questionnaire as JSON (or YAML, with Content-Type: application/yaml)."""

    model_config = ConfigDict(extra="allow")

    key: Annotated[str, Field(max_length=40)]
    title: Annotated[str, Field(max_length=200)]
    language: Annotated[str, Field(max_length=2)]
    questions: list[dict[str, Any]]


class QuestionnaireCheckAnswer(Schema):
    is_valid: bool
    problems: list[Warned]
    document: dict[str, Any] | None
