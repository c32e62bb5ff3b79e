"""How does a file from the field come into the log? Once, with every bad row kept and explained."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, DeliveryRefused, GeoError, both
from geo.loaders.personal import redact, safe_file_name
from geo.loaders.secrecy import refuse_secret
from geo.models.inspection import InspectionImport, InspectionRefusal
from geo.survey.inspections.campaign import Campaign
from geo.survey.inspections.files.phone import read_phone_file
from geo.survey.inspections.files.photos import from_data_url, keep_photo
from geo.survey.inspections.files.tracks import read_track
from geo.survey.inspections.files.workbook import read_workbook
from geo.survey.inspections.forms import checked_form
from geo.survey.inspections.ground import Ground
from geo.survey.inspections.log import append, content_key, one_at_a_time, signed
from geo.survey.inspections.words import SIDES

KINDS = {
    ".gpx": "track", ".kml": "track", ".kmz": "track", ".xlsx": "workbook", ".json": "phone",
    ".zip": "bundle",
}  # fmt: skip
MOST_UNPACKED = 500_000_000
MOST_FILES = 200
DEEPEST = 6
"""How deep a refused row is kept."""
_KNOWN = text("SELECT id FROM inspection_import WHERE campaign_id = :id AND sha256 = :sha256")
_KEY = text("SELECT 1 FROM inspection_entry WHERE campaign_id = :id AND content_key = :content_key")


@dataclass(slots=True)
class Imported:
    """What became of one file: new, known (the same content was in already) or refused rows."""

    file_name: str
    kind: str
    was_known: bool = False
    forms: int = 0
    tracks: int = 0
    photos: int = 0
    unchanged: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def import_file(
    session: Session, one: Campaign, ground: Ground, name: str, content: bytes, *,
    role: str, on: date, sides: Collection[str] = SIDES.keys(),
) -> list[Imported]:  # fmt: skip
    """Bring a file of the field (or a zip of several) in; answers one report a file.

    sides: for which the caller may file; forms of another are refused. The same file a second time
    changes nothing. Raises BadInput for a file that is none of ours or
    of another campaign: then nothing of it comes in. The caller commits.
    """
    signed(role)
    one_at_a_time(session, one.id)
    ending = PurePath(name).suffix.lower()
    if ending not in KINDS:
        raise BadInput(
            both(
                f"不认识的文件「{safe_file_name(name)[:60]}」；可导入：{'、'.join(KINDS)}。",
                f"unknown kind of file; known: {', '.join(KINDS)}",
            ),
            parameter="file",
        )
    refuse_secret("unknown", Path(name))
    if KINDS[ending] == "bundle":
        return [
            report
            for inner, body in _members(content)
            for report in import_file(
                session, one, ground, inner, body, role=role, on=on, sides=sides
            )
        ]
    sha256 = hashlib.sha256(content).hexdigest()
    report = Imported(safe_file_name(name), KINDS[ending])
    if session.execute(_KNOWN, {"id": one.id, "sha256": sha256}).first():
        report.was_known = True
        return [report]
    row = InspectionImport(
        campaign_id=one.id, file_name=report.file_name, sha256=sha256, kind=report.kind,
        role=signed(role),
    )  # fmt: skip
    session.add(row)
    session.flush()
    if report.kind == "track":
        _keep_track(session, one, report, content, ending, row.id, role, on)
    else:
        _keep_forms(session, one, ground, report, content, row.id, sides)
    return [report]


def _members(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of a zip that the import knows, within its limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            known = [
                info for info in bundle.infolist()
                if PurePath(info.filename).suffix.lower() in set(KINDS) - {".zip"}
                and not PurePath(info.filename).name.startswith(".")
                and "__MACOSX" not in info.filename
            ]  # fmt: skip
            if not known or len(known) > MOST_FILES or _size(known) > MOST_UNPACKED:
                raise BadInput(
                    both("压缩包中没有可导入的文件，或内容过大。",
                         "the zip holds nothing to import, or too much"),
                    parameter="file",
                )  # fmt: skip
            for info in known:
                yield PurePath(info.filename).name, bundle.read(info)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
        raise BadInput(
            both("压缩包损坏或有密码。", "the zip is damaged or locked"), parameter="file"
        ) from None


def _size(members: Iterable[zipfile.ZipInfo]) -> int:
    return sum(info.file_size for info in members)


def _keep_track(
    session: Session, one: Campaign, report: Imported, content: bytes, ending: str, import_id: int,
    role: str, on: date,
) -> None:  # fmt: skip
    track = read_track(content, ending)
    key = content_key(["track", track.geom.wkt])
    if _is_known(session, one, key):
        report.unchanged += 1
        return
    if track.skipped:
        report.notes.append(f"{track.skipped} 个点不在中国范围内，未计入")
    append(
        session, "track", campaign_id=one.id, role=role, geom=track.geom, import_id=import_id,
        on=track.started_at.date() if track.started_at else on, content_key=key,
        data={
            "points": track.points,
            "started_at": track.started_at.isoformat() if track.started_at else None,
            "ended_at": track.ended_at.isoformat() if track.ended_at else None,
        },
    )  # fmt: skip
    report.tracks += 1


def _keep_forms(
    session: Session, one: Campaign, ground: Ground, report: Imported, content: bytes,
    import_id: int, sides: Collection[str],
) -> None:  # fmt: skip
    read = read_workbook if report.kind == "workbook" else read_phone_file
    code, rows = read(content)
    if code != one.code:
        raise BadInput(
            both(
                f"此文件属于联检「{code[:40]}」，不是 {one.code}。",
                f"this file belongs to campaign {code[:40]!r}, not {one.code}",
            ),
            parameter="file",
        )
    for where, told in rows:
        try:
            _may_file(told, sides)
            photos = [_photo(photo) for photo in told.get("photos") or ()]
            form = checked_form(one, ground, {**told, "photos": photos})
        except (GeoError, TypeError, AttributeError, KeyError) as problem:
            _refuse(session, report, import_id, where, problem, told)
            continue
        if _is_known(session, one, form.key):
            report.unchanged += 1
            continue
        append(
            session, form.kind, campaign_id=one.id, line_code=form.line_code,
            subject=form.subject, side=form.side, role=form.role, on=form.on, data=form.data,
            geom=form.geom, import_id=import_id, content_key=form.key,
        )  # fmt: skip
        report.forms += 1
        report.photos += len(photos)


def _may_file(told: Mapping[str, Any], sides: Collection[str]) -> None:
    """Raise BadInput for a form of a side that the caller may not file for."""
    side = str(told.get("side") or "").upper()
    if side in SIDES and side not in sides:
        raise BadInput(
            both(f"不能代{SIDES[side]}填报。", f"may not file for side {side}"), parameter="side"
        )


def _photo(told: Mapping[str, Any]) -> dict[str, Any]:
    facts = {k: v for k, v in told.items() if k != "data"}
    return {**facts, "sha256": keep_photo(from_data_url(str(told.get("data") or "")))}


def _is_known(session: Session, one: Campaign, key: str) -> bool:
    return session.execute(_KEY, {"id": one.id, "content_key": key}).first() is not None


def _refuse(
    session: Session, report: Imported, import_id: int, where: str, problem: Exception,
    told: Mapping[str, Any],
) -> None:  # fmt: skip
    reason = str(problem) if isinstance(problem, GeoError) else both("内容无法读取。", "unreadable")
    session.add(
        InspectionRefusal(
            import_id=import_id, place=where, reason=reason, data=_impersonal(dict(told))
        )
    )
    session.flush()
    report.refused.append((where, reason.partition("\n")[0]))


def _impersonal(told: Any, depth: int = 0) -> Any:
    """The row as it may be kept: no pictures, no numbers or names of persons."""
    if depth > DEEPEST:
        return "…"
    if isinstance(told, dict):
        kept = [(k, v) for k, v in told.items() if k != "photos"][:100]
        return {_impersonal(str(k))[:60]: _impersonal(v, depth + 1) for k, v in kept}
    if isinstance(told, list):
        return [_impersonal(one, depth + 1) for one in told[:100]]
    if isinstance(told, str):
        return redact(told.replace("\0", ""))[:500]
    return told if told is None or isinstance(told, bool | int | float) else str(told)[:100]


__all__ = ["DeliveryRefused", "Imported", "import_file"]
