// What matters most about a facility in one line: beds, price, rating?

import { priceRange } from "atlas/card.js";
import { t, count, day, isKnown, word } from "atlas/words.js";

/** Short phrases for a row: the lowest price, free beds with their date, the rating with its year. */
export function summary(p) {
  return [price(p.prices), beds(p), rating(p.ratings)].filter(Boolean);
}

function price(prices) {
  const from = (one) => one.low ?? one.high;
  const lowest = (prices ?? []).reduce((best, one) => (!best || from(one) < from(best) ? one : best), null);
  if (!lowest) return null;
  const ends = prices.filter((one) => one.unit === lowest.unit).map((one) => one.high);
  const highest = ends.every(isKnown) ? Math.max(...ends) : null;
  const end = isKnown(lowest.low) ? highest : highest ?? lowest.high;
  return priceRange(lowest.low, end, word("unit", lowest.unit));
}

function beds(p) {
  if (!isKnown(p.beds_total) && !isKnown(p.beds_free)) return null;
  const all = isKnown(p.beds_total) ? t(`床位 ${count(p.beds_total)} · `, `${count(p.beds_total)} beds · `) : "";
  const on = isKnown(p.beds_free) && isKnown(p.beds_on) ? t(`（${day(p.beds_on)} 填报）`, ` (${day(p.beds_on)})`) : "";
  return `${all}${t(`空床 ${count(p.beds_free)}`, `${count(p.beds_free)} free`)}${on}`;
}

function rating(ratings) {
  const best = (ratings ?? [])[0];
  return best ? `${best.level}${isKnown(best.rated_on ?? best.rated_in) ? `${t("（", " (")}${day(best.rated_on ?? best.rated_in).slice(0, 4)}${t("）", ")")}` : ""}` : null;
}
