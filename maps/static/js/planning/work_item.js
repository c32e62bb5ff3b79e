// How far is one task, what came before, and what may come next?

import { el, put, tell } from "atlas/dom.js";
import { facts, select } from "atlas/rows.js";
import { attempt } from "atlas/planning/attempt.js";
import { chip, input, nameOf, results, synthetic } from "atlas/planning/desk.js";
import { ask, send } from "atlas/planning/door.js";
import { NEXT, STATES, STEPS, WORK_KINDS } from "atlas/planning/words.js";
import { day, isKnown, known, moment, t } from "atlas/words.js";

/** Draw one task with its history; `back` leaves it, `changed(item)` tells of its new state. */
export async function drawItem(number, back, changed) {
  const found = await ask(`/planning/work-items/${number}`, { city: null }, "item");
  if (found) draw(found, back, changed);
}

function draw({ item, history }, back, changed) {
  results(
    el("button", { type: "button", class: "plain", onclick: back }, t("← 回到任务清单", "← Back to the tasks")),
    el("h2", { class: "answer-title" }, synthetic(item.is_synthetic), " ", item.title),
    el("p", { class: "state-line" }, chip(item.state, STATES[item.state][1], STATES[item.state][0]), item.is_overdue && el("strong", { class: "is-worse" }, t(` 逾期，应于 ${item.due_on} 前整改`, ` overdue: it was due on ${item.due_on}`))),
    facts([
      [t("编号", "Number"), `№ ${item.id}`],
      [t("类别", "Kind"), WORK_KINDS[item.kind] ?? item.kind_zh],
      [t("所在", "Where"), known(nameOf.get(item.district_code) ?? nameOf.get(item.admin_code) ?? item.admin_code)],
      [t("责任单位", "Assigned to"), item.assigned_to ?? t("未交办", "nobody")],
      [t("期限", "Due"), isKnown(item.due_on) ? item.due_on : t("未定", "none")],
      [t("来源", "Source"), known(item.source)],
    ]),
    nextForm(item, back, changed),
    el("h2", {}, t("经过", "History")),
    el("ol", { class: "events" }, history.map((step) => el("li", {},
      el("strong", {}, step.on_date), " ", STATES[step.step]?.[0] ?? step.step,
      isKnown(step.role) && el("span", {}, step.step === "assigned" ? t(` → ${step.role}`, ` → ${step.role}`) : ` · ${step.role}`),
      isKnown(step.due_on) && el("span", {}, t(`，限 ${step.due_on} 前`, `, due ${step.due_on}`)),
      isKnown(step.note) && el("span", { class: "line small" }, step.note),
      el("span", { class: "line small" }, t(`记录于 ${moment(step.recorded_at)}`, `entered ${moment(step.recorded_at)}`))))));
  tell(t(`事项 ${item.id}：${STATES[item.state][0]}`, `Task ${item.id}: ${STATES[item.state][0]}`));
}

function nextForm(item, back, changed) {
  const may = NEXT[item.state] ?? [];
  if (!may.length) return el("p", { class: "done" }, t("已核验，办结。", "Verified: closed."));
  const told = el("div", { role: "status" });
  const fields = el("div", { class: "step-fields" });
  const today = day(new Date().toISOString());
  let step = may[0];
  let boxes = {};
  const lay = () => {
    const [roleField, role] = input(step === "assigned" ? t("交办给（单位或岗位，不写个人）", "To whom (an office or role, no person)") : t("经办（单位或岗位，可不填）", "By whom (an office or role; optional)"), { type: "text", maxlength: 100, required: step === "assigned" });
    const [dueField, due] = input(step === "due" ? t("整改期限", "Due day") : t("整改期限（可不填）", "Due day (optional)"), { type: "date", min: today, required: step === "due" });
    const [noteField, note] = input(t("说明（可不填，不写个人信息）", "Remark (optional, nothing personal)"), { type: "text", maxlength: 500 });
    boxes = { role, note, ...(["assigned", "due"].includes(step) ? { due } : {}) };
    put(fields, el("div", { class: "pair" }, roleField, boxes.due && dueField), noteField);
  };
  lay();
  const take = async (event) => {
    event.preventDefault();
    if (!event.target.reportValidity()) return;
    const given = { step, role: boxes.role.value.trim(), note: boxes.note.value.trim(), due_on: boxes.due?.value };
    const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value));
    const made = await attempt(() => send(`/planning/work-items/${item.id}/steps`, body), told);
    if (made && told.isConnected) { changed(made.item); draw(made, back, changed); }
  };
  return el("form", { class: "card-form", onsubmit: take, novalidate: true }, el("h2", {}, t("下一步", "Next step")),
    select(t("办什么", "What is done"), may.map((code) => [code, STEPS[code]]), step, (code) => { step = code; lay(); }), fields,
    el("button", { type: "submit", class: "primary", id: "take-step" }, t("记录这一步", "Record this step")),
    el("p", { class: "hint" }, t("记录后不能修改或删除。", "Once recorded it can be neither changed nor deleted.")), told);
}
