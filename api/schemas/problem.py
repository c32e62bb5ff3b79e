"""How does a refusal look, and which refusals can an address answer with?"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.problems import PROBLEM, TITLES


class Problem(BaseModel):
    """Problem details by RFC 9457."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="`urn:minzheng-atlas:problem:` and the class of the problem")
    title: str = Field(description="the class of the problem, in words")
    status: int = Field(description="the HTTP status again")
    detail: str = Field(description="what was wrong and what to do, Chinese first")
    instance: str = Field(description="the address that was asked")
    parameter: str | None = Field(None, description="the parameter that was wrong, where one was")
    request_id: str | None = Field(None, description="the same as the header X-Request-ID")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route for these statuses, each with an example."""
    return {status: _documented(status) for status in statuses}


def _documented(status: int) -> dict[str, Any]:
    word, title = TITLES[status]
    example = {
        "type": f"urn:minzheng-atlas:problem:{word}",
        "title": title,
        "status": status,
        "detail": "…",
        "instance": "/api/…",
    }
    if status == 400:
        example |= {
            "parameter": "lon",
            "detail": "参数 lon:须不大于 180。\nparameter 'lon': it must be at most 180",
        }
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": title, "content": {PROBLEM: {"schema": schema, "example": example}}}


ALWAYS = problems(400, 406, 500, 503)
"""What any question to the database may be answered with besides its answer."""
