// Which approved names must be filed, made public or put on signs by when, and what is overdue?

import { byId, el, put, tell } from "atlas/dom.js";
import { drawRows } from "atlas/rows.js";
import { choose, chosen, chosenNumber } from "atlas/state.js";
import { attempt, chip, csvOf, filterChips, kindName, question, results, rules, saveAs, synthetic } from "atlas/naming/desk.js";
import { drawEntry, drawItem } from "atlas/naming/due_item.js";
import { ask } from "atlas/naming/door.js";
import { DUE, RULE_STATES } from "atlas/naming/words.js";
import { count, isKnown, known, t } from "atlas/words.js";

let items = [];
let at = 0;
let today = "";

export async function open() {
  const found = await ask("/approvals");
  if (!found) return;
  [items, today, at] = [found.items, found.on, 0];
  draw();
}

const STATES = ["overdue", "due_soon", "contradictory", "open", "done", "withdrawn"];
const only = () => (STATES.includes(chosen("only")) ? chosen("only") : "");
const shown = () => (only() ? items.filter((item) => item.state === only()) : items);
const TERMS = { filing: t("备案", "Filing"), notice: t("公告", "Notice"), sign: t("设标", "Signs") };

function draw() {
  const counted = (state) => count(items.filter((item) => item.state === state).length);
  question();
  results(
    el("div", { class: "picked" },
      filterChips(t("按期限筛选", "Filter by state"), [["", t("全部", "All"), count(items.length)], ...STATES.map((state) => [state, `${DUE[state][1]} ${DUE[state][2]}`, counted(state)]).filter(([, , number]) => number !== "0")], only(), (state) => { choose({ only: state, item: null }); at = 0; draw(); }),
      el("button", { type: "button", class: "primary", id: "new-approval", onclick: () => { choose({ item: "new" }); drawSide(); } }, t("登记批准", "Enter an approval"))),
    el("div", { class: "due-view" },
      el("section", { "aria-label": t("批准的地名", "Approved names") }, el("div", { id: "due-list" }),
        el("div", { class: "actions" },
          el("button", { type: "button", onclick: saveCsv }, t("下载 CSV", "Save CSV")),
          el("button", { type: "button", onclick: () => print() }, t("打印", "Print"))),
        termsBox()),
      el("section", { id: "due-side", tabindex: "-1", "aria-label": t("登记与经过", "Entries") })));
  drawList();
  drawSide();
  tell(t(`共 ${count(items.length)} 条：逾期 ${counted("overdue")}，即将到期 ${counted("due_soon")}`, `${count(items.length)} names: ${counted("overdue")} overdue, ${counted("due_soon")} due soon`));
}

function drawList() {
  drawRows(byId("due-list"), shown(), at, {
    draw: row, turn: (to) => { at = to; drawList(); },
    empty: items.length ? t("没有这一类地名。", "No such name.") : t("还没有登记批准的地名。", "No approved name has been entered yet."),
  });
}

function row(item) {
  const isOpen = chosenNumber("item") === item.number;
  return el("button", { type: "button", class: `row${isOpen ? " is-open" : ""}`, "data-code": item.number, "aria-pressed": String(isOpen), onclick: () => { choose({ item: item.number }); drawList(); drawSide(true); } },
    el("span", { class: "row-text" },
      el("span", { class: "row-name" }, item.name, " ", synthetic(item.is_synthetic)),
      el("span", { class: "row-note" }, [`№ ${item.number}`, kindName(item.kind), known(item.admin_name), item.document_no, t(`批准 ${item.approved_on}`, `approved ${item.approved_on}`)].filter(isKnown).join(" · ")),
      el("span", { class: "due-cells" }, !item.is_withdrawn && item.duties.map((due) => chip([DUE[due.state][0], DUE[due.state][1], `${TERMS[due.what]} ${due.done_on ?? due.due_on ?? ""}`])))),
    el("span", { class: "row-end" }, chip(DUE[item.state]), left(item)));
}

/** How many days are left until the next last day. */
function left(item) {
  const days = item.duties.map((due) => due.days_left).filter(isKnown);
  if (!days.length || item.is_withdrawn) return null;
  const least = Math.min(...days);
  return el("span", { class: "small" }, least < 0 ? t(`逾期 ${-least} 天`, `${-least} days late`) : t(`还剩 ${least} 天`, `${least} days left`));
}

function drawSide(isAsked = false) {
  const host = byId("due-side");
  const changed = async (made) => {
    const found = await ask("/approvals");
    if (!found) return;
    [items, at] = [found.items, 0];
    choose({ item: made.item.number });
    draw();
  };
  if (chosen("item") === "new") drawEntry(host, changed, () => { choose({ item: null }); drawSide(); });
  else if (chosenNumber("item") !== null) attempt(() => drawItem(host, chosenNumber("item"), changed), host);
  else put(host, el("p", { class: "empty-desk" }, t("选一条看经过和登记日期，或登记新批准的地名。", "Choose a name to see and enter its days, or enter a newly approved one.")));
  if (isAsked || chosen("item") === "new") host.scrollIntoView({ block: "nearest" });
}

/** The terms, how days are counted, where each is written. */
const termsBox = () => el("details", { class: "fold method" }, el("summary", {}, t("期限与依据", "Terms and their basis")), el("div", { class: "folded" },
  el("ul", {}, rules.deadlines.map((one) => el("li", { class: "term" }, el("strong", {}, t(one.zh, one.en)), el("span", {},
    t(`批准之日次日起 ${one.days} 日内（自然日），提前 ${one.warn_days} 日提醒`, `within ${one.days} calendar days from the day after approval; warned ${one.warn_days} days before`),
    one.place && t(`；只适用于区划 ${one.place}`, `; only in division ${one.place}`),
    el("span", { class: "line small" }, `${one.article} · ${RULE_STATES[one.status] ?? one.status}`))))),
  el("p", { class: "hint" }, t(`条文写「日」而非「工作日」，按自然日计；今天 ${today}。`, `The articles say days, not working days; today is ${today}.`))));

function saveCsv() {
  const day = (item, what, key) => item.duties.find((due) => due.what === what)?.[key] ?? "";
  saveAs(`${t("备案与公告", "approvals")}-${today}.csv`, csvOf([
    ["编号", "名称", "类别", "区划", "文号", "批准机关", "批准日期", "状态", "备案期限", "备案", "公告期限", "公告", "设标期限", "设标", "合成"],
    ...shown().map((item) => [item.number, item.name, kindName(item.kind), item.admin_name ?? item.admin_code, item.document_no, item.approver, item.approved_on, DUE[item.state][2],
      ...["filing", "notice", "sign"].flatMap((what) => [day(item, what, "due_on"), day(item, what, "done_on")]), item.is_synthetic ? "合成" : ""]),
  ]), "text/csv");
}
