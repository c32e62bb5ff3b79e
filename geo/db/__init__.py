"""Where is the database, and how is it opened? `open_database()` is the one door."""

from geo.db.addresses import Database
from geo.db.engine import make_engine, open_session, read_engine, session_factory
from geo.db.opening import Opened, open_database

__all__ = [
    "Database",
    "Opened",
    "make_engine",
    "open_database",
    "open_session",
    "read_engine",
    "session_factory",
]
