// How does a marker look by its state, and what is a verdict called? Shape beside colour.

import { el, svg } from "atlas/dom.js";
import { t } from "atlas/words.js";

export const STATES = {
  intact: ["完好", "intact"], leaning: ["倾斜", "leaning"], damaged: ["损坏", "damaged"], lost: ["丢失", "lost"],
  moved: ["移位", "moved"], buried: ["掩埋", "buried"], unknown: ["未知", "unknown"],
};
export const stateName = (state) => t(...(STATES[state] ?? [state, state]));

// A stone seen from the front; what befell it changes its form, not only its colour.
const BODIES = {
  intact: "M5 21V6l6-4 6 4v15Z", leaning: "M8 21 4 7l5-5 7 3 4 14Z", damaged: "M5 21V12l4-3 2 4 3-7 3 4v11Z",
  lost: "M5 21V6l6-4 6 4v15Z", moved: "M5 21V6l6-4 6 4v15Z", buried: "M5 21v-6l6-4 6 4v6Z", unknown: "M5 21V6l6-4 6 4v15Z",
};
const MARKS = { intact: "m7.5 13 2.5 3 4.5-6", lost: "m6.5 9 9 10m0-10-9 10", moved: "M6 13h9m-3-3 3 3-3 3", buried: "M2 21h18", damaged: "", leaning: "", unknown: "M9 10q2-3 4 0t-2 4v1" };

export const markerSign = (state, size = 22) => svg("svg", { width: size, height: size, viewBox: "0 0 22 23", class: `marker-sign is-${state}`, "aria-hidden": "true" },
  svg("path", { class: "body", d: BODIES[state] ?? BODIES.unknown, "stroke-dasharray": state === "lost" ? "3 2" : null }),
  svg("path", { class: "mark-of", d: MARKS[state] ?? "" }));

const VERDICTS = { within: ["在限差内", "within", "✓"], check: ["待核", "to be checked", "?"], over: ["超限", "over", "!"], none: ["不作判定", "no verdict", "–"] };
export const VERDICT_CODES = Object.keys(VERDICTS);
export const verdictName = (verdict) => t(...(VERDICTS[verdict] ?? [verdict, verdict]).slice(0, 2));
export const verdictSign = (verdict) => el("span", { class: `verdict is-${verdict}` }, el("span", { "aria-hidden": "true" }, VERDICTS[verdict]?.[2] ?? ""), verdictName(verdict));

const two = new Intl.NumberFormat("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
/** Metres to the centimetre, with a sign where a direction matters; null is unknown. */
export const centimetres = (value, signed = false) => (value === null || value === undefined ? t("未知", "unknown") : `${signed && value > 0 ? "+" : ""}${two.format(value)}`);
