// Which candidates can be used, and why not the others, with the source of each reason?

import { el, put } from "atlas/dom.js";
import { drawRows } from "atlas/rows.js";
import { synthetic } from "atlas/planning/desk.js";
import { money, ruleState } from "atlas/planning/words.js";
import { count, isKnown, t, unknown } from "atlas/words.js";

const KINDS = { idle_building: t("闲置用房", "idle rooms"), planned_land: t("规划用地", "planned land") };
const MISSING = { floor: t("楼层", "storey"), area_m2: t("面积", "area"), land_use: t("用途", "use") };

/** List the candidates of an answer: the excluded with their reasons, the usable with their facts. */
export function drawCandidates(host, found, { isOpen, onpick, chosen }) {
  if (!found.usable.length && !found.excluded.length) {
    put(host, el("h2", {}, t("候选点", "Candidates")), el("p", { class: "empty" },
      t("还没有候选点。请载入闲置用房或规划用地的清单：", "There is no candidate yet. Load a list of idle rooms or planned land: "), el("code", {}, "./atlas load candidates 清单.xlsx")));
    return;
  }
  const isChosen = new Set(chosen);
  const lists = [
    ["excluded", found.excluded, t(`排除 ${count(found.excluded.length)} 处，各有原因`, `${count(found.excluded.length)} excluded, each with its reason`)],
    ["usable", found.usable, t(`可用 ${count(found.usable.length)} 处`, `${count(found.usable.length)} can be used`)],
  ];
  host.classList.add("candidates");
  put(host,
    el("h2", {}, t("候选点", "Candidates"), " ", synthetic(found.has_synthetic)),
    lists.filter(([, rows]) => rows.length).map(([code, rows, title]) => {
      const list = el("div", {});
      const turn = (at) => drawRows(list, rows, at, { draw: (one) => row(one, found, onpick, isChosen.has(one.code)), turn, empty: "" });
      turn(0);
      return el("details", { class: "fold", id: `candidates-${code}`, open: isOpen && code === "excluded" }, el("summary", {}, title), el("div", { class: "folded" }, list));
    }));
}

function row(one, found, onpick, isChosen) {
  const facts = [
    KINDS[one.candidate_kind] ?? unknown(),
    one.candidate_kind !== "planned_land" && t(`楼层 ${floorName(one.floor)}`, `storey ${floorName(one.floor)}`),
    isKnown(one.area_m2) ? `${count(one.area_m2)} ㎡` : t("面积未知", "area unknown"),
    isKnown(one.land_use) ? one.land_use : t("用途未知", "use unknown"),
    isKnown(one.build_cost_cny) && money(one.build_cost_cny),
  ].filter(Boolean).join(" · ");
  return el("button", { type: "button", class: "row", "data-code": one.code, onclick: () => onpick(one), disabled: one.lon === null },
    el("span", { class: `spot-key ${one.reasons.length ? "is-out" : ""}`, "aria-hidden": "true" }, one.reasons.length ? "×" : isChosen ? "★" : "·"),
    el("span", { class: "row-text" },
      el("span", { class: "row-name" }, one.name, " ", synthetic(one.is_synthetic), isChosen && el("span", { class: "tag strong" }, t("选定", "chosen"))),
      el("span", { class: "row-note" }, facts),
      one.reasons.map((reason) => el("span", { class: "reason line" }, t(reason.zh, reason.en),
        el("span", { class: "small" }, ` ${t("依据：", "by: ")}${half(reason.source)}${isSaid(reason) ? "" : t(`（${ruleState(reason.status)}）`, ` (${ruleState(reason.status)})`)}`))),
      one.unknown.length > 0 && el("span", { class: "small line" }, t(`未填报：${one.unknown.map((name) => MISSING[name] ?? name).join("、")}，不因此排除`, `not stated: ${one.unknown.map((name) => MISSING[name] ?? name).join(", ")}; no ground for exclusion`))));
}

/** 「1」 → 1 层, 「-1」 → 地下 1 层, 「M」 → 夹层. */
function floorName(floor) {
  if (!isKnown(floor)) return unknown();
  if (floor === "M") return t("夹层", "mezzanine");
  return floor.startsWith("-") ? t(`地下 ${floor.slice(1)} 层`, `basement ${floor.slice(1)}`) : floor;
}

/** Some sources say themselves that they are second hand. */
const isSaid = ({ source, status }) => !ruleState(status) || /转引|未核/.test(source);
const half = (source) => t(source.split("· ")[0].trim(), source.split("· ")[1]?.trim() ?? source);
