// What is told to whoever comes to the desk of names officers without a token?

import { drawSignIn as drawDoor } from "atlas/desk/sign_in.js";
import { door } from "atlas/naming/door.js";
import { t } from "atlas/words.js";

const DESK = {
  door,
  probe: ["/approvals", {}],
  lead: t("地名工作人员内部使用：拟命名核查、名单核查、公文校对、备案与公告、红色地名和老地名提名与保护。核查、校对的内容不保存、不记入日志；只保存登记的批准日期、提名和保护记录。", "For names officers. What is typed to be checked is neither stored nor logged; only days of approval, nominations and records of protection that are entered are kept."),
  command: "./atlas token create 地名科 --role names_officer",
  holds: [
    [t("拟命名核查", "Check a name"), t("逐条对照命名规则，列出证据、距离和比对范围；不是审批意见。", "rule by rule, with evidence, distance and scope; never an approval")],
    [t("名单核查", "Check a list"), t("标准、非标准、曾用、未收录，附标准名称。", "standard, not standard, former or unknown, with the standard form")],
    [t("公文地名校对", "Proofread"), t("标出公文中的旧名和不规范地名，由人决定是否替换。", "old and non-standard names of a document; a person decides")],
    [t("备案与公告", "Filing and notice"), t("逾期和即将到期一目了然；只增不改，可更正。", "what is overdue or soon due; entries are added, never changed")],
    [t("名录提名", "Nominations"), t("红色地名、老地名：提名、审核、公布，每一步留下单位、日期和理由。", "red and heritage names: nominated, looked at, published, each step with office, day and reasons")],
    [t("名录保护", "Protection"), t("名录中的地名：存续状况、标志、调查和保护措施，到期的在前。", "listed names: state, sign, surveys and measures; those due come first")],
  ],
};

/** Ask for the token; `enter` is called once it opens the door. `problem`: why it is asked again. */
export const drawSignIn = (enter, problem = null) => drawDoor(DESK, enter, problem);
