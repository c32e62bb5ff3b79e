// What is told to whoever comes to a planner's desk without a token?

import { drawSignIn as drawDoor } from "atlas/desk/sign_in.js";
import { door } from "atlas/planning/door.js";
import { t } from "atlas/words.js";

const DESK = {
  door,
  probe: ["/planning/work-items", {}],
  lead: t("规划人员内部使用：候选用房、情景、排名、消防与任务都不公开。未登录时，此页不显示任何资料。", "For planners: candidates, scenarios, rankings, fire checks and tasks are not public. Without a token this page shows no data."),
  command: "./atlas token create 规划科 --role planner",
  holds: [
    [t("选址", "Siting"), t("候选点逐一说明能不能用；建几处、建在哪里，并给出证明。", "each candidate and why it can be used or not; how many, where, with proof")],
    [t("情景", "Scenarios"), t("今天与方案左右对照，逐片区看差别。", "today beside a plan, area by area")],
    [t("指标与排名", "Indicators"), t("分子、分母、规则一并列出。", "with numerator, denominator and rule")],
    [t("小区、标准、项目、消防", "Estates, rules, projects, fire"), t("按成文规则核对，算式写成文字。", "held against the written rules, the sum in words")],
    [t("任务", "Tasks"), t("谁办、何时到期、办到哪一步；历史只增不改。", "who, until when, how far; history only grows")],
  ],
};

/** Ask for the token; `enter` is called once it opens the door. `problem`: why it is asked again. */
export const drawSignIn = (enter, problem = null) => drawDoor(DESK, enter, problem);
