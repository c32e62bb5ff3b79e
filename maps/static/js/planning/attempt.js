// What happens when a step of a view fails? It is said where it happened; a dead token asks anew.

import { byId, el, put, tell } from "atlas/dom.js";
import { Problem } from "atlas/api.js";
import { Refused } from "atlas/planning/door.js";

/** Run a step; its problem goes into `host`, or above the results. */
export async function attempt(step, host = null) {
  byId("step-problem")?.remove();
  try {
    return await step();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell("");
    if (problem instanceof Refused) document.dispatchEvent(new CustomEvent("atlas:refused", { detail: problem }));
    else {
      const told = el("p", { class: "problem", role: "alert", id: "step-problem" }, problem.message);
      if (host && !host.isConnected) tell(problem.message, true); // its form was left meanwhile
      else if (host) put(host, told);
      else byId("results").prepend(told);
    }
    return null;
  }
}
