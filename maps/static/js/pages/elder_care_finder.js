// What makes the public list quicker than plain links and forms? Nothing here is needed to read it.

import { startLiving } from "atlas/elder_care/live.js";
import { startFrom } from "atlas/elder_care/from.js";
import { startPicking } from "atlas/elder_care/picks.js";
import { startDeeds } from "atlas/elder_care/deeds.js";
import { startMap } from "atlas/elder_care/map_door.js";

startLiving();
startFrom();
startPicking();
startDeeds();
startMap();
