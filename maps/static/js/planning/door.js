// How does a planner's page ask the service?

import { doorTo, Refused } from "atlas/desk/door.js";
import { t } from "atlas/words.js";

export { Refused };
export const door = doorTo({
  key: "atlas-planner-token",
  below: "/api/access",
  rowsOf: (found) => [found.item, ...(found.items ?? found.rows ?? found.usable ?? [])],
  noRight: t("此令牌没有规划权限；请向管理员申请规划人员（planner）令牌。", "This token has no planner's right; ask the administrator for one with the role planner."),
});
export const { ask, dropToken, forgetAll, hasToken, remove, send } = door;
