"""How does somebody tell the office that an entry is wrong? By a work item, without a sender.

Only what is wrong and a short text are kept; no name, no address of the network, no position of
the sender. A text that holds personal data is refused as every work item refuses it. There is no
mark on the map for it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.access.finder.words import Words
from geo.access.work_items import Finding, open_item
from geo.errors import BadInput, NotFound, Unavailable, both

KIND = "wrong_information"
LONGEST = 300
MOST_OPEN = 20
"""Reports about one facility that wait at one time; more tell the office nothing new."""

WRONG: dict[str, Words] = {
    "phone": ("电话有误", "phone"),
    "address": ("地址有误", "address"),
    "position": ("地图位置有误", "place on the map"),
    "hours": ("营业时间有误", "opening hours"),
    "price": ("价格有误", "price"),
    "beds": ("床位有误", "beds"),
    "closed": ("已关门或搬走", "closed or moved"),
    "other": ("其他", "something else"),
}
"""What may be wrong."""

_ABOUT = text(
    """SELECT f.name, f.admin_code, ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat, f.is_synthetic,
        EXISTS (SELECT FROM admin_unit u
            WHERE u.code = f.admin_code AND u.validity @> CAST(:on AS date)) AS is_placed,
        (SELECT count(*) FROM work_item w WHERE w.kind = :kind AND w.subject_code = f.code
            AND w.subject_type = 'facility' AND NOT EXISTS (
                SELECT FROM work_event e WHERE e.item_id = w.id AND e.step = 'verified')) AS waiting
    FROM facility f
    WHERE f.code = :code AND f.is_published AND f.validity @> CAST(:on AS date)"""
)


def report_wrong(
    session: Session, code: str, what: str, told: str | None = None, *, on: date
) -> int:
    """Make a work item of a report about a published facility; its number. The caller commits.

    what: a key of WRONG; told: at most LONGEST characters. Raises BadInput for other values and
    for personal data in the text, NotFound for an unknown facility, Unavailable where many reports
    about it wait already.
    """
    if what not in WRONG:
        raise BadInput(
            both(
                f"没有「{what[:40]}」这一项。", f"unknown {what[:40]!r}; known: {', '.join(WRONG)}"
            ),
            parameter="what",
        )
    plain = (told or "").strip()
    if len(plain) > LONGEST or any(ord(c) < 32 and c not in "\n\r\t" for c in plain):
        raise BadInput(
            both(f"说明最多 {LONGEST} 字，不能有控制字符。", f"at most {LONGEST} plain characters"),
            parameter="text",
        )
    row = session.execute(_ABOUT, {"code": code, "on": on, "kind": KIND}).one_or_none()
    if row is None:
        raise NotFound(
            both(f"没有编码为「{code[:60]}」的机构。", f"there is no facility {code[:60]!r}")
        )
    if row.waiting >= MOST_OPEN:
        raise Unavailable(
            both("这家机构已有多条反映，正在处理。", "many reports about it wait already")
        )
    finding = Finding(
        KIND, f"{row.name}：{WRONG[what][0]}", "facility", code,
        row.admin_code if row.is_placed else None,
        None if row.is_placed else row.lon, None if row.is_placed else row.lat,
        source="public page", is_synthetic=row.is_synthetic,
    )  # fmt: skip
    try:
        return open_item(session, finding, on=on, role="公众", note=plain or None)
    except BadInput as problem:
        zh, _, en = str(problem).partition("\n")
        named = "text" if problem.parameter == "note" else problem.parameter
        raise BadInput(both(zh, en), parameter=named) from None
