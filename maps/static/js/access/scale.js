// Into which classes do the values of a map fall, with which bounds? Light to dark.

import { CLASSES } from "atlas/classes.js";
import { isKnown, t } from "atlas/words.js";

const WHICH = { 1: [2], 2: [1, 3], 3: [0, 2, 4], 4: [0, 1, 3, 4], 5: [0, 1, 2, 3, 4] };

/** Fixed fifths of 0–100 %: two maps can be compared. */
const FIFTHS = {
  classes: CLASSES.map(({ from, colour, label }) => ({ from, colour, label })),
  note: t("分级：固定每 20% 一级，含下限", "Classes: fixed steps of 20%, lower bound included"),
};

/**
 * The classes of known values: with `steps` "fifths" the fixed ones, else up to five with about
 * equally many areas each, 0 in a class of its own. A class holds its lower bound; equal values
 * share a class.
 */
export function scaleOf(values, say, steps) {
  const found = steps === "fifths" ? FIFTHS : quantiles(values.filter(isKnown).sort((a, b) => a - b), say);
  return { ...found, of: (value) => (isKnown(value) ? found.classes.findLastIndex((one) => value >= one.from) : -1) };
}

function quantiles(all, say) {
  const sorted = all.filter((value) => value !== 0);
  const nothing = sorted.length < all.length ? [0] : [];
  const most = Math.min(5 - nothing.length, new Set(sorted).size);
  const bounds = [...nothing, ...new Set(Array.from({ length: most }, (_, i) => sorted[Math.floor((i * sorted.length) / most)]))];
  const colours = WHICH[bounds.length] ?? [];
  const label = (from, i) => (from === 0 ? say(0) : span(from, bounds[i + 1], sorted.at(-1), say));
  return {
    classes: bounds.map((from, i) => ({ from, colour: CLASSES[colours[i]].colour, label: label(from, i) })),
    note: t("分级：各级单元数大致相等，含下限，随所选条件变化", "Classes: about equally many areas each, lower bound included; they change with the question"),
  };
}

function span(from, next, last, say) {
  if (next !== undefined) return t(`${say(from)} 至不足 ${say(next)}`, `${say(from)} to below ${say(next)}`);
  return from === last ? say(from) : t(`${say(from)} 至 ${say(last)}`, `${say(from)} to ${say(last)}`);
}
