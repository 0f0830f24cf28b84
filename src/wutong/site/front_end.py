"""The files of front-end libraries that pages load. They are installed by npm and never part of the project."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FILES = {
    "maplibre/maplibre-gl-csp.js": "maplibre-gl/dist/maplibre-gl-csp.js",
    "maplibre/maplibre-gl-csp-worker.js": "maplibre-gl/dist/maplibre-gl-csp-worker.js",
    "maplibre/maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
}
"""Name below the static address, and where npm put it."""


class FrontEndFinder(BaseFinder):
    """Finds exactly the files above; those that are not installed are left out, and pages do without them."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        known = _place(path)
        if known is None or not known.is_file():
            return [] if find_all else None
        return [str(known)] if find_all else str(known)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        for name, source in FILES.items():
            if (settings.FRONT_END_DIR / source).is_file():
                yield name, _Renamed(name, settings.FRONT_END_DIR / source)


def _place(name: str) -> Path | None:
    source = FILES.get(name)
    return settings.FRONT_END_DIR / source if source else None


class _Renamed(FileSystemStorage):
    """One file under another name, as `collectstatic` reads it."""

    prefix = ""

    def __init__(self, name: str, place: Path) -> None:
        super().__init__(location=place.parent)
        self._name, self._place = name, place

    def path(self, name: str) -> str:
        return str(self._place) if name == self._name else super().path(name)
