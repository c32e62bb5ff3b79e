// How are texts, numbers, dates and unknowns written in the two languages?

import { isEnglish, kinds, groups } from "atlas/page.js";

/** Answer the text in the reader's language. */
export const t = (zh, en) => (isEnglish ? en : zh);

export const unknown = () => t("未知", "unknown");
export const isKnown = (value) => value !== null && value !== undefined && value !== "";
export const known = (value) => (isKnown(value) ? native(value) : unknown());

/**
 * The reader's half of texts like 「示意图形 · schematic; 无资料 · no source」: data carry both
 * languages. A text that is no such pair stays whole.
 */
export function native(text) {
  if (typeof text !== "string" || !text.includes(" · ")) return text;
  const parts = text.split("; ").map((part) => part.split(" · "));
  const isPair = (part) => part.length === 2 && HAN.test(part[0]) && !HAN.test(part[1]) && /[a-z]{2}/i.test(part[1]);
  if (!parts.every(isPair)) return text;
  return parts.map((pair) => t(...pair)).join(t("；", "; "));
}

/** The reader's half of what the service says in both languages: 「中文\nEnglish」 or 「中文 / English」. */
export function plain(text) {
  const said = String(text ?? "");
  const [zh, en] = said.includes("\n") ? said.split("\n") : said.split(" / ");
  return (isEnglish ? en : zh) || said;
}

/** A line with the reader's points: in Chinese full width, also beside foreign names. */
export const pointed = (line) => (isEnglish ? line : line.replace(/ ?\(/g, "（").replace(/\) ?/g, "）").replace(/, ?/g, "，").replace(/; ?/g, "；"));

const HAN = /\p{Script=Han}/u;

const locale = isEnglish ? "en-GB" : "zh-CN";
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A count of people, beds, facilities: whole, grouped by thousands. */
export const count = (value) => (isKnown(value) ? whole.format(value) : unknown());
export const percent = (share) => (isKnown(share) ? `${tenth.format(share * 100)}%` : unknown());
export const squareKm = (m2) => (isKnown(m2) ? `${tenth.format(m2 / 1e6)} ${t("平方公里", "km²")}` : unknown());

/** A distance: metres below 1 km, then kilometres with one decimal. */
export function metres(value) {
  if (!isKnown(value)) return unknown();
  return value < 999.5 ? `${whole.format(value)} ${t("米", "m")}` : `${tenth.format(value / 1000)} ${t("公里", "km")}`;
}

/** A date, or the day in China of a moment that the server gives in UTC. */
export const day = (iso) => (isKnown(iso) ? moment(iso).slice(0, 10) : t("日期未知", "date unknown"));

const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });

/** 「2026-11-22 11:00」 in China of a moment in UTC; a date alone stays a date. */
export function moment(iso) {
  const at = /T.*(Z|[+-]\d\d:?\d\d)$/.test(iso) ? new Date(iso) : null;
  return at && !Number.isNaN(at.getTime()) ? clock.format(at) : String(iso).replace("T", " ").slice(0, 16);
}

export const kindName = (code) => {
  const kind = kinds.get(code) ?? groups.get(code);
  return kind ? t(kind.zh, kind.en) : code;
};

