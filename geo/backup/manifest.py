"""What does a backup file say of itself?"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from geo.backup.fingerprints import Fingerprint
from geo.errors import BadInput, both

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "atlas.dump"
_LONGEST = 1_000_000


@dataclass(frozen=True)
class Manifest:
    """Which version wrote the backup, when, and what each table held then."""

    version: str
    revision: str
    made_at: str
    postgresql: int
    dump_sha256: str
    tables: Mapping[str, Fingerprint]

    def as_json(self) -> str:
        """Answer the manifest as it stands in the file."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        told["tables"] = {name: asdict(found) for name, found in self.tables.items()}
        return json.dumps({"format": FORMAT, **told}, indent=1, ensure_ascii=False)


def read_manifest(file: Path) -> Manifest:
    """Answer the manifest of a backup file. Raises BadInput where the file is no whole backup."""
    if not file.is_file():
        raise BadInput(both(f"没有文件 {file}。", f"there is no file {file}"), parameter="FILE")
    try:
        with tarfile.open(file, "r:") as tar:  # never packed
            names = tar.getnames()
            stream = tar.extractfile(MANIFEST)
            told = json.loads(stream.read(_LONGEST)) if stream is not None else {}
        if names != [MANIFEST, DUMP]:
            raise KeyError(DUMP)
        own = {field.name: told[field.name] for field in fields(Manifest)}
        own["tables"] = {name: Fingerprint(**kept) for name, kept in told["tables"].items()}
        manifest = Manifest(**own)
        written = told["format"]
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise BadInput(
            both(
                f"{file} 不是完整的备份文件（./atlas backup 所写）。",
                f"{file} is no whole backup as ./atlas backup writes them",
            ),
            parameter="FILE",
        ) from problem
    if written != FORMAT:
        raise BadInput(
            both(
                f"{file} 的备份格式是 {written!r}，本版本只认 {FORMAT}。",
                f"{file} is of backup format {written!r}; this version reads {FORMAT}",
            ),
            parameter="FILE",
        )
    return manifest
