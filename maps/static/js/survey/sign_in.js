// What is told to whoever comes to a surveyor's desk without a token?

import { drawSignIn as drawDoor, problemBox } from "atlas/desk/sign_in.js";
import { door } from "atlas/survey/door.js";
import { t } from "atlas/words.js";

export { problemBox };

const DESK = {
  door,
  probe: ["/register", { level: 2 }],
  lead: t("勘界人员内部使用：界桩坐标、争议段、联检表都不公开。未登录时，此页不显示任何资料。", "For surveyors: places of markers, disputed stretches and inspection forms are not public. Without a token this page shows no data."),
  command: "./atlas token create 区划地名科 --role surveyor",
  holds: [
    [t("联检", "Joint inspection"), t("到期界线、联检进度、未走的段落。", "lines that are due, how far a campaign is, what was not walked")],
    [t("界桩与偏差", "Markers"), t("按状态的界桩，档案与实测之差，沿线里程图。", "markers by state, archived against measured, along the line")],
    [t("界线登记", "Register"), t("全部界线，含未公开的；带界桩坐标的文件。", "all lines, also those not public; files with places of markers")],
    [t("图形质量", "Quality"), t("重叠、空隙、碎面；只报告，不改动。", "overlaps, gaps, slivers; told, never changed")],
  ],
};

/** Ask for the token; `enter` is called once it opens the door. `problem`: why it is asked again. */
export const drawSignIn = (enter, problem = null) => drawDoor(DESK, enter, problem);
