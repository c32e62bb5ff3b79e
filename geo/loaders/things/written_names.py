"""How do the names, positions and listings of merged places reach their tables?"""

from __future__ import annotations

from sqlalchemy import text

from geo.loaders.journal import journalled
from geo.loaders.staging import Target, count_anew

# The places that are new or spoken of anew, set apart once for the five statements.
_SPOKEN = """
CREATE TEMP TABLE spoken ON COMMIT DROP AS
SELECT p.id AS place_id, s.names, s.geom, d.file_name, s.list_name, s.family, s.list_class,
    s.list_level, s.batch, s.listed_year, s.era,
    CASE WHEN d.crs_used IN ('GCJ-02', 'BD-09') THEN 'approximate' ELSE 'point' END AS quality
FROM stage s JOIN place p ON p.code = s.code JOIN delivery d ON d.id = :delivery
WHERE s.fate IN ('new', 'corrected')"""
_SAID = """
SELECT s.place_id, n.name, n.kind, n.start, n."end", n.certainty, s.file_name
FROM spoken s CROSS JOIN jsonb_to_recordset(s.names)
    AS n(name text, kind text, start int, "end" int, certainty text)"""

_TABLES = ("place", "place_name", "place_position", "heritage_listing", "delivery_change")
_STATEMENTS = (
    ("place_name", "began", (), f"""
INSERT INTO place_name AS t (place_id, name, kind, start_earliest, start_latest, end_earliest,
    end_latest, certainty, citation)
SELECT DISTINCT ON (m.place_id, m.name, m.kind) m.place_id, m.name, m.kind, m.start, m.start,
    m."end", m."end", m.certainty, m.file_name
FROM ({_SAID}) m WHERE NOT EXISTS (SELECT FROM place_name o
    WHERE o.place_id = m.place_id AND o.name = m.name AND o.kind = m.kind)"""),
    ("place_name", "corrected",
     ("start_earliest", "start_latest", "end_earliest", "end_latest", "certainty", "citation"), f"""
UPDATE place_name t SET start_earliest = m.start, start_latest = m.start, end_earliest = m."end",
    end_latest = m."end", certainty = m.certainty, citation = m.file_name
FROM ({_SAID}) m WHERE t.place_id = m.place_id AND t.name = m.name AND t.kind = m.kind
    AND (m.start IS DISTINCT FROM t.start_latest AND m.start IS NOT NULL
         OR m."end" IS DISTINCT FROM t.end_latest AND m."end" IS NOT NULL)
    AND NOT EXISTS (SELECT FROM delivery_change c WHERE c.delivery_id = :delivery
                    AND c.table_name = 'place_name' AND c.row_id = t.id)"""),
    ("place_position", "corrected", ("geom", "quality", "citation"), """
UPDATE place_position t SET geom = m.geom, quality = m.quality, citation = m.file_name
FROM (SELECT DISTINCT ON (s.place_id) o.id, s.geom, s.quality, s.file_name
      FROM spoken s JOIN place_position o ON o.place_id = s.place_id AND o.geom IS NOT NULL
      WHERE s.geom IS NOT NULL ORDER BY s.place_id, o.id) m
WHERE t.id = m.id AND t.geom IS DISTINCT FROM m.geom"""),
    ("place_position", "began", (), """
INSERT INTO place_position AS t (place_id, geom, quality, citation)
SELECT s.place_id, s.geom, s.quality, s.file_name FROM spoken s WHERE s.geom IS NOT NULL
    AND NOT EXISTS (SELECT FROM place_position o
                    WHERE o.place_id = s.place_id AND o.geom IS NOT NULL)"""),
    ("heritage_listing", "began", (), """
INSERT INTO heritage_listing AS t (place_id, list_name, family, list_class, list_level, batch,
    listed_year, era, citation)
SELECT s.place_id, s.list_name, s.family, s.list_class, s.list_level, s.batch, s.listed_year,
    s.era, s.file_name
FROM spoken s WHERE s.list_name IS NOT NULL AND s.list_level IS NOT NULL
    AND NOT EXISTS (SELECT FROM heritage_listing o
                    WHERE o.place_id = s.place_id AND o.list_name = s.list_name)"""),
)  # fmt: skip


def write_names(session: Target, delivery_id: int) -> None:
    """Add the names, positions and listings of new and changed places, each in the journal.

    A name that a later delivery does not repeat stays: silence takes nothing away. Readings and
    search keys are made afterwards, per distinct name.
    """
    count_anew(session, *_TABLES)
    session.execute(text("DROP TABLE IF EXISTS pg_temp.spoken"))
    session.execute(text(_SPOKEN), {"delivery": delivery_id})
    session.execute(text("ANALYZE spoken"))
    for table, action, changed, statement in _STATEMENTS:
        session.execute(
            text(journalled(statement, table, "t", action, changed=changed)),
            {"delivery": delivery_id},
        )
