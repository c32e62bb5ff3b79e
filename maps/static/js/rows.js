// How does a long list stay in step with the map? Numbered pages of rows; each row can open.

import { byId, el, put } from "atlas/dom.js";
import { t, count } from "atlas/words.js";

export const PAGE_SIZE = 20;

/** The rows of page `at` (from 0) and the number of the first one. */
export const pageOf = (rows, at) => rows.slice(at * PAGE_SIZE, (at + 1) * PAGE_SIZE);
export const pagesOf = (rows) => Math.max(1, Math.ceil(rows.length / PAGE_SIZE));

/** Draw one page as an ordered list with its pager. `draw(row, number)` answers the li's content. */
export function drawRows(host, rows, at, { draw, turn, empty, unit = t(" 个", "") }) {
  if (!rows.length) {
    put(host, el("p", { class: "empty" }, empty));
    return;
  }
  const first = at * PAGE_SIZE + 1;
  put(host,
    el("ol", { class: "rows", start: first }, pageOf(rows, at).map((row, i) => el("li", {}, draw(row, first + i)))),
    el("p", { class: "on-paper" }, span(rows, at, unit)),
    pagesOf(rows) > 1 && pager(rows, at, turn));
}

/** Which rows a sheet of paper holds: 「第 1–20 处，共 80 处」. */
function span(rows, at, unit) {
  const [first, last] = [count(at * PAGE_SIZE + 1), count(Math.min(rows.length, (at + 1) * PAGE_SIZE))];
  return t(`第 ${first}–${last}${unit}，共 ${count(rows.length)}${unit}`, `${first}–${last} of ${count(rows.length)}`);
}

function pager(rows, at, turn) {
  const last = Math.min(rows.length, (at + 1) * PAGE_SIZE);
  return el("nav", { class: "pager", "aria-label": t("翻页", "Pages") },
    el("button", { type: "button", disabled: at === 0, onclick: () => turn(at - 1) }, t("上一页", "Previous")),
    el("span", {}, `${count(at * PAGE_SIZE + 1)}–${count(last)} / ${count(rows.length)}`),
    el("button", { type: "button", disabled: at + 1 >= pagesOf(rows), onclick: () => turn(at + 1) }, t("下一页", "Next")));
}

/** A row of labelled facts; unknown ones are shown as such by the caller. */
export const facts = (pairs) => el("dl", { class: "facts" }, pairs.filter(Boolean).map(([name, value]) =>
  el("div", {}, el("dt", {}, name), el("dd", {}, value))));

/** Buttons of which one is pressed. */
export function choice(label, options, current, pick) {
  return el("div", { class: "choice", role: "group", "aria-label": label }, options.map(([code, name, hint]) =>
    el("button", { type: "button", "aria-pressed": String(code === current), title: hint, onclick: () => pick(code) }, name)));
}

/** A labelled select. */
export function select(label, options, current, pick) {
  return el("label", { class: "field" }, el("span", {}, label),
    el("select", { onchange: (event) => pick(event.target.value) }, options.map((one) =>
      (one.group
        ? el("optgroup", { label: one.group }, one.options.map(([code, name]) => el("option", { value: code, selected: code === current }, name)))
        : el("option", { value: one[0], selected: one[0] === current, disabled: one[2] }, one[1])))));
}

export const isPhone = matchMedia("(max-width: 720px)");

/** Controls that a phone folds away behind one button, so that its list begins sooner. */
export function foldedOnPhone(id, label, isOpen, ...controls) {
  if (!isPhone.matches) return controls;
  return el("details", { class: "fold", id, open: byId(id)?.open ?? isOpen }, el("summary", {}, label), el("div", { class: "folded" }, controls));
}

/** A labelled tick box. */
export const tick = (label, current, pick) => el("label", { class: "tick" },
  el("input", { type: "checkbox", checked: current, onchange: (event) => pick(event.target.checked) }), el("span", {}, label));
