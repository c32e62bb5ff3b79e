"""Who is calling, and what may they do? Bearer tokens: hashed, dated, revocable, of one role.

A token is 256 random bits; only its SHA-256 is stored. A fast hash is right here: there is no
password to guess, and a lookup by hash leaks nothing by its timing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from api.auditing import came_in
from api.openid import Said, provider_as_set
from geo.errors import BadInput, NotAllowed, NotFound, both
from geo.models.account import ROLES, ApiToken

if TYPE_CHECKING:
    from api.reads import Doors

PREFIX = "mza_"
"""Begins every token, so that one that leaks into a file can be found by its look."""

LONGEST_LABEL = 200
_bearer = HTTPBearer(auto_error=False, description="令牌 · a token made by `atlas token create`")


@dataclass(frozen=True)
class Issued:
    """A new token; `secret` is shown once and stored nowhere."""

    id: int
    secret: str
    expires_at: datetime | None


def issue(
    session: Session, *, label: str, role: str, division_code: str | None, days: int | None
) -> Issued:
    """Make a token of a role, for a division (None: everywhere), for so many days (None: lasting).

    Raises BadInput for a label that is none, an unknown role, a term that is not positive.
    """
    if not label.strip() or not label.isprintable() or len(label) > LONGEST_LABEL:
        raise BadInput(
            both(
                f"用途须为 1–{LONGEST_LABEL} 个可见字符。",
                f"a label is 1 to {LONGEST_LABEL} printable characters",
            ),
            parameter="label",
        )
    if role not in ROLES:
        raise BadInput(
            f"未知角色 {role!r} / unknown role; known: {', '.join(ROLES)}", parameter="role"
        )
    if days is not None and not 1 <= days <= 3650:
        raise BadInput("有效期为 1–3650 天 / a term is 1 to 3650 days", parameter="days")
    secret = PREFIX + secrets.token_urlsafe(32)
    expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
    token = ApiToken(
        label=label,
        role=role,
        token_hash=_hashed(secret),
        division_code=division_code,
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    return Issued(token.id, secret, expires_at)


@dataclass(frozen=True)
class Listed:
    """What may be shown of a token."""

    id: int
    label: str
    role: str
    division_code: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    @property
    def is_valid(self) -> bool:
        """Does it open the door now?"""
        return self.revoked_at is None and (
            self.expires_at is None or self.expires_at > datetime.now(UTC)
        )


def listed(session: Session) -> list[Listed]:
    """Answer every token ever made, newest first, without its hash."""
    columns = (getattr(ApiToken, name) for name in Listed.__dataclass_fields__)
    rows = session.execute(select(*columns).order_by(ApiToken.id.desc()))
    return [Listed(*row) for row in rows]


def revoke(session: Session, token_id: int) -> None:
    """Close the door to a token from now on. Raises NotFound where there is none (still open)."""
    done = session.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .returning(ApiToken.id)
    )
    if done.first() is None:
        raise NotFound(
            f"没有编号为 {token_id} 的有效令牌 / no token {token_id} that is not revoked"
        )


@dataclass(frozen=True)
class Caller:
    """Whoever holds a valid token: the role, the division that it is limited to, which token."""

    role: str
    division_code: str | None
    token_id: int


def caller_of(connection: Session | Connection, secret: str) -> Caller | None:
    """Answer who holds a token, or None where it is unknown, expired or revoked."""
    row = connection.execute(
        select(ApiToken.role, ApiToken.division_code, ApiToken.id).where(
            ApiToken.token_hash == _hashed(secret),
            ApiToken.revoked_at.is_(None),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > func.now()),
        )
    ).first()
    return Caller(*row) if row else None


def whose(doors: Doors, secret: str) -> Caller | None:
    """Answer who shows a token of ours, or one of the set OpenID provider; None where nobody."""
    if not secret.startswith(PREFIX) and (provider := provider_as_set()) is not None:
        said = provider.verified(secret)
        if said is None:
            return None
        return Caller(said.role, said.division_code, _entry_of(doors, said))
    with doors.staff() as connection:
        return caller_of(connection, secret)


def _entry_of(doors: Doors, said: Said) -> int:
    """The entry that stands for somebody whom the OpenID provider knows: made at the first visit.

    It holds a hash of who that is, and random bytes in place of a token's hash: no bearer token
    opens it.
    """
    label = f"OpenID {said.subject_hash}"
    of_label = select(ApiToken.id).where(ApiToken.label == label).order_by(ApiToken.id).limit(1)
    with doors.staff() as connection:
        known = connection.scalar(of_label)
    if known is not None:
        return int(known)
    with doors.writing() as session:
        made = ApiToken(
            label=label, role=said.role, division_code=said.division_code,
            token_hash=secrets.token_bytes(32),
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made.id


@dataclass(frozen=True)
class Gate:
    """Whom a dependency lets in: roles beside the administrator; whether a token is a must."""

    roles: tuple[str, ...]
    is_must: bool


GATES: dict[Callable[..., object], Gate] = {}
"""Every dependency made below; `api.access_table` tells of them."""


def requires(*roles: str) -> Callable[..., Caller]:
    """Make the dependency that lets in only these roles (and the administrator)."""

    def admitted(
        request: Request,
        given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> Caller:
        if given is None:
            raise no_token()
        caller = whose(request.app.state.doors, given.credentials)
        if caller is None:
            raise _unknown("令牌无效、过期或已撤销 / the token is unknown, expired or revoked")
        came_in(caller)
        if caller.role not in (*roles, "administrator"):
            raise NotAllowed(f"此操作需要角色 / this needs the role: {', '.join(roles)}")
        return caller

    GATES[admitted] = Gate(roles, is_must=True)
    return admitted


def if_given(*roles: str) -> Callable[..., Caller | None]:
    """Make the dependency that lets in everybody, and refuses a token that `requires` would."""
    admitted = requires(*roles)

    def known(
        request: Request,
        given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> Caller | None:
        return None if given is None else admitted(request, given)

    GATES[known] = Gate(roles, is_must=False)
    return known


def no_token() -> HTTPException:
    """The answer to whoever must show a token and has none."""
    return _unknown("请在 Authorization 头中提供令牌 / send: Authorization: Bearer <token>")


def _hashed(secret: str) -> bytes:
    """The SHA-256 of a token."""
    return hashlib.sha256(secret.encode()).digest()


def _unknown(detail: str) -> HTTPException:
    """The answer to a missing or dead token."""
    return HTTPException(401, detail, headers={"WWW-Authenticate": "Bearer"})
