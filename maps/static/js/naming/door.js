// How does the desk of names officers ask the service?

import { doorTo, Refused } from "atlas/desk/door.js";
import { t } from "atlas/words.js";

export { Refused };
const ours = {
  key: "atlas-names-token", // one sign-in opens both doors
  noRight: t("此令牌没有地名权限；请向管理员申请地名人员（names_officer）令牌。", "This token has no names officer's right; ask the administrator for one with the role names_officer."),
};
const names = doorTo({ ...ours, below: "/api/names", rowsOf: (found) => [found.item, ...(found.items ?? found.rows ?? [])] });
export const heritage = doorTo({ ...ours, below: "/api/heritage", rowsOf: (found) => found.nominations ?? found.names ?? found.records ?? [] });

/** The desk's door: whoever leaves a view waits for nothing behind either. */
export const door = { ...names, forgetAll: () => [names, heritage].forEach((one) => one.forgetAll()) };
export const { ask, send } = names;
