// Which words and signs tell how far a nomination is, and what each step does?

import { t } from "atlas/words.js";

/** State → look, sign, word, and what it means. */
export const STATES = {
  nominated: ["review", "→", t("已提名", "Nominated"), t("等待部门意见和专家意见。", "It waits for the opinions of departments and experts.")],
  reviewing: ["avoid", "◷", t("审核中", "Under review"), t("意见正在登记，齐备后可以公布。", "Opinions are being entered; it may be published when they are complete.")],
  returned: ["must", "↩", t("已退回", "Returned"), t("退回补充；重新提名后，意见要重新征求。", "Sent back; nominated again, it needs new opinions.")],
  published: ["clear", "✓", t("已公布", "Published"), t("已列入名录，公众可以看到。", "It stands on the list, and everybody can see it.")],
  withdrawn: ["none", "–", t("已撤回", "Withdrawn"), t("不再推进，也不在名录上。", "It goes no further and is not on the list.")],
};

/** Step → what was done. */
export const DONE = {
  nominated: t("提名", "Nominated"), opinion: t("部门意见", "Department's opinion"), expert: t("专家意见", "Expert opinion"),
  returned: t("退回", "Returned"), resubmitted: t("重新提名", "Nominated again"), published: t("公布", "Published"), withdrawn: t("撤回", "Withdrawn"),
};

const OPINION = t("写明结论和理由。不同意也如实登记，由公布单位负责权衡。", "With verdict and reasons. One that disagrees is entered too; the office that publishes answers for it.");
/** Step that may follow → what is done, and what it brings. */
export const STEPS = {
  opinion: [t("登记部门意见", "Enter a department's opinion"), OPINION],
  expert: [t("登记专家意见", "Enter an expert opinion"), OPINION],
  published: [t("公布，列入名录", "Publish on the list"), t("自最近一次提名起，须已有部门意见和专家意见，地名本身也须已公开。公布后公众立即可以看到。", "It needs a department's and an expert opinion since it was last nominated, and a place that is public itself. Everybody sees it at once.")],
  returned: [t("退回补充", "Send back"), t("退回后可以重新提名；意见要重新征求。", "It may be nominated again, and then needs new opinions.")],
  resubmitted: [t("重新提名", "Nominate again"), t("从头征求部门意见和专家意见。", "Opinions are asked for anew.")],
  withdrawn: [t("撤回提名", "Withdraw"), t("撤回后不能再推进；已公布的立即移出名录。经过仍然保留。", "It ends here; a published name leaves the list at once. Its history stays.")],
};

export const VERDICTS = { agree: t("同意", "agrees"), disagree: t("不同意", "disagrees"), abstain: t("不表态", "abstains") };
const LOOKS = { agree: ["clear", "✓"], disagree: ["avoid", "✗"], abstain: ["none", "–"] };
const OPINIONS = ["opinion", "expert"];

/** The steps since the place was last proposed. */
const since = ({ steps }) => steps.slice(steps.findLastIndex((one) => ["nominated", "resubmitted"].includes(one.step)));

/** Which opinions were not entered yet since it was last proposed? */
export const lacking = (item) => OPINIONS.filter((kind) => !since(item).some((one) => one.step === kind));

/** The way in chips [look, sign, words]: proposed, both opinions with their verdicts, published. */
export function way(item) {
  if (["withdrawn", "returned"].includes(item.state)) return [];
  const opinion = (kind) => {
    const given = Object.keys(VERDICTS).map((code) => [code, since(item).filter((one) => one.step === kind && one.verdict === code).length]).filter(([, number]) => number);
    if (!given.length) return ["open", "○", t(`${DONE[kind]}未登记`, `${DONE[kind]}: none yet`)];
    const said = given.map(([code, number]) => (number > 1 || given.length > 1 ? `${VERDICTS[code]} ${number}` : VERDICTS[code])).join(t("，", ", "));
    const [worst] = given.find(([code]) => code === "disagree") ?? given.at(-1);
    return [...LOOKS[worst], t(`${DONE[kind]}：${said}`, `${DONE[kind]}: ${said}`)];
  };
  return [...OPINIONS.map(opinion), item.state === "published" ? ["clear", "✓", DONE.published] : ["open", "○", t("未公布", "Not published")]];
}
