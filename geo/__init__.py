"""What does the service know? Facilities, boundaries and place names in PostGIS."""
