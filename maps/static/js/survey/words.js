// How are divisions through time and boundary lines told in words?

import { el } from "atlas/dom.js";
import { day, isKnown, native, t } from "atlas/words.js";

/** A first of January stands for its year where the source knows no more. */
const when = (date, p) => (date.endsWith("-01-01") && /only the year is known/.test(p.validity_note ?? "") ? t(`${date.slice(0, 4)} 年`, date.slice(0, 4)) : day(date));

/** From when until when a version was in force. */
export const span = (p) => `${isKnown(p.valid_from) ? when(p.valid_from, p) : t("起始未知", "start unknown")} – ${isKnown(p.valid_until) ? when(p.valid_until, p) : t("今", "today")}`;

const names = (members) => members.map((member) => member.name).join(t("、", ", ")) || t("（无）", "(none)");
export const fromTo = (event) => `${names(event.predecessors)} → ${names(event.successors)}`;
export const eventDay = (event) => (isKnown(event.effective_on) ? day(event.effective_on) : t(`${event.event_year} 年`, String(event.event_year)));
export const documentOf = (event) => (isKnown(event.document_no) ? event.document_no : t("文号未知", "document number unknown"));

/** One change on record: when, what, from what to what, by which document, from which source. */
export const changeTold = (event) => el("li", {},
  el("strong", {}, eventDay(event)), ` ${event.kind}`,
  el("span", { class: "line" }, fromTo(event)),
  el("span", { class: "row-note line" }, [documentOf(event), event.source, event.note].filter(isKnown).map(native).join(" · ")));

/** What a boundary between divisions of a level is called; `grade` is the highest that it parts. */
export const GRADES = {
  1: ["省界", "Province boundary"], 2: ["地级市界", "City boundary"], 3: ["县级界", "County boundary"],
  4: ["乡级界", "Township boundary"], 5: ["村级界", "Village boundary"],
};
export const gradeName = (grade) => (GRADES[grade] ? t(...GRADES[grade]) : t("等级未知", "grade unknown"));

export const CAUTION = t("示意，不作为划界依据。长度为量算值，不是法定数据。", "Schematic: no basis for delimitation. Lengths are measured and no legal figures.");
