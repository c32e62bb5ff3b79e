// Which lane of the panel belongs to which division of today, and what hangs on it?

import { ask } from "atlas/api.js";
import { page } from "atlas/page.js";
import { merged } from "atlas/survey/lifeline.js";
import { isKnown } from "atlas/words.js";

export const FIRST_YEAR = 1980;

/** Everything the panel tells: lanes, numbered changes, today's outlines, sources. */
export async function panelData(today) {
  const found = await ask("/survey/changes", { city: page.city.code, since: `${FIRST_YEAR}-01-01`, until: today, level: 3, unchanged: true }, "panel");
  if (!found) return null;
  const alive = found.changes.filter((one) => !one.kinds.includes("ended"));
  const lines = await Promise.all(alive.map((one) => ask(`/survey/lifeline/${one.code}`, { on: today })));
  const told = new Set(lines.flatMap((line) => line.stages.map((stage) => `${stage.code} ${stage.name}`)));
  const gone = found.changes.filter((one) => one.kinds.includes("ended") && !told.has(`${one.code} ${one.name_before}`));
  const last = await Promise.all(gone.map((one) => lastDay(one, found.events).then((on) => ask(`/survey/lifeline/${one.code}`, { on })).catch(() => null)));
  const events = [...new Map([...found.events, ...lines.flatMap((line) => line.events)].map((one) => [one.id, one])).values()]
    .filter((one) => one.event_year >= FIRST_YEAR).sort((a, b) => a.event_year - b.event_year || a.id - b.id)
    .map((one, at) => ({ ...one, number: at + 1 }));
  const lanes = [...lines, ...last.filter(Boolean)].map((line) => lane(line, events));
  return { found, events, lanes: lanes.sort((a, b) => Number(a.isGone) - Number(b.isGone) || a.code.localeCompare(b.code)) };
}

async function lastDay(one, events) {
  const year = events.find((event) => event.predecessors.some((member) => member.code === one.code && member.name === one.name_before))?.event_year;
  return year ? `${year - 1}-12-31` : `${FIRST_YEAR}-12-31`;
}

/** Rows of bars: the unit itself first, what it took up below, each to the day it was taken up. */
function lane(line, events) {
  const stages = merged(line.stages);
  const itself = stages.filter((one) => one.role === "itself");
  const codes = new Set(stages.map((one) => one.code));
  const others = new Map();
  for (const one of stages.filter((stage) => stage.role === "taken_up" || stage.role === "branch")) others.set(one.code, [...(others.get(one.code) ?? []), one]);
  return {
    code: line.code, name: line.name, isGone: isKnown(itself.at(-1)?.valid_until) && stages.every((one) => isKnown(one.valid_until) || one.role === "went_into"),
    rows: [itself, ...others.values()],
    events: events.filter((event) => [...event.predecessors, ...event.successors].some((member) => codes.has(member.code) && stages.some((one) => one.name === member.name))),
  };
}
