"""What can be set from outside? Every ATLAS_… variable, in one small class per concern.

Each class reads its own part of the environment, so a part of the house asks only for what it
needs: `MapSettings()`. An empty variable counts as unset. `read(MapSettings)` does the same and
turns a value that cannot be used into one plain sentence instead of a validation report.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo.errors import BadInput

CHECKOUT = Path(__file__).resolve().parent.parent
"""The folder that holds `atlas`, `geo/`, `maps/` and `api/`."""

_ENVIRONMENT = SettingsConfigDict(
    env_prefix="ATLAS_", env_ignore_empty=True, extra="ignore", frozen=True
)


class HomeSettings(BaseSettings):
    """Where do the private database, logs and saved work lie?"""

    model_config = _ENVIRONMENT

    home: Path | None = Field(
        default=None,
        description="Folder of the private database and logs. Default: `.atlas/` in the checkout; "
        "as root `/var/lib/minzheng-atlas/<hash of the checkout>`.",
    )

    @property
    def folder(self) -> Path:
        """The home folder as an absolute path; it need not exist yet."""
        if self.home is not None:
            return self.home.expanduser().absolute()
        if os.geteuid() == 0:
            key = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:12]
            return Path("/var/lib/minzheng-atlas") / key
        return CHECKOUT / ".atlas"


class DatabaseSettings(BaseSettings):
    """Which PostgreSQL is used, and with how many connections?"""

    model_config = _ENVIRONMENT

    database_url: SecretStr | None = Field(
        default=None,
        description="An existing server, `postgresql://user:password@host:5432/name`, instead of "
        "the private one.",
    )
    public_database_url: SecretStr | None = Field(
        default=None,
        description="The same database as a role that may only read schema `atlas_public`. "
        "Default: the private database's own role; with ATLAS_DATABASE_URL read-only sessions of "
        "that role.",
    )
    read_urls: SecretStr | None = Field(
        default=None,
        description="Streaming replicas of that server for public reads, as such addresses of the "
        "reading role, separated by blanks.",
    )
    read_lag_s: float = Field(
        default=10.0,
        ge=0,
        description="A replica that lags by more than this (s) is not asked.",
    )
    pg_bin: Path | None = Field(
        default=None,
        description="Folder with `initdb` and `postgres` to use. Default: the newest PostgreSQL "
        "that has PostGIS.",
    )
    threads: int = Field(
        default=16,
        ge=2,
        le=200,
        description="Requests served at one time; the connection pools are sized to match.",
    )

    @field_validator("read_urls")
    @classmethod
    def _are_addresses(cls, given: SecretStr | None) -> SecretStr | None:
        for number, url in enumerate(given.get_secret_value().split() if given else [], 1):
            if not re.match(r"postgres(ql)?(\+psycopg)?://", url):
                raise ValueError(f"address {number} is not postgresql://…")
        return given

    @property
    def replica_urls(self) -> list[str]:
        """The addresses of the replicas."""
        return self.read_urls.get_secret_value().split() if self.read_urls else []


class ServeSettings(BaseSettings):
    """Where is the service reached, and by whom?"""

    model_config = _ENVIRONMENT

    host: str = Field(default="127.0.0.1", description="Address that `up` and `serve` listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Processes that serve; they share ATLAS_THREADS among them.",
    )
    root_path: str = Field(
        default="",
        pattern=r"^(/[A-Za-z0-9._~-]+)*$",
        description="Prefix under which a proxy shows the service, for example `/atlas`; whether "
        "the proxy strips it or not.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        description="Addresses or networks of the proxies whose X-Forwarded-For and -Proto count.",
    )
    log: Literal["plain", "json"] = Field(
        default="plain", description="Form of the log's lines: `plain` or `json`."
    )
    log_requests: bool = Field(
        default=False, description="A line in the log for each request: its path, never its query."
    )
    log_file: Path | None = Field(
        default=None, description="File for the log. Default: where errors are printed (stderr)."
    )
    public_mode: bool = Field(
        default=False,
        description="Serve the public: no map layer without an approval number.",
    )
    public_url: str = Field(
        default="",
        description="Address of the service as others see it, for example `https://dm.example.cn`: "
        "stands in identifiers and exports. Empty: the address that was asked.",
    )


class GuardSettings(BaseSettings):
    """How much may one caller ask, which other sites may ask, and who vouches for officers?"""

    model_config = _ENVIRONMENT

    rate_per_s: float = Field(
        default=50.0,
        ge=0,
        description="Requests a second that one address, or one token, may ask for good; 0: no "
        "limit.",
    )
    rate_burst: float = Field(
        default=500.0, ge=1, description="Requests that it may ask at once, before that holds."
    )
    cors_origins: str = Field(
        default="",
        pattern=r"^(\*|https?://[^\s/]+( https?://[^\s/]+)*)?$",
        description="Sites whose pages may read the answers, for example `https://gis.example.cn`, "
        "separated by blanks; `*`: all. Empty: none.",
    )
    oidc_issuer: str = Field(
        default="",
        pattern=r"^(https://\S+|http://(127\.0\.0\.1|localhost)(:\d+)?\S*)?$",
        description="OpenID Connect provider whose tokens let officers in, beside our own. Empty: "
        "none.",
    )
    oidc_audience: str = Field(
        default="", description="Audience that its tokens must name: this service's client id."
    )
    oidc_role_claim: str = Field(
        default="atlas_role", description="Claim that holds the role, as `atlas token` names them."
    )
    oidc_division_claim: str = Field(
        default="atlas_division",
        description="Claim that holds the division (12 digits); without it the token covers all.",
    )

    @model_validator(mode="after")
    def _names_its_audience(self) -> GuardSettings:
        if self.oidc_issuer and not self.oidc_audience:
            raise ValueError("ATLAS_OIDC_ISSUER needs ATLAS_OIDC_AUDIENCE beside it")
        return self


class MapSettings(BaseSettings):
    """What does every map have to show or use?"""

    model_config = _ENVIRONMENT

    old_map_approval_number: str = Field(
        default="",
        description="审图号 of the layers of old boundaries, which need one of their own.",
    )
    map_approvals: Path | None = Field(
        default=None,
        description="TOML file with the 审图号 of each layer: number, approver, date, scope.",
    )
    map_approval_number: str = Field(
        default="",
        description="审图号 shown on every map, for example `苏S(2026)000号`. Empty: each map says "
        "「未经地图审核，仅限内部演示」.",
    )
    tile_url: str = Field(
        default="",
        description="Base map tiles as `https://…/{z}/{x}/{y}`. Empty: no request leaves the "
        "machine.",
    )


class TileSettings(BaseSettings):
    """How many map tiles are kept, and how full may one be?"""

    model_config = _ENVIRONMENT

    tile_cache_mb: int = Field(
        default=64, ge=0, le=16_384, description="Tiles that each process keeps in memory, in MB."
    )
    tile_features: int = Field(
        default=50_000,
        ge=100,
        le=1_000_000,
        description="Features in one tile; of more, one from each cell of a grid is drawn, and the "
        "tile says so.",
    )


class PlanSettings(BaseSettings):
    """May changes of divisions that are only planned be kept and read here?"""

    model_config = _ENVIRONMENT

    planned_changes: bool = Field(
        default=False,
        description="Let those with the right keep and read planned changes of divisions. Off: "
        "every such question is refused.",
    )


class CitySettings(BaseSettings):
    """Which city is loaded, and how are small numbers protected?"""

    model_config = _ENVIRONMENT

    city: str = Field(
        default="320400",
        min_length=1,
        description="City that `up` loads: name (常州市) or six-digit code.",
    )
    small_count_threshold: int = Field(
        default=10, ge=0, description="Counts of people below this are suppressed in public output."
    )


class WalkSettings(BaseSettings):
    """How fast do elders walk, how far beside the ways, and how many need care?"""

    model_config = _ENVIRONMENT

    walk_speed_ms: float = Field(
        default=0.8,
        gt=0,
        le=5,
        description="Walking speed of elders in metres a second: turns minutes into metres. Plans "
        "count 60 m a minute (pace `planning`).",
    )
    snap_limit_m: float = Field(
        default=200.0,
        gt=0,
        le=5000,
        description="Places farther than this (m) from every way are listed and not covered on "
        "foot.",
    )
    disabled_rate: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Share of disabled (失能) people among those aged 60 and over, for areas whose "
        "data state none. Unset: unknown.",
    )
    disabled_rate_source: str = Field(
        default="",
        description="Where that share comes from and how sure it is; shown beside every estimate.",
    )


class FinderSettings(BaseSettings):
    """What does the public elder-care page say, offer and take in?"""

    model_config = _ENVIRONMENT

    beds_stale_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="Free beds reported longer ago than these days are shown with 「可能已变」.",
    )
    price_stale_days: int = Field(
        default=365,
        ge=1,
        le=3650,
        description="Prices of longer ago than these days are shown with 「可能已变」.",
    )
    closes_soon_min: int = Field(
        default=30,
        ge=0,
        le=240,
        description="A place that closes within these minutes is shown as closing soon.",
    )
    phone_maps: bool = Field(
        default=True,
        description="Offer 「怎么去」: links that open a phone's own map app, on tap only. "
        "`false`: no link to any other service is shown.",
    )
    reports_per_hour: int = Field(
        default=5,
        ge=0,
        le=1000,
        description="Reports of wrong information that one address may send in an hour; 0: none "
        "are taken.",
    )
    reports_per_day: int = Field(
        default=300,
        ge=0,
        le=100_000,
        description="Reports of wrong information that are taken in a day altogether.",
    )


class LoadSettings(BaseSettings):
    """When is a delivered shape mended, refused or reported?"""

    model_config = _ENVIRONMENT

    repair_percent: float = Field(
        default=1.0,
        ge=0,
        description="An invalid polygon is refused when mending changes its area by more than this "
        "percentage.",
    )
    overlap_m2: float = Field(
        default=1.0,
        ge=0,
        description="Overlaps and gaps between neighbours up to this area (m²) are not reported.",
    )


class UploadSettings(BaseSettings):
    """How much may be delivered to the service, and how many loadings may wait there?"""

    model_config = _ENVIRONMENT

    upload_mb: int = Field(
        default=512, ge=1, le=4096, description="Largest upload, all files of it together, in MB."
    )
    uploads_waiting: int = Field(
        default=8,
        ge=1,
        le=100,
        description="Uploads that may wait for their turn; one more is told to come again later.",
    )


class MatchSettings(BaseSettings):
    """When are two delivered or stored facilities likely, or surely, the same site?"""

    model_config = _ENVIRONMENT

    match_likely: float = Field(
        default=0.6,
        gt=0,
        le=1,
        description="Score from which two sites are put to review: a name alone gives 0.45, so it "
        "takes one more witness.",
    )
    match_spot_m: float = Field(
        default=50.0,
        ge=0,
        description="Sites this near stand on one spot: two devices on one building differ by "
        "less, two neighbouring sites by more.",
    )
    match_near_m: float = Field(
        default=100.0,
        gt=0,
        le=2000,
        description="Sites this near are compared whatever their names: geocoders miss by as much.",
    )
    match_far_m: float = Field(
        default=1000.0,
        gt=0,
        description="Beyond this distance even the same address speaks no more for one site.",
    )


class InspectionSettings(BaseSettings):
    """When has a boundary line been walked, and when do two sides measure the same place?"""

    model_config = _ENVIRONMENT

    walked_within_m: float = Field(
        default=50.0,
        gt=0,
        le=5000,
        description="A boundary line counts as walked where a track comes this near (m).",
    )
    walked_hop_m: float = Field(
        default=100.0,
        gt=0,
        le=10_000,
        description="Between two points of a track farther apart than this (m) nobody is known to "
        "have walked.",
    )
    same_place_m: float = Field(
        default=10.0,
        gt=0,
        le=1000,
        description="Both sides measured one place when their positions differ by less than this "
        "(m), or by less than twice the errors that they state.",
    )


class NamingSettings(BaseSettings):
    """Where are the officer's lists for checking names?"""

    model_config = _ENVIRONMENT

    naming_lists: Path | None = Field(
        default=None,
        description="Folder with the officer's lists for checking names (restricted personal "
        "names, brands, foreign names, dialect …), outside the checkout. Without it those rules "
        "say 未检查.",
    )
    heritage_sheets: Path | None = Field(
        default=None,
        description="Folder with the bureau's own `score-sheets.toml` for nominations of listed "
        "names; the one that comes along is an example.",
    )


