// In which years did a place bear which name? Bars on one scale; what is not known of the years stays open.

import { el } from "atlas/dom.js";
import { isKnown, native, t, word, years } from "atlas/words.js";

const THIS_YEAR = new Date().getFullYear();
const PAST = ["former", "vanished"];

/** The years of a name in one form: {from, sure, until, end, isLasting}; null where none is known. */
function span(name) {
  const y = name.years ?? name;
  const starts = [y.start_earliest ?? y.start_latest, y.start_latest ?? y.start_earliest];
  const ends = [y.end_earliest ?? y.end_latest, y.end_latest ?? y.end_earliest];
  if (![...starts, ...ends].some(isKnown)) return null;
  const isLasting = !isKnown(ends[0]) && !PAST.includes(name.kind);
  return { start: starts, end: isLasting ? [THIS_YEAR, THIS_YEAR] : ends, isLasting };
}

/** 「1995–2002」, 「不晚于 1995」 or 年代未知. */
export function spanWords(name) {
  const y = name.years ?? name;
  const parts = [y.start_earliest ?? y.start_latest, y.end_latest ?? y.end_earliest];
  if (!parts.some(isKnown)) return t("年代未知", "years unknown");
  const isAbout = [[y.start_earliest, y.start_latest], [y.end_earliest, y.end_latest]].some(([a, b]) => a !== b);
  return `${isAbout ? t("约", "c. ") : ""}${years(...parts)}`;
}

/** All names, the dated ones with a bar on a common scale; `year` is marked on it. */
export function timeline(names, year = null) {
  const spans = names.map(span);
  const known = spans.filter(Boolean).flatMap((one) => [...one.start, ...one.end]).filter(isKnown);
  const last = Math.max(THIS_YEAR, ...known);
  const oldest = Math.min(...known);
  const isOpen = spans.some((one) => one && !isKnown(one.start[0])); // room for a start that nobody knows
  const first = isOpen ? oldest - Math.max(5, Math.round((last - oldest) / 8)) : oldest;
  const isDrawn = known.length > 0 && last > first;
  const at = (value) => `${(100 * (value - first)) / (last - first)}%`;
  const width = (from, to) => `${Math.max(0.8, (100 * (to - from)) / (last - first))}%`;
  const bar = (one) => {
    const [start, end] = [one.start[0] ?? first, one.end[1] ?? one.start[1] ?? last];
    const look = `${isKnown(one.start[0]) ? "" : " no-start"}${isKnown(one.end[0]) ? "" : " no-end"}${one.isLasting ? " is-lasting" : ""}`;
    const vague = isKnown(one.start[0]) && one.start[1] > one.start[0] && el("span", { class: "vague-part", style: `left:0;width:${(100 * (one.start[1] - start)) / Math.max(1, end - start)}%` });
    const late = isKnown(one.end[0]) && one.end[1] > one.end[0] && el("span", { class: "vague-part", style: `right:0;width:${(100 * (one.end[1] - one.end[0])) / Math.max(1, end - start)}%` });
    return el("span", { class: `time-bar${look}`, style: `left:${at(start)};width:${width(start, end)}` }, vague, late);
  };
  const here = isKnown(year) && year >= first && year <= last;
  return el("div", { class: "timeline" },
    isDrawn && el("p", { class: "time-scale", "aria-hidden": "true" }, el("span", {}, isOpen ? "…" : years(first, first).split("–")[0]), here && el("strong", { style: `left:${at(year)}` }, year), el("span", {}, t("今", "now"))),
    el("ul", { class: "names" }, names.map((one, i) => el("li", {},
      el("strong", { lang: one.language?.startsWith("zh") ? "zh-CN" : one.language ?? "zh-CN" }, one.name),
      el("span", { class: "pinyin", lang: "zh-Latn" }, one.pinyin ?? ""),
      el("span", { class: "tag" }, isForeign(one) ? t("旧译", "old translation") : word("name", one.kind)),
      el("span", { class: "row-note" }, spanWords(one)),
      one.reading_status === "uncertain" && el("span", { class: "row-note" }, t("读音待核", "reading to be confirmed")),
      isKnown(one.certainty) && one.certainty !== "certain" && el("span", { class: "row-note" }, t("来源存疑", "doubtful")),
      isDrawn && spans[i] && el("span", { class: "time-track", "aria-hidden": "true" }, here && el("span", { class: "time-here", style: `left:${at(year)}` }), bar(spans[i])),
      isKnown(one.citation) && el("span", { class: "small line cited" }, native(one.citation))))));
}

const OWN = ["zh", "und", "bo", "ug", "mn", "ii", "za", "kk", "ko"];
const isForeign = (one) => isKnown(one.language) && !OWN.includes(one.language.split("-")[0]);
