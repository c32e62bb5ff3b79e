// What does the story of a walk do beyond being read? It prints.

import { byId } from "atlas/dom.js";

byId("print")?.addEventListener("click", () => window.print());
