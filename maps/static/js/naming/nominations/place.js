// What is stored about a nominated place, and where does it lie?

import { ask } from "atlas/api.js";
import { drawLegend, layer, map } from "atlas/board.js";
import { el } from "atlas/dom.js";
import { dot } from "atlas/naming/desk.js";
import { page } from "atlas/page.js";
import { day, isKnown, known, native, pointed, t, word } from "atlas/words.js";

const cards = new Map(); // code → the place's public card, or null where it is not public
let drawn = 0;

/** All that is public of a place; null where nothing is. */
export async function cardOf(code) {
  if (!cards.has(code)) cards.set(code, (await ask(`/places/${encodeURIComponent(code)}`).catch(() => null))?.place ?? null);
  return cards.get(code);
}

/** What was read may have changed: ask again. */
export const forgetCard = (code) => cards.delete(code);

const EXACT = ["surveyed", "point", "approximate"];
const pointOf = (card) => (EXACT.includes(card?.position_quality) && isKnown(card.lon) ? [card.lon, card.lat] : null);

/** Show the places of [{code, name, sign, pick}] that have a point, told in the legend by `words`; answers the points. */
export async function drawPlaces(rows, words = null) {
  drawn += 1;
  const mine = drawn;
  const group = layer("found")?.clearLayers();
  const found = await Promise.all(rows.map(async (row) => [row, await cardOf(row.code)]));
  if (!map || mine !== drawn) return [];
  const placed = found.filter(([, card]) => pointOf(card));
  const [vague, exact] = [true, false].map((is) => placed.filter(([, card]) => (card.position_quality === "approximate") === is).length);
  for (const [row, card] of placed) group.addLayer(dot(pointOf(card), row.sign, row.name, card.position_quality === "approximate" ? "hollow" : "solid", row.pick));
  const key = (look) => el("span", { class: `ring key ${look}` }, "");
  const drawnAs = words ?? (Number.isInteger(rows[0]?.sign) ? t("提名的地名，号码同列表", "Nominated places, numbered as listed") : t("提名的地名", "The nominated place"));
  drawLegend(t("图例（个）", "Legend (number)"), [
    exact > 0 && [key("solid"), drawnAs, exact],
    vague > 0 && [key("hollow"), t(`${drawnAs}（位置近似）`, `${drawnAs} (approximate)`), vague],
    rows.length > placed.length && ["–", t("没有确切位置，图上不标", "No exact position: not drawn"), rows.length - placed.length],
  ].filter(Boolean));
  return placed.map(([, card]) => pointOf(card));
}

/** Nothing that was asked for draws any more. */
export function forgetPlaces() { drawn += 1; }

/** Facts of the place: [label, value] each. */
export const placeFacts = (card) => [
  [t("地名类别", "Class"), word("feature", card.feature_class)],
  [t("所在", "Lies in"), known(card.in_unit_name)],
  [t("位置", "Position"), word("quality", card.position_quality)],
  isKnown(card.origin) && [t("来历", "Origin"), card.origin],
  [t("已在名录", "On lists"), card.listings.map((one) => [one.list_name, word("level", one.list_level), one.listed_year].filter(isKnown).join(" · ")).join(t("；", "; ")) || t("无", "none")],
  [t("资料来源", "Source"), [card.sources.map((one) => pointed(native(one))).join(t("；", "; ")) || t("未知", "unknown"), isKnown(card.source_date) && `（${day(card.source_date)}）`]],
];

/** The address of a place's leaf on another page. */
export const leafOf = (path, code) => `${page.root}/${path}/${code.split("/").map(encodeURIComponent).join("/").replaceAll("%3A", ":")}${page.lang === "en" ? "?lang=en" : ""}`;
