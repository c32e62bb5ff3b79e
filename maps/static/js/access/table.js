// How can a table of areas be sorted by any of its columns, by mouse and keyboard?

import { el, svg } from "atlas/dom.js";
import { isKnown, t } from "atlas/words.js";

/** The rows by a column; `order` is its code, with `-` before it for the largest first. Unknown last. */
export function sorted(rows, columns, order) {
  const column = columns.find((one) => one.code === order?.replace(/^-/, ""));
  if (!column) return rows;
  const way = order.startsWith("-") ? -1 : 1;
  const key = (row) => column.key(row);
  return [...rows].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (!isKnown(x) || !isKnown(y)) return Number(isKnown(y)) - Number(isKnown(x));
    return way * (typeof x === "string" ? x.localeCompare(y, "zh-CN-u-co-pinyin") : x - y);
  });
}

/**
 * A table whose headings sort it. columns: {code, head, key (what sorts), cell (what is shown)};
 * the first one heads its row. `turn` gets the new order; row(one) answers the row's attributes.
 */
export function sortable({ caption, label, columns, rows, order, turn, row = () => ({}), foot = null }) {
  return el("div", { class: "wide-table", tabindex: "0", role: "region", "aria-label": label },
    el("table", { class: "figures sortable" },
      el("caption", {}, caption),
      el("thead", {}, el("tr", {}, columns.map((column) => heading(column, order, turn)))),
      el("tbody", {}, sorted(rows, columns, order).map((one) => el("tr", row(one), columns.map((column, i) =>
        (i ? el("td", {}, column.cell(one)) : el("th", { scope: "row" }, column.cell(one))))))),
      foot && el("tfoot", {}, el("tr", {}, foot.map((cell, i) => (i ? el("td", {}, cell) : el("th", { scope: "row" }, cell)))))));
}

function heading({ code, head, key }, order, turn) {
  const isMine = order?.replace(/^-/, "") === code;
  const isDown = isMine && order.startsWith("-");
  if (!key) return el("th", { scope: "col" }, head);
  const next = isMine && isDown ? code : `-${code}`;
  return el("th", { scope: "col", "aria-sort": isMine ? (isDown ? "descending" : "ascending") : null },
    el("button", { type: "button", class: "sort", "data-sort": code, title: t(`按「${head}」排序`, `Sort by ${head}`), onclick: () => turn(next) },
      head, arrows(isMine ? (isDown ? "down" : "up") : "both")));
}

/** Two small arrows, of which the one that holds is drawn alone. */
const arrows = (way) => svg("svg", { class: "sort-mark", viewBox: "0 0 10 14", width: 9, height: 13, "aria-hidden": "true" },
  way !== "down" && svg("path", { d: "M5 1 9 6H1z" }), way !== "up" && svg("path", { d: "M5 13 9 8H1z" }));
