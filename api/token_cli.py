"""`atlas token`: who gets in, until when, and who no longer?"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.schemas.parameters import full_division
from api.security import Listed, issue, listed, revoke
from geo.db.engine import open_session
from geo.models.account import ROLES

app = typer.Typer(
    name="token",
    help="令牌：新建、列出、撤销 / API tokens: create, list, revoke",
    no_args_is_help=True,
)


def register(wing: typer.Typer) -> None:
    """Add the commands on tokens to an app."""
    wing.add_typer(app, name="token")


@app.command("create")
def create(
    label: Annotated[str, typer.Argument(help="用途 / what the token is for")],
    role: Annotated[str, typer.Option(help="角色 / role: " + " ".join(ROLES))] = "planner",
    division: Annotated[
        str | None, typer.Option(help="限于区划代码 / limited to a division code")
    ] = None,
    days: Annotated[int, typer.Option(help="有效天数 / days until it expires")] = 90,
    lasting: Annotated[bool, typer.Option(help="永不过期 / never expires")] = False,
) -> None:
    """新建令牌；只显示一次 / Make a token; it is shown once."""
    code = full_division(division) if division else None
    with open_session() as session:
        made = issue(
            session, label=label, role=role, division_code=code, days=None if lasting else days
        )
    until = f"{made.expires_at:%Y-%m-%d}" if made.expires_at else "永久 / lasting"
    typer.echo(made.secret)
    typer.echo(
        f"编号 {made.id}，有效至 {until}；请立即保存，以后无法再显示 / "
        f"token {made.id}, valid until {until}; keep it now, it cannot be shown again",
        err=True,
    )


@app.command("list")
def show() -> None:
    """列出令牌 / List the tokens, without their secrets."""
    with open_session() as session:
        tokens = listed(session)
    table = Table(
        "编号 id", "用途 label", "角色 role", "区划 division", "有效至 until", "状态 state"
    )
    for token in tokens:
        until = f"{token.expires_at:%Y-%m-%d}" if token.expires_at else "永久 lasting"
        table.add_row(
            str(token.id),
            escape(token.label),
            token.role,
            token.division_code or "全部 all",
            until,
            _state(token),
        )
    Console().print(table)


def _state(token: Listed) -> str:
    """Whether a token opens the door now, and if not, why."""
    if token.is_valid:
        return "有效 valid"
    return "已撤销 revoked" if token.revoked_at else "过期 expired"


@app.command("revoke")
def end(token_id: Annotated[int, typer.Argument(help="编号 / id from `atlas token list`")]) -> None:
    """撤销令牌，立即生效 / Revoke a token, at once."""
    with open_session() as session:
        revoke(session, token_id)
    typer.echo(f"已撤销令牌 {token_id} / token {token_id} is revoked")