const TABLES = {
  state: {
    open: ["在营", "open"], paused: ["暂停", "paused"], planned: ["筹建", "planned"],
    under_construction: ["在建", "under construction"], closed: ["已关停", "closed"],
  },
  care: {
    independent: ["能自理", "independent"], partial: ["半失能", "needs some care"],
    full: ["失能", "needs full care"], dementia: ["认知症", "dementia"],
  },
  item: {
    independent: ["能自理", "independent"], partial: ["半失能", "needs some care"],
    full: ["失能", "needs full care"], dementia: ["认知症", "dementia"], breakfast: ["早餐", "breakfast"],
    lunch: ["午餐", "lunch"], dinner: ["晚餐", "dinner"], bath: ["助浴", "bath"],
    rental: ["租赁", "rental"], day: ["日托", "day care"], day_care: ["日间照料", "day care"],
    meal: ["餐费", "a meal"], general: ["未分项目", "not itemised"],
  },
  unit: { month: ["月", "month"], meal: ["餐", "meal"], time: ["次", "visit"], day: ["天", "day"] },
  fire: { passed: ["达标", "passed"], failed: ["⚠ 警告：未达标", "⚠ Warning: failed"], pending: ["办理中", "pending"] },
  ownership: { public: ["公办", "public"], private: ["民办", "private"] },
  operation: {
    public: ["公营", "publicly run"], private_nonprofit: ["民营非营利", "run by a non-profit"],
    private_profit: ["民营营利", "run for profit"],
  },
  medical: { own: ["内设医疗机构", "own clinic"], contract: ["签约医疗机构", "contract with a clinic"], none: ["无医疗服务", "no medical care"] },
  name: {
    standard: ["标准名称", "standard name"], short: ["简称", "short name"], alias: ["别名", "alias"],
    former: ["曾用名", "former name"], popular: ["俗称", "popular name"],
    minority: ["民族语名称", "minority-language name"], vanished: ["消失的名称", "vanished name"],
    reused_in_place: ["原地沿用", "reused in place"], reused_moved: ["异地沿用", "reused elsewhere"],
  },
  quality: {
    surveyed: ["实测位置", "surveyed"], point: ["点位已知", "position known"],
    approximate: ["位置近似", "approximate"], township: ["仅知所在乡镇", "known to the township only"],
    district: ["仅知所在区县", "known to the district only"], city: ["仅知所在城市", "known to the city only"],
    unknown: ["位置未知", "position unknown"],
  },
  feature: {
    A: ["政区", "division"], H: ["水系", "water"], L: ["区域", "area"], P: ["居民点", "settlement"],
    R: ["道路", "road"], S: ["场所", "site"], T: ["地形", "terrain"],
  },
  family: { heritage: ["地名文化遗产", "heritage name"], red: ["红色地名", "red place name"] },
  level: {
    national: ["国家级", "national"], province: ["省级", "provincial"], city: ["市级", "municipal"],
    district: ["区县级", "district"],
  },
  weekday: {
    mon: ["周一", "Mon"], tue: ["周二", "Tue"], wed: ["周三", "Wed"], thu: ["周四", "Thu"],
    fri: ["周五", "Fri"], sat: ["周六", "Sat"], sun: ["周日", "Sun"],
  },
  missing: {
    present: ["已有", "present"], planned: ["筹建", "planned"], under_construction: ["在建", "under construction"],
    lacking: ["缺少", "lacking"], paused: ["暂停", "paused"], unknown: ["未知", "unknown"],
  },
};

/** The word for a code of one of the tables; an unknown code stands as it is. */
export function word(table, code) {
  if (!isKnown(code)) return unknown();
  const pair = TABLES[table]?.[code];
  return pair ? t(...pair) : String(code);
}

export const LEVELS = { 1: ["省级", "province"], 2: ["地级", "city"], 3: ["县级", "county"], 4: ["乡级", "township"], 5: ["村级", "village"] };

/** A span of years, open on either side where nothing is known. */
export function years(start, end) {
  const say = (year) => (!isKnown(year) ? "?" : year <= 0 ? t(`前${1 - year}`, `${1 - year} BCE`) : String(year));
  return `${say(start)}–${isKnown(end) ? say(end) : ""}`;
}

// --- coverage and gaps ---

/** A rate with one decimal: 18.0 beds per 1 000. */
export const tenths = (value) => (isKnown(value) ? tenth.format(value) : unknown());
export const withheld = () => t("不公布", "withheld");

export const AREAS = { district: t("区县", "Districts"), zone: t("片区", "Zones"), township: t("乡镇街道", "Townships") };
export const BASES = { resident: t("常住", "resident"), registered: t("户籍", "registered") };

/** Why an area has no figure. */
export const AREA_STATUS = {
  no_geometry: t("无图形，不能计算", "no outline: cannot be measured"), no_cells: t("无人口数据", "no data on people"),
  no_record: t("当日尚无记录", "nothing on record on that day"), no_network: t("无路网，步行结果未知", "no road network: unknown on foot"),
  partial: t("部分未知", "partly unknown"),
};
