// What was one division called through time, and what became part of it?

import { el } from "atlas/dom.js";
import { count, isKnown, t } from "atlas/words.js";
import { span } from "atlas/survey/words.js";

const ROLES = { itself: ["本单位", "itself"], taken_up: ["并入", "taken up"], went_into: ["归入", "went into"], branch: ["析出", "branched off"] };

/** A ladder of all names and codes of a unit, oldest first. */
export function lifeLine(line) {
  const stages = merged(line.stages);
  return [
    el("h2", {}, t(`名称与代码一生（${count(stages.length)} 段）`, `Names and codes through time (${count(stages.length)})`)),
    el("ol", { class: "life" }, stages.map((one) => el("li", { class: `is-${one.role}` },
      el("span", { class: "life-when" }, span(one)),
      el("span", { class: "life-name" }, el("strong", {}, one.name), " ", el("span", { class: "small" }, one.code.slice(0, 6)),
        one.role !== "itself" && [" ", el("span", { class: "tag" }, t(...(ROLES[one.role] ?? [one.role, one.role])))])))),
    line.others?.length > 0 && el("p", { class: "hint" }, t("同一代码曾属于：", "The same code also stood for: "), line.others.map((one) => one.name).join(t("、", ", "))),
  ];
}

/** Versions that differ in neither name nor code nor role are one stage of a life. */
export function merged(stages) {
  const made = [];
  for (const one of stages) {
    const last = made.find((other) => other.code === one.code && other.name === one.name && other.role === one.role && isKnown(other.valid_until) && other.valid_until === one.valid_from);
    if (last) { last.valid_until = one.valid_until; last.validity_note = [last.validity_note, one.validity_note].filter(isKnown).join("; "); } else made.push({ ...one });
  }
  return made;
}
