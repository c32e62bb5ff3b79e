// How do entries of lists, hits of a search and names near a point look as rows of one form?

import { isKnown, t, word } from "atlas/words.js";

export const EXACT = ["surveyed", "point"];
const DRAWABLE = [...EXACT, "approximate"];

export const fromListed = ({ properties: p, geometry }) => ({
  code: p.code, name: p.name, pinyin: p.pinyin, point: geometry?.type === "Point" ? geometry.coordinates : null,
  quality: p.position_quality, unit: p.position_unit, unitName: p.position_unit_name,
  notes: [p.aliases?.length ? t(`又名 ${p.aliases.join("、")}`, `also ${p.aliases.join(", ")}`) : null,
    `${word("family", p.family)}${isKnown(p.list_class) ? ` · ${p.list_class}` : ""}`, `${p.list_name}${isKnown(p.batch) ? ` · ${p.batch}` : ""}`],
  attribution: p.attribution,
});

export const fromPlace = (place, geometry, notes, extra = {}) => ({
  code: place.code, name: place.name, pinyin: place.pinyin, isSynthetic: place.is_synthetic,
  // A division has a point for its label only: it is drawn as the outline that it is.
  point: geometry?.type === "Point" && DRAWABLE.includes(place.position_quality) ? geometry.coordinates : null,
  quality: place.position_quality, unit: place.unit_code ?? place.position_unit ?? place.in_unit_code, isUnit: isKnown(place.unit_code) && !DRAWABLE.includes(place.position_quality), unitName: place.in_unit_name,
  notes, attribution: place.attribution, ...extra,
});

/** A hit, with the reason: which of its names matched, how, and whether that name is in use. */
export function fromHit({ properties: hit, geometry }) {
  const use = { ended: t("此名已不用", "this name is no longer used"), not_yet: t("此名尚未启用", "this name is not yet used") }[hit.use];
  const listed = (hit.listed ?? []).map((family) => word("family", family)).join(t("、", ", "));
  return fromPlace(hit, geometry, [word("feature", hit.feature_class), use, listed], { reason: t(hit.how_zh, hit.how_en) });
}

/** A name near the point in a year: with `isCertain` false it is today's and perhaps was not then. */
export function fromNear({ properties: one, geometry }, year) {
  const then = one.in_year;
  const extra = { distance: one.distance_m, isCertain: !isKnown(year) || then?.verdict === "certain" };
  if (!then || !extra.isCertain) {
    // Today's name: a name of unknown years is told beside it, never as that year's.
    const also = then && then.name !== one.name ? t(`另有${word("name", then.kind)} ${then.name}，年代不全`, `also ${word("name", then.kind)} ${then.name}, of unknown years`) : null;
    return fromPlace(one, geometry, [also], extra);
  }
  return fromPlace({ ...one, name: then.name, pinyin: then.pinyin }, geometry,
    [then.name !== one.name ? t(`今名 ${one.name}`, `now ${one.name}`) : null, word("name", then.kind), t("有据", "certain")], extra);
}
