// Which view of the surveyors' desk is open, and is somebody signed in?

import "atlas/shell.js";
