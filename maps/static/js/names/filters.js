// Which names does the reader ask for: typed text, lists, class, division, year, what the map shows?

import { ask } from "atlas/api.js";
import { map } from "atlas/board.js";
import { byId, el, put, soon } from "atlas/dom.js";
import { isSaved, page } from "atlas/page.js";
import { choice, foldedOnPhone, select, tick } from "atlas/rows.js";
import { searchBox } from "atlas/search_box.js";
import { asQuery, chosen, chosenNumber, isChosen } from "atlas/state.js";
import { isKnown, t, word } from "atlas/words.js";

export const THIS_YEAR = new Date().getFullYear();
// The slider's steps: two fifths for −600 to 1800, the rest for the years since, of which more is on record.
const [EARLIEST, TURN, STEPS, TURN_AT] = [-600, 1800, 1000, 400]; // the field takes any year
const yearAt = (step) => Math.round(step < TURN_AT ? EARLIEST + (step / TURN_AT) * (TURN - EARLIEST) : TURN + ((step - TURN_AT) / (STEPS - TURN_AT)) * (THIS_YEAR - TURN));
const stepAt = (year) => Math.max(0, Math.round(year < TURN ? ((year - EARLIEST) / (TURN - EARLIEST)) * TURN_AT : TURN_AT + ((year - TURN) / (THIS_YEAR - TURN)) * (STEPS - TURN_AT)));
const CLASSES = ["A", "H", "L", "P", "R", "S", "T"];
const LEVELS = ["national", "province", "city", "district"];

export const year = () => chosenNumber("year");

/** Answers while typing: which of its names matched, how, and where the place lies. */
async function offers(text, look) {
  const asked = isSaved ? ["/places", { q: text, limit: 8 }] : ["/names/suggest", { q: text, limit: 8, on: chosen("on"), lang: page.lang }];
  const found = await ask(...asked, "offers").catch(() => null);
  const hits = found?.items ?? (found?.features ?? []).map((one) => one.properties);
  return hits.map((hit) => ({
    title: hit.name, mark: hit.matched_name !== hit.name ? hit.matched_name : null,
    note: [hit.matched_name !== hit.name ? `${word("name", hit.matched_kind)} ${hit.matched_name}` : hit.pinyin, t(hit.how_zh, hit.how_en), hit.division ?? hit.in_unit_name].filter(isKnown).join(" · "),
    pick: () => look({ q: hit.name, place: hit.code }),
  }));
}

/** The slider of years with its field; `turn(year)` once the hand rests. */
function yearField(turn) {
  const now = year();
  const later = soon((value) => turn(value), 250);
  const move = () => {
    const to = yearAt(Number(slider.value));
    const isNow = to >= THIS_YEAR;
    slider.setAttribute("aria-valuetext", isNow ? t("今天", "today") : String(to));
    field.value = isNow ? "" : to;
    later(isNow ? "" : to);
  };
  const slider = el("input", { type: "range", min: 0, max: STEPS, step: 1, value: stepAt(now ?? THIS_YEAR), "aria-label": t("年份滑块", "Year, slider"), "aria-valuetext": now === null ? t("今天", "today") : String(now), oninput: move });
  const field = el("input", { type: "number", min: -4000, max: THIS_YEAR, value: now ?? "", placeholder: t("如 1930", "e.g. 1930"), onchange: () => { if (field.reportValidity()) turn(field.value); } });
  return el("div", { class: "year-field" },
    el("label", { class: "field" }, el("span", {}, t("某年叫什么（留空为今天）", "Called what in year (empty: today)")), field),
    slider);
}

/** Draw all controls. `look(choices)` starts anew, `refine(choices)` keeps the question. */
export function drawFilters({ classes, isListed, look, refine, districts, point }) {
  const more = [
    classes.length > 0 && isListed && select(t("名录类别", "Class of the list"), [["", t("全部类别", "All classes")], ...classes.map((one) => [one, one])], chosen("class"), (one) => refine({ class: one })),
    el("div", { class: "pair" },
      select(t("地名类别", "Kind of place"), [["", t("全部", "All")], ...CLASSES.map((code) => [code, word("feature", code)])], chosen("fclass"), (one) => refine({ fclass: one })),
      select(t("所在区划", "Division"), [["", t("不限", "Anywhere")], ...districts.map(({ properties: p }) => [p.code, p.name])], chosen("in"), (one) => refine({ in: one }))),
    !isSaved && select(t("名录级别", "Level of the list"), [["", t("全部级别", "All levels")], ...LEVELS.map((one) => [one, word("level", one)])], chosen("level"), (one) => refine({ level: one })),
    !isSaved && tick(t("只要当日（年）在用的名称", "Only names in use on the day (in the year)"), isChosen("use"), (is) => refine({ use: is })),
    map && tick(t("只看图上范围", "Only what the map shows"), isChosen("here"), (is) => refine({ here: is })),
  ];
  const chosenOnes = ["fclass", "in", "level", "use", "here", "class"].filter((name) => chosen(name)).length;
  put(byId("controls"),
    searchBox({
      label: t("查找地名", "Find a place name"), hint: t("汉字、拼音、首字母、旧名", "Characters, pinyin, initials, old names"),
      find: (text) => offers(text, look), onsubmit: (text) => look({ q: text }), onclear: () => chosen("q") && look({}), initial: chosen("q"),
    }),
    foldedOnPhone("fold-all", t("筛选与年份", "Filters and year"), false,
      choice(t("名录", "Lists"), [["", t("全部", "All")], ["heritage", t("地名文化遗产", "Heritage")], ["red", t("红色地名", "Red names")]], chosen("family"), (family) => refine({ family, class: null })),
      yearField((value) => refine({ year: value })),
      map && el("div", { class: "ask-here" },
        el("button", { type: "button", class: "plain", onclick: () => { const { lat, lng } = map.getCenter(); look({ near: `${lng.toFixed(6)},${lat.toFixed(6)}` }); } }, t("问地图中心", "Ask at the map's centre")),
        el("span", { class: "hint" }, t("或在地图上点一下：此处（某年）叫什么。", "or click the map: what is (or was) this called?"))),
      el("details", { class: "fold", id: "more-filters", open: byId("more-filters")?.open ?? chosenOnes > 0 }, el("summary", {}, t("更多筛选", "More filters"), chosenOnes > 0 && el("span", { class: "small" }, t(`　已选 ${chosenOnes} 项`, ` ${chosenOnes} chosen`))), el("div", { class: "folded" }, more))),
    (chosen("q") || point) && el("button", { type: "button", class: "plain", onclick: () => look({}) }, t("回到名录", "Back to the lists")),
    !isSaved && el("p", { class: "hint" }, el("a", { id: "to-heritage", href: `${page.root}/heritage?${asQuery({}, ["lang", "large", "city", "family"])}` }, t("老地名的故事与时间线 →", "Stories and time line of old names →"))));
}
