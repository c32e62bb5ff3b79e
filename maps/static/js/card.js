// What is known of one facility, with dates and sources, and what is not known?

import { el, webAddress } from "atlas/dom.js";
import { kindName, t, word, count, day, known, unknown, isKnown } from "atlas/words.js";
import { facts } from "atlas/rows.js";

/** Prices by level or meal: 「半失能 2600–4800 元/月(含床位) · 2026-05-01」. */
export function priceLines(prices) {
  return (prices ?? []).map((one) => {
    const range = one.low === one.high ? count(one.low) : `${count(one.low)}–${count(one.high)}`;
    const includes = isKnown(one.includes) ? t(`(含${one.includes})`, ` (incl. ${one.includes})`) : "";
    return `${word("item", one.item)} ${range} ${t("元", "yuan")}/${word("unit", one.unit)}${includes}`;
  });
}

export function bedLine(p) {
  if (![p.beds_total, p.beds_nursing, p.beds_free].some(isKnown)) return unknown();
  const parts = [
    t(`共 ${count(p.beds_total)} 张`, `${count(p.beds_total)} in all`),
    isKnown(p.beds_nursing) && t(`护理型 ${count(p.beds_nursing)}`, `${count(p.beds_nursing)} nursing`),
    t(`空床 ${count(p.beds_free)}`, `${count(p.beds_free)} free`),
  ].filter(Boolean).join(" · ");
  return `${parts} (${day(p.beds_on)})`;
}

export function ratingLines(ratings) {
  return (ratings ?? []).map((one) =>
    `${one.level} · ${one.scheme} · ${day(one.rated_on)}${isKnown(one.valid_until) ? t(`,有效至 ${day(one.valid_until)}`, `, valid until ${day(one.valid_until)}`) : ""}`);
}

/** Opening hours, days with the same hours joined: 「周一–周五 08:00–17:00」. */
export function hourLines(hours) {
  if (!hours) return [unknown()];
  const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
  const say = (name) => (hours[name] ?? []).map(([from, to]) => `${from}–${to}`).join(", ") || t("休息", "closed");
  const runs = [];
  for (const name of days) {
    const text = say(name);
    if (runs.at(-1)?.text === text) runs.at(-1).to = name;
    else runs.push({ from: name, to: name, text });
  }
  return runs.map((run) => `${word("weekday", run.from)}${run.to === run.from ? "" : `–${word("weekday", run.to)}`} ${run.text}`);
}

const lines = (texts) => (texts.length ? texts.map((text) => el("span", { class: "line" }, text)) : unknown());
const yesNo = (value) => (isKnown(value) ? (value ? t("有", "yes") : t("无", "no")) : unknown());

/** A phone to tap; NULL is 未知, never an empty link. */
export function phone(number) {
  if (!isKnown(number)) return el("span", { class: "unknown" }, unknown());
  const digits = String(number).replace(/[^\d+]/g, "");
  return el("a", { href: `tel:${digits}`, class: "phone" }, number);
}

/** The card of one facility from its GeoJSON properties. */
export function card(p) {
  const site = isKnown(p.website) ? webAddress(p.website) : null;
  return el("div", { class: "card" },
    facts([
      [t("电话", "Phone"), phone(p.phone)],
      [t("地址", "Address"), known(p.address)],
      [t("服务", "Kinds"), p.kinds.map(kindName).join(t("、", ", "))],
      [t("收费", "Prices"), lines(priceLines(p.prices).concat(pricedOn(p.prices)))],
      [t("床位", "Beds"), bedLine(p)],
      [t("接收", "Cares for"), (p.care_levels ?? []).map((one) => word("care", one)).join(t("、", ", ")) || unknown()],
      [t("等级", "Rating"), lines(ratingLines(p.ratings))],
      [t("时间", "Hours"), lines(hourLines(p.hours))],
      [t("医养结合", "Medical care"), isKnown(p.medical_link) ? word("medical", p.medical_link) : unknown()],
      [t("消防", "Fire safety"), isKnown(p.fire_state) ? `${word("fire", p.fire_state)} (${day(p.fire_checked_on)})` : unknown()],
      [t("无障碍", "Barrier-free"), t(`坡道 ${yesNo(p.has_ramp)} · 电梯 ${yesNo(p.has_lift)}`, `ramp ${yesNo(p.has_ramp)} · lift ${yesNo(p.has_lift)}`)],
      [t("性质", "Run by"), `${word("ownership", p.ownership)} · ${word("operation", p.operation)}`],
      site && [t("网址", "Website"), el("a", { href: site, rel: "noopener noreferrer" }, p.website)],
      isKnown(p.position_note) && [t("位置", "Position"), p.position_note],
    ]),
    el("p", { class: "source" },
      p.is_synthetic && el("strong", { class: "synthetic" }, t("合成数据", "synthetic data")),
      `${t("来源", "Source")}: ${known(p.source)} · ${day(p.source_date)} · ${isKnown(p.checked_on) ? t(`${day(p.checked_on)} 核实`, `checked ${day(p.checked_on)}`) : t("核实日期未知", "check date unknown")}`));
}

function pricedOn(prices) {
  const dates = [...new Set((prices ?? []).map((one) => day(one.priced_on)))];
  return dates.length ? [t(`价格日期 ${dates.join("、")}`, `priced ${dates.join(", ")}`)] : [];
}
