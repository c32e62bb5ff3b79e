"""Where are the photos that the forms of a campaign name?"""

from __future__ import annotations

from geo.survey.inspections.files.photos import path_of, photo_folder
from geo.survey.inspections.progress import Progress


def photos_of(found: Progress) -> dict[str, bytes]:
    """Checksum → JPEG; one that is no longer there is left out."""
    folder = photo_folder()
    wanted = {
        photo["sha256"]
        for standing in found.standings
        for form in standing.forms.values()
        for photo in form.data.get("photos") or []
    }
    paths = {sha256: folder / path_of(sha256) for sha256 in wanted}
    return {sha256: path.read_bytes() for sha256, path in paths.items() if path.is_file()}
