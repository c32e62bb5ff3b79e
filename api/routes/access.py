"""How many elders are within reach, where are the gaps, which areas lack what they must have?"""

from __future__ import annotations

from fastapi import APIRouter, Depends

from api.deps import checked
from api.schemas.geojson import GeoJson
from api.schemas.problem import ALWAYS, problems

router = APIRouter(
    prefix="/api/access",
    tags=["access"],
    dependencies=[Depends(checked)],
    default_response_class=GeoJson,
    responses={**ALWAYS, **problems(404)},
)
