CREATE OR REPLACE VIEW atlas_public.admin_unit AS
SELECT t.id, t.code, t.name, t.short_name, t.level, t.unit_type, t.parent_code, t.geom, t.geometry_note, t.note, coalesce(t.public_validity, t.validity) AS validity, t.validity_note, t.source, t.source_date, t.is_synthetic, t.method, t.seed, t.is_published, t.row_version
FROM atlas.admin_unit t
WHERE t.is_published;

CREATE OR REPLACE VIEW atlas_public.boundary_line AS
SELECT t.id, t.code, t.name, t.level, t.left_code, t.right_code, t.basis, t.document_no, t.archive_scale, t.published_length_m, t.last_inspected_on, t.geom, coalesce(t.public_validity, t.validity) AS validity, t.validity_note, t.source, t.source_date, t.is_synthetic, t.method, t.seed, t.is_published, t.row_version
FROM atlas.boundary_line t
WHERE t.is_published AND NOT t.is_disputed;

CREATE OR REPLACE VIEW atlas_public.facility AS
SELECT t.id, t.code, t.name, t.kinds, t.state, t.address, t.stated_unit, t.admin_code, t.geom, t.position_quality, t.position_note, t.phone, t.website, t.hours, t.services, t.care_levels, t.beds_total, t.beds_nursing, t.beds_free, t.beds_on, t.meals_per_day, t.floor_area_m2, t.ownership, t.operation, t.fire_state, t.fire_checked_on, t.has_lift, t.has_ramp, t.medical_link, t.uscc, t.filing_no, t.filed_on, t.hub_code, t.operator_id, t.checked_on, coalesce(t.public_validity, t.validity) AS validity, t.validity_note, t.source, t.source_date, t.is_synthetic, t.method, t.seed, t.is_published, t.row_version
FROM atlas.facility t
WHERE t.is_published;

CREATE OR REPLACE VIEW atlas_public.planning_zone AS
SELECT t.id, t.code, t.name, t.kind, t.status, t.parent_code, t.due_on, t.geom, coalesce(t.public_validity, t.validity) AS validity, t.validity_note, t.source, t.source_date, t.is_synthetic, t.method, t.seed, t.is_published, t.row_version
FROM atlas.planning_zone t
WHERE t.is_published;

CREATE OR REPLACE VIEW atlas_public.standard_rule AS
SELECT t.id, t.code, t.subject, t.scope_code, t.title, t.rule, t.status, coalesce(t.public_validity, t.validity) AS validity, t.validity_note, t.source, t.source_date, t.is_synthetic, t.method, t.seed, t.is_published, t.row_version
FROM atlas.standard_rule t
WHERE t.is_published;
