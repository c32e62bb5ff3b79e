// What does the reader ask: which facilities, how far, by line or on foot, for whom, where, when?

import { data, isSaved, page } from "atlas/page.js";
import { chosen, chosenNumber } from "atlas/state.js";
import { kindName, metres, t } from "atlas/words.js";

export const RADII = [300, 500, 1000];
export const MINUTES = [5, 10, 15];

/** A saved file offers the questions that it holds; a served page offers all. */
export const held = isSaved ? (data.coverage ?? []).map((run) => run.summary) : null;
export const offered = (name, all) =>
  (held ? all.filter((one) => held.some((question) => String(question[name]) === String(one))) : all);

export const isOnFoot = () => !held && chosen("measure") === "walk";
export const age = () => (["65", "80"].includes(chosen("age")) ? chosen("age") : "60");
export const within = () => chosen("within");
export const basis = () => (chosen("basis") === "registered" ? "registered" : "resident");
export const fallsBack = () => chosen("fallback") === "line";

/** The length of the question: metres, or minutes at a pace on foot. */
export function reach() {
  const radius_m = chosenNumber("radius_m");
  if (!isOnFoot()) return { radius_m: radius_m ?? held?.[0]?.radius_m ?? 500 };
  const how = { measure: "walk", network: chosen("network"), fallback: fallsBack() ? "line" : null };
  const minutes = chosenNumber("minutes") ?? (radius_m === null ? 15 : null);
  return minutes === null ? { ...how, radius_m } : { ...how, minutes, pace: pace() === "planning" ? "planning" : null };
}

export const pace = () => (chosen("pace") === "planning" ? "planning" : "elder");

/** The question as the API takes it. */
export const question = () => ({
  kind: chosen("kind") || held?.[0]?.kind || "canteen",
  areas: chosen("areas") || held?.[0]?.areas || "district",
  ...reach(),
  across_border: held?.[0] ? String(held[0].across_border) : chosen("across_border") || "true",
  basis: basis() === "registered" ? "registered" : null,
  city: page.city.code,
  on: chosen("on"),
});

/** 「老年食堂步行 15 分钟（720 米）内」: the kind and the distance, as the answer understood it. */
export function distanceInWords(summary) {
  const { minutes } = reach();
  if (summary.measure !== "walk") return t(`直线 ${metres(summary.radius_m)}`, `${metres(summary.radius_m)} straight line`);
  if (!minutes) return t(`步行 ${metres(summary.radius_m)}`, `${metres(summary.radius_m)} on foot`);
  return t(`步行 ${minutes} 分钟（${metres(summary.radius_m)}）`, `${minutes} minutes on foot (${metres(summary.radius_m)})`);
}

export const subject = (summary) => t(`${kindName(summary.kind)}${distanceInWords(summary)}内`, `${kindName(summary.kind)} within ${distanceInWords(summary)}`);
