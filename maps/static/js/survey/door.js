// How does a surveyors' page ask the service?

import { doorTo, Refused } from "atlas/desk/door.js";
import { t } from "atlas/words.js";

export { Refused };
export const door = doorTo({
  key: "atlas-surveyor-token",
  below: "/api/survey",
  rowsOf: (found) => (found.features ?? []).map((one) => one.properties),
  noRight: t("此令牌没有勘界权限；请向管理员申请勘界人员（surveyor）令牌。", "This token has no surveyor's right; ask the administrator for one with the role surveyor."),
});
export const { ask, dropToken, forgetAll, hasToken, saveFile } = door;
