// Where should new ones of a kind be built: what is asked, what is answered?

import { drawLegend, layer, map, mark, show } from "atlas/board.js";
import { byId, el, tell } from "atlas/dom.js";
import { sign } from "atlas/marks.js";
import { page, kindsOf } from "atlas/page.js";
import { ask as askPublic } from "atlas/api.js";
import { choice, select } from "atlas/rows.js";
import { choose, chosen, chosenNumber, isChosen } from "atlas/state.js";
import { boxOf, clearMap, dot, input, question, results } from "atlas/planning/desk.js";
import { ask, forgetAll, send } from "atlas/planning/door.js";
import { attempt } from "atlas/planning/attempt.js";
import { drawCandidates } from "atlas/planning/candidates.js";
import { openGroups } from "atlas/planning/groups.js";
import { drawAnswer } from "atlas/planning/siting_answer.js";
import { AREAS, GOALS } from "atlas/planning/words.js";
import { count, kindName, metres, t } from "atlas/words.js";

const L = globalThis.L;
let listed = null; // the candidates
let standing = []; // open facilities of the kind
let answer = null;
let plan = 0; // the plan that is shown

const now = () => ({
  kind: chosen("kind") || "rehab_rental",
  goal: GOALS[chosen("goal")] ? chosen("goal") : "cover_most",
  sites: chosenNumber("sites") ?? 5,
  radius_m: chosenNumber("radius_m") ?? 1000,
  measure: chosen("measure") || "line",
  areas: chosen("areas") || "zone",
});

export async function open() {
  [listed, answer, plan] = [null, null, 0];
  if (chosen("of") === "groups") return openGroups(rooms());
  drawQuestion();
  await load();
  if (isChosen("run") && listed) await attempt(solve);
  return undefined;
}

/** The two questions of this view. */
function rooms() {
  const turn = (of) => {
    choose({ of, run: null, areas: null, measure: null });
    forgetAll();
    clearMap();
    results();
    attempt(open);
  };
  return choice(t("问什么", "Which question"), [["", t("建在哪里", "Where to build")], ["groups", t("1+N 组团", "1+N groups")]], chosen("of") === "groups" ? "groups" : "", turn);
}

async function load() {
  const { kind } = now();
  const [found, open] = await Promise.all([
    ask("/siting/candidates", { kind, on: chosen("on") }, "candidates"),
    askPublic("/facilities", { kind: kindsOf(kind), within: page.city.code, on: chosen("on"), limit: 10000 }, "standing").catch(() => ({ features: [] })),
  ]);
  if (!found || !open) return;
  listed = found;
  standing = open.features.filter(({ properties: p }) => p.state === "open");
  draw();
  tell(t(`候选点 ${found.usable.length} 处可用，${found.excluded.length} 处排除`, `${found.usable.length} candidates can be used, ${found.excluded.length} are excluded`));
}

const optional = (name, value) => (value === null || Number.isNaN(value) ? {} : { [name]: value });

async function solve() {
  const asked = now();
  tell(asked.goal.startsWith("cover") ? t("正在计算选址…", "Computing where to build …") : t("正在计算选址…全市的距离问题可能要半分钟", "Computing where to build … distances of a whole city may take half a minute"));
  const { sites, ...rest } = asked;
  const found = await send("/siting", {
    ...rest, ...(asked.goal === "cover_all" ? { leave_unreachable: true } : { sites }), city: page.city.code, age: chosen("age") || "60", plans: 2, time_limit_s: 8, thin: true,
    ...optional("budget_cny", wan(chosenNumber("budget"))), ...optional("least_m2", chosenNumber("least_m2")), ...optional("highest_floor", chosenNumber("highest_floor")),
    ...(chosen("on") ? { on: chosen("on") } : {}),
  }, "siting");
  if (!found) return;
  [answer, plan] = [found, 0];
  drawQuestion();
  draw();
  byId("panel-body").scrollTop = 0;
  document.querySelector("#results .headline, #results .proof")?.focus({ preventScroll: true });
  tell(t("已算出", "Done"));
  const box = boxOf(found.plans[0].chosen.map((one) => [one.lon, one.lat]));
  if (box) show(wider(box, asked.radius_m * 1.2), { maxZoom: 14 });
  await drawGaps(asked);
}

