"""Which format of place names is a file, and how is it loaded as one delivery?"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from geo.errors import BadInput, DeliveryRefused, both
from geo.gazetteer.exchange import lp_tsv, lpf_in, national
from geo.gazetteer.exchange.addresses import Addresses
from geo.gazetteer.exchange.lpf_in import FCLASSES, Faulty
from geo.gazetteer.exchange.record import PlaceRecord
from geo.gazetteer.exchange.store import Stored, store
from geo.loaders.journal import ONE_AT_A_TIME
from geo.loaders.personal import redact, safe_file_name
from geo.loaders.reading.drafts import MAX_BYTES, refused
from geo.loaders.reading.national import entries_of, is_national
from geo.loaders.register import refuse_person, write_report
from geo.loaders.report import Counts, CrsReading, Placement, Report
from geo.loaders.secrecy import refuse_secret, title_is_marked
from geo.loaders.storable import storable_json
from geo.models import Delivery, RefusedRow
from geo.text import decode
from geo.validity import today_in_china

FORMATS = {"lpf": "Linked Places 1.3", "lp-tsv": "LP-TSV 0.5", "national": "国家地名信息库 JSON"}
Found = Iterator[PlaceRecord | Faulty]


def import_places(
    session: Session,
    path: Path,
    *,
    addresses: Addresses | None = None,
    secrecy: str = "unknown",
    by: str | None = None,
    licence: str | None = None,
    source: str | None = None,
    source_date: date | None = None,
    default_class: str | None = None,
) -> Report:
    """Load a file of Linked Places, LP-TSV or the national database as a delivery.

    Only what is delivered as public is published. `source` and its date hold for records that name
    none; `default_class` for those without a class. The caller commits. Raises DeliveryRefused for
    a file that cannot be read or is marked as secret, BadInput for an unknown class or secrecy.
    """
    started = time.perf_counter()
    refuse_secret(secrecy, path)
    refuse_person(by)
    if default_class is not None and default_class not in FCLASSES:
        raise BadInput(
            both(f"类别须为 {' '.join(FCLASSES)} 之一。", f"class is one of {' '.join(FCLASSES)}"),
            parameter="class",
        )
    data = _bytes_of(path)
    decoded = decode(data)
    size, sha = len(data), hashlib.sha256(data).hexdigest()
    kind, found = places_in(decoded.text, path, addresses or Addresses(), default_class)
    del data
    decoded = replace(decoded, text="")  # what was read of it is large enough
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    delivery_id: int = session.execute(
        insert(Delivery).returning(Delivery.id),
        {"kind": "place-names", "file_name": safe_file_name(path.name), "sha256": sha,
         "size_bytes": size, "delivered_by": (by or "").strip() or None, "secrecy": secrecy,
         "licence": licence, "encoding": decoded.encoding, "crs_stated": "EPSG:4326",
         "crs_used": "EPSG:4490"},
    ).scalar_one()  # fmt: skip
    cited = _with_source(found, source or safe_file_name(path.name), source_date)
    done = store(session, cited, delivery_id=delivery_id, published=secrecy == "public")
    _keep_refused(session, delivery_id, done)
    counts = Counts(
        done.read, kept=done.added, updated=done.widened, unchanged=done.unchanged,
        refused=len(done.refused),
    )  # fmt: skip
    report = Report(
        counts, decoded.encoding, decoded.evidence, CrsReading(None, "EPSG:4490", [], "default"),
        Placement(), {}, [], done.problems, safe_file_name(path.name), sha, "place-names",
        today_in_china().isoformat(), secrecy, False, round(time.perf_counter() - started, 3),
        delivery_id, format=FORMATS[kind],
    )  # fmt: skip
    write_report(session, delivery_id, report)
    return report


def places_in(
    content: str, path: Path, addresses: Addresses, default_class: str | None
) -> tuple[str, Found]:
    """The format of a text and its records. Raises DeliveryRefused for one that is none of ours."""
    name, begin = safe_file_name(path.name), content.lstrip("\ufeff \r\n\t")
    if begin[:1] in "{[" and begin:
        whole = _json(content, name)
        if is_national(content):
            return "national", national.linked_twins(national.read_entries(entries_of(whole)))
        features = _features(whole, name)
        return "lpf", lpf_in.read_features(
            _let_go(features), addresses, default_class=default_class
        )
    if lp_tsv.is_lp_tsv(begin.partition("\n")[0]):
        dataset = path.stem[:40]
        return "lp-tsv", lp_tsv.read_rows(begin, dataset, default_class=default_class)
    raise refused(
        name,
        f"不是 {'、'.join(FORMATS.values())}；普通表格请用 atlas load --kind place-names。",
        "is none of Linked Places, LP-TSV, national JSON: plain tables go to atlas load.",
    )


def _bytes_of(path: Path) -> bytes:
    name = safe_file_name(path.name)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise refused(name, "文件过大，请分批交付。", "is too large: deliver it in parts.")
        return path.read_bytes()
    except OSError as problem:
        raise refused(
            name, f"无法读取（{problem.strerror}）。", f"cannot be read: {problem.strerror}."
        ) from None


def _json(content: str, name: str) -> Any:
    """The whole document; a text of one feature a line becomes a list."""
    whole = _parsed(content, name)
    return storable_json(whole) if "\\u0000" in content else whole


def _parsed(content: str, name: str) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as problem:
        lines = [line for line in content.splitlines() if line.strip(" \t\x1e")]
        try:
            return [orjson.loads(line.lstrip("\x1e")) for line in lines]
        except orjson.JSONDecodeError:
            raise refused(
                name,
                f"不是完整的 JSON，第 {problem.lineno} 行处出错；请重新导出。",
                f"is no complete JSON: broken at line {problem.lineno}.",
            ) from None


def _features(whole: Any, name: str) -> list[Any]:
    """The features of a collection, a list or a single feature."""
    if isinstance(whole, list):
        return whole
    if whole.get("type") == "Feature":
        return [whole]
    found = whole.get("features")
    if whole.get("type") != "FeatureCollection" or not isinstance(found, list):
        raise refused(name, "不是 FeatureCollection。", "is no FeatureCollection.")
    if "@context" not in whole:
        raise refused(
            name,
            "缺少 @context，不是 Linked Places；普通 GeoJSON 请用 atlas load --kind place-names。",
            "lacks @context and is no Linked Places: plain GeoJSON goes to atlas load.",
        )
    if title_is_marked(str(said) for said in whole.values() if isinstance(said, str)):
        raise DeliveryRefused(
            both(f"{name}：标有密级，未读取。", f"{name}: marked as secret; it was not read.")
        )
    return found


def _let_go(features: list[Any]) -> Iterator[Any]:
    """Each feature in its order; what was read is no longer in memory."""
    features.reverse()
    while features:
        yield features.pop()


def _with_source(found: Found, source: str, day: date | None) -> Found:
    for one in found:
        if isinstance(one, PlaceRecord) and one.source is None and one.original is not None:
            yield replace(one, source=source, source_date=one.source_date or day)
        else:
            yield one


def _keep_refused(session: Session, delivery_id: int, done: Stored) -> None:
    """Keep what was refused with its reason."""
    rows = [
        {"delivery_id": delivery_id, "row_number": one.number, "column_name": one.part,
         "value": None, "rule": one.part, "message": one.message,
         "data": {"title": redact(one.title)} if one.title else {}}
        for one in done.refused
    ]  # fmt: skip
    if rows:
        session.execute(insert(RefusedRow), rows)
