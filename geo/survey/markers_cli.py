"""What does a surveyor type about markers? Numbers, the register, measurements, deviations."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import shapely
import typer
from rich.console import Console

from geo.crs import DatumShift
from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.queries.admin import code_of
from geo.survey import markers_printed as printed
from geo.survey.deviations.line_check import check_line
from geo.survey.deviations.of_line import standings
from geo.survey.markers.kept import EVENTS_ZH, METHODS_ZH, marker_record
from geo.survey.markers.numbers import build_number, build_numbers, read_number
from geo.survey.markers.record import record_event, record_observation
from geo.survey.markers.register import STATES_ZH
from geo.survey.markers.register import markers as markers_of
from geo.survey.markers.rules import number_rules, shipped
from geo.survey.written import write_features
from geo.validity import today_in_china

DAYS = ["%Y-%m-%d"]
FAULTS = 3
"""Exit code where a check finds something."""
Number = Annotated[str, typer.Argument(metavar="编号", help="界桩编号 · number of the marker")]
On = Annotated[
    datetime | None, typer.Option(formats=DAYS, help="日期，默认今天 · day, default today")
]
LineCode = Annotated[str | None, typer.Option("--line", help="界线代码 · code of a line")]
Within = Annotated[
    str | None, typer.Option(help="区划名称或代码：其全部界线 · all lines of a division")
]
Role = Annotated[str, typer.Option(help="登记的单位或岗位，不填姓名 · office or role, no person")]
Out = Annotated[Path | None, typer.Option(help="写成 GeoJSON，仅限内部 · write GeoJSON, internal")]

marker = typer.Typer(no_args_is_help=True, help="一座界桩 · One boundary marker.")


def register(survey: typer.Typer) -> None:
    """Add the commands of this file to `atlas survey`."""
    marker.command("number")(show_number)
    marker.command("build")(build)
    marker.command("show")(show_marker)
    marker.command("observe")(observe)
    marker.command("event")(enter_event)
    survey.add_typer(marker, name="marker")
    survey.command("markers")(show_markers)
    survey.command("deviations")(show_deviations)


def show_number(
    number: Number,
    level: Annotated[
        int | None, typer.Option(min=1, max=5, help="界线级别 · level of the line")
    ] = None,
    division: Annotated[str | None, typer.Option(help="区划代码 · division")] = None,
) -> None:
    """读一个界桩编号：线号、序号、类型；读不懂时说明原因 · Read the number of a marker."""
    found = read_number(
        number, number_rules(shipped("marker_number")), level=level, division=division,
        other_forms=shipped("marker_other_forms"), line_rules=shipped("marker_line_code"),
    )  # fmt: skip
    printed.print_number(found)
    if found.number is None:
        raise typer.Exit(FAULTS)


def build(
    line: Annotated[str, typer.Option(help="线号 · code of the line in numbers")],
    serial: Annotated[int, typer.Option(min=1, help="序号 · serial number")],
    kind: Annotated[str, typer.Option("--type", help="类型码：单立 Q · type letter")] = "Q",
    side: Annotated[
        list[str] | None,
        typer.Option(help="各侧区划代码：双立两个，三立三个 · codes of the sides, repeated"),
    ] = None,
) -> None:
    """按省级规则编号；给出各侧时代码小的为首 · Build numbers; the smaller code comes first."""
    rule = number_rules(shipped("marker_number"))[0]
    console = Console()
    if side:
        for code, made in build_numbers(line, serial, side, rule):
            console.print(f"{made.text}  {code}  {made.words}", markup=False, highlight=False)
    else:
        made = build_number(line, serial, kind, rule)
        console.print(f"{made.text}  {made.words}", markup=False, highlight=False)
    console.print(f"规则 · rule：{rule.title}（{printed.STATUS_ZH[rule.status]}）", markup=False)


def show_marker(number: Number, on: On = None) -> None:
    """一座界桩的登记、测量、照片、变更历史 · All that is on record of a marker."""
    with open_session("atlas survey marker show") as session:
        found = marker_record(session, number, _day(on))
    printed.print_record(found)


def observe(
    number: Number,
    x: Annotated[float, typer.Option(help="纵坐标（北）或纬度 · north or latitude")],
    y: Annotated[float, typer.Option(help="横坐标（东）或经度 · east or longitude")],
    crs: Annotated[str, typer.Option(help="坐标系，如 4549、4490、西安80 · CRS")],
    method: Annotated[str, typer.Option(help="、".join(METHODS_ZH))],
    at: Annotated[datetime, typer.Option(
        formats=["%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z"],
        help="测量时间，带时区，如 2026-05-01T09:30+08:00 · time with its offset",
    )],
    role: Role,
    sigma: Annotated[float | None, typer.Option(help="点位中误差，米 · error in the plane")] = None,
    height: Annotated[float | None, typer.Option(help="高程，米 · height")] = None,
    datum: Annotated[str | None, typer.Option(help="高程基准 · datum of the height")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="历元数 · epochs averaged")] = None,
    frame_epoch: Annotated[float | None, typer.Option(help="框架历元，如 2000.0 · frame")] = None,
    shift: Annotated[str | None, typer.Option(
        "--datum-shift", help="七参数 dx,dy,dz[,rx,ry,rz,ppm] · seven parameters"
    )] = None,
    note: Annotated[str | None, typer.Option(help="备注，不写姓名 · remarks")] = None,
) -> None:  # fmt: skip
    """登记一次实测坐标；只增不改 · Put a measurement on record; nothing is overwritten."""
    told = {
        "measured_at": at, "method": method, "crs": crs, "x": x, "y": y, "sigma_m": sigma,
        "height_m": height, "height_datum": datum, "epochs": epochs, "frame_epoch": frame_epoch,
        "note": note,
    }  # fmt: skip
    with open_session("atlas survey marker observe") as session:
        made = record_observation(session, number, told, role=role, shift=_shift(shift))
    Console().print(f"已登记第 {made} 次测量 · measurement {made} is on record", highlight=False)


def enter_event(
    number: Number,
    kind: Annotated[str, typer.Option(help="、".join(EVENTS_ZH))],
    role: Role,
    on: On = None,
    state: Annotated[str | None, typer.Option(help="、".join(STATES_ZH))] = None,
    document: Annotated[str | None, typer.Option(help="文号 · document number")] = None,
    note: Annotated[str | None, typer.Option(help="备注，不写姓名 · remarks")] = None,
) -> None:
    """登记界桩的状态或变更；只增不改 · Put a state or a change on record."""
    with open_session("atlas survey marker event") as session:
        made = record_event(
            session, number, kind=kind, on=_day(on), role=role, state=state, document_no=document,
            note=note,
        )  # fmt: skip
    Console().print(f"已登记第 {made} 项变更 · event {made} is on record", highlight=False)


def show_markers(
    line: LineCode = None,
    within: Within = None,
    on: On = None,
    check: Annotated[
        bool, typer.Option("--check", help="核对一条界线的编号、次序、方位物 · check a line")
    ] = False,
) -> None:
    """界桩登记簿：一条界线或一个区划的界桩 · The register of markers; codes and states."""
    day = _day(on)
    if check and line is None:
        raise BadInput(both("核对须给出 --line。", "--check needs --line"), parameter="line")
    with open_session("atlas survey markers") as session:
        if not check or line is None:
            inside = code_of(session, within, day) if within else None
            printed.print_markers(markers_of(session, on=day, line=line, within=inside), day)
            return
        found = check_line(session, line, day)
    printed.print_check(found)
    if found.findings:
        raise typer.Exit(FAULTS)


def show_deviations(
    line: LineCode = None, within: Within = None, on: On = None, out: Out = None
) -> None:
    """档案与实测之差、限差、判定、里程、离线距离 · Deviations of markers with verdicts."""
    day = _day(on)
    with open_session("atlas survey deviations") as session:
        inside = code_of(session, within, day) if within else None
        rows = standings(session, on=day, line=line, within=inside)
    printed.print_deviations(rows, day)
    if out is not None:
        features = [
            (shapely.Point(*one.observation.position.place), printed.told(one))
            for one in rows
            if one.observation is not None and one.observation.position.is_firm
        ]
        write_features(out, features, printed.INTERNAL)


def _shift(written: str | None) -> DatumShift | None:
    """Three or seven parameters, comma-separated."""
    if written is None:
        return None
    try:
        parts = [float(part) for part in written.split(",")]
    except ValueError:
        parts = []
    if len(parts) not in (3, 7):
        raise BadInput(
            both("转换参数为三个或七个数，逗号分隔。", "three or seven numbers with commas"),
            parameter="datum-shift",
        )
    return DatumShift(*parts)


def _day(on: datetime | None) -> date:
    return on.date() if on is not None else today_in_china()
