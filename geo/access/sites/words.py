"""How is an answer about where to build told, in Chinese and in English?"""

from __future__ import annotations

from geo.access.radius.question import kind_name
from geo.access.sites.answer import BestSites, Plan
from geo.access.sites.question import GOALS, GOALS_EN, Asked
from geo.access.sites.years import PhasedPlan

MEASURES = {"line": ("直线（椭球测地线）", "straight line (geodesic)"), "walk": ("步行", "on foot")}


def method(found: BestSites) -> tuple[str, str]:
    """The rule, what stands, what was left out, and what is not known, in two languages."""
    asked, question = found.asked, found.asked.question
    measure = MEASURES.get(asked.measure, (asked.measure, asked.measure))
    year = question.base_year or "未知"
    basis = {"resident": "常住", "registered": "户籍"}[question.basis]
    name, name_en = kind_name(question.kind), kind_name(question.kind, "en")
    zh = [
        f"目标：{GOALS[asked.goal]}；设施：{name}；"
        f"距离：{measure[0]}，半径 {question.radius_m:g} 米；"
        f"老人：{basis} {asked.age} 岁及以上，基准年 {year}，格网以代表点计；"
        f"设施状态截至 {question.on.isoformat()}，现有 {found.standing} 处保留"
        f"{f'，停用 {len(asked.close)} 处' if asked.close else ''}，未公开的也计入。",
        found.candidates.in_words()[0],
    ]
    en = [
        f"Goal: {GOALS_EN[asked.goal]}; {name_en}; {measure[1]}, radius {question.radius_m:g} m; "
        f"{question.basis} elders {asked.age}+, base year {year}, cells as representative points; "
        f"facilities in force on {question.on.isoformat()}, {found.standing} of which stay"
        f"{f', {len(asked.close)} closed' if asked.close else ''}, unpublished ones too.",
        found.candidates.in_words()[1],
    ]
    if asked.use_capacity:
        zh.append("按容量计算：每个格网的老人整体由一处服务。")
        en.append("By capacity: the elders of a cell are served whole by one site.")
    if found.thinning is not None:
        zh.append(found.thinning[0])
        en.append(found.thinning[1])
    return "".join(zh), " ".join(en)


def method_of_years(found: PhasedPlan) -> tuple[str, str]:
    """The rule of a plan over years and what was left out, in two languages."""
    question, (measure, measure_en) = found.asked.question, MEASURES[found.asked.measure]
    zh, en = found.candidates.in_words()
    return (
        f"目标：各年覆盖的老人之和最多，已建不撤（分年 MCLP）；设施：{kind_name(question.kind)}；"
        f"距离：{measure}，半径 {question.radius_m:g} 米；老人：{found.asked.age} 岁及以上，"
        f"格网以代表点计；设施状态截至 {question.on.isoformat()}，未公开的也计入。{zh}",
        f"Goal: most elders covered, added over the years, what is built stays; "
        f"{kind_name(question.kind, 'en')}; {measure_en}, radius {question.radius_m:g} m; elders "
        f"{found.asked.age}+, cells as representative points; facilities in force on "
        f"{question.on.isoformat()}, unpublished ones too. {en}",
    )


def status(plan: Plan, asked: Asked) -> tuple[str, str]:
    """What is proven of a plan, or what would make one possible, in two languages."""
    siting = plan.siting
    if siting.status == "infeasible":
        return _repair(plan, asked)
    return proven(siting.status, siting.gap)


def proven(status: str, gap: float) -> tuple[str, str]:
    """How good a plan is that was found, in two languages."""
    if status == "optimal":
        return "已证明为最优方案。", "Proven to be the best plan."
    return (
        f"时限内求得的可行方案，与最优方案至多相差 {gap:.2%}。",
        f"A plan found in time; the best is at most {gap:.2%} better.",
    )


def _repair(plan: Plan, asked: Asked) -> tuple[str, str]:
    """What would help where no plan is possible."""
    siting = plan.siting
    zh, en = [], []
    if siting.repair_radius is not None and siting.repair_radius > asked.question.radius_m:
        zh.append(f"半径增至 {siting.repair_radius:.0f} 米")
        en.append(f"a radius of {siting.repair_radius:.0f} m")
    if siting.repair_sites is not None:
        zh.append(f"新建 {siting.repair_sites} 处")
        en.append(f"{siting.repair_sites} new sites")
    if siting.repair_budget is not None:
        zh.append(f"预算增至 {siting.repair_budget:,.0f} 元")
        en.append(f"a budget of {siting.repair_budget:,.0f} yuan")
    if not zh and siting.uncovered.size:
        zh.append("在未能到达的格网附近增加候选点")
        en.append("candidates near the cells that none reaches")
    count = siting.uncovered.size
    told = f"{count} 个格网无法到达；" if count else ""
    told_en = f"{count} cells cannot be reached; " if count else ""
    if not zh:
        return siting.repair.partition("\n")[0], siting.repair.partition("\n")[2]
    return (
        f"没有可行方案：{told}可以{'；'.join(zh)}。",
        f"No plan is possible: {told_en}what would help: {', '.join(en)}.",
    )
