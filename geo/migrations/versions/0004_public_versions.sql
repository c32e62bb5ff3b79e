CREATE OR REPLACE VIEW atlas_public.admin_unit AS
SELECT t.id, t.code, t.name, t.short_name, t.level, t.unit_type, t.parent_code, t.geom, t.geometry_note, t.note, CASE WHEN upper_inf(t.validity) OR NOT EXISTS (SELECT FROM atlas.admin_unit n WHERE n.code = t.code AND NOT n.is_published AND lower(n.validity) = upper(t.validity)) THEN t.validity ELSE daterange(lower(t.validity), (SELECT min(lower(n.validity)) FROM atlas.admin_unit n WHERE n.code = t.code AND n.is_published AND lower(n.validity) >= upper(t.validity))) END AS validity, t.validity_note, t.source, t.source_date, t.is_synthetic, t.method, t.seed, t.is_published, t.row_version
FROM atlas.admin_unit t
WHERE t.is_published
;

CREATE OR REPLACE VIEW atlas_public.boundary_line AS
SELECT t.id, t.code, t.name, t.level, t.left_code, t.right_code, t.basis, t.document_no, t.archive_scale, t.published_length_m, t.last_inspected_on, t.geom, CASE WHEN upper_inf(t.validity) OR NOT EXISTS (SELECT FROM atlas.boundary_line n WHERE n.code = t.code AND NOT n.is_published AND lower(n.validity) = upper(t.validity)) THEN t.validity ELSE daterange(lower(t.validity), (SELECT min(lower(n.validity)) FROM atlas.boundary_line n WHERE n.code = t.code AND n.is_published AND lower(n.validity) >= upper(t.validity))) END AS validity, t.validity_note, t.source, t.source_date, t.is_synthetic, t.method, t.seed, t.is_published, t.row_version
FROM atlas.boundary_line t
WHERE t.is_published AND NOT t.is_disputed
;

CREATE OR REPLACE VIEW atlas_public.planning_zone AS
SELECT t.id, t.code, t.name, t.kind, t.status, t.parent_code, t.due_on, t.geom, CASE WHEN upper_inf(t.validity) OR NOT EXISTS (SELECT FROM atlas.planning_zone n WHERE n.code = t.code AND NOT n.is_published AND lower(n.validity) = upper(t.validity)) THEN t.validity ELSE daterange(lower(t.validity), (SELECT min(lower(n.validity)) FROM atlas.planning_zone n WHERE n.code = t.code AND n.is_published AND lower(n.validity) >= upper(t.validity))) END AS validity, t.validity_note, t.source, t.source_date, t.is_synthetic, t.method, t.seed, t.is_published, t.row_version
FROM atlas.planning_zone t
WHERE t.is_published
;
