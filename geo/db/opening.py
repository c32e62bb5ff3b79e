"""Which database does a command use: the private one, or the server that the settings name?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from geo.db.addresses import Database
from geo.db.embedded import embedded
from geo.db.existing import use_existing
from geo.settings import DatabaseSettings, HomeSettings, read


@dataclass(frozen=True)
class Opened:
    """A database that is ready for use; `serves(url)` notes the service's address for status."""

    database: Database
    serves: Callable[[str], None]


@contextmanager
def open_database(what: str = "atlas") -> Iterator[Opened]:
    """Use the database of the settings for the length of a `with` block.

    With ATLAS_DATABASE_URL that server, after checking it; else the private PostGIS, started if
    need be and stopped by the last command that leaves. `what` names the command in `atlas
    status`. The tables are not migrated here. Raises DatabaseProblem.
    """
    settings = read(DatabaseSettings)
    if settings.database_url is not None:
        public = settings.public_database_url
        database = use_existing(
            settings.database_url.get_secret_value(), public.get_secret_value() if public else None
        )
        yield Opened(database, lambda url: None)
        return
    with embedded(read(HomeSettings).folder, what=what, pg_bin=settings.pg_bin) as private:
        yield Opened(private.database, private.presence.serves)
