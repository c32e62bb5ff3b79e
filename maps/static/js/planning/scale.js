// How are values that are no shares put into classes? Five even steps with round bounds.

import { CLASSES } from "atlas/classes.js";
import { isKnown } from "atlas/words.js";

/** Classes for values: shares in fifths of the whole, others in round steps; each with from, colour. */
export function classesFor(values, unit) {
  if (unit.startsWith("share of")) return CLASSES.map((one) => ({ from: one.from, colour: one.colour }));
  const known = values.filter(isKnown);
  if (!known.length) return [];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const step = round((high - low) / CLASSES.length || Math.abs(high) || 1);
  const first = Math.floor(low / step) * step;
  return CLASSES.map((one, i) => ({ from: Number((first + i * step).toPrecision(12)), colour: one.colour }));
}

/** The class of a value: it holds its lower bound. */
export const classAt = (classes, value) => Math.max(0, classes.findLastIndex((one) => value >= one.from));

/** The next larger of 1, 2, 2.5, 5 × a power of ten. */
function round(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) * power;
}
