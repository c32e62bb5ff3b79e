// Which facilities pass the chosen filters? The same rules as the API's, for saved files.

import { kinds, kindsOf } from "atlas/page.js";

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Is a facility open at a local time `YYYY-MM-DDTHH:MM`? null: its hours are not known. */
export function isOpen(hours, at) {
  if (!hours) return null;
  const [date, time] = at.split("T");
  const name = DAYS[new Date(`${date}T12:00:00`).getDay()];
  const before = DAYS[(DAYS.indexOf(name) + 6) % 7];
  return (hours[name] ?? []).some(([from, to]) => from <= time && (time < to || to <= from))
    || (hours[before] ?? []).some(([from, to]) => to <= from && time < to);
}

/** The same facility without what was only found out after a day: that was not known then. */
export function knownOn(feature, on) {
  if (!on) return feature;
  const p = feature.properties;
  const isLater = (date) => Boolean(date) && date > on;
  const beds = isLater(p.beds_on) ? { beds_total: null, beds_nursing: null, beds_free: null, beds_on: null } : {};
  const fire = isLater(p.fire_checked_on) ? { fire_state: null, fire_checked_on: null } : {};
  const then = {
    prices: p.prices?.filter((one) => !isLater(one.priced_on)), ratings: p.ratings?.filter((one) => !isLater(one.rated_on ?? one.rated_in)),
    checked_on: isLater(p.checked_on) ? null : p.checked_on,
  };
  return { ...feature, properties: { ...p, ...beds, ...fire, ...then } };
}

/** Is the position only near the true one? */
export const isNearby = (p) => !["surveyed", "point"].includes(p.position_quality) || /近似/.test(p.position_note ?? "");

const listed = (value) => (value ? value.split(",") : []);
const flag = (value) => value === "true" || value === "1";
const text = (value) => String(value ?? "").toLowerCase();

/** A test for facilities from the API's query parameters. Unknown never passes a filter. */
export function filterBy(query) {
  const wanted = listed(query.get("kind")).flatMap(kindsOf);
  const states = listed(query.get("state"));
  const within = (query.get("within") ?? "").replace(/0+$/, "");
  const words = text(query.get("q"));
  const price = Number.parseFloat(query.get("max_price"));
  const level = query.get("care_level");
  const isResidential = !wanted.length || wanted.some((kind) => kinds.get(kind)?.is_residential);
  return ({ properties: p }) =>
    (!wanted.length || p.kinds.some((kind) => wanted.includes(kind)))
    && (states.length ? states : ["open"]).includes(p.state)
    && (!within || text(p.admin_code).startsWith(within))
    && (!words || [p.name, p.address].some((one) => text(one).includes(words)))
    && (!level || (p.care_levels ?? []).includes(level))
    && (!Number.isFinite(price) || (p.prices ?? []).some((one) =>
      (one.low ?? one.high) <= price && (!isResidential || one.unit === "month") && (!level || one.item === level)))
    && (!flag(query.get("with_free_beds")) || p.beds_free > 0)
    && (!flag(query.get("with_medical")) || !["", "none", "无"].includes(p.medical_link ?? ""))
    && (!flag(query.get("barrier_free")) || (p.has_lift === true && p.has_ramp === true))
    && (!query.get("fire_state") || p.fire_state === query.get("fire_state"))
    && (!query.get("ownership") || p.ownership === query.get("ownership"))
    && (!query.get("open_at") || isOpen(p.hours, query.get("open_at")) === true);
}
