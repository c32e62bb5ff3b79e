// Which words does the planner's page use, in both languages?

import { isEnglish } from "atlas/page.js";
import { count, isKnown, percent, t, unknown } from "atlas/words.js";

export const VIEWS = {
  siting: t("选址", "Siting"), scenarios: t("情景", "Scenarios"), indicators: t("指标", "Indicators"),
  estates: t("小区与标准", "Estates & rules"), safety: t("消防与项目", "Fire & projects"), work: t("任务", "Tasks"),
};

export const AREAS = {
  district: t("区县", "Districts"), zone: t("片区", "Zones"), township: t("乡镇街道", "Townships"), city: t("全市", "Whole city"),
};

/** Goals in plain words: what it does, the trade's own name, what it needs. */
export const GOALS = {
  cover_most: {
    name: t("让最多老人够得着", "Reach the most elders"), term: t("最大覆盖 MCLP", "MCLP"),
    note: t("处数有限，选哪几处，半径内的老人最多。", "With so many sites, which ones have the most elders within the radius?"),
  },
  cover_all: {
    name: t("让每位老人都够得着", "Reach every elder"), term: t("全覆盖 LSCP", "LSCP"),
    note: t("半径已定，至少要建几处才能全部覆盖。", "With this radius, how few sites cover everybody?"),
  },
  minimise_distance: {
    name: t("让平均距离最短", "Shortest distance on average"), term: t("p-中位", "p-median"),
    note: t("处数有限，老人到最近一处的总距离最小。", "With so many sites, the least total distance to the nearest one."),
  },
  minimise_worst: {
    name: t("照顾最远的老人", "Care for the farthest"), term: t("p-中心", "p-center"),
    note: t("处数有限，离得最远的老人也尽量近。", "With so many sites, bring even the farthest elder as near as can be."),
  },
};

export const STATES = {
  found: [t("已发现", "found"), "!"], assigned: [t("已交办", "assigned"), "→"], returned: [t("已退回", "returned"), "↩"],
  done: [t("已整改", "done"), "○"], verified: [t("已核验", "verified"), "✓"], due: [t("限期", "due day set"), "◷"],
};

/** State → the steps that may follow; the service holds the rule and refuses others. */
export const NEXT = {
  found: ["assigned", "due", "done"], assigned: ["done", "due", "assigned"], returned: ["assigned", "due", "done"],
  done: ["verified", "returned", "due"], verified: [],
};
export const STEPS = {
  assigned: t("交办给…", "Assign to …"), due: t("定期限", "Set a due day"), done: t("报告已整改", "Report as done"),
  verified: t("核验通过", "Verify"), returned: t("退回重办", "Return"),
};

export const WORK_KINDS = {
  gap: t("服务缺口", "Service gap"), missing_facility: t("应有未有", "Required and missing"), estate: t("配建不达标", "Estate below its rule"),
  fire_hazard: t("消防隐患", "Fire hazard"), fire_overdue: t("消防检查逾期", "Fire check overdue"),
  wrong_information: t("信息有误", "Wrong information"), funeral_rectification: t("殡葬整治", "Burial rectification"),
  project_overdue: t("项目逾期", "Project overdue"), minor_protection: t("未保阵地缺失", "Minors' base missing"),
};

export const SUBJECTS = {
  beds_per_1000_elders: t("每千名老人床位", "Beds per 1,000 elders"), nursing_bed_share: t("护理型床位占比", "Share of nursing beds"),
  land_per_head: t("人均用地", "Land per head"), community_floor_area: t("社区养老设施面积", "Community floor area"),
  circle_5_min: t("五分钟生活圈", "5-minute circle"), circle_10_min: t("十分钟生活圈", "10-minute circle"), circle_15_min: t("十五分钟生活圈", "15-minute circle"),
  life_circle: t("生活圈", "Life circle"),
};

export const VERDICTS = {
  pass: [t("达标", "pass"), "✓"], fail: [t("不达标", "fail"), "✗"], unknown: [t("未知", "unknown"), "?"], not_due: [t("未到核对时", "not due"), "–"],
};

const RULE_STATES = { second_hand: t("转引，待核实", "second hand, to be verified"), unverified: t("未核实", "unverified"), assumed: t("假定，待核实", "assumed, to be verified") };
export const ruleState = (status) => RULE_STATES[status] ?? null;

/** A value with the unit of its indicator: shares as percent, rates with one decimal. */
export function valued(value, unit) {
  if (!isKnown(value)) return unknown();
  return unit.startsWith("share of") ? percent(value) : oneDecimal(value);
}

const tenth = new Intl.NumberFormat(isEnglish ? "en-GB" : "zh-CN", { maximumFractionDigits: 1 });
export const oneDecimal = (value) => (isKnown(value) ? tenth.format(value) : unknown());

const OF = {
  beds: t("床位", "beds"), homes: t("养老机构", "homes"), "public homes": t("公办机构", "public homes"), estates: t("小区", "estates"),
  projects: t("项目", "projects"), yuan: t("资金", "money"), townships: t("乡镇街道", "townships"), streets: t("街道", "streets"),
  counties: t("区县", "counties"), villages: t("村（社区）", "villages"), "work items": t("事项", "work items"),
  "people aged 60 and over": t("60 岁以上老人", "people aged 60+"), "people aged 80 and over": t("80 岁以上老人", "people aged 80+"),
};

/** 「占床位，%」, 「床／千名老人」. */
export function unitName(unit) {
  if (unit.startsWith("share of ")) return t(`占${OF[unit.slice(9)] ?? unit.slice(9)}，%`, `% of ${unit.slice(9)}`);
  if (unit.startsWith("beds per 1000")) return t("床 / 千名 60 岁以上老人", "beds per 1,000 people aged 60+");
  return unit;
}

/** Money: 「1,234 万元」, in English millions of yuan. */
export const money = (yuan) => (isKnown(yuan) ? (isEnglish ? `¥${tenth.format(yuan / 1e6)} m` : `${count(yuan / 1e4)} 万元`) : unknown());

/** A difference with its sign: 「+1,230」, 「−20」, 「0」. */
export const signed = (value, say = count) => (isKnown(value) ? `${value > 0 ? "+" : value < 0 ? "−" : ""}${say(Math.abs(value))}` : unknown());
