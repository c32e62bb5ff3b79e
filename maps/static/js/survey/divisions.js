// Which divisions were there in a year, who borders on whom, what became of them?

import { ask, sorry } from "atlas/api.js";
import { map, layer, show, shape, drawLabels, drawLegend, drawSources } from "atlas/board.js";
import { patch } from "atlas/classes.js";
import { byId, el, put, soon, tell } from "atlas/dom.js";
import { extent } from "atlas/geodesy.js";
import { isSaved, page } from "atlas/page.js";
import { choice, facts } from "atlas/rows.js";
import { asQuery, choose, chosen, chosenNumber } from "atlas/state.js";
import { approvalLine, clearMap, ofCity, today } from "atlas/survey/ground.js";
import { lifeLine } from "atlas/survey/lifeline.js";
import { changeTold, span } from "atlas/survey/words.js";
import { count, day, isKnown, known, LEVELS, metres, native, t } from "atlas/words.js";

const L = globalThis.L;
const FIRST_YEAR = 1980;
const THIS_YEAR = new Date().getFullYear();

let units = []; // of the chosen year and level
let open = chosen("unit") || null;
let about = null; // {neighbours, history, children} of the open one

const year = () => Math.min(THIS_YEAR, Math.max(FIRST_YEAR, chosenNumber("year") ?? THIS_YEAR));
const level = () => Number(chosen("level") || 3);
const isNow = () => year() === THIS_YEAR;
/** The day that stands for a year: its last one; in this year, today. */
const on = () => (isNow() ? chosen("on") : `${year()}-12-31`);
const drawn = () => units.filter((one) => one.geometry);
const later = () => drawn().filter((one) => one.properties.outline_is_later);

async function refresh() {
  tell(t("正在查询…", "Looking…"));
  try {
    const asked = level() <= 2 ? { level: level(), on: on() } : { within: page.city.code, level: level(), on: on() };
    const found = await ask("/units", asked, "units");
    if (!found) return;
    units = level() <= 2 ? found.features.filter(isOwnOrAbove) : found.features;
    tell(t(`${year()} 年${isNow() ? "（今天）" : "底"}：${count(units.length)} 个，有图形 ${count(drawn().length - later().length)} 个，借今天的图形 ${count(later().length)} 个，无图形 ${count(units.length - drawn().length)} 个`,
      `${year()}${isNow() ? " (today)" : ", year's end"}: ${count(units.length)}, of them ${count(drawn().length - later().length)} with an outline, ${count(later().length)} with today's, ${count(units.length - drawn().length)} without`));
    if (open && !units.some((one) => one.properties.code === open)) { open = null; about = null; }
    draw();
    if (open && !about) await learn(open);
  } catch (problem) {
    units = [];
    draw();
    tell("");
    put(byId("results"), sorry(problem), el("p", { class: "empty" }, t("该年的建制与今天不同，可在今天的单位中查看沿革。", "The divisions of that year differ from today's; see the history of a unit of today.")));
  }
}

const isOwnOrAbove = ({ properties: p }) => p.code === page.city.code || p.code === ofCity()?.properties.parent_code;

async function learn(code) {
  try {
    const [neighbours, history, children, life] = await Promise.all([
      ask(`/units/${code}/neighbours`, { on: on() }, "neighbours"),
      ask(`/units/${code}/history`, {}, "history"),
      ask(`/units/${code}/children`, { on: on() }, "children").catch(() => null),
      isSaved ? null : ask(`/survey/lifeline/${code}`, { on: on() }, "lifeline").catch(() => null),
    ]);
    if (open !== code) return;
    about = { neighbours: neighbours?.neighbours ?? [], history, children: children?.features ?? [], life };
    draw();
  } catch (problem) {
    about = { problem };
    draw();
  }
}

function pick(code) {
  open = open === code ? null : code;
  about = null;
  choose({ unit: open });
  draw();
  const found = units.find((one) => one.properties.code === open);
  const box = extent(found?.geometry ?? null);
  if (box) show(box, { maxZoom: 11.5 });
  if (open) learn(open);
  document.querySelector(`[data-code="${open}"]`)?.scrollIntoView({ block: "nearest" });
}

function draw() {
  drawMap();
  drawList();
}

