// What does a saved file answer? The API's questions, from the data inside the file.

import { data, page } from "atlas/page.js";
import { filterBy } from "atlas/facilities.js";
import { distance, holds } from "atlas/geodesy.js";

const collection = (features) => ({ type: "FeatureCollection", features, numberReturned: features.length });
const number = (query, name, fallback) => Number.parseFloat(query.get(name) ?? fallback);
const padded = (code) => (code ? code.padEnd(12, "0") : code);

/** Answer `path` with a URLSearchParams as the API would, or null when the file does not hold it. */
export function answer(path, query) {
  const exact = EXACT[path];
  if (exact) return exact(query);
  const [, room, code, aspect] = path.split("/").map(decodeURIComponent);
  if (room === "facilities") return (data.facilities?.features ?? []).find((one) => one.properties.code === code) ?? null;
  if (room === "places") return data.cards?.[code] ?? null;
  if (room === "units" && aspect === "children") return EXACT["/units"](new URLSearchParams({ parent: code, on: query.get("on") ?? "" }));
  if (room === "units" && aspect) return data[aspect]?.[code] ?? null;
  if (room === "units") return (data.units?.features ?? []).find((one) => one.properties.code === code) ?? null;
  return null;
}

const EXACT = {
  "/facilities": (query) => collection((data.facilities?.features ?? []).filter(filterBy(query))),
  "/facilities/nearest": (query) => {
    const from = [number(query, "lon"), number(query, "lat")];
    return collection(
      (data.facilities?.features ?? []).filter(filterBy(query))
        .map((one) => ({ ...one, properties: { ...one.properties, distance_m: distance(from, one.geometry.coordinates) } }))
        .sort((a, b) => a.properties.distance_m - b.properties.distance_m)
        .slice(0, number(query, "limit", 10)),
    );
  },
  "/units": (query) => {
    const [parent, within, level, on] = [padded(query.get("parent")), padded(query.get("within")), query.get("level"), query.get("on") || page.on];
    const inForce = (data.units?.features ?? []).filter(({ properties: p }) =>
      !on || ((!p.valid_from || p.valid_from <= on) && (!p.valid_until || on < p.valid_until)));
    const above = new Map(inForce.map(({ properties: p }) => [p.code, p.parent_code]));
    const liesIn = (code) => { let up = above.get(code); while (up && up !== within) up = above.get(up); return up === within; };
    return collection(inForce.filter(({ properties: p }) =>
      (!parent || p.parent_code === parent) && (!within || liesIn(p.code)) && (!level || p.level === Number(level))));
  },
  "/units/at": (query) => {
    const at = [number(query, "lon"), number(query, "lat")];
    return collection((data.units?.features ?? []).filter((one) => holds(one.geometry, at)));
  },
  "/zones": () => data.zones ?? collection([]),
  "/access/coverage": (query) => matching(data.coverage, query),
  "/access/gaps": (query) => matching(data.gaps, query),
  "/access/missing": () => data.missing ?? null,
  "/places": (query) => {
    const text = plain(query.get("q"));
    return { ...collection((data.places?.features ?? []).flatMap((place) => {
      const p = place.properties;
      const match = (p.names ?? [p]).find((one) => [one.name, one.pinyin].some((form) => form && plain(form).includes(text)));
      const how = { matched_name: match?.name, matched_kind: match?.kind ?? "standard", how_zh: "名称含有", how_en: "part of the name" };
      return match ? [{ ...place, properties: { ...p, ...how } }] : [];
    }).slice(0, number(query, "limit", 10))), query: query.get("q") };
  },
  "/places/near": (query) => {
    const at = [number(query, "lon"), number(query, "lat")];
    return { ...collection((data.places?.features ?? [])
      .filter((one) => one.geometry && ["surveyed", "point", "approximate"].includes(one.properties.position_quality))
      .map((one) => ({ ...one, properties: { ...one.properties, in_year: null, distance_m: distance(at, one.geometry.coordinates) } }))
      .sort((a, b) => a.properties.distance_m - b.properties.distance_m)
      .slice(0, number(query, "limit", 10))), year: null };
  },
  "/places/heritage": (query) => collection((data.heritage?.features ?? []).filter(({ properties: p }) =>
    !query.get("family") || p.family === query.get("family"))),
  "/sources": () => data.sources ?? null,
};

/** The saved run whose question this is; the file may hold several. */
function matching(runs, query) {
  const asked = ["kind", "areas", "radius_m", "across_border"].filter((name) => query.has(name));
  return (runs ?? []).find((run) => asked.every((name) => String(run.summary[name]) === query.get(name))) ?? null;
}

/** A name as it is compared: without tones, spaces and apostrophes. */
const plain = (name) => name.normalize("NFD").replace(/[\u0300-\u036f\s'’]/g, "").toLowerCase();
