// How far is one approved name, what was entered of it, and how is a day entered, corrected or taken back?

import { el, put, tell } from "atlas/dom.js";
import { facts, select } from "atlas/rows.js";
import { page } from "atlas/page.js";
import { attempt, chip, districtOptions, input, keepRole, kindName, kindOptions, roleField, synthetic, today } from "atlas/naming/desk.js";
import { ask, send } from "atlas/naming/door.js";
import { DUE, STEPS } from "atlas/naming/words.js";
import { isKnown, known, moment, t } from "atlas/words.js";

/** Draw one approved name with its entries; `changed(answer)` tells of its new state. */
export async function drawItem(host, number, changed) {
  const found = await ask(`/approvals/${number}`, { city: null }, "item");
  if (!found) return;
  const { item } = found;
  put(host,
    el("h2", {}, item.name, " ", synthetic(item.is_synthetic)), item.is_withdrawn && el("p", {}, chip(DUE[item.state])),
    el("ul", {}, !item.is_withdrawn && item.duties.map((due) => el("li", { class: "term" }, chip(DUE[due.state]), el("span", {}, t(due.zh, due.en), el("span", { class: "line small" }, due.article))))),
    facts([
      [t("编号", "Number"), `№ ${item.number}`], [t("类别", "Kind"), kindName(item.kind)], [t("区划", "Division"), known(item.admin_name ?? item.admin_code)],
      [t("文号", "Document"), known(item.document_no)], [t("批准机关", "Approved by"), known(item.approver)], [t("地名代码", "Place code"), known(item.place_code)],
      isKnown(item.source) && [t("来源", "Source"), item.source],
    ]),
    stepForm(item, changed),
    el("h2", {}, t("经过", "History")),
    el("ol", { class: "events" }, found.entries.map((one) => el("li", {},
      el("strong", {}, one.on_date ?? t("撤回", "taken back")), ` ${STEPS[one.step]} · ${one.role}`, isKnown(one.note) && el("span", { class: "line small" }, one.note),
      el("span", { class: "line small" }, t(`记录于 ${moment(one.recorded_at)}`, `entered ${moment(one.recorded_at)}`))))));
}

function stepForm(item, changed) {
  const told = el("div");
  let step = item.is_withdrawn ? "withdrawn" : item.duties.find((due) => !due.done_on)?.step ?? "filed";
  const steps = item.is_withdrawn ? [["withdrawn", STEPS.withdrawn]] : [...item.duties.map((due) => [due.step, STEPS[due.step]]), ["approved", t("更正批准日期", "Correct the day of approval")], ["withdrawn", t("撤销登记（误登）", "Withdraw (entered in error)")]];
  const [dayField, on] = input(t("日期", "Day"), { type: "date", max: today(), value: today(), required: true });
  const [roleLabel, role] = roleField();
  const [noteField, note] = input(t("说明（可不填，不写个人信息）", "Remark (optional, nothing personal)"), { type: "text", maxlength: 100 });
  const enter = (isTaken) => async (event) => {
    event.preventDefault();
    if (!role.reportValidity() || (!isTaken && !on.reportValidity())) return;
    keepRole(role.value.trim());
    const body = { step, on_date: isTaken ? null : on.value, role: role.value.trim(), ...(note.value.trim() ? { note: note.value.trim() } : {}) };
    const made = await attempt(() => send(`/approvals/${item.number}/steps`, body), told);
    if (made && told.isConnected) { tell(t("已登记。", "Entered.")); changed(made); }
  };
  return el("form", { class: "card-form step-form", novalidate: true, onsubmit: enter(false) }, el("h2", {}, t("登记或更正", "Enter or correct")),
    el("div", { class: "pair" }, select(t("事项", "Step"), steps, step, (code) => { step = code; }), dayField), roleLabel, noteField,
    el("div", { class: "actions" },
      el("button", { type: "submit", class: "primary", id: "enter-step" }, t("登记", "Enter")),
      el("button", { type: "button", class: "plain", id: "take-back", onclick: enter(true) }, t("撤回此事项", "Take this step back"))),
    el("p", { class: "hint" }, t("只增不改：再登记一次即为更正，原记录保留。", "Entries are added, never changed: entering again corrects, and the earlier entry stays.")), told);
}

/** The form of a newly approved name. */
export function drawEntry(host, changed, back) {
  const told = el("div");
  let [kind, division] = ["street", page.city.code];
  const [nameField, name] = input(t("批准的名称", "Approved name"), { type: "text", maxlength: 60, required: true });
  const [dayField, on] = input(t("批准日期", "Day of approval"), { type: "date", max: today(), required: true });
  const [documentField, number] = input(t("批准文号（可不填）", "Document (optional)"), { type: "text", maxlength: 100 });
  const [byField, approver] = input(t("批准机关（可不填）", "Approved by (optional)"), { type: "text", maxlength: 100 });
  const [codeField, code] = input(t("地名代码（可不填）", "Place code (optional)"), { type: "text", maxlength: 100 });
  const [roleLabel, role] = roleField();
  const enter = async (event) => {
    event.preventDefault();
    if (![name, on, role].every((one) => one.reportValidity())) return;
    keepRole(role.value.trim());
    const given = { name: name.value.trim(), kind, admin_code: division, approved_on: on.value, document_no: number.value.trim(), approver: approver.value.trim(), place_code: code.value.trim(), role: role.value.trim() };
    const made = await attempt(() => send("/approvals", Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""))), told);
    if (made && told.isConnected) changed(made);
  };
  put(host, el("form", { class: "card-form step-form", novalidate: true, onsubmit: enter }, el("h2", {}, t("登记批准的地名", "Enter an approved name")),
    nameField, el("div", { class: "pair" }, select(t("类别", "Kind"), kindOptions(), kind, (id) => { kind = id; }), select(t("区划", "Division"), districtOptions(t("不指定", "none")).slice(1), districtOptions("")[1][0], (one) => { division = one; })),
    el("div", { class: "pair" }, dayField, documentField), el("div", { class: "pair" }, byField, codeField), roleLabel,
    el("div", { class: "actions" }, el("button", { type: "submit", class: "primary", id: "enter-approval" }, t("登记", "Enter")), el("button", { type: "button", class: "plain", onclick: back }, t("取消", "Cancel"))),
    el("p", { class: "hint" }, t("登记后自动计算备案、公告期限；误登可撤销，记录保留。", "Terms follow by themselves; an entry made in error is withdrawn and stays on record.")), told));
  division = districtOptions("")[1][0];
  name.focus();
}
