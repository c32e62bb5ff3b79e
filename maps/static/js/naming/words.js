// Which words and signs does the desk of names officers use?

import { t } from "atlas/words.js";

export const VIEWS = {
  check: t("拟命名核查", "Check a name"),
  list: t("名单核查", "Check a list"),
  text: t("公文校对", "Proofread"),
  due: t("备案与公告", "Filing"),
  nominations: t("名录提名", "Nominations"),
  protection: t("名录保护", "Protection"),
};

/** How a rule ended: look, sign, word. A sign and a word stand beside every colour. */
export const OUTCOMES = {
  must_not: ["must", "⊘", t("不得", "Must not")],
  avoid: ["avoid", "▲", t("应避免", "Avoid")],
  review: ["review", "◆", t("请人工核对", "A person decides")],
  unchecked: ["open", "…", t("未能判定", "Not judged")],
  not_fired: ["clear", "✓", t("未发现", "Nothing found")],
  not_applicable: ["none", "–", t("不适用", "Not applicable")],
};
export const outcomeOf = (result) => (result.status === "fired" ? result.rule.severity : result.status);

export const RULE_STATES = {
  in_force: t("现行规定", "in force"),
  local: t("外地规定，供参考", "another place's rule, advice only"),
  house: t("本系统自查，法规未列", "our own check, asked for by no article"),
};

export const VERDICTS = {
  standard: ["clear", "✓", t("标准", "Standard")],
  not_standard: ["avoid", "▲", t("非标准", "Not standard")],
  former: ["review", "◷", t("曾用", "Former")],
  unknown: ["open", "…", t("未收录", "Not on record")],
  unread: ["must", "⊘", t("读不出", "Not read")],
};

export const DUE = {
  overdue: ["must", "!", t("已逾期", "Overdue")],
  due_soon: ["avoid", "▲", t("即将到期", "Due soon")],
  contradictory: ["must", "⊘", t("早于批准日期", "Before approval")],
  open: ["open", "○", t("未到期", "Not yet due")],
  done: ["clear", "✓", t("已办", "Done")],
  done_late: ["review", "◷", t("逾期办结", "Done late")],
  unknown: ["none", "?", t("未知", "Unknown")],
  withdrawn: ["none", "–", t("已撤销登记", "Withdrawn")],
};

export const STEPS = {
  approved: t("批准", "Approved"), filed: t("备案", "Filed"), noticed: t("公告", "Notice given"),
  signed: t("设置标志", "Signs set"), withdrawn: t("撤销登记", "Withdraw the entry"),
};
