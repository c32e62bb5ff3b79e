"""The doors of the OGC: features, their catalogue and tiles, under `/ogc/`."""
