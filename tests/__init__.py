"""Does the atlas do what it says? Real PostGIS, real browser, real inputs."""

import gc

# Nearly everything that tests import and make stays: looking for garbage at each 700 things (the
# usual) costs a tenth of the run. Here, before anything heavy is imported.
gc.set_threshold(10_000)
