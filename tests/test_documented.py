"""Is every command, every setting and every route written down, and is what is written true?"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from fastapi.routing import APIRoute
from pydantic_core import PydanticUndefined

from geo.settings import ALL, CHECKOUT

OF_THE_SCRIPT = {"ATLAS_PYTHON"}
OF_THE_TESTS = {"ATLAS_TEST_HOME"}


def _text(*names: str) -> str:
    return "\n".join((CHECKOUT / name).read_text(encoding="utf-8") for name in names)


def _everything() -> str:
    pages = [*CHECKOUT.glob("README*.md"), *CHECKOUT.glob("docs/**/*.md")]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def _commands(group: Any, path: str = "atlas") -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{path} {name}")
        elif not command.hidden:
            yield f"{path} {name}"


def _with_commands(group: Any) -> Iterator[tuple[str, Any]]:
    """Every command and group with its name."""
    for name, command in group.commands.items():
        yield name, command
        yield from _with_commands(command) if hasattr(command, "commands") else ()


def every_command() -> Any:
    from api.cli import app

    door: Any = typer.main.get_command(app)
    return door.whole()


def test_every_command_is_documented() -> None:
    commands = list(_commands(every_command()))
    assert {"atlas up", "atlas serve", "atlas status", "atlas down", "atlas test"} <= set(commands)
    page = _text("docs/cli.md")
    assert [name for name in commands if not re.search(rf"\b{re.escape(name)}\b", page)] == []


def test_a_date_is_asked_for_in_letters_that_people_read() -> None:
    shown = [
        told
        for _, command in _with_commands(every_command())
        for one in command.params
        if (told := (one.get_help_record(typer.Context(command)) or [""])[0])
    ]
    assert any("YYYY-MM-DD" in one for one in shown)
    assert [one for one in shown if "%" in one] == []


def test_every_documented_command_exists() -> None:
    commands = set(_commands(every_command()))
    headings = re.findall(r"^#+ `(atlas [a-z-]+(?: [a-z-]+)*)", _text("docs/cli.md"), re.MULTILINE)
    assert headings
    assert [name for name in headings if name not in commands] == []


def test_the_table_of_commands_says_what_the_wings_say() -> None:
    from api.wings import TABLE, true_table, written

    assert TABLE.read_text(encoding="utf-8") == written(true_table()), "run python -m api.wings"


def test_no_two_wings_bring_a_command_of_one_name() -> None:
    from api.cli import app
    from api.wings import read_table

    own = {command.callback.__name__ for command in app.registered_commands if command.callback}
    names = [name for lines in read_table().values() for name in lines] + sorted(own)
    assert len(names) == len(set(names))


def test_the_help_imports_no_wing() -> None:
    """Commands start in a moment: what is heavy waits for the command that needs it."""
    looked = (
        "import sys; from typer.testing import CliRunner; from api.cli import app; "
        "done = CliRunner().invoke(app, ['--help']); assert 'coverage' in done.stdout, done; "
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", looked], capture_output=True, text=True, check=True
    )
    heavy = {"numba", "scipy", "matplotlib", "geopandas", "pandas", "dask", "fastapi", "folium"}
    assert heavy & set(done.stdout.split()) == set()


def _settings() -> dict[str, Any]:
    return {
        f"ATLAS_{name.upper()}": field
        for concern in ALL
        for name, field in concern.model_fields.items()
    }


@pytest.mark.parametrize("name", sorted(_settings()))
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    row = re.search(rf"^\| `{name}` \|([^|]*)\|", _text("docs/settings.md"), re.MULTILINE)
    assert row, f"{name} has no row in docs/settings.md"
    default = _settings()[name].default
    if default not in (None, "", PydanticUndefined):
        assert str(default).lower() in row[1].lower()


def test_no_setting_is_documented_that_does_not_exist() -> None:
    named = set(re.findall(r"\bATLAS_[A-Z_]*[A-Z]\b", _everything()))
    assert named - set(_settings()) - OF_THE_SCRIPT == set()


def test_no_variable_is_read_behind_the_settings_back() -> None:
    sources = [CHECKOUT / "atlas", *CHECKOUT.glob("tests/**/*.py")]
    sources += [
        path for wing in ("geo", "maps", "api") for path in CHECKOUT.glob(f"{wing}/**/*.py")
    ]
    read = {
        name
        for source in sources
        for name in re.findall(r"\bATLAS_[A-Z_]*[A-Z]\b", source.read_text(encoding="utf-8"))
    }
    assert read - set(_settings()) - OF_THE_SCRIPT - OF_THE_TESTS == set()


def test_every_page_is_named_when_the_service_starts() -> None:
    from api.serving import links

    rows = re.findall(r"^\| (`/[^|]*) \|", _text("docs/pages.md"), re.MULTILINE)
    pages = {page for row in rows for page in re.findall(r"`(/[a-z-]*)`", row)}
    assert {"/", "/elder-care", "/heritage", "/naming"} <= pages
    told = {address.removeprefix("http://127.0.0.1:80") for _, address in links("0.0.0.0", 80)}
    assert pages - told == set()


def test_every_route_is_documented() -> None:
    from api.app import create_app

    text = _everything()
    routes = {(route.path, route.path_format) for route in _routes(create_app().routes)}
    assert len(routes) > 10
    missing = [told for told in sorted(routes) if not any(f"{path}`" in text for path in told)]
    assert missing == []


def _routes(routes: list[Any]) -> Iterator[APIRoute]:
    """Every route, also those that included routers keep to themselves."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from _routes(getattr(getattr(route, "original_router", route), "routes", []))