class TestSettings(BaseSettings):
    """What does `atlas test` use and run?"""

    __test__ = False  # pytest collects classes by this name otherwise
    model_config = _ENVIRONMENT

    chromium: Path | None = Field(
        default=None, description="Chromium for the browser tests. Default: looked for on PATH."
    )
    test_full: bool = Field(default=False, description="Run the slow tests too (`test --full`).")


ALL = (
    HomeSettings,
    DatabaseSettings,
    ServeSettings,
    GuardSettings,
    MapSettings,
    TileSettings,
    PlanSettings,
    CitySettings,
    WalkSettings,
    FinderSettings,
    LoadSettings,
    UploadSettings,
    MatchSettings,
    InspectionSettings,
    NamingSettings,
    TestSettings,
)
"""Every class of settings, for the page that documents them and the test that checks it."""

Concern = TypeVar("Concern", bound=BaseSettings)


@lru_cache(maxsize=256)
def _read(concern: type[BaseSettings], told: tuple[tuple[str, str], ...]) -> BaseSettings:
    """The settings under these variables: a request reads them many times, they seldom change."""
    return concern()


def read(concern: type[Concern]) -> Concern:
    """Answer the settings of one concern from the environment; worked out again when that changes.

    Raises BadInput that names the variable when a value cannot be used.
    """
    told = tuple(one for one in os.environ.items() if one[0].upper().startswith("ATLAS_"))
    try:
        return _read(concern, told)  # type: ignore[return-value]
    except ValidationError as problem:
        first = problem.errors()[0]
        name = f"ATLAS_{'_'.join(str(part) for part in first['loc'])}".upper()
        given = "" if "url" in name.lower() else f" = {os.environ.get(name, '')!r}"
        raise BadInput(
            f"环境变量 {name}{given} 无法使用：{first['msg']}。"
            "请改正或取消该变量，见 docs/settings.md。\n"
            f"{name} cannot be used: {first['msg']}. Correct or unset it; see docs/settings.md.",
            parameter=name,
        ) from None
