"""What is said with files that are delivered, and what is told of them?"""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from api.schemas.parameters import Number, Text, Whole, read_day
from api.schemas.problem import Problem
from geo.errors import BadInput, both
from geo.loaders.load import KINDS_OF_DELIVERY
from geo.loaders.several import Said, shift_of
from geo.loaders.things import Options

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

DeliveryId = Annotated[Whole, Path(ge=1, description="交付编号 · number of the delivery")]
JobId = Annotated[Text, Path(description="任务编号 · id of the job, as Location gave it")]
TemplateKind = Annotated[Text, Path(description="种类 · " + " ".join(KINDS_OF_DELIVERY))]
Wait = Annotated[
    bool, Query(description="等到完成再回答 · answer when it is done, not at once with 202")
]


class DeliveryForm(BaseModel):
    """The fields of the form beside `files`; docs/loading.md explains each."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal[KINDS_OF_DELIVERY] = Field(  # type: ignore[valid-type]
        description="导入什么 · what it is"
    )
    crs: list[Text] = Field(
        [], description="坐标系 · CRS: none, one for all files, or one per file in their order"
    )
    on: Annotated[date, BeforeValidator(read_day)] | None = Field(
        None, description="数据截至日期 · true from this day; default today"
    )
    secrecy: Text = Field("unknown", description="密级 · public, internal or unknown")
    facility_kind: Text | None = Field(None, description="全部行的设施类型 · kind of all rows")
    datum_shift: Text | None = Field(None, description="三或七参数 · dx,dy,dz[,rx,ry,rz,ppm]")
    by: Text | None = Field(None, description="交付单位或岗位，不写个人 · office or role")
    layer: Text | None = Field(None, description="图层或工作表 · layer or sheet to read")
    mapping: str | None = Field(
        None, description='列名对应 · JSON, heading → field: {"机构全名": "name"}'
    )
    dry_run: bool = Field(False, description="只核对不保存 · check all, store nothing")
    within: Text | None = Field(None, description="上级区划 · superior division of all rows")
    basis: Text | None = Field(None, description="人口口径 · resident or registered")
    base_year: Whole | None = Field(None, description="人口年份 · year of the counts")
    name_kind: Text | None = Field(None, description="名称性质 · standard, former, alias …")
    list_name: Text | None = Field(None, description="名录 · heritage list of all rows")
    list_level: Text | None = Field(None, description="名录级别 · national, province …")
    network: Text | None = Field(None, description="路网名称 · name of the road network")

    def said(self) -> Said:
        """The same as the loaders take it; a mapping is a file of its own, added elsewhere."""
        options = {f.name: getattr(self, f.name) for f in fields(Options)}
        return Said(
            on=self.on, secrecy=self.secrecy, facility_kind=self.facility_kind,
            datum_shift=shift_of(self.datum_shift), by=self.by, layer=self.layer,
            options=Options(**options),
        )  # fmt: skip


def form_of(sent: dict[str, list[str]]) -> DeliveryForm:
    """The form's fields, each known and (but `crs`) once; an empty one counts as left out."""
    for name, values in sent.items():
        if name not in DeliveryForm.model_fields:
            listed = ", ".join(("files", *DeliveryForm.model_fields))
            raise BadInput(
                both(f"未知字段；可用：{listed}。", f"unknown field; known: {listed}"),
                parameter=name[:50],
            )
        if name != "crs" and len(values) > 1:
            raise BadInput(
                both(f"字段 {name} 出现了两次。", f"the field {name} is given twice"),
                parameter=name,
            )
    given: dict[str, Any] = {
        name: values if name == "crs" else values[0] for name, values in sent.items() if any(values)
    }
    try:
        return DeliveryForm.model_validate(given)
    except ValidationError as problem:
        found = [{**e, "loc": ("form", *e["loc"])} for e in problem.errors(include_url=False)]
        raise RequestValidationError(found) from None


class JobProgress(BaseModel):
    """How far a loading is."""

    done: int
    total: int | None = Field(description="null: not known yet")
    text: str


class Report(BaseModel):
    """What became of the rows; all keys stand in docs/loading.md. Of several files the sums, and
    the report of each under `files`."""

    model_config = ConfigDict(extra="allow")

    rows_read: int
    kept: int
    merged: int
    updated: int
    unchanged: int
    refused: int
    review: int
    encoding: str | None
    crs: dict[str, Any] | None
    repairs: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    seconds: Number
    delivery_id: int | None
    files: list[dict[str, Any]] | None = None


class Undone(BaseModel):
    """What taking a delivery back changed."""

    delivery_id: int
    file_name: str
    removed: int = Field(description="rows that it had brought")
    reopened: int = Field(description="rows that are in force again")
    restored: int = Field(description="rows with their former values")


class JobTold(BaseModel):
    """A loading, or the taking back of one, that waits, runs or is over."""

    id: str
    kind: str
    state: Literal["queued", "running", "done", "refused", "failed"]
    made_at: datetime
    ended_at: datetime | None
    progress: JobProgress
    report: Report | Undone | None
    problem: Problem | None = Field(description="why it was refused or failed")


class DeliveryListed(BaseModel):
    """A delivery in the list."""

    id: int
    kind: str
    file_name: str
    received_at: datetime
    secrecy: str
    status: Literal["loaded", "undone"]
    crs_used: str | None
    delivered_by: str | None
    counts: dict[str, int] | None = Field(description="null for what came by other means")


class Deliveries(BaseModel):
    """Deliveries, the newest first."""

    deliveries: list[DeliveryListed]


SCHEMAS = {"Workbook": {"type": "string", "format": "binary", "description": "XLSX"}}
"""Schemas that no model describes; `api.app` adds them to the document."""
WORKBOOK: dict[str, Any] = {
    "description": "XLSX",
    "content": {XLSX: {"schema": {"$ref": "#/components/schemas/Workbook"}}},
}
ACCEPTED: dict[str, Any] = {
    "model": JobTold,
    "description": "已接收 · taken in; Location is the job's address",
}


def form_document() -> dict[str, Any]:
    """The request body of the form for the OpenAPI document."""
    schema = DeliveryForm.model_json_schema()
    files = {
        "type": "array", "items": {"type": "string", "format": "binary"},
        "description": "文件 · the files; the parts of a shapefile beside each other, or a zip",
    }  # fmt: skip
    schema["properties"] = {"files": files, **schema["properties"]}
    schema["required"] = ["files", *schema["required"]]
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
