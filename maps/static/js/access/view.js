// What is on the page now: the answers, the areas shown, the one that is open, their figures?

import { INDICATORS } from "atlas/access/indicators.js";
import { within } from "atlas/access/question.js";
import { el } from "atlas/dom.js";
import { choose, chosen } from "atlas/state.js";
import { count, isKnown, t, unknown, withheld } from "atlas/words.js";

/** coverage, gaps, measures: the API's answers; gapsProblem: why there are no gaps. */
export const view = { coverage: null, gaps: null, gapsProblem: null, measures: null, districts: [], whole: null };

/** Zone or township → its district. */
export const districtOf = new Map();

export const indicator = () => INDICATORS[chosen("show")] ?? INDICATORS.covered;
export const opened = () => chosen("area") || null;
export const open = (code) => choose({ area: code });

const isShown = (code) => !within() || code === within() || districtOf.get(code) === within();
export const areasShown = () => view.coverage.features.filter(({ properties: p }) => isShown(p.area_code));
export const gapsShown = () => (view.gaps?.features ?? []).filter(({ properties: p }) => isShown(p.area_code));
export const gapCode = (gap) => `gap-${gap.properties.rank}`;

/** Everything known of an area: its coverage and, where asked, its measures. */
const row = (code) => ({
  ...view.coverage.features.find((one) => one.properties.area_code === code)?.properties,
  ...view.measures?.rows.find((one) => one.area_code === code),
});

/** The numbers of an area under the chosen measure: {parts, value, status}. */
export function figuresOf({ properties }) {
  return figures(row(properties.area_code), properties.status);
}

function figures(numbers, status) {
  const { parts, given, rate } = indicator();
  const values = parts().map((name) => numbers?.[name] ?? null);
  return { parts: values, value: given ? numbers?.[given] ?? null : rate(values), status, numbers };
}

/** The sum of the areas shown: the city's own where all are shown, so nothing is lost. */
export function total() {
  const measured = areasShown().filter(({ properties: p }) => p.status === "measured").map(figuresOf);
  if (!within()) {
    const whole = { ...view.coverage.summary?.total, ...view.measures?.total };
    return { ...figures(whole, whole.status), isMeasured: measured.length > 0 };
  }
  // What is withheld in one row is withheld in the sum; without any row there is no sum.
  const parts = indicator().parts().map((_, i) =>
    (measured.length && measured.every((one) => isKnown(one.parts[i])) ? measured.reduce((sum, one) => sum + one.parts[i], 0) : null));
  const { given, rate } = indicator();
  const value = given ? (measured.length === 1 ? measured[0].value : null) : rate(parts);
  return { parts, value, status: measured.length ? "measured" : null, isMeasured: measured.length > 0, hasNoSum: Boolean(given) && measured.length > 1 };
}

/** A number as it is written: known, withheld because it is small, or unknown and why. */
export function say(value, words, { status, parts, numbers, isMeasured = status === "measured" }, isRate = false) {
  if (isKnown(value)) return words(value);
  if (isRate && parts.at(-1) === 0) return "—";
  if (isMeasured && numbers?.supply === null && isSupply()) return unknown();
  return isMeasured ? withheld() : words(value);
}

const isSupply = () => ["supply", "seated"].some((code) => indicator() === INDICATORS[code]);

export const sayParts = (found) => found.parts.map((part) => say(part, count, found));
export const sayValue = (found) => (found.hasNoSum ? "—" : say(found.value, indicator().say, found, true));

/** Numbers of real districts on made-up people say so in the title and in every row. */
export const hasSynthetic = () => Boolean(view.coverage?.has_synthetic || view.measures?.has_synthetic);
export const synthetic = (is = hasSynthetic()) => is && el("span", { class: "synthetic" }, t("合成", "synthetic"));
