// Where in a form is said what is missing or was refused? Beside the field that it is about.

import { el, put, tell } from "atlas/dom.js";
import { attempt, input, keepRole, roleField, today } from "atlas/naming/desk.js";
import { t } from "atlas/words.js";

/** A line of text; `name` is what the service calls it. */
export const line = (name, label, more = {}) => input(label, { type: "text", name, maxlength: 100, autocomplete: "off", ...more })[0];

/** Who does it, and when. */
export const signed = () => el("div", { class: "pair" }, roleField()[0], input(t("日期", "Day"), { type: "date", name: "on", max: today(), value: today() })[0]);

/** Who does it, when, and why: of every step. */
export const signature = (why) => [
  signed(),
  input(why, { name: "reasons", rows: 3, maxlength: 1000 }, "textarea")[0],
];

/** What must be given, in the order of the forms. */
const MISSING = {
  place: t("请先查找并选定地名。", "Find and choose the place first."),
  list_name: t("请写名录名称。", "Give the name of the list."),
  family: t("请选名录种类。", "Choose the kind of list."),
  list_level: t("请选名录级别。", "Choose the level of the list."),
  admin_code: t("请选提名的区划。", "Choose the division that proposes."),
  verdict: t("请选意见结论。", "Choose the verdict."),
  value: t("请选择或填写登记的内容。", "Say what is entered."),
  marks: t("请至少填一项分数。", "Give one mark at least."),
  role: t("请写经办单位或岗位。", "Give the office or role."),
  on: t("请选日期。", "Choose the day."),
  reasons: t("请写理由。", "Give the reasons."),
};

/**
 * A form that sends what `given` answers, once nothing of it is missing; `done(answer)` goes on. Null: left out.
 * A problem stands beside its field, else above the button.
 */
export function sendingForm({ title, button, given, send, done, id }, ...children) {
  const told = el("div");
  const submit = el("button", { type: "submit", class: "primary", id }, button);
  const form = el("form", { class: "card-form step-form", novalidate: true, onsubmit: enter }, el("h2", {}, title), children, submit);

  function say({ parameter, message }) {
    if (!form.isConnected) return tell(message, true); // it was left meanwhile
    const box = form.elements.namedItem(String(parameter ?? "").replace(/^body\./, "")) || null;
    (box ? box.closest?.(".field") ?? box : submit).insertAdjacentElement(box ? "afterend" : "beforebegin", told);
    put(told, el("p", { class: "problem", role: "alert" }, message));
    box?.setAttribute?.("aria-invalid", "true");
    (box?.querySelector("input") ?? box)?.focus();
    told.scrollIntoView({ block: "nearest" });
  }

  async function enter(event) {
    event.preventDefault();
    form.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
    const value = (name) => form.elements.namedItem(name)?.value.trim() ?? null; // null: the form has no such field
    const body = { ...given(value), role: value("role"), reasons: value("reasons"), on: value("on") };
    const missing = Object.keys(MISSING).find((name) => body[name] === "");
    if (missing) return say({ parameter: missing, message: MISSING[missing] });
    keepRole(body.role);
    submit.disabled = true;
    const answer = await attempt(() => send(Object.fromEntries(Object.entries(body).filter(([, one]) => one !== null && one !== ""))), told, say);
    submit.disabled = false;
    if (answer) done(answer);
  }
  return form;
}
