"""Where is the database, and how is it opened? `open_database()` is the one door."""

from geo.db.engine import Database, make_engine, read_engine, session_factory
from geo.db.opening import Opened, open_database

__all__ = [
    "Database",
    "Opened",
    "make_engine",
    "open_database",
    "read_engine",
    "session_factory",
]
