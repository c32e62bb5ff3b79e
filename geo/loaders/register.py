"""How is a delivery itself written down, and which file must not be read at all?"""

from __future__ import annotations

import json
import re
from pathlib import Path

from sqlalchemy import text

from geo.errors import BadInput, DeliveryRefused
from geo.loaders.report import CrsReading, Report
from geo.loaders.tables import Table
from geo.loaders.versions import Target
from geo.text import search_key

SECRECY = ("public", "internal", "unknown")
_SECRET_WORDS = ("秘密", "机密", "绝密")
_DENIED = re.compile(r"(?:不涉及|不涉|不含|不属于|非)(?:国家)?(?:秘密|机密|绝密)")
"""Words that say of a file that it is no secret."""


def refuse_secret(secrecy: str, path: Path) -> None:
    """Refuse, unread, what is or may be a state secret; BadInput for an unknown marking."""
    if any(word in secrecy or word in path.name for word in _SECRET_WORDS) or secrecy in (
        "secret", "confidential", "top-secret",
    ):  # fmt: skip
        raise _secret()
    if secrecy not in SECRECY:
        raise BadInput(
            f"密级 {secrecy!r} 无效, 可用: {' '.join(SECRECY)}。\n"
            f"Secrecy {secrecy!r} is not one of {' '.join(SECRECY)}.",
            parameter="secrecy",
        )


def refuse_marked(table: Table) -> None:
    """Refuse a file of which a title, a sheet's name or any row's 密级 says that it is a secret."""
    for said in (table.layer or "", *table.titles):
        if any(word in _DENIED.sub("", said) for word in _SECRET_WORDS):
            raise _secret()
    for index, column in enumerate(table.columns):
        if search_key(column) == "密级" and any(
            word in row.cells[index] for row in table.rows for word in _SECRET_WORDS
        ):
            raise _secret()


def _secret() -> DeliveryRefused:
    return DeliveryRefused(
        "标有密级 (秘密及以上) 的文件不得导入本系统, 未保存任何内容。\n"
        "A file marked 秘密 (secret) or above is refused; nothing of it was stored."
    )


def register_delivery(
    target: Target, table: Table, path: Path, kind: str, secrecy: str, crs: CrsReading,
    columns: dict[str, str],
) -> int:  # fmt: skip
    """Write the delivery's own row and answer its id."""
    made_id: int = target.execute(
        text("""
INSERT INTO delivery (kind, file_name, sha256, size_bytes, secrecy, encoding, crs_stated, crs_used,
                      columns)
VALUES (:kind, :file_name, :sha256, :size, :secrecy, :encoding, :stated, :used,
        CAST(:columns AS jsonb)) RETURNING id"""),
        {
            "kind": kind, "file_name": path.name, "sha256": table.sha256, "size": table.size_bytes,
            "secrecy": secrecy, "encoding": table.encoding, "stated": crs.declared,
            "used": crs.used, "columns": json.dumps(columns, ensure_ascii=False),
        },
    ).scalar_one()  # fmt: skip
    return made_id


def write_report(target: Target, delivery_id: int, report: Report) -> None:
    """Keep the report with its delivery."""
    target.execute(
        text("UPDATE delivery SET report = CAST(:report AS jsonb) WHERE id = :id"),
        {"report": json.dumps(report.as_json(), ensure_ascii=False), "id": delivery_id},
    )
