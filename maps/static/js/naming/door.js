// How does the desk of names officers ask the service?

import { doorTo, Refused } from "atlas/desk/door.js";
import { t } from "atlas/words.js";

export { Refused };
export const door = doorTo({
  key: "atlas-names-token",
  below: "/api/names",
  rowsOf: (found) => [found.item, ...(found.items ?? found.rows ?? [])],
  noRight: t("此令牌没有地名权限；请向管理员申请地名人员（names_officer）令牌。", "This token has no names officer's right; ask the administrator for one with the role names_officer."),
});
export const { ask, send } = door;
