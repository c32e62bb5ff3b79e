// What matters most about a facility in one line: beds, price, rating?

import { t, count, day, isKnown, word } from "atlas/words.js";

/** Short phrases for a row: the lowest price, free beds with their date, the rating with its year. */
export function summary(p) {
  return [price(p.prices), beds(p), rating(p.ratings)].filter(Boolean);
}

function price(prices) {
  const lowest = (prices ?? []).reduce((best, one) => (!best || one.low < best.low ? one : best), null);
  if (!lowest) return null;
  const highest = Math.max(...prices.filter((one) => one.unit === lowest.unit).map((one) => one.high));
  return `${count(lowest.low)}–${count(highest)} ${t("元", "yuan")}/${word("unit", lowest.unit)}`;
}

function beds(p) {
  if (!isKnown(p.beds_total) && !isKnown(p.beds_free)) return null;
  const all = isKnown(p.beds_total) ? t(`床位 ${count(p.beds_total)} · `, `${count(p.beds_total)} beds · `) : "";
  const on = isKnown(p.beds_free) && isKnown(p.beds_on) ? t(`（${day(p.beds_on)} 填报）`, ` (${day(p.beds_on)})`) : "";
  return `${all}${t(`空床 ${count(p.beds_free)}`, `${count(p.beds_free)} free`)}${on}`;
}

function rating(ratings) {
  const best = (ratings ?? [])[0];
  return best ? `${best.level}${isKnown(best.rated_on) ? `${t("（", " (")}${day(best.rated_on).slice(0, 4)}${t("）", ")")}` : ""}` : null;
}
