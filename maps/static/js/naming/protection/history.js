// What was entered for a listed name, and how is an entry that was a mistake taken back?

import { el, put } from "atlas/dom.js";
import { synthetic } from "atlas/naming/desk.js";
import { heritage } from "atlas/naming/door.js";
import { sendingForm, signature } from "atlas/naming/nominations/fields.js";
import { kindWord, valueWord } from "atlas/naming/protection/words.js";
import { isKnown, moment, t, unknown } from "atlas/words.js";

/** The entries, the newest first, those withdrawn struck through; `done(answer)` tells the record once one is withdrawn. */
export const history = (code, records, done) => [
  el("h2", {}, t("保护记录", "Record")),
  records.length
    ? el("ol", { class: "events" }, records.map((one) => event(code, one, done)))
    : el("p", { class: "hint" }, t("还没有记录：状况、标志和调查都是未知。", "Nothing was entered yet: state, sign and surveys are unknown.")),
];

const whatOf = (one) => `${kindWord(one.kind)}${one.kind === "survey" ? "" : `${t("：", ": ")}${valueWord(one.kind, one.value)}`}`;

function event(code, one, done) {
  const told = [
    el("strong", {}, one.on_date), ` ${whatOf(one)}`, one.role && ` · ${one.role}`,
    isKnown(one.due_on) && el("span", { class: "line" }, t(`下次调查 ${one.due_on}`, `next survey ${one.due_on}`)),
    isKnown(one.note) && el("span", { class: "line" }, one.note),
    el("span", { class: "line small" }, t("来源：", "Source: "), one.source ?? unknown())];
  if (one.withdrawn) return el("li", { class: "is-withdrawn" }, el("s", {}, told), " ", synthetic(one.is_synthetic), reasonOf(one.withdrawn));
  return el("li", {}, told, " ", synthetic(one.is_synthetic), withdrawing(code, one, done));
}

const reasonOf = (back) => el("p", { class: "withdrawn" },
  el("strong", {}, t("已撤回", "Withdrawn")), ` ${back.on_date} · ${back.role}`,
  el("span", { class: "line" }, t("理由：", "Reasons: "), back.reasons),
  el("span", { class: "line small" }, t(`记录于 ${moment(back.recorded_at)}`, `entered ${moment(back.recorded_at)}`)));

/** A button beside the entry; the form opens below it. */
function withdrawing(code, one, done) {
  const place = el("div");
  const what = `${one.on_date} ${whatOf(one)}`;
  const button = el("button", { type: "button", class: "plain withdraw", "aria-expanded": "false", "aria-label": t(`撤回：${what}`, `Withdraw: ${what}`), onclick: () => turn(button.getAttribute("aria-expanded") === "false") }, t("撤回", "Withdraw"));
  function turn(isOpen) {
    button.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) {
      put(place);
      return button.focus();
    }
    const form = formFor(code, one, what, done, () => turn(false));
    put(place, form);
    form.elements.namedItem(form.elements.namedItem("role").value ? "reasons" : "role").focus();
    return place.scrollIntoView({ block: "nearest" });
  }
  return [el("span", { class: "line" }, button), place];
}

function formFor(code, one, what, done, close) {
  const form = sendingForm({
    id: "withdraw-record", title: t("撤回这条记录", "Withdraw this entry"), button: t("确认撤回", "Withdraw it"),
    given: () => ({ entry: one.id }),
    send: (body) => heritage.send(`/${encodeURIComponent(code)}/withdrawals`, body),
    done,
  }, el("p", {}, what), signature(t("撤回理由（1000 字以内，不写个人信息）", "Reasons (at most 1000 characters, nothing personal)")),
  el("p", { class: "hint" }, t("撤回后不能恢复：原记录划去并保留，不再计入现状和到期。若原本无误，请重新登记。", "It cannot be undone: the entry stays, struck through, and no longer counts for state and surveys. If it was right after all, enter it again.")));
  form.append(el("p", {}, el("button", { type: "button", class: "plain", onclick: close }, t("不撤回", "Keep it"))));
  return form;
}
