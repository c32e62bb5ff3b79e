"""Does the atlas do what it says? Real PostGIS, real browser, real inputs."""
