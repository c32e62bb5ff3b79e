// What has to be done, by whom, until when, and what is overdue?

import { drawLegend, layer, map, showPoint } from "atlas/board.js";
import { el, tell } from "atlas/dom.js";
import { drawRows, select } from "atlas/rows.js";
import { choose, chosen, chosenNumber } from "atlas/state.js";
import { attempt } from "atlas/planning/attempt.js";
import { chip, dot, nameOf, question, results, synthetic, tiles } from "atlas/planning/desk.js";
import { ask } from "atlas/planning/door.js";
import { STATES, WORK_KINDS } from "atlas/planning/words.js";
import { drawItem } from "atlas/planning/work_item.js";
import { drawNew } from "atlas/planning/work_new.js";
import { count, isKnown, t } from "atlas/words.js";

const COLOURS = { found: "#8a4b00", assigned: "#2b4c8c", returned: "#8f2436", done: "#34505f", verified: "#1b6e4b" };
const SIGNS = { found: "!", assigned: "→", returned: "↩", done: "○", verified: "✓" };
let items = [];
let hasSynthetic = false;
let at = 0;

export async function open() {
  [items, at] = [[], 0];
  await load();
}

async function load() {
  const found = await ask("/planning/work-items", { on: chosen("on") });
  if (!found) return;
  [items, hasSynthetic] = [found.items, found.has_synthetic];
  draw();
}

const isDue = (item) => ["found", "assigned", "returned"].includes(item.state);
const ONLY = {
  overdue: [t("逾期", "Overdue"), (item) => item.is_overdue], todo: [t("待办", "To do"), isDue],
  done: [t("待核验", "To verify"), (item) => item.state === "done"], verified: [t("已核验", "Verified"), (item) => item.state === "verified"],
};
const shown = () => items.filter((item) => (!chosen("kind") || item.kind === chosen("kind")) && (!ONLY[chosen("only")] || ONLY[chosen("only")][1](item)));

function draw() {
  const number = chosenNumber("item");
  if (chosen("new")) {
    question();
    drawNew(() => { choose({ new: null }); attempt(load); }, (made) => { choose({ new: null, item: made.item.id }); attempt(load); });
  } else if (number !== null) {
    question();
    attempt(() => drawItem(number, () => { choose({ item: null }); attempt(load); }, (item) => { items = items.map((one) => (one.id === item.id ? item : one)); drawMarks(); }));
  } else drawList();
  drawMarks();
}

function drawList() {
  const redraw = (choices) => { choose(choices); at = 0; draw(); };
  const kinds = [...new Set(items.map((item) => item.kind))];
  question(
    el("div", { class: "chips", role: "group", "aria-label": t("按进度筛选", "Filter by state") }, [["", [t("全部", "All"), () => true]], ...Object.entries(ONLY)].map(([code, [name, test]]) =>
      el("button", { type: "button", class: "chip", "aria-pressed": String((ONLY[chosen("only")] ? chosen("only") : "") === code), onclick: () => redraw({ only: code }) }, name, " ", count(items.filter(test).length)))),
    el("div", { class: "picked" },
      select(t("类别", "Kind"), [["", t("全部类别", "All kinds")], ...kinds.map((code) => [code, WORK_KINDS[code] ?? code])], chosen("kind"), (kind) => redraw({ kind })),
      el("button", { type: "button", class: "primary", id: "new-item", onclick: () => redraw({ new: true }) }, t("登记事项", "Enter a task"))));
  const list = el("div", {});
  results(
    el("h2", { class: "answer-title" }, synthetic(hasSynthetic), " ", t("任务清单", "Tasks")),
    tiles([
      [t("逾期", "Overdue"), count(items.filter(ONLY.overdue[1]).length), t("件", "items"), "is-bad"],
      [t("待办", "To do"), count(items.filter(isDue).length), t("件", "items")],
      [t("待核验", "To verify"), count(items.filter(ONLY.done[1]).length), t("件", "items")],
      [t("已核验", "Verified"), count(items.filter(ONLY.verified[1]).length), t(`共 ${count(items.length)} 件`, `of ${count(items.length)}`)],
    ]),
    list,
    el("p", { class: "source" }, t("进度由每一步的记录推出；历史只增加，不改、不删。", "The state is what the steps say; history only grows, nothing is changed or deleted.")));
  const turn = (to) => { at = to; drawRows(list, shown(), at, { draw: row, turn, empty: items.length ? t("没有这一类事项。", "No such task.") : t("还没有事项。可点「登记事项」，或由 ./atlas work 从缺口、消防、项目生成。", "There is no task yet. Enter one, or make them from gaps, checks and projects by ./atlas work.") }); };
  turn(at);
  tell(t(`${count(shown().length)} 件`, `${count(shown().length)} tasks`));
}

function row(item) {
  return el("button", { type: "button", class: "row", "data-code": item.id, onclick: () => { choose({ item: item.id }); draw(); if (isKnown(item.lon)) showPoint([item.lon, item.lat], 13); } },
    el("span", { class: "number", style: `background:${COLOURS[item.state]}`, "aria-hidden": "true" }, SIGNS[item.state]),
    el("span", { class: "row-text" }, el("span", { class: "row-name" }, item.title, " ", synthetic(item.is_synthetic)),
      el("span", { class: "row-note" }, [`№ ${item.id}`, WORK_KINDS[item.kind] ?? item.kind_zh, nameOf.get(item.district_code), item.assigned_to ?? t("未交办", "assigned to nobody")].filter(isKnown).join(" · "))),
    el("span", { class: "row-end" }, chip(item.state, SIGNS[item.state], STATES[item.state][0]),
      item.is_overdue ? el("strong", { class: "small is-worse" }, t(`逾期，应于 ${item.due_on}`, `overdue, due ${item.due_on}`)) : el("span", { class: "small" }, isKnown(item.due_on) ? t(`期限 ${item.due_on}`, `due ${item.due_on}`) : t("未定期限", "no due day"))));
}

function drawMarks() {
  if (!map) return;
  const group = layer("sites").clearLayers();
  for (const item of shown()) {
    if (!isKnown(item.lon)) continue;
    group.addLayer(dot([item.lon, item.lat], SIGNS[item.state], `${item.title} ${STATES[item.state][0]}`, {
      colour: COLOURS[item.state], look: item.is_overdue ? "is-hazard" : "", size: 24, isOpen: item.id === chosenNumber("item"), onclick: () => { choose({ item: item.id, new: null }); draw(); },
    }));
  }
  drawLegend(t("任务", "Tasks"), [
    ...Object.keys(COLOURS).map((state) => [el("span", { class: "ring key", style: `--ring:${COLOURS[state]}` }, SIGNS[state]), STATES[state][0], count(items.filter((item) => item.state === state).length)]),
    [el("span", { class: "ring key is-hazard", style: "--ring:#a1201c" }, ""), t("加粗：逾期", "bold: overdue"), count(items.filter(ONLY.overdue[1]).length)],
  ], hasSynthetic ? t("合成数据", "Synthetic data") : null);
}
