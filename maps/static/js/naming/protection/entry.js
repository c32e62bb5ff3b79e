// What was seen or done for a listed name, by whom, on which day, and where is it told?

import { el, put } from "atlas/dom.js";
import { select } from "atlas/rows.js";
import { input } from "atlas/naming/desk.js";
import { heritage } from "atlas/naming/door.js";
import { line, sendingForm, signed } from "atlas/naming/nominations/fields.js";
import { kindWord } from "atlas/naming/protection/words.js";
import { t } from "atlas/words.js";

const HINTS = {
  survey: t("记到场调查的日期；看到的存续状况、标志各登记一条。", "The day of the visit; state and sign that were seen are entries of their own."),
  measure: t("更名之前须先有保护措施。", "A change of name needs one before it."),
  name_change: t("须在当日或之前已登记保护措施，否则不能登记。这里只登记更名的事实，不改地名库。", "Refused without a measure on or before that day. It records the change; the stored name stays as it is."),
};

/** The form of one entry; `done(answer)` tells the whole record. What was typed for one entry stays for the next one. */
export function recordForm(code, kinds, law, done) {
  let kind = "survey";
  const about = el("div", { class: "step-fields" });
  const values = () => kinds.find((one) => one.code === kind)?.values ?? [];
  const lay = () => put(about,
    HINTS[kind] && el("p", { class: "hint" }, HINTS[kind]),
    valueField(kind, values()),
    kind === "survey" && input(t("下次调查（可不填）", "Next survey (optional)"), { type: "date", name: "due_on" })[0],
    kind === "name_change" && el("p", { class: "hint" }, law));
  const what = select(t("登记什么", "What is entered"), kinds.map((one) => [one.code, kindWord(one.code)]), kind, (chosen) => { kind = chosen; lay(); });
  what.querySelector("select").name = "kind"; // where a problem with it is said
  const form = sendingForm({
    id: "enter-record", title: t("登记保护记录", "Enter a record"), button: t("登记", "Enter"),
    given: (value) => ({ kind, value: values().length === 1 ? values()[0].code : value("value"), due_on: value("due_on") || null, note: value("note") || null, source: value("source") || null }),
    send: (body) => heritage.send(`/${encodeURIComponent(code)}/records`, body),
    done: (answer) => { lay(); form.elements.namedItem("note").value = ""; done(answer); },
  }, what, about, signed(),
  line("source", t("来源（公众可见，可不填）", "Source (public, optional)"), { maxlength: 1000, placeholder: t("如 2026 年地名普查", "e.g. survey of 2026") }),
  input(t("备注（内部，可不填，不写个人信息）", "Remark (internal, optional, nothing personal)"), { name: "note", rows: 2, maxlength: 1000 }, "textarea")[0],
  el("p", { class: "hint" }, t("只增不改：同一天再登记一次即为更正；登记有误的，在下方记录旁撤回，原记录保留。存续状况、标志、调查及其来源对公众公开；单位、备注、措施和更名不公开。", "Entries are added, never changed: one more of the same day corrects; a mistake is withdrawn beside its entry below, which stays. State, sign, survey and their sources are public; office, remark, measures and changes of name are not.")));
  lay();
  return form;
}

/** What of this kind: a choice, a text where the service names no values, nothing where there is one only. */
function valueField(kind, values) {
  if (values.length === 1) return null;
  if (!values.length) return line("value", t("新名称", "New name"));
  return el("label", { class: "field" }, el("span", {}, kind === "measure" ? t("措施", "Measure") : t("现状", "How it is")),
    el("select", { name: "value" }, el("option", { value: "" }, t("请选择", "Choose")), values.map((one) => el("option", { value: one.code }, t(one.zh, one.en)))));
}
