// Where in a text do its marks stand, and what does each name mean?

import { el } from "atlas/dom.js";
import { synthetic } from "atlas/naming/desk.js";
import { isKnown, known, t, word, years } from "atlas/words.js";

/** The text in pieces: [text, index of its mark or null]. The service counts characters, not code units. */
export function segments(text, marks) {
  const characters = Array.from(text);
  const pieces = [];
  let from = 0;
  marks.forEach((mark, i) => {
    if (mark.start > from) pieces.push([characters.slice(from, mark.start).join(""), null]);
    pieces.push([characters.slice(mark.start, mark.end).join(""), i]);
    from = mark.end;
  });
  if (from < characters.length) pieces.push([characters.slice(from).join(""), null]);
  return pieces;
}

/** A place that the name may mean: its name today or what followed it, the years, the source. */
export function meantRow(one) {
  const now = isKnown(one.standard_name) ? t(`今标准名称「${one.standard_name}」`, `standard today: “${one.standard_name}”`)
    : one.followed_by.length ? t(`已不存在，后继：${one.followed_by.join("、")}`, `gone; followed by ${one.followed_by.join(", ")}`)
      : t("今名未知", "today's name unknown");
  const used = isKnown(one.start_year) || isKnown(one.end_year) ? years(one.start_year, one.end_year) : t("年代未知", "years unknown");
  return el("li", {}, `${word("name", one.name_kind)} · ${used} · ${known(one.in_unit_name)} · ${now} `, synthetic(one.is_synthetic),
    el("span", { class: "line" }, `${t("出处：", "Source: ")}${known(one.source)}`));
}
