"""The domain, on a real PostGIS."""
