"""Does the service answer as its documents say, whatever is asked that they allow or forbid?

Every operation of both OpenAPI documents is asked with generated questions, half of them within
the schema, real ids among them, with an administrator's token and without. The seed is fixed.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.attacked import DOCUMENTS, OPERATIONS, Operation
from tests.api.conftest import Target

EXAMPLES = 200 if os.environ.get("ATLAS_TEST_FULL", "") not in ("", "0") else 20
SEED = 20261122
CHECKS: list[Any] = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance,
]  # fmt: skip
SCHEMAS = {name: schemathesis.openapi.from_dict(told) for name, told in DOCUMENTS.items()}
WIRE = requests.Session()
WIRE.trust_env = False  # no proxy and no password of whoever runs the tests is looked up or used


@st.composite
def questions(draw: st.DrawFn, operation: Operation, target: Target) -> tuple[Case, bool]:
    """A question to an operation, and whether it comes with a token."""
    prefix = "/ogc" if operation.document == "ogc/api" else ""
    schema = SCHEMAS[operation.document][operation.path.removeprefix(prefix)][operation.method]
    mode = draw(st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
    if not operation.parameters and "requestBody" not in operation.told:
        mode = GenerationMode.POSITIVE
    case: Case = draw(schema.as_strategy(generation_mode=mode))
    if draw(st.integers(0, 3)):
        _name_what_exists(draw, case, operation, target)
    is_known = draw(st.integers(0, 3)) > 0 if operation.needs_token else draw(st.booleans())
    return case, is_known


def _name_what_exists(draw: st.DrawFn, case: Case, operation: Operation, target: Target) -> None:
    """Put real ids and words in the place of generated ones."""
    for one in operation.parameters:
        values = target.values.get((operation.path, one["name"]))
        place = {"path": case.path_parameters, "query": case.query}.get(one["in"])
        if values and place is not None and (one["in"] == "path" or one["name"] in place):
            place[one["name"]] = draw(st.sampled_from(values))


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_answers_are_those_of_the_document(target: Target, operation: Operation) -> None:
    base = target.address + ("/ogc" if operation.document == "ogc/api" else "")

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(asked=questions(operation, target))
    def ask(asked: tuple[Case, bool]) -> None:
        case, is_known = asked
        headers = target.head("administrator" if is_known else "public")
        answer = case.call(base_url=base, session=WIRE, headers=headers, timeout=60)
        case.validate_response(answer, checks=CHECKS)

    ask()
