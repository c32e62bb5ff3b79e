"""What is the service made of? Routes, an envelope, a table of problems, two doors to PostGIS."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

import anyio
import anyio.to_thread
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from api.deps import HomeCity
from api.description import describe
from api.envelope import Envelope, Uploads
from api.jobs import Jobs, sweep
from api.ogc import formats, tilesets
from api.ogc.door import OgcRoute
from api.prefix import Prefix
from api.problems import install
from api.rates import Rates
from api.reads import Doors
from api.routes import (
    access,
    audit,
    changes,
    course,
    deliveries,
    elder_care,
    elder_care_pages,
    export,
    facilities,
    health,
    heritage,
    heritage_pages,
    identifiers,
    inspections,
    lines,
    markers,
    measures,
    name_approvals,
    name_tables,
    names,
    naming,
    pages,
    places,
    planned,
    protection,
    reconcile,
    siting,
    sources,
    standards,
    units,
    walk_pages,
    walks,
    work,
)
from api.version import version
from geo.db import Database, open_database
from geo.settings import (
    DatabaseSettings,
    GuardSettings,
    ServeSettings,
    UploadSettings,
    read,
)

DESCRIPTION = """
民政一张图：养老设施、行政区划、地名。坐标为 CGCS2000 经纬度（GeoJSON：经度在前）；未知的值为 null。

Facilities, boundaries and place names of Chinese civil affairs. Coordinates are CGCS2000 longitude
and latitude; what is unknown is null. Every question takes `on`, the day asked about. A parameter
that an address does not know is refused with 400, as is a bad value: problem details by RFC 9457.
"""


def create_app(database: Database | None = None, *, city_code: str | None = None) -> FastAPI:
    """Make the service on a database (default: the one that the settings name, opened at start).

    `city_code` (12 digits) is the city that a page shows when the address names none; default
    ATLAS_CITY. Nothing connects before the service starts.
    """
    limits = read(UploadSettings)
    uploads = Uploads(
        deliveries.ADDRESS,
        limits.upload_mb * 1_000_000,
        deliveries.UPLOAD_DEADLINE_S,
        inspections.FILES,
    )
    app = FastAPI(
        title="民政一张图 · Minzheng Atlas",
        version=version(),
        description=DESCRIPTION,
        openapi_url=None,  # ours too: it takes seconds to make, in a thread
        docs_url=None,  # the documentation page is ours: offline, with a nonce
        redoc_url=None,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=_lifespan,
        middleware=[
            Middleware(Prefix, root_path=read(ServeSettings).root_path),
            Middleware(Envelope, uploads=uploads, rates=_rates()),
            *_cors(),
        ],
        redirect_slashes=False,  # a redirect would be built from the caller's Host header
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.home_city = HomeCity(city_code)
    app.state.database = database
    app.state.jobs = Jobs(limits.uploads_waiting)
    if database is not None:
        app.state.doors = Doors.of(database)
    for routes in (
        health, audit, facilities, access, measures, export, standards, work, siting, units, places,
        sources, deliveries, lines, markers, course, inspections, changes, planned, walks, pages,
        elder_care_pages, walk_pages, naming, name_approvals, names, name_tables, heritage,
        heritage_pages, protection, reconcile, identifiers, elder_care,
    ):  # fmt: skip
        app.include_router(routes.router)
    app.include_router(places.names_router)
    formats.install()
    tilesets.install()
    app.router.routes.insert(0, OgcRoute())  # first: the busiest, and found by its prefix
    pages.mount_static(app)
    install(app)
    describe(app)
    return app


def _rates() -> Rates:
    """The limits of this process: its share of what all of them give together."""
    guard, workers = read(GuardSettings), read(ServeSettings).workers
    return Rates(guard.rate_per_s / workers, guard.rate_burst / workers)


def _cors() -> list[Middleware]:
    """Which other sites' pages may read the answers; none where none is set."""
    origins = read(GuardSettings).cors_origins.split()
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware, allow_origins=origins, allow_methods=["*"],
            allow_headers=["Authorization", "Content-Type", "If-Match", "If-None-Match"],
            expose_headers=["ETag", "Link", "Location", "Content-Crs", "Retry-After",
                            "X-Request-ID"],
        )
    ]  # fmt: skip


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the database where none was given; as many threads as connections."""
    threads = read(DatabaseSettings).threads
    anyio.to_thread.current_default_thread_limiter().total_tokens = threads
    with ExitStack() as stack:
        if app.state.database is None:
            database = stack.enter_context(open_database("serve")).database
            app.state.doors = Doors.of(database)
        app.state.jobs.board = app.state.doors.board()
        sweep()
        yield
        await anyio.to_thread.run_sync(app.state.jobs.close)
        app.state.doors.close()
