"""Whom does the government's own sign-in vouch for? Tokens of an OpenID Connect provider.

Off unless ATLAS_OIDC_ISSUER is set; then this is the one place from which a request leaves the
machine, to that provider alone: for its keys, which are kept.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import urllib.request
from dataclasses import dataclass
from functools import lru_cache

import jwt

from geo.errors import NotAllowed, Unavailable, both
from geo.models.account import ROLES
from geo.settings import GuardSettings, read

log = logging.getLogger("atlas.api")

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Signed by a key pair: a token signed with a shared secret, or not at all, is none."""
PATIENCE_S = 5
LEEWAY_S = 30


@dataclass(frozen=True)
class Said:
    """What the provider says of a caller; who that is stands here as a hash only."""

    subject_hash: str
    role: str
    division_code: str | None


@dataclass(frozen=True)
class Provider:
    """An OpenID Connect provider."""

    issuer: str
    audience: str
    role_claim: str
    division_claim: str
    keys: jwt.PyJWKClient

    def verified(self, token: str) -> Said | None:
        """Answer what a token says, None where it is none of the provider's or has expired.

        Raises NotAllowed for a caller without a role here, Unavailable where the provider's keys
        cannot be had.
        """
        try:
            key = self.keys.get_signing_key_from_jwt(token)
            claims = jwt.decode(
                token, key, algorithms=list(ALGORITHMS), audience=self.audience,
                issuer=self.issuer, leeway=LEEWAY_S,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )  # fmt: skip
        except jwt.PyJWKClientConnectionError as problem:
            raise _away(self.issuer) from problem
        except (jwt.PyJWTError, ValueError):
            return None
        role, division = claims.get(self.role_claim), claims.get(self.division_claim)
        fits = role in ROLES and (division is None or re.fullmatch(r"\d{12}", str(division)))
        if not fits:
            raise NotAllowed(
                both(
                    f"统一身份认证没有给出可用的角色（{self.role_claim}）或区划"
                    f"（{self.division_claim}，12 位），请联系管理员。",
                    f"the provider names no usable role ({self.role_claim}) or division"
                    f" ({self.division_claim}, 12 digits): ask the administrator",
                )
            )
        who = f"{self.issuer}\n{claims['sub']}"
        return Said(
            hashlib.sha256(who.encode()).hexdigest(),
            str(role),
            None if division is None else str(division),
        )


def provider_as_set() -> Provider | None:
    """Answer the provider of the settings, None where none is set; its address book is read once.

    Raises Unavailable where the provider does not answer.
    """
    guard = read(GuardSettings)
    return _provider(guard) if guard.oidc_issuer else None


@lru_cache(maxsize=4)
def _provider(guard: GuardSettings) -> Provider:
    issuer = guard.oidc_issuer.rstrip("/")
    try:
        address = f"{issuer}/.well-known/openid-configuration"
        # The setting lets in https, and http of this machine.
        with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:  # noqa: S310
            told = json.loads(answer.read(1_000_000))
        keys_at = str(told["jwks_uri"])
        if str(told["issuer"]).rstrip("/") != issuer or not keys_at.startswith(issuer[:8]):
            raise ValueError("it speaks for another issuer")
    except (OSError, ValueError, KeyError, TypeError) as problem:
        log.error("OpenID provider: %s", problem)
        raise _away(issuer) from problem
    keys = jwt.PyJWKClient(keys_at, cache_keys=True, lifespan=600, timeout=PATIENCE_S)
    return Provider(
        str(told["issuer"]), guard.oidc_audience, guard.oidc_role_claim,
        guard.oidc_division_claim, keys,
    )  # fmt: skip


def _away(issuer: str) -> Unavailable:
    return Unavailable(
        both(
            "统一身份认证暂时无法访问，请稍后再试，或使用本系统令牌。",
            f"the OpenID provider {issuer} cannot be reached: try again, or use a token of ours",
        )
    )
