// What changed between two dates: on the map under a divider, in a list, unit by unit, by share?

import { ask, sorry } from "atlas/api.js";
import { drawLegend, drawSources, map } from "atlas/board.js";
import { patch } from "atlas/classes.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { choose, chosen } from "atlas/state.js";
import { approvalLine } from "atlas/survey/ground.js";
import { startSwipe } from "atlas/survey/swipe.js";
import { CAUTION, changeTold, eventDay } from "atlas/survey/words.js";
import { count, isKnown, known, native, percent, t } from "atlas/words.js";

const KINDS = {
  appeared: ["新出现", "appeared"], ended: ["不再存在", "ended"], renamed: ["更名", "renamed"],
  superior: ["隶属变更", "new superior"], outline: ["图形变化", "outline changed"], same: ["未变", "unchanged"],
};
const BASES = {
  same: ["同一版本", "same version"], outlines: ["按两日图形", "outlines of both days"], stated: ["资料载明", "stated share"],
  events: ["变更整体对应", "whole succession"], unknown: ["份额未知", "share unknown"],
};
const FIRST = "1980-12-31";
let swipe = null;
let events = [];

const today = () => { const now = new Date(); return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`; };
const since = () => chosen("since") || "2000-12-31";
const until = () => chosen("until") || chosen("on") || today();

async function load() {
  swipe?.remove();
  swipe = null;
  tell(t("正在查询…", "Looking…"));
  const asked = { city: page.city.code, since: since(), until: until() };
  try {
    const [found, before, after, walk] = await Promise.all([
      ask("/survey/changes", { ...asked, level: 3 }, "changes"),
      unitsOn(since()), unitsOn(until()),
      ask("/survey/crosswalk", { ...asked, level: 3 }, "crosswalk").catch((problem) => ({ problem })),
    ]);
    if (!found || !before || !after || !walk) return;
    draw(found, before, after, walk);
  } catch (problem) {
    tell("");
    put(byId("results"), sorry(problem));
  }
}

const unitsOn = (on) => ask("/units", { within: page.city.code, level: 3, on }, `units ${on}`).then((found) => found?.features ?? null);
const bare = (units) => units.filter((one) => !one.geometry);

function draw(found, before, after, walk) {
  const touched = new Set(found.changes.map((one) => one.code));
  for (const one of [...before, ...after]) one.properties.is_changed = touched.has(one.properties.code);
  swipe = startSwipe(before, after, [since(), until()]);
  tell(t(`${since()} 至 ${until()}：变化 ${count(found.changes.length)} 个单位，登记变更 ${count(found.events.length)} 次`, `${since()} to ${until()}: ${count(found.changes.length)} divisions changed, ${count(found.events.length)} changes on record`));
  if (map) {
    drawLegend(t("图例（个）", "Legend (number)"), [
      [patch("#e5c79c", "#7a4a12"), t("有变化的单位", "Divisions that changed"), count(touched.size)],
      [patch("#f6ecdf", "#7a4a12"), t("未变的单位", "Unchanged"), count(after.filter((one) => !touched.has(one.properties.code)).length)],
      [patch("#fbf7f1", "#7a4a12", "2 4"), t("借后来的图形，当日是否如此未知", "A later outline, not known for that day"), count([...before, ...after].filter((one) => one.properties.outline_is_later).length)],
    ], t(`左：${since()}，${count(bare(before).length)} 个无图形。右：${until()}，${count(bare(after).length)} 个无图形。`, `Left: ${since()}, ${count(bare(before).length)} without an outline. Right: ${until()}, ${count(bare(after).length)} without.`));
    drawSources([t("左右两侧为不同日期的区划", "Both sides show divisions of different days"), approvalLine("old-units")]);
  }
  put(byId("results"),
    bare(before).length > 0 && el("p", { class: "hint" }, t(`${since()} 无公开图形、只列不画：${bare(before).map((one) => one.properties.name).join("、")}`, `No open outline on ${since()}, listed only: ${bare(before).map((one) => one.properties.name).join(", ")}`)),
    el("h2", {}, t("单位变化", "What became of each division")),
    found.changes.length ? el("ul", { class: "changes" }, found.changes.filter(isToldOnce(found.changes)).map(change)) : el("p", { class: "empty" }, t("两日之间没有变化。", "Nothing changed between these days.")),
    el("h2", {}, t("登记的变更", "Changes on record")),
    found.events.length ? el("ol", { class: "events" }, found.events.map(changeTold)) : el("p", { class: "hint" }, t("没有登记的变更。", "None on record.")),
    crosswalk(walk),
    el("p", { class: "source" }, t(found.method, found.method_en), " ", CAUTION));
}

/** A code that ended into a new one is told with the new one. */
const isToldOnce = (changes) => (one) => !one.kinds.includes("ended") || !one.became.length || !one.became.every((unit) =>
  changes.some((other) => other.code === unit.code && other.came_from.some((from) => from.code === one.code)));

function change(one) {
  const to = one.name_after ?? (one.became.map((unit) => unit.name).join(t("、", ", ")) || t("未知", "unknown"));
  const from = one.name_before ?? (one.came_from.map((unit) => unit.name).join(t("、", ", ")) || t("未知", "unknown"));
  return el("li", {},
    el("p", {}, el("strong", {}, `${from} → ${to}`), " ", one.kinds.map((kind) => el("span", { class: `tag is-${kind}` }, kind === "appeared" && one.came_from.length ? t("更替", "succeeds") : t(...(KINDS[kind] ?? [kind, kind]))))),
    one.path.map((step) => el("p", { class: "row-note line" }, step)),
    isKnown(one.outline_change) && one.outline_change > 0 && el("p", { class: "row-note line" }, t(`图形增减 ${percent(one.outline_change)}（量算值）`, `outline changed by ${percent(one.outline_change)} (measured)`)));
}

/** Which part of an old division lies in which new one: a table, unknown shares said as such. */
function crosswalk(walk) {
  if (walk.problem) return [el("h2", {}, t("区划对应", "Crosswalk")), sorry(walk.problem)];
  const names = new Map([...walk.old, ...walk.new].map((side) => [side.code, side.name]));
  const basis = (one) => (BASES[one] ? t(...BASES[one]) : walk.bases?.[one] ?? one);
  return [
    el("h2", {}, t("区划对应（按面积，量算值）", "Crosswalk (by area, measured)")),
    el("div", { class: "wide-table", tabindex: "0", role: "group", "aria-label": t("区划对应表", "Crosswalk table") }, el("table", { class: "figures left" },
      el("thead", {}, el("tr", {}, [since(), until(), t("份额", "Share"), t("依据", "Basis")].map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, walk.links.map((link) => el("tr", {},
        el("th", { scope: "row" }, names.get(link.from_code) ?? link.from_code),
        el("td", {}, link.to_code ? names.get(link.to_code) ?? link.to_code : t("域外或未知", "outside or unknown")),
        el("td", {}, isKnown(link.share) ? percent(link.share) : known(null)),
        el("td", {}, basis(link.basis), isKnown(link.note) && el("span", { class: "row-note line" }, native(link.note)))))))),
    !walk.is_complete && el("p", { class: "hint" }, t("有份额未知，不能据此换算总数。", "Some shares are unknown: figures cannot be restated in full.")),
  ];
}

function drawControls() {
  const field = (id, label, value) => el("label", { class: "field" }, el("span", {}, label),
    el("input", { type: "date", id, value, min: FIRST, max: today(), onchange: (event) => { if (event.target.value) { choose({ [id]: event.target.value }); load(); } } }));
  const years = [...new Set(events.map((one) => one.event_year))];
  put(byId("question"),
    el("div", { class: "pair" }, field("since", t("之前", "Before"), since()), field("until", t("之后", "After"), until())),
    years.length > 0 && el("div", { class: "chips", role: "group", "aria-label": t("变更年份", "Years with a change") }, years.map((year) => el("button", {
      type: "button", class: "chip", title: events.filter((one) => one.event_year === year).map((one) => `${eventDay(one)} ${one.kind}`).join("；"),
      onclick: () => { choose({ since: `${year - 1}-12-31`, until: `${year}-12-31` }); drawControls(); load(); },
    }, t(`${year} 年`, String(year))))));
}

/** Open this view; answers what undoes it. */
export async function openView() {
  drawControls();
  const whole = await ask("/survey/changes", { city: page.city.code, since: FIRST, level: 3 }, "all changes").catch(() => ({ events: [] }));
  if (!whole) return null;
  events = whole.events;
  drawControls();
  await load();
  return () => { swipe?.remove(); swipe = null; };
}