function drawMap() {
  if (!map) return;
  const group = layer("units").clearLayers();
  group.addLayer(shape(drawn(), (one) => ({ className: `unit${one.properties.code === open ? " is-open" : ""}${one.properties.outline_is_later ? " is-later" : ""}`, pane: "areas" }),
    (one, part) => part.on("click", (event) => { L.DomEvent.stop(event); pick(one.properties.code); })));
  const beside = new Map((about?.neighbours ?? []).map((one) => [one.code, one]));
  drawLabels(group, drawn().filter((one) => !beside.has(one.properties.code)), (one) => one.properties.name);
  const picked = layer("picked").clearLayers();
  const shapes = [...drawn(), ...(isNow() ? today() : [])].filter((one, i, all) =>
    beside.has(one.properties.code) && all.findIndex((two) => two.properties.code === one.properties.code) === i);
  picked.addLayer(shape(shapes, () => ({ className: "unit is-neighbour", pane: "lines", interactive: false })));
  drawLabels(picked, shapes, (one) => {
    const border = beside.get(one.properties.code).shared_border_m;
    return [one.properties.name, border > 0 ? `${metres(border)} ${t("量算值", "measured")}` : t("仅点接", "touch in a point")];
  }, "value-label");
  const open_ = drawn().find((one) => one.properties.code === open);
  if (open_) picked.addLayer(shape([open_], () => ({ className: "unit-edge", pane: "lines", interactive: false })));
  drawLegend(t("图例（个）", "Legend (number)"), [
    [patch("#f6ecdf", "#7a4a12"), t(`${year()} 年有图形的区划`, `Divisions of ${year()} with an outline`), count(drawn().length - later().length)],
    later().length > 0 && [patch("#fbf7f1", "#7a4a12", "2 4"), t(`借今天的图形，${year()} 年是否如此未知`, `Today's outline, not known to hold in ${year()}`), count(later().length)],
    units.length > drawn().length && [patch("#fff", "#7c8b94", "1 3"), t("无图形（只列表，不画）", "Without an outline (listed only)"), count(units.length - drawn().length)],
    open && [patch("#efdcc0", "#7a4a12", "6 3"), t("与所选邻接", "Neighbours of the chosen one"), count(about?.neighbours?.length ?? null)],
    [patch("#f0f3f3", "#7c8b94", "4 4"), t("今日轮廓，仅作位置参考", "Today's outlines, for orientation"), ""],
  ].filter(Boolean), t("长度为量算值，不是法定数据。", "Lengths are measured on these outlines: no legal figures."));
  const sources = [...new Set(units.map((one) => one.properties.source).filter(Boolean))].slice(0, 2);
  const dates = [...new Set(units.map((one) => one.properties.source_date).filter(Boolean))].sort();
  drawSources([`${t("来源：", "Source: ")}${sources.join(t("、", ", ")) || t("未知", "unknown")}`, dates.length ? `${t("数据日期", "Data of")} ${day(dates.at(-1))}` : null, !isNow() && drawn().length > 0 && approvalLine("old-units")]);
}

function drawList() {
  const [shown, missing] = [drawn(), units.filter((one) => !one.geometry)];
  put(byId("results"),
    shown.length > 0 && el("ul", { class: "rows" }, shown.map((one) => el("li", {}, row(one)))),
    missing.length > 0 && [
      el("h2", {}, t(`无图形（${count(missing.length)} 个）`, `Without an outline (${count(missing.length)})`)),
      reasons(missing).map(([reason, those]) => [
        el("p", { class: "hint" }, t("原因：", "Reason: "), reason),
        el("ul", { class: "rows" }, those.map((one) => el("li", {}, row(one)))),
      ])],
    drawElsewhere(),
    !units.length && el("p", { class: "empty" }, t("该年这一级没有登记的区划。", "No division of this level is recorded for that year.")));
}

const reasons = (those) => [...those.reduce((all, one) => {
  const reason = known(one.properties.geometry_note);
  return all.set(reason, [...(all.get(reason) ?? []), one]);
}, new Map())];

/** Districts of today that stood elsewhere, or under another code, in the year shown. */
function drawElsewhere() {
  const codes = new Set(units.map((one) => one.properties.code));
  const those = isNow() || level() !== 3 ? [] : today().filter(({ properties: p }) => p.parent_code === page.city.code && p.level === 3 && !codes.has(p.code));
  const link = ({ properties: p }) => el("a", { href: `${isSaved ? "#" : "?"}${asQuery({ year: null, unit: p.code })}`, onclick: () => isSaved && setTimeout(() => location.reload()) }, p.name);
  return those.length > 0 && el("p", { class: "hint elsewhere" },
    t(`另有 ${count(those.length)} 个单位当年隶属或代码不同，见沿革：`, `${count(those.length)} more stood under another superior or code in that year; see their changes: `),
    those.map((one, i) => [i > 0 && t("、", ", "), link(one)]));
}