/** A box with so many metres around it. */
const wider = ([west, south, east, north], metres) => {
  const [dx, dy] = [metres / (111_320 * Math.cos((south * Math.PI) / 180)), metres / 110_540];
  return [west - dx, south - dy, east + dx, north + dy];
};

const wan = (value) => (value === null ? null : value * 1e4);

function drawQuestion() {
  const asked = now();
  const set = (choices, isNew = false) => {
    choose({ ...choices, run: null });
    answer = null;
    drawQuestion();
    if (isNew) { listed = null; attempt(load); } else draw();
  };
  const number = (label, name, value, limits, placeholder) => input(label, {
    type: "number", value: value ?? "", placeholder, ...limits,
    onchange: (event) => { if (event.target.reportValidity()) set({ [name]: event.target.value }); },
  })[0];
  const run = async (event) => {
    choose({ run: "1" });
    event.target.disabled = true;
    await attempt(solve);
    event.target.disabled = false;
  };
  const parts = [
    !answer && rooms(),
    select(t("要建什么", "What is to be built"), page.groups.map((group) => ({
      group: t(group.zh, group.en), options: kindsOf(group.code).map((code) => [code, kindName(code)]),
    })), asked.kind, (kind) => set({ kind }, true)),
    el("fieldset", { class: "goals" }, el("legend", {}, t("想达到什么", "What is wanted")),
      Object.entries(GOALS).map(([code, goal]) => el("label", { class: "goal" },
        el("input", { type: "radio", name: "goal", value: code, checked: code === asked.goal, onchange: () => set({ goal: code }) }),
        el("span", {}, el("strong", {}, goal.name), " ", el("span", { class: "small" }, goal.term), el("span", { class: "small line" }, goal.note))))),
    el("div", { class: "pair" },
      asked.goal !== "cover_all" && number(t("新建几处", "How many new ones"), "sites", asked.sites, { min: 1, max: 200, step: 1, required: true }),
      number(t("服务半径（米）", "Radius (m)"), "radius_m", asked.radius_m, { min: 50, max: 20000, step: 1, required: true })),
    choice(t("怎样量距离", "How distance is measured"), [["line", t("直线", "Straight line")], ["walk", t("步行路网", "On foot")]], asked.measure, (measure) => set({ measure })),
    el("details", { class: "fold", open: ["budget", "least_m2", "highest_floor", "age"].some((name) => chosen(name)) },
      el("summary", {}, t("更多条件：预算、面积、楼层、年龄", "More: budget, area, storey, age")),
      el("div", { class: "folded" },
        el("div", { class: "pair" },
          number(t("总预算（万元）", "Budget (10,000 yuan)"), "budget", chosenNumber("budget"), { min: 0, max: 1000000 }, t("不限", "no limit")),
          number(t("最小面积（㎡）", "Least area (m²)"), "least_m2", chosenNumber("least_m2"), { min: 0, max: 100000 }, t("按类别", "by kind"))),
        el("div", { class: "pair" },
          number(t("最高楼层", "Highest storey"), "highest_floor", chosenNumber("highest_floor"), { min: 1, max: 120, step: 1 }, t("不限", "no limit")),
          select(t("为谁", "For whom"), [["60", t("60 岁以上", "60+")], ["65", t("65 岁以上", "65+")], ["80", t("80 岁以上", "80+")]], chosen("age") || "60", (age) => set({ age }))),
        choice(t("统计单元", "Areas"), ["district", "zone", "township"].map((code) => [code, AREAS[code]]), asked.areas, (areas) => set({ areas })))),
    el("button", { type: "button", class: "primary", id: "solve", onclick: run }, t("计算选址", "Find the best sites")),
  ];
  question(answer ? el("details", { class: "fold", id: "asked" }, el("summary", {}, inWords(asked)), el("div", { class: "folded" }, parts)) : parts);
}

