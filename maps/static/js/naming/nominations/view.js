// Which names are nominated for lists of red and heritage names, and how far is each?

import { byId, el, tell } from "atlas/dom.js";
import { PAGE_SIZE, drawRows, pageOf } from "atlas/rows.js";
import { choose, chosen } from "atlas/state.js";
import { attempt, chip, filterChips, question, results, synthetic } from "atlas/naming/desk.js";
import { heritage } from "atlas/naming/door.js";
import { drawNew } from "atlas/naming/nominations/entry.js";
import { drawOne } from "atlas/naming/nominations/one.js";
import { drawPlaces, forgetPlaces } from "atlas/naming/nominations/place.js";
import { STATES, way } from "atlas/naming/nominations/words.js";
import { count, isKnown, t, word } from "atlas/words.js";

let items = [];
let at = 0;

export async function open() {
  const found = await heritage.ask("/nominations", { city: null });
  if (!found) return forgetPlaces;
  [items, at] = [found.nominations, 0];
  await draw();
  return forgetPlaces;
}

const only = () => (STATES[chosen("state")] ? chosen("state") : "");
const shown = () => items.filter((item) => !only() || item.state === only());

async function draw() {
  const code = chosen("item");
  if (!code) return drawList();
  question(el("button", { type: "button", class: "plain", id: "to-list", onclick: back }, t("← 回到提名列表", "← Back to the nominations")));
  return code === "new" ? drawNew(made) : attempt(() => drawOne(code, changed), byId("results"));
}

function go(choices) {
  choose(choices);
  at = 0;
  byId("panel-body").scrollTop = 0;
  return draw();
}

const back = () => go({ item: null });

/** One that was just made, or went a step further, takes its place in the list. */
function made(item) {
  items = [item, ...items];
  if (chosen("item") !== "new") return again();
  choose({ state: null });
  return go({ item: item.code });
}
function changed(item) {
  items = items.map((one) => (one.code === item.code ? item : one));
  again();
}

/** Somebody went back meanwhile: the list tells it; another view is left alone. */
function again() {
  if (byId("nominations")) drawList();
}

function drawList() {
  const counted = (state) => items.filter((item) => item.state === state).length;
  question(el("div", { class: "picked" },
    filterChips(t("按进度筛选", "Filter by state"), [["", t("全部", "All"), count(items.length)], ...Object.entries(STATES).map(([state, [, sign, name]]) => [state, `${sign} ${name}`, count(counted(state))]).filter(([state]) => counted(state) || state === only())], only(), (state) => go({ state })),
    el("button", { type: "button", class: "primary", id: "nominate", onclick: () => go({ item: "new" }) }, t("提名一个地名", "Nominate a place"))));
  const list = el("div", { id: "nominations" });
  results(list, el("p", { class: "source" }, t("公布之前只有地名工作人员能看到。每一步都留下单位、日期和理由，只增不改。", "Until it is published only names officers see it. Every step keeps its office, day and reasons; steps are added, never changed.")));
  const turn = (to) => {
    at = to;
    byId("panel-body").scrollTop = 0;
    drawRows(list, shown(), at, { draw: row, turn, empty: items.length ? t("没有这一类提名。", "No such nomination.") : t("还没有提名。点「提名一个地名」开始。", "There is no nomination yet; begin with “Nominate a place”.") });
    drawPlaces(pageOf(shown(), at).map((item, i) => ({ code: item.place_code, name: item.name, sign: at * PAGE_SIZE + i + 1, pick: () => go({ item: item.code }) })));
  };
  turn(at);
  tell(t(`共 ${count(items.length)} 个提名：审核中 ${count(counted("reviewing"))}，已公布 ${count(counted("published"))}`, `${count(items.length)} nominations: ${count(counted("reviewing"))} under review, ${count(counted("published"))} published`));
}

const row = (item, number) => el("button", { type: "button", class: "row", "data-code": item.code, onclick: () => go({ item: item.code }) },
  el("span", { class: "number" }, number),
  el("span", { class: "row-text" },
    el("span", { class: "row-name" }, item.name, " ", synthetic(item.is_synthetic)),
    el("span", { class: "row-note" }, [item.code, item.list_name, word("level", item.list_level), item.list_class].filter(isKnown).join(" · ")),
    el("span", { class: "due-cells" }, way(item).map((one) => chip(one)))),
  el("span", { class: "row-end" }, chip(STATES[item.state] ?? ["none", "?", item.state_zh]), el("span", { class: "small" }, item.steps.at(-1).on_date)));
