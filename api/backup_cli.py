"""How are data and set-up carried elsewhere? `atlas backup`, `atlas restore`, `atlas bundle`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.telling import Teller
from api.version import version
from geo.backup.restore import restore
from geo.backup.save import save
from geo.db import open_database


def register(app: typer.Typer) -> None:
    """Add `backup`, `restore` and `bundle` to an app."""
    app.command("backup")(keep)
    app.command("restore")(bring_back)
    app.command("bundle")(pack)


def keep(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="备份文件 · the file to write.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="覆盖同名文件 · put it in place of one that exists.")
    ] = False,
) -> None:
    """把全部数据备份成一个文件。Keep all data in one file, with a hash of every table."""
    teller = Teller()
    with open_database("atlas backup") as opened, teller.step("备份 · backup"):
        kept = save(opened.database, file, version=version(), replace=replace)
    rows = sum(found.rows for found in kept.tables.values())
    teller.say(
        f"{kept.file}  {kept.size_bytes / 1e6:.1f} MB · {len(kept.tables)} 张表 tables · "
        f"{rows} 行 rows · 版本 revision {kept.revision}"
    )
    teller.say(
        "[dim]文件含非公开数据，请妥善保管 · it holds data that are not public: keep it safe[/]"
    )


def bring_back(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="备份文件 · the backup.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="代替现有数据 · in place of the data that are there.")
    ] = False,
) -> None:
    """用备份恢复全部数据，并逐表核对。Bring a backup back and compare every table."""
    teller = Teller()
    with open_database("atlas restore") as opened, teller.step("恢复与核对 · restore and compare"):
        kept = restore(opened.database, file, replace=replace)
    teller.say(
        f"已恢复 {kept.made_at} 的备份，{len(kept.tables)} 张表逐一核对一致 · "
        f"restored the backup of {kept.made_at}; {len(kept.tables)} tables are the same, row by row"
    )


def pack(
    out: Annotated[Path, typer.Option("--out", help="安装包文件 .tar · the file to write.")],
    for_tests: Annotated[
        bool, typer.Option("--for-tests", help="含测试所需 · with what ./atlas test needs.")
    ] = False,
) -> None:
    """制作离线安装包（需要网络）。Pack all that a machine without internet needs to be set up."""
    from api.bundle import bundle  # brings pip's and apt's work: only when needed
    from maps.assets import VENDOR, fetch_assets

    teller = Teller()
    fetch_assets(for_tests=for_tests)
    with teller.step("离线安装包 · bundle") as step:
        packed = bundle(out, VENDOR, for_tests=for_tests, progress=step)
    teller.say(
        f"{packed.file}  {packed.size_bytes / 1e6:.0f} MB · {packed.wheels} wheels · "
        f"{packed.debs} debs\n./atlas up --bundle {packed.file.name}"
    )