/** What was asked, in one line: it stands above the answer and opens to be changed. */
const inWords = (asked) => el("span", {}, [
  kindName(asked.kind), GOALS[asked.goal].term, asked.goal !== "cover_all" && t(`新建 ${asked.sites} 处`, `${asked.sites} new`), metres(asked.radius_m),
  asked.measure === "walk" ? t("步行", "on foot") : t("直线", "straight line"),
].filter(Boolean).join(" · "), el("span", { class: "small" }, t("　改条件", " — change")));

/** What nobody reaches today: the same blocks that the public coverage page draws. */
async function drawGaps({ kind, radius_m, areas }) {
  const found = await askPublic("/access/gaps", { city: page.city.code, kind, radius_m, areas, limit: 300, on: chosen("on") }, "gaps").catch(() => null);
  const group = layer("gaps");
  if (!found || !group || !answer) return;
  group.clearLayers();
  for (const one of found.features) group.addLayer(L.geoJSON(one, { style: () => ({ className: "gap is-faint", pane: "gaps", interactive: false }), pane: "gaps", interactive: false }));
}

function draw() {
  if (!listed) return;
  const hosts = [el("div", {}), el("div", {})];
  results(...hosts);
  const redraw = (number) => { plan = number; draw(); };
  if (answer) drawAnswer(hosts[0], answer, { plan, asked: now(), turn: redraw, standing, onpick: focus });
  drawCandidates(hosts[1], listed, { isOpen: !answer, onpick: focus, chosen: answer ? answer.plans[plan].chosen.map((one) => one.code) : [] });
  drawMarks();
}

function focus(one) {
  if (map && one.lon !== null) map.setView([one.lat, one.lon], Math.max(map.getZoom(), 14));
}

function drawMarks() {
  if (!map) return;
  const asked = now();
  ["facilities", "reach", "sites"].forEach((code) => layer(code).clearLayers());
  if (!answer) layer("gaps").clearLayers();
  const picked = answer ? answer.plans[plan].chosen : [];
  const ring = ([lon, lat], look) => layer("reach").addLayer(L.circle([lat, lon], { radius: asked.radius_m, className: `reach ${look}`, pane: "gaps", interactive: false }));
  const reaches = asked.goal.startsWith("cover");
  for (const one of standing) {
    if (answer && reaches) ring(one.geometry.coordinates, "");
    layer("facilities").addLayer(mark(one.geometry.coordinates, sign(asked.kind, { size: 22 }), { name: one.properties.name, size: 22 }));
  }
  if (!answer) {
    drawLegend(t("候选点与现有设施", "Candidates and facilities"), [
      [sign(asked.kind, { size: 20 }), t("现有设施", "existing"), count(standing.length)],
      [el("span", { class: "spot" }), t("可用候选", "can be used"), count(listed.usable.length)],
      [el("span", { class: "spot is-out" }, "×"), t("排除的候选", "excluded"), count(listed.excluded.length)],
    ], listed.has_synthetic ? t("合成数据", "Synthetic data") : null);
  }
  const codes = new Set(picked.map((one) => one.code));
  for (const one of listed.usable) if (!codes.has(one.code) && one.lon !== null) layer("sites").addLayer(mark([one.lon, one.lat], el("span", { class: "spot" }), { size: 12, pane: "lines", name: one.name, onclick: () => reveal(one.code), inList: true }));
  for (const one of listed.excluded) if (one.lon !== null) layer("sites").addLayer(mark([one.lon, one.lat], el("span", { class: "spot is-out" }, "×"), { size: 16, pane: "lines", name: one.name, onclick: () => reveal(one.code), inList: true }));
  for (const one of picked) {
    if (reaches) ring([one.lon, one.lat], "is-new");
    layer("sites").addLayer(dot([one.lon, one.lat], one.order, `${one.order} ${one.name}`, { look: "solid", size: 30, onclick: () => reveal(one.code) }));
  }
}

/** A mark was clicked: its row comes into view and stands out. */
function reveal(code) {
  const row = document.querySelector(`#results [data-code="${CSS.escape(code)}"]`);
  if (!row) return;
  row.closest("details")?.setAttribute("open", "");
  document.querySelectorAll("#results .is-open").forEach((one) => one.classList.remove("is-open"));
  row.classList.add("is-open");
  row.scrollIntoView({ block: "center" });
}