function row({ properties: p, geometry }) {
  const isOpen = p.code === open;
  return [
    el("button", { type: "button", class: "row", "aria-expanded": String(isOpen), "data-code": p.code, onclick: () => pick(p.code) },
      el("span", { class: "row-text" }, el("span", { class: "row-name" }, p.name), el("span", { class: "row-note" }, `${p.code.slice(0, p.level <= 3 ? 6 : 9)} · ${known(p.unit_type)} · ${span(p)}`)),
      el("span", { class: "row-end" }, geometry ? el("span", { class: "tag" }, t(...LEVELS[p.level])) : el("span", { class: "tag" }, t("无图形", "no outline")))),
    isOpen && el("div", { class: "card-place" }, details(p)),
  ];
}

function details(p) {
  if (!about) return el("p", { class: "hint" }, t("正在查询…", "Looking…"));
  if (about.problem) return sorry(about.problem);
  const parent = today().find((one) => one.properties.code === p.parent_code)?.properties.name;
  return [
    facts([
      [t("上级", "Superior"), isKnown(p.parent_code) ? `${parent ?? ""} ${p.parent_code.slice(0, 6)}`.trim() : t("未知", "unknown")],
      [t("来源", "Source"), `${known(p.source)} · ${day(p.source_date)}`],
      isKnown(p.geometry_note) && [t("图形", "Outline"), native(p.geometry_note)],
      isKnown(p.note) && [t("备注", "Remarks"), native(p.note)],
      isKnown(p.validity_note) && [t("起止", "Validity"), native(p.validity_note)],
    ]),
    el("h2", {}, t("邻接与共有界线（量算值）", "Neighbours and shared border (measured)")),
    p.outline_is_later && el("p", { class: "hint later" }, t("邻接与长度按今天的图形量算，当年是否如此未知。", "Neighbours and lengths are measured on today's outline: whether it was so then is not known.")),
    about.neighbours.length
      ? el("table", { class: "figures" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("邻接单位", "Neighbour")), el("th", { scope: "col" }, t("共有界线 · 量算值", "Shared border · measured")))),
        el("tbody", {}, about.neighbours.map((one) => el("tr", {}, el("th", { scope: "row" }, one.name), el("td", {}, metres(one.shared_border_m))))))
      : el("p", { class: "hint" }, t("没有图形，邻接未知。", "No outline: neighbours are unknown.")),
    el("h2", {}, t(`下级（${count(about.children.length)} 个）`, `Divisions under it (${count(about.children.length)})`)),
    el("p", {}, about.children.map((one) => one.properties.name).join(t("、", ", ")) || t("没有登记", "none recorded")),
    about.life && lifeLine(about.life),
    el("h2", {}, t("历次版本", "Versions")),
    el("ol", { class: "events" }, (about.history?.versions ?? []).map((one) => el("li", {},
      el("strong", {}, span(one)), " ", one.name, " ", !one.has_geometry && el("span", { class: "tag" }, t("无图形", "no outline")),
      !one.has_geometry && el("span", { class: "row-note line" }, known(one.geometry_note))))),
    el("h2", {}, t("沿革", "Changes")),
    (about.history?.events ?? []).length
      ? el("ol", { class: "events" }, about.history.events.map(changeTold))
      : el("p", { class: "hint" }, t("没有登记的变更。", "No change is recorded.")),
  ];
}

function drawControls() {
  const output = el("output", { for: "year" }, year());
  const turn = soon(() => { about = null; refresh(); }, 200);
  put(byId("question"),
    el("div", { class: "year" },
      el("label", { for: "year" }, t("年份", "Year")), output,
      el("input", {
        type: "range", id: "year", min: FIRST_YEAR, max: THIS_YEAR, step: 1, value: year(), style: "grid-column:1/-1",
        oninput: (event) => { choose({ year: Number(event.target.value) === THIS_YEAR ? null : event.target.value }); put(output, event.target.value); turn(); },
      }),
      el("span", {}, t("图形只有今天的：名称代码未变的单位，往年以虚线画今天的图形，当年是否如此未知；其余只列不画。", "Outlines exist for today only: where name and code did not change, earlier years show today's outline dashed, not known to hold then; the others are listed, not drawn."))),
    choice(t("级别", "Level"), [[2, t("市级", "City")], [3, t("县级", "County")], [4, t("乡级", "Township")]], level(), (code) => { choose({ level: code === 3 ? null : code, unit: null }); open = null; about = null; drawControls(); refresh(); }));
}

/** Open this view; answers what undoes it. */
export async function openView() {
  open = chosen("unit") || null;
  drawControls();
  await refresh();
  return () => { units = []; about = null; clearMap(["units", "picked"]); };
}
